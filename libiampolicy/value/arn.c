/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arn.c - cuts ARNs, and tells which principal one names.
 */
#include "value/arn.h"

bool iamp_arn_parts(text whole, text part[6])
{
    text rest = whole.len ? whole : TEXT("");

    for (size_t i = 0; i < 5; i++) {
        size_t colon = iamp_text_find(rest, ':');

        if (colon == rest.len)
            return false;
        part[i] = text_slice(rest, 0, colon);
        rest = text_from(rest, colon + 1);
    }
    part[5] = rest;
    return true;
}

bool iamp_arn_split(text whole, arn *out)
{
    text part[6];

    if (!iamp_arn_parts(whole, part) || !text_eq(part[0], TEXT("arn")))
        return false;
    *out = (arn){.whole = whole,
        .partition = part[1],
        .service = part[2],
        .region = part[3],
        .account = part[4],
        .resource = part[5]};
    return true;
}

bool iamp_account_valid(text account)
{
    if (account.len != 12)
        return false;
    for (size_t i = 0; i < account.len; i++)
        if (!ascii_digit(account.ptr[i]))
            return false;
    return true;
}

/* --- principals ---------------------------------------------------------- */

static bool partition_valid(text partition)
{
    for (size_t i = 0; i < partition.len; i++) {
        char c = partition.ptr[i];

        if (!ascii_digit(c) && !(c >= 'a' && c <= 'z') && c != '-')
            return false;
    }
    return partition.len > 0;
}

static bool has_wildcard(text t)
{
    return iamp_text_find(t, '*') < t.len || iamp_text_find(t, '?') < t.len;
}

/* What follows `start`; *type only changes if the resource starts with it. */
static bool take(
    text *resource, text start, principal_type *type, principal_type then)
{
    if (!text_starts(*resource, start))
        return false;
    *resource = text_from(*resource, start.len);
    *type = then;
    return true;
}

/* iam: user/path/name, role/path/name, root. */
static principal_type parse_iam(text resource, principal_arn *out)
{
    principal_type type;
    size_t slash;

    if (text_eq(resource, TEXT("root")))
        return PRINCIPAL_ROOT;
    if (!take(&resource, TEXT("user/"), &type, PRINCIPAL_USER) &&
        !take(&resource, TEXT("role/"), &type, PRINCIPAL_ROLE))
        return PRINCIPAL_NONE;
    for (;;) {
        slash = iamp_text_find(resource, '/');
        if (slash == resource.len)
            break;
        resource = text_from(resource, slash + 1);
    }
    out->name = resource;
    return resource.len > 0 ? type : PRINCIPAL_NONE;
}

/* sts: assumed-role/role/session, federated-user/name; no paths. */
static principal_type parse_sts(text resource, principal_arn *out)
{
    principal_type type;
    size_t slash;

    if (take(&resource, TEXT("federated-user/"), &type, PRINCIPAL_FEDERATED)) {
        out->name = resource;
        return resource.len > 0 && iamp_text_find(resource, '/') == resource.len
                   ? type
                   : PRINCIPAL_NONE;
    }
    if (!take(&resource, TEXT("assumed-role/"), &type, PRINCIPAL_SESSION))
        return PRINCIPAL_NONE;
    slash = iamp_text_find(resource, '/');
    if (slash == 0 || slash + 1 >= resource.len)
        return PRINCIPAL_NONE;
    out->name = text_slice(resource, 0, slash);
    out->session = text_from(resource, slash + 1);
    return iamp_text_find(out->session, '/') == out->session.len
               ? type
               : PRINCIPAL_NONE;
}

static principal_type parse_principal(text whole, principal_arn *out)
{
    if (has_wildcard(whole) || !iamp_arn_split(whole, &out->arn) ||
        !partition_valid(out->arn.partition) || out->arn.region.len > 0 ||
        !iamp_account_valid(out->arn.account))
        return PRINCIPAL_NONE;
    if (text_eq(out->arn.service, TEXT("iam")))
        return parse_iam(out->arn.resource, out);
    if (text_eq(out->arn.service, TEXT("sts")))
        return parse_sts(out->arn.resource, out);
    return PRINCIPAL_NONE;
}

bool iamp_principal_arn_parse(text whole, principal_arn *out)
{
    const text empty = TEXT("");

    *out = (principal_arn){.name = empty, .session = empty};
    out->type = parse_principal(whole, out);
    if (out->type == PRINCIPAL_NONE)
        *out = (principal_arn){.name = empty, .session = empty};
    return out->type != PRINCIPAL_NONE;
}

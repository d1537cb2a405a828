/* SPDX-License-Identifier: Apache-2.0 */
/*
 * principal.c - whom a value of a Principal element names (A.5.1).
 */
#include "program/program.h"

static bool has_wildcard(text t)
{
    return iamp_text_find(t, '*') < t.len || iamp_text_find(t, '?') < t.len;
}

static bool unique_id(text t, text prefix)
{
    if (t.len < 16 || !text_starts(t, prefix))
        return false;
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = ascii_lower(t.ptr[i]);

        if (!ascii_digit((char)c) && !(c >= 'a' && c <= 'z'))
            return false;
    }
    return true;
}

static principal_match_kind aws_principal(text t, text *account)
{
    principal_arn parsed;

    if (text_eq(t, TEXT("*")))
        return NAMES_EVERYBODY;
    if (iamp_account_valid(t)) {
        *account = t;
        return NAMES_ACCOUNT;
    }
    if (unique_id(t, TEXT("AIDA")))
        return NAMES_USER_ID;
    if (unique_id(t, TEXT("AROA")))
        return NAMES_ROLE_ID;
    if (has_wildcard(t) || !iamp_principal_arn_parse(t, &parsed))
        return NAMES_NOBODY;
    *account = parsed.arn.account;
    switch (parsed.type) {
    case PRINCIPAL_USER:
        return NAMES_USER;
    case PRINCIPAL_ROLE:
        return NAMES_ROLE;
    case PRINCIPAL_SESSION:
        return NAMES_SESSION;
    case PRINCIPAL_FEDERATED:
        return NAMES_FEDERATED_USER;
    case PRINCIPAL_ROOT:
        return NAMES_ACCOUNT;
    case PRINCIPAL_NONE:
    case PRINCIPAL_SERVICE:
    case PRINCIPAL_ANONYMOUS:
        break;
    }
    return NAMES_NOBODY;
}

iam_status iamp_principal_compile(
    principal_value *out, const doc_principal *from, arena *mem)
{
    if (!text_keep(&out->written, from->text, mem))
        return IAM_ENOMEM;
    out->type = (uint8_t)from->type;
    switch (from->type) {
    case CLASS_EVERYBODY:
        out->kind = NAMES_EVERYBODY;
        break;
    case CLASS_AWS:
        out->kind = (uint8_t)aws_principal(out->written, &out->account);
        break;
    case CLASS_SERVICE:
        out->kind = has_wildcard(out->written) ? NAMES_NOBODY : NAMES_SERVICE;
        break;
    case CLASS_FEDERATED:
        out->kind = has_wildcard(out->written) ? NAMES_NOBODY : NAMES_PROVIDER;
        break;
    case CLASS_CANONICAL_USER:
        out->kind = NAMES_NOBODY;
        break;
    }
    return IAM_OK;
}

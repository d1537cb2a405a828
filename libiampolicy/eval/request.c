/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.c - filling a request.
 *
 * A setter that fails leaves the request as it was: the new bytes are made
 * first, and put in place when nothing can fail any more.  Condition keys are
 * in context.c.
 */
#include "eval/request.h"

#include "base/error.h"
#include "eval/slot.h"
#include "reference/service.h"

const flag_name iamp_flag_names[6] = {
    {IAM_MANAGEMENT_ACCOUNT, {"managementAccount", 17}},
    {IAM_SERVICE_LINKED_ROLE, {"serviceLinkedRole", 17}},
    {IAM_HAS_BOUNDARY, {"hasBoundary", 11}},
    {IAM_VIA_ENDPOINT, {"viaEndpoint", 11}},
    {IAM_EXPLICIT_TRUST, {"explicitTrust", 13}},
    {IAM_RESOURCE_IN_MANAGEMENT_ACCOUNT, {"resourceInManagementAccount", 27}},
};

/* --- life -------------------------------------------------------------- */

iam_status iamp_request_new(iam_request **out, const iam_allocator *from)
{
    *out = iamp_memory_acquire(from, sizeof(**out));
    if (!*out)
        return IAM_ENOMEM;
    memset(*out, 0, sizeof(**out));
    (*out)->from = from;
    return IAM_OK;
}

static void key_release(context_key *k, const iam_allocator *from)
{
    iamp_slot_release(&k->name, from);
    iamp_slot_release(&k->bytes, from);
    iamp_memory_release(from, k->values);
}

void iamp_request_free(iam_request *request)
{
    const iam_allocator *from;

    if (!request)
        return;
    from = request->from;
    iamp_slot_release(&request->principal, from);
    iamp_slot_release(&request->role, from);
    iamp_slot_release(&request->user, from);
    iamp_slot_release(&request->userid, from);
    iamp_slot_release(&request->action, from);
    iamp_slot_release(&request->folded, from);
    iamp_slot_release(&request->resource, from);
    iamp_slot_release(&request->model, from);
    iamp_slot_release(&request->resource_account, from);
    iamp_slot_release(&request->resource_policy_name, from);
    for (uint32_t i = 0; i < request->key_count; i++)
        key_release(&request->keys[i], from);
    iamp_memory_release(from, request->keys);
    iamp_memory_release(from, request->index);
    iamp_memory_release(from, request);
}

void iamp_request_reset(iam_request *request)
{
    request->flags = 0;
    request->caller = PRINCIPAL_NONE;
    request->arn = (principal_arn){.type = PRINCIPAL_NONE};
    request->resource_arn = (arn){.whole = {NULL, 0}};
    request->action_prefix = request->action_name = (text){NULL, 0};
    request->folded_prefix = request->folded_name = (text){NULL, 0};
    request->action_facts = 0;
    request->needs_grant = false;
    iamp_slot_clear(&request->principal);
    iamp_slot_clear(&request->role);
    iamp_slot_clear(&request->user);
    iamp_slot_clear(&request->userid);
    iamp_slot_clear(&request->action);
    iamp_slot_clear(&request->folded);
    iamp_slot_clear(&request->resource);
    iamp_slot_clear(&request->model);
    iamp_slot_clear(&request->resource_account);
    iamp_slot_clear(&request->resource_policy_name);
    for (uint32_t i = 0; i < request->key_count; i++)
        request->keys[i].present = request->keys[i].ambiguous = false;
}

/* --- caller ------------------------------------------------------------ */

/* The parts of an ARN that is a slot's text, split anew: the slot's bytes may
 * have moved. */
static void reparse_principal(iam_request *request)
{
    if (!iamp_principal_arn_parse(request->principal.text, &request->arn))
        request->arn = (principal_arn){.type = PRINCIPAL_NONE};
}

/* "arn:P:iam::ACCOUNT:role/NAME" for a session (A.5.3). */
static iam_status derive_role(
    text_slot *slot, const principal_arn *session, const iam_allocator *from)
{
    size_t len = session->arn.partition.len + session->arn.account.len +
                 session->name.len + 24;
    iam_status status;

    slot->text.len = 0;
    status = iamp_slot_reserve(slot, len, from);
    if (status != IAM_OK)
        return status;
    iamp_slot_append(slot, TEXT("arn:"));
    iamp_slot_append(slot, session->arn.partition);
    iamp_slot_append(slot, TEXT(":iam::"));
    iamp_slot_append(slot, session->arn.account);
    iamp_slot_append(slot, TEXT(":role/"));
    iamp_slot_append(slot, session->name);
    return IAM_OK;
}

/* "ACCOUNT:NAME" (C.6). */
static iam_status derive_userid(
    text_slot *slot, const principal_arn *user, const iam_allocator *from)
{
    iam_status status;

    slot->text.len = 0;
    status = iamp_slot_reserve(
        slot, user->arn.account.len + user->name.len + 1, from);
    if (status != IAM_OK)
        return status;
    iamp_slot_append(slot, user->arn.account);
    iamp_slot_append(slot, TEXT(":"));
    iamp_slot_append(slot, user->name);
    return IAM_OK;
}

static iam_status set_caller(iam_request *request, text principal,
    principal_type type, const principal_arn *parsed, iam_error *err)
{
    text_slot role = {.bytes = NULL}, userid = {.bytes = NULL};
    iam_status status = IAM_OK;

    if (type == PRINCIPAL_SESSION)
        status = derive_role(&role, parsed, request->from);
    if (type == PRINCIPAL_ROLE)
        status = iamp_slot_set(&role, principal, request->from);
    if (status == IAM_OK && type == PRINCIPAL_FEDERATED)
        status = derive_userid(&userid, parsed, request->from);
    if (status == IAM_OK)
        status = iamp_slot_set(&request->principal, principal, request->from);
    if (status != IAM_OK) {
        iamp_slot_release(&role, request->from);
        iamp_slot_release(&userid, request->from);
        return iamp_error_nomem(err);
    }
    iamp_slot_release(&request->role, request->from);
    iamp_slot_release(&request->userid, request->from);
    iamp_slot_clear(&request->user);
    request->role = role;
    request->userid = userid;
    request->caller = type;
    request->role_told = type == PRINCIPAL_ROLE;
    reparse_principal(request);
    return IAM_OK;
}

iam_status iamp_request_set_principal(
    iam_request *request, text given, iam_error *err)
{
    principal_arn parsed = {.type = PRINCIPAL_NONE};

    if (text_eq(given, TEXT("anonymous")))
        return set_caller(request, given, PRINCIPAL_ANONYMOUS, &parsed, err);
    if (!iamp_principal_arn_parse(given, &parsed))
        return iamp_error_set(err, IAM_EINVAL,
            "the principal must be the ARN of a user, role, assumed-role "
            "session, federated user or root user, or \"anonymous\"");
    return set_caller(request, given, parsed.type, &parsed, err);
}

iam_status iamp_request_set_service(
    iam_request *request, text name, iam_error *err)
{
    principal_arn none = {.type = PRINCIPAL_NONE};

    if (name.len == 0 || iamp_text_find(name, '*') < name.len)
        return iamp_error_set(err, IAM_EINVAL,
            "a service principal is a name such as "
            "\"delivery.logs.amazonaws.com\", without wildcards");
    return set_caller(request, name, PRINCIPAL_SERVICE, &none, err);
}

iam_status iamp_request_set_role(
    iam_request *request, text given, iam_error *err)
{
    principal_arn parsed;

    if (request->caller != PRINCIPAL_SESSION &&
        request->caller != PRINCIPAL_ROLE)
        return iamp_error_set(
            err, IAM_EINVAL, "only an assumed-role session has a role");
    if (!iamp_principal_arn_parse(given, &parsed) ||
        parsed.type != PRINCIPAL_ROLE ||
        !text_eq(parsed.arn.account, request->arn.arn.account) ||
        !iamp_text_eq_fold(parsed.name, request->arn.name))
        return iamp_error_set(err, IAM_EINVAL,
            "the role must be the ARN of the session's own role");
    if (iamp_slot_set(&request->role, given, request->from) != IAM_OK)
        return iamp_error_nomem(err);
    request->role_told = true;
    return IAM_OK;
}

iam_status iamp_request_set_user(
    iam_request *request, text given, iam_error *err)
{
    principal_arn parsed;

    if (request->caller != PRINCIPAL_FEDERATED)
        return iamp_error_set(err, IAM_EINVAL,
            "only a federated-user session has a user behind it");
    if (!iamp_principal_arn_parse(given, &parsed) ||
        (parsed.type != PRINCIPAL_USER && parsed.type != PRINCIPAL_ROOT) ||
        !text_eq(parsed.arn.account, request->arn.arn.account))
        return iamp_error_set(err, IAM_EINVAL,
            "the user must be the ARN of an IAM user of the session's account");
    if (iamp_slot_set(&request->user, given, request->from) != IAM_OK)
        return iamp_error_nomem(err);
    return IAM_OK;
}

/* --- action and resource ------------------------------------------------- */

static bool action_valid(text action, size_t colon)
{
    if (colon == 0 || colon + 1 >= action.len)
        return false;
    for (size_t i = 0; i < action.len; i++) {
        unsigned char c = (unsigned char)action.ptr[i];

        if (c <= ' ' || c == 0x7f || c == '*' || c == '?')
            return false;
    }
    return true;
}

/* What follows from the resource and the action together. */
static void note_grant(iam_request *request)
{
    const arn *parts = &request->resource_arn;

    request->needs_grant = parts->whole.len && request->action_prefix.len &&
                           (text_eq(parts->service, TEXT("iam")) ||
                               text_eq(parts->service, TEXT("kms"))) &&
                           iamp_resource_needs_grant(parts->whole,
                               request->action_prefix, request->action_name);
}

/* The parts of an action that is a slot's text, and what follows from it. */
static void note_action(iam_request *request, size_t colon)
{
    text whole = request->action.text, folded;
    size_t start = colon + 1 < START_LONGEST ? colon + 1 : START_LONGEST;

    for (size_t i = 0; i < whole.len; i++)
        request->folded.bytes[i] = (char)ascii_lower(whole.ptr[i]);
    request->folded.bytes[whole.len] = '\0';
    request->folded.text = folded = (text){request->folded.bytes, whole.len};
    request->action_prefix = text_slice(whole, 0, colon);
    request->action_name = text_from(whole, colon + 1);
    request->folded_prefix = text_slice(folded, 0, colon);
    request->folded_name = text_from(folded, colon + 1);
    iamp_start_hash(&request->action_hashes, folded);
    request->action_service = request->action_hashes.start[start];
    request->action_facts =
        iamp_action_facts(request->folded_prefix, request->folded_name);
    note_grant(request);
}

iam_status iamp_request_set_action(
    iam_request *request, text action, iam_error *err)
{
    size_t colon = iamp_text_find(action, ':');

    if (!action_valid(action, colon))
        return iamp_error_set(err, IAM_EINVAL,
            "an action is service:Name, without wildcards or white space");
    if (iamp_slot_reserve(&request->folded, action.len, request->from) !=
            IAM_OK ||
        iamp_slot_set(&request->action, action, request->from) != IAM_OK)
        return iamp_error_nomem(err);
    note_action(request, colon);
    return IAM_OK;
}

/* G.3: what a modelId may hold. */
static bool model_valid(text model)
{
    for (size_t i = 0; i < model.len; i++) {
        unsigned char c = ascii_lower(model.ptr[i]);

        if (!ascii_digit((char)c) && !(c >= 'a' && c <= 'z') && c != '.' &&
            c != ':' && c != '/' && c != '_' && c != '-')
            return false;
    }
    return model.len > 0;
}

static iam_status set_model(iam_request *request, text model, iam_error *err)
{
    if (!model_valid(model) || text_starts(model, TEXT("arn:")))
        return iamp_error_set(err, IAM_EINVAL,
            "the resource must be an ARN of six fields or \"*\"");
    if (iamp_slot_set(&request->model, model, request->from) != IAM_OK)
        return iamp_error_nomem(err);
    iamp_slot_clear(&request->resource);
    request->resource_arn = (arn){.whole = {NULL, 0}};
    note_grant(request);
    return IAM_OK;
}

iam_status iamp_request_set_resource(
    iam_request *request, text resource, iam_error *err)
{
    arn parsed;

    if (!text_eq(resource, TEXT("*")) && !iamp_arn_split(resource, &parsed))
        return set_model(request, resource, err);
    if (iamp_slot_set(&request->resource, resource, request->from) != IAM_OK)
        return iamp_error_nomem(err);
    iamp_slot_clear(&request->model);
    if (!iamp_arn_split(request->resource.text, &request->resource_arn))
        request->resource_arn = (arn){.whole = {NULL, 0}};
    note_grant(request);
    return IAM_OK;
}

iam_status iamp_request_set_resource_account(
    iam_request *request, text account, iam_error *err)
{
    if (account.len && !iamp_account_valid(account))
        return iamp_error_set(err, IAM_EINVAL, "an account is twelve digits");
    if (iamp_slot_set(&request->resource_account, account, request->from) !=
        IAM_OK)
        return iamp_error_nomem(err);
    return IAM_OK;
}

iam_status iamp_request_set_resource_policy_name(
    iam_request *request, text name, iam_error *err)
{
    if (iamp_slot_set(&request->resource_policy_name, name, request->from) !=
        IAM_OK)
        return iamp_error_nomem(err);
    return IAM_OK;
}

text iamp_request_account(const iam_request *request)
{
    return request->arn.type == PRINCIPAL_NONE ? (text){"", 0}
                                               : request->arn.arn.account;
}

/* "aws", "aws-marketplace": resources that everybody finds as if in the own
 * account. */
static bool is_owner_name(text account)
{
    for (size_t i = 0; i < account.len; i++)
        if (account.ptr[i] != '-' &&
            (account.ptr[i] < 'a' || account.ptr[i] > 'z'))
            return false;
    return true;
}

/* A field that is no account is nobody's: never the caller's. */
text iamp_request_resource_account(const iam_request *request)
{
    text field = request->resource_arn.account;

    if (request->resource_account.text.len)
        return request->resource_account.text;
    if (request->resource_arn.whole.len && !is_owner_name(field))
        return field;
    return iamp_request_account(request);
}

/* --- copy ---------------------------------------------------------------- */

static iam_status copy_keys(iam_request *to, const iam_request *request)
{
    iam_status status = IAM_OK;

    for (uint32_t i = 0; i < request->key_count && status == IAM_OK; i++) {
        const context_key *k = &request->keys[i];

        if (!k->present)
            continue;
        status = iamp_request_set_values(
            to, k->name.text, k->list, k->values, k->count, NULL);
        if (status == IAM_OK && k->ambiguous) {
            context_key *copy;

            status = iamp_context_slot(to, &k->key, &copy);
            if (status == IAM_OK)
                copy->ambiguous = true;
        }
    }
    return status;
}

static iam_status copy_slots(iam_request *to, const iam_request *request)
{
    static const size_t slots[] = {offsetof(iam_request, principal),
        offsetof(iam_request, role), offsetof(iam_request, user),
        offsetof(iam_request, userid), offsetof(iam_request, action),
        offsetof(iam_request, folded), offsetof(iam_request, resource),
        offsetof(iam_request, model), offsetof(iam_request, resource_account),
        offsetof(iam_request, resource_policy_name)};
    iam_status status = IAM_OK;

    for (size_t i = 0; i < COUNT_OF(slots) && status == IAM_OK; i++) {
        const void *source = (const char *)request + slots[i];
        void *target = (char *)to + slots[i];

        status =
            iamp_slot_set(target, ((const text_slot *)source)->text, to->from);
    }
    return status;
}

iam_status iamp_request_copy(
    iam_request **out, const iam_request *request, const iam_allocator *from)
{
    iam_request *to;
    size_t colon = request->action_prefix.len;
    iam_status status = iamp_request_new(&to, from);

    *out = NULL;
    if (status != IAM_OK)
        return status;
    status = copy_slots(to, request);
    if (status == IAM_OK)
        status = copy_keys(to, request);
    if (status != IAM_OK) {
        iamp_request_free(to);
        return status;
    }
    to->flags = request->flags;
    to->caller = request->caller;
    to->role_told = request->role_told;
    reparse_principal(to);
    if (!iamp_arn_split(to->resource.text, &to->resource_arn))
        to->resource_arn = (arn){.whole = {NULL, 0}};
    if (to->action.text.len)
        note_action(to, colon);
    *out = to;
    return IAM_OK;
}

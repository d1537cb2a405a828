/* SPDX-License-Identifier: Apache-2.0 */
/* Principal and NotPrincipal (A.5). */
#include "oracle_parts.h"

#include <stdio.h>
#include <string.h>

size_t oracle_list_size(const json_t *value)
{
    if (json_is_array(value))
        return json_array_size(value);
    return value ? 1 : 0;
}

const json_t *oracle_list_at(const json_t *value, size_t index)
{
    return json_is_array(value) ? json_array_get(value, index) : value;
}

static bool has_identity(const oracle_caller *caller)
{
    return caller->kind != ORACLE_SERVICE && caller->kind != ORACLE_ANONYMOUS;
}

static bool names_account(const char *value, const oracle_caller *caller)
{
    char partition[64];
    char root[256];
    if (!has_identity(caller))
        return false;
    if (!oracle_arn_field(caller->arn, 1, partition, sizeof(partition)))
        return false;
    snprintf(
        root, sizeof(root), "arn:%s:iam::%s:root", partition, caller->account);
    return strcmp(value, caller->account) == 0 || strcmp(value, root) == 0;
}

/* The caller's unique id, as far as its aws:userid tells: of a user the whole,
 * of a session what stands before the colon. */
static bool names_id(const char *value, const oracle_request *request)
{
    const char *id =
        json_string_value(oracle_context(request->context, "aws:userid"));
    bool session = request->caller.kind == ORACLE_SESSION ||
                   request->caller.kind == ORACLE_ROLE;
    if (!id || (!session && request->caller.kind != ORACLE_USER))
        return false;
    size_t len = session ? strcspn(id, ":") : strlen(id);
    return strlen(value) == len && strncmp(value, id, len) == 0 &&
           strncmp(value, session ? "AROA" : "AIDA", 4) == 0;
}

static unsigned match_aws(const char *value, const oracle_request *request)
{
    const oracle_caller *caller = &request->caller;
    bool session =
        caller->kind == ORACLE_ROLE || caller->kind == ORACLE_SESSION;
    if (strcmp(value, "*") == 0)
        return ORACLE_GRANT_ANY;
    if (!has_identity(caller))
        return 0;
    if (names_account(value, caller))
        return ORACLE_GRANT_ACCOUNT;
    if (session && strcmp(value, caller->role) == 0)
        return ORACLE_GRANT_ROLE;
    if (strcmp(value, caller->arn) == 0)
        return ORACLE_GRANT_DIRECT;
    if (caller->user[0] && strcmp(value, caller->user) == 0)
        return ORACLE_GRANT_ROLE;
    if (names_id(value, request))
        return session ? ORACLE_GRANT_ROLE : ORACLE_GRANT_DIRECT;
    return 0;
}

static unsigned match_value(
    const char *map_key, const char *value, const oracle_request *request)
{
    if (strcmp(map_key, "AWS") == 0)
        return match_aws(value, request);
    if (strcmp(map_key, "Service") == 0) {
        bool named = request->caller.kind == ORACLE_SERVICE &&
                     strcmp(value, request->caller.arn) == 0;
        return named ? ORACLE_GRANT_DIRECT : 0;
    }
    if (strcmp(map_key, "Federated") == 0) {
        const char *provider = json_string_value(
            oracle_context(request->context, "aws:federatedprovider"));
        /* Only a caller who is no AWS principal comes as its provider's. */
        bool named = provider && strcmp(value, provider) == 0 &&
                     (request->caller.kind == ORACLE_ANONYMOUS ||
                         oracle_unsigned_action(request->action));
        return named ? ORACLE_GRANT_DIRECT : 0;
    }
    return 0; /* CanonicalUser: no caller is known by it */
}

unsigned oracle_principal(
    const json_t *principal, const oracle_request *request)
{
    if (json_is_string(principal))
        return strcmp(json_string_value(principal), "*") == 0 ? ORACLE_GRANT_ANY
                                                              : 0;
    unsigned grants = 0;
    const char *map_key;
    json_t *values;
    json_object_foreach((json_t *)(uintptr_t)principal, map_key, values)
    {
        for (size_t i = 0; i < oracle_list_size(values); i++) {
            const json_t *value = oracle_list_at(values, i);
            grants |= match_value(map_key, json_string_value(value), request);
        }
    }
    return grants;
}

/* ---- What the request leaves open ---------------------------------------- */

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Is it an ARN in the caller's account whose last field begins with `type`?
 * *rest is what follows. */
static bool is_mine(const char *value, const oracle_caller *caller,
    const char *type, char rest[256])
{
    char account[128], last[256];
    if (strpbrk(value, "*?") ||
        !oracle_arn_field(value, 4, account, sizeof(account)) ||
        !oracle_arn_field(value, 5, last, sizeof(last)) ||
        strcmp(account, caller->account) != 0 || !begins(last, type))
        return false;
    snprintf(rest, 256, "%s", last + strlen(type));
    return true;
}

/* Is the id in the request?  The key it would stand in. */
static bool knows(const oracle_request *request, const char *key)
{
    return json_is_string(oracle_context(request->context, key));
}

static bool may_be(const char *value, const oracle_request *request)
{
    const oracle_caller *caller = &request->caller;
    const char *mine = strrchr(caller->role, '/');
    char rest[256];
    switch (caller->kind) {
    case ORACLE_USER:
        return begins(value, "AIDA") && !knows(request, "aws:userid");
    case ORACLE_FEDERATED:
        return begins(value, "AIDA") ||
               (!caller->user[0] && is_mine(value, caller, "user/", rest));
    case ORACLE_SESSION:
        if (begins(value, "AROA"))
            return !knows(request, "aws:userid");
        if (!caller->guessed || !is_mine(value, caller, "role/", rest))
            return false;
        return oracle_same_word(
            strrchr(rest, '/') ? strrchr(rest, '/') + 1 : rest, mine + 1);
    case ORACLE_ROLE:
        if (begins(value, "AROA"))
            return !knows(request, "aws:userid");
        if (!is_mine(value, caller, "assumed-role/", rest))
            return false;
        rest[strcspn(rest, "/")] = '\0';
        return oracle_same_word(rest, mine + 1);
    case ORACLE_ROOT:
    case ORACLE_SERVICE:
    case ORACLE_ANONYMOUS:
        break;
    }
    return false;
}

bool oracle_may_name(const json_t *principal, const oracle_request *request)
{
    const json_t *aws = json_object_get(principal, "AWS");
    for (size_t i = 0; i < oracle_list_size(aws); i++)
        if (may_be(json_string_value(oracle_list_at(aws, i)), request))
            return true;
    if (json_object_get(principal, "CanonicalUser") &&
        request->caller.account[0])
        return true;
    return oracle_list_size(json_object_get(principal, "Federated")) > 0 &&
           oracle_unsigned_action(request->action) &&
           !knows(request, "aws:federatedprovider");
}

/* ---- NotPrincipal -------------------------------------------------------- */

/* Is any value under the map key one that `names` accepts? */
static bool lists(const json_t *not_principal, const char *map_key,
    const oracle_request *request,
    bool (*names)(const char *value, const oracle_request *request))
{
    const json_t *values = json_object_get(not_principal, map_key);
    for (size_t i = 0; i < oracle_list_size(values); i++)
        if (names(json_string_value(oracle_list_at(values, i)), request))
            return true;
    return false;
}

static bool is_service(const char *value, const oracle_request *request)
{
    return strcmp(value, request->caller.arn) == 0;
}

static bool is_account_of(const char *value, const oracle_request *request)
{
    return names_account(value, &request->caller);
}

static bool is_self(const char *value, const oracle_request *request)
{
    const oracle_caller *caller = &request->caller;
    return strcmp(value, caller->arn) == 0 ||
           (caller->role[0] && strcmp(value, caller->role) == 0) ||
           names_id(value, request);
}

bool oracle_exempt(const json_t *not_principal, const oracle_request *request)
{
    if (request->bounded && !oracle_unsigned_action(request->action))
        return false;
    unsigned grants = oracle_principal(not_principal, request);
    if (grants & ORACLE_GRANT_ANY)
        return true;
    switch (request->caller.kind) {
    case ORACLE_SERVICE:
        return lists(not_principal, "Service", request, is_service);
    case ORACLE_ANONYMOUS:
        return false;
    case ORACLE_ROOT:
        return lists(not_principal, "AWS", request, is_account_of);
    case ORACLE_USER:
    case ORACLE_ROLE:
    case ORACLE_SESSION:
    case ORACLE_FEDERATED:
        break;
    }
    return lists(not_principal, "AWS", request, is_self) &&
           lists(not_principal, "AWS", request, is_account_of);
}

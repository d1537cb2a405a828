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

/* SPDX-License-Identifier: Apache-2.0 */
/* Action, Resource, Principal and Condition together: does a statement apply?
 */
#include "oracle_parts.h"

#include <string.h>

static bool only_stars(const char *text)
{
    return text[0] == '*' && text[strspn(text, "*")] == '\0';
}

/* Both halves of prefix:Name by wildcard, in lower case (A.6). */
static bool half_matches(
    const char *pattern, size_t pattern_len, const char *text, size_t text_len)
{
    oracle_symbols symbols = {NULL, 0, 0};
    oracle_symbols have = {NULL, 0, 0};
    oracle_symbols_text(&symbols, pattern, pattern_len, true);
    oracle_symbols_text(&have, text, text_len, false);
    oracle_fold(&symbols);
    oracle_fold(&have);
    bool matches = oracle_glob(&symbols, &have);
    oracle_symbols_free(&symbols);
    oracle_symbols_free(&have);
    return matches;
}

static bool action_pattern(const char *pattern, const char *action)
{
    if (only_stars(pattern))
        return true;
    const char *colon = strchr(pattern, ':');
    const char *middle = strchr(action, ':');
    if (!colon || !middle)
        return false;
    return half_matches(pattern, (size_t)(colon - pattern), action,
               (size_t)(middle - action)) &&
           half_matches(
               colon + 1, strlen(colon + 1), middle + 1, strlen(middle + 1));
}

bool oracle_action(const json_t *patterns, const char *action)
{
    for (size_t i = 0; i < oracle_list_size(patterns); i++)
        if (action_pattern(
                json_string_value(oracle_list_at(patterns, i)), action))
            return true;
    return false;
}

bool oracle_resource(const json_t *patterns, const oracle_reading *reading,
    oracle_completion completion, const char *resource)
{
    for (size_t i = 0; i < oracle_list_size(patterns); i++)
        if (oracle_resource_pattern(reading,
                json_string_value(oracle_list_at(patterns, i)), completion,
                resource))
            return true;
    return false;
}

static oracle_completion completion_of(const char *kind)
{
    if (strcmp(kind, "identity") == 0 || strcmp(kind, "boundary") == 0)
        return ORACLE_COMPLETE_ALWAYS;
    if (strcmp(kind, "session") == 0 || strcmp(kind, "scp") == 0 ||
        strcmp(kind, "rcp") == 0)
        return ORACLE_COMPLETE_NEVER;
    return ORACLE_COMPLETE_WILD;
}

static bool action_applies(const json_t *statement, const char *action)
{
    const json_t *not_action = json_object_get(statement, "NotAction");
    if (not_action)
        return !oracle_action(not_action, action);
    return oracle_action(json_object_get(statement, "Action"), action);
}

static bool resource_applies(const json_t *statement, const char *kind,
    bool variables, const oracle_request *request)
{
    oracle_reading reading = {request->context, variables, true};
    oracle_completion completion = completion_of(kind);
    const json_t *resource = json_object_get(statement, "Resource");
    const json_t *not_resource = json_object_get(statement, "NotResource");
    if (not_resource)
        return !oracle_resource(
            not_resource, &reading, completion, request->resource);
    if (!resource) /* of a role trust policy */
        return true;
    return oracle_resource(resource, &reading, completion, request->resource);
}

static bool is_deny(const json_t *statement)
{
    const json_t *effect = json_object_get(statement, "Effect");
    return strcmp(json_string_value(effect), "Deny") == 0;
}

/* Policies that have no principal are attached to the caller. */
static bool principal_applies(
    const json_t *statement, const oracle_request *request, unsigned *grants)
{
    const json_t *principal = json_object_get(statement, "Principal");
    const json_t *not_principal = json_object_get(statement, "NotPrincipal");
    *grants = 0;
    if (not_principal) {
        *grants = ORACLE_GRANT_ANY;
        if (is_deny(statement))
            return !oracle_exempt(not_principal, request);
        return oracle_principal(not_principal, request) == 0 &&
               !oracle_may_name(not_principal, request);
    }
    if (!principal)
        return true;
    *grants = oracle_principal(principal, request);
    /* E.6: who is no AWS principal yet is allowed by provider or "*" alone. */
    if (oracle_unsigned_action(request->action) && !is_deny(statement)) {
        json_t *provider = json_pack(
            "{s:O*}", "Federated", json_object_get(principal, "Federated"));
        *grants =
            (*grants & ORACLE_GRANT_ANY) | oracle_principal(provider, request);
        json_decref(provider);
    }
    /* Who may be the caller: nobody to an Allow, somebody to a Deny. */
    if (is_deny(statement) && oracle_may_name(principal, request))
        *grants |= ORACLE_GRANT_ACCOUNT;
    return *grants != 0;
}

bool oracle_statement(const json_t *statement, const char *kind, bool variables,
    const oracle_request *request, unsigned *grants)
{
    return principal_applies(statement, request, grants) &&
           action_applies(statement, request->action) &&
           resource_applies(statement, kind, variables, request) &&
           oracle_condition(json_object_get(statement, "Condition"),
               request->context, variables, request->trace);
}

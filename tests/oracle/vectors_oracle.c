/* SPDX-License-Identifier: Apache-2.0 */
/* Holds the oracle to the semantics vectors: vectors.jsonl of the directory
 * IAMPOLICY_SEMANTICS; without it there is nothing to do. */
#include "oracle_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SKIPPED = 77
};

static const char *string_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool variables_of(const json_t *input)
{
    const char *version = string_at(input, "version");
    return !version || strcmp(version, "2012-10-17") == 0;
}

/* A vector's principal as a scenario has it. */
static json_t *principal_of(const json_t *principal)
{
    const char *type = string_at(principal, "type");
    const char *arn = string_at(principal, "arn");
    const char *role = string_at(principal, "role_arn");
    const char *user = string_at(principal, "user_arn");
    if (strcmp(type, "service") == 0)
        return json_pack("{ss}", "service", string_at(principal, "name"));
    if (strcmp(type, "anonymous") == 0 || strcmp(type, "federated-idp") == 0)
        return json_string("anonymous");
    return json_pack("{ss ss* ss*}", "arn", arn, "role", role, "user", user);
}

/* A provider who vouches for a caller shows in the context. */
static json_t *context_of(const json_t *principal, json_t *context)
{
    json_t *out = context ? json_deep_copy(context) : json_object();
    const char *type = string_at(principal, "type");
    if (type && strcmp(type, "federated-idp") == 0)
        json_object_set_new(out, "aws:FederatedProvider",
            json_string(string_at(principal, "name")));
    return out;
}

static void set_flag(json_t *flags, const char *name, const json_t *value)
{
    if (json_is_true(value))
        json_object_set_new(flags, name, json_true());
}

static json_t *request_of(const json_t *input)
{
    const json_t *from = json_object_get(input, "request");
    const json_t *principal = json_object_get(from, "principal");
    json_t *flags = json_object();
    set_flag(flags, "managementAccount",
        json_object_get(principal, "management_account"));
    set_flag(flags, "serviceLinkedRole",
        json_object_get(principal, "service_linked"));
    set_flag(flags, "hasBoundary", json_object_get(principal, "has_boundary"));
    set_flag(flags, "explicitTrust",
        json_object_get(from, "explicit_trust_required"));
    return json_pack("{so ss ss ss* so so}", "principal",
        principal_of(principal), "action", string_at(from, "action"),
        "resource", string_at(from, "resource"), "resourceAccount",
        string_at(from, "resource_account"), "context",
        context_of(principal, json_object_get(from, "context")), "flags",
        flags);
}

static void add_policy(
    json_t *out, const char *kind, size_t level, json_t *policy)
{
    json_array_append_new(out, json_pack("{ss sI sO}", "kind", kind, "level",
                                   (json_int_t)level, "policy", policy));
}

/* A level without policies still is a level: one that allows nothing. */
static void add_level(json_t *out, const char *kind, size_t level, json_t *list)
{
    size_t index;
    json_t *policy;
    json_array_foreach(list, index, policy)
        add_policy(out, kind, level, policy);
    if (json_array_size(list) == 0) {
        json_t *empty = json_pack("{s[]}", "Statement");
        add_policy(out, kind, level, empty);
        json_decref(empty);
    }
}

static json_t *policies_of(const json_t *input)
{
    json_t *out = json_array();
    json_t *from = json_object_get(input, "policies");
    const char *kind;
    json_t *list;
    json_object_foreach(from, kind, list)
    {
        bool levels = strcmp(kind, "scp") == 0 || strcmp(kind, "rcp") == 0;
        const char *name = strcmp(kind, "vpce") == 0 ? "endpoint" : kind;
        size_t index;
        json_t *item;
        json_array_foreach(list, index, item)
        {
            if (levels)
                add_level(out, name, index, item);
            else
                add_policy(out, name, 0, item);
        }
    }
    return out;
}

static json_t *decision(const json_t *input)
{
    static const char *const words[] = {
        "ImplicitDeny", "ExplicitDeny", "Allow"};
    json_t *request = request_of(input);
    json_t *policies = policies_of(input);
    oracle_answer answer = oracle_decide(policies, request, false);
    const char *by = answer.by;
    const char *name =
        string_at(json_object_get(input, "request"), "resource_policy_name");
    if (name && strcmp(by, "resource-based policy") == 0)
        by = name;
    json_decref(request);
    json_decref(policies);
    return json_pack(
        "{ss ss*}", "decision", words[answer.outcome], "by", by[0] ? by : NULL);
}

/* The names of a vector's context in lower case, as the oracle has it. */
static json_t *lower_context(const json_t *input)
{
    json_t *object =
        json_pack("{ss ss ss sO?}", "principal", "anonymous", "action", "a:b",
            "resource", "*", "context", json_object_get(input, "context"));
    oracle_request request;
    oracle_request_read(&request, object, false);
    json_t *context = json_incref(request.context);
    oracle_request_free(&request);
    json_decref(object);
    return context;
}

static json_t *principal(const json_t *input)
{
    json_t *from = json_object_get(input, "principal");
    json_t *object = json_pack("{so ss ss so}", "principal", principal_of(from),
        "action", "a:b", "resource", "*", "context", context_of(from, NULL));
    oracle_request request;
    oracle_request_read(&request, object, false);
    unsigned grants =
        oracle_principal(json_object_get(input, "element"), &request);
    oracle_request_free(&request);
    json_decref(object);
    /* The root user is its account: a grant to the account names it. */
    const char *type = string_at(from, "type");
    if (grants == ORACLE_GRANT_ACCOUNT && strcmp(type, "root") == 0)
        return json_string("direct");
    if (grants & ORACLE_GRANT_DIRECT)
        return json_string("direct");
    if (grants & ORACLE_GRANT_ANY)
        return json_string("any");
    if (grants & ORACLE_GRANT_ROLE)
        return json_string("role");
    return grants ? json_string("account") : json_null();
}

static json_t *action(const json_t *input)
{
    const char *element = string_at(input, "element");
    bool found = oracle_action(
        json_object_get(input, "patterns"), string_at(input, "action"));
    return json_boolean(found != (element && !strcmp(element, "NotAction")));
}

static json_t *resource(const json_t *input)
{
    const char *element = string_at(input, "element");
    const char *type = string_at(input, "policy_type");
    json_t *context = lower_context(input);
    oracle_reading reading = {context, variables_of(input), true};
    oracle_completion completion = type && strcmp(type, "resource") == 0
                                       ? ORACLE_COMPLETE_WILD
                                       : ORACLE_COMPLETE_ALWAYS;
    bool found = oracle_resource(json_object_get(input, "patterns"), &reading,
        completion, string_at(input, "resource"));
    json_decref(context);
    return json_boolean(found != (element && !strcmp(element, "NotResource")));
}

static json_t *condition(const json_t *input)
{
    json_t *block = json_object_get(input, "condition");
    json_t *made =
        block ? json_incref(block)
              : json_pack("{s{sO}}", string_at(input, "op"),
                    string_at(input, "key"), json_object_get(input, "values"));
    json_t *context = lower_context(input);
    bool holds = oracle_condition(made, context, variables_of(input), NULL);
    json_decref(context);
    json_decref(made);
    return json_boolean(holds);
}

static json_t *variable(const json_t *input)
{
    const char *text = string_at(input, "text");
    json_t *context = lower_context(input);
    oracle_reading reading = {context, variables_of(input), false};
    oracle_symbols out = {NULL, 0, 0};
    char bytes[256];
    bool has_value = oracle_expand(&reading, text, strlen(text), &out);
    for (size_t i = 0; i < out.count && i < sizeof(bytes); i++)
        bytes[i] = (char)out.items[i]; /* the vectors' texts are ASCII */
    size_t count = out.count;
    oracle_symbols_free(&out);
    json_decref(context);
    return has_value ? json_stringn(bytes, count) : json_null();
}

static const struct {
    const char *kind;
    json_t *(*answer)(const json_t *input);
} kinds[] = {
    {"action", action},
    {"resource", resource},
    {"principal", principal},
    {"operator", condition},
    {"condition", condition},
    {"variable", variable},
    {"decision", decision},
};

/* NULL for a kind that is not about evaluating. */
static json_t *answer_to(const json_t *vector)
{
    const char *kind = string_at(vector, "kind");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].answer(json_object_get(vector, "input"));
    return NULL;
}

/* Documents that AWS refuses have no answer here. */
static bool has_answer(const json_t *vector)
{
    const char *word = string_at(vector, "expected");
    return !word || strcmp(word, "invalid") != 0;
}

static bool agrees(const json_t *vector, const json_t *answer)
{
    json_t *expected = json_deep_copy(json_object_get(vector, "expected"));
    if (json_is_object(expected) &&
        json_is_null(json_object_get(expected, "by")))
        json_object_del(expected, "by");
    bool same = json_equal(expected, answer);
    json_decref(expected);
    if (!same) {
        char *want = json_dumps(vector, 0);
        char *have = json_dumps(answer, JSON_ENCODE_ANY);
        printf("%s\n  oracle: %s\n", want, have);
        free(want);
        free(have);
    }
    return same;
}

static int compare(FILE *file)
{
    static char line[1 << 16];
    int asked = 0;
    int wrong = 0;
    while (fgets(line, sizeof(line), file)) {
        json_t *vector = json_loads(line, 0, NULL);
        if (!vector)
            continue;
        json_t *answer = has_answer(vector) ? answer_to(vector) : NULL;
        if (answer) {
            asked++;
            wrong += !agrees(vector, answer);
        }
        json_decref(answer);
        json_decref(vector);
    }
    printf("%d vectors, %d disagreements\n", asked, wrong);
    return wrong || asked == 0 ? 1 : 0;
}

int main(void)
{
    const char *directory = getenv("IAMPOLICY_SEMANTICS");
    char path[1024];
    if (!directory) {
        printf("IAMPOLICY_SEMANTICS is not set: nothing to compare with\n");
        return SKIPPED;
    }
    snprintf(path, sizeof(path), "%s/vectors.jsonl", directory);
    FILE *file = fopen(path, "r");
    if (!file) {
        printf("%s: cannot be read\n", path);
        return 1;
    }
    int status = compare(file);
    fclose(file);
    return status;
}

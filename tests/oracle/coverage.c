/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void count(coverage *seen, const char *kind, const char *name)
{
    size_t i = 0;
    while (i < seen->count && (strcmp(seen->lines[i].kind, kind) != 0 ||
                                  strcmp(seen->lines[i].name, name) != 0))
        i++;
    if (i == COVERAGE_LINES)
        abort();
    if (i == seen->count) {
        seen->count++;
        snprintf(seen->lines[i].kind, sizeof(seen->lines[i].kind), "%s", kind);
        snprintf(seen->lines[i].name, sizeof(seen->lines[i].name), "%s", name);
    }
    seen->lines[i].count++;
}

/* ---- The request --------------------------------------------------------- */

static const char *caller_form(const json_t *principal)
{
    const char *text = json_string_value(principal);
    bool behind = json_object_get(principal, "role") ||
                  json_object_get(principal, "user");
    if (json_object_get(principal, "service"))
        return "service";
    if (!text)
        text = json_string_value(json_object_get(principal, "arn"));
    if (strcmp(text, "anonymous") == 0)
        return "anonymous";
    if (strstr(text, ":user/"))
        return strstr(text, ":user/team/") ? "user with path" : "user";
    if (strstr(text, ":role/"))
        return "role";
    if (strstr(text, ":assumed-role/"))
        return behind ? "session, role given" : "session, role not given";
    if (strstr(text, ":federated-user/"))
        return behind ? "federated user, user given" : "federated user";
    return "root";
}

static void count_request(coverage *seen, const json_t *request)
{
    const char *flag;
    json_t *value;
    json_t *flags = json_object_get(request, "flags");
    count(seen, "caller", caller_form(json_object_get(request, "principal")));
    json_object_foreach(flags, flag, value)
    {
        if (json_is_true(value))
            count(seen, "flag", flag);
    }
    json_object_foreach(json_object_get(request, "context"), flag, value)
    {
        if (!json_is_array(value))
            count(seen, "context", "single value");
        else
            count(seen, "context",
                json_array_size(value) ? "list" : "empty list");
    }
}

/* ---- The policies -------------------------------------------------------- */

static const char *variable_form(const char *text)
{
    static const char *const escapes[] = {"${*}", "${?}", "${$}"};
    for (size_t i = 0; i < 3; i++)
        if (strncmp(text, escapes[i], 4) == 0)
            return escapes[i];
    const char *close = strchr(text, '}');
    const char *comma = strchr(text, ',');
    if (!close)
        return "without brace";
    if (close == text + 2)
        return "empty";
    if (memchr(text, ' ', (size_t)(close - text)) && (!comma || comma > close))
        return "with a space";
    if (!comma || comma > close)
        return "${key}";
    if (strncmp(comma, ", ''", 4) == 0)
        return "${key, ''}";
    if (strncmp(comma, ", '", 3) == 0 && close[-1] == '\'')
        return "${key, 'default'}";
    return "with a bad default";
}

static void count_variables(coverage *seen, const json_t *values)
{
    size_t size = json_is_array(values) ? json_array_size(values) : 1;
    for (size_t i = 0; i < size; i++) {
        const json_t *value =
            json_is_array(values) ? json_array_get(values, i) : values;
        const char *at = json_string_value(value);
        at = at ? strstr(at, "${") : NULL;
        for (; at; at = strstr(at + 2, "${"))
            count(seen, "variable", variable_form(at));
    }
}

static void count_list(coverage *seen, const char *name, const json_t *values)
{
    char text[64];
    bool list = json_is_array(values);
    bool empty = list && json_array_size(values) == 0;
    snprintf(text, sizeof(text), "%s%s", name,
        empty  ? " []"
        : list ? " [...]"
               : "");
    count(seen, "element", text);
}

static const char *aws_form(const char *value)
{
    if (strcmp(value, "*") == 0)
        return "AWS *";
    if (strchr(value, '*'))
        return "AWS partial wildcard";
    if (strstr(value, ":root"))
        return "AWS root ARN";
    if (strstr(value, ":user/"))
        return "AWS user";
    if (strstr(value, ":role/"))
        return "AWS role";
    if (strstr(value, ":assumed-role/"))
        return "AWS session";
    if (strstr(value, ":federated-user/"))
        return "AWS federated user";
    if (value[0] == 'A')
        return "AWS unique id";
    return value[0] ? "AWS account" : "AWS empty";
}

static void count_principal(coverage *seen, const json_t *principal)
{
    const char *key;
    json_t *values;
    if (json_is_string(principal))
        count(seen, "principal", "*");
    else if (json_object_size(principal) == 0)
        count(seen, "principal", "{}");
    json_object_foreach((json_t *)(uintptr_t)principal, key, values)
    {
        size_t size = json_is_array(values) ? json_array_size(values) : 1;
        if (size == 0)
            count(seen, "principal", "[]");
        for (size_t i = 0; i < size; i++) {
            const char *text = json_string_value(
                json_is_array(values) ? json_array_get(values, i) : values);
            count(seen, "principal",
                strcmp(key, "AWS") == 0 ? aws_form(text) : key);
        }
    }
}

static void count_conditions(coverage *seen, const json_t *block)
{
    const char *name;
    json_t *keys;
    json_object_foreach((json_t *)(uintptr_t)block, name, keys)
    {
        const char *key;
        json_t *values;
        if (json_object_size(keys) == 0)
            count(seen, "element", "operator {}");
        json_object_foreach(keys, key, values)
        {
            count_list(seen, "condition values", values);
            count_variables(seen, values);
        }
    }
}

static void count_statement(coverage *seen, const json_t *statement)
{
    static const char *const lists[] = {
        "Action", "NotAction", "Resource", "NotResource"};
    for (size_t i = 0; i < 4; i++) {
        const json_t *values = json_object_get(statement, lists[i]);
        if (!values)
            continue;
        count_list(seen, lists[i], values);
        count_variables(seen, values);
    }
    const json_t *principal = json_object_get(statement, "Principal");
    const json_t *inverse = json_object_get(statement, "NotPrincipal");
    const char *effect =
        json_string_value(json_object_get(statement, "Effect"));
    count(seen, "effect", effect);
    if (principal)
        count_principal(seen, principal);
    if (inverse) {
        bool deny = strcmp(effect, "Deny") == 0;
        count(seen, "element",
            deny ? "NotPrincipal, Deny" : "NotPrincipal, Allow");
        count_principal(seen, inverse);
    }
    count_conditions(seen, json_object_get(statement, "Condition"));
}

static void count_policy(coverage *seen, const json_t *entry)
{
    const json_t *policy = json_object_get(entry, "policy");
    const json_t *statements = json_object_get(policy, "Statement");
    const char *version = json_string_value(json_object_get(policy, "Version"));
    count(seen, "layer", json_string_value(json_object_get(entry, "kind")));
    count(seen, "version", version ? version : "missing");
    count(seen, "statements", json_array_size(statements) > 8 ? "many" : "few");
    if (!json_is_array(statements)) {
        count_statement(seen, statements);
        return;
    }
    for (size_t i = 0; i < json_array_size(statements); i++)
        count_statement(seen, json_array_get(statements, i));
}

/* ---- The answer ---------------------------------------------------------- */

static void count_answer(coverage *seen, oracle_answer answer)
{
    static const char *const words[] = {
        "implicit deny", "explicit deny", "allow"};
    static const char *const grants[] = {"account", "role", "any", "direct"};
    char text[64];
    count(seen, "outcome", words[answer.outcome]);
    if (answer.outcome != ORACLE_ALLOW) {
        snprintf(
            text, sizeof(text), "%s by %s", words[answer.outcome], answer.by);
        count(seen, "by", text);
    }
    for (unsigned i = 0; i < 4; i++)
        if (seen->trace.grants & (1u << i))
            count(seen, "grant", grants[i]);
}

void coverage_add(coverage *seen, const json_t *scenario, oracle_answer answer)
{
    const json_t *policies = json_object_get(scenario, "policies");
    for (size_t i = 0; i < json_array_size(policies); i++)
        count_policy(seen, json_array_get(policies, i));
    count_request(
        seen, json_array_get(json_object_get(scenario, "requests"), 0));
    count_answer(seen, answer);
}

/* ---- The table ----------------------------------------------------------- */

static int by_kind_and_name(const void *one, const void *other)
{
    const coverage_line *a = one;
    const coverage_line *b = other;
    int order = strcmp(a->kind, b->kind);
    return order ? order : strcmp(a->name, b->name);
}

/* One line an operator: false/true counts of its six forms. */
static void print_operators(const oracle_trace *trace, FILE *out)
{
    fprintf(out, "%-26s", "conditions: false/true");
    static const char *const heads[] = {"plain", "IfExists", "ForAll",
        "ForAll IfExists", "ForAny", "ForAny IfExists"};
    for (size_t i = 0; i < 6; i++)
        fprintf(out, " %17s", heads[i]);
    fputc('\n', out);
    for (size_t i = 0; i < ORACLE_OPERATORS; i++) {
        fprintf(out, "%-26s", oracle_operator_names[i]);
        for (size_t form = 0; form < 6; form++) {
            const unsigned long *both = trace->tested[i][form / 2][form % 2];
            char text[48];
            snprintf(text, sizeof(text), "%lu/%lu", both[0], both[1]);
            fprintf(out, " %17s", text);
        }
        fputc('\n', out);
    }
}

void coverage_print(const coverage *seen, FILE *out)
{
    static coverage sorted;
    sorted = *seen;
    qsort(
        sorted.lines, sorted.count, sizeof(sorted.lines[0]), by_kind_and_name);
    for (size_t i = 0; i < sorted.count; i++)
        fprintf(out, "%-10s %-44s %10lu\n", sorted.lines[i].kind,
            sorted.lines[i].name, sorted.lines[i].count);
    print_operators(&seen->trace, out);
}

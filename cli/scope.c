/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope.c - which requests a question is about, by options.
 */
#include "cli.h"

#include <string.h>

static const cli_option scope_option_table[] = {
    {"principal", "ARN",
        "the caller; \"any\" for anybody, \"anonymous\", or\n"
        "service:NAME; without it, some user or role to which\n"
        "the policies belong",
        false},
    {"action", "PATTERN", "e.g. 'bedrock:InvokeModel*'", true},
    {"resource", "PATTERN", "e.g. 'arn:aws:s3:::reports/*'", true},
    {"given", "KEY=VALUE",
        "a condition key has this value; one given twice, or\n"
        "as KEY[]=VALUE, has a list of values",
        true},
    {"absent", "KEY", "a condition key is absent", true},
    {"present", "KEY", "a condition key is present, with any value", true},
    {"open-world", NULL,
        "promises (always, always-from) range over every\n"
        "action text, not over the known actions alone",
        false},
    {"any-context", NULL,
        "do without the physical facts, such as that no\n"
        "request has both aws:SourceIp and aws:SourceVpc",
        false},
};

const option_group scope_options = {
    "Which requests (without these, all that there can be):",
    scope_option_table, COUNT_OF(scope_option_table)};

static iam_status set_value(
    void *scope, const iam_text *key, const iam_text *value, iam_error *err)
{
    return iam_scope_set_value(
        scope, key->ptr, key->len, value->ptr, value->len, err);
}

static iam_status set_values(void *scope, const iam_text *key,
    const iam_text *values, size_t count, iam_error *err)
{
    return iam_scope_set_values(scope, key->ptr, key->len, values, count, err);
}

typedef iam_status setter(
    iam_scope *scope, const char *text, size_t len, iam_error *err);

static const struct {
    const char *option;
    setter *set;
} setters[] = {
    {"action", iam_scope_add_action},
    {"resource", iam_scope_add_resource},
    {"absent", iam_scope_set_absent},
    {"present", iam_scope_set_present},
};

static iam_status fill_one(
    iam_scope *scope, const given_option *given, iam_error *err)
{
    if (option_is(given, "principal") &&
        strncmp(given->value, "service:", 8) == 0)
        return iam_scope_set_service(scope, given->value + 8, IAM_NTS, err);
    if (option_is(given, "principal"))
        return iam_scope_set_principal(scope, given->value, IAM_NTS, err);
    for (size_t i = 0; i < COUNT_OF(setters); i++)
        if (option_is(given, setters[i].option))
            return setters[i].set(scope, given->value, IAM_NTS, err);
    return IAM_OK;
}

static bool fill(iam_scope *scope, const cli_arguments *arguments)
{
    const context_target target = {"given", NULL, scope, set_value, set_values};
    iam_error err;

    for (size_t i = 0; i < arguments->given_count; i++) {
        const given_option *given = &arguments->given[i];

        if (fill_one(scope, given, &err) != IAM_OK) {
            usage_error(arguments->command, "--%s %s: %s", given->option->name,
                given->value, err.message);
            return false;
        }
    }
    iam_scope_set_flags(scope,
        (has_option(arguments, "open-world") ? IAM_OPEN_WORLD : 0) |
            (has_option(arguments, "any-context") ? IAM_ANY_CONTEXT : 0));
    return context_read(arguments, &target);
}

iam_scope *scope_read(const cli_arguments *arguments)
{
    iam_scope *scope = NULL;

    if (iam_scope_new(NULL, &scope) != IAM_OK) {
        complain_memory();
        return NULL;
    }
    if (!fill(scope, arguments)) {
        iam_scope_free(scope);
        return NULL;
    }
    return scope;
}

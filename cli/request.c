/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.c - the request that the command line describes.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const cli_option request_option_table[] = {
    {"principal", "ARN", "or \"anonymous\", or service:NAME", false},
    {"action", "ACTION", "e.g. bedrock:InvokeModel", true},
    {"operation", "OPERATION",
        "an API call instead, e.g. bedrock-runtime:Converse", true},
    {"destination", "REGION",
        "with --operation: where a geographic inference\n"
        "profile may run the model",
        true},
    {"resource", "ARN", "or * for an action without resources", true},
    {"source-ip", "ADDRESS", "short for --context aws:SourceIp=ADDRESS", false},
    {"context", "KEY=VALUE",
        "a condition key; one given twice, or as KEY[]=VALUE,\n"
        "has a list of values",
        true},
    {"resource-account", "ACCOUNT", "if the ARN does not say it", false},
    {"role", "ARN", "the role, with its path, of an assumed-role session",
        false},
    {"user", "ARN", "the user behind a federated-user session", false},
    {"flag", "NAME",
        "managementAccount, resourceInManagementAccount,\n"
        "serviceLinkedRole, hasBoundary, viaEndpoint,\n"
        "explicitTrust",
        true},
};

const option_group request_options = {
    "Request:", request_option_table, COUNT_OF(request_option_table)};

static const struct {
    const char *name;
    uint32_t flag;
} flags[] = {
    {"managementAccount", IAM_MANAGEMENT_ACCOUNT},
    {"serviceLinkedRole", IAM_SERVICE_LINKED_ROLE},
    {"hasBoundary", IAM_HAS_BOUNDARY},
    {"viaEndpoint", IAM_VIA_ENDPOINT},
    {"explicitTrust", IAM_EXPLICIT_TRUST},
    {"resourceInManagementAccount", IAM_RESOURCE_IN_MANAGEMENT_ACCOUNT},
};

static const char *flag_name_at(const void *unused, size_t index)
{
    (void)unused;
    return flags[index].name;
}

static bool complain_option(
    const cli_arguments *arguments, const char *name, const iam_error *err)
{
    usage_error(arguments->command, "--%s %s: %s", name,
        option_value(arguments, name), err->message);
    return false;
}

/* ---- Principal and flags ---- */

static bool fill_principal(iam_request *request, const cli_arguments *arguments)
{
    const char *value = option_value(arguments, "principal");
    iam_status status;
    iam_error err;

    if (!value) {
        usage_error(arguments->command,
            "who is asking?  Give --principal ARN, "
            "e.g. --principal arn:aws:iam::123456789012:user/ann");
        return false;
    }
    if (strncmp(value, "service:", 8) == 0)
        status = iam_request_set_service(request, value + 8, IAM_NTS, &err);
    else
        status = iam_request_set_principal(request, value, IAM_NTS, &err);
    return status == IAM_OK || complain_option(arguments, "principal", &err);
}

typedef iam_status (*setter)(
    iam_request *request, const char *text, size_t len, iam_error *err);

/* An option that one function of the library takes as it is. */
static bool fill_text(iam_request *request, const cli_arguments *arguments,
    const char *name, setter set)
{
    const char *value = option_value(arguments, name);
    iam_error err;

    return !value || set(request, value, IAM_NTS, &err) == IAM_OK ||
           complain_option(arguments, name, &err);
}

static bool flag_by_name(
    const cli_arguments *arguments, const char *name, uint32_t *out)
{
    const char *meant;

    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        if (strcmp(flags[i].name, name) == 0) {
            *out |= flags[i].flag;
            return true;
        }
    }
    meant = closest(name, strlen(name), flag_name_at, NULL, COUNT_OF(flags));
    if (meant)
        usage_error(arguments->command,
            "there is no flag \"%s\"; did you mean \"%s\"?", name, meant);
    else
        usage_error(arguments->command,
            "there is no flag \"%s\"; flags are managementAccount, "
            "resourceInManagementAccount, serviceLinkedRole, hasBoundary, "
            "viaEndpoint and explicitTrust",
            name);
    return false;
}

static bool fill_flags(iam_request *request, const cli_arguments *arguments)
{
    uint32_t all = 0;

    for (size_t i = 0; i < arguments->given_count; i++) {
        if (option_is(&arguments->given[i], "flag") &&
            !flag_by_name(arguments, arguments->given[i].value, &all))
            return false;
    }
    iam_request_set_flags(request, all);
    return true;
}

/* ---- Context ---- */

typedef struct context_value {
    iam_text key;
    iam_text value;
    bool is_list; /* KEY[]=VALUE */
    size_t order; /* on the command line */
} context_value;

static int compare_keys(const iam_text *a, const iam_text *b)
{
    size_t len = a->len < b->len ? a->len : b->len;
    int order = memcmp(a->ptr, b->ptr, len);

    return order ? order : (a->len > b->len) - (a->len < b->len);
}

static int by_key(const void *a, const void *b)
{
    const context_value *x = a, *y = b;
    int order = compare_keys(&x->key, &y->key);

    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static bool parse_context(const cli_arguments *arguments,
    const given_option *given, context_value *out)
{
    const char *equals = strchr(given->value, '=');
    size_t len = equals ? (size_t)(equals - given->value) : 0;

    out->is_list = len >= 2 && memcmp(given->value + len - 2, "[]", 2) == 0;
    len -= out->is_list ? 2 : 0;
    if (len == 0) {
        usage_error(arguments->command,
            "--context wants KEY=VALUE, e.g. "
            "--context aws:SourceVpce=vpce-1a2b3c4d, not \"%s\"",
            given->value);
        return false;
    }
    out->key = (iam_text){given->value, len};
    out->value = (iam_text){equals + 1, strlen(equals + 1)};
    return true;
}

/* A mistyped address would be denied, and look like an answer. */
static bool is_address(const char *text)
{
    static const iam_text all[] = {{"0.0.0.0/0", 9}, {"::/0", 4}};
    iam_ipset *set = NULL;
    bool is;

    if (iam_ipset_new(all, COUNT_OF(all), NULL, &set, NULL) != IAM_OK)
        return true; /* no memory: whatever comes next will say so */
    is = iam_ipset_contains(set, text, strlen(text));
    iam_ipset_free(set);
    return is;
}

static bool parse_source_ip(const cli_arguments *arguments,
    const given_option *given, context_value *out)
{
    if (!is_address(given->value)) {
        usage_error(arguments->command,
            "--source-ip wants an IPv4 or IPv6 address, e.g. 203.0.113.7 or "
            "2001:db8::7, not \"%s\"",
            given->value);
        return false;
    }
    out->key = (iam_text){"aws:SourceIp", strlen("aws:SourceIp")};
    out->value = (iam_text){given->value, strlen(given->value)};
    out->is_list = false;
    return true;
}

/* How many values, in `out`, which has room for all; -1: told. */
static long gather_context(const cli_arguments *arguments, context_value *out)
{
    size_t count = 0;

    for (size_t i = 0; i < arguments->given_count; i++) {
        const given_option *given = &arguments->given[i];

        out[count].order = count;
        if (option_is(given, "context")) {
            if (!parse_context(arguments, given, &out[count++]))
                return -1;
        } else if (option_is(given, "source-ip")) {
            if (!parse_source_ip(arguments, given, &out[count++]))
                return -1;
        }
    }
    return (long)count;
}

/* The values of one key, `count` of them. */
static bool set_context(iam_request *request, const cli_arguments *arguments,
    const context_value *of, size_t count, iam_text *values)
{
    bool is_list = count > 1;
    iam_status status;
    iam_error err;

    for (size_t i = 0; i < count; i++) {
        values[i] = of[i].value;
        is_list |= of[i].is_list;
    }
    if (is_list)
        status = iam_request_set_values(
            request, of->key.ptr, of->key.len, values, count, &err);
    else
        status = iam_request_set_value(
            request, of->key.ptr, of->key.len, values->ptr, values->len, &err);
    if (status != IAM_OK)
        usage_error(arguments->command, "--context %.*s: %s", (int)of->key.len,
            of->key.ptr, err.message);
    return status == IAM_OK;
}

static bool set_all_context(iam_request *request,
    const cli_arguments *arguments, context_value *all, iam_text *values)
{
    long gathered = gather_context(arguments, all);
    size_t count = gathered < 0 ? 0 : (size_t)gathered;
    size_t next;

    qsort(all, count, sizeof(*all), by_key);
    for (size_t i = 0; i < count; i = next) {
        for (next = i + 1; next < count; next++) {
            if (compare_keys(&all[i].key, &all[next].key) != 0)
                break;
        }
        if (!set_context(request, arguments, &all[i], next - i, values))
            return false;
    }
    return gathered >= 0;
}

static bool fill_context(iam_request *request, const cli_arguments *arguments)
{
    size_t room = arguments->given_count + 1;
    context_value *all = calloc(room, sizeof(*all));
    iam_text *values = calloc(room, sizeof(*values));
    bool ok = all && values;

    if (!ok)
        complain_memory();
    ok = ok && set_all_context(request, arguments, all, values);
    free(values);
    free(all);
    return ok;
}

bool request_fill(iam_request *request, const cli_arguments *arguments)
{
    return fill_principal(request, arguments) &&
           fill_text(request, arguments, "role", iam_request_set_role) &&
           fill_text(request, arguments, "user", iam_request_set_user) &&
           fill_text(request, arguments, "resource-account",
               iam_request_set_resource_account) &&
           fill_flags(request, arguments) && fill_context(request, arguments);
}

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

static iam_status set_value(
    void *request, const iam_text *key, const iam_text *value, iam_error *err)
{
    return iam_request_set_value(
        request, key->ptr, key->len, value->ptr, value->len, err);
}

static iam_status set_values(void *request, const iam_text *key,
    const iam_text *values, size_t count, iam_error *err)
{
    return iam_request_set_values(
        request, key->ptr, key->len, values, count, err);
}

static bool fill_context(iam_request *request, const cli_arguments *arguments)
{
    const context_target target = {
        "context", "source-ip", request, set_value, set_values};

    return context_read(arguments, &target);
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

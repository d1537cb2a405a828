/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policies.c - the policies that the command line names, as one stack.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const cli_option policy_option_table[] = {
    {"identity", "FILE", "an identity policy of the principal", true},
    {"resource-policy", "FILE", "the policy of the resource", true},
    {"boundary", "FILE", "the permissions boundary", true},
    {"session", "FILE", "a session policy", true},
    {"scp", "LEVEL=FILE",
        "a service control policy; level 0 is the root of the\n"
        "organisation, then each OU, then the account",
        true},
    {"rcp", "LEVEL=FILE", "a resource control policy, likewise", true},
    {"endpoint", "FILE", "the policy of the VPC endpoint", true},
    {"scenario", "FILE", "the policies of a scenario file", true},
};

const option_group policy_options = {"Policies (- is standard input):",
    policy_option_table, COUNT_OF(policy_option_table)};

static const cli_option old_option_table[] = {
    {"old", "FILE", "a policy, or the policies of a scenario file", true},
    {"old-identity", "FILE", "as --identity, of the old stack", true},
    {"old-resource-policy", "FILE", "as --resource-policy", true},
    {"old-boundary", "FILE", "as --boundary", true},
    {"old-session", "FILE", "as --session", true},
    {"old-scp", "LEVEL=FILE", "as --scp", true},
    {"old-rcp", "LEVEL=FILE", "as --rcp", true},
    {"old-endpoint", "FILE", "as --endpoint", true},
};

const option_group old_policy_options = {"The policies to compare with:",
    old_option_table, COUNT_OF(old_option_table)};

static const struct {
    const char *option;
    iam_policy_kind kind;
    bool levelled;
} kinds[] = {
    {"identity", IAM_IDENTITY_POLICY, false},
    {"resource-policy", IAM_RESOURCE_POLICY, false},
    {"boundary", IAM_PERMISSIONS_BOUNDARY, false},
    {"session", IAM_SESSION_POLICY, false},
    {"scp", IAM_SERVICE_CONTROL_POLICY, true},
    {"rcp", IAM_RESOURCE_CONTROL_POLICY, true},
    {"endpoint", IAM_ENDPOINT_POLICY, false},
};

#define HIGHEST_LEVEL 99

/* A scenario whose names the entries use. */
typedef struct kept_scenario {
    iam_scenario *scenario;
    struct kept_scenario *next;
} kept_scenario;

/* The entries so far; each holds a reference that is ours. */
typedef struct entry_list {
    iam_stack_entry *entries;
    const char **files;
    size_t count, capacity;
    kept_scenario *kept;
} entry_list;

static bool entry_add(entry_list *list, iam_stack_entry entry, const char *file)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 8;
        iam_stack_entry *entries =
            realloc(list->entries, capacity * sizeof(*entries));
        const char **files;

        if (!entries)
            return false;
        list->entries = entries;
        files = realloc(list->files, capacity * sizeof(*files));
        if (!files)
            return false;
        list->files = files;
        list->capacity = capacity;
    }
    list->files[list->count] = file;
    list->entries[list->count++] = entry;
    return true;
}

/* LEVEL=FILE: the level, and `*value` left at the file. */
static bool take_level(const cli_arguments *arguments,
    const given_option *given, uint32_t *level, const char **value)
{
    const char *at = *value;

    *level = 0;
    while (*at >= '0' && *at <= '9' && *level <= HIGHEST_LEVEL)
        *level = *level * 10 + (uint32_t)(*at++ - '0');
    if (at == *value || *at != '=' || *level > HIGHEST_LEVEL) {
        usage_error(arguments->command,
            "--%s wants LEVEL=FILE, e.g. --%s 0=root.json (0 is the root, "
            "then each OU, then the account), not \"%s\"",
            given->option->name, given->option->name, *value);
        return false;
    }
    *value = at + 1;
    return true;
}

void complain_policy(const iam_policy *policy, const char *file)
{
    for (size_t i = 0; i < iam_policy_finding_count(policy); i++) {
        iam_finding finding = iam_policy_finding(policy, i);

        if (finding.severity == IAM_ERROR)
            put_finding(stderr, file, &finding);
    }
}

static bool add_policy_text(entry_list *list, iam_policy_kind kind,
    uint32_t level, const char *path, const buffer *text)
{
    iam_policy *policy = NULL;
    iam_error err;
    bool ok = iam_policy_compile(
                  kind, text->bytes, text->len, NULL, &policy, &err) == IAM_OK;

    if (!ok) {
        complain_at(file_name(path), &err);
        return false;
    }
    complain_policy(policy, file_name(path));
    ok = entry_add(list,
        (iam_stack_entry){.policy = policy, .name = path, .level = level},
        file_name(path));
    if (!ok) {
        iam_policy_free(policy);
        complain_memory();
    }
    return ok;
}

static bool add_policy(
    entry_list *list, iam_policy_kind kind, uint32_t level, const char *path)
{
    buffer text;
    bool ok;

    if (!file_read(path, &text))
        return false;
    ok = add_policy_text(list, kind, level, path, &text);
    buffer_free(&text);
    return ok;
}

static bool add_entries(
    entry_list *list, const iam_stack *stack, const char *path)
{
    size_t count = stack ? iam_stack_entry_count(stack) : 0;

    for (size_t i = 0; i < count; i++) {
        iam_stack_entry entry = iam_stack_entry_at(stack, i);

        if (!entry_add(list, entry, file_name(path))) {
            complain_memory();
            return false;
        }
        iam_policy_ref(entry.policy);
        complain_policy(entry.policy, file_name(path));
    }
    return true;
}

/* The names of its policies live as long as the scenario. */
static bool keep_scenario(entry_list *list, iam_scenario *scenario)
{
    kept_scenario *kept = malloc(sizeof(*kept));

    if (!kept) {
        complain_memory();
        iam_scenario_free(scenario);
        return false;
    }
    *kept = (kept_scenario){scenario, list->kept};
    list->kept = kept;
    return true;
}

static bool add_scenario_text(
    entry_list *list, const char *path, const buffer *text)
{
    iam_scenario *scenario = NULL;
    iam_error err;

    if (iam_scenario_parse(
            text->bytes, text->len, NULL, NULL, &scenario, &err) != IAM_OK) {
        complain_at(file_name(path), &err);
        return false;
    }
    return keep_scenario(list, scenario) &&
           add_entries(list, iam_scenario_stack(scenario), path);
}

static bool add_scenario(entry_list *list, const char *path)
{
    buffer text;
    bool ok;

    if (!file_read(path, &text))
        return false;
    ok = add_scenario_text(list, path, &text);
    buffer_free(&text);
    return ok;
}

/* A scenario, or a policy of this kind; 0: the kind that it looks like. */
static bool add_file(entry_list *list, iam_policy_kind kind, const char *path)
{
    buffer text;
    bool ok;

    if (!file_read(path, &text))
        return false;
    if (json_shape(text.bytes, text.len) == SHAPE_SCENARIO)
        ok = add_scenario_text(list, path, &text);
    else
        ok = add_policy_text(list,
            kind ? kind : guess_kind(text.bytes, text.len), 0, path, &text);
    buffer_free(&text);
    return ok;
}

/* `name` is the option's, its prefix left out. */
static bool add_given(entry_list *list, const cli_arguments *arguments,
    const given_option *given, const char *name)
{
    const char *path = given->value;

    if (strcmp(name, "scenario") == 0)
        return add_scenario(list, path);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        uint32_t level = 0;

        if (strcmp(name, kinds[i].option) != 0)
            continue;
        if (kinds[i].levelled && !take_level(arguments, given, &level, &path))
            return false;
        return add_policy(list, kinds[i].kind, level, path);
    }
    return true;
}

static void list_free(entry_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        iam_policy_free(list->entries[i].policy);
    while (list->kept) {
        kept_scenario *next = list->kept->next;

        iam_scenario_free(list->kept->scenario);
        free(list->kept);
        list->kept = next;
    }
    free(list->entries);
    free(list->files);
}

/* The list into a stack, if all went well; it is used up. */
static bool list_finish(entry_list *list, cli_policies *out, bool ok)
{
    iam_error err;

    if (ok && iam_stack_new(list->entries, list->count, NULL, &out->stack,
                  &err) != IAM_OK) {
        complain_at("policies", &err);
        ok = false;
    }
    if (ok) {
        out->files = list->files;
        list->files = NULL;
    }
    list_free(list);
    return ok;
}

bool policies_read(cli_policies *out, const cli_arguments *arguments)
{
    entry_list list = {.entries = NULL};
    bool ok = true;

    *out = (cli_policies){.stack = NULL};
    if (!any_option(arguments, &policy_options))
        return true;
    for (size_t i = 0; ok && i < arguments->given_count; i++)
        ok = add_given(&list, arguments, &arguments->given[i],
            arguments->given[i].option->name);
    return list_finish(&list, out, ok);
}

bool policies_read_old(cli_policies *out, const cli_arguments *arguments,
    const char *file, iam_policy_kind kind)
{
    entry_list list = {.entries = NULL};
    bool ok = true;

    *out = (cli_policies){.stack = NULL};
    if (!file && !any_option(arguments, &old_policy_options))
        return true;
    if (file)
        ok = add_file(&list, kind, file);
    for (size_t i = 0; ok && i < arguments->given_count; i++) {
        const given_option *given = &arguments->given[i];

        if (option_is(given, "old"))
            ok = add_file(&list, kind, given->value);
        else if (strncmp(given->option->name, "old-", 4) == 0)
            ok = add_given(&list, arguments, given, given->option->name + 4);
    }
    return list_finish(&list, out, ok);
}

bool policies_read_file(
    cli_policies *out, const char *path, iam_policy_kind kind)
{
    entry_list list = {.entries = NULL};

    *out = (cli_policies){.stack = NULL};
    return list_finish(&list, out, add_file(&list, kind, path));
}

bool policies_grant(const cli_policies *policies)
{
    for (size_t i = 0; i < iam_stack_entry_count(policies->stack); i++) {
        iam_policy *policy = iam_stack_entry_at(policies->stack, i).policy;
        iam_policy_kind kind = iam_policy_kind_of(policy);

        if (kind == IAM_IDENTITY_POLICY || kind == IAM_RESOURCE_POLICY ||
            kind == IAM_TRUST_POLICY)
            return true;
    }
    return false;
}

/* The stack's policies, and one more. */
static bool add_one_more(entry_list *list, const cli_policies *policies)
{
    static char everything[] =
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":"
        "\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
    const buffer text = {everything, sizeof(everything) - 1, 0};

    for (size_t i = 0; i < iam_stack_entry_count(policies->stack); i++) {
        iam_stack_entry entry = iam_stack_entry_at(policies->stack, i);

        if (!entry_add(list, entry, policies->files[i])) {
            complain_memory();
            return false;
        }
        iam_policy_ref(entry.policy);
    }
    return add_policy_text(
        list, IAM_IDENTITY_POLICY, 0, "(everything is allowed)", &text);
}

bool policies_grant_everything(cli_policies *policies)
{
    entry_list list = {.entries = NULL};
    cli_policies more = {.stack = NULL};
    bool ok = add_one_more(&list, policies);

    if (!list_finish(&list, &more, ok))
        return false;
    policies_free(policies);
    *policies = more;
    return true;
}

void policies_free(cli_policies *policies)
{
    iam_stack_free(policies->stack);
    free(policies->files);
}

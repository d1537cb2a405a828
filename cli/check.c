/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.c - iampolicy check: what is wrong with policies, and what could be
 * said better.
 */
#include "cli.h"

#include <string.h>

static const cli_option check_option_table[] = {
    {"kind", "KIND",
        "identity, resource, trust, boundary, session, scp,\n"
        "rcp or endpoint; without it, a policy with Principal\n"
        "is taken for a resource policy, or a trust policy if\n"
        "it has no Resource",
        false},
    {"strict", NULL, "refuse what AWS would refuse to store", false},
    {"json", NULL, "one JSON object for each policy, one a line", false},
    {"print", NULL, "print the policy as canonical JSON", false},
    {"list", NULL, "print the compiled program", false},
    {"help", NULL, "print this", false},
};

typedef struct check_state {
    iam_policy_kind kind; /* 0: guess */
    iam_options options;
    bool json, print, list;
} check_state;

/* An error or a warning; what could be said better is not wrong. */
static bool counts(const iam_finding *finding)
{
    return finding->severity == IAM_ERROR || finding->severity == IAM_WARNING;
}

static cli_answer tally(const iam_policy *policy)
{
    for (size_t i = 0; i < iam_policy_finding_count(policy); i++) {
        iam_finding finding = iam_policy_finding(policy, i);

        if (counts(&finding))
            return ANSWER_NO;
    }
    return ANSWER_YES;
}

static void put_json_finding(const iam_finding *finding)
{
    printf("{\"code\":");
    put_json(stdout, finding->code);
    printf(",\"severity\":");
    put_json(stdout, severity_name(finding->severity));
    printf(",\"line\":%lu,\"column\":%lu,\"where\":",
        (unsigned long)finding->line, (unsigned long)finding->column);
    put_json(stdout, finding->where);
    printf(",\"message\":");
    put_json(stdout, finding->message);
    putchar('}');
}

static void put_json_policy(const iam_policy *policy, const char *name)
{
    printf("{\"file\":");
    put_json(stdout, name);
    printf(",\"kind\":");
    put_json(stdout, iam_policy_kind_name(iam_policy_kind_of(policy)));
    printf(",\"clean\":%s", tally(policy) == ANSWER_YES ? "true" : "false");
    printf(",\"statements\":%zu,\"findings\":[",
        iam_policy_statement_count(policy));
    for (size_t i = 0; i < iam_policy_finding_count(policy); i++) {
        iam_finding finding = iam_policy_finding(policy, i);

        if (i)
            putchar(',');
        put_json_finding(&finding);
    }
    puts("]}");
}

/* IAM_ESTOPPED is a broken output, which output_end() tells. */
static cli_answer finish_print(iam_status status)
{
    if (status == IAM_ENOMEM)
        complain_memory();
    putchar('\n');
    return status == IAM_OK ? ANSWER_YES : ANSWER_BAD;
}

static cli_answer check_policy(
    const check_state *state, const iam_policy *policy, const char *name)
{
    cli_answer answer = tally(policy);
    size_t count = state->json ? 0 : iam_policy_finding_count(policy);
    /* What is printed is for another program. */
    FILE *to = state->print || state->list ? stderr : stdout;

    for (size_t i = 0; i < count; i++) {
        iam_finding finding = iam_policy_finding(policy, i);

        put_finding(to, name, &finding);
    }
    if (state->json)
        put_json_policy(policy, name);
    if (state->print)
        answer = worse(
            answer, finish_print(iam_policy_print(policy, put_sink, NULL)));
    if (state->list && iam_policy_list(policy, put_sink, NULL) == IAM_ENOMEM) {
        complain_memory();
        answer = ANSWER_BAD;
    }
    return answer;
}

static cli_answer check_file(const check_state *state, const char *path)
{
    const char *name = file_name(path);
    iam_policy *policy = NULL;
    cli_answer answer = ANSWER_BAD;
    iam_policy_kind kind;
    iam_error err;
    buffer text;

    if (!file_read(path, &text))
        return ANSWER_BAD;
    kind = state->kind ? state->kind : guess_kind(text.bytes, text.len);
    if (iam_policy_compile(kind, text.bytes, text.len, &state->options, &policy,
            &err) != IAM_OK)
        complain_at(name, &err);
    else
        answer = check_policy(state, policy, name);
    iam_policy_free(policy);
    buffer_free(&text);
    return answer;
}

static cli_answer check_options(
    const cli_arguments *arguments, check_state *state)
{
    const char *kind = option_value(arguments, "kind");

    state->kind = kind ? iam_policy_kind_from_name(kind, IAM_NTS) : 0;
    if (kind && !state->kind)
        return usage_error(arguments->command,
            "there is no kind \"%s\"; kinds are identity, resource, trust, "
            "boundary, session, scp, rcp and endpoint",
            kind);
    if (arguments->word_count == 0)
        return usage_error(arguments->command,
            "check what?  Give policy files, or - for standard input");
    if (state->json + state->print + state->list > 1)
        return usage_error(arguments->command,
            "--json, --print and --list exclude each other");
    return ANSWER_YES;
}

static cli_answer check(const cli_arguments *arguments)
{
    check_state state = {.options = IAM_OPTIONS_INIT,
        .json = has_option(arguments, "json"),
        .print = has_option(arguments, "print"),
        .list = has_option(arguments, "list")};
    cli_answer answer = check_options(arguments, &state);

    if (answer != ANSWER_YES)
        return answer;
    if (has_option(arguments, "strict"))
        state.options.flags |= IAM_STRICT;
    for (size_t i = 0; i < arguments->word_count && !output_broken(); i++)
        answer = worse(answer, check_file(&state, arguments->words[i]));
    return answer;
}

static const char *const check_usage[] = {
    "[--kind KIND] [--strict] [--json | --print | --list]\n"
    "                       POLICY...",
    NULL};

static const option_group check_options_group = {
    "Options:", check_option_table, COUNT_OF(check_option_table)};

static const option_group *const check_groups[] = {&check_options_group, NULL};

const cli_command check_command = {"check", "parse and validate policies",
    check_usage, check_groups,
    "Findings are FILE:LINE:COLUMN: severity CODE: /json/pointer: sentence.\n"
    "Exit code: 0 clean, 1 there are errors or warnings, 2 usage or bad "
    "input.\n"
    "\n"
    "  iampolicy check docs/examples/bedrock-eip/policy.json\n"
    "  iampolicy check --kind scp --strict - < scp.json\n",
    check};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff.c - iampolicy diff: what two policies, or two stacks, allow, compared.
 */
#include "cli.h"

static const cli_option diff_option_table[] = {
    {"kind", "KIND",
        "of OLD and NEW where these are policies: identity,\n"
        "resource, trust, boundary, session, scp, rcp or\n"
        "endpoint; without it, what they look like",
        false},
    {"json", NULL, "print one JSON object", false},
    {"max-steps", "N", "give up and say \"unknown\" beyond so much work",
        false},
    {"help", NULL, "print this", false},
};

/* ---- Text ---- */

static const char *relation_words(iam_relation relation)
{
    switch (relation) {
    case IAM_EQUIVALENT:
        return "the same requests are allowed";
    case IAM_NARROWER:
        return "some requests are allowed no more, and none are new";
    case IAM_WIDER:
        return "some requests are allowed that were not, and none are lost";
    case IAM_INCOMPARABLE:
        return "some requests are allowed that were not, and others no more";
    case IAM_RELATION_UNKNOWN:
        break;
    }
    return "";
}

static bool put_side(const char *title, const char *addresses,
    const iam_ipset *set, bool without, bool other)
{
    if (set && iam_ipset_range_count(set) > 0 && !put_addresses(addresses, set))
        return false;
    if (without && !other)
        put_reason(title, "requests without an address");
    if (other)
        put_reason(title, "by other condition keys than the address");
    return true;
}

static bool put_change(const iam_change *change)
{
    buffer line = {.bytes = NULL};
    bool ok = buffer_format(&line, "%s on %s: %s", change->actions,
        change->resources, change->summary);

    if (ok)
        put_reason("change", line.bytes);
    buffer_free(&line);
    return ok &&
           put_side("gained", "gained", change->gained,
               change->gained_without_address, change->gained_other) &&
           put_side("lost", "lost", change->lost, change->lost_without_address,
               change->lost_other);
}

typedef iam_match matches(const iam_diff *diff, size_t index);

static bool put_only(const char *title, const iam_request *request,
    const cli_policies *policies, const iam_diff *diff, matches *at,
    size_t count)
{
    bool ok = put_sentence(title, request, true, true);

    for (size_t i = 0; ok && i < count; i++) {
        iam_match match = at(diff, i);

        ok = put_because(policies, i ? "" : "because", &match);
    }
    return ok && put_request(request);
}

static bool put_diff(const cli_question *question, const iam_diff *diff)
{
    static const char *const colours[] = {
        [IAM_RELATION_UNKNOWN] = COLOUR_YELLOW,
        [IAM_EQUIVALENT] = COLOUR_GREEN,
        [IAM_NARROWER] = COLOUR_RED,
        [IAM_WIDER] = COLOUR_RED,
        [IAM_INCOMPARABLE] = COLOUR_RED};
    iam_relation relation = iam_diff_relation(diff);
    const iam_request *only_old = iam_diff_only_old(diff);
    const iam_request *only_new = iam_diff_only_new(diff);
    bool ok = true;

    put_answer(colours[relation], iam_relation_name(relation));
    put_string(stdout, relation == IAM_RELATION_UNKNOWN
                           ? iam_diff_reason(diff)
                           : relation_words(relation));
    putchar('\n');
    if (only_old)
        ok = put_only("only old", only_old, &question->old, diff,
            iam_diff_old_match, iam_diff_old_match_count(diff));
    if (ok && only_new)
        ok = put_only("only new", only_new, &question->policies, diff,
            iam_diff_new_match, iam_diff_new_match_count(diff));
    for (size_t i = 0; ok && i < iam_diff_change_count(diff); i++) {
        iam_change change = iam_diff_change(diff, i);

        ok = put_change(&change);
    }
    for (size_t i = 0; i < iam_diff_fact_count(diff); i++)
        put_reason(i ? "" : "assumed", iam_diff_fact(diff, i));
    if (!ok)
        complain_memory();
    return ok;
}

/* ---- Asking ---- */

static cli_answer tell(const cli_question *question, const iam_diff *diff)
{
    iam_relation relation = iam_diff_relation(diff);
    cli_answer answer = ANSWER_NO;

    if (relation == IAM_EQUIVALENT)
        answer = ANSWER_YES;
    if (relation == IAM_RELATION_UNKNOWN)
        answer = ANSWER_UNKNOWN;
    if (!has_option(question->arguments, "json"))
        return put_diff(question, diff) ? answer : ANSWER_BAD;
    if (put_answer_json(iam_diff_print(diff, put_sink, NULL)) != ANSWER_YES)
        return ANSWER_BAD;
    return answer;
}

static cli_answer ask(cli_question *question)
{
    iam_diff *diff = NULL;
    iam_status status;
    cli_answer answer;
    iam_error err;

    if (!question_open(question))
        return ANSWER_BAD;
    status = iam_prover_diff(question->prover, &question->asked, &diff, &err);
    answer = question_end(question, status, &err);
    if (answer == ANSWER_YES)
        answer = tell(question, diff);
    iam_diff_free(diff);
    return answer;
}

static cli_answer check_arguments(
    const cli_arguments *arguments, iam_policy_kind *kind)
{
    const char *name = option_value(arguments, "kind");
    bool files = arguments->word_count == 2;
    bool old = any_option(arguments, &old_policy_options) != NULL;
    bool new = any_option(arguments, &policy_options) != NULL;

    *kind = name ? iam_policy_kind_from_name(name, IAM_NTS) : 0;
    if (name && !*kind)
        return usage_error(arguments->command,
            "there is no kind \"%s\"; kinds are identity, resource, trust, "
            "boundary, session, scp, rcp and endpoint",
            name);
    if (files ? old || new : arguments->word_count != 0 || !old || !new)
        return usage_error(arguments->command,
            "compare what?  Give two files, OLD and NEW, or the policies of "
            "both stacks by options");
    return ANSWER_YES;
}

static bool read_stacks(cli_question *question, iam_policy_kind kind)
{
    const cli_arguments *arguments = question->arguments;

    if (arguments->word_count == 2)
        return policies_read_file(&question->old, arguments->words[0], kind) &&
               policies_read_file(
                   &question->policies, arguments->words[1], kind);
    return policies_read_old(&question->old, arguments, NULL, kind) &&
           policies_read(&question->policies, arguments);
}

static cli_answer diff(const cli_arguments *arguments)
{
    cli_question question = {.arguments = arguments};
    iam_policy_kind kind;
    cli_answer answer = check_arguments(arguments, &kind);

    if (answer != ANSWER_YES)
        return answer;
    answer = read_stacks(&question, kind) ? ask(&question) : ANSWER_BAD;
    question_close(&question);
    return answer;
}

static const char *const diff_usage[] = {
    "OLD NEW [--kind KIND] [SCOPE] [--json]",
    "OLD_POLICIES POLICIES [SCOPE] [--json]", NULL};

static const option_group diff_options_group = {
    "Options:", diff_option_table, COUNT_OF(diff_option_table)};

static const option_group *const diff_groups[] = {&diff_options_group,
    &old_policy_options, &policy_options, &scope_options, NULL};

const cli_command diff_command = {"diff",
    "compare what two policies, or two stacks, allow", diff_usage, diff_groups,
    "OLD and NEW are policies, or scenarios, whose policies are compared.\n"
    "Exit code: 0 equivalent, 1 different, 2 usage or bad input, 3 unknown.\n"
    "\n"
    "  iampolicy diff old.json new.json\n"
    "  iampolicy diff --old-identity old.json --identity new.json --scp "
    "0=root.json \\\n"
    "      --old-scp 0=root.json\n",
    diff};

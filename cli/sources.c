/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sources.c - iampolicy sources: the addresses from which something in scope
 * can be allowed.
 */
#include "cli.h"

#include <string.h>

static const cli_option sources_option_table[] = {
    {"json", NULL, "print one JSON object", false},
    {"list", NULL, "print nothing but the CIDR blocks, one a line", false},
    {"max-steps", "N", "give up and say \"unknown\" beyond so much work",
        false},
    {"help", NULL, "print this", false},
};

static const char *without_address(const iam_sources *sources)
{
    if (iam_sources_without_address(sources))
        return "something is allowed without an address: through a VPC "
               "endpoint, or by a service on the caller's behalf";
    if (iam_sources_without_address_unsure(sources))
        return "it is not known whether something is allowed without an "
               "address";
    return "nothing is allowed without an address";
}

static bool put_reasons(
    const cli_question *question, const iam_sources *sources)
{
    bool ok = true;

    for (size_t i = 0; ok && i < iam_sources_match_count(sources); i++) {
        iam_match match = iam_sources_match(sources, i);

        ok = put_because(&question->policies, i ? "" : "because", &match);
    }
    for (size_t i = 0; i < iam_sources_fact_count(sources); i++)
        put_reason(i ? "" : "assumed", iam_sources_fact(sources, i));
    for (size_t i = 0; ok && i < iam_sources_finding_count(sources); i++) {
        iam_finding finding = iam_sources_finding(sources, i);

        ok = put_open_rule(&finding);
    }
    return ok;
}

static bool put_sources(
    const cli_question *question, const iam_sources *sources)
{
    const iam_ipset *addresses = iam_sources_addresses(sources);
    const iam_ipset *unsure = iam_sources_unsure(sources);
    iam_ip_count addresses_in = iam_ipset_count(addresses, 0);
    char count[IAM_IP_COUNT_TEXT] = "all";
    bool exact = iam_sources_verdict(sources) == IAM_PROVED;

    put_answer(
        exact ? COLOUR_GREEN : COLOUR_YELLOW, exact ? "exact" : "unknown");
    if (addresses_in.top == 0 || addresses_in.low == 0) /* not all of both */
        (void)iam_ip_count_print(addresses_in, count);
    printf("%s%s address%s", exact ? "" : "at least ", count,
        strcmp(count, "1") == 0 ? "" : "es");
    if (!exact) {
        printf("; ");
        put_string(stdout, iam_sources_reason(sources));
    }
    putchar('\n');
    if (!put_addresses("allowed", addresses) ||
        (unsure && !put_addresses("unsure", unsure)))
        return false;
    put_reason("without", without_address(sources));
    return put_reasons(question, sources);
}

static cli_answer tell(const cli_question *question, const iam_sources *sources)
{
    cli_answer answer = iam_sources_verdict(sources) == IAM_PROVED
                            ? ANSWER_YES
                            : ANSWER_UNKNOWN;
    bool ok = true;

    if (has_option(question->arguments, "json")) {
        ok = put_answer_json(iam_sources_print(sources, put_sink, NULL)) ==
             ANSWER_YES;
        return ok ? answer : ANSWER_BAD;
    }
    if (has_option(question->arguments, "list"))
        ok = iam_ipset_print(iam_sources_addresses(sources), put_sink, NULL) !=
             IAM_ENOMEM;
    else
        ok = put_sources(question, sources);
    if (!ok)
        complain_memory();
    return ok ? answer : ANSWER_BAD;
}

static cli_answer ask(cli_question *question)
{
    iam_sources *sources = NULL;
    iam_status status;
    cli_answer answer;
    iam_error err;

    if (!question_open(question))
        return ANSWER_BAD;
    status =
        iam_prover_sources(question->prover, &question->asked, &sources, &err);
    answer = question_end(question, status, &err);
    if (answer == ANSWER_YES)
        answer = tell(question, sources);
    iam_sources_free(sources);
    return answer;
}

static cli_answer sources(const cli_arguments *arguments)
{
    cli_question question = {.arguments = arguments};
    cli_answer answer = ANSWER_BAD;

    if (!any_option(arguments, &policy_options))
        return usage_error(arguments->command,
            "sources of which policies?  Give --identity FILE or another of "
            "the policy options");
    if (arguments->word_count)
        return usage_error(
            arguments->command, "what is \"%s\"?", arguments->words[0]);
    if (has_option(arguments, "json") && has_option(arguments, "list"))
        return usage_error(
            arguments->command, "--json and --list exclude each other");
    if (policies_read(&question.policies, arguments))
        answer = ask(&question);
    question_close(&question);
    return answer;
}

static const char *const sources_usage[] = {
    "POLICIES [SCOPE] [--json | --list]", NULL};

static const option_group sources_options_group = {
    "Options:", sources_option_table, COUNT_OF(sources_option_table)};

static const option_group *const sources_groups[] = {
    &sources_options_group, &policy_options, &scope_options, NULL};

const cli_command sources_command = {"sources",
    "the exact set of addresses that can be allowed", sources_usage,
    sources_groups,
    "Exit code: 0 the set is exact, 2 usage or bad input, 3 it is not.\n"
    "\n"
    "  iampolicy sources --identity docs/examples/bedrock-eip/policy.json\n",
    sources};

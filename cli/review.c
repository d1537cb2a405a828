/* SPDX-License-Identifier: Apache-2.0 */
/*
 * review.c - iampolicy prove review: what each statement is good for.
 */
#include "cli.h"

#include <string.h>

/* Some statement or condition is good for nothing. */
static bool is_idle(const iam_reviewed *item)
{
    return item->dead == IAM_PROVED || item->effect == IAM_PROVED ||
           item->shadowed_count > 0;
}

static void put_state(const iam_reviewed *item)
{
    if (item->dead == IAM_PROVED)
        put_answer(COLOUR_RED, "dead");
    else if (item->effect == IAM_PROVED)
        put_answer(COLOUR_RED, "no effect");
    else if (item->dead == IAM_REFUTED)
        put_answer(COLOUR_GREEN, "needed");
    else
        put_answer(COLOUR_YELLOW, "unknown");
}

static bool put_shadowed(const iam_review *review, size_t index, size_t count)
{
    buffer line = {.bytes = NULL};
    bool ok = true;

    for (size_t i = 0; ok && i < count; i++) {
        iam_shadowed shadowed = iam_review_shadowed(review, index, i);

        line.len = 0;
        ok = buffer_format(&line, "%s on %s could be left out",
            shadowed.operator_name, shadowed.key);
        if (ok)
            put_reason("condition", line.bytes);
    }
    buffer_free(&line);
    return ok;
}

static bool put_item(
    const cli_question *question, const iam_review *review, size_t index)
{
    const cli_report report = {.files = question->policies.files, .file = ""};
    iam_reviewed item = iam_review_item(review, index);
    buffer line = {.bytes = NULL};
    bool ok = add_statement(&line, &report, question->policies.stack,
        item.statement.entry, item.statement.statement);

    if (ok) {
        put_state(&item);
        put_string(stdout, line.bytes);
        putchar('\n');
        if (item.summary[0])
            put_reason("summary", item.summary);
    }
    buffer_free(&line);
    return ok && put_shadowed(review, index, item.shadowed_count);
}

static bool put_review(const cli_question *question, const iam_review *review)
{
    bool ok = true;

    for (size_t i = 0; ok && i < iam_review_count(review); i++)
        ok = put_item(question, review, i);
    for (size_t i = 0; i < iam_review_fact_count(review); i++)
        put_reason(i ? "" : "assumed", iam_review_fact(review, i));
    if (!ok)
        complain_memory();
    return ok;
}

static cli_answer tally(const iam_review *review)
{
    bool idle = false, unknown = false;

    for (size_t i = 0; i < iam_review_count(review); i++) {
        iam_reviewed item = iam_review_item(review, i);

        idle |= is_idle(&item);
        unknown |= item.dead == IAM_UNKNOWN;
    }
    if (idle)
        return ANSWER_NO;
    return unknown ? ANSWER_UNKNOWN : ANSWER_YES;
}

static cli_answer tell(const cli_question *question, const iam_review *review)
{
    if (has_option(question->arguments, "json"))
        return worse(put_answer_json(iam_review_print(review, put_sink, NULL)),
            tally(review));
    return put_review(question, review) ? tally(review) : ANSWER_BAD;
}

static cli_answer ask(cli_question *question)
{
    iam_review *review = NULL;
    iam_status status;
    cli_answer answer;
    iam_error err;

    if (!question_open(question))
        return ANSWER_BAD;
    status =
        iam_prover_review(question->prover, &question->asked, &review, &err);
    answer = question_end(question, status, &err);
    if (answer == ANSWER_YES)
        answer = tell(question, review);
    iam_review_free(review);
    return answer;
}

/* Options that only the other questions have a use for. */
static const char *useless_option(const cli_arguments *arguments)
{
    static const char *const names[] = {
        "cidr", "witness-scenario", "certificate", "smt2"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (has_option(arguments, names[i]))
            return names[i];
    return any_option(arguments, &old_policy_options);
}

cli_answer prove_review(const cli_arguments *arguments)
{
    cli_question question = {.arguments = arguments};
    const char *useless = useless_option(arguments);
    cli_answer answer = ANSWER_BAD;

    if (!any_option(arguments, &policy_options))
        return usage_error(arguments->command,
            "review which policies?  Give --identity FILE or another of the "
            "policy options");
    if (useless)
        return usage_error(
            arguments->command, "review has no use for --%s", useless);
    if (arguments->word_count > 1)
        return usage_error(
            arguments->command, "what is \"%s\"?", arguments->words[1]);
    if (policies_read(&question.policies, arguments))
        answer = ask(&question);
    question_close(&question);
    return answer;
}

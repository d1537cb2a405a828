/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eval.c - iampolicy eval: decide requests.  They stand in scenario files, or
 * one a line on standard input (lines.c), or in the options.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const cli_option eval_option_table[] = {
    {"lines", NULL,
        "a scenario or a bare request on each line of\nstandard input", false},
    {"explain", NULL, "say why: statements, near misses, missing keys", false},
    {"json", NULL, "one JSON object for each request, one a line", false},
    {"help", NULL, "print this", false},
};

static cli_answer tally(const cli_report *report)
{
    return report->denied ? ANSWER_NO : ANSWER_YES;
}

/* ---- Scenarios ---- */

static bool name_request(buffer *to, const cli_report *report,
    const iam_scenario *scenario, const char *name, size_t index)
{
    const char *id = iam_scenario_id(scenario, index);

    return add_request_name(
        to, report->bare && !id[0] ? name : id, name, index);
}

/* The outcome and its reasons. */
static cli_answer explain_request(cli_report *report, const iam_stack *stack,
    const iam_operation *operation, const char *name, const char *id)
{
    iam_decision *decision = NULL;
    iam_error err;
    bool told;

    if (iam_stack_decide_operation(stack, operation, NULL, &decision, &err) !=
        IAM_OK) {
        complain_at(name, &err);
        return ANSWER_BAD;
    }
    told = report_decision(report, stack, id, decision);
    iam_decision_free(decision);
    return told ? ANSWER_YES : ANSWER_BAD;
}

/* Working out reasons takes most of a decision's time, and what is allowed is
 * told without any. */
static bool is_plainly_allowed(const cli_report *report, const iam_stack *stack,
    const iam_operation *operation)
{
    return !report->json && !report->explain &&
           iam_stack_check_operation(stack, operation) == IAM_ALLOW;
}

static cli_answer eval_request(cli_report *report, const iam_scenario *scenario,
    const iam_stack *stack, const char *name, size_t index)
{
    const iam_operation *operation = iam_scenario_operation(scenario, index);
    buffer id = {.bytes = NULL};
    cli_answer answer = ANSWER_YES;

    if (!name_request(&id, report, scenario, name, index)) {
        complain_memory();
        answer = ANSWER_BAD;
    } else if (is_plainly_allowed(report, stack, operation)) {
        report_allowed(report, id.bytes);
    } else {
        answer = explain_request(report, stack, operation, name, id.bytes);
    }
    buffer_free(&id);
    return answer;
}

cli_answer eval_requests(cli_report *report, const iam_scenario *scenario,
    const iam_stack *stack, const char *name)
{
    cli_answer answer = ANSWER_YES;

    for (size_t i = 0; i < iam_scenario_request_count(scenario); i++) {
        if (output_broken())
            return ANSWER_BAD;
        answer = worse(answer, eval_request(report, scenario, stack, name, i));
    }
    return answer;
}

static cli_answer eval_scenario(cli_report *report,
    const iam_scenario *scenario, const cli_policies *policies,
    const char *name)
{
    const iam_stack *stack = iam_scenario_stack(scenario);

    if (iam_scenario_request_count(scenario) == 0) {
        complain("%s has no requests", name);
        return ANSWER_BAD;
    }
    if (iam_stack_entry_count(stack) == 0)
        complain("%s has no policies, and no option names any: only the root "
                 "of a resource's account is allowed anything",
            name);
    report->file = name;
    report->files = stack == policies->stack ? policies->files : NULL;
    for (size_t i = 0; !report->files && i < iam_stack_entry_count(stack); i++)
        complain_policy(iam_stack_entry_at(stack, i).policy, name);
    return eval_requests(report, scenario, stack, name);
}

static cli_answer eval_file(
    cli_report *report, const cli_policies *policies, const char *path)
{
    const char *name = file_name(path);
    iam_scenario *scenario = NULL;
    cli_answer answer = ANSWER_BAD;
    iam_error err;
    buffer text;

    if (!file_read(path, &text))
        return ANSWER_BAD;
    if (iam_scenario_parse(text.bytes, text.len, policies->stack, NULL,
            &scenario, &err) != IAM_OK)
        complain_at(name, &err);
    else
        answer = eval_scenario(report, scenario, policies, name);
    iam_scenario_free(scenario);
    buffer_free(&text);
    return answer;
}

static cli_answer eval_files(cli_report *report, const cli_arguments *arguments)
{
    cli_answer answer = ANSWER_YES;
    cli_policies policies;

    if (!policies_read(&policies, arguments))
        return ANSWER_BAD;
    for (size_t i = 0; i < arguments->word_count && !output_broken(); i++)
        answer =
            worse(answer, eval_file(report, &policies, arguments->words[i]));
    policies_free(&policies);
    return worse(answer, tally(report));
}

/* ---- The request of the options ---- */

typedef struct asked_question {
    const cli_arguments *arguments;
    const iam_stack *stack;
    iam_request *request;
    cli_report *report;
    iam_text *regions; /* of --destination */
    size_t region_count;
} asked_question;

static bool decide_operation(const asked_question *question, const char *name,
    iam_decision **out, iam_error *err)
{
    iam_operation *operation = NULL;
    bool ok;

    *out = NULL;
    ok = iam_operation_resolve(question->request, name, IAM_NTS,
             question->regions, question->region_count, NULL, &operation,
             err) == IAM_OK &&
         iam_stack_decide_operation(
             question->stack, operation, NULL, out, err) == IAM_OK;
    iam_operation_free(operation);
    return ok;
}

/* What can be an action's resource: "*", or an ARN with its six fields. */
static bool is_resource(const char *text)
{
    size_t colons = 0;

    for (const char *at = text; *at; at++)
        colons += *at == ':';
    return strcmp(text, "*") == 0 ||
           (strncmp(text, "arn:", 4) == 0 && colons >= 5);
}

static bool decide_action(const asked_question *question, const char *name,
    iam_decision **out, iam_error *err)
{
    *out = NULL;
    return iam_request_set_action(question->request, name, IAM_NTS, err) ==
               IAM_OK &&
           iam_stack_decide(
               question->stack, question->request, NULL, out, err) == IAM_OK;
}

/* One action or operation on the resource that the request has. */
static cli_answer ask_one(const asked_question *question,
    const given_option *what, const char *resource)
{
    bool is_action = option_is(what, "action");
    iam_decision *decision;
    buffer id = {.bytes = NULL};
    iam_error err;
    bool ok;

    if (is_action && !is_resource(resource))
        return usage_error(question->arguments->command,
            "--resource %s: the resource of an action is an ARN of six "
            "fields, or *",
            resource);
    ok = is_action ? decide_action(question, what->value, &decision, &err)
                   : decide_operation(question, what->value, &decision, &err);

    if (!ok) {
        usage_error(question->arguments->command, "--%s %s: %s",
            what->option->name, what->value, err.message);
        return ANSWER_BAD;
    }
    ok = buffer_format(&id, "%s %s", what->value, resource);
    if (!ok)
        complain_memory();
    ok = ok &&
         report_decision(question->report, question->stack, id.bytes, decision);
    buffer_free(&id);
    iam_decision_free(decision);
    return ok ? ANSWER_YES : ANSWER_BAD;
}

static cli_answer ask_resource(
    const asked_question *question, const char *resource)
{
    const cli_arguments *arguments = question->arguments;
    cli_answer answer = ANSWER_YES;
    iam_error err;

    if (iam_request_set_resource(question->request, resource, IAM_NTS, &err) !=
        IAM_OK)
        return usage_error(
            arguments->command, "--resource %s: %s", resource, err.message);
    for (size_t i = 0; i < arguments->given_count && !output_broken(); i++) {
        const given_option *given = &arguments->given[i];

        if (option_is(given, "action") || option_is(given, "operation"))
            answer = worse(answer, ask_one(question, given, resource));
    }
    return answer;
}

static cli_answer ask_all(const asked_question *question)
{
    const cli_arguments *arguments = question->arguments;
    cli_answer answer = ANSWER_YES;

    for (size_t i = 0; i < arguments->given_count; i++) {
        if (option_is(&arguments->given[i], "resource"))
            answer = worse(
                answer, ask_resource(question, arguments->given[i].value));
    }
    return worse(answer, tally(question->report));
}

static bool gather_regions(
    asked_question *question, const cli_arguments *arguments)
{
    question->regions =
        calloc(arguments->given_count + 1, sizeof(*question->regions));
    if (!question->regions) {
        complain_memory();
        return false;
    }
    for (size_t i = 0; i < arguments->given_count; i++)
        if (option_is(&arguments->given[i], "destination"))
            question->regions[question->region_count++] =
                (iam_text){arguments->given[i].value, IAM_NTS};
    return true;
}

static cli_answer check_question(const cli_arguments *arguments)
{
    if (!any_option(arguments, &policy_options))
        return usage_error(arguments->command,
            "decide by which policies?  Give --identity FILE or another of "
            "the policy options");
    if (!has_option(arguments, "action") && !has_option(arguments, "operation"))
        return usage_error(arguments->command,
            "decide about what?  Give --action, e.g. "
            "--action bedrock:InvokeModel");
    if (!has_option(arguments, "resource"))
        return usage_error(arguments->command,
            "on which resource?  Give --resource ARN, or --resource '*' for "
            "an action without resources");
    if (has_option(arguments, "destination") &&
        !has_option(arguments, "operation"))
        return usage_error(arguments->command,
            "--destination says where an operation may run a model; give "
            "--operation, e.g. --operation bedrock-runtime:Converse");
    return ANSWER_YES;
}

static cli_answer eval_options(
    cli_report *report, const cli_arguments *arguments)
{
    asked_question question = {.arguments = arguments, .report = report};
    cli_answer answer = check_question(arguments);
    cli_policies policies;

    if (answer != ANSWER_YES)
        return answer;
    if (iam_request_new(NULL, &question.request) != IAM_OK) {
        complain_memory();
        return ANSWER_BAD;
    }
    if (gather_regions(&question, arguments) &&
        request_fill(question.request, arguments) &&
        policies_read(&policies, arguments)) {
        question.stack = policies.stack;
        report->files = policies.files;
        answer = ask_all(&question);
        policies_free(&policies);
    } else {
        answer = ANSWER_BAD;
    }
    free(question.regions);
    iam_request_free(question.request);
    return answer;
}

/* ---- Which of them ---- */

static cli_answer eval(const cli_arguments *arguments)
{
    cli_report report = {.json = has_option(arguments, "json"),
        .explain = has_option(arguments, "explain")};
    const char *part = any_option(arguments, &request_options);
    bool lines = has_option(arguments, "lines");

    if (lines && arguments->word_count)
        return usage_error(arguments->command,
            "--lines reads standard input; \"%s\" cannot stand beside it",
            arguments->words[0]);
    if (part && (lines || arguments->word_count))
        return usage_error(arguments->command,
            "--%s describes a request, and %s has its own; give one or the "
            "other",
            part, lines ? "--lines" : arguments->words[0]);
    if (lines)
        return eval_lines(arguments);
    if (arguments->word_count)
        return eval_files(&report, arguments);
    if (!part && !any_option(arguments, &policy_options))
        return usage_error(arguments->command,
            "nothing to decide: give a scenario file, --lines, or a request "
            "by --principal, --action and --resource");
    return eval_options(&report, arguments);
}

static const char *const eval_usage[] = {
    "[--explain] [--json] [POLICIES] SCENARIO...",
    "--lines [--explain] [--json] [POLICIES] < LINES",
    "[--explain] [--json] POLICIES --principal ARN\n"
    "                      --action ACTION --resource ARN [REQUEST]",
    NULL};

static const option_group eval_options_group = {
    "Options:", eval_option_table, COUNT_OF(eval_option_table)};

static const option_group *const eval_groups[] = {
    &eval_options_group, &policy_options, &request_options, NULL};

const cli_command eval_command = {"eval", "decide requests", eval_usage,
    eval_groups,
    "Exit code: 0 all are allowed, 1 some are denied, 2 usage or bad input.\n"
    "\n"
    "  iampolicy eval docs/examples/bedrock-eip/scenario.json\n"
    "  iampolicy eval --explain --identity policy.json \\\n"
    "      --principal arn:aws:iam::123456789012:user/bedrock-api \\\n"
    "      --action bedrock:InvokeModel --source-ip 13.230.101.201 \\\n"
    "      --resource arn:aws:bedrock:us-west-2::foundation-model/m\n",
    eval};

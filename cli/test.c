/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test.c - iampolicy test: scenario files as unit tests.
 *
 * A request is a test, its "expect", "by" and "message" what must come out.
 * A suite that cannot be read is a test that fails, and does not stop the
 * others.  No tests at all is a mistake and not a success.
 */
#include "cli.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <string.h>

static const cli_option test_option_table[] = {
    {"filter", "REGEX", "only tests whose \"SUITE: ID\" matches (PCRE2)",
        false},
    {"json", NULL, "one JSON object for each test, one a line", false},
    {"junit", "FILE", "write the results as JUnit XML, too", false},
    {"help", NULL, "print this", false},
};

typedef struct test_run {
    const cli_arguments *arguments;
    bool json;
    const char *junit_path; /* or NULL */
    cli_junit junit;
    pcre2_code *filter; /* or NULL */
    pcre2_match_data *match;
    uint64_t number;
    cli_answer answer;
} test_run;

static void fail_memory(test_run *run)
{
    complain_memory();
    run->answer = ANSWER_BAD;
}

/* ---- The filter ---- */

static bool open_filter(test_run *run)
{
    const char *pattern = option_value(run->arguments, "filter");
    char message[256];
    PCRE2_SIZE offset;
    int code;

    if (!pattern)
        return true;
    run->filter = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
        PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &offset, NULL);
    if (!run->filter) {
        pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof(message));
        usage_error(run->arguments->command,
            "--filter \"%s\" is not a regular expression: at character %zu, %s",
            pattern, offset + 1, message);
        return false;
    }
    run->match = pcre2_match_data_create_from_pattern(run->filter, NULL);
    if (!run->match)
        complain_memory();
    return run->match != NULL;
}

/* 1 yes, 0 no, -1 told. */
static int matches_name(test_run *run, const char *name, size_t len)
{
    char message[256];
    int code =
        pcre2_match(run->filter, (PCRE2_SPTR)name, len, 0, 0, run->match, NULL);

    if (code >= 0 || code == PCRE2_ERROR_NOMATCH)
        return code >= 0;
    pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof(message));
    complain("--filter on \"%s\": %s", name, message);
    run->answer = ANSWER_BAD;
    return -1;
}

static bool is_wanted(test_run *run, const char *suite, const char *id)
{
    buffer name = {.bytes = NULL};
    int matches = 0;

    if (!run->filter)
        return true;
    if (buffer_format(&name, "%s: %s", suite, id))
        matches = matches_name(run, name.bytes, name.len);
    else
        fail_memory(run);
    buffer_free(&name);
    return matches > 0;
}

/* ---- One test ---- */

static void tell(test_run *run, const test_result *result)
{
    bool ok;

    run->number++;
    if (run->json)
        ok = put_test_json(result);
    else
        ok = put_tap(result, run->number);
    if (run->junit_path)
        ok = ok && junit_add(&run->junit, result);
    if (!ok)
        fail_memory(run);
    if (result->verdict == VERDICT_FAIL)
        run->answer = worse(run->answer, ANSWER_NO);
    else if (result->verdict == VERDICT_ERROR)
        run->answer = ANSWER_BAD;
}

static void tell_error(test_run *run, const char *suite, const char *id,
    const char *name, const iam_error *err)
{
    buffer text = {.bytes = NULL};

    complain_at(name, err);
    if (add_error(&text, name, err))
        tell(run, &(test_result){.verdict = VERDICT_ERROR,
                      .suite = suite,
                      .id = id,
                      .message = text.bytes});
    else
        fail_memory(run);
    buffer_free(&text);
}

static void tell_problem(test_run *run, const char *suite, const char *problem)
{
    tell(run, &(test_result){.verdict = VERDICT_ERROR,
                  .suite = suite,
                  .id = "",
                  .message = problem});
}

static bool as_expected(
    const iam_expectation *expected, const iam_decision *decision)
{
    return expected->outcome == iam_decision_outcome(decision) &&
           (!expected->by[0] ||
               strcmp(expected->by, iam_decision_by(decision)) == 0) &&
           (!expected->message[0] ||
               strcmp(expected->message, iam_decision_message(decision)) == 0);
}

static void test_request(test_run *run, const iam_scenario *scenario,
    const char *suite, const char *id, size_t index)
{
    iam_expectation expected = iam_scenario_expectation(scenario, index);
    const iam_stack *stack = iam_scenario_stack(scenario);
    iam_decision *decision = NULL;
    cli_verdict verdict = VERDICT_SKIP;
    iam_error err;

    if (iam_stack_decide_operation(stack,
            iam_scenario_operation(scenario, index), NULL, &decision,
            &err) != IAM_OK) {
        tell_error(run, suite, id, file_name(suite), &err);
        return;
    }
    if (expected.given)
        verdict =
            as_expected(&expected, decision) ? VERDICT_PASS : VERDICT_FAIL;
    tell(run, &(test_result){.verdict = verdict,
                  .suite = suite,
                  .id = id,
                  .expected = &expected,
                  .decision = decision,
                  .stack = stack});
    iam_decision_free(decision);
}

/* ---- One suite ---- */

static void test_requests(
    test_run *run, const iam_scenario *scenario, const char *suite)
{
    const char *name = file_name(suite);
    buffer id = {.bytes = NULL};

    for (size_t i = 0; i < iam_scenario_request_count(scenario); i++) {
        const char *given = iam_scenario_id(scenario, i);

        id.len = 0;
        if (output_broken())
            break;
        if (given[0] ? !buffer_format(&id, "%s", given)
                     : !buffer_format(&id, "/requests/%zu", i)) {
            fail_memory(run);
            break;
        }
        if (is_wanted(run, name, id.bytes))
            test_request(run, scenario, suite, id.bytes, i);
    }
    buffer_free(&id);
}

static void test_text(test_run *run, const char *suite, const buffer *text)
{
    iam_scenario *scenario = NULL;
    iam_error err;

    if (iam_scenario_parse(
            text->bytes, text->len, NULL, NULL, &scenario, &err) != IAM_OK)
        tell_error(run, suite, "", file_name(suite), &err);
    else if (iam_scenario_request_count(scenario) == 0)
        tell_problem(run, suite, "the scenario has no requests");
    else
        test_requests(run, scenario, suite);
    iam_scenario_free(scenario);
}

/* Folders hold other JSON beside suites: policies, say. */
static bool is_suite(const cli_suite *suite, const buffer *text)
{
    cli_shape shape = json_shape(text->bytes, text->len);

    return !suite->found || shape == SHAPE_SCENARIO || shape == SHAPE_BROKEN;
}

static void test_suite(test_run *run, const cli_suite *suite)
{
    buffer text;

    if (!file_read(suite->path, &text)) {
        tell_problem(run, suite->path, "the file cannot be read");
    } else {
        if (is_suite(suite, &text))
            test_text(run, suite->path, &text);
        buffer_free(&text);
    }
    if (run->junit_path && !junit_end_suite(&run->junit, suite->path))
        fail_memory(run);
}

/* ---- All of them ---- */

static void run_suites(test_run *run, const cli_suites *suites)
{
    if (!run->json)
        puts("TAP version 13");
    for (size_t i = 0; i < suites->count && !output_broken(); i++)
        test_suite(run, &suites->items[i]);
    if (!run->json)
        printf("1..%llu\n", (unsigned long long)run->number);
    if (run->junit_path && !junit_write(&run->junit, run->junit_path))
        run->answer = ANSWER_BAD;
    if (run->number == 0 && !output_broken()) {
        complain(
            run->filter ? "no test matches --filter" : "there are no tests");
        run->answer = ANSWER_BAD;
    }
}

static cli_answer test(const cli_arguments *arguments)
{
    test_run run = {.arguments = arguments,
        .json = has_option(arguments, "json"),
        .junit_path = option_value(arguments, "junit"),
        .answer = ANSWER_BAD};
    cli_suites suites = {.items = NULL};

    if (arguments->word_count == 0)
        return usage_error(arguments->command,
            "test what?  Give scenario files, or folders of them");
    if (open_filter(&run) &&
        suites_find(&suites, arguments->words, arguments->word_count)) {
        run.answer = ANSWER_YES;
        run_suites(&run, &suites);
    }
    suites_free(&suites);
    junit_free(&run.junit);
    pcre2_match_data_free(run.match);
    pcre2_code_free(run.filter);
    return run.answer;
}

static const char *const test_usage[] = {
    "[--filter REGEX] [--json] [--junit FILE] SUITE...", NULL};

static const option_group test_options_group = {
    "Options:", test_option_table, COUNT_OF(test_option_table)};

static const option_group *const test_groups[] = {&test_options_group, NULL};

const cli_command test_command = {"test", "run scenario files as unit tests",
    test_usage, test_groups,
    "A suite is a scenario file, or a folder: all scenarios in its *.json files."
    "\n"
    "Each request is a test of its \"expect\", \"by\" and \"message\"; without\n"
    "\"expect\" it is skipped.  Output is TAP 13.\n"
    "Exit code: 0 all pass, 1 some fail, 2 usage or bad input.\n"
    "\n"
    "  iampolicy test docs/examples/bedrock-eip\n"
    "  iampolicy test --filter 'foreign|IPv6' --junit out.xml policies/\n",
    test};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.c - the outcome of a test as TAP 13, as JSON, and as JUnit XML.
 */
#include "cli.h"

#include <errno.h>
#include <string.h>

/* ---- TAP ---- */

/* A description: "#" would begin a directive. */
static void put_description(const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "#\\");

        put_text(stdout, text, len);
        text += len;
        if (*text)
            printf("\\%c", *text++);
    }
}

static void put_difference(
    const char *what, const char *expected, const char *got)
{
    if (strcmp(expected, got) == 0)
        return;
    printf("  %s:\n    expected: ", what);
    put_json(stdout, expected);
    printf("\n    got: ");
    put_json(stdout, got);
    putchar('\n');
}

static bool put_near_misses(const test_result *result)
{
    cli_report report = {.file = file_name(result->suite)};
    size_t count = iam_decision_near_miss_count(result->decision);
    buffer line = {.bytes = NULL};
    bool ok = true;

    if (count)
        printf("  nearMisses:\n");
    for (size_t i = 0; ok && i < count; i++) {
        iam_near_miss miss = iam_decision_near_miss(result->decision, i);

        line.len = 0;
        ok = add_near_miss(&line, &report, result->stack, &miss);
        if (!ok)
            break;
        printf("    - ");
        put_json(stdout, line.bytes);
        putchar('\n');
    }
    buffer_free(&line);
    return ok;
}

/* Why it failed, as YAML, of which JSON strings are a part. */
static bool put_failure(const test_result *result)
{
    const iam_expectation *expected = result->expected;
    const iam_decision *decision = result->decision;
    bool ok = true;

    printf("  ---\n");
    if (!decision) {
        printf("  error: ");
        put_json(stdout, result->message);
        putchar('\n');
    } else {
        put_difference("outcome", iam_outcome_name(expected->outcome),
            iam_outcome_name(iam_decision_outcome(decision)));
        if (expected->by[0])
            put_difference("by", expected->by, iam_decision_by(decision));
        if (expected->message[0])
            put_difference(
                "message", expected->message, iam_decision_message(decision));
        ok = put_near_misses(result);
    }
    printf("  ...\n");
    return ok;
}

bool put_tap(const test_result *result, uint64_t number)
{
    bool ok =
        result->verdict == VERDICT_PASS || result->verdict == VERDICT_SKIP;

    put_coloured(ok ? COLOUR_GREEN : COLOUR_RED, ok ? "ok" : "not ok");
    printf(" %llu - ", (unsigned long long)number);
    put_description(file_name(result->suite));
    if (result->id[0]) {
        printf(": ");
        put_description(result->id);
    }
    if (result->verdict == VERDICT_SKIP)
        printf(" # SKIP no expectation");
    putchar('\n');
    return ok || put_failure(result);
}

/* ---- JSON ---- */

static const char *verdict_name(cli_verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return "pass";
    case VERDICT_FAIL:
        return "fail";
    case VERDICT_SKIP:
        return "skip";
    case VERDICT_ERROR:
        return "error";
    }
    return "error";
}

static void put_member(const char *name, const char *value)
{
    printf("%s", name);
    put_json(stdout, value);
}

static void put_expected(const iam_expectation *expected)
{
    put_member(
        ",\"expected\":{\"outcome\":", iam_outcome_name(expected->outcome));
    if (expected->by[0])
        put_member(",\"by\":", expected->by);
    if (expected->message[0])
        put_member(",\"message\":", expected->message);
    putchar('}');
}

bool put_test_json(const test_result *result)
{
    bool ok = true;

    put_member("{\"suite\":", file_name(result->suite));
    put_member(",\"id\":", result->id);
    put_member(",\"result\":", verdict_name(result->verdict));
    if (result->expected && result->expected->given)
        put_expected(result->expected);
    if (result->message)
        put_member(",\"message\":", result->message);
    if (result->decision) {
        printf(",\"decision\":");
        ok = iam_decision_print(result->decision, result->id, put_line_sink,
                 NULL) != IAM_ENOMEM;
    }
    puts("}");
    return ok;
}

/* ---- JUnit ---- */

static void count(test_counts *counts, cli_verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        counts->passed++;
        break;
    case VERDICT_FAIL:
        counts->failed++;
        break;
    case VERDICT_SKIP:
        counts->skipped++;
        break;
    case VERDICT_ERROR:
        counts->errors++;
        break;
    }
}

static bool add_attribute(buffer *to, const char *name, const char *value)
{
    return buffer_format(to, " %s=\"", name) && add_xml(to, value) &&
           buffer_format(to, "\"");
}

static bool add_counts(buffer *to, const test_counts *counts)
{
    uint64_t all =
        counts->passed + counts->failed + counts->skipped + counts->errors;

    return buffer_format(to,
        " tests=\"%llu\" failures=\"%llu\" errors=\"%llu\" skipped=\"%llu\"",
        (unsigned long long)all, (unsigned long long)counts->failed,
        (unsigned long long)counts->errors,
        (unsigned long long)counts->skipped);
}

static bool add_failure(buffer *to, const test_result *result)
{
    const iam_expectation *expected = result->expected;
    const iam_decision *decision = result->decision;
    buffer text = {.bytes = NULL};
    bool ok;

    ok = buffer_format(&text, "expected %s%s%s, got %s%s%s",
             iam_outcome_name(expected->outcome), expected->by[0] ? " by " : "",
             expected->by, iam_outcome_name(iam_decision_outcome(decision)),
             iam_decision_by(decision)[0] ? " by " : "",
             iam_decision_by(decision)) &&
         buffer_format(to, "<failure") &&
         add_attribute(to, "message", text.bytes) && buffer_format(to, ">") &&
         add_xml(to, iam_decision_message(decision)) &&
         buffer_format(to, "</failure>");
    buffer_free(&text);
    return ok;
}

static bool add_verdict(buffer *to, const test_result *result)
{
    switch (result->verdict) {
    case VERDICT_PASS:
        return true;
    case VERDICT_FAIL:
        return add_failure(to, result);
    case VERDICT_SKIP:
        return buffer_format(to, "<skipped message=\"no expectation\"/>");
    case VERDICT_ERROR:
        return buffer_format(to, "<error") &&
               add_attribute(to, "message", result->message) &&
               buffer_format(to, "/>");
    }
    return true;
}

bool junit_add(cli_junit *junit, const test_result *result)
{
    buffer *to = &junit->cases;
    const char *suite = file_name(result->suite);

    count(&junit->here, result->verdict);
    count(&junit->all, result->verdict);
    return buffer_format(to, "    <testcase") &&
           add_attribute(to, "classname", suite) &&
           add_attribute(to, "name", result->id[0] ? result->id : suite) &&
           buffer_format(to, ">") && add_verdict(to, result) &&
           buffer_format(to, "</testcase>\n");
}

bool junit_end_suite(cli_junit *junit, const char *suite)
{
    buffer *to = &junit->suites;
    bool ok = true;

    if (junit->cases.len)
        ok = buffer_format(to, "  <testsuite") &&
             add_attribute(to, "name", file_name(suite)) &&
             add_counts(to, &junit->here) && buffer_format(to, ">\n") &&
             buffer_add(to, junit->cases.bytes, junit->cases.len) &&
             buffer_format(to, "  </testsuite>\n");
    junit->cases.len = 0;
    junit->here = (test_counts){0};
    return ok;
}

/* False: told. */
static bool write_file(const char *path, const buffer *head, const buffer *body)
{
    FILE *file = fopen(path, "w");
    bool ok;

    if (!file) {
        complain("cannot write %s: %s", path, strerror(errno));
        return false;
    }
    fwrite(head->bytes, 1, head->len, file);
    if (body->len)
        fwrite(body->bytes, 1, body->len, file);
    fputs("</testsuites>\n", file);
    ok = !ferror(file);
    if (fclose(file) != 0 || !ok) {
        complain("cannot write %s: a write failed", path);
        return false;
    }
    return true;
}

bool junit_write(cli_junit *junit, const char *path)
{
    buffer head = {.bytes = NULL};
    bool ok =
        buffer_format(&head, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                             "<testsuites name=\"iampolicy\"") &&
        add_counts(&head, &junit->all) && buffer_format(&head, ">\n");

    if (ok)
        ok = write_file(path, &head, &junit->suites);
    else
        complain_memory();
    buffer_free(&head);
    return ok;
}

void junit_free(cli_junit *junit)
{
    buffer_free(&junit->suites);
    buffer_free(&junit->cases);
}

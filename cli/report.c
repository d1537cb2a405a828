/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.c - what is told about a decision: the line, the reasons, the JSON.
 */
#include "cli.h"

#include <assert.h>
#include <string.h>

static const char *file_of(const cli_report *report, size_t entry)
{
    return report->files ? report->files[entry] : report->file;
}

static const char *kind_words(iam_policy_kind kind)
{
    switch (kind) {
    case IAM_IDENTITY_POLICY:
        return "identity policy";
    case IAM_RESOURCE_POLICY:
        return "resource policy";
    case IAM_PERMISSIONS_BOUNDARY:
        return "permissions boundary";
    case IAM_SESSION_POLICY:
        return "session policy";
    case IAM_SERVICE_CONTROL_POLICY:
        return "service control policy";
    case IAM_RESOURCE_CONTROL_POLICY:
        return "resource control policy";
    case IAM_ENDPOINT_POLICY:
        return "endpoint policy";
    case IAM_TRUST_POLICY:
        return "trust policy";
    }
    return "policy";
}

/* `the identity policy "name"`; a name that only repeats the file is left out. */
static bool add_policy_name(
    buffer *to, const iam_stack_entry *entry, const char *file)
{
    const char *kind = kind_words(iam_policy_kind_of(entry->policy));

    if (!entry->name || !entry->name[0] || strcmp(entry->name, file) == 0 ||
        strcmp(file_name(entry->name), file) == 0)
        return buffer_format(to, "the %s", kind);
    return buffer_format(to, "the %s \"%s\"", kind, entry->name);
}

bool add_statement(buffer *to, const cli_report *report, const iam_stack *stack,
    size_t entry, size_t statement)
{
    iam_stack_entry of = iam_stack_entry_at(stack, entry);
    iam_statement found = iam_policy_statement(of.policy, statement);
    const char *file = file_of(report, entry);
    unsigned long line = found.line + (report->files ? 0 : report->line);
    bool ok = buffer_format(to, "%s:%lu:%lu: %s", file, line,
        (unsigned long)found.column, found.deny ? "Deny" : "Allow");

    if (ok && found.sid[0])
        ok = buffer_format(to, " \"%s\"", found.sid);
    ok = ok && buffer_format(to, " of ") && add_policy_name(to, &of, file);
    if (ok && found.undecidable)
        ok = buffer_format(to, ", undecidable");
    return ok;
}

bool add_near_miss(buffer *to, const cli_report *report, const iam_stack *stack,
    const iam_near_miss *miss)
{
    return add_statement(to, report, stack, miss->entry, miss->statement) &&
           buffer_format(to, ": %s", miss->message);
}

bool add_request_name(
    buffer *to, const char *id, const char *file, size_t index)
{
    if (id[0])
        return buffer_format(to, "%s", id);
    return buffer_format(to, "%s#/requests/%zu", file, index);
}

void put_reason(const char *title, const char *text)
{
    printf("    %-11s", title);
    put_string(stdout, text);
    putchar('\n');
}

static bool put_matches(const cli_report *report, const iam_stack *stack,
    const iam_decision *decision)
{
    buffer line = {.bytes = NULL};
    bool ok = true;

    for (size_t i = 0; ok && i < iam_decision_match_count(decision); i++) {
        iam_match match = iam_decision_match(decision, i);

        line.len = 0;
        ok = add_statement(&line, report, stack, match.entry, match.statement);
        if (ok)
            put_reason("matched", line.bytes);
    }
    for (size_t i = 0; ok && i < iam_decision_near_miss_count(decision); i++) {
        iam_near_miss miss = iam_decision_near_miss(decision, i);

        line.len = 0;
        ok = add_near_miss(&line, report, stack, &miss);
        if (ok)
            put_reason("near miss", line.bytes);
    }
    buffer_free(&line);
    return ok;
}

static bool put_findings(const iam_decision *decision)
{
    buffer line = {.bytes = NULL};
    bool ok = true;

    for (size_t i = 0; i < iam_decision_missing_count(decision); i++)
        put_reason("missing", iam_decision_missing(decision, i));
    for (size_t i = 0; ok && i < iam_decision_finding_count(decision); i++) {
        iam_finding finding = iam_decision_finding(decision, i);

        line.len = 0;
        ok = buffer_format(&line, "%s: %s", finding.code, finding.message);
        if (ok)
            put_reason(severity_name(finding.severity), line.bytes);
    }
    buffer_free(&line);
    return ok;
}

/* What an operation asked for, where that is more than one action. */
static bool put_checks(const iam_decision *decision)
{
    size_t count = iam_decision_check_count(decision);
    buffer line = {.bytes = NULL};
    bool ok = true;

    for (size_t i = 0; ok && count > 1 && i < count; i++) {
        const iam_decision *check = iam_decision_check(decision, i);
        const iam_request *request = iam_decision_request(check);

        line.len = 0;
        ok = buffer_format(&line, "%s on %s: %s", iam_request_action(request),
            iam_request_resource(request),
            iam_outcome_name(iam_decision_outcome(check)));
        if (ok)
            put_reason("check", line.bytes);
    }
    buffer_free(&line);
    return ok;
}

static bool explain(const cli_report *report, const iam_stack *stack,
    const iam_decision *decision)
{
    const char *message = iam_decision_message(decision);

    if (message[0])
        put_reason("message", message);
    return put_matches(report, stack, decision) && put_findings(decision) &&
           put_checks(decision);
}

/* One line: the outcome, the request, and who denied it ("" if nobody). */
static void put_line(iam_outcome outcome, const char *id, const char *by)
{
    put_outcome(outcome, 15);
    put_string(stdout, id);
    if (by[0])
        printf("  (%s)", by);
    putchar('\n');
}

static bool report_text(const cli_report *report, const iam_stack *stack,
    const char *id, const iam_decision *decision)
{
    put_line(iam_decision_outcome(decision), id, iam_decision_by(decision));
    return !report->explain || explain(report, stack, decision);
}

void report_allowed(cli_report *report, const char *id)
{
    assert(!report->json && !report->explain);
    report->allowed++;
    put_line(IAM_ALLOW, id, "");
}

bool report_decision(cli_report *report, const iam_stack *stack, const char *id,
    const iam_decision *decision)
{
    bool ok;

    if (iam_decision_outcome(decision) == IAM_ALLOW)
        report->allowed++;
    else
        report->denied++;
    if (report->json) {
        ok =
            iam_decision_print(decision, id, put_line_sink, NULL) != IAM_ENOMEM;
        putchar('\n');
    } else {
        ok = report_text(report, stack, id, decision);
    }
    if (!ok)
        complain_memory();
    return ok;
}

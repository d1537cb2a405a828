/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines.c - iampolicy eval --lines: a scenario on each line of standard input.
 *
 * A line is a whole scenario, or {"requests": [...]} or only a request, both
 * of which the policies of the options decide.  Memory does not grow with the
 * number of lines, and a line that cannot be read does not stop the others.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#define BEFORE "{\"requests\":["
#define AFTER  "]}"
#define INSIDE "/requests/0" /* where the request is, once wrapped */

typedef struct line_state {
    cli_report report;
    cli_policies policies;
    line_reader reader;
    progress progress;
    buffer wrapped; /* the line as a scenario */
    buffer name;    /* "<stdin>:17" */
    uint64_t scenarios;
} line_state;

/* A place in the wrapped line, as a place in the line. */
static void unwrap_place(iam_error *err)
{
    size_t shift = strlen(BEFORE);
    size_t inside = strlen(INSIDE);

    if (err->line)
        err->column -= err->column > shift ? (uint32_t)shift : err->column - 1;
    if (strncmp(err->where, INSIDE, inside) == 0)
        memmove(
            err->where, err->where + inside, strlen(err->where) - inside + 1);
    else if (strcmp(err->where, "/requests") == 0)
        err->where[0] = '\0';
}

static void complain_line(line_state *state, iam_error *err, bool is_wrapped)
{
    if (is_wrapped)
        unwrap_place(err);
    err->column = err->line ? err->column : 1;
    err->line = (uint32_t)state->reader.number;
    complain_at("<stdin>", err);
}

static cli_answer decide_line(
    line_state *state, const char *text, size_t len, bool is_wrapped)
{
    iam_scenario *scenario = NULL;
    const iam_stack *stack;
    cli_answer answer = ANSWER_BAD;
    iam_error err = {.line = 1, .column = 1};

    if (iam_scenario_parse(text, len, state->policies.stack, NULL, &scenario,
            &err) != IAM_OK) {
        complain_line(state, &err, is_wrapped);
        return ANSWER_BAD;
    }
    stack = iam_scenario_stack(scenario);
    state->report.files =
        stack == state->policies.stack ? state->policies.files : NULL;
    state->report.file = "<stdin>";
    state->report.line = (uint32_t)(state->reader.number - 1);
    state->report.bare = is_wrapped;
    answer = eval_requests(&state->report, scenario, stack, state->name.bytes);
    iam_scenario_free(scenario);
    return answer;
}

/* A bare request becomes the only one of a scenario.  The text stays on one
 * line, so that a place moves by what stands before it. */
static cli_answer decide_wrapped(line_state *state)
{
    const buffer *line = &state->reader.line;
    buffer *to = &state->wrapped;

    if (!state->policies.stack) {
        iam_error err = {
            .message = "a request without policies; name them by options, "
                       "such as --identity FILE"};

        complain_line(state, &err, false);
        return ANSWER_BAD;
    }
    to->len = 0;
    if (!buffer_add(to, BEFORE, strlen(BEFORE)) ||
        !buffer_add(to, line->bytes, line->len) ||
        !buffer_add(to, AFTER, strlen(AFTER))) {
        complain_memory();
        return ANSWER_BAD;
    }
    return decide_line(state, to->bytes, to->len, true);
}

static bool is_blank_line(const buffer *line)
{
    for (size_t i = 0; i < line->len; i++) {
        if (!strchr(" \t\r", line->bytes[i]) || !line->bytes[i])
            return false;
    }
    return true;
}

static cli_answer eval_line(line_state *state)
{
    const buffer *line = &state->reader.line;

    if (is_blank_line(line) && !state->reader.too_long)
        return ANSWER_YES;
    state->scenarios++;
    progress_step(&state->progress);
    state->name.len = 0;
    if (!buffer_format(&state->name, "<stdin>:%llu",
            (unsigned long long)state->reader.number)) {
        complain_memory();
        return ANSWER_BAD;
    }
    if (state->reader.too_long) {
        iam_error err = {.message = "the line is longer than 64 MiB"};

        complain_line(state, &err, false);
        return ANSWER_BAD;
    }
    if (json_shape(line->bytes, line->len) == SHAPE_OBJECT)
        return decide_wrapped(state);
    return decide_line(state, line->bytes, line->len, false);
}

static cli_answer read_lines(line_state *state)
{
    cli_answer answer = ANSWER_YES;

    progress_begin(&state->progress, "lines");
    while (!output_broken() && lines_next(&state->reader))
        answer = worse(answer, eval_line(state));
    progress_end(&state->progress);
    if (state->reader.failed)
        return ANSWER_BAD;
    if (state->scenarios == 0) {
        complain("there is no request on standard input");
        return ANSWER_BAD;
    }
    return worse(answer, state->report.denied ? ANSWER_NO : ANSWER_YES);
}

cli_answer eval_lines(const cli_arguments *arguments)
{
    line_state state = {.report = {.json = has_option(arguments, "json"),
                            .explain = has_option(arguments, "explain")}};
    cli_answer answer = ANSWER_BAD;

    if (!policies_read(&state.policies, arguments))
        return ANSWER_BAD;
    if (lines_open(&state.reader))
        answer = read_lines(&state);
    lines_close(&state.reader);
    buffer_free(&state.wrapped);
    buffer_free(&state.name);
    policies_free(&state.policies);
    return answer;
}

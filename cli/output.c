/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.c - what is written, and how.
 *
 * Text for people never holds a control character of the input.  Answers go
 * to standard output through one large buffer; a reader who goes away ends
 * the work without a word, anything else that keeps us from writing is told.
 */
#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool colour_wanted;
static volatile sig_atomic_t reader_went_away;

cli_answer worse(cli_answer a, cli_answer b)
{
    return a > b ? a : b;
}

static void on_broken_pipe(int signal_number)
{
    (void)signal_number;
    reader_went_away = 1;
}

void output_begin(void)
{
    const char *none = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    struct sigaction action = {.sa_handler = on_broken_pipe};

    sigaction(SIGPIPE, &action, NULL);
    setvbuf(stdout, NULL, _IOFBF, (size_t)64 * 1024);
    colour_wanted = isatty(STDOUT_FILENO) && !(none && none[0]) &&
                    !(terminal && strcmp(terminal, "dumb") == 0);
}

bool output_broken(void)
{
    return ferror(stdout) != 0;
}

cli_answer output_end(cli_answer so_far)
{
    bool failed = fflush(stdout) != 0;
    const char *reason = failed ? strerror(errno) : "a write failed";

    if (!failed && !ferror(stdout))
        return so_far;
    if (!reader_went_away)
        complain("cannot write standard output: %s", reason);
    return ANSWER_BAD;
}

/* How many bytes the UTF-8 character at `at` has; 0 if it is none. */
static size_t utf8_length(const unsigned char *at, size_t len)
{
    size_t need;
    unsigned least = 0x80, most = 0xbf;

    if (at[0] < 0x80)
        return 1;
    if (at[0] < 0xc2 || at[0] > 0xf4)
        return 0;
    need = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    if (at[0] == 0xe0)
        least = 0xa0;
    else if (at[0] == 0xf0)
        least = 0x90;
    else if (at[0] == 0xed)
        most = 0x9f;
    else if (at[0] == 0xf4)
        most = 0x8f;
    if (len < need || at[1] < least || at[1] > most)
        return 0;
    for (size_t i = 2; i < need; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    return need;
}

/* C0, DEL and C1, as \u001b. */
static bool put_control(FILE *to, const unsigned char *at, size_t width)
{
    if (width == 1 && (at[0] < 0x20 || at[0] == 0x7f))
        fprintf(to, "\\u%04x", at[0]);
    else if (width == 2 && at[0] == 0xc2 && at[1] < 0xa0)
        fprintf(to, "\\u%04x", at[1]);
    else
        return false;
    return true;
}

/* How many bytes at `at` are printable ASCII but for the two that JSON marks:
 * most text is nothing else, and is written at once. */
static size_t plain_length(const unsigned char *at, size_t len)
{
    size_t i = 0;

    while (i < len && at[i] >= 0x20 && at[i] < 0x7f && at[i] != '"' &&
           at[i] != '\\')
        i++;
    return i;
}

/* One piece of text for people; gives how many bytes it took. */
static size_t put_piece(FILE *to, const unsigned char *at, size_t len)
{
    size_t plain = plain_length(at, len);
    size_t width;

    if (plain) {
        fwrite(at, 1, plain, to);
        return plain;
    }
    width = utf8_length(at, len);
    if (width == 0)
        fprintf(to, "\\x%02x", at[0]);
    else if (!put_control(to, at, width))
        fwrite(at, 1, width, to);
    return width ? width : 1;
}

void put_text(FILE *to, const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text;

    while (len) {
        size_t taken = put_piece(to, at, len);

        at += taken;
        len -= taken;
    }
}

void put_string(FILE *to, const char *text)
{
    put_text(to, text, strlen(text));
}

void put_json(FILE *to, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t len = strlen(text);

    putc('"', to);
    while (len) {
        size_t width = utf8_length(at, len);

        if (width == 0)
            fputs("\xef\xbf\xbd", to);
        else if (at[0] == '"' || at[0] == '\\')
            fprintf(to, "\\%c", at[0]);
        else if (!put_control(to, at, width))
            fwrite(at, 1, width, to);
        width += width == 0;
        at += width;
        len -= width;
    }
    putc('"', to);
}

/* XML 1.0 has no way to write most control characters, U+FFFE and U+FFFF. */
static bool not_in_xml(const unsigned char *at, size_t width)
{
    if (width == 1)
        return at[0] < 0x20 && at[0] != '\t' && at[0] != '\n';
    return width == 0 ||
           (width == 3 && at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe);
}

bool add_xml(buffer *to, const char *text)
{
    static const char *const entities[128] = {['&'] = "&amp;",
        ['<'] = "&lt;",
        ['>'] = "&gt;",
        ['"'] = "&quot;",
        ['\t'] = "&#9;",
        ['\n'] = "&#10;"};
    const unsigned char *at = (const unsigned char *)text;
    size_t len = strlen(text);
    bool ok = true;

    while (len && ok) {
        size_t width = utf8_length(at, len);

        if (not_in_xml(at, width))
            ok = buffer_add(to, "\xef\xbf\xbd", 3);
        else if (width == 1 && entities[at[0]])
            ok = buffer_add(to, entities[at[0]], strlen(entities[at[0]]));
        else
            ok = buffer_add(to, (const char *)at, width);
        width += width == 0;
        at += width;
        len -= width;
    }
    return ok;
}

bool put_sink(void *unused, const char *bytes, size_t len)
{
    (void)unused;
    return fwrite(bytes, 1, len, stdout) == len;
}

bool put_line_sink(void *unused, const char *bytes, size_t len)
{
    while (len) {
        const char *newline = memchr(bytes, '\n', len);
        size_t plain = newline ? (size_t)(newline - bytes) : len;

        put_sink(unused, bytes, plain);
        plain += newline ? 1 : 0;
        bytes += plain;
        len -= plain;
    }
    return !output_broken();
}

void put_coloured(const char *colour, const char *text)
{
    if (colour_wanted)
        printf("\033[%sm%s\033[0m", colour, text);
    else
        fputs(text, stdout);
}

void put_outcome(iam_outcome outcome, int width)
{
    static const char *const colours[] = {[IAM_IMPLICIT_DENY] = COLOUR_YELLOW,
        [IAM_EXPLICIT_DENY] = COLOUR_RED,
        [IAM_ALLOW] = COLOUR_GREEN};
    const char *name = iam_outcome_name(outcome);
    int blank = width - (int)strlen(name);

    put_coloured(colours[outcome], name);
    printf("%*s", blank > 0 ? blank : 0, "");
}

const char *severity_name(iam_severity severity)
{
    switch (severity) {
    case IAM_ERROR:
        return "error";
    case IAM_WARNING:
        return "warning";
    case IAM_SUGGESTION:
        return "suggestion";
    case IAM_OPEN_RULE:
        return "open rule";
    }
    return "finding";
}

void put_place(FILE *to, const char *file, uint32_t line, uint32_t column)
{
    put_string(to, file);
    if (line)
        fprintf(to, ":%lu:%lu", (unsigned long)line, (unsigned long)column);
    fputs(": ", to);
}

void put_finding(FILE *to, const char *file, const iam_finding *finding)
{
    put_place(to, file, finding->line, finding->column);
    fprintf(to, "%s %s: ", severity_name(finding->severity), finding->code);
    if (finding->where[0]) {
        put_string(to, finding->where);
        fputs(": ", to);
    }
    put_string(to, finding->message);
    fputs("\n", to);
}

void complain(const char *format, ...)
{
    char message[1024];
    va_list list;
    int len;

    va_start(list, format);
    len = vsnprintf(message, sizeof(message), format, list);
    va_end(list);
    fflush(stdout);
    fputs("iampolicy: ", stderr);
    put_string(stderr, message);
    fputs(len < (int)sizeof(message) ? "\n" : "...\n", stderr);
}

void complain_memory(void)
{
    complain("out of memory");
}

void complain_at(const char *file, const iam_error *err)
{
    fflush(stdout);
    put_place(stderr, file, err->line, err->column);
    if (err->where[0]) {
        put_string(stderr, err->where);
        fputs(": ", stderr);
    }
    put_string(stderr, err->message);
    fputs("\n", stderr);
}

bool add_error(buffer *to, const char *file, const iam_error *err)
{
    bool ok = buffer_format(to, "%s", file);

    if (ok && err->line)
        ok = buffer_format(to, ":%lu:%lu", (unsigned long)err->line,
            (unsigned long)err->column);
    if (ok && err->where[0])
        ok = buffer_format(to, ": %s", err->where);
    return ok && buffer_format(to, ": %s", err->message);
}

/* ---- Progress ---- */

static double now(void)
{
    struct timespec time;

    if (clock_gettime(CLOCK_MONOTONIC, &time) != 0)
        return 0;
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void progress_begin(progress *state, const char *unit)
{
    double begun = now();

    /* Where answers scroll by, nobody needs to be told that there are some. */
    *state = (progress){.unit = unit,
        .wanted = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO),
        .begun = begun,
        .last = begun + 0.8};
}

static void progress_tell(progress *state)
{
    double time = now();

    if (time - state->last < 0.2)
        return;
    state->last = time;
    state->shown = true;
    fprintf(stderr, "\r%llu %s, %.0f/s ", (unsigned long long)state->done,
        state->unit, (double)state->done / (time - state->begun));
}

void progress_step(progress *state)
{
    state->done++;
    if (state->wanted && state->done % 64 == 0)
        progress_tell(state);
}

void progress_add(progress *state, uint64_t more)
{
    state->done += more;
    if (state->wanted)
        progress_tell(state);
}

void progress_end(progress *state)
{
    if (state->shown)
        fputs("\r\033[K", stderr);
    state->shown = false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ip_match.c - iampolicy ip match: the lines whose address is in a set.
 *
 * Input comes in large pieces, of which the complete lines are read, asked and
 * written a batch at a time; what is left waits for the next piece.  Answers are
 * written before more input is waited for.
 */
#include "ip.h"

#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 1 << 20,  /* bytes read at once */
    BATCH = 4096,     /* lines asked at once */
    OUTPUT = 1 << 18, /* bytes written at once */
    FAULTS_TOLD = 10, /* lines that are no address; the others are counted */
    WORD_QUOTED = 60  /* bytes of such a line */
};

typedef struct match_state {
    const iam_ipset *set;
    const ip_lists *lists;
    bool invert, only_count, entry, json;
    ip_batch *batch;
    const char *file;
    uint64_t line; /* lines of this file that are behind us */
    uint64_t selected, faults;
    char *waiting; /* OUTPUT bytes to be written */
    size_t waiting_len;
    progress progress;
} match_state;

/* ---- Output ---- */

static void write_waiting(match_state *state)
{
    fwrite(state->waiting, 1, state->waiting_len, stdout);
    state->waiting_len = 0;
}

static void put_bytes(match_state *state, const char *bytes, size_t len)
{
    if (len > OUTPUT - state->waiting_len)
        write_waiting(state);
    if (len > OUTPUT) {
        fwrite(bytes, 1, len, stdout);
        return;
    }
    memcpy(state->waiting + state->waiting_len, bytes, len);
    state->waiting_len += len;
}

static size_t word_length(const char *word)
{
    return strcspn(word, " \t\r\n,");
}

static void tell_fault(match_state *state, const ip_batch *b, size_t i)
{
    size_t len = word_length(b->word[i]);

    if (++state->faults > FAULTS_TOLD)
        return;
    fflush(stdout);
    put_string(stderr, state->file);
    fprintf(stderr, ":%llu:%llu: \"", (unsigned long long)state->line + i + 1,
        (unsigned long long)(b->word[i] - b->begin[i]) + 1);
    put_text(stderr, b->word[i], len < WORD_QUOTED ? len : WORD_QUOTED);
    fputs(len < WORD_QUOTED ? "\" is not an address\n"
                            : "...\" is not an address\n",
        stderr);
}

static void tell_faults(match_state *state)
{
    const ip_batch *b = state->batch;

    for (size_t i = 0; b->bad > 0 && i < b->count; i++)
        if (b->kind[i] == WORD_BAD)
            tell_fault(state, b, i);
}

/* ---- One line after the other ---- */

typedef struct line_answer {
    const uint8_t *address;
    uint32_t family;
    bool in;
} line_answer;

/* As text of a line and its entry; as JSON. */
static void put_line(
    match_state *state, const ip_batch *b, size_t i, const line_answer *answer)
{
    size_t len = (size_t)(b->begin[i + 1] - b->begin[i]) - 1;
    ip_entry entry;

    len -= len > 0 && b->begin[i][len - 1] == '\r';
    fwrite(b->begin[i], 1, len, stdout);
    if (answer->in &&
        ip_lists_entry(state->lists, answer->address, answer->family, &entry)) {
        putchar('\t');
        put_ip_entry(&entry);
    }
    putchar('\n');
}

static void put_line_json(
    match_state *state, const ip_batch *b, size_t i, const line_answer *answer)
{
    ip_entry entry;

    printf("{\"file\":");
    put_json(stdout, state->file);
    printf(",\"line\":%llu,\"address\":\"%.*s\",\"in\":%s",
        (unsigned long long)state->line + i + 1, (int)word_length(b->word[i]),
        b->word[i], answer->in ? "true" : "false");
    if (state->entry && answer->in &&
        ip_lists_entry(state->lists, answer->address, answer->family, &entry)) {
        printf(",\"entry\":");
        put_ip_entry_json(&entry);
    }
    puts("}");
}

static void tell_each(match_state *state)
{
    const ip_batch *b = state->batch;
    size_t at4 = 0, at6 = 0;

    for (size_t i = 0; i < b->count; i++) {
        line_answer answer = {.family = 4};
        uint8_t bytes[4];

        if (b->kind[i] == WORD_V4) {
            for (size_t j = 0; j < 4; j++)
                bytes[j] = (uint8_t)(b->v4[at4] >> (24 - 8 * j));
            answer.address = bytes;
            answer.in = b->in4[at4++];
        } else if (b->kind[i] == WORD_V6) {
            answer = (line_answer){b->v6[at6], 6, b->in6[at6]};
            at6++;
        } else {
            continue;
        }
        if (state->json)
            put_line_json(state, b, i, &answer);
        else if (answer.in != state->invert)
            put_line(state, b, i, &answer);
    }
}

/* ---- Whole lines ---- */

enum {
    SHORT = 32 /* bytes that are copied at once, wanted or not */
};

/* Whether a line is wanted is as good as random: no branch depends on it. */
static void put_if(
    match_state *state, const char *line, size_t len, bool wanted)
{
    if (state->waiting_len > OUTPUT - SHORT)
        write_waiting(state);
    if (len > SHORT) {
        if (wanted)
            put_bytes(state, line, len);
        return;
    }
    memcpy(state->waiting + state->waiting_len, line, SHORT);
    state->waiting_len += len & (0 - (size_t)wanted);
}

static void tell_lines(match_state *state)
{
    const ip_batch *b = state->batch;
    size_t at4 = 0, at6 = 0;

    for (size_t i = 0; i < b->count; i++) {
        bool in;

        if (b->kind[i] == WORD_V4)
            in = b->in4[at4++];
        else if (b->kind[i] == WORD_V6)
            in = b->in6[at6++];
        else
            continue;
        put_if(state, b->begin[i], (size_t)(b->begin[i + 1] - b->begin[i]),
            in != state->invert);
    }
}

/* ---- A batch ---- */

static void ask_batch(match_state *state)
{
    ip_batch *b = state->batch;
    size_t hits =
        iam_ipset_contains_many_v4(state->set, b->v4, b->count4, b->in4);

    hits += iam_ipset_contains_many(state->set, 6, b->v6[0], b->count6, b->in6);
    state->selected += state->invert ? b->count4 + b->count6 - hits : hits;
    if (state->json || (state->entry && !state->only_count))
        tell_each(state);
    else if (!state->only_count)
        tell_lines(state);
    state->line += b->count;
}

static void match_lines(match_state *state, const char *lines, const char *end)
{
    while (lines < end && !output_broken()) {
        lines = ip_batch_fill(state->batch, lines, end);
        tell_faults(state);
        ask_batch(state);
        progress_add(&state->progress, state->batch->count);
    }
    write_waiting(state);
    fflush(stdout);
}

/* ---- A file ---- */

/* Bytes that were read, and have no newline yet.  IP_MARGIN bytes are before
 * them, and behind the capacity. */
typedef struct piece {
    char *memory, *bytes;
    size_t len, capacity;
} piece;

/* Room for more input, and for a newline that the end may lack. */
static bool make_room(piece *p, const char *file)
{
    size_t capacity = p->capacity ? p->capacity * 2 : PIECE;
    char *memory;

    if (p->capacity - p->len > 1)
        return true;
    if (p->capacity >= INPUT_LIMIT) {
        complain("%s: a line is longer than 64 MiB", file);
        return false;
    }
    memory = realloc(p->memory, capacity + 2 * (size_t)IP_MARGIN);
    if (!memory) {
        complain_memory();
        return false;
    }
    memset(memory, 0, IP_MARGIN);
    p->memory = memory;
    p->bytes = memory + IP_MARGIN;
    p->capacity = capacity;
    return true;
}

/* Answers the complete lines; at the end of the input what is left is one. */
static void match_piece(match_state *state, piece *p, size_t more, bool ended)
{
    size_t end = p->len + more, done = end;

    if (ended && end > 0 && p->bytes[end - 1] != '\n') {
        p->bytes[end++] = '\n';
        done = end;
    }
    memset(p->bytes + end, 0, IP_MARGIN);
    while (done > p->len && p->bytes[done - 1] != '\n')
        done--;
    /* What was there before holds no newline. */
    if (done == p->len && !ended)
        done = 0;
    match_lines(state, p->bytes, p->bytes + done);
    memmove(p->bytes, p->bytes + done, end - done);
    p->len = end - done;
}

static bool match_file(match_state *state, const char *path, piece *p)
{
    int file = input_open(path);
    bool good = file >= 0;
    ptrdiff_t got = good;

    state->file = file_name(path);
    state->line = 0;
    p->len = 0;
    while (got > 0 && !output_broken()) {
        got = make_room(p, state->file)
                  ? input_read(
                        file, path, p->bytes + p->len, p->capacity - p->len - 1)
                  : -1;
        if (got >= 0)
            match_piece(state, p, (size_t)got, got == 0);
        good = got >= 0;
    }
    input_close(file);
    return good;
}

/* ---- The command ---- */

static cli_answer match_files(
    match_state *state, const cli_arguments *arguments)
{
    static const char *const standard_input[] = {"-"};
    const char *const *files = arguments->words + 1;
    size_t count = arguments->word_count - 1;
    piece p = {.memory = NULL};
    cli_answer answer = ANSWER_YES;

    if (count == 0) {
        files = standard_input;
        count = 1;
    }
    progress_begin(&state->progress, "lines");
    for (size_t i = 0; i < count && !output_broken(); i++)
        if (!match_file(state, files[i], &p))
            answer = ANSWER_BAD;
    progress_end(&state->progress);
    free(p.memory);
    if (state->faults > FAULTS_TOLD)
        complain("%llu more lines begin with what is not an address",
            (unsigned long long)(state->faults - FAULTS_TOLD));
    if (state->only_count)
        printf("%llu\n", (unsigned long long)state->selected);
    if (state->faults > 0)
        answer = ANSWER_BAD;
    return worse(answer, state->selected > 0 ? ANSWER_YES : ANSWER_NO);
}

static cli_answer match_lists(
    const cli_arguments *arguments, const ip_lists *lists)
{
    iam_ipset *all = ip_lists_union(lists);
    match_state state = {.set = all,
        .lists = lists,
        .invert = has_option(arguments, "invert"),
        .only_count = has_option(arguments, "count"),
        .entry = has_option(arguments, "entry"),
        .json = has_option(arguments, "json"),
        .batch = malloc(sizeof(*state.batch)),
        .waiting = malloc(OUTPUT)};
    cli_answer answer = ANSWER_BAD;

    if (!state.batch || !state.waiting)
        complain_memory();
    else if (all)
        answer = match_files(&state, arguments);
    free(state.batch);
    free(state.waiting);
    iam_ipset_free(all);
    return answer;
}

cli_answer ip_match(const cli_arguments *arguments)
{
    ip_lists lists;
    size_t count;
    const char **files;
    cli_answer answer = ANSWER_BAD;

    if (has_option(arguments, "json") &&
        (has_option(arguments, "invert") || has_option(arguments, "count")))
        return usage_error(arguments->command,
            "--json tells of every address: --invert and --count have no place "
            "beside it");
    if (!has_option(arguments, "list") && !has_option(arguments, "cidr"))
        return usage_error(arguments->command,
            "match against what?  Give --list FILE or --cidr BLOCK");
    files = ip_list_options(arguments, &count);
    if (!files)
        return ANSWER_BAD;
    if (ip_lists_read(&lists, arguments, files, count))
        answer = match_lists(arguments, &lists);
    ip_lists_free(&lists);
    free(files);
    return answer;
}

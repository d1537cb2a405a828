/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Input: a line for each pattern, in the language of word_oracle.h; one that
 * starts with `-` must not match.  The answer must be the definition's, a word
 * must match, and a core must be enough.
 */
#include "../unit/word_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    LONGEST = 24,      /* of a pattern: the definition has 32 positions */
    LONGEST_WORD = 14, /* the definition of a match is exponential */
    STATES = 3000
};

typedef struct asked {
    char text[ORACLE_PATTERNS][LONGEST + 1];
    bool negative[ORACLE_PATTERNS];
    uint32_t count;
} asked;

static bool is_printable(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] != '\n' && (data[i] < ' ' || data[i] > '~'))
            return false;
    return true;
}

static bool take_lines(asked *a, text rest)
{
    while (rest.len > 0) {
        size_t end = iamp_text_find(rest, '\n');
        text line = text_slice(rest, 0, end);

        rest = text_from(rest, end + (end < rest.len));
        if (a->count == ORACLE_PATTERNS)
            return false;
        a->negative[a->count] = line.len > 0 && line.ptr[0] == '-';
        line = text_from(line, a->negative[a->count]);
        if (line.len > LONGEST || memchr(line.ptr, '$', line.len) ||
            (line.len > 1 && memchr(line.ptr + 1, '`', line.len - 1)))
            return false;
        if (line.len > 0)
            memcpy(a->text[a->count], line.ptr, line.len);
        a->text[a->count][line.len] = 0;
        a->count++;
    }
    return true;
}

static oracle_query put_in_order(const asked *a)
{
    oracle_query q = {{NULL}, 0, 0};

    for (uint32_t i = 0; i < a->count; i++)
        if (!a->negative[i])
            q.pattern[q.positives++] = a->text[i];
    for (uint32_t i = 0; i < a->count; i++)
        if (a->negative[i])
            q.pattern[q.positives + q.negatives++] = a->text[i];
    return q;
}

static void check_word(const oracle_query *q, const word_query *made,
    const word_result *r, int shortest)
{
    char word[LONGEST_WORD + 1];

    if (shortest < 0 || (int)r->len < shortest)
        abort();
    for (uint32_t i = 0; i < q->positives; i++)
        if (!iamp_word_match(made->positive[i], r->word, r->len))
            abort();
    for (uint32_t i = 0; i < q->negatives; i++)
        if (iamp_word_match(made->negative[i], r->word, r->len))
            abort();
    if (r->len > LONGEST_WORD)
        return;
    oracle_word(r, word, sizeof(word));
    for (uint32_t i = 0; i < q->positives + q->negatives; i++)
        if (oracle_match(q->pattern[i], word) != (i < q->positives))
            abort();
}

static void check_core(
    const oracle_query *q, const bool *positive, const bool *negative)
{
    oracle_query core = {{NULL}, 0, 0};

    for (uint32_t i = 0; i < q->positives; i++)
        if (positive[i])
            core.pattern[core.positives++] = q->pattern[i];
    for (uint32_t i = 0; i < q->negatives; i++)
        if (negative[i])
            core.pattern[core.positives + core.negatives++] =
                q->pattern[q->positives + i];
    if (oracle_shortest(&core, ORACLE_STATES) >= 0)
        abort();
}

static void check(const oracle_query *q, int shortest, arena *mem)
{
    word_pattern pattern[ORACLE_PATTERNS];
    const word_pattern *pointer[ORACLE_PATTERNS];
    bool positive[ORACLE_PATTERNS], negative[ORACLE_PATTERNS];
    word_query made = {
        pointer, pointer + q->positives, q->positives, q->negatives};
    uint64_t steps = 20000000;
    word_result r;

    for (uint32_t i = 0; i < q->positives + q->negatives; i++) {
        pattern[i] = oracle_pattern(q->pattern[i], mem);
        pointer[i] = &pattern[i];
    }
    r = iamp_word_find(&made, &steps, positive, negative, mem);
    if (r.answer == WORD_FOUND)
        check_word(q, &made, &r, shortest);
    else if (r.answer != WORD_EMPTY || shortest >= 0)
        abort();
    else
        check_core(q, positive, negative);
    r = iamp_word_shortest(&made, &steps, mem);
    if (r.answer == WORD_FOUND ? (int)r.len != shortest : shortest >= 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    asked a = {.count = 0};
    oracle_query q;
    int shortest;
    arena mem;

    if (!is_printable(data, size) ||
        !take_lines(&a, size ? (text){(const char *)data, size} : TEXT("")))
        return 0;
    q = put_in_order(&a);
    shortest = oracle_shortest(&q, STATES);
    if (shortest == -2) /* too many states */
        return 0;
    iamp_arena_init(&mem, NULL);
    check(&q, shortest, &mem);
    iamp_arena_release(&mem);
    return 0;
}

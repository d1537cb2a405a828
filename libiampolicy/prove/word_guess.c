/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_guess.c - words that the positives suggest, tried before anything else.
 *
 * The letters with which the positives begin, then what stands in the middle of
 * each, then the letters with which they end.  A guess that matches is an
 * answer; one that does not says nothing.
 */
#include "prove/word_parts.h"

enum {
    STACK_LETTERS = 256
};

static uint32_t count_first(const word_pattern *p)
{
    uint32_t count = 0;

    while (count < p->count && p->tokens[count].type == WORD_LETTER)
        count++;
    return count;
}

static uint32_t count_last(const word_pattern *p)
{
    uint32_t count = 0;

    while (
        count < p->count && p->tokens[p->count - 1 - count].type == WORD_LETTER)
        count++;
    return count;
}

/* The positive with most letters at its start (or end).  Of two with the same
 * number the one whose letters are exact. */
static const word_pattern *longest(
    const word_query *q, uint32_t (*count)(const word_pattern *p))
{
    const word_pattern *best = q->positive[0];
    uint32_t most = count(best);

    for (uint32_t i = 1; i < q->positive_count; i++) {
        uint32_t n = count(q->positive[i]);

        if (n > most || (n == most && best->fold)) {
            best = q->positive[i];
            most = n;
        }
    }
    return best;
}

static size_t put_tokens(
    const word_pattern *p, uint32_t from, uint32_t to, bool runs, uint32_t *out)
{
    size_t len = 0;

    for (uint32_t i = from; i < to; i++) {
        const word_token *token = &p->tokens[i];

        if (token->type == WORD_LETTER)
            out[len++] = token->letter;
        else if (runs || token->type == WORD_ONE)
            out[len++] = token->class == CLASS_DIGIT ? '0' : WORD_FRESH;
    }
    return len;
}

/* With `runs` each run is one letter, else none. */
static size_t make_guess(const word_query *q, bool runs, uint32_t *out)
{
    const word_pattern *first, *last;
    size_t len;

    if (q->positive_count == 0) {
        out[0] = WORD_FRESH;
        return runs;
    }
    first = longest(q, count_first);
    last = longest(q, count_last);
    len = put_tokens(first, 0, count_first(first), runs, out);
    if (first->plain || last->plain)
        return len;
    for (uint32_t i = 0; i < q->positive_count; i++) {
        const word_pattern *p = q->positive[i];

        len += put_tokens(p, count_first(p),
            p->plain ? 0 : p->count - count_last(p), runs, out + len);
    }
    return len + put_tokens(last, last->count - count_last(last), last->count,
                     runs, out + len);
}

/* What a match costs is mostly the word's length, and less for a pattern that
 * begins with another letter. */
static bool is_answer(const word_query *q, const uint32_t *word, size_t len,
    uint64_t steps, uint64_t *work)
{
    *work += len;
    for (uint32_t i = 0; i < q->positive_count; i++, *work += 2 + len)
        if (*work > steps || !iamp_word_match(q->positive[i], word, len))
            return false;
    for (uint32_t i = 0; i < q->negative_count; i++, *work += 2 + len / 8)
        if (*work > steps || iamp_word_match(q->negative[i], word, len))
            return false;
    return true;
}

static word_result copy_word(const uint32_t *word, size_t len, arena *mem)
{
    uint32_t *copy = ARENA_ARRAY(mem, uint32_t, len);

    if (!copy)
        return (word_result){.answer = WORD_NO_MEMORY};
    memcpy(copy, word, len * sizeof(*word));
    return (word_result){WORD_FOUND, copy, len};
}

static word_result guess_with(const word_query *q, uint32_t *room, arena *mem,
    bool only_answer, uint64_t steps, uint64_t *work)
{
    for (int runs = 0; runs < 2; runs++) {
        size_t len = make_guess(q, runs, room);

        if (!is_answer(q, room, len, steps, work))
            continue;
        return only_answer ? (word_result){.answer = WORD_FOUND}
                           : copy_word(room, len, mem);
    }
    return (word_result){.answer = WORD_UNKNOWN};
}

word_result iamp_word_guess(const word_query *q, arena *mem, bool only_answer,
    uint64_t steps, uint64_t *work)
{
    uint32_t letters[STACK_LETTERS];
    uint32_t *room;
    size_t most = 1;
    word_result r = {.answer = WORD_NO_MEMORY};

    for (uint32_t i = 0; i < q->positive_count; i++)
        most += (size_t)2 * q->positive[i]->count;
    if (most <= STACK_LETTERS)
        return guess_with(q, letters, mem, only_answer, steps, work);
    if (most > SIZE_MAX / sizeof(*room))
        return r;
    room = iamp_memory_acquire(mem->from, most * sizeof(*room));
    if (!room)
        return r;
    r = guess_with(q, room, mem, only_answer, steps, work);
    iamp_memory_release(mem->from, room);
    return r;
}

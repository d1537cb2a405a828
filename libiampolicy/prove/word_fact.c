/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_fact.c - two patterns: is one within the other, have they a word in
 * common?
 */
#include "prove/word_parts.h"

/* --- within --------------------------------------------------------------- */

/* Does token `b` read every letter that `a`, a letter or one of a class, can
 * be? */
static bool reads_all(
    const word_token *a, bool fold_a, const word_token *b, bool fold_b)
{
    if (b->type != WORD_LETTER)
        return a->type == WORD_LETTER ? class_has(b->class, a->letter)
                                      : class_within(a->class, b->class);
    if (a->type != WORD_LETTER)
        return false;
    if (fold_b)
        return letter_lower(a->letter) == b->letter;
    return a->letter == b->letter && !(fold_a && a->letter - 'a' < 26);
}

/*
 * `b` reads `a` token by token: the set has positions that b can be in whatever
 * word of `a` stands there.  Behind a run of `a` these are b's runs of a class
 * not narrower, and what follows them.
 */
static bool follow(const word_pattern *a, uint32_t token, const word_pattern *b,
    const uint64_t *from, uint64_t *to, uint64_t *work)
{
    const word_token *ta = &a->tokens[token];
    uint32_t words = set_words(b->count);
    uint32_t floor = 0;
    bool any = false;

    set_clear(to, b->count);
    *work += words;
    for (uint32_t i = 0; i < words; i++)
        for (uint64_t bits = from[i]; bits; bits &= bits - 1) {
            uint32_t at = i * 64 + lowest_bit(bits);
            const word_token *tb = &b->tokens[at];

            ++*work;
            if (at == b->count)
                break;
            if (ta->type == WORD_RUN ? tb->type != WORD_RUN ||
                                           !class_within(ta->class, tb->class)
                                     : !reads_all(ta, a->fold, tb, b->fold))
                continue;
            set_reach(to, b, at + (tb->type != WORD_RUN), &floor);
            any = true;
        }
    set_trim(to, floor);
    return any;
}

/* The last letters, or lengths, tell that some word of `a` is none of `b`. */
static bool ends_outside(const word_pattern *a, const word_pattern *b)
{
    if (b->count == 0)
        return a->count > 0;
    if (b->tokens[b->count - 1].type != WORD_LETTER)
        return false;
    return a->count == 0 || !reads_all(&a->tokens[a->count - 1], a->fold,
                                &b->tokens[b->count - 1], b->fold);
}

bool iamp_word_within_work(
    const word_pattern *a, const word_pattern *b, uint64_t *work)
{
    uint64_t sets[2][WORD_SET_ROOM];
    uint32_t begun = 0, floor = 0;
    int now = 0;

    ++*work;
    if (ends_outside(a, b))
        return false;
    while (begun < a->count && begun < b->count &&
           b->tokens[begun].type == WORD_LETTER) {
        ++*work;
        if (!reads_all(&a->tokens[begun], a->fold, &b->tokens[begun], b->fold))
            return false;
        begun++;
    }
    set_clear(sets[0], b->count);
    set_reach(sets[0], b, begun, &floor);
    set_trim(sets[0], floor);
    for (uint32_t token = begun; token < a->count; token++, now = !now)
        if (!follow(a, token, b, sets[now], sets[!now], work))
            return false;
    return set_has(sets[now], b->count);
}

bool iamp_word_within(const word_pattern *a, const word_pattern *b)
{
    uint64_t work = 0;

    return iamp_word_within_work(a, b, &work);
}

/* --- disjoint ------------------------------------------------------------- */

/* Is there a letter that both read? */
static bool reads_same(
    const word_token *a, bool fold_a, const word_token *b, bool fold_b)
{
    if (a->type != WORD_LETTER && b->type != WORD_LETTER)
        return true;
    if (a->type != WORD_LETTER)
        return class_has(a->class, b->letter);
    if (b->type != WORD_LETTER)
        return class_has(b->class, a->letter);
    if (fold_a || fold_b)
        return letter_lower(a->letter) == letter_lower(b->letter);
    return a->letter == b->letter;
}

static void set_add(uint64_t *set, uint32_t at)
{
    set[at / 64] |= UINT64_C(1) << (at % 64);
}

/* From the pair of positions (i, j): the others that one letter, or the end of
 * a run, leads to; those of i into `row`, those of i + 1 into `next`. */
static void visit_pair(const word_pattern *a, uint32_t i, const word_pattern *b,
    uint32_t j, uint64_t *row, uint64_t *next)
{
    bool run_a = is_run(a, i), run_b = is_run(b, j);

    if (run_a)
        set_add(next, j);
    if (run_b)
        set_add(row, j + 1);
    if (i < a->count && j < b->count && !(run_a && run_b) &&
        reads_same(&a->tokens[i], a->fold, &b->tokens[j], b->fold))
        set_add(run_a ? row : next, run_b ? j : j + 1);
}

/* One row: all pairs with position i of `a`, each leading only to later ones. */
static bool visit_row(const word_pattern *a, uint32_t i, const word_pattern *b,
    uint64_t *row, uint64_t *next, uint64_t *work)
{
    uint32_t words = set_words(b->count);
    bool any = false;

    set_clear(next, b->count);
    *work += words;
    for (uint32_t k = 0; k < words; k++) {
        uint64_t done = 0;
        uint64_t todo;

        while ((todo = row[k] & ~done) != 0) {
            done |= todo & (~todo + 1);
            visit_pair(a, i, b, k * 64 + lowest_bit(todo), row, next);
            ++*work;
            any = true;
        }
    }
    return any;
}

/* The last letters tell that no word is both. */
static bool end_apart(const word_pattern *a, const word_pattern *b)
{
    const word_token *ta, *tb;

    if (a->count == 0 || b->count == 0)
        return false;
    ta = &a->tokens[a->count - 1];
    tb = &b->tokens[b->count - 1];
    return ta->type == WORD_LETTER && tb->type == WORD_LETTER &&
           !reads_same(ta, a->fold, tb, b->fold);
}

/* Exact: the pairs of positions that a common word's start leads to. */
bool iamp_word_disjoint_work(
    const word_pattern *a, const word_pattern *b, uint64_t *work)
{
    uint64_t rows[2][WORD_SET_ROOM];
    uint32_t begun = 0;
    int now = 0;

    ++*work;
    if (end_apart(a, b))
        return true;
    while (begun < a->count && begun < b->count &&
           a->tokens[begun].type == WORD_LETTER &&
           b->tokens[begun].type == WORD_LETTER) {
        ++*work;
        if (!reads_same(&a->tokens[begun], a->fold, &b->tokens[begun], b->fold))
            return true;
        begun++;
    }
    set_clear(rows[0], b->count);
    set_add(rows[0], begun);
    for (uint32_t i = begun; i < a->count; i++, now = !now)
        if (!visit_row(a, i, b, rows[now], rows[!now], work))
            return true;
    visit_row(a, a->count, b, rows[now], rows[!now], work);
    return !set_has(rows[now], b->count);
}

bool iamp_word_disjoint(const word_pattern *a, const word_pattern *b)
{
    uint64_t work = 0;

    return iamp_word_disjoint_work(a, b, &work);
}

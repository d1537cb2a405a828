/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_group.c - thousands of words that must not be hit, followed all at once.
 *
 * In alphabetical order those that start with what was read are neighbours.
 */
#include "prove/word_parts.h"

static const word_pattern *member(const word_group *g, uint32_t i)
{
    return g->pattern[g->number[i]];
}

/* --- sorting ---------------------------------------------------------------- */

/* Is `a` before `b`?  Equal words keep the order of their numbers. */
static bool is_before(
    const word_group *g, uint32_t a, uint32_t b, uint64_t *work)
{
    const word_pattern *pa = g->pattern[a], *pb = g->pattern[b];
    uint32_t least = pa->count < pb->count ? pa->count : pb->count;

    for (uint32_t i = 0; i < least; i++) {
        ++*work;
        if (pa->tokens[i].letter != pb->tokens[i].letter)
            return pa->tokens[i].letter < pb->tokens[i].letter;
    }
    return pa->count != pb->count ? pa->count < pb->count : a < b;
}

/* Member `at` of a heap of `count` sinks to where it belongs. */
static void sink(word_group *g, uint32_t at, uint32_t count, uint64_t *work)
{
    uint32_t *number = g->number;

    while (at * 2 + 1 < count) {
        uint32_t child = at * 2 + 1;
        uint32_t value = number[at];

        if (child + 1 < count &&
            is_before(g, number[child], number[child + 1], work))
            child++;
        if (!is_before(g, value, number[child], work))
            return;
        number[at] = number[child];
        number[child] = value;
        at = child;
    }
}

void iamp_word_group_sort(word_group *g, uint64_t *work)
{
    for (uint32_t i = g->count / 2; i > 0; i--)
        sink(g, i - 1, g->count, work);
    for (uint32_t i = g->count; i > 1; i--) {
        uint32_t largest = g->number[0];

        g->number[0] = g->number[i - 1];
        g->number[i - 1] = largest;
        sink(g, 0, i - 1, work);
    }
    *work += g->count;
}

/* --- following --------------------------------------------------------------- */

static void put(uint64_t *to, uint32_t lo, uint32_t hi, uint32_t depth)
{
    to[0] = lo < hi ? ((uint64_t)depth << 32 | lo) + 1 : 0;
    to[1] = lo < hi ? hi : 0;
}

void iamp_word_group_begin(const word_group *g, uint64_t *to)
{
    put(to, 0, g->count, 0);
}

/* The first of the members lo to hi - 1, which agree in their first `depth`
 * letters, that goes on with `letter` or one behind it; or hi. */
static uint32_t lower_bound(const word_group *g, uint32_t lo, uint32_t hi,
    uint32_t depth, uint32_t letter)
{
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        const word_pattern *p = member(g, middle);

        if (p->count == depth || p->tokens[depth].letter < letter)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

void iamp_word_group_advance(const word_group *g, const uint64_t *from,
    uint64_t *to, uint32_t letter, uint64_t *work)
{
    uint32_t lo = (uint32_t)(from[0] - 1), hi = (uint32_t)from[1];
    uint32_t depth = (uint32_t)((from[0] - 1) >> 32);
    uint32_t seen = g->fold ? letter_lower(letter) : letter;

    ++*work;
    if (from[0] == 0) {
        put(to, 0, 0, 0);
        return;
    }
    for (uint32_t half = hi - lo; half; half /= 2)
        *work += 2;
    lo = lower_bound(g, lo, hi, depth, seen);
    put(to, lo, lower_bound(g, lo, hi, depth, seen + 1), depth + 1);
}

bool iamp_word_group_matched(
    const word_group *g, const uint64_t *words, uint32_t *number)
{
    uint32_t lo = (uint32_t)(words[0] - 1);
    uint32_t depth = (uint32_t)((words[0] - 1) >> 32);

    if (words[0] == 0 || member(g, lo)->count != depth)
        return false;
    *number = g->number[lo];
    return true;
}

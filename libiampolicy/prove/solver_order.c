/* SPDX-License-Identifier: Apache-2.0 */
/*
 * solver_order.c - which variable is decided next: by priority, activity,
 * number.
 *
 * Those that took part in a conflict are in a binary heap.  All others, mostly
 * nearly all, never change their order: a bit a variable, set if it may be free,
 * and a bit for every word of these.  What is assigned meanwhile leaves either
 * of them when it comes first.
 *
 * Activities are integers: what is added to them grows by a sixteenth with every
 * conflict, and all are shifted down together before they would reach the
 * priority.
 */
#include "prove/solver_parts.h"

#define ACTIVITY_MASK   ((UINT64_C(1) << PRIORITY_SHIFT) - 1)
#define ACTIVITY_MOST   (UINT64_C(1) << 54)
#define ACTIVITY_FORGET 38

enum {
    PRIORITIES = 256
};

bool iamp_solver_better(const solver *s, uint32_t a, uint32_t b)
{
    uint64_t first = s->variables[a].rank, second = s->variables[b].rank;

    return first > second || (first == second && a < b);
}

static void place(solver *s, uint32_t at, uint32_t number)
{
    s->heap[at] = number;
    s->variables[number].place = at;
}

static void sift_up(solver *s, uint32_t at, uint32_t number)
{
    while (at > 0) {
        uint32_t above = (at - 1) / 2;

        if (!iamp_solver_better(s, number, s->heap[above]))
            break;
        place(s, at, s->heap[above]);
        at = above;
    }
    place(s, at, number);
}

static void sift_down(solver *s, uint32_t at, uint32_t number)
{
    for (;;) {
        uint32_t below = 2 * at + 1;

        if (below >= s->heap_count)
            break;
        if (below + 1 < s->heap_count &&
            iamp_solver_better(s, s->heap[below + 1], s->heap[below]))
            below++;
        if (!iamp_solver_better(s, s->heap[below], number))
            break;
        place(s, at, s->heap[below]);
        at = below;
    }
    place(s, at, number);
}

static void heap_insert(solver *s, uint32_t number)
{
    if (s->variables[number].place == NO_PLACE)
        sift_up(s, s->heap_count++, number);
}

static void heap_drop_first(solver *s)
{
    uint32_t last = s->heap[--s->heap_count];

    s->variables[s->heap[0]].place = NO_PLACE;
    if (s->heap_count > 0)
        sift_down(s, 0, last);
}

/* Small differences may vanish, and then numbers decide: a new heap. */
static void rescale(solver *s)
{
    for (uint32_t v = 0; v < s->variable_count; v++) {
        uint64_t *rank = &s->variables[v].rank;

        *rank = (*rank & ~ACTIVITY_MASK) |
                ((*rank & ACTIVITY_MASK) >> ACTIVITY_FORGET);
    }
    s->increment >>= ACTIVITY_FORGET;
    for (uint32_t i = s->heap_count / 2; i-- > 0;)
        sift_down(s, i, s->heap[i]);
}

void iamp_solver_bump(solver *s, uint32_t number)
{
    variable_state *v = &s->variables[number];

    if (!v->active) {
        v->active = true;
        v->place = NO_PLACE; /* its bit goes when it is seen next */
    }
    v->rank += s->increment;
    if ((v->rank & ACTIVITY_MASK) > ACTIVITY_MOST)
        rescale(s);
    if (v->place != NO_PLACE)
        sift_up(s, v->place, number);
}

void iamp_solver_decay(solver *s)
{
    s->increment += s->increment / 16;
}

/* ---- Those without activity ----------------------------------------------- */

static void set_bit(solver *s, uint32_t place_of)
{
    s->bits[place_of / 64] |= UINT64_C(1) << place_of % 64;
    s->summary[place_of / 4096] |= UINT64_C(1) << place_of / 64 % 64;
}

static void clear_bit(solver *s, uint32_t place_of)
{
    s->bits[place_of / 64] &= ~(UINT64_C(1) << place_of % 64);
    if (s->bits[place_of / 64] == 0)
        s->summary[place_of / 4096] &= ~(UINT64_C(1) << place_of / 64 % 64);
}

/* `bits` is not 0. */
static uint32_t lowest_bit(uint64_t bits)
{
    uint32_t lowest = 0;

#if defined(__GNUC__)
    lowest = (uint32_t)__builtin_ctzll(bits);
#else
    while (!(bits >> lowest & 1))
        lowest++;
#endif
    return lowest;
}

static uint32_t first_bit(const solver *s)
{
    uint32_t word;

    for (uint32_t i = 0; i * UINT64_C(4096) < s->variable_count; i++)
        if (s->summary[i] != 0) {
            word = i * 64 + lowest_bit(s->summary[i]);
            return word * 64 + lowest_bit(s->bits[word]);
        }
    return NO_PLACE;
}

static uint32_t priority_of(const solver *s, uint32_t number)
{
    return (uint32_t)(s->variables[number].rank >> PRIORITY_SHIFT);
}

static void stand_at(solver *s, uint32_t number, uint32_t at)
{
    s->ranked[at] = number;
    if (!s->variables[number].active)
        s->variables[number].place = at;
    set_bit(s, at);
}

/* By priority, then number: counted, and placed where the counts say. */
static void rank_all(solver *s)
{
    uint32_t starts[PRIORITIES + 1] = {0};

    for (uint32_t v = 0; v < s->variable_count; v++)
        starts[PRIORITIES - priority_of(s, v)]++;
    for (uint32_t i = 1; i <= PRIORITIES; i++)
        starts[i] += starts[i - 1];
    for (uint32_t v = 0; v < s->variable_count; v++)
        stand_at(s, v, starts[PRIORITIES - 1 - priority_of(s, v)]++);
    s->ranked_count = s->variable_count;
}

void iamp_solver_rank(solver *s)
{
    while (s->ranked_count < s->variable_count) {
        uint32_t number = s->ranked_count;

        if (number > 0 &&
            priority_of(s, number) > priority_of(s, s->ranked[number - 1])) {
            rank_all(s);
            return;
        }
        stand_at(s, number, s->ranked_count++);
    }
}

/* ---- Both ----------------------------------------------------------------- */

void iamp_solver_offer(solver *s, uint32_t number)
{
    if (s->variables[number].active)
        heap_insert(s, number);
    else if (s->variables[number].place != NO_PLACE) /* else it is new */
        set_bit(s, s->variables[number].place);
}

uint32_t iamp_solver_best(solver *s)
{
    uint32_t at;

    while (s->heap_count > 0 && solver_value(s, lit_of(s->heap[0])) != 0)
        heap_drop_first(s);
    for (at = first_bit(s); at != NO_PLACE; at = first_bit(s)) {
        uint32_t number = s->ranked[at];

        if (!s->variables[number].active &&
            solver_value(s, lit_of(number)) == 0)
            break;
        clear_bit(s, at);
    }
    if (at == NO_PLACE)
        return s->heap_count > 0 ? s->heap[0] : NO_PLACE;
    if (s->heap_count > 0 && iamp_solver_better(s, s->heap[0], s->ranked[at]))
        return s->heap[0];
    return s->ranked[at];
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * solver_order.c - which variable is decided next.
 *
 * A binary heap by priority, activity, number.  Activities are integers: what
 * is added to them grows by a sixteenth with every conflict, and all are
 * shifted down together before they would reach the priority.
 */
#include "prove/solver_parts.h"

#define PRIORITY_SHIFT  56
#define ACTIVITY_MASK   ((UINT64_C(1) << PRIORITY_SHIFT) - 1)
#define ACTIVITY_MOST   (UINT64_C(1) << 54)
#define ACTIVITY_FORGET 38

bool iamp_solver_better(const solver *s, uint32_t a, uint32_t b)
{
    uint64_t first = s->variables[a].rank, second = s->variables[b].rank;

    return first > second || (first == second && a < b);
}

static void place(solver *s, uint32_t at, uint32_t number)
{
    s->heap[at] = number;
    s->variables[number].heap_place = at;
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

void iamp_solver_heap_insert(solver *s, uint32_t number)
{
    if (s->variables[number].heap_place == NO_PLACE)
        sift_up(s, s->heap_count++, number);
}

uint32_t iamp_solver_heap_pop(solver *s)
{
    uint32_t best, last;

    if (s->heap_count == 0)
        return NO_PLACE;
    best = s->heap[0];
    last = s->heap[--s->heap_count];
    s->variables[best].heap_place = NO_PLACE;
    if (s->heap_count > 0)
        sift_down(s, 0, last);
    return best;
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

    v->rank += s->increment;
    if ((v->rank & ACTIVITY_MASK) > ACTIVITY_MOST)
        rescale(s);
    if (v->heap_place != NO_PLACE)
        sift_up(s, v->heap_place, number);
}

void iamp_solver_decay(solver *s)
{
    s->increment += s->increment / 16;
}

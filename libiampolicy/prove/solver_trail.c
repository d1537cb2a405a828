/* SPDX-License-Identifier: Apache-2.0 */
/*
 * solver_trail.c - what is assigned: on, by propagation, and off again.
 */
#include "prove/solver_parts.h"

void iamp_solver_enqueue(solver *s, lit l, uint32_t reason, uint32_t at_level)
{
    variable_state *v = solver_variable(s, l);

    assert(solver_value(s, l) == 0 && at_level <= s->level_count);
    s->values[l] = 1;
    s->values[lit_not(l)] = -1;
    v->reason = reason;
    v->level = at_level;
    s->trail[s->trail_count++] = l;
}

void iamp_solver_new_level(solver *s)
{
    s->levels[++s->level_count] =
        (level_state){s->trail_count, 0, s->justified};
}

/* ---- Off ------------------------------------------------------------------ */

static bool told_of(const solver *s, lit l)
{
    return !(l & 1) && solver_variable(s, l)->marked;
}

void iamp_solver_retract(solver *s, uint32_t down_to)
{
    while (s->told > down_to) {
        lit l = s->trail[--s->told];

        if (told_of(s, l) && s->theory)
            s->theory->retract(s->theory->user, lit_variable(l));
    }
}

static void unassign(solver *s, lit l)
{
    variable_state *v = solver_variable(s, l);

    s->values[l] = 0;
    s->values[lit_not(l)] = 0;
    v->phase = !(l & 1);
    v->phase_solve = s->solves;
    iamp_solver_offer(s, lit_variable(l));
}

void iamp_solver_backtrack(solver *s, uint32_t to)
{
    uint32_t start, kept, end = s->trail_count;

    if (to >= s->level_count)
        return;
    start = kept = s->levels[to + 1].start;
    iamp_solver_retract(s, start);
    for (uint32_t i = start; i < end; i++) {
        lit l = s->trail[i];

        if (solver_level(s, l) <= to)
            s->trail[kept++] = l;
        else
            unassign(s, l);
    }
    s->trail_count = kept;
    if (s->head > start)
        s->head = start;
    s->justified = s->levels[to + 1].justified;
    s->level_count = to;
    s->modelled = false;
}

/* ---- On ------------------------------------------------------------------- */

/* A literal beyond the watched ones that is not false; NO_PLACE if none is. */
static uint32_t other_to_watch(const solver *s, const lit *lits, uint32_t size)
{
    for (uint32_t i = 2; i < size; i++)
        if (solver_value(s, lits[i]) >= 0)
            return i;
    return NO_PLACE;
}

/* Of the literals from `first` on, the one of the highest level. */
static uint32_t highest(
    const solver *s, const lit *lits, uint32_t first, uint32_t size)
{
    uint32_t best = first;

    for (uint32_t i = first + 1; i < size; i++)
        if (solver_level(s, lits[i]) > solver_level(s, lits[best]))
            best = i;
    return best;
}

/* The false lits[1] gives way to lits[k]. */
static bool move_watch(solver *s, uint32_t clause, lit *lits, uint32_t k)
{
    lit gone = lits[1];

    lits[1] = lits[k];
    lits[k] = gone;
    return iamp_solver_push_watch(s, lits[1], (watch){clause, lits[0]});
}

typedef enum visit {
    VISIT_KEEP,  /* it stays watched where it is */
    VISIT_MOVED, /* it is watched elsewhere now */
    VISIT_CONFLICT
} visit;

/* All other literals are false: lits[0] follows, at the highest of their
 * levels, and one of that level is watched. */
static visit imply(solver *s, uint32_t clause, lit *lits, uint32_t size)
{
    uint32_t k = 1;

    if (solver_level(s, lits[1]) < s->level_count)
        k = highest(s, lits, 1, size);
    iamp_solver_enqueue(s, lits[0], clause, solver_level(s, lits[k]));
    if (k == 1)
        return VISIT_KEEP;
    if (!move_watch(s, clause, lits, k))
        s->broken = true;
    return VISIT_MOVED;
}

static visit visit_long(solver *s, watch *w, lit false_lit)
{
    lit *lits = clause_lits(s, w->clause);
    lit other = lits[0] ^ lits[1] ^ false_lit;
    uint32_t size = clause_size(s, w->clause), k;

    w->blocker = other;
    if (solver_value(s, other) > 0)
        return VISIT_KEEP;
    lits[0] = other;
    lits[1] = false_lit;
    k = other_to_watch(s, lits, size);
    if (k != NO_PLACE) {
        if (!move_watch(s, w->clause, lits, k))
            s->broken = true;
        return VISIT_MOVED;
    }
    if (solver_value(s, other) < 0)
        return VISIT_CONFLICT;
    return imply(s, w->clause, lits, size);
}

static visit visit_binary(solver *s, const watch *w, lit false_lit)
{
    if (solver_value(s, w->blocker) < 0)
        return VISIT_CONFLICT;
    iamp_solver_enqueue(
        s, w->blocker, w->clause & ~BINARY, solver_level(s, false_lit));
    return VISIT_KEEP;
}

/* Lists never grow into the one that is being read, but the pool may move. */
static uint32_t visit_list(solver *s, lit false_lit)
{
    watch_list *list = &s->watches[false_lit];
    uint32_t start = list->start, end = start + list->count;
    uint32_t read = start, write = start, conflict = NO_CLAUSE;

    while (read < end && conflict == NO_CLAUSE) {
        watch w = s->pool[read++];
        visit done = VISIT_KEEP;

        if (solver_value(s, w.blocker) <= 0)
            done = w.clause & BINARY ? visit_binary(s, &w, false_lit)
                                     : visit_long(s, &w, false_lit);
        if (done == VISIT_CONFLICT)
            conflict = w.clause & ~BINARY;
        if (done != VISIT_MOVED)
            s->pool[write++] = w;
    }
    while (read < end)
        s->pool[write++] = s->pool[read++];
    list->count = write - start;
    return conflict;
}

uint32_t iamp_solver_propagate(solver *s)
{
    uint32_t conflict = NO_CLAUSE;

    while (s->head < s->trail_count && conflict == NO_CLAUSE && *s->steps > 0 &&
           !s->broken) {
        lit false_lit = lit_not(s->trail[s->head]);

        solver_charge(s, 1 + (uint64_t)s->watches[false_lit].count);
        conflict = visit_list(s, false_lit);
        if (conflict == NO_CLAUSE)
            s->head++;
    }
    return conflict;
}

static uint32_t fitness(const solver *s, lit l)
{
    int8_t value = solver_value(s, l);

    return value > 0   ? UINT32_MAX
           : value < 0 ? solver_level(s, l)
                       : UINT32_MAX - 1;
}

void iamp_solver_order(const solver *s, lit *lits, uint32_t count)
{
    for (uint32_t place = 0; place < 2; place++) {
        uint32_t best = place;
        lit gone = lits[place];

        for (uint32_t i = place + 1; i < count; i++)
            if (fitness(s, lits[i]) > fitness(s, lits[best]))
                best = i;
        lits[place] = lits[best];
        lits[best] = gone;
    }
}

bool iamp_solver_watch_highest(solver *s, uint32_t clause)
{
    lit *lits = clause_lits(s, clause);
    uint32_t size = clause_size(s, clause);

    for (uint32_t place = 0; place < 2; place++) {
        uint32_t best = highest(s, lits, place, size);
        lit gone = lits[place];

        if (best == place)
            continue;
        lits[place] = lits[best];
        lits[best] = gone;
        if (best < 2)
            continue;
        iamp_solver_remove_watch(s, gone, clause);
        if (!iamp_solver_push_watch(
                s, lits[place], (watch){clause, lits[1 - place]}))
            return false;
    }
    return true;
}

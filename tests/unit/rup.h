/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rup.h - a log of the solver, and a checker that knows nothing of solvers:
 * a learned clause must follow from those before it by unit propagation alone.
 */
#ifndef RUP_H
#define RUP_H

#include "prove/solver.h"
#include "unit.h"

enum {
    RUP_VARIABLES = 512
};

/* As ck_assert(), which writes to a file each time, where it is asked often. */
#define MUST(condition)                     \
    do {                                    \
        if (!(condition))                   \
            ck_abort_msg("%s", #condition); \
    } while (0)

typedef struct rup_clause {
    proof_step step;
    uint32_t count;
    size_t first;
} rup_clause;

typedef struct rup {
    rup_clause *clauses;
    lit *lits;
    size_t clause_count, clause_room, lit_count, lit_room;
} rup;

static inline void *rup_room(
    void *items, size_t *room, size_t count, size_t size)
{
    if (count <= *room)
        return items;
    *room = 2 * count;
    items = realloc(items, *room * size);
    MUST(items != NULL);
    return items;
}

static inline void rup_record(
    void *user, proof_step step, const lit *clause, uint32_t count)
{
    rup *r = user;

    r->clauses = rup_room(
        r->clauses, &r->clause_room, r->clause_count + 1, sizeof(*r->clauses));
    r->lits =
        rup_room(r->lits, &r->lit_room, r->lit_count + count, sizeof(*r->lits));
    r->clauses[r->clause_count++] = (rup_clause){step, count, r->lit_count};
    for (uint32_t i = 0; i < count; i++)
        r->lits[r->lit_count++] = clause[i];
}

static inline void rup_free(rup *r)
{
    free(r->clauses);
    free(r->lits);
    *r = (rup){0};
}

/* One look at a clause: true if it is false; a last literal becomes true. */
static inline bool rup_look(
    const rup *r, const rup_clause *c, bool *is_true, bool *changed)
{
    uint32_t open = 0;
    lit last = 0;

    for (uint32_t i = 0; i < c->count; i++) {
        lit l = r->lits[c->first + i];

        if (is_true[l])
            return false;
        if (!is_true[lit_not(l)] && (open == 0 || l != last)) {
            open++;
            last = l;
        }
    }
    if (open == 1) {
        is_true[last] = true;
        *changed = true;
    }
    return open == 0;
}

/* Does clause `number` follow from those before it? */
static inline bool rup_follows(const rup *r, size_t number)
{
    bool is_true[2 * RUP_VARIABLES] = {false};
    const rup_clause *claim = &r->clauses[number];
    bool changed = true;

    for (uint32_t i = 0; i < claim->count; i++) {
        lit l = r->lits[claim->first + i];

        MUST(lit_variable(l) < RUP_VARIABLES);
        if (is_true[l])
            return true; /* it is a tautology */
        is_true[lit_not(l)] = true;
    }
    while (changed) {
        changed = false;
        for (size_t i = 0; i < number; i++)
            if (rup_look(r, &r->clauses[i], is_true, &changed))
                return true;
    }
    return false;
}

/* All that was learned; what was checked before is not checked again. */
static inline void rup_check(const rup *r, size_t from)
{
    for (size_t i = from; i < r->clause_count; i++)
        if (r->clauses[i].step == PROOF_LEARNED && !rup_follows(r, i))
            ck_abort_msg("step %zu does not follow", i);
}

#endif

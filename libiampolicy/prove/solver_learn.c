/* SPDX-License-Identifier: Apache-2.0 */
/*
 * solver_learn.c - from a conflict to a clause that prevents it.
 */
#include "prove/solver_parts.h"

void iamp_solver_log(
    const solver *s, proof_step step, const lit *lits, uint32_t count)
{
    if (s->log)
        s->log(s->log_user, step, lits, count);
}

void iamp_solver_contradiction(solver *s)
{
    s->unsatisfiable = true;
    iamp_solver_log(s, PROOF_LEARNED, s->learned, 0);
}

/* ---- Which clause --------------------------------------------------------- */

/* Variables that were seen, in s->seen, so that their marks can be cleared. */
typedef struct analysis {
    uint32_t learned; /* literals; the first is the one that is asserted */
    uint32_t seen;
    uint32_t open; /* seen literals of the conflict's level, not yet resolved */
} analysis;

static void see(solver *s, analysis *a, uint32_t number)
{
    s->variables[number].seen = 1;
    s->seen[a->seen++] = number;
}

static void forget_seen(solver *s, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        s->variables[s->seen[i]].seen = 0;
}

/* What the clause needs besides `implied` to be false. */
static void add_reasons(
    solver *s, analysis *a, uint32_t clause, lit implied, uint32_t top)
{
    const lit *lits = clause_lits(s, clause);
    uint32_t size = clause_size(s, clause);

    solver_charge(s, size);
    *clause_notes(s, clause) |= NOTE_USED;
    for (uint32_t i = 0; i < size; i++) {
        const variable_state *v = solver_variable(s, lits[i]);

        if (lits[i] == implied || v->seen || v->level == 0)
            continue;
        see(s, a, lit_variable(lits[i]));
        iamp_solver_bump(s, lit_variable(lits[i]));
        if (v->level == top)
            a->open++;
        else
            s->learned[a->learned++] = lits[i];
    }
}

/* Resolve backwards until one literal of the conflict's level is left. */
static void first_unique(solver *s, analysis *a, uint32_t clause, uint32_t top)
{
    uint32_t at = s->trail_count;
    lit implied;

    *a = (analysis){.learned = 1};
    add_reasons(s, a, clause, UINT32_MAX, top);
    for (;;) {
        do
            implied = s->trail[--at];
        while (!solver_variable(s, implied)->seen ||
               solver_level(s, implied) != top);
        if (--a->open == 0)
            break;
        add_reasons(s, a, solver_variable(s, implied)->reason, implied, top);
    }
    s->learned[0] = lit_not(implied);
}

static uint32_t level_bit(const solver *s, lit l)
{
    return UINT32_C(1) << (solver_level(s, l) & 31);
}

/* Do the reasons of `l` end in literals of the clause?  Those on the way are
 * seen then; else nothing changed. */
static bool is_implied(solver *s, analysis *a, lit l, uint32_t levels)
{
    uint32_t before = a->seen, todo = 0;

    s->todo[todo++] = l;
    while (todo > 0) {
        lit next = s->todo[--todo];
        uint32_t reason = solver_variable(s, next)->reason;
        const lit *lits = clause_lits(s, reason);
        uint32_t size = clause_size(s, reason);

        solver_charge(s, size);
        for (uint32_t i = 0; i < size; i++) {
            const variable_state *v = solver_variable(s, lits[i]);

            if (v->seen || v->level == 0)
                continue;
            if (v->reason == NO_CLAUSE || !(level_bit(s, lits[i]) & levels)) {
                forget_seen(s, before, a->seen);
                a->seen = before;
                return false;
            }
            see(s, a, lit_variable(lits[i]));
            s->todo[todo++] = lits[i];
        }
    }
    return true;
}

/* Leave out what the rest implies. */
static void minimise(solver *s, analysis *a)
{
    uint32_t levels = 0, kept = 1;

    for (uint32_t i = 1; i < a->learned; i++)
        levels |= level_bit(s, s->learned[i]);
    for (uint32_t i = 1; i < a->learned; i++) {
        lit l = s->learned[i];

        if (solver_variable(s, l)->reason == NO_CLAUSE ||
            !is_implied(s, a, l, levels))
            s->learned[kept++] = l;
    }
    a->learned = kept;
}

/* The number of levels in the clause. */
static uint32_t glue_of(solver *s, const lit *lits, uint32_t count)
{
    uint32_t glue = 0;

    if (++s->stamp == 0) { /* once in four thousand million conflicts */
        for (uint32_t i = 0; i < s->level_capacity; i++)
            s->levels[i].stamp = 0;
        s->stamp = 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        level_state *of = &s->levels[solver_level(s, lits[i])];

        glue += of->stamp != s->stamp;
        of->stamp = s->stamp;
    }
    return glue;
}

/* ---- What follows from it -------------------------------------------------- */

/* A false literal of level `top` is to be assigned, and belongs to `below`. */
static void go_back(solver *s, uint32_t top, uint32_t below)
{
    iamp_solver_backtrack(s, top - below > s->jump_most ? top - 1 : below);
}

static bool learn_unit(solver *s, lit l)
{
    go_back(s, solver_level(s, l), 0);
    iamp_solver_enqueue(s, l, NO_CLAUSE, 0);
    return true;
}

static bool learn(solver *s, uint32_t count, uint32_t glue)
{
    lit first = s->learned[0];
    uint32_t clause, below;

    iamp_solver_log(s, PROOF_LEARNED, s->learned, count);
    if (count == 1)
        return learn_unit(s, first);
    iamp_solver_order(s, s->learned, count);
    below = solver_level(s, s->learned[1]);
    clause = iamp_solver_new_clause(
        s, s->learned, count, NOTE_LEARNED | NOTE_USED | glue << GLUE_SHIFT);
    if (clause == NO_CLAUSE || !iamp_solver_attach(s, clause))
        return false;
    go_back(s, solver_level(s, first), below);
    iamp_solver_enqueue(s, first, clause, below);
    return true;
}

bool iamp_solver_resolve(solver *s, uint32_t clause)
{
    uint32_t top, below, glue;
    analysis a;

    solver_charge(s, clause_size(s, clause));
    if (!iamp_solver_watch_highest(s, clause))
        return false;
    top = solver_level(s, clause_lits(s, clause)[0]);
    below = solver_level(s, clause_lits(s, clause)[1]);
    if (top == 0) {
        iamp_solver_contradiction(s);
        return true;
    }
    if (below < top) { /* it was not noticed that one follows from the rest */
        lit forced = clause_lits(s, clause)[0];

        go_back(s, top, below);
        iamp_solver_enqueue(s, forced, clause, below);
        return true;
    }
    iamp_solver_backtrack(s, top);
    first_unique(s, &a, clause, top);
    minimise(s, &a);
    forget_seen(s, 0, a.seen);
    iamp_solver_decay(s);
    if (s->restart_left > 0)
        s->restart_left--;
    glue = glue_of(s, s->learned, a.learned);
    return learn(s, a.learned, glue);
}

/* ---- Theory --------------------------------------------------------------- */

/* The negations, each once, in s->learned. */
static uint32_t negate(solver *s, const theory_conflict *conflict)
{
    uint32_t count = 0;

    solver_charge(s, conflict->count);
    for (uint32_t i = 0; i < conflict->count; i++) {
        lit l = lit_not(conflict->lits[i]);

        assert(solver_value(s, l) < 0);
        if (solver_variable(s, l)->seen)
            continue;
        solver_variable(s, l)->seen = 1;
        s->seen[count] = lit_variable(l);
        s->learned[count++] = l;
    }
    forget_seen(s, 0, count);
    return count;
}

/* Literals that are false for good left out. */
static uint32_t without_roots(solver *s, uint32_t count)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++)
        if (solver_level(s, s->learned[i]) > 0)
            s->learned[kept++] = s->learned[i];
    return kept;
}

bool iamp_solver_refuse(solver *s, const theory_conflict *conflict)
{
    uint32_t count = negate(s, conflict), clause;

    iamp_solver_log(s, PROOF_LEMMA, s->learned, count);
    count = without_roots(s, count);
    if (count == 0) {
        iamp_solver_contradiction(s);
        return true;
    }
    if (count == 1)
        return learn_unit(s, s->learned[0]);
    iamp_solver_order(s, s->learned, count);
    clause = iamp_solver_new_clause(s, s->learned, count, 0);
    if (clause == NO_CLAUSE || !iamp_solver_attach(s, clause))
        return false;
    return iamp_solver_resolve(s, clause);
}

/* ---- Assumptions ---------------------------------------------------------- */

/* Every decision so far is an assumption. */
void iamp_solver_fail(solver *s, lit assumption)
{
    analysis a = {0};

    s->failed_count = 0;
    s->failed[s->failed_count++] = assumption;
    if (solver_level(s, assumption) > 0)
        see(s, &a, lit_variable(assumption));
    for (uint32_t i = s->trail_count; a.seen > 0 && i-- > 0;) {
        const variable_state *v = solver_variable(s, s->trail[i]);

        if (!v->seen)
            continue;
        if (v->reason == NO_CLAUSE)
            s->failed[s->failed_count++] = s->trail[i];
        else {
            const lit *lits = clause_lits(s, v->reason);

            for (uint32_t k = 0; k < clause_size(s, v->reason); k++) {
                const variable_state *of = solver_variable(s, lits[k]);

                if (!of->seen && of->level > 0)
                    see(s, &a, lit_variable(lits[k]));
            }
        }
    }
    forget_seen(s, 0, a.seen);
    for (uint32_t i = 0; i < s->failed_count; i++)
        s->learned[i] = lit_not(s->failed[i]);
    iamp_solver_log(s, PROOF_LEARNED, s->learned, s->failed_count);
}

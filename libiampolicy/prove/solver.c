/* SPDX-License-Identifier: Apache-2.0 */
/*
 * solver.c - variables and clauses come in; the search.
 */
#include "prove/solver_parts.h"

enum {
    RESTART_UNIT = 100, /* conflicts; times the Luby sequence */
    LEARNED_FIRST = 2000,
    JUMP_MOST = 32,
    POLL_CONFLICTS = 32,
    INCREMENT_FIRST = 1 << 12,
    RESTARTS_CHOOSING = 8 /* until activity decides */
};

/* ---- Life ----------------------------------------------------------------- */

iam_status iamp_solver_new(solver **out, const iam_allocator *from)
{
    solver *s = iamp_memory_acquire(from, sizeof(*s));

    *out = s;
    if (!s)
        return IAM_ENOMEM;
    *s = (solver){
        .from = from,
        .increment = INCREMENT_FIRST,
        .learned_most = LEARNED_FIRST,
        .restart_unit = RESTART_UNIT,
        .jump_most = JUMP_MOST,
        .restarts_choosing = RESTARTS_CHOOSING,
        .always = NO_PLACE,
        .justified = {NO_PLACE, 0},
    };
    for (uint32_t i = 0; i < WATCH_CLASSES; i++)
        s->free_lists[i] = NO_PLACE;
    return IAM_OK;
}

void iamp_solver_free(solver *s)
{
    if (!s)
        return;
    iamp_memory_release(s->from, s->variables);
    iamp_memory_release(s->from, s->values);
    iamp_memory_release(s->from, s->watches);
    iamp_memory_release(s->from, s->trail);
    iamp_memory_release(s->from, s->heap);
    iamp_memory_release(s->from, s->ranked);
    iamp_memory_release(s->from, s->bits);
    iamp_memory_release(s->from, s->summary);
    iamp_memory_release(s->from, s->learned);
    iamp_memory_release(s->from, s->seen);
    iamp_memory_release(s->from, s->todo);
    iamp_memory_release(s->from, s->levels);
    iamp_memory_release(s->from, s->choices);
    iamp_memory_release(s->from, s->words);
    iamp_memory_release(s->from, s->pool);
    iamp_memory_release(s->from, s->assumptions);
    iamp_memory_release(s->from, s->failed);
    iamp_memory_release(s->from, s);
}

void iamp_solver_set_theory(solver *s, const solver_theory *theory)
{
    s->theory = theory;
}

void iamp_solver_set_log(solver *s, proof_log log, void *user)
{
    s->log = log;
    s->log_user = user;
}

/* ---- Variables and clauses ------------------------------------------------ */

iam_status iamp_solver_variable(
    solver *s, bool marked, bool first_phase, uint8_t priority, uint32_t *out)
{
    uint32_t number = s->variable_count;

    if (!iamp_solver_grow_variables(s))
        return IAM_ENOMEM;
    s->variables[number] = (variable_state){
        .rank = (uint64_t)priority << PRIORITY_SHIFT,
        .reason = NO_CLAUSE,
        .place = NO_PLACE,
        .choices = NO_PLACE,
        .marked = marked,
        .phase = first_phase,
        .first_phase = first_phase,
    };
    for (lit l = lit_of(number); l <= lit_not(lit_of(number)); l++) {
        s->values[l] = 0;
        s->watches[l] = (watch_list){0};
    }
    s->variable_count++;
    s->modelled = false;
    *out = number;
    return IAM_OK;
}

uint32_t iamp_solver_variable_count(const solver *s)
{
    return s->variable_count;
}

void iamp_solver_prefer(solver *s, uint32_t variable)
{
    s->preferred = variable + 1;
}

/* Into s->learned: each literal once, without those that are false for good.
 * False if it is true anyway. */
static bool tidy(solver *s, const lit *lits, uint32_t count, uint32_t *kept)
{
    uint32_t unique = 0, seen = 0;
    bool needed = true;

    for (uint32_t i = 0; i < count && needed; i++) {
        variable_state *v = solver_variable(s, lits[i]);
        uint8_t bit = lits[i] & 1 ? 2 : 1;
        int8_t value = v->level == 0 ? solver_value(s, lits[i]) : 0;

        assert(lit_variable(lits[i]) < s->variable_count);
        if (value > 0 || (v->seen & ~bit))
            needed = false;
        if (value != 0 || v->seen)
            continue;
        v->seen = bit;
        s->seen[seen++] = lit_variable(lits[i]);
        s->learned[unique++] = lits[i];
    }
    for (uint32_t i = 0; i < seen; i++)
        s->variables[s->seen[i]].seen = 0;
    *kept = unique;
    return needed;
}

/* What is assigned stays, as far as it agrees with the new clause. */
static void make_room(solver *s, lit l, uint32_t below)
{
    if (solver_value(s, l) != 0 && solver_level(s, l) > below)
        iamp_solver_backtrack(s, solver_level(s, l) - 1);
}

static bool add_clause(solver *s, uint32_t count)
{
    uint32_t clause, below;
    lit first;

    if (count == 0) {
        iamp_solver_contradiction(s);
        return true;
    }
    if (count == 1) {
        make_room(s, s->learned[0], 0);
        iamp_solver_enqueue(s, s->learned[0], NO_CLAUSE, 0);
        return true;
    }
    iamp_solver_order(s, s->learned, count);
    clause = iamp_solver_new_clause(s, s->learned, count, 0);
    if (clause == NO_CLAUSE || !iamp_solver_attach(s, clause))
        return false;
    first = s->learned[0];
    if (solver_value(s, s->learned[1]) >= 0)
        return true;
    below = solver_level(s, s->learned[1]);
    if (solver_value(s, first) < 0)
        iamp_solver_backtrack(s, solver_level(s, first) - 1);
    else
        make_room(s, first, below);
    if (solver_value(s, s->learned[1]) < 0 && solver_value(s, first) == 0)
        iamp_solver_enqueue(s, first, clause, below);
    return true;
}

iam_status iamp_solver_clause(solver *s, const lit *lits, uint32_t count)
{
    uint32_t kept;

    if (s->broken)
        return IAM_ENOMEM;
    iamp_solver_log(s, PROOF_INPUT, lits, count);
    s->modelled = false;
    if (s->unsatisfiable || !tidy(s, lits, count, &kept))
        return IAM_OK;
    if (!add_clause(s, kept))
        s->broken = true;
    return s->broken ? IAM_ENOMEM : IAM_OK;
}

/* ---- The search ----------------------------------------------------------- */

/* 1 1 2 1 1 2 4 ...: the i-th number, from 0, of the Luby sequence. */
static uint32_t luby(uint32_t i)
{
    uint64_t size = 1;
    uint32_t power = 0;

    while (size < (uint64_t)i + 1) {
        size = 2 * size + 1;
        power++;
    }
    while (size - 1 != i) {
        size = (size - 1) / 2;
        power--;
        i = (uint32_t)(i % size);
    }
    return UINT32_C(1) << power;
}

/* The levels whose decisions would be the same ones again are kept. */
static void restart(solver *s)
{
    uint32_t keep = s->level_count < s->assumption_count ? s->level_count
                                                         : s->assumption_count;
    uint32_t next;

    s->restart_left = s->restart_unit * luby(s->restarts++ & 0xffff);
    next = iamp_solver_best(s);
    while (keep < s->level_count &&
           (next == NO_PLACE ||
               iamp_solver_better(
                   s, lit_variable(s->trail[s->levels[keep + 1].start]), next)))
        keep++;
    iamp_solver_backtrack(s, keep);
}

static lit phased(const solver *s, uint32_t number)
{
    const variable_state *v = &s->variables[number];
    bool phase = v->phase;

    /* Nobody should check what an earlier question needed. */
    if (v->marked && v->phase_solve != s->solves)
        phase = v->first_phase;
    return phase ? lit_of(number) : lit_not(lit_of(number));
}

static void decide(solver *s, lit l)
{
    solver_charge(s, 1);
    iamp_solver_new_level(s);
    iamp_solver_enqueue(s, l, NO_CLAUSE, s->level_count);
}

/* What ends the search or, SOLVER_UNKNOWN, goes on with it. */
typedef struct turn {
    bool over;
    solver_answer answer;
} turn;

static const turn go_on = {false, SOLVER_UNKNOWN};

static turn over(solver_answer answer)
{
    return (turn){true, answer};
}

static turn after_learning(solver *s, bool learned)
{
    if (!learned)
        s->broken = true;
    if (s->broken)
        return over(SOLVER_NO_MEMORY);
    return s->unsatisfiable ? over(SOLVER_UNSATISFIABLE) : go_on;
}

static turn after_theory(
    solver *s, theory_answer answer, const theory_conflict *conflict)
{
    switch (answer) {
    case THEORY_AGREES:
        break;
    case THEORY_CONFLICT:
        return after_learning(s, iamp_solver_refuse(s, conflict));
    case THEORY_STOP:
        return over(SOLVER_STOPPED);
    case THEORY_NO_MEMORY:
        s->broken = true;
        return over(SOLVER_NO_MEMORY);
    }
    return *s->steps == 0 ? over(SOLVER_UNKNOWN) : go_on;
}

/* The next marked literal that is true; what was propagated is told. */
static turn tell(solver *s, bool *told)
{
    *told = false;
    while (s->told < s->head) {
        lit l = s->trail[s->told++];
        theory_conflict conflict = {0};
        theory_answer answer;

        if ((l & 1) || !s->theory || !solver_variable(s, l)->marked)
            continue;
        *told = true;
        solver_charge(s, 1);
        answer =
            s->theory->assert_true(s->theory->user, lit_variable(l), &conflict);
        if (answer == THEORY_STOP ||
            (answer == THEORY_AGREES && *s->steps == 0))
            iamp_solver_retract(s, s->told - 1); /* to be told again */
        return after_theory(s, answer, &conflict);
    }
    return go_on;
}

static turn complete(solver *s)
{
    theory_conflict conflict = {0};
    turn t;

    if (!s->theory) {
        s->modelled = true;
        return over(SOLVER_SATISFIABLE);
    }
    solver_charge(s, 1);
    switch (s->theory->complete(s->theory->user, &conflict)) {
    case THEORY_AGREES:
        t = after_theory(s, THEORY_AGREES, &conflict);
        s->modelled = !t.over;
        return t.over ? t : over(SOLVER_SATISFIABLE);
    case THEORY_CONFLICT:
        return after_theory(s, THEORY_CONFLICT, &conflict);
    case THEORY_STOP:
        return after_theory(s, THEORY_STOP, &conflict);
    case THEORY_NO_MEMORY:
        break;
    }
    return after_theory(s, THEORY_NO_MEMORY, &conflict);
}

/* The next assumption, else what a clause needs or, when much had to be learned,
 * the best variable. */
static turn choose(solver *s)
{
    uint32_t next;

    while (s->level_count < s->assumption_count) {
        lit l = s->assumptions[s->level_count];

        if (solver_value(s, l) < 0) {
            iamp_solver_fail(s, l);
            return over(SOLVER_UNSATISFIABLE);
        }
        if (solver_value(s, l) == 0) {
            decide(s, l);
            return go_on;
        }
        iamp_solver_new_level(s);
    }
    if (s->restarts < s->restarts_choosing) {
        lit l;

        if (!iamp_solver_choose(s, &l))
            return complete(s);
        decide(s, l);
        return go_on;
    }
    next = iamp_solver_best(s);
    if (next == NO_PLACE)
        return complete(s);
    decide(s, phased(s, next));
    return go_on;
}

static turn step(solver *s)
{
    uint32_t conflict = iamp_solver_propagate(s);
    bool told;
    turn t;

    if (s->broken)
        return over(SOLVER_NO_MEMORY);
    if (conflict != NO_CLAUSE) {
        if (s->restart_left % POLL_CONFLICTS == 0 && s->theory &&
            s->theory->poll && !s->theory->poll(s->theory->user))
            return over(SOLVER_STOPPED);
        return after_learning(s, iamp_solver_resolve(s, conflict));
    }
    if (*s->steps == 0)
        return over(SOLVER_UNKNOWN);
    t = tell(s, &told);
    if (t.over || told)
        return t;
    if (s->learned_count > s->learned_most)
        iamp_solver_reduce(s);
    if (s->restart_left == 0) {
        restart(s);
        return go_on;
    }
    return choose(s);
}

/* As many levels as old and new assumptions have in common are kept. */
static bool assume(solver *s, const lit *assumptions, uint32_t count)
{
    void *levels = s->levels, *kept = s->assumptions, *failed = s->failed;
    uint32_t capacity = s->assumption_capacity, common = 0;

    if (!iamp_solver_grow(s, &levels, &s->level_capacity,
            (uint64_t)s->variable_count + count + 1, sizeof(*s->levels)))
        return false;
    s->levels = levels;
    if (!iamp_solver_grow(s, &failed, &capacity, count, sizeof(*s->failed)))
        return false;
    s->failed = failed;
    capacity = s->assumption_capacity;
    if (!iamp_solver_grow(s, &kept, &capacity, count, sizeof(*s->assumptions)))
        return false;
    s->assumptions = kept;
    s->assumption_capacity = capacity;
    while (common < count && common < s->assumption_count &&
           assumptions[common] == s->assumptions[common])
        common++;
    if (common < count || common < s->assumption_count)
        iamp_solver_backtrack(s, common);
    for (uint32_t i = 0; i < count; i++)
        s->assumptions[i] = assumptions[i];
    s->assumption_count = count;
    return true;
}

/* The last model is still there, and has these literals. */
static bool still_fits(const solver *s, const lit *assumptions, uint32_t count)
{
    if (!s->modelled)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (solver_value(s, assumptions[i]) <= 0)
            return false;
    return true;
}

solver_answer iamp_solver_solve(
    solver *s, const lit *assumptions, uint32_t count, uint64_t *steps)
{
    turn t = go_on;

    s->failed_count = 0;
    if (s->broken)
        return SOLVER_NO_MEMORY;
    if (s->unsatisfiable)
        return SOLVER_UNSATISFIABLE;
    iamp_solver_rank(s);
    if (!iamp_solver_index_choices(s)) {
        s->broken = true;
        return SOLVER_NO_MEMORY;
    }
    s->steps = steps;
    s->solves++;
    s->restarts = 0;
    s->restart_left = s->restart_unit;
    if (still_fits(s, assumptions, count))
        t = complete(s);
    else
        s->modelled = false;
    if (!t.over && !assume(s, assumptions, count)) {
        s->broken = true;
        t = over(SOLVER_NO_MEMORY);
    }
    while (!t.over)
        t = step(s);
    s->steps = NULL;
    return t.answer;
}

bool iamp_solver_value(const solver *s, uint32_t variable)
{
    return s->values[lit_of(variable)] > 0;
}

uint32_t iamp_solver_failed(const solver *s, const lit **out)
{
    *out = s->failed;
    return s->failed_count;
}

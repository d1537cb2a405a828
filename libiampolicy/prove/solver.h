/* SPDX-License-Identifier: Apache-2.0 */
/*
 * solver.h - a small CDCL solver whose variables may mean something.
 *
 * Clauses over Boolean variables; two watched literals, first unique
 * implication point, activity order with ties by number, phase saving,
 * restarts, learned clauses forgotten by activity: all deterministic.  A
 * theory is told of each marked literal that becomes true, and may refuse a
 * set of true literals: the refusal is learned as a clause.
 *
 * A marked variable means "asserted" when true and nothing when false; so a
 * theory has nothing to check of variables that nobody needed.
 */
#ifndef IAMP_SOLVER_H
#define IAMP_SOLVER_H

#include "base/arena.h"

/* 2 * variable, + 1 if negated. */
typedef uint32_t lit;

static inline lit lit_of(uint32_t number)
{
    return number * 2;
}

static inline lit lit_not(lit l)
{
    return l ^ 1;
}

static inline uint32_t lit_variable(lit l)
{
    return l / 2;
}

typedef enum solver_answer {
    SOLVER_UNKNOWN = 0, /* out of steps, or the theory could not tell */
    SOLVER_UNSATISFIABLE,
    SOLVER_SATISFIABLE,
    SOLVER_STOPPED,  /* the theory asked to stop */
    SOLVER_NO_MEMORY /* from now on always */
} solver_answer;

typedef enum theory_answer {
    THEORY_AGREES = 0,
    THEORY_CONFLICT, /* *conflict holds true marked literals that cannot all be */
    THEORY_STOP,     /* end with SOLVER_STOPPED */
    THEORY_NO_MEMORY
} theory_answer;

/* Literals that are all true; they belong to the theory, until its next call. */
typedef struct theory_conflict {
    const lit *lits;
    uint32_t count;
} theory_conflict;

/*
 * Marked variables are told in the order in which they became true, one after
 * the other, when unit propagation has come to rest.  Every call of
 * assert_true(), whatever it answered, is followed by one of retract() before
 * the variable can be told again; what is asserted when solve returns stays so
 * until a later call (solve, clause) takes it back, or the solver is freed,
 * which tells nothing.  A theory must not call the solver, but may read values.
 * THEORY_AGREES with *steps at 0 means that it could not tell: the variable is
 * retracted and told again by the next solve, as after THEORY_STOP.
 */
typedef struct solver_theory {
    void *user;
    /* A marked variable became true.  A conflict must name it. */
    theory_answer (*assert_true)(
        void *user, uint32_t variable, theory_conflict *conflict);
    /* The latest asserted variable that was not yet retracted is retracted. */
    void (*retract)(void *user, uint32_t variable);
    /* Every clause is satisfied, with false for what has no value.  A conflict
     * here may name any true marked variables.  Asked again by every solve
     * that comes to an end here, even if nothing was asserted in between. */
    theory_answer (*complete)(void *user, theory_conflict *conflict);
    /* Called once in a while, whatever the solver does; false stops it.  May be
     * NULL. */
    bool (*poll)(void *user);
} solver_theory;

/* A step of a proof, for certificates; `clause` is borrowed. */
typedef enum proof_step {
    PROOF_INPUT,  /* a clause that was added */
    PROOF_LEMMA,  /* the negation of a theory conflict */
    PROOF_LEARNED /* follows by unit propagation from those before (RUP) */
} proof_step;
typedef void (*proof_log)(
    void *user, proof_step step, const lit *clause, uint32_t count);

typedef struct solver solver;

iam_status iamp_solver_new(solver **out, const iam_allocator *from);
void iamp_solver_free(solver *s);

/* `theory` may be NULL; what it points to must outlive the solver.  Before the
 * first solve. */
void iamp_solver_set_theory(solver *s, const solver_theory *theory);

/* From now on; NULL ends it.  The empty clause ends a refutation; one under
 * assumptions ends in the clause of the negated failed ones (which is a
 * tautology where two of them contradict each other).  Input is logged as it
 * was given, and nothing is ever taken back. */
void iamp_solver_set_log(solver *s, proof_log log, void *user);

/* The next variable's number, from 0.  `marked`: the theory is told of it.
 * `priority`: where a clause needs one of its literals, one of the lowest priority
 * is made true; after some restarts, variables of the highest are decided first.
 * `first_phase`: what is tried first of those.  IAM_ENOMEM. */
iam_status iamp_solver_variable(
    solver *s, bool marked, bool first_phase, uint8_t priority, uint32_t *out);
uint32_t iamp_solver_variable_count(const solver *s);

/* This variable is decided before all others, as true. */
void iamp_solver_prefer(solver *s, uint32_t variable);

/* Duplicate literals and tautologies are taken care of.  May be called between
 * solves, and ends the model of the last one; the empty clause makes it
 * unsatisfiable for good.  IAM_ENOMEM, and then for good: a solver that lost a
 * clause answers SOLVER_NO_MEMORY. */
iam_status iamp_solver_clause(solver *s, const lit *lits, uint32_t count);

/*
 * Solve under assumptions (literals taken to be true for this call only).
 * *steps is the budget: a step is about one visited watch or decision, and the
 * theory lowers the same counter by its own work.  Learned clauses are kept, and
 * so is the trail as far as the assumptions are the same as in the last call, in
 * the same order: a question that follows another one goes on where that ended,
 * and ends at once if the last model answers it.
 */
solver_answer iamp_solver_solve(
    solver *s, const lit *assumptions, uint32_t count, uint64_t *steps);

/* After SOLVER_SATISFIABLE: the value in the model, until the next call of
 * solve or clause. */
bool iamp_solver_value(const solver *s, uint32_t variable);

/* After SOLVER_UNSATISFIABLE: the assumptions that took part; 0 if it is
 * unsatisfiable without any. */
uint32_t iamp_solver_failed(const solver *s, const lit **out);

#endif

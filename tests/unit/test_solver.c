/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_solver.c - the solver against all assignments, with a theory and
 * without; its proofs against a checker of their own.
 */
#include "rup.h"

#include <string.h>

#include "prove/solver_parts.h"

enum {
    CLAUSES_MOST = 96,
    LITS_MOST = 6,
    FORBIDDEN_MOST = 24,
    ENOUGH = 100000000
};

static uint64_t plenty;

/* ---- A puzzle, and all its assignments ------------------------------------ */

typedef struct puzzle {
    uint32_t variables; /* at most 12 */
    lit clauses[CLAUSES_MOST][LITS_MOST];
    uint32_t sizes[CLAUSES_MOST];
    uint32_t count;
    uint32_t marked;                    /* a bit a variable */
    uint32_t forbidden[FORBIDDEN_MOST]; /* sets of marked variables */
    uint32_t forbidden_count;
} puzzle;

static bool lit_in(lit l, uint32_t assignment)
{
    return (assignment >> lit_variable(l) & 1) != (l & 1);
}

static bool clause_in(const lit *lits, uint32_t count, uint32_t assignment)
{
    for (uint32_t i = 0; i < count; i++)
        if (lit_in(lits[i], assignment))
            return true;
    return false;
}

static bool is_forbidden(const puzzle *p, uint32_t assignment)
{
    for (uint32_t i = 0; i < p->forbidden_count; i++)
        if ((assignment & p->forbidden[i]) == p->forbidden[i])
            return true;
    return false;
}

static bool solves(const puzzle *p, uint32_t assignment)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (!clause_in(p->clauses[i], p->sizes[i], assignment))
            return false;
    return !is_forbidden(p, assignment);
}

static bool has_model(const puzzle *p, const lit *assumptions, uint32_t count)
{
    for (uint32_t a = 0; a < UINT32_C(1) << p->variables; a++) {
        uint32_t holds = 0;

        while (holds < count && lit_in(assumptions[holds], a))
            holds++;
        if (holds == count && solves(p, a))
            return true;
    }
    return false;
}

/* ---- A theory that knows the forbidden sets ------------------------------- */

typedef struct knower {
    const puzzle *puzzle;
    const solver *solver;
    uint32_t stack[32], depth;
    uint32_t asserted; /* a bit a variable */
    uint32_t seed;
    uint32_t patience; /* of ten: how often it says nothing before the end */
    uint32_t moods; /* of a hundred: how often it stops, or is out of steps */
    lit conflict[33];
    uint32_t calls;
} knower;

static uint32_t spell(knower *k, uint32_t set, theory_conflict *conflict)
{
    uint32_t count = 0;

    for (uint32_t v = 0; v < 32; v++)
        if (set >> v & 1)
            k->conflict[count++] = lit_of(v);
    if (count > 0 && unit_random(&k->seed) % 4 == 0) { /* one of them twice */
        k->conflict[count] = k->conflict[0];
        count++;
    }
    *conflict = (theory_conflict){k->conflict, count};
    return count;
}

static theory_answer refuse(knower *k, uint32_t need, theory_conflict *conflict)
{
    uint32_t first = unit_random(&k->seed);

    for (uint32_t i = 0; i < k->puzzle->forbidden_count; i++) {
        uint32_t set =
            k->puzzle->forbidden[(first + i) % k->puzzle->forbidden_count];

        if ((set & k->asserted) == set && (set & need) == need) {
            spell(k, set, conflict);
            return THEORY_CONFLICT;
        }
    }
    return THEORY_AGREES;
}

static theory_answer know_true(
    void *user, uint32_t variable, theory_conflict *conflict)
{
    knower *k = user;

    k->calls++;
    MUST(k->puzzle->marked >> variable & 1);
    MUST(!(k->asserted >> variable & 1));
    MUST(iamp_solver_value(k->solver, variable));
    k->stack[k->depth++] = variable;
    k->asserted |= UINT32_C(1) << variable;
    if (unit_random(&k->seed) % 100 < k->moods) {
        if (unit_random(&k->seed) & 1)
            return THEORY_STOP;
        plenty = 0;
        return THEORY_AGREES;
    }
    if (unit_random(&k->seed) % 10 < k->patience)
        return THEORY_AGREES;
    return refuse(k, UINT32_C(1) << variable, conflict);
}

static void know_retract(void *user, uint32_t variable)
{
    knower *k = user;

    MUST(k->depth > 0);
    MUST(k->stack[--k->depth] == variable);
    k->asserted &= ~(UINT32_C(1) << variable);
}

static theory_answer know_complete(void *user, theory_conflict *conflict)
{
    knower *k = user;

    for (uint32_t v = 0; v < k->puzzle->variables; v++)
        if (k->puzzle->marked >> v & 1)
            MUST(iamp_solver_value(k->solver, v) == (k->asserted >> v & 1));
    return refuse(k, 0, conflict);
}

/* ---- Random puzzles ------------------------------------------------------- */

static void random_clause(puzzle *p, uint32_t *seed)
{
    uint32_t size = unit_random(seed) % 8 == 0 ? 1 + unit_random(seed) % 2
                                               : 2 + unit_random(seed) % 4;

    p->sizes[p->count] = size;
    for (uint32_t i = 0; i < size; i++)
        p->clauses[p->count][i] =
            lit_of(unit_random(seed) % p->variables) ^ (unit_random(seed) & 1);
    p->count++;
}

static void random_puzzle(puzzle *p, uint32_t *seed, bool theory)
{
    *p = (puzzle){.variables = 2 + unit_random(seed) % 9};
    if (!theory)
        return;
    p->marked = unit_random(seed) & ((UINT32_C(1) << p->variables) - 1);
    while (p->forbidden_count < unit_random(seed) % FORBIDDEN_MOST) {
        uint32_t set = p->marked & unit_random(seed) & unit_random(seed);

        if (set != 0 || unit_random(seed) % 64 == 0)
            p->forbidden[p->forbidden_count++] = set;
    }
}

static solver *solver_of(const puzzle *p, uint32_t *seed)
{
    solver *s;

    MUST(iamp_solver_new(&s, NULL) == IAM_OK);
    for (uint32_t i = 0; i < p->variables; i++) {
        uint32_t number;

        ck_assert_int_eq(
            iamp_solver_variable(s, p->marked >> i & 1, unit_random(seed) & 1,
                (uint8_t)(unit_random(seed) % 3), &number),
            IAM_OK);
        MUST(number == i);
    }
    /* The paths that only large puzzles take otherwise. */
    if (unit_random(seed) % 4 == 0)
        iamp_solver_prefer(s, unit_random(seed) % p->variables);
    s->jump_most = unit_random(seed) % 3;
    s->learned_most = unit_random(seed) % 8;
    s->restart_unit = 1 + unit_random(seed) % 4;
    s->restarts_choosing = unit_random(seed) % 4;
    return s;
}

static uint32_t model_of(const solver *s, uint32_t variables)
{
    uint32_t model = 0;

    for (uint32_t v = 0; v < variables; v++)
        model |= (uint32_t)iamp_solver_value(s, v) << v;
    return model;
}

static void check_lemmas(const puzzle *p, const rup *log)
{
    for (size_t i = 0; i < log->clause_count; i++) {
        uint32_t set = 0;

        if (log->clauses[i].step != PROOF_LEMMA)
            continue;
        for (uint32_t k = 0; k < log->clauses[i].count; k++) {
            lit l = log->lits[log->clauses[i].first + k];

            MUST(l & 1);
            set |= UINT32_C(1) << lit_variable(l);
        }
        MUST(is_forbidden(p, set));
    }
}

/* An answer, its model or its core, its proof. */
static void check_solve(const puzzle *p, solver *s, const rup *log,
    const lit *assumptions, uint32_t count)
{
    size_t before = log->clause_count;
    bool expected = has_model(p, assumptions, count);
    solver_answer answer;
    const lit *failed;
    uint32_t failed_count;

    do {
        plenty = UINT64_MAX;
        answer = iamp_solver_solve(s, assumptions, count, &plenty);
    } while (answer == SOLVER_STOPPED || answer == SOLVER_UNKNOWN);
    MUST(answer == (expected ? SOLVER_SATISFIABLE : SOLVER_UNSATISFIABLE));
    if (expected) {
        uint32_t model = model_of(s, p->variables);

        MUST(solves(p, model));
        for (uint32_t i = 0; i < count; i++)
            MUST(lit_in(assumptions[i], model));
    } else {
        failed_count = iamp_solver_failed(s, &failed);
        MUST(failed_count <= count);
        for (uint32_t i = 0; i < failed_count; i++) {
            uint32_t k = 0;

            while (k < count && assumptions[k] != failed[i])
                k++;
            MUST(k < count);
        }
        MUST(!has_model(p, failed, failed_count));
    }
    rup_check(log, before);
    check_lemmas(p, log);
}

static void play(uint32_t seed, bool theory)
{
    puzzle p;
    knower k = {.puzzle = &p, .seed = seed ^ 0x10000055u}; /* not 0 */
    const solver_theory of_knower = {
        &k, know_true, know_retract, know_complete, NULL};
    rup log = {0};
    solver *s;

    random_puzzle(&p, &seed, theory);
    s = solver_of(&p, &seed);
    k.solver = s;
    k.patience = unit_random(&seed) % 11;
    k.moods = unit_random(&seed) % 3 == 0 ? 20 : 0;
    iamp_solver_set_log(s, rup_record, &log);
    if (theory)
        iamp_solver_set_theory(s, &of_knower);
    for (uint32_t round = 0; round < 6; round++) {
        uint32_t more = unit_random(&seed) % 12;
        lit assumptions[4];
        uint32_t count = unit_random(&seed) % 5;

        while (more-- > 0) {
            random_clause(&p, &seed);
            MUST(iamp_solver_clause(s, p.clauses[p.count - 1],
                     p.sizes[p.count - 1]) == IAM_OK);
        }
        for (uint32_t i = 0; i < count; i++)
            assumptions[i] = lit_of(unit_random(&seed) % p.variables) ^
                             (unit_random(&seed) & 1);
        check_solve(&p, s, &log, assumptions, count);
        check_solve(&p, s, &log, assumptions, count / 2);
    }
    iamp_solver_free(s);
    rup_free(&log);
}

START_TEST(test_random)
{
    for (uint32_t i = 1; i <= 200; i++)
        play((uint32_t)_i * 1000 + i, false);
}
END_TEST

START_TEST(test_random_theory)
{
    for (uint32_t i = 1; i <= 200; i++)
        play((uint32_t)_i * 7777 + i, true);
}
END_TEST

/* ---- By hand -------------------------------------------------------------- */

static solver *fresh(uint32_t variables, bool marked, bool phase)
{
    solver *s;
    uint32_t number;

    ck_assert_int_eq(iamp_solver_new(&s, NULL), IAM_OK);
    while (variables-- > 0)
        MUST(iamp_solver_variable(s, marked, phase, 0, &number) == IAM_OK);
    return s;
}

static void clause(solver *s, uint32_t count, lit a, lit b, lit c)
{
    MUST(iamp_solver_clause(s, (lit[]){a, b, c}, count) == IAM_OK);
}

START_TEST(test_small)
{
    solver *s = fresh(0, false, false);
    const lit *failed;

    ck_assert_int_eq(
        iamp_solver_solve(s, NULL, 0, &plenty), SOLVER_SATISFIABLE);
    ck_assert_int_eq(iamp_solver_clause(s, NULL, 0), IAM_OK);
    ck_assert_int_eq(
        iamp_solver_solve(s, NULL, 0, &plenty), SOLVER_UNSATISFIABLE);
    ck_assert_uint_eq(iamp_solver_failed(s, &failed), 0);
    iamp_solver_free(s);
    iamp_solver_free(NULL);
}
END_TEST

START_TEST(test_assumptions_that_disagree)
{
    solver *s = fresh(2, false, false);
    const lit *failed;
    lit both[] = {2, 0, 2, 1};

    ck_assert_int_eq(
        iamp_solver_solve(s, both, 4, &plenty), SOLVER_UNSATISFIABLE);
    ck_assert_uint_eq(iamp_solver_failed(s, &failed), 2);
    ck_assert(failed[0] == 1 && failed[1] == 0);
    ck_assert_int_eq(
        iamp_solver_solve(s, both, 3, &plenty), SOLVER_SATISFIABLE);
    ck_assert(iamp_solver_value(s, 0) && iamp_solver_value(s, 1));
    iamp_solver_free(s);
}
END_TEST

START_TEST(test_phases_and_priorities)
{
    solver *s = fresh(0, false, false);
    uint32_t low, high;

    ck_assert_int_eq(iamp_solver_variable(s, false, true, 0, &low), IAM_OK);
    ck_assert_int_eq(iamp_solver_variable(s, false, true, 9, &high), IAM_OK);
    s->restarts_choosing = 0;
    clause(s, 2, lit_not(lit_of(low)), lit_not(lit_of(high)), 0);
    ck_assert_int_eq(
        iamp_solver_solve(s, NULL, 0, &plenty), SOLVER_SATISFIABLE);
    ck_assert(iamp_solver_value(s, high) && !iamp_solver_value(s, low));
    iamp_solver_free(s);
}
END_TEST

/* Only what a clause needs is made true, whatever the phases. */
START_TEST(test_choices)
{
    solver *s = fresh(0, false, false);
    uint32_t low, high, idle;

    ck_assert_int_eq(iamp_solver_variable(s, false, true, 0, &low), IAM_OK);
    ck_assert_int_eq(iamp_solver_variable(s, false, true, 9, &high), IAM_OK);
    ck_assert_int_eq(iamp_solver_variable(s, false, true, 0, &idle), IAM_OK);
    clause(s, 2, lit_of(high), lit_of(low), 0);
    clause(s, 2, lit_not(lit_of(idle)), lit_of(high), 0);
    ck_assert_int_eq(
        iamp_solver_solve(s, NULL, 0, &plenty), SOLVER_SATISFIABLE);
    ck_assert(iamp_solver_value(s, low) && !iamp_solver_value(s, high) &&
              !iamp_solver_value(s, idle));
    iamp_solver_prefer(s, idle);
    clause(s, 1, lit_not(lit_of(low)), 0, 0);
    ck_assert_int_eq(
        iamp_solver_solve(s, NULL, 0, &plenty), SOLVER_SATISFIABLE);
    ck_assert(!iamp_solver_value(s, low) && iamp_solver_value(s, high) &&
              iamp_solver_value(s, idle));
    iamp_solver_free(s);
}
END_TEST

/* ---- Larger ones ---------------------------------------------------------- */

/* `holes` + 1 pigeons. */
static solver *pigeons(uint32_t holes, rup *log)
{
    solver *s = fresh((holes + 1) * holes, false, false);
    lit lits[16];

    if (log)
        iamp_solver_set_log(s, rup_record, log);
    for (uint32_t p = 0; p <= holes; p++) {
        for (uint32_t h = 0; h < holes; h++)
            lits[h] = lit_of(p * holes + h);
        ck_assert_int_eq(iamp_solver_clause(s, lits, holes), IAM_OK);
    }
    for (uint32_t h = 0; h < holes; h++)
        for (uint32_t p = 0; p <= holes; p++)
            for (uint32_t q = 0; q < p; q++)
                clause(s, 2, lit_not(lit_of(p * holes + h)),
                    lit_not(lit_of(q * holes + h)), 0);
    return s;
}

START_TEST(test_pigeons)
{
    rup log = {0};
    solver *s = pigeons(5, &log);
    uint64_t steps = ENOUGH;

    ck_assert_int_eq(
        iamp_solver_solve(s, NULL, 0, &steps), SOLVER_UNSATISFIABLE);
    rup_check(&log, 0);
    ck_assert_uint_eq(log.clauses[log.clause_count - 1].count, 0);
    rup_free(&log);
    iamp_solver_free(s);
    s = pigeons(8, NULL);
    ck_assert_int_eq(
        iamp_solver_solve(s, NULL, 0, &steps), SOLVER_UNSATISFIABLE);
    iamp_solver_free(s);
}
END_TEST

static void random_three(solver *s, uint32_t variables, uint32_t count,
    uint32_t *seed, lit (*kept)[3])
{
    for (uint32_t i = 0; i < count; i++) {
        lit lits[3];

        for (uint32_t k = 0; k < 3; k++)
            lits[k] =
                lit_of(unit_random(seed) % variables) ^ (unit_random(seed) & 1);
        if (kept)
            memcpy(kept[i], lits, sizeof(lits));
        clause(s, 3, lits[0], lits[1], lits[2]);
    }
}

static bool is_model(const solver *s, lit (*clauses)[3], uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        bool some = false;

        for (uint32_t k = 0; k < 3; k++)
            some |= iamp_solver_value(s, lit_variable(clauses[i][k])) !=
                    (clauses[i][k] & 1);
        if (!some)
            return false;
    }
    return true;
}

/* Where about half of them have a solution. */
START_TEST(test_three_sat)
{
    static const struct {
        uint32_t variables, clauses;
        bool logged;
    } sizes[] = {{60, 262, true}, {200, 860, false}};
    static lit clauses[1000][3];
    uint32_t answers[2] = {0};

    for (uint32_t i = 0; i < 8; i++) {
        uint32_t seed = (uint32_t)_i * 100 + i + 1;
        solver *s = fresh(sizes[_i].variables, false, i & 1);
        uint64_t steps = ENOUGH;
        rup log = {0};
        solver_answer answer;

        if (sizes[_i].logged)
            iamp_solver_set_log(s, rup_record, &log);
        random_three(s, sizes[_i].variables, sizes[_i].clauses, &seed, clauses);
        answer = iamp_solver_solve(s, NULL, 0, &steps);
        ck_assert(
            answer == SOLVER_SATISFIABLE || answer == SOLVER_UNSATISFIABLE);
        if (answer == SOLVER_SATISFIABLE)
            ck_assert(is_model(s, clauses, sizes[_i].clauses));
        answers[answer == SOLVER_SATISFIABLE]++;
        rup_check(&log, 0);
        rup_free(&log);
        iamp_solver_free(s);
    }
    ck_assert(answers[0] > 0 && answers[1] > 0);
}
END_TEST

/* ---- A thousand lemmas ---------------------------------------------------- */

/* No two neighbours, and none of the first half. */
typedef struct neighbours {
    uint32_t count;
    bool asserted[5000];
    lit conflict[2];
    uint64_t calls;
} neighbours;

static theory_answer meet(
    void *user, uint32_t variable, theory_conflict *conflict)
{
    neighbours *n = user;

    n->calls++;
    n->asserted[variable] = true;
    n->conflict[0] = lit_of(variable);
    *conflict = (theory_conflict){n->conflict, 1};
    if (variable < n->count / 2)
        return THEORY_CONFLICT;
    conflict->count = 2;
    n->conflict[1] = lit_of(variable - 1);
    if (n->asserted[variable - 1])
        return THEORY_CONFLICT;
    n->conflict[1] = lit_of(variable + 1);
    return variable + 1 < n->count && n->asserted[variable + 1]
               ? THEORY_CONFLICT
               : THEORY_AGREES;
}

static void part(void *user, uint32_t variable)
{
    neighbours *n = user;

    n->asserted[variable] = false;
}

static theory_answer accept(void *user, theory_conflict *conflict)
{
    (void)user;
    (void)conflict;
    return THEORY_AGREES;
}

/* A lemma undoes a decision, not all of them: the work grows with their number
 * alone, and the next question starts where the last one ended. */
START_TEST(test_many_lemmas)
{
    static neighbours n;
    const solver_theory theory = {&n, meet, part, accept, NULL};
    solver *s = fresh(COUNT_OF(n.asserted), true, true);
    uint64_t steps = ENOUGH;

    n = (neighbours){.count = COUNT_OF(n.asserted)};
    iamp_solver_set_theory(s, &theory);
    ck_assert_int_eq(iamp_solver_solve(s, NULL, 0, &steps), SOLVER_SATISFIABLE);
    ck_assert_uint_lt(ENOUGH - steps, 10 * COUNT_OF(n.asserted));
    ck_assert_uint_lt(n.calls, 4 * COUNT_OF(n.asserted));
    for (uint32_t i = 0; i < 1000; i++) {
        steps = 4 * COUNT_OF(n.asserted);
        clause(s, 1, lit_not(lit_of(4999 - i)), 0, 0);
        ck_assert_int_eq(
            iamp_solver_solve(s, NULL, 0, &steps), SOLVER_SATISFIABLE);
    }
    iamp_solver_free(s);
}
END_TEST

/* ---- Limits --------------------------------------------------------------- */

START_TEST(test_steps)
{
    solver *s = pigeons(9, NULL);
    uint64_t steps = 50000, used = 0;
    solver_answer answer;

    ck_assert_int_eq(iamp_solver_solve(s, NULL, 0, &steps), SOLVER_UNKNOWN);
    ck_assert_uint_eq(steps, 0);
    ck_assert_int_eq(iamp_solver_solve(s, NULL, 0, &steps), SOLVER_UNKNOWN);
    do { /* a little at a time ends too */
        steps = 20000;
        used += steps;
        answer = iamp_solver_solve(s, NULL, 0, &steps);
    } while (answer == SOLVER_UNKNOWN && used < ENOUGH);
    ck_assert_int_eq(answer, SOLVER_UNSATISFIABLE);
    iamp_solver_free(s);
}
END_TEST

static theory_answer give_up(
    void *user, uint32_t variable, theory_conflict *conflict)
{
    (void)user;
    (void)variable;
    (void)conflict;
    return THEORY_NO_MEMORY;
}

START_TEST(test_theory_without_memory)
{
    static neighbours n;
    const solver_theory theory = {&n, give_up, part, accept, NULL};
    solver *s = fresh(1, true, true);

    iamp_solver_set_theory(s, &theory);
    s->restarts_choosing = 0; /* so that it is decided though nobody needs it */
    ck_assert_int_eq(iamp_solver_solve(s, NULL, 0, &plenty), SOLVER_NO_MEMORY);
    ck_assert_int_eq(iamp_solver_solve(s, NULL, 0, &plenty), SOLVER_NO_MEMORY);
    iamp_solver_free(s);
}
END_TEST

/* What was learned, in order, is the same in every run. */
START_TEST(test_same_again)
{
    rup logs[2] = {0};

    for (uint32_t run = 0; run < 2; run++) {
        solver *s = fresh(60, false, false);
        uint64_t steps = ENOUGH;
        uint32_t seed = 4;

        iamp_solver_set_log(s, rup_record, &logs[run]);
        random_three(s, 60, 262, &seed, NULL);
        ck_assert_int_ne(iamp_solver_solve(s, NULL, 0, &steps), SOLVER_UNKNOWN);
        iamp_solver_free(s);
    }
    ck_assert_uint_eq(logs[0].lit_count, logs[1].lit_count);
    ck_assert_mem_eq(
        logs[0].lits, logs[1].lits, logs[0].lit_count * sizeof(*logs[0].lits));
    rup_free(&logs[0]);
    rup_free(&logs[1]);
}
END_TEST

/* A puzzle with a theory, made and solved with n allocations. */
static bool solve_poorly(size_t n)
{
    iam_allocator poor = unit_failing_allocator(n);
    static const puzzle p = {.forbidden = {0x300, 0xc00, 0x11},
        .forbidden_count = 3,
        .marked = 0xffff,
        .variables = 16};
    knower k = {.puzzle = &p, .seed = 9};
    const solver_theory theory = {
        &k, know_true, know_retract, know_complete, NULL};
    uint64_t steps = ENOUGH;
    uint32_t number, seed = 77;
    iam_status status;
    solver *s;

    status = iamp_solver_new(&s, &poor);
    k.solver = s;
    if (status == IAM_OK)
        iamp_solver_set_theory(s, &theory);
    for (uint32_t i = 0; i < 16 && status == IAM_OK; i++)
        status = iamp_solver_variable(s, true, true, 0, &number);
    for (uint32_t i = 0; i < 60 && status == IAM_OK; i++) {
        lit lits[4];

        for (uint32_t j = 0; j < 4; j++)
            lits[j] = unit_random(&seed) % 32;
        status = iamp_solver_clause(s, lits, 4);
    }
    if (status == IAM_OK) {
        solver_answer answer = iamp_solver_solve(s, (lit[]){0, 4}, 2, &steps);

        if (answer == SOLVER_NO_MEMORY) {
            status = IAM_ENOMEM;
            ck_assert_int_eq(
                iamp_solver_solve(s, NULL, 0, &steps), SOLVER_NO_MEMORY);
            ck_assert_int_eq(iamp_solver_clause(s, (lit[]){0}, 1), IAM_ENOMEM);
        } else
            ck_assert_int_ne(answer, SOLVER_UNKNOWN);
    }
    iamp_solver_free(s);
    return status == IAM_OK;
}

START_TEST(test_every_allocation_may_fail)
{
    size_t n = 0;

    while (!solve_poorly(n))
        n++;
    ck_assert_uint_gt(n, 15);
}
END_TEST

static void setup(void)
{
    plenty = UINT64_MAX;
}

UNIT_SUITE(solver, setup, NULL, tcase_add_loop_test(tc, test_random, 0, 20);
           tcase_add_loop_test(tc, test_random_theory, 0, 20);
           tcase_add_test(tc, test_small);
           tcase_add_test(tc, test_assumptions_that_disagree);
           tcase_add_test(tc, test_phases_and_priorities);
           tcase_add_test(tc, test_choices); tcase_add_test(tc, test_pigeons);
           tcase_add_loop_test(tc, test_three_sat, 0, 2);
           tcase_add_test(tc, test_many_lemmas); tcase_add_test(tc, test_steps);
           tcase_add_test(tc, test_theory_without_memory);
           tcase_add_test(tc, test_same_again);
           tcase_add_test(tc, test_every_allocation_may_fail);)

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * solver_parts.h - what the files of the solver share.
 *
 * A literal may be assigned below the current level: what a learned clause
 * forces belongs to the level of its other literals, and is kept where it
 * stands when only levels above that are undone (chronological backtracking).
 * So a unit that is learned a thousand decisions deep undoes one of them.  The
 * price: levels on the trail are not sorted, and
 *  - what is undone is found by level, not by place; what stays moves down, and
 *    is propagated again;
 *  - a clause with a false watch has its other watch true, at no higher level,
 *    or the false one is still to be propagated;
 *  - a conflict belongs to the highest level among its literals, and may hold
 *    one literal of that level only.
 */
#ifndef IAMP_SOLVER_PARTS_H
#define IAMP_SOLVER_PARTS_H

#include "prove/solver.h"

/* A clause is the place of its header among the words: size, notes, literals.
 * The two watched literals come first. */
enum {
    HEADER_WORDS = 2,
    WATCH_CLASSES = 28
};

/* notes: these bits, and from GLUE_SHIFT on the number of levels that it spans */
#define NOTE_LEARNED 1u /* may be forgotten */
#define NOTE_USED    2u /* took part in a conflict since the last reduction */
#define NOTE_GARBAGE 4u
#define GLUE_SHIFT   3

/* rank: the activity below, the priority above */
#define PRIORITY_SHIFT 56

#define NO_CLAUSE  UINT32_MAX
#define NO_PLACE   UINT32_MAX
#define WORDS_MOST 0x7fffffffu /* so that a watch has a bit to spare */
#define BINARY     0x80000000u

typedef struct watch {
    uint32_t clause; /* | BINARY */
    lit blocker;     /* another literal: if true, nothing is to be done */
} watch;

/* A piece of the pool of watches, of 2 << class entries. */
typedef struct watch_list {
    uint32_t start, count, class;
} watch_list;

typedef struct variable_state {
    uint64_t rank;  /* priority above all, activity below */
    uint32_t level; /* where assigned */
    uint32_t reason;
    uint32_t place;       /* in the heap if active, else among the ranked */
    uint32_t phase_solve; /* the solve in which the phase was saved */
    bool marked, phase, first_phase;
    bool active; /* took part in a conflict */
    uint8_t seen;
    uint32_t choices; /* clauses with its negation: the first, or NO_PLACE */
} variable_state;

/* How far clauses were found to need no choice: of those without negated
 * literals the next one, and so much of the trail. */
typedef struct justified {
    uint32_t always, trail;
} justified;

typedef struct level_state {
    uint32_t start;      /* on the trail */
    uint32_t stamp;      /* for counting levels */
    justified justified; /* when it began */
} level_state;

/* A clause that some literal has to be chosen of, perhaps. */
typedef struct choice {
    uint32_t clause, next; /* NO_PLACE: none */
} choice;

struct solver {
    const iam_allocator *from;
    const solver_theory *theory;
    proof_log log;
    void *log_user;
    bool broken;        /* memory ran out: nothing is answered any more */
    bool unsatisfiable; /* for good */

    variable_state *variables;
    int8_t *values;      /* by literal: 1 true, -1 false, 0 neither */
    watch_list *watches; /* by literal */
    lit *trail;          /* assigned literals */
    uint32_t *heap;      /* active variables that may be free, best first */
    uint32_t *ranked;    /* all variables, by priority and number */
    uint64_t *bits;      /* those of them that may be free and are not active */
    uint64_t *summary;   /* the words of `bits` that are not 0 */
    uint32_t bits_capacity, summary_capacity;
    lit *learned;   /* three buffers of one literal a variable */
    uint32_t *seen; /* variables to clear */
    uint32_t *todo;
    uint32_t variable_count, variable_capacity;
    uint32_t trail_count, head, told; /* propagated; known to the theory */
    uint32_t heap_count, ranked_count;

    level_state *levels; /* [0] is unused */
    uint32_t level_count, level_capacity, stamp;

    choice *choices;
    uint32_t choice_count, choice_capacity;
    uint32_t always;  /* the first without negated literals, or NO_PLACE */
    uint32_t indexed; /* words whose clauses are among them */
    justified justified;
    uint32_t preferred; /* + 1: decided first, as true; 0: none */

    uint32_t *words;
    uint32_t word_count, word_capacity;
    watch *pool;
    uint32_t pool_count, pool_capacity;
    uint32_t free_lists[WATCH_CLASSES];

    lit *assumptions, *failed;
    uint32_t assumption_count, assumption_capacity, failed_count;

    uint64_t increment; /* of an activity */
    uint32_t solves;
    bool modelled; /* what is assigned, and false for the rest, is a model */
    uint32_t learned_count, learned_most; /* clauses that may be forgotten */
    uint32_t restarts, restart_left, restart_unit;
    uint32_t restarts_choosing; /* so many before activity decides */
    uint32_t jump_most; /* levels that are undone although one would do */
    uint64_t *steps;    /* of the call */
};

static inline int8_t solver_value(const solver *s, lit l)
{
    return s->values[l];
}

static inline variable_state *solver_variable(const solver *s, lit l)
{
    return &s->variables[lit_variable(l)];
}

static inline uint32_t solver_level(const solver *s, lit l)
{
    return solver_variable(s, l)->level;
}

static inline lit *clause_lits(const solver *s, uint32_t clause)
{
    return s->words + clause + HEADER_WORDS;
}

static inline uint32_t clause_size(const solver *s, uint32_t clause)
{
    return s->words[clause];
}

static inline uint32_t *clause_notes(const solver *s, uint32_t clause)
{
    return &s->words[clause + 1];
}

static inline uint32_t clause_after(const solver *s, uint32_t clause)
{
    return clause + HEADER_WORDS + clause_size(s, clause);
}

/* Work of `n` steps was done. */
static inline void solver_charge(solver *s, uint64_t n)
{
    *s->steps = *s->steps > n ? *s->steps - n : 0;
}

/* solver_memory.c */

/* Room for `count` items of `size` bytes where there was room for *capacity:
 * twice as many at least.  False if memory ran out; nothing changed then. */
bool iamp_solver_grow(const solver *s, void **items, uint32_t *capacity,
    uint64_t count, size_t size);
/* Room for one more variable. */
bool iamp_solver_grow_variables(solver *s);

/* A new clause of at least two literals, not yet watched; NO_CLAUSE if memory
 * ran out. */
uint32_t iamp_solver_new_clause(
    solver *s, const lit *lits, uint32_t count, uint32_t notes);
/* Watch its first two literals. */
bool iamp_solver_attach(solver *s, uint32_t clause);
bool iamp_solver_push_watch(solver *s, lit l, watch w);
void iamp_solver_remove_watch(solver *s, lit l, uint32_t clause);
/* Forget half of the learned clauses, and all that are true for good. */
void iamp_solver_reduce(solver *s);

/* solver_order.c */

/* Before the search: variables that are new find their place. */
void iamp_solver_rank(solver *s);
/* It is free again. */
void iamp_solver_offer(solver *s, uint32_t number);
/* The best free variable; NO_PLACE if there is none. */
uint32_t iamp_solver_best(solver *s);
bool iamp_solver_better(const solver *s, uint32_t a, uint32_t b);
void iamp_solver_bump(solver *s, uint32_t number);
void iamp_solver_decay(solver *s);

/* solver_choice.c */

/* Before the search: clauses that are new find their place.  No memory: false. */
bool iamp_solver_index_choices(solver *s);
/* Clauses moved: all are to be indexed again. */
void iamp_solver_forget_choices(solver *s);
/* A literal that makes a clause true which needs it; false if none does. */
bool iamp_solver_choose(solver *s, lit *out);

/* solver_trail.c */

void iamp_solver_enqueue(solver *s, lit l, uint32_t reason, uint32_t at_level);
void iamp_solver_new_level(solver *s);
/* The theory is to know of so many literals of the trail only. */
void iamp_solver_retract(solver *s, uint32_t down_to);
/* Undo what belongs to levels above this one. */
void iamp_solver_backtrack(solver *s, uint32_t to);
/* Unit propagation until it rests or steps are out: a false clause, or
 * NO_CLAUSE. */
uint32_t iamp_solver_propagate(solver *s);
/* The two that are best to watch come first: true ones, free ones, then false
 * ones of high levels. */
void iamp_solver_order(const solver *s, lit *lits, uint32_t count);
/* The same for the watches of a false clause.  No memory: false. */
bool iamp_solver_watch_highest(solver *s, uint32_t clause);

/* solver_learn.c */

/* Learn from a false clause, and assign what follows.  No memory: false. */
bool iamp_solver_resolve(solver *s, uint32_t clause);
/* The same for a conflict of the theory. */
bool iamp_solver_refuse(solver *s, const theory_conflict *conflict);
/* An assumption is false: which ones took part. */
void iamp_solver_fail(solver *s, lit assumption);
void iamp_solver_log(
    const solver *s, proof_step step, const lit *lits, uint32_t count);
/* The empty clause was found. */
void iamp_solver_contradiction(solver *s);

#endif

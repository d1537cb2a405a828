/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_find.c - the answer to a query: what pairs of patterns tell, likely
 * words, and a search for the rest.
 */
#include "prove/word_parts.h"

enum {
    STACK_PATTERNS = 64,
    PAIRS = 12,         /* negatives of which each pair is compared */
    CORE_SEARCHES = 16, /* as dear as the first, for a smaller core, and */
    CORE_STEPS = 4096   /* so many more */
};

/* A query that shrinks.  The arrays have room for all its patterns. */
typedef struct task {
    const word_query *query;
    uint64_t *steps;
    bool *core_positive, *core_negative; /* may be NULL */
    arena *mem;
    uint32_t *positive, *negative; /* numbers of those that are left */
    const word_pattern **pattern;  /* the same as patterns, for a search */
    bool *used;
    uint32_t positives, negatives;
} task;

static const word_result unknown = {.answer = WORD_UNKNOWN};

static const word_pattern *positive_of(const task *t, uint32_t i)
{
    return t->query->positive[t->positive[i]];
}

static const word_pattern *negative_of(const task *t, uint32_t i)
{
    return t->query->negative[t->negative[i]];
}

static bool pay(task *t, uint64_t work)
{
    bool enough = work <= *t->steps;

    *t->steps -= enough ? work : *t->steps;
    return enough;
}

static void mark(bool *core, uint32_t i)
{
    if (core)
        core[i] = true;
}

/* --- pairs ------------------------------------------------------------------ */

/* Two positives without a common word: both are the core. */
static bool find_disjoint(task *t, uint64_t *work)
{
    for (uint32_t i = 0; i < t->positives; i++)
        for (uint32_t k = i + 1; k < t->positives && *work <= *t->steps; k++)
            if (iamp_word_disjoint_work(
                    positive_of(t, i), positive_of(t, k), work)) {
                mark(t->core_positive, t->positive[i]);
                mark(t->core_positive, t->positive[k]);
                return true;
            }
    return false;
}

/* A positive that has all words of another one says nothing. */
static void drop_wide_positives(task *t, uint64_t *work)
{
    for (uint32_t i = 0; i < t->positives; i++) {
        uint32_t kept = 0;

        for (uint32_t k = 0; k < t->positives; k++) {
            bool wider = k != i && *work <= *t->steps &&
                         iamp_word_within_work(
                             positive_of(t, i), positive_of(t, k), work);

            if (!wider) {
                i = k == i ? kept : i;
                t->positive[kept++] = t->positive[k];
            }
        }
        t->positives = kept;
    }
}

static bool takes_all(const word_pattern *p)
{
    return p->count == 1 && p->tokens[0].type == WORD_RUN &&
           p->tokens[0].class == CLASS_ANY;
}

/* The negative has all words of a positive, or all there are. */
static bool covers(task *t, uint32_t negative, uint64_t *work)
{
    const word_pattern *n = t->query->negative[negative];

    if (takes_all(n))
        return true;
    for (uint32_t i = 0; i < t->positives; i++)
        if (iamp_word_within_work(positive_of(t, i), n, work)) {
            mark(t->core_positive, t->positive[i]);
            return true;
        }
    return false;
}

static bool is_apart(task *t, uint32_t negative, uint64_t *work)
{
    for (uint32_t i = 0; i < t->positives; i++)
        if (iamp_word_disjoint_work(
                t->query->negative[negative], positive_of(t, i), work))
            return true;
    return false;
}

/* Negatives that have no word of some positive say nothing; one that has all
 * words of a positive is the end: true. */
static bool look_at_negatives(task *t, uint64_t *work)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < t->negatives; i++) {
        uint32_t negative = t->negative[i];

        if (*work <= *t->steps) {
            if (covers(t, negative, work)) {
                mark(t->core_negative, negative);
                return true;
            }
            if (is_apart(t, negative, work))
                continue;
        }
        t->negative[kept++] = negative;
    }
    t->negatives = kept;
    return false;
}

/* A negative all of whose words are another one's says nothing. */
static void drop_narrow_negatives(task *t, uint64_t *work)
{
    if (t->negatives > PAIRS)
        return;
    for (uint32_t i = 0; i < t->negatives; i++) {
        uint32_t kept = 0;

        for (uint32_t k = 0; k < t->negatives; k++) {
            bool narrower = k != i && *work <= *t->steps &&
                            iamp_word_within_work(
                                negative_of(t, k), negative_of(t, i), work);

            if (!narrower) {
                i = k == i ? kept : i;
                t->negative[kept++] = t->negative[k];
            }
        }
        t->negatives = kept;
    }
}

/* --- the rest ----------------------------------------------------------------- */

/* Those that are left, without number `but` of positives, then negatives. */
static word_query query_without(task *t, uint32_t but)
{
    uint32_t count = 0, positives = 0;

    for (uint32_t i = 0; i < t->positives + t->negatives; i++) {
        if (i == but)
            continue;
        positives += i < t->positives;
        t->pattern[count++] = i < t->positives
                                  ? positive_of(t, i)
                                  : negative_of(t, i - t->positives);
    }
    return (word_query){
        t->pattern, t->pattern + positives, positives, count - positives};
}

static word_result search(task *t, const word_query *q, uint64_t *steps)
{
    word_search s = {.query = *q,
        .used_positive = t->used,
        .used_negative = t->used + q->positive_count,
        .only_answer = steps != t->steps,
        .mem = t->mem};

    s.steps = steps;
    return iamp_word_search(&s);
}

/* Only what the last search used is left; number `but` took no part in it. */
static void keep_used(task *t, uint32_t but)
{
    uint32_t positives = 0, negatives = 0, at = 0;

    for (uint32_t i = 0; i < t->positives; i++)
        if (i != but && t->used[at++])
            t->positive[positives++] = t->positive[i];
    for (uint32_t i = 0; i < t->negatives; i++)
        if (i + t->positives != but && t->used[at++])
            t->negative[negatives++] = t->negative[i];
    t->positives = positives;
    t->negatives = negatives;
}

/* Drop what is not needed, one by one, while the steps last. */
static void shrink_core(task *t, uint64_t *steps)
{
    uint32_t i = 0;

    while (i < t->positives + t->negatives) {
        word_query q = query_without(t, i);
        uint64_t work = 0;
        word_answer answer =
            iamp_word_guess(&q, t->mem, true, *steps, &work).answer;

        if (work > *steps)
            return;
        *steps -= work;
        if (answer == WORD_UNKNOWN)
            answer = search(t, &q, steps).answer;
        if (answer == WORD_EMPTY)
            keep_used(t, i);
        else if (answer == WORD_FOUND)
            i++;
        else
            return;
    }
}

static void mark_left(task *t)
{
    for (uint32_t i = 0; i < t->positives; i++)
        mark(t->core_positive, t->positive[i]);
    for (uint32_t i = 0; i < t->negatives; i++)
        mark(t->core_negative, t->negative[i]);
}

/* So much of the steps may be spent on a smaller core. */
static uint64_t share_for_core(uint64_t steps, uint64_t first_search)
{
    uint64_t share = first_search * CORE_SEARCHES + CORE_STEPS;

    return share < steps / 2 ? share : steps / 2;
}

static word_result search_rest(task *t)
{
    word_query q = query_without(t, t->positives + t->negatives);
    uint64_t before = *t->steps;
    word_result r = search(t, &q, t->steps);

    if (r.answer == WORD_EMPTY && (t->core_positive || t->core_negative)) {
        uint64_t share = share_for_core(*t->steps, before - *t->steps);

        keep_used(t, UINT32_MAX);
        *t->steps -= share;
        shrink_core(t, &share);
        *t->steps += share;
        mark_left(t);
    }
    return r;
}

static word_result solve(task *t)
{
    uint64_t work = 0;
    word_result r = iamp_word_guess(t->query, t->mem, false, *t->steps, &work);

    if (r.answer != WORD_UNKNOWN)
        return pay(t, work) ? r : unknown;
    if (find_disjoint(t, &work))
        return pay(t, work) ? (word_result){.answer = WORD_EMPTY} : unknown;
    drop_wide_positives(t, &work);
    if (look_at_negatives(t, &work))
        return pay(t, work) ? (word_result){.answer = WORD_EMPTY} : unknown;
    drop_narrow_negatives(t, &work);
    if (!pay(t, work))
        return unknown;
    return search_rest(t);
}

static word_result solve_with(
    task *t, uint32_t *numbers, const word_pattern **pattern, bool *used)
{
    const word_query *q = t->query;

    t->positives = q->positive_count;
    t->negatives = q->negative_count;
    t->positive = numbers;
    t->negative = numbers + t->positives;
    t->pattern = pattern;
    t->used = used;
    for (uint32_t i = 0; i < t->positives; i++)
        t->positive[i] = i;
    for (uint32_t i = 0; i < t->negatives; i++)
        t->negative[i] = i;
    return solve(t);
}

static word_result solve_small(task *t)
{
    uint32_t numbers[STACK_PATTERNS];
    const word_pattern *pattern[STACK_PATTERNS];
    bool used[STACK_PATTERNS];

    word_result r = solve_with(t, numbers, pattern, used);

    t->positive = t->negative = NULL; /* the stack's */
    t->pattern = NULL;
    t->used = NULL;
    return r;
}

static word_result solve_large(task *t, size_t count)
{
    const word_pattern **pattern = iamp_memory_acquire(t->mem->from,
        count * (sizeof(*pattern) + sizeof(uint32_t) + sizeof(bool)));
    uint32_t *numbers;
    word_result r = {.answer = WORD_NO_MEMORY};

    if (!pattern)
        return r;
    numbers = (uint32_t *)(void *)(pattern + count);
    r = solve_with(t, numbers, pattern, (bool *)(numbers + count));
    iamp_memory_release(t->mem->from, pattern);
    return r;
}

word_result iamp_word_find(const word_query *query, uint64_t *steps,
    bool *core_positive, bool *core_negative, arena *mem)
{
    task t = {.query = query,
        .core_positive = core_positive,
        .core_negative = core_negative,
        .mem = mem};
    uint32_t count = query->positive_count + query->negative_count;

    t.steps = steps;
    for (uint32_t i = 0; core_positive && i < query->positive_count; i++)
        core_positive[i] = false;
    for (uint32_t i = 0; core_negative && i < query->negative_count; i++)
        core_negative[i] = false;
    if (count <= STACK_PATTERNS)
        return solve_small(&t);
    return solve_large(&t, count);
}

word_result iamp_word_shortest(
    const word_query *query, uint64_t *steps, arena *mem)
{
    word_search search = {.query = *query, .mem = mem};

    search.steps = steps;
    return iamp_word_search(&search);
}

word_answer iamp_word_evidence(const word_query *query, uint64_t *steps,
    iamp_word_state each, void *user, arena *mem)
{
    word_search search = {
        .query = *query, .each = each, .user = user, .mem = mem};

    search.steps = steps;
    return iamp_word_search(&search).answer;
}

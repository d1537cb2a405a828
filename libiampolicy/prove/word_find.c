/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_find.c - the answer to a query: what pairs of patterns tell, likely
 * words, and a search for the rest.
 */
#include "prove/word_parts.h"

enum {
    STACK_PATTERNS = 64,
    STACK_LETTERS = 512,
    PAIRS = 24 /* negatives of which each pair is compared */
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

/* The negative has all words of a positive. */
static bool covers(task *t, uint32_t negative, uint64_t *work)
{
    if (t->positives == 0) {
        const word_pattern *n = t->query->negative[negative];
        static const word_token run = {.type = WORD_RUN};
        const word_pattern any = {.tokens = &run, .count = 1};

        return iamp_word_within_work(&any, n, work);
    }
    for (uint32_t i = 0; i < t->positives; i++)
        if (iamp_word_within_work(
                positive_of(t, i), t->query->negative[negative], work)) {
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

/* --- likely words ------------------------------------------------------------ */

/* A word of the pattern: WORD_FRESH, or a digit, for each token that is no
 * letter; with `runs` also for runs. */
static size_t plain_word(const word_pattern *p, bool runs, uint32_t *out)
{
    size_t len = 0;

    for (uint32_t i = 0; i < p->count; i++) {
        const word_token *token = &p->tokens[i];

        if (token->type == WORD_LETTER)
            out[len++] = token->letter;
        else if (runs || token->type == WORD_ONE)
            out[len++] = token->class == CLASS_DIGIT ? '0' : WORD_FRESH;
    }
    return len;
}

static bool is_answer(
    const word_query *q, const uint32_t *word, size_t len, uint64_t *work)
{
    *work += len;
    for (uint32_t i = 0; i < q->positive_count; i++, *work += 8)
        if (!iamp_word_match(q->positive[i], word, len))
            return false;
    for (uint32_t i = 0; i < q->negative_count; i++, *work += 8)
        if (iamp_word_match(q->negative[i], word, len))
            return false;
    return true;
}

/* Try the words that one positive suggests. */
static bool guess(task *t, word_result *out, uint64_t *work)
{
    uint32_t letters[STACK_LETTERS];
    const word_pattern *p = positive_of(t, 0);
    uint32_t *word;

    if (p->count > STACK_LETTERS)
        return false;
    for (int runs = 0; runs < 2; runs++) {
        size_t len = plain_word(p, runs, letters);

        if (!is_answer(t->query, letters, len, work))
            continue;
        word = ARENA_ARRAY(t->mem, uint32_t, len);
        *out = (word_result){
            word ? WORD_FOUND : WORD_NO_MEMORY, word, word ? len : 0};
        if (word)
            memcpy(word, letters, len * sizeof(*word));
        return true;
    }
    return false;
}

/* --- the rest ------------------------------------------------------------------ */

static void mark_used(task *t)
{
    for (uint32_t i = 0; i < t->positives; i++)
        if (t->used[i])
            mark(t->core_positive, t->positive[i]);
    for (uint32_t i = 0; i < t->negatives; i++)
        if (t->used[t->positives + i])
            mark(t->core_negative, t->negative[i]);
}

static word_result search_rest(task *t)
{
    word_search search = {.steps = t->steps,
        .used_positive = t->used,
        .used_negative = t->used + t->positives,
        .mem = t->mem};
    word_result r;

    for (uint32_t i = 0; i < t->positives; i++)
        t->pattern[i] = positive_of(t, i);
    for (uint32_t i = 0; i < t->negatives; i++)
        t->pattern[t->positives + i] = negative_of(t, i);
    search.query = (word_query){
        t->pattern, t->pattern + t->positives, t->positives, t->negatives};
    r = iamp_word_search(&search);
    if (r.answer == WORD_EMPTY)
        mark_used(t);
    return r;
}

static word_result solve(task *t)
{
    word_result r = unknown;
    uint64_t work = 0;

    if (t->positives == 1 && guess(t, &r, &work))
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

    return solve_with(t, numbers, pattern, used);
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
        .steps = steps,
        .core_positive = core_positive,
        .core_negative = core_negative,
        .mem = mem};
    uint32_t count = query->positive_count + query->negative_count;

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
    word_search search = {.query = *query, .steps = steps, .mem = mem};

    return iamp_word_search(&search);
}

word_answer iamp_word_evidence(const word_query *query, uint64_t *steps,
    iamp_word_state each, void *user, arena *mem)
{
    word_search search = {.query = *query,
        .steps = steps,
        .each = each,
        .user = user,
        .mem = mem};

    return iamp_word_search(&search).answer;
}

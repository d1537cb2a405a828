/* SPDX-License-Identifier: Apache-2.0 */
/*
 * solver_memory.c - where variables, clauses and watches live.
 *
 * Clauses are words one after the other, watches are pieces of one pool, so a
 * solver is a dozen allocations, which double.
 */
#include "prove/solver_parts.h"

#include <string.h>

enum {
    FIRST_ITEMS = 16,
    GLUE_MOST = 63, /* counted no further */
    GLUE_KEPT = 2,  /* up to here a clause is never forgotten */
    LEARNED_MORE = 300
};

bool iamp_solver_grow(const solver *s, void **items, uint32_t *capacity,
    uint64_t count, size_t size)
{
    uint64_t wanted = *capacity ? *capacity : FIRST_ITEMS;
    void *moved;

    if (count <= *capacity)
        return true;
    while (wanted < count)
        wanted *= 2;
    if (wanted > UINT32_MAX || wanted > SIZE_MAX / size)
        return false;
    moved = iamp_memory_acquire(s->from, (size_t)wanted * size);
    if (!moved)
        return false;
    if (*items) {
        memcpy(moved, *items, *capacity * size);
        iamp_memory_release(s->from, *items);
    }
    *items = moved;
    *capacity = (uint32_t)wanted;
    return true;
}

/* One of the arrays that have an item, or two, a variable. */
static bool grow_array(solver *s, void *items_at, size_t size)
{
    void *items;
    uint32_t capacity = s->variable_capacity;

    memcpy(&items, items_at, sizeof(items));
    if (!iamp_solver_grow(s, &items, &capacity, (uint64_t)capacity + 1, size))
        return false;
    memcpy(items_at, &items, sizeof(items));
    return true;
}

/* Words for at least this many bits, zeroed. */
static bool grow_bits(
    const solver *s, uint64_t **bits, uint32_t *capacity, uint64_t wanted)
{
    void *items = *bits;
    uint32_t before = *capacity;

    if (!iamp_solver_grow(
            s, &items, capacity, (wanted + 63) / 64, sizeof(**bits)))
        return false;
    *bits = items;
    if (*capacity > before)
        memset(*bits + before, 0, (*capacity - before) * sizeof(**bits));
    return true;
}

/* An array that grew while a later one could not only has more room than it is
 * known to have. */
bool iamp_solver_grow_variables(solver *s)
{
    uint64_t more =
        s->variable_capacity ? s->variable_capacity * UINT64_C(2) : FIRST_ITEMS;

    if (s->variable_count < s->variable_capacity)
        return true;
    if (s->variable_capacity > UINT32_MAX / 8)
        return false;
    if (!grow_array(s, &s->variables, sizeof(*s->variables)) ||
        !grow_array(s, &s->values, 2 * sizeof(*s->values)) ||
        !grow_array(s, &s->watches, 2 * sizeof(*s->watches)) ||
        !grow_array(s, &s->trail, sizeof(*s->trail)) ||
        !grow_array(s, &s->heap, sizeof(*s->heap)) ||
        !grow_array(s, &s->ranked, sizeof(*s->ranked)) ||
        !grow_array(s, &s->learned, sizeof(*s->learned)) ||
        !grow_array(s, &s->seen, sizeof(*s->seen)) ||
        !grow_array(s, &s->todo, sizeof(*s->todo)) ||
        !grow_bits(s, &s->bits, &s->bits_capacity, more) ||
        !grow_bits(s, &s->summary, &s->summary_capacity, (more + 63) / 64))
        return false;
    s->variable_capacity = (uint32_t)more;
    return true;
}

uint32_t iamp_solver_new_clause(
    solver *s, const lit *lits, uint32_t count, uint32_t notes)
{
    uint64_t used = (uint64_t)s->word_count + HEADER_WORDS + count;
    void *words = s->words;
    uint32_t clause = s->word_count;

    if (used > WORDS_MOST || !iamp_solver_grow(s, &words, &s->word_capacity,
                                 used, sizeof(*s->words)))
        return NO_CLAUSE;
    s->words = words;
    s->words[clause] = count;
    s->words[clause + 1] = notes;
    memcpy(s->words + clause + HEADER_WORDS, lits, count * sizeof(*lits));
    s->word_count = (uint32_t)used;
    if (notes & NOTE_LEARNED)
        s->learned_count++;
    return clause;
}

/* ---- Watches -------------------------------------------------------------- */

static uint32_t class_room(uint32_t class)
{
    return class == 0 ? 0 : 2u << class;
}

/* A piece of the pool; a free one holds the next free one's place. */
static bool take_piece(solver *s, uint32_t class, uint32_t *start)
{
    uint64_t used = (uint64_t)s->pool_count + class_room(class);
    void *pool = s->pool;

    if (s->free_lists[class] != NO_PLACE) {
        *start = s->free_lists[class];
        s->free_lists[class] = s->pool[*start].clause;
        return true;
    }
    if (!iamp_solver_grow(s, &pool, &s->pool_capacity, used, sizeof(*s->pool)))
        return false;
    s->pool = pool;
    *start = s->pool_count;
    s->pool_count = (uint32_t)used;
    return true;
}

static bool grow_list(solver *s, watch_list *list)
{
    uint32_t start;

    if (list->class + 1 >= WATCH_CLASSES ||
        !take_piece(s, list->class + 1, &start))
        return false;
    if (list->class > 0) {
        memcpy(s->pool + start, s->pool + list->start,
            list->count * sizeof(*s->pool));
        s->pool[list->start].clause = s->free_lists[list->class];
        s->free_lists[list->class] = list->start;
    }
    list->start = start;
    list->class ++;
    return true;
}

bool iamp_solver_push_watch(solver *s, lit l, watch w)
{
    watch_list *list = &s->watches[l];

    if (list->count == class_room(list->class) && !grow_list(s, list))
        return false;
    s->pool[list->start + list->count++] = w;
    return true;
}

void iamp_solver_remove_watch(solver *s, lit l, uint32_t clause)
{
    watch_list *list = &s->watches[l];
    watch *w = s->pool + list->start;

    while ((w->clause & ~BINARY) != clause)
        w++;
    *w = s->pool[list->start + --list->count];
}

bool iamp_solver_attach(solver *s, uint32_t clause)
{
    const lit *lits = clause_lits(s, clause);
    uint32_t named = clause | (clause_size(s, clause) == 2 ? BINARY : 0);

    return iamp_solver_push_watch(s, lits[0], (watch){named, lits[1]}) &&
           iamp_solver_push_watch(s, lits[1], (watch){named, lits[0]});
}

/* ---- Forgetting ----------------------------------------------------------- */

static bool true_for_good(const solver *s, uint32_t clause)
{
    const lit *lits = clause_lits(s, clause);

    for (uint32_t i = 0; i < clause_size(s, clause); i++)
        if (solver_value(s, lits[i]) > 0 && solver_level(s, lits[i]) == 0)
            return true;
    return false;
}

/* Which of its two watches it is the reason of; NO_PLACE if of none. */
static uint32_t reason_of(const solver *s, uint32_t clause)
{
    const lit *lits = clause_lits(s, clause);

    for (uint32_t i = 0; i < 2; i++)
        if (solver_value(s, lits[i]) > 0 &&
            solver_variable(s, lits[i])->reason == clause)
            return lit_variable(lits[i]);
    return NO_PLACE;
}

/* 0 if it is to be kept, else its glue. */
static uint32_t forgettable(const solver *s, uint32_t clause)
{
    uint32_t notes = *clause_notes(s, clause);
    uint32_t glue = notes >> GLUE_SHIFT;

    if (!(notes & NOTE_LEARNED) || (notes & NOTE_USED) || glue <= GLUE_KEPT ||
        reason_of(s, clause) != NO_PLACE)
        return 0;
    return glue < GLUE_MOST ? glue : GLUE_MOST;
}

/* Of half the clauses that may go: those of the largest glue, old ones first. */
static void mark_garbage(solver *s)
{
    uint32_t counts[GLUE_MOST + 1] = {0};
    uint32_t limit = GLUE_MOST, left = 0;

    for (uint32_t c = 0; c < s->word_count; c = clause_after(s, c)) {
        counts[forgettable(s, c)]++;
    }
    counts[0] = 0;
    for (uint32_t i = 0; i <= GLUE_MOST; i++)
        left += counts[i];
    left /= 2;
    while (limit > 0 && counts[limit] < left)
        left -= counts[limit--];
    for (uint32_t c = 0; c < s->word_count; c = clause_after(s, c)) {
        uint32_t glue = forgettable(s, c);

        if (true_for_good(s, c) || glue > limit)
            *clause_notes(s, c) |= NOTE_GARBAGE;
        else if (glue > 0 && glue == limit && left > 0) {
            *clause_notes(s, c) |= NOTE_GARBAGE;
            left--;
        }
    }
}

/* Clauses move down over garbage; reasons follow them. */
static void compact(solver *s)
{
    uint32_t to = 0, next;

    s->learned_count = 0;
    for (uint32_t c = 0; c < s->word_count; c = next) {
        uint32_t words = HEADER_WORDS + clause_size(s, c);
        uint32_t notes = *clause_notes(s, c), implied;

        next = c + words;
        if (notes & NOTE_GARBAGE)
            continue;
        *clause_notes(s, c) = notes & ~NOTE_USED;
        implied = reason_of(s, c);
        if (implied != NO_PLACE)
            s->variables[implied].reason = to;
        s->learned_count += notes & NOTE_LEARNED;
        memmove(s->words + to, s->words + c, words * sizeof(*s->words));
        to += words;
    }
    s->word_count = to;
}

void iamp_solver_reduce(solver *s)
{
    /* What is true for good needs no reason. */
    for (uint32_t i = 0; i < s->trail_count; i++)
        if (solver_level(s, s->trail[i]) == 0)
            solver_variable(s, s->trail[i])->reason = NO_CLAUSE;
    solver_charge(s, s->word_count);
    mark_garbage(s);
    compact(s);
    for (uint32_t l = 0; l < 2 * s->variable_count; l++)
        s->watches[l].count = 0;
    for (uint32_t c = 0; c < s->word_count; c = clause_after(s, c)) {
        bool fits = iamp_solver_attach(s, c); /* as many fitted before */

        assert(fits);
        (void)fits;
    }
    iamp_solver_forget_choices(s);
    if (!iamp_solver_index_choices(s)) /* there is room for as many */
        s->broken = true;
    s->learned_most += LEARNED_MORE;
    if (s->learned_most < s->learned_count + LEARNED_MORE)
        s->learned_most = s->learned_count + LEARNED_MORE;
}

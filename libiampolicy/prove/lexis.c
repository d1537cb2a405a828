/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lexis.c - patterns by meaning, and what is known of conjunctions of them.
 */
#include "prove/grow.h"
#include "prove/space.h"

enum {
    FIRST_INDEX = 64,
    MOST_MEMOS = 1 << 18 /* a bound on memory: beyond it, ask again */
};

void iamp_lexis_init(lexis *l, const iam_allocator *from)
{
    *l = (lexis){.count = 0};
    iamp_arena_init(&l->mem, from);
}

void iamp_lexis_release(lexis *l)
{
    iamp_arena_release(&l->mem);
}

/* --- patterns ------------------------------------------------------------ */

static uint32_t *pattern_cell(uint32_t *index, uint32_t room,
    const word_pattern *const *patterns, const word_pattern *p)
{
    uint32_t at = (uint32_t)(p->hash >> 32 ^ p->hash) & (room - 1);

    while (index[at] && !iamp_word_pattern_equal(patterns[index[at] - 1], p))
        at = (at + 1) & (room - 1);
    return &index[at];
}

static iam_status grow_index(lexis *l)
{
    uint32_t room = l->index_room ? l->index_room * 2 : FIRST_INDEX;
    uint32_t *index;

    if (l->index_room > l->count * 2)
        return IAM_OK;
    index = ARENA_ARRAY(&l->mem, uint32_t, room);
    if (!index || room < l->index_room)
        return IAM_ENOMEM;
    for (uint32_t i = 0; i < l->count; i++)
        *pattern_cell(index, room, l->patterns, l->patterns[i]) = i + 1;
    l->index = index;
    l->index_room = room;
    return IAM_OK;
}

/* One that is known costs no memory. */
iam_status iamp_lexis_pattern(
    lexis *l, const word_builder *b, bool fold, pattern_id *out)
{
    word_pattern view, *made;
    uint32_t *cell;

    *out = 0;
    if (grow_index(l) != IAM_OK ||
        iamp_word_pattern_view(&view, b, fold) != IAM_OK)
        return IAM_ENOMEM;
    cell = pattern_cell(l->index, l->index_room, l->patterns, &view);
    if (!*cell) {
        made = ARENA_ARRAY(&l->mem, word_pattern, 1);
        if (!made || iamp_word_pattern_keep(&view, &l->mem) != IAM_OK ||
            !GROW(&l->mem, l->patterns, l->count, l->room))
            return IAM_ENOMEM;
        *made = view;
        l->patterns[l->count++] = made;
        *cell = l->count;
    }
    *out = *cell - 1;
    return IAM_OK;
}

/* --- pairs --------------------------------------------------------------- */

static pattern_pair *pair_cell(
    pattern_pair *pairs, uint32_t room, pattern_id a, pattern_id b)
{
    uint64_t hash = ((uint64_t)a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t at = (uint32_t)(hash >> 32) & (room - 1);

    while (pairs[at].known && (pairs[at].a != a || pairs[at].b != b))
        at = (at + 1) & (room - 1);
    return &pairs[at];
}

static void grow_pairs(lexis *l)
{
    uint32_t room = l->pair_room ? l->pair_room * 2 : FIRST_INDEX;
    pattern_pair *pairs;

    if (l->pair_room > l->pair_count * 2)
        return;
    pairs = ARENA_ARRAY(&l->mem, pattern_pair, room);
    if (!pairs)
        return;
    for (uint32_t i = 0; i < l->pair_room; i++)
        if (l->pairs[i].known)
            *pair_cell(pairs, room, l->pairs[i].a, l->pairs[i].b) = l->pairs[i];
    l->pairs = pairs;
    l->pair_room = room;
}

pattern_pair iamp_lexis_pair(lexis *l, pattern_id a, pattern_id b)
{
    pattern_pair made = {.a = a, .b = b, .known = true}, *cell = NULL;

    grow_pairs(l);
    if (l->pair_room > l->pair_count) {
        cell = pair_cell(l->pairs, l->pair_room, a, b);
        if (cell->known)
            return *cell;
    }
    made.within = iamp_word_within(l->patterns[a], l->patterns[b]);
    made.disjoint = iamp_word_disjoint(l->patterns[a], l->patterns[b]);
    if (cell && l->pair_count + 1 < l->pair_room &&
        l->pair_count < MOST_MEMOS) {
        *cell = made;
        l->pair_count++;
    }
    return made;
}

/* --- conjunctions -------------------------------------------------------- */

static uint64_t hash_items(
    const pattern_id *items, uint32_t positive_count, uint32_t count)
{
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15) + positive_count;

    for (uint32_t i = 0; i < count; i++) {
        h ^= items[i] + UINT64_C(0x632be59bd9b4e019);
        h *= UINT64_C(0xff51afd7ed558ccd);
        h ^= h >> 32;
    }
    return h;
}

static word_memo *memo_cell(word_memo *memo, uint32_t room,
    const pattern_id *items, uint32_t positive_count, uint32_t count,
    uint64_t hash)
{
    uint32_t at = (uint32_t)hash & (room - 1);

    while (memo[at].items) {
        const word_memo *m = &memo[at];

        if (m->hash == hash && m->positive_count == positive_count &&
            m->count == count &&
            memcmp(m->items, items, count * sizeof(*items)) == 0)
            break;
        at = (at + 1) & (room - 1);
    }
    return &memo[at];
}

static bool grow_memo(lexis *l)
{
    uint32_t room = l->memo_room ? l->memo_room * 2 : FIRST_INDEX;
    word_memo *memo;

    if (l->memo_room > l->memo_count * 2)
        return true;
    memo = ARENA_ARRAY(&l->mem, word_memo, room);
    if (!memo)
        return false;
    for (uint32_t i = 0; i < l->memo_room; i++) {
        const word_memo *m = &l->memo[i];

        if (m->items)
            *memo_cell(memo, room, m->items, m->positive_count, m->count,
                m->hash) = *m;
    }
    l->memo = memo;
    l->memo_room = room;
    return true;
}

/* Ask the engine.  Everything lives in the lexis. */
static word_memo ask(lexis *l, const pattern_id *items, uint32_t positive_count,
    uint32_t count, uint64_t *steps)
{
    word_memo m = {.positive_count = positive_count, .count = count};
    const word_pattern **patterns =
        ARENA_ARRAY(&l->mem, const word_pattern *, count);
    pattern_id *copy = ARENA_ARRAY(&l->mem, pattern_id, count);
    bool *core = ARENA_ARRAY(&l->mem, bool, count);
    word_query query;
    word_result found;

    m.answer = WORD_NO_MEMORY;
    if (!patterns || !copy || !core)
        return m;
    for (uint32_t i = 0; i < count; i++) {
        patterns[i] = l->patterns[items[i]];
        copy[i] = items[i];
    }
    query = (word_query){.positive = patterns,
        .negative = patterns + positive_count,
        .positive_count = positive_count,
        .negative_count = count - positive_count};
    found = iamp_word_find(&query, steps, core, core + positive_count, &l->mem);
    m.items = copy;
    m.answer = (uint8_t)found.answer;
    m.core = core;
    m.word = found.word;
    m.len = (uint32_t)found.len;
    return m;
}

word_memo iamp_lexis_find(lexis *l, const pattern_id *items,
    uint32_t positive_count, uint32_t count, uint64_t *steps)
{
    uint64_t hash = hash_items(items, positive_count, count);
    word_memo *cell, made;

    if (!grow_memo(l))
        return (word_memo){.answer = WORD_NO_MEMORY};
    cell = memo_cell(l->memo, l->memo_room, items, positive_count, count, hash);
    if (cell->items)
        return *cell;
    made = ask(l, items, positive_count, count, steps);
    made.hash = hash;
    if ((made.answer == WORD_EMPTY || made.answer == WORD_FOUND) &&
        l->memo_count < MOST_MEMOS) {
        *cell = made;
        l->memo_count++;
    }
    return made;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_states.c - the states a search has found, and whether one is new.
 *
 * They are found again by hash of the whole state; those with the same hash of
 * the positives' sets, their kin, are chained, the latest first.
 */
#include "prove/word_parts.h"

enum {
    FIRST_ROOM = 4,   /* when the stack has too little */
    CHAIN = 16,       /* states compared with a new one */
    STEPS_A_WORD = 4, /* of a state that is kept */
    MOST_STATES = 1 << 28
};

static uint32_t hash_of(const uint64_t *sets, uint32_t words)
{
    uint64_t hash = words;

    for (uint32_t i = 0; i < words; i++) {
        hash = (hash ^ sets[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return (uint32_t)hash;
}

/* Enter state `i` into both tables. */
static void enter(word_states *s, uint32_t i, uint32_t family)
{
    uint32_t at = s->traces[i].hash & (s->table_size - 1);

    while (s->table[at])
        at = (at + 1) & (s->table_size - 1);
    s->table[at] = i + 1;
    at = family & (s->table_size - 1);
    s->traces[i].kin = s->family[at];
    s->family[at] = i + 1;
}

/* Other arrays with this room; the states' places are found anew. */
static bool move(word_states *s, uint32_t room, bool copy)
{
    word_states old = *s;
    size_t sets = ((size_t)room + 1) * s->words * sizeof(*s->sets);
    size_t traces = (size_t)room * sizeof(*s->traces);
    size_t table = (size_t)room * 2 * sizeof(*s->table);
    char *memory;

    if (room > MOST_STATES || sets > SIZE_MAX / 2 - traces - 2 * table)
        return false;
    memory = iamp_memory_acquire(s->from, sets + traces + 2 * table);
    if (!memory)
        return false;
    s->memory = memory;
    s->room = room;
    s->table_size = room * 2;
    s->sets = (uint64_t *)(void *)memory;
    s->traces = (word_trace *)(void *)(memory + sets);
    s->table = (uint32_t *)(void *)(memory + sets + traces);
    s->family = s->table + s->table_size;
    memset(s->table, 0, 2 * table);
    if (!copy)
        return true;
    memcpy(s->sets, old.sets,
        ((size_t)old.count + 1) * s->words * sizeof(*s->sets));
    memcpy(s->traces, old.traces, old.count * sizeof(*s->traces));
    for (uint32_t i = 0; i < s->count; i++)
        enter(s, i, hash_of(state_sets(s, i), s->positive_words));
    if (old.memory)
        iamp_memory_release(s->from, old.memory);
    return true;
}

bool iamp_word_states_init(
    word_states *s, uint32_t words_at_hand, uint32_t states_at_hand)
{
    uint32_t room = states_at_hand;

    while (room > 0 && (room + 1) * (size_t)s->words > words_at_hand)
        room /= 2;
    s->count = 0;
    s->memory = NULL;
    if (room < FIRST_ROOM)
        return move(s, FIRST_ROOM, false);
    s->room = room;
    s->table_size = room * 2;
    s->family = s->table + s->table_size;
    memset(s->table, 0, (size_t)2 * s->table_size * sizeof(*s->table));
    return true;
}

void iamp_word_states_release(word_states *s)
{
    if (s->memory)
        iamp_memory_release(s->from, s->memory);
}

static bool is_known(
    const word_states *s, const uint64_t *sets, uint32_t hash, uint64_t *work)
{
    uint32_t mask = s->table_size - 1;

    for (uint32_t at = hash & mask; s->table[at]; at = (at + 1) & mask) {
        uint32_t i = s->table[at] - 1;

        ++*work;
        if (s->traces[i].hash != hash)
            continue;
        *work += s->words;
        if (memcmp(state_sets(s, i), sets, s->words * sizeof(*sets)) == 0)
            return true;
    }
    return false;
}

/* Is `a` at least as good as `b`? */
static bool as_good(const word_states *s, const uint64_t *a, const uint64_t *b)
{
    for (uint32_t i = 0; i < s->positive_words; i++)
        if (a[i] != b[i])
            return false;
    for (uint32_t i = s->positive_words; i < s->group_at; i++)
        if (a[i] & ~b[i])
            return false;
    for (uint32_t i = s->group_at; i < s->words; i += GROUP_WORDS)
        if (a[i] != 0 && a[i] != b[i])
            return false;
    return true;
}

static bool is_beaten(
    const word_states *s, const uint64_t *sets, uint32_t family, uint64_t *work)
{
    uint32_t kin = s->family[family & (s->table_size - 1)];

    for (uint32_t i = 0; kin && i < CHAIN; i++) {
        *work += 1 + s->words / 4;
        if (as_good(s, state_sets(s, kin - 1), sets))
            return true;
        kin = s->traces[kin - 1].kin;
    }
    return false;
}

bool iamp_word_states_keep(
    word_states *s, uint32_t parent, uint32_t letter, uint64_t *work)
{
    const uint64_t *sets = state_sets(s, s->count);
    uint32_t hash = hash_of(sets, s->words);
    uint32_t family = hash_of(sets, s->positive_words);

    *work += s->words;
    if (is_known(s, sets, hash, work) ||
        (s->subsume && is_beaten(s, sets, family, work)))
        return true;
    if (s->count == s->room)
        return false;
    s->traces[s->count] =
        (word_trace){.parent = parent, .letter = letter, .hash = hash};
    enter(s, s->count, family);
    s->count++;
    *work += (uint64_t)STEPS_A_WORD * (s->words + 4);
    return s->count < s->room || move(s, s->room * 2, true);
}

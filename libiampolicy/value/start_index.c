/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start_index.c - patterns by the hash of what they start with.
 */
#include "value/start_index.h"

enum {
    MOST_GROUP_BITS = 8,
    MOST_BUCKET_BITS = 28
};

/* --- hashes -------------------------------------------------------------- */

#define FIRST_HASH UINT32_C(0x811c9dc5) /* FNV-1a */

static uint32_t next_hash(uint32_t hash, char c)
{
    return (hash ^ (unsigned char)c) * UINT32_C(0x01000193);
}

/* A plain text is not found by its starts, nor a start by whole texts. */
static uint32_t whole_hash(uint32_t hash)
{
    uint32_t mixed = (hash ^ UINT32_C(0x5bd1e995)) * UINT32_C(0x9e3779b1);

    return mixed ? mixed : 1;
}

void iamp_start_hash(start_hashes *out, text t)
{
    uint32_t hash = FIRST_HASH;
    size_t shorter = t.len < START_LONGEST ? t.len : START_LONGEST;

    out->start[0] = hash;
    for (size_t i = 0; i < shorter; i++)
        out->start[i + 1] = hash = next_hash(hash, t.ptr[i]);
    for (size_t i = shorter; i < t.len; i++)
        hash = next_hash(hash, t.ptr[i]);
    out->whole = whole_hash(hash);
    out->count = (uint32_t)shorter;
}

void iamp_start_key_init(start_key *key)
{
    *key = (start_key){FIRST_HASH, FIRST_HASH, 0};
}

void iamp_start_key_add(start_key *key, text t)
{
    for (size_t i = 0; i < t.len; i++) {
        key->hash = next_hash(key->hash, t.ptr[i]);
        if (++key->len <= START_LONGEST)
            key->start = key->hash;
    }
}

uint32_t iamp_start_key_whole(const start_key *key)
{
    return whole_hash(key->hash);
}

void iamp_start_pattern(start_pattern *out, const start_key *key, bool whole)
{
    out->whole = whole;
    out->hash = whole ? whole_hash(key->hash) : key->start;
    out->length =
        (uint8_t)(key->len < START_LONGEST ? key->len : START_LONGEST);
}

/* --- making one ---------------------------------------------------------- */

static uint32_t slot_of(uint32_t hash, uint8_t bits)
{
    return bits ? (hash * UINT32_C(0x9e3779b1)) >> (32 - bits) : 0;
}

static bool is_start(const start_pattern *p)
{
    return !p->whole && p->length > 0;
}

static bool is_always(const start_pattern *p)
{
    return !p->whole && p->length == 0;
}

/* Bits for a table of at least half as many cells as things, and at most as
 * many. */
static uint8_t bits_for(size_t things, uint8_t most)
{
    uint8_t bits = 0;

    while (bits < most && ((size_t)2 << bits) <= things)
        bits++;
    return bits;
}

static iam_status build_lengths(start_index *out, const start_pattern *patterns,
    size_t count, size_t starts, arena *mem)
{
    uint64_t *lengths, everywhere = 0;

    out->group_bits = bits_for(starts, MOST_GROUP_BITS);
    lengths = ARENA_ARRAY(mem, uint64_t, (size_t)1 << out->group_bits);
    if (!lengths)
        return IAM_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        uint64_t bit = UINT64_C(1) << patterns[i].length;

        if (!is_start(&patterns[i]))
            continue;
        if (patterns[i].group == GROUP_ANY)
            everywhere |= bit;
        else
            lengths[slot_of(patterns[i].group, out->group_bits)] |= bit;
    }
    for (size_t i = 0; i < (size_t)1 << out->group_bits; i++)
        lengths[i] |= everywhere;
    out->lengths = lengths;
    return IAM_OK;
}

/* Counts, sums, and puts each in its place: the order of adding stays. */
static iam_status build_buckets(start_index *out, const start_pattern *patterns,
    size_t count, size_t hashed, arena *mem)
{
    start_entry *entries = ARENA_ARRAY(mem, start_entry, hashed);
    uint8_t bits = bits_for(hashed, MOST_BUCKET_BITS);
    size_t room = (size_t)1 << bits;
    uint32_t *buckets = ARENA_ARRAY(mem, uint32_t, room + 1);
    uint32_t before = 0;

    if (!entries || !buckets)
        return IAM_ENOMEM;
    for (size_t i = 0; i < count; i++)
        if (!is_always(&patterns[i]))
            buckets[slot_of(patterns[i].hash, bits)]++;
    for (size_t b = 0; b <= room; b++) { /* where each begins */
        uint32_t size = buckets[b];

        buckets[b] = before;
        before += size;
    }
    for (size_t i = 0; i < count; i++)
        if (!is_always(&patterns[i]))
            entries[buckets[slot_of(patterns[i].hash, bits)]++] = (start_entry){
                patterns[i].hash, patterns[i].item, patterns[i].part};
    for (size_t b = room; b > 0; b--) /* and again, from where each ended */
        buckets[b] = buckets[b - 1];
    buckets[0] = 0;
    out->entries = entries;
    out->buckets = buckets;
    out->bucket_bits = bits;
    return IAM_OK;
}

static iam_status build_always(start_index *out, const start_pattern *patterns,
    size_t count, size_t always, arena *mem)
{
    start_entry *entries = ARENA_ARRAY(mem, start_entry, always);

    if (!entries)
        return IAM_ENOMEM;
    for (size_t i = 0; i < count; i++)
        if (is_always(&patterns[i]))
            entries[out->always_count++] =
                (start_entry){0, patterns[i].item, patterns[i].part};
    out->always = entries;
    return IAM_OK;
}

iam_status iamp_start_build(
    start_index *out, const start_pattern *patterns, size_t count, arena *mem)
{
    size_t starts = 0, always = 0;
    iam_status status;

    *out = (start_index){.entries = NULL};
    if (count >= UINT32_MAX)
        return IAM_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        starts += is_start(&patterns[i]);
        always += is_always(&patterns[i]);
    }
    status = build_lengths(out, patterns, count, starts, mem);
    if (status == IAM_OK)
        status = build_buckets(out, patterns, count, count - always, mem);
    if (status == IAM_OK)
        status = build_always(out, patterns, count, always, mem);
    return status;
}

/* --- asking -------------------------------------------------------------- */

static void skip_others(start_list *list)
{
    while (list->at < list->end && list->at->hash != list->hash)
        list->at++;
}

static void add_list(start_lists *out, const start_index *index, uint32_t hash)
{
    uint32_t slot = slot_of(hash, index->bucket_bits);
    start_list list = {index->entries + index->buckets[slot],
        index->entries + index->buckets[slot + 1], hash};

    skip_others(&list);
    if (list.at < list.end)
        out->lists[out->count++] = list;
}

static unsigned lowest_bit(uint64_t bits)
{
#if defined(__GNUC__)
    return (unsigned)__builtin_ctzll(bits);
#else
    unsigned at = 0;

    while (!(bits >> at & 1))
        at++;
    return at;
#endif
}

void iamp_start_find(start_lists *out, const start_index *index,
    const start_hashes *hashes, uint32_t group)
{
    uint64_t lengths = index->lengths[slot_of(group, index->group_bits)];

    out->count = 0;
    if (index->always_count)
        out->lists[out->count++] =
            (start_list){index->always, index->always + index->always_count, 0};
    add_list(out, index, hashes->whole);
    /* Starts that are longer than the text match no part of it. */
    lengths &= (UINT64_C(2) << hashes->count) - 1;
    for (; lengths; lengths &= lengths - 1)
        add_list(out, index, hashes->start[lowest_bit(lengths)]);
}

bool iamp_start_next(const start_lists *lists, uint32_t *item)
{
    bool found = false;

    for (uint32_t i = 0; i < lists->count; i++) {
        const start_list *list = &lists->lists[i];

        if (list->at < list->end && (!found || list->at->item < *item)) {
            *item = list->at->item;
            found = true;
        }
    }
    return found;
}

bool iamp_start_part(start_lists *lists, uint32_t item, uint32_t *part)
{
    for (uint32_t i = 0; i < lists->count; i++) {
        start_list *list = &lists->lists[i];

        if (list->at == list->end || list->at->item != item)
            continue;
        *part = list->at->part;
        list->at++;
        skip_others(list);
        return true;
    }
    return false;
}

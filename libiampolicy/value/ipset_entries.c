/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipset_entries.c - nested blocks to stretches, innermost first.
 *
 * Two blocks are disjoint or one lies in the other.  Sorted by where they begin,
 * wider ones first, they open and close like brackets: a stack of at most 129
 * knows which one is innermost.
 */
#include "value/ipset_entries.h"

#include <stdlib.h>

static int by_address(const ipaddr *a, const ipaddr *b)
{
    if (a->hi != b->hi)
        return a->hi < b->hi ? -1 : 1;
    return (a->lo > b->lo) - (a->lo < b->lo);
}

/* A block and its place in the list. */
typedef struct item {
    ipblock block;
    uint32_t index;
} item;

static int by_nesting(const void *a, const void *b)
{
    const item *x = a, *y = b;
    int order = by_address(&x->block.first, &y->block.first);

    if (order != 0)
        return order;
    if (x->block.prefix != y->block.prefix)
        return x->block.prefix - y->block.prefix;
    return (x->index > y->index) - (x->index < y->index);
}

/* --- the brackets --------------------------------------------------------- */

enum {
    MOST_OPEN = 129 /* prefixes 0 to 128 */
};

typedef struct nesting {
    const item *open[MOST_OPEN];
    size_t depth;
    ipset_stretch *made;
    size_t count;
} nesting;

static uint32_t innermost(const nesting *n)
{
    return n->depth ? n->open[n->depth - 1]->index : IPSET_NO_ENTRY;
}

/* From `hi, lo` on it is the innermost one that counts. */
static void cut(nesting *n, uint64_t hi, uint64_t lo)
{
    ipset_stretch *last = n->count ? &n->made[n->count - 1] : NULL;

    if (!last || last->hi != hi || last->lo != lo)
        last = &n->made[n->count++];
    *last = (ipset_stretch){hi, lo, innermost(n)};
}

/* Close what ends before `next` begins, or everything. */
static void close_before(nesting *n, const ipaddr *next)
{
    while (n->depth > 0) {
        const ipblock *block = &n->open[n->depth - 1]->block;
        ipaddr last = iamp_ipblock_last(block);
        uint64_t lo = last.lo + 1, hi = last.hi + (lo == 0);

        if (next && by_address(next, &last) <= 0)
            return;
        n->depth--;
        /* Nothing is behind the top of the space. */
        if (block->first.family == 4 ? lo <= UINT32_MAX : (hi | lo) != 0)
            cut(n, hi, lo);
    }
}

static bool same_block(const ipblock *a, const ipblock *b)
{
    return by_address(&a->first, &b->first) == 0 && a->prefix == b->prefix;
}

static void open_block(nesting *n, const item *next)
{
    const ipblock *block = &next->block;

    close_before(n, &block->first);
    if (n->depth > 0 && same_block(&n->open[n->depth - 1]->block, block))
        return; /* the first one of equals */
    assert(n->depth < MOST_OPEN);
    n->open[n->depth++] = next;
    cut(n, block->first.hi, block->first.lo);
}

/* --- building ------------------------------------------------------------- */

static iam_status build_family(const ipset_stretch **out, size_t *out_count,
    const ipblock *blocks, size_t count, uint8_t family, arena *mem,
    arena *scratch)
{
    nesting n = {.depth = 0};
    item *items;
    size_t wanted = 0, made = 0;

    for (size_t i = 0; i < count; i++)
        wanted += blocks[i].first.family == family;
    items = ARENA_ARRAY(scratch, item, wanted);
    n.made = ARENA_ARRAY(mem, ipset_stretch, 2 * wanted);
    if (!items || !n.made)
        return IAM_ENOMEM;
    for (size_t i = 0; i < count; i++)
        if (blocks[i].first.family == family)
            items[made++] = (item){blocks[i], (uint32_t)i};
    qsort(items, made, sizeof(*items), by_nesting);
    for (size_t i = 0; i < made; i++)
        open_block(&n, &items[i]);
    close_before(&n, NULL);
    *out = n.made;
    *out_count = n.count;
    return IAM_OK;
}

iam_status iamp_ipset_entries_build(ipset_entries *out, const ipblock *blocks,
    size_t count, arena *mem, arena *scratch)
{
    iam_status status;

    assert(count < IPSET_NO_ENTRY);
    *out = (ipset_entries){.v4 = NULL};
    status =
        build_family(&out->v4, &out->count4, blocks, count, 4, mem, scratch);
    if (status == IAM_OK)
        status = build_family(
            &out->v6, &out->count6, blocks, count, 6, mem, scratch);
    if (status != IAM_OK)
        *out = (ipset_entries){.v4 = NULL};
    return status;
}

/* --- asking --------------------------------------------------------------- */

static uint32_t find(const ipset_stretch *s, size_t count, const ipaddr *a)
{
    /* The last stretch which does not start after the address. */
    while (count > 1) {
        size_t half = count / 2;
        bool after =
            s[half].hi > a->hi || (s[half].hi == a->hi && s[half].lo > a->lo);

        s += after ? 0 : half;
        count -= half;
    }
    if (count == 0 || s->hi > a->hi || (s->hi == a->hi && s->lo > a->lo))
        return IPSET_NO_ENTRY;
    return s->entry;
}

uint32_t iamp_ipset_entry(const ipset_entries *entries, const ipaddr *a)
{
    if (a->family == 4)
        return find(entries->v4, entries->count4, a);
    return a->family == 6 ? find(entries->v6, entries->count6, a)
                          : IPSET_NO_ENTRY;
}

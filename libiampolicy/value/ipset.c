/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipset.c - address sets as sorted disjoint ranges.
 *
 * A condition may list thousands of overlapping blocks, and every request asks
 * the same list.  They are merged once; an index then serves the lookups.
 * Without it, as after running out of memory, a binary search gives the same
 * answers.
 */
#include "value/ipindex.h"
#include "value/ipset_sort.h"

/* --- IPv4 ---------------------------------------------------------------- */

/* Merge sorted ranges in place; returns how many are left. */
static size_t merge4(range4 *r, size_t count)
{
    size_t last = 0;

    for (size_t i = 1; i < count; i++) {
        /* No "r[last].last + 1": it wraps at 255.255.255.255. */
        bool touches =
            r[i].first <= r[last].last || r[i].first - r[last].last == 1;

        if (!touches)
            r[++last] = r[i];
        else if (r[i].last > r[last].last)
            r[last].last = r[i].last;
    }
    return last + 1;
}

static bool sorted4(const range4 *r, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (r[i].first < r[i - 1].first)
            return false;
    return true;
}

static iam_status build4(
    ipset *set, const ipblock *blocks, size_t count, size_t wanted, arena *mem)
{
    range4 *r = ARENA_ARRAY(mem, range4, wanted);
    size_t made = 0;

    if (!r)
        return IAM_ENOMEM;
    for (size_t i = 0; i < count; i++)
        if (blocks[i].first.family == 4)
            r[made++] = (range4){(uint32_t)blocks[i].first.lo,
                (uint32_t)iamp_ipblock_last(&blocks[i]).lo};
    if (!sorted4(r, made)) {
        arena scratch;
        iam_status status;

        iamp_arena_init(&scratch, mem->from);
        status = iamp_ipset_sort4(r, made, &scratch);
        iamp_arena_release(&scratch);
        if (status != IAM_OK)
            return status;
    }
    set->v4 = r;
    set->count4 = made ? merge4(r, made) : 0;
    return IAM_OK;
}

static bool search4(const ipset *set, uint32_t address)
{
    const range4 *r = set->v4;
    size_t left = set->count4;

    /* Find the last range which does not start after the address. */
    while (left > 1) {
        size_t half = left / 2;

        r += (r[half].first <= address) ? half : 0;
        left -= half;
    }
    return left == 1 && r->first <= address && address <= r->last;
}

/* --- IPv6 ---------------------------------------------------------------- */

static bool in_order6(const range6 *a, const range6 *b)
{
    return !words_above(a->first_hi, a->first_lo, b->first_hi, b->first_lo);
}

/* Does `next`, which starts no earlier, share an address with `r`, or follow
 * at once? */
static bool touches6(const range6 *r, const range6 *next)
{
    uint64_t hi = r->last_hi, lo = r->last_lo;

    if (!words_above(next->first_hi, next->first_lo, hi, lo))
        return true;
    if (lo == UINT64_MAX)
        return next->first_lo == 0 && next->first_hi - hi == 1;
    return next->first_hi == hi && next->first_lo - lo == 1;
}

static size_t merge6(range6 *r, size_t count)
{
    size_t last = 0;

    for (size_t i = 1; i < count; i++) {
        if (!touches6(&r[last], &r[i])) {
            r[++last] = r[i];
        } else if (words_above(r[i].last_hi, r[i].last_lo, r[last].last_hi,
                       r[last].last_lo)) {
            r[last].last_hi = r[i].last_hi;
            r[last].last_lo = r[i].last_lo;
        }
    }
    return last + 1;
}

static bool sorted6(const range6 *r, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (!in_order6(&r[i - 1], &r[i]))
            return false;
    return true;
}

static iam_status build6(
    ipset *set, const ipblock *blocks, size_t count, size_t wanted, arena *mem)
{
    range6 *r = ARENA_ARRAY(mem, range6, wanted);
    size_t made = 0;

    if (!r)
        return IAM_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        ipaddr last;

        if (blocks[i].first.family != 6)
            continue;
        last = iamp_ipblock_last(&blocks[i]);
        r[made++] =
            (range6){blocks[i].first.hi, blocks[i].first.lo, last.hi, last.lo};
    }
    if (!sorted6(r, made)) {
        arena scratch;
        iam_status status;

        iamp_arena_init(&scratch, mem->from);
        status = iamp_ipset_sort6(r, made, &scratch);
        iamp_arena_release(&scratch);
        if (status != IAM_OK)
            return status;
    }
    set->v6 = r;
    set->count6 = made ? merge6(r, made) : 0;
    return IAM_OK;
}

bool iamp_ipset_search6(const range6 *r, size_t left, uint64_t hi, uint64_t lo)
{
    while (left > 1) {
        size_t half = left / 2;

        r += words_above(r[half].first_hi, r[half].first_lo, hi, lo) ? 0 : half;
        left -= half;
    }
    return left == 1 && !words_above(r->first_hi, r->first_lo, hi, lo) &&
           !words_above(hi, lo, r->last_hi, r->last_lo);
}

/* --- both ---------------------------------------------------------------- */

iam_status iamp_ipset_build(
    ipset *set, const ipblock *blocks, size_t count, arena *mem)
{
    size_t count4 = 0, count6 = 0;
    iam_status status;

    *set = (ipset){.v4 = NULL};
    for (size_t i = 0; i < count; i++) {
        count4 += blocks[i].first.family == 4;
        count6 += blocks[i].first.family == 6;
    }
    status = build4(set, blocks, count, count4, mem);
    if (status == IAM_OK)
        status = build6(set, blocks, count, count6, mem);
    if (status == IAM_OK)
        status = iamp_ipset_index(set, mem);
    if (status != IAM_OK)
        *set = (ipset){.v4 = NULL};
    return status;
}

/* --- asking -------------------------------------------------------------- */

bool iamp_ipset_contains4(const ipset *set, uint32_t address)
{
    if (set->index4)
        return set->index4->one.v4(set->index4, address);
    if (set->count4 - 1 < IPSET_FEW4)
        return few4(set->v4, set->count4, address);
    return search4(set, address);
}

bool iamp_ipset_contains6(const ipset *set, uint64_t hi, uint64_t lo)
{
    if (set->index6)
        return set->index6->one.v6(set->index6, hi, lo);
    if (set->count6 - 1 < IPSET_FEW6)
        return few6(set->v6, set->count6, hi, lo);
    return iamp_ipset_search6(set->v6, set->count6, hi, lo);
}

void iamp_ipset_match4(
    const ipset *set, const uint32_t *addresses, size_t count, bool *out)
{
    int32_t flips[2 * IPSET_FEW4];

    if (set->index4) {
        set->index4->many.v4(set->index4, addresses, count, out);
    } else if (set->count4 <= IPSET_FEW4) {
        size_t found = iamp_ipindex_flips4(set->v4, set->count4, flips);
        bool start = set->count4 > 0 && set->v4[0].first == 0;

        iamp_ipengine(0)->sweep4(flips, found, start, addresses, count, out);
    } else {
        for (size_t i = 0; i < count; i++)
            out[i] = search4(set, addresses[i]);
    }
}

void iamp_ipset_match6(
    const ipset *set, const uint8_t (*addresses)[16], size_t count, bool *out)
{
    int64_t hi[2 * IPSET_FEW6], lo[2 * IPSET_FEW6];

    if (set->index6) {
        set->index6->many.v6(set->index6, addresses, count, out);
    } else if (set->count6 <= IPSET_FEW6) {
        size_t found = iamp_ipindex_flips6(set->v6, set->count6, hi, lo);
        bool start =
            set->count6 > 0 && (set->v6[0].first_hi | set->v6[0].first_lo) == 0;

        iamp_ipengine(0)->sweep6(hi, lo, found, start, addresses, count, out);
    } else {
        for (size_t i = 0; i < count; i++)
            out[i] = iamp_ipset_search6(set->v6, set->count6,
                wire(addresses[i]), wire(addresses[i] + 8));
    }
}

/* --- ranges to blocks ---------------------------------------------------- */

/* The largest block that starts at `first` and does not go beyond `last`. */
static ipblock largest_block(const ipaddr *first, const ipaddr *last)
{
    unsigned bits = first->family == 4 ? 32 : 128;
    ipblock block = {*first, (uint8_t)bits, false};

    while (block.prefix > 0) {
        ipblock wider = {*first, (uint8_t)(block.prefix - 1), false};
        unsigned bit = bits - block.prefix; /* it takes this one in */
        ipaddr end = iamp_ipblock_last(&wider);

        if ((bit < 64 ? first->lo >> bit : first->hi >> (bit - 64)) & 1)
            break;
        if (words_above(end.hi, end.lo, last->hi, last->lo))
            break;
        block = wider;
    }
    return block;
}

static bool range_blocks(ipaddr first, ipaddr last,
    bool (*each)(void *user, const ipblock *block), void *user)
{
    for (;;) {
        ipblock block = largest_block(&first, &last);
        ipaddr end = iamp_ipblock_last(&block);

        if (!each(user, &block))
            return false;
        if (end.hi == last.hi && end.lo == last.lo)
            return true;
        /* Not the top of the space: `last` is above. */
        first.lo = end.lo + 1;
        first.hi = end.hi + (first.lo == 0);
    }
}

bool iamp_ipset_blocks(const ipset *set,
    bool (*each)(void *user, const ipblock *block), void *user)
{
    for (size_t i = 0; i < set->count4; i++) {
        ipaddr first = {0, set->v4[i].first, 4};
        ipaddr last = {0, set->v4[i].last, 4};

        if (!range_blocks(first, last, each, user))
            return false;
    }
    for (size_t i = 0; i < set->count6; i++) {
        ipaddr first = {set->v6[i].first_hi, set->v6[i].first_lo, 6};
        ipaddr last = {set->v6[i].last_hi, set->v6[i].last_lo, 6};

        if (!range_blocks(first, last, each, user))
            return false;
    }
    return true;
}

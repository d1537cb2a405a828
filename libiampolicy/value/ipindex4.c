/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex4.c - which layout an IPv4 set gets, and its flips.
 */
#include "value/ipindex.h"

enum {
    PAGE_FROM = 1024,       /* ranges that are worth a table of 128 KB */
    PAGE_MORE = 240 * 1024, /* bytes of pages at most: this and */
    PAGE_EACH = 20,         /* this for each range */
};

#define MOST_FLIPS (UINT32_MAX / 4)

/* Writes at most two flips a range; returns how many. */
static size_t find_flips(
    const range4 *ranges, size_t range_count, uint32_t *flips)
{
    size_t count = 0;

    for (size_t i = 0; i < range_count; i++) {
        if (ranges[i].first > 0)
            flips[count++] = ranges[i].first - 1;
        if (ranges[i].last < UINT32_MAX)
            flips[count++] = ranges[i].last;
    }
    return count;
}

size_t iamp_ipindex_flips4(const range4 *ranges, size_t count, int32_t *flips)
{
    uint32_t found[2 * IPSET_FEW4];

    assert(count <= IPSET_FEW4);
    count = find_flips(ranges, count, found);
    for (size_t i = 0; i < count; i++)
        flips[i] = turn32(found[i]);
    return count;
}

/* Level `level`: every `step`th flip, relative to the index's low, and padding.
 */
static bool put_level(ipindex *index, unsigned level, const uint32_t *flips,
    size_t count, size_t step, size_t room, arena *mem)
{
    int32_t *to = iamp_ipindex_alloc(index, room, sizeof(*to), mem);
    uint32_t low = (uint32_t)index->low_lo;

    if (!to)
        return false;
    for (size_t i = 0; i < room; i++)
        to[i] = i < count / step ? turn32(flips[(i + 1) * step - 1] - low)
                                 : INT32_MAX;
    index->level.v4[level] = to;
    return true;
}

static iam_status lay_line(
    ipindex *index, const ipset *set, const ipplan *plan, arena *mem)
{
    uint32_t flips[2 * (LINE4 + 1)];
    size_t count, room = LINE4;

    if (set->count4 > LINE4 + 1)
        return IAM_ELIMIT;
    count = find_flips(set->v4, set->count4, flips);
    if (count <= LINE4 && plan_allows(plan, LAYOUT_LINE)) {
        index->layout = LAYOUT_LINE;
    } else if (count <= (size_t)2 * LINE4 && plan_allows(plan, LAYOUT_LINES)) {
        index->layout = LAYOUT_LINES;
        room = (size_t)2 * LINE4;
    } else {
        return IAM_ELIMIT;
    }
    index->flips = (uint8_t)count;
    return put_level(index, 0, flips, count, 1, room, mem) ? IAM_OK
                                                           : IAM_ENOMEM;
}

static iam_status lay_page(ipindex *index, const ipset *set, const ipplan *plan,
    arena *mem, arena *scratch)
{
    size_t most = SIZE_MAX;

    if (!plan_allows(plan, LAYOUT_PAGE))
        return IAM_ELIMIT;
    if (plan->layout < 0) {
        if (set->count4 < PAGE_FROM)
            return IAM_ELIMIT;
        most = PAGE_MORE + set->count4 * PAGE_EACH;
    }
    return iamp_ipindex_page(index, set, most, mem, scratch);
}

static bool put_levels(
    ipindex *index, const uint32_t *flips, size_t count, arena *mem)
{
    size_t step = 1;

    for (unsigned level = 0; level <= index->top; level++) {
        size_t room = (count / step / WINDOW + 2) * WINDOW;

        if (!put_level(index, level, flips, count, step, room, mem))
            return false;
        step *= WINDOW;
    }
    return true;
}

static iam_status lay_tree(ipindex *index, const ipset *set, const ipplan *plan,
    arena *mem, arena *scratch)
{
    uint32_t *flips = ARENA_ARRAY(scratch, uint32_t, 2 * set->count4);
    uint64_t *positions = ARENA_ARRAY(scratch, uint64_t, 2 * set->count4);
    size_t count;
    iam_status status;

    if (!flips || !positions)
        return IAM_ENOMEM;
    count = find_flips(set->v4, set->count4, flips);
    if (count > MOST_FLIPS)
        return IAM_ELIMIT;
    index->limit_lo = UINT32_MAX;
    if (count > 0 && count % 2 == 0) {
        index->low_lo = flips[0];
        index->limit_lo = flips[count - 1] - flips[0] + 1;
    }
    for (size_t i = 0; i < count; i++)
        positions[i] = flips[i] - index->low_lo;
    status =
        iamp_ipindex_tree(index, positions, count, index->limit_lo, plan, mem);
    index->layout = LAYOUT_RANK;
    if (index->steps || index->top || !plan_allows(plan, LAYOUT_RANK))
        index->layout = LAYOUT_TREE;
    if (status == IAM_OK && !put_levels(index, flips, count, mem))
        status = IAM_ENOMEM;
    return status;
}

iam_status iamp_ipindex_lay4(
    ipindex *index, const ipset *set, const ipplan *plan, arena *mem)
{
    iam_status status;
    arena scratch;

    index->start = set->v4[0].first == 0;
    iamp_arena_init(&scratch, mem->from);
    status = lay_line(index, set, plan, mem);
    if (status == IAM_ELIMIT)
        status = lay_page(index, set, plan, mem, &scratch);
    if (status == IAM_ELIMIT)
        status = lay_tree(index, set, plan, mem, &scratch);
    iamp_arena_release(&scratch);
    return status;
}

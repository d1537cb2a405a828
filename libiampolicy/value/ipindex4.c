/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex4.c - which layout an IPv4 set gets, and its flips.
 */
#include "value/ipindex.h"

enum {
    PAGE_FROM = 1024,       /* ranges that are worth a table of 128 KB */
    PAGE_MORE = 240 * 1024, /* bytes of pages at most: this and */
    PAGE_EACH = 20,         /* this for each range */
    RANK_CELLS = 65536,     /* at most, and */
    RANK_LEAST = 256,       /* */
    RANK_EACH = 2           /* for each flip */
};

#define MOST_FLIPS (UINT32_MAX / 4)

/* Writes at most two flips a range; returns how many. */
static size_t find_flips(const ipset *set, uint32_t *flips)
{
    size_t count = 0;

    for (size_t i = 0; i < set->count4; i++) {
        if (set->v4[i].first > 0)
            flips[count++] = set->v4[i].first - 1;
        if (set->v4[i].last < UINT32_MAX)
            flips[count++] = set->v4[i].last;
    }
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
        to[i] = i < count / step
                    ? (int32_t)((flips[(i + 1) * step - 1] - low) ^ 0x80000000u)
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
    count = find_flips(set, flips);
    if (count <= LINE4 && plan_allows(plan, LAYOUT_LINE)) {
        index->layout = LAYOUT_LINE;
    } else if (count <= (size_t)2 * LINE4 && plan_allows(plan, LAYOUT_LINES)) {
        index->layout = LAYOUT_LINES;
        room = (size_t)2 * LINE4;
    } else {
        return IAM_ELIMIT;
    }
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

static size_t most_cells(const ipplan *plan, size_t flips)
{
    if (plan->most_cells)
        return plan->most_cells;
    if (flips >= RANK_CELLS / RANK_EACH)
        return RANK_CELLS;
    return flips * RANK_EACH < RANK_LEAST ? RANK_LEAST : flips * RANK_EACH;
}

/* Every WINDOWth position, in place; returns how many. */
static size_t next_level(uint64_t *positions, size_t count)
{
    for (size_t i = 0; i < count / WINDOW; i++)
        positions[i] = positions[(i + 1) * WINDOW - 1];
    return count / WINDOW;
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
    size_t count, left;
    iam_status status;

    if (!flips || !positions)
        return IAM_ENOMEM;
    left = count = find_flips(set, flips);
    if (count > MOST_FLIPS)
        return IAM_ELIMIT;
    index->limit_lo = UINT32_MAX;
    if (count > 0 && count % 2 == 0) {
        index->low_lo = flips[0];
        index->limit_lo = flips[count - 1] - flips[0] + 1;
    }
    for (size_t i = 0; i < count; i++)
        positions[i] = flips[i] - index->low_lo;
    while ((status = iamp_ipindex_rank(index, positions, left, index->limit_lo,
                most_cells(plan, count), mem)) == IAM_ELIMIT) {
        left = next_level(positions, left);
        index->top++;
    }
    index->layout = index->top || !plan_allows(plan, LAYOUT_RANK) ? LAYOUT_TREE
                                                                  : LAYOUT_RANK;
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

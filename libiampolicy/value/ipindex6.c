/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex6.c - which layout an IPv6 set gets, and its flips.
 */
#include "value/ipindex.h"

enum {
    CUT_EACH = 8 /* CUT, where no more than one /64 in so many ranges */
};

#define MOST_FLIPS (UINT32_MAX / 4)
#define ALL        UINT64_MAX

typedef struct words {
    uint64_t hi, lo;
} words;

static words minus(words a, words b)
{
    return (words){a.hi - b.hi - (a.lo < b.lo), a.lo - b.lo};
}

static words plus_one(words a)
{
    return (words){a.hi + (a.lo == ALL), a.lo + 1};
}

/* --- flips --------------------------------------------------------------- */

/* What is left of a range without its parts of /64; false if nothing. */
static bool whole_part(const range6 *r, range6 *out)
{
    *out = *r;
    if (r->first_lo != 0) {
        if (r->first_hi == r->last_hi)
            return false;
        out->first_hi++;
        out->first_lo = 0;
    }
    if (r->last_lo != ALL) {
        if (out->first_hi == r->last_hi)
            return false;
        out->last_hi--;
        out->last_lo = ALL;
    }
    return true;
}

typedef struct flip_list {
    words *at;
    size_t count;
    bool start; /* is the lowest address in? */
} flip_list;

static void add_range(flip_list *flips, const range6 *r)
{
    static const words one = {0, 1};
    words first = {r->first_hi, r->first_lo}, last = {r->last_hi, r->last_lo};

    if (first.hi == 0 && first.lo == 0)
        flips->start = true;
    else
        flips->at[flips->count++] = minus(first, one);
    if (last.hi != ALL || last.lo != ALL)
        flips->at[flips->count++] = last;
}

/* At most two flips a range. */
static void find_flips(
    const range6 *ranges, size_t count, bool whole, flip_list *flips)
{
    flips->count = 0;
    flips->start = false;
    for (size_t i = 0; i < count; i++) {
        range6 r = ranges[i];

        if (!whole || whole_part(&ranges[i], &r))
            add_range(flips, &r);
    }
}

size_t iamp_ipindex_flips6(
    const range6 *ranges, size_t count, int64_t *hi, int64_t *lo)
{
    words at[2 * IPSET_FEW6];
    flip_list flips = {.at = at};

    assert(count <= IPSET_FEW6);
    find_flips(ranges, count, false, &flips);
    for (size_t i = 0; i < flips.count; i++) {
        hi[i] = turn64(at[i].hi);
        lo[i] = turn64(at[i].lo);
    }
    return flips.count;
}

/* How many /64 are in partly. */
static size_t count_cut(const ipset *set)
{
    size_t count = 0;
    bool any = false;
    uint64_t last = 0;

    for (size_t i = 0; i < set->count6; i++) {
        const range6 *r = &set->v6[i];

        if (r->first_lo != 0 && (!any || last != r->first_hi)) {
            any = true;
            last = r->first_hi;
            count++;
        }
        if (r->last_lo != ALL && (!any || last != r->last_hi)) {
            any = true;
            last = r->last_hi;
            count++;
        }
    }
    return count;
}

/* --- one level ----------------------------------------------------------- */

/* Level `level`: every `step`th flip, relative to `low`, and padding. */
typedef struct level_shape {
    unsigned level;
    size_t step, room;
    bool deep;
    words low;
} level_shape;

static bool put_level(ipindex *index, const level_shape *shape,
    const flip_list *flips, arena *mem)
{
    int64_t *hi = iamp_ipindex_alloc(index, shape->room, sizeof(*hi), mem);
    int64_t *lo = NULL;

    if (shape->deep)
        lo = iamp_ipindex_alloc(index, shape->room, sizeof(*lo), mem);
    if (!hi || (shape->deep && !lo))
        return false;
    for (size_t i = 0; i < shape->room; i++) {
        words w = {ALL, ALL};

        if (i < flips->count / shape->step)
            w = minus(flips->at[(i + 1) * shape->step - 1], shape->low);
        hi[i] = turn64(w.hi);
        if (lo)
            lo[i] = turn64(w.lo);
    }
    index->level.v6.hi[shape->level] = hi;
    index->level.v6.lo[shape->level] = lo;
    return true;
}

/* --- layouts ------------------------------------------------------------- */

static iam_status lay_line(
    ipindex *index, const ipset *set, const ipplan *plan, arena *mem)
{
    words at[4 * LINE6 + 2];
    flip_list flips = {.at = at};
    level_shape shape = {.step = 1, .room = LINE6};

    if (set->count6 > 2 * LINE6 / 2 + 1)
        return IAM_ELIMIT;
    find_flips(set->v6, set->count6, false, &flips);
    shape.deep = count_cut(set) > 0;
    if (flips.count <= LINE6 && plan_allows(plan, LAYOUT_LINE)) {
        index->layout = shape.deep ? LAYOUT_DEEP_LINE : LAYOUT_LINE;
    } else if (flips.count <= (size_t)2 * LINE6 &&
               plan_allows(plan, LAYOUT_LINES)) {
        index->layout = shape.deep ? LAYOUT_DEEP_LINES : LAYOUT_LINES;
        shape.room = (size_t)2 * LINE6;
    } else {
        return IAM_ELIMIT;
    }
    index->start = flips.start;
    index->flips = (uint8_t)flips.count;
    return put_level(index, &shape, &flips, mem) ? IAM_OK : IAM_ENOMEM;
}

/* Where positions begin and end.  Returns what is taken from each flip. */
static words place(ipindex *index, const flip_list *flips, bool deep)
{
    words low = {0, 0}, limit = {ALL, ALL};

    index->unit = 64;
    if (flips->count == 0 || flips->count % 2) {
        index->limit_hi = index->limit_lo = ALL;
        return low;
    }
    low = flips->at[0];
    limit = plus_one(minus(flips->at[flips->count - 1], low));
    index->low_hi = low.hi;
    index->limit_hi = limit.hi;
    if (deep) {
        index->low_lo = low.lo;
        index->limit_lo = limit.lo;
        while (index->unit > 1 && !(limit.hi >> (index->unit - 1)))
            index->unit--;
    } else { /* the low word of every flip is ALL */
        index->limit_hi++;
    }
    return low;
}

static uint64_t position(const ipindex *index, words w, bool deep)
{
    if (!deep)
        return w.hi;
    return w.hi << (64 - index->unit) | (w.lo >> 1) >> (index->unit - 1);
}

static iam_status rank(ipindex *index, const flip_list *flips, words low,
    bool deep, const ipplan *plan, arena *mem, arena *scratch)
{
    uint64_t *positions = ARENA_ARRAY(scratch, uint64_t, flips->count);
    words limit = {index->limit_hi, index->limit_lo};

    if (!positions)
        return IAM_ENOMEM;
    for (size_t i = 0; i < flips->count; i++)
        positions[i] = position(index, minus(flips->at[i], low), deep);
    return iamp_ipindex_tree(index, positions, flips->count,
        position(index, limit, deep), plan, mem);
}

static bool put_levels(
    ipindex *index, const flip_list *flips, words low, bool deep, arena *mem)
{
    level_shape shape = {0, 1, 0, deep, low};

    for (; shape.level <= index->top; shape.level++) {
        shape.room = (flips->count / shape.step / WINDOW + 2) * WINDOW;
        if (!put_level(index, &shape, flips, mem))
            return false;
        shape.step *= WINDOW;
    }
    return true;
}

/* A bit for each /64 that is cut, and a few that are not. */
static bool put_filter(ipindex *index, const ipset *set, size_t cut, arena *mem)
{
    unsigned bits = 6;
    uint64_t *filter;

    while ((UINT64_C(1) << bits) < cut * FILTER_BITS)
        bits++;
    filter = iamp_ipindex_alloc(
        index, (size_t)1 << (bits - 6), sizeof(*filter), mem);
    if (!filter)
        return false;
    for (size_t i = 0; i < set->count6; i++) {
        const range6 *r = &set->v6[i];
        size_t first = cut_hash(r->first_hi, 64 - bits);
        size_t last = cut_hash(r->last_hi, 64 - bits);

        filter[first / 64] |= (uint64_t)(r->first_lo != 0) << first % 64;
        filter[last / 64] |= (uint64_t)(r->last_lo != ALL) << last % 64;
    }
    index->more.cut.filter = filter;
    index->more.cut.filter_shift = 64 - bits;
    index->more.cut.ranges = set->v6;
    index->more.cut.count = set->count6;
    return true;
}

static iam_status lay_tree(ipindex *index, const ipset *set, const ipplan *plan,
    arena *mem, arena *scratch)
{
    flip_list flips = {.at = ARENA_ARRAY(scratch, words, 2 * set->count6)};
    size_t cut = count_cut(set);
    bool filtered = cut > 0 && plan_allows(plan, LAYOUT_CUT_TREE) &&
                    (plan->layout >= 0 || cut <= set->count6 / CUT_EACH);
    bool deep = cut > 0 && !filtered;
    iam_status status;
    words low;

    if (!flips.at)
        return IAM_ENOMEM;
    find_flips(set->v6, set->count6, filtered, &flips);
    if (flips.count > MOST_FLIPS)
        return IAM_ELIMIT;
    index->start = flips.start;
    low = place(index, &flips, deep);
    status = rank(index, &flips, low, deep, plan, mem, scratch);
    if (status != IAM_OK)
        return status;
    if (index->steps || index->top || !plan_allows(plan, LAYOUT_RANK))
        index->layout = deep ? LAYOUT_DEEP_TREE : LAYOUT_TREE;
    else
        index->layout = deep ? LAYOUT_DEEP_RANK : LAYOUT_RANK;
    if (filtered) {
        index->layout = LAYOUT_CUT_TREE;
        if (!put_filter(index, set, cut, mem))
            return IAM_ENOMEM;
    }
    return put_levels(index, &flips, low, deep, mem) ? IAM_OK : IAM_ENOMEM;
}

iam_status iamp_ipindex_lay6(
    ipindex *index, const ipset *set, const ipplan *plan, arena *mem)
{
    iam_status status;
    arena scratch;

    iamp_arena_init(&scratch, mem->from);
    status = lay_line(index, set, plan, mem);
    if (status == IAM_ELIMIT)
        status = lay_tree(index, set, plan, mem, &scratch);
    iamp_arena_release(&scratch);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex6.c - which layout an IPv6 set gets, and its flips.
 */
#include "value/ipindex.h"

enum {
    RANK_CELLS = 65536, /* at most, and */
    RANK_LEAST = 256,
    RANK_EACH = 2, /* for each flip */
    CUT_EACH = 8   /* CUT, where no more than one /64 in so many ranges */
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
static void find_flips(const ipset *set, bool whole, flip_list *flips)
{
    flips->count = 0;
    flips->start = false;
    for (size_t i = 0; i < set->count6; i++) {
        range6 r = set->v6[i];

        if (!whole || whole_part(&set->v6[i], &r))
            add_range(flips, &r);
    }
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

static int64_t turned(uint64_t word)
{
    return (int64_t)(word ^ UINT64_C(1) << 63);
}

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
        hi[i] = turned(w.hi);
        if (lo)
            lo[i] = turned(w.lo);
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
    find_flips(set, false, &flips);
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

static iam_status rank(ipindex *index, const flip_list *flips, words low,
    bool deep, size_t most, arena *mem, arena *scratch)
{
    uint64_t *positions = ARENA_ARRAY(scratch, uint64_t, flips->count);
    words limit = {index->limit_hi, index->limit_lo};
    size_t left = flips->count;
    iam_status status;

    if (!positions)
        return IAM_ENOMEM;
    for (size_t i = 0; i < flips->count; i++)
        positions[i] = position(index, minus(flips->at[i], low), deep);
    while ((status = iamp_ipindex_rank(index, positions, left,
                position(index, limit, deep), most, mem)) == IAM_ELIMIT) {
        left = next_level(positions, left);
        index->top++;
    }
    return status;
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
    find_flips(set, filtered, &flips);
    if (flips.count > MOST_FLIPS)
        return IAM_ELIMIT;
    index->start = flips.start;
    low = place(index, &flips, deep);
    status = rank(
        index, &flips, low, deep, most_cells(plan, flips.count), mem, scratch);
    if (status != IAM_OK)
        return status;
    if (index->top || !plan_allows(plan, LAYOUT_RANK))
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

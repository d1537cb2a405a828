/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex_lookup.h - the lookups; included once for each vector unit.
 *
 * Who includes this has defined TARGET, what a function needs to be compiled
 * for the unit; ENGINE and ENGINE_NAME; and, for rows of flips,
 *
 *   odd4(flips, x)           is the number of flips below x odd, of LINE4?
 *   below4(flips, x)         that number, of WINDOW
 *   odd_high(flips, x)       as odd4, of LINE6 high words
 *   odd_high2(flips, x)      of 2 * LINE6
 *   below_high(flips, x)     of WINDOW
 *   odd_deep(hi, lo, x, y)   of LINE6 pairs of words
 *   below_deep(hi, lo, x, y) of LINE6
 *   ones64(x)                how many bits are set
 *   sweep4_block(flips, count, start, addresses, out)   SWEEP4 addresses
 *   sweep6_block(hi, lo, count, start, addresses, out)  SWEEP6 addresses
 *
 * No branch here depends on an address, but for a /24 or a /64 that is cut.
 */

/* --- IPv4 ---------------------------------------------------------------- */

static inline TARGET bool line4(const ipindex *index, uint32_t a)
{
    return index->start ^ odd4(index->level.v4[0], turn32(a));
}

static inline TARGET bool lines4(const ipindex *index, uint32_t a)
{
    const int32_t *flips = index->level.v4[0];
    int32_t x = turn32(a);

    return index->start ^ odd4(flips, x) ^ odd4(flips + LINE4, x);
}

/* A lookup that has been begun. */
typedef struct place4 {
    const int32_t *flips;
    int32_t x;
    uint32_t odd; /* the lowest bit: how many flips there are before */
} place4;

static inline TARGET uint32_t position4(const ipindex *index, uint32_t a)
{
    uint32_t x = a - (uint32_t)index->low_lo;
    uint32_t limit = (uint32_t)index->limit_lo;

    return x < limit ? x : limit;
}

/* From a position to the flips before its cell. */
static inline TARGET size_t steps(const ipindex *index, uint64_t x)
{
    size_t at = x >> index->shift;
    uint32_t shift = index->shift;

    for (size_t step = index->steps; step > 0; step--) {
        ipcell cell = index->cells[at];

        at = cell.first + ((x & ((UINT64_C(1) << shift) - 1)) >> cell.shift);
        shift = cell.shift;
    }
    return index->ranks[at];
}

static inline TARGET place4 rank4_start(const ipindex *index, uint32_t a)
{
    uint32_t x = position4(index, a);
    uint32_t at = index->ranks[(uint64_t)x >> index->shift];

    return (place4){index->level.v4[0] + at, turn32(x), at};
}

static inline TARGET place4 tree4_start(const ipindex *index, uint32_t a)
{
    uint32_t x = position4(index, a);
    size_t at = steps(index, x);
    int32_t turned = turn32(x);

    for (size_t level = index->top; level > 0; level--)
        at = (at + below4(index->level.v4[level] + at, turned)) * WINDOW;
    return (place4){index->level.v4[0] + at, turned, (uint32_t)at};
}

static inline TARGET bool end4(const ipindex *index, place4 p)
{
    return index->start ^ (p.odd & 1) ^ odd4(p.flips, p.x);
}

static inline TARGET bool rank4(const ipindex *index, uint32_t a)
{
    return end4(index, rank4_start(index, a));
}

static inline TARGET bool tree4(const ipindex *index, uint32_t a)
{
    return end4(index, tree4_start(index, a));
}

static inline TARGET bool page4(const ipindex *index, uint32_t a)
{
    const uint64_t *row =
        index->more.page.rows[index->more.page.roots[a >> 16]];

    return row[a >> 14 & 3] >> (a >> 8 & 63) & 1;
}

static inline TARGET bool pages4(const ipindex *index, uint32_t a)
{
    uint32_t number = index->more.page.roots[a >> 16];
    uint32_t word = a >> 14 & 3;
    unsigned bit = a >> 8 & 63;

    /* Rows 0 and 1 are no cut rows, and wrap. */
    if (number - 2 < index->more.page.cut_rows) {
        const ipcut *cut = &index->more.page.cuts[(number - 2) * 4 + word];

        if (cut->cut >> bit & 1) {
            uint64_t before = cut->cut & ((UINT64_C(1) << bit) - 1);
            uint32_t leaf = cut->leaf + ones64(before);

            return index->more.page.leaves[leaf][a >> 6 & 3] >> (a & 63) & 1;
        }
    }
    return index->more.page.rows[number][word] >> bit & 1;
}

/* --- IPv6 ---------------------------------------------------------------- */

static inline TARGET bool line_high(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    (void)lo;
    return index->start ^ odd_high(index->level.v6.hi[0], turn64(hi));
}

static inline TARGET bool lines_high(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    (void)lo;
    return index->start ^ odd_high2(index->level.v6.hi[0], turn64(hi));
}

static inline TARGET bool line_deep(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    return index->start ^ odd_deep(index->level.v6.hi[0], index->level.v6.lo[0],
                              turn64(hi), turn64(lo));
}

static inline TARGET bool odd_deep2(
    const int64_t *hi, const int64_t *lo, int64_t x, int64_t y)
{
    return odd_deep(hi, lo, x, y) ^ odd_deep(hi + LINE6, lo + LINE6, x, y);
}

static inline TARGET bool lines_deep(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    return index->start ^ odd_deep2(index->level.v6.hi[0],
                              index->level.v6.lo[0], turn64(hi), turn64(lo));
}

/* A lookup that has been begun. */
typedef struct place6 {
    int64_t x, y;
    size_t at;
} place6;

static inline TARGET uint64_t position_high(const ipindex *index, uint64_t hi)
{
    uint64_t x = hi - index->low_hi;

    return x < index->limit_hi ? x : index->limit_hi;
}

static inline TARGET place6 rank_high_start(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    uint64_t x = position_high(index, hi);

    (void)lo;
    return (place6){turn64(x), 0, index->ranks[x >> index->shift]};
}

static inline TARGET place6 tree_high_start(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    uint64_t x = position_high(index, hi);
    place6 p = {turn64(x), 0, steps(index, x)};

    (void)lo;
    for (size_t level = index->top; level > 0; level--) {
        const int64_t *flips = index->level.v6.hi[level] + p.at;

        p.at = (p.at + below_high(flips, p.x)) * WINDOW;
    }
    return p;
}

static inline TARGET bool end_high(const ipindex *index, place6 p)
{
    return index->start ^ (p.at & 1) ^
           odd_high2(index->level.v6.hi[0] + p.at, p.x);
}

/* Positions have two words; ranks see the 64 bits from `unit` on, which are
 * returned. */
static inline TARGET uint64_t position_deep(
    const ipindex *index, uint64_t *hi, uint64_t *lo)
{
    uint64_t y = *lo - index->low_lo;
    uint64_t x = *hi - index->low_hi - (*lo < index->low_lo);
    bool above = (x > index->limit_hi) |
                 ((x == index->limit_hi) & (y > index->limit_lo));
    uint64_t mask = -(uint64_t)above;

    *hi = x ^= (x ^ index->limit_hi) & mask;
    *lo = y ^= (y ^ index->limit_lo) & mask;
    return x << (64 - index->unit) | (y >> 1) >> (index->unit - 1);
}

static inline TARGET place6 rank_deep_start(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    uint32_t at = index->ranks[position_deep(index, &hi, &lo) >> index->shift];

    return (place6){turn64(hi), turn64(lo), at};
}

static inline TARGET place6 tree_deep_start(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    size_t at = steps(index, position_deep(index, &hi, &lo));
    place6 p = {turn64(hi), turn64(lo), at};

    for (size_t level = index->top; level > 0; level--) {
        const int64_t *his = index->level.v6.hi[level] + p.at;
        const int64_t *los = index->level.v6.lo[level] + p.at;

        p.at += below_deep(his, los, p.x, p.y) +
                below_deep(his + LINE6, los + LINE6, p.x, p.y);
        p.at *= WINDOW;
    }
    return p;
}

static inline TARGET bool end_deep(const ipindex *index, place6 p)
{
    return index->start ^ (p.at & 1) ^
           odd_deep2(index->level.v6.hi[0] + p.at, index->level.v6.lo[0] + p.at,
               p.x, p.y);
}

static inline TARGET bool rank_high(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    return end_high(index, rank_high_start(index, hi, lo));
}

static inline TARGET bool tree_high(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    return end_high(index, tree_high_start(index, hi, lo));
}

static inline TARGET bool rank_deep(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    return end_deep(index, rank_deep_start(index, hi, lo));
}

static inline TARGET bool tree_deep(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    return end_deep(index, tree_deep_start(index, hi, lo));
}

static inline TARGET bool may_be_cut(const ipindex *index, uint64_t hi)
{
    unsigned bit = cut_hash(hi, index->more.cut.filter_shift);

    return index->more.cut.filter[bit / 64] >> bit % 64 & 1;
}

static inline TARGET bool tree_cut(
    const ipindex *index, uint64_t hi, uint64_t lo)
{
    if (UNLIKELY(may_be_cut(index, hi)))
        return iamp_ipset_search6(
            index->more.cut.ranges, index->more.cut.count, hi, lo);
    return tree_high(index, hi, lo);
}

/* --- one and many -------------------------------------------------------- */

enum {
    STRIDE = 32 /* lookups begun before the first is ended */
};

static TARGET void sweep4(const int32_t *flips, size_t flip_count, bool start,
    const uint32_t *addresses, size_t count, bool *out)
{
    uint32_t rest[SWEEP4] = {0};
    bool in[SWEEP4];

    for (; count >= SWEEP4; count -= SWEEP4) {
        sweep4_block(flips, flip_count, start, addresses, out);
        addresses += SWEEP4;
        out += SWEEP4;
    }
    if (count == 0)
        return;
    memcpy(rest, addresses, count * sizeof(*rest));
    sweep4_block(flips, flip_count, start, rest, in);
    memcpy(out, in, count * sizeof(*in));
}

static TARGET void sweep6(const int64_t *hi, const int64_t *lo,
    size_t flip_count, bool start, const uint8_t (*addresses)[16], size_t count,
    bool *out)
{
    uint8_t rest[SWEEP6][16] = {{0}};
    bool in[SWEEP6];

    for (; count >= SWEEP6; count -= SWEEP6) {
        sweep6_block(hi, lo, flip_count, start, addresses, out);
        addresses += SWEEP6;
        out += SWEEP6;
    }
    if (count == 0)
        return;
    memcpy(rest, addresses, count * sizeof(*rest));
    sweep6_block(hi, lo, flip_count, start, (const uint8_t(*)[16])rest, in);
    memcpy(out, in, count * sizeof(*in));
}

static TARGET void lines4_many(
    const iplookup *how, const uint32_t *addresses, size_t count, bool *out)
{
    const ipindex *index = index_of(how);

    sweep4(
        index->level.v4[0], index->flips, index->start, addresses, count, out);
}

static TARGET void lines6_many(const iplookup *how,
    const uint8_t (*addresses)[16], size_t count, bool *out)
{
    const ipindex *index = index_of(how);

    sweep6(index->level.v6.hi[0], index->level.v6.lo[0], index->flips,
        index->start, addresses, count, out);
}

#define ONE4(name)                                                       \
    static TARGET bool name##_one(const iplookup *how, uint32_t address) \
    {                                                                    \
        return name(index_of(how), address);                             \
    }

#define MANY4(name)                                         \
    static TARGET void name##_many(const iplookup *how,     \
        const uint32_t *addresses, size_t count, bool *out) \
    {                                                       \
        for (size_t i = 0; i < count; i++)                  \
            out[i] = name(index_of(how), addresses[i]);     \
    }

#define STAGED4(name)                                                  \
    static TARGET void name##_many(const iplookup *how,                \
        const uint32_t *addresses, size_t count, bool *out)            \
    {                                                                  \
        place4 places[STRIDE];                                         \
                                                                       \
        for (; count >= STRIDE; count -= STRIDE) {                     \
            for (size_t i = 0; i < STRIDE; i++) {                      \
                places[i] = name##_start(index_of(how), addresses[i]); \
                __builtin_prefetch(places[i].flips);                   \
            }                                                          \
            for (size_t i = 0; i < STRIDE; i++)                        \
                out[i] = end4(index_of(how), places[i]);               \
            addresses += STRIDE;                                       \
            out += STRIDE;                                             \
        }                                                              \
        for (size_t i = 0; i < count; i++)                             \
            out[i] = name(index_of(how), addresses[i]);                \
    }

ONE4(line4)
ONE4(lines4)
ONE4(rank4)
MANY4(rank4)
ONE4(tree4)
STAGED4(tree4)
ONE4(page4)
MANY4(page4)
ONE4(pages4)
MANY4(pages4)

#define ONE6(name)                                     \
    static TARGET bool name##_one(                     \
        const iplookup *how, uint64_t hi, uint64_t lo) \
    {                                                  \
        return name(index_of(how), hi, lo);            \
    }

#define MANY6(name)                                                         \
    static TARGET void name##_many(const iplookup *how,                     \
        const uint8_t(*addresses)[16], size_t count, bool *out)             \
    {                                                                       \
        for (size_t i = 0; i < count; i++)                                  \
            out[i] = name(                                                  \
                index_of(how), wire(addresses[i]), wire(addresses[i] + 8)); \
    }

#define STAGED6(name, kind)                                                 \
    static TARGET void name##_##kind##_many(const iplookup *how,            \
        const uint8_t(*addresses)[16], size_t count, bool *out)             \
    {                                                                       \
        place6 places[STRIDE];                                              \
                                                                            \
        for (; count >= STRIDE; count -= STRIDE) {                          \
            for (size_t i = 0; i < STRIDE; i++) {                           \
                places[i] = name##_##kind##_start(index_of(how),            \
                    wire(addresses[i]), wire(addresses[i] + 8));            \
                __builtin_prefetch(                                         \
                    index_of(how)->level.v6.hi[0] + places[i].at);          \
            }                                                               \
            for (size_t i = 0; i < STRIDE; i++)                             \
                out[i] = end_##kind(index_of(how), places[i]);              \
            addresses += STRIDE;                                            \
            out += STRIDE;                                                  \
        }                                                                   \
        for (size_t i = 0; i < count; i++)                                  \
            out[i] = name##_##kind(                                         \
                index_of(how), wire(addresses[i]), wire(addresses[i] + 8)); \
    }

ONE6(line_high)
ONE6(lines_high)
ONE6(rank_high)
MANY6(rank_high)
ONE6(tree_high)
STAGED6(tree, high)
ONE6(line_deep)
ONE6(lines_deep)
ONE6(rank_deep)
MANY6(rank_deep)
ONE6(tree_deep)
STAGED6(tree, deep)
ONE6(tree_cut)
MANY6(tree_cut)

/* In the order of iplayout. */
const ipengine ENGINE = {.name = ENGINE_NAME,
    .sweep4 = sweep4,
    .sweep6 = sweep6,
    .one4 = {line4_one, lines4_one, rank4_one, tree4_one, page4_one,
        pages4_one},
    .many4 = {lines4_many, lines4_many, rank4_many, tree4_many, page4_many,
        pages4_many},
    .one6 = {line_high_one, lines_high_one, rank_high_one, tree_high_one,
        line_deep_one, lines_deep_one, rank_deep_one, tree_deep_one,
        tree_cut_one},
    .many6 = {lines6_many, lines6_many, rank_high_many, tree_high_many,
        lines6_many, lines6_many, rank_deep_many, tree_deep_many,
        tree_cut_many}};

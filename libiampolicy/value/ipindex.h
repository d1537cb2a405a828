/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex.h - what makes a lookup in an address set fast.
 *
 * Seen from below, a set flips at its edges: out, in, out again.  A flip is
 * stored as the address before it, so that "flip < address" counts the flips up
 * to an address, and whether that count is odd is the answer.  Nothing is above
 * the largest address, which therefore fills the end of every array.
 *
 * The layouts differ in how they find the few flips that matter:
 *
 *   LINE, LINES  one or two cache lines hold all flips; all are compared
 *   RANK         the address, cut to its first bits, gives the number of flips
 *                before them; the flips that follow are compared.  Where they
 *                crowd, a cell of the first bits leads to cells of more bits
 *   TREE         where too many follow, every sixteenth flip stands in a row of
 *                its own, every sixteenth of those in the next, and so on; the
 *                rank leads to a place in the shortest row
 *   PAGE         IPv4: a bit for each /24, by /16; for a /24 that is cut
 *   PAGES        further, a leaf has a bit for each address
 *
 * Positions are relative: to the flip `low`, and not above `limit`, where the
 * set is as it is below `low`.  A set that ends otherwise than it begins has
 * neither.  IPv6 comes in three kinds: HIGH, where every flip lies between two
 * /64 and the low word of an address says nothing; CUT, a HIGH that is not
 * asked about a few /64, which a filter knows; and DEEP.
 *
 * One source, ipindex_lookup.h, is compiled for each kind of vector unit.
 */
#ifndef IAMP_IPINDEX_H
#define IAMP_IPINDEX_H

#include "base/arena.h"
#include "value/ipset.h"

enum {
    WINDOW = 16,     /* flips compared at once */
    LINE4 = 16,      /* flips of a cache line */
    LINE6 = 8,       /* DEEP: twice that many bytes */
    MOST_LEVELS = 9, /* 16 to the 9th is more than MOST_FLIPS */
    FILTER_BITS = 64 /* for each /64 that is cut */
};

typedef enum iplayout {
    LAYOUT_LINE,
    LAYOUT_LINES,
    LAYOUT_RANK,
    LAYOUT_TREE,
    LAYOUT_PAGE,
    LAYOUT_PAGES,
    LAYOUTS4,
    LAYOUT_DEEP_LINE = LAYOUT_PAGE,
    LAYOUT_DEEP_LINES,
    LAYOUT_DEEP_RANK,
    LAYOUT_DEEP_TREE,
    LAYOUT_CUT_TREE,
    LAYOUTS6
} iplayout;

typedef struct ipindex {
    iplookup how; /* the first member: an iplookup is the start of its index */
    uint8_t layout, start; /* start: is the lowest address in? */
    uint8_t unit;          /* DEEP: bits of a position that no rank sees */
    uint8_t shift;         /* from a position to its cell */
    uint8_t steps;         /* from cell to cell to rank: none is 0 */
    uint8_t top;           /* TREE: the level that ranks lead to */
    uint8_t flips;         /* LINE, LINES: how many there are */
    uint64_t low_hi, low_lo, limit_hi, limit_lo; /* IPv4: only the low words */
    const struct ipcell *cells;                  /* of all steps */
    const uint32_t *ranks;                       /* flips before each cell */
    /* Flips, relative, as signed numbers in the same order: the top bit of a
     * word is turned.  Level 0 has all, each other one the last of each WINDOW
     * of the one before. */
    union {
        const int32_t *v4[MOST_LEVELS];
        struct {
            const int64_t *hi[MOST_LEVELS], *lo[MOST_LEVELS]; /* lo: DEEP */
        } v6;
    } level;
    union {
        struct {
            const uint16_t *roots;       /* /16 to its row: 0 out, 1 in */
            const uint64_t (*rows)[4];   /* is a /24 in? */
            uint32_t cut_rows;           /* rows 2 and on that have a cut */
            const struct ipcut *cuts;    /* of those rows, four each */
            const uint64_t (*leaves)[4]; /* is an address in? */
        } page;
        struct {
            const uint64_t *filter; /* CUT: of high words */
            unsigned filter_shift;
            const range6 *ranges; /* who knows */
            size_t count;
        } cut;
    } more;
    size_t bytes; /* of everything here */
} ipindex;

/* The bits of a position that this cell does not fix, without the lowest
 * `shift`, and `first` are the number of the next cell, or of a rank. */
typedef struct ipcell {
    uint32_t first, shift;
} ipcell;

/* An address word as flips are. */
static inline int32_t turn32(uint32_t word)
{
    return (int32_t)(word ^ 0x80000000u);
}

static inline int64_t turn64(uint64_t word)
{
    return (int64_t)(word ^ UINT64_C(1) << 63);
}

/* Eight bytes, the highest first; the form that compilers know. */
static inline uint64_t wire(const uint8_t *b)
{
    return (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 | (uint64_t)b[2] << 40 |
           (uint64_t)b[3] << 32 | (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 |
           (uint64_t)b[6] << 8 | b[7];
}

static inline const ipindex *index_of(const iplookup *how)
{
    return (const ipindex *)(const void *)how;
}

/* 64 of the /24 of a /16: which are cut, and the leaf of the first. */
typedef struct ipcut {
    uint64_t cut;
    uint32_t leaf;
} ipcut;

/* The functions of one vector unit, by layout. */
typedef struct ipengine {
    const char *name;
    /* Many addresses against few flips, `start` as in an index.  lo: NULL where
     * all flips lie between two /64. */
    void (*sweep4)(const int32_t *flips, size_t flip_count, bool start,
        const uint32_t *addresses, size_t count, bool *out);
    void (*sweep6)(const int64_t *hi, const int64_t *lo, size_t flip_count,
        bool start, const uint8_t (*addresses)[16], size_t count, bool *out);
    bool (*one4[LAYOUTS4])(const iplookup *index, uint32_t address);
    void (*many4[LAYOUTS4])(const iplookup *index, const uint32_t *addresses,
        size_t count, bool *out);
    bool (*one6[LAYOUTS6])(const iplookup *index, uint64_t hi, uint64_t lo);
    void (*many6[LAYOUTS6])(const iplookup *index,
        const uint8_t (*addresses)[16], size_t count, bool *out);
} ipengine;

#if defined(__x86_64__) && defined(__GNUC__)
#define IPENGINE_X86 1
extern const ipengine iamp_ipengine_avx2, iamp_ipengine_avx512;
#elif defined(__aarch64__) && defined(__ARM_NEON)
#define IPENGINE_NEON 1
extern const ipengine iamp_ipengine_neon;
#endif
extern const ipengine iamp_ipengine_scalar;

/* The engines that this machine can run, the best first; NULL behind the last.
 * The scalar one is always among them. */
const ipengine *iamp_ipengine(size_t i);

/* All flips of few ranges, turned as they are in an index; returns how many. */
size_t iamp_ipindex_flips4(const range4 *ranges, size_t count, int32_t *flips);
size_t iamp_ipindex_flips6(
    const range6 *ranges, size_t count, int64_t *hi, int64_t *lo);

/* How a set is laid out: for tests and for measuring. */
typedef struct ipplan {
    const ipengine *engine; /* NULL: the best */
    int layout;             /* one of iplayout, or -1: as the size suggests */
    size_t most_cells;      /* RANK, TREE; 0: as the size suggests */
} ipplan;

/* As iamp_ipset_index(), laid out as told, as far as that can be. */
iam_status iamp_ipset_index_as(ipset *set, const ipplan *plan, arena *mem);

/* --- for the files of this module ---------------------------------------- */

/* Sorted positions and what their ranks may cost. */
typedef struct ranking {
    const uint64_t *positions;
    size_t count;
    uint64_t limit;    /* no address has a larger position */
    size_t most_cells; /* of the first step */
    unsigned each;     /* cells of another step, for each position */
} ranking;

/* Fill in ranks, cells, and shift, so that no rank is followed by more than
 * WINDOW positions of its cell; IAM_ELIMIT if that takes more steps. */
iam_status iamp_ipindex_rank(
    ipindex *index, const ranking *r, unsigned steps, arena *mem);

/* Find the steps and the level for which that can be done, the fastest first.
 * Overwrites the positions. */
iam_status iamp_ipindex_tree(ipindex *index, uint64_t *positions, size_t count,
    uint64_t limit, const ipplan *plan, arena *mem);

/* For an address whose /64 is cut, perhaps. */
bool iamp_ipset_search6(
    const range6 *ranges, size_t count, uint64_t hi, uint64_t lo);

static inline unsigned cut_hash(uint64_t hi, unsigned shift)
{
    return (unsigned)((hi * UINT64_C(0x9e3779b97f4a7c15)) >> shift);
}

/* Fill in the pages of `set`; IAM_ELIMIT if they need more than `most` bytes.
 */
iam_status iamp_ipindex_page(
    ipindex *index, const ipset *set, size_t most, arena *mem, arena *scratch);

/* Lay the set out for IPv4, for IPv6.  IAM_ELIMIT: no layout suits. */
iam_status iamp_ipindex_lay4(
    ipindex *index, const ipset *set, const ipplan *plan, arena *mem);
iam_status iamp_ipindex_lay6(
    ipindex *index, const ipset *set, const ipplan *plan, arena *mem);

static inline bool plan_allows(const ipplan *plan, iplayout layout)
{
    return plan->layout < 0 || plan->layout == (int)layout;
}

/* Memory at the start of a cache line; adds to index->bytes. */
void *iamp_ipindex_alloc(ipindex *index, size_t count, size_t size, arena *mem);

#endif

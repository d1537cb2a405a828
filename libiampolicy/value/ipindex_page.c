/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex_page.c - a bit for each /24, where one cannot speak for a /16.
 *
 * The number of a /16 leads to its row.  Row 0 is all out, row 1 all in, and
 * all such /16 share them; then come the rows in which a /24 is cut.
 */
#include "value/ipindex.h"

enum {
    ROOTS = 65536,
    SHARED = 2, /* rows */
    WORDS = 4   /* of a row, of a leaf */
};

/* What a /16 needs. */
enum {
    ROW = 1,
    CUT = 2
};

typedef struct pager {
    unsigned char *needs; /* by /16, scratch */
    uint16_t *roots;
    uint64_t (*rows)[WORDS];
    ipcut *cuts;
    uint64_t (*leaves)[WORDS];
    uint32_t cut_rows, all_rows, leaf_count;
    /* The next of each; ranges are sorted, so are these. */
    uint32_t next_cut_row, next_row, next_leaf;
    int64_t last_slash24; /* whose leaf is the last one, or -1 */
} pager;

/* --- how much ------------------------------------------------------------ */

static void need(pager *p, uint32_t edge, bool cuts24, bool cuts16)
{
    unsigned char *needs = &p->needs[edge >> 16];

    if (cuts16 && !(*needs & ROW)) {
        *needs |= ROW;
        p->all_rows++;
    }
    if (!cuts24)
        return;
    if (!(*needs & CUT)) {
        *needs |= CUT;
        p->cut_rows++;
    }
    if (p->last_slash24 != edge >> 8) {
        p->last_slash24 = edge >> 8;
        p->leaf_count++;
    }
}

static void find_needs(pager *p, const ipset *set)
{
    p->all_rows = SHARED;
    p->last_slash24 = -1;
    for (size_t i = 0; i < set->count4; i++) {
        uint32_t first = set->v4[i].first, last = set->v4[i].last;

        need(p, first, (first & 0xff) != 0, (first & 0xffff) != 0);
        need(p, last, (last & 0xff) != 0xff, (last & 0xffff) != 0xffff);
    }
    p->last_slash24 = -1;
}

static size_t bytes_of(const pager *p)
{
    return ROOTS * sizeof(*p->roots) + p->all_rows * sizeof(*p->rows) +
           (size_t)p->cut_rows * WORDS * sizeof(*p->cuts) +
           p->leaf_count * sizeof(*p->leaves);
}

/* --- filling in ---------------------------------------------------------- */

static void set_bits(uint64_t *words, unsigned first, unsigned last)
{
    for (unsigned word = first / 64; word <= last / 64; word++) {
        unsigned from = word == first / 64 ? first % 64 : 0;
        unsigned to = word == last / 64 ? last % 64 : 63;

        words[word] |= UINT64_MAX >> (63 - (to - from)) << from;
    }
}

static void set_leaf(
    pager *p, size_t row, uint32_t slash24, unsigned first, unsigned last)
{
    ipcut *cut = &p->cuts[(row - SHARED) * WORDS + (slash24 >> 6 & 3)];

    if (p->last_slash24 != slash24) {
        p->last_slash24 = slash24;
        if (!cut->cut)
            cut->leaf = p->next_leaf;
        p->next_leaf++;
        cut->cut |= UINT64_C(1) << (slash24 & 63);
    }
    set_bits(p->leaves[p->next_leaf - 1], first, last);
}

static size_t row_of(pager *p, uint32_t slash16)
{
    uint16_t *root = &p->roots[slash16];

    if (*root == 0)
        *root = (uint16_t)(p->needs[slash16] & CUT ? p->next_cut_row++
                                                   : p->next_row++);
    return *root;
}

/* Addresses first to last, all of one /16 and not all of it. */
static void set_row(pager *p, uint32_t first, uint32_t last)
{
    uint32_t from = first >> 8, to = last >> 8;
    size_t row = row_of(p, first >> 16);

    if ((first & 0xff) != 0 || (from == to && (last & 0xff) != 0xff)) {
        set_leaf(p, row, from, first & 0xff, from == to ? last & 0xff : 0xff);
        from++;
    }
    if (from <= to && (last & 0xff) != 0xff)
        set_leaf(p, row, to--, 0, last & 0xff);
    if (from <= to)
        set_bits(p->rows[row], from & 0xff, to & 0xff);
}

static void set_range(pager *p, const range4 *r)
{
    for (uint32_t slash16 = r->first >> 16; slash16 <= r->last >> 16;
         slash16++) {
        uint32_t first = slash16 << 16, last = first | 0xffff;

        if (first < r->first)
            first = r->first;
        if (last > r->last)
            last = r->last;
        if (last - first == 0xffff)
            p->roots[slash16] = 1;
        else
            set_row(p, first, last);
    }
}

static bool pager_alloc(pager *p, ipindex *index, arena *mem)
{
    p->roots = iamp_ipindex_alloc(index, ROOTS, sizeof(*p->roots), mem);
    p->rows = iamp_ipindex_alloc(index, p->all_rows, sizeof(*p->rows), mem);
    p->cuts = iamp_ipindex_alloc(
        index, (size_t)p->cut_rows * WORDS, sizeof(*p->cuts), mem);
    p->leaves =
        iamp_ipindex_alloc(index, p->leaf_count, sizeof(*p->leaves), mem);
    return p->roots && p->rows && p->cuts && p->leaves;
}

iam_status iamp_ipindex_page(
    ipindex *index, const ipset *set, size_t most, arena *mem, arena *scratch)
{
    pager p = {.needs = ARENA_ARRAY(scratch, unsigned char, ROOTS)};

    if (!p.needs)
        return IAM_ENOMEM;
    find_needs(&p, set);
    if (p.all_rows > UINT16_MAX || bytes_of(&p) > most)
        return IAM_ELIMIT;
    if (!pager_alloc(&p, index, mem))
        return IAM_ENOMEM;
    p.next_cut_row = SHARED;
    p.next_row = SHARED + p.cut_rows;
    set_bits(p.rows[1], 0, 255);
    for (size_t i = 0; i < set->count4; i++)
        set_range(&p, &set->v4[i]);
    index->layout = p.cut_rows ? LAYOUT_PAGES : LAYOUT_PAGE;
    index->more.page.roots = p.roots;
    index->more.page.rows = (const uint64_t(*)[WORDS])p.rows;
    index->more.page.cut_rows = p.cut_rows;
    index->more.page.cuts = p.cuts;
    index->more.page.leaves = (const uint64_t(*)[WORDS])p.leaves;
    return IAM_OK;
}

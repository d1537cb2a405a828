/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipindex_rank.c - from the first bits of a position to the flips that follow.
 */
#include "value/ipindex.h"

/* How many of sorted positions share a cell at most. */
static size_t fullest(const uint64_t *positions, size_t count, unsigned shift)
{
    size_t start = 0, most = 0;

    for (size_t i = 1; i <= count; i++) {
        if (i < count && positions[i] >> shift == positions[start] >> shift)
            continue;
        if (i - start > most)
            most = i - start;
        start = i;
    }
    return most;
}

/* The largest shift from `finest` on whose cells are not too full; `coarsest`
 * is known to be too large. */
static unsigned widest_cells(
    const uint64_t *positions, size_t count, unsigned finest, unsigned coarsest)
{
    while (coarsest - finest > 1) {
        unsigned middle = (finest + coarsest) / 2;

        if (fullest(positions, count, middle) <= WINDOW)
            finest = middle;
        else
            coarsest = middle;
    }
    return finest;
}

iam_status iamp_ipindex_rank(ipindex *index, const uint64_t *positions,
    size_t count, uint64_t limit, size_t most, arena *mem)
{
    unsigned finest = 0, coarsest;
    size_t cells, at = 0;
    uint32_t *ranks;

    while (limit >> finest >= most && finest < 63)
        finest++;
    if (fullest(positions, count, finest) > WINDOW)
        return IAM_ELIMIT;
    coarsest = finest;
    while (limit >> coarsest > 0 && coarsest < 63)
        coarsest++;
    if (fullest(positions, count, coarsest) > WINDOW)
        coarsest = widest_cells(positions, count, finest, coarsest);
    index->shift = (uint8_t)coarsest;
    cells = (size_t)(limit >> index->shift) + 1;
    index->ranks = ranks =
        iamp_ipindex_alloc(index, cells, sizeof(*ranks), mem);
    if (!ranks)
        return IAM_ENOMEM;
    for (size_t cell = 0; cell < cells; cell++) {
        while (at < count && positions[at] >> index->shift < cell)
            at++;
        ranks[cell] = (uint32_t)at;
    }
    return IAM_OK;
}

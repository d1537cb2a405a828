/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipset.h - a set of IPv4 and IPv6 addresses, made once and asked often.
 *
 * Two sorted lists of disjoint ranges, one a family.  Neighbours are merged, so
 * a set has one form only: equal sets have equal arrays.  Beside them stands an
 * index a family, which depends on the ranges alone: it makes a lookup faster
 * and never changes the answer.
 */
#ifndef IAMP_IPSET_H
#define IAMP_IPSET_H

#include "value/ipaddr.h"

/* Both ends belong to the range. */
typedef struct range4 {
    uint32_t first, last;
} range4;

typedef struct range6 {
    uint64_t first_hi, first_lo, last_hi, last_lo;
} range6;

typedef struct ipset {
    const range4 *v4;
    const range6 *v6;
    size_t count4, count6;
    const struct ipindex *index4, *index6; /* NULL: the ranges are searched */
} ipset;

/* Sort and merge `blocks` into a set that lives in `mem`, and index it.
 * IAM_ENOMEM, and then the set is empty. */
iam_status iamp_ipset_build(
    ipset *set, const ipblock *blocks, size_t count, arena *mem);

/* Index a set whose ranges are there: sorted, disjoint, and no two of them
 * neighbours.  IAM_ENOMEM, and then the set answers as before, more slowly. */
iam_status iamp_ipset_index(ipset *set, arena *mem);

/* For any set, indexed or not, the empty one too. */
bool iamp_ipset_contains4(const ipset *set, uint32_t address);
bool iamp_ipset_contains6(const ipset *set, uint64_t hi, uint64_t lo);

/* The same for `count` addresses: out[i] says whether addresses[i] belongs to
 * the set.  IPv6 addresses stand as on the wire, without any alignment. */
void iamp_ipset_match4(
    const ipset *set, const uint32_t *addresses, size_t count, bool *out);
void iamp_ipset_match6(
    const ipset *set, const uint8_t (*addresses)[16], size_t count, bool *out);

/* Most sets in policies are one or two blocks, which need no index and no
 * call.  No branch here depends on the address. */
static inline bool ipset_few(size_t count)
{
    return count - 1 <= 1; /* 1 or 2 */
}

static inline bool few4(const ipset *set, uint32_t address)
{
    const range4 *a = set->v4, *b = a + set->count4 - 1;

    return ((int)(address - a->first <= a->last - a->first) |
               (int)(address - b->first <= b->last - b->first)) != 0;
}

/* Is the first address above the second? */
static inline bool words_above(
    uint64_t hi, uint64_t lo, uint64_t than_hi, uint64_t than_lo)
{
    return ((int)(hi > than_hi) |
               ((int)(hi == than_hi) & (int)(lo > than_lo))) != 0;
}

static inline bool few6(const ipset *set, uint64_t hi, uint64_t lo)
{
    const range6 *a = set->v6, *b = a + set->count6 - 1;
    int outside_a = (int)words_above(a->first_hi, a->first_lo, hi, lo) |
                    (int)words_above(hi, lo, a->last_hi, a->last_lo);
    int outside_b = (int)words_above(b->first_hi, b->first_lo, hi, lo) |
                    (int)words_above(hi, lo, b->last_hi, b->last_lo);

    return (outside_a & outside_b) == 0;
}

static inline bool ipset_contains4(const ipset *set, uint32_t address)
{
    return ipset_few(set->count4) ? few4(set, address)
                                  : iamp_ipset_contains4(set, address);
}

static inline bool ipset_contains6(const ipset *set, uint64_t hi, uint64_t lo)
{
    return ipset_few(set->count6) ? few6(set, hi, lo)
                                  : iamp_ipset_contains6(set, hi, lo);
}

/* False for an address of no family. */
static inline bool ipset_contains(const ipset *set, const ipaddr *a)
{
    if (a->family == 4)
        return ipset_contains4(set, (uint32_t)a->lo);
    return a->family == 6 && ipset_contains6(set, a->hi, a->lo);
}

/* Calls `each` for the minimal CIDR blocks of the set, IPv4 first, ascending;
 * stops and returns false when it does. */
bool iamp_ipset_blocks(const ipset *set,
    bool (*each)(void *user, const ipblock *block), void *user);

#endif

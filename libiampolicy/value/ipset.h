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

/* The head of an index: how it is asked.  Functions by address, because how is
 * decided when a set is made. */
typedef struct iplookup {
    union {
        bool (*v4)(const struct iplookup *index, uint32_t address);
        bool (*v6)(const struct iplookup *index, uint64_t hi, uint64_t lo);
    } one;
    union {
        void (*v4)(const struct iplookup *index, const uint32_t *addresses,
            size_t count, bool *out);
        void (*v6)(const struct iplookup *index, const uint8_t (*addresses)[16],
            size_t count, bool *out);
    } many;
} iplookup;

typedef struct ipset {
    const range4 *v4;
    const range6 *v6;
    size_t count4, count6;
    const iplookup *index4, *index6; /* NULL: the ranges are searched */
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

/* Most sets in policies are a few blocks, which need no index and no call.  No
 * branch here depends on the address. */
enum {
    IPSET_FEW4 = 4,
    IPSET_FEW6 = 2
};

static inline unsigned in_range4(const range4 *r, uint32_t address)
{
    return address - r->first <= r->last - r->first;
}

/* 1 to IPSET_FEW4 ranges. */
static inline bool few4(const range4 *r, size_t count, uint32_t address)
{
    unsigned in = in_range4(r, address) | in_range4(r + count - 1, address);

    if (count > 2)
        in |= in_range4(r + 1, address) | in_range4(r + count - 2, address);
    return in != 0;
}

/* Is the first address above the second? */
static inline unsigned words_above(
    uint64_t hi, uint64_t lo, uint64_t than_hi, uint64_t than_lo)
{
    return (unsigned)(hi > than_hi) |
           ((unsigned)(hi == than_hi) & (unsigned)(lo > than_lo));
}

static inline unsigned in_range6(const range6 *r, uint64_t hi, uint64_t lo)
{
    return !(words_above(r->first_hi, r->first_lo, hi, lo) |
             words_above(hi, lo, r->last_hi, r->last_lo));
}

/* 1 to IPSET_FEW6 ranges. */
static inline bool few6(const range6 *r, size_t count, uint64_t hi, uint64_t lo)
{
    return (in_range6(r, hi, lo) | in_range6(r + count - 1, hi, lo)) != 0;
}

static inline bool ipset_contains4(const ipset *set, uint32_t address)
{
    if (set->index4)
        return set->index4->one.v4(set->index4, address);
    if (set->count4 - 1 < IPSET_FEW4)
        return few4(set->v4, set->count4, address);
    return iamp_ipset_contains4(set, address);
}

static inline bool ipset_contains6(const ipset *set, uint64_t hi, uint64_t lo)
{
    if (set->index6)
        return set->index6->one.v6(set->index6, hi, lo);
    if (set->count6 - 1 < IPSET_FEW6)
        return few6(set->v6, set->count6, hi, lo);
    return iamp_ipset_contains6(set, hi, lo);
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

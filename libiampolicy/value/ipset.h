/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipset.h - a set of IPv4 and IPv6 addresses, made once and asked often.
 *
 * Two sorted lists of disjoint ranges, one a family.  Neighbours are merged, so
 * a set has one form only: equal sets have equal arrays.
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
} ipset;

/* Sort and merge `blocks` into a set that lives in `mem`.  IAM_ENOMEM. */
iam_status iamp_ipset_build(
    ipset *set, const ipblock *blocks, size_t count, arena *mem);

bool iamp_ipset_contains4(const ipset *set, uint32_t address);
bool iamp_ipset_contains6(const ipset *set, uint64_t hi, uint64_t lo);

/* False for an address of no family. */
static inline bool ipset_contains(const ipset *set, const ipaddr *a)
{
    if (a->family == 4)
        return iamp_ipset_contains4(set, (uint32_t)a->lo);
    return a->family == 6 && iamp_ipset_contains6(set, a->hi, a->lo);
}

/* Calls `each` for the minimal CIDR blocks of the set, IPv4 first, ascending;
 * stops and returns false when it does. */
bool iamp_ipset_blocks(const ipset *set,
    bool (*each)(void *user, const ipblock *block), void *user);

#endif

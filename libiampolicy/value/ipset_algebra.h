/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipset_algebra.h - sets made of sets, and how two of them stand to each other.
 *
 * Everything here is linear in the ranges of both, and both families obey the
 * same code.
 */
#ifndef IAMP_IPSET_ALGEBRA_H
#define IAMP_IPSET_ALGEBRA_H

#include "value/ipset.h"

/* A truth table: bit (in a) + 2 * (in b) says whether an address of that kind
 * is in the result. */
typedef enum ipset_operation {
    IPSET_INTERSECTION = 8,
    IPSET_DIFFERENCE = 2,
    IPSET_SYMMETRIC_DIFFERENCE = 6,
    IPSET_UNION = 14,
    IPSET_COMPLEMENT = 5 /* of a; b does not matter */
} ipset_operation;

/* The result lives in `mem`, and needs neither a nor b.  IAM_ENOMEM; IAM_ELIMIT
 * if it has more than `most` ranges. */
iam_status iamp_ipset_combine(ipset *out, ipset_operation operation,
    const ipset *a, const ipset *b, size_t most, arena *mem);

bool iamp_ipset_equal(const ipset *a, const ipset *b);

/* Is every address of `a` one of `b`? */
bool iamp_ipset_subset(const ipset *a, const ipset *b);

/* Have they no address in common? */
bool iamp_ipset_disjoint(const ipset *a, const ipset *b);

/* How many addresses of family 4 or 6 there are: all of IPv6 needs 129 bits. */
iam_ip_count iamp_ipset_count(const ipset *set, uint8_t family);

/* Of two families, or of disjoint sets: at most 2^129. */
iam_ip_count iamp_ip_count_sum(iam_ip_count a, iam_ip_count b);

enum {
    IP_COUNT_TEXT = 64 /* 2^160 has 49 digits */
};

/* In decimal, NUL-terminated; returns its length.  `top` below 2^32. */
size_t iamp_ip_count_print(iam_ip_count count, char out[IP_COUNT_TEXT]);

/* The prefix of the CIDR block that a range is, or IAM_NO_PREFIX. */
uint8_t iamp_ip_range_prefix(const ipaddr *first, const ipaddr *last);

/* Calls `each` for the ranges of family 4 or 6, ascending; stops and returns
 * false when it does. */
bool iamp_ipset_ranges(const ipset *set, uint8_t family,
    bool (*each)(void *user, const ipaddr *first, const ipaddr *last),
    void *user);

#endif

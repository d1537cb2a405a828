/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipset_entries.h - which block of a list holds an address: the longest.
 *
 * A set forgets its blocks when it merges them.  Who has to explain an answer
 * keeps this beside it: the list, and each family cut where the longest block
 * changes, so that a lookup is one binary search.
 */
#ifndef IAMP_IPSET_ENTRIES_H
#define IAMP_IPSET_ENTRIES_H

#include "value/ipaddr.h"

#define IPSET_NO_ENTRY UINT32_MAX

/* From here on, up to the next stretch, this entry is the longest. */
typedef struct ipset_stretch {
    uint64_t hi, lo;
    uint32_t entry; /* or IPSET_NO_ENTRY */
} ipset_stretch;

typedef struct ipset_entries {
    const ipset_stretch *v4, *v6;
    size_t count4, count6; /* at most twice the blocks */
} ipset_entries;

/* Fewer than IPSET_NO_ENTRY blocks, which are not kept; lives in `mem`, works
 * in `scratch`.  IAM_ENOMEM. */
iam_status iamp_ipset_entries_build(ipset_entries *out, const ipblock *blocks,
    size_t count, arena *mem, arena *scratch);

/* The index of the longest block that holds the address, the first one of
 * equals; IPSET_NO_ENTRY if none does. */
uint32_t iamp_ipset_entry(const ipset_entries *entries, const ipaddr *a);

#endif

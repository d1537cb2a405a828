/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipset_object.h - what an iam_ipset came from, for the files that export it.
 */
#ifndef IAMP_API_IPSET_H
#define IAMP_API_IPSET_H

#include "document/address_list.h"
#include "value/ipset_entries.h"
#include "value/ipset_object.h"

#include "api/api.h"

/* The blocks it was made from, where they are kept. */
typedef struct ipset_source {
    ipset_entries entries;
    const ipblock *blocks;
    const address_place *places; /* NULL: they were not one text */
} ipset_source;

/* A block, as the header has ranges. */
static inline iam_ip_range range_of_block(const ipblock *block)
{
    ipaddr last = iamp_ipblock_last(block);

    return (iam_ip_range){block->first.hi, block->first.lo, last.hi, last.lo,
        block->first.family, block->prefix};
}

/* Eight bytes in network order: one load, and one swap of bytes. */
static inline uint64_t word_of_bytes(const uint8_t *p)
{
    return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 |
           (uint64_t)p[3] << 32 | (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
           (uint64_t)p[6] << 8 | (uint64_t)p[7];
}

/* 16 bytes in network order. */
static inline ipaddr address_of_bytes(const uint8_t bytes[16])
{
    return (ipaddr){word_of_bytes(bytes), word_of_bytes(bytes + 8), 6};
}

#endif

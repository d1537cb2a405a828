/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Input: a byte for the family, eight for where the blocks lie, then four for
 * each block.  The set, with every vector unit and layout, must agree with a
 * tree of bits at the edges of all blocks.
 */
#include <stdlib.h>

#include "bits.h"
#include "plans.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    MOST_BLOCKS = 128
};

static ipblock block_from(const uint8_t *data, uint64_t base, uint8_t family)
{
    unsigned width = family == 4 ? 32 : 128, prefix = data[0];
    uint64_t near = (uint64_t)data[2] << 8 | data[3];
    unsigned shift = data[1] & (family == 4 ? 31u : 63u);
    ipaddr a = {base ^ near << shift, near << (data[1] >> 2), family};
    ipblock mask = {{0, 0, family}, 0, false};
    ipaddr hosts;

    prefix %= width + 1;
    mask.prefix = (uint8_t)prefix;
    hosts = iamp_ipblock_last(&mask);
    if (family == 4)
        a = (ipaddr){0, a.hi & UINT32_MAX, 4};
    a.hi &= ~hosts.hi;
    a.lo &= ~hosts.lo;
    return (ipblock){a, (uint8_t)prefix, false};
}

static size_t add_edges(const ipblock *block, ipaddr *to)
{
    ipaddr first = block->first, last = iamp_ipblock_last(block);
    bool v4 = first.family == 4;

    to[0] = to[1] = first;
    to[2] = to[3] = last;
    to[1].hi -= !v4 && first.lo == 0;
    to[1].lo = v4 ? (first.lo - 1) & UINT32_MAX : first.lo - 1;
    to[3].hi += !v4 && last.lo == UINT64_MAX;
    to[3].lo = v4 ? (last.lo + 1) & UINT32_MAX : last.lo + 1;
    return 4;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ipaddr addresses[MOST_BLOCKS * 4];
    static bool want[MOST_BLOCKS * 4];
    static ipblock blocks[MOST_BLOCKS];
    questions q = {.addresses = addresses, .want = want};
    uint64_t base = 0;
    size_t count = 0;
    bits oracle;
    ipset set;
    arena mem;

    if (size < 13)
        return 0;
    for (size_t i = 1; i < 9; i++)
        base = base << 8 | data[i];
    bits_init(&oracle);
    for (size_t at = 9; at + 4 <= size && count < MOST_BLOCKS; at += 4) {
        blocks[count] = block_from(data + at, base, data[0] % 2 ? 6 : 4);
        q.count += add_edges(&blocks[count], addresses + q.count);
        bits_add(&oracle, &blocks[count++]);
    }
    for (size_t i = 0; i < q.count; i++)
        want[i] = bits_has(&oracle, &addresses[i]);
    plans_prepare(&q);
    iamp_arena_init(&mem, NULL);
    if (iamp_ipset_build(&set, blocks, count, &mem) == IAM_OK)
        (void)plans_check(&set, false, &q, "fuzz");
    iamp_arena_release(&mem);
    plans_release(&q);
    bits_release(&oracle);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * addresses.c - which addresses are asked about, and in which order.
 */
#include "data.h"

#include <stdlib.h>

const char *bench_pattern_name(bench_pattern pattern)
{
    static const char *const names[] = {
        "uniform", "inside", "half", "zipf", "sequential"};

    return names[pattern];
}

/* --- room ---------------------------------------------------------------- */

bool bench_input_new(bench_input *input, size_t count)
{
    *input = (bench_input){.count = count};
    input->v4 = malloc(count * sizeof(*input->v4));
    input->v6 = malloc(count * sizeof(*input->v6));
    input->v6_bytes = malloc(count * sizeof(*input->v6_bytes));
    input->answers = malloc(count);
    if (input->v4 && input->v6 && input->v6_bytes && input->answers)
        return true;
    bench_input_free(input);
    return false;
}

void bench_input_free(bench_input *input)
{
    free((void *)(uintptr_t)input->v4);
    free((void *)(uintptr_t)input->v6);
    free((void *)(uintptr_t)input->v6_bytes);
    free(input->answers);
    *input = (bench_input){.count = 0};
}

bench_input bench_input_window(
    const bench_input *input, size_t first, size_t count)
{
    return (bench_input){input->v4 + first, input->v6 + first,
        input->v6_bytes + first, input->answers + first, count, input->zero};
}

typedef struct address {
    uint64_t hi, lo;
} address;

/* The arrays are ours to write; everybody else only reads them. */
static void put(const bench_input *input, size_t i, address a)
{
    uint64_t *words = (uint64_t *)(uintptr_t)input->v6[i];
    uint8_t *bytes = (uint8_t *)(uintptr_t)input->v6_bytes[i];

    ((uint32_t *)(uintptr_t)input->v4)[i] = (uint32_t)a.lo;
    words[0] = a.hi;
    words[1] = a.lo;
    for (int k = 0; k < 8; k++) {
        bytes[k] = (uint8_t)(a.hi >> (56 - 8 * k));
        bytes[8 + k] = (uint8_t)(a.lo >> (56 - 8 * k));
    }
}

static address get(const bench_input *input, size_t i, int family)
{
    if (family == 4)
        return (address){0, input->v4[i]};
    return (address){input->v6[i][0], input->v6[i][1]};
}

/* --- one address --------------------------------------------------------- */

static address anywhere(bench_random *r, int family)
{
    if (family == 4)
        return (address){0, bench_next(r) >> 32};
    return (address){bench_next(r) >> 3 | (uint64_t)1 << 61, bench_next(r)};
}

/* An address that shares the first `prefix` bits of a block. */
static address near(
    bench_random *r, int family, const bench_block *block, uint32_t prefix)
{
    unsigned open = (family == 4 ? 32u : 128u) - prefix;
    address random = {bench_next(r), bench_next(r)};
    uint64_t hi = open <= 64     ? 0
                  : open == 128u ? UINT64_MAX
                                 : ((uint64_t)1 << (open - 64)) - 1;
    uint64_t lo = open >= 64 ? UINT64_MAX : ((uint64_t)1 << open) - 1;

    return (address){(block->hi & ~hi) | (random.hi & hi),
        (block->lo & ~lo) | (random.lo & lo)};
}

static address inside(bench_random *r, int family, const bench_blocks *blocks)
{
    const bench_block *block = &blocks->block[bench_below(r, blocks->count)];

    return near(r, family, block, block->prefix);
}

/* Up to sixteen times as far from a block as the block is wide. */
static address close_by(bench_random *r, int family, const bench_blocks *blocks)
{
    const bench_block *block = &blocks->block[bench_below(r, blocks->count)];
    uint32_t wider = 1 + (uint32_t)bench_below(r, 4);

    return near(
        r, family, block, block->prefix > wider ? block->prefix - wider : 0);
}

/* --- streams ------------------------------------------------------------- */

typedef struct maker {
    const bench_blocks *blocks;
    void *oracle;
    int family;
    bench_random random;
} maker;

/* Replace the addresses that are in the set by others that are not, for as
 * long as that can be expected to come to an end. */
static bool only_outside(maker *m, const bench_input *input)
{
    for (int round = 0; round < 40; round++) {
        size_t wrong = 0;

        bench_builtin.run(1, m->oracle, m->family, BENCH_ANSWERS, input);
        for (size_t i = 0; i < input->count; i++) {
            if (!input->answers[i])
                continue;
            put(input, i,
                bench_next(&m->random) & 1
                    ? anywhere(&m->random, m->family)
                    : close_by(&m->random, m->family, m->blocks));
            wrong++;
        }
        if (!wrong)
            break;
    }
    return true;
}

static bool half(maker *m, const bench_input *input)
{
    bench_input misses;

    if (!bench_input_new(&misses, input->count / 2 + 1))
        return false;
    for (size_t i = 0; i < misses.count; i++)
        put(&misses, i,
            i & 1 ? anywhere(&m->random, m->family)
                  : close_by(&m->random, m->family, m->blocks));
    only_outside(m, &misses);
    for (size_t i = 0, next = 0; i < input->count; i++) {
        bool hit = bench_next(&m->random) >> 63;

        put(input, i,
            hit || next == misses.count
                ? inside(&m->random, m->family, m->blocks)
                : get(&misses, next++, m->family));
    }
    bench_input_free(&misses);
    return true;
}

#define POOL 65536

/* The rank whose share of the sum of 1/k holds `wanted`. */
static size_t rank_of(const double *sums, double wanted)
{
    size_t first = 0, left = POOL;

    while (left > 0) {
        size_t middle = left / 2;

        if (sums[first + middle] < wanted) {
            first += middle + 1;
            left -= middle + 1;
        } else {
            left = middle;
        }
    }
    return first < POOL ? first : POOL - 1;
}

static bool zipf(maker *m, const bench_input *input)
{
    double *sums = malloc(POOL * sizeof(*sums)), sum = 0;
    bench_input pool;

    if (!sums || !bench_input_new(&pool, POOL)) {
        free(sums);
        return false;
    }
    for (size_t i = 0; i < POOL; i++)
        sums[i] = sum += 1.0 / (double)(i + 1);
    if (half(m, &pool)) {
        for (size_t i = 0; i < input->count; i++) {
            double part = (double)(bench_next(&m->random) >> 11) * 0x1p-53;

            put(input, i, get(&pool, rank_of(sums, part * sum), m->family));
        }
    }
    bench_input_free(&pool);
    free(sums);
    return true;
}

static void sequential(maker *m, const bench_input *input)
{
    address at = {0, 0};

    for (size_t i = 0; i < input->count; i++) {
        if (i % POOL == 0) {
            at = close_by(&m->random, m->family, m->blocks);
        } else if (m->family == 4) {
            at.lo = (at.lo + 1) & UINT32_MAX;
        } else {
            at.hi += 256;
        }
        put(input, i, at);
    }
}

bool bench_addresses(const bench_input *input, int family,
    bench_pattern pattern, const bench_blocks *blocks, void *oracle,
    uint64_t seed)
{
    maker m = {blocks, oracle, family, {seed}};

    switch (pattern) {
    case BENCH_UNIFORM:
        for (size_t i = 0; i < input->count; i++)
            put(input, i, anywhere(&m.random, family));
        return true;
    case BENCH_INSIDE:
        for (size_t i = 0; i < input->count; i++)
            put(input, i, inside(&m.random, family, blocks));
        return true;
    case BENCH_HALF:
        return half(&m, input);
    case BENCH_ZIPF:
        return zipf(&m, input);
    case BENCH_SEQUENTIAL:
        sequential(&m, input);
        return true;
    case BENCH_PATTERNS:
        break;
    }
    return false;
}

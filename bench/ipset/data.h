/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data.h - lists of blocks and streams of addresses, the same in every run.
 */
#ifndef BENCH_DATA_H
#define BENCH_DATA_H

#include "engine.h"

#include <stdbool.h>

/* splitmix64: a state of one word, any start is good. */
typedef struct bench_random {
    uint64_t state;
} bench_random;

uint64_t bench_next(bench_random *r);

/* Below `bound`, which is not 0. */
uint64_t bench_below(bench_random *r, uint64_t bound);

typedef struct bench_blocks {
    bench_block *block;
    size_t count;
} bench_blocks;

/* All blocks of one family in a file of CIDR blocks, one a line, shuffled. */
bool bench_blocks_read(
    bench_blocks *out, const char *path, int family, uint64_t seed);

typedef enum bench_kind {
    BENCH_TABLE, /* as long as the prefixes of a full routing table are */
    BENCH_HOSTS  /* single addresses; /64s of IPv6 */
} bench_kind;

bool bench_blocks_generate(bench_blocks *out, int family, bench_kind kind,
    size_t count, uint64_t seed);

/* Write every block's text. */
void bench_blocks_write(bench_blocks *blocks, int family);

typedef enum bench_pattern {
    BENCH_UNIFORM,    /* of the whole space; of 2000::/3 */
    BENCH_INSIDE,     /* a block, then an address in it */
    BENCH_HALF,       /* half of that, half outside, much of it close by */
    BENCH_ZIPF,       /* 65,536 of those, the k-th asked as often as 1/k */
    BENCH_SEQUENTIAL, /* neighbours; neighbouring /56s of IPv6 */
    BENCH_PATTERNS
} bench_pattern;

const char *bench_pattern_name(bench_pattern pattern);

/* Fill `input`, whose arrays have room for input->count.  `oracle` is a set of
 * bench_builtin's binary search over the same blocks. */
bool bench_addresses(const bench_input *input, int family,
    bench_pattern pattern, const bench_blocks *blocks, void *oracle,
    uint64_t seed);

/* Room for `count` addresses, to be given back with bench_input_free(). */
bool bench_input_new(bench_input *input, size_t count);
void bench_input_free(bench_input *input);

/* The addresses from `first` on. */
bench_input bench_input_window(
    const bench_input *input, size_t first, size_t count);

#endif

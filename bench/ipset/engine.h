/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine.h - what a thing that finds addresses in a list of blocks offers to
 * the benchmark.
 *
 * An engine has loops of its own, not a lookup that somebody calls: so its
 * lookup is inlined where its users would have it inlined, and an engine
 * written in Go or Rust crosses the language border once a loop.  The same five
 * functions are what a shared library in build/bench/peers exports, so that a
 * peer which is not there is a file which is not there.
 */
#ifndef BENCH_ENGINE_H
#define BENCH_ENGINE_H

#include <stddef.h>
#include <stdint.h>

/* An IPv4 block has its address in the low 32 bits of `lo`. */
typedef struct bench_block {
    uint64_t hi, lo;
    uint32_t prefix; /* 0 to 32, or to 128 */
    uint32_t entry;  /* its place in the list */
    char text[48];   /* for engines that are built from texts */
} bench_block;

typedef enum bench_mode {
    BENCH_INDEPENDENT, /* the next address is known before the answer */
    BENCH_DEPENDENT,   /* it is not: one lookup waits for the other */
    BENCH_BATCH,       /* the engine is given all addresses at once */
    BENCH_ENTRY,       /* independent; which block, not only whether */
    BENCH_ENTRY_DEPENDENT,
    BENCH_ANSWERS, /* not timed: write answers[i] */
    BENCH_MODES
} bench_mode;

/* The same addresses in each form that an engine may want them in. */
typedef struct bench_input {
    const uint32_t *v4;      /* host order */
    const uint64_t (*v6)[2]; /* high half, low half */
    const uint8_t (*v6_bytes)[16];
    uint8_t *answers; /* BENCH_ANSWERS, and room for a batch: 0 or 1 */
    size_t count;
    uint64_t zero; /* zero, which no compiler knows */
} bench_input;

/* Peers: the functions of one engine library. */
typedef struct bench_library {
    int (*count)(void);
    const char *(*name)(int engine);
    /* Has it this mode for this family (4 or 6)? */
    int (*has)(int engine, int family, int mode);
    /* NULL: it cannot hold these. */
    void *(*build)(
        int engine, int family, const bench_block *blocks, size_t count);
    /* How many addresses were found. */
    uint64_t (*run)(
        int engine, void *set, int family, int mode, const bench_input *input);
    /* Bytes held by a set, or 0: ask malloc. */
    size_t (*memory)(int engine, void *set, int family);
    void (*free)(int engine, void *set, int family);
} bench_library;

/* What is always there: the empty harness, two searches that everybody writes,
 * and this project's sets. */
extern const bench_library bench_builtin;
extern const bench_library bench_own;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpdk.c - rte_lpm, rte_lpm6, rte_fib and rte_fib6 of DPDK as engines.
 *
 * Without huge pages set aside DPDK takes ordinary memory (--no-huge); we then
 * ask the kernel for transparent huge pages behind all of it, as our own large
 * tables do.  Their batch is a loop over bulks of 64.
 */
#define _GNU_SOURCE /* sched_setaffinity */
#include "engine.h"

#include <rte_eal.h>
#include <rte_fib.h>
#include <rte_fib6.h>
#include <rte_lpm.h>
#include <rte_lpm6.h>
#include <rte_malloc.h>
#include <rte_memory.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

extern const bench_library bench_exported;

enum {
    LPM,
    LPM_X4,
    FIB,
    ENGINES
};

#define BULK 64
/* A million adds take rte_lpm a minute. */
#define LPM_BLOCKS 65536

typedef struct table {
    struct rte_lpm *lpm;
    struct rte_lpm6 *lpm6;
    struct rte_fib *fib;
    struct rte_fib6 *fib6;
    size_t bytes;
} table;

/* --- the environment ----------------------------------------------------- */

static int advise(const struct rte_memseg_list *list, void *unused)
{
    (void)unused;
    if (!list->external)
        madvise(list->base_va, list->len, MADV_HUGEPAGE);
    return 0;
}

static int has_huge_pages(void)
{
    FILE *file = fopen("/proc/sys/vm/nr_hugepages", "r");
    int pages = 0;

    if (!file)
        return 0;
    if (fscanf(file, "%d", &pages) != 1)
        pages = 0;
    fclose(file);
    return pages >= 1024;
}

static int start(void)
{
    static int started;
    char program[] = "bench", log[] = "--log-level=*:error", pci[] = "--no-pci";
    char memory[] = "--in-memory", files[] = "--no-shconf",
         telemetry[] = "--no-telemetry";
    char lcore[] = "-l", zero[] = "0",
         width[] = "--force-max-simd-bitwidth=512";
    char no_huge[] = "--no-huge", size[] = "-m", megabytes[] = "4096";
    char *arguments[] = {program, log, pci, memory, telemetry, lcore, zero,
        width, no_huge, size, megabytes, NULL};
    int count = has_huge_pages() ? 8 : 11;
    cpu_set_t before;

    if (count == 11)
        arguments[3] = files; /* the other is for huge pages only */
    if (started)
        return started > 0;
    sched_getaffinity(0, sizeof(before), &before);
    started = rte_eal_init(count, arguments) < 0 ? -1 : 1;
    sched_setaffinity(0, sizeof(before), &before); /* it bound us to a core */
    if (started > 0 && count == 11)
        rte_memseg_list_walk(advise, NULL);
    return started > 0;
}

static size_t held(void)
{
    struct rte_malloc_socket_stats stats;

    return rte_malloc_get_socket_stats(0, &stats) ? 0
                                                  : stats.heap_allocsz_bytes;
}

/* --- building ------------------------------------------------------------ */

/* An upper bound of the tables of 256 entries that IPv4 blocks need. */
static uint32_t groups4(const bench_block *blocks, size_t count)
{
    size_t longer = 64;

    for (size_t i = 0; i < count; i++)
        longer += blocks[i].prefix > 24;
    return (uint32_t)longer;
}

static int build_lpm(
    table *t, const char *name, const bench_block *blocks, size_t count)
{
    struct rte_lpm_config config = {.max_rules = (uint32_t)count + 1,
        .number_tbl8s = groups4(blocks, count)};

    if (count > LPM_BLOCKS)
        return 0;
    t->lpm = rte_lpm_create(name, 0, &config);
    for (size_t i = 0; t->lpm && i < count; i++)
        if (rte_lpm_add(
                t->lpm, (uint32_t)blocks[i].lo, (uint8_t)blocks[i].prefix, 1))
            return 0;
    return t->lpm != NULL;
}

static int build_fib(table *t, const bench_block *blocks, size_t count)
{
    struct rte_fib_conf config = {.type = RTE_FIB_DIR24_8,
        .default_nh = 0,
        .max_routes = (int)(count * 2 + 16)};
    uint32_t groups = groups4(blocks, count);

    /* An entry of two bytes names 32,767 of them. */
    config.dir24_8.nh_sz =
        groups <= 32767 ? RTE_FIB_DIR24_8_2B : RTE_FIB_DIR24_8_4B;
    config.dir24_8.num_tbl8 = groups;
    t->fib = rte_fib_create("fib", 0, &config);
    for (size_t i = 0; t->fib && i < count; i++)
        if (rte_fib_add(
                t->fib, (uint32_t)blocks[i].lo, (uint8_t)blocks[i].prefix, 1))
            return 0;
    return t->fib != NULL;
}

static void bytes_of(const bench_block *block, uint8_t bytes[16])
{
    for (int k = 0; k < 8; k++) {
        bytes[k] = (uint8_t)(block->hi >> (56 - 8 * k));
        bytes[8 + k] = (uint8_t)(block->lo >> (56 - 8 * k));
    }
}

static int build_lpm6(table *t, const bench_block *blocks, size_t count)
{
    struct rte_lpm6_config config = {.max_rules = (uint32_t)count + 1,
        .number_tbl8s = (uint32_t)(count * 6 + 256)};

    if (count > LPM_BLOCKS * 4)
        return 0;
    t->lpm6 = rte_lpm6_create("lpm6", 0, &config);
    for (size_t i = 0; t->lpm6 && i < count; i++) {
        uint8_t bytes[16];

        bytes_of(&blocks[i], bytes);
        if (rte_lpm6_add(t->lpm6, bytes, (uint8_t)blocks[i].prefix, 1))
            return 0;
    }
    return t->lpm6 != NULL;
}

static int build_fib6(table *t, const bench_block *blocks, size_t count)
{
    struct rte_fib6_conf config = {.type = RTE_FIB6_TRIE,
        .default_nh = 0,
        .max_routes = (int)(count * 2 + 16)};

    config.trie.nh_sz = count < 5000 ? RTE_FIB6_TRIE_2B : RTE_FIB6_TRIE_4B;
    config.trie.num_tbl8 = count < 5000 ? 32767 : (uint32_t)(count * 6 + 256);
    t->fib6 = rte_fib6_create("fib6", 0, &config);
    for (size_t i = 0; t->fib6 && i < count; i++) {
        uint8_t bytes[16];

        bytes_of(&blocks[i], bytes);
        if (rte_fib6_add(t->fib6, bytes, (uint8_t)blocks[i].prefix, 1))
            return 0;
    }
    return t->fib6 != NULL;
}

static void dpdk_free(int engine, void *set, int family)
{
    table *t = set;

    (void)engine;
    (void)family;
    rte_lpm_free(t->lpm);
    rte_lpm6_free(t->lpm6);
    rte_fib_free(t->fib);
    rte_fib6_free(t->fib6);
    free(t);
}

static void *dpdk_build(
    int engine, int family, const bench_block *blocks, size_t count)
{
    table *t = start() ? calloc(1, sizeof(*t)) : NULL;
    size_t before;
    int built;

    if (!t || (engine == LPM_X4 && family == 6)) {
        free(t);
        return NULL;
    }
    before = held();
    if (engine == FIB)
        built = family == 4 ? build_fib(t, blocks, count)
                            : build_fib6(t, blocks, count);
    else
        built = family == 4
                    ? build_lpm(t, engine == LPM ? "lpm" : "x4", blocks, count)
                    : build_lpm6(t, blocks, count);
    if (!built) {
        dpdk_free(engine, t, family);
        return NULL;
    }
    t->bytes = held() - before;
    return t;
}

/* --- asking -------------------------------------------------------------- */

static int one4(const table *t, uint32_t address)
{
    uint32_t hop = 0;

    /* Every block's hop is 1.  The answer is what was loaded, not a branch on
     * it: so the dependent loop waits for it. */
    rte_lpm_lookup(t->lpm, address, &hop);
    return hop & 1;
}

static int one6(const table *t, const uint8_t *bytes)
{
    uint32_t hop;

    return rte_lpm6_lookup(t->lpm6, bytes, &hop) == 0;
}

static int fib4(const table *t, uint32_t address)
{
    uint64_t hop = 0;

    rte_fib_lookup_bulk(t->fib, &address, &hop, 1);
    return hop != 0;
}

static int fib6(const table *t, const uint8_t *bytes)
{
    uint8_t address[1][16];
    uint64_t hop = 0;

    memcpy(address[0], bytes, 16);
    rte_fib6_lookup_bulk(t->fib6, address, &hop, 1);
    return hop != 0;
}

#define LOOP                        lpm_loop
#define SET                         table
#define LOOKUP4(set, a)             one4(set, a)
#define LOOKUP6(set, hi, lo, bytes) ((void)(hi), (void)(lo), one6(set, bytes))
#include "loops.h"

#define LOOP                        fib_loop
#define SET                         table
#define LOOKUP4(set, a)             fib4(set, a)
#define LOOKUP6(set, hi, lo, bytes) ((void)(hi), (void)(lo), fib6(set, bytes))
#include "loops.h"

static uint64_t lpm_bulk(const table *t, const bench_input *input)
{
    uint32_t hops[BULK];
    uint64_t found = 0;

    for (size_t i = 0; i + BULK <= input->count; i += BULK) {
        rte_lpm_lookup_bulk(t->lpm, input->v4 + i, hops, BULK);
        for (int k = 0; k < BULK; k++)
            found += (hops[k] & RTE_LPM_LOOKUP_SUCCESS) != 0;
    }
    return found;
}

static uint64_t lpm_x4(const table *t, const bench_input *input)
{
    uint64_t found = 0;

    for (size_t i = 0; i + 4 <= input->count; i += 4) {
        uint32_t hops[4];
        xmm_t four;

        memcpy(&four, input->v4 + i, sizeof(four));
        rte_lpm_lookupx4(t->lpm, four, hops, 0);
        for (int k = 0; k < 4; k++)
            found += hops[k] != 0;
    }
    return found;
}

static uint64_t lpm6_bulk(const table *t, const bench_input *input)
{
    int32_t hops[BULK];
    uint64_t found = 0;

    for (size_t i = 0; i + BULK <= input->count; i += BULK) {
        uint8_t bytes[BULK][16]; /* which it may write to */

        memcpy(bytes, input->v6_bytes + i, sizeof(bytes));
        rte_lpm6_lookup_bulk_func(t->lpm6, bytes, hops, BULK);
        for (int k = 0; k < BULK; k++)
            found += hops[k] >= 0;
    }
    return found;
}

static uint64_t fib_bulk(const table *t, int family, const bench_input *input)
{
    uint64_t hops[BULK], found = 0;

    for (size_t i = 0; i + BULK <= input->count; i += BULK) {
        if (family == 4)
            rte_fib_lookup_bulk(
                t->fib, (uint32_t *)(uintptr_t)input->v4 + i, hops, BULK);
        else
            rte_fib6_lookup_bulk(t->fib6,
                (uint8_t(*)[16])(uintptr_t)(input->v6_bytes + i), hops, BULK);
        for (int k = 0; k < BULK; k++)
            found += hops[k] != 0;
    }
    return found;
}

static uint64_t dpdk_run(
    int engine, void *set, int family, int mode, const bench_input *input)
{
    if (mode != BENCH_BATCH)
        return engine == FIB ? fib_loop(set, family, mode, input)
                             : lpm_loop(set, family, mode, input);
    if (engine == FIB)
        return fib_bulk(set, family, input);
    if (family == 6)
        return lpm6_bulk(set, input);
    return engine == LPM ? lpm_bulk(set, input) : lpm_x4(set, input);
}

/* --- what it offers ------------------------------------------------------ */

static int dpdk_count(void)
{
    return ENGINES;
}

static const char *dpdk_name(int engine)
{
    static const char *const names[] = {
        "DPDK rte_lpm", "DPDK rte_lpm x4", "DPDK rte_fib"};

    return names[engine];
}

static int dpdk_has(int engine, int family, int mode)
{
    if (engine == LPM_X4)
        return family == 4 && (mode == BENCH_BATCH || mode == BENCH_ANSWERS);
    return mode == BENCH_INDEPENDENT || mode == BENCH_DEPENDENT ||
           mode == BENCH_BATCH || mode == BENCH_ANSWERS;
}

static size_t dpdk_memory(int engine, void *set, int family)
{
    (void)engine;
    (void)family;
    return ((const table *)set)->bytes;
}

const bench_library bench_exported = {dpdk_count, dpdk_name, dpdk_has,
    dpdk_build, dpdk_run, dpdk_memory, dpdk_free};

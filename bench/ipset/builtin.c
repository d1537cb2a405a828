/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtin.c - the harness alone, and the two searches that everybody writes: a
 * scan of the list, and a binary search over merged ranges.  The second one is
 * also the oracle that every engine's answers are compared with.
 */
#include "engine.h"

#include <stdbool.h>
#include <stdlib.h>

typedef struct address {
    uint64_t hi, lo;
} address;

typedef struct span {
    address first, last;
} span;

typedef struct spans {
    size_t count;
    size_t bytes;
    uint32_t *first4, *last4; /* the same, for IPv4 */
    span *span;
} spans;

static bool above(address a, address b)
{
    return (a.hi > b.hi) | ((a.hi == b.hi) & (a.lo > b.lo));
}

static address mask_of(unsigned width, unsigned prefix)
{
    unsigned open = width - prefix; /* bits behind the prefix */

    if (open >= 64)
        return (address){
            open == 128 ? UINT64_MAX : ((uint64_t)1 << (open - 64)) - 1,
            UINT64_MAX};
    return (address){0, ((uint64_t)1 << open) - 1};
}

static span span_of(const bench_block *block, int family)
{
    address open = mask_of(family == 4 ? 32 : 128, block->prefix);

    return (span){{block->hi & ~open.hi, block->lo & ~open.lo},
        {block->hi | open.hi, block->lo | open.lo}};
}

static int by_first(const void *a, const void *b)
{
    const span *x = a, *y = b;

    return above(x->first, y->first) - above(y->first, x->first);
}

static size_t merge(span *s, size_t count)
{
    size_t made = 0;

    for (size_t i = 0; i < count; i++) {
        address next;

        if (made) {
            next = s[made - 1].last;
            next.lo++;
            next.hi += next.lo == 0;
            /* Wraps at the top, where nothing can follow. */
            if (!above(s[i].first, next) || (next.hi | next.lo) == 0) {
                if (above(s[i].last, s[made - 1].last))
                    s[made - 1].last = s[i].last;
                continue;
            }
        }
        s[made++] = s[i];
    }
    return made;
}

static void spans_free(spans *s)
{
    if (s) {
        free(s->span);
        free(s->first4);
        free(s->last4);
        free(s);
    }
}

static bool narrow(spans *s)
{
    s->first4 = malloc(s->count * sizeof(*s->first4));
    s->last4 = malloc(s->count * sizeof(*s->last4));
    if (!s->first4 || !s->last4)
        return false;
    for (size_t i = 0; i < s->count; i++) {
        s->first4[i] = (uint32_t)s->span[i].first.lo;
        s->last4[i] = (uint32_t)s->span[i].last.lo;
    }
    s->bytes = s->count * 2 * sizeof(*s->first4);
    return true;
}

static spans *spans_new(
    int family, const bench_block *blocks, size_t count, bool merged)
{
    spans *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->span = malloc((count + 1) * sizeof(*s->span));
    if (!s->span) {
        spans_free(s);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        s->span[i] = span_of(&blocks[i], family);
    s->count = count;
    if (merged) {
        qsort(s->span, count, sizeof(*s->span), by_first);
        s->count = merge(s->span, count);
    }
    s->bytes = s->count * sizeof(*s->span);
    if (family == 4 && !narrow(s)) {
        spans_free(s);
        return NULL;
    }
    return s;
}

/* The last range that does not start after the address, without a branch that
 * the source asks for. */
static int search4(const spans *s, uint32_t a)
{
    const uint32_t *base = s->first4;
    size_t left = s->count, at;

    while (left > 1) {
        size_t half = left / 2;

        base += base[half] <= a ? half : 0;
        left -= half;
    }
    at = (size_t)(base - s->first4);
    return (*base <= a) & (a <= s->last4[at]);
}

static int search6(const spans *s, uint64_t hi, uint64_t lo)
{
    const span *base = s->span;
    address a = {hi, lo};
    size_t left = s->count;

    while (left > 1) {
        size_t half = left / 2;

        base += above(base[half].first, a) ? 0 : half;
        left -= half;
    }
    return (int)!above(base->first, a) & (int)!above(a, base->last);
}

static int scan4(const spans *s, uint32_t a)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->first4[i] <= a && a <= s->last4[i])
            return 1;
    return 0;
}

static int scan6(const spans *s, uint64_t hi, uint64_t lo)
{
    address a = {hi, lo};

    for (size_t i = 0; i < s->count; i++)
        if (!above(s->span[i].first, a) && !above(a, s->span[i].last))
            return 1;
    return 0;
}

#define LOOP                        empty_loop
#define SET                         spans
#define LOOKUP4(set, a)             ((void)(set), (a)&1)
#define LOOKUP6(set, hi, lo, bytes) ((void)(set), (void)(bytes), (hi ^ lo) & 1)
#include "loops.h"

#define LOOP                        search_loop
#define SET                         spans
#define LOOKUP4(set, a)             search4(set, a)
#define LOOKUP6(set, hi, lo, bytes) ((void)(bytes), search6(set, hi, lo))
#include "loops.h"

#define LOOP                        scan_loop
#define SET                         spans
#define LOOKUP4(set, a)             scan4(set, a)
#define LOOKUP6(set, hi, lo, bytes) ((void)(bytes), scan6(set, hi, lo))
#include "loops.h"

enum {
    EMPTY,
    SEARCH,
    SCAN,
    ENGINES
};

/* A longer list takes a scan too long to wait for. */
#define SCAN_BLOCKS 64

static int builtin_count(void)
{
    return ENGINES;
}

static const char *builtin_name(int engine)
{
    static const char *const names[] = {
        "harness alone", "binary search", "linear scan"};

    return names[engine];
}

static int builtin_has(int engine, int family, int mode)
{
    (void)family;
    if (mode == BENCH_ANSWERS)
        return engine != EMPTY;
    return mode == BENCH_INDEPENDENT || mode == BENCH_DEPENDENT ||
           (engine == EMPTY && mode == BENCH_BATCH);
}

static void *builtin_build(
    int engine, int family, const bench_block *blocks, size_t count)
{
    if (engine == SCAN && count > SCAN_BLOCKS)
        return NULL;
    return spans_new(
        family, blocks, engine == EMPTY ? 1 : count, engine == SEARCH);
}

static uint64_t builtin_run(
    int engine, void *set, int family, int mode, const bench_input *input)
{
    if (engine == EMPTY)
        return empty_loop(set, family, mode, input);
    if (engine == SEARCH)
        return search_loop(set, family, mode, input);
    return scan_loop(set, family, mode, input);
}

static size_t builtin_memory(int engine, void *set, int family)
{
    (void)family;
    return engine == EMPTY ? 0 : ((const spans *)set)->bytes;
}

static void builtin_free(int engine, void *set, int family)
{
    (void)engine;
    (void)family;
    spans_free(set);
}

const bench_library bench_builtin = {builtin_count, builtin_name, builtin_has,
    builtin_build, builtin_run, builtin_memory, builtin_free};

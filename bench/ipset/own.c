/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own.c - this project's address sets as one of the engines, through
 * <iampolicy.h> and nothing else.
 *
 * Compiled twice: into the program, with the static library, and as a library
 * of its own over the shared one, to show what the call across costs.
 */
#include "engine.h"

#include <iampolicy.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct own {
    iam_ipset *set;
    iam_allocator counting;
    size_t bytes;
} own;

/* Each block of memory remembers its size in front of it. */
#define FRONT 64

static void *acquire(void *user, size_t size)
{
    char *p = aligned_alloc(FRONT, (FRONT + size + FRONT - 1) / FRONT * FRONT);

    if (!p)
        return NULL;
    *(size_t *)(void *)p = size;
    ((own *)user)->bytes += size;
    return p + FRONT;
}

static void release(void *user, void *ptr)
{
    char *p = ptr;

    if (!p)
        return;
    p -= FRONT;
    ((own *)user)->bytes -= *(size_t *)(void *)p;
    free(p);
}

static int lookup4(const own *o, uint32_t address)
{
    return iam_ipset_contains_v4(o->set, address);
}

static int lookup6(const own *o, const uint8_t *bytes)
{
    return iam_ipset_contains_v6(o->set, bytes);
}

#define LOOP            own_loop
#define SET             own
#define LOOKUP4(set, a) lookup4(set, a)
#define LOOKUP6(set, hi, lo, bytes) \
    ((void)(hi), (void)(lo), lookup6(set, bytes))
#include "loops.h"

static uint64_t batch(const own *o, int family, const bench_input *input)
{
    if (family == 4)
        return iam_ipset_contains_many_v4(
            o->set, input->v4, input->count, input->answers);
    return iam_ipset_contains_many(
        o->set, 6, input->v6_bytes[0], input->count, input->answers);
}

/* Sums the places of the entries found, from 1; the next address may have to
 * wait for one. */
static uint64_t entries(
    const own *o, int family, int mode, const bench_input *input)
{
    uint64_t wait = mode == BENCH_ENTRY_DEPENDENT ? input->zero : 0;
    uint64_t sum = 0, last = 0;
    bool waits = mode == BENCH_ENTRY_DEPENDENT;

    for (size_t i = 0; i < input->count; i++) {
        iam_ip_entry entry;
        uint8_t bytes[16];
        bool found;

        if (family == 4) {
            uint32_t address = input->v4[i];

            if (waits)
                address ^= (uint32_t)(last & wait);
            found = iam_ipset_entry_v4(o->set, address, &entry);
        } else {
            memcpy(bytes, input->v6_bytes[i], 16);
            if (waits)
                bytes[0] ^= (uint8_t)(last & wait);
            found = iam_ipset_entry_v6(o->set, bytes, &entry);
        }
        last = found ? entry.index + 1 : 0;
        sum += last;
    }
    return sum;
}

enum {
    SET_ALONE,
    WITH_ENTRIES,
    ENGINES
};

static int own_count(void)
{
#ifdef BENCH_SHARED
    return 1;
#else
    return ENGINES;
#endif
}

static const char *own_name(int engine)
{
#ifdef BENCH_SHARED
    (void)engine;
    return "iampolicy, shared library";
#else
    return engine == WITH_ENTRIES ? "iampolicy, with entries" : "iampolicy";
#endif
}

static int own_has(int engine, int family, int mode)
{
    (void)family;
    if (mode == BENCH_ENTRY || mode == BENCH_ENTRY_DEPENDENT)
        return engine == WITH_ENTRIES;
    return true;
}

static void own_free(int engine, void *set, int family)
{
    own *o = set;

    (void)engine;
    (void)family;
    iam_ipset_free(o->set);
    free(o);
}

static void *own_build(
    int engine, int family, const bench_block *blocks, size_t count)
{
    iam_options options = IAM_OPTIONS_INIT;
    own *o = calloc(1, sizeof(*o));
    iam_text *texts;

    if (!o)
        return NULL;
    o->counting = (iam_allocator){acquire, release, o};
    options.allocator = &o->counting;
    options.flags = engine == WITH_ENTRIES ? IAM_KEEP_ENTRIES : 0;
    texts = malloc(count * sizeof(*texts));
    for (size_t i = 0; texts && i < count; i++)
        texts[i] = (iam_text){blocks[i].text, IAM_NTS};
    if (!texts ||
        iam_ipset_new(texts, count, &options, &o->set, NULL) != IAM_OK) {
        own_free(engine, o, family);
        o = NULL;
    }
    free(texts);
    return o;
}

static uint64_t own_run(
    int engine, void *set, int family, int mode, const bench_input *input)
{
    (void)engine;
    if (mode == BENCH_BATCH)
        return batch(set, family, input);
    if (mode == BENCH_ENTRY || mode == BENCH_ENTRY_DEPENDENT)
        return entries(set, family, mode, input);
    return own_loop(set, family, mode, input);
}

static size_t own_memory(int engine, void *set, int family)
{
    (void)engine;
    (void)family;
    return ((const own *)set)->bytes;
}

#ifdef BENCH_SHARED
extern const bench_library bench_exported;
const bench_library bench_exported = {
#else
const bench_library bench_own = {
#endif

    own_count, own_name, own_has, own_build, own_run, own_memory, own_free};

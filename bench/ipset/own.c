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

#include <stdlib.h>

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

static int own_count(void)
{
    return 1;
}

static const char *own_name(int engine)
{
    (void)engine;
#ifdef BENCH_SHARED
    return "iampolicy, shared library";
#else
    return "iampolicy";
#endif
}

static int own_has(int engine, int family, int mode)
{
    (void)engine;
    (void)family;
    return mode == BENCH_INDEPENDENT || mode == BENCH_DEPENDENT ||
           mode == BENCH_ANSWERS;
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

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_ipset.c - many engines, one list of blocks, the same addresses.
 *
 * Every engine is given the list, its answers are compared with the oracle's,
 * and then all of them are timed in turn, round after round over other
 * addresses, so that what slows the machine for a while slows all of them.
 * Time is that of the thread, not of the clock on the wall.  Prints one JSON
 * object a line; exits with 1 when an answer is wrong.
 */
#include "data.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_ENGINES 32
/* For every pattern but one. */
#define FEW_ROUNDS 5

typedef struct engine {
    const bench_library *library;
    const char *name;
    int number;
    void *set;
} engine;

typedef struct options {
    const char *path;     /* of a file of blocks; NULL: made */
    const char *label;    /* what the list is called */
    const char *patterns; /* comma between */
    const char *engines;  /* parts of names, comma between; NULL: all */
    bench_kind kind;
    int family;
    int check; /* answers only */
    size_t blocks, rounds, addresses, window;
    uint64_t seed;
} options;

static bench_library loaded[MOST_ENGINES];
static size_t loaded_count;
static engine engines[MOST_ENGINES];
static size_t engine_count;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int fail(const char *what, const char *which)
{
    fprintf(stderr, "bench_ipset: %s: %s\n", what, which);
    return 2;
}

/* --- engines ------------------------------------------------------------- */

/* Is one of the parts of `list` in the text? */
static bool wanted(const char *list, const char *text)
{
    char part[64];

    if (!list)
        return true;
    while (*list) {
        size_t len = strcspn(list, ",");

        snprintf(part, sizeof(part), "%.*s", (int)len, list);
        if (len && strstr(text, part))
            return true;
        list += len + (list[len] == ',');
    }
    return false;
}

static void add(const bench_library *library, const char *list)
{
    for (int i = 0; i < library->count(); i++)
        if (engine_count < MOST_ENGINES &&
            (wanted(list, library->name(i)) || library == &bench_own))
            engines[engine_count++] =
                (engine){library, library->name(i), i, NULL};
}

/* A function of a library, as ISO C lets one come by it. */
static bool find(void *handle, const char *name, void *function)
{
    void *address = dlsym(handle, name);

    memcpy(function, &address, sizeof(address));
    return address != NULL;
}

static bool load(const char *path)
{
    bench_library *l = &loaded[loaded_count];
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (!handle) {
        fprintf(stderr, "bench_ipset: %s\n", dlerror());
        return false;
    }
    if (!find(handle, "bench_peer_count", &l->count) ||
        !find(handle, "bench_peer_name", &l->name) ||
        !find(handle, "bench_peer_has", &l->has) ||
        !find(handle, "bench_peer_build", &l->build) ||
        !find(handle, "bench_peer_run", &l->run) ||
        !find(handle, "bench_peer_memory", &l->memory) ||
        !find(handle, "bench_peer_free", &l->free))
        return false;
    loaded_count++;
    return true;
}

/* --- building ------------------------------------------------------------ */

static size_t allocated(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void print_head(const options *o, const engine *e)
{
    printf("{\"suite\": \"ipset\", \"data\": \"%s\", \"family\": %d, "
           "\"blocks\": %zu, \"engine\": \"%s\"",
        o->label, o->family, o->blocks, e->name);
}

/* The best of three, or of one that takes long. */
static void build(const options *o, engine *e, const bench_blocks *blocks)
{
    double best = 0, all = 0;
    size_t bytes = 0;

    for (int i = 0; i < 3 && all < 1e9; i++) {
        size_t before = allocated();
        double start, took;

        if (e->set)
            e->library->free(e->number, e->set, o->family);
        before = allocated();
        start = now();
        e->set = e->library->build(
            e->number, o->family, blocks->block, blocks->count);
        took = now() - start;
        if (!e->set)
            break;
        all += took;
        best = i == 0 || took < best ? took : best;
        bytes = e->library->memory(e->number, e->set, o->family);
        if (!bytes)
            bytes = allocated() - before;
    }
    print_head(o, e);
    if (e->set)
        printf(", \"mode\": \"build\", \"ns\": [%.0f], \"bytes\": %zu}\n", best,
            bytes);
    else
        printf(", \"mode\": \"build\", \"cannot\": true}\n");
}

/* --- measuring ----------------------------------------------------------- */

static const char *const mode_names[] = {
    "independent", "dependent", "batch", "entry", "entry dependent"};

static bool check(const options *o, const engine *e, const engine *oracle,
    const bench_input *input, const char *pattern, uint64_t *entries)
{
    size_t wrong = 0, count = input->count;
    uint8_t *expected = malloc(count);

    if (!expected)
        return false;
    oracle->library->run(
        oracle->number, oracle->set, o->family, BENCH_ANSWERS, input);
    memcpy(expected, input->answers, count);
    memset(input->answers, 2, count);
    e->library->run(e->number, e->set, o->family, BENCH_ANSWERS, input);
    for (size_t i = 0; i < count; i++)
        wrong += input->answers[i] != expected[i];
    if (e->library->has(e->number, o->family, BENCH_BATCH)) {
        uint64_t found = 0, batch = e->library->run(e->number, e->set,
                                o->family, BENCH_BATCH, input);

        for (size_t i = 0; i < count; i++)
            found += expected[i];
        if (batch != found)
            wrong +=
                1 + (size_t)(batch > found ? batch - found : found - batch);
    }
    if (e->library->has(e->number, o->family, BENCH_ENTRY)) {
        uint64_t sum =
            e->library->run(e->number, e->set, o->family, BENCH_ENTRY, input);

        /* The first engine that has entries is ours. */
        if (*entries == UINT64_MAX)
            *entries = sum;
        wrong += sum != *entries;
    }
    free(expected);
    if (!wrong)
        return true;
    print_head(o, e);
    printf(", \"mode\": \"answers\", \"pattern\": \"%s\", \"wrong\": %zu, "
           "\"of\": %zu}\n",
        pattern, wrong, count);
    return false;
}

typedef struct sample {
    double ns[64];
} sample;

static void print_samples(const options *o, const engine *e, int mode,
    const char *pattern, const sample *s)
{
    print_head(o, e);
    printf(", \"mode\": \"%s\", \"pattern\": \"%s\", \"ns\": [",
        mode_names[mode], pattern);
    for (size_t i = 0; i < o->rounds; i++)
        printf("%s%.3f", i ? ", " : "", s->ns[i]);
    printf("]}\n");
}

/* Whether a mode is timed: which entry it was, for one pattern only. */
static bool is_timed(const options *o, const engine *e, int mode, bool entries)
{
    if (!e->set || !e->library->has(e->number, o->family, mode))
        return false;
    return entries || mode < BENCH_ENTRY;
}

static void one_round(const options *o, const bench_input *input, size_t round,
    bool entries, sample (*samples)[BENCH_ENTRY_DEPENDENT + 1])
{
    size_t windows = input->count / o->window;
    bench_input part =
        bench_input_window(input, round % windows * o->window, o->window);
    /* Other addresses, so that what is timed was not just asked. */
    bench_input warm = bench_input_window(
        input, (round + 1) % windows * o->window, o->window / 2);

    for (size_t k = 0; k < engine_count; k++) {
        size_t at = (k + round) % engine_count;
        engine *e = &engines[at];

        for (int mode = 0; mode <= BENCH_ENTRY_DEPENDENT; mode++) {
            double start;

            if (!is_timed(o, e, mode, entries))
                continue;
            e->library->run(e->number, e->set, o->family, mode, &warm);
            start = now();
            e->library->run(e->number, e->set, o->family, mode, &part);
            samples[at][mode].ns[round] = (now() - start) / (double)part.count;
        }
    }
}

static bool measure(const options *of, const bench_blocks *blocks,
    const engine *oracle, const bench_input *input, bench_pattern pattern)
{
    static sample samples[MOST_ENGINES][BENCH_ENTRY_DEPENDENT + 1];
    const char *name = bench_pattern_name(pattern);
    bench_input few = bench_input_window(
        input, 0, input->count < 65536 ? input->count : 65536);
    uint64_t entries = UINT64_MAX;
    bool right = true;
    options o = *of;

    if (!bench_addresses(
            input, of->family, pattern, blocks, oracle->set, of->seed + 77))
        return false;
    for (size_t i = 0; i < engine_count; i++)
        if (engines[i].set && engines[i].library->has(
                                  engines[i].number, of->family, BENCH_ANSWERS))
            right &= check(of, &engines[i], oracle, &few, name, &entries);
    if (of->check)
        return right;
    if (pattern != BENCH_HALF && of->rounds > FEW_ROUNDS)
        o.rounds = FEW_ROUNDS;
    for (size_t round = 0; round < o.rounds; round++)
        one_round(&o, input, round, pattern == BENCH_HALF, samples);
    for (size_t i = 0; i < engine_count; i++)
        for (int mode = 0; mode <= BENCH_ENTRY_DEPENDENT; mode++)
            if (is_timed(&o, &engines[i], mode, pattern == BENCH_HALF))
                print_samples(&o, &engines[i], mode, name, samples[i] + mode);
    return right;
}

/* --- the command --------------------------------------------------------- */

static bool take_option(options *o, const char *name, const char *value)
{
    if (!strcmp(name, "--family"))
        o->family = value[0] - '0';
    else if (!strcmp(name, "--file"))
        o->path = value;
    else if (!strcmp(name, "--label"))
        o->label = value;
    else if (!strcmp(name, "--made"))
        o->kind = strcmp(value, "hosts") ? BENCH_TABLE : BENCH_HOSTS;
    else if (!strcmp(name, "--patterns"))
        o->patterns = value;
    else if (!strcmp(name, "--engines"))
        o->engines = value;
    else if (!strcmp(name, "--blocks"))
        o->blocks = strtoul(value, NULL, 10);
    else if (!strcmp(name, "--rounds"))
        o->rounds = strtoul(value, NULL, 10);
    else if (!strcmp(name, "--addresses"))
        o->addresses = strtoul(value, NULL, 10);
    else if (!strcmp(name, "--window"))
        o->window = strtoul(value, NULL, 10);
    else if (!strcmp(name, "--seed"))
        o->seed = strtoull(value, NULL, 10);
    else if (!strcmp(name, "--check"))
        o->check = atoi(value);
    else
        return !strcmp(name, "--peer") && load(value);
    return true;
}

static bool read_options(options *o, int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2)
        if (!take_option(o, argv[i], argv[i + 1]))
            return false;
    return argc % 2 == 1 && (o->family == 4 || o->family == 6) && o->rounds &&
           o->rounds <= 64 && o->window && o->window <= o->addresses;
}

static bool get_blocks(options *o, bench_blocks *blocks)
{
    if (!o->path) {
        if (!bench_blocks_generate(
                blocks, o->family, o->kind, o->blocks, o->seed))
            return false;
    } else if (!bench_blocks_read(blocks, o->path, o->family, o->seed)) {
        return false;
    }
    if (o->blocks && blocks->count > o->blocks)
        blocks->count = o->blocks;
    o->blocks = blocks->count;
    bench_blocks_write(blocks, o->family);
    return true;
}

static bool run(const options *o, const bench_blocks *blocks)
{
    engine oracle = {&bench_builtin, "oracle", 1, NULL};
    volatile uint64_t zero = 0;
    bench_input input;
    bool right = true;

    oracle.set =
        bench_builtin.build(1, o->family, blocks->block, blocks->count);
    if (!oracle.set || !bench_input_new(&input, o->addresses))
        return false;
    input.zero = zero;
    for (size_t i = 0; i < engine_count; i++)
        build(o, &engines[i], blocks);
    for (int p = 0; p < BENCH_PATTERNS; p++)
        if (wanted(o->patterns, bench_pattern_name((bench_pattern)p)))
            right &= measure(o, blocks, &oracle, &input, (bench_pattern)p);
    for (size_t i = 0; i < engine_count; i++)
        if (engines[i].set)
            engines[i].library->free(
                engines[i].number, engines[i].set, o->family);
    bench_builtin.free(1, oracle.set, o->family);
    bench_input_free(&input);
    return right;
}

int main(int argc, char **argv)
{
    options o = {.label = "made",
        .family = 4,
        .rounds = 7,
        .addresses = 1 << 19,
        .window = 1 << 17,
        .seed = 20261124,
        .blocks = 0};
    bench_blocks blocks;
    bool right;

    if (!read_options(&o, argc, argv))
        return fail("usage", "see bench/run");
    if (!get_blocks(&o, &blocks))
        return fail("no blocks", o.path ? o.path : "made");
    add(&bench_builtin, o.engines);
    add(&bench_own, NULL);
    for (size_t i = 0; i < loaded_count; i++)
        add(&loaded[i], o.engines);
    right = run(&o, &blocks);
    free(blocks.block);
    return right ? 0 : 1;
}

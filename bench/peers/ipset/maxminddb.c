/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maxminddb.c - libmaxminddb as an engine.
 *
 * The library reads files; this writes one, in memory, with the blocks as
 * entries of its tree and an empty map behind each of them.
 */
#define _GNU_SOURCE /* memfd_create */
#include "engine.h"

#include <arpa/inet.h>
#include <maxminddb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern const bench_library bench_exported;

/* --- the tree ------------------------------------------------------------ */

#define NOTHING UINT32_MAX
#define BLOCK   (UINT32_MAX - 1)

typedef struct tree {
    uint32_t (*node)[2];
    size_t count, room;
} tree;

static bool add_node(tree *t)
{
    if (t->count == t->room) {
        size_t room = t->room ? t->room * 2 : 1024;
        void *more = realloc(t->node, room * sizeof(*t->node));

        if (!more)
            return false;
        t->node = more;
        t->room = room;
    }
    t->node[t->count][0] = t->node[t->count][1] = NOTHING;
    t->count++;
    return true;
}

static unsigned bit_of(const bench_block *block, int family, unsigned depth)
{
    if (family == 4)
        return block->lo >> (31 - depth) & 1;
    return (depth < 64 ? block->hi >> (63 - depth)
                       : block->lo >> (127 - depth)) &
           1;
}

/* Shorter prefixes come first, so what is covered is never entered. */
static bool add_block(tree *t, const bench_block *block, int family)
{
    uint32_t at = 0;

    for (unsigned depth = 0; depth < block->prefix; depth++) {
        unsigned bit = bit_of(block, family, depth);
        uint32_t next = t->node[at][bit];

        if (next == BLOCK)
            return true;
        if (depth + 1 == block->prefix) {
            t->node[at][bit] = BLOCK;
            return true;
        }
        if (next == NOTHING) {
            next = (uint32_t)t->count;
            if (!add_node(t))
                return false;
            t->node[at][bit] = next;
        }
        at = next;
    }
    return true;
}

static int by_prefix(const void *a, const void *b)
{
    const bench_block *const *x = a, *const *y = b;

    return ((*x)->prefix > (*y)->prefix) - ((*x)->prefix < (*y)->prefix);
}

static bool add_blocks(
    tree *t, int family, const bench_block *blocks, size_t count)
{
    const bench_block **order = malloc(count * sizeof(*order));
    bool done = order && add_node(t);

    for (size_t i = 0; order && i < count; i++)
        order[i] = &blocks[i];
    if (order)
        qsort(order, count, sizeof(*order), by_prefix);
    for (size_t i = 0; done && i < count; i++)
        done = add_block(t, order[i], family);
    free(order);
    return done;
}

/* --- the file ------------------------------------------------------------ */

static void put_text(FILE *file, const char *text)
{
    fputc(0x40 | (int)strlen(text), file);
    fputs(text, file);
}

/* An unsigned integer of four bytes: type 6; of two: type 5. */
static void put_number(FILE *file, int type, uint32_t number)
{
    int bytes = type == 6 ? 4 : 2;

    fputc(type << 5 | bytes, file);
    while (bytes--)
        fputc((int)(number >> (8 * bytes) & 0xff), file);
}

static void put_metadata(FILE *file, int family, size_t nodes)
{
    fputs("\xab\xcd\xefMaxMind.com", file);
    fputc(0xe0 | 9, file);
    put_text(file, "binary_format_major_version");
    put_number(file, 5, 2);
    put_text(file, "binary_format_minor_version");
    put_number(file, 5, 0);
    put_text(file, "build_epoch");
    fputs("\x01\x02\x01", file); /* a uint64, 1 */
    put_text(file, "database_type");
    put_text(file, "bench");
    put_text(file, "description");
    fputc(0xe0, file);
    put_text(file, "ip_version");
    put_number(file, 5, (uint32_t)family);
    put_text(file, "languages");
    fputc(0, file); /* an array of nothing */
    fputc(4, file);
    put_text(file, "node_count");
    put_number(file, 6, (uint32_t)nodes);
    put_text(file, "record_size");
    put_number(file, 5, 32);
}

static bool put_tree(FILE *file, const tree *t)
{
    static const char separator[16];

    for (size_t i = 0; i < t->count; i++) {
        uint32_t pair[2];

        for (int bit = 0; bit < 2; bit++) {
            uint32_t next = t->node[i][bit];
            uint32_t nodes = (uint32_t)t->count;

            if (next == NOTHING)
                next = nodes;
            else if (next == BLOCK)
                next = nodes + 16;
            pair[bit] = htonl(next);
        }
        fwrite(pair, sizeof(pair), 1, file);
    }
    fwrite(separator, sizeof(separator), 1, file);
    fputc(0xe0, file); /* what every block leads to: an empty map */
    return !ferror(file);
}

/* --- the engine ---------------------------------------------------------- */

typedef struct database {
    MMDB_s mmdb;
    size_t bytes;
    int fd;
} database;

static bool write_file(database *d, int family, const tree *t)
{
    FILE *file = fdopen(dup(d->fd), "w");
    bool done;

    if (!file)
        return false;
    done = put_tree(file, t);
    put_metadata(file, family, t->count);
    d->bytes = (size_t)ftell(file);
    return !fclose(file) && done;
}

static void *build(
    int engine, int family, const bench_block *blocks, size_t count)
{
    database *d = calloc(1, sizeof(*d));
    tree t = {NULL, 0, 0};
    char path[64];
    bool done;

    (void)engine;
    if (!d)
        return NULL;
    d->fd = memfd_create("bench", 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", d->fd);
    done = d->fd >= 0 && add_blocks(&t, family, blocks, count) &&
           write_file(d, family, &t) &&
           MMDB_open(path, MMDB_MODE_MMAP, &d->mmdb) == MMDB_SUCCESS;
    free(t.node);
    if (done)
        return d;
    if (d->fd >= 0)
        close(d->fd);
    free(d);
    return NULL;
}

static int lookup4(const database *d, uint32_t address)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    int error;

    to.sin_addr.s_addr = htonl(address);
    return MMDB_lookup_sockaddr(
        &d->mmdb, (const struct sockaddr *)(const void *)&to, &error)
        .found_entry;
}

static int lookup6(const database *d, const uint8_t *bytes)
{
    struct sockaddr_in6 to = {.sin6_family = AF_INET6};
    int error;

    memcpy(&to.sin6_addr, bytes, 16);
    return MMDB_lookup_sockaddr(
        &d->mmdb, (const struct sockaddr *)(const void *)&to, &error)
        .found_entry;
}

#define LOOP            loop
#define SET             database
#define LOOKUP4(set, a) lookup4(set, a)
#define LOOKUP6(set, hi, lo, bytes) \
    ((void)(hi), (void)(lo), lookup6(set, bytes))
#include "loops.h"

static uint64_t run(
    int engine, void *set, int family, int mode, const bench_input *input)
{
    (void)engine;
    return loop(set, family, mode, input);
}

static int count(void)
{
    return 1;
}

static const char *name(int engine)
{
    (void)engine;
    return "libmaxminddb";
}

static int has(int engine, int family, int mode)
{
    (void)engine;
    (void)family;
    return mode == BENCH_INDEPENDENT || mode == BENCH_DEPENDENT ||
           mode == BENCH_ANSWERS;
}

static size_t memory(int engine, void *set, int family)
{
    (void)engine;
    (void)family;
    return ((const database *)set)->bytes;
}

static void give_back(int engine, void *set, int family)
{
    database *d = set;

    (void)engine;
    (void)family;
    MMDB_close(&d->mmdb);
    close(d->fd);
    free(d);
}

const bench_library bench_exported = {
    count, name, has, build, run, memory, give_back};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocks.c - lists of blocks: from a file, or made.
 *
 * What is made has the lengths of a full routing table of 2025 (901,899 IPv4
 * and 160,147 IPv6 prefixes) and, roughly, the way its prefixes crowd: a tenth
 * of the /16s (IPv4) or a hundredth of the /32s (IPv6) hold much of the table.
 */
#include "data.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t bench_next(bench_random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

uint64_t bench_below(bench_random *r, uint64_t bound)
{
    return bench_next(r) % bound;
}

/* --- from a file --------------------------------------------------------- */

static uint64_t big_endian(const uint8_t *p)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value = value << 8 | p[i];
    return value;
}

static bool read_block(bench_block *block, char *line, int family)
{
    uint8_t bytes[16] = {0};
    char *slash = strchr(line, '/');
    char *end = line + strcspn(line, " \t\r\n,");

    *end = 0;
    *block = (bench_block){.prefix = family == 4 ? 32 : 128};
    if (slash && slash < end) {
        *slash = 0;
        block->prefix = (uint32_t)strtoul(slash + 1, NULL, 10);
    }
    if (inet_pton(family == 4 ? AF_INET : AF_INET6, line, bytes) != 1 ||
        block->prefix > (family == 4 ? 32u : 128u))
        return false;
    block->hi = family == 4 ? 0 : big_endian(bytes);
    block->lo = family == 4 ? big_endian(bytes) >> 32 : big_endian(bytes + 8);
    return true;
}

static bool push(bench_blocks *out, size_t *room, const bench_block *block)
{
    if (out->count == *room) {
        size_t wanted = *room ? *room * 2 : 1024;
        bench_block *more = realloc(out->block, wanted * sizeof(*out->block));

        if (!more)
            return false;
        out->block = more;
        *room = wanted;
    }
    out->block[out->count++] = *block;
    return true;
}

static void shuffle(bench_blocks *blocks, uint64_t seed)
{
    bench_random r = {seed};

    for (size_t i = blocks->count; i > 1; i--) {
        size_t other = (size_t)bench_below(&r, i);
        bench_block kept = blocks->block[i - 1];

        blocks->block[i - 1] = blocks->block[other];
        blocks->block[other] = kept;
    }
}

bool bench_blocks_read(
    bench_blocks *out, const char *path, int family, uint64_t seed)
{
    FILE *file = fopen(path, "r");
    char line[256];
    size_t room = 0;
    bool done = true;

    *out = (bench_blocks){NULL, 0};
    if (!file)
        return false;
    while (done && fgets(line, sizeof(line), file)) {
        bench_block block;

        if (read_block(&block, line, family))
            done = push(out, &room, &block);
    }
    fclose(file);
    shuffle(out, seed);
    return done && out->count > 0;
}

/* --- made ---------------------------------------------------------------- */

/* How many prefixes of a length. */
typedef struct share {
    uint8_t length;
    uint32_t count;
} share;

static const share shares4[] = {{8, 16}, {9, 13}, {10, 38}, {11, 103},
    {12, 299}, {13, 581}, {14, 1203}, {15, 2100}, {16, 13490}, {17, 8235},
    {18, 13798}, {19, 24870}, {20, 42611}, {21, 50750}, {22, 108623},
    {23, 96510}, {24, 537698}, {25, 20}, {26, 3}, {27, 11}, {28, 18}, {29, 17},
    {30, 3}, {31, 3}, {32, 886}, {0, 0}};

static const share shares6[] = {{16, 1}, {19, 1}, {20, 16}, {21, 3}, {22, 7},
    {23, 8}, {24, 30}, {25, 8}, {26, 15}, {27, 20}, {28, 193}, {29, 4371},
    {30, 650}, {31, 284}, {32, 22548}, {33, 2926}, {34, 2603}, {35, 1043},
    {36, 5996}, {37, 880}, {38, 1617}, {39, 1377}, {40, 13418}, {41, 903},
    {42, 2301}, {43, 1001}, {44, 14365}, {45, 1553}, {46, 3039}, {47, 3153},
    {48, 75488}, {49, 11}, {50, 3}, {52, 1}, {55, 1}, {56, 24}, {58, 20},
    {60, 2}, {64, 184}, {112, 2}, {122, 1}, {124, 4}, {125, 9}, {126, 19},
    {127, 42}, {128, 6}, {0, 0}};

static uint32_t draw_length(bench_random *r, const share *shares)
{
    uint64_t all = 0, left;

    for (const share *s = shares; s->count; s++)
        all += s->count;
    left = bench_below(r, all);
    while (left >= shares->count) {
        left -= shares->count;
        shares++;
    }
    return shares->length;
}

/* Of the places where prefixes crowd, the first `places` draw `percent` of
 * them, and so on. */
typedef struct tier {
    uint32_t places, percent;
} tier;

static const tier tiers4[] = {
    {3500, 48}, {3500, 25}, {7000, 20}, {7000, 6}, {14000, 1}, {0, 0}};
static const tier tiers6[] = {
    {5, 5}, {340, 30}, {3000, 35}, {31000, 30}, {0, 0}};

static uint64_t draw_place(bench_random *r, const tier *tiers)
{
    uint64_t left = bench_below(r, 100), first = 0;

    while (left >= tiers->percent) {
        left -= tiers->percent;
        first += tiers->places;
        tiers++;
    }
    return first + bench_below(r, tiers->places);
}

/* A number's own 64 bits: where place number `place` lies. */
static uint64_t scatter(uint64_t place)
{
    bench_random r = {place};

    return bench_next(&r);
}

static void cut(bench_block *block, int family)
{
    unsigned open = (family == 4 ? 32 : 128) - block->prefix;

    if (open >= 64)
        block->hi = open == 128 ? 0 : block->hi >> (open - 64) << (open - 64);
    block->lo = open >= 64 ? 0 : block->lo >> open << open;
}

static bench_block made4(bench_random *r, bench_kind kind)
{
    uint32_t place = (uint32_t)scatter(draw_place(r, tiers4));
    uint32_t first = 1 + place % 223; /* of the four numbers */
    bench_block block = {.prefix = 32};

    if (kind == BENCH_TABLE)
        block.prefix = draw_length(r, shares4);
    block.lo = (uint64_t)first << 24 | (uint64_t)(place >> 16 & 0xff) << 16 |
               (bench_next(r) & 0xffff);
    cut(&block, 4);
    return block;
}

static bench_block made6(bench_random *r, bench_kind kind)
{
    uint64_t place = scatter(draw_place(r, tiers6));
    bench_block block = {.prefix = 64};

    if (kind == BENCH_TABLE)
        block.prefix = draw_length(r, shares6);
    /* 2400::/8 to 2a00::/8 hold what is routed. */
    block.hi = (0x24 + (place >> 32) % 7) << 56 | (place & 0xffffff) << 32 |
               (bench_next(r) & 0xffffffff);
    block.lo = bench_next(r);
    cut(&block, 6);
    return block;
}

static uint64_t hash(const bench_block *block)
{
    bench_random r = {
        block->hi ^ (block->lo * 3) ^ ((uint64_t)block->prefix << 57)};

    return bench_next(&r);
}

static bool same(const bench_block *a, const bench_block *b)
{
    return a->hi == b->hi && a->lo == b->lo && a->prefix == b->prefix;
}

/* No block stands in the list twice; `seen` has room for more than all. */
static bool is_new(const bench_blocks *blocks, const bench_block *block,
    uint32_t *seen, size_t mask)
{
    size_t at = (size_t)hash(block) & mask;

    while (seen[at]) {
        if (same(&blocks->block[seen[at] - 1], block))
            return false;
        at = (at + 1) & mask;
    }
    seen[at] = (uint32_t)blocks->count + 1;
    return true;
}

bool bench_blocks_generate(
    bench_blocks *out, int family, bench_kind kind, size_t count, uint64_t seed)
{
    bench_random r = {seed};
    size_t mask = 1;
    uint32_t *seen;

    while (mask < count * 2)
        mask *= 2;
    seen = calloc(mask, sizeof(*seen));
    *out = (bench_blocks){malloc(count * sizeof(*out->block)), 0};
    if (!seen || !out->block) {
        free(seen);
        return false;
    }
    while (out->count < count) {
        bench_block block = family == 4 ? made4(&r, kind) : made6(&r, kind);

        if (is_new(out, &block, seen, mask - 1))
            out->block[out->count++] = block;
    }
    free(seen);
    return true;
}

void bench_blocks_write(bench_blocks *blocks, int family)
{
    for (size_t i = 0; i < blocks->count; i++) {
        bench_block *b = &blocks->block[i];
        uint8_t bytes[16];
        char text[INET6_ADDRSTRLEN] = "";

        for (int k = 0; k < 8; k++) {
            bytes[k] = (uint8_t)(b->hi >> (56 - 8 * k));
            bytes[8 + k] = (uint8_t)(b->lo >> (56 - 8 * k));
        }
        inet_ntop(family == 4 ? AF_INET : AF_INET6,
            family == 4 ? bytes + 12 : bytes, text, sizeof(text));
        snprintf(b->text, sizeof(b->text), "%.43s/%" PRIu32, text, b->prefix);
        b->entry = (uint32_t)i;
    }
}

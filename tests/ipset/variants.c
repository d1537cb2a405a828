/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address sets against the oracle, with each vector unit and layout.
 *
 *   variants universe [BITS]   all sets of up to three blocks of so many bits
 *   variants exhaustive [BITS] the same for more bits: fewer layouts, corners
 *   variants table [FILE]      the edges of every block of a table
 *   variants random [PAIRS]    so many (set, address) pairs
 *
 * --unit NAME before these: only that vector unit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bits.h"
#include "plans.h"
#include "unit.h"

static uint32_t seed = 20261124;
static size_t checked;

static uint64_t random64(void)
{
    uint64_t high = unit_random(&seed);

    return high << 32 | unit_random(&seed);
}

static void *must_alloc(size_t count, size_t size)
{
    void *ptr = calloc(count ? count : 1, size);

    if (!ptr)
        abort();
    return ptr;
}

/* --- a small universe ----------------------------------------------------- */

/* Where it lies: its addresses are `first` and every 2^shift-th one after. */
typedef struct corner {
    ipaddr first;
    unsigned shift;
} corner;

static ipaddr plus(ipaddr a, uint64_t n, unsigned shift)
{
    uint64_t lo = shift < 64 ? n << shift : 0;
    uint64_t hi = 0;

    if (shift >= 64)
        hi = n << (shift - 64);
    else if (shift > 0)
        hi = n >> 1 >> (63 - shift);
    a.lo += lo;
    a.hi += hi + (a.lo < lo);
    return a;
}

/* The last of the addresses that address n of the universe stands for. */
static ipaddr last_of(const corner *c, uint64_t n)
{
    ipaddr next = plus(c->first, n + 1, c->shift);

    next.hi -= next.lo == 0 && next.family == 6;
    next.lo--;
    if (next.family == 4)
        next.lo &= UINT32_MAX;
    return next;
}

enum {
    MOST_BITS = 8,
    MOST_PLACES = 1 << MOST_BITS
};

typedef struct universe {
    unsigned bits;
    bool exhaustive;
    unsigned each; /* addresses asked of each place: its first, its last */
    corner corner;
    ipaddr addresses[2 * MOST_PLACES];
    questions questions;
} universe;

static void start_universe(universe *u, unsigned width, corner c)
{
    u->bits = width;
    u->corner = c;
    for (uint64_t n = 0; n < (uint64_t)1 << width; n++) {
        ipaddr *at = &u->addresses[n * u->each];

        at[u->each - 1] = last_of(&c, n);
        at[0] = plus(c.first, n, c.shift);
    }
    plans_release(&u->questions);
    u->questions = (questions){
        .addresses = u->addresses, .count = (size_t)u->each << width};
    plans_prepare(&u->questions);
}

/* Block number i of a universe: its places, and as it stands in the corner. */
static ipblock block_of(
    const universe *u, unsigned i, unsigned *from, unsigned *to)
{
    unsigned len = 0, width = u->corner.first.family == 4 ? 32 : 128;

    while (i >= 1u << len)
        i -= 1u << len++;
    *from = i << (u->bits - len);
    *to = (i + 1) << (u->bits - len);
    return (ipblock){plus(u->corner.first, *from, u->corner.shift),
        (uint8_t)(width - u->corner.shift - u->bits + len), false};
}

/* Blocks inside others add no set. */
static bool any_nested(const universe *u, const unsigned *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            unsigned from, to, start, end;

            (void)block_of(u, numbers[i], &from, &to);
            (void)block_of(u, numbers[k], &start, &end);
            if (i != k && start <= from && to <= end)
                return true;
        }
    return false;
}

static void check_blocks(const universe *u, const unsigned *numbers, size_t n)
{
    bool want[2 * MOST_PLACES] = {false};
    questions q = u->questions;
    ipblock blocks[3];
    ipset set;
    arena mem;

    if (u->exhaustive && any_nested(u, numbers, n))
        return;
    for (size_t i = 0; i < n; i++) {
        unsigned from, to;

        blocks[i] = block_of(u, numbers[i], &from, &to);
        for (unsigned at = u->each * from; at < u->each * to; at++)
            want[at] = true;
    }
    q.want = want;
    iamp_arena_init(&mem, NULL);
    if (iamp_ipset_build(&set, blocks, n, &mem) != IAM_OK)
        abort();
    checked += u->exhaustive ? plans_check_lines(&set, &q, "exhaustive")
                             : plans_check(&set, false, &q, "universe");
    iamp_arena_release(&mem);
}

static const corner corners4[] = {
    {{0, 0, 4}, 0},
    {{0, 0x0a0b0c00, 4}, 0},
    {{0, 0xffffff00, 4}, 0},
    {{0, 0x0a0b8000, 4}, 4},
    {{0, 0x0a0b0000, 4}, 8},
    {{0, 0x7f000000, 4}, 16},
};

static const corner corners6[] = {
    {{0, 0, 6}, 0},
    {{0x20010db800000000, 0x1200, 6}, 0},
    {{UINT64_MAX, UINT64_MAX - 255, 6}, 0},
    {{0x20010db800000000, 0, 6}, 60},
    {{0x20010db800000000, 0, 6}, 64},
    {{0x2001000000000000, 0, 6}, 80},
};

static void all_sets(const universe *u)
{
    unsigned blocks = (2u << u->bits) - 1, numbers[3] = {0};

    check_blocks(u, numbers, 0);
    for (numbers[0] = 0; numbers[0] < blocks; numbers[0]++) {
        check_blocks(u, numbers, 1);
        for (numbers[1] = 0; numbers[1] < numbers[0]; numbers[1]++) {
            check_blocks(u, numbers, 2);
            for (numbers[2] = 0; numbers[2] < numbers[1]; numbers[2]++)
                check_blocks(u, numbers, 3);
        }
    }
}

static int run_exhaustive(unsigned width)
{
    static const corner corners[] = {{{0, 0x0a0b0000, 4}, 8},
        {{0x20010db800000000, 0, 6}, 64}, {{0x20010db800000000, 0, 6}, 60}};
    static universe u = {.each = 1, .exhaustive = true};

    if (width < 1 || width > MOST_BITS)
        return 2;
    for (size_t i = 0; i < COUNT_OF(corners); i++) {
        start_universe(&u, width, corners[i]);
        all_sets(&u);
    }
    plans_release(&u.questions);
    return 0;
}

static int run_universe(unsigned width)
{
    static universe u = {.each = 2};

    if (width < 1 || width > MOST_BITS)
        return 2;
    for (size_t i = 0; i < COUNT_OF(corners4); i++) {
        start_universe(&u, width, corners4[i]);
        all_sets(&u);
    }
    start_universe(
        &u, width, (corner){{0, 0, 4}, 32 - width}); /* all there is */
    all_sets(&u);
    for (size_t i = 0; i < COUNT_OF(corners6); i++) {
        start_universe(&u, width, corners6[i]);
        all_sets(&u);
    }
    start_universe(&u, width, (corner){{0, 0, 6}, 128 - width});
    all_sets(&u);
    plans_release(&u.questions);
    return 0;
}

/* --- many blocks ----------------------------------------------------------- */

typedef struct table {
    ipblock *blocks;
    size_t count, room;
} table;

static void add_block(table *t, ipblock block)
{
    if (t->count == t->room) {
        t->room = t->room ? 2 * t->room : 1024;
        t->blocks = realloc(t->blocks, t->room * sizeof(*t->blocks));
        if (!t->blocks)
            abort();
    }
    t->blocks[t->count++] = block;
}

static ipaddr before(ipaddr a)
{
    if (a.family == 4)
        return (ipaddr){0, (a.lo - 1) & UINT32_MAX, 4};
    return (ipaddr){a.hi - (a.lo == 0), a.lo - 1, 6};
}

static ipaddr after(ipaddr a)
{
    if (a.family == 4)
        return (ipaddr){0, (a.lo + 1) & UINT32_MAX, 4};
    return (ipaddr){a.hi + (a.lo == UINT64_MAX), a.lo + 1, 6};
}

static ipaddr inside(const ipblock *block)
{
    ipaddr last = iamp_ipblock_last(block);

    return (ipaddr){
        block->first.hi | (random64() & (last.hi ^ block->first.hi)),
        block->first.lo | (random64() & (last.lo ^ block->first.lo)),
        block->first.family};
}

static void check_addresses(const table *t, const ipaddr *addresses,
    size_t count, bool big, const char *what)
{
    bool *want = must_alloc(count, sizeof(*want));
    questions q = {.addresses = addresses, .want = want, .count = count};
    bits oracle;
    ipset set;
    arena mem;

    bits_init(&oracle);
    for (size_t i = 0; i < t->count; i++)
        bits_add(&oracle, &t->blocks[i]);
    for (size_t i = 0; i < count; i++)
        want[i] = bits_has(&oracle, &addresses[i]);
    plans_prepare(&q);
    iamp_arena_init(&mem, NULL);
    if (iamp_ipset_build(&set, t->blocks, t->count, &mem) != IAM_OK)
        abort();
    checked += plans_check(&set, big, &q, what);
    iamp_arena_release(&mem);
    bits_release(&oracle);
    plans_release(&q);
    free(want);
}

static void check_edges(const table *t, const char *what)
{
    ipaddr *addresses = must_alloc(t->count * 5, sizeof(*addresses));
    size_t count = 0;

    for (size_t i = 0; i < t->count; i++) {
        ipaddr last = iamp_ipblock_last(&t->blocks[i]);

        addresses[count++] = before(t->blocks[i].first);
        addresses[count++] = t->blocks[i].first;
        addresses[count++] = inside(&t->blocks[i]);
        addresses[count++] = last;
        addresses[count++] = after(last);
    }
    if (count > 0)
        check_addresses(t, addresses, count, true, what);
    free(addresses);
}

static void check_tables(table *tables, const char *what)
{
    for (size_t family = 0; family < 2; family++) {
        check_edges(&tables[family], what);
        free(tables[family].blocks);
        tables[family] = (table){.blocks = NULL};
    }
}

/* How many in ten thousand have which length in a table of the Internet. */
typedef struct share {
    uint8_t prefix;
    uint16_t share;
} share;

static const share shares4[] = {{12, 3}, {14, 13}, {16, 150}, {17, 91},
    {18, 153}, {19, 276}, {20, 472}, {21, 563}, {22, 1204}, {23, 1070},
    {24, 5962}, {26, 3}, {28, 3}, {30, 3}, {32, 34}};
static const share shares6[] = {{20, 1}, {24, 2}, {28, 12}, {29, 273},
    {32, 1408}, {33, 183}, {34, 163}, {36, 374}, {38, 101}, {40, 838},
    {42, 144}, {44, 897}, {46, 190}, {47, 197}, {48, 4714}, {52, 300},
    {56, 100}, {64, 80}, {112, 3}, {126, 10}, {128, 10}};

static uint8_t random_prefix(const share *shares, size_t count)
{
    uint32_t at = unit_random(&seed) % 10000;

    for (size_t i = 0; i < count; i++) {
        if (at < shares[i].share)
            return shares[i].prefix;
        at -= shares[i].share;
    }
    return shares[count - 1].prefix;
}

static ipblock cut_to(ipaddr a, uint8_t prefix)
{
    ipblock wide = {{0, 0, a.family}, prefix, false};
    ipaddr hosts = iamp_ipblock_last(&wide);

    return (ipblock){
        {a.hi & ~hosts.hi, a.lo & ~hosts.lo, a.family}, prefix, false};
}

/* Half of the blocks lie near another one, as networks do. */
static void make_table(table *t, uint8_t family, size_t count)
{
    while (t->count < count) {
        ipaddr a = {random64() >> 3 | UINT64_C(1) << 61, random64(), family};
        uint8_t prefix = family == 4
                             ? random_prefix(shares4, COUNT_OF(shares4))
                             : random_prefix(shares6, COUNT_OF(shares6));

        if (family == 4)
            a = (ipaddr){0, unit_random(&seed), 4};
        if (t->count > 0 && unit_random(&seed) % 2) {
            unsigned keep = unit_random(&seed) % prefix;
            ipaddr near = t->blocks[unit_random(&seed) % t->count].first;
            ipblock mask = {{0, 0, family}, (uint8_t)keep, false};
            ipaddr low = iamp_ipblock_last(&mask);

            a.hi = (near.hi & ~low.hi) | (a.hi & low.hi);
            a.lo = (near.lo & ~low.lo) | (a.lo & low.lo);
        }
        add_block(t, cut_to(a, prefix));
    }
}

static int run_table(const char *path)
{
    table tables[2] = {{.blocks = NULL}};
    char line[256];
    FILE *file = path ? fopen(path, "r") : NULL;

    if (path && !file) {
        perror(path);
        return 2;
    }
    while (file && fgets(line, sizeof(line), file)) {
        ipblock block;

        if (iamp_ipblock_parse((text){line, strcspn(line, " \t\r\n")}, &block))
            add_block(&tables[block.first.family == 6], block);
    }
    if (file)
        (void)fclose(file);
    for (uint8_t family = 4; !path && family <= 6; family += 2)
        make_table(&tables[family == 6], family, 5000);
    printf("%zu and %zu blocks\n", tables[0].count, tables[1].count);
    check_tables(tables, path ? path : "generated table");
    return 0;
}

/* --- random pairs ------------------------------------------------------- */

/* Sets of all sizes: crowded or sparse, of one length or of many. */
static void random_set(table *t, uint8_t family)
{
    unsigned width = family == 4 ? 32 : 128;
    size_t count = (size_t)1 << unit_random(&seed) % 11;
    unsigned fixed = unit_random(&seed) % width;
    unsigned shortest = unit_random(&seed) % (width + 1);
    ipaddr base = {random64(), random64(), family};
    ipblock mask = {{0, 0, family}, (uint8_t)fixed, false};
    ipaddr low = iamp_ipblock_last(&mask);

    count += unit_random(&seed) % count;
    t->count = 0;
    while (t->count < count) {
        unsigned prefix =
            shortest + unit_random(&seed) % (width - shortest + 1);
        ipaddr a = {(base.hi & ~low.hi) | (random64() & low.hi),
            (base.lo & ~low.lo) | (random64() & low.lo), family};

        if (family == 4)
            a = (ipaddr){0, a.lo & UINT32_MAX, 4};
        add_block(t, cut_to(a, (uint8_t)prefix));
    }
}

static ipaddr random_address(const table *t)
{
    const ipblock *block = &t->blocks[unit_random(&seed) % t->count];
    ipaddr last = iamp_ipblock_last(block);

    switch (unit_random(&seed) % 6) {
    case 0:
        return before(block->first);
    case 1:
        return block->first;
    case 2:
        return last;
    case 3:
        return after(last);
    case 4:
        return inside(block);
    default:
        if (block->first.family == 4)
            return (ipaddr){0, unit_random(&seed), 4};
        return (ipaddr){random64(), random64(), 6};
    }
}

static int run_random(size_t pairs)
{
    enum {
        EACH = 1000
    };
    static ipaddr addresses[EACH];
    table t = {.blocks = NULL};

    for (size_t done = 0; done < pairs; done += EACH) {
        random_set(&t, unit_random(&seed) % 2 ? 4 : 6);
        for (size_t i = 0; i < EACH; i++)
            addresses[i] = random_address(&t);
        check_addresses(&t, addresses, EACH, false, "random");
    }
    free(t.blocks);
    if (pairs >= 100000 && !plans_all_used())
        return 1;
    return 0;
}

int main(int argc, char **argv)
{
    int at = 1, status = 2;
    const char *more;

    if (argc > 2 && strcmp(argv[1], "--unit") == 0) {
        plans_only(argv[2]);
        at = 3;
    }
    if (at >= argc)
        return 2;
    more = at + 1 < argc ? argv[at + 1] : NULL;
    if (strcmp(argv[at], "universe") == 0)
        status = run_universe(more ? (unsigned)strtoul(more, NULL, 10) : 4);
    else if (strcmp(argv[at], "exhaustive") == 0)
        status = run_exhaustive(more ? (unsigned)strtoul(more, NULL, 10) : 5);
    else if (strcmp(argv[at], "table") == 0)
        status = run_table(more);
    else if (strcmp(argv[at], "random") == 0)
        status = run_random(more ? strtoul(more, NULL, 10) : 100000);
    if (status == 0)
        printf("%zu answers checked\n", checked);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "value/ipset.h"

#include <time.h>

#include "unit.h"

static arena mem;

static void setup(void)
{
    iamp_arena_init(&mem, NULL);
}

static void teardown(void)
{
    iamp_arena_release(&mem);
}

static bool add_printed(void *user, const ipblock *block)
{
    textbuf *buf = user;
    char printed[IPBLOCK_TEXT];

    if (buf->len)
        iamp_textbuf_add_c(buf, ' ');
    iamp_textbuf_add(buf, (text){printed, iamp_ipblock_print(block, printed)});
    return true;
}

/* Blocks with a space between them. */
static ipset make(const char *list)
{
    text rest = iamp_text_of(list, IAM_NTS);
    ipblock blocks[32];
    size_t count = 0;
    ipset set;

    while (rest.len > 0) {
        size_t end = iamp_text_find(rest, ' ');

        ck_assert(
            iamp_ipblock_parse(text_slice(rest, 0, end), &blocks[count++]));
        rest = text_from(rest, end + (end < rest.len));
    }
    ck_assert_int_eq(iamp_ipset_build(&set, blocks, count, &mem), IAM_OK);
    return set;
}

#define V6_TOP "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

static const struct {
    const char *why, *list, *blocks;
    size_t count4, count6;
} facts[] = {
    {"empty", "", "", 0, 0},
    {"one", "10.0.0.0/8", "10.0.0.0/8", 1, 0},
    {"host bits", "10.1.2.3/8", "10.0.0.0/8", 1, 0},
    {"twins", "10.0.0.1 10.0.0.1", "10.0.0.1/32", 1, 0},
    {"neighbours merge", "10.0.0.0/9 10.128.0.0/9", "10.0.0.0/8", 1, 0},
    {"neighbours of two parents", "10.0.0.1 10.0.0.2",
        "10.0.0.1/32 10.0.0.2/32", 1, 0},
    {"a hole of one", "10.0.0.0 10.0.0.2", "10.0.0.0/32 10.0.0.2/32", 2, 0},
    {"inner is absorbed", "10.9.0.0/16 10.0.0.0/8 10.255.0.0/16", "10.0.0.0/8",
        1, 0},
    {"unsorted", "3.0.0.0/8 1.0.0.0/8 2.0.0.0/8", "1.0.0.0/8 2.0.0.0/7", 1, 0},
    {"everything", "0.0.0.0/0 ::/0", "0.0.0.0/0 ::/0", 1, 1},
    {"everything in halves", "128.0.0.0/1 0.0.0.0/1 8000::/1 ::/1",
        "0.0.0.0/0 ::/0", 1, 1},
    {"top of the space", "255.255.255.255 " V6_TOP,
        "255.255.255.255/32 " V6_TOP "/128", 1, 1},
    {"top and its neighbour", "255.255.255.255 255.255.255.254",
        "255.255.255.254/31", 1, 0},
    {"top and bottom do not touch", "255.255.255.255 0.0.0.0 :: " V6_TOP,
        "0.0.0.0/32 255.255.255.255/32 ::/128 " V6_TOP "/128", 2, 2},
    {"all but the bottom",
        "0.0.0.1 0.0.0.2/31 0.0.0.4/30 0.0.0.8/29 0.0.0.16/28",
        "0.0.0.1/32 0.0.0.2/31 0.0.0.4/30 0.0.0.8/29 0.0.0.16/28", 1, 0},
    {"families stay apart", "1.2.3.4 ::1.2.3.4 ::ffff:1.2.3.4",
        "1.2.3.4/32 ::102:304/128 ::ffff:1.2.3.4/128", 1, 2},
    {"over the words' edge", "0:0:0:1::/64 ::/64", "::/63", 0, 1},
    {"at the words' edge", "::ffff:ffff:ffff:ffff 0:0:0:1::",
        "::ffff:ffff:ffff:ffff/128 0:0:0:1::/128", 0, 1},
    {"same low word, other high word", "0:0:0:1::5 0:0:0:3::6",
        "::1:0:0:0:5/128 ::3:0:0:0:6/128", 0, 2},
    {"low word ends, high word far", "::ffff:ffff:ffff:ffff 0:0:0:2::",
        "::ffff:ffff:ffff:ffff/128 0:0:0:2::/128", 0, 2},
};

START_TEST(test_fact)
{
    ipset set = make(facts[_i].list);
    textbuf buf;

    iamp_textbuf_init(&buf, NULL);
    ck_assert(iamp_ipset_blocks(&set, add_printed, &buf));
    ck_assert_msg(
        text_eq(textbuf_text(&buf), iamp_text_of(facts[_i].blocks, IAM_NTS)),
        "%s: %s", facts[_i].why, textbuf_text(&buf).ptr);
    ck_assert_uint_eq(set.count4, facts[_i].count4);
    ck_assert_uint_eq(set.count6, facts[_i].count6);
    iamp_textbuf_release(&buf);
}
END_TEST

START_TEST(test_families)
{
    ipset set = make("0.0.0.0/0");
    ipaddr none = {0, 0, 0}, v4 = {0, 5, 4}, v6 = {0, 5, 6};

    ck_assert(ipset_contains(&set, &v4));
    ck_assert(!ipset_contains(&set, &v6));
    ck_assert(!ipset_contains(&set, &none));
    set = make("::/0");
    ck_assert(!ipset_contains(&set, &v4));
    ck_assert(ipset_contains(&set, &v6));
    ck_assert(!ipset_contains(&set, &none));
}
END_TEST

static bool stop_third(void *user, const ipblock *block)
{
    (void)block;
    return ++*(size_t *)user < 3;
}

START_TEST(test_stopped)
{
    ipset set = make("1.0.0.0/8 3.0.0.0/8 ::1 ::3 ::5");
    ipset two = make("1.0.0.0/8 3.0.0.0/8");
    ipset last = make("1.0.0.0/8 3.0.0.0/8 5.0.0.0/8");
    size_t seen = 0;

    ck_assert(!iamp_ipset_blocks(&set, stop_third, &seen));
    ck_assert_uint_eq(seen, 3);
    seen = 0;
    ck_assert(iamp_ipset_blocks(&two, stop_third, &seen));
    seen = 0;
    ck_assert(!iamp_ipset_blocks(&last, stop_third, &seen));
}
END_TEST

/* --- against the definition ---------------------------------------------- */

enum {
    WINDOW = 64
};

/* Where in the space the window lies; its first half ends where the second
 * begins, which may be in the next word. */
static const struct {
    ipaddr half[2];
} windows[] = {
    {{{0, 0, 4}, {0, 32, 4}}},
    {{{0, 0xffffffc0, 4}, {0, 0xffffffe0, 4}}},
    {{{0, 0x7fffffe0, 4}, {0, 0x80000000, 4}}},
    {{{0, 0, 6}, {0, 32, 6}}},
    {{{7, UINT64_MAX - 31, 6}, {8, 0, 6}}},
    {{{UINT64_MAX, UINT64_MAX - 63, 6}, {UINT64_MAX, UINT64_MAX - 31, 6}}},
};

static ipaddr address_in(size_t window, size_t i)
{
    ipaddr a = windows[window].half[i / 32];

    a.lo += i % 32;
    return a;
}

/* How many blocks at least make up a row of addresses, whose length is a power
 * of two and which starts at a multiple of it. */
static size_t fewest(const bool *in, size_t len)
{
    size_t full = 0;

    for (size_t i = 0; i < len; i++)
        full += in[i];
    if (full == 0 || full == len)
        return full == len;
    return fewest(in, len / 2) + fewest(in + len / 2, len / 2);
}

/* Both halves lie in one aligned row, or they do not. */
static size_t fewest_of_window(const bool *in, size_t window)
{
    if (windows[window].half[0].lo % WINDOW == 0)
        return fewest(in, WINDOW);
    return fewest(in, 32) + fewest(in + 32, 32);
}

typedef struct cover {
    size_t window, count;
    bool in[WINDOW];
} cover;

static bool add_cover(void *user, const ipblock *block)
{
    cover *c = user;
    ipaddr last = iamp_ipblock_last(block);

    c->count++;
    for (size_t i = 0; i < WINDOW; i++) {
        ipaddr a = address_in(c->window, i);
        bool in = a.hi >= block->first.hi && a.hi <= last.hi &&
                  (a.hi > block->first.hi || a.lo >= block->first.lo) &&
                  (a.hi < last.hi || a.lo <= last.lo);

        ck_assert(!in || !c->in[i]); /* blocks are disjoint */
        c->in[i] |= in;
    }
    return true;
}

static size_t ranges_in(const bool *in)
{
    size_t count = 0;

    for (size_t i = 0; i < WINDOW; i++)
        count += in[i] && (i == 0 || !in[i - 1]);
    return count;
}

static void put_address(const ipaddr *a, uint8_t out[16])
{
    for (size_t i = 0; i < 16; i++)
        out[i] = (uint8_t)((i < 8 ? a->hi : a->lo) >> (56 - 8 * (i % 8)));
}

/* Many at once give what one at a time gives. */
static void check_batch(const ipset *set, size_t window, const bool *in)
{
    uint32_t v4[WINDOW];
    uint8_t v6[WINDOW][16];
    bool out[WINDOW];

    for (size_t i = 0; i < WINDOW; i++) {
        ipaddr a = address_in(window, i);

        v4[i] = (uint32_t)a.lo;
        put_address(&a, v6[i]);
    }
    if (windows[window].half[0].family == 4)
        iamp_ipset_match4(set, v4, WINDOW, out);
    else
        iamp_ipset_match6(set, (const uint8_t(*)[16])v6, WINDOW, out);
    for (size_t i = 0; i < WINDOW; i++)
        ck_assert_int_eq(out[i], in[i]);
}

START_TEST(test_agrees_with_definition)
{
    size_t window = (size_t)_i % COUNT_OF(windows);
    uint32_t seed = (uint32_t)_i + 1;
    bool in[WINDOW] = {false};
    ipblock blocks[24];
    size_t count = unit_random(&seed) % COUNT_OF(blocks);
    cover covered = {.window = window};
    ipset set;

    for (size_t b = 0; b < count; b++) {
        size_t bits = unit_random(&seed) % 5;
        size_t first = unit_random(&seed) % WINDOW >> bits << bits;

        blocks[b].first = address_in(window, first);
        blocks[b].prefix =
            (uint8_t)((blocks[b].first.family == 4 ? 32 : 128) - bits);
        for (size_t i = 0; i < (size_t)1 << bits; i++)
            in[first + i] = true;
    }
    ck_assert_int_eq(iamp_ipset_build(&set, blocks, count, &mem), IAM_OK);
    ck_assert_uint_eq(set.count4 + set.count6, ranges_in(in));
    ck_assert(iamp_ipset_blocks(&set, add_cover, &covered));
    check_batch(&set, window, in);
    for (size_t i = 0; i < WINDOW; i++) {
        ipaddr a = address_in(window, i);

        ck_assert_int_eq(ipset_contains(&set, &a), in[i]);
        ck_assert_int_eq(covered.in[i], in[i]);
        a.family = a.family == 4 ? 6 : 4;
        ck_assert(!ipset_contains(&set, &a));
    }
    ck_assert_uint_eq(covered.count, fewest_of_window(in, window));
}
END_TEST

/* --- many and poor ------------------------------------------------------- */

static const ipblock *many_blocks(size_t count, uint8_t family)
{
    ipblock *blocks = ARENA_ARRAY(&mem, ipblock, count);
    uint32_t seed = 1;

    ck_assert_ptr_nonnull(blocks);
    for (size_t i = 0; i < count; i++) {
        uint64_t first = unit_random(&seed);

        blocks[i].prefix = family == 4 ? 32 : 128;
        blocks[i].first = family == 4 ? (ipaddr){0, first, 4}
                                      : (ipaddr){first, unit_random(&seed), 6};
    }
    return blocks;
}

START_TEST(test_many)
{
    const size_t count = 200000;
    uint8_t family = _i ? 6 : 4;
    const ipblock *blocks = many_blocks(count, family);
    clock_t start = clock();
    ipset set;

    ck_assert_int_eq(iamp_ipset_build(&set, blocks, count, &mem), IAM_OK);
    ck_assert_int_lt((clock() - start) / CLOCKS_PER_SEC, 2);
    for (size_t i = 0; i < count; i++)
        if (!ipset_contains(&set, &blocks[i].first))
            ck_abort_msg("block %zu", i);
    for (size_t i = 1; i < set.count4; i++)
        if (set.v4[i].first - set.v4[i - 1].last <= 1)
            ck_abort_msg("range %zu", i);
    for (size_t i = 1; i < set.count6; i++)
        if (set.v6[i].first_hi < set.v6[i - 1].last_hi)
            ck_abort_msg("range %zu", i);
}
END_TEST

START_TEST(test_out_of_memory)
{
    const ipblock *blocks = many_blocks(500, _i ? 6 : 4);
    iam_status status = IAM_ENOMEM;
    size_t n = 0;

    for (; status != IAM_OK; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        arena scratch;
        ipset set;

        iamp_arena_init(&scratch, &poor);
        status = iamp_ipset_build(&set, blocks, 500, &scratch);
        ck_assert(status == IAM_OK || status == IAM_ENOMEM);
        ck_assert_int_eq(
            ipset_contains(&set, &blocks[7].first), status == IAM_OK);
        iamp_arena_release(&scratch);
    }
    ck_assert_uint_ge(n, 2);
}
END_TEST

UNIT_SUITE(ipset, setup, teardown, {
    tcase_add_loop_test(tc, test_fact, 0, COUNT_OF(facts));
    tcase_add_test(tc, test_families);
    tcase_add_test(tc, test_stopped);
    tcase_add_loop_test(tc, test_agrees_with_definition, 0, 600);
    tcase_add_loop_test(tc, test_many, 0, 2);
    tcase_add_loop_test(tc, test_out_of_memory, 0, 2);
})

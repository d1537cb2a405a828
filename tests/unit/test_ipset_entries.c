/* SPDX-License-Identifier: Apache-2.0 */
#include "value/ipset_entries.h"

#include "unit.h"

static arena mem, scratch;

static void setup(void)
{
    iamp_arena_init(&mem, NULL);
    iamp_arena_init(&scratch, NULL);
}

static void teardown(void)
{
    iamp_arena_release(&mem);
    iamp_arena_release(&scratch);
}

static ipblock block_of(const char *written)
{
    ipblock block;

    ck_assert(iamp_ipblock_parse(iamp_text_of(written, IAM_NTS), &block));
    return block;
}

/* Blocks that end together, touch, repeat, and reach both ends. */
static const char *const nested[] = {"10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/8",
    "10.255.255.255", "0.0.0.0/0", "255.255.255.255", "255.255.255.254/31",
    "11.0.0.0/8", "0.0.0.0", "2001:db8::/32", "2001:db8::/64", "2001:db8::1",
    "ffff::/16", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};

static const struct {
    const char *address;
    uint32_t entry;
} facts[] = {
    {"10.0.0.0", 1},
    {"10.0.255.255", 1},
    {"10.1.0.0", 0},
    {"10.255.255.254", 0},
    {"10.255.255.255", 3},
    {"11.0.0.0", 7},
    {"12.0.0.0", 4},
    {"9.255.255.255", 4},
    {"0.0.0.0", 8},
    {"0.0.0.1", 4},
    {"255.255.255.255", 5},
    {"255.255.255.254", 6},
    {"255.255.255.253", 4},
    {"2001:db8::", 10},
    {"2001:db8::1", 11},
    {"2001:db8::2", 10},
    {"2001:db8:0:1::", 9},
    {"2001:db9::", IPSET_NO_ENTRY},
    {"::", IPSET_NO_ENTRY},
    {"::a00:0", IPSET_NO_ENTRY},
    {"ffff::", 12},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 13},
};

START_TEST(test_fact)
{
    ipblock blocks[COUNT_OF(nested)];
    ipset_entries entries;
    ipaddr a;

    for (size_t i = 0; i < COUNT_OF(nested); i++)
        blocks[i] = block_of(nested[i]);
    ck_assert_int_eq(iamp_ipset_entries_build(
                         &entries, blocks, COUNT_OF(blocks), &mem, &scratch),
        IAM_OK);
    ck_assert(iamp_ipaddr_parse(iamp_text_of(facts[_i].address, IAM_NTS), &a));
    ck_assert_uint_eq(iamp_ipset_entry(&entries, &a), facts[_i].entry);
}
END_TEST

START_TEST(test_empty)
{
    ipaddr v4 = {0, 0, 4}, v6 = {0, 0, 6}, none = {0, 0, 0};
    ipset_entries entries;

    ck_assert_int_eq(
        iamp_ipset_entries_build(&entries, NULL, 0, &mem, &scratch), IAM_OK);
    ck_assert_uint_eq(iamp_ipset_entry(&entries, &v4), IPSET_NO_ENTRY);
    ck_assert_uint_eq(iamp_ipset_entry(&entries, &v6), IPSET_NO_ENTRY);
    ck_assert_uint_eq(iamp_ipset_entry(&entries, &none), IPSET_NO_ENTRY);
}
END_TEST

/* --- against a linear search ---------------------------------------------- */

static bool in_block(const ipblock *block, const ipaddr *a)
{
    ipaddr last = iamp_ipblock_last(block);
    bool above = a->hi > block->first.hi ||
                 (a->hi == block->first.hi && a->lo >= block->first.lo);
    bool below = a->hi < last.hi || (a->hi == last.hi && a->lo <= last.lo);

    return a->family == block->first.family && above && below;
}

static uint32_t longest(const ipblock *blocks, size_t count, const ipaddr *a)
{
    uint32_t best = IPSET_NO_ENTRY;

    for (size_t i = 0; i < count; i++)
        if (in_block(&blocks[i], a) &&
            (best == IPSET_NO_ENTRY || blocks[i].prefix > blocks[best].prefix))
            best = (uint32_t)i;
    return best;
}

/* A corner of the space, small enough for blocks to meet. */
static ipaddr random_address(uint32_t *seed)
{
    uint64_t word = unit_random(seed) % 2 ? 0 : UINT64_MAX;
    uint64_t low = word ^ unit_random(seed) % 64;

    if (unit_random(seed) % 2)
        return (ipaddr){0, (uint32_t)low, 4};
    return (ipaddr){unit_random(seed) % 2 ? word : word ^ 1, low, 6};
}

START_TEST(test_agrees_with_a_linear_search)
{
    uint32_t seed = (uint32_t)_i + 1;
    ipblock blocks[48];
    size_t count = unit_random(&seed) % COUNT_OF(blocks);
    ipset_entries entries;

    for (size_t i = 0; i < count; i++) {
        ipaddr a = random_address(&seed);
        uint8_t bits = a.family == 4 ? 32 : 128;
        char printed[IPBLOCK_TEXT];
        ipblock block = {a,
            (uint8_t)(unit_random(&seed) % 6
                          ? bits - unit_random(&seed) % 7
                          : unit_random(&seed) % (bits + 1u)),
            false};

        (void)iamp_ipblock_print(&block, printed);
        blocks[i] = block_of(printed);
    }
    ck_assert_int_eq(
        iamp_ipset_entries_build(&entries, blocks, count, &mem, &scratch),
        IAM_OK);
    for (size_t i = 0; i < 400; i++) {
        ipaddr a = random_address(&seed);

        ck_assert_uint_eq(
            iamp_ipset_entry(&entries, &a), longest(blocks, count, &a));
    }
}
END_TEST

START_TEST(test_out_of_memory)
{
    ipblock blocks[] = {block_of("10.0.0.0/8"), block_of("::/0")};
    iam_status status = IAM_ENOMEM;
    size_t n = 0;

    for (; status != IAM_OK; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        arena one, two;
        ipset_entries entries;

        iamp_arena_init(&one, &poor);
        iamp_arena_init(&two, &poor);
        status = iamp_ipset_entries_build(&entries, blocks, 2, &one, &two);
        ck_assert(status == IAM_OK || status == IAM_ENOMEM);
        ck_assert_uint_eq(iamp_ipset_entry(&entries, &blocks[0].first),
            status == IAM_OK ? 0 : IPSET_NO_ENTRY);
        iamp_arena_release(&one);
        iamp_arena_release(&two);
    }
    ck_assert_uint_ge(n, 3);
}
END_TEST

UNIT_SUITE(ipset_entries, setup, teardown, {
    tcase_add_loop_test(tc, test_fact, 0, COUNT_OF(facts));
    tcase_add_test(tc, test_empty);
    tcase_add_loop_test(tc, test_agrees_with_a_linear_search, 0, 300);
    tcase_add_test(tc, test_out_of_memory);
})

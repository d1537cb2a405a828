/* SPDX-License-Identifier: Apache-2.0 */
#include "value/ipset_algebra.h"

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

static ipset built(const ipblock *blocks, size_t count)
{
    ipset set;

    ck_assert_int_eq(iamp_ipset_build(&set, blocks, count, &mem), IAM_OK);
    return set;
}

static ipset combined(ipset_operation operation, const ipset *a, const ipset *b)
{
    ipset set;

    ck_assert_int_eq(
        iamp_ipset_combine(&set, operation, a, b, SIZE_MAX, &mem), IAM_OK);
    return set;
}

static ipset complement(const ipset *a)
{
    return combined(IPSET_COMPLEMENT, a, a);
}

static bool empty(const ipset *a)
{
    return a->count4 == 0 && a->count6 == 0;
}

/* --- every pair of sets of a small universe ------------------------------- */

enum {
    UNIVERSE = 6, /* addresses */
    SETS = 1 << UNIVERSE
};

/* Where it lies: at both ends, and over the edge of a word. */
static const ipaddr universes[] = {{0, 0, 4}, {0, 0x7ffffffd, 4},
    {0, 0xfffffffa, 4}, {0, 0, 6}, {8, UINT64_MAX - 2, 6},
    {UINT64_MAX, UINT64_MAX - 5, 6}};

static ipaddr address_in(size_t universe, unsigned i)
{
    ipaddr a = universes[universe];

    a.lo += i;
    a.hi += a.lo < i;
    return a;
}

/* The set of the addresses whose bit is set. */
static ipset set_of(size_t universe, unsigned bits)
{
    ipblock blocks[UNIVERSE];
    size_t count = 0;

    for (unsigned i = 0; i < UNIVERSE; i++) {
        ipaddr a = address_in(universe, i);

        if (bits >> i & 1)
            blocks[count++] = (ipblock){a, a.family == 4 ? 32 : 128, false};
    }
    return built(blocks, count);
}

static void check_set(const ipset *got, const ipset *want, const char *what,
    unsigned a, unsigned b)
{
    ck_assert_msg(iamp_ipset_equal(got, want), "%s of %#x and %#x", what, a, b);
}

static void check_pair(const ipset *sets, unsigned a, unsigned b)
{
    static const struct {
        ipset_operation operation;
        const char *name;
    } operations[] = {{IPSET_UNION, "union"},
        {IPSET_INTERSECTION, "intersection"}, {IPSET_DIFFERENCE, "difference"},
        {IPSET_SYMMETRIC_DIFFERENCE, "symmetric difference"}};
    const unsigned bits[] = {a | b, a & b, a & ~b, a ^ b};

    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        ipset got = combined(operations[i].operation, &sets[a], &sets[b]);

        check_set(&got, &sets[bits[i]], operations[i].name, a, b);
    }
    ck_assert_int_eq(iamp_ipset_equal(&sets[a], &sets[b]), a == b);
    ck_assert_int_eq(iamp_ipset_subset(&sets[a], &sets[b]), (a & ~b) == 0);
    ck_assert_int_eq(iamp_ipset_disjoint(&sets[a], &sets[b]), (a & b) == 0);
}

START_TEST(test_every_pair)
{
    ipset sets[SETS];

    for (unsigned a = 0; a < SETS; a++)
        sets[a] = set_of((size_t)_i, a);
    for (unsigned a = 0; a < SETS; a++)
        for (unsigned b = 0; b < SETS; b++)
            check_pair(sets, a, b);
}
END_TEST

/* The complement has no other definition here than its members. */
START_TEST(test_every_complement)
{
    const size_t universe = (size_t)_i;
    const ipset all = set_of(universe, SETS - 1);

    for (unsigned a = 0; a < SETS; a++) {
        const ipset set = set_of(universe, a), rest = set_of(universe, ~a);
        ipset got = complement(&set), again = complement(&got);

        for (unsigned i = 0; i < UNIVERSE; i++) {
            ipaddr address = address_in(universe, i);

            ck_assert_int_eq(ipset_contains(&got, &address), !(a >> i & 1));
        }
        again = complement(&got);
        check_set(&again, &set, "complement twice", a, 0);
        again = combined(IPSET_INTERSECTION, &got, &all);
        check_set(&again, &rest, "complement in the universe", a, 0);
    }
}
END_TEST

/* --- laws, on sets of both families --------------------------------------- */

/* Blocks that often touch, nest or share an edge. */
static ipset random_set(uint32_t *seed)
{
    ipblock blocks[40];
    size_t count = unit_random(seed) % COUNT_OF(blocks);

    for (size_t i = 0; i < count; i++) {
        bool v4 = unit_random(seed) % 2;
        uint8_t bits = v4 ? 32 : 128;
        uint8_t prefix =
            (uint8_t)(unit_random(seed) % 8 ? bits - unit_random(seed) % 12
                                            : unit_random(seed) % 6);
        uint64_t word = unit_random(seed) % 3 ? 0 : UINT64_MAX;
        ipaddr a = {v4 ? 0 : word,
            v4 ? (uint32_t)word ^ unit_random(seed) % 4096
               : word ^ unit_random(seed) % 4096,
            v4 ? 4 : 6};
        char printed[IPBLOCK_TEXT];

        blocks[i] = (ipblock){a, prefix, false};
        /* Printed and read: the bits behind the prefix are cleared. */
        ck_assert(iamp_ipblock_parse(
            (text){printed, iamp_ipblock_print(&blocks[i], printed)},
            &blocks[i]));
    }
    return built(blocks, count);
}

#define UNION(x, y)        combined(IPSET_UNION, &(x), &(y))
#define INTERSECTION(x, y) combined(IPSET_INTERSECTION, &(x), &(y))
#define DIFFERENCE(x, y)   combined(IPSET_DIFFERENCE, &(x), &(y))
#define SYMMETRIC(x, y)    combined(IPSET_SYMMETRIC_DIFFERENCE, &(x), &(y))
#define LAW(left, right)                                             \
    do {                                                             \
        ipset l = (left), r = (right);                               \
        ck_assert_msg(iamp_ipset_equal(&l, &r), #left " = " #right); \
    } while (0)

static void check_counts(ipset a, ipset b)
{
    ipset both = INTERSECTION(a, b), any = UNION(a, b), rest = complement(&a);

    for (uint8_t family = 4; family <= 6; family += 2) {
        iam_ip_count left = iamp_ip_count_sum(
            iamp_ipset_count(&a, family), iamp_ipset_count(&b, family));
        iam_ip_count right = iamp_ip_count_sum(
            iamp_ipset_count(&both, family), iamp_ipset_count(&any, family));
        iam_ip_count all = iamp_ip_count_sum(
            iamp_ipset_count(&a, family), iamp_ipset_count(&rest, family));

        ck_assert(left.top == right.top && left.high == right.high &&
                  left.low == right.low);
        ck_assert(all.top == (family == 6) && all.high == 0 &&
                  all.low == (family == 4 ? UINT64_C(1) << 32 : 0));
    }
}

START_TEST(test_laws)
{
    uint32_t seed = (uint32_t)_i + 1;
    ipset a = random_set(&seed), b = random_set(&seed), c = random_set(&seed);
    ipset not_a = complement(&a), not_b = complement(&b);
    ipset a_or_b = UNION(a, b), a_and_b = INTERSECTION(a, b);
    ipset b_or_c = UNION(b, c), b_and_c = INTERSECTION(b, c);
    ipset a_or_c = UNION(a, c), a_and_c = INTERSECTION(a, c);
    ipset a_xor_b = SYMMETRIC(a, b), b_xor_c = SYMMETRIC(b, c);
    ipset a_less_b = DIFFERENCE(a, b), b_less_a = DIFFERENCE(b, a);
    ipset none = DIFFERENCE(a, a);

    ck_assert(empty(&none));
    LAW(a_or_b, UNION(b, a));
    LAW(a_and_b, INTERSECTION(b, a));
    LAW(a_xor_b, SYMMETRIC(b, a));
    LAW(UNION(a_or_b, c), UNION(a, b_or_c));
    LAW(INTERSECTION(a_and_b, c), INTERSECTION(a, b_and_c));
    LAW(SYMMETRIC(a_xor_b, c), SYMMETRIC(a, b_xor_c));
    LAW(INTERSECTION(a, b_or_c), UNION(a_and_b, a_and_c));
    LAW(UNION(a, b_and_c), INTERSECTION(a_or_b, a_or_c));
    LAW(complement(&a_or_b), INTERSECTION(not_a, not_b));
    LAW(complement(&a_and_b), UNION(not_a, not_b));
    LAW(complement(&not_a), a);
    LAW(UNION(a, a_and_b), a);
    LAW(INTERSECTION(a, a_or_b), a);
    LAW(UNION(a, a), a);
    LAW(INTERSECTION(a, not_a), none);
    LAW(UNION(a, not_a), complement(&none));
    LAW(a_less_b, INTERSECTION(a, not_b));
    LAW(a_xor_b, UNION(a_less_b, b_less_a));
    LAW(a_xor_b, DIFFERENCE(a_or_b, a_and_b));
    LAW(SYMMETRIC(a_xor_b, b), a);
    ck_assert(iamp_ipset_subset(&a_and_b, &a));
    ck_assert(iamp_ipset_subset(&a, &a_or_b));
    ck_assert_int_eq(iamp_ipset_subset(&a, &b), empty(&a_less_b));
    ck_assert_int_eq(iamp_ipset_disjoint(&a, &b), empty(&a_and_b));
    ck_assert_int_eq(iamp_ipset_subset(&a, &b) && iamp_ipset_subset(&b, &a),
        iamp_ipset_equal(&a, &b));
    check_counts(a, b);
}
END_TEST

/* --- counts, prefixes, limits --------------------------------------------- */

static const struct {
    iam_ip_count count;
    const char *text;
} counts[] = {
    {{0, 0, 0}, "0"},
    {{0, 0, 9}, "9"},
    {{0, 0, 10}, "10"},
    {{0, 0, UINT64_C(4294967296)}, "4294967296"},
    {{0, 0, UINT64_MAX}, "18446744073709551615"},
    {{0, 1, 0}, "18446744073709551616"},
    {{0, UINT64_MAX, UINT64_MAX}, "340282366920938463463374607431768211455"},
    {{1, 0, 0}, "340282366920938463463374607431768211456"},
    {{1, 0, UINT64_C(4294967296)}, "340282366920938463463374607436063178752"},
    {{UINT32_MAX, UINT64_MAX, UINT64_MAX},
        "1461501637330902918203684832716283019655932542975"},
};

START_TEST(test_count_text)
{
    char out[IP_COUNT_TEXT];
    size_t len = iamp_ip_count_print(counts[_i].count, out);

    ck_assert_str_eq(out, counts[_i].text);
    ck_assert_uint_eq(len, strlen(out));
}
END_TEST

START_TEST(test_everything)
{
    ipset none = built(NULL, 0), all = complement(&none);
    iam_ip_count v4 = iamp_ipset_count(&all, 4);
    iam_ip_count v6 = iamp_ipset_count(&all, 6);

    ck_assert_uint_eq(all.count4, 1);
    ck_assert_uint_eq(all.count6, 1);
    ck_assert(v4.top == 0 && v4.high == 0 && v4.low == UINT64_C(1) << 32);
    ck_assert(v6.top == 1 && v6.high == 0 && v6.low == 0);
    all = complement(&all);
    ck_assert(empty(&all));
}
END_TEST

/* A range whose low word ends below where it begins. */
START_TEST(test_count_over_the_edge)
{
    ipset set = set_of(4, SETS - 1);
    iam_ip_count count = iamp_ipset_count(&set, 6);

    ck_assert_uint_eq(set.count6, 1);
    ck_assert(set.v6[0].last_lo < set.v6[0].first_lo);
    ck_assert(count.top == 0 && count.high == 0 && count.low == UNIVERSE);
}
END_TEST

static const struct {
    const char *first, *last;
    uint8_t prefix;
} prefixes[] = {
    {"0.0.0.0", "255.255.255.255", 0},
    {"10.0.0.0", "10.255.255.255", 8},
    {"10.0.0.1", "10.0.0.1", 32},
    {"10.0.0.1", "10.0.0.2", IAM_NO_PREFIX},
    {"10.0.0.0", "10.0.0.2", IAM_NO_PREFIX},
    {"10.0.0.2", "10.0.0.3", 31},
    {"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0},
    {"::", "::ffff:ffff:ffff:ffff", 64},
    {"::", "0:0:0:1:ffff:ffff:ffff:ffff", 63},
    {"::", "0:0:0:1:ffff:ffff:ffff:fffe", IAM_NO_PREFIX},
    {"::1", "0:0:0:1:ffff:ffff:ffff:ffff", IAM_NO_PREFIX},
    {"0:0:0:1::", "0:0:0:2:ffff:ffff:ffff:ffff", IAM_NO_PREFIX},
    {"::1", "::1", 128},
};

START_TEST(test_prefix)
{
    ipaddr first, last;

    ck_assert(
        iamp_ipaddr_parse(iamp_text_of(prefixes[_i].first, IAM_NTS), &first));
    ck_assert(
        iamp_ipaddr_parse(iamp_text_of(prefixes[_i].last, IAM_NTS), &last));
    ck_assert_uint_eq(iamp_ip_range_prefix(&first, &last), prefixes[_i].prefix);
}
END_TEST

START_TEST(test_limit)
{
    ipset a = set_of(0, 0x15), b = set_of(3, 0x15), out; /* six ranges */

    ck_assert_int_eq(
        iamp_ipset_combine(&out, IPSET_UNION, &a, &b, 5, &mem), IAM_ELIMIT);
    ck_assert(empty(&out));
    ck_assert_int_eq(
        iamp_ipset_combine(&out, IPSET_UNION, &a, &b, 6, &mem), IAM_OK);
    ck_assert_uint_eq(out.count4 + out.count6, 6);
}
END_TEST

START_TEST(test_out_of_memory)
{
    ipset a = set_of(0, 0x15), b = set_of(3, 0x15);
    iam_status status = IAM_ENOMEM;
    size_t n = 0;

    for (; status != IAM_OK; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        arena scratch;
        ipset out;

        iamp_arena_init(&scratch, &poor);
        status =
            iamp_ipset_combine(&out, IPSET_UNION, &a, &b, SIZE_MAX, &scratch);
        ck_assert(status == IAM_OK || (status == IAM_ENOMEM && empty(&out)));
        iamp_arena_release(&scratch);
    }
    ck_assert_uint_ge(n, 2);
}
END_TEST

UNIT_SUITE(ipset_algebra, setup, teardown, {
    tcase_add_loop_test(tc, test_every_pair, 0, COUNT_OF(universes));
    tcase_add_loop_test(tc, test_every_complement, 0, COUNT_OF(universes));
    tcase_add_loop_test(tc, test_laws, 0, 300);
    tcase_add_loop_test(tc, test_count_text, 0, COUNT_OF(counts));
    tcase_add_test(tc, test_everything);
    tcase_add_test(tc, test_count_over_the_edge);
    tcase_add_loop_test(tc, test_prefix, 0, COUNT_OF(prefixes));
    tcase_add_test(tc, test_limit);
    tcase_add_test(tc, test_out_of_memory);
})

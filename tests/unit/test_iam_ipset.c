/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "unit.h"

static iam_ipset *set;

static iam_ipset *made(const char *list, uint32_t flags)
{
    iam_options options = IAM_OPTIONS_INIT;
    iam_ipset *out;
    iam_error err;

    options.flags = flags;
    ck_assert_msg(
        iam_ipset_parse(list, IAM_NTS, NULL, &options, &out, &err) == IAM_OK,
        "%s", err.message);
    return out;
}

static void setup(void)
{
    set = made("10.0.0.0/8\n10.1.0.0/16\n192.0.2.1\n192.0.2.2\n"
               "2001:db8::/33\n2001:db8:8000::/33\n2001:db8::1\n",
        IAM_KEEP_ENTRIES);
}

static void teardown(void)
{
    iam_ipset_free(set);
}

/* --- ranges as text ------------------------------------------------------- */

static const struct {
    const char *text, *printed; /* NULL: it is no block */
    uint32_t family, prefix;
} texts[] = {
    {"192.0.2.7", "192.0.2.7/32", 4, 32},
    {"192.0.2.7/24", "192.0.2.0/24", 4, 24},
    {"0.0.0.0/0", "0.0.0.0/0", 4, 0},
    {"::/0", "::/0", 6, 0},
    {"2001:DB8::1/64", "2001:db8::/64", 6, 64},
    {"ffff::1", "ffff::1/128", 6, 128},
    {"192.0.2.7/33", NULL, 0, 0},
    {"", NULL, 0, 0},
    {"192.0.2.1-192.0.2.9", NULL, 0, 0},
};

START_TEST(test_range_text)
{
    char out[IAM_IP_RANGE_TEXT];
    iam_ip_range range;
    const char *want = texts[_i].printed ? texts[_i].printed : "";

    ck_assert_int_eq(iam_ip_range_parse(texts[_i].text, IAM_NTS, &range),
        texts[_i].printed != NULL);
    ck_assert_uint_eq(range.family, texts[_i].family);
    ck_assert_uint_eq(range.prefix, texts[_i].prefix);
    ck_assert_uint_eq(iam_ip_range_print(&range, out), strlen(want));
    ck_assert_str_eq(out, want);
}
END_TEST

START_TEST(test_range_of_no_block)
{
    iam_ip_range range = {0, 0xc0000201, 0, 0xc0000209, 4, IAM_NO_PREFIX};
    iam_ip_range longest = {
        UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, 6, IAM_NO_PREFIX};
    char out[IAM_IP_RANGE_TEXT];

    ck_assert_uint_eq(iam_ip_range_print(&range, out), 19);
    ck_assert_str_eq(out, "192.0.2.1-192.0.2.9");
    ck_assert_uint_eq(iam_ip_range_print(&longest, out), 79);
    range.family = 5;
    ck_assert_uint_eq(iam_ip_range_print(&range, out), 0);
    ck_assert_str_eq(out, "");
}
END_TEST

/* --- what is in it -------------------------------------------------------- */

static bool add_range(void *user, const iam_ip_range *range)
{
    textbuf *buf = user;
    char out[IAM_IP_RANGE_TEXT];

    iamp_textbuf_add(buf, (text){out, iam_ip_range_print(range, out)});
    iamp_textbuf_add_c(buf, ' ');
    return true;
}

static bool stop_second(void *user, const iam_ip_range *range)
{
    (void)range;
    return ++*(size_t *)user < 2;
}

static void check_told(
    iam_status (*tell)(const iam_ipset *, iam_ip_sink, void *),
    const char *want)
{
    size_t seen = 0;
    textbuf buf;

    iamp_textbuf_init(&buf, NULL);
    ck_assert_int_eq(tell(set, add_range, &buf), IAM_OK);
    ck_assert(text_eq(textbuf_text(&buf), iamp_text_of(want, IAM_NTS)));
    iamp_textbuf_release(&buf);
    ck_assert_int_eq(tell(set, stop_second, &seen), IAM_ESTOPPED);
    ck_assert_uint_eq(seen, 2);
    ck_assert_int_eq(tell(NULL, add_range, &buf), IAM_EINVAL);
    ck_assert_int_eq(tell(set, NULL, NULL), IAM_EINVAL);
}

START_TEST(test_told)
{
    check_told(
        iam_ipset_ranges, "10.0.0.0/8 192.0.2.1-192.0.2.2 2001:db8::/32 ");
    check_told(iam_ipset_blocks,
        "10.0.0.0/8 192.0.2.1/32 192.0.2.2/32 2001:db8::/32 ");
    ck_assert_uint_eq(iam_ipset_range_count(set), 3);
    ck_assert_uint_eq(iam_ipset_block_count(set), 4);
    ck_assert_uint_eq(iam_ipset_range_count(NULL), 0);
    ck_assert_uint_eq(iam_ipset_block_count(NULL), 0);
    ck_assert_uint_gt(iam_ipset_memory(set), 7 * sizeof(iam_ip_range));
    ck_assert_uint_eq(iam_ipset_memory(NULL), 0);
}
END_TEST

START_TEST(test_count)
{
    iam_ip_count v4 = iam_ipset_count(set, 4), v6 = iam_ipset_count(set, 6);
    iam_ip_count both = iam_ipset_count(set, 0);
    iam_ip_count none = iam_ipset_count(set, 5);
    char out[IAM_IP_COUNT_TEXT];

    ck_assert(v4.top == 0 && v4.high == 0 && v4.low == (1u << 24) + 2);
    ck_assert(v6.top == 0 && v6.high == UINT64_C(1) << 32 && v6.low == 0);
    ck_assert(both.high == v6.high && both.low == v4.low);
    ck_assert((none.top | none.high | none.low) == 0);
    none = iam_ipset_count(NULL, 0);
    ck_assert((none.top | none.high | none.low) == 0);
    ck_assert_uint_eq(iam_ip_count_print(both, out), strlen(out));
    ck_assert_str_eq(out, "79228162514264337593560727554");
}
END_TEST

/* --- entries -------------------------------------------------------------- */

static const struct {
    const char *address;
    size_t index;
    uint32_t prefix;
} entries[] = {
    {"10.2.0.0", 0, 8},
    {"10.1.255.255", 1, 16},
    {"192.0.2.2", 3, 32},
    {"2001:db8::", 4, 33},
    {"2001:db8::1", 6, 128},
    {"2001:db8:ffff::1", 5, 33},
};

START_TEST(test_entry)
{
    iam_ip_entry entry, again;
    iam_ip_range address;
    uint8_t bytes[16];

    ck_assert(iam_ipset_entry(set, entries[_i].address, IAM_NTS, &entry));
    ck_assert_uint_eq(entry.index, entries[_i].index);
    ck_assert_uint_eq(entry.block.prefix, entries[_i].prefix);
    ck_assert_uint_eq(entry.line, entries[_i].index + 1);
    ck_assert_uint_eq(entry.column, 1);
    ck_assert(iam_ip_range_parse(entries[_i].address, IAM_NTS, &address));
    for (size_t i = 0; i < 16; i++)
        bytes[i] = (uint8_t)((i < 8 ? address.first_high : address.first_low) >>
                             (56 - 8 * (i % 8)));
    ck_assert(address.family == 4
                  ? iam_ipset_entry_v4(set, (uint32_t)address.first_low, &again)
                  : iam_ipset_entry_v6(set, bytes, &again));
    ck_assert_uint_eq(again.index, entry.index);
    ck_assert(iam_ipset_entry(set, entries[_i].address, IAM_NTS, NULL));
}
END_TEST

START_TEST(test_no_entry)
{
    iam_ipset *plain = made("10.0.0.0/8", 0), *copy;
    iam_ip_entry entry = {.index = 7};
    const uint8_t zeros[16] = {0};

    ck_assert(!iam_ipset_entry(set, "11.0.0.0", IAM_NTS, &entry));
    ck_assert(entry.index == 0 && entry.block.family == 0);
    ck_assert(!iam_ipset_entry(set, "10.0.0.0/8", IAM_NTS, &entry));
    ck_assert(!iam_ipset_entry(set, NULL, 0, &entry));
    ck_assert(!iam_ipset_entry_v4(set, 0, &entry));
    ck_assert(!iam_ipset_entry_v6(set, zeros, &entry));
    ck_assert(!iam_ipset_entry_v6(set, NULL, &entry));
    ck_assert(!iam_ipset_entry(NULL, "10.0.0.0", IAM_NTS, &entry));
    ck_assert(!iam_ipset_entry(plain, "10.0.0.0", IAM_NTS, &entry));
    ck_assert_int_eq(iam_ipset_union(set, set, NULL, &copy, NULL), IAM_OK);
    ck_assert(iam_ipset_equal(copy, set));
    ck_assert(!iam_ipset_entry(copy, "10.0.0.0", IAM_NTS, &entry));
    iam_ipset_free(copy);
    iam_ipset_free(plain);
}
END_TEST

/* --- many ----------------------------------------------------------------- */

enum {
    MOST = 2500
};

/* Half of them in the set, in both orders of bytes. */
typedef struct addresses {
    uint32_t numbers[MOST];
    uint8_t packed4[MOST * 4 + 1], packed6[MOST * 16 + 1];
    uint8_t in4[MOST], in6[MOST];
} addresses;

static void fill(addresses *a, size_t shift)
{
    uint32_t seed = 5;

    for (size_t i = 0; i < MOST; i++) {
        uint8_t *four = a->packed4 + shift + 4 * i;
        uint8_t *sixteen = a->packed6 + shift + 16 * i;
        uint32_t n = unit_random(&seed);

        n = n % 2 ? n : 0x0a000000 | n >> 8;
        a->numbers[i] = n;
        a->in4[i] = iam_ipset_contains_v4(set, n);
        for (size_t b = 0; b < 4; b++)
            four[b] = (uint8_t)(n >> (24 - 8 * b));
        for (size_t b = 0; b < 16; b++)
            sixteen[b] = (uint8_t)unit_random(&seed);
        if (n % 3)
            memcpy(sixteen, "\x20\x01\x0d\xb8", 4);
        a->in6[i] = iam_ipset_contains_v6(set, sixteen);
    }
}

static size_t ones(const uint8_t *in, size_t count)
{
    size_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += in[i];
    return sum;
}

START_TEST(test_many)
{
    static const size_t counts[] = {0, 1, 2, 1023, 1024, 1025, 2048, MOST};
    static addresses a;
    static uint8_t out[MOST + 1];
    size_t shift = (size_t)_i % 2, n = counts[_i / 2];

    fill(&a, shift);
    ck_assert_uint_gt(ones(a.in4, MOST), MOST / 4);
    ck_assert_uint_gt(ones(a.in6, MOST), MOST / 4);
    memset(out, 9, sizeof(out));
    ck_assert_uint_eq(
        iam_ipset_contains_many_v4(set, a.numbers, n, out), ones(a.in4, n));
    ck_assert(memcmp(out, a.in4, n) == 0 && out[n] == 9);
    memset(out, 9, sizeof(out));
    ck_assert_uint_eq(
        iam_ipset_contains_many(set, 4, a.packed4 + shift, n, out),
        ones(a.in4, n));
    ck_assert(memcmp(out, a.in4, n) == 0 && out[n] == 9);
    memset(out, 9, sizeof(out));
    ck_assert_uint_eq(
        iam_ipset_contains_many(set, 6, a.packed6 + shift, n, out),
        ones(a.in6, n));
    ck_assert(memcmp(out, a.in6, n) == 0 && out[n] == 9);
    ck_assert_uint_eq(
        iam_ipset_contains_many_v4(set, a.numbers, n, NULL), ones(a.in4, n));
    ck_assert_uint_eq(
        iam_ipset_contains_many(set, 6, a.packed6 + shift, n, NULL),
        ones(a.in6, n));
}
END_TEST

START_TEST(test_many_of_nothing)
{
    const uint32_t numbers[2] = {0x0a000001, 0x0a000002};
    const uint8_t zeros[32] = {0};
    iam_ipset *all = made("::/0\n0.0.0.0/0", 0);
    uint8_t out[3] = {9, 9, 9};

    ck_assert_uint_eq(iam_ipset_contains_many_v4(NULL, numbers, 2, out), 0);
    ck_assert(out[0] == 0 && out[1] == 0 && out[2] == 9);
    memset(out, 9, sizeof(out));
    ck_assert_uint_eq(iam_ipset_contains_many(NULL, 6, zeros, 2, out), 0);
    ck_assert(out[0] == 0 && out[1] == 0 && out[2] == 9);
    memset(out, 9, sizeof(out));
    ck_assert_uint_eq(iam_ipset_contains_many(all, 5, zeros, 2, out), 0);
    ck_assert(out[0] == 0 && out[1] == 0 && out[2] == 9);
    memset(out, 9, sizeof(out));
    ck_assert_uint_eq(iam_ipset_contains_many_v4(set, NULL, 2, out), 0);
    ck_assert_uint_eq(iam_ipset_contains_many(set, 4, NULL, 2, out), 0);
    ck_assert(out[0] == 9);
    iam_ipset_free(all);
}
END_TEST

/* --- what is refused ------------------------------------------------------ */

START_TEST(test_refused)
{
    iam_options wrong = IAM_OPTIONS_INIT, small = IAM_OPTIONS_INIT;
    const iam_text blocks[2] = {{"::1", 3}, {"::2", 3}};
    iam_ip_filter half = {.service_count = 1};
    iam_ipset *out = set;
    iam_error err;

    wrong.struct_size--;
    small.max_values = 1;
    ck_assert_int_eq(iam_ipset_new(blocks, 2, &wrong, &out, &err), IAM_EINVAL);
    ck_assert_ptr_null(out);
    out = set;
    ck_assert_int_eq(iam_ipset_new(blocks, 2, &small, &out, &err), IAM_ELIMIT);
    ck_assert_ptr_null(out);
    ck_assert_int_eq(iam_ipset_new(NULL, 1, NULL, &out, &err), IAM_EINVAL);
    ck_assert_int_eq(iam_ipset_new(blocks, 1, NULL, NULL, &err), IAM_EINVAL);
    out = set;
    ck_assert_int_eq(
        iam_ipset_parse(NULL, 0, NULL, NULL, &out, &err), IAM_EINVAL);
    ck_assert_ptr_null(out);
    ck_assert_int_eq(
        iam_ipset_parse("[]", 2, &half, NULL, &out, &err), IAM_EINVAL);
    ck_assert_int_eq(
        iam_ipset_parse("::1", 3, NULL, NULL, NULL, &err), IAM_EINVAL);
    out = set;
    ck_assert_int_eq(iam_ipset_union(set, NULL, NULL, &out, &err), IAM_EINVAL);
    ck_assert_ptr_null(out);
    ck_assert_int_eq(iam_ipset_complement(NULL, NULL, &out, &err), IAM_EINVAL);
    ck_assert_int_eq(
        iam_ipset_difference(set, set, NULL, NULL, &err), IAM_EINVAL);
    ck_assert_int_eq(iam_ipset_union(set, set, &small, &out, &err), IAM_ELIMIT);
    ck_assert_ptr_null(out);
    ck_assert_str_eq(
        err.message, "the set would have too many ranges: the limit is 1");
    ck_assert(!iam_ipset_equal(set, NULL) && !iam_ipset_equal(NULL, NULL));
    ck_assert(!iam_ipset_subset(NULL, set) && !iam_ipset_disjoint(NULL, set));
}
END_TEST

/* --- operations ----------------------------------------------------------- */

START_TEST(test_operations)
{
    iam_ipset *ten = made("10.0.0.0/9\n11.0.0.0/8\n", 0), *out;

#define CHECK(operation, address4, in)                                   \
    do {                                                                 \
        ck_assert_int_eq(operation(set, ten, NULL, &out, NULL), IAM_OK); \
        ck_assert_int_eq(iam_ipset_contains_v4(out, address4), in);      \
        iam_ipset_free(out);                                             \
    } while (0)
    CHECK(iam_ipset_union, 0x0b000000, true);
    CHECK(iam_ipset_union, 0x0c000000, false);
    CHECK(iam_ipset_intersection, 0x0a000000, true);
    CHECK(iam_ipset_intersection, 0x0aff0000, false);
    CHECK(iam_ipset_difference, 0x0a000000, false);
    CHECK(iam_ipset_difference, 0x0aff0000, true);
    CHECK(iam_ipset_symmetric_difference, 0x0a000000, false);
    CHECK(iam_ipset_symmetric_difference, 0x0b000000, true);
#undef CHECK
    ck_assert_int_eq(iam_ipset_complement(set, NULL, &out, NULL), IAM_OK);
    ck_assert(iam_ipset_disjoint(set, out) && !iam_ipset_subset(set, out));
    ck_assert(iam_ipset_contains(out, "::", IAM_NTS));
    iam_ipset_free(out);
    iam_ipset_free(ten);
}
END_TEST

UNIT_SUITE(iam_ipset, setup, teardown, {
    tcase_add_loop_test(tc, test_range_text, 0, COUNT_OF(texts));
    tcase_add_test(tc, test_range_of_no_block);
    tcase_add_test(tc, test_told);
    tcase_add_test(tc, test_count);
    tcase_add_loop_test(tc, test_entry, 0, COUNT_OF(entries));
    tcase_add_test(tc, test_no_entry);
    tcase_add_loop_test(tc, test_many, 0, 16);
    tcase_add_test(tc, test_many_of_nothing);
    tcase_add_test(tc, test_refused);
    tcase_add_test(tc, test_operations);
})

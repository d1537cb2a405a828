/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L

#include "value/ipaddr.h"

#include <arpa/inet.h>
#include <string.h>

#include "unit.h"

static void nothing(void)
{
}

static text of(const char *t)
{
    return iamp_text_of(t, IAM_NTS);
}

/* --- addresses ----------------------------------------------------------- */

/* `printed` is the canonical text, or NULL for what is no address. */
static const struct {
    const char *source, *printed;
} addresses[] = {
    {"0.0.0.0", "0.0.0.0"},
    {"255.255.255.255", "255.255.255.255"},
    {"203.0.113.7", "203.0.113.7"},
    {"", NULL},
    {"1", NULL},
    {"1.2.3", NULL},
    {"1.2.3.4.", NULL},
    {"1.2.3.4.5", NULL},
    {".1.2.3.4", NULL},
    {"1..2.3", NULL},
    {"256.1.1.1", NULL},
    {"300.1.1.1", NULL},
    {"1.2.3.4294967296", NULL},
    {"1.2.3.00", NULL},
    {"010.0.0.1", NULL}, /* octal for some */
    {"1.2.3.04", NULL},
    {"0x1.2.3.4", NULL},
    {"+1.2.3.4", NULL},
    {"-1.2.3.4", NULL},
    {" 1.2.3.4", NULL},
    {"1.2.3.4 ", NULL},
    {"1.2.3.a", NULL},
    {"1,2,3,4", NULL},
    {"*", NULL},
    {"203.0.113.*", NULL},
    {"::", "::"},
    {"::1", "::1"},
    {"1::", "1::"},
    {"2001:DB8::1", "2001:db8::1"},
    {"2001:db8:0:0:0:0:0:1", "2001:db8::1"},
    {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
    {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
    {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
    {"1:0:0:2:3:0:0:4", "1::2:3:0:0:4"},    /* the first of two */
    {"1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"}, /* not one alone */
    {"1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8"},
    {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
    {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
    {"0:0:1::", "0:0:1::"},
    {"1:0:0:0:0:0:0:0", "1::"},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    {"::ffff:203.0.113.5", "::ffff:203.0.113.5"},
    {"::ffff:cb00:7105", "::ffff:203.0.113.5"},
    {"0:0:0:0:0:FFFF:0.0.0.0", "::ffff:0.0.0.0"},
    {"::1.2.3.4", "::102:304"},
    {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
    {"1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"},
    {"1:2:3:4:5::7.8.9.10", "1:2:3:4:5:0:708:90a"},
    {":", NULL},
    {":::", NULL},
    {"1", NULL},
    {"1:", NULL},
    {":1", NULL},
    {"1:2:3:4:5:6:7", NULL},
    {"1:2:3:4:5:6:7:8:9", NULL},
    {"1:2:3:4:5:6:7:8:", NULL},
    {":1:2:3:4:5:6:7:8", NULL},
    {"1:2:3:4:5:6:7:8::", NULL}, /* "::" for nothing */
    {"::1:2:3:4:5:6:7:8", NULL},
    {"1:2:3:4::5:6:7:8", NULL},
    {"1::2::3", NULL},
    {"::1::", NULL},
    {"1:::2", NULL},
    {"12345::", NULL},
    {"00001::", NULL},
    {"g::", NULL},
    {"::-1", NULL},
    {" ::1", NULL},
    {"::1 ", NULL},
    {"[::1]", NULL},
    {"fe80::1%eth0", NULL},
    {"fe80::1%", NULL},
    {"::1.2.3", NULL},
    {"::1.2.3.4.5", NULL},
    {"::1.2.3.4:1", NULL},
    {"::1.2.3.256", NULL},
    {"::01.2.3.4", NULL},
    {"1.2.3.4::", NULL},
    {"1:2:3:4:5:6:7:1.2.3.4", NULL},
    {"1:2:3:4:5:1.2.3.4", NULL},
    {"::1:2:3:4:5:6:1.2.3.4", NULL},
    {"1.2.3.4:5", NULL},
};

START_TEST(test_address)
{
    const char *want = addresses[_i].printed;
    char printed[IPADDR_TEXT];
    ipaddr a, again;

    ck_assert_msg(
        iamp_ipaddr_parse(of(addresses[_i].source), &a) == (want != NULL), "%s",
        addresses[_i].source);
    if (!want) {
        ck_assert_int_eq(a.family, 0);
        return;
    }
    ck_assert_uint_eq(iamp_ipaddr_print(&a, printed), strlen(want));
    ck_assert_str_eq(printed, want);
    ck_assert(iamp_ipaddr_parse(of(printed), &again));
    ck_assert(a.hi == again.hi && a.lo == again.lo && a.family == again.family);
}
END_TEST

START_TEST(test_numbers)
{
    char printed[IPADDR_TEXT];
    ipaddr a;

    ck_assert(iamp_ipaddr_parse(TEXT("1.2.3.4"), &a));
    ck_assert(a.family == 4 && a.hi == 0 && a.lo == 0x01020304);
    ck_assert(iamp_ipaddr_parse(TEXT("1:2:3:4:5:6:7:8"), &a));
    ck_assert(a.family == 6 && a.hi == UINT64_C(0x0001000200030004) &&
              a.lo == UINT64_C(0x0005000600070008));
    ck_assert(!iamp_ipaddr_parse(TEXT("1.2.3.4\0"), &a));
    ck_assert(!iamp_ipaddr_parse(TEXT("::1\0"), &a));
    ck_assert(!iamp_ipaddr_parse((text){NULL, 0}, &a));
    ck_assert_uint_eq(iamp_ipaddr_print(&a, printed), 0);
    ck_assert_str_eq(printed, "");
}
END_TEST

START_TEST(test_mapped)
{
    static const struct {
        const char *source;
        bool mapped;
    } facts[] = {
        {"::ffff:0:0", true},
        {"::ffff:255.255.255.255", true},
        {"::fffe:255.255.255.255", false},
        {"::1:0:0:0", false},
        {"1::ffff:1.2.3.4", false},
        {"::ffff", false},
        {"1.2.3.4", false},
    };

    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        ipaddr a;

        ck_assert(iamp_ipaddr_parse(of(facts[i].source), &a));
        ck_assert_msg(iamp_ipaddr_is_mapped(&a) == facts[i].mapped, "%s",
            facts[i].source);
    }
}
END_TEST

/* --- against the C library ----------------------------------------------- */

static bool parse_by_library(const char *source, ipaddr *out)
{
    unsigned char bytes[16];

    *out = (ipaddr){0, 0, 0};
    if (inet_pton(AF_INET, source, bytes) == 1) {
        for (size_t i = 0; i < 4; i++)
            out->lo = out->lo << 8 | bytes[i];
        out->family = 4;
    } else if (inet_pton(AF_INET6, source, bytes) == 1) {
        for (size_t i = 0; i < 8; i++)
            out->hi = out->hi << 8 | bytes[i];
        for (size_t i = 8; i < 16; i++)
            out->lo = out->lo << 8 | bytes[i];
        out->family = 6;
    }
    return out->family != 0;
}

/* Texts that are addresses, or nearly. */
static void random_source(char *source, size_t room, uint32_t *seed)
{
    static const char *const parts[] = {"0", "1", "ffff", "ab", "255", "25",
        "0001", "12345", "256", "g", "00", "1.2.3.4", ":", "::", "."};
    bool v4 = unit_random(seed) % 4 == 0;
    size_t count = v4 ? 4 : unit_random(seed) % 9, gap = unit_random(seed) % 9;

    source[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const char *part = parts[unit_random(seed) % 4 + (v4 ? 2 : 0)];

        if (unit_random(seed) % 16 == 0)
            part = parts[unit_random(seed) % COUNT_OF(parts)];
        if (strlen(source) + strlen(part) + 3 >= room)
            return;
        strcat(source, part);
        if (i + 1 < count || unit_random(seed) % 16 == 0)
            strcat(source, v4 ? "." : i == gap ? "::" : ":");
    }
}

START_TEST(test_agrees_with_library)
{
    uint32_t seed = (uint32_t)_i + 1;
    size_t valid = 0;

    for (size_t round = 0; round < 5000; round++) {
        char source[64];
        ipaddr want, got;

        random_source(source, sizeof(source), &seed);
        ck_assert_msg(parse_by_library(source, &want) ==
                          iamp_ipaddr_parse(of(source), &got),
            "%s", source);
        ck_assert_msg(
            want.hi == got.hi && want.lo == got.lo && want.family == got.family,
            "%s", source);
        valid += want.family != 0;
    }
    ck_assert_uint_gt(valid, 100);
}
END_TEST

START_TEST(test_prints_as_library)
{
    uint32_t seed = (uint32_t)_i + 1;

    for (size_t round = 0; round < 5000; round++) {
        char printed[IPADDR_TEXT], want[INET6_ADDRSTRLEN];
        unsigned char bytes[16];
        ipaddr a = {0, 0, 6}, again;

        for (size_t i = 0; i < 8; i++) {
            uint32_t group = unit_random(&seed);

            group = group % 3 ? 0 : group >> 8 & 0xffff;
            bytes[2 * i] = (unsigned char)(group >> 8);
            bytes[2 * i + 1] = (unsigned char)group;
        }
        for (size_t i = 0; i < 8; i++) {
            a.hi = a.hi << 8 | bytes[i];
            a.lo = a.lo << 8 | bytes[8 + i];
        }
        ck_assert_uint_eq(iamp_ipaddr_print(&a, printed), strlen(printed));
        ck_assert(iamp_ipaddr_parse(of(printed), &again));
        ck_assert(again.hi == a.hi && again.lo == a.lo && again.family == 6);
        ck_assert_ptr_nonnull(inet_ntop(AF_INET6, bytes, want, sizeof(want)));
        /* The library writes ::1.2.3.4 with dots too, which RFC 5952 leaves
         * to prefixes that are known to hold such addresses. */
        if (!strchr(want, '.') || iamp_ipaddr_is_mapped(&a))
            ck_assert_str_eq(printed, want);
    }
}
END_TEST

/* --- blocks -------------------------------------------------------------- */

static const struct {
    const char *source, *printed, *last; /* printed NULL: no block */
    bool host_bits;
} blocks[] = {
    {"203.0.113.0/24", "203.0.113.0/24", "203.0.113.255", false},
    {"203.0.113.7/24", "203.0.113.0/24", "203.0.113.255", true},
    {"203.0.113.7", "203.0.113.7/32", "203.0.113.7", false},
    {"203.0.113.7/32", "203.0.113.7/32", "203.0.113.7", false},
    {"0.0.0.0/0", "0.0.0.0/0", "255.255.255.255", false},
    {"1.2.3.4/0", "0.0.0.0/0", "255.255.255.255", true},
    {"255.255.255.255/1", "128.0.0.0/1", "255.255.255.255", true},
    {"10.0.0.1/31", "10.0.0.0/31", "10.0.0.1", true},
    {"::/0", "::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false},
    {"::1", "::1/128", "::1", false},
    {"2001:db8::/32", "2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        false},
    {"2001:db8::1/64", "2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff", true},
    {"2001:db8::1/63", "2001:db8::/63", "2001:db8:0:1:ffff:ffff:ffff:ffff",
        true},
    {"2001:db8:0:1::/63", "2001:db8::/63", "2001:db8:0:1:ffff:ffff:ffff:ffff",
        true},
    {"2001:db8::8000:0:0:1/65", "2001:db8:0:0:8000::/65",
        "2001:db8::ffff:ffff:ffff:ffff", true},
    {"::ffff:0:0/96", "::ffff:0.0.0.0/96", "::ffff:255.255.255.255", false},
    {"1.2.3.4/33", NULL, NULL, false},
    {"::/129", NULL, NULL, false},
    {"1.2.3.4/", NULL, NULL, false},
    {"/24", NULL, NULL, false},
    {"1.2.3.4/024", NULL, NULL, false},
    {"1.2.3.4/00", NULL, NULL, false},
    {"1.2.3.4/+8", NULL, NULL, false},
    {"1.2.3.4/-8", NULL, NULL, false},
    {"1.2.3.4/8 ", NULL, NULL, false},
    {"1.2.3.4 /8", NULL, NULL, false},
    {"1.2.3.4/8/8", NULL, NULL, false},
    {"1.2.3.4/255.255.255.0", NULL, NULL, false},
    {"1.2.3.4/4294967304", NULL, NULL, false},
    {"1.2.3/24", NULL, NULL, false},
    {"1.2.3.0-1.2.3.9", NULL, NULL, false},
    {"${aws:VpcSourceIp}", NULL, NULL, false},
    {"", NULL, NULL, false},
};

START_TEST(test_block)
{
    const char *want = blocks[_i].printed;
    char printed[IPBLOCK_TEXT];
    ipblock block, again;
    ipaddr last;

    ck_assert_msg(
        iamp_ipblock_parse(of(blocks[_i].source), &block) == (want != NULL),
        "%s", blocks[_i].source);
    if (!want) {
        ck_assert_int_eq(block.first.family, 0);
        return;
    }
    ck_assert_int_eq(block.host_bits, blocks[_i].host_bits);
    ck_assert_uint_eq(iamp_ipblock_print(&block, printed), strlen(want));
    ck_assert_str_eq(printed, want);
    ck_assert(iamp_ipblock_parse(of(printed), &again) && !again.host_bits);
    last = iamp_ipblock_last(&block);
    iamp_ipaddr_print(&last, printed);
    ck_assert_str_eq(printed, blocks[_i].last);
}
END_TEST

/* The longest texts fit. */
START_TEST(test_longest)
{
    char printed[IPBLOCK_TEXT];
    ipblock block;

    ck_assert(iamp_ipblock_parse(
        TEXT("fedc:fedc:fedc:fedc:fedc:fedc:fedc:fedc/128"), &block));
    ck_assert_uint_lt(iamp_ipblock_print(&block, printed), IPBLOCK_TEXT);
}
END_TEST

UNIT_SUITE(ipaddr, nothing, nothing, {
    tcase_add_loop_test(tc, test_address, 0, COUNT_OF(addresses));
    tcase_add_test(tc, test_numbers);
    tcase_add_test(tc, test_mapped);
    tcase_add_loop_test(tc, test_agrees_with_library, 0, 10);
    tcase_add_loop_test(tc, test_prints_as_library, 0, 4);
    tcase_add_loop_test(tc, test_block, 0, COUNT_OF(blocks));
    tcase_add_test(tc, test_longest);
})

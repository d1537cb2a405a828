/* SPDX-License-Identifier: Apache-2.0 */
#include "value/scalar.h"

#include <stdio.h>

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

static text of(const char *t)
{
    return iamp_text_of(t, IAM_NTS);
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

/* --- decimals ------------------------------------------------------------ */

static const char *const not_decimal[] = {"", "+", "-", ".", "-.", "5.", ".5",
    "+.5", "1e3", "1E3", "0x10", "1,000", " 1", "1 ", "1.5.", "1.5.0", "1..5",
    "--1", "+-1", "1-", "1+", "a", "1a", "NaN", "inf", "Infinity", "1_000",
    "\xd9\xa3", "${aws:x}", "*"};

START_TEST(test_not_decimal)
{
    decimal d;

    ck_assert_msg(
        !iamp_decimal_parse(of(not_decimal[_i]), &d), "%s", not_decimal[_i]);
    ck_assert(!iamp_decimal_parse(TEXT("1\0"), &d));
    ck_assert(!iamp_decimal_parse((text){NULL, 0}, &d));
}
END_TEST

/* In ascending order; rows with the same rank are equal. */
static const struct {
    int rank;
    const char *source;
} decimals[] = {
    {-9, "-100000000000000000000000000000000000000000000000000000.5"},
    {-8, "-100000000000000000000000000000000000000000000000000000"},
    {-7, "-99999999999999999999"},
    {-6, "-10"},
    {-5, "-9.99"},
    {-4, "-1.10"},
    {-4, "-1.1"},
    {-4, "-01.1"},
    {-3, "-1"},
    {-3, "-1.0"},
    {-2, "-0.1"},
    {-1, "-0.01"},
    {-1, "-0.010000"},
    {0, "0"},
    {0, "-0"},
    {0, "+0"},
    {0, "000"},
    {0, "0.0"},
    {0, "-0.000"},
    {1, "0.000000000000000000000000000000000000001"},
    {2, "0.1"},
    {2, "+0.1"},
    {3, "0.10000000000000000000000000000000000001"},
    {4, "0.11"},
    {5, "0.2"},
    {6, "1"},
    {6, "001.000"},
    {7, "1.000000001"},
    {8, "5"},
    {8, "+5"},
    {8, "5.0"},
    {9, "9"},
    {10, "10"},
    {11, "10.0000000000000000000000000000000000000000000000001"},
    {12, "9007199254740992"},
    {13, "9007199254740993"}, /* the first that binary64 cannot hold */
    {14, "18446744073709551616"},
    {15, "18446744073709551617"},
};

START_TEST(test_decimal_order)
{
    decimal a, b;

    ck_assert(iamp_decimal_parse(of(decimals[_i].source), &a));
    for (size_t i = 0; i < COUNT_OF(decimals); i++) {
        int rank = decimals[_i].rank, other = decimals[i].rank;

        ck_assert(iamp_decimal_parse(of(decimals[i].source), &b));
        ck_assert_msg(sign(iamp_decimal_compare(&a, &b)) ==
                          (rank > other) - (rank < other),
            "%s, %s", decimals[_i].source, decimals[i].source);
    }
}
END_TEST

START_TEST(test_decimal_form)
{
    decimal d;

    ck_assert(iamp_decimal_parse(TEXT("-007.500"), &d));
    ck_assert(d.negative);
    ck_assert(text_eq(d.whole, TEXT("7")));
    ck_assert(text_eq(d.fraction, TEXT("5")));
    ck_assert(iamp_decimal_parse(TEXT("-00.00"), &d));
    ck_assert(!d.negative && d.whole.len == 0 && d.fraction.len == 0);
}
END_TEST

/* Against whole numbers of 64 bits: v / 10^places. */
START_TEST(test_decimal_agrees_with_integers)
{
    uint32_t seed = (uint32_t)_i + 1;

    for (size_t round = 0; round < 2000; round++) {
        long v[2];
        decimal d[2];
        char source[2][32];

        for (size_t i = 0; i < 2; i++) {
            long size = (long)(unit_random(&seed) % 3000);
            bool minus = unit_random(&seed) % 2;

            v[i] = minus ? -size : size;
            snprintf(source[i], sizeof(source[i]), "%s%0*ld.%03ld",
                minus ? "-" : "", (int)(unit_random(&seed) % 3 + 1),
                size / 1000, size % 1000);
            ck_assert(iamp_decimal_parse(of(source[i]), &d[i]));
        }
        ck_assert_msg(sign(iamp_decimal_compare(&d[0], &d[1])) ==
                          (v[0] > v[1]) - (v[0] < v[1]),
            "%s, %s", source[0], source[1]);
    }
}
END_TEST

/* --- moments ------------------------------------------------------------- */

static const struct {
    const char *source;
    int64_t seconds;
    const char *fraction;
} moments[] = {
    {"1970-01-01T00:00:00Z", 0, ""},
    {"1970-01-01", 0, ""},
    {"1970-01", 0, ""},
    {"2020-01-01T00:00:01Z", 1577836801, ""},
    {"2020-01-01T01:00:01+01:00", 1577836801, ""},
    {"2019-12-31T19:00:01-05:00", 1577836801, ""},
    {"2020-01-01T00:00Z", 1577836800, ""},
    {"2020-01-01T05:45+05:45", 1577836800, ""},
    {"2020-01-01", 1577836800, ""},
    {"2020-01", 1577836800, ""},
    {"2020-01-01T00:00:00.5Z", 1577836800, "5"},
    {"2020-01-01T00:00:00.500Z", 1577836800, "5"},
    {"2020-01-01T00:00:00.000Z", 1577836800, ""},
    {"2020-01-01T00:00:00.123456789012345678901Z", 1577836800,
        "123456789012345678901"},
    {"1969-12-31T23:59:59.5Z", -1, "5"}, /* half a second before 1970 */
    {"2020-02-29T12:00:00Z", 1582977600, ""},
    {"2000-02-29", 951782400, ""},
    {"1999-12-31T23:59:59Z", 946684799, ""},
    {"2038-01-19T03:14:08Z", 2147483648, ""},
    {"9999-12-31T23:59:59Z", INT64_C(253402300799), ""},
    {"0000-01-01", INT64_C(-62167219200), ""},
    {"0000-02-29", INT64_C(-62162121600), ""},
    {"0000-03-01", INT64_C(-62162035200), ""},
    {"0001-01-01", INT64_C(-62135596800), ""},
    {"1970-01-01T00:00:00+23:59", -86340, ""},
    {"1970-01-01T00:00:00-00:00", 0, ""},
    /* a bare whole number counts seconds, also one that looks like a year */
    {"2020", 2020, ""},
    {"20200101", 20200101, ""},
    {"0", 0, ""},
    {"-0", 0, ""},
    {"-1", -1, ""},
    {"007", 7, ""},
    {"1577836800", 1577836800, ""},
    {"9223372036854775807", INT64_MAX, ""},
    {"-9223372036854775808", INT64_MIN, ""},
};

START_TEST(test_moment)
{
    instant t;

    ck_assert_msg(iamp_instant_parse(of(moments[_i].source), &t), "%s",
        moments[_i].source);
    ck_assert_msg(t.seconds == moments[_i].seconds, "%s: %lld",
        moments[_i].source, (long long)t.seconds);
    ck_assert(text_eq(t.fraction, of(moments[_i].fraction)));
}
END_TEST

static const char *const not_moment[] = {"", "-", "+1", "1.5", "1577836800.0",
    "9223372036854775808", "-9223372036854775809", "99999999999999999999",
    "1e9", " 1", "1 ", "2020-", "2020-1", "2020-00", "2020-13", "2020-01-",
    "2020-01-00", "2020-01-32", "2020-04-31", "2019-02-29", "1900-02-29",
    "2100-02-29", "2020-02-30", "2020-01-01Z", "2020-01-01T", "2020-01-01T00",
    "2020-01-01T00Z", "2020-01-01T00:00", "2020-01-01T00:00:00",
    "2020-01-01T00:00:00.5", "2020-01-01T00:00:00.Z", "2020-01-01T24:00Z",
    "2020-01-01T00:60Z", "2020-01-01T23:59:60Z", "2020-01-01t00:00Z",
    "2020-01-01T00:00z", "2020-01-01 00:00Z", "2020-01-01T0:00Z",
    "2020-01-01T00:00+01", "2020-01-01T00:00+0100", "2020-01-01T00:00+24:00",
    "2020-01-01T00:00+01:60", "2020-01-01T00:00+01:00Z", "2020-01-01T00:00ZZ",
    "2020-01-01T00:00:00,5Z", "2020-01-01T00:00:00.5aZ", "12020-01-01",
    "-2020-01-01", "+2020-01-01", "2020-01-01T00:00:00.5+", "2020-W01",
    "2020-001", "2020/01/01", "now", "${aws:CurrentTime}", "2020-01-*"};

START_TEST(test_not_moment)
{
    instant t;

    ck_assert_msg(
        !iamp_instant_parse(of(not_moment[_i]), &t), "%s", not_moment[_i]);
    ck_assert(!iamp_instant_parse(TEXT("2020-01-01T00:00Z\0"), &t));
    ck_assert(!iamp_instant_parse((text){NULL, 0}, &t));
}
END_TEST

/* Every day of 25 centuries, counted. */
START_TEST(test_calendar)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t day = -719528; /* 0000-01-01 */

    for (int year = 0; year <= 2500; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

        for (int month = 1; month <= 12; month++) {
            int length = days[month - 1] + (month == 2 && leap);

            for (int d = 1; d <= 32; d++) {
                char source[48];
                instant t;
                bool valid = d <= length;

                snprintf(
                    source, sizeof(source), "%04d-%02d-%02d", year, month, d);
                if (iamp_instant_parse(of(source), &t) != valid ||
                    (valid && t.seconds != 86400 * day++))
                    ck_abort_msg("%s", source);
            }
        }
    }
}
END_TEST

START_TEST(test_moment_order)
{
    static const struct {
        const char *a, *b;
        int order;
    } facts[] = {
        {"2020-01-01", "1577836800", 0},
        {"2020-01-01T00:00:00.5Z", "2020-01-01T00:00:00.50Z", 0},
        {"2020-01-01T00:00:00.5Z", "2020-01-01T00:00:00.49Z", 1},
        {"2020-01-01T00:00:00.05Z", "2020-01-01T00:00:00.5Z", -1},
        {"2020-01-01T00:00:00Z", "2020-01-01T00:00:00.001Z", -1},
        {"1969-12-31T23:59:59.5Z", "0", -1},
        {"1969-12-31T23:59:59.5Z", "-1", 1},
        {"-9223372036854775808", "9223372036854775807", -1},
        {"2020-01-01T00:00:59Z", "2020-01-01T00:01Z", -1},
    };

    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        instant a, b;

        ck_assert(iamp_instant_parse(of(facts[i].a), &a));
        ck_assert(iamp_instant_parse(of(facts[i].b), &b));
        ck_assert_msg(
            sign(iamp_instant_compare(&a, &b)) == facts[i].order, "%zu", i);
        ck_assert_int_eq(sign(iamp_instant_compare(&b, &a)), -facts[i].order);
    }
}
END_TEST

/* --- booleans ------------------------------------------------------------ */

START_TEST(test_bool)
{
    static const struct {
        const char *source;
        int value; /* -1: no boolean */
    } facts[] = {
        {"true", 1},
        {"false", 0},
        {"TRUE", 1},
        {"False", 0},
        {"", -1},
        {"tru", -1},
        {"truee", -1},
        {" true", -1},
        {"1", -1},
        {"0", -1},
        {"yes", -1},
        {"falsE", 0},
    };

    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        bool value;

        ck_assert_msg(iamp_bool_parse(of(facts[i].source), &value) ==
                          (facts[i].value >= 0),
            "%s", facts[i].source);
        if (facts[i].value >= 0)
            ck_assert_int_eq(value, facts[i].value);
    }
}
END_TEST

/* --- bytes --------------------------------------------------------------- */

#define T(literal) literal, sizeof(literal) - 1

/* The examples of RFC 4648, section 10, and others. */
static const struct {
    const char *base64, *bytes;
    size_t len;
} encoded[] = {
    {"", T("")},
    {"Zg==", T("f")},
    {"Zm8=", T("fo")},
    {"Zm9v", T("foo")},
    {"Zm9vYg==", T("foob")},
    {"Zm9vYmE=", T("fooba")},
    {"Zm9vYmFy", T("foobar")},
    {"AAAA", T("\0\0\0")},
    {"////", T("\xff\xff\xff")},
    {"+/+/", T("\xfb\xff\xbf")},
    {"AA==", T("\0")},
    {"/w==", T("\xff")},
    {"//8=", T("\xff\xff")},
};

START_TEST(test_encoded)
{
    text base64 = of(encoded[_i].base64), out;
    text bytes = {encoded[_i].bytes, encoded[_i].len};
    bool valid;

    ck_assert_int_eq(iamp_bytes_decode(base64, &out, &valid, &mem), IAM_OK);
    ck_assert(valid);
    ck_assert(text_eq(out, bytes));
    ck_assert(iamp_bytes_equal(bytes, base64));
    for (size_t i = 0; i < COUNT_OF(encoded); i++)
        ck_assert_int_eq(
            iamp_bytes_equal(bytes, of(encoded[i].base64)), i == (size_t)_i);
}
END_TEST

static const char *const not_encoded[] = {"=", "==", "====", "A", "AA", "AAA",
    "A===", "=AAA", "A=AA", "AA=A", "AA==AAAA", "AAA=AAAA",
    "AAAA=", "AAAA====", "AA== ", " AA==", "AA\n==", "AAAA\n", "A A=", "AB-_",
    "AA*A", "AA\xc3\xa9", "AB==", "AAB=", "Zg=", "Zm9vYg", "AAAAA", "${a}"};

START_TEST(test_not_encoded)
{
    text base64 = of(not_encoded[_i]), out;
    bool valid;

    ck_assert_int_eq(iamp_bytes_decode(base64, &out, &valid, &mem), IAM_OK);
    ck_assert_msg(!valid, "%s", not_encoded[_i]);
    ck_assert_uint_eq(out.len, 0);
    ck_assert(!iamp_bytes_equal(TEXT(""), base64));
    ck_assert(!iamp_bytes_equal(TEXT("\0"), base64));
    ck_assert(!iamp_bytes_equal(TEXT("\0\0\0"), base64));
}
END_TEST

/* Encoded here, slowly, bit by bit. */
START_TEST(test_bytes_round_trip)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t seed = (uint32_t)_i + 1;
    char bytes[32] = {0}, base64[48];
    size_t len = (size_t)_i % sizeof(bytes), made = 0;
    text out;
    bool valid;

    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(unit_random(&seed) >> 8);
    for (size_t bit = 0; bit < 8 * len; bit += 6) {
        unsigned value = 0;

        for (size_t i = bit; i < bit + 6; i++)
            value = value << 1 |
                    (i < 8 * len ? (unsigned)(unsigned char)bytes[i / 8] >>
                                           (7 - i % 8) &
                                       1u
                                 : 0);
        base64[made++] = digits[value];
    }
    while (made % 4)
        base64[made++] = '=';
    ck_assert_int_eq(
        iamp_bytes_decode((text){base64, made}, &out, &valid, &mem), IAM_OK);
    ck_assert(valid);
    ck_assert(text_eq(out, (text){bytes, len}));
    ck_assert(iamp_bytes_equal(out, (text){base64, made}));
    if (len > 0) {
        ck_assert(
            !iamp_bytes_equal((text){bytes, len - 1}, (text){base64, made}));
        bytes[len - 1] ^= 1;
        ck_assert(!iamp_bytes_equal((text){bytes, len}, (text){base64, made}));
    }
}
END_TEST

START_TEST(test_out_of_memory)
{
    iam_allocator empty = unit_failing_allocator(0);
    arena none;
    text out;
    bool valid;

    iamp_arena_init(&none, &empty);
    ck_assert_int_eq(
        iamp_bytes_decode(TEXT("AAAA"), &out, &valid, &none), IAM_ENOMEM);
    ck_assert(!valid);
    ck_assert(iamp_bytes_equal(TEXT("\0\0\0"), TEXT("AAAA")));
    iamp_arena_release(&none);
}
END_TEST

UNIT_SUITE(scalar, setup, teardown, {
    tcase_add_loop_test(tc, test_not_decimal, 0, COUNT_OF(not_decimal));
    tcase_add_loop_test(tc, test_decimal_order, 0, COUNT_OF(decimals));
    tcase_add_test(tc, test_decimal_form);
    tcase_add_loop_test(tc, test_decimal_agrees_with_integers, 0, 5);
    tcase_add_loop_test(tc, test_moment, 0, COUNT_OF(moments));
    tcase_add_loop_test(tc, test_not_moment, 0, COUNT_OF(not_moment));
    tcase_add_test(tc, test_calendar);
    tcase_add_test(tc, test_moment_order);
    tcase_add_test(tc, test_bool);
    tcase_add_loop_test(tc, test_encoded, 0, COUNT_OF(encoded));
    tcase_add_loop_test(tc, test_not_encoded, 0, COUNT_OF(not_encoded));
    tcase_add_loop_test(tc, test_bytes_round_trip, 0, 64);
    tcase_add_test(tc, test_out_of_memory);
})

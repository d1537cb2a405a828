/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

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

#define T(literal)                   \
    {                                \
        literal, sizeof(literal) - 1 \
    }

/* --- comparing ----------------------------------------------------------- */

static const struct {
    text a, b;
    int order; /* of iamp_text_compare(), as a sign */
    bool fold; /* of iamp_text_eq_fold() */
} pairs[] = {
    {T(""), T(""), 0, true},
    {{NULL, 0}, T(""), 0, true},
    {T("a"), T("a"), 0, true},
    {T("a"), T("A"), 1, true},
    {T("a"), T("b"), -1, false},
    {T("a"), T("ab"), -1, false},
    {T(""), T("\0"), -1, false},
    {T("a\0b"), T("a\0c"), -1, false},
    {T("a\0B"), T("A\0b"), 1, true},
    {T("\x7f"), T("\xc3\xa9"), -1, false},
    {T("\xc3\xa9"), T("\xc3\x89"), 1, false}, /* only ASCII folds */
    {T("[@`{"), T("[@`{"), 0, true},
    {T("@"), T("`"), -1, false},
    {T("["), T("{"), -1, false},
    {T("AZaz09"), T("azAZ09"), -1, true},
};

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

START_TEST(test_pair)
{
    text a = pairs[_i].a, b = pairs[_i].b;

    ck_assert_int_eq(sign(iamp_text_compare(a, b)), pairs[_i].order);
    ck_assert_int_eq(sign(iamp_text_compare(b, a)), -pairs[_i].order);
    ck_assert_int_eq(text_eq(a, b), pairs[_i].order == 0);
    ck_assert_int_eq(iamp_text_eq_fold(a, b), pairs[_i].fold);
    if (pairs[_i].fold)
        ck_assert_uint_eq(iamp_text_hash_fold(a), iamp_text_hash_fold(b));
    else
        ck_assert_uint_ne(iamp_text_hash_fold(a), iamp_text_hash_fold(b));
    ck_assert_uint_ne(iamp_text_hash_fold(a), 0);
}
END_TEST

START_TEST(test_lower_table)
{
    for (int c = 0; c < 256; c++) {
        int want = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;

        ck_assert_int_eq(iamp_ascii_lower[c], want);
        ck_assert_int_eq(ascii_digit((char)c), c >= '0' && c <= '9');
    }
}
END_TEST

START_TEST(test_parts)
{
    text t = TEXT("arn:aws");

    ck_assert_uint_eq(iamp_text_find(t, ':'), 3);
    ck_assert_uint_eq(iamp_text_find(t, '/'), 7);
    ck_assert_uint_eq(iamp_text_find((text){NULL, 0}, ':'), 0);
    ck_assert(text_starts(t, TEXT("arn")));
    ck_assert(text_starts(t, TEXT("")));
    ck_assert(!text_starts(t, TEXT("arn:aws:")));
    ck_assert(!text_starts(t, TEXT("aws")));
    ck_assert(text_eq(text_slice(t, 4, 7), TEXT("aws")));
    ck_assert(text_eq(text_from(t, 4), TEXT("aws")));
    ck_assert(text_eq(text_from(t, 7), TEXT("")));
    ck_assert_uint_eq(iamp_text_of("abc", IAM_NTS).len, 3);
    ck_assert_uint_eq(iamp_text_of("abc", 2).len, 2);
    ck_assert_uint_eq(iamp_text_of(NULL, 5).len, 0);
    ck_assert_ptr_nonnull(iamp_text_of(NULL, IAM_NTS).ptr);
}
END_TEST

/* --- UTF-8 --------------------------------------------------------------- */

static const struct {
    text t;
    bool valid;
} encodings[] = {
    {T(""), true},
    {T("a\0b"), true},
    {T("\x7f"), true},
    {T("\x80"), false},
    {T("\xbf"), false},
    {T("\xc0\x80"), false},
    {T("\xc1\xbf"), false},
    {T("\xc2\x80"), true},
    {T("\xdf\xbf"), true},
    {T("\xc2"), false},
    {T("\xc2\x41"), false},
    {T("\xe0\x9f\xbf"), false},
    {T("\xe0\xa0\x80"), true},
    {T("\xed\x9f\xbf"), true},
    {T("\xed\xa0\x80"), false}, /* a surrogate */
    {T("\xee\x80\x80"), true},
    {T("\xef\xbf\xbf"), true},
    {T("\xe2\x82"), false},
    {T("\xf0\x8f\xbf\xbf"), false},
    {T("\xf0\x90\x80\x80"), true},
    {T("\xf4\x8f\xbf\xbf"), true},
    {T("\xf4\x90\x80\x80"), false}, /* above U+10FFFF */
    {T("\xf5\x80\x80\x80"), false},
    {T("\xff"), false},
    {T("a\xf0\x9f\x94\x92z"), true},
    {T("a\xf0\x9f\x94z"), false},
};

START_TEST(test_encoding)
{
    ck_assert_int_eq(iamp_text_is_utf8(encodings[_i].t), encodings[_i].valid);
}
END_TEST

/* The definition, slowly: a number, encoded the shortest way. */
static size_t encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 63));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 63));
        out[2] = (char)(0x80 | (code & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 63));
    out[2] = (char)(0x80 | (code >> 6 & 63));
    out[3] = (char)(0x80 | (code & 63));
    return 4;
}

static bool character_ok(uint32_t code)
{
    bool valid = code < 0xd800 || (code > 0xdfff && code <= 0x10ffff);
    char bytes[5] = "....";
    size_t len = encode(code, bytes);

    if (iamp_text_is_utf8((text){bytes, len}) != valid)
        return false;
    if (!valid)
        return true;
    bytes[len] = 'z';
    return text_char_len((text){bytes, len + 1}, 0) == len &&
           text_char_len((text){bytes, len}, 0) == len &&
           (len == 1 || !iamp_text_is_utf8((text){bytes, len - 1}));
}

START_TEST(test_every_character)
{
    for (uint32_t code = 0; code < 0x120000; code++)
        if (!character_ok(code))
            ck_abort_msg("U+%04X", (unsigned)code);
}
END_TEST

/* --- copies and output --------------------------------------------------- */

START_TEST(test_copies)
{
    text t = TEXT("Ab\0C");
    text same = iamp_text_copy(t, &mem), lower = iamp_text_copy_lower(t, &mem);

    ck_assert(text_eq(same, t) && same.ptr != t.ptr);
    ck_assert(text_eq(lower, TEXT("ab\0c")));
    ck_assert_int_eq(same.ptr[4], 0);
    ck_assert_int_eq(lower.ptr[4], 0);
    ck_assert_ptr_nonnull(iamp_text_copy((text){NULL, 0}, &mem).ptr);
    ck_assert_ptr_null(iamp_text_copy((text){"", SIZE_MAX}, &mem).ptr);
}
END_TEST

static const struct {
    text t, json;
} strings[] = {
    {T(""), T("\"\"")},
    {T("a b/c"), T("\"a b/c\"")},
    {T("\"\\"), T("\"\\\"\\\\\"")},
    {T("\n\r\t"), T("\"\\n\\r\\t\"")},
    {T("\0\x01\x1f\x7f"), T("\"\\u0000\\u0001\\u001f\\u007f\"")},
    {T("\xc3\xa9x"), T("\"\xc3\xa9x\"")},
};

START_TEST(test_json)
{
    textbuf buf;

    iamp_textbuf_init(&buf, NULL);
    iamp_textbuf_add_json(&buf, strings[_i].t);
    ck_assert(text_eq(textbuf_text(&buf), strings[_i].json));
    iamp_textbuf_release(&buf);
}
END_TEST

START_TEST(test_numbers)
{
    textbuf buf;

    iamp_textbuf_init(&buf, NULL);
    ck_assert(text_eq(textbuf_text(&buf), TEXT("")));
    iamp_textbuf_add_number(&buf, 0);
    iamp_textbuf_add_c(&buf, ' ');
    iamp_textbuf_add_number(&buf, 1090);
    iamp_textbuf_add_c(&buf, ' ');
    iamp_textbuf_add_number(&buf, UINT64_MAX);
    textbuf_add_lit(&buf, "!");
    ck_assert(
        text_eq(textbuf_text(&buf), TEXT("0 1090 18446744073709551615!")));
    ck_assert_uint_eq(strlen(buf.ptr), buf.len);
    iamp_textbuf_release(&buf);
}
END_TEST

static bool refuse(void *user, const char *bytes, size_t len)
{
    (void)bytes;
    *(size_t *)user += len;
    return false;
}

START_TEST(test_flush)
{
    textbuf buf;
    size_t seen = 0;

    iamp_textbuf_init(&buf, NULL);
    ck_assert_int_eq(iamp_textbuf_flush(&buf, refuse, &seen), IAM_OK);
    textbuf_add_lit(&buf, "abc");
    ck_assert_int_eq(iamp_textbuf_flush(&buf, refuse, &seen), IAM_ESTOPPED);
    ck_assert_uint_eq(seen, 3);
    ck_assert_uint_eq(buf.len, 0);
}
END_TEST

/* Once it failed, it stays failed and keeps no half of an addition. */
START_TEST(test_out_of_memory)
{
    for (size_t n = 0; n < 5; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        size_t seen = 0;
        textbuf buf;

        iamp_textbuf_init(&buf, &poor);
        for (size_t i = 0; i < 100000; i++)
            textbuf_add_lit(&buf, "0123456789");
        ck_assert(buf.failed);
        ck_assert_uint_eq(buf.len % 10, 0);
        ck_assert_uint_eq(
            buf.len, n == 0 ? 0 : ((256u << (n - 1)) - 1) / 10 * 10);
        iamp_textbuf_add_c(&buf, 'x');
        ck_assert_uint_eq(buf.len % 10, 0);
        ck_assert_int_eq(iamp_textbuf_flush(&buf, refuse, &seen), IAM_ENOMEM);
        ck_assert_uint_eq(seen, 0);
    }
}
END_TEST

UNIT_SUITE(text, setup, teardown, {
    tcase_add_loop_test(tc, test_pair, 0, COUNT_OF(pairs));
    tcase_add_test(tc, test_lower_table);
    tcase_add_test(tc, test_parts);
    tcase_add_loop_test(tc, test_encoding, 0, COUNT_OF(encodings));
    tcase_add_test(tc, test_every_character);
    tcase_add_test(tc, test_copies);
    tcase_add_loop_test(tc, test_json, 0, COUNT_OF(strings));
    tcase_add_test(tc, test_numbers);
    tcase_add_test(tc, test_flush);
    tcase_add_test(tc, test_out_of_memory);
})

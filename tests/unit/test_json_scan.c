/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_json_scan.c - the quick way through JSON, held to jansson's over every
 * short row of tokens, every pair of bytes, and random rows.
 */
#include "../json_both.h"

#include "unit.h"

static json_limits limits;

static void setup(void)
{
    limits = iamp_json_limits(NULL);
}

static void teardown(void)
{
}

/* Both ways agree; tells whether the quick one read it. */
static bool both(text source)
{
    bool quick;
    const char *wrong = json_both(source, &limits, &quick);

    ck_assert_msg(!wrong, "%.*s %s", (int)source.len, source.ptr, wrong);
    return quick;
}

static const char *const tokens[] = {"{", "}", "[", "]", ",", ":", "\"a\"",
    "\"b\\n\"", "\"\\u0061\"", "\"\xc3\xa9\"", "\"", "0", "-", "12", "01",
    "1.5", "-0", "1e5", ".", "true", "false", "null", " ", "\n", "x"};

static text row_of(const size_t *row, size_t count, char *room)
{
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        size_t more = strlen(tokens[row[i]]);

        memcpy(room + len, tokens[row[i]], more);
        len += more;
    }
    return (text){room, len};
}

START_TEST(test_every_short_row)
{
    size_t quick = 0, all = 1;
    char room[64];

    for (size_t count = 0; count <= 4; count++, all *= COUNT_OF(tokens))
        for (size_t number = 0; number < all; number++) {
            size_t row[4], rest = number;

            for (size_t i = 0; i < count; i++, rest /= COUNT_OF(tokens))
                row[i] = rest % COUNT_OF(tokens);
            quick += both(row_of(row, count, room));
        }
    ck_assert_uint_gt(quick, 1000);
}
END_TEST

/* Behind a beginning that is right, so that deeper ones are met. */
START_TEST(test_random_rows)
{
    static const char *const starts[] = {"{\"a\":", "[", "{\"b\":[{\"a\":1},",
        "{\"a\":{\"b\":1},\"b\\n\":", "[[[[", ""};
    static const char *const ends[] = {"}", "]", "]}", "}", "]]]]", ""};
    uint32_t seed = 91 + (uint32_t)_i;
    size_t quick = 0;

    for (size_t round = 0; round < 40000; round++) {
        size_t which = unit_random(&seed) % COUNT_OF(starts), row[6], count;
        char room[256];
        size_t len = strlen(starts[which]);

        memcpy(room, starts[which], len);
        count = unit_random(&seed) % COUNT_OF(row);
        for (size_t i = 0; i < count; i++)
            row[i] = unit_random(&seed) % COUNT_OF(tokens);
        len += row_of(row, count, room + len).len;
        memcpy(room + len, ends[which], strlen(ends[which]));
        len += strlen(ends[which]);
        quick += both((text){room, len});
    }
    ck_assert_uint_gt(quick, 500);
}
END_TEST

START_TEST(test_every_pair_of_bytes)
{
    char string[] = "[\"..\"]", behind[] = "[1..]";

    for (unsigned pair = 0; pair < 65536; pair++) {
        string[2] = behind[2] = (char)(pair >> 8);
        string[3] = behind[3] = (char)(pair & 0xff);
        (void)both((text){string, 6});
        (void)both((text){behind, 5});
    }
}
END_TEST

/* A byte that is not plain is seen wherever it stands. */
START_TEST(test_byte_in_string)
{
    for (size_t len = 1; len <= 20; len++)
        for (size_t at = 0; at < len; at++)
            for (unsigned byte = 0; byte < 256; byte++) {
                char room[32];
                bool plain =
                    byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';

                room[0] = room[len + 1] = '"';
                memset(room + 1, 'A', len);
                room[1 + at] = (char)byte;
                ck_assert_msg(both((text){room, len + 2}) == plain,
                    "%u at %zu of %zu", byte, at, len);
            }
}
END_TEST

static const struct {
    const char *source;
    bool quick; /* else it is left to jansson, whatever that says */
} facts[] = {
    {"{}", true},
    {"[]", true},
    {" \t\r\n[ ] ", true},
    {"\"\"", true},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", true},
    {"\"\\u0041\"", false},
    {"\"\\a\"", false},
    {"\"\\", false},
    {"0", true},
    {"-0", true},
    {"-12.50", true},
    {"1234567890123456", true},
    {"12345678901234567", false},
    {"1E1", false},
    {"1.", false},
    {"-", false},
    {"+1", false},
    {"truefalse", false},
    {"[true,false,null]", true},
    {"{\"a\":1,\"A\":1}", true},
    {"{\"a\":1,\"a\":1}", false},
    {"{\"\":1,\"\":1}", false},
    {"{\"a\\n\":1}", false},
    {"{\"a\":{\"a\":[{\"a\":{}}]}}", true},
    {"{\"a\":{\"b\":1},\"c\":{\"b\":1},\"a\":1}", false},
    {"[1,]", false},
    {"[,1]", false},
    {"[1}", false},
    {"{\"a\":1]", false},
    {"{\"a\":1,}", false},
    {"{,}", false},
    {"{\"a\"}", false},
    {"{1:1}", false},
    {"[", false},
    {"{", false},
    {"]", false},
    {"1 1", false},
    {"", false},
    {" ", false},
    {"/**/1", false},
    {"NaN", false},
};

START_TEST(test_fact)
{
    text source = iamp_text_of(facts[_i].source, IAM_NTS);

    ck_assert_msg(both(source) == facts[_i].quick, "%s", facts[_i].source);
}
END_TEST

START_TEST(test_nul_behind)
{
    ck_assert(!both((text){"1\0", 2}));
    ck_assert(!both((text){"[1]\0", 4}));
    ck_assert(!both((text){"\0", 1}));
    ck_assert(!both((text){"[\0]", 3}));
}
END_TEST

static text many_members(char *room, size_t count)
{
    size_t len = 0;

    for (size_t i = 0; i < count; i++)
        len +=
            (size_t)sprintf(room + len, "%s\"k%zu\":%zu", i ? "," : "{", i, i);
    room[len++] = '}';
    return (text){room, len};
}

START_TEST(test_members)
{
    char room[1024];

    ck_assert(both(many_members(room, 32)));
    ck_assert(!both(many_members(room, 33)));
}
END_TEST

START_TEST(test_limits)
{
    text source = TEXT("{\"a\":[1,[2,{}]],\"b\":3}"); /* 4 deep, 7 values */

    limits.max_depth = 4;
    limits.max_values = 7;
    ck_assert(both(source));
    limits.max_depth = 3;
    ck_assert(!both(source));
    limits.max_depth = 4;
    limits.max_values = 6;
    ck_assert(!both(source));
}
END_TEST

/* Nodes outgrow the first guess, and keep what they say. */
START_TEST(test_many_values)
{
    static char room[200000];
    size_t len = 0;

    room[len++] = '[';
    while (len < sizeof(room) - 8) {
        memcpy(room + len, "1,[{}],", 7);
        len += 7;
    }
    room[len++] = '1';
    room[len++] = ']';
    ck_assert(both((text){room, len}));
}
END_TEST

/* The quick way gives up without memory; what it made is its arena's. */
START_TEST(test_out_of_memory)
{
    text source = TEXT("[\"a\\n\",1,2,3,4,5,6,7,8,9,[],{},\"\\t\"]");
    bool read = false;
    size_t n = 0;

    for (; !read; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        json_tree tree = {.count = 7};
        arena mem;

        iamp_arena_init(&mem, &poor);
        read = iamp_json_scan(&tree, source, &limits, &mem);
        ck_assert_uint_eq(tree.count, read ? 14 : 7);
        iamp_arena_release(&mem);
    }
    ck_assert_uint_ge(n, 2);
}
END_TEST

static void *count_acquire(void *user, size_t size)
{
    *(size_t *)user += size;
    return malloc(size);
}

/* What is beyond a limit costs no memory first. */
START_TEST(test_limit_before_memory)
{
    enum {
        SIZE = 1 << 20,
        MOST_TAKEN = 4 << 20 /* in all, whether given back or not */
    };
    size_t taken = 0;
    const iam_allocator counting = {count_acquire, unit_release, &taken};
    char *room = malloc(SIZE);
    json_limits small = limits;
    json_tree tree = {.count = 7};
    arena mem;

    ck_assert_ptr_nonnull(room);
    memset(room, ' ', SIZE);
    room[0] = '[';
    for (size_t i = 1; i + 2 < SIZE; i += 3)
        memcpy(room + i, "[],", 3);
    small.max_values = 100000;
    iamp_arena_init(&mem, &counting);
    ck_assert(!iamp_json_scan(&tree, (text){room, SIZE}, &small, &mem));
    ck_assert_uint_lt(taken, MOST_TAKEN);
    ck_assert_uint_gt(taken, 0);
    iamp_arena_release(&mem);
    free(room);
}
END_TEST

UNIT_SUITE(json_scan, setup, teardown, {
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, test_every_short_row);
    tcase_add_loop_test(tc, test_random_rows, 0, 4);
    tcase_add_test(tc, test_every_pair_of_bytes);
    tcase_add_test(tc, test_byte_in_string);
    tcase_add_loop_test(tc, test_fact, 0, COUNT_OF(facts));
    tcase_add_test(tc, test_nul_behind);
    tcase_add_test(tc, test_members);
    tcase_add_test(tc, test_limits);
    tcase_add_test(tc, test_many_values);
    tcase_add_test(tc, test_out_of_memory);
    tcase_add_test(tc, test_limit_before_memory);
})

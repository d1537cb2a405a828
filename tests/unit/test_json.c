/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>

#include "document/json.h"

#include "unit.h"

static arena mem;
static json_limits limits;

static void setup(void)
{
    iamp_arena_init(&mem, NULL);
    limits = iamp_json_limits(NULL);
}

static void teardown(void)
{
    iamp_arena_release(&mem);
}

static json_tree parse(text source)
{
    json_tree tree;
    iam_error err = {0};

    ck_assert_msg(iamp_json_parse(&tree, source, &limits, &mem, &err) == IAM_OK,
        "%.*s: %s", (int)source.len, source.ptr, err.message);
    return tree;
}

#define LITERAL(s)         \
    {                      \
        (s), sizeof(s) - 1 \
    }

/* What is refused, with the place and the sentence. */
static const struct {
    text source;
    iam_status status;
    uint32_t line, column;
    const char *where, *message;
} faults[] = {
    {LITERAL(""), IAM_EJSON, 1, 1, "",
        "expected a value, found the end of the text"},
    {LITERAL(" \n "), IAM_EJSON, 2, 2, "",
        "expected a value, found the end of the text"},
    {LITERAL("\xef\xbb\xbf{}"), IAM_EJSON, 1, 1, "",
        "the text starts with a byte order mark, which JSON does not have"},
    {LITERAL("{} x"), IAM_EJSON, 1, 4, "",
        "expected the end of the text behind its one value, found \"x\""},
    {LITERAL("{\"a\": 1,}"), IAM_EJSON, 1, 9, "",
        "expected a member's name in double quotes, found \"}\""},
    {LITERAL("{\"a\" 1}"), IAM_EJSON, 1, 6, "/a",
        "expected \":\" behind a member's name, found \"1\""},
    {LITERAL("{\"a\": {\"b\": [1, 2 3]}}"), IAM_EJSON, 1, 19, "/a/b",
        "expected \",\" or \"]\", found \"3\""},
    {LITERAL("{\"a/b\": {\"~\": [1, {]]}}"), IAM_EJSON, 1, 20, "/a~1b/~0/1",
        "expected a member's name in double quotes or \"}\", found \"]\""},
    {LITERAL("{\"\\u0061\\/\": x}"), IAM_EJSON, 1, 14, "/a~1",
        "expected a value, found \"x\": a string stands in double quotes, and "
        "the words are true, false and null"},
    {LITERAL("[\n\"ab\ncd\"]"), IAM_EJSON, 2, 4, "/0",
        "a string must end on the line where it begins: its closing quote is "
        "missing"},
    {LITERAL("[\"abc"), IAM_EJSON, 1, 2, "/0", "a string is not closed"},
    {LITERAL("[\"a\tb\"]"), IAM_EJSON, 1, 4, "/0",
        "a control character in a string must be escaped"},
    {LITERAL("[\"a\0b\"]"), IAM_EJSON, 1, 4, "/0",
        "a control character in a string must be escaped"},
    {LITERAL("[1\0]"), IAM_EJSON, 1, 3, "",
        "expected \",\" or \"]\", found a control character"},
    {LITERAL("123\0"), IAM_EJSON, 1, 4, "",
        "expected the end of the text behind its one value, found a control "
        "character"},
    {LITERAL("[\"\\x\"]"), IAM_EJSON, 1, 3, "/0",
        "a backslash in a string must begin an escape such as \"\\n\" or "
        "\"\\\\\""},
    {LITERAL("[\"\\u12g4\"]"), IAM_EJSON, 1, 3, "/0",
        "\"\\u\" must be followed by four hexadecimal digits"},
    {LITERAL("[\"\\ud800x\"]"), IAM_EJSON, 1, 3, "/0",
        "an escape is half of a surrogate pair, and the other half is missing"},
    {LITERAL("[\"a\xff\"]"), IAM_EJSON, 1, 4, "/0",
        "the text is not UTF-8 here"},
    {LITERAL("[\xff]"), IAM_EJSON, 1, 2, "/0",
        "expected a value or \"]\", found a byte that is not UTF-8"},
    {LITERAL("[\xe2\x80\x9cx]"), IAM_EJSON, 1, 2, "/0",
        "expected a value or \"]\", found \"\xe2\x80\x9c\""},
    {LITERAL("[01]"), IAM_EJSON, 1, 2, "/0", "\"01\" is not a number of JSON"},
    {LITERAL("[1e400]"), IAM_EJSON, 1, 2, "/0",
        "a number is too large: its exponent or its digits are too many"},
    {LITERAL("{\"a\": 1, \"b\": 2, \"a\": 3}"), IAM_EJSON, 1, 18, "/a",
        "the member \"a\" stands twice in one object"},
    {LITERAL("[{\"b\": {\"ab\": 1,\n \"\\u0061b\": 3}}]"), IAM_EJSON, 2, 2,
        "/0/b/ab", "the member \"\\u0061b\" stands twice in one object"},
    {LITERAL("{\"a\\u0000\": 1}"), IAM_EJSON, 1, 2, NULL,
        "a member's name holds U+0000"},
};

START_TEST(refused)
{
    const text source = faults[_i].source;
    iam_error err = {0};
    json_tree tree;
    char *exact = malloc(source.len + 1); /* an overread is seen */

    ck_assert_ptr_nonnull(exact);
    memcpy(exact, source.ptr, source.len);
    ck_assert_int_eq(
        iamp_json_parse(&tree, (text){exact, source.len}, &limits, &mem, &err),
        faults[_i].status);
    ck_assert_int_eq(err.status, faults[_i].status);
    ck_assert_str_eq(err.message, faults[_i].message);
    ck_assert_uint_eq(err.line, faults[_i].line);
    ck_assert_uint_eq(err.column, faults[_i].column);
    if (faults[_i].where)
        ck_assert_str_eq(err.where, faults[_i].where);
    ck_assert_int_eq(
        iamp_json_parse(&tree, (text){exact, source.len}, &limits, &mem, NULL),
        faults[_i].status);
    free(exact);
}
END_TEST

/* Any text cut anywhere is refused inside the text or at its end. */
START_TEST(cut_anywhere)
{
    const text whole = TEXT(
        "{\"a\": [1, -2.5e3, true, null, {\"\\u00e9\\n\": \"\\ud83d\\ude00\"}],"
        " \"\xc3\xa9\": {}}");

    parse(whole);
    for (size_t len = 0; len < whole.len; len++) {
        char *exact = malloc(len ? len : 1);
        iam_error err = {0};
        json_tree tree;

        ck_assert_ptr_nonnull(exact);
        memcpy(exact, whole.ptr, len);
        ck_assert_int_eq(
            iamp_json_parse(&tree, (text){exact, len}, &limits, &mem, &err),
            IAM_EJSON);
        ck_assert_uint_le(err.offset, len);
        ck_assert_uint_eq(err.line, 1);
        free(exact);
    }
}
END_TEST

/* --- what is read --------------------------------------------------------- */

START_TEST(nodes)
{
    json_tree tree =
        parse(TEXT("{ \"a\": \"x\\ty\", \"b\": [1.50, true, null, {}],\n"
                   "  \"c\": {\"d\": \"plain\"} }"));
    const json_node *n = tree.nodes;

    ck_assert_uint_eq(tree.count, 9);
    ck_assert_int_eq(n[0].kind, JSON_KIND_OBJECT);
    ck_assert_uint_eq(n[0].parent, JSON_END);
    ck_assert_uint_eq(n[0].count, 3);
    ck_assert_uint_eq(n[0].first, 1);
    ck_assert(text_eq(n[1].key, TEXT("a")));
    ck_assert(text_eq(n[1].value, TEXT("x\ty")));
    ck_assert_uint_eq(n[1].key_offset, 2);
    ck_assert_uint_eq(n[1].offset, 7);
    ck_assert_uint_eq(n[1].next, 2);
    ck_assert_int_eq(n[2].kind, JSON_KIND_ARRAY);
    ck_assert_uint_eq(n[2].count, 4);
    ck_assert_uint_eq(n[2].index, 1);
    ck_assert(text_eq(n[3].value, TEXT("1.50")));
    ck_assert(text_eq(n[4].value, TEXT("true")));
    ck_assert_int_eq(n[5].kind, JSON_KIND_NULL);
    ck_assert_uint_eq(n[5].value.len, 0);
    ck_assert_int_eq(n[6].kind, JSON_KIND_OBJECT);
    ck_assert_uint_eq(n[6].first, JSON_END);
    ck_assert_uint_eq(n[6].next, JSON_END);
    ck_assert_uint_eq(n[6].index, 3);
    ck_assert_uint_eq(n[7].parent, 0);
    ck_assert(text_eq(n[8].key, TEXT("d")));
    /* Nothing escaped: no copy. */
    ck_assert_ptr_eq(n[8].value.ptr, tree.source.ptr + n[8].offset + 1);
    ck_assert_uint_eq(iamp_json_member(&tree, 0, TEXT("c")), 7);
    ck_assert_uint_eq(iamp_json_member(&tree, 0, TEXT("C")), JSON_END);
    ck_assert_uint_eq(iamp_json_member(&tree, 2, TEXT("c")), JSON_END);
}
END_TEST

static const struct {
    text source, value;
} strings[] = {
    {LITERAL("\"\""), LITERAL("")},
    {LITERAL("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), LITERAL("\"\\/\b\f\n\r\t")},
    {LITERAL("\"\\u0041\\u00e9\\u20AC\""), LITERAL("A\xc3\xa9\xe2\x82\xac")},
    {LITERAL("\"\\uD83D\\uDE00!\""), LITERAL("\xf0\x9f\x98\x80!")},
    {LITERAL("\"a\\u0000b\""), LITERAL("a\0b")},
    {LITERAL("\"\\u005c\\u0022\""), LITERAL("\\\"")},
    {LITERAL("12345678901234567890123"), LITERAL("12345678901234567890123")},
    {LITERAL(" -0 "), LITERAL("-0")},
    {LITERAL("1E+2"), LITERAL("1E+2")},
    {LITERAL("false"), LITERAL("false")},
};

START_TEST(scalars)
{
    json_tree tree = parse(strings[_i].source);

    ck_assert_uint_eq(tree.count, 1);
    ck_assert(text_eq(tree.nodes[0].value, strings[_i].value));
}
END_TEST

START_TEST(pointers)
{
    json_tree tree =
        parse(TEXT("{\"a/b\": [0, {\"~x\": [[7]], \"\": 1}], \"c\": 2}"));
    static const char *const expected[] = {"", "/a~1b", "/a~1b/0", "/a~1b/1",
        "/a~1b/1/~0x", "/a~1b/1/~0x/0", "/a~1b/1/~0x/0/0", "/a~1b/1/", "/c"};

    ck_assert_uint_eq(tree.count, COUNT_OF(expected));
    for (json_ref at = 0; at < tree.count; at++) {
        textbuf buf;
        iam_error err = {0};

        iamp_textbuf_init(&buf, NULL);
        textbuf_add_lit(&buf, "");
        iamp_json_pointer(&tree, at, &buf);
        ck_assert_str_eq(buf.ptr, expected[at]);
        iamp_textbuf_release(&buf);
        ck_assert_int_eq(
            iamp_json_error(&err, IAM_EPOLICY, &tree, at, "no %s", "good"),
            IAM_EPOLICY);
        ck_assert_str_eq(err.where, expected[at]);
        ck_assert_str_eq(err.message, "no good");
        ck_assert_uint_eq(err.offset, tree.nodes[at].offset);
    }
    ck_assert_int_eq(
        iamp_json_error(NULL, IAM_EPOLICY, &tree, 0, "no"), IAM_EPOLICY);
}
END_TEST

/* A pointer that does not fit says so, and a whole one is whole. */
START_TEST(deep_pointers)
{
    enum {
        DEPTH = 300
    };
    char source[2 * DEPTH];
    char expected[2 * DEPTH + 1] = "";
    json_tree tree;
    textbuf buf;
    iam_error err = {0};

    limits.max_depth = DEPTH;
    for (size_t i = 0; i < DEPTH; i++) {
        source[i] = '[';
        source[2 * DEPTH - 1 - i] = ']';
    }
    for (size_t i = 0; i + 1 < DEPTH; i++)
        memcpy(expected + 2 * i, "/0", 3);
    tree = parse((text){source, sizeof(source)});
    iamp_textbuf_init(&buf, NULL);
    iamp_json_pointer(&tree, DEPTH - 1, &buf);
    ck_assert_str_eq(buf.ptr, expected);
    iamp_textbuf_release(&buf);
    iamp_json_error(&err, IAM_EPOLICY, &tree, DEPTH - 1, "deep");
    ck_assert_uint_eq(strlen(err.where), sizeof(err.where) - 1);
    ck_assert_int_eq(strncmp(err.where, expected, 100), 0);
    ck_assert_str_eq(err.where + sizeof(err.where) - 4, "...");
}
END_TEST

/* Printing what was read gives a text that reads the same. */
START_TEST(printing)
{
    const text source =
        TEXT("{\"b\":[1,\"x\\ny\",{}],\"a\":{\"c\":null},\"d\":[]}");
    json_tree tree = parse(source);
    textbuf buf;

    iamp_textbuf_init(&buf, NULL);
    iamp_json_print(&tree, 0, &buf);
    ck_assert(text_eq(textbuf_text(&buf), source));
    iamp_textbuf_release(&buf);
}
END_TEST

static const struct {
    text t;
    const char *quoted;
} quotes[] = {
    {LITERAL("plain"), "plain"},
    {LITERAL(""), ""},
    {LITERAL("a\nb\0c\x7f"), "a?b?c?"},
    {LITERAL("123456789012345678901234567890123456789012345678901234567890"),
        "123456789012345678901234567890123456789012345678901234567890"},
    {LITERAL("1234567890123456789012345678901234567890123456789012345678901"),
        "123456789012345678901234567890123456789012345678901234567890..."},
    {LITERAL("12345678901234567890123456789012345678901234567890123456789\xc3"
             "\xa9z"),
        "12345678901234567890123456789012345678901234567890123456789..."},
};

START_TEST(quoting)
{
    char out[JSON_QUOTED];

    ck_assert_str_eq(iamp_json_quote(quotes[_i].t, out), quotes[_i].quoted);
}
END_TEST

/* --- limits --------------------------------------------------------------- */

START_TEST(at_the_limits)
{
    json_tree tree;
    iam_error err;
    const text four = TEXT("[[1, \"[[[,,,\", {\"a\": 2}]]");

    limits = (json_limits){four.len, 3, 6};
    ck_assert_int_eq(iamp_json_parse(&tree, four, &limits, &mem, &err), IAM_OK);
    ck_assert_uint_eq(tree.count, 6);
    limits = (json_limits){four.len - 1, 3, 6};
    ck_assert_int_eq(
        iamp_json_parse(&tree, four, &limits, &mem, &err), IAM_ELIMIT);
    limits = (json_limits){four.len, 2, 6};
    ck_assert_int_eq(
        iamp_json_parse(&tree, four, &limits, &mem, &err), IAM_ELIMIT);
    ck_assert_str_eq(err.where, "/0/2");
    ck_assert_uint_eq(err.column, 16);
    limits = (json_limits){four.len, 3, 5};
    ck_assert_int_eq(
        iamp_json_parse(&tree, four, &limits, &mem, &err), IAM_ELIMIT);
    ck_assert_str_eq(
        err.message, "the text has too many values: the limit is 5");
}
END_TEST

START_TEST(limits_of_options)
{
    iam_options options = IAM_OPTIONS_INIT;
    json_limits l = iamp_json_limits(NULL);

    ck_assert_uint_eq(l.max_text, 64 << 20);
    ck_assert_uint_eq(l.max_depth, 64);
    ck_assert_uint_eq(l.max_values, 8 << 20);
    options.max_text = options.max_depth = options.max_values = SIZE_MAX;
    l = iamp_json_limits(&options);
    ck_assert_uint_lt(l.max_text, UINT32_MAX);
    ck_assert_uint_lt(l.max_values, JSON_END);
    ck_assert_uint_lt(l.max_depth, 2048);
    options.max_depth = 3;
    ck_assert_uint_eq(iamp_json_limits(&options).max_depth, 3);
}
END_TEST

/* The deepest nesting that can be asked for is read, and one more refused. */
START_TEST(deepest)
{
    enum {
        MOST = 2047
    };
    static char source[2 * MOST + 4];
    iam_options options = IAM_OPTIONS_INIT;
    json_tree tree;

    options.max_depth = SIZE_MAX;
    limits = iamp_json_limits(&options);
    memset(source, '[', MOST + 1);
    memset(source + MOST + 2, ']', MOST + 1);
    source[MOST + 1] = '1';
    ck_assert_int_eq(iamp_json_parse(&tree, (text){source + 1, 2 * MOST + 1},
                         &limits, &mem, NULL),
        IAM_OK);
    ck_assert_uint_eq(tree.count, MOST + 1);
    ck_assert_int_eq(iamp_json_parse(&tree, (text){source, 2 * MOST + 3},
                         &limits, &mem, NULL),
        IAM_ELIMIT);
}
END_TEST

/* Many members and many elements: linear, or this takes minutes. */
START_TEST(large)
{
    enum {
        MEMBERS = 100000,
        ELEMENTS = 1000000
    };
    textbuf buf;
    json_tree tree;

    iamp_textbuf_init(&buf, NULL);
    textbuf_add_lit(&buf, "{");
    for (uint64_t i = 0; i < MEMBERS; i++) {
        textbuf_add_lit(&buf, "\"k");
        iamp_textbuf_add_number(&buf, i);
        textbuf_add_lit(&buf, "\":0,");
    }
    textbuf_add_lit(&buf, "\"all\":[1");
    for (uint64_t i = 1; i < ELEMENTS; i++)
        textbuf_add_lit(&buf, ",1");
    textbuf_add_lit(&buf, "]}");
    tree = parse(textbuf_text(&buf));
    ck_assert_uint_eq(tree.count, MEMBERS + ELEMENTS + 2);
    ck_assert_uint_eq(tree.nodes[MEMBERS + 1].count, ELEMENTS);
    ck_assert(text_eq(tree.nodes[MEMBERS].key, TEXT("k99999")));
    iamp_textbuf_release(&buf);
}
END_TEST

/* --- percent-encoding ------------------------------------------------------ */

static const struct {
    text source, plain; /* no plain text: refused at `column` */
    uint32_t column;
} encoded[] = {
    {LITERAL("%7B%22a%22%3A+1%7D"), LITERAL("{\"a\":+1}"), 0},
    {LITERAL(" \n%7b}"), LITERAL(" \n{}"), 0},
    {LITERAL("{\"a\": \"%7B\"}"), LITERAL("{\"a\": \"%7B\"}"), 0},
    {LITERAL("%5B%7B"), LITERAL("%5B%7B"), 0},
    {LITERAL("%7"), LITERAL("%7"), 0},
    {LITERAL(""), LITERAL(""), 0},
    {LITERAL("%7B%2"), {NULL, 0}, 4},
    {LITERAL("%7B%"), {NULL, 0}, 4},
    {LITERAL("%7B%zz"), {NULL, 0}, 4},
    {LITERAL("%7Ba%2\xc3\xa9"), {NULL, 0}, 5},
};

START_TEST(percent)
{
    text out;
    iam_error err;
    iam_status status =
        iamp_json_percent_decode(encoded[_i].source, &out, &mem, &err);

    if (encoded[_i].plain.ptr) {
        ck_assert_int_eq(status, IAM_OK);
        ck_assert(text_eq(out, encoded[_i].plain));
    } else {
        ck_assert_int_eq(status, IAM_EJSON);
        ck_assert_uint_eq(err.column, encoded[_i].column);
    }
}
END_TEST

/* --- poor memory ----------------------------------------------------------- */

static size_t jansson_left;

static void *jansson_acquire(size_t size)
{
    if (jansson_left == 0)
        return NULL;
    jansson_left--;
    return malloc(size);
}

static iam_status parse_poorly(
    text source, size_t ours, size_t janssons, iam_error *err)
{
    iam_allocator poor = unit_failing_allocator(ours);
    arena a;
    json_tree tree;
    iam_status status;

    jansson_left = janssons;
    iamp_arena_init(&a, &poor);
    status = iamp_json_parse(&tree, source, &limits, &a, err);
    iamp_arena_release(&a);
    return status;
}

/* Every allocation fails in turn, ours and jansson's: out of memory, nothing
 * else, until there is enough. */
START_TEST(no_memory)
{
    static const struct {
        text source;
        iam_status enough;
    } texts[] = {
        {LITERAL(
             "{\"a long key with more than sixteen bytes\": [1.25, "
             "\"\\u00e9 and a string that is longer than a small buffer\","
             " {\"b\": null, \"c\": [[], {}, true]}, \"x\", \"y\", \"z\"]}"),
            IAM_OK},
        {LITERAL("{\"a\": [1, {\"\\u0062\": tru}]}"), IAM_EJSON},
        {LITERAL("{\"a\": 1, \"a\": 2}"), IAM_EJSON},
    };
    size_t plenty = 1000;
    json_malloc_t malloc_fn;
    json_free_t free_fn;

    json_get_alloc_funcs(&malloc_fn, &free_fn);
    json_object_seed(1);
    json_set_alloc_funcs(jansson_acquire, free);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        for (int side = 0; side < 2; side++) {
            size_t n = 0;
            iam_status status;

            do {
                iam_error err = {0};

                status = parse_poorly(texts[i].source, side ? plenty : n,
                    side ? n : plenty, &err);
                ck_assert_int_eq(err.status, status);
                ck_assert(status == IAM_ENOMEM || status == texts[i].enough);
                ck_assert_uint_lt(n++, plenty);
            } while (status == IAM_ENOMEM);
            ck_assert(n > 1 || texts[i].enough != IAM_OK);
        }
    }
    json_set_alloc_funcs(malloc_fn, free_fn);
}
END_TEST

UNIT_SUITE(json, setup, teardown, tcase_set_timeout(tc, 60);
           tcase_add_loop_test(tc, refused, 0, COUNT_OF(faults));
           tcase_add_test(tc, cut_anywhere); tcase_add_test(tc, nodes);
           tcase_add_loop_test(tc, scalars, 0, COUNT_OF(strings));
           tcase_add_test(tc, pointers); tcase_add_test(tc, deep_pointers);
           tcase_add_test(tc, printing);
           tcase_add_loop_test(tc, quoting, 0, COUNT_OF(quotes));
           tcase_add_test(tc, at_the_limits);
           tcase_add_test(tc, limits_of_options); tcase_add_test(tc, deepest);
           tcase_add_test(tc, large);
           tcase_add_loop_test(tc, percent, 0, COUNT_OF(encoded));
           tcase_add_test(tc, no_memory);)

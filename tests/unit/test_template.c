/* SPDX-License-Identifier: Apache-2.0 */
#include "value/template.h"

#include "unit.h"

static arena mem;
static variable_table table;

static void setup(void)
{
    iamp_arena_init(&mem, NULL);
    table = (variable_table){.count = 0};
}

static void teardown(void)
{
    iamp_arena_release(&mem);
}

/* What was read, in one line: literal text in <>, variables by name and
 * default in {}. */
static void show(textbuf *buf, const template_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        const template_piece *piece = &parts->pieces[i];
        const variable *v;

        switch (piece->type) {
        case PIECE_LITERAL:
            iamp_textbuf_add_c(buf, '<');
            iamp_textbuf_add(buf, piece->literal);
            iamp_textbuf_add_c(buf, '>');
            break;
        case PIECE_STAR:
            iamp_textbuf_add_c(buf, '*');
            break;
        case PIECE_QUESTION:
            iamp_textbuf_add_c(buf, '?');
            break;
        case PIECE_VARIABLE:
            ck_assert_uint_lt(piece->variable, table.count);
            v = &table.items[piece->variable];
            iamp_textbuf_add_c(buf, '{');
            iamp_textbuf_add(buf, v->name);
            if (v->has_fallback) {
                iamp_textbuf_add_c(buf, '=');
                iamp_textbuf_add(buf, v->fallback);
            }
            iamp_textbuf_add_c(buf, '}');
            break;
        }
    }
}

static template_parts parse(text source, bool variables)
{
    template_parts parts;

    ck_assert_int_eq(
        iamp_template_parse(&parts, source, variables, &table, &mem), IAM_OK);
    return parts;
}

static const struct {
    const char *source, *shown;
    template_fault fault;
} facts[] = {
    {"", "", TEMPLATE_OK},
    {"abc", "<abc>", TEMPLATE_OK},
    {"a*b?c", "<a>*<b>?<c>", TEMPLATE_OK},
    {"**", "**", TEMPLATE_OK},
    {"home/${aws:username}/", "<home/>{aws:username}</>", TEMPLATE_OK},
    {"${a}${b}", "{a}{b}", TEMPLATE_OK},
    {"${a}*${b}", "{a}*{b}", TEMPLATE_OK},
    /* C1.3, C1.4: defaults */
    {"b-${aws:PrincipalTag/t, 'all staff'}",
        "<b->{aws:PrincipalTag/t=all staff}", TEMPLATE_OK},
    {"${k, ''}", "{k=}", TEMPLATE_OK},
    {"${k, 'a,b $ {*?'}", "{k=a,b $ {*?}", TEMPLATE_OK},
    {"${k, 'a'}, 'b'}", "{k=a}<, 'b'}>", TEMPLATE_OK},
    {"${k, 'it's'}", "<${k, 'it's'}>", TEMPLATE_BAD_DEFAULT},
    {"${k, '}'}", "<${k, '}'}>", TEMPLATE_BAD_DEFAULT},
    {"${k, 'a}b'}", "<${k, 'a}b'}>", TEMPLATE_BAD_DEFAULT},
    {"${k, '${j}'}", "<${k, '>{j}<'}>", TEMPLATE_BAD_DEFAULT},
    {"${k, 'a' }", "<${k, 'a' }>", TEMPLATE_BAD_DEFAULT},
    {"${k, abc}", "<${k, abc}>", TEMPLATE_MISSING_QUOTE},
    {"${k, 'abc}", "<${k, 'abc}>", TEMPLATE_MISSING_QUOTE},
    {"${k, 'abc}/x'y", "<${k, 'abc}/x'y>", TEMPLATE_MISSING_QUOTE},
    {"${k, abc'}", "<${k, abc'}>", TEMPLATE_MISSING_QUOTE},
    {"${k,'abc'}", "<${k,'abc'}>", TEMPLATE_MISSING_QUOTE},
    {"${k,  'abc'}", "<${k,  'abc'}>", TEMPLATE_MISSING_QUOTE},
    {"${k,}", "<${k,}>", TEMPLATE_MISSING_QUOTE},
    /* C1.2: no space in the name */
    {"${aws:user name}", "<${aws:user name}>", TEMPLATE_SPACE},
    {"${ k}", "<${ k}>", TEMPLATE_SPACE},
    {"${k }", "<${k }>", TEMPLATE_SPACE},
    {"${k\t}", "<${k\t}>", TEMPLATE_SPACE},
    {"${k\n}", "<${k\n}>", TEMPLATE_SPACE},
    {"${k\r}", "<${k\r}>", TEMPLATE_SPACE},
    {"${k , 'a'}", "<${k , 'a'}>", TEMPLATE_SPACE},
    {"a ${b c*} ${d}", "<a ${b c>*<} >{d}", TEMPLATE_SPACE},
    /* C1.5 */
    {"${}", "<${}>", TEMPLATE_EMPTY_VARIABLE},
    {"${, 'a'}", "<${, 'a'}>", TEMPLATE_EMPTY_VARIABLE},
    {"a${}b${c}", "<a${}b>{c}", TEMPLATE_EMPTY_VARIABLE},
    {"${", "<${>", TEMPLATE_MISSING_BRACE},
    {"a${b", "<a${b>", TEMPLATE_MISSING_BRACE},
    {"a${b c", "<a${b c>", TEMPLATE_MISSING_BRACE},
    {"${k, 'abc", "<${k, 'abc>", TEMPLATE_MISSING_BRACE},
    {"${k, 'abc'", "<${k, 'abc'>", TEMPLATE_MISSING_BRACE},
    {"}${k", "<}${k>", TEMPLATE_MISSING_BRACE},
    {"${a}${b", "{a}<${b>", TEMPLATE_MISSING_BRACE},
    {"${a${b}", "<${a>{b}", TEMPLATE_BAD_DEFAULT},
    {"${${a}}", "<${>{a}<}>", TEMPLATE_BAD_DEFAULT},
    /* the first fault counts */
    {"${} ${a b}", "<${} ${a b}>", TEMPLATE_EMPTY_VARIABLE},
    {"${a b} ${}", "<${a b} ${}>", TEMPLATE_SPACE},
    /* C1.6: a lonely $ */
    {"$", "<$>", TEMPLATE_OK},
    {"a$b{c}", "<a$b{c}>", TEMPLATE_OK},
    {"$${a}", "<$>{a}", TEMPLATE_OK},
    {"$ {a}", "<$ {a}>", TEMPLATE_OK},
    {"${a$}", "{a$}", TEMPLATE_OK},
    /* C1.7: escapes */
    {"${*}", "<*>", TEMPLATE_OK},
    {"a${*}b${?}c${$}d", "<a><*><b><?><c><$><d>", TEMPLATE_OK},
    {"${*}*", "<*>*", TEMPLATE_OK},
    {"${$}{a}", "<$><{a}>", TEMPLATE_OK},
    {"${*", "<${>*", TEMPLATE_MISSING_BRACE},
    {"${**}", "{**}", TEMPLATE_OK},
};

START_TEST(test_fact)
{
    template_parts parts = parse(iamp_text_of(facts[_i].source, IAM_NTS), true);
    textbuf buf;

    iamp_textbuf_init(&buf, NULL);
    show(&buf, &parts);
    ck_assert_msg(
        text_eq(textbuf_text(&buf), iamp_text_of(facts[_i].shown, IAM_NTS)),
        "%s: %s", facts[_i].source, textbuf_text(&buf).ptr);
    ck_assert_msg(parts.fault == facts[_i].fault, "%s: fault %d",
        facts[_i].source, (int)parts.fault);
    ck_assert_int_eq(parts.has_variable, table.count > 0);
    iamp_textbuf_release(&buf);
}
END_TEST

/* A2.3: under 2008 rules everything is text but * and ?. */
START_TEST(test_2008)
{
    static const char source[] = "a${b}${*}${";
    template_parts parts = parse((text){source, sizeof(source) - 1}, false);
    textbuf buf;

    iamp_textbuf_init(&buf, NULL);
    show(&buf, &parts);
    ck_assert_str_eq(buf.ptr, "<a${b}${>*<}${>");
    ck_assert_int_eq(parts.fault, TEMPLATE_OK);
    ck_assert(!parts.has_variable);
    ck_assert_uint_eq(table.count, 0);
    iamp_textbuf_release(&buf);
}
END_TEST

/* The same variable is one entry: name without case, default with it. */
START_TEST(test_table)
{
    template_parts parts = parse(
        TEXT("${Ab}${aB}${ab, ''}${AB, ''}${ab, 'x'}${ab, 'X'}${c}"), true);
    static const uint32_t numbers[] = {0, 0, 1, 1, 2, 3, 4};

    ck_assert_uint_eq(parts.count, COUNT_OF(numbers));
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        ck_assert_uint_eq(parts.pieces[i].variable, numbers[i]);
    ck_assert_uint_eq(table.count, 5);
    ck_assert(text_eq(table.items[0].name, TEXT("Ab")));
    ck_assert(!table.items[0].has_fallback);
    ck_assert(table.items[1].has_fallback);
    ck_assert(parts.empty_default);
    parts = parse(TEXT("${C}${d, 'x'}"), true);
    ck_assert_uint_eq(parts.pieces[0].variable, 4);
    ck_assert(!parts.empty_default);
    ck_assert_uint_eq(table.count, 6);
}
END_TEST

START_TEST(test_many_variables)
{
    const uint32_t many = 3000;
    textbuf buf;
    template_parts parts;

    iamp_textbuf_init(&buf, NULL);
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < many; i++) {
            iamp_textbuf_add(&buf, round ? TEXT("${V") : TEXT("${v"));
            iamp_textbuf_add_number(&buf, i);
            iamp_textbuf_add_c(&buf, '}');
        }
    parts = parse(textbuf_text(&buf), true);
    ck_assert_uint_eq(parts.count, 2 * many);
    ck_assert_uint_eq(table.count, many);
    for (uint32_t i = 0; i < 2 * many; i++)
        ck_assert_uint_eq(parts.pieces[i].variable, i % many);
    iamp_textbuf_release(&buf);
}
END_TEST

static bool same(const variable *a, const variable *b)
{
    return iamp_text_eq_fold(a->name, b->name) &&
           a->has_fallback == b->has_fallback &&
           text_eq(a->fallback, b->fallback);
}

/* Names and defaults of two letters, so that they are often the start of one
 * another: each stands once, and at the number that was given for it. */
START_TEST(test_names_within_names)
{
    uint32_t random = (uint32_t)_i + 1;
    textbuf buf;
    template_parts parts;
    uint32_t seen = 0, wrong = 0;

    iamp_textbuf_init(&buf, NULL);
    for (size_t i = 0; i < 2000; i++) {
        textbuf_add_lit(&buf, "${");
        for (size_t part = 0; part < 2; part++) {
            size_t len = (random = random * 1103515245u + 12345u) >> 16 & 7;

            if (part == 1 && len == 7)
                break;
            iamp_textbuf_add(&buf, part ? TEXT(", '") : TEXT("a"));
            for (size_t at = 0; at < len; at++) {
                random = random * 1103515245u + 12345u;
                iamp_textbuf_add_c(&buf, "aAbB"[random >> 16 & 3]);
            }
            if (part == 1)
                iamp_textbuf_add_c(&buf, '\'');
        }
        iamp_textbuf_add_c(&buf, '}');
    }
    parts = parse(textbuf_text(&buf), true);
    ck_assert_uint_eq(parts.count, 2000);
    for (size_t i = 0; i < parts.count; i++) { /* numbered as they come */
        wrong += parts.pieces[i].variable > seen;
        seen += parts.pieces[i].variable == seen;
    }
    ck_assert_uint_eq(seen, table.count);
    ck_assert_uint_gt(seen, 100);
    for (uint32_t i = 0; i < table.count; i++)
        for (uint32_t j = 0; j < i; j++)
            wrong += same(&table.items[i], &table.items[j]);
    ck_assert_uint_eq(wrong, 0);
    iamp_textbuf_release(&buf);
}
END_TEST

/* --- against the definition ---------------------------------------------- */

static bool name_ok(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (strchr("}, \t\n\r", t.ptr[i]) ||
            text_starts(text_from(t, i), TEXT("${")))
            return false;
    return t.len > 0;
}

static bool default_ok(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (strchr("}'", t.ptr[i]) || text_starts(text_from(t, i), TEXT("${")))
            return false;
    return true;
}

/* Is this, between its braces, a variable? */
static bool inside_ok(text t)
{
    if (name_ok(t))
        return true;
    for (size_t i = 0; i + 4 <= t.len; i++)
        if (text_eq(text_slice(t, i, i + 3), TEXT(", '")) &&
            name_ok(text_slice(t, 0, i)) && t.ptr[t.len - 1] == '\'' &&
            default_ok(text_slice(t, i + 3, t.len - 1)))
            return true;
    return false;
}

/* Behind the variable that starts at `at`, or 0. */
static size_t variable_end(text t, size_t at)
{
    if (!text_starts(text_from(t, at), TEXT("${")))
        return 0;
    for (size_t end = at + 2; end < t.len; end++)
        if (t.ptr[end] == '}' && inside_ok(text_slice(t, at + 2, end)))
            return end + 1;
    return 0;
}

/* One character a byte: v for a variable's byte, l for literal, * and ?. */
static void classify(text t, char *out)
{
    size_t at = 0;

    while (at < t.len) {
        size_t end = variable_end(t, at);
        bool escape = end == at + 4 && strchr("*?$", t.ptr[at + 2]);

        if (end) {
            memset(out + at, 'v', end - at);
            if (escape)
                memcpy(out + at, "eele", 4);
            at = end;
            continue;
        }
        out[at] = t.ptr[at] == '*' || t.ptr[at] == '?' ? t.ptr[at] : 'l';
        at++;
    }
}

/* The same from the pieces: each begins where the one before it ended, apart
 * from the braces of escapes. */
static void classify_pieces(text t, const template_parts *parts, char *out)
{
    size_t at = 0;

    memset(out, 'e', t.len);
    for (size_t i = 0; i < parts->count; i++) {
        const template_piece *piece = &parts->pieces[i];
        char mark = piece->type == PIECE_STAR       ? '*'
                    : piece->type == PIECE_QUESTION ? '?'
                                                    : 'l';

        if (piece->type == PIECE_VARIABLE) {
            const variable *v = &table.items[piece->variable];

            while (out[at] == 'e' && t.ptr[at] != '$')
                at++;
            memset(out + at, 'v', v->name.len + 3);
            at += v->name.len + 3;
            if (v->has_fallback) {
                memset(out + at, 'v', v->fallback.len + 4);
                at += v->fallback.len + 4;
            }
            continue;
        }
        at = (size_t)(piece->literal.ptr - t.ptr);
        memset(out + at, mark, piece->literal.len);
        at += piece->literal.len;
    }
}

START_TEST(test_agrees_with_definition)
{
    static const char alphabet[] = "$$${{{{}}}*?'', aab";
    uint32_t seed = (uint32_t)_i + 1;

    for (size_t round = 0; round < 2000; round++) {
        char source[24], want[24], got[24];
        size_t len = unit_random(&seed) % sizeof(source);
        text t = {source, len};
        template_parts parts;

        for (size_t i = 0; i < len; i++)
            source[i] = alphabet[unit_random(&seed) % (sizeof(alphabet) - 1)];
        table = (variable_table){.count = 0};
        parts = parse(t, true);
        classify(t, want);
        classify_pieces(t, &parts, got);
        ck_assert_msg(memcmp(want, got, len) == 0, "%.*s: want %.*s, got %.*s",
            (int)len, source, (int)len, want, (int)len, got);
        for (size_t i = 0; i < len; i++)
            if (got[i] == 'l' && text_starts(text_from(t, i), TEXT("${")))
                ck_assert_int_ne(parts.fault, TEMPLATE_OK);
        iamp_arena_release(&mem);
    }
}
END_TEST

START_TEST(test_out_of_memory)
{
    iam_status status = IAM_ENOMEM;
    char source[2000];
    size_t len = 0;

    while (len + 10 < sizeof(source)) {
        source[len] = source[len + 4] = '$';
        memcpy(source + len + 1, "{a}", 3);
        memcpy(source + len + 5, "{bcd}", 5);
        source[len + 6] = (char)('a' + len / 10 % 26);
        source[len + 7] = (char)('a' + len / 260);
        len += 10;
    }
    for (size_t n = 0; status != IAM_OK; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        variable_table small = {.count = 0};
        template_parts parts;
        arena scratch;

        iamp_arena_init(&scratch, &poor);
        status = iamp_template_parse(
            &parts, (text){source, len}, true, &small, &scratch);
        ck_assert(status == IAM_OK || status == IAM_ENOMEM);
        ck_assert(status == IAM_OK || n < 20);
        if (status == IAM_OK)
            ck_assert_uint_ge(n, 2);
        iamp_arena_release(&scratch);
    }
}
END_TEST

UNIT_SUITE(template, setup, teardown, {
    tcase_add_loop_test(tc, test_fact, 0, COUNT_OF(facts));
    tcase_add_test(tc, test_2008);
    tcase_add_test(tc, test_table);
    tcase_add_test(tc, test_many_variables);
    tcase_add_loop_test(tc, test_names_within_names, 0, 5);
    tcase_add_loop_test(tc, test_agrees_with_definition, 0, 20);
    tcase_add_test(tc, test_out_of_memory);
})

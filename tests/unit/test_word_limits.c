/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Poor memory, few steps, hostile patterns, and what stands at the edge of word.h.
 */
#include "prove/word.h"

#include <stdio.h>

#include "unit.h"
#include "word_oracle.h"

static arena mem;

static void setup(void)
{
    iamp_arena_init(&mem, NULL);
}

static void teardown(void)
{
    iamp_arena_release(&mem);
}

enum {
    MOST = 6000 /* patterns of a query */
};

/* A query that is filled pattern by pattern; all positives come first. */
typedef struct filled {
    word_pattern pattern[MOST];
    const word_pattern *pointer[MOST];
    word_query query;
} filled;

static filled *new_query(void)
{
    filled *f = iamp_arena_alloc(&mem, 1, sizeof(*f));

    ck_assert_ptr_nonnull(f);
    return f;
}

static void add(filled *f, bool positive, const char *pattern)
{
    uint32_t at = f->query.positive_count + f->query.negative_count;

    ck_assert_uint_lt(at, MOST);
    f->pattern[at] = oracle_pattern(pattern, &mem);
    f->pointer[at] = &f->pattern[at];
    *(positive ? &f->query.positive_count : &f->query.negative_count) += 1;
    f->query.positive = f->pointer;
    f->query.negative = f->pointer + f->query.positive_count;
}

static void check_is_word(const filled *f, const word_result *r)
{
    for (uint32_t i = 0; i < f->query.positive_count; i++)
        ck_assert(iamp_word_match(f->query.positive[i], r->word, r->len));
    for (uint32_t i = 0; i < f->query.negative_count; i++)
        ck_assert(!iamp_word_match(f->query.negative[i], r->word, r->len));
}

/* --- hostile queries --------------------------------------------------------- */

static void many_stars(filled *f, bool open)
{
    for (uint32_t i = 0; i < 64; i++) {
        char p[64];
        size_t len = 0;

        for (uint32_t k = 0; k < 12; k++) {
            p[len++] = '*';
            p[len++] = (char)('a' + (i * 7 + k * 5 + i * k) % 26);
        }
        p[len++] = '*';
        p[len] = 0;
        add(f, true, p);
    }
    if (!open)
        add(f, false, "?????????????????????????????????????????????????????*");
}

static void superstring(filled *f)
{
    for (uint32_t i = 0; i < 12; i++) {
        char p[] = {'*', (char)('a' + i), (char)('a' + i * 5 % 12),
            (char)('a' + i * 7 % 12), '*', 0};

        add(f, true, p);
    }
    add(f, false, "????????????????????????*");
}

/* Words of {a, A}: a clause of three letters rules out an eighth of them. */
static void case_puzzle(filled *f)
{
    uint32_t seed = 5;
    char p[] = "`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    add(f, true, p);
    for (uint32_t i = 0; i < 172; i++) {
        char clause[] = "????????????????????????????????????????";

        for (uint32_t k = 0; k < 3; k++)
            clause[unit_random(&seed) % 40] = "aA"[unit_random(&seed) % 2];
        add(f, false, clause);
    }
}

static void questions(filled *f)
{
    add(f, true, "????");
    add(f, true, "*@*");
    for (uint32_t i = 0; i < 10; i++) {
        char p[] = {'*', (char)('0' + i), '*', 0};

        if (i != 4)
            add(f, false, p);
    }
    add(f, false, "*4");
    add(f, false, "?4*");
    add(f, false, "??4*");
    add(f, false, "4*");
}

static void digits(filled *f)
{
    add(f, true, "@@@@@@@@@@@@");
    for (uint32_t i = 0; i < 10; i++) {
        char p[] = {'*', (char)('0' + i), '*', (char)('0' + (i * 3 + 1) % 10),
            '*', (char)('0' + (i * 7 + 5) % 10), '*', 0};

        add(f, false, p);
    }
}

static void long_letters(filled *f)
{
    static char p[20002];

    memset(p, 'x', 20000);
    p[20000] = '*';
    p[20001] = 0;
    add(f, true, p);
    p[9999] = '*';
    add(f, true, p);
    p[5] = '?';
    p[10001] = 'y';
    add(f, false, p);
    add(f, false, "*x");
}

static void build(filled *f, int kind)
{
    switch (kind) {
    case 0:
    case 1:
        many_stars(f, kind == 0);
        break;
    case 2:
        superstring(f);
        break;
    case 3:
        case_puzzle(f);
        break;
    case 4:
        questions(f);
        break;
    case 5:
        digits(f);
        break;
    default:
        long_letters(f);
        break;
    }
}

enum {
    KINDS = 7,
    BUDGET = 3000000
};

/* What each is answered within the budget; UNKNOWN where none need be. */
static const word_answer known[KINDS] = {WORD_FOUND, WORD_UNKNOWN, WORD_UNKNOWN,
    WORD_UNKNOWN, WORD_EMPTY, WORD_UNKNOWN, WORD_FOUND};

/* An allocator that knows how much is out, and how much was at most. */
typedef struct counter {
    size_t now, most;
} counter;

static void *counting_acquire(void *user, size_t size)
{
    counter *c = user;
    size_t *memory = malloc(size + 16);

    if (!memory)
        return NULL;
    *memory = size;
    c->now += size;
    if (c->now > c->most)
        c->most = c->now;
    return memory + 2;
}

static void counting_release(void *user, void *ptr)
{
    counter *c = user;
    size_t *memory = ptr;

    if (!ptr)
        return;
    c->now -= memory[-2];
    free(memory - 2);
}

START_TEST(test_hostile)
{
    counter c = {0, 0};
    iam_allocator counting = {counting_acquire, counting_release, &c};
    filled *f = new_query();
    word_result r;
    arena own;

    build(f, _i);
    for (int round = 0; round < 2; round++) {
        uint64_t steps = BUDGET;

        iamp_arena_init(&own, &counting);
        r = round == 0 ? iamp_word_find(&f->query, &steps, NULL, NULL, &own)
                       : iamp_word_shortest(&f->query, &steps, &own);
        ck_assert_int_ne(r.answer, WORD_NO_MEMORY);
        if (r.answer == WORD_FOUND)
            check_is_word(f, &r);
        if (round == 0 && known[_i] != WORD_UNKNOWN)
            ck_assert_int_eq(r.answer, known[_i]);
        ck_assert_uint_le(steps, BUDGET);
        ck_assert_msg(
            c.most <= 100000 + 8 * (BUDGET - steps), "%zu bytes", c.most);
        iamp_arena_release(&own);
        ck_assert_uint_eq(c.now, 0);
    }
}
END_TEST

/* With any number of steps the answer is "unknown" or the right one. */
START_TEST(test_few_steps)
{
    static bool positive[MOST], negative[MOST];
    filled *f = new_query();
    uint64_t needed = BUDGET;
    word_answer answer;

    build(f, 4);
    answer =
        iamp_word_find(&f->query, &needed, positive, negative, &mem).answer;
    ck_assert_int_eq(answer, WORD_EMPTY);
    needed = BUDGET - needed;
    ck_assert_uint_gt(needed, 100);
    for (uint64_t budget = 0; budget <= needed; budget += 1 + needed / 500) {
        uint64_t steps = budget;

        answer =
            iamp_word_find(&f->query, &steps, positive, negative, &mem).answer;
        ck_assert_uint_le(steps, budget);
        ck_assert(answer == WORD_EMPTY || answer == WORD_UNKNOWN);
        ck_assert(budget > 0 || answer == WORD_UNKNOWN);
    }
}
END_TEST

/* Thousands of words that must not be hit: the work grows as they do. */
START_TEST(test_many_words)
{
    static const char *const positives[][3] = {
        {"`s3:*", "`*get*", NULL},      /* guessed */
        {"`thing", "`t*hing", NULL},    /* excluded */
        {"@@@@", "*1*", NULL},          /* searched */
        {"`abcdefgh*", "`*hgfe", NULL}, /* no guess matches all */
    };
    uint64_t spent[2];

    for (uint32_t size = 0; size < 2; size++) {
        filled *f = new_query();
        uint64_t steps = 50000000;
        word_result r;

        for (uint32_t i = 0; positives[_i][i]; i++)
            add(f, true, positives[_i][i]);
        for (uint32_t i = 0; i < 1000u << size; i++) {
            static const char *const forms[][2] = {{"`s3:getThing", ""},
                {"thing", ""}, {"", ""}, {"abcdefgh", "hgfe"}};
            char p[40];

            snprintf(p, sizeof(p), "%s%04u%s", forms[_i][0], (unsigned)i,
                forms[_i][1]);
            add(f, false, p);
        }
        add(f, false, "thing");
        r = iamp_word_find(&f->query, &steps, NULL, NULL, &mem);
        ck_assert_int_eq(r.answer, WORD_FOUND);
        check_is_word(f, &r);
        spent[size] = 50000000 - steps;
    }
    ck_assert_msg(spent[1] < 3 * spent[0] + 1000, "%llu %llu",
        (unsigned long long)spent[0], (unsigned long long)spent[1]);
}
END_TEST

/* All four digits, all taken but one; then that one too. */
START_TEST(test_last_word)
{
    static bool positive[MOST], negative[MOST];
    filled *f = new_query();
    uint64_t steps = 50000000;
    word_result r;

    add(f, true, "@@@");
    for (uint32_t i = 0; i < 1000; i++) {
        char p[4] = {(char)('0' + i / 100), (char)('0' + i / 10 % 10),
            (char)('0' + i % 10), 0};

        if (i != 617)
            add(f, false, p);
    }
    r = iamp_word_find(&f->query, &steps, positive, negative, &mem);
    ck_assert_int_eq(r.answer, WORD_FOUND);
    check_is_word(f, &r);
    add(f, false, "617");
    steps = 50000000;
    r = iamp_word_find(&f->query, &steps, positive, negative, &mem);
    ck_assert_int_eq(r.answer, WORD_EMPTY);
    ck_assert(positive[0]);
    for (uint32_t i = 0; i < 1000; i++)
        ck_assert(negative[i]);
}
END_TEST

/* --- poor memory -------------------------------------------------------------- */

static bool count_states(
    void *user, const uint64_t *const *words, uint32_t patterns)
{
    (void)words;
    (void)patterns;
    ++*(uint32_t *)user;
    return true;
}

static word_answer ask(const filled *f, int how, arena *own)
{
    static bool positive[MOST], negative[MOST];
    uint64_t steps = 40000;
    uint32_t states = 0;

    if (how == 0)
        return iamp_word_find(&f->query, &steps, positive, negative, own)
            .answer;
    if (how == 1)
        return iamp_word_shortest(&f->query, &steps, own).answer;
    return iamp_word_evidence(&f->query, &steps, count_states, &states, own);
}

/* With `grant` allocations: the answer of plenty, or "no memory". */
START_TEST(test_poor_memory)
{
    filled *f = new_query();
    size_t refused = 0;

    build(f, _i);
    for (int how = 0; how < 3; how++) {
        word_answer want = ask(f, how, &mem), got = WORD_NO_MEMORY;

        ck_assert_int_ne(want, WORD_NO_MEMORY);
        for (size_t grant = 0; got == WORD_NO_MEMORY; grant++) {
            iam_allocator poor = unit_failing_allocator(grant);
            arena own;

            ck_assert_uint_lt(grant, 200);
            iamp_arena_init(&own, &poor);
            got = ask(f, how, &own);
            iamp_arena_release(&own);
            ck_assert(got == WORD_NO_MEMORY || got == want);
            refused += got == WORD_NO_MEMORY;
        }
    }
    ck_assert(_i == 4 || refused > 1); /* the stack is enough for one */
}
END_TEST

START_TEST(test_builder_without_memory)
{
    for (size_t grant = 0; grant < 3; grant++) {
        iam_allocator poor = unit_failing_allocator(grant);
        word_pattern p;
        word_builder b;
        arena own;

        iamp_arena_init(&own, &poor);
        iamp_word_builder_init(&b, &poor);
        for (int i = 0; i < 10; i++)
            iamp_word_add_text(&b, TEXT("0123456789"));
        iamp_word_add_run(&b, CLASS_ANY);
        iamp_word_add_one(&b, CLASS_ANY);
        ck_assert_int_eq(b.failed, grant < 2);
        ck_assert_int_eq(
            iamp_word_pattern_make(&p, &b, true, &own), IAM_ENOMEM);
        iamp_word_builder_release(&b);
        iamp_arena_release(&own);
    }
}
END_TEST

/* --- patterns ------------------------------------------------------------------ */

START_TEST(test_forms)
{
    static const struct {
        const char *text, *same;
    } facts[] = {
        {"**", "*"},
        {"*?*", "?*"},
        {"*??", "??*"},
        {"+*", "*"},
        {"*+", "*"},
        {"#+*", "*"},
        {"+#+", "+"},
        {"+!", "!+"},
        {"`ABC", "`abc"},
        {"`12*", "12*"},
        {"`*", "*"},
    };
    word_pattern p;

    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        word_pattern a = oracle_pattern(facts[i].text, &mem);
        word_pattern b = oracle_pattern(facts[i].same, &mem);

        ck_assert_msg(iamp_word_pattern_equal(&a, &b), "%s", facts[i].text);
        ck_assert_uint_eq(a.hash, b.hash);
    }
    p = oracle_pattern("a?*B", &mem);
    ck_assert(!p.plain && p.has_one && !p.classy && !p.fold);
    ck_assert_uint_eq(p.letters, 2);
    ck_assert_uint_eq(p.count, 4);
    p = oracle_pattern("`aB", &mem);
    ck_assert(p.plain && !p.has_one && p.fold);
    p = oracle_pattern("+", &mem);
    ck_assert(p.classy);
}
END_TEST

START_TEST(test_different)
{
    static const char *const all[] = {"", "a", "b", "A", "`a", "?", "*", "+",
        "~", "#", "!", "^", "@", "ab", "a*", "*a", "+~", "~+", "?+", "+?"};

    for (size_t i = 0; i < COUNT_OF(all); i++)
        for (size_t k = 0; k < COUNT_OF(all); k++) {
            word_pattern a = oracle_pattern(all[i], &mem);
            word_pattern b = oracle_pattern(all[k], &mem);

            ck_assert_msg(iamp_word_pattern_equal(&a, &b) == (i == k),
                "%s and %s", all[i], all[k]);
        }
}
END_TEST

START_TEST(test_longest)
{
    static uint32_t word[WORD_LONGEST];
    uint32_t seed = 3;
    word_builder b;
    word_pattern p;

    iamp_word_builder_init(&b, NULL);
    iamp_word_add_run(&b, CLASS_NO_COLON);
    for (uint32_t i = 1; i < WORD_LONGEST; i++) {
        char letter = (char)('a' + unit_random(&seed) % 26);

        iamp_word_add_text(&b, (text){&letter, 1});
        word[i] = (unsigned char)letter;
    }
    word[0] = 'x';
    ck_assert_int_eq(iamp_word_pattern_make(&p, &b, false, &mem), IAM_OK);
    ck_assert(iamp_word_match(&p, word, WORD_LONGEST));
    ck_assert(iamp_word_match(&p, word + 1, WORD_LONGEST - 1));
    ck_assert(!iamp_word_match(&p, word, WORD_LONGEST - 1));
    ck_assert(iamp_word_within(&p, &p));
    ck_assert(!iamp_word_disjoint(&p, &p));
    iamp_word_add_text(&b, TEXT("x"));
    ck_assert_int_eq(iamp_word_pattern_make(&p, &b, false, &mem), IAM_ELIMIT);
    iamp_word_builder_reset(&b);
    ck_assert_int_eq(iamp_word_pattern_make(&p, &b, false, &mem), IAM_OK);
    ck_assert_uint_eq(p.count, 0);
    iamp_word_builder_release(&b);
}
END_TEST

/* --- letters and text ------------------------------------------------------------ */

START_TEST(test_text)
{
    const text whole = TEXT("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x92z");
    static const uint32_t letters[] = {'a', 0xe9, 0x20ac, 0x1f512, 'z'};
    static const uint32_t word[] = {'a', WORD_FRESH, 0xe9, WORD_FRESH};
    size_t at = 0;

    for (size_t i = 0; i < COUNT_OF(letters); i++)
        ck_assert_uint_eq(iamp_word_letter(whole, &at), letters[i]);
    ck_assert_uint_eq(at, whole.len);
    ck_assert(
        text_eq(iamp_word_text(letters, COUNT_OF(letters), 'x', &mem), whole));
    ck_assert(text_eq(iamp_word_text(word, COUNT_OF(word), 0x4e00, &mem),
        TEXT("a\xe4\xb8\x80\xc3\xa9\xe4\xb8\x80")));
    ck_assert_uint_eq(iamp_word_text(NULL, 0, 'x', &mem).len, 0);
    ck_assert_ptr_nonnull(iamp_word_text(NULL, 0, 'x', &mem).ptr);
}
END_TEST

/* A text that is no UTF-8 is no reason to read beyond it. */
START_TEST(test_broken_text)
{
    char *broken = malloc(7);
    word_pattern any = oracle_pattern("*+", &mem);
    word_pattern some = oracle_pattern("!!", &mem);

    ck_assert_ptr_nonnull(broken);
    memset(broken, 0x80, 7);
    broken[6] = (char)0xf0;
    for (size_t i = 0; i < 7; i++) {
        ck_assert(iamp_word_match_text(&any, (text){broken + i, 7 - i}));
        iamp_word_match_text(&some, (text){broken + i, 7 - i});
    }
    free(broken);
}
END_TEST

START_TEST(test_text_against_pattern)
{
    word_builder b;
    word_pattern p;

    iamp_word_builder_init(&b, NULL);
    iamp_word_add_text(&b, TEXT("\xc3\xa9"));
    iamp_word_add_one(&b, CLASS_ANY);
    iamp_word_add_run(&b, CLASS_NO_COLON);
    iamp_word_add_text(&b, TEXT("\xe2\x82\xac"));
    ck_assert_int_eq(iamp_word_pattern_make(&p, &b, true, &mem), IAM_OK);
    iamp_word_builder_release(&b);
    ck_assert(!p.fold);
    ck_assert(iamp_word_match_text(&p, TEXT("\xc3\xa9\xc3\xa9\xe2\x82\xac")));
    ck_assert(!iamp_word_match_text(&p, TEXT("\xc3\xa9\xe2\x82\xac")));
    ck_assert(!iamp_word_match_text(&p, TEXT("\xc3\xa9::\xe2\x82\xac")));
    ck_assert(iamp_word_match_text(&p, TEXT("\xc3\xa9:x\xe2\x82\xac")));
}
END_TEST

START_TEST(test_fresh_letter)
{
    filled *f = new_query();

    ck_assert_uint_eq(iamp_word_fresh_letter(&f->query, "x"), 'x');
    ck_assert_uint_eq(iamp_word_fresh_letter(&f->query, ""), 0x4e00);
    add(f, true, "x*");
    ck_assert_uint_eq(iamp_word_fresh_letter(&f->query, "xy"), 'y');
    ck_assert_uint_eq(iamp_word_fresh_letter(&f->query, "X"), 'X');
    add(f, false, "`Y");
    ck_assert_uint_eq(iamp_word_fresh_letter(&f->query, "yYz"), 'z');
    ck_assert_uint_eq(iamp_word_fresh_letter(&f->query, ":/0"), ':');
    add(f, false, "+");
    ck_assert_uint_eq(iamp_word_fresh_letter(&f->query, ":/0"), '/');
    add(f, false, "~");
    ck_assert_uint_eq(iamp_word_fresh_letter(&f->query, ":/0"), '0');
    add(f, false, "@");
    ck_assert_uint_eq(iamp_word_fresh_letter(&f->query, ":/0-"), '-');
    ck_assert_uint_eq(iamp_word_fresh_letter(&f->query, "x"), 0x4e00);
}
END_TEST

/* The first thousands of letters that it would take are taken. */
START_TEST(test_fresh_letter_is_free)
{
    word_builder b;
    word_pattern p;
    const word_pattern *pointer = &p;
    word_query q = {&pointer, NULL, 1, 0};

    iamp_word_builder_init(&b, NULL);
    for (uint32_t c = 0x4e00; c < 0x4e00 + 9000; c++) {
        char bytes[3] = {(char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)),
            (char)(0x80 | (c & 0x3f))};

        if (c != 0x4e00 + 8500)
            iamp_word_add_text(&b, (text){bytes, 3});
    }
    ck_assert_int_eq(iamp_word_pattern_make(&p, &b, false, &mem), IAM_OK);
    iamp_word_builder_release(&b);
    ck_assert_uint_eq(iamp_word_fresh_letter(&q, ""), 0x4e00 + 8500);
}
END_TEST

/* Two rows of letters that are not ASCII, one the reverse of the other. */
START_TEST(test_other_letters)
{
    word_pattern row[2];
    const word_pattern *pointer[2] = {&row[0], &row[1]};
    word_query q = {pointer, NULL, 2, 0};
    uint64_t steps = 10000000;
    word_result r;

    for (int i = 0; i < 2; i++) {
        word_builder b;

        iamp_word_builder_init(&b, NULL);
        iamp_word_add_run(&b, CLASS_ANY);
        for (int k = 0; k < 90; k++) {
            int c = 0x400 + (i ? 89 - k : k);
            char bytes[2] = {(char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f))};

            iamp_word_add_text(&b, (text){bytes, 2});
            iamp_word_add_run(&b, CLASS_ANY);
        }
        ck_assert_int_eq(
            iamp_word_pattern_make(&row[i], &b, false, &mem), IAM_OK);
        iamp_word_builder_release(&b);
    }
    r = iamp_word_shortest(&q, &steps, &mem);
    ck_assert_int_eq(r.answer, WORD_FOUND);
    ck_assert_uint_eq(r.len, 179); /* they share one letter */
    ck_assert(iamp_word_match(&row[0], r.word, r.len));
    ck_assert(iamp_word_match(&row[1], r.word, r.len));
}
END_TEST

UNIT_SUITE(word_limits, setup, teardown, {
    tcase_add_loop_test(tc, test_hostile, 0, KINDS);
    tcase_add_test(tc, test_few_steps);
    tcase_add_loop_test(tc, test_many_words, 0, 4);
    tcase_add_test(tc, test_last_word);
    tcase_add_loop_test(tc, test_poor_memory, 0, KINDS);
    tcase_add_test(tc, test_builder_without_memory);
    tcase_add_test(tc, test_forms);
    tcase_add_test(tc, test_different);
    tcase_add_test(tc, test_longest);
    tcase_add_test(tc, test_text);
    tcase_add_test(tc, test_broken_text);
    tcase_add_test(tc, test_text_against_pattern);
    tcase_add_test(tc, test_fresh_letter);
    tcase_add_test(tc, test_fresh_letter_is_free);
    tcase_add_test(tc, test_other_letters);
})

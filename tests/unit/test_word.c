/* SPDX-License-Identifier: Apache-2.0 */
#include "prove/word.h"

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
    PLENTY = 10000000 /* steps */
};

/* --- one pattern, one word -------------------------------------------------- */

static const struct {
    const char *pattern, *word;
    bool matches;
} matches[] = {
    {"", "", true},
    {"", "a", false},
    {"a", "", false},
    {"a", "a", true},
    {"a", "A", false},
    {"`a", "A", true},
    {"`A", "a", true},
    {"`a", "$", false},
    {"?", "", false},
    {"?", "a", true},
    {"?", "ab", false},
    {"*", "", true},
    {"*", "a:/0", true},
    {"a*b", "ab", true},
    {"a*b", "aab", true},
    {"a*b", "aba", false},
    {"*ab*ab", "abab", true},
    {"*ab*ab", "aab", false},
    {"*aab", "aaab", true},
    {"*?*??", "ab", false},
    {"*?*??", "abc", true},
    {"`*aB*", "$Ab$", true},
    {"+", "a/b", true},
    {"+", "a:b", false},
    {"!", ":", false},
    {"!", "/", true},
    {"~", "a:b", true},
    {"~", "a/b", false},
    {"^", "/", false},
    {"#", "", true},
    {"#", "0123456789", true},
    {"#", "01a", false},
    {"@", "7", true},
    {"@", ":", false},
    {"@", "/", false},
    {"+:~", "a/:b:", true},
    {"+:~", "a:/b", false},
    {"+a*", "b:a", false},
    {"+a*", "baa:", true},
    {"+~", "//::", true},
    {"+~", "::/", false},
    {"#a#", "1a2", true},
    {"a#?", "a1", true},
};

START_TEST(test_match)
{
    const char *p = matches[_i].pattern, *word = matches[_i].word;
    word_pattern made = oracle_pattern(p, &mem);
    uint32_t letters[16];
    size_t len = strlen(word);

    for (size_t i = 0; i < len; i++)
        letters[i] = word[i] == '$' ? WORD_FRESH : (unsigned char)word[i];
    ck_assert_msg(iamp_word_match(&made, letters, len) == matches[_i].matches,
        "%s ~ %s", p, word);
    ck_assert_msg(
        iamp_word_match_text(&made, (text){word, len}) == matches[_i].matches,
        "%s ~ %s as text", p, word);
    ck_assert_msg(oracle_match(p, word) == matches[_i].matches,
        "oracle: %s ~ %s", p, word);
}
END_TEST

/* --- two patterns ------------------------------------------------------------ */

static const struct {
    const char *a, *b;
    bool within, disjoint;
} pairs[] = {
    {"a", "a", true, false},
    {"a", "b", false, true},
    {"a", "`A", true, false},
    {"`a", "a", false, false},
    {"`a", "`A", true, false},
    {"a", "*", true, false},
    {"*", "a", false, false},
    {"a*", "ab*", false, false},
    {"ab*", "a*", true, false},
    {"ab*", "ac*", false, true},
    {"*ab", "*b", true, false},
    {"*ab", "*cb", false, true},
    {"ab*", "*b", false, false},
    {"a*b", "*", true, false},
    {"a*c*b", "a*b", true, false},
    {"a?b", "a*b", true, false},
    {"a*b", "a?b", false, false},
    {"a?b", "ab", false, true},
    {"??", "?", false, true},
    {"*?", "?*", true, false},
    {"?*?", "?*", true, false},
    {"+", "*", true, false},
    {"*", "+", false, false},
    {"+", "~", false, false},
    {"#", "+", true, false},
    {"#", "~", true, false},
    {"@", "a", false, true},
    {"@", "7", false, false},
    {"7", "@", true, false},
    {"+:+", "~", false, false},
    {"+:+", "+", false, true},
    {"a:b", "a+b", false, true},
    {"a/b", "a+b", true, false},
    {"", "*", true, false},
    {"", "?*", false, true},
    {"`aB", "`Ab", true, false},
    {"aB", "`ab", true, false},
};

START_TEST(test_pair)
{
    word_pattern a = oracle_pattern(pairs[_i].a, &mem);
    word_pattern b = oracle_pattern(pairs[_i].b, &mem);

    ck_assert_msg(iamp_word_within(&a, &b) == pairs[_i].within, "%s in %s",
        pairs[_i].a, pairs[_i].b);
    ck_assert_msg(iamp_word_disjoint(&a, &b) == pairs[_i].disjoint,
        "%s apart from %s", pairs[_i].a, pairs[_i].b);
    ck_assert_msg(iamp_word_disjoint(&b, &a) == pairs[_i].disjoint,
        "%s apart from %s", pairs[_i].b, pairs[_i].a);
}
END_TEST

/* --- queries ------------------------------------------------------------------ */

typedef struct made_query {
    word_pattern pattern[ORACLE_PATTERNS];
    const word_pattern *pointer[ORACLE_PATTERNS];
    word_query query;
} made_query;

static void make_query(made_query *m, const oracle_query *q)
{
    for (uint32_t i = 0; i < q->positives + q->negatives; i++) {
        m->pattern[i] = oracle_pattern(q->pattern[i], &mem);
        m->pointer[i] = &m->pattern[i];
    }
    m->query = (word_query){
        m->pointer, m->pointer + q->positives, q->positives, q->negatives};
}

static const char *told(const oracle_query *q)
{
    static char texts[2][512];
    static int turn;
    char *out = texts[turn ^= 1];

    out[0] = 0;
    for (uint32_t i = 0; i < q->positives + q->negatives; i++) {
        strcat(out, i < q->positives ? " +" : " -");
        strcat(out, q->pattern[i]);
    }
    return out;
}

static void check_word(const oracle_query *q, const word_result *r)
{
    char word[256];

    oracle_word(r, word, sizeof(word));
    for (uint32_t i = 0; i < q->positives + q->negatives; i++)
        ck_assert_msg(oracle_match(q->pattern[i], word) == (i < q->positives),
            "%s: %s", told(q), word);
}

/* The query's patterns that are named, without number `but`. */
static oracle_query named(const oracle_query *q, const bool *positive,
    const bool *negative, uint32_t but)
{
    oracle_query out = {{NULL}, 0, 0};

    for (uint32_t i = 0; i < q->positives + q->negatives; i++) {
        bool is_positive = i < q->positives;

        if (i == but ||
            !(is_positive ? positive[i] : negative[i - q->positives]))
            continue;
        out.pattern[out.positives + out.negatives] = q->pattern[i];
        *(is_positive ? &out.positives : &out.negatives) += 1;
    }
    return out;
}

/* The patterns that the core names are enough for there to be no word, and with
 * steps to spare none of them can be left out. */
static void check_core(
    const oracle_query *q, const bool *positive, const bool *negative)
{
    oracle_query core = named(q, positive, negative, UINT32_MAX);

    ck_assert_msg(oracle_shortest(&core, ORACLE_STATES) == -1, "%s: core%s",
        told(q), told(&core));
    for (uint32_t i = 0; i < q->positives + q->negatives; i++) {
        oracle_query less = named(q, positive, negative, i);

        ck_assert_msg(less.positives + less.negatives ==
                              core.positives + core.negatives ||
                          oracle_shortest(&less, ORACLE_STATES) >= 0,
            "%s: core %s is too large", told(q), told(&core));
    }
}

/* Find against the definition, which must know. */
static void check_find(const oracle_query *q, int shortest)
{
    bool positive[ORACLE_PATTERNS], negative[ORACLE_PATTERNS];
    uint64_t steps = PLENTY;
    made_query m;
    word_result r;

    make_query(&m, q);
    r = iamp_word_find(&m.query, &steps, positive, negative, &mem);
    ck_assert_msg(
        r.answer == (shortest < 0 ? WORD_EMPTY : WORD_FOUND), "%s", told(q));
    if (r.answer == WORD_EMPTY)
        check_core(q, positive, negative);
    else
        check_word(q, &r);
    steps = PLENTY;
    r = iamp_word_shortest(&m.query, &steps, &mem);
    ck_assert_msg(
        r.answer == (shortest < 0 ? WORD_EMPTY : WORD_FOUND), "%s", told(q));
    if (r.answer == WORD_FOUND) {
        check_word(q, &r);
        ck_assert_msg((int)r.len == shortest, "%s: %d", told(q), shortest);
    }
}

static const struct {
    oracle_query query;
    int shortest;
} finds[] = {
    {{{NULL}, 0, 0}, 0},
    {{{"a"}, 1, 0}, 1},
    {{{"a", "b"}, 2, 0}, -1},
    {{{"*"}, 0, 1}, -1},
    {{{"a"}, 0, 1}, 0},
    {{{"", "?"}, 0, 2}, 2},
    {{{"", "?*"}, 0, 2}, -1},
    {{{"a*", "ab*"}, 1, 1}, 1},
    {{{"a*", "a"}, 1, 1}, 2},
    {{{"a*", "a", "a?*"}, 1, 2}, -1},
    {{{"*a*", "*b*", "*c*"}, 3, 0}, 3},
    {{{"*a*", "*b*", "*ab*"}, 2, 1}, 2},
    {{{"*a*", "*b*", "*a*b*"}, 2, 1}, 2},
    {{{"*a*", "*b*", "*a*b*", "*b*a*"}, 2, 2}, -1},
    {{{"a*", "*b", "?*?"}, 2, 1}, -1},
    /* the colon is needed: a run of the negative stops at it */
    {{{"*", "+"}, 1, 1}, 1},
    {{{"*", "+", "*:*"}, 1, 2}, -1},
    {{{"*", "+", "*::*"}, 1, 2}, 1},
    {{{"*", "~"}, 1, 1}, 1},
    {{{"*", "+", "~"}, 1, 2}, 2},
    {{{"~", "+", "*:"}, 1, 2}, 2},
    {{{"+:+", "*:*"}, 1, 1}, -1},
    {{{"+", "*:*"}, 1, 1}, 0},
    {{{"+:*", "?:*", ":*"}, 1, 2}, 3},
    /* digits are ten */
    {{{"@", "0", "1", "2", "3", "4", "5"}, 1, 6}, 1},
    {{{"@", "#"}, 1, 1}, -1},
    {{{"#", "@*"}, 1, 1}, 0},
    {{{"*@*", "#"}, 1, 1}, 2},
    {{{"?", "#"}, 1, 1}, 1},
    /* two letters for one */
    {{{"`ab", "ab", "Ab", "aB"}, 1, 3}, 2},
    {{{"`ab", "ab", "Ab", "aB", "AB"}, 1, 4}, -1},
    {{{"`ab", "`AB"}, 1, 1}, -1},
    {{{"`a*", "a*"}, 1, 1}, 1},
    {{{"`a*", "A*"}, 1, 1}, 1},
    {{{"`a*", "a*", "A*"}, 1, 2}, -1},
    {{{"`*k*", "*K*", "*k?*"}, 1, 2}, 1},
};

START_TEST(test_find)
{
    const oracle_query *q = &finds[_i].query;

    ck_assert_msg(oracle_shortest(q, ORACLE_STATES) == finds[_i].shortest,
        "oracle:%s", told(q));
    check_find(q, finds[_i].shortest);
}
END_TEST

/* --- evidence ------------------------------------------------------------------ */

/* The states as they are told, one byte a position. */
typedef struct told_states {
    const word_query *query;
    unsigned char state[4000][ORACLE_PATTERNS * 16];
    uint32_t count;
} told_states;

static bool note_state(
    void *user, const uint64_t *const *words, uint32_t patterns)
{
    told_states *t = user;
    unsigned char *to = t->state[t->count];

    if (t->count == COUNT_OF(t->state))
        return false;
    memset(to, 0, sizeof(t->state[0]));
    for (uint32_t i = 0; i < patterns; i++) {
        const word_query *q = t->query;
        const word_pattern *p = i < q->positive_count
                                    ? q->positive[i]
                                    : q->negative[i - q->positive_count];

        for (uint32_t at = 0; at <= p->count; at++)
            to[i * 16 + at] = words[i][0] >> at & 1;
        if (words[i][0] >> p->count >> 1)
            return false;
    }
    t->count++;
    return true;
}

static bool class_reads(uint8_t class, uint32_t letter)
{
    return class == CLASS_ANY || (class == CLASS_NO_COLON && letter != ':') ||
           (class == CLASS_NO_SLASH && letter != '/') ||
           (class == CLASS_DIGIT && letter >= '0' && letter <= '9');
}

static bool token_reads(const word_pattern *p, uint32_t at, uint32_t letter)
{
    if (p->tokens[at].type != WORD_LETTER)
        return class_reads(p->tokens[at].class, letter);
    if (p->fold && letter >= 'A' && letter <= 'Z')
        letter += 32;
    return letter == p->tokens[at].letter;
}

static bool is_any_run(const word_pattern *p, uint32_t at)
{
    return at < p->count && p->tokens[at].type == WORD_RUN &&
           p->tokens[at].class == CLASS_ANY;
}

static void complete(const word_pattern *p, unsigned char *set)
{
    for (uint32_t at = 0; at < p->count; at++)
        if (set[at] && p->tokens[at].type == WORD_RUN)
            set[at + 1] = 1;
    for (uint32_t at = p->count; at > 0; at--)
        if (set[at] && is_any_run(p, at)) {
            memset(set, 0, at);
            return;
        }
}

static bool stands_at_class(
    const word_pattern *p, const unsigned char *set, word_class class)
{
    for (uint32_t at = 0; at < p->count; at++)
        if (set[at] && p->tokens[at].type != WORD_LETTER &&
            p->tokens[at].class == class)
            return true;
    return false;
}

/* Is the letter in some negative (that does not fold, if `exact`)? */
static bool negative_names(const word_query *q, uint32_t letter, bool exact)
{
    for (uint32_t i = 0; i < q->negative_count; i++)
        for (uint32_t at = 0; at < q->negative[i]->count; at++)
            if (q->negative[i]->tokens[at].type == WORD_LETTER &&
                q->negative[i]->tokens[at].letter == letter &&
                !(exact && q->negative[i]->fold))
                return true;
    return false;
}

/* word.h, "Evidence": is the letter one that must be tried? */
static bool must_try(
    const word_query *q, const unsigned char *state, uint32_t letter)
{
    bool digit = letter >= '0' && letter <= '9';
    uint32_t free_digit = '0';

    while (free_digit <= '9' && negative_names(q, free_digit, false))
        free_digit++;
    if (letter == WORD_FRESH)
        return true;
    for (uint32_t i = 0; i < q->negative_count; i++) {
        const unsigned char *set = state + (q->positive_count + i) * 16;

        if (letter == ':' &&
            stands_at_class(q->negative[i], set, CLASS_NO_COLON))
            return true;
        if (letter == '/' &&
            stands_at_class(q->negative[i], set, CLASS_NO_SLASH))
            return true;
    }
    for (uint32_t i = 0; i < q->positive_count; i++) {
        const word_pattern *p = q->positive[i];
        const unsigned char *set = state + i * 16;

        if (digit && stands_at_class(p, set, CLASS_DIGIT) &&
            (free_digit > '9' || letter == free_digit))
            return true;
        for (uint32_t at = 0; at < p->count; at++) {
            uint32_t lower = p->tokens[at].letter;
            bool one_case;

            if (!set[at] || p->tokens[at].type != WORD_LETTER)
                continue;
            one_case = !p->fold || lower < 'a' || lower > 'z';
            if (one_case                          ? letter == lower
                : !negative_names(q, lower, true) ? letter == lower
                : !negative_names(q, lower - 32, true)
                    ? letter == lower - 32
                    : letter == lower || letter == lower - 32)
                return true;
        }
    }
    return false;
}

/* False if word.h says that such a state is not told. */
static bool step_state(const word_query *q, const unsigned char *from,
    uint32_t letter, unsigned char *to)
{
    memset(to, 0, ORACLE_PATTERNS * 16);
    for (uint32_t i = 0; i < q->positive_count + q->negative_count; i++) {
        bool positive = i < q->positive_count;
        const word_pattern *p =
            positive ? q->positive[i] : q->negative[i - q->positive_count];
        unsigned char *set = to + i * 16;

        for (uint32_t at = 0; at < p->count; at++)
            if (from[i * 16 + at] && token_reads(p, at, letter))
                set[at + (p->tokens[at].type != WORD_RUN)] = 1;
        complete(p, set);
        if (positive && !memchr(set, 1, 16))
            return false;
        if (!positive && p->count > 0 && set[p->count - 1] &&
            is_any_run(p, p->count - 1))
            return false;
    }
    return true;
}

static bool is_told(const told_states *t, const unsigned char *state)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (memcmp(t->state[i], state, sizeof(t->state[i])) == 0)
            return true;
    return false;
}

static bool accepts(const word_query *q, const unsigned char *state)
{
    for (uint32_t i = 0; i < q->positive_count; i++)
        if (!state[i * 16 + q->positive[i]->count])
            return false;
    for (uint32_t i = 0; i < q->negative_count; i++)
        if (state[(q->positive_count + i) * 16 + q->negative[i]->count])
            return false;
    return true;
}

static void check_closed(const oracle_query *q, const told_states *t)
{
    unsigned char next[ORACLE_PATTERNS * 16];

    for (uint32_t i = 0; i < t->count; i++) {
        ck_assert_msg(!accepts(t->query, t->state[i]), "%s", told(q));
        for (uint32_t letter = 1; letter <= 129; letter++) {
            uint32_t l = letter == 129 ? WORD_FRESH : letter;

            if (must_try(t->query, t->state[i], l) &&
                step_state(t->query, t->state[i], l, next))
                ck_assert_msg(is_told(t, next), "%s: %u %u", told(q), i, l);
        }
    }
}

static void check_evidence(const oracle_query *q, int shortest)
{
    static told_states t;
    unsigned char first[ORACLE_PATTERNS * 16] = {0};
    bool blocked = false;
    uint64_t steps = PLENTY;
    word_answer answer;
    made_query m;

    make_query(&m, q);
    t.query = &m.query;
    t.count = 0;
    answer = iamp_word_evidence(&m.query, &steps, note_state, &t, &mem);
    ck_assert_msg(
        answer == (shortest < 0 ? WORD_EMPTY : WORD_FOUND), "%s", told(q));
    if (answer != WORD_EMPTY)
        return;
    for (uint32_t i = 0; i < q->positives + q->negatives; i++) {
        const word_pattern *p = m.pointer[i];

        first[i * 16] = 1;
        complete(p, first + i * 16);
        blocked |= i >= q->positives && p->count > 0 &&
                   first[i * 16 + p->count - 1] && is_any_run(p, p->count - 1);
    }
    ck_assert_msg(blocked ? t.count == 0 : is_told(&t, first), "%s", told(q));
    check_closed(q, &t);
}

START_TEST(test_evidence)
{
    check_evidence(&finds[_i].query, finds[_i].shortest);
}
END_TEST

/* --- random queries ------------------------------------------------------------ */

static void random_pattern(uint32_t *seed, const char *tokens, char *out)
{
    uint32_t len = unit_random(seed) % 6;
    size_t count = strlen(tokens);

    if (unit_random(seed) % 4 == 0)
        *out++ = '`';
    while (len-- > 0)
        *out++ = tokens[unit_random(seed) % count];
    *out = 0;
}

static const char *const token_sets[] = {"ab**?", "aAb*?",
    "ab*?+!:", "a*~^/+:", "01*#@?", "aAbB*", "ab*+~#:/0", "aA*?+!~^#@:/09"};

START_TEST(test_random)
{
    uint32_t seed = (uint32_t)_i * 7919 + 1;
    uint32_t none = 0, some = 0;

    for (int round = 0; round < 700; round++) {
        const char *tokens =
            token_sets[unit_random(&seed) % COUNT_OF(token_sets)];
        char pattern[ORACLE_PATTERNS][8];
        oracle_query q = {
            {NULL}, unit_random(&seed) % 4, unit_random(&seed) % 5};
        int shortest;

        for (uint32_t i = 0; i < q.positives + q.negatives; i++) {
            random_pattern(&seed, tokens, pattern[i]);
            q.pattern[i] = pattern[i];
        }
        shortest = oracle_shortest(&q, 5000);
        if (shortest == -2)
            continue;
        check_find(&q, shortest);
        if (shortest == -1)
            check_evidence(&q, shortest);
        *(shortest == -1 ? &none : &some) += 1;
        iamp_arena_release(&mem);
    }
    ck_assert_uint_gt(none, 50);
    ck_assert_uint_gt(some, 50);
}
END_TEST

UNIT_SUITE(word, setup, teardown, {
    tcase_add_loop_test(tc, test_match, 0, COUNT_OF(matches));
    tcase_add_loop_test(tc, test_pair, 0, COUNT_OF(pairs));
    tcase_add_loop_test(tc, test_find, 0, COUNT_OF(finds));
    tcase_add_loop_test(tc, test_evidence, 0, COUNT_OF(finds));
    tcase_add_loop_test(tc, test_random, 0, 48);
})

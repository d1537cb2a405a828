/* SPDX-License-Identifier: Apache-2.0 */
#include "value/glob.h"

#include <time.h>

#include "glob_oracle.h"
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

static const oracle_values no_values = {{{NULL, 0}, {NULL, 0}}};

static glob compile(text pattern, glob_syntax syntax, bool fold, uint32_t cuts)
{
    static template_piece pieces[2048];
    glob g;

    if (pattern.len > COUNT_OF(pieces) ||
        iamp_glob_compile(&g, pieces, oracle_pieces(pattern, cuts, pieces),
            syntax, fold, &mem) != IAM_OK)
        ck_abort_msg("%.*s", (int)pattern.len, pattern.ptr);
    return g;
}

static bool match(const glob *g, text subject, const oracle_values *v)
{
    glob_values values = {oracle_value, v};

    return iamp_glob_match(g, subject, v ? &values : NULL);
}

/* --- facts --------------------------------------------------------------- */

#define SQS "arn:aws:sqs:"

static const struct {
    const char *pattern;
    glob_syntax syntax;
    const char *subject;
    bool matches;
} facts[] = {
    {"", GLOB_LIKE, "", true},
    {"", GLOB_LIKE, "a", false},
    {"*", GLOB_LIKE, "", true},
    {"*", GLOB_LIKE, "a:b", true},
    {"a", GLOB_LIKE, "a", true},
    {"a", GLOB_LIKE, "A", false},
    {"a", GLOB_LIKE, "ab", false},
    {"a*", GLOB_LIKE, "a", true},
    {"a*", GLOB_LIKE, "abc", true},
    {"a*", GLOB_LIKE, "ba", false},
    {"*a", GLOB_LIKE, "a", true},
    {"*a", GLOB_LIKE, "ba", true},
    {"*a", GLOB_LIKE, "ab", false},
    {"*ab", GLOB_LIKE, "b", false},
    {"a*a", GLOB_LIKE, "a", false},
    {"a*a", GLOB_LIKE, "aa", true},
    {"*a*", GLOB_LIKE, "bab", true},
    {"*a*", GLOB_LIKE, "bbb", false},
    {"a**b", GLOB_LIKE, "ab", true},
    {"*ab*ab", GLOB_LIKE, "ab", false},
    {"*ab*ab", GLOB_LIKE, "abab", true},
    {"*aab", GLOB_LIKE, "aaab", true},
    {"*aab*", GLOB_LIKE, "aaabx", true},
    {"?", GLOB_LIKE, "", false},
    {"?", GLOB_LIKE, "a", true},
    {"?", GLOB_LIKE, "ab", false},
    {"??*", GLOB_LIKE, "a", false},
    {"*??", GLOB_LIKE, "ab", true},
    {"*?*??", GLOB_LIKE, "ab", false},
    {"*?*??", GLOB_LIKE, "abc", true},
    {"a?c", GLOB_LIKE, "a:c", true},
    {"[a]", GLOB_LIKE, "a", false},
    {"[a]", GLOB_LIKE, "[a]", true},
    {"\\*", GLOB_LIKE, "\\x", true},
    /* ? and * count characters */
    {"?", GLOB_LIKE, "\xc3\xa9", true},
    {"?", GLOB_LIKE, "\xf0\x9f\x94\x92", true},
    {"??", GLOB_LIKE, "\xc3\xa9", false},
    {"*?", GLOB_LIKE, "\xc3\xa9", true},
    /* B.3.1: no wildcards */
    {"*", GLOB_PLAIN, "*", true},
    {"*", GLOB_PLAIN, "a", false},
    {"a*b?", GLOB_PLAIN, "a*b?", true},
    {"a*b?", GLOB_PLAIN, "axbx", false},
    /* A.7.3 */
    {"*", GLOB_RESOURCE, "", true},
    {"*", GLOB_RESOURCE, "arn:aws:s3:::b", true},
    {"arn:aws:ec2:us-*-1:1:vpc/*", GLOB_RESOURCE,
        "arn:aws:ec2:us-east-1:1:vpc/v", true},
    {"arn:aws:ec2:us-*-1:1:vpc/*", GLOB_RESOURCE,
        "arn:aws:ec2:us-east-1:2-1:1:vpc/v", false},
    {SQS "u*1:q:*", GLOB_RESOURCE, SQS "us-east-1:1:q", false},
    {SQS "u*1:q", GLOB_RESOURCE, SQS "us-east-1:1:q", false},
    {SQS "*:queue1:z", GLOB_RESOURCE, SQS "us-east-1:1:queue1:z", true},
    {SQS "*:queue1:z", GLOB_RESOURCE, SQS "us-east-1:1:queue2:z", false},
    {SQS "*x:1:q", GLOB_RESOURCE, SQS "ax:1:q", true},
    {SQS "*x:1:q", GLOB_RESOURCE, SQS "a:x:1:q", false},
    {SQS "?:1:q", GLOB_RESOURCE, SQS "a:1:q", true},
    {SQS "?:1:q", GLOB_RESOURCE, SQS "::1:q", false},
    {SQS "a:?:q", GLOB_RESOURCE, SQS "a:::q", false},
    {SQS "a:1:?", GLOB_RESOURCE, SQS "a:1::", true},
    {SQS "a:1:x?y", GLOB_RESOURCE, SQS "a:1:x:y", true},
    {SQS "a:1:x*y", GLOB_RESOURCE, SQS "a:1:x:::y", true},
    {SQS "a:1:x*y*z", GLOB_RESOURCE, SQS "a:1:x:y:zz", true},
    {SQS "a*b*c:1:q", GLOB_RESOURCE, SQS "abbc:1:q", true},
    {SQS "a*b*c:1:q", GLOB_RESOURCE, SQS "ab:c:1:q", false},
    {"arn:aws:bedrock:*::foundation-model/*", GLOB_RESOURCE,
        "arn:aws:bedrock:::foundation-model/m", true},
    {"arn:aws:bedrock:us-*::foundation-model/*", GLOB_RESOURCE,
        "arn:aws:bedrock:::foundation-model/m", false},
    {"arn:*:*:*:*:*", GLOB_RESOURCE, "arn:::::", true},
    {"arn:*:*:*:*:*", GLOB_RESOURCE, "arn::::", false},
    {"arn:*:*:*:*:*", GLOB_RESOURCE, "arn:aws:s3:::b", true},
    {"**:b", GLOB_RESOURCE, "a:a:b", true},
    {"*?:b", GLOB_RESOURCE, "a:a:b", false},
    {"arn:aws:sqs", GLOB_RESOURCE, "arn:aws:sqs:a:1:q", false},
    {"arn:aws:s*", GLOB_RESOURCE, "arn:aws:sqs:a:1:q", true},
    {"arn:aws:s*s", GLOB_RESOURCE, "arn:aws:sqs", true},
    {"arn:aws:s*q", GLOB_RESOURCE, "arn:aws:s:q", false},
    {"arn:aws:s3:::b/*/test/*", GLOB_RESOURCE, "arn:aws:s3:::b/1/2/3/test/4/x",
        true},
    {"arn:aws:s3:::b/*/test/*", GLOB_RESOURCE, "arn:aws:s3:::b//test/x", true},
    {"arn:aws:s3:::b/*/test/*", GLOB_RESOURCE, "arn:aws:s3:::b/1/test/", true},
    {"arn:aws:s3:::b/*/test/*", GLOB_RESOURCE, "arn:aws:s3:::b/test/x", false},
};

START_TEST(test_fact)
{
    text pattern = iamp_text_of(facts[_i].pattern, IAM_NTS);
    text subject = iamp_text_of(facts[_i].subject, IAM_NTS);
    glob g = compile(pattern, facts[_i].syntax, false, 0);

    ck_assert_msg(match(&g, subject, NULL) == facts[_i].matches, "%s ~ %s",
        facts[_i].pattern, facts[_i].subject);
    ck_assert_msg(oracle_match(pattern, facts[_i].syntax, false, subject,
                      &no_values) == facts[_i].matches,
        "oracle: %s ~ %s", facts[_i].pattern, facts[_i].subject);
}
END_TEST

/* --- variables ----------------------------------------------------------- */

/* V is `v`; W has no value. */
static const struct {
    const char *pattern;
    glob_syntax syntax;
    const char *v, *subject;
    bool matches;
} with_values[] = {
    {"V", GLOB_LIKE, "bob", "bob", true},
    {"V", GLOB_LIKE, "", "", true},
    {"V", GLOB_LIKE, "", "x", false},
    {"*V", GLOB_LIKE, "", "x", true},
    {"*V*", GLOB_LIKE, "", "", true},
    {"*V*c", GLOB_LIKE, "b", "abc", true},
    {"V*V", GLOB_LIKE, "ab", "aba", false},
    {"VV", GLOB_LIKE, "ab", "abab", true},
    {"home/V/*", GLOB_LIKE, "bob", "home/bob/x", true},
    /* C.5: a value is literal */
    {"V", GLOB_LIKE, "a*", "abc", false},
    {"V", GLOB_LIKE, "a*", "a*", true},
    {"V", GLOB_LIKE, "?", "a", false},
    {"V", GLOB_PLAIN, "a*", "a*", true},
    /* its colons cut no fields, and it hides no wildcard's end */
    {"arn:aws:s3:V*:::", GLOB_RESOURCE, "a:b", "arn:aws:s3:a:b:x:::", true},
    {"arn:aws:s3:*V:::", GLOB_RESOURCE, "a", "arn:aws:s3:x:a:::", false},
    {"arn:aws:s3:*V:::", GLOB_RESOURCE, "a", "arn:aws:s3:xa:::", true},
    {"arn:aws:s3:a*V*c:::", GLOB_RESOURCE, "b:b",
        "arn:aws:s3:axb:bxc:::", true},
    {"arn:aws:s3:a*V*c:::", GLOB_RESOURCE, "b:b",
        "arn:aws:s3:a:b:bxc:::", false},
    /* C.4: without a value nothing matches */
    {"W", GLOB_LIKE, "", "", false},
    {"*W", GLOB_LIKE, "", "x", false},
    {"x*W", GLOB_LIKE, "", "x", false},
    {"VW", GLOB_LIKE, "a", "a", false},
};

START_TEST(test_with_value)
{
    oracle_values values = {
        {iamp_text_of(with_values[_i].v, IAM_NTS), {NULL, 0}}};
    text pattern = iamp_text_of(with_values[_i].pattern, IAM_NTS);
    text subject = iamp_text_of(with_values[_i].subject, IAM_NTS);
    glob g = compile(pattern, with_values[_i].syntax, false, 0);

    ck_assert(g.variable);
    ck_assert_msg(match(&g, subject, &values) == with_values[_i].matches,
        "%s ~ %s", with_values[_i].pattern, with_values[_i].subject);
    ck_assert(!match(&g, subject, NULL));
    ck_assert_int_eq(
        oracle_match(pattern, with_values[_i].syntax, false, subject, &values),
        with_values[_i].matches);
}
END_TEST

START_TEST(test_fold)
{
    oracle_values values = {{TEXT("bOb"), {NULL, 0}}};
    glob exact = compile(TEXT("aB:C"), GLOB_LIKE, true, 0);
    glob mixed = compile(TEXT("A*b?V*D"), GLOB_LIKE, true, 0);

    ck_assert(match(&exact, TEXT("Ab:c"), NULL));
    ck_assert(!match(&exact, TEXT("Ab;c"), NULL));
    ck_assert(text_eq(glob_literal(&exact), TEXT("ab:c")));
    ck_assert(match(&mixed, TEXT("axxBxBoBd"), &values));
    ck_assert(match(&mixed, TEXT("aB@BOBxxd"), &values));
    ck_assert(!match(&mixed, TEXT("axxBxB0Bd"), &values));
}
END_TEST

START_TEST(test_subject_with_nul)
{
    glob g = compile(TEXT("a*b?"), GLOB_LIKE, false, 0);

    ck_assert(match(&g, TEXT("a\0b\0"), NULL));
    ck_assert(!match(&g, TEXT("a\0b"), NULL));
    g = compile(TEXT("a\0b"), GLOB_LIKE, false, 0);
    ck_assert(match(&g, TEXT("a\0b"), NULL));
    ck_assert(!match(&g, TEXT("a\0c"), NULL));
    g = compile(TEXT("*"), GLOB_PLAIN, false, 0);
    ck_assert(!match(&g, (text){NULL, 0}, NULL));
}
END_TEST

/* --- form ---------------------------------------------------------------- */

static const struct {
    const char *pattern;
    glob_syntax syntax;
    glob_shape shape;
    const char *tokens; /* l literal, v variable, ? ! one, * - run */
} forms[] = {
    {"", GLOB_LIKE, GLOB_EMPTY, ""},
    {"*", GLOB_LIKE, GLOB_ANY, "*"},
    {"***", GLOB_LIKE, GLOB_ANY, "*"},
    {"*", GLOB_RESOURCE, GLOB_ANY, "*"},
    {"**", GLOB_RESOURCE, GLOB_ANY, "*"},
    {"*", GLOB_PLAIN, GLOB_EXACT, "l"},
    {"a*b?c", GLOB_PLAIN, GLOB_EXACT, "l"},
    {"abc", GLOB_LIKE, GLOB_EXACT, "l"},
    {"abc**", GLOB_LIKE, GLOB_PREFIX, "l*"},
    {"**abc", GLOB_LIKE, GLOB_SUFFIX, "*l"},
    {"a*b", GLOB_LIKE, GLOB_PIECES, "l*l"},
    {"?", GLOB_LIKE, GLOB_MIXED, "?"},
    {"V", GLOB_LIKE, GLOB_MIXED, "v"},
    {"V*", GLOB_LIKE, GLOB_MIXED, "v*"},
    {"a*Vb", GLOB_RESOURCE, GLOB_MIXED, "l-vl"},
    {"a*:b?:?c:*", GLOB_RESOURCE, GLOB_MIXED, "l*l!l!l*"},
    {"a**b**:c", GLOB_RESOURCE, GLOB_MIXED, "l-l*l"},
    {"a:b:c:d:e:f/*", GLOB_RESOURCE, GLOB_PREFIX, "l*"},
    {"*:a:b:c:d:f", GLOB_RESOURCE, GLOB_SUFFIX, "*l"},
    {"*a:b:c:d:e:f", GLOB_RESOURCE, GLOB_MIXED, "-l"},
    {"a:b:c:d:e:f*?g:*?", GLOB_RESOURCE, GLOB_MIXED, "l?*l?*"},
    {"*?*??*", GLOB_LIKE, GLOB_MIXED, "???*"},
    {"a*?*:*?:b", GLOB_RESOURCE, GLOB_MIXED, "l!*l!-l"},
};

START_TEST(test_form)
{
    static const char marks[] = {[GLOB_LITERAL] = 'l',
        [GLOB_ONE] = '?',
        [GLOB_ONE_IN_FIELD] = '!',
        [GLOB_RUN] = '*',
        [GLOB_RUN_IN_FIELD] = '-',
        [GLOB_VARIABLE] = 'v'};
    const char *want = forms[_i].tokens;
    text pattern = iamp_text_of(forms[_i].pattern, IAM_NTS);

    for (uint32_t round = 0; round < 2; round++) {
        glob g = compile(pattern, forms[_i].syntax, false, 0u - round);

        ck_assert_int_eq(g.shape, forms[_i].shape);
        ck_assert_uint_eq(iamp_glob_count(&g), strlen(want));
        ck_assert_int_eq(g.variable, strchr(want, 'v') != NULL);
        ck_assert(!g.invalid);
        for (uint32_t i = 0; i < iamp_glob_count(&g); i++)
            ck_assert_msg(marks[iamp_glob_token(&g, i).type] == want[i],
                "%s: %u", forms[_i].pattern, (unsigned)i);
    }
}
END_TEST

#define LITERAL(t)       \
    {                    \
        t, sizeof(t) - 1 \
    }

/* A piece without text is nothing: not a token, and not what ends a field. */
START_TEST(test_empty_pieces)
{
    static const template_piece pieces[] = {
        {LITERAL(""), PIECE_LITERAL, 0},
        {LITERAL(""), PIECE_STAR, 0},
        {{NULL, 0}, PIECE_LITERAL, 0},
        {LITERAL(":b"), PIECE_LITERAL, 0},
        {LITERAL(""), PIECE_STAR, 0},
        {LITERAL(""), PIECE_LITERAL, 0},
    };
    glob g;

    ck_assert_int_eq(iamp_glob_compile(&g, pieces, COUNT_OF(pieces),
                         GLOB_RESOURCE, false, &mem),
        IAM_OK);
    ck_assert_uint_eq(iamp_glob_count(&g), 3);
    ck_assert(match(&g, TEXT("a:a:b:c"), NULL));
    ck_assert_int_eq(
        iamp_glob_compile(&g, pieces, 1, GLOB_LIKE, true, &mem), IAM_OK);
    ck_assert_int_eq(g.shape, GLOB_EMPTY);
}
END_TEST

/* --- ArnLike ------------------------------------------------------------- */

static bool arn_match(text pattern, text subject, const oracle_values *v)
{
    static template_piece pieces[128];
    glob_values values = {oracle_value, v};
    arn_glob g;

    ck_assert_int_eq(iamp_arn_glob_compile(
                         &g, pieces, oracle_pieces(pattern, 0, pieces), &mem),
        IAM_OK);
    return iamp_arn_glob_match(&g, subject, &values);
}

static const struct {
    const char *pattern, *v, *subject;
    bool matches;
} arns[] = {
    {"arn:aws:sns:*:1:T*", "", "arn:aws:sns:us-west-2:1:Topic", true},
    {"arn:aws:sns:*:T", "", "arn:aws:sns:us-west-2:1:T", false},
    {"arn:aws:iam::*:root", "", "arn:aws:iam::1:root", true},
    {"arn:aws:iam::*:root", "", "arn:aws:iam::1:user/x:root", false},
    {"arn:aws:iam::1:*:root", "", "arn:aws:iam::1:user/x:root", true},
    {"*", "", "arn:aws:iam::1:root", false},
    {"*:*:*:*:*:*", "", "arn:aws:iam::1:root", true},
    {"*:*:*:*:*:*", "", "arn:aws:iam::1", false},
    {"*:*:*:*:*:*", "", "", false},
    {":::::", "", ":::::", true},
    {":::::", "", "::::::", false},
    {"arn:aws:iam::?:root", "", "arn:aws:iam::1:root", true},
    {"arn:aws:iam::?:root", "", "arn:aws:iam:::root", false},
    {"arn:aws:iam::1:Root", "", "arn:aws:iam::1:root", false},
    /* a colon from a value shifts no part */
    {"arn:aws:iam::V:root", "1", "arn:aws:iam::1:root", true},
    {"arn:aws:V::1:root", "iam:", "arn:aws:iam:::1:root", false},
    {"V:1:root", "arn:aws:iam:", "arn:aws:iam::1:root", false},
    {"arn:aws:iam::1:V", "a:b", "arn:aws:iam::1:a:b", true},
    {"arn:aws:iam::W:*", "", "arn:aws:iam::1:root", false},
};

START_TEST(test_arn)
{
    oracle_values values = {{iamp_text_of(arns[_i].v, IAM_NTS), {NULL, 0}}};
    text pattern = iamp_text_of(arns[_i].pattern, IAM_NTS);
    text subject = iamp_text_of(arns[_i].subject, IAM_NTS);

    ck_assert_msg(arn_match(pattern, subject, &values) == arns[_i].matches,
        "%s ~ %s", arns[_i].pattern, arns[_i].subject);
    ck_assert_int_eq(
        oracle_arn_match(pattern, subject, &values), arns[_i].matches);
}
END_TEST

START_TEST(test_arn_of_few_parts)
{
    template_piece pieces[8];
    arn_glob g;

    ck_assert_int_eq(iamp_arn_glob_compile(&g, pieces,
                         oracle_pieces(TEXT("a:b:c:d:e"), 0, pieces), &mem),
        IAM_OK);
    ck_assert(!g.valid);
    for (size_t i = 0; i < 6; i++) {
        ck_assert(g.part[i].invalid);
        ck_assert_uint_eq(iamp_glob_count(&g.part[i]), 0);
        ck_assert(!iamp_glob_match(&g.part[i], TEXT(""), NULL));
    }
}
END_TEST

/* --- against the definition ---------------------------------------------- */

static text random_text(
    char *room, size_t most, const char *alphabet, uint32_t *seed)
{
    size_t letters = strlen(alphabet), len = 0;
    size_t count = unit_random(seed) % (most / 2);

    for (size_t i = 0; i < count; i++) {
        char c = alphabet[unit_random(seed) % letters];

        if (c == 'e') /* an accented one: two bytes */
            room[len++] = '\xc3';
        room[len++] = c == 'e' ? '\xa9' : c;
    }
    return (text){room, len};
}

static void agree_on(const glob *g, text pattern, text subject,
    glob_syntax syntax, const oracle_values *values)
{
    bool want = oracle_match(pattern, syntax, g->fold, subject, values);

    if (match(g, subject, values) != want)
        ck_abort_msg("syntax %d fold %d: %.*s ~ %.*s (V=%.*s): want %d",
            (int)syntax, g->fold, (int)pattern.len, pattern.ptr,
            (int)subject.len, subject.ptr, (int)values->value[0].len,
            values->value[0].ptr, want);
}

static void agree(text pattern, text subject, glob_syntax syntax, bool fold,
    uint32_t cuts, const oracle_values *values)
{
    glob g = compile(pattern, syntax, fold, cuts);

    agree_on(&g, pattern, subject, syntax, values);
}

static const struct {
    const char *pattern, *subject;
} alphabets[] = {
    {"a:*?", "a:"},
    {"aab*?", "aab"},
    {"ab:::**?", "ab::"},
    {"abA:e*?V", "abAB:e"},
    {"a::::*?VW", "aa::::"},
    {"aaaa*", "aaab"},
    {"ab:::::***V", "abbb::::"},
};

START_TEST(test_agrees_with_definition)
{
    size_t kind = (size_t)_i % COUNT_OF(alphabets);
    uint32_t seed = (uint32_t)_i + 1;

    for (size_t round = 0; round < 3000; round++) {
        char p[40], s[40], v[8], w[8];
        text pattern =
            random_text(p, sizeof(p), alphabets[kind].pattern, &seed);
        text subject =
            random_text(s, sizeof(s), alphabets[kind].subject, &seed);
        oracle_values values = {
            {random_text(v, sizeof(v), alphabets[kind].subject, &seed),
                random_text(w, sizeof(w), "a:*", &seed)}};
        uint32_t cuts = unit_random(&seed);

        if (unit_random(&seed) % 16 == 0)
            values.value[1].ptr = NULL;
        agree(pattern, subject, GLOB_RESOURCE, false, cuts, &values);
        agree(pattern, subject, GLOB_LIKE, cuts & 1, cuts, &values);
        agree(pattern, subject, GLOB_PLAIN, cuts & 1, cuts, &values);
        ck_assert_int_eq(arn_match(pattern, subject, &values),
            oracle_arn_match(pattern, subject, &values));
        iamp_arena_release(&mem);
    }
}
END_TEST

/* Likely matches: the subject is made from the pattern. */
START_TEST(test_agrees_where_it_matches)
{
    uint32_t seed = (uint32_t)_i + 1;

    for (size_t round = 0; round < 2000; round++) {
        char p[40], s[400];
        text pattern = random_text(p, sizeof(p), "ab::::**?", &seed);
        oracle_values values = no_values;
        size_t len = 0;

        for (size_t i = 0; i < pattern.len; i++) {
            char c = pattern.ptr[i];
            size_t times = c == '*' ? unit_random(&seed) % 6 : 1;

            for (; times > 0; times--)
                s[len++] =
                    c == '*' || c == '?' ? "ab:"[unit_random(&seed) % 3] : c;
        }
        agree(pattern, (text){s, len}, GLOB_RESOURCE, false, 0, &values);
        agree(pattern, (text){s, len}, GLOB_LIKE, false, 0, &values);
        iamp_arena_release(&mem);
    }
}
END_TEST

/* All patterns of up to six characters on all texts of up to five. */
START_TEST(test_agrees_on_everything_small)
{
    static const char letters[] = "a:*?";
    char p[6] = {letters[_i % 4]}, s[5];
    text pattern = {p, (size_t)_i / 4 + 1};

    for (uint32_t rest = 0; rest < 1u << (2 * (pattern.len - 1)); rest++) {
        glob g;

        for (size_t i = 1; i < pattern.len; i++)
            p[i] = letters[rest >> (2 * (i - 1)) & 3];
        g = compile(pattern, GLOB_RESOURCE, false, 0);
        for (uint32_t bits = 1; bits < 64; bits++) {
            size_t len = 0;

            for (; bits >> (len + 1); len++)
                s[len] = ":a"[bits >> len & 1];
            agree_on(&g, pattern, (text){s, len}, GLOB_RESOURCE, &no_values);
        }
        iamp_arena_release(&mem);
    }
}
END_TEST

/* --- hostile and poor ---------------------------------------------------- */

static void repeat(char *room, size_t len, const char *what)
{
    size_t period = strlen(what);

    for (size_t i = 0; i < len; i++)
        room[i] = what[i % period];
}

/* Each pattern, repeated to its length, against texts that nearly match.  A
 * matcher of exponential, cubic or worse time does not come back. */
START_TEST(test_hostile)
{
    static const struct {
        const char *pattern, *subject;
        size_t len;
    } shapes[] = {
        {"a*", "a", 128},
        {"*a", "a", 128},
        {"*?", "a", 128},
        {"*a?", "ab", 129},
        {"*ab", "ab", 129},
        {"a*:", "a:", 129},
        {"*:", "a:", 129},
        {"aaaaaaaaaaaaaaa*", "a", 1024},
        {"*a:", ":::::a", 1024},
    };
    char pattern[1040], subject[4096];
    clock_t start = clock();

    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        for (int syntax = GLOB_LIKE; syntax <= GLOB_RESOURCE; syntax++) {
            glob g;

            repeat(pattern, shapes[i].len, shapes[i].pattern);
            repeat(subject, sizeof(subject), shapes[i].subject);
            pattern[shapes[i].len] = 'z';
            g = compile((text){pattern, shapes[i].len + 1}, (glob_syntax)syntax,
                false, 0);
            ck_assert(!match(&g, (text){subject, sizeof(subject)}, NULL));
            pattern[shapes[i].len] = '?';
            pattern[shapes[i].len + 1] = 'z';
            g = compile((text){pattern, shapes[i].len + 2}, (glob_syntax)syntax,
                false, 0);
            ck_assert(!match(&g, (text){subject, sizeof(subject)}, NULL));
        }
    ck_assert_int_lt((clock() - start) / CLOCKS_PER_SEC, 1);
}
END_TEST

START_TEST(test_out_of_memory)
{
    text pattern = TEXT("Arn:a*:B:?:c:d/V/*/x*");
    template_piece pieces[64];
    size_t count = oracle_pieces(pattern, UINT32_MAX, pieces);
    iam_status status = IAM_ENOMEM;
    size_t n = 0;

    for (; status != IAM_OK; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        glob g;
        arena scratch;

        iamp_arena_init(&scratch, &poor);
        ck_assert_ptr_null(n ? NULL : iamp_arena_alloc(&scratch, 1, 1));
        status =
            iamp_glob_compile(&g, pieces, count, GLOB_RESOURCE, true, &scratch);
        ck_assert(status == IAM_OK || status == IAM_ENOMEM);
        if (status == IAM_ENOMEM) /* what is half made matches nothing */
            ck_assert(!iamp_glob_match(&g, TEXT(""), NULL));
        iamp_arena_release(&scratch);
    }
    ck_assert_uint_ge(n, 2);
    status = IAM_ENOMEM;
    for (n = 0; status != IAM_OK; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        arn_glob g;
        arena scratch;

        iamp_arena_init(&scratch, &poor);
        status = iamp_arn_glob_compile(&g, pieces, count, &scratch);
        ck_assert(status == IAM_OK || status == IAM_ENOMEM);
        ck_assert_int_eq(g.valid, status == IAM_OK);
        if (status == IAM_ENOMEM)
            ck_assert(!iamp_arn_glob_match(&g, TEXT(":::::"), NULL));
        iamp_arena_release(&scratch);
    }
    ck_assert_uint_ge(n, 3);
}
END_TEST

UNIT_SUITE(glob, setup, teardown, {
    tcase_add_loop_test(tc, test_fact, 0, COUNT_OF(facts));
    tcase_add_loop_test(tc, test_with_value, 0, COUNT_OF(with_values));
    tcase_add_test(tc, test_fold);
    tcase_add_test(tc, test_subject_with_nul);
    tcase_add_loop_test(tc, test_form, 0, COUNT_OF(forms));
    tcase_add_test(tc, test_empty_pieces);
    tcase_add_loop_test(tc, test_arn, 0, COUNT_OF(arns));
    tcase_add_test(tc, test_arn_of_few_parts);
    tcase_add_loop_test(tc, test_agrees_with_definition, 0, 14);
    tcase_add_loop_test(tc, test_agrees_where_it_matches, 0, 5);
    tcase_add_loop_test(tc, test_agrees_on_everything_small, 0, 24);
    tcase_add_test(tc, test_hostile);
    tcase_add_test(tc, test_out_of_memory);
})

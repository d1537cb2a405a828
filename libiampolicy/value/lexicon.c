/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lexicon.c - one table of patterns, compiled when first needed.
 *
 * Every pattern covers the whole text and counts bytes: what stands outside
 * ASCII is allowed by name or not at all.  No quantifier stands inside another
 * without a character between its rounds, so a match is linear in the text;
 * the limits are there in case a new rule forgets that, and running into one
 * is no match.
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "value/lexicon.h"

#include <pcre2.h>

/* One host name, or the label of one. */
#define LABEL "[a-z0-9](?:[a-z0-9-]*+)"

/* The domains under which AWS names its services, partition by partition. */
#define SERVICE_DOMAIN                                                 \
    "(?:amazonaws\\.(?:com(?:\\.cn)?|eu)|amazon\\.com|aws\\.internal|" \
    "api\\.aws|c2s\\.ic\\.gov|sc2s\\.sgov\\.gov|cloud\\.adc-e\\.uk|"   \
    "csp\\.hci\\.ic\\.gov)"

/* What stands before the first dot of an inference profile's id: a country,
 * a group of them, or the world. */
#define GEOGRAPHY "(?:[a-z]{2}(?:-gov)?|apac|global)"

/* The parts of a model's id; behind the second, further ones may follow. */
#define MODEL_PART "[a-z0-9-]{1,63}"
#define MODEL      MODEL_PART "\\." MODEL_PART "(?:[.:]" MODEL_PART ")*+"

static const char *const patterns[LEX_COUNT] = {
    [LEX_SID] = "[A-Za-z0-9]*+",
    [LEX_ACTION] = "\\*+|[A-Za-z0-9*?-]++:[A-Za-z0-9*?_.-]++",
    [LEX_ACCOUNT] = "[0-9]{12}",
    [LEX_PARTITION] = "aws(?:-cn|-us-gov|-iso(?:-[bef])?|-eusc)?|"
                      "(?=[^*?]*+[*?])[a-z0-9*?-]++",
    [LEX_UNIQUE_ID] = "A(?:IDA|ROA)[A-Za-z0-9]{12,124}+",
    [LEX_SERVICE_NAME] = "(?:" LABEL "\\.)+?" SERVICE_DOMAIN,
    [LEX_CANONICAL_USER] = "[0-9A-Fa-f]{64}",
    [LEX_FEDERATED] = "arn:aws[a-z-]*+:iam::[0-9]{12}:"
                      "(?:saml-provider/[A-Za-z0-9._-]{1,128}+|"
                      "oidc-provider/[A-Za-z0-9._:/%~-]++)|"
                      "(?:[A-Za-z0-9](?:[A-Za-z0-9-]*+)\\.)++[A-Za-z0-9-]++"
                      "(?::[0-9]{1,5}+)?(?:/[A-Za-z0-9._~%/-]*+)?",
    [LEX_CONDITION_KEY] = "[A-Za-z0-9._/-]++:[^\\x00-\\x1f\\x7f]++",
    [LEX_OPERATION] = "[A-Za-z0-9-]++:[A-Za-z0-9]++",
    [LEX_MODEL_ID] = "(?!" GEOGRAPHY "\\.[a-z0-9-]++\\.)" MODEL,
    [LEX_PROFILE_ID] = GEOGRAPHY "\\." MODEL,
};

enum {
    LONGEST_PATTERN = 512,
    MATCH_LIMIT = 100000, /* steps; the rules need a few per byte */
    DEPTH_LIMIT = 10000,
    HEAP_LIMIT = 1024 /* KiB */
};

struct lexicon {
    const iam_allocator *from;
    pcre2_general_context *general;
    pcre2_compile_context *compile;
    pcre2_match_context *match;
    pcre2_match_data *found;
    pcre2_code *rules[LEX_COUNT]; /* NULL: not asked about yet */
};

static void *acquire(size_t size, void *user)
{
    const lexicon *lex = user;

    return iamp_memory_acquire(lex->from, size);
}

static void release(void *ptr, void *user)
{
    const lexicon *lex = user;

    iamp_memory_release(lex->from, ptr);
}

/* Those that are not there yet: memory may have run out on the way. */
static iam_status make_contexts(lexicon *lex)
{
    if (!lex->general)
        lex->general = pcre2_general_context_create(acquire, release, lex);
    if (!lex->general)
        return IAM_ENOMEM;
    if (!lex->compile)
        lex->compile = pcre2_compile_context_create(lex->general);
    if (!lex->match)
        lex->match = pcre2_match_context_create(lex->general);
    if (!lex->found)
        lex->found = pcre2_match_data_create(1, lex->general);
    if (!lex->compile || !lex->match || !lex->found)
        return IAM_ENOMEM;
    pcre2_set_match_limit(lex->match, MATCH_LIMIT);
    pcre2_set_depth_limit(lex->match, DEPTH_LIMIT);
    pcre2_set_heap_limit(lex->match, HEAP_LIMIT);
    return IAM_OK;
}

iam_status iamp_lexicon_new(lexicon **out, const iam_allocator *from)
{
    lexicon *lex = iamp_memory_acquire(from, sizeof(*lex));

    *out = NULL;
    if (!lex)
        return IAM_ENOMEM;
    *lex = (lexicon){.from = from};
    *out = lex;
    return IAM_OK;
}

void iamp_lexicon_free(lexicon *lex)
{
    if (!lex)
        return;
    for (size_t i = 0; i < LEX_COUNT; i++)
        pcre2_code_free(lex->rules[i]);
    pcre2_match_data_free(lex->found);
    pcre2_match_context_free(lex->match);
    pcre2_compile_context_free(lex->compile);
    pcre2_general_context_free(lex->general);
    iamp_memory_release(lex->from, lex);
}

/* Compile "\A(?:pattern)\z". */
static iam_status compile_rule(lexicon *lex, lexical_rule rule)
{
    PCRE2_UCHAR whole[LONGEST_PATTERN + 16];
    size_t len = strlen(patterns[rule]), offset;
    int error;

    assert(len <= LONGEST_PATTERN);
    memcpy(whole, "\\A(?:", 5);
    memcpy(whole + 5, patterns[rule], len);
    memcpy(whole + 5 + len, ")\\z", 3);
    lex->rules[rule] = pcre2_compile(
        whole, len + 8, PCRE2_NO_AUTO_CAPTURE, &error, &offset, lex->compile);
    /* The patterns are ours: memory is all that can be missing. */
    return lex->rules[rule] ? IAM_OK : IAM_ENOMEM;
}

/* --- what needs no pattern ------------------------------------------------ */

static bool letter_or_digit(char c)
{
    unsigned char lower = ascii_lower(c);

    return ascii_digit(c) || (lower >= 'a' && lower <= 'z');
}

/* Is every character a letter, a digit or one of `others`? */
static bool made_of(text t, text others)
{
    for (size_t i = 0; i < t.len; i++)
        if (!letter_or_digit(t.ptr[i]) &&
            iamp_text_find(others, t.ptr[i]) == others.len)
            return false;
    return true;
}

/* What nearly every policy is made of, and the rules certainly allow: a pattern
 * costs more to compile than most policies to read.  False says nothing. */
static bool plainly_matches(lexical_rule rule, text t)
{
    size_t colon = iamp_text_find(t, ':');

    if (rule == LEX_SID)
        return made_of(t, TEXT(""));
    if (rule == LEX_PARTITION)
        return text_eq(t, TEXT("aws"));
    if (colon == 0 || colon + 1 >= t.len)
        return false;
    if (rule == LEX_ACTION)
        return made_of(text_slice(t, 0, colon), TEXT("*?-")) &&
               made_of(text_from(t, colon + 1), TEXT("*?_.-"));
    return rule == LEX_CONDITION_KEY &&
           made_of(text_slice(t, 0, colon), TEXT("._/-")) &&
           made_of(text_from(t, colon + 1), TEXT("._/:@=+-"));
}

iam_status iamp_lexicon_match_pattern(
    lexicon *lex, lexical_rule rule, text t, bool *matches)
{
    int answer;

    *matches = false;
    if (!lex->rules[rule] &&
        (make_contexts(lex) != IAM_OK || compile_rule(lex, rule) != IAM_OK))
        return IAM_ENOMEM;
    if (t.len == 0)
        t = TEXT("");
    answer = pcre2_match(lex->rules[rule], (PCRE2_SPTR)t.ptr, t.len, 0, 0,
        lex->found, lex->match);
    if (answer == PCRE2_ERROR_NOMEMORY)
        return IAM_ENOMEM;
    *matches = answer >= 0;
    return IAM_OK;
}

iam_status iamp_lexicon_match(
    lexicon *lex, lexical_rule rule, text t, bool *matches)
{
    *matches = plainly_matches(rule, t);
    return *matches ? IAM_OK
                    : iamp_lexicon_match_pattern(lex, rule, t, matches);
}

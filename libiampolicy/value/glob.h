/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob.h - IAM's wildcards: compile a pattern once, match it often.
 *
 * A pattern is a row of tokens: literal text, one character, a run of
 * characters, the value of a variable.  Inside the first five fields of a
 * Resource pattern one character and a run stop at a colon (A.7.3); `*` and
 * `?` count characters, not bytes.
 */
#ifndef IAMP_GLOB_H
#define IAMP_GLOB_H

#include "value/template.h"

typedef enum glob_type {
    GLOB_LITERAL,      /* this text */
    GLOB_ONE,          /* ?  any character */
    GLOB_ONE_IN_FIELD, /* ?  any character but a colon */
    GLOB_RUN,          /* *  any run of characters, also none */
    GLOB_RUN_IN_FIELD, /* *  any run without a colon, also none */
    GLOB_VARIABLE      /* the value of variable `number` */
} glob_type;

/* Policies are made of these: they are kept as small as they go. */
typedef struct glob_token {
    const char *literal; /* of GLOB_LITERAL */
    uint32_t number;     /* of GLOB_LITERAL: its bytes, never 0; of
                            GLOB_VARIABLE: see template.h */
    uint8_t type;        /* glob_type */
} glob_token;

/* How a glob is matched fastest; follows from its tokens. */
typedef enum glob_shape {
    GLOB_EMPTY,  /* no token: only the empty text */
    GLOB_ANY,    /* * */
    GLOB_EXACT,  /* literal */
    GLOB_PREFIX, /* literal* */
    GLOB_SUFFIX, /* *literal */
    GLOB_PIECES, /* literals and * in turn */
    GLOB_MIXED   /* anything else */
} glob_shape;

typedef struct glob {
    union {
        const glob_token *tokens; /* of GLOB_PIECES and GLOB_MIXED */
        const char *literal;      /* of GLOB_EXACT, _PREFIX and _SUFFIX */
    } of;
    uint32_t number; /* of tokens, or the literal's bytes */
    uint8_t shape;   /* glob_shape */
    bool fold;       /* compare without regard to ASCII case */
    bool variable;   /* holds a GLOB_VARIABLE */
    bool invalid;    /* matches nothing (ArnLike value without six parts) */
} glob;

static inline text glob_token_text(const glob_token *token)
{
    return (text){token->literal, token->number};
}

/* The one literal of a GLOB_EXACT, GLOB_PREFIX or GLOB_SUFFIX. */
static inline text glob_literal(const glob *g)
{
    return (text){g->of.literal, g->number};
}

/* How many tokens a pattern has, and which, whatever its shape. */
uint32_t iamp_glob_count(const glob *g);
glob_token iamp_glob_token(const glob *g, uint32_t index);

/* What the characters * and ? of a pattern mean. */
typedef enum glob_syntax {
    GLOB_PLAIN,   /* themselves: StringEquals and its kin */
    GLOB_LIKE,    /* wildcards over the whole text: StringLike, actions */
    GLOB_RESOURCE /* wildcards by ARN field (A.7.3); "*" alone is any text */
} glob_syntax;

/*
 * Compile a pattern whose pieces (template.h) are given; the texts of the
 * pieces must live as long as `mem`.  With `fold` it matches without regard to
 * ASCII case.  IAM_ENOMEM.
 */
iam_status iamp_glob_compile(glob *out, const template_piece *pieces,
    size_t count, glob_syntax syntax, bool fold, arena *mem);

/* Six globs, one an ARN part: ArnLike and its kin (B.3.7). */
typedef struct arn_glob {
    glob part[6];
    bool valid; /* false: the pattern has fewer than six parts */
} arn_glob;

/* Splits at the first five colons that stand in literal text. IAM_ENOMEM. */
iam_status iamp_arn_glob_compile(
    arn_glob *out, const template_piece *pieces, size_t count, arena *mem);

/* Where a matcher gets the values of variables. */
typedef struct glob_values {
    /* False if the variable has no value: the pattern then matches nothing. */
    bool (*value)(const void *user, uint32_t number, text *out);
    const void *user;
} glob_values;

/* Does the pattern match the whole text?  Never allocates; time at most
 * proportional to the product of the lengths.  `values` may be NULL if
 * !pattern->variable.  A variable's value is literal text (C.5). */
bool iamp_glob_match(
    const glob *pattern, text subject, const glob_values *values);

/* The same for a subject that is in lower case already, and a pattern that
 * folds and has no variables. */
bool iamp_glob_match_lower(const glob *pattern, text subject);

/* `arn` is split at its first five colons; a text with fewer matches nothing. */
bool iamp_arn_glob_match(
    const arn_glob *pattern, text arn, const glob_values *values);

#endif

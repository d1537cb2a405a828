/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lexicon.h - the lexical rules of values, one table of PCRE2 patterns.
 *
 * A rule is compiled the first time it is asked about; a lexicon belongs to
 * one thread and one piece of work (compiling a document), so there is nothing
 * global to lock.
 */
#ifndef IAMP_LEXICON_H
#define IAMP_LEXICON_H

#include "base/text.h"

typedef enum lexical_rule {
    LEX_SID,            /* A2.7: letters and digits */
    LEX_ACTION,         /* A6.1: prefix:Name, wildcards allowed */
    LEX_ACCOUNT,        /* twelve digits */
    LEX_PARTITION,      /* a partition that exists, or wildcards */
    LEX_UNIQUE_ID,      /* A.5.1: AIDA..., AROA... */
    LEX_SERVICE_NAME,   /* x.amazonaws.com and its like */
    LEX_CANONICAL_USER, /* 64 hexadecimal digits */
    LEX_FEDERATED,      /* a provider's host name or ARN */
    LEX_CONDITION_KEY,  /* prefix:name, tag keys included */
    LEX_OPERATION,      /* service:Operation */
    LEX_MODEL_ID,       /* G.3: a foundation model */
    LEX_PROFILE_ID,     /* G.3: an inference profile */
    LEX_COUNT
} lexical_rule;

typedef struct lexicon lexicon;

/* IAM_ENOMEM. */
iam_status iamp_lexicon_new(lexicon **out, const iam_allocator *from);
void iamp_lexicon_free(lexicon *lex);

/* Does the rule match the whole text?  IAM_ENOMEM, else *matches is set. */
iam_status iamp_lexicon_match(
    lexicon *lex, lexical_rule rule, text t, bool *matches);

/* The same answer from the pattern, whatever the text is. */
iam_status iamp_lexicon_match_pattern(
    lexicon *lex, lexical_rule rule, text t, bool *matches);

#endif

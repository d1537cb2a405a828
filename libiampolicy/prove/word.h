/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word.h - which words match these patterns and none of those?
 *
 * A word is a row of letters: Unicode code points, and WORD_FRESH, which stands
 * for a letter that occurs in no pattern, has no case variant, and is no
 * colon, slash or digit.  A pattern is a row of tokens: a letter, one letter of
 * a class, any run of letters of a class.  docs/prover.md has the lemmas.
 *
 * A conjunction of patterns and negated patterns is decided exactly: a word, or
 * a proof that there is none, or "unknown" when the budget of steps is used up.  Nothing here knows of IAM.
 */
#ifndef IAMP_WORD_H
#define IAMP_WORD_H

#include "base/text.h"

#define WORD_FRESH UINT32_C(0x110000)

enum {
    WORD_LONGEST = 24575 /* tokens of one pattern */
};

typedef enum word_token_type {
    WORD_LETTER, /* this letter */
    WORD_ONE,    /* any one letter of the class */
    WORD_RUN     /* any run of letters of the class, also none */
} word_token_type;

typedef enum word_class {
    CLASS_ANY = 0,
    CLASS_NO_COLON, /* stops at ':' */
    CLASS_NO_SLASH, /* stops at '/' */
    CLASS_DIGIT     /* '0' to '9' */
} word_class;

typedef struct word_token {
    uint32_t letter; /* of WORD_LETTER; never WORD_FRESH */
    uint8_t type;    /* word_token_type */
    uint8_t class;   /* word_class of the others */
} word_token;

/* Immutable once made.  Equal patterns (tokens and fold) have equal hashes. */
typedef struct word_pattern {
    const word_token *tokens;
    uint32_t count;
    uint32_t letters; /* how many tokens are WORD_LETTER */
    uint64_t hash;
    bool fold;    /* letters stand in lower case; match without ASCII case */
    bool plain;   /* no WORD_ONE and no WORD_RUN: one word (but for fold) */
    bool has_one; /* some WORD_ONE */
    bool classy;  /* some token of a class other than CLASS_ANY */
} word_pattern;

/* Tokens are gathered here, then made a pattern. */
typedef struct word_builder {
    word_token *tokens;
    uint32_t count, room;
    const iam_allocator *from;
    bool failed; /* out of memory: stays set */
} word_builder;

void iamp_word_builder_init(word_builder *b, const iam_allocator *from);
void iamp_word_builder_release(word_builder *b);
void iamp_word_builder_reset(word_builder *b);
/* The letters of a UTF-8 text. */
void iamp_word_add_text(word_builder *b, text literal);
/* Behind a run of the same class it goes before it: "*?" becomes "?*". */
void iamp_word_add_one(word_builder *b, word_class class);
/* A run next to a run of a wider or the same class adds nothing. */
void iamp_word_add_run(word_builder *b, word_class class);

/* The pattern of what was gathered, in `mem`.  With `fold` its ASCII letters
 * are put in lower case; without any such letter the pattern does not fold.
 * IAM_ENOMEM (also if the builder failed); IAM_ELIMIT: over WORD_LONGEST. */
iam_status iamp_word_pattern_make(
    word_pattern *out, const word_builder *b, bool fold, arena *mem);

/* The same in two steps.  A view is of the builder's own tokens, which it folds
 * where they stand, and lasts until the builder is used again. */
iam_status iamp_word_pattern_view(
    word_pattern *out, const word_builder *b, bool fold);
iam_status iamp_word_pattern_keep(word_pattern *p, arena *mem);

bool iamp_word_pattern_equal(const word_pattern *a, const word_pattern *b);

/* Does the whole word match?  No allocation; at most proportional to the
 * product of the lengths. */
bool iamp_word_match(const word_pattern *p, const uint32_t *word, size_t len);

/* The same for a UTF-8 text. */
bool iamp_word_match_text(const word_pattern *p, text t);

/* The letter at byte *at of a UTF-8 text, which is moved behind it. */
uint32_t iamp_word_letter(text t, size_t *at);

/* Quick facts, each exact when it says true and allowed to say false when it
 * does not know: every word of `a` is one of `b`; no word is both. */
bool iamp_word_within(const word_pattern *a, const word_pattern *b);
bool iamp_word_disjoint(const word_pattern *a, const word_pattern *b);

/* The same, and what was visited is added to *work. */
bool iamp_word_within_work(
    const word_pattern *a, const word_pattern *b, uint64_t *work);
bool iamp_word_disjoint_work(
    const word_pattern *a, const word_pattern *b, uint64_t *work);

/* All positives, none of the negatives. */
typedef struct word_query {
    const word_pattern *const *positive;
    const word_pattern *const *negative;
    uint32_t positive_count, negative_count;
} word_query;

typedef enum word_answer {
    WORD_UNKNOWN = 0, /* out of steps */
    WORD_EMPTY,       /* there is none */
    WORD_FOUND,
    WORD_NO_MEMORY
} word_answer;

/*
 * Find a word.  *steps is the budget, and is lowered by the work done; memory
 * is bounded by it too, to less than eight bytes a step.  The word (of
 * WORD_FOUND) lives in `mem`; scratch memory comes from its allocator and is
 * given back.  Deterministic.  The word is one that was found cheaply, often
 * longer than need be; with no pattern at all it is empty.
 *
 * With WORD_EMPTY, core_positive[i] and core_negative[i] (arrays of the counts,
 * may be NULL) tell which patterns are enough for there to be none: a minimal
 * set as far as that is cheap.  With other answers they mean nothing.
 */
typedef struct word_result {
    word_answer answer;
    const uint32_t *word;
    size_t len;
} word_result;
word_result iamp_word_find(const word_query *query, uint64_t *steps,
    bool *core_positive, bool *core_negative, arena *mem);

/* The same with a word than which none is shorter; at times dearer. */
word_result iamp_word_shortest(
    const word_query *query, uint64_t *steps, arena *mem);

/*
 * Evidence that a query has no word: a closed set of states.
 *
 * A state has, for each positive and then each negative, the set of token
 * positions (0 to count) in which its automaton can be; position i is before
 * token i.  The first state is that of position 0 alone, completed.  A letter
 * leads from i to i + 1 if token i is a WORD_LETTER that is the letter (of a
 * pattern with `fold`: that is its ASCII lower case) or a WORD_ONE whose class
 * has it, and from i to i if it is a WORD_RUN whose class has it; completed
 * again.  To complete a set: with i put i + 1 too if token i is a WORD_RUN, as
 * long as there is any; then drop the positions before the highest one in the
 * set that is a WORD_RUN of CLASS_ANY (what matches from them matches from there).
 *
 * A state is dead if some positive's set is empty, or some negative stands at
 * its last token and this is a WORD_RUN of CLASS_ANY: whatever follows, it
 * matches.  A state is accepting if every positive and no negative has the
 * position `count`.  There is no word iff the first state is dead, or in a set
 * which holds no accepting state and with each state all that the following
 * letters lead to, unless that is dead:
 *
 *  (a) WORD_FRESH;
 *  (b) ':' if some negative stands at a token (one or run) of CLASS_NO_COLON,
 *      '/' if one stands at a token of CLASS_NO_SLASH;
 *  (c) if some positive stands at a token of CLASS_DIGIT: the least digit that
 *      is a letter of no negative; all ten if each is a letter of some;
 *  (d) each letter at which a positive stands that does not fold; and one that
 *      is not in a-z at which a folding positive stands;
 *  (e) for each x in a-z at which a folding positive stands: x, unless it is a
 *      letter of some negative that does not fold; else its upper case, unless
 *      that is such a letter too; else both.
 *
 * These letters are enough.  Say the word cv, c a letter, is left to find from
 * a state; fix for each positive a run of its automaton over cv.  If some
 * positive reads c by a WORD_LETTER, c is tried by (d) or (e), or, if only
 * folding positives read it so, its other case is, which no negative that does
 * not fold tells from a fresh one.  If none does but one reads it by a
 * CLASS_DIGIT, c is tried by (c) or a digit is that no negative names.  Else
 * all read it by classes that WORD_FRESH is in, too; that is tried, unless c is
 * ':' or '/' and tried by (b).  The letter put for c keeps the positives' runs,
 * and gives a negative no position that c would not give: by tokens of classes
 * nothing new is read (but WORD_FRESH where ':' or '/' is not: the case of (b)),
 * and by WORD_LETTERs neither.  So v is left to find behind it as well.
 *
 * `each` is told the states of the smallest such set, as rows of 64-bit sets,
 * the bits of pattern i in words[i] (ceil((count + 1) / 64) words, lowest bit
 * first); the rows are borrowed.  False from `each` ends it with WORD_UNKNOWN.
 * WORD_EMPTY if all was told: none if the first state is dead.  After any other
 * answer what was told is no evidence.
 */
typedef bool (*iamp_word_state)(
    void *user, const uint64_t *const *words, uint32_t patterns);
word_answer iamp_word_evidence(const word_query *query, uint64_t *steps,
    iamp_word_state each, void *user, arena *mem);

/* A word as UTF-8 text in `mem`: each WORD_FRESH becomes `fresh`'s letters in
 * turn (a letter that none of the query's patterns has; chosen by the caller).
 * ptr is NULL without memory. */
text iamp_word_text(
    const uint32_t *word, size_t len, uint32_t fresh, arena *mem);

/* A letter fit to stand for WORD_FRESH beside these patterns: from `wanted`
 * (ASCII, tried in order), else a code point above U+00FF without case. */
uint32_t iamp_word_fresh_letter(const word_query *query, const char *wanted);

#endif

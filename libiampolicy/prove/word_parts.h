/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_parts.h - what the files of word.h share: tokens against letters, sets of
 * token positions, the search.
 */
#ifndef IAMP_WORD_PARTS_H
#define IAMP_WORD_PARTS_H

#include "prove/word.h"

enum {
    WORD_SET_ROOM = WORD_LONGEST / 64 + 1 /* of the longest pattern's set */
};

/* How many 64-bit sets hold the positions 0 to count. */
static inline uint32_t set_words(uint32_t count)
{
    return count / 64 + 1;
}

/* The empty set of positions 0 to count; there is a word, whatever the count. */
static inline void set_clear(uint64_t *set, uint32_t count)
{
    set[0] = 0;
    for (uint32_t i = 1; i < set_words(count); i++)
        set[i] = 0;
}

static inline bool set_has(const uint64_t *set, uint32_t at)
{
    return set[at / 64] >> (at % 64) & 1;
}

/* The number of the lowest bit of what is not 0. */
static inline uint32_t lowest_bit(uint64_t bits)
{
#if defined(__GNUC__)
    return (uint32_t)__builtin_ctzll(bits);
#else
    uint32_t at = 0;

    while (!(bits >> at & 1))
        at++;
    return at;
#endif
}

static inline uint32_t letter_lower(uint32_t letter)
{
    return letter - 'A' < 26 ? letter + 32 : letter;
}

static inline bool class_has(uint8_t class, uint32_t letter)
{
    switch ((word_class) class) {
    case CLASS_NO_COLON:
        return letter != ':';
    case CLASS_NO_SLASH:
        return letter != '/';
    case CLASS_DIGIT:
        return letter - '0' < 10;
    case CLASS_ANY:
    default:
        return true;
    }
}

/* Is every letter of `a` one of `b`?  Two classes always have one in common:
 * the digits are in all of them. */
static inline bool class_within(uint8_t a, uint8_t b)
{
    return b == CLASS_ANY || a == b || a == CLASS_DIGIT;
}

static inline bool is_run(const word_pattern *p, uint32_t at)
{
    return at < p->count && p->tokens[at].type == WORD_RUN;
}

/* Put position `at` into the set, and those behind runs that follow.  *floor
 * is raised to the highest run of any letters among them. */
static inline void set_reach(
    uint64_t *set, const word_pattern *p, uint32_t at, uint32_t *floor)
{
    while (!set_has(set, at)) {
        set[at / 64] |= UINT64_C(1) << (at % 64);
        if (!is_run(p, at))
            return;
        if (p->tokens[at].class == CLASS_ANY && at > *floor)
            *floor = at;
        at++;
    }
}

/* Drop the positions before `floor`, a run of any letters: what matches from
 * one of them, comes by that run, and so matches from there as a whole. */
static inline void set_trim(uint64_t *set, uint32_t floor)
{
    for (uint32_t i = 0; i < floor / 64; i++)
        set[i] = 0;
    set[floor / 64] &= ~UINT64_C(0) << (floor % 64);
}

/* The set before any letter is read. */
void iamp_word_begin(const word_pattern *p, uint64_t *to);

/* The positions `to` that `letter` leads to; false if there are none.  What is
 * visited is added to *work. */
bool iamp_word_advance(const word_pattern *p, const uint64_t *from,
    uint64_t *to, uint32_t letter, uint64_t *work);

/* --- states that a search has found: word_states.c ------------------------ */

/* Where a state came from. */
typedef struct word_trace {
    uint32_t parent;
    uint32_t letter;
    uint32_t hash;
    uint32_t kin; /* 1 + the state before it with the same place in `family` */
} word_trace;

/* States are numbered from 0.  Behind the last one is room for a draft.  A
 * state is a row of 64-bit words: sets of positives, sets of negatives, what
 * groups say (below). */
typedef struct word_states {
    const iam_allocator *from;
    uint64_t *sets; /* `words` of each state */
    word_trace *traces;
    uint32_t *table;  /* by hash: 1 + a state, or 0 */
    uint32_t *family; /* by hash of the positives: 1 + the latest state */
    uint32_t words;
    uint32_t positive_words; /* before the negatives' */
    uint32_t group_at;       /* the groups' words, up to the end */
    uint32_t count, room, table_size;
    bool subsume; /* leave out what is no better than a state that was kept */
    void *memory; /* all the arrays, unless they are the caller's */
} word_states;

static inline uint64_t *state_sets(const word_states *s, uint32_t i)
{
    return s->sets + (size_t)i * s->words;
}

/* The caller has set from, words, positive_words, group_at, subsume, and arrays
 * of its own: `sets`, `traces`, and 4 * states_at_hand of `table`.  False: no
 * memory, and nothing to release. */
bool iamp_word_states_init(
    word_states *s, uint32_t words_at_hand, uint32_t states_at_hand);
void iamp_word_states_release(word_states *s);

/* Keep the draft unless it is known or beaten.  False if memory ran out. */
bool iamp_word_states_keep(
    word_states *s, uint32_t parent, uint32_t letter, uint64_t *work);

/* --- many negatives without wildcards: word_group.c ------------------------ */

enum {
    GROUP_WORDS = 2
};

/* Patterns that are words, in alphabetical order.  What was read so far is the
 * start of those with numbers lo to hi - 1: in a state, lo + 1 and the length
 * above it, then hi; or 0 twice, if it is the start of none. */
typedef struct word_group {
    const word_pattern *const *pattern;
    uint32_t *number; /* of the patterns, `count` of them */
    uint32_t count;
    bool fold; /* all of them do, or none */
} word_group;

void iamp_word_group_sort(word_group *g, uint64_t *work);
void iamp_word_group_begin(const word_group *g, uint64_t *to);
void iamp_word_group_advance(const word_group *g, const uint64_t *from,
    uint64_t *to, uint32_t letter, uint64_t *work);

/* Was one of the words read?  Its number is told. */
bool iamp_word_group_matched(
    const word_group *g, const uint64_t *words, uint32_t *number);

/* --- the search: word_search.c ---------------------------------------------- */

/* What it is to do. */
typedef struct word_search {
    word_query query;
    uint64_t *steps;
    iamp_word_state each; /* evidence: is told every state; else NULL */
    void *user;
    bool *used_positive, *used_negative; /* of WORD_EMPTY: a core; or NULL */
    bool only_answer;                    /* the word is not asked for */
    arena *mem;                          /* of the word */
} word_search;

word_result iamp_word_search(const word_search *search);

/* A word that the positives suggest, if it is one and `steps` suffice to see
 * that; else WORD_UNKNOWN, or no memory: word_guess.c. */
word_result iamp_word_guess(const word_query *q, arena *mem, bool only_answer,
    uint64_t steps, uint64_t *work);

/* A pattern that is followed by itself. */
typedef struct word_member {
    const word_pattern *pattern;
    uint32_t number;
    uint32_t offset; /* of its set in a state */
    bool open_end;   /* the last token is a run of any letters */
} word_member;

typedef struct word_machine {
    const word_search *search;
    const word_pattern *const *pattern; /* positives, then negatives */
    uint32_t positives, patterns;
    word_member *parts; /* the positives, then negatives that are in no group */
    uint32_t part_count;
    word_group groups[2]; /* that do not fold, that do */
    uint32_t *numbers;    /* of the groups' patterns: room for all */
    uint32_t *others;     /* room for the letters that are not ASCII */
    const uint64_t **rows;
    bool *used;        /* by number: was it ever blamed? */
    uint32_t cased[2]; /* ASCII letters, lower and upper, of negatives that do
                          not fold */
    bool exact;        /* some positive's letters do not fold */
    uint32_t digits;   /* what a digit is tried as: a bit for each */
    uint32_t beginner; /* the positive whose first letters have been read, */
    uint32_t begun;    /* and how many */
    uint64_t work;
    word_states states;
} word_machine;

static inline const uint64_t *set_of(
    const word_machine *m, const uint64_t *sets, uint32_t part)
{
    return sets + m->parts[part].offset;
}

typedef struct word_letters {
    uint64_t ascii[2];
    uint32_t other_count; /* of word_machine.others */
} word_letters;

/* Which letters negatives tell from others. */
void iamp_word_note_letters(word_machine *m);

/* The letters to try from a state. */
word_letters iamp_word_gather(word_machine *m, const uint64_t *sets);

/* The only letter to try where positive `i` stands at token `at`, or 0. */
uint32_t iamp_word_only_letter(const word_machine *m, uint32_t i, uint32_t at);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_oracle.h - word.h by definition, for small patterns: no lemma, no
 * redundancy, every letter is tried.
 *
 * A pattern is text.  Its wildcards, a run and one letter of a class:
 *
 *      * ?   any      + !   no colon      ~ ^   no slash      # @   digit
 *
 * A leading ` folds case.  A letter is an ASCII character, and `$` stands for
 * WORD_FRESH in words; it is in no pattern.
 */
#ifndef WORD_ORACLE_H
#define WORD_ORACLE_H

#include <stdlib.h>
#include <string.h>

#include "prove/word.h"

enum {
    ORACLE_PATTERNS = 8,
    ORACLE_STATES = 60000
};

static inline char oracle_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* 'l': a letter; '1': one of a class; 'r': a run. */
static inline char oracle_kind(char token)
{
    return strchr("*+~#", token) ? 'r' : strchr("?!^@", token) ? '1' : 'l';
}

/* Does the token, by itself, read the letter? */
static inline bool oracle_reads(char token, bool fold, char letter)
{
    switch (token) {
    case '*':
    case '?':
        return true;
    case '+':
    case '!':
        return letter != ':';
    case '~':
    case '^':
        return letter != '/';
    case '#':
    case '@':
        return letter >= '0' && letter <= '9';
    default:
        return fold ? oracle_lower(token) == oracle_lower(letter)
                    : token == letter;
    }
}

/* By trying every split: exponential, for short words only. */
static inline bool oracle_match_rest(const char *p, bool fold, const char *word)
{
    if (*p == 0)
        return *word == 0;
    if (oracle_kind(*p) == 'r' && oracle_match_rest(p + 1, fold, word))
        return true;
    return *word && oracle_reads(*p, fold, *word) &&
           oracle_match_rest(
               oracle_kind(*p) == 'r' ? p : p + 1, fold, word + 1);
}

static inline bool oracle_match(const char *pattern, const char *word)
{
    bool fold = pattern[0] == '`';

    return oracle_match_rest(pattern + fold, fold, word);
}

/* --- emptiness, by all states over all letters ---------------------------- */

typedef struct oracle_query {
    const char *pattern[ORACLE_PATTERNS]; /* positives, then negatives */
    uint32_t positives, negatives;
} oracle_query;

/* Positions of one pattern, as bits. */
static inline uint32_t oracle_closed(const char *p, uint32_t set)
{
    for (uint32_t i = 0; p[i]; i++)
        if ((set >> i & 1) && oracle_kind(p[i]) == 'r')
            set |= UINT32_C(2) << i;
    return set;
}

static inline uint32_t oracle_step(
    const char *p, bool fold, uint32_t set, char letter)
{
    uint32_t next = 0;

    for (uint32_t i = 0; p[i]; i++)
        if ((set >> i & 1) && oracle_reads(p[i], fold, letter))
            next |= UINT32_C(1) << (oracle_kind(p[i]) == 'r' ? i : i + 1);
    return oracle_closed(p, next);
}

typedef struct oracle_state {
    uint32_t set[ORACLE_PATTERNS];
    int length;
} oracle_state;

/* Every letter of the patterns in both cases, the letters that classes tell
 * from others, and one that nobody names. */
static inline void oracle_alphabet(const oracle_query *q, char *out)
{
    char all[512] = "$:/0123456789";
    size_t count = strlen(all);

    for (uint32_t i = 0; i < q->positives + q->negatives; i++)
        for (const char *p = q->pattern[i]; *p; p++)
            if (oracle_kind(*p) == 'l' && *p != '`' && count < 500) {
                all[count++] = oracle_lower(*p);
                all[count++] = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
            }
    all[count] = 0;
    count = 0;
    for (const char *p = all; *p; p++)
        if (!memchr(out, *p, count))
            out[count++] = *p;
    out[count] = 0;
}

static inline bool oracle_ends(const oracle_query *q, const oracle_state *s)
{
    for (uint32_t i = 0; i < q->positives + q->negatives; i++) {
        const char *p = q->pattern[i] + (q->pattern[i][0] == '`');
        bool matches = s->set[i] >> strlen(p) & 1;

        if (matches != (i < q->positives))
            return false;
    }
    return true;
}

/* The length of a shortest word, -1 if there is none, -2 if it gave up. */
static inline int oracle_shortest(const oracle_query *q, uint32_t most_states)
{
    static oracle_state states[ORACLE_STATES];
    static uint32_t table[ORACLE_STATES * 2];
    uint32_t patterns = q->positives + q->negatives;
    uint32_t count = 1;
    char alphabet[512];

    memset(table, 0, sizeof(table));
    oracle_alphabet(q, alphabet);
    memset(&states[0], 0, sizeof(states[0]));
    for (uint32_t i = 0; i < patterns; i++)
        states[0].set[i] =
            oracle_closed(q->pattern[i] + (q->pattern[i][0] == '`'), 1);
    for (uint32_t at = 0; at < count; at++) {
        if (oracle_ends(q, &states[at]))
            return states[at].length;
        for (const char *letter = alphabet; *letter; letter++) {
            oracle_state next = {{0}, states[at].length + 1};
            uint64_t hash = 1;
            bool dead = false;

            for (uint32_t i = 0; i < patterns; i++) {
                bool fold = q->pattern[i][0] == '`';

                next.set[i] = oracle_step(
                    q->pattern[i] + fold, fold, states[at].set[i], *letter);
                dead |= i < q->positives && next.set[i] == 0;
                hash = (hash + next.set[i]) * UINT64_C(0x9e3779b97f4a7c15);
                hash ^= hash >> 31;
            }
            hash %= ORACLE_STATES * 2;
            while (!dead && table[hash] &&
                   memcmp(states[table[hash] - 1].set, next.set,
                       sizeof(next.set)) != 0)
                hash = (hash + 1) % (ORACLE_STATES * 2);
            if (dead || table[hash])
                continue;
            if (count == most_states || count == ORACLE_STATES)
                return -2;
            states[count++] = next;
            table[hash] = count;
        }
    }
    return -1;
}

/* --- the library's form ---------------------------------------------------- */

static inline word_pattern oracle_pattern(const char *p, arena *mem)
{
    bool fold = p[0] == '`';
    word_pattern out = {NULL, 0, 0, 0, false, false, false, false};
    word_builder b;

    iamp_word_builder_init(&b, NULL);
    for (p += fold; *p; p++) {
        const char *class = strchr("*?+!~^#@", *p);
        word_class number =
            class ? (word_class)((class - strchr("*?+!~^#@", '*')) / 2)
                  : CLASS_ANY;

        if (oracle_kind(*p) == 'r')
            iamp_word_add_run(&b, number);
        else if (oracle_kind(*p) == '1')
            iamp_word_add_one(&b, number);
        else
            iamp_word_add_text(&b, (text){p, 1});
    }
    if (iamp_word_pattern_make(&out, &b, fold, mem) != IAM_OK)
        abort();
    iamp_word_builder_release(&b);
    return out;
}

static inline void oracle_word(const word_result *r, char *out, size_t room)
{
    size_t i = 0;

    for (; i < r->len && i + 1 < room; i++)
        out[i] = r->word[i] == WORD_FRESH ? '$' : (char)r->word[i];
    out[i] = 0;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob_oracle.h - the definition of a match, slowly and without a compiler.
 *
 * A pattern is a text in which V and W stand for variables.  It is read
 * character by character by the rules of A.7.3, and the text by the set of all
 * places the pattern can have come to.
 */
#ifndef GLOB_ORACLE_H
#define GLOB_ORACLE_H

#include "value/glob.h"

enum {
    ORACLE_TEXT = 2048 /* longest subject */
};

/* Values of V and W; ptr is NULL if there is none. */
typedef struct oracle_values {
    text value[2];
} oracle_values;

static inline bool oracle_value(const void *user, uint32_t number, text *out)
{
    const oracle_values *values = user;

    *out = values->value[number];
    return out->ptr != NULL;
}

typedef struct oracle_places {
    bool here[ORACLE_TEXT + 1];
} oracle_places;

static inline void oracle_literal(
    oracle_places *p, text subject, char c, bool fold)
{
    for (size_t at = subject.len + 1; at-- > 0;) {
        bool same =
            at < subject.len &&
            (subject.ptr[at] == c ||
                (fold && ascii_lower(subject.ptr[at]) == ascii_lower(c)));

        if (at == subject.len)
            p->here[at] = false;
        else if (p->here[at]) {
            p->here[at] = false;
            p->here[at + 1] |= same;
        }
    }
}

static inline void oracle_one(oracle_places *p, text subject, bool in_field)
{
    oracle_places next = {.here = {false}};

    for (size_t at = 0; at < subject.len; at++)
        if (p->here[at] && !(in_field && subject.ptr[at] == ':'))
            next.here[at + text_char_len(subject, at)] = true;
    *p = next;
}

static inline void oracle_run(oracle_places *p, text subject, bool in_field)
{
    for (size_t at = 0; at < subject.len; at++)
        if (p->here[at] && !(in_field && subject.ptr[at] == ':'))
            p->here[at + text_char_len(subject, at)] = true;
}

static inline bool oracle_ends_field(text pattern, size_t at)
{
    return at + 1 == pattern.len || pattern.ptr[at + 1] == ':';
}

static inline bool oracle_match(text pattern, glob_syntax syntax, bool fold,
    text subject, const oracle_values *values)
{
    oracle_places p = {.here = {true}};
    size_t colons = 0;

    for (size_t at = 0; at < pattern.len; at++) {
        char c = pattern.ptr[at];
        bool in_field = syntax == GLOB_RESOURCE && colons < 5;

        if (c == 'V' || c == 'W') {
            text value = values->value[c - 'V'];

            if (!value.ptr)
                return false;
            for (size_t i = 0; i < value.len; i++)
                oracle_literal(&p, subject, value.ptr[i], fold);
        } else if (c == '*' && syntax != GLOB_PLAIN) {
            oracle_run(
                &p, subject, in_field && !oracle_ends_field(pattern, at));
        } else if (c == '?' && syntax != GLOB_PLAIN) {
            oracle_one(&p, subject, in_field);
        } else {
            oracle_literal(&p, subject, c, fold);
            colons += c == ':';
        }
    }
    return p.here[subject.len];
}

/* B.3.7: part by part. */
static inline bool oracle_arn_match(
    text pattern, text subject, const oracle_values *values)
{
    bool matches = true;

    for (size_t part = 0; part < 6; part++) {
        size_t p = iamp_text_find(pattern, ':');
        size_t s = iamp_text_find(subject, ':');

        if (part == 5) {
            p = pattern.len;
            s = subject.len;
        } else if (p == pattern.len || s == subject.len) {
            return false;
        }
        matches &= oracle_match(text_slice(pattern, 0, p), GLOB_LIKE, false,
            text_slice(subject, 0, s), values);
        if (part < 5) {
            pattern = text_from(pattern, p + 1);
            subject = text_from(subject, s + 1);
        }
    }
    return matches;
}

/* The pattern as pieces; literals are cut where `cuts` has a bit. */
static inline size_t oracle_pieces(
    text pattern, uint32_t cuts, template_piece *out)
{
    size_t count = 0;

    for (size_t at = 0; at < pattern.len; at++) {
        char c = pattern.ptr[at];
        template_piece *last = count ? &out[count - 1] : NULL;

        if (c == 'V' || c == 'W')
            out[count++] = (template_piece){
                .type = PIECE_VARIABLE, .variable = (uint32_t)(c - 'V')};
        else if (c == '*')
            out[count++] = (template_piece){.type = PIECE_STAR};
        else if (c == '?')
            out[count++] = (template_piece){.type = PIECE_QUESTION};
        else if (last && last->type == PIECE_LITERAL &&
                 !(cuts >> (at % 32) & 1))
            last->literal.len++;
        else
            out[count++] = (template_piece){.type = PIECE_LITERAL,
                .literal = text_slice(pattern, at, at + 1)};
    }
    return count;
}

#endif

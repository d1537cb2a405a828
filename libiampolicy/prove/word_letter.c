/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_letter.c - which letters are worth a try from a state.
 *
 * The rules, and why they are enough, stand in word.h, "Evidence".  One thing
 * is left out here: letters that lead to a dead state.
 */
#include "prove/word_parts.h"

void iamp_word_note_letters(word_machine *m)
{
    uint32_t digits = 0;

    for (uint32_t i = 0; i < m->positives; i++)
        m->exact |= !m->pattern[i]->fold && m->pattern[i]->letters > 0;
    for (uint32_t i = m->positives; i < m->patterns; i++) {
        const word_pattern *p = m->pattern[i];

        m->work += p->count;
        for (uint32_t k = 0; k < p->count; k++) {
            uint32_t letter = p->tokens[k].letter;

            if (p->tokens[k].type != WORD_LETTER)
                continue;
            if (letter - '0' < 10)
                digits |= UINT32_C(1) << (letter - '0');
            else if (!p->fold && letter - 'a' < 26)
                m->cased[0] |= UINT32_C(1) << (letter - 'a');
            else if (!p->fold && letter - 'A' < 26)
                m->cased[1] |= UINT32_C(1) << (letter - 'A');
        }
    }
    m->digits = digits == 0x3ff ? digits : ~digits & (digits + 1);
}

static void add_ascii(word_letters *l, uint32_t letter)
{
    l->ascii[letter / 64] |= UINT64_C(1) << (letter % 64);
}

/* word.h, (e) */
static bool needs_lower(const word_machine *m, uint32_t lower)
{
    uint32_t bit = UINT32_C(1) << (lower - 'a');

    return !(m->cased[0] & bit) || (m->cased[1] & bit);
}

static bool needs_upper(const word_machine *m, uint32_t lower)
{
    return m->cased[0] >> (lower - 'a') & 1;
}

static void add_digits(const word_machine *m, word_letters *l)
{
    for (uint32_t i = 0; i < 10; i++)
        if (m->digits >> i & 1)
            add_ascii(l, '0' + i);
}

static void add_other(word_machine *m, word_letters *l, uint32_t letter)
{
    m->work += l->other_count;
    for (uint32_t i = 0; i < l->other_count; i++)
        if (m->others[i] == letter)
            return;
    m->others[l->other_count++] = letter;
}

/* What the token of a positive asks for. */
static void add_positive(word_machine *m, word_letters *l,
    const word_pattern *p, const word_token *token)
{
    if (token->type != WORD_LETTER) {
        if (token->class == CLASS_DIGIT)
            add_digits(m, l);
    } else if (token->letter >= 128) {
        add_other(m, l, token->letter);
    } else if (p->fold && token->letter - 'a' < 26) {
        if (needs_lower(m, token->letter))
            add_ascii(l, token->letter);
        if (needs_upper(m, token->letter))
            add_ascii(l, token->letter - 32);
    } else {
        add_ascii(l, token->letter);
    }
}

static void add_negative(word_letters *l, const word_token *token)
{
    if (token->type == WORD_LETTER)
        return;
    if (token->class == CLASS_NO_COLON)
        add_ascii(l, ':');
    else if (token->class == CLASS_NO_SLASH)
        add_ascii(l, '/');
}

static void add_part(
    word_machine *m, word_letters *l, uint32_t i, const uint64_t *sets)
{
    const word_pattern *p = m->parts[i].pattern;
    const uint64_t *set = set_of(m, sets, i);

    for (uint32_t k = 0; k < set_words(p->count); k++)
        for (uint64_t bits = set[k]; bits; bits &= bits - 1) {
            uint32_t at = k * 64 + lowest_bit(bits);

            m->work++;
            if (at == p->count)
                return;
            if (i < m->positives)
                add_positive(m, l, p, &p->tokens[at]);
            else
                add_negative(l, &p->tokens[at]);
        }
}

/* Two letters for one, and some positive may ask for either. */
static bool is_loose(
    const word_machine *m, const word_pattern *p, uint32_t letter)
{
    return m->exact && p->fold && letter - 'a' < 26;
}

/* A positive that stands at letters alone: what it asks for are all the letters
 * worth a try. */
static bool is_strict(const word_machine *m, uint32_t i, const uint64_t *sets)
{
    const word_pattern *p = m->parts[i].pattern;
    const uint64_t *set = set_of(m, sets, i);

    for (uint32_t k = 0; k < set_words(p->count); k++)
        for (uint64_t bits = set[k]; bits; bits &= bits - 1) {
            uint32_t at = k * 64 + lowest_bit(bits);

            if (at < p->count && (p->tokens[at].type != WORD_LETTER ||
                                     is_loose(m, p, p->tokens[at].letter)))
                return false;
        }
    return true;
}

word_letters iamp_word_gather(word_machine *m, const uint64_t *sets)
{
    word_letters l = {.other_count = 0};

    for (uint32_t i = 0; i < m->positives; i++)
        if (is_strict(m, i, sets)) {
            m->used[m->parts[i].number] = true;
            add_part(m, &l, i, sets);
            return l;
        }
    for (uint32_t i = 0; i < m->part_count; i++)
        if (i < m->positives || m->parts[i].pattern->classy)
            add_part(m, &l, i, sets);
    m->others[l.other_count++] = WORD_FRESH;
    return l;
}

uint32_t iamp_word_only_letter(const word_machine *m, uint32_t i, uint32_t at)
{
    const word_pattern *p = m->parts[i].pattern;
    uint32_t letter;

    if (at >= p->count || p->tokens[at].type != WORD_LETTER)
        return 0;
    letter = p->tokens[at].letter;
    if (is_loose(m, p, letter))
        return 0;
    if (!p->fold || letter - 'a' >= 26 || !needs_upper(m, letter))
        return letter;
    return needs_lower(m, letter) ? 0 : letter - 32;
}

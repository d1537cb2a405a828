/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_match.c - a pattern against a whole word.
 *
 * With classes the set of token positions is carried along.  Without, every run
 * takes any letter, and what stands between two of them is put as far to the
 * left as it goes: whatever matches behind a later place matches behind the
 * earlier one too.  So there is one place to go back to.
 */
#include "prove/word_parts.h"

/* A word, or a UTF-8 text; a place in it is a letter's or a byte's number. */
typedef struct subject {
    const uint32_t *word;
    text text;
    size_t end;
} subject;

static uint32_t next_letter(const subject *s, size_t *at)
{
    return s->word ? s->word[(*at)++] : iamp_word_letter(s->text, at);
}

bool iamp_word_advance(const word_pattern *p, const uint64_t *from,
    uint64_t *to, uint32_t letter, uint64_t *work)
{
    uint32_t seen = p->fold ? letter_lower(letter) : letter;
    uint32_t words = set_words(p->count);
    bool any = false;

    for (uint32_t i = 0; i < words; i++)
        to[i] = 0;
    *work += words;
    for (uint32_t i = 0; i < words; i++)
        for (uint64_t bits = from[i]; bits; bits &= bits - 1) {
            uint32_t at = i * 64 + lowest_bit(bits);
            const word_token *token = &p->tokens[at];

            ++*work;
            if (at == p->count)
                return any;
            if (token->type == WORD_LETTER ? token->letter != seen
                                           : !class_has(token->class, letter))
                continue;
            set_reach(to, p, at + (token->type != WORD_RUN));
            any = true;
        }
    return any;
}

static bool match_classes(const word_pattern *p, const subject *s)
{
    uint64_t sets[2][WORD_SET_ROOM];
    uint64_t work = 0;
    uint32_t words = set_words(p->count);
    int now = 0;

    for (uint32_t i = 0; i < words; i++)
        sets[0][i] = 0;
    set_reach(sets[0], p, 0);
    for (size_t at = 0; at < s->end; now = !now)
        if (!iamp_word_advance(
                p, sets[now], sets[!now], next_letter(s, &at), &work))
            return false;
    return set_has(sets[now], p->count);
}

static bool match_simple(const word_pattern *p, const subject *s)
{
    const word_token *tokens = p->tokens;
    uint32_t token = 0, back_token = 0;
    size_t at = 0, back_at = 0;
    bool can_go_back = false;

    while (at < s->end || token < p->count) {
        if (is_run(p, token)) {
            can_go_back = true;
            back_token = ++token;
            back_at = at;
            if (token == p->count)
                return true;
            continue;
        }
        if (token < p->count && at < s->end) {
            uint32_t letter = next_letter(s, &at);

            if (tokens[token].type == WORD_ONE ||
                tokens[token].letter ==
                    (p->fold ? letter_lower(letter) : letter)) {
                token++;
                continue;
            }
        } else if (at == s->end) {
            return false; /* one letter less will not do either */
        }
        if (!can_go_back || back_at == s->end)
            return false;
        next_letter(s, &back_at);
        at = back_at;
        token = back_token;
    }
    return true;
}

static bool match(const word_pattern *p, const subject *s)
{
    return p->classy ? match_classes(p, s) : match_simple(p, s);
}

bool iamp_word_match(const word_pattern *p, const uint32_t *word, size_t len)
{
    subject s = {.word = word, .end = word ? len : 0};

    return match(p, &s);
}

bool iamp_word_match_text(const word_pattern *p, text t)
{
    subject s = {.text = t, .end = t.len};

    return match(p, &s);
}

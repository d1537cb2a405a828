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

void iamp_word_begin(const word_pattern *p, uint64_t *to)
{
    uint32_t floor = 0;

    set_clear(to, p->count);
    set_reach(to, p, 0, &floor);
    set_trim(to, floor);
}

static bool reads(
    const word_token *token, uint32_t letter, uint32_t folded_if_fold)
{
    return token->type == WORD_LETTER ? token->letter == folded_if_fold
                                      : class_has(token->class, letter);
}

/* A set in one word, which most are. */
static uint64_t advance_short(const word_pattern *p, uint64_t from,
    uint32_t letter, uint32_t seen, uint64_t *work)
{
    uint64_t to = 0;
    uint32_t floor = 0;

    for (uint64_t bits = from; bits; bits &= bits - 1) {
        uint32_t at = lowest_bit(bits);
        const word_token *token = &p->tokens[at];

        ++*work;
        if (at < p->count && reads(token, letter, seen))
            set_reach(&to, p, at + (token->type != WORD_RUN), &floor);
    }
    return to & ~UINT64_C(0) << floor;
}

bool iamp_word_advance(const word_pattern *p, const uint64_t *from,
    uint64_t *to, uint32_t letter, uint64_t *work)
{
    uint32_t seen = p->fold ? letter_lower(letter) : letter;
    uint32_t words = set_words(p->count);
    uint32_t floor = 0;
    bool any = false;

    ++*work;
    if (words == 1) {
        to[0] = advance_short(p, from[0], letter, seen, work);
        return to[0] != 0;
    }
    set_clear(to, p->count);
    *work += words;
    for (uint32_t i = 0; i < words; i++)
        for (uint64_t bits = from[i]; bits; bits &= bits - 1) {
            uint32_t at = i * 64 + lowest_bit(bits);
            const word_token *token = &p->tokens[at];

            ++*work;
            if (at == p->count || !reads(token, letter, seen))
                continue;
            set_reach(to, p, at + (token->type != WORD_RUN), &floor);
            any = true;
        }
    set_trim(to, floor);
    return any;
}

static bool match_classes(const word_pattern *p, const subject *s)
{
    uint64_t sets[2][WORD_SET_ROOM];
    uint64_t work = 0;
    int now = 0;

    iamp_word_begin(p, sets[0]);
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

/* Its letters alone are too many, or the last one is another. */
static bool cannot_match(const word_pattern *p, const subject *s)
{
    const word_token *last = p->count ? &p->tokens[p->count - 1] : NULL;
    uint32_t letter;

    if (p->letters > s->end)
        return true;
    if (!s->word || s->end == 0 || !last || last->type != WORD_LETTER)
        return false;
    letter = s->word[s->end - 1];
    return last->letter != (p->fold ? letter_lower(letter) : letter);
}

static bool match(const word_pattern *p, const subject *s)
{
    if (cannot_match(p, s))
        return false;
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

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word.c - patterns are gathered and made; words become text.
 */
#include "prove/word_parts.h"

enum {
    FIRST_ROOM = 64,
    MOST_ROOM = 1 << 27
};

/* --- gathering ------------------------------------------------------------ */

void iamp_word_builder_init(word_builder *b, const iam_allocator *from)
{
    *b = (word_builder){.from = from};
}

void iamp_word_builder_release(word_builder *b)
{
    if (b->tokens)
        iamp_memory_release(b->from, b->tokens);
    iamp_word_builder_init(b, b->from);
}

void iamp_word_builder_reset(word_builder *b)
{
    b->count = 0;
}

static bool make_room(word_builder *b)
{
    uint32_t room = b->room ? b->room * 2 : FIRST_ROOM;
    word_token *tokens;

    if (b->failed)
        return false;
    if (b->count < b->room)
        return true;
    tokens = room <= MOST_ROOM
                 ? iamp_memory_acquire(b->from, room * sizeof(*tokens))
                 : NULL;
    if (!tokens) {
        b->failed = true;
        return false;
    }
    if (b->tokens) {
        memcpy(tokens, b->tokens, b->count * sizeof(*tokens));
        iamp_memory_release(b->from, b->tokens);
    }
    b->tokens = tokens;
    b->room = room;
    return true;
}

static void add_token(word_builder *b, word_token token)
{
    if (make_room(b))
        b->tokens[b->count++] = token;
}

void iamp_word_add_text(word_builder *b, text literal)
{
    size_t at = 0;

    while (at < literal.len && !b->failed)
        if ((unsigned char)literal.ptr[at] < 0x80 && b->count < b->room)
            b->tokens[b->count++] =
                (word_token){.letter = (unsigned char)literal.ptr[at++],
                    .type = WORD_LETTER};
        else
            add_token(b, (word_token){.letter = iamp_word_letter(literal, &at),
                             .type = WORD_LETTER});
}

static word_token *last_run(const word_builder *b)
{
    return b->count > 0 && b->tokens[b->count - 1].type == WORD_RUN
               ? &b->tokens[b->count - 1]
               : NULL;
}

void iamp_word_add_one(word_builder *b, word_class class)
{
    word_token one = {.type = WORD_ONE, .class = (uint8_t) class};
    word_token *run = last_run(b);

    if (run && run->class == class) {
        *run = one;
        iamp_word_add_run(b, class);
    } else {
        add_token(b, one);
    }
}

void iamp_word_add_run(word_builder *b, word_class class)
{
    const word_token *last;

    while ((last = last_run(b)) != NULL) {
        if (class_within((uint8_t) class, last->class))
            return;
        if (!class_within(last->class, (uint8_t) class))
            break;
        b->count--;
    }
    add_token(b, (word_token){.type = WORD_RUN, .class = (uint8_t) class});
}

/* --- making --------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static bool has_case(uint32_t letter)
{
    return letter_lower(letter) - 'a' < 26;
}

/* What the tokens are as a pattern; their case is folded where they stand. */
static word_pattern pattern_of_tokens(
    word_token *tokens, uint32_t count, bool fold)
{
    word_pattern p = {.tokens = tokens, .count = count};

    for (uint32_t i = 0; i < count; i++) {
        word_token *token = &tokens[i];

        if (token->type == WORD_LETTER) {
            p.letters++;
            p.fold |= fold && has_case(token->letter);
            if (fold)
                token->letter = letter_lower(token->letter);
        }
        p.has_one |= token->type == WORD_ONE;
        p.classy |= token->class != CLASS_ANY;
        p.hash =
            mix(p.hash, (uint64_t)token->letter | (uint64_t)token->type << 32 |
                            (uint64_t)token->class << 40);
    }
    p.hash = mix(p.hash, p.fold);
    p.plain = p.letters == p.count;
    return p;
}

iam_status iamp_word_pattern_view(
    word_pattern *out, const word_builder *b, bool fold)
{
    if (b->failed)
        return IAM_ENOMEM;
    if (b->count > WORD_LONGEST)
        return IAM_ELIMIT;
    *out = pattern_of_tokens(b->tokens, b->count, fold);
    return IAM_OK;
}

iam_status iamp_word_pattern_keep(word_pattern *p, arena *mem)
{
    word_token *tokens = ARENA_ARRAY(mem, word_token, p->count);

    if (!tokens)
        return IAM_ENOMEM;
    if (p->count > 0)
        memcpy(tokens, p->tokens, p->count * sizeof(*tokens));
    p->tokens = tokens;
    return IAM_OK;
}

iam_status iamp_word_pattern_make(
    word_pattern *out, const word_builder *b, bool fold, arena *mem)
{
    word_pattern p;
    iam_status status = iamp_word_pattern_view(&p, b, fold);

    if (status == IAM_OK)
        status = iamp_word_pattern_keep(&p, mem);
    if (status == IAM_OK)
        *out = p;
    return status;
}

bool iamp_word_pattern_equal(const word_pattern *a, const word_pattern *b)
{
    if (a->hash != b->hash || a->count != b->count || a->fold != b->fold)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->tokens[i].letter != b->tokens[i].letter ||
            a->tokens[i].type != b->tokens[i].type ||
            a->tokens[i].class != b->tokens[i].class)
            return false;
    return true;
}

/* --- letters and text ------------------------------------------------------ */

uint32_t iamp_word_letter(text t, size_t *at)
{
    static const uint8_t kept[] = {0xff, 0x7f, 0x1f, 0x0f, 0x07};
    size_t len = text_char_len(t, *at);
    uint32_t letter = (unsigned char)t.ptr[*at];

    if (len > 4) /* not UTF-8 */
        len = 4;
    if (len > 1)
        letter &= kept[len];
    for (size_t i = 1; i < len; i++)
        letter = letter << 6 | ((unsigned char)t.ptr[*at + i] & 0x3f);
    *at += len;
    return letter;
}

static size_t put_letter(char *out, uint32_t letter)
{
    size_t len = letter < 0x80      ? 1
                 : letter < 0x800   ? 2
                 : letter < 0x10000 ? 3
                                    : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (letter & 0x3f));
        letter >>= 6;
    }
    out[0] = (char)(lead[len] | letter);
    return len;
}

text iamp_word_text(
    const uint32_t *word, size_t len, uint32_t fresh, arena *mem)
{
    char *out = iamp_arena_alloc(mem, len, 4);
    text t = {out, 0};

    for (size_t i = 0; out && i < len; i++)
        t.len +=
            put_letter(out + t.len, word[i] == WORD_FRESH ? fresh : word[i]);
    return t;
}

/* Would `letter`, put for WORD_FRESH, be told from it by this pattern? */
static bool names(const word_pattern *p, uint32_t letter)
{
    uint32_t seen = p->fold ? letter_lower(letter) : letter;

    for (uint32_t i = 0; i < p->count; i++) {
        const word_token *token = &p->tokens[i];

        if (token->type == WORD_LETTER
                ? token->letter == seen
                : class_has(token->class, letter) !=
                      class_has(token->class, WORD_FRESH))
            return true;
    }
    return false;
}

static uint32_t pattern_count(const word_query *q)
{
    return q->positive_count + q->negative_count;
}

static const word_pattern *pattern_of(const word_query *q, uint32_t i)
{
    return i < q->positive_count ? q->positive[i]
                                 : q->negative[i - q->positive_count];
}

static bool any_names(const word_query *q, uint32_t letter)
{
    for (uint32_t i = 0; i < pattern_count(q); i++)
        if (names(pattern_of(q, i), letter))
            return true;
    return false;
}

enum {
    IDEOGRAPHS = 0x4e00, /* and what follows: letters without case */
    SURROGATES = 0xd800,
    SURROGATES_END = 0xe000,
    PAGE = 4096
};

/* The first letter of the page that no pattern has, or 0. */
static uint32_t free_letter(const word_query *q, uint32_t page)
{
    uint64_t taken[PAGE / 64] = {0};

    for (uint32_t i = 0; i < pattern_count(q); i++) {
        const word_pattern *p = pattern_of(q, i);

        for (uint32_t k = 0; k < p->count; k++) {
            uint32_t at = p->tokens[k].letter - page;

            if (p->tokens[k].type == WORD_LETTER && at < PAGE)
                taken[at / 64] |= UINT64_C(1) << (at % 64);
        }
    }
    for (uint32_t at = 0; at < PAGE; at++)
        if (!set_has(taken, at) &&
            !(page + at >= SURROGATES && page + at < SURROGATES_END))
            return page + at;
    return 0;
}

uint32_t iamp_word_fresh_letter(const word_query *query, const char *wanted)
{
    uint32_t letter = 0;

    for (; *wanted; wanted++)
        if (!any_names(query, (unsigned char)*wanted))
            return (unsigned char)*wanted;
    for (uint32_t page = IDEOGRAPHS; letter == 0 && page < WORD_FRESH;
         page += PAGE)
        letter = free_letter(query, page);
    return letter;
}

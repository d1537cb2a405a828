/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slot_text.c - texts for the slots of a model.
 */
#include "prove/space.h"

enum {
    MOST_CELLS = 256 /* tried of each sort, where theories meet */
};

bool iamp_slot_accepts(const search *s, uint32_t number, text value)
{
    const slot_data *sl = &s->slots[number];
    const slot_model *m = &sl->model;

    if (sl->constant)
        return text_eq(sl->value, value);
    for (uint32_t i = 0; i < m->count; i++)
        if (iamp_word_match_text(s->lexis->patterns[m->items[i]], value) !=
            (i < m->with_count))
            return false;
    for (size_t sort = 0; sort < SORT_COUNT; sort++)
        if (m->alive[sort] && !cell_in(m->alive[sort],
                                  iamp_axis_cell(sl->tracks[sort].axis, value)))
            return false;
    return true;
}

/* The text of a pattern without wildcards. */
static text plain_text(const word_pattern *p, arena *mem)
{
    uint32_t *word = ARENA_ARRAY(mem, uint32_t, p->count);

    if (!word)
        return (text){NULL, 0};
    for (uint32_t i = 0; i < p->count; i++)
        word[i] = p->tokens[i].letter;
    return iamp_word_text(word, p->count, 'x', mem);
}

/* A pattern of an address or a number, its wildcards filled by digits. */
static text filled_text(search *s, uint32_t number, const word_pattern *p)
{
    static const text fillings[] = {{"1", 1}, {"", 0}, {"1.1", 3}, {"1.1.1", 5},
        {"0.0.1", 5}, {"0", 1}, {"9", 1}, {"::1", 3}, {"1::1", 4}};
    textbuf buf;
    text found = {NULL, 0};

    iamp_textbuf_init(&buf, s->mem.from);
    for (size_t i = 0; i < COUNT_OF(fillings) && !found.ptr; i++) {
        buf.len = 0;
        for (uint32_t t = 0; t < p->count; t++) {
            const word_token *token = &p->tokens[t];

            if (token->type == WORD_RUN)
                iamp_textbuf_add(&buf, fillings[i]);
            else if (token->type == WORD_ONE)
                iamp_textbuf_add_c(&buf, '1');
            else if (token->letter < 0x80)
                iamp_textbuf_add_c(&buf, (char)token->letter);
        }
        if (!buf.failed && iamp_slot_accepts(s, number, textbuf_text(&buf))) {
            found = iamp_text_copy(textbuf_text(&buf), &s->mem);
            s->failed |= !found.ptr;
        }
        s->failed |= buf.failed;
    }
    iamp_textbuf_release(&buf);
    return found;
}

/* A text for a slot that several theories speak of; ptr NULL if none of those
 * that were tried fits. */
text iamp_mixed_text(search *s, uint32_t number)
{
    const slot_data *sl = &s->slots[number];
    const slot_model *m = &sl->model;
    const text none = {NULL, 0};

    for (uint32_t i = 0; i < m->with_count; i++) {
        const word_pattern *p = s->lexis->patterns[m->items[i]];
        text tried = p->plain ? plain_text(p, &s->mem) : none;

        s->failed |= p->plain && !tried.ptr;
        if (tried.ptr && iamp_slot_accepts(s, number, tried))
            return tried;
    }
    for (size_t sort = 0; sort < SORT_COUNT; sort++) {
        const axis *a = sl->tracks[sort].axis;
        uint32_t tries = 0;

        for (uint32_t cell = 0;
             m->alive[sort] && cell < a->cells && tries < MOST_CELLS; cell++) {
            text tried;

            if (!cell_in(m->alive[sort], cell))
                continue;
            tries++;
            tried = iamp_axis_text(a, cell, &s->mem);
            s->failed |= !tried.ptr;
            if (tried.ptr && iamp_slot_accepts(s, number, tried))
                return tried;
        }
    }
    for (uint32_t i = 0; i < m->with_count; i++) {
        text tried = filled_text(s, number, s->lexis->patterns[m->items[i]]);

        if (tried.ptr || s->failed)
            return tried;
    }
    if (m->found) { /* no value of the sorts, perhaps */
        text tried = iamp_word_text(m->word, m->len, 'x', &s->mem);

        if (tried.ptr && iamp_slot_accepts(s, number, tried))
            return tried;
    }
    return none;
}

static text word_text(const search *s, const slot_model *m, arena *mem)
{
    const word_pattern **patterns =
        ARENA_ARRAY(mem, const word_pattern *, m->count);
    word_query query;

    if (!patterns)
        return (text){NULL, 0};
    for (uint32_t i = 0; i < m->count; i++)
        patterns[i] = s->lexis->patterns[m->items[i]];
    query = (word_query){.positive = patterns,
        .negative = patterns + m->with_count,
        .positive_count = m->with_count,
        .negative_count = m->count - m->with_count};
    return iamp_word_text(m->word, m->len,
        iamp_word_fresh_letter(&query, "xyzqkjvw-_0123456789"), mem);
}

/* Of the cells that are left, the first that is a value; the text of none only
 * where nothing else is left. */
static text cell_text(const axis *a, const uint64_t *alive, arena *mem)
{
    for (uint32_t cell = 0; cell < a->cells; cell++)
        if (cell_in(alive, cell))
            return iamp_axis_text(a, cell, mem);
    return (text){NULL, 0};
}

text iamp_slot_text(
    search *s, uint32_t number, const text *wanted, size_t count, arena *mem)
{
    const slot_data *sl = &s->slots[number];
    const slot_model *m = &sl->model;

    if (sl->constant)
        return iamp_text_copy(sl->value, mem);
    for (size_t i = 0; i < count; i++)
        if (iamp_slot_accepts(s, number, wanted[i]))
            return iamp_text_copy(wanted[i], mem);
    if (m->fixed.ptr)
        return iamp_text_copy(m->fixed, mem);
    for (size_t sort = 0; sort < SORT_COUNT; sort++)
        if (m->alive[sort])
            return cell_text(sl->tracks[sort].axis, m->alive[sort], mem);
    if (m->found)
        return word_text(s, m, mem);
    return iamp_text_copy(TEXT("x"), mem);
}

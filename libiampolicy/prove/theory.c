/* SPDX-License-Identifier: Apache-2.0 */
/*
 * theory.c - can what is asserted of each slot hold together?
 *
 * Cells are intersected at once.  Of words, pairs that exclude each other are
 * found at once; whether all of a slot's hold together is asked when the
 * solver has nothing else to decide, and remembered.
 */
#include "prove/grow.h"
#include "prove/space.h"

#include <stdlib.h>

/* Work is paid for even where the solver is not told that it ran out: it sees
 * that no steps are left. */
static void pay(search *s, uint64_t work)
{
    *s->steps -= work < *s->steps ? work : *s->steps;
}

static theory_answer conflict_of(search *s, theory_conflict *out)
{
    *out = (theory_conflict){s->conflict, s->conflict_count};
    return s->failed ? THEORY_NO_MEMORY : THEORY_CONFLICT;
}

static void blame(search *s, uint32_t atom_number)
{
    if (s->failed ||
        !GROW(&s->mem, s->conflict, s->conflict_count, s->conflict_room)) {
        s->failed = true;
        return;
    }
    s->conflict[s->conflict_count++] = lit_of(s->atoms[atom_number].variable);
}

/* --- cells --------------------------------------------------------------- */

static uint64_t *row(const track *t, uint32_t depth)
{
    return t->running + (size_t)depth * t->axis->words;
}

static bool meet(
    uint64_t *out, const uint64_t *a, const uint64_t *b, uint32_t words)
{
    uint64_t any = 0;

    for (uint32_t i = 0; i < words; i++)
        any |= out[i] = a[i] & b[i];
    return any != 0;
}

static bool meets(const uint64_t *a, const uint64_t *b, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        if (a[i] & b[i])
            return true;
    return false;
}

/* The latest atom leaves nothing.  Going back, an atom is needed if without it
 * what stands before it would still meet what is blamed already. */
static void blame_cells(search *s, track *t)
{
    uint32_t last = t->depth - 1;
    uint64_t *blamed = row(t, last); /* empty, and to be popped: scratch */

    s->conflict_count = 0;
    blame(s, t->atoms[last]);
    memcpy(blamed, s->atoms[t->atoms[last]].cells,
        t->axis->words * sizeof(*blamed));
    pay(s, (uint64_t)last * (1 + t->axis->words / 8));
    for (uint32_t i = last; i-- > 0;) {
        const uint64_t *cells = s->atoms[t->atoms[i]].cells;

        if (i > 0 && !meets(blamed, row(t, i - 1), t->axis->words))
            continue;
        blame(s, t->atoms[i]);
        if (!meet(blamed, blamed, cells, t->axis->words))
            break;
    }
    memset(blamed, 0, t->axis->words * sizeof(*blamed));
}

static bool grow_rows(search *s, track *t)
{
    uint32_t room = t->running_room ? t->running_room * 2 : 4;
    uint64_t *rows;

    if (!GROW(&s->mem, t->atoms, t->depth, t->room))
        return false;
    if (t->depth < t->running_room)
        return true;
    rows = ARENA_ARRAY(&s->mem, uint64_t, (size_t)room * t->axis->words);
    if (!rows)
        return false;
    if (t->depth)
        memcpy(rows, t->running,
            (size_t)t->depth * t->axis->words * sizeof(*rows));
    t->running = rows;
    t->running_room = room;
    return true;
}

static theory_answer assert_cells(
    search *s, slot_data *sl, uint32_t number, theory_conflict *out)
{
    const atom *a = &s->atoms[number];
    track *t = &sl->tracks[a->sort];
    uint32_t words = t->axis->words;
    bool left;

    if (!grow_rows(s, t)) {
        s->failed = true;
        return THEORY_NO_MEMORY;
    }
    pay(s, words / 8);
    t->atoms[t->depth] = number;
    left = t->depth
               ? meet(row(t, t->depth), row(t, t->depth - 1), a->cells, words)
               : meet(row(t, 0), a->cells, a->cells, words);
    t->depth++;
    if (left)
        return THEORY_AGREES;
    blame_cells(s, t);
    return conflict_of(s, out);
}

/* --- words --------------------------------------------------------------- */

static const word_pattern *pattern_of(const search *s, uint32_t number)
{
    return s->lexis->patterns[s->atoms[number].pattern];
}

static theory_answer two(
    search *s, uint32_t one, uint32_t other, theory_conflict *out)
{
    s->conflict_count = 0;
    blame(s, one);
    blame(s, other);
    return conflict_of(s, out);
}

static theory_answer assert_wanted(
    search *s, slot_data *sl, uint32_t number, theory_conflict *out)
{
    const word_pattern *p = pattern_of(s, number);
    theory_answer answer = THEORY_AGREES;
    uint64_t work = 0;

    if (!GROW(&s->mem, sl->with, sl->with_count, sl->with_room)) {
        s->failed = true;
        return THEORY_NO_MEMORY;
    }
    sl->with[sl->with_count++] = number;
    for (uint32_t i = 0; i + 1 < sl->with_count && work < *s->steps; i++)
        if (iamp_word_disjoint_work(p, pattern_of(s, sl->with[i]), &work)) {
            answer = two(s, number, sl->with[i], out);
            break;
        }
    for (uint32_t i = 0;
         answer == THEORY_AGREES && i < sl->without_count && work < *s->steps;
         i++)
        if (iamp_word_within_work(p, pattern_of(s, sl->without[i]), &work))
            answer = two(s, number, sl->without[i], out);
    pay(s, work);
    return answer;
}

static theory_answer assert_refused(
    search *s, slot_data *sl, uint32_t number, theory_conflict *out)
{
    const word_pattern *p = pattern_of(s, number);
    theory_answer answer = THEORY_AGREES;
    uint64_t work = 0;

    if (!GROW(&s->mem, sl->without, sl->without_count, sl->without_room)) {
        s->failed = true;
        return THEORY_NO_MEMORY;
    }
    sl->without[sl->without_count++] = number;
    for (uint32_t i = 0;
         answer == THEORY_AGREES && i < sl->with_count && work < *s->steps; i++)
        if (iamp_word_within_work(pattern_of(s, sl->with[i]), p, &work))
            answer = two(s, number, sl->with[i], out);
    pay(s, work);
    return answer;
}

/* --- callbacks ----------------------------------------------------------- */

enum {
    PROGRESS_STEPS = 1 << 20 /* between two calls of the user's function */
};

static bool asked_to_stop(search *s)
{
    uint64_t done = s->steps_given - *s->steps;

    if (!s->progress || done < s->next_progress)
        return false;
    s->next_progress = done + PROGRESS_STEPS;
    s->stopped = !s->progress(s->progress_user, done);
    return s->stopped;
}

static theory_answer on_assert(
    void *user, uint32_t number_of, theory_conflict *out)
{
    search *s = user;
    uint32_t number = s->atom_of[number_of] - 1;
    const atom *a = &s->atoms[number];
    slot_data *sl = &s->slots[a->slot];
    theory_answer answer;

    if (!a->word)
        answer = assert_cells(s, sl, number, out);
    else if (a->wanted)
        answer = assert_wanted(s, sl, number, out);
    else
        answer = assert_refused(s, sl, number, out);
    /* Asked last: what was told is retracted, whatever is answered. */
    return answer == THEORY_AGREES && asked_to_stop(s) ? THEORY_STOP : answer;
}

static void on_retract(void *user, uint32_t number_of)
{
    search *s = user;
    const atom *a = &s->atoms[s->atom_of[number_of] - 1];
    slot_data *sl = &s->slots[a->slot];

    if (!a->word)
        sl->tracks[a->sort].depth--;
    else if (a->wanted)
        sl->with_count--;
    else
        sl->without_count--;
}

static bool on_poll(void *user)
{
    return !asked_to_stop(user);
}

/* --- everything is decided ----------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* The slot's patterns, sorted, in s->items. */
static bool gather(search *s, const slot_data *sl)
{
    uint32_t count = sl->with_count + sl->without_count;

    if (count > s->item_room) {
        uint32_t room = count * 2;

        s->items = ARENA_ARRAY(&s->mem, pattern_id, room);
        s->item_room = s->items ? room : 0;
        if (!s->items) {
            s->failed = true;
            return false;
        }
    }
    for (uint32_t i = 0; i < sl->with_count; i++)
        s->items[i] = s->atoms[sl->with[i]].pattern;
    for (uint32_t i = 0; i < sl->without_count; i++)
        s->items[sl->with_count + i] = s->atoms[sl->without[i]].pattern;
    if (sl->with_count > 1)
        qsort(s->items, sl->with_count, sizeof(*s->items), by_number);
    if (sl->without_count > 1)
        qsort(s->items + sl->with_count, sl->without_count, sizeof(*s->items),
            by_number);
    return true;
}

static bool in_core(
    const word_memo *memo, pattern_id pattern, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (memo->items[i] == pattern)
            return memo->core[i];
    return true;
}

static theory_answer blame_words(
    search *s, const slot_data *sl, const word_memo *memo, theory_conflict *out)
{
    s->conflict_count = 0;
    for (uint32_t i = 0; i < sl->with_count; i++)
        if (!memo->items || in_core(memo, s->atoms[sl->with[i]].pattern, 0,
                                memo->positive_count))
            blame(s, sl->with[i]);
    for (uint32_t i = 0; i < sl->without_count; i++)
        if (!memo->items || in_core(memo, s->atoms[sl->without[i]].pattern,
                                memo->positive_count, memo->count))
            blame(s, sl->without[i]);
    return conflict_of(s, out);
}

/* Keep what the slot is asked, for the model. */
static bool keep_model(search *s, slot_data *sl, const word_memo *memo)
{
    slot_model *m = &sl->model;
    uint32_t count = sl->with_count + sl->without_count;

    m->asked = count > 0;
    m->fixed = (text){NULL, 0};
    if (count > m->room) {
        m->items = ARENA_ARRAY(&s->mem, pattern_id, count);
        m->room = m->items ? count : 0;
        if (!m->items)
            return false;
    }
    if (count)
        memcpy(m->items, s->items, count * sizeof(*m->items));
    m->with_count = sl->with_count;
    m->count = count;
    m->found = count > 0;
    m->word = memo->word;
    m->len = memo->len;
    for (size_t sort = 0; sort < SORT_COUNT; sort++) {
        const track *t = &sl->tracks[sort];
        bool typed = sort == SORT_ADDRESS && count > 0 && t->axis &&
                     s->keys[sl->key].address;

        m->alive[sort] = NULL;
        if (!t->axis || (t->depth == 0 && !typed))
            continue;
        m->asked = true;
        m->alive[sort] = ARENA_ARRAY(&s->mem, uint64_t, t->axis->words);
        if (!m->alive[sort])
            return false;
        if (t->depth == 0) { /* a text of an address, whichever */
            iamp_axis_complement(t->axis, m->alive[sort]);
            m->alive[sort][axis_no_value(t->axis) / 64] &=
                ~(UINT64_C(1) << (axis_no_value(t->axis) % 64));
            continue;
        }
        memcpy(m->alive[sort], row(t, t->depth - 1),
            t->axis->words * sizeof(uint64_t));
    }
    return true;
}

static theory_answer check_words(
    search *s, slot_data *sl, word_memo *memo, theory_conflict *out)
{
    *memo = (word_memo){.answer = WORD_FOUND};
    if (sl->with_count + sl->without_count == 0)
        return THEORY_AGREES;
    if (!gather(s, sl))
        return THEORY_NO_MEMORY;
    *memo = iamp_lexis_find(s->lexis, s->items, sl->with_count,
        sl->with_count + sl->without_count, s->steps);
    switch ((word_answer)memo->answer) {
    case WORD_FOUND:
        return THEORY_AGREES;
    case WORD_EMPTY:
        return blame_words(s, sl, memo, out);
    case WORD_NO_MEMORY:
        s->failed = true;
        return THEORY_NO_MEMORY;
    case WORD_UNKNOWN:
        break;
    }
    return THEORY_STOP; /* out of steps */
}

/* Atoms of different theories on one slot: each can hold by itself; whether
 * all can is tried with texts that are likely to. */
static theory_answer check_mixed(
    search *s, uint32_t number, theory_conflict *out)
{
    slot_data *sl = &s->slots[number];
    uint32_t kinds = sl->with_count + sl->without_count > 0;

    for (size_t sort = 0; sort < SORT_COUNT; sort++)
        kinds += sl->model.alive[sort] != NULL;
    if (kinds < 2)
        return THEORY_AGREES;
    sl->model.fixed = iamp_mixed_text(s, number);
    if (s->failed)
        return THEORY_NO_MEMORY;
    if (sl->model.fixed.ptr)
        return THEORY_AGREES;
    s->unsure = true;
    s->unsure_key = sl->key;
    s->conflict_count = 0;
    for (uint32_t i = 0; i < sl->with_count; i++)
        blame(s, sl->with[i]);
    for (uint32_t i = 0; i < sl->without_count; i++)
        blame(s, sl->without[i]);
    for (size_t sort = 0; sort < SORT_COUNT; sort++)
        for (uint32_t i = 0; i < sl->tracks[sort].depth; i++)
            blame(s, sl->tracks[sort].atoms[i]);
    return conflict_of(s, out);
}

static theory_answer on_complete(void *user, theory_conflict *out)
{
    search *s = user;

    if (asked_to_stop(s))
        return THEORY_STOP;
    for (uint32_t i = 0; i < s->slot_count; i++) {
        word_memo memo;
        theory_answer answer = check_words(s, &s->slots[i], &memo, out);

        if (answer == THEORY_AGREES && !keep_model(s, &s->slots[i], &memo)) {
            s->failed = true;
            answer = THEORY_NO_MEMORY;
        }
        if (answer == THEORY_AGREES)
            answer = check_mixed(s, i, out);
        if (answer != THEORY_AGREES)
            return answer;
    }
    return THEORY_AGREES;
}

void iamp_theory_init(search *s)
{
    s->theory = (solver_theory){.user = s,
        .assert_true = on_assert,
        .retract = on_retract,
        .complete = on_complete,
        .poll = on_poll};
    iamp_solver_set_theory(s->solver, &s->theory);
}

solver_answer iamp_search_solve(search *s, const lit *assumed, uint32_t count)
{
    iamp_search_close(s);
    if (s->failed)
        return SOLVER_NO_MEMORY;
    if (asked_to_stop(s))
        return SOLVER_STOPPED;
    return iamp_solver_solve(s->solver, assumed, count, s->steps);
}

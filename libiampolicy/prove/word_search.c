/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_search.c - breadth-first over the states of a query.
 *
 * States are kept in the order in which they were found, each with the state
 * and the letter it came from.  Unless evidence is asked for, less is kept:
 *
 *  - A state is left out if one that was kept is at least as good: the same
 *    positions for the positives and no more of them for the negatives, since
 *    whatever word is left to find from it is found from the other.
 *  - The letters with which a positive begins are read without keeping states:
 *    there is no choice.
 *  - Negatives without wildcards are followed as groups (word_group.c).
 *
 * Why a state is no end of a word, and why a letter leads nowhere, is blamed on
 * one pattern each.  The patterns ever blamed are a core: with them alone the
 * same states, as far as they tell of these patterns, are closed under the same
 * letters, and those are no fewer than the letters which the core asks for.
 */
#include "prove/word_parts.h"

enum {
    STACK_STATES = 64, /* room for so many before memory is acquired, */
    STACK_WORDS = 320, /* if they fit here */
    STACK_PATTERNS = 64,
    STACK_OTHERS = 64, /* letters that are not ASCII */
    GROUP_FROM = 2     /* so many negatives without wildcards are a group */
};

/* --- what is blamed --------------------------------------------------------- */

/* One that was blamed already is the better one. */
static bool is_matched(
    const word_machine *m, uint32_t part, const uint64_t *sets)
{
    return set_has(set_of(m, sets, part), m->parts[part].pattern->count);
}

static bool blame_group(word_machine *m, const uint64_t *sets)
{
    uint32_t at = m->states.group_at;

    for (uint32_t i = 0; i < 2; i++) {
        uint32_t number;

        if (m->groups[i].count == 0)
            continue;
        if (iamp_word_group_matched(&m->groups[i], sets + at, &number)) {
            m->used[number] = true;
            return true;
        }
        at += GROUP_WORDS;
    }
    return false;
}

/* Does the word that led here end here? */
static bool is_end(word_machine *m, const uint64_t *sets)
{
    uint32_t found = m->part_count;

    m->work += m->part_count;
    for (uint32_t i = 0; i < m->part_count; i++) {
        if (is_matched(m, i, sets) == (i < m->positives))
            continue;
        if (m->used[m->parts[i].number])
            return false;
        found = found < m->part_count ? found : i;
    }
    if (found < m->part_count) {
        m->used[m->parts[found].number] = true;
        return false;
    }
    return !blame_group(m, sets);
}

/* --- steps ------------------------------------------------------------------ */

/* Put what `letter` leads to into `to`.  False if that is dead. */
static bool step(
    word_machine *m, const uint64_t *from, uint64_t *to, uint32_t letter)
{
    uint32_t at = m->states.group_at;
    uint32_t found = m->part_count;

    for (uint32_t i = 0; i < m->part_count; i++) {
        const word_member *p = &m->parts[i];
        bool alive = iamp_word_advance(
            p->pattern, from + p->offset, to + p->offset, letter, &m->work);

        if (i < m->positives ? alive
                             : !p->open_end || !set_has(to + p->offset,
                                                   p->pattern->count - 1))
            continue;
        found = found < m->part_count ? found : i;
        if (i < m->positives || m->used[p->number])
            break;
    }
    if (found < m->part_count) {
        m->used[m->parts[found].number] = true;
        return false;
    }
    for (uint32_t i = 0; i < 2; i++) {
        if (m->groups[i].count == 0)
            continue;
        iamp_word_group_advance(
            &m->groups[i], from + at, to + at, letter, &m->work);
        at += GROUP_WORDS;
    }
    return true;
}

/* False if memory ran out. */
static bool take(word_machine *m, uint32_t from, uint32_t letter)
{
    word_states *s = &m->states;

    return !step(m, state_sets(s, from), state_sets(s, s->count), letter) ||
           iamp_word_states_keep(s, from, letter, &m->work);
}

static bool is_overdrawn(const word_machine *m)
{
    return m->work > *m->search->steps;
}

/* Everything that one letter leads to.  False if memory, or the steps, ran
 * out. */
static bool expand(word_machine *m, uint32_t state)
{
    word_letters l = iamp_word_gather(m, state_sets(&m->states, state));

    for (uint32_t i = 0; i < l.other_count; i++)
        if (is_overdrawn(m) || !take(m, state, m->others[i]))
            return false;
    for (uint32_t k = 0; k < 2; k++)
        for (uint64_t bits = l.ascii[k]; bits; bits &= bits - 1)
            if (is_overdrawn(m) || !take(m, state, k * 64 + lowest_bit(bits)))
                return false;
    return true;
}

/* --- the start -------------------------------------------------------------- */

/* The positive that begins with most letters. */
static uint32_t find_beginner(word_machine *m)
{
    uint32_t best = 0, most = 0;

    for (uint32_t i = 0; i < m->positives; i++) {
        uint32_t len = 0;

        while (iamp_word_only_letter(m, i, len))
            len++;
        m->work += len;
        if (len > most) {
            most = len;
            best = i;
        }
    }
    return best;
}

/* Read a positive's first letters: state 0 moves on.  False if it died. */
static bool begin_with_letters(word_machine *m)
{
    uint64_t *sets = state_sets(&m->states, 0);
    uint64_t *draft = state_sets(&m->states, 1);
    uint32_t letter;

    m->beginner = find_beginner(m);
    while (!is_overdrawn(m) &&
           (letter = iamp_word_only_letter(m, m->beginner, m->begun)) != 0) {
        m->used[m->parts[m->beginner].number] = true;
        if (!step(m, sets, draft, letter))
            return false;
        memcpy(sets, draft, m->states.words * sizeof(*sets));
        m->begun++;
    }
    return true;
}

/* State 0.  False if there is nothing to search. */
static bool start(word_machine *m)
{
    uint64_t *sets = state_sets(&m->states, 0);
    uint32_t at = m->states.group_at;

    for (uint32_t i = 0; i < m->part_count; i++) {
        const word_member *p = &m->parts[i];

        iamp_word_begin(p->pattern, sets + p->offset);
        if (i >= m->positives && p->open_end &&
            set_has(sets + p->offset, p->pattern->count - 1)) {
            m->used[p->number] = true;
            return false;
        }
    }
    for (uint32_t i = 0; i < 2; i++) {
        if (m->groups[i].count == 0)
            continue;
        iamp_word_group_begin(&m->groups[i], sets + at);
        at += GROUP_WORDS;
    }
    m->work += m->states.words;
    return m->positives == 0 || m->search->each || begin_with_letters(m);
}

/* --- the whole --------------------------------------------------------------- */

/* The letters that led to the state, in the arena. */
static word_result read_back(const word_machine *m, uint32_t state)
{
    const word_trace *traces = m->states.traces;
    word_result r = {.answer = WORD_FOUND, .len = m->begun};
    uint32_t *word;

    if (m->search->only_answer)
        return (word_result){.answer = WORD_FOUND};
    for (uint32_t i = state; i != 0; i = traces[i].parent)
        r.len++;
    word = ARENA_ARRAY(m->search->mem, uint32_t, r.len);
    if (!word)
        return (word_result){.answer = WORD_NO_MEMORY};
    for (uint32_t i = 0; i < m->begun; i++)
        word[i] = iamp_word_only_letter(m, m->beginner, i);
    for (size_t at = r.len; at > m->begun; state = traces[state].parent)
        word[--at] = traces[state].letter;
    r.word = word;
    return r;
}

static bool pay(word_machine *m)
{
    uint64_t *steps = m->search->steps;
    bool enough = m->work <= *steps;

    *steps -= enough ? m->work : *steps;
    m->work = 0;
    return enough;
}

static bool tell(const word_machine *m, uint32_t state)
{
    const uint64_t *sets = state_sets(&m->states, state);

    for (uint32_t i = 0; i < m->part_count; i++)
        m->rows[i] = set_of(m, sets, i);
    return m->search->each(m->search->user, m->rows, m->patterns);
}

static word_result run(word_machine *m)
{
    const word_states *s = &m->states;

    if (start(m) && !iamp_word_states_keep(&m->states, 0, 0, &m->work))
        return (word_result){.answer = WORD_NO_MEMORY};
    for (uint32_t state = 0; state < s->count; state++) {
        if (!pay(m) || (m->search->each && !tell(m, state)))
            return (word_result){.answer = WORD_UNKNOWN};
        if (is_end(m, state_sets(s, state)))
            return read_back(m, state);
        if (!expand(m, state))
            return (word_result){
                .answer = is_overdrawn(m) ? WORD_UNKNOWN : WORD_NO_MEMORY};
    }
    return (word_result){.answer = pay(m) ? WORD_EMPTY : WORD_UNKNOWN};
}

/* --- setting up ------------------------------------------------------------- */

static void add_to_parts(word_machine *m, uint32_t number)
{
    const word_pattern *p = m->pattern[number];
    const word_token *last = p->count ? &p->tokens[p->count - 1] : NULL;

    m->parts[m->part_count++] = (word_member){.pattern = p,
        .number = number,
        .offset = m->states.words,
        .open_end = last && last->type == WORD_RUN && last->class == CLASS_ANY};
    m->states.words += set_words(p->count);
    if (number < m->positives)
        m->states.positive_words = m->states.words;
}

/* Each negative into its group, or a part. */
static void part_and_group(word_machine *m)
{
    uint32_t counts[2] = {0, 0};

    for (uint32_t i = m->positives; !m->search->each && i < m->patterns; i++)
        counts[m->pattern[i]->fold] += m->pattern[i]->plain;
    m->groups[0].number = m->numbers;
    m->groups[1].number = m->numbers + counts[0];
    for (uint32_t i = 0; i < m->patterns; i++) {
        bool fold = m->pattern[i]->fold;
        word_group *g = &m->groups[fold];

        if (i >= m->positives && m->pattern[i]->plain &&
            counts[fold] >= GROUP_FROM)
            g->number[g->count++] = i;
        else
            add_to_parts(m, i);
    }
    m->states.group_at = m->states.words;
    for (uint32_t i = 0; i < 2; i++) {
        word_group *g = &m->groups[i];

        g->pattern = m->pattern;
        g->fold = i;
        if (g->count == 0)
            continue;
        iamp_word_group_sort(g, &m->work);
        m->states.words += GROUP_WORDS;
    }
}

static void gather_patterns(word_machine *m, const word_pattern **pattern)
{
    const word_query *q = &m->search->query;

    for (uint32_t i = 0; i < q->positive_count; i++)
        pattern[i] = q->positive[i];
    for (uint32_t i = 0; i < q->negative_count; i++)
        pattern[m->positives + i] = q->negative[i];
    m->pattern = pattern;
}

static void report_used(const word_machine *m)
{
    const word_search *s = m->search;

    for (uint32_t i = 0; s->used_positive && i < m->positives; i++)
        s->used_positive[i] = m->used[i];
    for (uint32_t i = m->positives; s->used_negative && i < m->patterns; i++)
        s->used_negative[i - m->positives] = m->used[i];
}

static word_result search_states(word_machine *m, const word_pattern **pattern)
{
    uint64_t sets[STACK_WORDS];
    word_trace traces[STACK_STATES];
    uint32_t table[4 * STACK_STATES];
    word_result r = {.answer = WORD_NO_MEMORY};

    gather_patterns(m, pattern);
    iamp_word_note_letters(m);
    part_and_group(m);
    m->states.from = m->search->mem->from;
    m->states.subsume = !m->search->each;
    m->states.sets = sets;
    m->states.traces = traces;
    m->states.table = table;
    if (!iamp_word_states_init(&m->states, STACK_WORDS, STACK_STATES))
        return r;
    r = run(m);
    iamp_word_states_release(&m->states);
    report_used(m);
    return r;
}

/* How many letters of the positives are not ASCII, and the fresh one. */
static size_t count_others(const word_query *q)
{
    size_t count = 1;

    for (uint32_t i = 0; i < q->positive_count; i++)
        for (uint32_t k = 0; k < q->positive[i]->count; k++)
            count += q->positive[i]->tokens[k].letter >= 128;
    return count;
}

/* With memory for what the stack is too small for. */
static word_result search_large(word_machine *m, size_t others)
{
    const iam_allocator *from = m->search->mem->from;
    size_t n = m->patterns;
    const word_pattern **pattern = iamp_memory_acquire(
        from, n * (sizeof(*pattern) + sizeof(word_member) + sizeof(*m->rows) +
                      sizeof(*m->numbers) + sizeof(*m->used)) +
                  others * sizeof(*m->others));
    word_result r = {.answer = WORD_NO_MEMORY};

    if (!pattern)
        return r;
    m->parts = (word_member *)(void *)(pattern + n);
    m->rows = (const uint64_t **)(void *)(m->parts + n);
    m->numbers = (uint32_t *)(void *)(m->rows + n);
    m->others = m->numbers + n;
    m->used = (bool *)(m->others + others);
    memset(m->used, 0, n);
    r = search_states(m, pattern);
    iamp_memory_release(from, pattern);
    return r;
}

static word_result search_small(word_machine *m)
{
    const word_pattern *pattern[STACK_PATTERNS];
    word_member parts[STACK_PATTERNS];
    const uint64_t *rows[STACK_PATTERNS];
    uint32_t numbers[STACK_PATTERNS];
    uint32_t others[STACK_OTHERS];
    bool used[STACK_PATTERNS] = {false};

    m->parts = parts;
    m->rows = rows;
    m->numbers = numbers;
    m->others = others;
    m->used = used;
    return search_states(m, pattern);
}

word_result iamp_word_search(const word_search *search)
{
    const word_query *q = &search->query;
    word_machine m = {.search = search,
        .positives = q->positive_count,
        .patterns = q->positive_count + q->negative_count};
    size_t others = count_others(q);

    if (m.patterns <= STACK_PATTERNS && others <= STACK_OTHERS)
        return search_small(&m);
    return search_large(&m, others);
}

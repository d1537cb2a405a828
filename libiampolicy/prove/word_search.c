/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_search.c - breadth-first over the states of a query.
 *
 * A state is a row of 64-bit sets, pattern after pattern (word.h, "Evidence").
 * States are kept in the order in which they were found, each with the state
 * and the letter it came from, and found again by hash.
 *
 * A state is left out if another one that was kept is at least as good: the
 * same positions for the positives and no more of them for the negatives, since
 * whatever word is left to find from it is found from the other.
 *
 * Why a state is no end of a word, and why a letter leads nowhere, is blamed on
 * one pattern each.  The patterns ever blamed are a core: with them alone the
 * same states, as far as they tell of these patterns, are closed under the same
 * letters, and those are no fewer than the letters which the core asks for.
 */
#include "prove/word_parts.h"

enum {
    STACK_STATES = 64, /* room for so many before memory is acquired, */
    STACK_WORDS = 448, /* if they fit here */
    STACK_LAYOUT = 64  /* patterns, and letters that are not ASCII */
};

typedef struct machine {
    const word_search *search;
    const word_pattern *const *pattern; /* positives, then negatives */
    uint32_t *offset;                   /* of each pattern's set; one more */
    uint32_t positives, patterns;
    uint32_t cased[2]; /* ASCII letters, lower and upper, of negatives that do
                          not fold */
    uint32_t digits;   /* what a digit is tried as: a bit for each */
    bool *used;        /* pattern by pattern: was it ever blamed? */
    uint64_t work;
    word_states states;
} machine;

/* --- what is blamed --------------------------------------------------------- */

static void blame(machine *m, uint32_t pattern)
{
    m->used[pattern] = true;
}

static bool was_blamed(const machine *m, uint32_t pattern)
{
    return m->used[pattern];
}

/* The negative stands at its end, or in a last run that takes everything. */
static bool is_matched(const machine *m, uint32_t i, const uint64_t *sets)
{
    return set_has(sets + m->offset[i], m->pattern[i]->count);
}

static bool is_matched_for_good(
    const machine *m, uint32_t i, const uint64_t *sets)
{
    const word_pattern *p = m->pattern[i];

    return p->count > 0 && p->tokens[p->count - 1].type == WORD_RUN &&
           p->tokens[p->count - 1].class == CLASS_ANY &&
           set_has(sets + m->offset[i], p->count - 1);
}

/* Some negative fits `test`: one that was blamed before, if there is one. */
static bool blame_negative(machine *m, const uint64_t *sets,
    bool (*test)(const machine *m, uint32_t i, const uint64_t *sets))
{
    uint32_t found = m->patterns;

    m->work += m->patterns - m->positives;
    for (uint32_t i = m->positives; i < m->patterns; i++) {
        if (!test(m, i, sets))
            continue;
        found = found < m->patterns ? found : i;
        if (was_blamed(m, i))
            return true;
    }
    if (found == m->patterns)
        return false;
    blame(m, found);
    return true;
}

/* Does the word that led here end here? */
static bool is_end(machine *m, const uint64_t *sets)
{
    uint32_t found = m->patterns;

    for (uint32_t i = 0; i < m->positives; i++) {
        if (is_matched(m, i, sets))
            continue;
        found = found < m->patterns ? found : i;
        if (was_blamed(m, i))
            return false;
    }
    if (blame_negative(m, sets, is_matched))
        return false;
    if (found == m->patterns)
        return true;
    blame(m, found);
    return false;
}

/* --- letters ---------------------------------------------------------------- */

typedef struct letters {
    uint64_t ascii[2];
    uint32_t *other; /* that are not ASCII */
    uint32_t other_count;
} letters;

static void add_ascii(letters *l, uint32_t letter)
{
    l->ascii[letter / 64] |= UINT64_C(1) << (letter % 64);
}

/* A folding positive's letter stands for two.  One is enough if no negative
 * tells it from the other. */
static void add_both(const machine *m, letters *l, uint32_t lower)
{
    uint32_t bit = UINT32_C(1) << (lower - 'a');

    if (!(m->cased[0] & bit)) {
        add_ascii(l, lower);
    } else {
        add_ascii(l, lower - 32);
        if (m->cased[1] & bit)
            add_ascii(l, lower);
    }
}

static void add_digits(const machine *m, letters *l)
{
    for (uint32_t i = 0; i < 10; i++)
        if (m->digits >> i & 1)
            add_ascii(l, '0' + i);
}

/* What the token of a positive asks for. */
static void add_positive(
    machine *m, letters *l, const word_pattern *p, const word_token *token)
{
    if (token->type != WORD_LETTER) {
        if (token->class == CLASS_DIGIT)
            add_digits(m, l);
        return;
    }
    if (token->letter >= 128) {
        for (uint32_t i = 0; i < l->other_count; i++)
            if (l->other[i] == token->letter)
                return;
        m->work += l->other_count;
        l->other[l->other_count++] = token->letter;
    } else if (p->fold && token->letter - 'a' < 26) {
        add_both(m, l, token->letter);
    } else {
        add_ascii(l, token->letter);
    }
}

static void add_negative(letters *l, const word_token *token)
{
    if (token->type == WORD_LETTER)
        return;
    if (token->class == CLASS_NO_COLON)
        add_ascii(l, ':');
    else if (token->class == CLASS_NO_SLASH)
        add_ascii(l, '/');
}

static void add_pattern(
    machine *m, letters *l, uint32_t number, const uint64_t *sets)
{
    const word_pattern *p = m->pattern[number];
    const uint64_t *set = sets + m->offset[number];
    uint32_t words = set_words(p->count);

    if (number >= m->positives && !p->classy)
        return;
    for (uint32_t i = 0; i < words; i++)
        for (uint64_t bits = set[i]; bits; bits &= bits - 1) {
            uint32_t at = i * 64 + lowest_bit(bits);

            m->work++;
            if (at == p->count)
                return;
            if (number < m->positives)
                add_positive(m, l, p, &p->tokens[at]);
            else
                add_negative(l, &p->tokens[at]);
        }
}

/* --- steps ------------------------------------------------------------------ */

/* The draft state: `from` and a letter.  False if a positive dies, or a
 * negative matches whatever follows. */
static bool draft(machine *m, uint32_t from, uint32_t letter)
{
    uint64_t *to = state_sets(&m->states, m->states.count);
    const uint64_t *sets = state_sets(&m->states, from);

    for (uint32_t i = 0; i < m->positives; i++)
        if (!iamp_word_advance(m->pattern[i], sets + m->offset[i],
                to + m->offset[i], letter, &m->work)) {
            blame(m, i);
            return false;
        }
    for (uint32_t i = m->positives; i < m->patterns; i++)
        iamp_word_advance(m->pattern[i], sets + m->offset[i], to + m->offset[i],
            letter, &m->work);
    return !blame_negative(m, to, is_matched_for_good);
}

/* False if memory ran out. */
static bool take(machine *m, uint32_t from, uint32_t letter)
{
    return !draft(m, from, letter) ||
           iamp_word_states_keep(&m->states, from, letter, &m->work);
}

static bool tell(const machine *m, uint32_t state, const uint64_t **rows)
{
    const uint64_t *sets = state_sets(&m->states, state);

    for (uint32_t i = 0; i < m->patterns; i++)
        rows[i] = sets + m->offset[i];
    return m->search->each(m->search->user, rows, m->patterns);
}

/* Everything that one letter leads to.  False ends the search. */
static bool expand(machine *m, uint32_t state, uint32_t *others)
{
    letters l = {.other = others};
    const uint64_t *sets = state_sets(&m->states, state);

    for (uint32_t i = 0; i < m->patterns; i++)
        add_pattern(m, &l, i, sets);
    l.other[l.other_count++] = WORD_FRESH;
    for (uint32_t i = 0; i < l.other_count; i++)
        if (!take(m, state, l.other[i]))
            return false;
    for (uint32_t k = 0; k < 2; k++)
        for (uint64_t bits = l.ascii[k]; bits; bits &= bits - 1) {
            if (!take(m, state, k * 64 + lowest_bit(bits)))
                return false;
        }
    return true;
}

/* The letters that led to the state, in the arena. */
static word_result read_back(const machine *m, uint32_t state)
{
    word_result r = {.answer = WORD_FOUND};
    uint32_t *word;

    for (uint32_t i = state; i != 0; i = m->states.traces[i].parent)
        r.len++;
    word = ARENA_ARRAY(m->search->mem, uint32_t, r.len);
    if (!word)
        return (word_result){.answer = WORD_NO_MEMORY};
    for (size_t at = r.len; at > 0; state = m->states.traces[state].parent)
        word[--at] = m->states.traces[state].letter;
    r.word = word;
    return r;
}

static bool pay(machine *m)
{
    uint64_t *steps = m->search->steps;
    bool enough = m->work <= *steps;

    *steps -= enough ? m->work : *steps;
    m->work = 0;
    return enough;
}

/* The first state: no letter read yet.  False if there is nothing to search. */
static bool start(machine *m)
{
    uint64_t *sets = state_sets(&m->states, 0);

    memset(sets, 0, m->states.words * sizeof(*sets));
    for (uint32_t i = 0; i < m->patterns; i++)
        set_reach(sets + m->offset[i], m->pattern[i], 0);
    m->work += m->states.words;
    return !blame_negative(m, sets, is_matched_for_good);
}

static word_result run(machine *m, uint32_t *others, const uint64_t **rows)
{
    if (start(m) && !iamp_word_states_keep(&m->states, 0, 0, &m->work))
        return (word_result){.answer = WORD_NO_MEMORY};
    for (uint32_t state = 0; state < m->states.count; state++) {
        if (!pay(m) || (m->search->each && !tell(m, state, rows)))
            return (word_result){.answer = WORD_UNKNOWN};
        if (is_end(m, state_sets(&m->states, state)))
            return read_back(m, state);
        if (!expand(m, state, others))
            return (word_result){.answer = WORD_NO_MEMORY};
    }
    return (word_result){.answer = pay(m) ? WORD_EMPTY : WORD_UNKNOWN};
}

/* --- setting up ------------------------------------------------------------- */

/* Which letters negatives tell from others (see word.h). */
static void note_letters(machine *m)
{
    uint32_t digits = 0;

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

/* Offsets of the sets; false if a state would be absurdly large. */
static bool lay_out(machine *m)
{
    uint32_t words = 0;

    for (uint32_t i = 0; i < m->patterns; i++) {
        m->offset[i] = words;
        words += set_words(m->pattern[i]->count);
        if (i + 1 == m->positives)
            m->states.positive_words = words;
        if (words > UINT32_MAX / 1024)
            return false;
    }
    m->offset[m->patterns] = words;
    m->states.words = words;
    return true;
}

static word_result search_states(
    machine *m, uint32_t *others, const uint64_t **rows)
{
    uint64_t sets[STACK_WORDS];
    word_trace traces[STACK_STATES];
    uint32_t table[4 * STACK_STATES];
    word_result r = {.answer = WORD_NO_MEMORY};

    if (!lay_out(m))
        return (word_result){.answer = WORD_UNKNOWN};
    note_letters(m);
    m->states.from = m->search->mem->from;
    m->states.subsume = !m->search->each;
    m->states.sets = sets;
    m->states.traces = traces;
    m->states.table = table;
    if (!iamp_word_states_init(&m->states, STACK_WORDS, STACK_STATES))
        return r;
    r = run(m, others, rows);
    iamp_word_states_release(&m->states);
    return r;
}

static void gather_patterns(machine *m, const word_pattern **pattern)
{
    const word_query *q = &m->search->query;

    for (uint32_t i = 0; i < q->positive_count; i++)
        pattern[i] = q->positive[i];
    for (uint32_t i = 0; i < q->negative_count; i++)
        pattern[m->positives + i] = q->negative[i];
    m->pattern = pattern;
}

static void report_used(const machine *m, word_answer answer)
{
    const word_search *s = m->search;

    for (uint32_t i = 0; s->used_positive && i < m->positives; i++)
        s->used_positive[i] = answer == WORD_EMPTY && m->used[i];
    for (uint32_t i = m->positives; s->used_negative && i < m->patterns; i++)
        s->used_negative[i - m->positives] = answer == WORD_EMPTY && m->used[i];
}

/* How many letters of the positives are not ASCII, and the fresh one. */
static size_t other_room(const word_query *q)
{
    size_t room = 1;

    for (uint32_t i = 0; i < q->positive_count; i++)
        for (uint32_t k = 0; k < q->positive[i]->count; k++)
            room += q->positive[i]->tokens[k].letter >= 128;
    return room;
}

/* Rows for each pattern, where the stack has too few. */
static word_result search_large(machine *m, size_t others)
{
    const iam_allocator *from = m->search->mem->from;
    size_t n = (size_t)m->patterns + 1;
    size_t each = sizeof(word_pattern *) + sizeof(uint64_t *) +
                  sizeof(uint32_t) + sizeof(bool);
    word_result r = {.answer = WORD_NO_MEMORY};
    const word_pattern **pattern =
        iamp_memory_acquire(from, n * each + others * sizeof(uint32_t));
    const uint64_t **rows;

    if (!pattern)
        return r;
    rows = (const uint64_t **)(pattern + n);
    m->offset = (uint32_t *)(void *)(rows + n);
    m->used = (bool *)(m->offset + n + others);
    memset(m->used, 0, n);
    gather_patterns(m, pattern);
    r = search_states(m, m->offset + n, rows);
    report_used(m, r.answer);
    iamp_memory_release(from, pattern);
    return r;
}

static word_result search_small(machine *m)
{
    const word_pattern *pattern[STACK_LAYOUT];
    const uint64_t *rows[STACK_LAYOUT];
    uint32_t offset[STACK_LAYOUT + 1];
    uint32_t others[STACK_LAYOUT];
    bool used[STACK_LAYOUT] = {false};
    word_result r;

    m->offset = offset;
    m->used = used;
    gather_patterns(m, pattern);
    r = search_states(m, others, rows);
    report_used(m, r.answer);
    return r;
}

word_result iamp_word_search(const word_search *search)
{
    const word_query *q = &search->query;
    machine m = {.search = search,
        .positives = q->positive_count,
        .patterns = q->positive_count + q->negative_count};
    size_t others = other_room(q);

    if (m.patterns <= STACK_LAYOUT && others <= STACK_LAYOUT)
        return search_small(&m);
    return search_large(&m, others);
}

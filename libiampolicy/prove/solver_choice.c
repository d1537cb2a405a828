/* SPDX-License-Identifier: Apache-2.0 */
/*
 * solver_choice.c - what is decided next, as long as little had to be learned:
 * only what some clause still needs.
 *
 * If every variable without a value were false, a clause would hold that has a
 * true literal or a negated one without a value.  The other clauses need one of
 * their free literals, all of which are positive: that is a choice, and the only
 * kind.  Where a formula's names imply it and are not implied by it, what is
 * chosen is a way through the formula, and the rest of it is not looked at.
 *
 * A clause can turn into a choice only when the last of its negated literals
 * became false: so it is looked at when the variable of any of these becomes
 * true, in the order of the trail.  What was looked at before a level began is
 * satisfied by what was assigned before that level began, and stays so until
 * that level is undone.
 */
#include "prove/solver_parts.h"

enum {
    SMALL_CLAUSE = 32 /* whose literals are all compared */
};

static bool may_be_choice(const solver *s, uint32_t clause)
{
    const lit *lits = clause_lits(s, clause);
    uint32_t positive = 0;

    if (*clause_notes(s, clause) & NOTE_LEARNED)
        return false; /* follows from the others */
    for (uint32_t i = 0; i < clause_size(s, clause) && positive < 2; i++)
        positive += !(lits[i] & 1);
    return positive == 2;
}

static bool add_choice(solver *s, uint32_t *head, uint32_t clause)
{
    void *choices = s->choices;

    if (!iamp_solver_grow(s, &choices, &s->choice_capacity,
            (uint64_t)s->choice_count + 1, sizeof(*s->choices)))
        return false;
    s->choices = choices;
    s->choices[s->choice_count] = (choice){clause, *head};
    *head = s->choice_count++;
    return true;
}

static bool index_clause(solver *s, uint32_t clause)
{
    bool negated = false;

    if (!may_be_choice(s, clause))
        return true;
    for (uint32_t i = 0; i < clause_size(s, clause); i++) {
        lit l = clause_lits(s, clause)[i];

        if (!(l & 1))
            continue;
        negated = true;
        if (!add_choice(s, &solver_variable(s, l)->choices, clause))
            return false;
    }
    return negated || add_choice(s, &s->always, clause);
}

bool iamp_solver_index_choices(solver *s)
{
    for (uint32_t c = s->indexed; c < s->word_count; c = clause_after(s, c))
        if (!index_clause(s, c))
            return false;
    s->indexed = s->word_count;
    s->justified = (justified){s->always, 0};
    for (uint32_t i = 1; i <= s->level_count; i++)
        s->levels[i].justified = s->justified;
    return true;
}

void iamp_solver_forget_choices(solver *s)
{
    for (uint32_t v = 0; v < s->variable_count; v++)
        s->variables[v].choices = NO_PLACE;
    s->always = NO_PLACE;
    s->choice_count = 0;
    s->indexed = 0;
}

static bool needs_one(solver *s, uint32_t clause)
{
    const lit *lits = clause_lits(s, clause);
    uint32_t size = clause_size(s, clause);

    for (uint32_t i = 0; i < size; i++)
        if (solver_value(s, lits[i]) > 0 ||
            ((lits[i] & 1) && solver_value(s, lits[i]) == 0)) {
            solver_charge(s, 1 + i / 8);
            return false;
        }
    solver_charge(s, 1 + size / 8);
    return true;
}

/* The first clause of a list that needs a literal. */
static uint32_t first_open(solver *s, uint32_t *at)
{
    for (; *at != NO_PLACE; *at = s->choices[*at].next)
        if (needs_one(s, s->choices[*at].clause))
            return s->choices[*at].clause;
    return NO_CLAUSE;
}

static uint32_t open_choice(solver *s)
{
    uint32_t clause = first_open(s, &s->justified.always);

    for (; clause == NO_CLAUSE && s->justified.trail < s->trail_count;) {
        lit l = s->trail[s->justified.trail];
        uint32_t at = l & 1 ? NO_PLACE : solver_variable(s, l)->choices;

        clause = first_open(s, &at);
        if (clause == NO_CLAUSE)
            s->justified.trail++;
    }
    return clause;
}

/* Of a lower priority; of those the most active one; then the last one. */
static bool rather(const solver *s, lit a, lit b)
{
    uint64_t first = solver_variable(s, a)->rank;
    uint64_t second = solver_variable(s, b)->rank;

    if (first >> PRIORITY_SHIFT != second >> PRIORITY_SHIFT)
        return first < second;
    return first > second || (first == second && a > b);
}

/* Of a long clause one of the two that are watched: neither is false. */
bool iamp_solver_choose(solver *s, lit *out)
{
    uint32_t clause, size;
    bool found = false;

    if (s->preferred && solver_value(s, lit_of(s->preferred - 1)) == 0) {
        *out = lit_of(s->preferred - 1);
        return true;
    }
    clause = open_choice(s);
    if (clause == NO_CLAUSE)
        return false;
    size = clause_size(s, clause);
    for (uint32_t i = 0; i < (size > SMALL_CLAUSE ? 2 : size); i++) {
        lit l = clause_lits(s, clause)[i];

        if (solver_value(s, l) == 0 && (!found || rather(s, l, *out))) {
            *out = l;
            found = true;
        }
    }
    return found;
}

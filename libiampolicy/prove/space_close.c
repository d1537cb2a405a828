/* SPDX-License-Identifier: Apache-2.0 */
/*
 * space_close.c - all atoms are there: axes cut into cells, sets filled, and
 * what can be told before the search.
 */
#include "prove/space.h"

/* A value of the key's own type is in no cell of "?"; an address is no number
 * and no moment. */
static void keep_typed(
    const space_key *k, axis_sort sort, const axis *a, uint64_t *cells)
{
    uint32_t last = axis_no_value(a);
    axis_sort own = k->type == KEY_TYPE_NUMERIC ? SORT_NUMBER : SORT_DATE;

    if ((k->address && sort == SORT_ADDRESS) || (k->ordered && sort == own)) {
        cells[last / 64] &= ~(UINT64_C(1) << (last % 64));
    } else if (k->address) {
        bool other = cell_in(cells, last);

        memset(cells, 0, a->words * sizeof(*cells));
        if (other)
            cells[last / 64] |= UINT64_C(1) << (last % 64);
    }
}

static void fill_atom(search *s, atom *a)
{
    axis *ax = s->slots[a->slot].tracks[a->sort].axis;

    a->cells = iamp_axis_set(ax);
    if (!a->cells) {
        s->failed = true;
        return;
    }
    if (a->set)
        iamp_axis_fill_addresses(ax, a->set, a->cells);
    if (a->address.family)
        iamp_axis_fill_address(ax, &a->address, a->cells);
    if (a->from)
        iamp_order_cells(ax, a->from, a->cells);
    if (!a->wanted)
        iamp_axis_complement(ax, a->cells);
    keep_typed(
        &s->keys[s->slots[a->slot].key], (axis_sort)a->sort, ax, a->cells);
}

static bool has_common(const uint64_t *a, const uint64_t *b, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        if (a[i] & b[i])
            return true;
    return false;
}

/* What every model asks of a slot's cells excludes many atoms at once: told
 * before the search, which would find out one by one. */
static void refute_by_roots(search *s)
{
    for (uint32_t r = 0; r < s->root_count && !s->failed; r++) {
        const atom *root = &s->atoms[s->roots[r]];
        uint32_t words;

        if (root->word)
            continue;
        words = s->slots[root->slot].tracks[root->sort].axis->words;
        for (uint32_t i = 0; i < s->atom_count && !s->failed; i++) {
            const atom *a = &s->atoms[i];
            lit both[2] = {
                lit_not(lit_of(root->variable)), lit_not(lit_of(a->variable))};

            if (a->word || a->slot != root->slot || a->sort != root->sort ||
                a == root || has_common(a->cells, root->cells, words))
                continue;
            if (iamp_solver_clause(s->solver, both, 2) != IAM_OK)
                s->failed = true;
        }
    }
}

void iamp_search_close(search *s)
{
    if (s->closed)
        return;
    for (uint32_t i = 0; i < s->key_count; i++)
        for (size_t sort = 0; sort < SORT_COUNT; sort++)
            if (s->keys[i].axes[sort] &&
                iamp_axis_close(s->keys[i].axes[sort]) != IAM_OK)
                s->failed = true;
    for (uint32_t i = 0; i < s->atom_count && !s->failed; i++)
        if (!s->atoms[i].word)
            fill_atom(s, &s->atoms[i]);
    s->closed = true;
    refute_by_roots(s);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * space.c - keys, slots and atoms of a search.
 */
#include "prove/space.h"

#include "prove/grow.h"

enum {
    FIRST_INDEX = 64
};

/* --- life ---------------------------------------------------------------- */

iam_status iamp_search_init(
    search *s, lexis *l, uint64_t *steps, const iam_allocator *from)
{
    *s = (search){.lexis = l};
    s->steps = steps;
    iamp_arena_init(&s->mem, from);
    iamp_word_builder_init(&s->builder, from);
    if (iamp_solver_new(&s->solver, from) != IAM_OK)
        return IAM_ENOMEM;
    iamp_theory_init(s);
    for (node n = NODE_FALSE; n <= NODE_TRUE; n++)
        if (!GROW(&s->mem, s->nodes, s->node_count, s->node_room))
            return IAM_ENOMEM;
        else
            s->nodes[s->node_count++] = (node_data){.type = NODE_CONSTANT};
    return IAM_OK;
}

void iamp_search_release(search *s)
{
    iamp_solver_free(s->solver);
    iamp_word_builder_release(&s->builder);
    iamp_arena_release(&s->mem);
}

/* --- keys and slots ------------------------------------------------------ */

bool iamp_search_pay(search *s, uint64_t steps)
{
    *s->steps -= steps < *s->steps ? steps : *s->steps;
    return *s->steps > 0;
}

static uint32_t *key_cell(
    const search *s, uint32_t *index, uint32_t room, const key_ref *key)
{
    uint32_t at = (uint32_t)key->hash & (room - 1);

    while (index[at] && !key_eq(&s->keys[index[at] - 1].key, key))
        at = (at + 1) & (room - 1);
    return &index[at];
}

static bool grow_key_index(search *s)
{
    uint32_t room = s->key_index_room ? s->key_index_room * 2 : FIRST_INDEX;
    uint32_t *index;

    if (s->key_index_room > s->key_count * 2)
        return true;
    index = ARENA_ARRAY(&s->mem, uint32_t, room);
    if (!index)
        return false;
    for (uint32_t i = 0; i < s->key_count; i++)
        *key_cell(s, index, room, &s->keys[i].key) = i + 1;
    s->key_index = index;
    s->key_index_room = room;
    return true;
}

uint32_t iamp_space_key(search *s, const key_ref *key)
{
    const key_fact *fact;
    uint32_t *cell;

    if (s->failed || !grow_key_index(s) ||
        !GROW(&s->mem, s->keys, s->key_count, s->key_room)) {
        s->failed = true;
        return 0;
    }
    cell = key_cell(s, s->key_index, s->key_index_room, key);
    if (*cell)
        return *cell - 1;
    *cell = s->key_count + 1;
    fact = iamp_key_fact((key_id)key->id);
    s->keys[s->key_count] = (space_key){
        .key = *key, .mode = KEY_SINGLE, .type = (uint8_t)fact->type};
    return s->key_count++;
}

uint32_t iamp_slot_new(search *s, uint32_t key)
{
    if (s->failed || !GROW(&s->mem, s->slots, s->slot_count, s->slot_room)) {
        s->failed = true;
        return 0;
    }
    s->slots[s->slot_count] = (slot_data){.key = key};
    return s->slot_count++;
}

void iamp_slot_domain(
    search *s, uint32_t slot, const pattern_id *patterns, uint32_t count)
{
    node_list any = iamp_any();
    pattern_id *kept;

    if (s->failed)
        return;
    kept = ARENA_ARRAY(&s->mem, pattern_id, count);
    if (!kept) {
        s->failed = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        kept[i] = patterns[i];
        iamp_list_add(s, &any, iamp_word_node(s, slot, patterns[i], true));
    }
    iamp_assert_node(s, iamp_list_node(s, &any));
    s->slots[slot].domain = kept;
    s->slots[slot].domain_count = count;
}

/* --- atoms --------------------------------------------------------------- */

/* What makes two atoms the same. */
typedef struct atom_name {
    uint64_t hash;
    const ipset *set;
    const void *from; /* the condition of an order atom */
    ipaddr address;
    uint32_t slot;
    pattern_id pattern;
    bool word, wanted;
} atom_name;

static uint64_t mix(uint64_t h, uint64_t x)
{
    h ^= x + UINT64_C(0x9e3779b97f4a7c15);
    h *= UINT64_C(0xff51afd7ed558ccd);
    return h ^ h >> 32;
}

static uint64_t hash_set(const ipset *set)
{
    uint64_t h = set->count4;

    for (size_t i = 0; i < set->count4; i++)
        h = mix(h, (uint64_t)set->v4[i].first << 32 | set->v4[i].last);
    for (size_t i = 0; i < set->count6; i++) {
        h = mix(h, set->v6[i].first_hi ^ set->v6[i].last_lo);
        h = mix(h, set->v6[i].last_hi ^ set->v6[i].first_lo);
    }
    return h;
}

static bool same_set(const ipset *a, const ipset *b)
{
    if (a == b || !a || !b)
        return a == b;
    return a->count4 == b->count4 && a->count6 == b->count6 &&
           (!a->count4 ||
               memcmp(a->v4, b->v4, a->count4 * sizeof(*a->v4)) == 0) &&
           (!a->count6 ||
               memcmp(a->v6, b->v6, a->count6 * sizeof(*a->v6)) == 0);
}

static bool same_atom(const atom *a, const atom_name *name, bool wanted)
{
    if (a->slot != name->slot || a->word != name->word || a->wanted != wanted)
        return false;
    if (a->word)
        return a->pattern == name->pattern;
    return a->from == name->from && a->address.family == name->address.family &&
           a->address.hi == name->address.hi &&
           a->address.lo == name->address.lo && same_set(a->set, name->set);
}

static uint64_t hash_name(const atom_name *name, bool wanted)
{
    uint64_t h = mix(name->slot * 2 + wanted, name->word ? name->pattern : 7);

    if (!name->word) {
        h = mix(h, name->address.hi ^ name->address.family);
        h = mix(h, name->address.lo);
        h = mix(h, (uint64_t)(uintptr_t)name->from);
        h = mix(h, name->set ? name->hash : 0);
    }
    return h;
}

static uint64_t hash_atom(const atom *a)
{
    atom_name name = {.hash = a->set ? hash_set(a->set) : 0,
        .set = a->set,
        .from = a->from,
        .address = a->address,
        .slot = a->slot,
        .pattern = a->pattern,
        .word = a->word};

    return hash_name(&name, a->wanted);
}

static bool grow_atom_index(search *s)
{
    uint32_t room = s->atom_index_room ? s->atom_index_room * 2 : FIRST_INDEX;
    uint32_t *index;

    if (s->atom_index_room > s->atom_count * 2)
        return true;
    index = ARENA_ARRAY(&s->mem, uint32_t, room);
    if (!index)
        return false;
    for (uint32_t i = 0; i < s->atom_count; i++) {
        uint32_t at = (uint32_t)hash_atom(&s->atoms[i]) & (room - 1);

        while (index[at])
            at = (at + 1) & (room - 1);
        index[at] = i + 1;
    }
    s->atom_index = index;
    s->atom_index_room = room;
    return true;
}

static uint32_t *find_cell(search *s, const atom_name *name, bool wanted)
{
    uint32_t at = (uint32_t)hash_name(name, wanted) & (s->atom_index_room - 1);

    while (s->atom_index[at] &&
           !same_atom(&s->atoms[s->atom_index[at] - 1], name, wanted))
        at = (at + 1) & (s->atom_index_room - 1);
    return &s->atom_index[at];
}

/* It is better to refuse an action than a resource, which would become a strange
 * one, and best to want something. */
static uint8_t reluctance(const search *s, const atom *a)
{
    if (!a->word || a->wanted)
        return 0;
    return s->slots[a->slot].key == UINT32_MAX && a->slot > 0 ? 2 : 1;
}

/* A marked variable that stands for the atom. */
static bool add_variable(search *s, atom *a)
{
    uint32_t room = s->variable_room ? s->variable_room : FIRST_INDEX;
    uint32_t *larger;

    if (iamp_solver_variable(
            s->solver, true, false, reluctance(s, a), &a->variable) != IAM_OK)
        return false;
    while (room <= a->variable)
        room *= 2;
    if (room != s->variable_room) {
        larger = ARENA_ARRAY(&s->mem, uint32_t, room);
        if (!larger)
            return false;
        if (s->variable_room)
            memcpy(larger, s->atom_of, s->variable_room * sizeof(*larger));
        s->atom_of = larger;
        s->variable_room = room;
    }
    s->atom_of[a->variable] = s->atom_count + 1;
    return true;
}

/* A value is not both: the opposite wish, if somebody has it. */
static void exclude_twin(search *s, atom *a, const atom_name *name)
{
    uint32_t *twin = find_cell(s, name, !name->wanted);
    lit both[2];

    if (!*twin)
        return;
    a->twin = *twin;
    s->atoms[*twin - 1].twin = s->atom_count + 1;
    both[0] = lit_not(lit_of(a->variable));
    both[1] = lit_not(lit_of(s->atoms[*twin - 1].variable));
    if (iamp_solver_clause(s->solver, both, 2) != IAM_OK)
        s->failed = true;
}

static uint32_t add_atom(search *s, const atom_name *name, atom a)
{
    uint32_t *cell;

    if (s->failed || !GROW(&s->mem, s->atoms, s->atom_count, s->atom_room) ||
        !grow_atom_index(s) || !add_variable(s, &a)) {
        s->failed = true;
        return 0;
    }
    exclude_twin(s, &a, name);
    cell = find_cell(s, name, name->wanted);
    s->atoms[s->atom_count++] = a;
    *cell = s->atom_count;
    return s->atom_count - 1;
}

/* The atom of that name, or a new one of `made`. */
static node atom_node(search *s, const atom_name *name, const atom *made)
{
    uint32_t *cell;
    uint32_t number;

    if (s->failed || !grow_atom_index(s)) {
        s->failed = true;
        return NODE_FALSE;
    }
    cell = find_cell(s, name, name->wanted);
    number = *cell ? *cell - 1 : add_atom(s, name, *made);
    if (s->failed)
        return NODE_FALSE;
    return iamp_node_literal(s, lit_of(s->atoms[number].variable));
}

/* What the slot's domain decides: 1 always, -1 never, 0 it depends. */
static int decided(const search *s, const slot_data *sl, pattern_id p)
{
    bool always = true, never = true;

    for (uint32_t i = 0; i < sl->domain_count && (always || never); i++) {
        pattern_pair pair = iamp_lexis_pair(s->lexis, sl->domain[i], p);

        always = always && pair.within;
        never = never && pair.disjoint;
    }
    if (s->plain || sl->domain_count == 0 || always == never)
        return 0;
    return always ? 1 : -1;
}

node iamp_word_node(
    search *s, uint32_t slot_number, pattern_id pattern, bool wanted)
{
    const slot_data *sl = &s->slots[slot_number];
    const atom_name name = {.slot = slot_number,
        .pattern = pattern,
        .word = true,
        .wanted = wanted};
    const atom made = {.slot = slot_number,
        .pattern = pattern,
        .word = true,
        .wanted = wanted};
    int known;

    if (s->failed)
        return NODE_FALSE;
    if (sl->constant)
        return iamp_word_match_text(s->lexis->patterns[pattern], sl->value) ==
                       wanted
                   ? NODE_TRUE
                   : NODE_FALSE;
    if (s->atom_index_room) {
        uint32_t cell = *find_cell(s, &name, wanted);

        if (cell)
            return iamp_node_literal(s, lit_of(s->atoms[cell - 1].variable));
    }
    known = decided(s, sl, pattern);
    if (known)
        return (known > 0) == wanted ? NODE_TRUE : NODE_FALSE;
    return atom_node(s, &name, &made);
}

/* --- cells --------------------------------------------------------------- */

/* The axis of a slot's key; made if there is none. */
static axis *axis_of(search *s, uint32_t slot_number, axis_sort sort)
{
    slot_data *sl = &s->slots[slot_number];
    space_key *k = &s->keys[sl->key];

    if (!k->axes[sort]) {
        k->axes[sort] = ARENA_ARRAY(&s->mem, axis, 1);
        if (!k->axes[sort]) {
            s->failed = true;
            return NULL;
        }
        iamp_axis_init(k->axes[sort], sort, &s->mem);
    }
    sl->tracks[sort].axis = k->axes[sort];
    return k->axes[sort];
}

void iamp_slot_axis(search *s, uint32_t slot_number, axis_sort sort)
{
    if (!s->failed)
        axis_of(s, slot_number, sort);
}

static node constant_node(bool holds, bool wanted)
{
    return holds == wanted ? NODE_TRUE : NODE_FALSE;
}

node iamp_set_node(
    search *s, uint32_t slot_number, const ipset *set, bool wanted)
{
    const slot_data *sl = &s->slots[slot_number];
    axis *a;
    atom_name name = {.slot = slot_number, .set = set, .wanted = wanted};
    atom made = {.slot = slot_number,
        .wanted = wanted,
        .sort = SORT_ADDRESS,
        .set = set};
    ipaddr address;

    if (s->failed)
        return NODE_FALSE;
    if (sl->constant)
        return constant_node(iamp_ipaddr_parse(sl->value, &address) &&
                                 ipset_contains(set, &address),
            wanted);
    if (set->count4 == 0 && set->count6 == 0)
        return constant_node(false, wanted);
    name.hash = hash_set(set);
    a = axis_of(s, slot_number, SORT_ADDRESS);
    if (!a)
        return NODE_FALSE;
    if (!s->atom_index_room || !*find_cell(s, &name, wanted))
        iamp_axis_add_set(a, set);
    return atom_node(s, &name, &made);
}

node iamp_address_node(
    search *s, uint32_t slot_number, const ipaddr *address, bool wanted)
{
    const slot_data *sl = &s->slots[slot_number];
    const atom_name name = {
        .slot = slot_number, .address = *address, .wanted = wanted};
    const atom made = {.slot = slot_number,
        .wanted = wanted,
        .sort = SORT_ADDRESS,
        .address = *address};
    axis *a;
    ipaddr value;

    if (s->failed)
        return NODE_FALSE;
    if (sl->constant)
        return constant_node(iamp_ipaddr_parse(sl->value, &value) &&
                                 value.family == address->family &&
                                 value.hi == address->hi &&
                                 value.lo == address->lo,
            wanted);
    a = axis_of(s, slot_number, SORT_ADDRESS);
    if (a)
        iamp_axis_add_address(a, address);
    return atom_node(s, &name, &made);
}

static bool is_number(const condition *c)
{
    return c->op.base >= OP_NUMERIC_EQUALS &&
           c->op.base <= OP_NUMERIC_GREATER_EQUALS;
}

void iamp_order_cells(const axis *a, const condition *from, uint64_t *cells)
{
    for (uint32_t i = 0; i < from->count; i++)
        if (a->sort == SORT_NUMBER)
            iamp_axis_fill_numbers(
                a, (operator_base)from->op.base, &from->of.numbers[i], cells);
        else
            iamp_axis_fill_dates(
                a, (operator_base)from->op.base, &from->of.dates[i], cells);
}

static void add_bounds(axis *a, const condition *from)
{
    for (uint32_t i = 0; i < from->count; i++)
        if (is_number(from))
            iamp_axis_add_number(a, &from->of.numbers[i]);
        else
            iamp_axis_add_date(a, &from->of.dates[i]);
}

/* Does a text satisfy the condition's list?  By the cells of an axis of its
 * own. */
static bool order_holds(search *s, const condition *from, text value)
{
    axis own;
    uint64_t *cells;

    iamp_axis_init(&own, is_number(from) ? SORT_NUMBER : SORT_DATE, &s->mem);
    add_bounds(&own, from);
    if (iamp_axis_close(&own) != IAM_OK || !(cells = iamp_axis_set(&own))) {
        s->failed = true;
        return false;
    }
    iamp_order_cells(&own, from, cells);
    return cell_in(cells, iamp_axis_cell(&own, value));
}

node iamp_order_node(
    search *s, uint32_t slot_number, const condition *from, bool wanted)
{
    axis_sort sort = is_number(from) ? SORT_NUMBER : SORT_DATE;
    const atom_name name = {
        .slot = slot_number, .from = from, .wanted = wanted};
    const atom made = {.slot = slot_number,
        .wanted = wanted,
        .sort = (uint8_t)sort,
        .from = from};
    axis *a;

    if (s->failed)
        return NODE_FALSE;
    if (from->count == 0)
        return constant_node(false, wanted);
    if (s->slots[slot_number].constant)
        return constant_node(
            order_holds(s, from, s->slots[slot_number].value), wanted);
    a = axis_of(s, slot_number, sort);
    if (a)
        add_bounds(a, from);
    return atom_node(s, &name, &made);
}

/* --- cells that are given ------------------------------------------------ */

lit iamp_cells_literal(search *s, uint32_t slot_number, const uint64_t *cells)
{
    axis *ax = s->slots[slot_number].tracks[SORT_ADDRESS].axis;
    atom a = {.slot = slot_number, .wanted = true, .sort = SORT_ADDRESS};

    assert(s->closed && ax);
    if (s->failed || !GROW(&s->mem, s->atoms, s->atom_count, s->atom_room) ||
        !add_variable(s, &a)) {
        s->failed = true;
        return 0;
    }
    a.cells = iamp_axis_set(ax);
    if (!a.cells) {
        s->failed = true;
        return 0;
    }
    memcpy(a.cells, cells, ax->words * sizeof(*cells));
    s->atoms[s->atom_count++] = a;
    return lit_of(a.variable);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node.c - formulas: made with their constants folded away, and turned into
 * clauses.
 *
 * A node that is named gets a variable that implies it (Plaisted and
 * Greenbaum's half of Tseitin's clauses): every node stands in a positive
 * place, since negations were pushed down when it was made.
 */
#include "prove/grow.h"
#include "prove/space.h"

static node add_node(search *s, node_data data)
{
    if (s->failed || !GROW(&s->mem, s->nodes, s->node_count, s->node_room)) {
        s->failed = true;
        return NODE_FALSE;
    }
    s->nodes[s->node_count] = data;
    return s->node_count++;
}

node iamp_node_literal(search *s, lit l)
{
    return add_node(s, (node_data){.type = NODE_LITERAL, .literal = l});
}

/* --- lists --------------------------------------------------------------- */

node_list iamp_all(void)
{
    return (node_list){.is_and = true};
}

node_list iamp_any(void)
{
    return (node_list){.is_and = false};
}

static void push(search *s, node_list *list, node child)
{
    if (s->failed || !GROW(&s->mem, list->items, list->count, list->room)) {
        s->failed = true;
        return;
    }
    list->items[list->count++] = child;
}

void iamp_list_add(search *s, node_list *list, node child)
{
    const node decides = list->is_and ? NODE_FALSE : NODE_TRUE;
    const node_data *data;

    if (s->failed || list->decided)
        return;
    if (child == decides) {
        list->decided = true;
        return;
    }
    if (child == NODE_FALSE || child == NODE_TRUE)
        return;
    data = &s->nodes[child];
    if (data->type != (list->is_and ? NODE_AND : NODE_OR) || data->named) {
        push(s, list, child);
        return;
    }
    for (uint32_t i = 0; i < data->count; i++) /* flat: an AND of ANDs */
        push(s, list, s->children[data->first + i]);
}

node iamp_list_node(search *s, const node_list *list)
{
    node_data data = {.type = list->is_and ? NODE_AND : NODE_OR,
        .first = s->child_count,
        .count = list->count};

    if (s->failed)
        return NODE_FALSE;
    if (list->decided)
        return list->is_and ? NODE_FALSE : NODE_TRUE;
    if (list->count == 0)
        return list->is_and ? NODE_TRUE : NODE_FALSE;
    if (list->count == 1)
        return list->items[0];
    for (uint32_t i = 0; i < list->count; i++) {
        if (!GROW(&s->mem, s->children, s->child_count, s->child_room)) {
            s->failed = true;
            return NODE_FALSE;
        }
        s->children[s->child_count++] = list->items[i];
    }
    return add_node(s, data);
}

static node pair(search *s, node_list list, node a, node b)
{
    iamp_list_add(s, &list, a);
    iamp_list_add(s, &list, b);
    return iamp_list_node(s, &list);
}

node iamp_and(search *s, node a, node b)
{
    return pair(s, iamp_all(), a, b);
}

node iamp_or(search *s, node a, node b)
{
    return pair(s, iamp_any(), a, b);
}

/* --- clauses ------------------------------------------------------------- */

/* An atom that every model has, or many do. */
static void note_root(search *s, lit l)
{
    uint32_t number = lit_variable(l);

    if ((l & 1) || number >= s->variable_room || !s->atom_of[number])
        return;
    if (!GROW(&s->mem, s->roots, s->root_count, s->root_room))
        s->failed = true;
    else
        s->roots[s->root_count++] = s->atom_of[number] - 1;
}

static void clause(search *s, const lit *lits, uint32_t count)
{
    if (!s->failed && iamp_solver_clause(s->solver, lits, count) != IAM_OK)
        s->failed = true;
    if (!s->failed && count == 1)
        note_root(s, lits[0]);
}

/* The children's names behind `first` (a literal, or none). */
static void clause_of_children(
    search *s, const node_data *data, const lit *first)
{
    uint32_t count = data->count + (first != NULL), made = 0;
    lit *lits = ARENA_ARRAY(&s->mem, lit, count);

    if (!lits) {
        s->failed = true;
        return;
    }
    if (first)
        lits[made++] = *first;
    for (uint32_t i = 0; i < data->count; i++)
        lits[made++] = iamp_node_name(s, s->children[data->first + i]);
    clause(s, lits, made);
}

/* Nodes nest as deep as the formulas of encode_*.c do, whatever the input. */
lit iamp_node_name(search *s, node n)
{
    node_data data = s->nodes[n];
    lit own;

    if (data.type == NODE_LITERAL || s->failed)
        return data.literal;
    if (data.named)
        return lit_of(data.name);
    if (iamp_solver_variable(s->solver, false, false, 0, &data.name) !=
        IAM_OK) {
        s->failed = true;
        return 0;
    }
    s->nodes[n].name = data.name;
    s->nodes[n].named = true;
    own = lit_not(lit_of(data.name));
    if (data.type == NODE_OR) {
        clause_of_children(s, &data, &own);
    } else if (data.type == NODE_AND) {
        for (uint32_t i = 0; i < data.count; i++) {
            lit both[2] = {own, iamp_node_name(s, s->children[data.first + i])};

            clause(s, both, 2);
        }
    } else if (n == NODE_FALSE) {
        clause(s, &own, 1);
    }
    return lit_of(data.name);
}

void iamp_assert_node(search *s, node n)
{
    node_data data = s->nodes[n];

    if (s->failed || n == NODE_TRUE)
        return;
    if (n == NODE_FALSE) {
        clause(s, NULL, 0);
    } else if (data.type == NODE_AND) {
        for (uint32_t i = 0; i < data.count; i++)
            iamp_assert_node(s, s->children[data.first + i]);
    } else if (data.type == NODE_OR && !data.named) {
        clause_of_children(s, &data, NULL);
    } else {
        lit only = iamp_node_name(s, n);

        clause(s, &only, 1);
    }
}

void iamp_node_pivot(search *s, node n)
{
    lit literal = s->nodes[n].literal;

    if (s->failed || s->nodes[n].type != NODE_LITERAL)
        return;
    note_root(s, literal);
    if (!(literal & 1))
        iamp_solver_prefer(s->solver, lit_variable(literal));
}

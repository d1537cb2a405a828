/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode_statement.c - does a statement apply?  (the twin of
 * iamp_statement_applies())
 */
#include "prove/encode.h"

static node constant(bool holds, bool wanted)
{
    return holds == wanted ? NODE_TRUE : NODE_FALSE;
}

static node action_node(encoder *e, const program_statement *s, bool wanted)
{
    bool listed = wanted != s->not_action;
    node_list list = listed ? iamp_any() : iamp_all();

    for (uint32_t i = 0; i < s->action_count && !list.decided; i++)
        iamp_list_add(
            e->s, &list, iamp_encode_action(e, &s->actions[i], listed));
    return iamp_list_node(e->s, &list);
}

static node resource_node(encoder *e, const iam_policy *policy,
    const program_statement *s, bool wanted)
{
    bool listed = wanted != s->not_resource;
    node_list list = listed ? iamp_any() : iamp_all();

    if (!s->has_resource) /* a trust policy: its role is the resource (A.3) */
        return constant(true, wanted);
    for (uint32_t i = 0; i < s->resource_count && !list.decided; i++) {
        const resource_pattern *r = &s->resources[i];

        iamp_list_add(e->s, &list,
            r->never ? constant(false, listed)
                     : iamp_encode_glob(e, policy, e->resource, VIEW_TEXT,
                           &r->glob, listed));
    }
    return iamp_list_node(e->s, &list);
}

static node principal_node(encoder *e, const iam_policy *policy,
    const program_statement *s, grant kind, bool wanted)
{
    if (s->has_principal)
        return iamp_encode_principals(e, s, kind, wanted);
    if (kind_has_principal(policy->kind) && !s->deny)
        return constant(false, wanted);
    return constant(true, wanted);
}

/* Parts are joined cheapest first, so that one that decides saves the rest. */
node iamp_encode_statement(
    encoder *e, uint32_t entry, uint32_t number, grant kind, bool wanted)
{
    const iam_policy *policy = e->stack->entries[entry].policy;
    const program_statement *s = &policy->statements[number];
    node_list list = wanted ? iamp_all() : iamp_any();

    if (s->undecidable && !s->deny)
        return constant(false, wanted);
    iamp_list_add(e->s, &list, action_node(e, s, wanted));
    if (!list.decided)
        iamp_list_add(e->s, &list, resource_node(e, policy, s, wanted));
    if (!list.decided)
        iamp_list_add(e->s, &list, principal_node(e, policy, s, kind, wanted));
    for (uint32_t i = 0; i < s->condition_count && !list.decided; i++)
        iamp_list_add(e->s, &list,
            iamp_encode_condition(e, policy, &s->conditions[i], wanted));
    return iamp_list_node(e->s, &list);
}

node iamp_encode_target(
    encoder *e, const iam_policy *policy, const program_statement *s)
{
    return iamp_and(
        e->s, action_node(e, s, true), resource_node(e, policy, s, true));
}

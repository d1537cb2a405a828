/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode_stack.c - is a request allowed?  (the twin of eval/stack.c and
 * eval/conclude.c, semantics E)
 */
#include "prove/encode.h"
#include "reference/service.h"

static node constant(bool holds, bool wanted)
{
    return holds == wanted ? NODE_TRUE : NODE_FALSE;
}

static node both(encoder *e, node a, node b, bool wanted)
{
    return wanted ? iamp_and(e->s, a, b) : iamp_or(e->s, a, b);
}

static node either(encoder *e, node a, node b, bool wanted)
{
    return wanted ? iamp_or(e->s, a, b) : iamp_and(e->s, a, b);
}

/* --- facts of the action ------------------------------------------------- */

static node among(encoder *e, const text *actions, size_t count, bool wanted)
{
    node_list list = wanted ? iamp_any() : iamp_all();

    for (size_t i = 0; i < count; i++)
        iamp_list_add(
            e->s, &list, iamp_encode_action_text(e, actions[i], wanted));
    return iamp_list_node(e->s, &list);
}

node iamp_encode_unsigned(encoder *e, bool wanted)
{
    size_t count;
    const text *actions = iamp_unsigned_actions(&count);

    return among(e, actions, count, wanted);
}

static node permissionless(encoder *e, bool wanted)
{
    size_t count;
    const text *actions = iamp_permissionless_actions(&count);

    return among(e, actions, count, wanted);
}

/* E.5.4: a federated-user session may call no IAM API, and of STS only
 * GetCallerIdentity. */
static node federation_limit(encoder *e, bool wanted)
{
    if (e->frame->caller != PRINCIPAL_FEDERATED)
        return constant(false, wanted);
    return either(e, iamp_encode_action_prefix(e, TEXT("iam"), wanted),
        iamp_encode_action_prefix(e, TEXT("sts"), wanted), wanted);
}

/* E.2.3: the service supports resource control policies. */
static node rcp_applies(encoder *e, bool wanted)
{
    node_list list = wanted ? iamp_any() : iamp_all();
    text prefix;

    for (size_t i = 0; iamp_rcp_service(i, &prefix); i++)
        iamp_list_add(
            e->s, &list, iamp_encode_action_prefix(e, prefix, wanted));
    return both(e, iamp_list_node(e->s, &list),
        iamp_encode_action_text(e, TEXT("kms:RetireGrant"), !wanted), wanted);
}

/* The resource is an ARN of this service, and what follows its account starts
 * with `start` (iamp_resource_needs_grant()). */
static node resource_starts(encoder *e, text service, text start, bool wanted)
{
    word_builder *b = &e->s->builder;
    pattern_id pattern = 0;

    iamp_word_builder_reset(b);
    iamp_word_add_text(b, TEXT("arn:"));
    iamp_word_add_run(b, CLASS_NO_COLON);
    iamp_word_add_text(b, TEXT(":"));
    iamp_word_add_text(b, service);
    for (size_t i = 0; i < 2; i++) {
        iamp_word_add_text(b, TEXT(":"));
        iamp_word_add_run(b, CLASS_NO_COLON);
    }
    iamp_word_add_text(b, TEXT(":"));
    iamp_word_add_text(b, start);
    iamp_word_add_run(b, CLASS_ANY);
    if (!e->s->failed &&
        iamp_lexis_pattern(e->s->lexis, b, false, &pattern) != IAM_OK)
        e->s->failed = true;
    return iamp_word_node(e->s, e->resource, pattern, wanted);
}

/* The resource's own policy must grant (E.6). */
static node explicit_trust(encoder *e, bool wanted)
{
    size_t count;
    const text *actions = iamp_trust_actions(&count);
    node role = among(e, actions, count, wanted);
    node key = iamp_encode_action_prefix(e, TEXT("kms"), wanted);

    if (role != constant(false, wanted))
        role = both(e, role,
            resource_starts(e, TEXT("iam"), TEXT("role/"), wanted), wanted);
    if (key != constant(false, wanted))
        key = both(e, key,
            resource_starts(e, TEXT("kms"), TEXT("key/"), wanted), wanted);
    return either(e, role, key, wanted);
}

/* --- layers -------------------------------------------------------------- */

static bool is_principal(const frame *f)
{
    return f->caller != PRINCIPAL_SERVICE && f->caller != PRINCIPAL_ANONYMOUS &&
           f->caller != PRINCIPAL_NONE;
}

/* Does the layer bear on the request at all?  iamp_layer_applies() */
static node layer_applies(encoder *e, layer which, bool wanted)
{
    bool principal = is_principal(e->frame);

    switch (which) {
    case LAYER_SCP:
        return e->stack->has_scp && principal ? iamp_encode_unsigned(e, !wanted)
                                              : constant(false, wanted);
    case LAYER_RCP:
        return e->stack->has_rcp ? rcp_applies(e, wanted)
                                 : constant(false, wanted);
    case LAYER_ENDPOINT:
        return constant(e->stack->has_endpoint, wanted);
    case LAYER_RESOURCE:
        return constant(true, wanted);
    case LAYER_BOUNDARY:
        return e->stack->has_boundary && principal &&
                       e->frame->caller != PRINCIPAL_ROOT
                   ? iamp_encode_unsigned(e, !wanted)
                   : constant(false, wanted);
    case LAYER_SESSION:
        return principal ? iamp_encode_unsigned(e, !wanted)
                         : constant(false, wanted);
    case LAYER_IDENTITY:
        return principal && e->frame->caller != PRINCIPAL_ROOT
                   ? iamp_encode_unsigned(e, !wanted)
                   : constant(false, wanted);
    case LAYER_NONE:
    case LAYER_COUNT:
        break;
    }
    return constant(false, wanted);
}

/* Some statement of the effect in one policy applies. */
static void add_statements(encoder *e, node_list *list, uint32_t entry,
    bool deny, grant kind, bool wanted)
{
    const iam_policy *policy = e->stack->entries[entry].policy;

    for (uint32_t i = 0; i < policy->statement_count && !list->decided; i++)
        if (policy->statements[i].deny == deny)
            iamp_list_add(
                e->s, list, iamp_encode_statement(e, entry, i, kind, wanted));
}

/* Some Deny of any layer applies, where the layer does. */
static node denied(encoder *e, bool wanted)
{
    node_list all = wanted ? iamp_any() : iamp_all();

    for (layer which = LAYER_SCP; which < LAYER_COUNT; which++) {
        node_list list = wanted ? iamp_any() : iamp_all();
        node applies = layer_applies(e, which, wanted);

        if (applies == constant(false, wanted))
            continue;
        for (size_t i = 0; i < e->stack->count; i++)
            if (iamp_layer_of(e->stack->entries[i].policy->kind) == which)
                add_statements(e, &list, (uint32_t)i, true, GRANT_NONE, wanted);
        iamp_list_add(
            e->s, &all, both(e, iamp_list_node(e->s, &list), applies, wanted));
    }
    return iamp_list_node(e->s, &all);
}

/* Some Allow of a layer without levels applies. */
static node layer_allows(encoder *e, layer which, grant kind, bool wanted)
{
    node_list list = wanted ? iamp_any() : iamp_all();

    for (size_t i = 0; i < e->stack->count; i++)
        if (iamp_layer_of(e->stack->entries[i].policy->kind) == which)
            add_statements(e, &list, (uint32_t)i, false, kind, wanted);
    return iamp_list_node(e->s, &list);
}

/* Every level allows; one without a policy allows nothing (E.2.1). */
static node levels_allow(encoder *e, layer which, bool wanted)
{
    node_list all = wanted ? iamp_all() : iamp_any();
    const uint32_t *order = e->stack->order;
    uint32_t level = 0;
    size_t i = 0;

    while (i < e->stack->count &&
           iamp_layer_of(e->stack->entries[order[i]].policy->kind) != which)
        i++;
    while (i < e->stack->count &&
           iamp_layer_of(e->stack->entries[order[i]].policy->kind) == which) {
        node_list list = wanted ? iamp_any() : iamp_all();

        if (e->stack->entries[order[i]].level != level)
            return constant(false, wanted); /* a level is missing */
        for (; i < e->stack->count &&
               e->stack->entries[order[i]].level == level &&
               iamp_layer_of(e->stack->entries[order[i]].policy->kind) == which;
             i++)
            add_statements(e, &list, order[i], false, GRANT_NONE, wanted);
        iamp_list_add(e->s, &all, iamp_list_node(e->s, &list));
        level++;
    }
    return iamp_list_node(e->s, &all);
}

/* --- conclusions --------------------------------------------------------- */

/* A limit holds if the layer does not apply, or allows. */
static node within_limit(encoder *e, layer which, bool wanted)
{
    node applies = layer_applies(e, which, !wanted);
    node allows;

    if (applies == constant(true, wanted))
        return applies; /* it never applies */
    allows = which == LAYER_SCP || which == LAYER_RCP
                 ? levels_allow(e, which, wanted)
                 : layer_allows(e, which, GRANT_NONE, wanted);
    return either(e, applies, allows, wanted);
}

/* Boundary and session policy (lim() of E.8). */
static node own_limits(encoder *e, bool wanted)
{
    node boundary = within_limit(e, LAYER_BOUNDARY, wanted);
    node session;

    if (e->stack->has_session)
        session = layer_allows(e, LAYER_SESSION, GRANT_NONE, wanted);
    else
        session = constant(e->frame->caller != PRINCIPAL_FEDERATED, wanted);
    return both(e, boundary, session, wanted);
}

static node granted(encoder *e, grant kind, bool wanted)
{
    return layer_allows(e, LAYER_RESOURCE, kind, wanted);
}

/* E.8 step 4. */
static node same_account(encoder *e, bool wanted)
{
    node direct = either(e,
        either(e, granted(e, GRANT_ANY, wanted),
            granted(e, GRANT_DIRECT, wanted), wanted),
        granted(e, GRANT_SERVICE, wanted), wanted);
    node limits = own_limits(e, wanted);
    node role = both(e, granted(e, GRANT_ROLE, wanted), limits, wanted);
    node delegated = either(e,
        either(e, granted(e, GRANT_ACCOUNT, wanted),
            granted(e, GRANT_ROOT, wanted), wanted),
        explicit_trust(e, !wanted), wanted);
    node identity = e->frame->caller == PRINCIPAL_ROOT
                        ? constant(true, wanted)
                        : layer_allows(e, LAYER_IDENTITY, GRANT_NONE, wanted);

    identity = both(e, both(e, identity, delegated, wanted), limits, wanted);
    return either(e, either(e, direct, role, wanted), identity, wanted);
}

/* E.8 step 5: both sides. */
static node cross_account(encoder *e, bool wanted)
{
    node grants = granted(e, GRANT_NONE, wanted);
    node identity = e->frame->caller == PRINCIPAL_ROOT
                        ? constant(true, wanted)
                        : layer_allows(e, LAYER_IDENTITY, GRANT_NONE, wanted);

    return both(
        e, both(e, grants, identity, wanted), own_limits(e, wanted), wanted);
}

static node by_principal(encoder *e, bool wanted)
{
    node own =
        e->frame->cross ? cross_account(e, wanted) : same_account(e, wanted);

    return both(e, own, federation_limit(e, !wanted), wanted);
}

/* What the policies allow, when no Deny applies. */
static node let_through(encoder *e, bool wanted)
{
    node limits = both(e,
        both(e, within_limit(e, LAYER_RCP, wanted),
            within_limit(e, LAYER_SCP, wanted), wanted),
        within_limit(e, LAYER_ENDPOINT, wanted), wanted);
    node unsigned_calls, core;

    if (!is_principal(e->frame)) {
        core = granted(e, GRANT_NONE, wanted);
    } else {
        unsigned_calls = iamp_encode_unsigned(e, wanted);
        if (unsigned_calls != constant(false, wanted))
            unsigned_calls =
                both(e, unsigned_calls, granted(e, GRANT_NONE, wanted), wanted);
        core = both(e, by_principal(e, wanted),
            iamp_encode_unsigned(e, !wanted), wanted);
        core = either(e, unsigned_calls, core, wanted);
    }
    return both(e, limits, core, wanted);
}

node iamp_encode_allowed(encoder *e, bool wanted)
{
    bool anonymous = e->frame->caller == PRINCIPAL_ANONYMOUS;
    node free_calls = constant(false, wanted);
    node identity_call = constant(false, wanted);
    node allowed;

    e->has_boundary = e->stack->has_boundary && is_principal(e->frame) &&
                      e->frame->caller != PRINCIPAL_ROOT;
    if (!anonymous) {
        identity_call =
            iamp_encode_action_text(e, TEXT("sts:GetCallerIdentity"), wanted);
        free_calls = both(
            e, permissionless(e, wanted), federation_limit(e, !wanted), wanted);
    }
    allowed = either(e, let_through(e, wanted), free_calls, wanted);
    allowed = both(e, allowed, denied(e, !wanted), wanted);
    return either(e, identity_call, allowed, wanted);
}

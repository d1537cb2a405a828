/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack.c - making a stack, and asking each of its policies.
 */
#include "eval/stack.h"

#include <stdlib.h>

#include "reference/service.h"

enum {
    MAX_LEVEL = 63 /* Organizations nests five OUs deep; room for all */
};

layer iamp_layer_of(iam_policy_kind kind)
{
    switch (kind) {
    case IAM_IDENTITY_POLICY:
        return LAYER_IDENTITY;
    case IAM_RESOURCE_POLICY:
    case IAM_TRUST_POLICY:
        return LAYER_RESOURCE;
    case IAM_PERMISSIONS_BOUNDARY:
        return LAYER_BOUNDARY;
    case IAM_SESSION_POLICY:
        return LAYER_SESSION;
    case IAM_SERVICE_CONTROL_POLICY:
        return LAYER_SCP;
    case IAM_RESOURCE_CONTROL_POLICY:
        return LAYER_RCP;
    case IAM_ENDPOINT_POLICY:
        return LAYER_ENDPOINT;
    }
    return LAYER_NONE;
}

/* --- making one ---------------------------------------------------------- */

/* Where an entry stands in the order of asking. */
typedef struct sort_key {
    layer which;
    uint32_t level, entry;
} sort_key;

static int by_layer(const void *a, const void *b)
{
    const sort_key *x = a, *y = b;

    if (x->which != y->which)
        return x->which < y->which ? -1 : 1;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

/* Where each layer begins in the order. */
static iam_status mark_layers(iam_stack *stack)
{
    uint32_t *starts = ARENA_ARRAY(&stack->mem, uint32_t, LAYER_COUNT + 1);

    if (!starts)
        return IAM_ENOMEM;
    for (size_t i = 0; i < stack->count; i++)
        starts[iamp_layer_of(stack->entries[i].policy->kind) + 1]++;
    for (size_t which = 0; which < LAYER_COUNT; which++)
        starts[which + 1] += starts[which];
    stack->starts = starts;
    return IAM_OK;
}

static iam_status sort_entries(iam_stack *stack)
{
    uint32_t *order = ARENA_ARRAY(&stack->mem, uint32_t, stack->count);
    sort_key *keys = iamp_memory_acquire(
        stack->mem.from, (stack->count + 1) * sizeof(*keys));

    if (!order || !keys) {
        iamp_memory_release(stack->mem.from, keys);
        return IAM_ENOMEM;
    }
    for (size_t i = 0; i < stack->count; i++)
        keys[i] = (sort_key){iamp_layer_of(stack->entries[i].policy->kind),
            stack->entries[i].level, (uint32_t)i};
    qsort(keys, stack->count, sizeof(*keys), by_layer);
    for (size_t i = 0; i < stack->count; i++)
        order[i] = keys[i].entry;
    iamp_memory_release(stack->mem.from, keys);
    stack->order = order;
    return mark_layers(stack);
}

static void note_layer(iam_stack *stack, layer which)
{
    stack->layers |= UINT32_C(1) << which;
    stack->has_boundary |= which == LAYER_BOUNDARY;
    stack->has_session |= which == LAYER_SESSION;
    stack->has_endpoint |= which == LAYER_ENDPOINT;
    stack->has_scp |= which == LAYER_SCP;
    stack->has_rcp |= which == LAYER_RCP;
}

/* Takes its references entry by entry, so that what was taken can be given
 * back: stack->count says how far it came. */
static iam_status take_entries(
    iam_stack *stack, const iam_stack_entry *entries, size_t count)
{
    stack_entry *taken = ARENA_ARRAY(&stack->mem, stack_entry, count);

    if (!taken)
        return IAM_ENOMEM;
    stack->entries = taken;
    for (size_t i = 0; i < count; i++) {
        text name = iamp_text_of(entries[i].name, IAM_NTS);

        if (!text_keep(&taken[i].name, name, &stack->mem))
            return IAM_ENOMEM;
        taken[i].has_name = entries[i].name != NULL;
        taken[i].level = entries[i].level;
        taken[i].policy = iamp_policy_ref(entries[i].policy);
        stack->count++;
        note_layer(stack, iamp_layer_of(taken[i].policy->kind));
        stack->denies |= taken[i].policy->effects[true].count > 0;
    }
    return IAM_OK;
}

static iam_status refuse_entries(
    const iam_stack_entry *entries, size_t count, iam_error *err)
{
    if (count >= UINT32_MAX)
        return iamp_error_set(err, IAM_EINVAL, "too many entries");
    for (size_t i = 0; i < count; i++) {
        if (!entries[i].policy)
            return iamp_error_set(
                err, IAM_EINVAL, "entry %zu of the stack has no policy", i);
        if (entries[i].level > MAX_LEVEL)
            return iamp_error_set(err, IAM_EINVAL,
                "entry %zu has level %u, beyond the highest one, %u", i,
                (unsigned)entries[i].level, (unsigned)MAX_LEVEL);
        if (iamp_text_of(entries[i].name, IAM_NTS).len > LONGEST_ENTRY_NAME)
            return iamp_error_set(err, IAM_ELIMIT,
                "the name of entry %zu has more than %u bytes", i,
                (unsigned)LONGEST_ENTRY_NAME);
        if (!iamp_text_is_utf8(iamp_text_of(entries[i].name, IAM_NTS)))
            return iamp_error_set(
                err, IAM_EINVAL, "the name of entry %zu is not UTF-8", i);
    }
    return IAM_OK;
}

iam_status iamp_stack_new(iam_stack **out, const iam_stack_entry *entries,
    size_t count, const iam_allocator *from, iam_error *err)
{
    iam_status status = refuse_entries(entries, count, err);
    iam_stack *stack;

    *out = NULL;
    if (status != IAM_OK)
        return status;
    stack = iamp_memory_acquire(from, sizeof(*stack));
    if (!stack)
        return iamp_error_nomem(err);
    memset(stack, 0, sizeof(*stack));
    iamp_arena_init(&stack->mem, from);
    status = take_entries(stack, entries, count);
    if (status == IAM_OK)
        status = sort_entries(stack);
    if (status != IAM_OK) {
        iamp_stack_free(stack);
        return iamp_error_nomem(err);
    }
    *out = stack;
    return IAM_OK;
}

void iamp_stack_free(iam_stack *stack)
{
    const iam_allocator *from;

    if (!stack)
        return;
    from = stack->mem.from;
    for (size_t i = 0; i < stack->count; i++)
        iamp_policy_release(stack->entries[i].policy);
    iamp_arena_release(&stack->mem);
    iamp_memory_release(from, stack);
}

/* --- who is asked -------------------------------------------------------- */

static bool has_identity(const iam_request *request)
{
    if (request->action_facts & ACTION_UNSIGNED)
        return false; /* not an AWS principal yet (E.6) */
    return request->caller != PRINCIPAL_SERVICE &&
           request->caller != PRINCIPAL_ANONYMOUS &&
           request->caller != PRINCIPAL_NONE;
}

/* Only users and roles can have one, and service-linked roles cannot (E.7). */
bool iamp_has_boundary(const iam_stack *stack, const iam_request *request)
{
    return (stack->has_boundary || (request->flags & IAM_HAS_BOUNDARY)) &&
           has_identity(request) && request->caller != PRINCIPAL_ROOT &&
           !(request->flags & IAM_SERVICE_LINKED_ROLE);
}

/* E.2.3. */
static bool rcp_applies(const iam_request *request)
{
    if (request->flags &
        (IAM_SERVICE_LINKED_ROLE | IAM_RESOURCE_IN_MANAGEMENT_ACCOUNT))
        return false;
    return request->action_facts & ACTION_HAS_RCP;
}

static uint32_t bit_if(bool bears, layer which)
{
    return (uint32_t)bears << which;
}

static uint32_t layers_that_bear(
    const iam_stack *stack, const iam_request *request)
{
    const uint32_t no_scp = IAM_MANAGEMENT_ACCOUNT | IAM_SERVICE_LINKED_ROLE;
    bool identity = has_identity(request);

    return bit_if(stack->has_scp && identity && !(request->flags & no_scp),
               LAYER_SCP) |
           bit_if(stack->has_rcp && rcp_applies(request), LAYER_RCP) |
           bit_if(stack->has_endpoint, LAYER_ENDPOINT) |
           bit_if(true, LAYER_RESOURCE) |
           bit_if(iamp_has_boundary(stack, request), LAYER_BOUNDARY) |
           bit_if(identity, LAYER_SESSION) |
           bit_if(
               identity && request->caller != PRINCIPAL_ROOT, LAYER_IDENTITY);
}

bool iamp_layer_applies(
    const iam_stack *stack, const iam_request *request, layer which)
{
    return layer_in(layers_that_bear(stack, request), which);
}

/* --- asking -------------------------------------------------------------- */

typedef struct walk {
    const iam_stack *stack;
    const iam_request *request;
    const witness_book *book;
    trace *trace;
    tally *sums;
    bool boundary;
} walk;

/* One policy, statement by statement, in the order of the text. */
static void tell_policy(walk *w, uint32_t entry, layer which, bool *allows)
{
    const iam_policy *policy = w->stack->entries[entry].policy;

    for (uint32_t i = 0; i < policy->statement_count; i++) {
        const program_statement *s = &policy->statements[i];
        grant kind;

        if (!iamp_statement_applies(
                policy, s, w->request, w->boundary, &kind, w->trace))
            continue;
        w->book->applies(w->book->user, entry, i);
        if (s->deny) {
            w->sums->deny |= bit_if(true, which);
        } else {
            *allows = true;
            w->sums->grants |= (uint32_t)(which == LAYER_RESOURCE) << kind;
        }
    }
}

/* The same for who wants the outcome alone: a Deny has been looked for, and of
 * Allows one is enough. */
static void check_policy(walk *w, uint32_t entry, layer which, bool *allows)
{
    const iam_policy *policy = w->stack->entries[entry].policy;
    bool resource = which == LAYER_RESOURCE;
    uint32_t kinds;

    if (*allows && !resource)
        return;
    kinds = iamp_effect_kinds(policy, false, w->request, w->boundary, resource);
    *allows |= kinds != 0;
    if (resource)
        w->sums->grants |= kinds;
}

static void ask_policy(walk *w, uint32_t entry, layer which, bool *allows)
{
    if (w->book)
        tell_policy(w, entry, which, allows);
    else
        check_policy(w, entry, which, allows);
}

/* Does a Deny of the layer apply, which ends a check? */
static bool layer_denies(walk *w, layer which, size_t from, size_t to)
{
    for (; from < to; from++)
        if (iamp_effect_kinds(w->stack->entries[w->stack->order[from]].policy,
                true, w->request, w->boundary, false)) {
            w->sums->deny |= bit_if(true, which);
            return true;
        }
    return false;
}

/* The entries of one layer stand together in the order; those of one level
 * too.  A level allows if one of its policies does, the layer if all levels do
 * (E.2.1); a level without a policy allows nothing. */
static bool ask_layer(walk *w, layer which, size_t from, size_t to)
{
    const stack_entry *entries = w->stack->entries;
    const uint32_t *order = w->stack->order;
    bool levelled = which == LAYER_SCP || which == LAYER_RCP;
    bool every = from < to;
    uint32_t level = 0;

    if (!w->book && w->stack->denies && layer_denies(w, which, from, to))
        return false;
    while (from < to) {
        bool allows = false;

        if (levelled && entries[order[from]].level != level) {
            w->sums->missing_level = true;
            every = false;
            level = entries[order[from]].level;
        }
        for (; from < to && (!levelled || entries[order[from]].level == level);
             from++)
            ask_policy(w, order[from], which, &allows);
        every &= allows;
        level++;
    }
    w->sums->allow |= bit_if(every, which);
    return true;
}

void iamp_stack_tally(const iam_stack *stack, const iam_request *request,
    const witness_book *book, trace *t, tally *sums)
{
    walk w = {stack, request, book, t, sums, false};
    uint32_t left;

    *sums = (tally){.bears = layers_that_bear(stack, request)};
    w.boundary = layer_in(sums->bears, LAYER_BOUNDARY);
    left = sums->bears & stack->layers;
    for (layer which = LAYER_SCP; left >> which; which++)
        if (layer_in(left, which) && !ask_layer(&w, which, stack->starts[which],
                                         stack->starts[which + 1]))
            return;
}

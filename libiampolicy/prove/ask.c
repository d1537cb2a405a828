/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask.c - what a question is about.
 */
#include "prove/ask.h"

#include "prove/grow.h"
#include "prove/known.h"
#include "reference/service.h"

iam_status iamp_stack_copy(
    iam_stack **out, const iam_stack *stack, const iam_allocator *from)
{
    iam_stack_entry *entries =
        iamp_memory_acquire(from, (stack->count + 1) * sizeof(*entries));
    iam_status status;

    *out = NULL;
    if (!entries)
        return IAM_ENOMEM;
    for (size_t i = 0; i < stack->count; i++)
        entries[i] = (iam_stack_entry){.policy = stack->entries[i].policy,
            .name =
                stack->entries[i].has_name ? stack->entries[i].name.ptr : NULL,
            .level = stack->entries[i].level};
    status = iamp_stack_new(out, entries, stack->count, from, NULL);
    iamp_memory_release(from, entries);
    return status;
}

/* --- actions ------------------------------------------------------------- */

static bool has_wildcard(text t)
{
    return iamp_text_find(t, '*') < t.len || iamp_text_find(t, '?') < t.len;
}

typedef struct action_list {
    text *items;
    uint32_t count, room;
} action_list;

static bool add_known(inquiry *q, text pattern, action_list *list)
{
    size_t colon = iamp_text_find(pattern, ':');
    catalog_cursor cursor;
    catalog_action a;

    if (colon == pattern.len)
        iamp_catalog_open(&cursor, q->known, TEXT("*"), TEXT("*"));
    else
        iamp_catalog_open(&cursor, q->known, text_slice(pattern, 0, colon),
            text_from(pattern, colon + 1));
    while (iamp_catalog_next(&cursor, &a)) {
        text action = iamp_known_text(&a, &q->mem);

        if (!action.ptr || !GROW(&q->mem, list->items, list->count, list->room))
            return false;
        list->items[list->count++] = action;
    }
    return true;
}

/* What a promise ranges over: known actions, and those that are spelled. */
static iam_status promised_actions(inquiry *q)
{
    static const text every = {"*", 1};
    const text *patterns = q->actions;
    uint32_t pattern_count = q->action_count;
    action_list list = {NULL, 0, 0};

    if (pattern_count == 0) {
        patterns = &every;
        pattern_count = 1;
    }
    for (uint32_t i = 0; i < pattern_count; i++) {
        if (has_wildcard(patterns[i])) {
            if (!add_known(q, patterns[i], &list))
                return IAM_ENOMEM;
            continue;
        }
        if (!GROW(&q->mem, list.items, list.count, list.room))
            return IAM_ENOMEM;
        list.items[list.count++] = patterns[i];
    }
    q->actions = list.items;
    q->action_count = list.count;
    q->no_such_action = list.count == 0;
    return q->failed ? IAM_ENOMEM : IAM_OK;
}

/* Does the scope name an action that needs no permission? */
static bool asks_free_calls(const inquiry *q)
{
    size_t count;
    const text *actions = iamp_permissionless_actions(&count);

    for (uint32_t i = 0; i < q->action_count; i++) {
        if (iamp_text_eq_fold(q->actions[i], TEXT("sts:GetCallerIdentity")))
            return true;
        for (size_t k = 0; k < count; k++)
            if (iamp_text_eq_fold(q->actions[i], actions[k]))
                return true;
    }
    return false;
}

/* --- strangers ----------------------------------------------------------- */

/* What bears on a caller of another account: the resource's side; of its own
 * side, which is not ours to know, that it lets it do anything.  Entries keep
 * their numbers. */
static iam_status make_strangers(inquiry *q)
{
    static const char everything[] =
        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
        "\"Action\":\"*\",\"Resource\":\"*\"}}";
    const iam_allocator *from = q->prover->from;
    const iam_options options = {
        .struct_size = sizeof(options), .allocator = from};
    const iam_stack *stack = q->prover->stack;
    iam_stack_entry *entries =
        ARENA_ARRAY(&q->mem, iam_stack_entry, stack->count + 1);
    iam_policy *own = NULL;
    iam_status status = entries ? iamp_policy_compile_text(&own,
                                      iamp_text_of(everything, IAM_NTS),
                                      IAM_IDENTITY_POLICY, &options, NULL)
                                : IAM_ENOMEM;

    for (size_t i = 0; i <= stack->count && status == IAM_OK; i++) {
        bool last = i == stack->count;
        layer which = last ? LAYER_IDENTITY
                           : iamp_layer_of(stack->entries[i].policy->kind);
        bool theirs = which == LAYER_RESOURCE || which == LAYER_RCP ||
                      which == LAYER_ENDPOINT;

        entries[i] =
            (iam_stack_entry){.policy = theirs ? stack->entries[i].policy : own,
                .name = !last && stack->entries[i].has_name
                            ? stack->entries[i].name.ptr
                            : NULL,
                .level = theirs ? stack->entries[i].level : 0};
    }
    if (status == IAM_OK)
        status = iamp_stack_new(
            &q->strangers, entries, stack->count + 1, from, NULL);
    iamp_policy_release(own);
    return status == IAM_OK ? IAM_OK : IAM_ENOMEM;
}

/* --- questions ----------------------------------------------------------- */

iam_status iamp_question_open(inquiry *q, iam_prover *prover,
    const iam_question *asked, iam_question_kind kind)
{
    iam_status status = IAM_OK;

    *q = (inquiry){.prover = prover,
        .asked = asked,
        .scope = asked->scope,
        .steps = prover->max_steps,
        .stacks = {prover->stack, asked->old},
        .known = asked->scope && asked->scope->known ? asked->scope->known
                                                     : iamp_catalog_built_in(),
        .promise = kind == IAM_ALWAYS || kind == IAM_ALWAYS_FROM};
    iamp_arena_init(&q->mem, prover->from);
    if (q->scope) {
        q->actions = q->scope->actions;
        q->action_count = q->scope->action_count;
    }
    q->free_calls = asks_free_calls(q);
    if (q->promise && !(q->scope && (q->scope->flags & IAM_OPEN_WORLD)))
        status = promised_actions(q);
    if (status == IAM_OK && kind == IAM_NOT_PUBLIC) {
        status = make_strangers(q);
        q->stacks[0] = q->strangers;
    }
    if (status == IAM_OK)
        status = iamp_question_frames(q, kind == IAM_NOT_PUBLIC ? CALLERS_PUBLIC
                                         : kind == IAM_WITHIN ? CALLERS_COMPARED
                                                              : CALLERS_OWNERS);
    return status;
}

void iamp_question_close(inquiry *q)
{
    iamp_stack_free(q->strangers);
    iamp_arena_release(&q->mem);
}

prey iamp_prey(const inquiry *q, prey_kind kind)
{
    return (prey){.kind = kind,
        .stack = q->stacks[0],
        .other = kind == PREY_GAINED ? q->stacks[1] : NULL};
}

prey iamp_breaking(const inquiry *q, iam_question_kind kind)
{
    prey p;

    switch (kind) {
    case IAM_ALWAYS_FROM:
        p = iamp_prey(q, PREY_REFUSED);
        p.address = ADDRESS_IN;
        break;
    case IAM_ALWAYS:
        return iamp_prey(q, PREY_REFUSED);
    case IAM_WITHIN:
        return iamp_prey(q, PREY_GAINED);
    case IAM_ONLY_FROM:
    case IAM_EXACTLY_FROM:
        p = iamp_prey(q, PREY_ALLOWED);
        p.address = ADDRESS_OUTSIDE;
        break;
    case IAM_NEVER:
    case IAM_NOT_PUBLIC:
    default:
        return iamp_prey(q, PREY_ALLOWED);
    }
    p.set = &q->asked->addresses->set;
    return p;
}

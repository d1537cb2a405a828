/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_stack.c - stacks and decisions, as the header has them.
 */
#include "api/api.h"

const char *iam_outcome_name(iam_outcome outcome)
{
    switch (outcome) {
    case IAM_ALLOW:
        return "allow";
    case IAM_EXPLICIT_DENY:
        return "explicit deny";
    case IAM_IMPLICIT_DENY:
        break;
    }
    return "implicit deny";
}

iam_status iam_stack_new(const iam_stack_entry *entries, size_t count,
    const iam_options *options, iam_stack **out, iam_error *err)
{
    if (!out)
        return api_null(err);
    *out = NULL;
    if (!entries && count > 0)
        return api_null(err);
    if (api_options(options, err) != IAM_OK)
        return IAM_EINVAL;
    return iamp_stack_new(out, entries, count, api_allocator(options), err);
}

void iam_stack_free(iam_stack *stack)
{
    iamp_stack_free(stack);
}

size_t iam_stack_entry_count(const iam_stack *stack)
{
    return stack ? stack->count : 0;
}

iam_stack_entry iam_stack_entry_at(const iam_stack *stack, size_t index)
{
    const stack_entry *e;

    if (!stack || index >= stack->count)
        return (iam_stack_entry){.policy = NULL};
    e = &stack->entries[index];
    return (iam_stack_entry){.policy = e->policy,
        .name = e->has_name ? e->name.ptr : NULL,
        .level = e->level};
}

/* For the calls of this file: an exported function is called by way of a table,
 * since a program may put its own in its place. */
static inline iam_outcome check(
    const iam_stack *stack, const iam_request *request)
{
    return stack && request ? iamp_stack_check(stack, request)
                            : IAM_IMPLICIT_DENY;
}

iam_outcome iam_stack_check(const iam_stack *stack, const iam_request *request)
{
    return check(stack, request);
}

/* One outcome of a batch into its place; 1 if it allows. */
static inline size_t note_outcome(
    iam_outcome *outcomes, size_t index, iam_outcome outcome)
{
    if (outcomes)
        outcomes[index] = outcome;
    return outcome == IAM_ALLOW;
}

size_t iam_stack_check_many(const iam_stack *stack,
    const iam_request *const *requests, size_t count, iam_outcome *outcomes)
{
    size_t allowed = 0;

    for (size_t i = 0; i < count; i++)
        allowed += note_outcome(
            outcomes, i, check(stack, requests ? requests[i] : NULL));
    return allowed;
}

size_t iam_request_check_many(const iam_request *request,
    const iam_stack *const *stacks, size_t count, iam_outcome *outcomes)
{
    size_t allowed = 0;

    for (size_t i = 0; i < count; i++)
        allowed += note_outcome(
            outcomes, i, check(stacks ? stacks[i] : NULL, request));
    return allowed;
}

iam_outcome iam_stack_check_operation(
    const iam_stack *stack, const iam_operation *operation)
{
    return stack && operation ? iamp_stack_check_operation(stack, operation)
                              : IAM_IMPLICIT_DENY;
}

iam_status iam_stack_decide(const iam_stack *stack, const iam_request *request,
    const iam_options *options, iam_decision **out, iam_error *err)
{
    iam_status status;

    if (!out)
        return api_null(err);
    *out = NULL;
    if (!stack || !request)
        return api_null(err);
    if (api_options(options, err) != IAM_OK)
        return IAM_EINVAL;
    status = iamp_decision_new(out, stack, request, api_allocator(options));
    return status == IAM_OK ? status : iamp_error_nomem(err);
}

iam_status iam_stack_decide_operation(const iam_stack *stack,
    const iam_operation *operation, const iam_options *options,
    iam_decision **out, iam_error *err)
{
    iam_status status;

    if (!out)
        return api_null(err);
    *out = NULL;
    if (!stack || !operation)
        return api_null(err);
    if (api_options(options, err) != IAM_OK)
        return IAM_EINVAL;
    status = iamp_decision_new_operation(
        out, stack, operation, api_allocator(options));
    return status == IAM_OK ? status : iamp_error_nomem(err);
}

void iam_decision_free(iam_decision *decision)
{
    iamp_decision_free(decision);
}

iam_outcome iam_decision_outcome(const iam_decision *decision)
{
    return decision ? decision->outcome : IAM_IMPLICIT_DENY;
}

const char *iam_decision_by(const iam_decision *decision)
{
    return decision ? decision->speaker->by_words.ptr : "";
}

const char *iam_decision_message(const iam_decision *decision)
{
    return decision ? decision->speaker->message.ptr : "";
}

size_t iam_decision_match_count(const iam_decision *decision)
{
    return decision ? decision->speaker->match_count : 0;
}

iam_match iam_decision_match(const iam_decision *decision, size_t index)
{
    const told_statement *m;

    if (index >= iam_decision_match_count(decision))
        return (iam_match){SIZE_MAX, SIZE_MAX};
    m = &decision->speaker->matches[index];
    return (iam_match){m->entry, m->statement};
}

size_t iam_decision_near_miss_count(const iam_decision *decision)
{
    return decision ? decision->speaker->miss_count : 0;
}

iam_near_miss iam_decision_near_miss(const iam_decision *decision, size_t index)
{
    const told_miss *miss;

    if (index >= iam_decision_near_miss_count(decision))
        return (iam_near_miss){SIZE_MAX, SIZE_MAX, "", "", "", ""};
    miss = &decision->speaker->misses[index];
    return (iam_near_miss){miss->statement.entry, miss->statement.statement,
        miss->element, miss->key.ptr, miss->operator_name.ptr,
        miss->message.ptr};
}

size_t iam_decision_missing_count(const iam_decision *decision)
{
    return decision ? decision->speaker->missing_count : 0;
}

const char *iam_decision_missing(const iam_decision *decision, size_t index)
{
    return index < iam_decision_missing_count(decision)
               ? decision->speaker->missing[index].ptr
               : "";
}

/* An operation's own findings hold its check's. */
static const iam_decision *finder(const iam_decision *decision)
{
    return decision->findings ? decision : decision->speaker;
}

size_t iam_decision_finding_count(const iam_decision *decision)
{
    return decision ? finder(decision)->finding_count : 0;
}

iam_finding iam_decision_finding(const iam_decision *decision, size_t index)
{
    if (index >= iam_decision_finding_count(decision))
        return (iam_finding){.code = "", .where = "", .message = ""};
    return finder(decision)->findings[index];
}

size_t iam_decision_check_count(const iam_decision *decision)
{
    if (!decision)
        return 0;
    return decision->operation ? decision->check_count : 1;
}

const iam_decision *iam_decision_check(
    const iam_decision *decision, size_t index)
{
    if (index >= iam_decision_check_count(decision))
        return NULL;
    return decision->operation ? decision->checks[index] : decision;
}

const iam_request *iam_decision_request(const iam_decision *decision)
{
    return decision ? decision->speaker->request : NULL;
}

iam_status iam_decision_print(
    const iam_decision *decision, const char *id, iam_sink sink, void *user)
{
    textbuf buf;

    if (!decision || !sink || !iamp_text_is_utf8(iamp_text_of(id, IAM_NTS)))
        return IAM_EINVAL;
    iamp_textbuf_init(&buf, decision->mem.from);
    iamp_decision_print(decision, id, &buf);
    return iamp_textbuf_flush(&buf, sink, user);
}

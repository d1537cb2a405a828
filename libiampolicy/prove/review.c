/* SPDX-License-Identifier: Apache-2.0 */
/*
 * review.c - what each statement, and each of its conditions, is good for.
 *
 * A statement is dead if the stack allows the same without it.  The stack
 * without it is a stack of its own, so that whatever is found is replayed as
 * any witness is.
 */
#include "prove/ask.h"

#include "base/error.h"
#include "prove/grow.h"

typedef struct reviewer {
    inquiry *q;
    iam_review *out;
    review_item *items;
} reviewer;

static iam_status failure(hunt_answer answer)
{
    return answer == HUNT_STOPPED ? IAM_ESTOPPED : IAM_ENOMEM;
}

static iam_verdict verdict_of(hunt_answer answer)
{
    if (answer == HUNT_NONE)
        return IAM_PROVED;
    return answer == HUNT_FOUND ? IAM_REFUTED : IAM_UNKNOWN;
}

/* The stack without a statement, or without one of its conditions. */
static iam_status stack_without(reviewer *r, uint32_t entry, uint32_t statement,
    uint32_t omitted, iam_stack **out)
{
    const iam_stack *stack = r->q->stacks[0];
    const iam_allocator *from = r->q->prover->from;
    const iam_options options = {
        .struct_size = sizeof(options), .allocator = from};
    iam_stack_entry *entries =
        ARENA_ARRAY(&r->q->mem, iam_stack_entry, stack->count);
    iam_policy *changed = NULL;
    textbuf buf;
    iam_status status = entries ? IAM_OK : IAM_ENOMEM;

    *out = NULL;
    iamp_textbuf_init(&buf, from);
    if (status == IAM_OK) {
        iamp_policy_print_without(
            stack->entries[entry].policy, statement, omitted, &buf);
        status = buf.failed
                     ? IAM_ENOMEM
                     : iamp_policy_compile_text(&changed, textbuf_text(&buf),
                           stack->entries[entry].policy->kind, &options, NULL);
    }
    iamp_textbuf_release(&buf);
    for (size_t i = 0; status == IAM_OK && i < stack->count; i++)
        entries[i] = (iam_stack_entry){
            .policy = i == entry ? changed : stack->entries[i].policy,
            .level = stack->entries[i].level};
    if (status == IAM_OK)
        status = iamp_stack_new(out, entries, stack->count, from, NULL);
    iamp_policy_release(changed);
    return status;
}

/* Does the other stack allow the same?  A catch, if not, is the caller's. */
static iam_status same(
    reviewer *r, const iam_stack *other, iam_verdict *out, catch *caught)
{
    prey p = iamp_prey(r->q, PREY_GAINED);
    hunt_answer answer;

    *out = IAM_PROVED;
    *caught = (catch){.request = NULL};
    for (size_t turn = 0; turn < 2 && *out == IAM_PROVED; turn++) {
        p.stack = turn ? other : r->q->stacks[0];
        p.other = turn ? r->q->stacks[0] : other;
        answer = iamp_hunt(r->q, &p, caught);
        if (answer >= HUNT_STOPPED)
            return failure(answer);
        *out = verdict_of(answer);
    }
    return IAM_OK;
}

static iam_status is_dead(
    reviewer *r, review_item *item, uint32_t entry, uint32_t statement)
{
    iam_stack *other;
    catch caught;
    size_t count = 0;
    iam_status status = stack_without(r, entry, statement, NOTHING, &other);

    if (status != IAM_OK)
        return status == IAM_ENOMEM ? IAM_ENOMEM : IAM_OK;
    status = same(r, other, &item->dead, &caught);
    iamp_stack_free(other);
    if (status == IAM_OK && caught.request)
        status = iamp_answer_witness(r->q, &r->out->mem, r->q->stacks[0],
            &item->witness, &count, &caught, "needed",
            "this request needs the statement");
    return status;
}

/* Conditions that could go: each by itself. */
static iam_status shadowed(
    reviewer *r, review_item *item, uint32_t entry, uint32_t statement)
{
    const program_statement *s =
        &r->q->stacks[0]->entries[entry].policy->statements[statement];
    uint32_t *list = NULL;
    uint32_t count = 0, room = 0;

    for (uint32_t i = 0; i < s->condition_count && !s->undecidable; i++) {
        iam_stack *other;
        iam_verdict verdict;
        catch caught;
        iam_status status = stack_without(r, entry, statement, i, &other);

        if (status == IAM_ENOMEM)
            return status;
        if (status != IAM_OK)
            continue;
        status = same(r, other, &verdict, &caught);
        iamp_request_free(caught.request);
        iamp_stack_free(other);
        if (status != IAM_OK)
            return status;
        if (verdict != IAM_PROVED)
            continue;
        if (!GROW(&r->out->mem, list, count, room))
            return IAM_ENOMEM;
        list[count++] = i;
    }
    item->shadowed = list;
    item->shadowed_count = count;
    return IAM_OK;
}

static iam_status has_effect(
    reviewer *r, review_item *item, uint32_t entry, uint32_t statement)
{
    prey p = iamp_prey(r->q, PREY_APPLIES);
    hunt_answer answer;
    catch caught;

    p.entry = entry;
    p.statement = statement;
    answer = iamp_hunt(r->q, &p, &caught);
    iamp_request_free(caught.request);
    if (answer >= HUNT_STOPPED)
        return failure(answer);
    item->effect = verdict_of(answer);
    return IAM_OK;
}

static text summary_of(const review_item *item, bool deny)
{
    if (item->dead == IAM_UNKNOWN)
        return TEXT("whether it could be left out is not known");
    if (!deny && item->effect == IAM_PROVED)
        return TEXT(
            "other statements or policies take away all that it allows");
    if (item->dead == IAM_PROVED && deny)
        return TEXT("it could be left out: what it denies is not allowed "
                    "anyway");
    if (item->dead == IAM_PROVED)
        return TEXT("it could be left out: what it allows is allowed anyway");
    if (item->shadowed_count)
        return TEXT("it is needed; some of its conditions change nothing");
    return TEXT("it is needed");
}

static iam_status review_one(
    reviewer *r, review_item *item, uint32_t entry, uint32_t statement)
{
    bool deny =
        r->q->stacks[0]->entries[entry].policy->statements[statement].deny;
    iam_status status;

    item->statement = (iam_match){entry, statement};
    status = is_dead(r, item, entry, statement);
    if (status == IAM_OK && !deny)
        status = has_effect(r, item, entry, statement);
    if (status == IAM_OK && item->dead != IAM_PROVED)
        status = shadowed(r, item, entry, statement);
    item->summary = summary_of(item, deny);
    return status;
}

static iam_status review(inquiry *q, iam_review *out)
{
    const iam_stack *stack = q->stacks[0];
    reviewer r = {.q = q, .out = out};
    size_t count = 0;
    iam_status status = IAM_OK;

    for (size_t i = 0; i < stack->count; i++)
        count += stack->entries[i].policy->statement_count;
    r.items = ARENA_ARRAY(&out->mem, review_item, count);
    if (!r.items)
        return IAM_ENOMEM;
    out->items = r.items;
    for (size_t i = 0; i < stack->count; i++)
        for (uint32_t n = 0;
             n < stack->entries[i].policy->statement_count && status == IAM_OK;
             n++)
            status = review_one(&r, &r.items[out->count++], (uint32_t)i, n);
    if (status == IAM_OK)
        status = iamp_stack_copy(&out->stack, stack, q->prover->from);
    return status == IAM_OK
               ? iamp_answer_facts(q, &out->mem, &out->facts, &out->fact_count)
               : status;
}

iam_status iamp_prover_review(iam_prover *prover, const iam_question *asked,
    iam_review **out, iam_error *err)
{
    iam_review *made = iamp_review_alloc(prover->from);
    uint64_t since = iamp_answer_clock();
    inquiry q;
    iam_status status;

    *out = NULL;
    if (!made)
        return iamp_error_nomem(err);
    status = iamp_question_open(&q, prover, asked, IAM_WITHIN);
    if (status == IAM_OK)
        status = review(&q, made);
    if (status == IAM_OK && q.failed)
        status = IAM_ENOMEM;
    made->steps = prover->max_steps - q.steps;
    iamp_question_close(&q);
    made->nanoseconds = iamp_answer_clock() - since;
    if (status != IAM_OK) {
        iamp_review_free(made);
        return iamp_answer_error(status, err);
    }
    *out = made;
    return IAM_OK;
}

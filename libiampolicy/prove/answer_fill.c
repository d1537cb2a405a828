/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer_fill.c - what a question found, as its answer tells it.
 */
#include "prove/ask.h"

#include "base/error.h"
#include "prove/grow.h"

#include <time.h>

uint64_t iamp_answer_clock(void)
{
    struct timespec now;

    if (timespec_get(&now, TIME_UTC) != TIME_UTC)
        return 0;
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

iam_status iamp_answer_error(iam_status status, iam_error *err)
{
    if (status == IAM_ENOMEM)
        return iamp_error_nomem(err);
    if (status == IAM_ESTOPPED)
        return iamp_error_set(
            err, IAM_ESTOPPED, "the caller's function asked to stop");
    return status;
}

/* --- witnesses ----------------------------------------------------------- */

typedef struct applied {
    arena *mem;
    const iam_stack *stack;
    const iam_stack *given; /* NULL, or: what others' policies stand in for */
    bool deny;
    iam_match *items;
    uint32_t count, room;
    bool failed;
} applied;

static void on_applies(void *user, size_t entry, uint32_t statement)
{
    applied *a = user;

    if (a->given &&
        (entry >= a->given->count ||
            a->given->entries[entry].policy != a->stack->entries[entry].policy))
        return; /* no policy of the question's */
    if (a->stack->entries[entry].policy->statements[statement].deny != a->deny)
        return;
    if (a->failed || !GROW(a->mem, a->items, a->count, a->room)) {
        a->failed = true;
        return;
    }
    a->items[a->count++] = (iam_match){entry, statement};
}

/* The statements behind an outcome, and the open rules on the way. */
static bool explain(inquiry *q, arena *mem, const iam_stack *by,
    const iam_request *request, iam_outcome outcome, proof_witness *out)
{
    applied a = {.mem = mem,
        .stack = by,
        .given = by == q->strangers ? q->prover->stack : NULL,
        .deny = outcome == IAM_EXPLICIT_DENY};
    const witness_book book = {on_applies, &a};
    trace t = {0};
    tally sums;

    iamp_stack_tally(by, request, &book, &t, &sums);
    iamp_conclude(by, request, &sums, &t);
    q->rules |= t.rules;
    if (outcome != IAM_IMPLICIT_DENY) {
        out->because = a.items;
        out->because_count = a.count;
    }
    return !a.failed;
}

iam_status iamp_answer_witness(inquiry *q, arena *mem, const iam_stack *by,
    const proof_witness **witnesses, size_t *count, catch *caught,
    const char *id, const char *meaning)
{
    proof_witness *list = ARENA_ARRAY(mem, proof_witness, *count + 1);
    proof_witness *w;

    if (!list) {
        iamp_request_free(caught->request);
        return IAM_ENOMEM;
    }
    if (*count)
        memcpy(list, *witnesses, *count * sizeof(*list));
    w = &list[*count];
    *w = (proof_witness){.request = caught->request,
        .id = iamp_text_of(id, IAM_NTS),
        .meaning = iamp_text_of(meaning, IAM_NTS),
        .level = caught->level,
        .outcome = caught->outcome,
        .old_outcome = caught->other_outcome};
    *witnesses = list;
    ++*count;
    return explain(q, mem, by, caught->request, caught->outcome, w)
               ? IAM_OK
               : IAM_ENOMEM;
}

/* --- sets ---------------------------------------------------------------- */

/* A copy that the answer owns. */
iam_status iamp_answer_set(
    inquiry *q, arena *mem, const iam_ipset **out, const ipset *set)
{
    static const ipset none;
    ipset copy;
    iam_status status =
        iamp_ipset_combine(&copy, IPSET_UNION, set, &none, SIZE_MAX, mem);

    (void)q;
    if (status != IAM_OK)
        return IAM_ENOMEM;
    *out = ipset_object(&copy, mem);
    return *out ? IAM_OK : IAM_ENOMEM;
}

/* --- facts --------------------------------------------------------------- */

iam_status iamp_answer_facts(
    inquiry *q, arena *mem, const text **facts, size_t *count)
{
    bool any = q->scope && (q->scope->flags & IAM_ANY_CONTEXT);
    bool owner = !q->anybody && (!q->scope || q->scope->caller == SCOPE_OWNER);
    bool cross = false;
    text *list = ARENA_ARRAY(mem, text, 8);
    size_t made = 0;

    if (!list)
        return IAM_ENOMEM;
    for (uint32_t i = 0; i < q->frame_count; i++) {
        cross |= q->frames[i].cross;
        owner &= !q->frames[i].foreign; /* not-public has its own callers */
    }
    if (!any) {
        list[made++] = TEXT("no request has both aws:SourceIp and a key that "
                            "only requests through a VPC endpoint have");
        list[made++] =
            TEXT("a single-valued key has one value, and a key of "
                 "addresses, numbers, moments or booleans holds one");
        list[made++] = TEXT("keys that follow from the caller have the values "
                            "that AWS gives them");
    }
    if (!q->free_calls)
        list[made++] = TEXT("actions that need no permission, such as "
                            "sts:GetCallerIdentity, are left out");
    if (q->promise && !(q->scope && (q->scope->flags & IAM_OPEN_WORLD)))
        list[made++] = TEXT("the actions are those that are known, and those "
                            "that are named without wildcards");
    if (owner)
        list[made++] = TEXT("the caller is a user or a role: services, "
                            "anonymous callers and root users are left out");
    if (q->anybody)
        list[made++] = TEXT("the root user of the resource's own account, who "
                            "may do everything, is left out");
    if (!cross)
        list[made++] =
            TEXT("the resource belongs to the account of its caller");
    *facts = list;
    *count = made;
    return IAM_OK;
}

/* Rules that the statements rest on, whatever is asked. */
static void policy_rules(inquiry *q, const iam_policy *policy)
{
    for (uint32_t i = 0; i < policy->statement_count; i++) {
        const program_statement *s = &policy->statements[i];

        if (s->undecidable)
            q->rules |= UINT64_C(1) << RULE_UNDECIDABLE;
        if (s->deny && s->not_principal)
            q->rules |= UINT64_C(1) << RULE_NOT_PRINCIPAL;
        for (uint32_t a = 0; a < s->action_count; a++)
            if (!s->actions[a].every && !s->actions[a].never &&
                s->actions[a].prefix->shape != GLOB_EXACT)
                q->rules |= UINT64_C(1) << RULE_PREFIX_WILDCARD;
        for (uint32_t c = 0; c < s->condition_count; c++) {
            if (s->conditions[c].value_count == 0 &&
                s->conditions[c].op.base != OP_NULL)
                q->rules |= UINT64_C(1) << RULE_EMPTY_LIST;
            if (s->conditions[c].invalid)
                q->rules |= UINT64_C(1) << RULE_INVALID_VALUE;
            if (s->conditions[c].variable && s->conditions[c].op.negated)
                q->rules |= UINT64_C(1) << RULE_VALUELESS_NEGATED;
        }
    }
}

static iam_status fill_findings(
    inquiry *q, arena *mem, const iam_finding **findings, size_t *count)
{
    iam_finding *list;
    size_t made = 0;

    for (size_t i = 0; i < 2 && q->stacks[i]; i++)
        for (size_t k = 0; k < q->stacks[i]->count; k++)
            policy_rules(q, q->stacks[i]->entries[k].policy);
    if (!q->rules)
        return IAM_OK;
    list = ARENA_ARRAY(mem, iam_finding, RULE_COUNT);
    if (!list)
        return IAM_ENOMEM;
    for (size_t rule = 0; rule < RULE_COUNT; rule++)
        if (q->rules >> rule & 1)
            list[made++] = iamp_open_rule_finding((open_rule)rule);
    *findings = list;
    *count = made;
    return IAM_OK;
}

/* --- proofs -------------------------------------------------------------- */

iam_status iamp_answer_finish(inquiry *q, iam_proof *proof)
{
    iam_status status = IAM_OK;

    if (proof->verdict == IAM_PROVED && q->no_such_action) {
        proof->verdict = IAM_UNKNOWN;
        q->reason = TEXT("no known action matches; name one without wildcards, "
                         "or ask about every text");
    }
    if (proof->verdict == IAM_UNKNOWN) {
        proof->reason = iamp_text_copy(
            q->reason.ptr ? q->reason : TEXT("it could not be decided"),
            &proof->mem);
        if (!proof->reason.ptr)
            return IAM_ENOMEM;
    }
    if (proof->witness_count)
        status = iamp_stack_copy(&proof->stack, q->stacks[0], q->prover->from);
    if (status == IAM_OK)
        status = iamp_answer_facts(
            q, &proof->mem, &proof->facts, &proof->fact_count);
    if (status == IAM_OK)
        status = fill_findings(
            q, &proof->mem, &proof->findings, &proof->finding_count);
    return status;
}

/* The whole: refuted if a half is, else unknown if a half is.  Its witnesses
 * and sets are those of its halves. */
iam_status iamp_answer_join(iam_proof *whole, iam_prover *prover)
{
    iam_proof *const *part = whole->part;
    proof_witness *list;
    size_t made = 0;

    whole->verdict = IAM_PROVED;
    whole->reason = TEXT("");
    for (size_t i = 0; i < 2; i++) {
        whole->steps += part[i]->steps;
        whole->nanoseconds += part[i]->nanoseconds;
        if (part[i]->verdict == IAM_REFUTED) {
            if (whole->verdict != IAM_REFUTED)
                whole->reason = part[i]->reason;
            whole->verdict = IAM_REFUTED;
        }
        if (part[i]->verdict == IAM_UNKNOWN && whole->verdict == IAM_PROVED) {
            whole->verdict = IAM_UNKNOWN;
            whole->reason = part[i]->reason;
        }
    }
    whole->without_address = part[0]->without_address;
    whole->facts = part[1]->facts;
    whole->fact_count = part[1]->fact_count;
    whole->findings =
        part[0]->finding_count ? part[0]->findings : part[1]->findings;
    whole->finding_count = part[0]->finding_count ? part[0]->finding_count
                                                  : part[1]->finding_count;
    list = ARENA_ARRAY(&whole->mem, proof_witness,
        part[0]->witness_count + part[1]->witness_count);
    if (!list)
        return IAM_ENOMEM;
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < part[i]->witness_count; k++) {
            proof_witness *w = &list[made];

            *w = part[i]->witnesses[k];
            if (iamp_request_copy(&w->request, w->request, prover->from) !=
                IAM_OK)
                return IAM_ENOMEM;
            whole->witnesses = list;
            whole->witness_count = ++made;
        }
    if (made)
        return iamp_stack_copy(&whole->stack, prover->stack, prover->from);
    return IAM_OK;
}

/* The Allow statements that can let something through at all: those that some
 * allowed request matches. */
iam_status iamp_answer_sources(inquiry *q, iam_sources *sources)
{
    const iam_stack *stack = q->stacks[0];
    iam_match *items = NULL;
    uint32_t count = 0, room = 0;
    iam_status status;

    for (size_t i = 0; i < stack->count; i++) {
        const iam_policy *policy = stack->entries[i].policy;

        for (uint32_t n = 0; n < policy->statement_count; n++) {
            prey p = iamp_prey(q, PREY_APPLIES);
            hunt_answer answer;
            catch caught;

            if (policy->statements[n].deny)
                continue;
            p.entry = (uint32_t)i;
            p.statement = n;
            answer = iamp_hunt(q, &p, &caught);
            iamp_request_free(caught.request);
            if (answer == HUNT_STOPPED)
                return IAM_ESTOPPED;
            if (answer == HUNT_NO_MEMORY)
                return IAM_ENOMEM;
            if (answer != HUNT_FOUND)
                continue;
            if (!GROW(&sources->mem, items, count, room))
                return IAM_ENOMEM;
            items[count++] = (iam_match){i, n};
        }
    }
    sources->because = items;
    sources->because_count = count;
    status = iamp_stack_copy(&sources->stack, stack, q->prover->from);
    if (status == IAM_OK)
        status = iamp_answer_facts(
            q, &sources->mem, &sources->facts, &sources->fact_count);
    if (status == IAM_OK)
        status = fill_findings(
            q, &sources->mem, &sources->findings, &sources->finding_count);
    if (status == IAM_OK && sources->verdict == IAM_UNKNOWN) {
        sources->reason = iamp_text_copy(
            q->reason.ptr ? q->reason : TEXT("it could not be decided"),
            &sources->mem);
        if (!sources->reason.ptr)
            return IAM_ENOMEM;
    }
    return status;
}

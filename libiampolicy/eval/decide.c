/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide.c - the outcome of check, with everything that led to it.
 */
#include "eval/decision.h"

/* --- gathering ------------------------------------------------------------ */

/* The statements that apply, as the walk finds them. */
typedef struct gathering {
    const iam_allocator *from;
    iam_match *items;
    size_t count, room;
    bool failed;
} gathering;

static void gather(void *user, size_t entry, uint32_t statement)
{
    gathering *g = user;

    if (g->count == g->room && !g->failed) {
        size_t room = g->room ? g->room * 2 : 16;
        iam_match *larger =
            iamp_memory_acquire(g->from, room * sizeof(*larger));

        if (!larger) {
            g->failed = true;
            return;
        }
        if (g->count)
            memcpy(larger, g->items, g->count * sizeof(*larger));
        iamp_memory_release(g->from, g->items);
        g->items = larger;
        g->room = room;
    }
    if (!g->failed)
        g->items[g->count++] = (iam_match){entry, statement};
}

/* The walk goes by layer; people look by entry. */
static iam_status keep_matches(
    iam_decision *d, const iam_stack *stack, const gathering *g)
{
    told_statement *told = ARENA_ARRAY(&d->mem, told_statement, g->count);
    size_t *start = ARENA_ARRAY(&d->mem, size_t, stack->count + 1);

    if (!told || !start || g->failed)
        return IAM_ENOMEM;
    for (size_t i = 0; i < g->count; i++)
        start[g->items[i].entry + 1]++;
    for (size_t e = 0; e < stack->count; e++)
        start[e + 1] += start[e];
    for (size_t i = 0; i < g->count; i++) {
        const iam_match *m = &g->items[i];

        if (!iamp_tell_statement(
                &told[start[m->entry]++], d, stack, m->entry, m->statement))
            return IAM_ENOMEM;
    }
    d->matches = told;
    d->match_count = g->count;
    return IAM_OK;
}

static iam_status keep_findings(iam_decision *d, const trace *t)
{
    iam_finding *findings = ARENA_ARRAY(&d->mem, iam_finding, RULE_COUNT);

    if (!findings)
        return IAM_ENOMEM;
    d->findings = findings;
    for (size_t rule = 0; rule < RULE_COUNT; rule++)
        if (t->rules >> rule & 1)
            findings[d->finding_count++] =
                iamp_open_rule_finding((open_rule)rule);
    return IAM_OK;
}

/* --- words ----------------------------------------------------------------- */

static text words_for(
    const iam_stack *stack, const iam_request *request, layer by)
{
    if (by != LAYER_RESOURCE)
        return iamp_layer_words(by);
    if (request->resource_policy_name.text.len)
        return request->resource_policy_name.text;
    for (size_t i = 0; i < stack->count; i++)
        if (stack->entries[i].policy->kind == IAM_TRUST_POLICY)
            return TEXT("role trust policy");
    return iamp_layer_words(by);
}

/* The ARN of the first policy of the layer that denies, where AWS would name
 * it (F.2). */
static text arn_for(const iam_decision *d, const iam_stack *stack, layer by)
{
    if (d->outcome != IAM_EXPLICIT_DENY || by == LAYER_RESOURCE ||
        by == LAYER_ENDPOINT)
        return (text){"", 0};
    for (size_t i = 0; i < d->match_count; i++) {
        const told_statement *m = &d->matches[i];

        if (m->deny && text_starts(m->name, TEXT("arn:")) &&
            iamp_layer_of(stack->entries[m->entry].policy->kind) == by)
            return m->name;
    }
    return (text){"", 0};
}

static iam_status keep_words(
    iam_decision *d, const iam_stack *stack, const iam_request *request)
{
    textbuf buf;
    bool kept;
    denial facts = {.principal = request->principal.text,
        .action = request->action.text,
        .resource = request->resource.text.len ? request->resource.text
                                               : request->model.text,
        .type = words_for(stack, request, d->by),
        .policy_arn = arn_for(d, stack, d->by),
        .is_explicit = d->outcome == IAM_EXPLICIT_DENY};

    if (d->outcome == IAM_ALLOW) {
        d->by_words = d->message = (text){"", 0};
        return IAM_OK;
    }
    iamp_textbuf_init(&buf, d->mem.from);
    iamp_denial_print(&facts, &buf);
    kept = !buf.failed && text_keep(&d->message, textbuf_text(&buf), &d->mem) &&
           text_keep(&d->by_words, facts.type, &d->mem);
    iamp_textbuf_release(&buf);
    return kept ? IAM_OK : IAM_ENOMEM;
}

/* --- deciding --------------------------------------------------------------- */

/* E.5: an account named as principal and narrowed by aws:PrincipalArn; and
 * s3:ListAllMyBuckets on an ARN pattern (A.7.5). */
static void trace_shapes(
    const iam_stack *stack, const iam_decision *d, trace *t)
{
    for (size_t i = 0; i < d->match_count; i++) {
        const iam_policy *policy = stack->entries[d->matches[i].entry].policy;
        const program_statement *s =
            &policy->statements[d->matches[i].statement];

        if (iamp_layer_of(policy->kind) != LAYER_RESOURCE || s->deny ||
            s->principal_count != 1 || s->principals[0].kind != NAMES_ACCOUNT)
            continue;
        for (uint32_t c = 0; c < s->condition_count; c++)
            if (s->conditions[c].key.id == KEY_AWS_PRINCIPALARN)
                trace_rule(t, RULE_ACCOUNT_ARN);
    }
}

/* Does a statement for this action have a condition on the key? */
static bool is_asked(
    const iam_policy *policy, const iam_request *request, key_id id)
{
    for (uint32_t i = 0; i < policy->statement_count; i++) {
        const program_statement *s = &policy->statements[i];

        for (uint32_t c = 0; c < s->condition_count; c++)
            if (s->conditions[c].key.id == id &&
                iamp_action_matches(s, request, NULL))
                return true;
    }
    return false;
}

/* D.3: the key has the role's path, which the ARN of a session has not. */
static void trace_role(
    const iam_stack *stack, const iam_request *request, trace *t)
{
    const key_ref key = iamp_key_find(TEXT("aws:PrincipalArn"));
    key_value found;

    if (request->caller != PRINCIPAL_SESSION || request->role_told ||
        !iamp_request_find(request, &key, &found) || found.list ||
        found.values[0].ptr != request->role.text.ptr)
        return;
    for (size_t i = 0; i < stack->count; i++)
        if (is_asked(stack->entries[i].policy, request, KEY_AWS_PRINCIPALARN)) {
            trace_rule(t, RULE_NO_ROLE);
            return;
        }
}

static void trace_request(
    const iam_stack *stack, const iam_request *request, trace *t)
{
    text owner = iamp_request_resource_account(request);

    if (text_eq(request->resource.text, TEXT("*")) &&
        iamp_text_eq_fold(request->action.text, TEXT("s3:ListAllMyBuckets")))
        trace_rule(t, RULE_LIST_BUCKETS);
    if (owner.len && !iamp_account_valid(owner))
        trace_rule(t, RULE_NO_ACCOUNT);
    trace_role(stack, request, t);
}

static iam_status decide(
    iam_decision *d, const iam_stack *stack, const iam_request *request)
{
    gathering g = {.from = d->mem.from};
    witness_book book = {gather, &g};
    trace t = {0};
    tally sums;
    ruling answer;
    iam_status status;

    iamp_stack_tally(stack, request, &book, &t, &sums);
    answer = iamp_conclude(stack, request, &sums, &t);
    d->outcome = answer.outcome;
    d->by = answer.by;
    status = keep_matches(d, stack, &g);
    iamp_memory_release(g.from, g.items);
    if (status != IAM_OK)
        return status;
    trace_shapes(stack, d, &t);
    trace_request(stack, request, &t);
    status = keep_findings(d, &t);
    if (status == IAM_OK)
        status = keep_words(d, stack, request);
    if (status == IAM_OK)
        status = iamp_explain(d, stack, request);
    return status;
}

static iam_decision *decision_alloc(const iam_allocator *from)
{
    iam_decision *d = iamp_memory_acquire(from, sizeof(*d));

    if (!d)
        return NULL;
    memset(d, 0, sizeof(*d));
    iamp_arena_init(&d->mem, from);
    d->by_words = d->message = (text){"", 0};
    d->speaker = d;
    return d;
}

iam_status iamp_decision_new(iam_decision **out, const iam_stack *stack,
    const iam_request *request, const iam_allocator *from)
{
    iam_decision *d = decision_alloc(from);
    iam_status status = d ? IAM_OK : IAM_ENOMEM;

    *out = NULL;
    if (status == IAM_OK)
        status = iamp_request_copy(&d->request, request, from);
    if (status == IAM_OK)
        status = decide(d, stack, d->request);
    if (status != IAM_OK) {
        iamp_decision_free(d);
        return status;
    }
    *out = d;
    return IAM_OK;
}

static iam_status add_note(iam_decision *d, const operation_note *note)
{
    const iam_decision *said = d->speaker;
    iam_finding *findings;

    if (!note->message)
        return IAM_OK;
    findings = ARENA_ARRAY(&d->mem, iam_finding, said->finding_count + 1);
    if (!findings)
        return IAM_ENOMEM;
    if (said->finding_count)
        memcpy(
            findings, said->findings, said->finding_count * sizeof(*findings));
    findings[said->finding_count] = (iam_finding){.severity = note->severity,
        .code = note->code,
        .where = "",
        .message = note->message};
    d->findings = findings;
    d->finding_count = said->finding_count + 1;
    return IAM_OK;
}

static iam_status decide_checks(
    iam_decision *d, const iam_stack *stack, const iam_operation *operation)
{
    const iam_allocator *from = d->mem.from;
    iam_status status = IAM_OK;

    d->operation = true;
    d->outcome = operation->count ? IAM_ALLOW : IAM_IMPLICIT_DENY;
    d->checks = ARENA_ARRAY(&d->mem, iam_decision *, operation->count);
    if (!d->checks)
        return IAM_ENOMEM;
    for (size_t i = 0; i < operation->count && status == IAM_OK; i++) {
        iam_decision *check;

        status = iamp_decision_new(&check, stack, operation->checks[i], from);
        if (status != IAM_OK)
            break;
        d->checks[d->check_count++] = check;
        if (i == 0 || outcome_worse(check->outcome, d->outcome)) {
            d->outcome = check->outcome;
            d->speaker = check;
        }
    }
    return status == IAM_OK ? add_note(d, &operation->note) : status;
}

iam_status iamp_decision_new_operation(iam_decision **out,
    const iam_stack *stack, const iam_operation *operation,
    const iam_allocator *from)
{
    iam_decision *d;
    iam_status status;

    if (!operation->resolved)
        return iamp_decision_new(out, stack, operation->checks[0], from);
    *out = NULL;
    d = decision_alloc(from);
    status = d ? decide_checks(d, stack, operation) : IAM_ENOMEM;
    if (status != IAM_OK) {
        iamp_decision_free(d);
        return status;
    }
    *out = d;
    return IAM_OK;
}

void iamp_decision_free(iam_decision *decision)
{
    const iam_allocator *from;

    if (!decision)
        return;
    from = decision->mem.from;
    /* Checks have no checks of their own: this goes one deep. */
    for (size_t i = 0; i < decision->check_count; i++) {
        iamp_request_free(decision->checks[i]->request);
        iamp_arena_release(&decision->checks[i]->mem);
        iamp_memory_release(from, decision->checks[i]);
    }
    iamp_request_free(decision->request);
    iamp_arena_release(&decision->mem);
    iamp_memory_release(from, decision);
}

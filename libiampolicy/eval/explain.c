/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain.c - why statements did not apply, and what the request lacked.
 *
 * A near miss is a statement that would have applied but for one element.  The
 * walk over the stack is the evaluator's own, element by element.
 */
#include <stdlib.h>

#include "eval/decision.h"

enum {
    MOST_MISSES = 64, /* more would hide the point */
    MOST_VALUES = 4   /* of a list, in a message */
};

typedef struct explainer {
    iam_decision *decision;
    const iam_stack *stack;
    const iam_request *request;
    told_miss *misses;
    textbuf words; /* the message being made */
    bool boundary;
} explainer;

/* --- words --------------------------------------------------------------- */

static void add_quoted(textbuf *buf, text t)
{
    char quoted[JSON_QUOTED];

    iamp_textbuf_add_c(buf, '"');
    iamp_textbuf_add(buf, iamp_text_of(iamp_json_quote(t, quoted), IAM_NTS));
    iamp_textbuf_add_c(buf, '"');
}

/* What is written at an index of a row. */
typedef text written_at(const void *row, size_t index);

static text text_at(const void *row, size_t index)
{
    return ((const text *)row)[index];
}

static text action_at(const void *row, size_t index)
{
    return action_written((const action_pattern *)row + index);
}

static text resource_at(const void *row, size_t index)
{
    return resource_written((const resource_pattern *)row + index);
}

static text principal_at(const void *row, size_t index)
{
    return ((const principal_value *)row)[index].written;
}

/* "a", "b" or 7 more. */
static void add_values(
    textbuf *buf, const void *row, written_at *at, size_t count)
{
    for (size_t i = 0; i < count && i < MOST_VALUES; i++) {
        if (i > 0)
            iamp_textbuf_add(buf, i + 1 == count ? TEXT(" or ") : TEXT(", "));
        add_quoted(buf, at(row, i));
    }
    if (count > MOST_VALUES) {
        textbuf_add_lit(buf, " or ");
        iamp_textbuf_add_number(buf, count - MOST_VALUES);
        textbuf_add_lit(buf, " more");
    }
    if (count == 0)
        textbuf_add_lit(buf, "nothing");
}

static void add_found(textbuf *buf, const key_value *found)
{
    if (!found->list) {
        add_quoted(buf, found->values[0]);
        return;
    }
    iamp_textbuf_add_c(buf, '[');
    add_values(buf, found->values, text_at, found->count);
    iamp_textbuf_add_c(buf, ']');
}

static void say_condition(explainer *x, const condition *c)
{
    textbuf *buf = &x->words;
    key_value found;

    if (!iamp_request_find(x->request, &c->key, &found)) {
        textbuf_add_lit(buf, "the request has no ");
        iamp_textbuf_add(buf, c->key.name);
    } else if (found.ambiguous) {
        textbuf_add_lit(buf, "the request has two spellings of ");
        iamp_textbuf_add(buf, c->key.name);
    } else {
        iamp_textbuf_add(buf, c->key.name);
        textbuf_add_lit(buf, " is ");
        add_found(buf, &found);
    }
    textbuf_add_lit(buf, "; the statement wants ");
    iamp_textbuf_add(buf, c->written);
    iamp_textbuf_add_c(buf, ' ');
    add_values(buf, c->values, text_at, c->value_count);
}

static void say_resource(explainer *x, const program_statement *s)
{
    textbuf_add_lit(&x->words, "the resource is ");
    add_quoted(&x->words, x->request->resource.text);
    iamp_textbuf_add(&x->words, s->not_resource
                                    ? TEXT("; the statement is for all but ")
                                    : TEXT("; the statement is for "));
    add_values(&x->words, s->resources, resource_at, s->resource_count);
}

static void say_action(explainer *x, const program_statement *s)
{
    textbuf_add_lit(&x->words, "the action is ");
    add_quoted(&x->words, x->request->action.text);
    iamp_textbuf_add(&x->words, s->not_action
                                    ? TEXT("; the statement is for all but ")
                                    : TEXT("; the statement is for "));
    add_values(&x->words, s->actions, action_at, s->action_count);
}

static void say_principal(explainer *x, const program_statement *s)
{
    textbuf_add_lit(&x->words, "the caller is ");
    add_quoted(&x->words, x->request->principal.text);
    iamp_textbuf_add(&x->words, s->not_principal
                                    ? TEXT("; the statement is for all but ")
                                    : TEXT("; the statement is for "));
    add_values(&x->words, s->principals, principal_at, s->principal_count);
}

/* --- near misses --------------------------------------------------------- */

/* A name may be long and told often: one copy serves all. */
static bool tell_name(
    text *out, iam_decision *decision, const iam_stack *stack, size_t entry)
{
    if (!decision->names)
        decision->names = ARENA_ARRAY(&decision->mem, text, stack->count);
    if (!decision->names)
        return false;
    if (!decision->names[entry].ptr &&
        !text_keep(&decision->names[entry], stack->entries[entry].name,
            &decision->mem))
        return false;
    *out = decision->names[entry];
    return true;
}

bool iamp_tell_statement(told_statement *out, iam_decision *decision,
    const iam_stack *stack, size_t entry, size_t statement)
{
    const stack_entry *e = &stack->entries[entry];
    const program_statement *s = &e->policy->statements[statement];

    *out = (told_statement){.entry = entry,
        .statement = statement,
        .has_name = e->has_name,
        .deny = s->deny,
        .line = s->line,
        .column = s->column};
    return tell_name(&out->name, decision, stack, entry) &&
           text_keep(&out->sid, s->sid, &decision->mem);
}

/* Put the words that were made into the next near miss. */
static iam_status keep_miss(explainer *x, size_t entry, size_t statement,
    const char *element, const condition *c)
{
    iam_decision *d = x->decision;
    told_miss *miss = &x->misses[d->miss_count];
    bool kept =
        !x->words.failed &&
        iamp_tell_statement(&miss->statement, d, x->stack, entry, statement) &&
        text_keep(&miss->message, textbuf_text(&x->words), &d->mem) &&
        text_keep(&miss->key, c ? c->key.name : TEXT(""), &d->mem) &&
        text_keep(&miss->operator_name, c ? c->written : TEXT(""), &d->mem);

    x->words.len = 0;
    if (!kept)
        return IAM_ENOMEM;
    miss->element = element;
    d->miss_count++;
    return IAM_OK;
}

/* Is one of the names the other with something behind it?  Then the one may
 * have been meant: InvokeModel and InvokeModelWithResponseStream. */
static bool related(const action_pattern *a, const iam_request *request)
{
    text x, y = request->action_name;
    size_t shorter;

    if (a->every || a->never || a->name.shape != GLOB_EXACT ||
        !iamp_glob_match(a->prefix, request->action_prefix, NULL))
        return false;
    x = glob_literal(&a->name);
    shorter = x.len < y.len ? x.len : y.len;
    return iamp_text_eq_fold(
        text_slice(x, 0, shorter), text_slice(y, 0, shorter));
}

static bool action_nearly(const program_statement *s, const iam_request *r)
{
    for (uint32_t i = 0; !s->not_action && i < s->action_count; i++)
        if (related(&s->actions[i], r))
            return true;
    return false;
}

static iam_status miss_conditions(
    explainer *x, size_t entry, size_t statement, const iam_policy *policy)
{
    const program_statement *s = &policy->statements[statement];
    iam_status status = IAM_OK;

    for (uint32_t i = 0; i < s->condition_count && status == IAM_OK &&
                         x->decision->miss_count < MOST_MISSES;
         i++) {
        const condition *c = &s->conditions[i];
        truth answer = iamp_condition_holds(policy, c, x->request, NULL);

        if (answer == TRUTH_TRUE || (answer == TRUTH_AMBIGUOUS && s->deny))
            continue;
        say_condition(x, c);
        status = keep_miss(x, entry, statement, "Condition", c);
    }
    return status;
}

static iam_status look_at(
    explainer *x, size_t entry, size_t statement, const iam_policy *policy)
{
    const program_statement *s = &policy->statements[statement];
    const iam_request *r = x->request;
    bool action = iamp_action_matches(s, r, NULL);
    bool resource = iamp_resource_matches(policy, s, r, NULL);
    bool principal = !s->has_principal || iamp_principals_match(s, r,
                                              x->boundary, NULL) != GRANT_NONE;
    bool conditions = iamp_conditions_hold(policy, s, r, NULL);

    if (action + resource + principal + conditions != 3)
        return IAM_OK;
    if (!action) {
        if (!action_nearly(s, r))
            return IAM_OK;
        say_action(x, s);
        return keep_miss(x, entry, statement, "Action", NULL);
    }
    if (!resource) {
        say_resource(x, s);
        return keep_miss(x, entry, statement,
            s->not_resource ? "NotResource" : "Resource", NULL);
    }
    if (!principal) {
        say_principal(x, s);
        return keep_miss(x, entry, statement,
            s->not_principal ? "NotPrincipal" : "Principal", NULL);
    }
    return miss_conditions(x, entry, statement, policy);
}

/* --- missing keys -------------------------------------------------------- */

/* Names that differ in case alone stand side by side. */
static int by_name(const void *a, const void *b)
{
    const text *x = a, *y = b;
    size_t shorter = x->len < y->len ? x->len : y->len;

    for (size_t i = 0; i < shorter; i++) {
        int order = (int)ascii_lower(x->ptr[i]) - (int)ascii_lower(y->ptr[i]);

        if (order)
            return order;
    }
    if (x->len != y->len)
        return x->len < y->len ? -1 : 1;
    return iamp_text_compare(*x, *y);
}

/* How many keys the conditions of the statements ask for, whose action is the
 * request's: room for the worst case. */
static bool asks(const program_statement *s, const iam_request *r)
{
    return s->condition_count > 0 && iamp_action_matches(s, r, NULL);
}

/* The names of the statement's keys that the request lacks; how many. */
static size_t collect_missing(
    const program_statement *s, const iam_request *r, text *names)
{
    size_t count = 0;

    for (uint32_t c = 0; c < s->condition_count; c++) {
        key_value found;

        if (!iamp_request_find(r, &s->conditions[c].key, &found))
            names[count++] = s->conditions[c].key.name;
    }
    return count;
}

static iam_status find_missing(
    iam_decision *d, const iam_stack *stack, const iam_request *r)
{
    size_t most = 0, count = 0, kept = 0;
    text *names;

    for (size_t e = 0; e < stack->count; e++) {
        const iam_policy *p = stack->entries[e].policy;

        for (uint32_t i = 0; i < p->statement_count; i++)
            if (asks(&p->statements[i], r))
                most += p->statements[i].condition_count;
    }
    names = ARENA_ARRAY(&d->mem, text, most);
    if (!names)
        return IAM_ENOMEM;
    for (size_t e = 0; e < stack->count; e++) {
        const iam_policy *p = stack->entries[e].policy;

        for (uint32_t i = 0; i < p->statement_count; i++)
            if (asks(&p->statements[i], r))
                count += collect_missing(&p->statements[i], r, names + count);
    }
    qsort(names, count, sizeof(*names), by_name);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && iamp_text_eq_fold(names[kept - 1], names[i]))
            continue;
        names[kept++] = names[i];
    }
    for (size_t i = 0; i < kept; i++)
        if (!text_keep(&names[i], names[i], &d->mem))
            return IAM_ENOMEM;
    d->missing = names;
    d->missing_count = kept;
    return IAM_OK;
}

iam_status iamp_explain(
    iam_decision *decision, const iam_stack *stack, const iam_request *request)
{
    explainer x = {.decision = decision,
        .stack = stack,
        .request = request,
        .misses = ARENA_ARRAY(&decision->mem, told_miss, MOST_MISSES),
        .boundary = iamp_has_boundary(stack, request)};
    iam_status status = x.misses ? IAM_OK : IAM_ENOMEM;

    decision->misses = x.misses;
    iamp_textbuf_init(&x.words, decision->mem.from);
    for (size_t e = 0; e < stack->count && status == IAM_OK; e++) {
        const iam_policy *policy = stack->entries[e].policy;

        if (!iamp_layer_applies(stack, request, iamp_layer_of(policy->kind)))
            continue;
        for (uint32_t i = 0; i < policy->statement_count && status == IAM_OK &&
                             decision->miss_count < MOST_MISSES;
             i++)
            status = look_at(&x, e, i, policy);
    }
    iamp_textbuf_release(&x.words);
    return status == IAM_OK ? find_missing(decision, stack, request) : status;
}

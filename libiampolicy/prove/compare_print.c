/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare_print.c - sources, differences and reviews as JSON.
 */
#include "prove/print_parts.h"

static text from_c(const char *s)
{
    return iamp_text_of(s, IAM_NTS);
}

/* --- sources --------------------------------------------------------------- */

/* One family of a set. */
static void add_family(
    textbuf *buf, const char *name, const iam_ipset *set, unsigned family)
{
    iam_ipset one = {.set = {.v4 = NULL}};

    if (set && family == 4) {
        one.set.v4 = set->set.v4;
        one.set.count4 = set->set.count4;
    } else if (set) {
        one.set.v6 = set->set.v6;
        one.set.count6 = set->set.count6;
    }
    iamp_print_name(buf, name);
    iamp_print_blocks(buf, &one);
}

void iamp_sources_print(const iam_sources *sources, textbuf *buf)
{
    textbuf_add_lit(buf, "{\"verdict\":");
    iamp_textbuf_add_json(
        buf, sources->verdict == IAM_PROVED ? TEXT("exact") : TEXT("unknown"));
    iamp_print_text(buf, "reason", sources->reason);
    add_family(buf, "ipv4", sources->addresses, 4);
    add_family(buf, "ipv6", sources->addresses, 6);
    iamp_print_name(buf, "withoutAddress");
    if (sources->without_address_unsure)
        textbuf_add_lit(buf, "null");
    else
        iamp_textbuf_add(
            buf, sources->without_address ? TEXT("true") : TEXT("false"));
    if (sources->unsure) {
        iamp_print_name(buf, "unsure");
        iamp_print_blocks(buf, sources->unsure);
    }
    iamp_print_statements(buf, "statements", sources->stack, sources->because,
        sources->because_count);
    iamp_print_facts(buf, sources->facts, sources->fact_count);
    iamp_print_findings(buf, sources->findings, sources->finding_count);
    iamp_print_work(buf, sources->steps, sources->nanoseconds);
}

/* --- differences ----------------------------------------------------------- */

static void add_because(textbuf *buf, const char *name, const iam_stack *stack,
    const proof_witness *w)
{
    iamp_print_statements(
        buf, name, stack, w ? w->because : NULL, w ? w->because_count : 0);
}

static void add_change(textbuf *buf, const diff_change *c)
{
    textbuf_add_lit(buf, "{\"actions\":");
    iamp_textbuf_add_json(buf, c->actions);
    iamp_print_text(buf, "resources", c->resources);
    iamp_print_text(buf, "summary", c->summary);
    if (c->gained) {
        iamp_print_name(buf, "gained");
        iamp_print_blocks(buf, c->gained);
    }
    if (c->lost) {
        iamp_print_name(buf, "lost");
        iamp_print_blocks(buf, c->lost);
    }
    iamp_print_bool(buf, "gainedWithoutAddress", c->gained_without_address);
    iamp_print_bool(buf, "lostWithoutAddress", c->lost_without_address);
    iamp_print_bool(buf, "gainedOtherwise", c->gained_other);
    iamp_print_bool(buf, "lostOtherwise", c->lost_other);
    iamp_textbuf_add_c(buf, '}');
}

void iamp_diff_print(const iam_diff *diff, textbuf *buf)
{
    textbuf_add_lit(buf, "{\"relation\":");
    iamp_textbuf_add_json(buf, from_c(iamp_relation_name(diff->relation)));
    iamp_print_text(buf, "reason", diff->reason);
    iamp_print_name(buf, "onlyOld");
    iamp_print_request(buf, diff->only_old);
    iamp_print_name(buf, "onlyNew");
    iamp_print_request(buf, diff->only_new);
    add_because(buf, "becauseOld", diff->old_stack, diff->only_old);
    add_because(buf, "becauseNew", diff->stack, diff->only_new);
    iamp_print_name(buf, "changes");
    iamp_textbuf_add_c(buf, '[');
    for (size_t i = 0; i < diff->change_count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        add_change(buf, &diff->changes[i]);
    }
    iamp_textbuf_add_c(buf, ']');
    iamp_print_facts(buf, diff->facts, diff->fact_count);
    iamp_print_work(buf, diff->steps, diff->nanoseconds);
}

/* --- reviews --------------------------------------------------------------- */

const condition *iamp_review_shadowed(
    const iam_review *review, size_t item, size_t index)
{
    const review_item *it = &review->items[item];
    const program_statement *s;
    const iam_policy *policy;

    if (!review->stack || it->statement.entry >= review->stack->count)
        return NULL;
    policy = review->stack->entries[it->statement.entry].policy;
    if (it->statement.statement >= policy->statement_count)
        return NULL;
    s = &policy->statements[it->statement.statement];
    return it->shadowed[index] < s->condition_count
               ? &s->conditions[it->shadowed[index]]
               : NULL;
}

static void add_shadowed(textbuf *buf, const iam_review *review, size_t item)
{
    iamp_print_name(buf, "shadowed");
    iamp_textbuf_add_c(buf, '[');
    for (size_t i = 0; i < review->items[item].shadowed_count; i++) {
        const condition *c = iamp_review_shadowed(review, item, i);

        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        textbuf_add_lit(buf, "{\"operator\":");
        iamp_textbuf_add_json(buf, c ? c->written : TEXT(""));
        iamp_print_text(buf, "key", c ? c->key.name : TEXT(""));
        iamp_textbuf_add_c(buf, '}');
    }
    iamp_textbuf_add_c(buf, ']');
}

/* "dead" and "effect" are yes, no or not known. */
static text answer(iam_verdict verdict, text proved, text refuted)
{
    if (verdict == IAM_UNKNOWN)
        return TEXT("null");
    return verdict == IAM_PROVED ? proved : refuted;
}

static void add_item(textbuf *buf, const iam_review *review, size_t item)
{
    const review_item *it = &review->items[item];

    textbuf_add_lit(buf, "{\"statement\":");
    iamp_print_statement(buf, review->stack, &it->statement);
    iamp_print_name(buf, "dead");
    iamp_textbuf_add(buf, answer(it->dead, TEXT("true"), TEXT("false")));
    iamp_print_name(buf, "effective");
    iamp_textbuf_add(buf, answer(it->effect, TEXT("false"), TEXT("true")));
    iamp_print_name(buf, "witness");
    iamp_print_request(buf, it->witness);
    add_shadowed(buf, review, item);
    iamp_print_text(buf, "summary", it->summary);
    iamp_textbuf_add_c(buf, '}');
}

void iamp_review_print(const iam_review *review, textbuf *buf)
{
    textbuf_add_lit(buf, "{\"statements\":[");
    for (size_t i = 0; i < review->count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        add_item(buf, review, i);
    }
    iamp_textbuf_add_c(buf, ']');
    iamp_print_facts(buf, review->facts, review->fact_count);
    iamp_print_work(buf, review->steps, review->nanoseconds);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof_print.c - a proof as JSON, and its witnesses as a scenario.
 */
#include "prove/print_parts.h"
#include "scenario/scenario.h"

static text from_c(const char *s)
{
    return iamp_text_of(s, IAM_NTS);
}

static text outcome_text(iam_outcome outcome)
{
    switch (outcome) {
    case IAM_ALLOW:
        return TEXT("allow");
    case IAM_EXPLICIT_DENY:
        return TEXT("explicit deny");
    case IAM_IMPLICIT_DENY:
        break;
    }
    return TEXT("implicit deny");
}

/* --- JSON ------------------------------------------------------------------ */

static void add_witness(
    textbuf *buf, const iam_proof *proof, const proof_witness *w)
{
    textbuf_add_lit(buf, "{\"id\":");
    iamp_textbuf_add_json(buf, w->id);
    iamp_print_text(buf, "meaning", w->meaning);
    iamp_print_text(
        buf, "level", from_c(iamp_level_name((iam_witness_level)w->level)));
    iamp_print_name(buf, "request");
    iamp_print_request(buf, w);
    iamp_print_text(buf, "outcome", outcome_text(w->outcome));
    if (proof->question == IAM_WITHIN)
        iamp_print_text(buf, "oldOutcome", outcome_text(w->old_outcome));
    iamp_print_statements(
        buf, "because", proof->stack, w->because, w->because_count);
    iamp_textbuf_add_c(buf, '}');
}

static void add_witnesses(textbuf *buf, const iam_proof *proof)
{
    iamp_print_name(buf, "witnesses");
    iamp_textbuf_add_c(buf, '[');
    for (size_t i = 0; i < proof->witness_count; i++) {
        if (i > 0)
            iamp_textbuf_add_c(buf, ',');
        add_witness(buf, proof, &proof->witnesses[i]);
    }
    iamp_textbuf_add_c(buf, ']');
}

/* The first witness: what most readers want. */
static void add_best(textbuf *buf, const iam_proof *proof)
{
    const proof_witness *w = proof->witness_count ? proof->witnesses : NULL;

    iamp_print_name(buf, "witness");
    iamp_print_request(buf, w);
    iamp_print_statements(buf, "because", proof->stack, w ? w->because : NULL,
        w ? w->because_count : 0);
    if (w)
        iamp_print_text(
            buf, "level", from_c(iamp_level_name((iam_witness_level)w->level)));
}

/* What a FROM question has to say about addresses, once it is decided. */
static void add_addresses(textbuf *buf, const iam_proof *proof)
{
    bool only = proof->question == IAM_ONLY_FROM;

    if (!only && proof->question != IAM_ALWAYS_FROM)
        return;
    if (proof->addresses || proof->verdict != IAM_UNKNOWN) {
        iamp_print_name(buf, only ? "outside" : "refused");
        iamp_print_blocks(buf, proof->addresses);
    }
    if (only && proof->verdict != IAM_UNKNOWN)
        iamp_print_bool(buf, "withoutAddress", proof->without_address);
}

static void add_members(textbuf *buf, const iam_proof *proof)
{
    textbuf_add_lit(buf, "{\"question\":");
    iamp_textbuf_add_json(buf, from_c(iamp_question_name(proof->question)));
    iamp_print_text(buf, "verdict", from_c(iamp_verdict_name(proof->verdict)));
    iamp_print_text(buf, "reason", proof->reason);
    add_best(buf, proof);
    add_witnesses(buf, proof);
    add_addresses(buf, proof);
    for (size_t i = 0; i < COUNT_OF(proof->part); i++)
        if (proof->part[i])
            add_addresses(buf, proof->part[i]);
    iamp_print_facts(buf, proof->facts, proof->fact_count);
    iamp_print_findings(buf, proof->findings, proof->finding_count);
}

void iamp_proof_print(const iam_proof *proof, textbuf *buf)
{
    add_members(buf, proof);
    if (proof->part[0]) {
        iamp_print_name(buf, "parts");
        iamp_textbuf_add_c(buf, '[');
        for (size_t i = 0; i < COUNT_OF(proof->part); i++) {
            if (!proof->part[i])
                continue;
            if (i > 0)
                iamp_textbuf_add_c(buf, ',');
            add_members(buf, proof->part[i]);
            iamp_print_work(
                buf, proof->part[i]->steps, proof->part[i]->nanoseconds);
        }
        iamp_textbuf_add_c(buf, ']');
    }
    iamp_print_work(buf, proof->steps, proof->nanoseconds);
}

/* --- a scenario ------------------------------------------------------------ */

static void add_policies(textbuf *buf, const iam_stack *stack)
{
    textbuf_add_lit(buf, ",\n  \"policies\": [");
    for (size_t i = 0; stack && i < stack->count; i++) {
        const stack_entry *e = &stack->entries[i];

        iamp_textbuf_add(buf, i ? TEXT(",\n    ") : TEXT("\n    "));
        textbuf_add_lit(buf, "{\"kind\":");
        iamp_textbuf_add_json(buf, from_c(iamp_kind_name(e->policy->kind)));
        if (e->has_name)
            iamp_print_text(buf, "name", e->name);
        if (e->level)
            iamp_print_number(buf, "level", e->level);
        textbuf_add_lit(buf, ",\n      \"policy\":");
        iamp_policy_print(e->policy, buf);
        iamp_textbuf_add_c(buf, '}');
    }
    textbuf_add_lit(buf, "\n  ]");
}

/* The request's own members between an "id" and an "expect". */
static void add_request(textbuf *buf, const proof_witness *w)
{
    textbuf request;

    iamp_textbuf_init(&request, buf->from);
    iamp_request_print(w->request, &request);
    textbuf_add_lit(buf, "{\"id\":");
    iamp_textbuf_add_json(buf, w->id);
    iamp_textbuf_add_c(buf, ',');
    buf->failed |= request.failed;
    if (!request.failed)
        iamp_textbuf_add(
            buf, text_slice(textbuf_text(&request), 1, request.len - 1));
    iamp_print_text(buf, "expect", outcome_text(w->outcome));
    iamp_textbuf_add_c(buf, '}');
    iamp_textbuf_release(&request);
}

/* A key that a request lacks must not be derived when it is read again. */
static bool no_derived_keys(const iam_proof *proof)
{
    return proof->witness_count > 0 &&
           (proof->witnesses[0].request->flags & IAM_NO_DERIVED_KEYS) != 0;
}

void iamp_proof_print_scenario(const iam_proof *proof, textbuf *buf)
{
    textbuf_add_lit(buf, "{\n  \"about\": \"what refutes ");
    iamp_textbuf_add(buf, from_c(iamp_question_name(proof->question)));
    iamp_textbuf_add_c(buf, '"');
    if (no_derived_keys(proof))
        textbuf_add_lit(buf, ",\n  \"derive\": false");
    add_policies(buf, proof->stack);
    textbuf_add_lit(buf, ",\n  \"requests\": [");
    for (size_t i = 0; i < proof->witness_count; i++) {
        iamp_textbuf_add(buf, i ? TEXT(",\n    ") : TEXT("\n    "));
        add_request(buf, &proof->witnesses[i]);
    }
    textbuf_add_lit(buf, "\n  ]\n}\n");
}

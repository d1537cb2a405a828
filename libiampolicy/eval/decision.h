/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decision.h - an outcome with its reasons, in an arena of its own.
 */
#ifndef IAMP_DECISION_H
#define IAMP_DECISION_H

#include "eval/stack.h"
#include "reference/operation.h"

/* A statement as a decision remembers it: policies may be gone by then. */
typedef struct told_statement {
    size_t entry, statement;
    text name; /* of the stack's entry */
    bool has_name;
    text sid;
    bool deny;
    uint32_t line, column;
} told_statement;

typedef struct told_miss {
    told_statement statement;
    const char *element;
    text key, operator_name, message;
} told_miss;

struct iam_decision {
    arena mem;
    iam_outcome outcome;
    layer by;
    text by_words, message; /* NUL-terminated */
    text *names;            /* of the stack's entries, copied when first told */
    const told_statement *matches;
    const told_miss *misses;
    const text *missing;
    const iam_finding *findings;
    size_t match_count, miss_count, missing_count, finding_count;
    iam_request *request;  /* owned */
    iam_decision **checks; /* of an operation: owned */
    size_t check_count;
    const iam_decision *speaker; /* the check that decides, or itself */
    bool operation;
};

iam_status iamp_decision_new(iam_decision **out, const iam_stack *stack,
    const iam_request *request, const iam_allocator *from);
iam_status iamp_decision_new_operation(iam_decision **out,
    const iam_stack *stack, const iam_operation *operation,
    const iam_allocator *from);
void iamp_decision_free(iam_decision *decision);

/* One JSON object, without a newline.  `id` may be NULL. */
void iamp_decision_print(
    const iam_decision *decision, const char *id, textbuf *buf);

/* The words of F.2 for a layer. */
text iamp_layer_words(layer which);

/* What a message is made of (F.1). */
typedef struct denial {
    text principal, action;
    text resource;   /* may be empty: the part is left out */
    text type;       /* e.g. "identity-based policy" */
    text policy_arn; /* explicit denies only; may be empty */
    bool is_explicit;
} denial;

/* AWS's access-denied sentence. */
void iamp_denial_print(const denial *facts, textbuf *buf);

/* Near misses and missing keys into the decision: explain.c. IAM_ENOMEM. */
iam_status iamp_explain(
    iam_decision *decision, const iam_stack *stack, const iam_request *request);

/* What the decision remembers of a statement.  False without memory. */
bool iamp_tell_statement(told_statement *out, iam_decision *decision,
    const iam_stack *stack, size_t entry, size_t statement);

struct iam_operation {
    arena mem;
    iam_request **checks;
    size_t count;
    operation_note note;
    bool resolved; /* from an operation's name; else the request as it was */
};

/* Resolves `operation`, or makes an operation of the request as it is if that
 * is empty. */
iam_status iamp_operation_new(iam_operation **out, const iam_request *request,
    text operation, const iam_text *regions, size_t region_count,
    const iam_allocator *from, iam_error *err);
void iamp_operation_free(iam_operation *operation);

iam_outcome iamp_stack_check_operation(
    const iam_stack *stack, const iam_operation *operation);

/* -1, 0, 1: explicit deny is worse than implicit deny is worse than allow. */
static inline bool outcome_worse(iam_outcome a, iam_outcome b)
{
    static const int rank[] = {1, 0, 2}; /* implicit, explicit, allow */

    return rank[a] < rank[b];
}

#endif

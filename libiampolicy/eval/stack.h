/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack.h - many policies, asked in the order in which AWS asks (semantics E).
 */
#ifndef IAMP_STACK_H
#define IAMP_STACK_H

#include "eval/eval.h"

enum {
    /* A decision tells the name with each statement: a path of the file system
     * fits, and what is printed stays in proportion. */
    LONGEST_ENTRY_NAME = 4096
};

typedef struct stack_entry {
    iam_policy *policy;
    text name; /* empty if it has none */
    bool has_name;
    uint32_t level;
} stack_entry;

struct iam_stack {
    arena mem;
    const stack_entry *entries; /* as the caller gave them */
    const uint32_t *order;      /* entries by layer, then level */
    size_t count;
    uint32_t *starts; /* where each layer begins in the order; [LAYER_COUNT]:
                         where the last one ends */
    uint32_t layers;  /* bits: those that have an entry */
    bool denies;      /* some statement is a Deny */
    bool has_boundary, has_session, has_endpoint, has_scp, has_rcp;
};

/* The policy types in the order in which an explicit deny is named (F.5). */
typedef enum layer {
    LAYER_NONE = 0,
    LAYER_SCP,
    LAYER_RCP,
    LAYER_ENDPOINT,
    LAYER_RESOURCE,
    LAYER_BOUNDARY,
    LAYER_SESSION,
    LAYER_IDENTITY,
    LAYER_COUNT
} layer;

layer iamp_layer_of(iam_policy_kind kind);

/* What the statements that apply add up to: a bit for each layer, and for each
 * grant. */
typedef struct tally {
    uint32_t bears;     /* layers that bear on the caller and resource */
    uint32_t deny;      /* layers */
    uint32_t allow;     /* layers; of SCPs and RCPs: at every level (E.2.1) */
    uint32_t grants;    /* kinds among resource-based Allows */
    bool missing_level; /* some level of SCPs or RCPs holds no policy */
} tally;

static inline bool layer_in(uint32_t layers, layer which)
{
    return layers >> which & 1;
}

static inline bool grant_in(uint32_t grants, grant kind)
{
    return grants >> kind & 1;
}

/* An answer and the policy type behind it. */
typedef struct ruling {
    iam_outcome outcome;
    layer by;
} ruling;

/* Told of every statement that applies; without one the walk ends at the first
 * Deny. */
typedef struct witness_book {
    void (*applies)(void *user, size_t entry, uint32_t statement);
    void *user;
} witness_book;

/* Does the layer bear on this caller and resource at all (E.2.2, E.2.3, E.7)? */
bool iamp_layer_applies(
    const iam_stack *stack, const iam_request *request, layer which);

/* Ask every policy that bears on the request.  `book` and `t` may be NULL. */
void iamp_stack_tally(const iam_stack *stack, const iam_request *request,
    const witness_book *book, trace *t, tally *sums);

/* The caller has a permissions boundary (E.7). */
bool iamp_has_boundary(const iam_stack *stack, const iam_request *request);

/* From the tally to the answer: E.3, E.4, E.5, E.8.  Both check and decide end
 * here. */
ruling iamp_conclude(const iam_stack *stack, const iam_request *request,
    const tally *sums, trace *t);

iam_outcome iamp_stack_check(
    const iam_stack *stack, const iam_request *request);

/* IAM_EINVAL (no policy, level too high), IAM_ENOMEM. */
iam_status iamp_stack_new(iam_stack **out, const iam_stack_entry *entries,
    size_t count, const iam_allocator *from, iam_error *err);
void iamp_stack_free(iam_stack *stack);

#endif

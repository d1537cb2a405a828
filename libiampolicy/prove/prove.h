/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prove.h - answers about every possible request.
 *
 *     stack + scope --frames--> formula --atoms--> clauses --solver--> model
 *     model --witness--> request --evaluator--> must agree
 *
 * A question is turned round: is there a request that breaks it?  No: proved.
 * Yes: the request is built, and the evaluator must agree that it does, or the
 * answer is "unknown".  Nothing here allocates outside the prover's allocator.
 */
#ifndef IAMP_PROVE_H
#define IAMP_PROVE_H

#include "eval/stack.h"
#include "reference/catalog.h"
#include "value/ipset_object.h"

/* --- which requests ------------------------------------------------------ */

typedef enum scope_caller {
    SCOPE_OWNER = 0, /* some user or role to which the stack belongs */
    SCOPE_ANYBODY,   /* any caller at all: "any" */
    SCOPE_KNOWN      /* the one of `principal` or `service` */
} scope_caller;

typedef enum scope_state {
    SCOPE_VALUES = 0, /* the key has exactly these values */
    SCOPE_ABSENT,
    SCOPE_PRESENT
} scope_state;

typedef struct scope_key {
    key_ref key;
    uint8_t state; /* scope_state */
    bool list;
    const text *values;
    uint32_t count;
} scope_key;

/* A builder; texts live in `mem`, in growing arrays. */
struct iam_scope {
    arena mem;
    scope_caller caller;
    text principal; /* SCOPE_KNOWN: an ARN or "anonymous" */
    text service;   /* SCOPE_KNOWN: a service principal */
    text *actions;  /* patterns; none: every action */
    text *resources;
    scope_key *keys;
    uint32_t action_count, resource_count, key_count;
    uint32_t action_room, resource_room, key_room;
    uint32_t flags;       /* IAM_OPEN_WORLD, IAM_ANY_CONTEXT */
    const catalog *known; /* the caller's; NULL: what is built in */
};

/* --- answers ------------------------------------------------------------- */

/*
 * An answer owns all it tells of.  Its texts and arrays live in its arena, each
 * text ends in a NUL that its length does not count (iamp_text_copy(), TEXT()).
 * The requests of witnesses, the stacks and the parts are freed with it.  Where
 * an answer names statements (iam_match), its `stack` is a copy of the one that
 * was asked, so that they can be told and printed; without any it may be NULL.
 */

/* A request that shows something: decided by the evaluator, too. */
typedef struct proof_witness {
    iam_request *request;
    text id;      /* "outside", "without-address", "refused", "gained" ... */
    text meaning; /* one sentence: what it shows, what that means in practice */
    uint8_t level;            /* iam_witness_level */
    iam_outcome outcome;      /* by the stack that was asked about */
    iam_outcome old_outcome;  /* IAM_WITHIN: by the other one */
    const iam_match *because; /* statements that let it through or refused it */
    size_t because_count;
} proof_witness;

struct iam_proof {
    arena mem;
    iam_question_kind question;
    iam_verdict verdict;
    text reason; /* one sentence; "" when proved */
    const proof_witness *witnesses;
    size_t witness_count;
    iam_stack *stack;
    const iam_ipset *addresses; /* NULL, or: ONLY_FROM: allowed and outside
                                   the list; ALWAYS_FROM: listed and refused */
    bool without_address;       /* ONLY_FROM: allowed without an address */
    const text *facts; /* what was taken for granted, one sentence each */
    size_t fact_count;
    const iam_finding *findings; /* open rules that bear on the answer */
    size_t finding_count;
    struct iam_proof *part[2]; /* EXACTLY_FROM: only-from, always-from */
    uint64_t steps, nanoseconds;
    textbuf certificate;        /* empty unless asked for, and proved */
    const char *no_certificate; /* why there is none then; or NULL */
};

struct iam_sources {
    arena mem;
    iam_verdict verdict; /* IAM_PROVED: exact; IAM_UNKNOWN: see reason */
    text reason;
    iam_stack *stack;
    const iam_ipset *addresses; /* at least these can be allowed; never NULL */
    const iam_ipset *unsure; /* NULL, or addresses that could not be decided */
    bool without_address, without_address_unsure;
    const iam_match *because; /* Allow statements that let something through */
    size_t because_count;
    const text *facts;
    size_t fact_count;
    const iam_finding *findings;
    size_t finding_count;
    uint64_t steps, nanoseconds;
};

/* What changed between two stacks for a group of actions and resources. */
typedef struct diff_change {
    text actions, resources; /* as the statements write them, joined by ", " */
    text summary;            /* one sentence */
    const iam_ipset *gained, *lost; /* addresses; NULL: not the matter */
    bool gained_without_address, lost_without_address;
    bool gained_other, lost_other; /* by other keys than the address */
} diff_change;

struct iam_diff {
    arena mem;
    iam_relation relation;
    text reason; /* of IAM_RELATION_UNKNOWN */
    iam_stack *stack, *old_stack;
    const proof_witness *only_old, *only_new; /* NULL if there is none */
    const diff_change *changes;
    size_t change_count;
    const text *facts;
    size_t fact_count;
    uint64_t steps, nanoseconds;
};

/* What a statement adds to its stack. */
typedef struct review_item {
    iam_match statement;
    iam_verdict dead;   /* PROVED: taking it away changes nothing */
    iam_verdict effect; /* Allow: PROVED: no request is allowed by it, Denies
                           and other layers take all away; REFUTED: witness */
    const proof_witness *witness; /* a request that needs it, or NULL */
    const uint32_t *shadowed; /* its conditions whose removal changes nothing */
    size_t shadowed_count;
    text summary;
} review_item;

struct iam_review {
    arena mem;
    iam_stack *stack;
    const review_item *items;
    size_t count;
    const text *facts;
    size_t fact_count;
    uint64_t steps, nanoseconds;
};

/* --- the prover ---------------------------------------------------------- */

/* Shares the policies of `stack`, which need not outlive it.  IAM_ENOMEM. */
iam_status iamp_prover_new(iam_prover **out, const iam_stack *stack,
    const iam_options *options, iam_error *err);
void iamp_prover_free(iam_prover *prover);
const iam_allocator *iamp_prover_allocator(const iam_prover *prover);

/* IAM_ENOMEM, IAM_EINVAL (question or scope), IAM_ESTOPPED. */
iam_status iamp_prover_ask(iam_prover *prover, const iam_question *question,
    iam_proof **out, iam_error *err);
iam_status iamp_prover_sources(iam_prover *prover, const iam_question *asked,
    iam_sources **out, iam_error *err);
iam_status iamp_prover_review(iam_prover *prover, const iam_question *asked,
    iam_review **out, iam_error *err);
/* `prover` holds NEW; question->old the other. */
iam_status iamp_prover_diff(iam_prover *prover, const iam_question *asked,
    iam_diff **out, iam_error *err);
/* The question as SMT-LIB 2 into `buf`. */
iam_status iamp_prover_smt2(iam_prover *prover, const iam_question *asked,
    textbuf *buf, iam_error *err);

/* Empty ones, to be filled: answer.c.  NULL without memory. */
iam_proof *iamp_proof_alloc(
    iam_question_kind question, const iam_allocator *from);
iam_sources *iamp_sources_alloc(const iam_allocator *from);
iam_diff *iamp_diff_alloc(const iam_allocator *from);
iam_review *iamp_review_alloc(const iam_allocator *from);

/* These free what an unfinished answer holds, too. */
void iamp_proof_free(iam_proof *proof);
void iamp_sources_free(iam_sources *sources);
void iamp_review_free(iam_review *review);
void iamp_diff_free(iam_diff *diff);

/* --- scopes -------------------------------------------------------------- */

iam_status iamp_scope_new(iam_scope **out, const iam_allocator *from);
void iamp_scope_free(iam_scope *scope);
iam_status iamp_scope_set_principal(
    iam_scope *scope, text principal, iam_error *err);
iam_status iamp_scope_set_service(iam_scope *scope, text name, iam_error *err);
iam_status iamp_scope_add_action(
    iam_scope *scope, text pattern, iam_error *err);
iam_status iamp_scope_add_resource(
    iam_scope *scope, text pattern, iam_error *err);
iam_status iamp_scope_set_key(iam_scope *scope, text key, scope_state state,
    bool list, const text *values, size_t count, iam_error *err);

/* A FROM question needs addresses, a comparison the other stack.  IAM_EINVAL
 * for what the header forbids; the core may rely on the rest. */
iam_status iamp_question_check(const iam_question *question, iam_error *err);

/* --- names --------------------------------------------------------------- */

/* Never NULL; "" for none. */
const char *iamp_question_name(iam_question_kind kind);
iam_question_kind iamp_question_from_name(text name); /* or 0 */
const char *iamp_verdict_name(iam_verdict verdict);
const char *iamp_relation_name(iam_relation relation);
const char *iamp_level_name(iam_witness_level level);

/* A condition that a statement could do without; NULL without a stack. */
const condition *iamp_review_shadowed(
    const iam_review *review, size_t item, size_t index);

/* --- printing ------------------------------------------------------------ */

/* One JSON object on one line (docs/formats.md). */
void iamp_proof_print(const iam_proof *proof, textbuf *buf);
void iamp_sources_print(const iam_sources *sources, textbuf *buf);
void iamp_diff_print(const iam_diff *diff, textbuf *buf);
void iamp_review_print(const iam_review *review, textbuf *buf);

/* The stack and the witnesses as a scenario; what each witness is expected to
 * get is what the evaluator said.  Nothing without witnesses. */
void iamp_proof_print_scenario(const iam_proof *proof, textbuf *buf);

#endif

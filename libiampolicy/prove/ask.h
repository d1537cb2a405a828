/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask.h - from a question to hunts, and from catches to an answer.
 */
#ifndef IAMP_ASK_H
#define IAMP_ASK_H

#include "prove/hunt.h"
#include "value/ipset_algebra.h"

/* ask.c */

/* A copy of a stack that shares its policies.  IAM_ENOMEM. */
iam_status iamp_stack_copy(
    iam_stack **out, const iam_stack *stack, const iam_allocator *from);

/* What the question is about.  On failure too it must be closed. */
iam_status iamp_question_open(inquiry *q, iam_prover *prover,
    const iam_question *asked, iam_question_kind kind);
void iamp_question_close(inquiry *q);
prey iamp_prey(const inquiry *q, prey_kind kind);

/* What would break the claim, in one hunt; not for exactly-from. */
prey iamp_breaking(const inquiry *q, iam_question_kind kind);

/* certificate.c: that of a proved question (docs/certificates.md), or why there
 * is none.  IAM_ENOMEM, IAM_ESTOPPED. */
iam_status iamp_answer_certificate(inquiry *q, iam_proof *proof);
/* Of both parts, which have one or told why not.  IAM_ENOMEM. */
iam_status iamp_answer_join_certificates(iam_proof *whole);

/* answer_fill.c: all IAM_ENOMEM. */

/* Takes the request of `caught`, whose outcome is that of `by`. */
iam_status iamp_answer_witness(inquiry *q, arena *mem, const iam_stack *by,
    const proof_witness **witnesses, size_t *count, catch *caught,
    const char *id, const char *meaning);
iam_status iamp_answer_set(
    inquiry *q, arena *mem, const iam_ipset **out, const ipset *set);
/* Reason, facts, findings, stack. */
iam_status iamp_answer_finish(inquiry *q, iam_proof *proof);
iam_status iamp_answer_join(iam_proof *whole, iam_prover *prover);
iam_status iamp_answer_sources(inquiry *q, iam_sources *sources);
iam_status iamp_answer_facts(
    inquiry *q, arena *mem, const text **facts, size_t *count);

/* Fills *err for IAM_ENOMEM and IAM_ESTOPPED; returns `status`. */
iam_status iamp_answer_error(iam_status status, iam_error *err);

/* Nanoseconds of a clock that only goes forward. */
uint64_t iamp_answer_clock(void);

#endif

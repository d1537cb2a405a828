/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prove.c - questions about a stack.
 */
#include "prove/prove.h"

#include "base/error.h"

struct iam_prover {
    const iam_allocator *from;
};

static const text not_built = {"not built yet", 13};

iam_status iamp_prover_new(iam_prover **out, const iam_stack *stack,
    const iam_options *options, iam_error *err)
{
    const iam_allocator *from = options ? options->allocator : NULL;

    (void)stack;
    *out = iamp_memory_acquire(from, sizeof(**out));
    if (!*out)
        return iamp_error_nomem(err);
    (*out)->from = from;
    return IAM_OK;
}

void iamp_prover_free(iam_prover *prover)
{
    if (prover)
        iamp_memory_release(prover->from, prover);
}

const iam_allocator *iamp_prover_allocator(const iam_prover *prover)
{
    return prover->from;
}

iam_status iamp_prover_ask(iam_prover *prover, const iam_question *question,
    iam_proof **out, iam_error *err)
{
    *out = iamp_proof_alloc(question->kind, prover->from);
    if (!*out)
        return iamp_error_nomem(err);
    (*out)->reason = not_built;
    return IAM_OK;
}

iam_status iamp_prover_sources(iam_prover *prover, const iam_question *question,
    iam_sources **out, iam_error *err)
{
    static const ipset none;
    iam_sources *sources = iamp_sources_alloc(prover->from);

    (void)question;
    *out = NULL;
    if (!sources)
        return iamp_error_nomem(err);
    sources->reason = not_built;
    sources->without_address_unsure = true;
    sources->addresses = ipset_object(&none, &sources->mem);
    if (!sources->addresses) {
        iamp_sources_free(sources);
        return iamp_error_nomem(err);
    }
    *out = sources;
    return IAM_OK;
}

iam_status iamp_prover_review(iam_prover *prover, const iam_question *question,
    iam_review **out, iam_error *err)
{
    (void)question;
    *out = iamp_review_alloc(prover->from);
    return *out ? IAM_OK : iamp_error_nomem(err);
}

iam_status iamp_prover_diff(iam_prover *prover, const iam_question *question,
    iam_diff **out, iam_error *err)
{
    (void)question;
    *out = iamp_diff_alloc(prover->from);
    if (!*out)
        return iamp_error_nomem(err);
    (*out)->reason = not_built;
    return IAM_OK;
}

iam_status iamp_prover_smt2(iam_prover *prover, const iam_question *question,
    textbuf *buf, iam_error *err)
{
    (void)prover;
    (void)question;
    (void)buf;
    return iamp_error_set(err, IAM_EUNSUPPORTED, "not built yet");
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer.c - the life of answers: made empty, filled elsewhere, freed here.
 */
#include "prove/prove.h"

#include "base/error.h"

static void *alloc_zeroed(size_t size, const iam_allocator *from)
{
    void *made = iamp_memory_acquire(from, size);

    return made ? memset(made, 0, size) : NULL;
}

iam_proof *iamp_proof_alloc(
    iam_question_kind question, const iam_allocator *from)
{
    iam_proof *proof = alloc_zeroed(sizeof(*proof), from);

    if (proof) {
        iamp_arena_init(&proof->mem, from);
        iamp_textbuf_init(&proof->certificate, from);
        proof->question = question;
        proof->reason = TEXT("");
    }
    return proof;
}

iam_sources *iamp_sources_alloc(const iam_allocator *from)
{
    iam_sources *sources = alloc_zeroed(sizeof(*sources), from);

    if (sources) {
        iamp_arena_init(&sources->mem, from);
        sources->reason = TEXT("");
    }
    return sources;
}

iam_diff *iamp_diff_alloc(const iam_allocator *from)
{
    iam_diff *diff = alloc_zeroed(sizeof(*diff), from);

    if (diff) {
        iamp_arena_init(&diff->mem, from);
        diff->reason = TEXT("");
    }
    return diff;
}

iam_review *iamp_review_alloc(const iam_allocator *from)
{
    iam_review *review = alloc_zeroed(sizeof(*review), from);

    if (review)
        iamp_arena_init(&review->mem, from);
    return review;
}

/* --- the end --------------------------------------------------------------- */

static void free_witness(const proof_witness *witness)
{
    if (witness)
        iamp_request_free(witness->request);
}

/* A part has no parts. */
static void free_whole(iam_proof *proof)
{
    const iam_allocator *from = proof->mem.from;

    for (size_t i = 0; i < proof->witness_count; i++)
        free_witness(&proof->witnesses[i]);
    iamp_stack_free(proof->stack);
    iamp_textbuf_release(&proof->certificate);
    iamp_arena_release(&proof->mem);
    iamp_memory_release(from, proof);
}

void iamp_proof_free(iam_proof *proof)
{
    if (!proof)
        return;
    for (size_t i = 0; i < COUNT_OF(proof->part); i++)
        if (proof->part[i])
            free_whole(proof->part[i]);
    free_whole(proof);
}

void iamp_sources_free(iam_sources *sources)
{
    const iam_allocator *from;

    if (!sources)
        return;
    from = sources->mem.from;
    iamp_stack_free(sources->stack);
    iamp_arena_release(&sources->mem);
    iamp_memory_release(from, sources);
}

void iamp_diff_free(iam_diff *diff)
{
    const iam_allocator *from;

    if (!diff)
        return;
    from = diff->mem.from;
    free_witness(diff->only_old);
    free_witness(diff->only_new);
    iamp_stack_free(diff->stack);
    iamp_stack_free(diff->old_stack);
    iamp_arena_release(&diff->mem);
    iamp_memory_release(from, diff);
}

void iamp_review_free(iam_review *review)
{
    const iam_allocator *from;

    if (!review)
        return;
    from = review->mem.from;
    for (size_t i = 0; i < review->count; i++)
        free_witness(review->items[i].witness);
    iamp_stack_free(review->stack);
    iamp_arena_release(&review->mem);
    iamp_memory_release(from, review);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_compare.c - sources, differences and reviews, as the header has them.
 */
#include "api/api_prove.h"

/* --- sources --------------------------------------------------------------- */

iam_status iam_prover_sources(iam_prover *prover, const iam_question *question,
    iam_sources **out, iam_error *err)
{
    iam_status status;

    if (!out)
        return api_null(err);
    *out = NULL;
    status = api_question(prover, question, err);
    return status == IAM_OK ? iamp_prover_sources(prover, question, out, err)
                            : status;
}

void iam_sources_free(iam_sources *sources)
{
    iamp_sources_free(sources);
}

iam_verdict iam_sources_verdict(const iam_sources *sources)
{
    return sources ? sources->verdict : IAM_UNKNOWN;
}

const char *iam_sources_reason(const iam_sources *sources)
{
    return sources ? sources->reason.ptr : "";
}

const iam_ipset *iam_sources_addresses(const iam_sources *sources)
{
    return sources ? sources->addresses : NULL;
}

const iam_ipset *iam_sources_unsure(const iam_sources *sources)
{
    return sources ? sources->unsure : NULL;
}

bool iam_sources_without_address(const iam_sources *sources)
{
    return sources && sources->without_address;
}

bool iam_sources_without_address_unsure(const iam_sources *sources)
{
    return !sources || sources->without_address_unsure;
}

size_t iam_sources_match_count(const iam_sources *sources)
{
    return sources ? sources->because_count : 0;
}

iam_match iam_sources_match(const iam_sources *sources, size_t index)
{
    return index < iam_sources_match_count(sources)
               ? sources->because[index]
               : (iam_match){SIZE_MAX, SIZE_MAX};
}

size_t iam_sources_fact_count(const iam_sources *sources)
{
    return sources ? sources->fact_count : 0;
}

const char *iam_sources_fact(const iam_sources *sources, size_t index)
{
    return index < iam_sources_fact_count(sources) ? sources->facts[index].ptr
                                                   : "";
}

size_t iam_sources_finding_count(const iam_sources *sources)
{
    return sources ? sources->finding_count : 0;
}

iam_finding iam_sources_finding(const iam_sources *sources, size_t index)
{
    return index < iam_sources_finding_count(sources) ? sources->findings[index]
                                                      : no_finding();
}

iam_status iam_sources_print(
    const iam_sources *sources, iam_sink sink, void *user)
{
    textbuf buf;

    if (!sources || !sink)
        return IAM_EINVAL;
    iamp_textbuf_init(&buf, sources->mem.from);
    iamp_sources_print(sources, &buf);
    return iamp_textbuf_flush(&buf, sink, user);
}

/* --- differences ----------------------------------------------------------- */

iam_status iam_prover_diff(iam_prover *prover, const iam_question *question,
    iam_diff **out, iam_error *err)
{
    iam_status status;

    if (!out)
        return api_null(err);
    *out = NULL;
    status = api_question(prover, question, err);
    if (status != IAM_OK)
        return status;
    if (!question->old)
        return iamp_error_set(
            err, IAM_EINVAL, "a comparison needs an old stack");
    return iamp_prover_diff(prover, question, out, err);
}

void iam_diff_free(iam_diff *diff)
{
    iamp_diff_free(diff);
}

iam_relation iam_diff_relation(const iam_diff *diff)
{
    return diff ? diff->relation : IAM_RELATION_UNKNOWN;
}

const char *iam_diff_reason(const iam_diff *diff)
{
    return diff ? diff->reason.ptr : "";
}

const iam_request *iam_diff_only_old(const iam_diff *diff)
{
    return diff && diff->only_old ? diff->only_old->request : NULL;
}

const iam_request *iam_diff_only_new(const iam_diff *diff)
{
    return diff && diff->only_new ? diff->only_new->request : NULL;
}

static size_t because_count(const proof_witness *w)
{
    return w ? w->because_count : 0;
}

static iam_match because(const proof_witness *w, size_t index)
{
    return index < because_count(w) ? w->because[index]
                                    : (iam_match){SIZE_MAX, SIZE_MAX};
}

size_t iam_diff_old_match_count(const iam_diff *diff)
{
    return diff ? because_count(diff->only_old) : 0;
}

iam_match iam_diff_old_match(const iam_diff *diff, size_t index)
{
    return because(diff ? diff->only_old : NULL, index);
}

size_t iam_diff_new_match_count(const iam_diff *diff)
{
    return diff ? because_count(diff->only_new) : 0;
}

iam_match iam_diff_new_match(const iam_diff *diff, size_t index)
{
    return because(diff ? diff->only_new : NULL, index);
}

size_t iam_diff_change_count(const iam_diff *diff)
{
    return diff ? diff->change_count : 0;
}

iam_change iam_diff_change(const iam_diff *diff, size_t index)
{
    const diff_change *c;

    if (index >= iam_diff_change_count(diff))
        return (iam_change){.actions = "", .resources = "", .summary = ""};
    c = &diff->changes[index];
    return (iam_change){.actions = c->actions.ptr,
        .resources = c->resources.ptr,
        .summary = c->summary.ptr,
        .gained = c->gained,
        .lost = c->lost,
        .gained_without_address = c->gained_without_address,
        .lost_without_address = c->lost_without_address,
        .gained_other = c->gained_other,
        .lost_other = c->lost_other};
}

size_t iam_diff_fact_count(const iam_diff *diff)
{
    return diff ? diff->fact_count : 0;
}

const char *iam_diff_fact(const iam_diff *diff, size_t index)
{
    return index < iam_diff_fact_count(diff) ? diff->facts[index].ptr : "";
}

iam_status iam_diff_print(const iam_diff *diff, iam_sink sink, void *user)
{
    textbuf buf;

    if (!diff || !sink)
        return IAM_EINVAL;
    iamp_textbuf_init(&buf, diff->mem.from);
    iamp_diff_print(diff, &buf);
    return iamp_textbuf_flush(&buf, sink, user);
}

/* --- reviews --------------------------------------------------------------- */

iam_status iam_prover_review(iam_prover *prover, const iam_question *question,
    iam_review **out, iam_error *err)
{
    iam_status status;

    if (!out)
        return api_null(err);
    *out = NULL;
    status = api_question(prover, question, err);
    return status == IAM_OK ? iamp_prover_review(prover, question, out, err)
                            : status;
}

void iam_review_free(iam_review *review)
{
    iamp_review_free(review);
}

size_t iam_review_count(const iam_review *review)
{
    return review ? review->count : 0;
}

iam_reviewed iam_review_item(const iam_review *review, size_t index)
{
    const review_item *item;

    if (index >= iam_review_count(review))
        return (iam_reviewed){.statement = {SIZE_MAX, SIZE_MAX}, .summary = ""};
    item = &review->items[index];
    return (iam_reviewed){item->statement, item->dead, item->effect,
        item->witness ? item->witness->request : NULL, item->summary.ptr,
        item->shadowed_count};
}

iam_shadowed iam_review_shadowed(
    const iam_review *review, size_t item, size_t index)
{
    const condition *c = NULL;

    if (item < iam_review_count(review) &&
        index < review->items[item].shadowed_count)
        c = iamp_review_shadowed(review, item, index);
    return c ? (iam_shadowed){c->written.ptr, c->key.name.ptr}
             : (iam_shadowed){"", ""};
}

size_t iam_review_fact_count(const iam_review *review)
{
    return review ? review->fact_count : 0;
}

const char *iam_review_fact(const iam_review *review, size_t index)
{
    return index < iam_review_fact_count(review) ? review->facts[index].ptr
                                                 : "";
}

iam_status iam_review_print(const iam_review *review, iam_sink sink, void *user)
{
    textbuf buf;

    if (!review || !sink)
        return IAM_EINVAL;
    iamp_textbuf_init(&buf, review->mem.from);
    iamp_review_print(review, &buf);
    return iamp_textbuf_flush(&buf, sink, user);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * question.c - does a question have what its kind needs?
 */
#include "base/error.h"
#include "prove/prove.h"

static bool needs_addresses(iam_question_kind kind)
{
    return kind == IAM_ONLY_FROM || kind == IAM_ALWAYS_FROM ||
           kind == IAM_EXACTLY_FROM;
}

iam_status iamp_question_check(const iam_question *question, iam_error *err)
{
    const char *name = iamp_question_name(question->kind);

    if (!*name)
        return iamp_error_set(
            err, IAM_EINVAL, "%u is no question", (unsigned)question->kind);
    if (needs_addresses(question->kind) && !question->addresses)
        return iamp_error_set(
            err, IAM_EINVAL, "the question %s needs addresses", name);
    if (question->kind == IAM_WITHIN && !question->old)
        return iamp_error_set(
            err, IAM_EINVAL, "the question %s needs an old stack", name);
    return IAM_OK;
}

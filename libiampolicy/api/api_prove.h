/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_prove.h - what the exported functions of the prover check.
 */
#ifndef IAMP_API_PROVE_H
#define IAMP_API_PROVE_H

#include "api/api.h"
#include "prove/prove.h"

/* What every question must have, whatever is asked. */
static inline iam_status api_question(
    const iam_prover *prover, const iam_question *question, iam_error *err)
{
    if (!prover || !question)
        return api_null(err);
    if (question->struct_size != sizeof(*question))
        return iamp_error_set(err, IAM_EINVAL,
            "the question's struct_size must be sizeof(iam_question)");
    if (question->flags & ~(uint32_t)IAM_WITH_CERTIFICATE)
        return iamp_error_set(
            err, IAM_EINVAL, "the question has a flag that is not known");
    return IAM_OK;
}

static inline iam_finding no_finding(void)
{
    return (iam_finding){.code = "", .where = "", .message = ""};
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expansion.h - the checks of a call while they are gathered; for operation.c
 * and bedrock.c only.
 */
#ifndef IAMP_EXPANSION_H
#define IAMP_EXPANSION_H

#include "reference/api.h"
#include "reference/operation.h"

/* Once `status` is not IAM_OK the expansion is over. */
typedef struct expansion {
    const operation_call *call;
    arena *mem;
    operation_check *checks;
    size_t count, room;
    operation_note note; /* the first one stays */
    iam_status status;
    iam_error *err;
} expansion;

/* False if the expansion is over. */
bool iamp_expansion_add(expansion *e, operation_check check);

/* IAM_EINVAL with one sentence that begins with what the caller wrote; always
 * false. */
bool iamp_expansion_fail(expansion *e, text quoted, const char *what);

void iamp_expansion_note(expansion *e, const char *note);

/* The texts one after the other.  False without memory: it is over then. */
bool iamp_expansion_join(
    expansion *e, const text *parts, size_t count, text *out);

/* --- bedrock.c ---------------------------------------------------------- */

/* The checks of a Bedrock operation, called as `operation` of the service
 * whose actions have this prefix.  *known is false, and nothing is added, for
 * an operation that bedrock.c has no row for. */
bool iamp_bedrock_expand(
    expansion *e, text prefix, text operation, bool *known);

/* What a Bedrock API key adds to each call (G2.7). */
bool iamp_bedrock_add_token(expansion *e, text prefix);

/* --- bedrock_target.c ---------------------------------------------------- */

/* Where the ARN of a plain id is at home. */
typedef struct bedrock_home {
    text partition, region, account; /* the last two may be "" */
} bedrock_home;

/* From `resource` if that is an ARN, else from the call. */
bedrock_home iamp_bedrock_home(const operation_call *call, text resource);

/* False, and the expansion is over, if there is none or it is malformed. */
bool iamp_bedrock_has_region(expansion *e, const bedrock_home *home);
bool iamp_bedrock_has_account(expansion *e, const bedrock_home *home);
bool iamp_bedrock_is_id(expansion *e, text id);

/* The checks of `action` on a modelId (G.3); on the foundation model only. */
bool iamp_bedrock_add_target(expansion *e, text action, text id);
bool iamp_bedrock_add_model(expansion *e, text action, text id);

#endif

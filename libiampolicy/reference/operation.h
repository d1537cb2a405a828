/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operation.h - one API call, and all that is checked for it (E.7).
 */
#ifndef IAMP_OPERATION_H
#define IAMP_OPERATION_H

#include "base/error.h"

/* One authorization: all of a call's have to pass. */
typedef struct operation_check {
    text action;                /* "bedrock:InvokeModel" */
    text resource;              /* an ARN, or "*" */
    text requested_region;      /* aws:RequestedRegion; "" leave as it is */
    text inference_profile_arn; /* bedrock:InferenceProfileArn; "" none */
    text prompt_router_arn;     /* bedrock:PromptRouterArn; "" none */
    text called_via;            /* the service that makes this check's call with
                                   the caller's rights: aws:ViaAWSService is
                                   true and aws:CalledVia* is this; "" none */
} operation_check;

/* What is told of an operation: a finding that has no place in a text. */
typedef struct operation_note {
    const char *message; /* NULL: there is nothing to tell */
    const char *code;
    iam_severity severity;
} operation_note;

typedef struct operation_call {
    text operation;          /* service:Operation */
    text resource;           /* an ARN, for Bedrock also a modelId or another
                                id, or "" */
    text partition;          /* "" as the region says */
    text account;            /* the caller's, or "" */
    text region;             /* that is called, or "" */
    const iam_text *regions; /* destinations of a geographic profile */
    size_t region_count;
    text guardrail;    /* that a Bedrock call names: ARN or id, or "" */
    bool bearer_token; /* a Bedrock API key signs the call (G2.7) */
} operation_call;

/*
 * The checks of one call, in the order in which AWS documents them; none for
 * an operation that needs no permission.  Bedrock's rules are G.2 and G.3; the
 * actions of all other operations are checked on the given resource, or "*".
 *
 * *note tells what is checked too and cannot be known here, or that the
 * operation is in no table and stands for the action of its own name.  All
 * texts live in *call, in `mem` or for ever.
 *
 * IAM_EINVAL: not service:Operation, or the ARN of a plain id cannot be made
 * because region or account are not known or malformed.  IAM_ENOMEM.
 */
iam_status iamp_operation_expand(const operation_call *call, arena *mem,
    const operation_check **checks, size_t *count, operation_note *note,
    iam_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api.h - API operations and the IAM actions they are checked as.
 */
#ifndef IAMP_API_H
#define IAMP_API_H

#include "base/text.h"

typedef struct api_action {
    text prefix, name; /* of "bedrock:InvokeModel": "bedrock", "InvokeModel" */
} api_action;

/* The actions of one operation, in a static table or in the caller's text:
 * nothing to free.  First those that are always checked on the resource of the
 * call (`own_count` of them), then those that a call can need besides, on
 * resources of their own: iam:PassRole, tagging, ... */
typedef struct api_actions {
    size_t count;
    size_t own_count;
    bool listed; /* false: the default rule, an action of the same name */
    text prefix, operation, own, dependent;
} api_actions;

/*
 * The actions of service:operation.  The service is botocore's name, the class
 * of an SDK, CloudTrail's event source without its domain, or the prefix of
 * the actions; letter case, "-", "_", " " and "." do not matter.  Letter case
 * of the operation does not matter.
 *
 * A count of zero: needs no permission (sts:GetCallerIdentity).  False, and
 * nothing in *out, if the service or the operation is empty.
 */
bool iamp_api_find(text service, text operation, api_actions *out);

/* `index` must be below the count. */
api_action iamp_api_action(const api_actions *actions, size_t index);

/* CloudTrail's eventName without the version that some services append:
 * "CreateFunction" of "CreateFunction20150331". */
text iamp_api_operation_of_event(text event_name);

#endif

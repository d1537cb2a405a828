/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service.h - what is special about some services, actions and resources.
 */
#ifndef IAMP_SERVICE_H
#define IAMP_SERVICE_H

#include "base/text.h"

/* May a resource control policy limit actions of this prefix (E.2.3)?  Letter
 * case does not matter.  The table is the union of AWS's list and a packaged
 * one that has more; Bedrock is on neither. */
bool iamp_service_has_rcp(text prefix);

/* Does AWS's documentation say so, not only the package? */
bool iamp_service_rcp_is_documented(text prefix);

/* The actions below are given in two parts, as "sts" and "AssumeRole". */

/* Needs no permission (E.3, step 0). */
bool iamp_action_is_permissionless(text prefix, text name);

/* Comes without the signature of an AWS principal, so that only the trust
 * policy and resource control policies count (E.6): AssumeRoleWithSAML,
 * AssumeRoleWithWebIdentity. */
bool iamp_action_is_unsigned(text prefix, text name);

/* Is aws:ResourceAccount not set for this action (D.1, service lists)? */
bool iamp_action_lacks_resource_account(text prefix, text name);

/* Must the resource's own policy allow the action, identity policies being not
 * enough (E.6)?  True of a role whose session is asked for and of KMS keys. */
bool iamp_resource_needs_grant(text resource, text prefix, text name);

/* The lists behind these answers, for whoever asks about all actions.  The
 * prefix number `index`, or false behind the last one. */
bool iamp_rcp_service(size_t index, text *prefix);
const text *iamp_permissionless_actions(size_t *count);
const text *iamp_unsigned_actions(size_t *count);
/* The calls that a role's trust policy decides. */
const text *iamp_trust_actions(size_t *count);
/* Beside all of ebs. */
const text *iamp_no_resource_account_actions(size_t *count);

/* The answers above about one action, as bits: worked out once, when a request
 * gets its action. */
enum {
    ACTION_UNSIGNED = 1 << 0,
    ACTION_PERMISSIONLESS = 1 << 1,
    ACTION_HAS_RCP = 1 << 2, /* its prefix; but not kms:RetireGrant (E.2.3) */
    ACTION_LACKS_RESOURCE_ACCOUNT = 1 << 3,
    ACTION_CALLER_IDENTITY = 1 << 4, /* sts:GetCallerIdentity */
    ACTION_IAM_OR_STS = 1 << 5
};
uint32_t iamp_action_facts(text prefix, text name);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conclude.c - from what applies to the answer (E.3, E.4, E.5, E.8).
 */
#include "eval/stack.h"
#include "reference/service.h"

static const ruling allowed = {IAM_ALLOW, LAYER_NONE};

static ruling denied_by(layer which)
{
    return (ruling){IAM_IMPLICIT_DENY, which};
}

static bool explicit_deny(const tally *sums, ruling *out, trace *t)
{
    size_t types = 0;

    for (layer which = LAYER_SCP; sums->deny && which < LAYER_COUNT; which++) {
        if (!layer_in(sums->deny, which))
            continue;
        if (types++ == 0)
            *out = (ruling){IAM_EXPLICIT_DENY, which};
    }
    if (types > 1)
        trace_rule(t, RULE_SEVERAL_DENY);
    return types > 0;
}

/* Limits for everybody (E.8 step 2). */
static bool common_limits(const tally *sums, ruling *out)
{
    static const layer limits[] = {LAYER_RCP, LAYER_SCP, LAYER_ENDPOINT};
    uint32_t silent = sums->bears & ~sums->allow;

    for (size_t i = 0; i < COUNT_OF(limits); i++)
        if (layer_in(silent, limits[i])) {
            *out = denied_by(limits[i]);
            return true;
        }
    return false;
}

/* E.5.4: a federated-user session may call no IAM API, and of STS only
 * GetCallerIdentity, whatever policies say. */
static bool federation_limit(const iam_request *request)
{
    return request->caller == PRINCIPAL_FEDERATED &&
           (request->action_facts & ACTION_IAM_OR_STS);
}

/* Boundary and session policy (lim() of E.8). */
static ruling own_limits(const iam_stack *stack, const iam_request *request,
    const tally *sums, trace *t)
{
    if (layer_in(sums->bears & ~sums->allow, LAYER_BOUNDARY)) {
        if (!stack->has_boundary)
            trace_rule(t, RULE_NO_BOUNDARY_DOCUMENT);
        return denied_by(LAYER_BOUNDARY);
    }
    if (stack->has_session ? !layer_in(sums->allow, LAYER_SESSION)
                           : request->caller == PRINCIPAL_FEDERATED)
        return denied_by(LAYER_SESSION);
    return allowed;
}

static bool some_grant(const tally *sums)
{
    return sums->grants != 0;
}

/* E.8 step 4. */
static ruling same_account(const iam_stack *stack, const iam_request *request,
    const tally *sums, bool identity, trace *t)
{
    if (grant_in(sums->grants, GRANT_ANY) ||
        grant_in(sums->grants, GRANT_DIRECT) ||
        grant_in(sums->grants, GRANT_SERVICE)) {
        if (grant_in(sums->grants, GRANT_DIRECT) && stack->has_session &&
            !layer_in(sums->allow, LAYER_SESSION))
            trace_rule(t, RULE_SESSION_GRANT);
        return allowed;
    }
    if (grant_in(sums->grants, GRANT_ROLE))
        return own_limits(stack, request, sums, t);
    if (iamp_request_explicit_trust(request) &&
        !grant_in(sums->grants, GRANT_ACCOUNT) &&
        !grant_in(sums->grants, GRANT_ROOT))
        return denied_by(LAYER_RESOURCE);
    if (!identity)
        return denied_by(LAYER_IDENTITY);
    return own_limits(stack, request, sums, t);
}

/* E.8 step 5: both sides. */
static ruling cross_account(const iam_stack *stack, const iam_request *request,
    const tally *sums, bool identity, trace *t)
{
    ruling limits;

    if (!identity)
        return denied_by(LAYER_IDENTITY);
    limits = own_limits(stack, request, sums, t);
    if (limits.outcome != IAM_ALLOW)
        return limits;
    return some_grant(sums) ? allowed : denied_by(LAYER_RESOURCE);
}

bool iamp_request_explicit_trust(const iam_request *request)
{
    return (request->flags & IAM_EXPLICIT_TRUST) || request->needs_grant;
}

ruling iamp_conclude(const iam_stack *stack, const iam_request *request,
    const tally *sums, trace *t)
{
    bool anonymous = request->caller == PRINCIPAL_ANONYMOUS;
    bool identity;
    ruling answer;

    /* A request that is not whole is denied, whatever the policies say. */
    if (request->caller == PRINCIPAL_NONE || !request->action.text.len ||
        !request->resource.text.len) {
        trace_rule(t, RULE_INCOMPLETE_REQUEST);
        return denied_by(LAYER_IDENTITY);
    }
    if (!anonymous && (request->action_facts & ACTION_CALLER_IDENTITY))
        return allowed; /* E.3 step 0: not even a Deny has effect */
    if (explicit_deny(sums, &answer, t))
        return answer;
    if (!anonymous && (request->action_facts & ACTION_PERMISSIONLESS) &&
        !federation_limit(request))
        return allowed;
    if (t && layer_in(sums->bears, LAYER_RCP) &&
        !iamp_service_rcp_is_documented(request->action_prefix))
        trace_rule(t, RULE_RCP_SERVICE);
    if (t && stack->has_rcp && !iamp_service_has_rcp(request->action_prefix))
        trace_rule(t, RULE_RCP_NOT_ASKED);
    if (sums->missing_level)
        trace_rule(t, RULE_LEVEL_MISSING);
    if ((request->flags & IAM_VIA_ENDPOINT) && !stack->has_endpoint)
        trace_rule(t, RULE_NO_ENDPOINT_POLICY);
    if (common_limits(sums, &answer))
        return answer;
    if (anonymous || request->caller == PRINCIPAL_SERVICE ||
        (request->action_facts & ACTION_UNSIGNED))
        return some_grant(sums) ? allowed : denied_by(LAYER_RESOURCE);
    if (federation_limit(request))
        return denied_by(LAYER_SESSION);
    identity = request->caller == PRINCIPAL_ROOT ||
               layer_in(sums->allow, LAYER_IDENTITY);
    if (text_eq(iamp_request_account(request),
            iamp_request_resource_account(request)))
        return same_account(stack, request, sums, identity, t);
    return cross_account(stack, request, sums, identity, t);
}

iam_outcome iamp_stack_check(const iam_stack *stack, const iam_request *request)
{
    tally sums;

    iamp_stack_tally(stack, request, NULL, NULL, &sums);
    return iamp_conclude(stack, request, &sums, NULL).outcome;
}

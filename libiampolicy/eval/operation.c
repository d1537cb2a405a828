/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operation.c - one API call as the requests that AWS decides for it.
 *
 * Each check is a whole request of its own: the caller's, with the check's
 * action, resource and the keys that differ.
 */
#include "reference/operation.h"

#include "reference/api.h"

#include "eval/decision.h"

enum {
    MOST_REGIONS = 64 /* each costs a copy of the request */
};

/* A key of the request that must have one value, or none: "".  IAM_EINVAL: it
 * has several, or two spellings. */
static iam_status key_text(
    const iam_request *request, text name, text *out, iam_error *err)
{
    key_ref key = iamp_key_find(name);
    key_value found;

    *out = (text){"", 0};
    if (!iamp_request_find(request, &key, &found))
        return IAM_OK;
    if (found.list || found.ambiguous)
        return iamp_error_set(err, IAM_EINVAL,
            "%.*s must have one value for an operation to be resolved",
            (int)name.len, name.ptr);
    *out = found.values[0];
    return IAM_OK;
}

static bool has_key(const iam_request *request, text name)
{
    key_ref key = iamp_key_find(name);
    key_value found;

    return iamp_request_find(request, &key, &found);
}

/* G2.7: the key that tells of an API key is the service's own. */
static bool has_bearer_token(const iam_request *request)
{
    return has_key(request, TEXT("bedrock:BearerTokenType")) ||
           has_key(request, TEXT("bedrock-mantle:BearerTokenType"));
}

static text target_of(const iam_request *request)
{
    if (request->model.text.len)
        return request->model.text;
    if (text_eq(request->resource.text, TEXT("*")))
        return (text){"", 0};
    return request->resource.text;
}

static iam_status set_key(iam_request *check, text key, text value)
{
    if (value.len == 0)
        return IAM_OK;
    iamp_request_unset(check, key); /* whatever its spelling */
    return iamp_request_set_values(check, key, false, &value, 1, NULL);
}

/* A call that a service makes with the caller's rights (E.7, FAS). */
static iam_status set_called_via(iam_request *check, text service)
{
    iam_status status;

    if (service.len == 0)
        return IAM_OK;
    status = set_key(check, TEXT("aws:ViaAWSService"), TEXT("true"));
    iamp_request_unset(check, TEXT("aws:CalledVia"));
    if (status == IAM_OK)
        status = iamp_request_set_values(
            check, TEXT("aws:CalledVia"), true, &service, 1, NULL);
    if (status == IAM_OK)
        status = set_key(check, TEXT("aws:CalledViaFirst"), service);
    if (status == IAM_OK)
        status = set_key(check, TEXT("aws:CalledViaLast"), service);
    return status;
}

/* A modelId that the operation did not resolve is no resource. */
static iam_status set_resource(iam_request *check, text resource)
{
    iam_status status = iamp_request_set_resource(
        check, resource.len ? resource : TEXT("*"), NULL);

    return status == IAM_OK && check->model.text.len ? IAM_EINVAL : status;
}

static iam_status fill(iam_request *check, const operation_check *from)
{
    iam_status status = iamp_request_set_action(check, from->action, NULL);

    if (status == IAM_OK)
        status = set_resource(check, from->resource);
    if (status == IAM_OK)
        status =
            set_key(check, TEXT("aws:RequestedRegion"), from->requested_region);
    if (status == IAM_OK)
        status = set_key(check, TEXT("bedrock:InferenceProfileArn"),
            from->inference_profile_arn);
    if (status == IAM_OK)
        status = set_key(
            check, TEXT("bedrock:PromptRouterArn"), from->prompt_router_arn);
    return status == IAM_OK ? set_called_via(check, from->called_via) : status;
}

static iam_status add_check(
    iam_operation *o, const iam_request *request, const operation_check *from)
{
    iam_request *check;
    iam_status status = iamp_request_copy(&check, request, o->mem.from);

    if (status != IAM_OK)
        return status;
    o->checks[o->count++] = check;
    return from ? fill(check, from) : IAM_OK;
}

static iam_status read_call(operation_call *call, const iam_request *request,
    text name, const iam_text *regions, size_t region_count, iam_error *err)
{
    iam_status status;

    *call = (operation_call){.operation = name,
        .resource = target_of(request),
        .partition = request->arn.arn.partition,
        .account = iamp_request_account(request),
        .regions = regions,
        .region_count = region_count,
        .bearer_token = has_bearer_token(request)};
    status = key_text(request, TEXT("aws:RequestedRegion"), &call->region, err);
    if (status != IAM_OK)
        return status;
    return key_text(
        request, TEXT("bedrock:GuardrailIdentifier"), &call->guardrail, err);
}

/* An operation that needs no permission (E.3, step 0) is checked as the action
 * of its own name: a Deny may still have a say. */
static iam_status own_action(
    operation_check *check, const operation_call *call, arena *mem)
{
    size_t colon = iamp_text_find(call->operation, ':');
    text name = text_from(call->operation, colon + 1);
    api_actions actions;
    char *action;

    if (!iamp_api_find(text_slice(call->operation, 0, colon), name, &actions))
        return IAM_EINVAL;
    action = ARENA_ARRAY(mem, char, actions.prefix.len + 1 + name.len);
    if (!action)
        return IAM_ENOMEM;
    memcpy(action, actions.prefix.ptr, actions.prefix.len);
    action[actions.prefix.len] = ':';
    memcpy(action + actions.prefix.len + 1, name.ptr, name.len);
    *check = (operation_check){
        .action = {action, actions.prefix.len + 1 + name.len}};
    return IAM_OK;
}

static iam_status make_checks(iam_operation *o, const iam_request *request,
    const operation_check *checks, size_t count, iam_error *err)
{
    iam_status status = IAM_OK;

    o->checks = ARENA_ARRAY(&o->mem, iam_request *, count);
    if (!o->checks)
        return iamp_error_nomem(err);
    for (size_t i = 0; i < count && status == IAM_OK; i++)
        status = add_check(o, request, &checks[i]);
    if (status == IAM_ENOMEM)
        return iamp_error_nomem(err);
    if (status != IAM_OK)
        return iamp_error_set(err, status,
            "the checks of this operation cannot be made from its resource");
    return IAM_OK;
}

static iam_status expand(iam_operation *o, const iam_request *request,
    text name, const iam_text *regions, size_t region_count, iam_error *err)
{
    operation_call call;
    const operation_check *checks = NULL;
    operation_check own;
    size_t count = 0;
    iam_status status =
        read_call(&call, request, name, regions, region_count, err);

    if (status == IAM_OK)
        status = iamp_operation_expand(
            &call, &o->mem, &checks, &count, &o->note, err);
    if (status == IAM_OK && count == 0) {
        status = own_action(&own, &call, &o->mem);
        checks = &own;
        count = 1;
        if (status != IAM_OK)
            return iamp_error_set(
                err, status, "this operation cannot be resolved");
    }
    if (status != IAM_OK)
        return status;
    o->resolved = true;
    return make_checks(o, request, checks, count, err);
}

static iam_status single(
    iam_operation *o, const iam_request *request, iam_error *err)
{
    o->checks = ARENA_ARRAY(&o->mem, iam_request *, 1);
    if (!o->checks || add_check(o, request, NULL) != IAM_OK)
        return iamp_error_nomem(err);
    return IAM_OK;
}

iam_status iamp_operation_new(iam_operation **out, const iam_request *request,
    text operation, const iam_text *regions, size_t region_count,
    const iam_allocator *from, iam_error *err)
{
    iam_operation *o = iamp_memory_acquire(from, sizeof(*o));
    iam_status status;

    *out = NULL;
    if (region_count > MOST_REGIONS) {
        iamp_memory_release(from, o);
        return iamp_error_set(err, IAM_ELIMIT,
            "%zu destination regions are more than the limit of %u",
            region_count, (unsigned)MOST_REGIONS);
    }
    if (!o)
        return iamp_error_nomem(err);
    memset(o, 0, sizeof(*o));
    iamp_arena_init(&o->mem, from);
    status = operation.len
                 ? expand(o, request, operation, regions, region_count, err)
                 : single(o, request, err);
    if (status != IAM_OK) {
        iamp_operation_free(o);
        return status;
    }
    *out = o;
    return IAM_OK;
}

void iamp_operation_free(iam_operation *operation)
{
    const iam_allocator *from;

    if (!operation)
        return;
    from = operation->mem.from;
    for (size_t i = 0; i < operation->count; i++)
        iamp_request_free(operation->checks[i]);
    iamp_arena_release(&operation->mem);
    iamp_memory_release(from, operation);
}

iam_outcome iamp_stack_check_operation(
    const iam_stack *stack, const iam_operation *operation)
{
    iam_outcome worst = operation->count ? IAM_ALLOW : IAM_IMPLICIT_DENY;

    for (size_t i = 0; i < operation->count; i++) {
        iam_outcome outcome = iamp_stack_check(stack, operation->checks[i]);

        if (outcome_worse(outcome, worst))
            worst = outcome;
    }
    return worst;
}

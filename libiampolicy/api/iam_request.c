/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_request.c - requests and operations, as the header has them.
 */
#include "api/api.h"

static const uint32_t all_flags =
    IAM_MANAGEMENT_ACCOUNT | IAM_SERVICE_LINKED_ROLE | IAM_HAS_BOUNDARY |
    IAM_VIA_ENDPOINT | IAM_EXPLICIT_TRUST | IAM_RESOURCE_IN_MANAGEMENT_ACCOUNT |
    IAM_NO_DERIVED_KEYS;

iam_status iam_request_new(const iam_options *options, iam_request **out)
{
    if (!out)
        return IAM_EINVAL;
    *out = NULL;
    if (api_options(options, NULL) != IAM_OK)
        return IAM_EINVAL;
    return iamp_request_new(out, api_allocator(options));
}

void iam_request_free(iam_request *request)
{
    iamp_request_free(request);
}

iam_status iam_request_copy(
    const iam_request *request, const iam_options *options, iam_request **out)
{
    if (!out)
        return IAM_EINVAL;
    *out = NULL;
    if (!request || api_options(options, NULL) != IAM_OK)
        return IAM_EINVAL;
    return iamp_request_copy(out, request, api_allocator(options));
}

void iam_request_reset(iam_request *request)
{
    if (request)
        iamp_request_reset(request);
}

typedef iam_status setter(iam_request *request, text value, iam_error *err);

static iam_status set_with(setter *set, iam_request *request, const char *ptr,
    size_t len, iam_error *err)
{
    text value;

    if (!request || !ptr)
        return api_null(err);
    if (!api_text(&value, ptr, len, err))
        return IAM_EINVAL;
    return set(request, value, err);
}

iam_status iam_request_set_principal(
    iam_request *request, const char *arn_ptr, size_t len, iam_error *err)
{
    return set_with(iamp_request_set_principal, request, arn_ptr, len, err);
}

iam_status iam_request_set_service(
    iam_request *request, const char *name, size_t len, iam_error *err)
{
    return set_with(iamp_request_set_service, request, name, len, err);
}

iam_status iam_request_set_role(
    iam_request *request, const char *arn_ptr, size_t len, iam_error *err)
{
    return set_with(iamp_request_set_role, request, arn_ptr, len, err);
}

iam_status iam_request_set_user(
    iam_request *request, const char *arn_ptr, size_t len, iam_error *err)
{
    return set_with(iamp_request_set_user, request, arn_ptr, len, err);
}

iam_status iam_request_set_action(
    iam_request *request, const char *action, size_t len, iam_error *err)
{
    return set_with(iamp_request_set_action, request, action, len, err);
}

iam_status iam_request_set_resource(
    iam_request *request, const char *arn_ptr, size_t len, iam_error *err)
{
    return set_with(iamp_request_set_resource, request, arn_ptr, len, err);
}

iam_status iam_request_set_resource_account(
    iam_request *request, const char *account, size_t len, iam_error *err)
{
    return set_with(
        iamp_request_set_resource_account, request, account, len, err);
}

iam_status iam_request_set_resource_policy_name(
    iam_request *request, const char *name, size_t len, iam_error *err)
{
    return set_with(
        iamp_request_set_resource_policy_name, request, name, len, err);
}

void iam_request_set_flags(iam_request *request, uint32_t flags)
{
    if (request)
        request->flags = flags & all_flags;
}

iam_status iam_request_set_value(iam_request *request, const char *key,
    size_t key_len, const char *value, size_t value_len, iam_error *err)
{
    text name, single;

    if (!request || !key || !value)
        return api_null(err);
    if (!api_text(&name, key, key_len, err) ||
        !api_text(&single, value, value_len, err))
        return IAM_EINVAL;
    return iamp_request_set_values(request, name, false, &single, 1, err);
}

iam_status iam_request_set_values(iam_request *request, const char *key,
    size_t key_len, const iam_text *values, size_t count, iam_error *err)
{
    iam_text *resolved;
    iam_status status = IAM_OK;
    text name;

    if (!request || !key || (!values && count > 0))
        return api_null(err);
    if (!api_text(&name, key, key_len, err))
        return IAM_EINVAL;
    if (count >= SIZE_MAX / sizeof(*resolved))
        return iamp_error_nomem(err);
    resolved =
        iamp_memory_acquire(request->from, (count + 1) * sizeof(*resolved));
    if (!resolved)
        return iamp_error_nomem(err);
    for (size_t i = 0; i < count && status == IAM_OK; i++)
        if (!api_text(&resolved[i], values[i].ptr, values[i].len, err))
            status = IAM_EINVAL;
    if (status == IAM_OK)
        status =
            iamp_request_set_values(request, name, true, resolved, count, err);
    iamp_memory_release(request->from, resolved);
    return status;
}

void iam_request_unset(iam_request *request, const char *key, size_t key_len)
{
    if (request && key)
        iamp_request_unset(request, iamp_text_of(key, key_len));
}

const char *iam_request_principal(const iam_request *request)
{
    return request && request->principal.text.ptr ? request->principal.text.ptr
                                                  : "";
}

const char *iam_request_action(const iam_request *request)
{
    return request && request->action.text.ptr ? request->action.text.ptr : "";
}

const char *iam_request_resource(const iam_request *request)
{
    const text_slot *slot;

    if (!request)
        return "";
    slot = request->model.text.len ? &request->model : &request->resource;
    return slot->text.ptr ? slot->text.ptr : "";
}

size_t iam_request_value_count(
    const iam_request *request, const char *key, size_t key_len)
{
    const context_key *k =
        request && key ? iamp_request_key(request, iamp_text_of(key, key_len))
                       : NULL;

    return k ? k->count : 0;
}

const char *iam_request_value(
    const iam_request *request, const char *key, size_t key_len, size_t index)
{
    if (index >= iam_request_value_count(request, key, key_len))
        return "";
    return iamp_request_key(request, iamp_text_of(key, key_len))
        ->values[index]
        .ptr;
}

iam_status iam_request_print(
    const iam_request *request, iam_sink sink, void *user)
{
    textbuf buf;

    if (!request || !sink)
        return IAM_EINVAL;
    iamp_textbuf_init(&buf, request->from);
    iamp_request_print(request, &buf);
    return iamp_textbuf_flush(&buf, sink, user);
}

static iam_status check_regions(
    const iam_text *regions, size_t count, iam_error *err)
{
    text ignored;

    if (!regions && count > 0)
        return api_null(err);
    for (size_t i = 0; i < count; i++)
        if (!api_text(&ignored, regions[i].ptr, regions[i].len, err))
            return IAM_EINVAL;
    return IAM_OK;
}

static iam_status resolve(const iam_request *request, text operation,
    const iam_text *regions, size_t count, const iam_options *options,
    iam_operation **out, iam_error *err)
{
    const iam_allocator *from = api_allocator(options);
    iam_text *resolved =
        iamp_memory_acquire(from, (count + 1) * sizeof(*resolved));
    iam_status status;

    if (!resolved)
        return iamp_error_nomem(err);
    for (size_t i = 0; i < count; i++)
        resolved[i] = iamp_text_of(regions[i].ptr, regions[i].len);
    status =
        iamp_operation_new(out, request, operation, resolved, count, from, err);
    iamp_memory_release(from, resolved);
    return status;
}

iam_status iam_operation_resolve(const iam_request *request,
    const char *operation, size_t len, const iam_text *regions,
    size_t region_count, const iam_options *options, iam_operation **out,
    iam_error *err)
{
    text name;

    if (!out)
        return api_null(err);
    *out = NULL;
    if (!request || !operation)
        return api_null(err);
    if (api_options(options, err) != IAM_OK ||
        !api_text(&name, operation, len, err) ||
        check_regions(regions, region_count, err) != IAM_OK)
        return IAM_EINVAL;
    if (name.len == 0)
        return iamp_error_set(err, IAM_EINVAL,
            "an operation is service:Operation, such as "
            "\"bedrock-runtime:Converse\"");
    if (region_count >= SIZE_MAX / sizeof(*regions))
        return iamp_error_nomem(err);
    return resolve(request, name, regions, region_count, options, out, err);
}

void iam_operation_free(iam_operation *operation)
{
    iamp_operation_free(operation);
}

size_t iam_operation_check_count(const iam_operation *operation)
{
    return operation ? operation->count : 0;
}

const iam_request *iam_operation_check(
    const iam_operation *operation, size_t index)
{
    return operation && index < operation->count ? operation->checks[index]
                                                 : NULL;
}

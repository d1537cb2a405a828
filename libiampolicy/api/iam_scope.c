/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_scope.c - scopes of questions, as the header has them.
 */
#include "api/api.h"
#include "api/catalog_object.h"
#include "prove/prove.h"

iam_status iam_scope_new(const iam_options *options, iam_scope **out)
{
    if (!out)
        return IAM_EINVAL;
    *out = NULL;
    if (api_options(options, NULL) != IAM_OK)
        return IAM_EINVAL;
    return iamp_scope_new(out, api_allocator(options));
}

void iam_scope_free(iam_scope *scope)
{
    iamp_scope_free(scope);
}

typedef iam_status setter(iam_scope *scope, text value, iam_error *err);

static iam_status set_with(
    setter *set, iam_scope *scope, const char *ptr, size_t len, iam_error *err)
{
    text value;

    if (!scope || !ptr)
        return api_null(err);
    if (!api_text(&value, ptr, len, err))
        return IAM_EINVAL;
    return set(scope, value, err);
}

iam_status iam_scope_set_principal(
    iam_scope *scope, const char *arn_ptr, size_t len, iam_error *err)
{
    return set_with(iamp_scope_set_principal, scope, arn_ptr, len, err);
}

iam_status iam_scope_set_service(
    iam_scope *scope, const char *name, size_t len, iam_error *err)
{
    return set_with(iamp_scope_set_service, scope, name, len, err);
}

iam_status iam_scope_add_action(
    iam_scope *scope, const char *pattern, size_t len, iam_error *err)
{
    return set_with(iamp_scope_add_action, scope, pattern, len, err);
}

iam_status iam_scope_add_resource(
    iam_scope *scope, const char *pattern, size_t len, iam_error *err)
{
    return set_with(iamp_scope_add_resource, scope, pattern, len, err);
}

iam_status iam_scope_set_value(iam_scope *scope, const char *key,
    size_t key_len, const char *value, size_t value_len, iam_error *err)
{
    text name, single;

    if (!scope || !key || !value)
        return api_null(err);
    if (!api_text(&name, key, key_len, err) ||
        !api_text(&single, value, value_len, err))
        return IAM_EINVAL;
    return iamp_scope_set_key(
        scope, name, SCOPE_VALUES, false, &single, 1, err);
}

iam_status iam_scope_set_values(iam_scope *scope, const char *key,
    size_t key_len, const iam_text *values, size_t count, iam_error *err)
{
    iam_status status = IAM_OK;
    iam_text *resolved;
    text name;

    if (!scope || !key || (!values && count > 0))
        return api_null(err);
    if (!api_text(&name, key, key_len, err))
        return IAM_EINVAL;
    if (count >= SIZE_MAX / sizeof(*resolved))
        return iamp_error_nomem(err);
    resolved =
        iamp_memory_acquire(scope->mem.from, (count + 1) * sizeof(*resolved));
    if (!resolved)
        return iamp_error_nomem(err);
    for (size_t i = 0; i < count && status == IAM_OK; i++)
        if (!api_text(&resolved[i], values[i].ptr, values[i].len, err))
            status = IAM_EINVAL;
    if (status == IAM_OK)
        status = iamp_scope_set_key(
            scope, name, SCOPE_VALUES, true, resolved, count, err);
    iamp_memory_release(scope->mem.from, resolved);
    return status;
}

static iam_status set_state(iam_scope *scope, scope_state state,
    const char *key, size_t key_len, iam_error *err)
{
    text name;

    if (!scope || !key)
        return api_null(err);
    if (!api_text(&name, key, key_len, err))
        return IAM_EINVAL;
    return iamp_scope_set_key(scope, name, state, false, NULL, 0, err);
}

iam_status iam_scope_set_absent(
    iam_scope *scope, const char *key, size_t key_len, iam_error *err)
{
    return set_state(scope, SCOPE_ABSENT, key, key_len, err);
}

iam_status iam_scope_set_present(
    iam_scope *scope, const char *key, size_t key_len, iam_error *err)
{
    return set_state(scope, SCOPE_PRESENT, key, key_len, err);
}

void iam_scope_set_flags(iam_scope *scope, uint32_t flags)
{
    if (scope)
        scope->flags = flags & (IAM_OPEN_WORLD | IAM_ANY_CONTEXT);
}

void iam_scope_set_catalog(iam_scope *scope, const iam_catalog *known)
{
    if (scope)
        scope->known = known ? &known->facts : NULL;
}

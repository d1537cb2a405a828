/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_catalog.c - reading a catalog, and what it is.
 */
#include "api/api.h"
#include "api/catalog_object.h"
#include "document/json.h"

void iam_catalog_free(iam_catalog *handle)
{
    const iam_allocator *from;

    if (!handle)
        return;
    from = handle->mem.from;
    iamp_arena_release(&handle->mem);
    iamp_memory_release(from, handle);
}

static iam_status read(
    iam_catalog *handle, text source, size_t most, iam_error *err)
{
    iam_status status;

    if (source.len > most)
        return iamp_error_set(err, IAM_ELIMIT,
            "the text has %zu bytes: the limit is %zu", source.len, most);
    status = iamp_catalog_parse(&handle->facts, source, &handle->mem, err);
    if (status != IAM_OK)
        return status;
    /* Its callers get a C string. */
    handle->facts.source = iamp_text_copy(handle->facts.source, &handle->mem);
    return handle->facts.source.ptr ? IAM_OK : iamp_error_nomem(err);
}

iam_status iam_catalog_new(const char *ptr, size_t len,
    const iam_options *options, iam_catalog **out, iam_error *err)
{
    const iam_allocator *from = api_allocator(options);
    iam_catalog *handle;
    iam_status status;

    if (!out)
        return api_null(err);
    *out = NULL;
    if (!ptr)
        return api_null(err);
    if (api_options(options, err) != IAM_OK)
        return IAM_EINVAL;
    handle = iamp_memory_acquire(from, sizeof(*handle));
    if (!handle)
        return iamp_error_nomem(err);
    iamp_arena_init(&handle->mem, from);
    status = read(handle, iamp_text_of(ptr, len),
        iamp_json_limits(options).max_text, err);
    if (status == IAM_OK)
        *out = handle;
    else
        iam_catalog_free(handle);
    return status;
}

const char *iam_catalog_source(const iam_catalog *handle)
{
    return catalog_of(handle)->source.ptr;
}

size_t iam_catalog_service_count(const iam_catalog *handle)
{
    return catalog_of(handle)->service_count;
}

size_t iam_catalog_action_count(const iam_catalog *handle)
{
    return catalog_of(handle)->action_count;
}

size_t iam_catalog_memory(const iam_catalog *handle)
{
    return handle ? sizeof(*handle) + handle->mem.held : 0;
}

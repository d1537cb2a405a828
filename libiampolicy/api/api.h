/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api.h - what the exported functions check before they go on.
 */
#ifndef IAMP_API_CHECKS_H
#define IAMP_API_CHECKS_H

#include "scenario/scenario.h"

/* The caller's text; false, with *err, if it is not UTF-8. */
static inline bool api_text(
    text *out, const char *ptr, size_t len, iam_error *err)
{
    *out = iamp_text_of(ptr, len);
    if (iamp_text_is_utf8(*out))
        return true;
    iamp_error_set(err, IAM_EINVAL, "the text is not UTF-8");
    return false;
}

/* Options whose struct_size is not this library's are from another version. */
static inline iam_status api_options(const iam_options *options, iam_error *err)
{
    if (options && options->struct_size != sizeof(*options))
        return iamp_error_set(err, IAM_EINVAL,
            "the options' struct_size must be sizeof(iam_options)");
    return IAM_OK;
}

static inline const iam_allocator *api_allocator(const iam_options *options)
{
    return options ? options->allocator : NULL;
}

static inline iam_status api_null(iam_error *err)
{
    return iamp_error_set(
        err, IAM_EINVAL, "an argument is NULL that must not be");
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.h - filling an iam_error: one sentence, made of pieces.
 */
#ifndef IAMP_ERROR_H
#define IAMP_ERROR_H

#include "base/text.h"

/* Offset to line and column, both from 1; column in bytes. */
void iamp_error_locate(
    text source, size_t offset, uint32_t *line, uint32_t *column);

/* Set *err, which may be NULL: the status and a message formatted as printf
 * does, but only with %s, %.*s, %zu and %u.  No place.  Returns `status`. */
iam_status iamp_error_set(iam_error *err, iam_status status, const char *format,
    ...) PRINTF_LIKE(3, 4);

/* Give an error its place.  `where` is a JSON Pointer; too long ends in
 * "...". */
void iamp_error_place(iam_error *err, text source, size_t offset, text where);

#define iamp_error_nomem(err) iamp_error_set((err), IAM_ENOMEM, "out of memory")

#endif

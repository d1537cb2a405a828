/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.c - fills the caller's iam_error, cutting at whole characters.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

/* Cut a text of `len` bytes in a field of `room` bytes, NUL included, at a
 * character's edge and mark the cut. */
static void cut(char *field, size_t room)
{
    size_t end = room - 4;

    while (end > 0 && ((unsigned char)field[end] & 0xc0) == 0x80)
        end--;
    field[end] = field[end + 1] = field[end + 2] = '.';
    field[end + 3] = '\0';
}

void iamp_error_locate(
    text source, size_t offset, uint32_t *line, uint32_t *column)
{
    size_t start = 0;
    uint32_t lines = 1;

    if (offset > source.len)
        offset = source.len;
    for (;;) {
        text rest = text_slice(source, start, offset);
        size_t at = iamp_text_find(rest, '\n');

        if (at == rest.len)
            break;
        start += at + 1;
        lines++;
    }
    *line = lines;
    *column = (uint32_t)(offset - start + 1);
}

iam_status iamp_error_set(
    iam_error *err, iam_status status, const char *format, ...)
{
    va_list args;
    int wanted;

    if (!err)
        return status;
    *err = (iam_error){.status = status};
    va_start(args, format);
    wanted = vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);
    if (wanted >= (int)sizeof(err->message))
        cut(err->message, sizeof(err->message));
    return status;
}

void iamp_error_place(iam_error *err, text source, size_t offset, text where)
{
    size_t len = where.len;

    if (!err)
        return;
    err->offset = offset;
    iamp_error_locate(source, offset, &err->line, &err->column);
    if (len >= sizeof(err->where))
        len = sizeof(err->where) - 1;
    if (len)
        memcpy(err->where, where.ptr, len);
    err->where[len] = '\0';
    if (len < where.len)
        cut(err->where, sizeof(err->where));
}

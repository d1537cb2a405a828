/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shapes.h - hostile documents of any size, each with the answer it must get.
 *
 * hostile.c asserts the answers at one large size; curve.c measures time and
 * memory at the size it is told, for docs/limits.md.
 */
#ifndef SHAPES_H
#define SHAPES_H

#include <iampolicy.h>
#include <stdbool.h>
#include <stddef.h>

/* Text that grows; a test has memory, or ends. */
typedef struct buffer {
    char *ptr;
    size_t len, room;
} buffer;

void buffer_add(buffer *b, const char *text, size_t len);
void buffer_text(buffer *b, const char *text);
void buffer_number(buffer *b, size_t n);
void buffer_repeat(buffer *b, const char *text, size_t times);
void buffer_free(buffer *b);

typedef struct shape {
    const char *name;
    const char *what; /* what there is n of */
    size_t size;      /* the n of the test */
    iam_policy_kind kind;
    void (*policy)(buffer *out, size_t n);
    /* Changes the usual request, or NULL. */
    iam_status (*request)(iam_request *r, size_t n);
    iam_status status;   /* of compiling */
    iam_outcome outcome; /* of asking, if it compiles */
} shape;

extern const shape shapes[];
extern const size_t shape_count;

/* The usual request: user ann reads arn:aws:s3:::bucket/key.  NULL if it cannot
 * be made. */
iam_request *shape_request(const shape *s, size_t n);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_parts.h - the steps of iamp_json_parse(), for its own files.
 */
#ifndef IAMP_JSON_PARTS_H
#define IAMP_JSON_PARTS_H

#include <jansson.h>

#include "document/json.h"

/* What one look at the text tells before anybody trusts it. */
typedef struct json_measure {
    size_t values; /* exact if the text is JSON */
    size_t depth;  /* of nested containers, at most */
} json_measure;

/* The steps of iamp_json_parse(), whose text is not too long: the quick way,
 * and where that is false, jansson's.  False says nothing about the text; *out
 * is then as it was, and `mem` holds what was made. */
bool iamp_json_scan(
    json_tree *out, text source, const json_limits *limits, arena *mem);
iam_status iamp_json_load(json_tree *out, text source,
    const json_limits *limits, arena *mem, iam_error *err);

/* IAM_ELIMIT with its place, IAM_ENOMEM. */
iam_status iamp_json_measure(json_measure *out, text source,
    const json_limits *limits, const iam_allocator *from, iam_error *err);

/* The JSON Pointer of the innermost thing that is begun at `offset`, and the
 * first fault of the text before it, become *err.  `refusal` is jansson's,
 * which has the last word; NULL: `status` and *err are set already and lack
 * their place only.  Returns the status. */
iam_status iamp_json_explain(iam_status status, text source, size_t offset,
    size_t depth, const json_error_t *refusal, const iam_allocator *from,
    iam_error *err);

/* Number the values of `root`, whose text is `source`; `measure` is the
 * text's.  IAM_ENOMEM also if text and values do not agree: an allocation
 * inside jansson failed unnoticed. */
iam_status iamp_json_walk(json_tree *out, text source, json_t *root,
    const json_measure *measure, arena *mem);

/* The characters that a string's text (without its quotes, and right) stands
 * for; a slice of `raw` where nothing is escaped.  ptr is NULL without
 * memory. */
text iamp_json_unescape(text raw, arena *mem);

/* Give an error the place `offset` and the pointer of a node; allocates
 * nothing.  `err` may be NULL. */
void iamp_json_place(
    iam_error *err, const json_tree *tree, json_ref node, size_t offset);

static inline bool json_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The offset behind the string that begins at `at`, or source.len. */
size_t iamp_json_skip_string(text source, size_t at);

#endif

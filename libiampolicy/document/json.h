/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - jansson in; positions, duplicate keys and limits out.
 *
 * Text that is plainly JSON is scanned into a row of nodes that know where they
 * stand.  Whatever is not plain jansson reads, and decides whether it is JSON; a
 * walk over text and tree together, without recursion, then makes the same
 * nodes; jansson's tree is gone when iamp_json_parse() returns.
 */
#ifndef IAMP_JSON_H
#define IAMP_JSON_H

#include "base/error.h"

typedef enum json_kind {
    JSON_KIND_NULL,
    JSON_KIND_FALSE,
    JSON_KIND_TRUE,
    JSON_KIND_NUMBER, /* `value` is its text as written */
    JSON_KIND_STRING, /* `value` is decoded */
    JSON_KIND_ARRAY,
    JSON_KIND_OBJECT
} json_kind;

/* Index into json_tree.nodes; the root is 0. */
typedef uint32_t json_ref;

#define JSON_END UINT32_MAX /* no such node */

typedef struct json_node {
    text value;      /* of numbers and strings; "true"/"false" of booleans */
    text key;        /* of an object's member, decoded */
    uint32_t offset; /* of the value's first byte in the text */
    uint32_t key_offset;
    json_ref parent; /* JSON_END at the root */
    json_ref next;   /* sibling, or JSON_END */
    json_ref first;  /* child, or JSON_END */
    uint32_t count;  /* children */
    uint32_t index;  /* among its siblings */
    uint8_t kind;    /* json_kind */
} json_node;

typedef struct json_tree {
    text source; /* the caller's text: must outlive the tree */
    const json_node *nodes;
    uint32_t count;
} json_tree;

typedef struct json_limits {
    size_t max_text, max_depth, max_values;
} json_limits;

/* The limits in `options` (which may be NULL), defaults filled in. */
json_limits iamp_json_limits(const iam_options *options);

/*
 * Parse a whole text; nodes live in `mem`, strings in `mem` or in `source`.
 * IAM_EJSON with place (syntax, bad UTF-8, a duplicate key, text behind the
 * value), IAM_ELIMIT, IAM_ENOMEM.  Any JSON value may be the root.
 */
iam_status iamp_json_parse(json_tree *out, text source,
    const json_limits *limits, arena *mem, iam_error *err);

/* The member called `key` of an object, or JSON_END. */
json_ref iamp_json_member(const json_tree *tree, json_ref object, text key);

/* The JSON Pointer (RFC 6901) of a node, added to `buf`. */
void iamp_json_pointer(const json_tree *tree, json_ref node, textbuf *buf);

/* The value as compact JSON, its members in the order of the text, added to
 * `buf`.  Without recursion. */
void iamp_json_print(const json_tree *tree, json_ref node, textbuf *buf);

/* Set *err to a sentence (as iamp_error_set) about a node, with its place.
 * Returns `status`. */
iam_status iamp_json_error(iam_error *err, iam_status status,
    const json_tree *tree, json_ref node, const char *format, ...)
    PRINTF_LIKE(5, 6);

/* "a string", "an array", "null", ...: for messages. */
const char *iamp_json_kind_name(json_kind kind);

/* How to quote a text in a message: its printable part, at most 60 bytes, cut
 * at a character's edge; control characters become '?'.  NUL-terminated. */
enum {
    JSON_QUOTED = 64
};
const char *iamp_json_quote(text t, char out[JSON_QUOTED]);

/* If the text is percent-encoded JSON (I1.1: it starts with %7B after white
 * space), decode it into `mem`; `+` is plus.  Else *out = source.  IAM_EJSON
 * for a broken escape, IAM_ENOMEM. */
iam_status iamp_json_percent_decode(
    text source, text *out, arena *mem, iam_error *err);

#endif

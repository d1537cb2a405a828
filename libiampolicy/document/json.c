/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - limits first, then the quick way or jansson, and a row of nodes.
 */
#include "document/json_parts.h"

enum {
    DEFAULT_TEXT = 64 << 20,
    DEFAULT_DEPTH = 64,
    DEFAULT_VALUES = 8 << 20,
    /* jansson recurses, and stops by itself at 2,048 with a scalar inside. */
    LARGEST_DEPTH = 2047
};

static size_t at_most(size_t wanted, size_t otherwise, size_t most)
{
    size_t limit = wanted ? wanted : otherwise;

    return limit < most ? limit : most;
}

json_limits iamp_json_limits(const iam_options *options)
{
    iam_options none = IAM_OPTIONS_INIT;

    if (!options)
        options = &none;
    /* Offsets and references are 32 bits wide. */
    return (json_limits){
        at_most(options->max_text, DEFAULT_TEXT, UINT32_MAX - 1),
        at_most(options->max_depth, DEFAULT_DEPTH, LARGEST_DEPTH),
        at_most(options->max_values, DEFAULT_VALUES, JSON_END - 1)};
}

size_t iamp_json_skip_string(text source, size_t at)
{
    for (at++; at < source.len; at++) {
        if (source.ptr[at] == '\\')
            at++;
        else if (source.ptr[at] == '"')
            return at + 1;
    }
    return source.len;
}

static iam_status too_much(const char *what, size_t limit, text source,
    size_t at, size_t depth, const iam_allocator *from, iam_error *err)
{
    iamp_error_set(
        err, IAM_ELIMIT, "the text has %s: the limit is %zu", what, limit);
    return iamp_json_explain(IAM_ELIMIT, source, at, depth, NULL, from, err);
}

/* Every comma announces a value, and so does an opening bracket that is not
 * closed at once. */
iam_status iamp_json_measure(json_measure *out, text source,
    const json_limits *limits, const iam_allocator *from, iam_error *err)
{
    size_t depth = 0;
    bool opened = false;

    *out = (json_measure){1, 0};
    for (size_t at = 0; at < source.len; at++) {
        char c = source.ptr[at];

        if (json_space(c))
            continue;
        out->values += c == ',' || (opened && c != ']' && c != '}');
        opened = c == '[' || c == '{';
        if (out->values > limits->max_values)
            return too_much("too many values", limits->max_values, source, at,
                out->depth, from, err);
        if (opened && ++depth > limits->max_depth)
            return too_much("too deeply nested values", limits->max_depth,
                source, at, out->depth, from, err);
        if (depth > out->depth)
            out->depth = depth;
        if ((c == ']' || c == '}') && depth > 0)
            depth--;
        if (c == '"')
            at = iamp_json_skip_string(source, at) - 1;
    }
    return IAM_OK;
}

static iam_status check_start(
    text source, const json_limits *limits, iam_error *err)
{
    if (source.len > limits->max_text) {
        iamp_error_set(err, IAM_ELIMIT,
            "the text has %zu bytes: the limit is %zu", source.len,
            limits->max_text);
        iamp_error_place(err, source, 0, TEXT(""));
        return IAM_ELIMIT;
    }
    if (text_starts(source, TEXT("\xef\xbb\xbf"))) {
        iamp_error_set(err, IAM_EJSON,
            "the text starts with a byte order mark, which JSON does not have");
        iamp_error_place(err, source, 0, TEXT(""));
        return IAM_EJSON;
    }
    return IAM_OK;
}

static json_t *load(text source, json_error_t *refusal)
{
    /* Integers as reals: nobody asks for their value, only for their text, and
     * 64 bits are no limit then. */
    const size_t flags = JSON_DECODE_ANY | JSON_REJECT_DUPLICATES |
                         JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;

    /* jansson 2.14 loses a NUL that stands behind a number, and reads on. */
    if (iamp_text_find(source, '\0') < source.len) {
        *refusal = (json_error_t){.text = "it has a NUL"};
        return NULL;
    }
    return json_loadb(source.len ? source.ptr : "", source.len, flags, refusal);
}

iam_status iamp_json_load(json_tree *out, text source,
    const json_limits *limits, arena *mem, iam_error *err)
{
    json_error_t refusal = {.position = 0};
    json_measure measure;
    json_t *root;
    iam_status status =
        iamp_json_measure(&measure, source, limits, mem->from, err);

    if (status != IAM_OK)
        return status;
    root = load(source, &refusal);
    if (!root)
        return iamp_json_explain(IAM_EJSON, source, source.len, measure.depth,
            &refusal, mem->from, err);
    status = iamp_json_walk(out, source, root, &measure, mem);
    json_decref(root);
    return status == IAM_OK ? IAM_OK : iamp_error_nomem(err);
}

iam_status iamp_json_parse(json_tree *out, text source,
    const json_limits *limits, arena *mem, iam_error *err)
{
    iam_status status = check_start(source, limits, err);
    arena scanned;

    if (status != IAM_OK)
        return status;
    iamp_arena_init(&scanned, mem->from);
    if (iamp_json_scan(out, source, limits, &scanned)) {
        iamp_arena_adopt(mem, &scanned);
        return IAM_OK;
    }
    iamp_arena_release(&scanned);
    return iamp_json_load(out, source, limits, mem, err);
}

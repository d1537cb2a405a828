/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_pointer.c - where a node is, and what to call it in a sentence.
 */
#include <stdarg.h>
#include <stdio.h>

#include "document/json_parts.h"

json_ref iamp_json_member(const json_tree *tree, json_ref object, text key)
{
    const json_node *node = &tree->nodes[object];

    if (node->kind != JSON_KIND_OBJECT)
        return JSON_END;
    for (json_ref at = node->first; at != JSON_END; at = tree->nodes[at].next)
        if (text_eq(tree->nodes[at].key, key))
            return at;
    return JSON_END;
}

enum {
    CLIMB = 64
};

/* The ancestors `from`, from + 1, ... of a node, counted from below the root,
 * and at last the node itself; at most CLIMB of them. */
static size_t climb(const json_tree *tree, json_ref node, size_t depth,
    size_t from, json_ref path[CLIMB])
{
    size_t count = depth - from < CLIMB ? depth - from : CLIMB;

    for (size_t above = depth; above > from; above--) {
        if (above - from <= CLIMB)
            path[above - from - 1] = node;
        node = tree->nodes[node].parent;
    }
    return count;
}

/* Byte by byte: a buffer that does not grow is then filled to its end. */
static void add_segment(const json_tree *tree, json_ref node, textbuf *buf)
{
    const json_node *at = &tree->nodes[node];

    iamp_textbuf_add_c(buf, '/');
    if (tree->nodes[at->parent].kind != JSON_KIND_OBJECT) {
        iamp_textbuf_add_number(buf, at->index);
        return;
    }
    for (size_t i = 0; i < at->key.len; i++) {
        if (at->key.ptr[i] == '~')
            textbuf_add_lit(buf, "~0");
        else if (at->key.ptr[i] == '/')
            textbuf_add_lit(buf, "~1");
        else
            iamp_textbuf_add_c(buf, at->key.ptr[i]);
    }
}

void iamp_json_pointer(const json_tree *tree, json_ref node, textbuf *buf)
{
    json_ref path[CLIMB];
    size_t depth = 0;

    for (json_ref at = node; tree->nodes[at].parent != JSON_END;
         at = tree->nodes[at].parent)
        depth++;
    for (size_t from = 0; from < depth && !buf->failed; from += CLIMB) {
        size_t count = climb(tree, node, depth, from, path);

        for (size_t i = 0; i < count; i++)
            add_segment(tree, path[i], buf);
    }
}

static void *no_memory(void *user, size_t size)
{
    (void)user;
    (void)size;
    return NULL;
}

static void no_release(void *user, void *ptr)
{
    (void)user;
    (void)ptr;
}

void iamp_json_place(
    iam_error *err, const json_tree *tree, json_ref node, size_t offset)
{
    const iam_allocator none = {no_memory, no_release, NULL};
    char room[sizeof(err->where) + 32]; /* what fills it is cut by the next */
    textbuf where = {&none, room, 0, sizeof(room), false};

    if (!err)
        return;
    iamp_json_pointer(tree, node, &where);
    iamp_error_place(err, tree->source, offset, textbuf_text(&where));
}

iam_status iamp_json_error(iam_error *err, iam_status status,
    const json_tree *tree, json_ref node, const char *format, ...)
{
    char message[sizeof(err->message) + 64];
    va_list args;

    if (!err)
        return status;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    iamp_error_set(err, status, "%s", message);
    iamp_json_place(err, tree, node, tree->nodes[node].offset);
    return status;
}

const char *iamp_json_kind_name(json_kind kind)
{
    switch (kind) {
    case JSON_KIND_NULL:
        return "null";
    case JSON_KIND_FALSE:
        return "false";
    case JSON_KIND_TRUE:
        return "true";
    case JSON_KIND_NUMBER:
        return "a number";
    case JSON_KIND_STRING:
        return "a string";
    case JSON_KIND_ARRAY:
        return "an array";
    case JSON_KIND_OBJECT:
        break;
    }
    return "an object";
}

const char *iamp_json_quote(text t, char out[JSON_QUOTED])
{
    enum {
        MOST = JSON_QUOTED - 4 /* three points and NUL */
    };
    size_t len = t.len < MOST ? t.len : MOST;

    if (len < t.len)
        while (len > 0 && ((unsigned char)t.ptr[len] & 0xc0) == 0x80)
            len--;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)t.ptr[i];

        out[i] = c < 0x20 || c == 0x7f ? '?' : t.ptr[i];
    }
    if (len < t.len)
        memcpy(out + len, "...", 4);
    else
        out[len] = '\0';
    return out;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_print.c - a value of the tree back to compact JSON.
 */
#include "document/json.h"

/* What stands before the first child, or the whole of a value without any. */
static void open_value(const json_node *node, textbuf *buf)
{
    switch ((json_kind)node->kind) {
    case JSON_KIND_NULL:
        textbuf_add_lit(buf, "null");
        break;
    case JSON_KIND_FALSE:
    case JSON_KIND_TRUE:
    case JSON_KIND_NUMBER:
        iamp_textbuf_add(buf, node->value);
        break;
    case JSON_KIND_STRING:
        iamp_textbuf_add_json(buf, node->value);
        break;
    case JSON_KIND_ARRAY:
        iamp_textbuf_add_c(buf, '[');
        break;
    case JSON_KIND_OBJECT:
        iamp_textbuf_add_c(buf, '{');
        break;
    }
}

static void close_value(const json_node *node, textbuf *buf)
{
    if (node->kind == JSON_KIND_ARRAY)
        iamp_textbuf_add_c(buf, ']');
    if (node->kind == JSON_KIND_OBJECT)
        iamp_textbuf_add_c(buf, '}');
}

static bool in_object(const json_tree *tree, const json_node *node)
{
    return node->parent != JSON_END &&
           tree->nodes[node->parent].kind == JSON_KIND_OBJECT;
}

void iamp_json_print(const json_tree *tree, json_ref node, textbuf *buf)
{
    json_ref at = node;

    for (;;) {
        const json_node *n = &tree->nodes[at];

        if (at != node && in_object(tree, n)) {
            iamp_textbuf_add_json(buf, n->key);
            iamp_textbuf_add_c(buf, ':');
        }
        open_value(n, buf);
        if (n->first != JSON_END) {
            at = n->first;
            continue;
        }
        close_value(n, buf);
        while (at != node && tree->nodes[at].next == JSON_END) {
            at = tree->nodes[at].parent;
            close_value(&tree->nodes[at], buf);
        }
        if (at == node)
            return;
        iamp_textbuf_add_c(buf, ',');
        at = tree->nodes[at].next;
    }
}

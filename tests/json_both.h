/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_both.h - a text read in the quick way and in jansson's.
 *
 * The quick way may decline any text.  What it accepts jansson must accept,
 * with the same nodes: all that stands behind is made from these.
 */
#ifndef JSON_BOTH_H
#define JSON_BOTH_H

#include "document/json_parts.h"

static inline bool json_same_text(text a, text b)
{
    return (a.ptr == NULL) == (b.ptr == NULL) && text_eq(a, b);
}

static inline bool json_same_node(const json_node *a, const json_node *b)
{
    return a->kind == b->kind && a->offset == b->offset &&
           a->key_offset == b->key_offset && a->parent == b->parent &&
           a->next == b->next && a->first == b->first && a->count == b->count &&
           a->index == b->index && json_same_text(a->value, b->value) &&
           json_same_text(a->key, b->key);
}

static inline bool json_same_tree(const json_tree *a, const json_tree *b)
{
    if (a->count != b->count || a->source.ptr != b->source.ptr ||
        a->source.len != b->source.len)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!json_same_node(&a->nodes[i], &b->nodes[i]))
            return false;
    return true;
}

/* What is wrong, or NULL.  *quick: the quick way read it. */
static inline const char *json_both(
    text source, const json_limits *limits, bool *quick)
{
    const char *wrong = NULL;
    json_tree scanned, loaded;
    arena mine, theirs;

    *quick = false;
    if (source.len > limits->max_text)
        return NULL; /* asked about before */
    iamp_arena_init(&mine, NULL);
    iamp_arena_init(&theirs, NULL);
    *quick = iamp_json_scan(&scanned, source, limits, &mine);
    if (*quick && iamp_json_load(&loaded, source, limits, &theirs, NULL))
        wrong = "is read in the quick way, and refused by jansson";
    else if (*quick && !json_same_tree(&scanned, &loaded))
        wrong = "is something else in the quick way than by jansson";
    iamp_arena_release(&mine);
    iamp_arena_release(&theirs);
    return wrong;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * estimate.c - about how many bytes a document takes as a program.
 *
 * The first block of a program's arena is as large as this says, so that little
 * of it is left over; what it says too little goes into further blocks.  Sets of
 * addresses are left to those.
 */
#include "program/program.h"

enum {
    PER_ENTRY = 15, /* of the index by actions: an entry and three quarters of
                       where a bucket begins */
    PADDING = 16,   /* between the arrays of a statement, at most */
};

/* The text is kept as it is, and its name once more in lower case. */
static size_t of_action(text t)
{
    return sizeof(action_pattern) + t.len + 1 +
           (t.len - iamp_text_find(t, ':')) + PER_ENTRY;
}

/* A star in the middle makes two tokens; the one at the end often none. */
static size_t of_resource(text t)
{
    size_t stars = 0;

    for (size_t i = 0; i + 1 < t.len; i++)
        stars += t.ptr[i] == '*' && t.ptr[i + 1] != '*';
    return sizeof(resource_pattern) + t.len + 1 +
           (stars ? (2 * stars + 1) * sizeof(glob_token) : 0);
}

static size_t of_condition(const doc_condition *c)
{
    size_t bytes = sizeof(condition);

    for (size_t i = 0; i < c->values.count; i++)
        bytes += sizeof(text) + c->values.items[i].text.len + 1;
    if (c->op.base <= OP_STRING_LIKE)
        bytes += c->values.count * sizeof(text);
    if (c->op.base == OP_ARN_LIKE)
        bytes += c->values.count * sizeof(arn_glob);
    return bytes;
}

static size_t of_statement(const doc_statement *s)
{
    size_t bytes =
        sizeof(program_statement) + s->sid.len + 1 + sizeof(glob) + PADDING;

    for (size_t i = 0; i < s->actions.count; i++)
        bytes += of_action(s->actions.items[i].text);
    for (size_t i = 0; i < s->resources.count; i++)
        bytes += of_resource(s->resources.items[i].text);
    for (size_t i = 0; i < s->principal_count; i++)
        bytes += sizeof(principal_value) + s->principals[i].text.len + 1;
    for (size_t i = 0; i < s->condition_count; i++)
        bytes += of_condition(&s->conditions[i]);
    return bytes;
}

size_t iamp_document_estimate(const document *from)
{
    size_t bytes = from->id.len + 1 + PADDING;

    for (size_t i = 0; i < from->statement_count; i++)
        bytes += of_statement(&from->statements[i]);
    return bytes;
}

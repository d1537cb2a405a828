/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_document.c - any text as a policy of every kind: what is JSON prints as
 * the same JSON and is the same by jansson, strict and lenient reading agree, an
 * error has its place, and nothing is undecidable without a reason.
 */
#include <stdlib.h>

#include "../json_both.h"
#include "document/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_error(const iam_error *err, iam_status status, size_t size)
{
    require(err->status == status && err->message[0]);
    require(err->line > 0 && err->column > 0 && err->offset <= size);
    require(
        status == IAM_EJSON || status == IAM_ELIMIT || status == IAM_EPOLICY);
}

/* Printing and reading again changes nothing. */
static void print_again(const json_tree *tree, const json_limits *limits)
{
    textbuf once, twice;
    json_tree again;
    arena mem;

    iamp_arena_init(&mem, NULL);
    iamp_textbuf_init(&once, NULL);
    iamp_textbuf_init(&twice, NULL);
    iamp_json_print(tree, 0, &once);
    require(iamp_json_parse(&again, textbuf_text(&once), limits, &mem, NULL) ==
            IAM_OK);
    require(again.count == tree->count);
    iamp_json_print(&again, 0, &twice);
    require(text_eq(textbuf_text(&once), textbuf_text(&twice)));
    iamp_textbuf_release(&once);
    iamp_textbuf_release(&twice);
    iamp_arena_release(&mem);
}

/* A node is where its key leads to, and inside its parent. */
static void check_nodes(const json_tree *tree)
{
    for (json_ref at = 1; at < tree->count; at++) {
        const json_node *n = &tree->nodes[at];
        const json_node *parent = &tree->nodes[n->parent];

        require(n->parent < at && n->offset > parent->offset);
        require(n->index < parent->count);
        require(n->offset < tree->source.len);
        if (n->kind == JSON_KIND_STRING)
            require(tree->source.ptr[n->offset] == '"' &&
                    iamp_text_is_utf8(n->value));
        if (parent->kind == JSON_KIND_OBJECT && parent->count < 50)
            require(iamp_json_member(tree, n->parent, n->key) == at);
    }
}

static uint32_t offset_of(const document *d, const doc_finding *f)
{
    const json_node *n = &d->tree.nodes[f->node];

    return f->at_key ? n->key_offset : n->offset;
}

/* Returns whether there is an error among the findings. */
static bool check_findings(const document *d)
{
    bool error = false;

    for (size_t i = 0; i < d->finding_count; i++) {
        const doc_finding *f = &d->findings[i];

        require(f->code && f->message.len > 0);
        require(strlen(f->message.ptr) == f->message.len);
        require(i == 0 || offset_of(d, f - 1) <= offset_of(d, f));
        error |= f->severity == IAM_ERROR;
    }
    return error;
}

static void check_statements(const document *d, bool error)
{
    require(d->statement_count > 0);
    for (size_t i = 0; i < d->statement_count; i++) {
        const doc_statement *s = &d->statements[i];

        require(!s->undecidable || error);
        require(s->actions.given);
        require(s->resources.given || s->resources.count == 0);
        for (size_t c = 0; c < s->condition_count; c++)
            require(s->conditions[c].op.base != 0);
    }
}

static void check_kind(const json_tree *tree, iam_policy_kind kind)
{
    document strict, lenient;
    iam_error strict_err, err;
    iam_status status, other;
    arena mem;
    bool error;

    iamp_arena_init(&mem, NULL);
    status =
        iamp_document_parse(&strict, tree, 0, kind, true, &mem, &strict_err);
    other = iamp_document_parse(&lenient, tree, 0, kind, false, &mem, &err);
    if (status != IAM_OK)
        check_error(&strict_err, status, tree->source.len);
    if (other != IAM_OK) {
        check_error(&err, other, tree->source.len);
        require(status == other);
    } else {
        error = check_findings(&lenient);
        require(error == (status != IAM_OK));
        check_statements(&lenient, error);
    }
    iamp_arena_release(&mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_limits limits = iamp_json_limits(NULL);
    text source = {(const char *)data, size};
    json_tree tree;
    iam_error err;
    iam_status status;
    arena mem;
    bool quick;

    require(!json_both(source, &limits, &quick));
    iamp_arena_init(&mem, NULL);
    status = iamp_json_percent_decode(source, &source, &mem, &err);
    if (status == IAM_OK)
        status = iamp_json_parse(&tree, source, &limits, &mem, &err);
    if (status != IAM_OK) {
        check_error(&err, status, source.len);
    } else {
        check_nodes(&tree);
        print_again(&tree, &limits);
        for (int kind = IAM_IDENTITY_POLICY; kind <= IAM_TRUST_POLICY; kind++)
            check_kind(&tree, (iam_policy_kind)kind);
    }
    iamp_arena_release(&mem);
    return 0;
}

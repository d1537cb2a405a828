/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_finding.c - findings: gathered as they come, sorted at the end.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "document/json_parts.h"
#include "document/parse_parts.h"

enum {
    /* A hostile document may earn more findings than it has bytes. */
    MOST_FINDINGS = 10000,
    LONGEST_MESSAGE = 400
};

static uint32_t place_offset(
    const parser *p, json_ref node, finding_place place)
{
    return place == AT_KEY ? node_of(p, node)->key_offset
                           : node_of(p, node)->offset;
}

static void add(parser *p, draft **out, iam_severity severity, const char *code,
    json_ref node, finding_place place, const char *message)
{
    draft *d = ARENA_ARRAY(&p->scratch, draft, 1);
    text kept = iamp_text_copy((text){message, strlen(message)}, p->mem);

    if (!d || !kept.ptr) {
        p->failed = true;
        return;
    }
    *d = (draft){.older = p->newest,
        .finding = {severity, code, kept, node, place == AT_KEY},
        .offset = place_offset(p, node, place),
        .number = p->finding_count++};
    p->newest = d;
    p->error_count += severity == IAM_ERROR;
    if (out)
        *out = d;
}

/* The first error is never left out: it decides. */
static bool has_room(parser *p, iam_severity severity, bool fatal,
    json_ref node, finding_place place)
{
    if (p->finding_count < MOST_FINDINGS ||
        (severity == IAM_ERROR && p->error_count == 0) ||
        (fatal && p->fatal_count == 0))
        return true;
    if (p->finding_count == MOST_FINDINGS)
        add(p, NULL, IAM_WARNING, "TOO_MANY_FINDINGS", node, place,
            "there are further findings from here on, which are left out");
    return false;
}

void iamp_parse_find(parser *p, iam_severity severity, const char *code,
    json_ref node, finding_place place, const char *format, ...)
{
    char message[LONGEST_MESSAGE];
    va_list args;

    if (!has_room(p, severity, false, node, place))
        return;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    add(p, NULL, severity, code, node, place, message);
}

void iamp_parse_fatal(parser *p, const char *code, json_ref node,
    finding_place place, const char *format, ...)
{
    char message[LONGEST_MESSAGE];
    draft *d = NULL;
    va_list args;

    if (!has_room(p, IAM_ERROR, true, node, place))
        return;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    add(p, &d, IAM_ERROR, code, node, place, message);
    if (d) {
        d->fatal = true;
        p->fatal_count++;
    }
}

const char *iamp_parse_describe(
    const parser *p, json_ref node, char out[DESCRIBED])
{
    const json_node *n = node_of(p, node);
    char quoted[JSON_QUOTED];
    size_t len;

    if (n->kind == JSON_KIND_NUMBER)
        return iamp_json_quote(n->value, out);
    if (n->kind != JSON_KIND_STRING)
        return iamp_json_kind_name((json_kind)n->kind);
    iamp_json_quote(n->value, quoted);
    len = strlen(quoted);
    out[0] = '"';
    memcpy(out + 1, quoted, len);
    memcpy(out + 1 + len, "\"", 2);
    return out;
}

bool iamp_parse_lexical(parser *p, lexical_rule rule, text t)
{
    bool matches = true;

    if (iamp_lexicon_match(p->lex, rule, t, &matches) != IAM_OK)
        p->failed = true;
    return matches;
}

/* --- twins ---------------------------------------------------------------- */

typedef struct twin_key {
    text t;
    uint64_t hash;
    size_t index;
    bool fold;
} twin_key;

static int compare_fold(text a, text b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < shorter; i++) {
        int order = ascii_lower(a.ptr[i]) - ascii_lower(b.ptr[i]);

        if (order != 0)
            return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static int by_text(const twin_key *x, const twin_key *y)
{
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->fold ? compare_fold(x->t, y->t) : iamp_text_compare(x->t, y->t);
}

static int by_text_and_index(const void *a, const void *b)
{
    const twin_key *x = a, *y = b;
    int order = by_text(x, y);

    return order ? order : (x->index > y->index) - (x->index < y->index);
}

const twin *iamp_parse_twins(
    parser *p, const text *texts, size_t count, bool fold)
{
    twin *twins = ARENA_ARRAY(&p->scratch, twin, count);
    twin_key *keys = ARENA_ARRAY(&p->scratch, twin_key, count);

    if (!twins || !keys) {
        p->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        keys[i] = (twin_key){texts[i], iamp_text_hash_fold(texts[i]), i, fold};
    if (count > 1)
        qsort(keys, count, sizeof(*keys), by_text_and_index);
    for (size_t i = 1; i < count; i++) {
        if (by_text(&keys[i - 1], &keys[i]) != 0)
            continue;
        if (twins[keys[i - 1].index] == TWIN_NONE)
            twins[keys[i - 1].index] = TWIN_FIRST;
        twins[keys[i].index] = TWIN_LATER;
    }
    return twins;
}

/* --- the end -------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const draft *x = *(draft *const *)a, *y = *(draft *const *)b;

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static iam_status refuse(const parser *p, const draft *d, iam_error *err)
{
    iamp_error_set(err, IAM_EPOLICY, "%s", d->finding.message.ptr);
    iamp_json_place(err, p->tree, d->finding.node, d->offset);
    return IAM_EPOLICY;
}

iam_status iamp_parse_conclude(
    parser *p, document *out, bool strict, iam_error *err)
{
    size_t count = p->finding_count;
    draft **sorted = ARENA_ARRAY(&p->scratch, draft *, count);
    doc_finding *findings = ARENA_ARRAY(p->mem, doc_finding, count);
    size_t at = count;

    if (p->failed || !sorted || !findings)
        return iamp_error_nomem(err);
    for (draft *d = p->newest; d; d = d->older)
        sorted[--at] = d;
    if (count > 1)
        qsort(sorted, count, sizeof(*sorted), by_place);
    for (size_t i = 0; i < count; i++) {
        const draft *d = sorted[i];

        if (d->fatal || (strict && d->finding.severity == IAM_ERROR))
            return refuse(p, d, err);
        findings[i] = d->finding;
    }
    out->findings = findings;
    out->finding_count = count;
    return IAM_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_parts.h - the grammar's parts, for the files of iamp_document_parse().
 *
 * Memory that runs out sets parser.failed and nothing else: everybody goes on
 * with what there is, and the end tells.  A part that cannot be evaluated has a
 * finding and makes its statement undecidable; the element it belongs to then
 * stands for everything that it could have named, so that a Deny is not lost.
 */
#ifndef IAMP_PARSE_PARTS_H
#define IAMP_PARSE_PARTS_H

#include "document/document.h"
#include "value/template.h"

/* A finding on its way to the document. */
typedef struct draft {
    struct draft *older;
    doc_finding finding;
    uint32_t offset; /* of its place: findings are sorted by it */
    uint32_t number;
    bool fatal; /* the document means nothing with it, strict or not */
} draft;

/* What a kind of policy asks for (A.3, A.8). */
typedef struct kind_rules {
    const char *name;   /* "an identity policy" */
    bool iam;           /* stored by IAM: its characters, its Sids */
    bool has_principal; /* must have one; else must not */
    bool has_id;
    bool trust;        /* must not have a Resource */
    bool every;        /* white space counts in its size too */
    size_t size, most; /* characters, 0: no limit known; nothing beyond `most`
                          is stored as this kind, whoever it is of */
} kind_rules;

typedef struct parser {
    const json_tree *tree;
    json_ref root;
    iam_policy_kind kind;
    const kind_rules *rules;
    bool version_2012;
    arena *mem;
    arena scratch;
    lexicon *lex;
    draft *newest;
    uint32_t finding_count, error_count, fatal_count;
    uint32_t misspelled; /* elements of the statement being read, as bits: the
                            finding tells what is missing, too */
    bool failed;         /* memory ran out */
} parser;

/* Bits of parser.misspelled: an element, or its Not form. */
enum {
    NO_ACTION = 1,
    NO_RESOURCE = 2,
    NO_PRINCIPAL = 4
};

static inline const json_node *node_of(const parser *p, json_ref ref)
{
    return &p->tree->nodes[ref];
}

/* --- parse_finding.c ---------------------------------------------------- */

/* Where a finding points: at the value, or at its key. */
typedef enum finding_place {
    AT_VALUE,
    AT_KEY
} finding_place;

void iamp_parse_find(parser *p, iam_severity severity, const char *code,
    json_ref node, finding_place place, const char *format, ...)
    PRINTF_LIKE(6, 7);

/* The same for what is an error with and without IAM_STRICT. */
void iamp_parse_fatal(parser *p, const char *code, json_ref node,
    finding_place place, const char *format, ...) PRINTF_LIKE(5, 6);

/* A string in its quotes, or "an array" and its like, for a message. */
enum {
    DESCRIBED = JSON_QUOTED + 2
};
const char *iamp_parse_describe(
    const parser *p, json_ref node, char out[DESCRIBED]);

bool iamp_parse_lexical(parser *p, lexical_rule rule, text t);

/* For each of `count` texts, whether an equal one stands before or behind it
 * in the row; `fold`: equal but for ASCII case. */
typedef enum twin {
    TWIN_NONE,
    TWIN_FIRST,
    TWIN_LATER
} twin;
const twin *iamp_parse_twins(
    parser *p, const text *texts, size_t count, bool fold);

/* Sort the findings into the document; IAM_EPOLICY if one of them refuses it. */
iam_status iamp_parse_conclude(
    parser *p, document *out, bool strict, iam_error *err);

/* --- parse_value.c ------------------------------------------------------ */

/* Check one value; false: it cannot be evaluated. */
typedef bool (*value_check)(parser *p, const doc_value *value, void *user);

/* What JSON types a value may have. */
typedef enum value_types {
    STRINGS_ONLY,
    ANY_SCALAR /* A1.8 */
} value_types;

/* A value or a list of values; false if a part of it cannot be evaluated. */
bool iamp_parse_list(parser *p, json_ref node, value_types types,
    value_check check, void *user, doc_list *out);

bool iamp_parse_actions(
    parser *p, json_ref node, bool not_action, doc_list *out);
bool iamp_parse_resources(
    parser *p, json_ref node, bool not_resource, doc_list *out);

/* Findings about the variables of a text whose variables count; false: it
 * cannot be evaluated.  *parts may be read if the text holds a variable. */
bool iamp_parse_variables(
    parser *p, text t, json_ref node, template_parts *parts);

static inline bool may_have_variable(text t)
{
    size_t at = iamp_text_find(t, '$');

    while (at + 1 < t.len && t.ptr[at + 1] != '{')
        at += 1 + iamp_text_find(text_from(t, at + 1), '$');
    return at + 1 < t.len;
}

static inline bool has_wildcard(text t)
{
    return iamp_text_find(t, '*') < t.len || iamp_text_find(t, '?') < t.len;
}

/* --- the other parts ---------------------------------------------------- */

/* Fills principals and conditions of the statement, and makes it undecidable
 * where it must be. */
void iamp_parse_principals(
    parser *p, doc_statement *s, json_ref principal, json_ref not_principal);
void iamp_parse_conditions(parser *p, doc_statement *s, json_ref node);

/* Is this a statement of a role trust policy, also of one that was given as a
 * resource policy?  Its actions must have been read. */
bool iamp_parse_trusts(const parser *p, const doc_statement *s);

void iamp_parse_statement(parser *p, json_ref node, doc_statement *out);

/* Sids that occur twice; characters that IAM does not store; the size. */
void iamp_parse_whole(parser *p, const doc_statement *statements, size_t count);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.h - a policy as it was written, checked against the grammar.
 *
 * A document lives in one arena with the JSON tree it came from and is thrown
 * away once compiled.  Whatever AWS would refuse is a finding of severity
 * IAM_ERROR; in strict mode the first of them is the error.  Otherwise the
 * document goes on, and a statement that holds such a thing in a place that
 * matters is undecidable: it never allows, and as a Deny it applies wherever
 * the rest of it does.
 */
#ifndef IAMP_DOCUMENT_H
#define IAMP_DOCUMENT_H

#include "document/json.h"
#include "reference/operator.h"
#include "value/lexicon.h"

/* A value and where it stands. */
typedef struct doc_value {
    text text; /* strings decoded; numbers and booleans as written (A1.8) */
    json_ref node;
} doc_value;

typedef struct doc_list {
    const doc_value *items;
    size_t count;
    bool given;    /* the element stands in the statement */
    json_ref node; /* of the element */
} doc_list;

/* The map key a principal stood under (A.5.1). */
typedef enum principal_class {
    CLASS_EVERYBODY = 1, /* "Principal": "*" without a map */
    CLASS_AWS,
    CLASS_SERVICE,
    CLASS_FEDERATED,
    CLASS_CANONICAL_USER
} principal_class;

typedef struct doc_principal {
    principal_class type;
    text text; /* "*" for CLASS_EVERYBODY */
    json_ref node;
} doc_principal;

typedef struct doc_condition {
    text written; /* the operator's name, as written */
    operator_name op;
    text key;
    doc_list values;
    json_ref node; /* of the member that is the key */
} doc_condition;

typedef struct doc_statement {
    json_ref node;
    text sid;
    bool has_sid;
    bool deny;
    bool undecidable;
    bool not_principal, not_action, not_resource; /* which of the pair */
    bool has_principal;                           /* either form stands there */
    const doc_principal *principals;
    size_t principal_count;
    doc_list actions;   /* actions.given is always true */
    doc_list resources; /* given may be false: trust policies only */
    const doc_condition *conditions;
    size_t condition_count;
} doc_statement;

typedef struct doc_finding {
    iam_severity severity;
    const char *code; /* static text */
    text message;     /* lives in the document's arena, NUL-terminated */
    json_ref node;
    bool at_key; /* about the member's key, not its value */
} doc_finding;

typedef struct document {
    json_tree tree;
    json_ref root; /* of the policy inside the tree */
    iam_policy_kind kind;
    bool version_2012; /* Version is "2012-10-17": variables work (A2.2) */
    bool has_version;
    text id;
    bool has_id;
    const doc_statement *statements;
    size_t statement_count;
    const doc_finding *findings; /* in the order of the text */
    size_t finding_count;
} document;

/*
 * Check the value `root` of `tree` as a policy of `kind`; everything lives in
 * `mem`.  IAM_EPOLICY (with place), IAM_ENOMEM.  `strict` as IAM_STRICT.
 */
iam_status iamp_document_parse(document *out, const json_tree *tree,
    json_ref root, iam_policy_kind kind, bool strict, arena *mem,
    iam_error *err);

#endif

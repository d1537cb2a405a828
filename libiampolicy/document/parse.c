/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.c - the top of a policy (A.2), and what its kind asks for (A.3).
 */
#include "document/parse_parts.h"

/* Sizes (A.8): identity, boundary and session policies may be managed ones of
 * AWS's own, which keep to no limit; that of a trust policy can be raised; that
 * of a resource policy is its service's. */
static const kind_rules rules_of[] = {
    [IAM_IDENTITY_POLICY] = {"an identity-based policy", .iam = true,
        .size = 6144},
    [IAM_RESOURCE_POLICY] = {"a resource-based policy", .has_principal = true,
        .has_id = true},
    [IAM_PERMISSIONS_BOUNDARY] = {"a permissions boundary", .iam = true,
        .size = 6144},
    [IAM_SESSION_POLICY] = {"a session policy", .iam = true, .every = true,
        .size = 2048},
    [IAM_SERVICE_CONTROL_POLICY] = {"a service control policy", .has_id = true,
        .every = true, .size = 10240, .most = 10240},
    [IAM_RESOURCE_CONTROL_POLICY] = {"a resource control policy",
        .has_principal = true, .has_id = true, .every = true, .size = 5120,
        .most = 5120},
    [IAM_ENDPOINT_POLICY] = {"a VPC endpoint policy", .has_principal = true,
        .has_id = true},
    [IAM_TRUST_POLICY] = {"a role trust policy", .iam = true,
        .has_principal = true, .has_id = true, .trust = true, .size = 2048,
        .most = 4096},
};

static bool is_control(iam_policy_kind kind)
{
    return kind == IAM_SERVICE_CONTROL_POLICY ||
           kind == IAM_RESOURCE_CONTROL_POLICY;
}

static void parse_version(parser *p, json_ref node, document *out)
{
    const json_node *n = node_of(p, node);
    char found[DESCRIBED];

    out->has_version = true;
    if (n->kind == JSON_KIND_STRING && text_eq(n->value, TEXT("2012-10-17"))) {
        out->version_2012 = true;
        return;
    }
    if (n->kind == JSON_KIND_STRING && text_eq(n->value, TEXT("2008-10-17"))) {
        if (is_control(p->kind))
            iamp_parse_find(p, IAM_OPEN_RULE, "A2.4", node, AT_VALUE,
                "%s is said to need \"2012-10-17\": the older version was "
                "taken as it is",
                p->rules->name);
        return;
    }
    iamp_parse_fatal(p,
        n->kind == JSON_KIND_STRING ? "INVALID_VERSION" : "DATA_TYPE_MISMATCH",
        node, AT_VALUE,
        "\"Version\" must be \"2012-10-17\" or \"2008-10-17\", not %s",
        iamp_parse_describe(p, node, found));
}

static void parse_id(parser *p, json_ref node, document *out)
{
    const json_node *n = node_of(p, node);
    char found[DESCRIBED];

    out->has_id = n->kind == JSON_KIND_STRING;
    if (out->has_id)
        out->id = n->value;
    else
        iamp_parse_find(p, IAM_ERROR, "DATA_TYPE_MISMATCH", node, AT_VALUE,
            "\"Id\" must be a string, not %s",
            iamp_parse_describe(p, node, found));
    if (!p->rules->has_id)
        iamp_parse_find(p, IAM_ERROR, "INVALID_POLICY_ELEMENT", node, AT_KEY,
            "%s must not have an \"Id\"", p->rules->name);
    else if (is_control(p->kind))
        iamp_parse_find(p, IAM_OPEN_RULE, "A.3", node, AT_KEY,
            "whether %s may have an \"Id\" is not documented: it was taken to",
            p->rules->name);
}

static void parse_one(parser *p, json_ref node, doc_statement *out)
{
    char found[DESCRIBED];

    if (node_of(p, node)->kind == JSON_KIND_OBJECT)
        iamp_parse_statement(p, node, out);
    else
        iamp_parse_fatal(p, "DATA_TYPE_MISMATCH", node, AT_VALUE,
            "a statement must be an object, not %s",
            iamp_parse_describe(p, node, found));
}

static void parse_statements(parser *p, json_ref node, document *out)
{
    const json_node *n = node_of(p, node);
    bool list = n->kind == JSON_KIND_ARRAY;
    size_t count = list ? n->count : 1;
    doc_statement *statements = ARENA_ARRAY(p->mem, doc_statement, count);
    json_ref at = list ? n->first : node;

    if (list && count == 0)
        iamp_parse_fatal(p, "MISSING_STATEMENT", node, AT_VALUE,
            "\"Statement\" must have at least one statement");
    if (!statements) {
        p->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++, at = node_of(p, at)->next)
        parse_one(p, at, &statements[i]);
    out->statements = statements;
    out->statement_count = count;
}

/* True if it is meant to be "Statement". */
static bool find_unknown(parser *p, json_ref member)
{
    static const text names[] = {{"Version", 7}, {"Id", 2}, {"Statement", 9}};
    text key = node_of(p, member)->key;
    const char *meant = NULL;
    char quoted[JSON_QUOTED];

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (iamp_text_resembles(key, names[i]))
            meant = names[i].ptr;
    iamp_json_quote(key, quoted);
    iamp_parse_fatal(p, "INVALID_POLICY_ELEMENT", member, AT_KEY,
        meant ? "a policy has no element \"%s\"; it is spelled \"%s\""
              : "a policy has no element \"%s\"; its elements are "
                "\"Version\", \"Id\" and \"Statement\"",
        quoted, meant);
    return meant == names[2].ptr;
}

/* The version comes first: it decides what a variable is. */
static void parse_top(parser *p, document *out)
{
    json_ref statement = JSON_END;
    bool misspelled = false;

    for (json_ref at = node_of(p, p->root)->first; at != JSON_END;
         at = node_of(p, at)->next) {
        text key = node_of(p, at)->key;

        if (text_eq(key, TEXT("Version")))
            parse_version(p, at, out);
        else if (text_eq(key, TEXT("Id")))
            parse_id(p, at, out);
        else if (text_eq(key, TEXT("Statement")))
            statement = at;
        else
            misspelled |= find_unknown(p, at);
    }
    p->version_2012 = out->version_2012;
    if (!out->has_version)
        iamp_parse_find(p, IAM_WARNING, "MISSING_VERSION", p->root, AT_VALUE,
            "without \"Version\": \"2012-10-17\" policy variables are plain "
            "text");
    if (statement != JSON_END)
        parse_statements(p, statement, out);
    else if (!misspelled)
        iamp_parse_fatal(p, "MISSING_STATEMENT", p->root, AT_VALUE,
            "a policy must have a \"Statement\"");
}

iam_status iamp_document_parse(document *out, const json_tree *tree,
    json_ref root, iam_policy_kind kind, bool strict, arena *mem,
    iam_error *err)
{
    parser p = {.tree = tree,
        .root = root,
        .kind = kind,
        .rules = &rules_of[kind],
        .mem = mem};
    char found[DESCRIBED];
    iam_status status;

    *out = (document){.tree = *tree, .root = root, .kind = kind};
    status = iamp_lexicon_new(&p.lex, mem->from);
    if (status != IAM_OK)
        return iamp_error_nomem(err);
    iamp_arena_init(&p.scratch, mem->from);
    if (node_of(&p, root)->kind == JSON_KIND_OBJECT) {
        parse_top(&p, out);
        iamp_parse_whole(&p, out->statements, out->statement_count);
    } else {
        iamp_parse_fatal(&p, "DATA_TYPE_MISMATCH", root, AT_VALUE,
            "a policy must be an object, not %s",
            iamp_parse_describe(&p, root, found));
    }
    status = iamp_parse_conclude(&p, out, strict, err);
    iamp_arena_release(&p.scratch);
    iamp_lexicon_free(p.lex);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_principal.c - Principal and NotPrincipal (A.5).
 */
#include "document/parse_parts.h"
#include "value/arn.h"

/* Under which key the values stand, and what is known of the statement. */
typedef struct principal_map {
    principal_class type;
    bool trust; /* a role trust policy, whatever it was given as */
} principal_map;

static bool refuse(
    parser *p, const doc_value *value, const char *code, const char *must)
{
    char quoted[JSON_QUOTED];

    iamp_parse_find(p, IAM_ERROR, code, value->node, AT_VALUE, "%s, not \"%s\"",
        must, iamp_json_quote(value->text, quoted));
    return false;
}

/* S3 lets CloudFront in by a user of no account. */
static bool is_cloudfront(text t)
{
    arn a;

    return iamp_arn_split(t, &a) && text_eq(a.service, TEXT("iam")) &&
           text_eq(a.account, TEXT("cloudfront")) &&
           text_starts(a.resource, TEXT("user/"));
}

static bool check_unique_id(parser *p, const doc_value *value)
{
    bool user = text_starts(value->text, TEXT("AIDA"));
    char quoted[JSON_QUOTED];

    if (!iamp_parse_lexical(p, LEX_UNIQUE_ID, value->text))
        return false;
    iamp_parse_find(p, IAM_WARNING,
        user ? "INVALID_USER_REFERENCE" : "INVALID_ROLE_REFERENCE", value->node,
        AT_VALUE,
        "\"%s\" is the unique id of a %s, which IAM shows once it is deleted",
        iamp_json_quote(value->text, quoted), user ? "user" : "role");
    return true;
}

static bool check_aws(parser *p, const doc_value *value)
{
    principal_arn parsed;
    char quoted[JSON_QUOTED];

    if (text_eq(value->text, TEXT("*")) || iamp_account_valid(value->text) ||
        is_cloudfront(value->text))
        return true;
    if (has_wildcard(value->text)) {
        /* A.5.1: it matches nothing, which can be evaluated. */
        refuse(p, value, "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
            "a principal under \"AWS\" must be \"*\" or have no wildcard");
        return true;
    }
    if (iamp_principal_arn_parse(value->text, &parsed)) {
        if (!iamp_parse_lexical(p, LEX_PARTITION, parsed.arn.partition))
            iamp_parse_find(p, IAM_ERROR, "INVALID_PARTITION", value->node,
                AT_VALUE, "there is no partition \"%s\"",
                iamp_json_quote(parsed.arn.partition, quoted));
        return true;
    }
    return check_unique_id(p, value) ||
           refuse(p, value, "INVALID_PRINCIPAL_FORMAT",
               "a principal under \"AWS\" must be \"*\", an account or the ARN "
               "of a user, a role, a session or a root user");
}

static void check_service(parser *p, const doc_value *value)
{
    if (has_wildcard(value->text))
        refuse(p, value, "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
            "a service principal must have no wildcard");
    else if (!iamp_parse_lexical(p, LEX_SERVICE_NAME, value->text))
        refuse(p, value, "INVALID_SERVICE_PRINCIPAL_FORMAT",
            "a service principal must look like \"ec2.amazonaws.com\"");
}

static void check_federated(
    parser *p, const doc_value *value, const principal_map *map)
{
    if (!map->trust)
        iamp_parse_find(p, IAM_ERROR, "FEDERATED_PRINCIPAL_NOT_SUPPORTED",
            value->node, AT_VALUE,
            "a federated principal stands in role trust policies only");
    else if (has_wildcard(value->text))
        refuse(p, value, "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
            "a federated principal must have no wildcard");
    else if (!iamp_parse_lexical(p, LEX_FEDERATED, value->text))
        refuse(p, value,
            "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",
            "a federated principal must be a domain name or the ARN of a "
            "provider");
}

/* Names that are only compared can be evaluated, however odd they are. */
static bool check_principal(parser *p, const doc_value *value, void *user)
{
    const principal_map *map = user;

    if (may_have_variable(value->text))
        return refuse(p, value, "VARIABLE_UNSUPPORTED_IN_ELEMENT",
            "a principal must not have policy variables");
    switch (map->type) {
    case CLASS_EVERYBODY:
        break;
    case CLASS_AWS:
        return check_aws(p, value);
    case CLASS_SERVICE:
        check_service(p, value);
        break;
    case CLASS_FEDERATED:
        check_federated(p, value, map);
        break;
    case CLASS_CANONICAL_USER:
        if (!iamp_parse_lexical(p, LEX_CANONICAL_USER, value->text))
            refuse(p, value, "INVALID_PRINCIPAL_FORMAT",
                "a canonical user must be 64 hexadecimal digits");
        break;
    }
    return true;
}

static bool find_class(text key, principal_class *out)
{
    static const struct {
        const char *name;
        principal_class type;
    } classes[] = {{"AWS", CLASS_AWS}, {"Service", CLASS_SERVICE},
        {"Federated", CLASS_FEDERATED},
        {"CanonicalUser", CLASS_CANONICAL_USER}};

    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        *out = classes[i].type;
        if (text_eq(key, iamp_text_of(classes[i].name, IAM_NTS)))
            return true;
    }
    return false;
}

static void append(doc_principal *to, size_t *count, principal_class type,
    const doc_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        to[(*count)++] =
            (doc_principal){type, list->items[i].text, list->items[i].node};
}

static bool parse_member(
    parser *p, json_ref member, bool trust, doc_principal *to, size_t *count)
{
    principal_map map = {.trust = trust};
    doc_list list;
    char quoted[JSON_QUOTED];
    bool good;

    if (!find_class(node_of(p, member)->key, &map.type)) {
        iamp_parse_find(p, IAM_ERROR, "INVALID_PRINCIPAL_KEY", member, AT_KEY,
            "a principal stands under \"AWS\", \"Service\", \"Federated\" or "
            "\"CanonicalUser\", not \"%s\"",
            iamp_json_quote(node_of(p, member)->key, quoted));
        return false;
    }
    good =
        iamp_parse_list(p, member, STRINGS_ONLY, check_principal, &map, &list);
    if (good && list.count == 0)
        iamp_parse_find(p, IAM_SUGGESTION, "EMPTY_ARRAY_PRINCIPAL", member,
            AT_VALUE, "an empty list of principals");
    if (good)
        append(to, count, map.type, &list);
    return good;
}

/* How many values an object's members have at most. */
static size_t count_values(const parser *p, json_ref object)
{
    size_t count = 0;

    for (json_ref at = node_of(p, object)->first; at != JSON_END;
         at = node_of(p, at)->next)
        count +=
            node_of(p, at)->kind == JSON_KIND_ARRAY ? node_of(p, at)->count : 1;
    return count;
}

static bool parse_map(parser *p, doc_statement *s, json_ref node, bool trust)
{
    doc_principal *to =
        ARENA_ARRAY(p->mem, doc_principal, count_values(p, node));
    bool good = to != NULL;

    p->failed |= !to;
    s->principals = to;
    for (json_ref at = node_of(p, node)->first; to && at != JSON_END;
         at = node_of(p, at)->next)
        good &= parse_member(p, at, trust, to, &s->principal_count);
    if (node_of(p, node)->count == 0)
        iamp_parse_find(p, IAM_SUGGESTION, "EMPTY_OBJECT_PRINCIPAL", node,
            AT_VALUE, "an empty map of principals");
    if (good && s->principal_count == 0 && s->not_principal)
        iamp_parse_find(p, IAM_OPEN_RULE, "A.4", node, AT_VALUE,
            "what an empty NotPrincipal means is not documented: it was taken "
            "as everybody");
    return good;
}

static bool parse_everybody(parser *p, doc_statement *s, json_ref node)
{
    doc_principal *one = ARENA_ARRAY(p->mem, doc_principal, 1);

    if (!one) {
        p->failed = true;
        return false;
    }
    *one = (doc_principal){CLASS_EVERYBODY, node_of(p, node)->value, node};
    s->principals = one;
    s->principal_count = 1;
    if (p->kind == IAM_TRUST_POLICY) {
        iamp_parse_find(p, IAM_WARNING,
            "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", node,
            AT_VALUE, "everybody may try to assume the role");
        iamp_parse_find(p, IAM_OPEN_RULE, "A.3", node, AT_VALUE,
            "the pages disagree on whether a role can trust \"*\": it was "
            "taken as everybody");
    }
    return true;
}

static bool parse_element(
    parser *p, doc_statement *s, json_ref node, bool trust)
{
    const json_node *n = node_of(p, node);
    char found[DESCRIBED], name[JSON_QUOTED];

    iamp_json_quote(n->key, name);
    if (n->kind == JSON_KIND_STRING && text_eq(n->value, TEXT("*")))
        return parse_everybody(p, s, node);
    if (p->kind == IAM_RESOURCE_CONTROL_POLICY) {
        iamp_parse_find(p, IAM_ERROR, "RCP_SYNTAX_ERROR_PRINCIPAL", node,
            AT_VALUE,
            "\"%s\" of a resource control policy must be \"*\", not %s", name,
            iamp_parse_describe(p, node, found));
        return false;
    }
    if (n->kind == JSON_KIND_OBJECT)
        return parse_map(p, s, node, trust);
    iamp_parse_find(p, IAM_ERROR,
        n->kind == JSON_KIND_STRING ? "INVALID_PRINCIPAL_FORMAT"
                                    : "DATA_TYPE_MISMATCH",
        node, AT_VALUE,
        "\"%s\" must be \"*\" or an object such as {\"AWS\": "
        "\"111122223333\"}, not %s",
        name, iamp_parse_describe(p, node, found));
    return false;
}

/* Which of the two must not be there at all. */
static bool check_presence(
    parser *p, json_ref statement, json_ref principal, json_ref not_principal)
{
    if (principal != JSON_END && not_principal != JSON_END) {
        iamp_parse_find(p, IAM_ERROR, "UNSUPPORTED_ELEMENT_COMBINATION",
            not_principal, AT_KEY,
            "a statement must not have both \"Principal\" and "
            "\"NotPrincipal\"");
        return false;
    }
    if (principal == JSON_END && not_principal == JSON_END) {
        if (!(p->misspelled & NO_PRINCIPAL))
            iamp_parse_find(p, IAM_ERROR, "MISSING_PRINCIPAL", statement,
                AT_VALUE, "a statement of %s must have a \"Principal\"",
                p->rules->name);
        return false;
    }
    if (not_principal == JSON_END)
        return true;
    if (p->kind != IAM_TRUST_POLICY && p->kind != IAM_RESOURCE_CONTROL_POLICY)
        return true;
    iamp_parse_find(p, IAM_ERROR,
        p->rules->trust ? "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL"
                        : "RCP_SYNTAX_ERROR_PRINCIPAL",
        not_principal, AT_KEY, "%s must not have \"NotPrincipal\"",
        p->rules->name);
    return false;
}

static void refuse_principal(parser *p, doc_statement *s, json_ref node)
{
    char name[JSON_QUOTED];

    if (node == JSON_END)
        return;
    iamp_parse_find(p, IAM_ERROR,
        p->kind == IAM_SERVICE_CONTROL_POLICY ? "SCP_SYNTAX_ERROR_PRINCIPAL"
                                              : "UNSUPPORTED_PRINCIPAL",
        node, AT_KEY, "%s must not have \"%s\"", p->rules->name,
        iamp_json_quote(node_of(p, node)->key, name));
    s->undecidable = true;
}

void iamp_parse_principals(
    parser *p, doc_statement *s, json_ref principal, json_ref not_principal)
{
    bool trust = iamp_parse_trusts(p, s);
    json_ref node = principal != JSON_END ? principal : not_principal;
    bool good;

    if (!p->rules->has_principal) {
        refuse_principal(p, s, principal);
        refuse_principal(p, s, not_principal);
        return;
    }
    s->has_principal = true;
    s->not_principal = principal == JSON_END && not_principal != JSON_END;
    good = check_presence(p, s->node, principal, not_principal) &&
           parse_element(p, s, node, trust);
    if (!good) {
        /* Not known for whom: for everybody. */
        s->undecidable = s->not_principal = true;
        s->principal_count = 0;
    } else if (s->not_principal && !s->deny) {
        iamp_parse_find(p, IAM_WARNING, "ALLOW_WITH_NOT_PRINCIPAL", node,
            AT_KEY,
            "\"Allow\" with \"NotPrincipal\" allows everybody else, anonymous "
            "callers included; AWS supports it with \"Deny\" only");
    }
}

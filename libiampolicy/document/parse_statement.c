/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_statement.c - one statement: its elements, and which must be there
 * (A.2, A.3).
 */
#include "document/parse_parts.h"

/* The elements of a statement, in the order of the grammar. */
typedef enum element {
    SID,
    PRINCIPAL,
    NOT_PRINCIPAL,
    EFFECT,
    ACTION,
    NOT_ACTION,
    RESOURCE,
    NOT_RESOURCE,
    CONDITION,
    ELEMENT_COUNT
} element;

static const char *const names[ELEMENT_COUNT] = {"Sid", "Principal",
    "NotPrincipal", "Effect", "Action", "NotAction", "Resource", "NotResource",
    "Condition"};

static void note_misspelled(parser *p, element meant)
{
    if (meant == ACTION || meant == NOT_ACTION)
        p->misspelled |= NO_ACTION;
    if (meant == RESOURCE || meant == NOT_RESOURCE)
        p->misspelled |= NO_RESOURCE;
    if (meant == PRINCIPAL || meant == NOT_PRINCIPAL)
        p->misspelled |= NO_PRINCIPAL;
}

/* *effect gets the member, if it is that which was meant. */
static void find_unknown(parser *p, json_ref member, json_ref *effect)
{
    text key = node_of(p, member)->key;
    char quoted[JSON_QUOTED];
    const char *meant = NULL;
    bool folded = false;

    for (element e = SID; e < ELEMENT_COUNT; e++) {
        text name = iamp_text_of(names[e], IAM_NTS);

        if (!iamp_text_resembles(key, name))
            continue;
        meant = names[e];
        folded = iamp_text_eq_fold(key, name);
        note_misspelled(p, e);
        if (e == EFFECT)
            *effect = member;
    }
    iamp_json_quote(key, quoted);
    iamp_parse_find(p, IAM_ERROR, "INVALID_POLICY_ELEMENT", member, AT_KEY,
        meant ? "a statement has no element \"%s\"; it is spelled \"%s\""
              : "a statement has no element \"%s\"; its elements are \"Sid\", "
                "\"Effect\", \"Condition\", and \"Principal\", \"Action\", "
                "\"Resource\" or their \"Not\" forms",
        quoted, meant);
    if (folded)
        iamp_parse_find(p, IAM_OPEN_RULE, "A2.9", member, AT_KEY,
            "whether elements are known in another letter case is not "
            "documented: \"%s\" was taken as unknown",
            quoted);
}

/* Where each element stands, or JSON_END; false if there are unknown ones.
 * *effect: one that is meant to be Effect, or JSON_END. */
static bool find_elements(
    parser *p, json_ref node, json_ref where[ELEMENT_COUNT], json_ref *effect)
{
    bool good = true;

    *effect = JSON_END;
    p->misspelled = 0;
    for (element e = SID; e < ELEMENT_COUNT; e++)
        where[e] = JSON_END;
    for (json_ref at = node_of(p, node)->first; at != JSON_END;
         at = node_of(p, at)->next) {
        element e = SID;

        while (e < ELEMENT_COUNT &&
               !text_eq(node_of(p, at)->key, iamp_text_of(names[e], IAM_NTS)))
            e++;
        if (e < ELEMENT_COUNT) {
            where[e] = at;
        } else {
            find_unknown(p, at, effect);
            good = false;
        }
    }
    return good;
}

/* A2.7.  A Sid decides nothing, so a bad one leaves the rest as it is. */
static void parse_sid(parser *p, json_ref node, doc_statement *out)
{
    const json_node *n = node_of(p, node);
    char found[DESCRIBED];

    if (n->kind != JSON_KIND_STRING) {
        iamp_parse_find(p, IAM_ERROR, "DATA_TYPE_MISMATCH", node, AT_VALUE,
            "\"Sid\" must be a string, not %s",
            iamp_parse_describe(p, node, found));
        return;
    }
    out->has_sid = true;
    out->sid = n->value;
    if (n->value.len == 0)
        iamp_parse_find(p, IAM_SUGGESTION, "EMPTY_SID_VALUE", node, AT_VALUE,
            "an empty \"Sid\" can be left out");
    else if (p->rules->iam && !iamp_parse_lexical(p, LEX_SID, n->value))
        iamp_parse_find(p, IAM_ERROR, "UNSUPPORTED_SID", node, AT_VALUE,
            "\"Sid\" of %s must have letters and digits only, not %s",
            p->rules->name, iamp_parse_describe(p, node, found));
}

static void parse_effect(
    parser *p, json_ref node, json_ref meant, doc_statement *out)
{
    const json_node *n;
    char found[DESCRIBED], quoted[JSON_QUOTED];

    if (node == JSON_END && meant != JSON_END) {
        iamp_parse_fatal(p, "MISSING_EFFECT", meant, AT_KEY,
            "a statement must have an \"Effect\"; \"%s\" is none",
            iamp_json_quote(node_of(p, meant)->key, quoted));
        return;
    }
    if (node == JSON_END) {
        iamp_parse_fatal(p, "MISSING_EFFECT", out->node, AT_VALUE,
            "a statement must have an \"Effect\"");
        return;
    }
    n = node_of(p, node);
    out->deny = !text_eq(n->value, TEXT("Allow"));
    if (n->kind == JSON_KIND_STRING &&
        (!out->deny || text_eq(n->value, TEXT("Deny"))))
        return;
    iamp_parse_fatal(p,
        n->kind == JSON_KIND_STRING ? "INVALID_EFFECT" : "DATA_TYPE_MISMATCH",
        node, AT_VALUE, "\"Effect\" must be \"Allow\" or \"Deny\", not %s",
        iamp_parse_describe(p, node, found));
}

static void find_both(parser *p, json_ref node, const char *one)
{
    iamp_parse_find(p, IAM_ERROR, "UNSUPPORTED_ELEMENT_COMBINATION", node,
        AT_KEY, "a statement must not have both \"%s\" and \"Not%s\"", one,
        one);
}

static json_ref later(json_ref a, json_ref b)
{
    return a > b ? a : b; /* nodes are in the order of the text */
}

static bool parse_action(
    parser *p, const json_ref where[ELEMENT_COUNT], doc_statement *out)
{
    json_ref yes = where[ACTION], no = where[NOT_ACTION];
    bool good;

    if (yes == JSON_END && no == JSON_END) {
        if (!(p->misspelled & NO_ACTION))
            iamp_parse_find(p, IAM_ERROR, "MISSING_ACTION", out->node, AT_VALUE,
                "a statement must have an \"Action\" or a \"NotAction\"");
        return false;
    }
    if (yes != JSON_END && no != JSON_END) {
        find_both(p, later(yes, no), "Action");
        return false;
    }
    out->not_action = yes == JSON_END;
    good = iamp_parse_actions(
        p, out->not_action ? no : yes, out->not_action, &out->actions);
    if (out->not_action && p->kind == IAM_RESOURCE_CONTROL_POLICY) {
        iamp_parse_find(p, IAM_ERROR, "RCP_SYNTAX_ERROR_NOTACTION", no, AT_KEY,
            "a resource control policy must not have \"NotAction\"");
    }
    return good;
}

/* What cannot be known is every action: nothing is excepted. */
static void every_action(doc_statement *out)
{
    out->undecidable = out->not_action = true;
    out->actions = (doc_list){.given = true, .node = out->node};
}

static void every_resource(doc_statement *out)
{
    out->undecidable = out->not_resource = true;
    out->resources = (doc_list){.given = true, .node = out->node};
}

bool iamp_parse_trusts(const parser *p, const doc_statement *s)
{
    if (p->rules->trust)
        return true;
    if (p->kind != IAM_RESOURCE_POLICY || s->not_action)
        return false;
    for (size_t i = 0; i < s->actions.count; i++) {
        text action = s->actions.items[i].text;

        if (action.len < 4 ||
            !iamp_text_eq_fold(text_slice(action, 0, 4), TEXT("sts:")))
            return false;
    }
    return s->actions.count > 0;
}

static bool refuse_resource(parser *p, json_ref yes, json_ref no)
{
    json_ref node = yes != JSON_END ? yes : no;
    char name[JSON_QUOTED];

    iamp_parse_find(p, IAM_ERROR, "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",
        node, AT_KEY, "%s must not have \"%s\"", p->rules->name,
        iamp_json_quote(node_of(p, node)->key, name));
    return false;
}

static bool parse_resource(
    parser *p, const json_ref where[ELEMENT_COUNT], doc_statement *out)
{
    json_ref yes = where[RESOURCE], no = where[NOT_RESOURCE];

    if (yes == JSON_END && no == JSON_END) {
        if (iamp_parse_trusts(p, out))
            return true;
        if (!(p->misspelled & NO_RESOURCE))
            iamp_parse_find(p, IAM_ERROR, "MISSING_RESOURCE", out->node,
                AT_VALUE,
                "a statement of %s must have a \"Resource\" or a "
                "\"NotResource\"",
                p->rules->name);
        /* Registries, queues and file systems store policies without one:
         * what they hang on is the resource. */
        return p->kind == IAM_RESOURCE_POLICY;
    }
    if (p->rules->trust)
        return refuse_resource(p, yes, no);
    if (yes != JSON_END && no != JSON_END) {
        find_both(p, later(yes, no), "Resource");
        return false;
    }
    out->not_resource = yes == JSON_END;
    return iamp_parse_resources(
        p, out->not_resource ? no : yes, out->not_resource, &out->resources);
}

static bool is_single(const doc_list *list, text t)
{
    return list->count == 1 && text_eq(list->items[0].text, t);
}

/* Customers' RCPs may only deny, and name the service (A.9).  What they must
 * not say has a meaning all the same, and is evaluated as it stands. */
static void check_rcp_actions(parser *p, const doc_statement *s)
{
    for (size_t i = 0; i < s->actions.count; i++) {
        text action = s->actions.items[i].text;
        text prefix = text_slice(action, 0, iamp_text_find(action, ':'));

        if (iamp_text_find(prefix, '*') < prefix.len ||
            iamp_text_find(prefix, '?') < prefix.len)
            iamp_parse_find(p, IAM_ERROR, "RCP_SYNTAX_ERROR_ACTION",
                s->actions.items[i].node, AT_VALUE,
                "an action of a resource control policy must begin with the "
                "prefix of a service, not with a wildcard");
    }
}

static void check_rcp(parser *p, const doc_statement *s)
{
    bool everybody = s->principal_count == 1 && !s->not_principal;

    if (p->kind != IAM_RESOURCE_CONTROL_POLICY)
        return;
    if (s->deny) {
        check_rcp_actions(p, s);
        return;
    }
    if (everybody && !s->not_action && is_single(&s->actions, TEXT("*")) &&
        !s->not_resource && is_single(&s->resources, TEXT("*")) &&
        s->condition_count == 0 && !s->undecidable)
        return;
    iamp_parse_find(p, IAM_ERROR, "RCP_SYNTAX_ERROR_ALLOW", s->node, AT_VALUE,
        "an \"Allow\" of a resource control policy must be that of "
        "RCPFullAWSAccess: every principal, action and resource without "
        "condition");
}

void iamp_parse_statement(parser *p, json_ref node, doc_statement *out)
{
    json_ref where[ELEMENT_COUNT], effect;

    *out = (doc_statement){.node = node};
    out->undecidable = !find_elements(p, node, where, &effect);
    if (where[SID] != JSON_END)
        parse_sid(p, where[SID], out);
    parse_effect(p, where[EFFECT], effect, out);
    if (!parse_action(p, where, out))
        every_action(out);
    if (!parse_resource(p, where, out))
        every_resource(out);
    iamp_parse_principals(p, out, where[PRINCIPAL], where[NOT_PRINCIPAL]);
    if (where[CONDITION] != JSON_END)
        iamp_parse_conditions(p, out, where[CONDITION]);
    check_rcp(p, out);
}

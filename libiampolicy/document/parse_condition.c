/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_condition.c - Condition: operators, keys and their values (B.1, B.3).
 *
 * A condition that cannot be evaluated is left out of an undecidable
 * statement: as a Deny it applies whatever that condition says.  A value that
 * its operator cannot use is something else: it never matches.
 */
#include "document/parse_parts.h"
#include "value/ipaddr.h"
#include "value/scalar.h"

static void invalid(
    parser *p, const doc_value *value, const char *code, const char *must)
{
    char found[DESCRIBED];

    iamp_parse_find(p, IAM_ERROR, code, value->node, AT_VALUE, "%s, not %s",
        must, iamp_parse_describe(p, value->node, found));
}

static bool only_digits(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (!ascii_digit(t.ptr[i]))
            return false;
    return t.len > 0;
}

static void check_date(parser *p, const doc_value *value)
{
    instant ignored;

    if (!iamp_instant_parse(value->text, &ignored))
        invalid(p, value, "TYPE_MISMATCH_DATE",
            "a value of a date operator must be a date such as "
            "\"2026-01-31T00:00:00Z\"");
    else if (only_digits(value->text) && value->text.len == 4)
        iamp_parse_find(p, IAM_OPEN_RULE, "B.3.3", value->node, AT_VALUE,
            "whether a bare integer of four digits is a year is not "
            "documented: it was taken as seconds since 1970");
    else if (iamp_text_find(value->text, '-') == value->text.len ||
             only_digits(text_from(value->text, 1)))
        iamp_parse_find(p, IAM_WARNING, "INVALID_DATE_VALUE", value->node,
            AT_VALUE, "seconds since 1970 are better written as a date");
}

static void check_address(parser *p, const doc_value *value)
{
    ipblock block;

    if (!iamp_ipblock_parse(value->text, &block))
        invalid(p, value, "TYPE_MISMATCH_IP_RANGE",
            "a value of an address operator must be an IP address or a CIDR "
            "block");
    else if (iamp_ipaddr_is_mapped(&block.first))
        iamp_parse_find(p, IAM_OPEN_RULE, "B.3.6", value->node, AT_VALUE,
            "whether an IPv4-mapped address matches IPv4 is not documented: "
            "it was taken as IPv6 only");
}

static void check_bytes(parser *p, const doc_value *value)
{
    text ignored;
    bool valid = true;

    if (iamp_bytes_decode(value->text, &ignored, &valid, &p->scratch) != IAM_OK)
        p->failed = true;
    if (!valid)
        iamp_parse_find(p, IAM_WARNING, "TYPE_MISMATCH", value->node, AT_VALUE,
            "a value of BinaryEquals must be base64, or it matches nothing");
}

static void check_bool(parser *p, const doc_value *value, const char *must)
{
    bool ignored;

    if (!iamp_bool_parse(value->text, &ignored))
        invalid(p, value, "TYPE_MISMATCH_BOOLEAN", must);
}

static void check_number(parser *p, const doc_value *value)
{
    decimal ignored;

    if (!iamp_decimal_parse(value->text, &ignored))
        invalid(p, value, "TYPE_MISMATCH_NUMBER",
            "a value of a numeric operator must be a decimal number");
}

static size_t count_colons(text t)
{
    size_t count = 0;

    for (size_t i = 0; i < t.len; i++)
        count += t.ptr[i] == ':';
    return count;
}

static void check_arn(parser *p, const doc_value *value)
{
    char quoted[JSON_QUOTED];

    if (text_eq(value->text, TEXT("*")))
        iamp_parse_find(p, IAM_OPEN_RULE, "B.3.7", value->node, AT_VALUE,
            "whether \"*\" matches every ARN is not documented: it was taken "
            "to match none, having fewer than six parts");
    else if (count_colons(value->text) < 5)
        iamp_parse_find(p, IAM_WARNING, "TYPE_MISMATCH", value->node, AT_VALUE,
            "\"%s\" has fewer than the six parts of an ARN: it matches nothing",
            iamp_json_quote(value->text, quoted));
}

static void check_by_base(parser *p, const doc_value *value, operator_base base)
{
    switch (base) {
    case OP_STRING_EQUALS:
    case OP_STRING_EQUALS_FOLD:
    case OP_STRING_LIKE:
        break;
    case OP_NUMERIC_EQUALS:
    case OP_NUMERIC_LESS:
    case OP_NUMERIC_LESS_EQUALS:
    case OP_NUMERIC_GREATER:
    case OP_NUMERIC_GREATER_EQUALS:
        check_number(p, value);
        break;
    case OP_DATE_EQUALS:
    case OP_DATE_LESS:
    case OP_DATE_LESS_EQUALS:
    case OP_DATE_GREATER:
    case OP_DATE_GREATER_EQUALS:
        check_date(p, value);
        break;
    case OP_BOOL:
        check_bool(p, value, "a value of Bool must be \"true\" or \"false\"");
        break;
    case OP_BINARY_EQUALS:
        check_bytes(p, value);
        break;
    case OP_IP_ADDRESS:
        check_address(p, value);
        break;
    case OP_ARN_LIKE:
        check_arn(p, value);
        break;
    case OP_NULL:
        check_bool(p, value, "a value of Null must be \"true\" or \"false\"");
        break;
    }
}

static bool check_value(parser *p, const doc_value *value, void *user)
{
    const operator_name *op = user;
    operator_base base = (operator_base)op->base;
    template_parts parts = {0};
    char quoted[JSON_QUOTED];

    if (iamp_operator_takes_variables(base)) {
        if (!iamp_parse_variables(p, value->text, value->node, &parts))
            return false;
        if (!p->version_2012)
            parts.has_variable = false;
    } else if (p->version_2012 && may_have_variable(value->text)) {
        iamp_parse_find(p, IAM_ERROR, "INVALID_VARIABLE_FOR_OPERATOR",
            value->node, AT_VALUE,
            "\"%s\" has a policy variable, which this operator does not take: "
            "it matches nothing",
            iamp_json_quote(value->text, quoted));
        return true;
    }
    if (base == OP_BOOL && parts.has_variable)
        iamp_parse_find(p, IAM_OPEN_RULE, "C.2", value->node, AT_VALUE,
            "the pages disagree on whether Bool takes policy variables: it "
            "was taken to");
    else
        check_by_base(p, value, base);
    return true;
}

/* --- keys ----------------------------------------------------------------- */

static bool lacks_tag(text key)
{
    return key.len > 4 &&
           iamp_text_eq_fold(text_from(key, key.len - 4), TEXT("tag/"));
}

static void check_key(parser *p, json_ref member)
{
    text key = node_of(p, member)->key;
    char quoted[JSON_QUOTED];

    iamp_json_quote(key, quoted);
    if (lacks_tag(key))
        iamp_parse_find(p, IAM_ERROR, "MISSING_TAG_KEY_IN_CONDITION", member,
            AT_KEY, "\"%s\" must be followed by the key of a tag", quoted);
    else if (may_have_variable(key))
        iamp_parse_find(p, IAM_WARNING, "VARIABLE_UNSUPPORTED_IN_ELEMENT",
            member, AT_KEY,
            "\"%s\" has a policy variable, which the name of a condition key "
            "cannot have",
            quoted);
    else if (!iamp_parse_lexical(p, LEX_CONDITION_KEY, key))
        iamp_parse_find(p, IAM_WARNING, "INVALID_CONDITION_KEY_FORMAT", member,
            AT_KEY,
            "a condition key is a prefix, a colon and a name; no request has "
            "\"%s\"",
            quoted);
}

static void find_empty(parser *p, json_ref node, const operator_name *op)
{
    if (op->set == SET_FOR_ALL_VALUES) {
        iamp_parse_find(p, IAM_SUGGESTION, "EMPTY_ARRAY_CONDITION_FORALLVALUES",
            node, AT_VALUE,
            "an empty list of values: true only if the key is missing");
    } else if (op->set == SET_FOR_ANY_VALUE) {
        iamp_parse_find(p, IAM_SUGGESTION, "EMPTY_ARRAY_CONDITION_FORANYVALUE",
            node, AT_VALUE, "an empty list of values: never true");
    } else if (op->if_exists) {
        iamp_parse_find(p, IAM_SUGGESTION, "EMPTY_ARRAY_CONDITION_IFEXISTS",
            node, AT_VALUE,
            "an empty list of values: true only if the key is missing");
    } else {
        iamp_parse_find(p, IAM_SUGGESTION, "EMPTY_ARRAY_CONDITION", node,
            AT_VALUE, "an empty list of values");
        iamp_parse_find(p, IAM_OPEN_RULE, "A.4", node, AT_VALUE,
            "what an empty list of values means is not documented: no value "
            "was taken to match");
    }
}

/* One key under one operator; false: it cannot be evaluated. */
static bool parse_key(parser *p, json_ref operator_ref, json_ref member,
    operator_name op, doc_condition *out)
{
    *out = (doc_condition){.written = node_of(p, operator_ref)->key,
        .op = op,
        .key = node_of(p, member)->key,
        .node = member};
    check_key(p, member);
    if (!iamp_parse_list(p, member, ANY_SCALAR, check_value, &op, &out->values))
        return false;
    if (out->values.count == 0)
        find_empty(p, member, &op);
    return true;
}

/* The names of an object's members in a row. */
static const twin *find_twins(parser *p, json_ref object)
{
    text *keys = ARENA_ARRAY(&p->scratch, text, node_of(p, object)->count);
    size_t count = 0;

    if (!keys) {
        p->failed = true;
        return NULL;
    }
    for (json_ref at = node_of(p, object)->first; at != JSON_END;
         at = node_of(p, at)->next)
        keys[count++] = node_of(p, at)->key;
    return iamp_parse_twins(p, keys, count, true);
}

/* A1.5: names that differ by letter case are one name, twice. */
static void find_twin_key(parser *p, json_ref member)
{
    char quoted[JSON_QUOTED];

    iamp_parse_find(p, IAM_ERROR, "DUPLICATE_KEYS_WITH_DIFFERENT_CASE", member,
        AT_KEY, "\"%s\" stands here in another letter case already",
        iamp_json_quote(node_of(p, member)->key, quoted));
}

/* --- operators ------------------------------------------------------------ */

static void parse_keys(parser *p, doc_statement *s, doc_condition *to,
    json_ref operator_ref, operator_name op)
{
    const twin *twins = find_twins(p, operator_ref);
    size_t index = 0;

    for (json_ref at = node_of(p, operator_ref)->first; twins && at != JSON_END;
         at = node_of(p, at)->next, index++) {
        bool good = parse_key(p, operator_ref, at, op, &to[s->condition_count]);

        if (twins[index] == TWIN_LATER)
            find_twin_key(p, at);
        if (good && twins[index] == TWIN_NONE)
            s->condition_count++;
        else
            s->undecidable = true;
    }
}

static bool find_operator(parser *p, json_ref node, operator_name *op)
{
    text name = node_of(p, node)->key;
    char quoted[JSON_QUOTED], proper[OPERATOR_TEXT];

    iamp_json_quote(name, quoted);
    if (!iamp_operator_find(name, op)) {
        iamp_parse_find(p, IAM_ERROR, "INVALID_CONDITION_OPERATOR", node,
            AT_KEY,
            "there is no condition operator \"%s\"; there are those of "
            "String, Numeric, Date, Bool, BinaryEquals, IpAddress, Arn and "
            "Null",
            quoted);
        return false;
    }
    if (op->base == OP_NULL && op->if_exists) {
        iamp_parse_find(p, IAM_ERROR, "NULL_WITH_IF_EXISTS", node, AT_KEY,
            "\"Null\" must not have the suffix IfExists");
        return false;
    }
    iamp_operator_print(op, proper);
    if (!op->canonical)
        iamp_parse_find(p, IAM_OPEN_RULE, "B1.7", node, AT_KEY,
            "operators are documented in one letter case only: \"%s\" was "
            "taken as %s",
            quoted, proper);
    if (op->base == OP_NULL && op->set != SET_NONE)
        iamp_parse_find(p, IAM_SUGGESTION, "NULL_WITH_QUALIFIER", node, AT_KEY,
            "\"%s\" is always %s", quoted,
            op->set == SET_FOR_ALL_VALUES ? "true" : "false");
    return true;
}

/* One operator with its keys; false: it cannot be evaluated. */
static bool parse_operator(parser *p, doc_statement *s, doc_condition *to,
    json_ref node, twin twin_kind)
{
    operator_name op;
    char found[DESCRIBED];
    bool known = find_operator(p, node, &op);

    if (twin_kind == TWIN_LATER) {
        find_twin_key(p, node);
        iamp_parse_find(p, IAM_OPEN_RULE, "A1.6", node, AT_KEY,
            "whether operators that differ by letter case are duplicates is "
            "not documented: they were taken as such");
    }
    if (node_of(p, node)->kind != JSON_KIND_OBJECT) {
        iamp_parse_find(p, IAM_ERROR, "DATA_TYPE_MISMATCH", node, AT_VALUE,
            "a condition operator must have an object of keys and values, "
            "not %s",
            iamp_parse_describe(p, node, found));
        return false;
    }
    if (!known || twin_kind != TWIN_NONE)
        return false;
    if (node_of(p, node)->count == 0)
        iamp_parse_find(p, IAM_SUGGESTION, "EMPTY_OBJECT_CONDITION", node,
            AT_VALUE, "an operator without keys is as if it were not there");
    parse_keys(p, s, to, node, op);
    return true;
}

static size_t count_keys(const parser *p, json_ref node)
{
    size_t count = 0;

    for (json_ref at = node_of(p, node)->first; at != JSON_END;
         at = node_of(p, at)->next)
        count += node_of(p, at)->count;
    return count;
}

void iamp_parse_conditions(parser *p, doc_statement *s, json_ref node)
{
    doc_condition *to;
    const twin *twins;
    size_t index = 0;
    char found[DESCRIBED];

    if (node_of(p, node)->kind != JSON_KIND_OBJECT) {
        iamp_parse_find(p, IAM_ERROR, "DATA_TYPE_MISMATCH", node, AT_VALUE,
            "\"Condition\" must be an object of operators, not %s",
            iamp_parse_describe(p, node, found));
        s->undecidable = true;
        return;
    }
    if (node_of(p, node)->count == 0)
        iamp_parse_find(p, IAM_SUGGESTION, "EMPTY_OBJECT_CONDITION", node,
            AT_VALUE, "an empty \"Condition\" is as if it were not there");
    /* One more: a condition that is dropped is written, and overwritten. */
    to = ARENA_ARRAY(p->mem, doc_condition, count_keys(p, node) + 1);
    twins = find_twins(p, node);
    p->failed |= !to;
    s->conditions = to;
    for (json_ref at = node_of(p, node)->first; to && twins && at != JSON_END;
         at = node_of(p, at)->next, index++)
        if (!parse_operator(p, s, to, at, twins[index]))
            s->undecidable = true;
}

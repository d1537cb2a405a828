/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_value.c - lists of values; actions (A.6), resources (A.7), variables
 * (C.1).
 */
#include "document/parse_parts.h"

static bool scalar(const json_node *n, value_types types)
{
    switch ((json_kind)n->kind) {
    case JSON_KIND_STRING:
        return true;
    case JSON_KIND_FALSE:
    case JSON_KIND_TRUE:
    case JSON_KIND_NUMBER:
        return types == ANY_SCALAR;
    case JSON_KIND_NULL:
    case JSON_KIND_ARRAY:
    case JSON_KIND_OBJECT:
        break;
    }
    return false;
}

/* In the words of the element or the condition key that the value is of. */
static void mismatch(parser *p, json_ref node, value_types types)
{
    json_ref parent = node_of(p, node)->parent;
    bool inside =
        parent != JSON_END && node_of(p, parent)->kind == JSON_KIND_ARRAY;
    const char *must = types == STRINGS_ONLY
                           ? "a string"
                           : "a string, a number, true or false";
    char found[DESCRIBED], name[JSON_QUOTED];

    iamp_json_quote(node_of(p, inside ? parent : node)->key, name);
    iamp_parse_find(p, IAM_ERROR, "DATA_TYPE_MISMATCH", node, AT_VALUE,
        "%s\"%s\" must be %s%s, not %s", inside ? "a value of " : "", name,
        must, inside ? "" : ", or a list of them",
        iamp_parse_describe(p, node, found));
}

bool iamp_parse_list(parser *p, json_ref node, value_types types,
    value_check check, void *user, doc_list *out)
{
    const json_node *n = node_of(p, node);
    bool list = n->kind == JSON_KIND_ARRAY;
    size_t room = list ? n->count : 1;
    doc_value *items = ARENA_ARRAY(p->mem, doc_value, room);
    bool good = true;

    *out = (doc_list){.items = items, .given = true, .node = node};
    if (!items) {
        p->failed = true;
        return false;
    }
    for (json_ref at = list ? n->first : node; at != JSON_END;
         at = list ? node_of(p, at)->next : JSON_END) {
        if (!scalar(node_of(p, at), types)) {
            mismatch(p, at, types);
            good = false;
            continue;
        }
        items[out->count] = (doc_value){node_of(p, at)->value, at};
        good &= check(p, &items[out->count], user);
        out->count++;
    }
    return good;
}

/* Everything: what an element stands for that cannot be evaluated. */
static void become_everything(doc_list *list)
{
    list->count = 0;
}

/* --- variables ------------------------------------------------------------ */

static void find_fault(parser *p, template_fault fault, text t, json_ref node)
{
    char quoted[JSON_QUOTED];
    const char *code = NULL, *what = NULL;

    iamp_json_quote(t, quoted);
    switch (fault) {
    case TEMPLATE_OK:
        return;
    case TEMPLATE_EMPTY_VARIABLE:
        code = "EMPTY_VARIABLE";
        what = "a policy variable without a name";
        break;
    case TEMPLATE_MISSING_BRACE:
        code = "MISSING_BRACE_IN_VARIABLE";
        what = "a policy variable without its closing brace";
        break;
    case TEMPLATE_SPACE:
        code = "UNSUPPORTED_SPACE_IN_VARIABLE";
        what = "a space in the name of a policy variable";
        break;
    case TEMPLATE_MISSING_QUOTE:
        code = "MISSING_QUOTE_IN_VARIABLE";
        what = "a default that does not stand in single quotes behind a comma "
               "and one space";
        break;
    case TEMPLATE_BAD_DEFAULT:
        code = "INVALID_DEFAULT_IN_VARIABLE";
        what = "a default with a quote, a brace or a variable inside";
        iamp_parse_find(p, IAM_OPEN_RULE, "C1.4", node, AT_VALUE,
            "what a default with a quote, a brace or a variable inside means "
            "is not documented: it was taken as invalid");
        break;
    }
    iamp_parse_find(
        p, IAM_ERROR, code, node, AT_VALUE, "\"%s\" has %s", quoted, what);
}

bool iamp_parse_variables(
    parser *p, text t, json_ref node, template_parts *parts)
{
    variable_table table = {0};
    char quoted[JSON_QUOTED];

    *parts = (template_parts){0};
    if (!may_have_variable(t))
        return true;
    if (iamp_template_parse(parts, t, true, &table, &p->scratch) != IAM_OK) {
        p->failed = true;
        return false;
    }
    if (!p->version_2012) {
        if (parts->has_variable)
            iamp_parse_find(p, IAM_WARNING, "VARIABLE_UNSUPPORTED_IN_VERSION",
                node, AT_VALUE,
                "\"%s\" is plain text here: variables need \"Version\": "
                "\"2012-10-17\"",
                iamp_json_quote(t, quoted));
        return true;
    }
    find_fault(p, parts->fault, t, node);
    if (parts->empty_default)
        iamp_parse_find(p, IAM_OPEN_RULE, "C1.4", node, AT_VALUE,
            "what an empty default means is not documented: it was taken as "
            "the empty text");
    return parts->fault != TEMPLATE_BAD_DEFAULT;
}

/* --- actions -------------------------------------------------------------- */

static bool only_stars(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] != '*')
            return false;
    return t.len > 0;
}

static bool prefix_char(char c)
{
    unsigned char lower = ascii_lower(c);

    return ascii_digit(c) || (lower >= 'a' && lower <= 'z') || c == '-' ||
           c == '.' || c == '*' || c == '?';
}

static bool prefix_valid(text prefix)
{
    for (size_t i = 0; i < prefix.len; i++)
        if (!prefix_char(prefix.ptr[i]))
            return false;
    return prefix.len > 0;
}

static void check_action_text(parser *p, const doc_value *value, size_t colon)
{
    text prefix = text_slice(value->text, 0, colon);
    text name = text_from(value->text, colon + 1);
    char quoted[JSON_QUOTED];

    iamp_json_quote(value->text, quoted);
    if (may_have_variable(value->text))
        iamp_parse_find(p, IAM_ERROR, "VARIABLE_UNSUPPORTED_IN_ELEMENT",
            value->node, AT_VALUE,
            "\"%s\" has a policy variable, which an action cannot have",
            quoted);
    else if (!prefix_valid(prefix))
        iamp_parse_find(p, IAM_ERROR, "INVALID_ACTION", value->node, AT_VALUE,
            "\"%s\" must begin with a service's prefix of letters, digits and "
            "hyphens",
            quoted);
    else if (iamp_text_find(name, ':') < name.len)
        iamp_parse_find(p, IAM_ERROR, "INVALID_ACTION", value->node, AT_VALUE,
            "\"%s\" has more than one colon", quoted);
    else if (has_wildcard(prefix))
        iamp_parse_find(p, IAM_OPEN_RULE, "A6.5", value->node, AT_VALUE,
            "whether a wildcard in the service prefix of \"%s\" works is not "
            "documented: it was taken as one",
            quoted);
    else if (iamp_text_find(prefix, '.') == prefix.len &&
             !iamp_parse_lexical(p, LEX_ACTION, value->text))
        iamp_parse_find(p, IAM_WARNING, "INVALID_ACTION", value->node, AT_VALUE,
            "\"%s\" matches no action", quoted);
}

static bool check_action(parser *p, const doc_value *value, void *user)
{
    size_t colon = iamp_text_find(value->text, ':');
    char quoted[JSON_QUOTED];

    (void)user;
    if (only_stars(value->text))
        return true;
    if (colon == value->text.len) {
        iamp_parse_find(p, IAM_ERROR, "INVALID_ACTION", value->node, AT_VALUE,
            "an action must be \"*\" or a service's prefix, a colon and a "
            "name, not \"%s\"",
            iamp_json_quote(value->text, quoted));
        return false;
    }
    check_action_text(p, value, colon);
    return true;
}

bool iamp_parse_actions(
    parser *p, json_ref node, bool not_action, doc_list *out)
{
    bool good = iamp_parse_list(p, node, STRINGS_ONLY, check_action, NULL, out);

    if (!good)
        become_everything(out);
    else if (out->count == 0 && not_action)
        iamp_parse_find(p, IAM_OPEN_RULE, "A.4", node, AT_VALUE,
            "what an empty NotAction means is not documented: it was taken as "
            "every action");
    else if (out->count == 0)
        iamp_parse_find(p, IAM_SUGGESTION, "EMPTY_ARRAY_ACTION", node, AT_VALUE,
            "an empty list of actions: the statement has no effect");
    return good;
}

/* --- resources ------------------------------------------------------------ */

/* The fields of an ARN, at the first five colons outside of variables. */
typedef struct arn_fields {
    text field[6];
    size_t count;
    bool variable_early; /* in one of the first five */
} arn_fields;

static void split(arn_fields *out, text t, bool variables)
{
    size_t start = 0;

    *out = (arn_fields){.count = 0};
    for (size_t at = 0; at < t.len && out->count < 5; at++) {
        if (variables && t.ptr[at] == '$' && at + 1 < t.len &&
            t.ptr[at + 1] == '{') {
            size_t brace = at + iamp_text_find(text_from(t, at), '}');

            if (brace == t.len)
                variables = false; /* not closed: literal text (C1.5) */
            else
                at = brace;
            out->variable_early |= variables;
        } else if (t.ptr[at] == ':') {
            out->field[out->count++] = text_slice(t, start, at);
            start = at + 1;
        }
    }
    out->field[out->count++] = text_from(t, start);
}

static void check_partition(parser *p, const doc_value *value, text partition)
{
    char quoted[JSON_QUOTED];

    iamp_json_quote(partition, quoted);
    if (may_have_variable(partition))
        return;
    if (has_wildcard(partition))
        iamp_parse_find(p, IAM_OPEN_RULE, "A.7.4", value->node, AT_VALUE,
            "wildcards in an ARN's partition are said not to be allowed, and "
            "are used: \"%s\" was taken as one",
            quoted);
    else if (!iamp_parse_lexical(p, LEX_PARTITION, partition))
        iamp_parse_find(p, IAM_ERROR, "INVALID_PARTITION", value->node,
            AT_VALUE, "there is no partition \"%s\"", quoted);
}

static bool has_upper(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (ascii_lower(t.ptr[i]) != (unsigned char)t.ptr[i])
            return true;
    return false;
}

static void check_service(parser *p, const doc_value *value, text service)
{
    char quoted[JSON_QUOTED];

    iamp_json_quote(service, quoted);
    if (may_have_variable(service) || text_eq(service, TEXT("*")))
        return;
    if (has_wildcard(service))
        iamp_parse_find(p, IAM_SUGGESTION, "WILDCARD_IN_SERVICE_NAME",
            value->node, AT_VALUE, "a wildcard in the service \"%s\" of an ARN",
            quoted);
    else if (has_upper(service))
        iamp_parse_find(p, IAM_WARNING, "INVALID_ARN_SERVICE_CASE", value->node,
            AT_VALUE,
            "the service of an ARN is written in lower case, not \"%s\"",
            quoted);
}

/* The kinds of resources that IAM knows. */
static bool iam_resource(text resource)
{
    static const char *const kinds[] = {"access-report", "federated-user",
        "group", "instance-profile", "mfa", "oidc-provider", "policy", "report",
        "role", "saml-provider", "server-certificate", "sms-mfa", "user"};
    text kind = text_slice(resource, 0, iamp_text_find(resource, '/'));

    if (has_wildcard(kind) || may_have_variable(kind) ||
        text_eq(resource, TEXT("root")))
        return true;
    for (size_t i = 0; i < COUNT_OF(kinds) && kind.len < resource.len; i++)
        if (text_eq(kind, iamp_text_of(kinds[i], IAM_NTS)))
            return true;
    return false;
}

/* What is refused on create of resources whose form IAM knows (A.10). */
static void check_known(parser *p, const doc_value *value, const arn_fields *f)
{
    bool iam = f->count > 2 && text_eq(f->field[2], TEXT("iam"));
    bool bucket = f->count == 6 && text_eq(f->field[2], TEXT("s3")) &&
                  f->field[4].len == 0;
    char quoted[JSON_QUOTED];

    if ((iam || bucket) && f->count > 3 && f->field[3].len > 0 &&
        !has_wildcard(f->field[3]) && !may_have_variable(f->field[3]))
        iamp_parse_find(p, IAM_ERROR, "ARN_REGION_NOT_ALLOWED", value->node,
            AT_VALUE, "an ARN of %s has no region, not \"%s\"",
            iam ? "IAM" : "a bucket", iamp_json_quote(f->field[3], quoted));
    else if (iam && f->count == 6 && !iam_resource(f->field[5]))
        iamp_parse_find(p, IAM_ERROR, "INVALID_ARN_RESOURCE", value->node,
            AT_VALUE,
            "an ARN of IAM must end in \"*\" or in a kind such as \"role/\" "
            "and a name, not in \"%s\"",
            iamp_json_quote(f->field[5], quoted));
}

static bool refuse_short(parser *p, const doc_value *value)
{
    char quoted[JSON_QUOTED];

    iamp_parse_find(p, IAM_ERROR, "MISSING_ARN_FIELD", value->node, AT_VALUE,
        "\"%s\" has fewer than the six fields of an ARN, which %s does not "
        "complete",
        iamp_json_quote(value->text, quoted), p->rules->name);
    return false;
}

/* A.7.2: fewer than six fields. */
static bool check_short(parser *p, const doc_value *value)
{
    text t = value->text;
    char quoted[JSON_QUOTED];
    bool open_end = t.ptr[t.len - 1] == '*';

    switch (p->kind) {
    case IAM_IDENTITY_POLICY:
    case IAM_PERMISSIONS_BOUNDARY:
        iamp_parse_find(p, IAM_WARNING, "MISSING_ARN_FIELD", value->node,
            AT_VALUE,
            "\"%s\" has fewer than the six fields of an ARN: \"*\" is taken "
            "for those that are missing",
            iamp_json_quote(t, quoted));
        return true;
    case IAM_SESSION_POLICY:
    case IAM_RESOURCE_CONTROL_POLICY:
        return refuse_short(p, value);
    case IAM_SERVICE_CONTROL_POLICY:
        return open_end || refuse_short(p, value);
    case IAM_RESOURCE_POLICY:
    case IAM_ENDPOINT_POLICY:
    case IAM_TRUST_POLICY:
        break;
    }
    if (!has_wildcard(t))
        iamp_parse_find(p, IAM_WARNING, "MISSING_ARN_FIELD", value->node,
            AT_VALUE,
            "\"%s\" has fewer than the six fields of an ARN: it matches "
            "nothing",
            iamp_json_quote(t, quoted));
    return true;
}

static bool check_resource(parser *p, const doc_value *value, void *user)
{
    template_parts parts;
    arn_fields f;
    char quoted[JSON_QUOTED];
    bool good;

    (void)user;
    if (text_eq(value->text, TEXT("*")))
        return true;
    if (only_stars(value->text)) { /* evaluated as "*" (A.7.5) */
        iamp_parse_find(p, IAM_ERROR, "INVALID_ARN_PREFIX", value->node,
            AT_VALUE, "a resource must be an ARN or \"*\", not \"%s\"",
            iamp_json_quote(value->text, quoted));
        return true;
    }
    if (!text_starts(value->text, TEXT("arn:"))) {
        iamp_parse_find(p, IAM_ERROR, "INVALID_ARN_PREFIX", value->node,
            AT_VALUE, "a resource must be an ARN or \"*\", not \"%s\"",
            iamp_json_quote(value->text, quoted));
        return false;
    }
    good = iamp_parse_variables(p, value->text, value->node, &parts);
    split(&f, value->text, p->version_2012);
    check_partition(p, value, f.field[1]);
    if (f.count > 2)
        check_service(p, value, f.field[2]);
    check_known(p, value, &f);
    if (f.variable_early)
        iamp_parse_find(p, IAM_OPEN_RULE, "C.2", value->node, AT_VALUE,
            "a variable before the fifth colon is said not to be allowed, and "
            "is used: it was taken as one");
    return (f.count == 6 || check_short(p, value)) && good;
}

bool iamp_parse_resources(
    parser *p, json_ref node, bool not_resource, doc_list *out)
{
    bool good =
        iamp_parse_list(p, node, STRINGS_ONLY, check_resource, NULL, out);

    if (!good)
        become_everything(out);
    else if (out->count == 0 && not_resource)
        iamp_parse_find(p, IAM_OPEN_RULE, "A.4", node, AT_VALUE,
            "what an empty NotResource means is not documented: it was taken "
            "as every resource");
    else if (out->count == 0)
        iamp_parse_find(p, IAM_SUGGESTION, "EMPTY_ARRAY_RESOURCE", node,
            AT_VALUE,
            "an empty list of resources: the statement has no effect");
    return good;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * condition.c - one condition against one request (semantics B).
 *
 * A negated operator is the negation of its positive one over the whole list
 * (B1.3), so each operator has one function, which asks whether some value of
 * the policy matches one value of the request.
 */
#include "eval/eval.h"

/* --- one request value against the policy's list ----------------------- */

static bool has_wildcard(text t)
{
    return iamp_text_find(t, '*') < t.len || iamp_text_find(t, '?') < t.len;
}

bool iamp_variable_value(const void *user, uint32_t number, text *out)
{
    const binding *b = user;
    const program_variable *v = &b->policy->variables[number];
    key_value found;

    if (iamp_request_find(b->request, &v->key, &found)) {
        /* C.3, C.4: a multivalued key has no value, and no default. */
        if (found.ambiguous && b->ambiguous)
            *b->ambiguous = true;
        if (found.list || found.ambiguous)
            return false;
        *out = found.values[0];
        if (b->trace && has_wildcard(*out))
            trace_rule(b->trace, RULE_WILDCARD_VALUE);
        return true;
    }
    *out = v->fallback;
    return v->has_fallback;
}

static bool glob_has_values(const glob *g, const binding *b)
{
    text ignored;

    for (uint32_t i = 0; g->variable && i < g->number; i++)
        if (g->of.tokens[i].type == GLOB_VARIABLE &&
            !iamp_variable_value(b, g->of.tokens[i].number, &ignored))
            return false;
    return true;
}

/* C.4: a negated operator holds when a variable of its list has no value. */
static void trace_valueless(const condition *c, const binding *asked)
{
    /* Telling must not change what is told: no flag. */
    const binding look = {asked->policy, asked->request, asked->trace, NULL};
    const binding *b = &look;

    if (!b->trace || !c->variable || !c->op.negated)
        return;
    for (uint32_t i = 0; i < c->count; i++) {
        bool valued = true;

        if (c->op.base == OP_ARN_LIKE)
            for (size_t part = 0; part < 6; part++)
                valued &= glob_has_values(&c->of.arns[i].part[part], b);
        else
            valued = glob_has_values(&c->of.globs[i], b);
        if (!valued)
            trace_rule(b->trace, RULE_VALUELESS_NEGATED);
    }
}

/* Less, equal, greater: as iamp_text_compare(), the value's ASCII letters taken
 * as lower case if `fold`. */
static int compare_exact(text value, text exact, bool fold)
{
    size_t shorter = value.len < exact.len ? value.len : exact.len;

    if (!fold)
        return iamp_text_compare(value, exact);
    for (size_t i = 0; i < shorter; i++) {
        int order =
            (int)ascii_lower(value.ptr[i]) - (int)(unsigned char)exact.ptr[i];

        if (order)
            return order;
    }
    return (value.len > exact.len) - (value.len < exact.len);
}

static bool some_exact(const condition *c, text value)
{
    uint32_t from = 0, to = c->exact_count;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = compare_exact(value, c->exact[middle], c->fold);

        if (order == 0)
            return true;
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return false;
}

static bool some_glob(const condition *c, text value, const binding *b)
{
    glob_values values = {iamp_variable_value, b};

    if (some_exact(c, value))
        return true;
    for (uint32_t i = 0; i < c->count; i++)
        if (iamp_glob_match(&c->of.globs[i], value, &values))
            return true;
    return false;
}

static bool some_arn(const condition *c, text value, const binding *b)
{
    glob_values values = {iamp_variable_value, b};

    if (!text_starts(value, TEXT("arn:"))) { /* no ARN: B.3.7 */
        trace_rule(b->trace, RULE_INVALID_VALUE);
        return false;
    }
    for (uint32_t i = 0; i < c->count; i++)
        if (iamp_arn_glob_match(&c->of.arns[i], value, &values))
            return true;
    return false;
}

/* B.3.4: only "true" and "false" are values; others never match. */
static bool some_bool(const condition *c, text value, const binding *b)
{
    bool ignored;

    if (!iamp_bool_parse(value, &ignored)) {
        trace_rule(b->trace, RULE_INVALID_VALUE);
        return false;
    }
    if (c->variable)
        trace_rule(b->trace, RULE_BOOL_VARIABLE);
    return some_glob(c, value, b);
}

/* How the request's value stands to some value of the policy, whose values are
 * sorted: for "less" the largest one decides, for "greater" the smallest. */
typedef int value_order(const condition *c, const void *value, uint32_t at);

static int number_order(const condition *c, const void *value, uint32_t at)
{
    return iamp_decimal_compare(value, &c->of.numbers[at]);
}

static int date_order(const condition *c, const void *value, uint32_t at)
{
    return iamp_instant_compare(value, &c->of.dates[at]);
}

static bool some_equal(
    const condition *c, const void *value, value_order *order)
{
    uint32_t from = 0, to = c->count;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int found = order(c, value, middle);

        if (found == 0)
            return true;
        if (found < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return false;
}

static bool some_order(
    const condition *c, const void *value, value_order *order)
{
    if (c->count == 0)
        return false;
    switch ((operator_base)c->op.base) {
    case OP_NUMERIC_LESS:
    case OP_DATE_LESS:
        return order(c, value, c->count - 1) < 0;
    case OP_NUMERIC_LESS_EQUALS:
    case OP_DATE_LESS_EQUALS:
        return order(c, value, c->count - 1) <= 0;
    case OP_NUMERIC_GREATER:
    case OP_DATE_GREATER:
        return order(c, value, 0) > 0;
    case OP_NUMERIC_GREATER_EQUALS:
    case OP_DATE_GREATER_EQUALS:
        return order(c, value, 0) >= 0;
    case OP_NUMERIC_EQUALS:
    case OP_DATE_EQUALS:
        return some_equal(c, value, order);
    case OP_STRING_EQUALS:
    case OP_STRING_EQUALS_FOLD:
    case OP_STRING_LIKE:
    case OP_BOOL:
    case OP_BINARY_EQUALS:
    case OP_IP_ADDRESS:
    case OP_ARN_LIKE:
    case OP_NULL:
        break;
    }
    return false;
}

/* "request REL policy" (B.3.2). */
static bool some_number(const condition *c, text value, trace *t)
{
    decimal number;

    if (!iamp_decimal_parse(value, &number)) {
        trace_rule(t, RULE_INVALID_VALUE);
        return false;
    }
    return some_order(c, &number, number_order);
}

static bool all_digits(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (!ascii_digit(t.ptr[i]))
            return false;
    return t.len > 0;
}

static bool some_date(const condition *c, text value, trace *t)
{
    instant date;

    if (!iamp_instant_parse(value, &date)) {
        trace_rule(t, RULE_INVALID_VALUE);
        return false;
    }
    for (uint32_t i = 0; t && i < c->value_count; i++)
        if (c->values[i].len == 4 && all_digits(c->values[i]))
            trace_rule(t, RULE_BARE_INTEGER_DATE);
    return some_order(c, &date, date_order);
}

static bool some_bytes(const condition *c, text value)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (iamp_bytes_equal(c->of.bytes[i], value))
            return true;
    return false;
}

static bool some_address(
    const condition *c, text value, const ipaddr *parsed, trace *t)
{
    ipaddr address;

    if (!parsed) {
        if (!iamp_ipaddr_parse(value, &address)) {
            trace_rule(t, RULE_INVALID_VALUE);
            return false;
        }
        parsed = &address;
    }
    if (t && iamp_ipaddr_is_mapped(parsed))
        trace_rule(t, RULE_MAPPED_ADDRESS);
    return ipset_contains(c->of.addresses, parsed);
}

/* B1.2, B1.3: does op(value, P) hold for the positive operator? */
static bool some_match(
    const condition *c, text value, const ipaddr *parsed, const binding *b)
{
    switch ((operator_base)c->op.base) {
    case OP_STRING_EQUALS:
    case OP_STRING_EQUALS_FOLD:
    case OP_STRING_LIKE:
        return some_glob(c, value, b);
    case OP_BOOL:
        return some_bool(c, value, b);
    case OP_NUMERIC_EQUALS:
    case OP_NUMERIC_LESS:
    case OP_NUMERIC_LESS_EQUALS:
    case OP_NUMERIC_GREATER:
    case OP_NUMERIC_GREATER_EQUALS:
        return some_number(c, value, b->trace);
    case OP_DATE_EQUALS:
    case OP_DATE_LESS:
    case OP_DATE_LESS_EQUALS:
    case OP_DATE_GREATER:
    case OP_DATE_GREATER_EQUALS:
        return some_date(c, value, b->trace);
    case OP_BINARY_EQUALS:
        return some_bytes(c, value);
    case OP_IP_ADDRESS:
        return some_address(c, value, parsed, b->trace);
    case OP_ARN_LIKE:
        return some_arn(c, value, b);
    case OP_NULL:
        break;
    }
    return false;
}

static bool test_one(
    const condition *c, text value, const ipaddr *parsed, const binding *b)
{
    return some_match(c, value, parsed, b) != c->op.negated;
}

/* --- the key as a whole ------------------------------------------------- */

static bool null_holds(const condition *c, bool present)
{
    if (c->op.set == SET_FOR_ALL_VALUES)
        return true;
    if (c->op.set == SET_FOR_ANY_VALUE)
        return false;
    return present ? c->of.null.present : c->of.null.absent;
}

static bool absent_holds(const condition *c)
{
    if (c->op.if_exists || c->op.set == SET_FOR_ALL_VALUES)
        return true;
    return c->op.set == SET_NONE && c->op.negated;
}

/* B.4; a single value is a set of one, "" the empty set (B.2). */
static bool set_holds(
    const condition *c, const key_value *found, const binding *b)
{
    bool all = c->op.set == SET_FOR_ALL_VALUES;

    if (!found->list && found->values[0].len == 0) {
        trace_rule(b->trace, RULE_EMPTY_STRING);
        return all;
    }
    for (uint32_t i = 0; i < found->count; i++)
        if (test_one(c, found->values[i], found->address, b) != all)
            return !all;
    return all;
}

/* A.4: without values a set operator or IfExists holds for an absent key only,
 * which to ForAllValues a single "" is too (B.5). */
static bool empty_holds(
    const condition *c, const key_value *found, const binding *b)
{
    trace_rule(b->trace, RULE_EMPTY_LIST);
    if (c->op.set == SET_FOR_ALL_VALUES)
        return !found->list && found->values[0].len == 0;
    return c->op.negated && c->op.set == SET_NONE && !c->op.if_exists &&
           !found->list;
}

static bool present_holds(
    const condition *c, const key_value *found, const binding *b)
{
    if (c->value_count == 0)
        return empty_holds(c, found, b);
    if (c->invalid && c->op.negated)
        trace_rule(b->trace, RULE_INVALID_VALUE);
    trace_valueless(c, b);
    if (c->op.set != SET_NONE)
        return set_holds(c, found, b);
    if (found->list) {
        trace_rule(b->trace, RULE_NO_SET_OPERATOR);
        return false;
    }
    return test_one(c, found->values[0], found->address, b);
}

/* What most whitelists come to: one address, parsed when it was set, against a
 * list that has no surprises.  False: go the long way. */
static bool plain_address(
    const condition *c, const key_value *found, const trace *t)
{
    return c->op.base == OP_IP_ADDRESS && c->op.set == SET_NONE && !t &&
           c->value_count > 0 && !found->list && found->address;
}

truth iamp_condition_holds(const iam_policy *policy, const condition *c,
    const iam_request *request, trace *t)
{
    bool ambiguous = false;
    binding b = {policy, request, t, &ambiguous};
    bool holds;
    key_value found;
    bool present = iamp_request_find(request, &c->key, &found);

    if (present && found.ambiguous) {
        trace_rule(t, RULE_AMBIGUOUS_KEY);
        return TRUTH_AMBIGUOUS;
    }
    if (present && plain_address(c, &found, t))
        return ipset_contains(c->of.addresses, found.address) != c->op.negated
                   ? TRUTH_TRUE
                   : TRUTH_FALSE;
    if (t && c->key.id == KEY_AWS_RESOURCEACCOUNT && !present &&
        text_eq(request->resource_arn.service, TEXT("bedrock")))
        trace_rule(t, RULE_RESOURCE_ACCOUNT);
    if (c->op.base == OP_NULL)
        return null_holds(c, present) ? TRUTH_TRUE : TRUTH_FALSE;
    if (!present)
        return absent_holds(c) ? TRUTH_TRUE : TRUTH_FALSE;
    holds = present_holds(c, &found, &b);
    if (ambiguous) {
        trace_rule(t, RULE_AMBIGUOUS_KEY);
        return TRUTH_AMBIGUOUS;
    }
    return holds ? TRUTH_TRUE : TRUTH_FALSE;
}

bool iamp_conditions_hold(const iam_policy *policy, const program_statement *s,
    const iam_request *request, trace *t)
{
    for (uint32_t i = 0; i < s->condition_count; i++) {
        truth answer =
            iamp_condition_holds(policy, &s->conditions[i], request, t);

        if (answer == TRUTH_FALSE || (answer == TRUTH_AMBIGUOUS && !s->deny))
            return false;
    }
    return true;
}

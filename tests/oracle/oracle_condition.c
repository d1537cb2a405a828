/* SPDX-License-Identifier: Apache-2.0 */
/* Condition blocks: the recipe of B.5, line by line. */
#include "oracle_parts.h"

#include <string.h>

typedef enum test {
    TEST_TEXT,
    TEST_TEXT_IGNORE_CASE,
    TEST_LIKE,
    TEST_NUMBER,
    TEST_DATE,
    TEST_BOOL,
    TEST_BINARY,
    TEST_IP,
    TEST_ARN,
    TEST_NULL
} test;

/* Which orders of request value against policy value satisfy the operator. */
enum {
    LESS = 1,
    SAME = 2,
    MORE = 4
};

typedef struct operator_row {
    test test;
    bool negated;
    int orders;
} operator_row;

const char *const oracle_operator_names[ORACLE_OPERATORS] = {
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
};

static const operator_row rows[ORACLE_OPERATORS] = {
    {TEST_TEXT, false, SAME},
    {TEST_TEXT, true, SAME},
    {TEST_TEXT_IGNORE_CASE, false, SAME},
    {TEST_TEXT_IGNORE_CASE, true, SAME},
    {TEST_LIKE, false, SAME},
    {TEST_LIKE, true, SAME},
    {TEST_NUMBER, false, SAME},
    {TEST_NUMBER, true, SAME},
    {TEST_NUMBER, false, LESS},
    {TEST_NUMBER, false, LESS | SAME},
    {TEST_NUMBER, false, MORE},
    {TEST_NUMBER, false, MORE | SAME},
    {TEST_DATE, false, SAME},
    {TEST_DATE, true, SAME},
    {TEST_DATE, false, LESS},
    {TEST_DATE, false, LESS | SAME},
    {TEST_DATE, false, MORE},
    {TEST_DATE, false, MORE | SAME},
    {TEST_BOOL, false, SAME},
    {TEST_BINARY, false, SAME},
    {TEST_IP, false, SAME},
    {TEST_IP, true, SAME},
    {TEST_ARN, false, SAME},
    {TEST_ARN, true, SAME},
    {TEST_ARN, false, SAME},
    {TEST_ARN, true, SAME},
    {TEST_NULL, false, SAME},
};

typedef enum set_operator {
    SET_NONE,
    SET_ALL,
    SET_ANY
} set_operator;

typedef struct parsed_operator {
    int index;
    set_operator set;
    bool if_exists;
} parsed_operator;

static bool skip_word(const char **text, const char *word)
{
    const char *at = *text;
    for (; *word; word++, at++)
        if (oracle_lower(*at) != oracle_lower(*word))
            return false;
    *text = at;
    return true;
}

static bool parse_operator(const char *name, parsed_operator *out)
{
    *out = (parsed_operator){0, SET_NONE, false};
    if (skip_word(&name, "ForAllValues:"))
        out->set = SET_ALL;
    else if (skip_word(&name, "ForAnyValue:"))
        out->set = SET_ANY;
    for (int i = 0; i < ORACLE_OPERATORS; i++) {
        const char *rest = name;
        if (!skip_word(&rest, oracle_operator_names[i]))
            continue;
        out->index = i;
        out->if_exists = oracle_same_word(rest, "IfExists");
        if (out->if_exists || *rest == '\0')
            return true;
    }
    return false;
}

/* ---- One value of the policy, one of the request ------------------------- */

static bool test_texts(test how, const oracle_reading *reading,
    const char *policy, const char *request)
{
    oracle_reading with = *reading;
    with.wildcards = how == TEST_LIKE;
    oracle_symbols pattern = {NULL, 0, 0};
    oracle_symbols text = {NULL, 0, 0};
    oracle_symbols_text(&text, request, strlen(request), false);
    bool holds = oracle_expand(&with, policy, strlen(policy), &pattern);
    if (how == TEST_TEXT_IGNORE_CASE || how == TEST_BOOL) {
        oracle_fold(&pattern);
        oracle_fold(&text);
    }
    if (how == TEST_LIKE)
        holds = holds && oracle_glob(&pattern, &text);
    else
        holds = holds && oracle_equal(&pattern, &text);
    oracle_symbols_free(&pattern);
    oracle_symbols_free(&text);
    return holds;
}

static bool is_bool_word(const char *text)
{
    return oracle_same_word(text, "true") || oracle_same_word(text, "false");
}

static bool order_satisfies(int orders, int order)
{
    return (orders & (order < 0 ? LESS : order > 0 ? MORE : SAME)) != 0;
}

/* The one() of B.5. */
static bool one(const operator_row *row, const oracle_reading *reading,
    const char *policy, const char *request)
{
    oracle_reading wild = *reading;
    wild.wildcards = true;
    int order;
    switch (row->test) {
    case TEST_TEXT:
    case TEST_TEXT_IGNORE_CASE:
    case TEST_LIKE:
        return test_texts(row->test, reading, policy, request);
    case TEST_NUMBER:
        return oracle_compare_numbers(request, policy, &order) &&
               order_satisfies(row->orders, order);
    case TEST_DATE:
        return oracle_compare_dates(request, policy, &order) &&
               order_satisfies(row->orders, order);
    case TEST_BOOL:
        return is_bool_word(request) &&
               test_texts(row->test, reading, policy, request);
    case TEST_BINARY:
        return oracle_same_bytes(policy, request);
    case TEST_IP:
        return oracle_ip_within(policy, request);
    case TEST_ARN:
        return oracle_arn_like(&wild, policy, request);
    case TEST_NULL:
        break;
    }
    return false;
}

/* OR over the policy's values, turned round for a negated operator. */
static bool single(const operator_row *row, const oracle_reading *reading,
    const json_t *policy, const json_t *request)
{
    char have[64];
    char want[64];
    const char *value = oracle_text(request, have, sizeof(have));
    bool found = false;
    for (size_t i = 0; i < oracle_list_size(policy); i++) {
        const json_t *item = oracle_list_at(policy, i);
        const char *text = oracle_text(item, want, sizeof(want));
        found = found || one(row, reading, text, value);
    }
    return found != row->negated;
}

/* ---- One key ------------------------------------------------------------- */

/* B.3.8: the words are ORed. */
static bool test_null(const json_t *policy, bool absent)
{
    char buffer[64];
    for (size_t i = 0; i < oracle_list_size(policy); i++) {
        const json_t *item = oracle_list_at(policy, i);
        const char *word = oracle_text(item, buffer, sizeof(buffer));
        if (oracle_same_word(word, absent ? "true" : "false"))
            return true;
    }
    return false;
}

static bool is_empty_text(const json_t *value)
{
    return json_is_string(value) && json_string_length(value) == 0;
}

/* B.4; a single value is a set of one, and "" is the empty set. */
static bool test_set(bool all, const operator_row *row,
    const oracle_reading *reading, const json_t *policy, const json_t *value)
{
    if (is_empty_text(value))
        return all;
    for (size_t i = 0; i < oracle_list_size(value); i++)
        if (single(row, reading, policy, oracle_list_at(value, i)) != all)
            return !all;
    return all;
}

/* Empty lists in policies (A.4): with a set operator or IfExists they are
 * satisfied by an absent key alone; otherwise nothing matches. */
static bool test_key(const parsed_operator *operator,
    const oracle_reading * reading, const char *key, const json_t *policy)
{
    const operator_row *row = &rows[operator->index];
    const json_t *value = oracle_context(reading->context, key);
    if (row->test == TEST_NULL) {
        if (operator->set != SET_NONE)
            return operator->set == SET_ALL;
        return test_null(policy, !value);
    }
    if (!value) {
        if (operator->if_exists || operator->set != SET_NONE)
            return operator->if_exists || operator->set == SET_ALL;
        return row->negated;
    }
    bool empty = oracle_list_size(policy) == 0;
    if (empty && (operator->if_exists || operator->set != SET_NONE))
        return operator->set == SET_ALL && is_empty_text(value);
    if (operator->set != SET_NONE)
        return test_set(operator->set == SET_ALL, row, reading, policy, value);
    if (json_is_array(value))
        return false;
    return single(row, reading, policy, value);
}

bool oracle_condition(const json_t *block, const json_t *context,
    bool variables, oracle_trace *trace)
{
    oracle_reading reading = {context, variables, false};
    const char *name;
    json_t *keys;
    /* Jansson iterates over objects that are not const. */
    json_object_foreach((json_t *)(uintptr_t)block, name, keys)
    {
        parsed_operator operator;
        if (!parse_operator(name, &operator))
            return false;
        const char *key;
        json_t *policy;
        json_object_foreach(keys, key, policy)
        {
            bool holds = test_key(&operator, & reading, key, policy);
            if (trace)
                trace->tested[operator.index][operator.set]
                             [operator.if_exists][holds]++;
            if (!holds)
                return false;
        }
    }
    return true;
}

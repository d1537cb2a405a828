/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operator.c - the names of condition operators: a table, a prefix, a suffix.
 */
#include "reference/operator.h"

typedef struct operator_row {
    text name;
    uint8_t base;
    bool negated;
} operator_row;

/* A text that may stand in a table of constants. */
#define NAME(literal)                  \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

/* The first row of a meaning is the name that it is printed with: ArnEquals
 * and ArnLike are one operator (B.3.7), and print as ArnLike.  Whoever must
 * give back a policy as it was written keeps the written name. */
static const operator_row rows[] = {
    {NAME("StringEquals"), OP_STRING_EQUALS, false},
    {NAME("StringNotEquals"), OP_STRING_EQUALS, true},
    {NAME("StringEqualsIgnoreCase"), OP_STRING_EQUALS_FOLD, false},
    {NAME("StringNotEqualsIgnoreCase"), OP_STRING_EQUALS_FOLD, true},
    {NAME("StringLike"), OP_STRING_LIKE, false},
    {NAME("StringNotLike"), OP_STRING_LIKE, true},
    {NAME("NumericEquals"), OP_NUMERIC_EQUALS, false},
    {NAME("NumericNotEquals"), OP_NUMERIC_EQUALS, true},
    {NAME("NumericLessThan"), OP_NUMERIC_LESS, false},
    {NAME("NumericLessThanEquals"), OP_NUMERIC_LESS_EQUALS, false},
    {NAME("NumericGreaterThan"), OP_NUMERIC_GREATER, false},
    {NAME("NumericGreaterThanEquals"), OP_NUMERIC_GREATER_EQUALS, false},
    {NAME("DateEquals"), OP_DATE_EQUALS, false},
    {NAME("DateNotEquals"), OP_DATE_EQUALS, true},
    {NAME("DateLessThan"), OP_DATE_LESS, false},
    {NAME("DateLessThanEquals"), OP_DATE_LESS_EQUALS, false},
    {NAME("DateGreaterThan"), OP_DATE_GREATER, false},
    {NAME("DateGreaterThanEquals"), OP_DATE_GREATER_EQUALS, false},
    {NAME("Bool"), OP_BOOL, false},
    {NAME("BinaryEquals"), OP_BINARY_EQUALS, false},
    {NAME("IpAddress"), OP_IP_ADDRESS, false},
    {NAME("NotIpAddress"), OP_IP_ADDRESS, true},
    {NAME("ArnLike"), OP_ARN_LIKE, false},
    {NAME("ArnNotLike"), OP_ARN_LIKE, true},
    {NAME("ArnEquals"), OP_ARN_LIKE, false},
    {NAME("ArnNotEquals"), OP_ARN_LIKE, true},
    {NAME("Null"), OP_NULL, false},
};

static const text set_names[] = {
    [SET_NONE] = NAME(""),
    [SET_FOR_ALL_VALUES] = NAME("ForAllValues:"),
    [SET_FOR_ANY_VALUE] = NAME("ForAnyValue:"),
};

static const text if_exists = NAME("IfExists");

static bool starts_fold(text whole, text start)
{
    return whole.len >= start.len &&
           iamp_text_eq_fold((text){whole.ptr, start.len}, start);
}

static text take_set(text name, operator_name *out)
{
    for (size_t set = SET_FOR_ALL_VALUES; set <= SET_FOR_ANY_VALUE; set++) {
        if (!starts_fold(name, set_names[set]))
            continue;
        out->set = (uint8_t)set;
        out->canonical &= text_starts(name, set_names[set]);
        return text_from(name, set_names[set].len);
    }
    return name;
}

static text take_suffix(text name, operator_name *out)
{
    text tail;

    if (name.len < if_exists.len)
        return name;
    tail = text_from(name, name.len - if_exists.len);
    if (!iamp_text_eq_fold(tail, if_exists))
        return name;
    out->if_exists = true;
    out->canonical &= text_eq(tail, if_exists);
    return text_slice(name, 0, name.len - if_exists.len);
}

bool iamp_operator_find(text name, operator_name *out)
{
    *out = (operator_name){.canonical = true};
    name = take_suffix(take_set(name, out), out);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (!iamp_text_eq_fold(name, rows[i].name))
            continue;
        out->base = rows[i].base;
        out->negated = rows[i].negated;
        out->canonical &= text_eq(name, rows[i].name);
        return true;
    }
    *out = (operator_name){0};
    return false;
}

static size_t put(char *out, size_t at, text t)
{
    if (t.len)
        memcpy(out + at, t.ptr, t.len);
    out[at + t.len] = '\0';
    return at + t.len;
}

size_t iamp_operator_print(const operator_name *op, char out[OPERATOR_TEXT])
{
    size_t len = put(out, 0, set_names[op->set]);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].base == op->base && rows[i].negated == op->negated) {
            len = put(out, len, rows[i].name);
            break;
        }
    }
    return op->if_exists ? put(out, len, if_exists) : len;
}

bool iamp_operator_takes_variables(operator_base base)
{
    switch (base) {
    case OP_STRING_EQUALS:
    case OP_STRING_EQUALS_FOLD:
    case OP_STRING_LIKE:
    case OP_BOOL: /* the pages disagree: taken, and flagged */
    case OP_ARN_LIKE:
        return true;
    case OP_NUMERIC_EQUALS:
    case OP_NUMERIC_LESS:
    case OP_NUMERIC_LESS_EQUALS:
    case OP_NUMERIC_GREATER:
    case OP_NUMERIC_GREATER_EQUALS:
    case OP_DATE_EQUALS:
    case OP_DATE_LESS:
    case OP_DATE_LESS_EQUALS:
    case OP_DATE_GREATER:
    case OP_DATE_GREATER_EQUALS:
    case OP_BINARY_EQUALS:
    case OP_IP_ADDRESS:
    case OP_NULL:
        break;
    }
    return false;
}

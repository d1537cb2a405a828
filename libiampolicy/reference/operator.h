/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operator.h - the names of condition operators (B.1, B.3).
 */
#ifndef IAMP_OPERATOR_H
#define IAMP_OPERATOR_H

#include "base/text.h"

/* What is compared, the negation aside: StringNotEquals is OP_STRING_EQUALS
 * with `negated`. */
typedef enum operator_base {
    OP_STRING_EQUALS = 1,
    OP_STRING_EQUALS_FOLD, /* StringEqualsIgnoreCase */
    OP_STRING_LIKE,
    OP_NUMERIC_EQUALS,
    OP_NUMERIC_LESS,
    OP_NUMERIC_LESS_EQUALS,
    OP_NUMERIC_GREATER,
    OP_NUMERIC_GREATER_EQUALS,
    OP_DATE_EQUALS,
    OP_DATE_LESS,
    OP_DATE_LESS_EQUALS,
    OP_DATE_GREATER,
    OP_DATE_GREATER_EQUALS,
    OP_BOOL,
    OP_BINARY_EQUALS,
    OP_IP_ADDRESS,
    OP_ARN_LIKE, /* ArnEquals too (B.3.7) */
    OP_NULL
} operator_base;

typedef enum operator_set {
    SET_NONE = 0,
    SET_FOR_ALL_VALUES,
    SET_FOR_ANY_VALUE
} operator_set;

typedef struct operator_name {
    uint8_t base; /* operator_base; 0: unknown */
    uint8_t set;  /* operator_set */
    bool negated;
    bool if_exists;
    bool canonical; /* spelled as AWS documents it, letter case included */
} operator_name;

/* Takes any letter case (B1.7).  False if the name is no operator;
 * NullIfExists is one here, and malformed (B.2) to the caller. */
bool iamp_operator_find(text name, operator_name *out);

/* "ForAllValues:StringNotLikeIfExists", NUL-terminated. */
enum {
    OPERATOR_TEXT = 48
};
size_t iamp_operator_print(const operator_name *op, char out[OPERATOR_TEXT]);

/* May the operator's values hold variables (C.2)? */
bool iamp_operator_takes_variables(operator_base base);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/operator.h"

#include "unit.h"

static void nothing(void)
{
}

/* As the reference of condition operators lists them; Arn* has two names. */
static const struct {
    const char *name;
    operator_base base;
    bool negated;
    const char *printed; /* NULL: the same */
} names[] = {
    {"StringEquals", OP_STRING_EQUALS, false, NULL},
    {"StringNotEquals", OP_STRING_EQUALS, true, NULL},
    {"StringEqualsIgnoreCase", OP_STRING_EQUALS_FOLD, false, NULL},
    {"StringNotEqualsIgnoreCase", OP_STRING_EQUALS_FOLD, true, NULL},
    {"StringLike", OP_STRING_LIKE, false, NULL},
    {"StringNotLike", OP_STRING_LIKE, true, NULL},
    {"NumericEquals", OP_NUMERIC_EQUALS, false, NULL},
    {"NumericNotEquals", OP_NUMERIC_EQUALS, true, NULL},
    {"NumericLessThan", OP_NUMERIC_LESS, false, NULL},
    {"NumericLessThanEquals", OP_NUMERIC_LESS_EQUALS, false, NULL},
    {"NumericGreaterThan", OP_NUMERIC_GREATER, false, NULL},
    {"NumericGreaterThanEquals", OP_NUMERIC_GREATER_EQUALS, false, NULL},
    {"DateEquals", OP_DATE_EQUALS, false, NULL},
    {"DateNotEquals", OP_DATE_EQUALS, true, NULL},
    {"DateLessThan", OP_DATE_LESS, false, NULL},
    {"DateLessThanEquals", OP_DATE_LESS_EQUALS, false, NULL},
    {"DateGreaterThan", OP_DATE_GREATER, false, NULL},
    {"DateGreaterThanEquals", OP_DATE_GREATER_EQUALS, false, NULL},
    {"Bool", OP_BOOL, false, NULL},
    {"BinaryEquals", OP_BINARY_EQUALS, false, NULL},
    {"IpAddress", OP_IP_ADDRESS, false, NULL},
    {"NotIpAddress", OP_IP_ADDRESS, true, NULL},
    {"ArnEquals", OP_ARN_LIKE, false, "ArnLike"},
    {"ArnLike", OP_ARN_LIKE, false, NULL},
    {"ArnNotEquals", OP_ARN_LIKE, true, "ArnNotLike"},
    {"ArnNotLike", OP_ARN_LIKE, true, NULL},
    {"Null", OP_NULL, false, NULL},
};

static const char *const sets[] = {"", "ForAllValues:", "ForAnyValue:"};

static text joined(char out[64], size_t set, const char *name, bool suffix)
{
    size_t len = 0;
    const char *const parts[] = {sets[set], name, suffix ? "IfExists" : ""};

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        memcpy(out + len, parts[i], strlen(parts[i]));
        len += strlen(parts[i]);
    }
    out[len] = '\0';
    return (text){out, len};
}

/* Every name with every prefix and suffix: found, and printed again. */
START_TEST(combinations)
{
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        for (size_t at = 0; at < 6; at++) {
            char written[64], expected[64], printed[OPERATOR_TEXT];
            bool suffix = at >= 3;
            const char *same =
                names[i].printed ? names[i].printed : names[i].name;
            text name = joined(written, at % 3, names[i].name, suffix);
            operator_name op;

            ck_assert_msg(iamp_operator_find(name, &op), "%s", written);
            ck_assert_int_eq(op.base, names[i].base);
            ck_assert_int_eq(op.negated, names[i].negated);
            ck_assert_int_eq(op.set, (int)(at % 3));
            ck_assert_int_eq(op.if_exists, suffix);
            ck_assert(op.canonical);
            joined(expected, at % 3, same, suffix);
            ck_assert_uint_eq(
                iamp_operator_print(&op, printed), strlen(expected));
            ck_assert_str_eq(printed, expected);
        }
    }
}
END_TEST

/* One letter in another case at a time: the same operator, not canonical. */
START_TEST(letter_case)
{
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char written[64];
        text name = joined(written, 1 + i % 2, names[i].name, true);

        for (size_t at = 0; at < name.len; at++) {
            operator_name op;

            if (written[at] == ':')
                continue;
            written[at] ^= 0x20;
            ck_assert_msg(iamp_operator_find(name, &op), "%s", written);
            ck_assert_int_eq(op.base, names[i].base);
            ck_assert_int_eq(op.negated, names[i].negated);
            ck_assert(op.if_exists);
            ck_assert_msg(!op.canonical, "%s", written);
            written[at] ^= 0x20;
        }
    }
}
END_TEST

/* One byte too few or too many, and what looks like a name. */
START_TEST(strangers)
{
    static const text no[] = {{"", 0}, {"IfExists", 8}, {"ForAllValues:", 13},
        {"ForAllValues:IfExists", 21}, {"ForAnyValue", 11},
        {"ForAnyValues:StringEquals", 25}, {"StringEqualsIfExistsIfExists", 28},
        {"ForAllValues:ForAnyValue:StringLike", 35}, {"StringEquals ", 13},
        {" StringEquals", 13}, {"StringEquals\0", 13}, {"NotBool", 7},
        {"BinaryNotEquals", 15}, {"NotNull", 7}, {"NumericLike", 11},
        {"IpAddressNot", 12}, {"ArnNotLikes", 11}, {"IfExistsBool", 12}};
    operator_name op;

    for (size_t i = 0; i < COUNT_OF(no); i++) {
        ck_assert_msg(!iamp_operator_find(no[i], &op), "%s", no[i].ptr);
        ck_assert_int_eq(op.base, 0);
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t len = strlen(names[i].name);

        ck_assert(!iamp_operator_find((text){names[i].name, len - 1}, &op) ||
                  op.base != names[i].base);
        ck_assert(!iamp_operator_find((text){names[i].name + 1, len - 1}, &op));
    }
}
END_TEST

START_TEST(variables)
{
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *name = names[i].name;
        bool takes = strncmp(name, "String", 6) == 0 ||
                     strncmp(name, "Arn", 3) == 0 || strcmp(name, "Bool") == 0;

        ck_assert_int_eq(iamp_operator_takes_variables(names[i].base), takes);
    }
}
END_TEST

UNIT_SUITE(operator, nothing, nothing, tcase_add_test(tc, combinations);
           tcase_add_test(tc, letter_case); tcase_add_test(tc, strangers);
           tcase_add_test(tc, variables);)

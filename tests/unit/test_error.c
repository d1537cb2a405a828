/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include "unit.h"

static void nothing(void)
{
}

#define SOURCE "one\ntwo\n\nf\xc3\xbcnf"

static const struct {
    size_t offset;
    uint32_t line, column;
} places[] = {
    {0, 1, 1}, {2, 1, 3}, {3, 1, 4}, /* the line's end belongs to it */
    {4, 2, 1}, {7, 2, 4}, {8, 3, 1}, {9, 4, 1},
    {12, 4, 4},             /* columns are bytes */
    {14, 4, 6}, {99, 4, 6}, /* beyond the end is the end */
};

START_TEST(test_locate)
{
    uint32_t line, column;

    iamp_error_locate(TEXT(SOURCE), places[_i].offset, &line, &column);
    ck_assert_uint_eq(line, places[_i].line);
    ck_assert_uint_eq(column, places[_i].column);
}
END_TEST

START_TEST(test_set)
{
    iam_error err;

    memset(&err, 0x5a, sizeof(err));
    ck_assert_int_eq(
        iamp_error_set(&err, IAM_EPOLICY, "%s and \"%.*s\", %zu, %u", "x", 2,
            "yz!", (size_t)7, 8u),
        IAM_EPOLICY);
    ck_assert_int_eq(err.status, IAM_EPOLICY);
    ck_assert_str_eq(err.message, "x and \"yz\", 7, 8");
    ck_assert_uint_eq(err.line, 0);
    ck_assert_uint_eq(err.offset, 0);
    ck_assert_str_eq(err.where, "");
    ck_assert_int_eq(iamp_error_nomem(&err), IAM_ENOMEM);
    ck_assert_str_eq(err.message, "out of memory");
}
END_TEST

START_TEST(test_nobody_asks)
{
    ck_assert_int_eq(iamp_error_set(NULL, IAM_EJSON, "%s", "x"), IAM_EJSON);
    iamp_error_place(NULL, TEXT("x"), 0, TEXT("/x"));
}
END_TEST

/* A message of each length around the room for it: cut at a whole character,
 * and the cut is marked. */
START_TEST(test_long_message)
{
    const size_t room = sizeof(((iam_error *)NULL)->message);
    char filler[600];
    iam_error err;

    for (size_t len = room - 8; len < room + 8; len++) {
        size_t half = len / 2;

        for (size_t i = 0; i < half; i++)
            memcpy(filler + 2 * i, "\xc3\xa9", 2);
        filler[2 * half] = '\0';
        iamp_error_set(&err, IAM_EJSON, "%s%s", len % 2 ? "x" : "", filler);
        ck_assert(iamp_text_is_utf8(iamp_text_of(err.message, IAM_NTS)));
        ck_assert_uint_lt(strlen(err.message), room);
        ck_assert_int_eq(len >= room, strstr(err.message, "...") != NULL);
        if (len < room)
            ck_assert_uint_eq(strlen(err.message), len);
        else
            ck_assert_uint_ge(strlen(err.message), room - 3);
    }
}
END_TEST

START_TEST(test_long_place)
{
    const size_t room = sizeof(((iam_error *)NULL)->where);
    char pointer[300];
    iam_error err;

    memset(pointer, 'p', sizeof(pointer));
    for (size_t len = room - 4; len < room + 4; len++) {
        iamp_error_set(&err, IAM_EPOLICY, "x");
        iamp_error_place(&err, TEXT(SOURCE), 5, (text){pointer, len});
        ck_assert_uint_eq(err.line, 2);
        ck_assert_uint_eq(err.column, 2);
        ck_assert_uint_eq(err.offset, 5);
        ck_assert_uint_eq(strlen(err.where), len < room ? len : room - 1);
        ck_assert_int_eq(len >= room, strstr(err.where, "...") != NULL);
        ck_assert_str_eq(err.message, "x");
    }
    iamp_error_place(&err, TEXT(""), 0, (text){NULL, 0});
    ck_assert_str_eq(err.where, "");
}
END_TEST

UNIT_SUITE(error, nothing, nothing, {
    tcase_add_loop_test(tc, test_locate, 0, COUNT_OF(places));
    tcase_add_test(tc, test_set);
    tcase_add_test(tc, test_nobody_asks);
    tcase_add_test(tc, test_long_message);
    tcase_add_test(tc, test_long_place);
})

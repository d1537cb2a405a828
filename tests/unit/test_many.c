/* SPDX-License-Identifier: Apache-2.0 */
/* Calls for many decisions: each is that of a single call, whatever is NULL. */
#include "base/text.h"

#include "unit.h"

static const char policy_text[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
    " \"Action\": \"s3:Get*\", \"Resource\": \"*\"}}";

enum {
    COUNT = 7
};

static iam_stack *stack;
static iam_request *get, *put;
static iam_outcome outcomes[COUNT + 1];

static iam_request *request_for(const char *action)
{
    iam_request *made;

    ck_assert_int_eq(iam_request_new(NULL, &made), IAM_OK);
    ck_assert_int_eq(iam_request_set_principal(made,
                         "arn:aws:iam::111122223333:user/ann", IAM_NTS, NULL),
        IAM_OK);
    ck_assert_int_eq(
        iam_request_set_action(made, action, IAM_NTS, NULL), IAM_OK);
    ck_assert_int_eq(
        iam_request_set_resource(made, "arn:aws:s3:::b/o", IAM_NTS, NULL),
        IAM_OK);
    return made;
}

static void setup(void)
{
    iam_stack_entry entry = {.name = "p"};

    ck_assert_int_eq(iam_policy_compile(IAM_IDENTITY_POLICY, policy_text,
                         IAM_NTS, NULL, &entry.policy, NULL),
        IAM_OK);
    ck_assert_int_eq(iam_stack_new(&entry, 1, NULL, &stack, NULL), IAM_OK);
    iam_policy_free(entry.policy);
    get = request_for("s3:GetObject");
    put = request_for("s3:PutObject");
    for (size_t i = 0; i <= COUNT; i++)
        outcomes[i] = IAM_EXPLICIT_DENY; /* nothing here denies so */
}

static void teardown(void)
{
    iam_stack_free(stack);
    iam_request_free(get);
    iam_request_free(put);
}

START_TEST(test_requests)
{
    const iam_request *asked[COUNT] = {get, put, NULL, get, put, get, NULL};

    ck_assert_uint_eq(iam_stack_check_many(stack, asked, COUNT, outcomes), 3);
    for (size_t i = 0; i < COUNT; i++)
        ck_assert_int_eq(outcomes[i], iam_stack_check(stack, asked[i]));
    ck_assert_int_eq(outcomes[COUNT], IAM_EXPLICIT_DENY); /* not written */
    ck_assert_uint_eq(iam_stack_check_many(stack, asked, COUNT, NULL), 3);
}
END_TEST

START_TEST(test_stacks)
{
    const iam_stack *each[COUNT] = {NULL, stack, stack};

    ck_assert_uint_eq(iam_request_check_many(get, each, COUNT, outcomes), 2);
    for (size_t i = 0; i < COUNT; i++)
        ck_assert_int_eq(outcomes[i], iam_stack_check(each[i], get));
    ck_assert_int_eq(outcomes[COUNT], IAM_EXPLICIT_DENY);
    ck_assert_uint_eq(iam_request_check_many(get, each, COUNT, NULL), 2);
    ck_assert_uint_eq(iam_request_check_many(put, each, COUNT, outcomes), 0);
}
END_TEST

static void expect_denied(void)
{
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert_int_eq(outcomes[i], IAM_IMPLICIT_DENY);
        outcomes[i] = IAM_EXPLICIT_DENY;
    }
}

START_TEST(test_null)
{
    const iam_request *asked[COUNT] = {get, get, get, get, get, get, get};
    const iam_stack *each[COUNT] = {stack, stack, stack, stack};

    ck_assert_uint_eq(iam_stack_check_many(NULL, asked, COUNT, outcomes), 0);
    expect_denied();
    ck_assert_uint_eq(iam_stack_check_many(stack, NULL, COUNT, outcomes), 0);
    expect_denied();
    ck_assert_uint_eq(iam_request_check_many(NULL, each, COUNT, outcomes), 0);
    expect_denied();
    ck_assert_uint_eq(iam_request_check_many(get, NULL, COUNT, outcomes), 0);
    expect_denied();
    ck_assert_uint_eq(iam_stack_check_many(NULL, NULL, COUNT, NULL), 0);
    ck_assert_uint_eq(iam_request_check_many(NULL, NULL, COUNT, NULL), 0);
}
END_TEST

START_TEST(test_none)
{
    const iam_request *asked[1] = {get};
    const iam_stack *each[1] = {stack};

    ck_assert_uint_eq(iam_stack_check_many(stack, asked, 0, outcomes), 0);
    ck_assert_uint_eq(iam_request_check_many(get, each, 0, outcomes), 0);
    ck_assert_uint_eq(iam_stack_check_many(stack, NULL, 0, NULL), 0);
    ck_assert_int_eq(outcomes[0], IAM_EXPLICIT_DENY);
}
END_TEST

UNIT_SUITE(many, setup, teardown, {
    tcase_add_test(tc, test_requests);
    tcase_add_test(tc, test_stacks);
    tcase_add_test(tc, test_null);
    tcase_add_test(tc, test_none);
})

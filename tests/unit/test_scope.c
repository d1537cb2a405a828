/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "prove/prove.h"

#include "unit.h"

static iam_scope *scope;
static iam_error err;

static void setup(void)
{
    ck_assert_int_eq(iamp_scope_new(&scope, NULL), IAM_OK);
}

static void teardown(void)
{
    iamp_scope_free(scope);
}

static text of(const char *literal)
{
    return (text){literal, strlen(literal)};
}

/* A claim about no request is always true: patterns that nothing matches are
 * refused. */
static const struct {
    const char *pattern;
    bool action, resource;
} patterns[] = {
    {"*", true, true},
    {"bedrock:InvokeModel", true, false},
    {"bedrock:*", true, false},
    {"bedrock*:*", true, false},
    {"*:Get?bject", true, true},
    {"bedrock", false, false},
    {"bed*", false, false},
    {"**", false, true},
    {"?", false, true},
    {":x", false, false},
    {"x:", false, false},
    {":", false, false},
    {"", false, false},
    {"arn:aws:s3:::reports/*", true, true},
    {"arn:aws:s3:::reports", true, true},
    {"arn:*", true, true},
    {"ar*", false, true},
    {"a?n:aws:s3:::x", true, true},
    {"arn", false, false},
    {"arn:aws:s3", true, false},
    {"s3:::reports/*", true, false},
    {"reports/*", false, false},
    {"*reports", false, true},
};

START_TEST(test_pattern)
{
    text pattern = of(patterns[_i].pattern);
    iam_status action = iamp_scope_add_action(scope, pattern, &err);
    iam_status resource = iamp_scope_add_resource(scope, pattern, &err);

    ck_assert_int_eq(action, patterns[_i].action ? IAM_OK : IAM_EINVAL);
    ck_assert_int_eq(resource, patterns[_i].resource ? IAM_OK : IAM_EINVAL);
    ck_assert_uint_eq(scope->action_count, patterns[_i].action);
    ck_assert_uint_eq(scope->resource_count, patterns[_i].resource);
    if (patterns[_i].action)
        ck_assert(text_eq(scope->actions[0], pattern));
    if (patterns[_i].resource)
        ck_assert(text_eq(scope->resources[0], pattern));
}
END_TEST

static const struct {
    const char *principal;
    scope_caller caller;
    bool valid;
} principals[] = {
    {"any", SCOPE_ANYBODY, true},
    {"anonymous", SCOPE_KNOWN, true},
    {"arn:aws:iam::111122223333:user/ann", SCOPE_KNOWN, true},
    {"arn:aws:sts::111122223333:assumed-role/r/s", SCOPE_KNOWN, true},
    {"arn:aws:iam::111122223333:user/*", SCOPE_OWNER, false},
    {"ann", SCOPE_OWNER, false},
    {"", SCOPE_OWNER, false},
};

START_TEST(test_principal)
{
    text given = of(principals[_i].principal);

    ck_assert_int_eq(iamp_scope_set_principal(scope, given, &err),
        principals[_i].valid ? IAM_OK : IAM_EINVAL);
    ck_assert_int_eq(scope->caller, principals[_i].caller);
    if (scope->caller == SCOPE_KNOWN)
        ck_assert(text_eq(scope->principal, given));
    else
        ck_assert_uint_eq(scope->principal.len, 0);
}
END_TEST

START_TEST(test_caller_replaces_caller)
{
    ck_assert_int_eq(
        iamp_scope_set_principal(scope, TEXT("anonymous"), NULL), IAM_OK);
    ck_assert_int_eq(
        iamp_scope_set_service(scope, TEXT("*"), NULL), IAM_EINVAL);
    ck_assert_int_eq(iamp_scope_set_service(scope, TEXT(""), NULL), IAM_EINVAL);
    ck_assert(text_eq(scope->principal, TEXT("anonymous")));
    ck_assert_int_eq(
        iamp_scope_set_service(scope, TEXT("a.amazonaws.com"), NULL), IAM_OK);
    ck_assert_uint_eq(scope->principal.len, 0);
    ck_assert(text_eq(scope->service, TEXT("a.amazonaws.com")));
    ck_assert_int_eq(
        iamp_scope_set_principal(scope, TEXT("any"), NULL), IAM_OK);
    ck_assert_int_eq(scope->caller, SCOPE_ANYBODY);
    ck_assert_uint_eq(scope->service.len, 0);
}
END_TEST

static iam_status set_one(const char *key, const char *value)
{
    text single = of(value);

    return iamp_scope_set_key(
        scope, of(key), SCOPE_VALUES, false, &single, 1, &err);
}

START_TEST(test_keys)
{
    text two[] = {TEXT("a"), TEXT("b")};

    ck_assert_int_eq(set_one("x:y", "1"), IAM_OK);
    ck_assert_int_eq(set_one("aws:SourceIp", "192.0.2.1"), IAM_OK);
    ck_assert_uint_eq(scope->key_count, 2);
    /* Another spelling is the same key. */
    ck_assert_int_eq(iamp_scope_set_key(
                         scope, TEXT("X:Y"), SCOPE_VALUES, true, two, 2, &err),
        IAM_OK);
    ck_assert_uint_eq(scope->key_count, 2);
    ck_assert(scope->keys[0].list);
    ck_assert_uint_eq(scope->keys[0].count, 2);
    ck_assert(text_eq(scope->keys[0].values[1], TEXT("b")));
    ck_assert(text_eq(scope->keys[0].key.name, TEXT("X:Y")));
    ck_assert_int_eq(iamp_scope_set_key(scope, TEXT("AWS:sourceip"),
                         SCOPE_PRESENT, false, NULL, 0, &err),
        IAM_OK);
    ck_assert_int_eq(scope->keys[1].state, SCOPE_PRESENT);
    /* A list without members is absent (B.2). */
    ck_assert_int_eq(iamp_scope_set_key(
                         scope, TEXT("x:y"), SCOPE_VALUES, true, two, 0, &err),
        IAM_OK);
    ck_assert_int_eq(scope->keys[0].state, SCOPE_ABSENT);
    ck_assert(!scope->keys[0].list);
    ck_assert_uint_eq(scope->key_count, 2);
}
END_TEST

static const struct {
    const char *key, *value;
    iam_status status;
} values[] = {
    {"aws:SourceIp", "198.51.100.7", IAM_OK},
    {"aws:SourceIp", "2001:db8::1", IAM_OK},
    {"aws:SourceIp", "198.51.100.0/24", IAM_EINVAL},
    {"aws:sourceIP", "office", IAM_EINVAL},
    {"aws:VpcSourceIp", "", IAM_EINVAL},
    {"aws:username", "office", IAM_OK},
    {"x:y", "", IAM_OK},
    {"", "v", IAM_EINVAL},
};

START_TEST(test_value)
{
    ck_assert_int_eq(
        set_one(values[_i].key, values[_i].value), values[_i].status);
    ck_assert_uint_eq(scope->key_count, values[_i].status == IAM_OK);
}
END_TEST

START_TEST(test_many)
{
    char name[32];

    for (int i = 0; i < 1024; i++) {
        snprintf(name, sizeof(name), "x:key%d", i);
        ck_assert_int_eq(set_one(name, "v"), IAM_OK);
        snprintf(name, sizeof(name), "s%d:Action", i);
        ck_assert_int_eq(iamp_scope_add_action(scope, of(name), NULL), IAM_OK);
    }
    for (int i = 0; i < 1024; i++) {
        snprintf(name, sizeof(name), "x:key%d", i);
        ck_assert(text_eq(scope->keys[i].key.name, of(name)));
        snprintf(name, sizeof(name), "s%d:Action", i);
        ck_assert(text_eq(scope->actions[i], of(name)));
    }
    ck_assert_int_eq(set_one("x:more", "v"), IAM_ELIMIT);
    ck_assert_uint_eq(scope->key_count, 1024);
}
END_TEST

/* Everything once; the status of the first failure. */
static iam_status fill(iam_scope *s)
{
    text two[] = {TEXT("a"), TEXT("b")};
    iam_status status = iamp_scope_set_principal(
        s, TEXT("arn:aws:iam::111122223333:user/ann"), NULL);

    if (status == IAM_OK)
        status = iamp_scope_set_service(s, TEXT("a.amazonaws.com"), NULL);
    for (int i = 0; status == IAM_OK && i < 9; i++)
        status = iamp_scope_add_action(s, TEXT("s3:*"), NULL);
    if (status == IAM_OK)
        status = iamp_scope_add_resource(s, TEXT("*"), NULL);
    if (status == IAM_OK)
        status = iamp_scope_set_key(
            s, TEXT("x:y"), SCOPE_VALUES, true, two, 2, NULL);
    return status;
}

START_TEST(test_out_of_memory)
{
    iam_status status = IAM_ENOMEM;
    size_t n = 0;

    for (; status != IAM_OK; n++) {
        iam_allocator poor = unit_failing_allocator(n);
        iam_scope *s;

        status = iamp_scope_new(&s, &poor);
        if (status == IAM_OK) {
            status = fill(s);
            /* What failed did not begin. */
            ck_assert_uint_eq(s->key_count, status == IAM_OK);
            for (uint32_t i = 0; i < s->action_count; i++)
                ck_assert(text_eq(s->actions[i], TEXT("s3:*")));
            iamp_scope_free(s);
        }
        ck_assert(status == IAM_OK || status == IAM_ENOMEM);
    }
    ck_assert_uint_ge(n, 3);
}
END_TEST

UNIT_SUITE(scope, setup, teardown, {
    tcase_add_loop_test(tc, test_pattern, 0, COUNT_OF(patterns));
    tcase_add_loop_test(tc, test_principal, 0, COUNT_OF(principals));
    tcase_add_test(tc, test_caller_replaces_caller);
    tcase_add_test(tc, test_keys);
    tcase_add_loop_test(tc, test_value, 0, COUNT_OF(values));
    tcase_add_test(tc, test_many);
    tcase_add_test(tc, test_out_of_memory);
})

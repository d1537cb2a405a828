/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/request.h"

#include <stdio.h>

#include "unit.h"

static iam_request *request;

static void setup(void)
{
    ck_assert_int_eq(iamp_request_new(&request, NULL), IAM_OK);
}

static void teardown(void)
{
    iamp_request_free(request);
}

#define ACCOUNT "111122223333"

static text of(const char *s)
{
    return iamp_text_of(s, IAM_NTS);
}

/* NULL: the key is absent. */
static void expect_key(const char *key, const char *want)
{
    key_ref ref = iamp_key_find(of(key));
    key_value found;
    bool present = iamp_request_find(request, &ref, &found);

    ck_assert_msg(present == (want != NULL), "%s: present %d", key, present);
    if (present)
        ck_assert_msg(text_eq(found.values[0], of(want)), "%s: \"%.*s\"", key,
            (int)found.values[0].len, found.values[0].ptr);
}

static void set(const char *key, const char *value)
{
    text t = of(value);

    ck_assert_int_eq(
        iamp_request_set_values(request, of(key), false, &t, 1, NULL), IAM_OK);
}

/* Which texts are principals (A.5.2), and the keys that follow (C.6, D.1). */
static const struct {
    const char *principal, *arn, *type, *username, *userid;
} callers[] = {
    {"arn:aws:iam::" ACCOUNT ":user/team/ann",
        "arn:aws:iam::" ACCOUNT ":user/team/ann", "User", "ann", NULL},
    {"arn:aws:iam::" ACCOUNT ":root", "arn:aws:iam::" ACCOUNT ":root",
        "Account", NULL, ACCOUNT},
    {"arn:aws:sts::" ACCOUNT ":assumed-role/dev/s1",
        "arn:aws:iam::" ACCOUNT ":role/dev", "AssumedRole", NULL, NULL},
    {"arn:aws-cn:sts::" ACCOUNT ":assumed-role/dev/s1",
        "arn:aws-cn:iam::" ACCOUNT ":role/dev", "AssumedRole", NULL, NULL},
    {"arn:aws:iam::" ACCOUNT ":role/path/dev",
        "arn:aws:iam::" ACCOUNT ":role/path/dev", "AssumedRole", NULL, NULL},
    {"arn:aws:sts::" ACCOUNT ":federated-user/bob",
        "arn:aws:sts::" ACCOUNT ":federated-user/bob", "FederatedUser", NULL,
        ACCOUNT ":bob"},
    {"anonymous", NULL, "Anonymous", NULL, "anonymous"},
};

START_TEST(test_derived_keys)
{
    ck_assert_int_eq(
        iamp_request_set_principal(request, of(callers[_i].principal), NULL),
        IAM_OK);
    expect_key("aws:PrincipalArn", callers[_i].arn);
    expect_key("aws:principaltype", callers[_i].type);
    expect_key("aws:username", callers[_i].username);
    expect_key("aws:userid", callers[_i].userid);
    expect_key("aws:ViaAWSService", "false");
    request->flags = IAM_NO_DERIVED_KEYS;
    expect_key("aws:PrincipalArn", NULL);
    expect_key("aws:PrincipalType", NULL);
}
END_TEST

START_TEST(test_service_keys)
{
    ck_assert_int_eq(
        iamp_request_set_service(request, of("sns.amazonaws.com"), NULL),
        IAM_OK);
    expect_key("aws:PrincipalIsAWSService", "true");
    expect_key("aws:PrincipalServiceName", "sns.amazonaws.com");
    expect_key("aws:PrincipalAccount", NULL);
    expect_key("aws:PrincipalArn", NULL);
}
END_TEST

static const char *const refused_principals[] = {"", "*", "bob",
    "arn:aws:iam::1:user/ann", "arn:aws:iam::" ACCOUNT ":group/g",
    "arn:aws:iam::" ACCOUNT ":user/*", "arn:aws:s3:::bucket",
    "arn:aws:sts::" ACCOUNT ":assumed-role/r", ACCOUNT, "Anonymous"};

START_TEST(test_refused_principal)
{
    iam_error err;

    ck_assert_int_eq(
        iamp_request_set_principal(request, of(refused_principals[_i]), &err),
        IAM_EINVAL);
    ck_assert_int_eq(err.status, IAM_EINVAL);
    ck_assert_int_eq(request->caller, PRINCIPAL_NONE);
}
END_TEST

static const struct {
    const char *action;
    bool valid;
} actions[] = {{"s3:GetObject", true}, {"S3:getobject", true}, {"s3:", false},
    {":GetObject", false}, {"s3", false}, {"", false}, {"s3:Get*", false},
    {"s3:Get Object", false}, {"s3:Get\tObject", false},
    {"bedrock-runtime:Converse", true}, {"a:b:c", true}};

START_TEST(test_action)
{
    ck_assert_int_eq(
        iamp_request_set_action(request, of(actions[_i].action), NULL),
        actions[_i].valid ? IAM_OK : IAM_EINVAL);
}
END_TEST

static const struct {
    const char *resource;
    bool valid, resource_itself;
    const char *account;
} resources[] = {{"*", true, true, ACCOUNT},
    {"arn:aws:s3:::b/k", true, true, ACCOUNT},
    {"arn:aws:sqs:us-east-1:444455556666:q", true, true, "444455556666"},
    {"arn:aws:bedrock:us-east-1:aws:x", true, true, ACCOUNT},
    {"us.anthropic.claude-v1:0", true, false, ACCOUNT},
    {"arn:aws:s3", false, false, NULL}, {"", false, false, NULL},
    {"two words", false, false, NULL}};

START_TEST(test_resource)
{
    ck_assert_int_eq(iamp_request_set_principal(request,
                         of("arn:aws:iam::" ACCOUNT ":user/ann"), NULL),
        IAM_OK);
    ck_assert_int_eq(
        iamp_request_set_resource(request, of(resources[_i].resource), NULL),
        resources[_i].valid ? IAM_OK : IAM_EINVAL);
    if (!resources[_i].valid)
        return;
    ck_assert_int_eq(
        request->resource.text.len > 0, resources[_i].resource_itself);
    ck_assert(text_eq(
        iamp_request_resource_account(request), of(resources[_i].account)));
    ck_assert_int_eq(
        iamp_request_set_resource_account(request, of("999900001111"), NULL),
        IAM_OK);
    ck_assert(
        text_eq(iamp_request_resource_account(request), of("999900001111")));
}
END_TEST

START_TEST(test_bad_account)
{
    ck_assert_int_eq(
        iamp_request_set_resource_account(request, of("12"), NULL), IAM_EINVAL);
}
END_TEST

START_TEST(test_role_must_be_the_sessions)
{
    ck_assert_int_eq(iamp_request_set_role(request,
                         of("arn:aws:iam::" ACCOUNT ":role/p/dev"), NULL),
        IAM_EINVAL);
    ck_assert_int_eq(
        iamp_request_set_principal(
            request, of("arn:aws:sts::" ACCOUNT ":assumed-role/dev/s"), NULL),
        IAM_OK);
    ck_assert_int_eq(iamp_request_set_role(request,
                         of("arn:aws:iam::" ACCOUNT ":role/p/other"), NULL),
        IAM_EINVAL);
    ck_assert_int_eq(iamp_request_set_role(request,
                         of("arn:aws:iam::444455556666:role/p/dev"), NULL),
        IAM_EINVAL);
    ck_assert_int_eq(iamp_request_set_role(request,
                         of("arn:aws:iam::" ACCOUNT ":role/p/dev"), NULL),
        IAM_OK);
    expect_key("aws:PrincipalArn", "arn:aws:iam::" ACCOUNT ":role/p/dev");
    ck_assert_int_eq(iamp_request_set_user(request,
                         of("arn:aws:iam::" ACCOUNT ":user/ann"), NULL),
        IAM_EINVAL);
}
END_TEST

START_TEST(test_values_replace_and_unset)
{
    set("aws:SourceIp", "192.0.2.1");
    expect_key("AWS:sourceip", "192.0.2.1");
    set("aws:SourceIp", "192.0.2.77");
    expect_key("aws:SourceIp", "192.0.2.77");
    iamp_request_unset(request, of("AWS:SOURCEIP"));
    expect_key("aws:SourceIp", NULL);
    iamp_request_unset(request, of("never:set"));
    set("aws:username", "explicit");
    ck_assert_int_eq(iamp_request_set_principal(request,
                         of("arn:aws:iam::" ACCOUNT ":user/ann"), NULL),
        IAM_OK);
    expect_key("aws:username", "explicit");
    iamp_request_unset(request, of("aws:username"));
    expect_key("aws:username", "ann");
}
END_TEST

START_TEST(test_two_spellings_are_ambiguous)
{
    static const char *const keys[][2] = {
        {"aws:PrincipalTag/Team", "aws:PrincipalTag/team"},
        {"aws:SourceIp", "aws:sourceip"}};
    key_ref ref = iamp_key_find(of(keys[_i][0]));
    key_value found;

    set(keys[_i][0], "192.0.2.1");
    set(keys[_i][1], "192.0.2.2");
    ck_assert(iamp_request_find(request, &ref, &found));
    ck_assert(found.ambiguous);
    iamp_request_unset(request, of(keys[_i][0]));
    set(keys[_i][0], "192.0.2.1");
    ck_assert(iamp_request_find(request, &ref, &found));
    ck_assert(!found.ambiguous);
}
END_TEST

START_TEST(test_empty_list_is_absent)
{
    ck_assert_int_eq(iamp_request_set_values(
                         request, of("aws:TagKeys"), true, NULL, 0, NULL),
        IAM_OK);
    expect_key("aws:TagKeys", NULL);
}
END_TEST

/* Many keys that are not global: the table grows and finds all of them. */
START_TEST(test_many_keys)
{
    char key[32], value[32];

    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof(key), "x:Key%d", i);
        snprintf(value, sizeof(value), "v%d", i);
        set(key, value);
    }
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof(key), "X:kEY%d", i);
        snprintf(value, sizeof(value), "v%d", i);
        expect_key(key, value);
    }
    iamp_request_reset(request);
    expect_key("x:Key7", NULL);
    set("x:Key7", "again");
    expect_key("x:key7", "again");
}
END_TEST

static void fill(void)
{
    text list[2] = {TEXT("a"), TEXT("b\0c")};

    ck_assert_int_eq(
        iamp_request_set_principal(
            request, of("arn:aws:sts::" ACCOUNT ":federated-user/bob"), NULL),
        IAM_OK);
    ck_assert_int_eq(iamp_request_set_user(request,
                         of("arn:aws:iam::" ACCOUNT ":user/bob"), NULL),
        IAM_OK);
    ck_assert_int_eq(
        iamp_request_set_action(request, of("s3:GetObject"), NULL), IAM_OK);
    ck_assert_int_eq(
        iamp_request_set_resource(request, of("arn:aws:s3:::b"), NULL), IAM_OK);
    set("aws:SourceIp", "192.0.2.9");
    set("aws:PrincipalTag/a", "1");
    set("aws:PrincipalTag/A", "2");
    ck_assert_int_eq(iamp_request_set_values(
                         request, of("aws:TagKeys"), true, list, 2, NULL),
        IAM_OK);
    request->flags = IAM_HAS_BOUNDARY;
}

static void print(const iam_request *r, textbuf *buf)
{
    iamp_textbuf_init(buf, NULL);
    iamp_request_print(r, buf);
    ck_assert(!buf->failed);
}

START_TEST(test_copy_is_equal_and_independent)
{
    key_ref tag = iamp_key_find(of("aws:PrincipalTag/a"));
    iam_request *copy;
    key_value found;
    textbuf a, b;

    fill();
    ck_assert_int_eq(iamp_request_copy(&copy, request, NULL), IAM_OK);
    print(request, &a);
    print(copy, &b);
    ck_assert_str_eq(a.ptr, b.ptr);
    ck_assert(iamp_request_find(copy, &tag, &found) && found.ambiguous);
    iamp_request_reset(request);
    iamp_textbuf_release(&a);
    print(copy, &a);
    ck_assert_str_eq(a.ptr, b.ptr);
    ck_assert(text_eq(copy->action_prefix, TEXT("s3")));
    ck_assert(copy->action_prefix.ptr == copy->action.bytes);
    iamp_textbuf_release(&a);
    iamp_textbuf_release(&b);
    iamp_request_free(copy);
}
END_TEST

START_TEST(test_print)
{
    textbuf buf;

    fill();
    iamp_request_unset(request, of("aws:PrincipalTag/a"));
    print(request, &buf);
    ck_assert_str_eq(buf.ptr,
        "{\"principal\":{\"arn\":\"arn:aws:sts::" ACCOUNT
        ":federated-user/bob\",\"user\":\"arn:aws:iam::" ACCOUNT
        ":user/bob\"},\"action\":\"s3:GetObject\","
        "\"resource\":\"arn:aws:s3:::b\",\"context\":{"
        "\"aws:SourceIp\":\"192.0.2.9\","
        "\"aws:TagKeys\":[\"a\",\"b\\u0000c\"]},"
        "\"flags\":{\"hasBoundary\":true}}");
    iamp_textbuf_release(&buf);
}
END_TEST

/* A setter that cannot get memory leaves what was there. */
START_TEST(test_setters_without_memory)
{
    iam_allocator poor;
    iam_request *r = NULL;
    size_t made = 0;
    text longer =
        TEXT("arn:aws:iam::" ACCOUNT
             ":user/a/path/that/is/longer/than/any/that/was/there/before/it");
    text value = TEXT("192.0.2.1");
    key_ref key = iamp_key_find(TEXT("x:k"));
    key_value found;

    for (size_t n = 0; made == 0; n++) {
        poor = unit_failing_allocator(n);
        if (iamp_request_new(&r, &poor) == IAM_ENOMEM)
            continue;
        if (iamp_request_set_principal(
                r, of("arn:aws:iam::" ACCOUNT ":user/ann"), NULL) == IAM_OK &&
            iamp_request_set_values(r, TEXT("x:k"), false, &value, 1, NULL) ==
                IAM_OK) {
            size_t left = *(size_t *)poor.user;

            *(size_t *)poor.user = 0;
            ck_assert_int_eq(
                iamp_request_set_principal(r, longer, NULL), IAM_ENOMEM);
            ck_assert_int_eq(iamp_request_set_values(
                                 r, TEXT("x:k"), false, &longer, 1, NULL),
                IAM_ENOMEM);
            ck_assert(text_eq(
                r->principal.text, of("arn:aws:iam::" ACCOUNT ":user/ann")));
            ck_assert(iamp_request_find(r, &key, &found));
            ck_assert(text_eq(found.values[0], value));
            *(size_t *)poor.user = left;
            made = 1;
        }
        iamp_request_free(r);
    }
}
END_TEST

UNIT_SUITE(request, setup, teardown, {
    tcase_add_loop_test(tc, test_derived_keys, 0, COUNT_OF(callers));
    tcase_add_test(tc, test_service_keys);
    tcase_add_loop_test(
        tc, test_refused_principal, 0, COUNT_OF(refused_principals));
    tcase_add_loop_test(tc, test_action, 0, COUNT_OF(actions));
    tcase_add_loop_test(tc, test_resource, 0, COUNT_OF(resources));
    tcase_add_test(tc, test_bad_account);
    tcase_add_test(tc, test_role_must_be_the_sessions);
    tcase_add_test(tc, test_values_replace_and_unset);
    tcase_add_loop_test(tc, test_two_spellings_are_ambiguous, 0, 2);
    tcase_add_test(tc, test_empty_list_is_absent);
    tcase_add_test(tc, test_many_keys);
    tcase_add_test(tc, test_copy_is_equal_and_independent);
    tcase_add_test(tc, test_print);
    tcase_add_test(tc, test_setters_without_memory);
})

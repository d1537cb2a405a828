/* SPDX-License-Identifier: Apache-2.0 */
#include "value/arn.h"

#include "unit.h"

static void nothing(void)
{
}

#define A "111122223333"

static text of(const char *t)
{
    return iamp_text_of(t, IAM_NTS);
}

/* --- splitting ----------------------------------------------------------- */

static const struct {
    const char *whole;
    const char *part[6]; /* part[0] NULL: fewer than six */
} splits[] = {
    {"", {NULL}},
    {"*", {NULL}},
    {"arn:aws:s3", {NULL}},
    {"arn:aws:s3::", {NULL}},
    {":::::", {"", "", "", "", "", ""}},
    {"arn:aws:s3:::b/k", {"arn", "aws", "s3", "", "", "b/k"}},
    {"arn:aws:logs:r:" A ":log-group:g:*",
        {"arn", "aws", "logs", "r", A, "log-group:g:*"}},
    {"arn:aws:s3:::", {"arn", "aws", "s3", "", "", ""}},
    {"ARN:aws:s3:::b", {"ARN", "aws", "s3", "", "", "b"}},
    {" arn:aws:s3:::b", {" arn", "aws", "s3", "", "", "b"}},
};

START_TEST(test_split)
{
    const char *const *want = splits[_i].part;
    text whole = of(splits[_i].whole), part[6];
    arn a;

    ck_assert_int_eq(iamp_arn_parts(whole, part), want[0] != NULL);
    for (size_t i = 0; want[0] && i < 6; i++)
        ck_assert(text_eq(part[i], of(want[i])));
    if (!want[0] || strcmp(want[0], "arn") != 0) {
        ck_assert(!iamp_arn_split(whole, &a));
        return;
    }
    ck_assert(iamp_arn_split(whole, &a));
    ck_assert(text_eq(a.whole, whole));
    ck_assert(text_eq(a.partition, of(want[1])));
    ck_assert(text_eq(a.service, of(want[2])));
    ck_assert(text_eq(a.region, of(want[3])));
    ck_assert(text_eq(a.account, of(want[4])));
    ck_assert(text_eq(a.resource, of(want[5])));
}
END_TEST

START_TEST(test_no_text)
{
    text part[6];
    arn a;

    ck_assert(!iamp_arn_parts((text){NULL, 0}, part));
    ck_assert(!iamp_arn_split((text){NULL, 0}, &a));
}
END_TEST

START_TEST(test_account)
{
    static const struct {
        const char *account;
        bool valid;
    } facts[] = {
        {A, true},
        {"000000000000", true},
        {"", false},
        {"11112222333", false},
        {"1111222233334", false},
        {"11112222333a", false},
        {"1111-2222-33", false},
        {"11112222333 ", false},
        {"-11112222333", false},
        {"*", false},
    };

    for (size_t i = 0; i < COUNT_OF(facts); i++)
        ck_assert_msg(
            iamp_account_valid(of(facts[i].account)) == facts[i].valid, "%s",
            facts[i].account);
}
END_TEST

/* --- principals ---------------------------------------------------------- */

static const struct {
    const char *whole;
    principal_type type;
    const char *name, *session;
} principals[] = {
    {"arn:aws:iam::" A ":user/ann", PRINCIPAL_USER, "ann", ""},
    {"arn:aws:iam::" A ":user/team/a/ann", PRINCIPAL_USER, "ann", ""},
    {"arn:aws:iam::" A ":role/dev", PRINCIPAL_ROLE, "dev", ""},
    {"arn:aws:iam::" A ":role/aws-reserved/sso.amazonaws.com/r/X_1",
        PRINCIPAL_ROLE, "X_1", ""},
    {"arn:aws-cn:iam::" A ":role/dev", PRINCIPAL_ROLE, "dev", ""},
    {"arn:aws-us-gov:iam::" A ":root", PRINCIPAL_ROOT, "", ""},
    {"arn:aws:iam::" A ":root", PRINCIPAL_ROOT, "", ""},
    {"arn:aws:sts::" A ":assumed-role/dev/ann@x", PRINCIPAL_SESSION, "dev",
        "ann@x"},
    {"arn:aws:sts::" A ":federated-user/ann", PRINCIPAL_FEDERATED, "ann", ""},
    /* one letter will do */
    {"arn:aws:iam::" A ":user/a", PRINCIPAL_USER, "a", ""},
    {"arn:aws:sts::" A ":assumed-role/d/s", PRINCIPAL_SESSION, "d", "s"},
    {"arn:aws:sts::" A ":federated-user/a", PRINCIPAL_FEDERATED, "a", ""},
    {"arn:z:iam::" A ":root", PRINCIPAL_ROOT, "", ""},
    /* wrong place */
    {"arn:Aws:iam::" A ":root", PRINCIPAL_NONE, "", ""},
    {"arn:aws:iam:r:" A ":root", PRINCIPAL_NONE, "", ""},
    {"arn:aws:iam::" A ":assumed-role/dev/ann", PRINCIPAL_NONE, "", ""},
    {"arn:aws:sts::" A ":user/ann", PRINCIPAL_NONE, "", ""},
    {"arn:aws:sts::" A ":root", PRINCIPAL_NONE, "", ""},
    {"arn:aws:s3::" A ":user/ann", PRINCIPAL_NONE, "", ""},
    {"arn:aws:IAM::" A ":user/ann", PRINCIPAL_NONE, "", ""},
    {"arn:aws:iam:us-east-1:" A ":user/ann", PRINCIPAL_NONE, "", ""},
    {"arn::iam::" A ":user/ann", PRINCIPAL_NONE, "", ""},
    {"arn:AWS:iam::" A ":user/ann", PRINCIPAL_NONE, "", ""},
    {"ARN:aws:iam::" A ":user/ann", PRINCIPAL_NONE, "", ""},
    {"arn:aws:iam::11112222333:user/ann", PRINCIPAL_NONE, "", ""},
    {"arn:aws:iam:::user/ann", PRINCIPAL_NONE, "", ""},
    {"arn:aws:iam::" A ":group/x", PRINCIPAL_NONE, "", ""},
    {"arn:aws:iam::" A ":User/ann", PRINCIPAL_NONE, "", ""},
    {"arn:aws:iam::" A ":root/x", PRINCIPAL_NONE, "", ""},
    /* nothing where a name belongs */
    {"arn:aws:iam::" A ":user/", PRINCIPAL_NONE, "", ""},
    {"arn:aws:iam::" A ":user", PRINCIPAL_NONE, "", ""},
    {"arn:aws:iam::" A ":role/path/", PRINCIPAL_NONE, "", ""},
    {"arn:aws:sts::" A ":assumed-role/dev", PRINCIPAL_NONE, "", ""},
    {"arn:aws:sts::" A ":assumed-role/dev/", PRINCIPAL_NONE, "", ""},
    {"arn:aws:sts::" A ":assumed-role//ann", PRINCIPAL_NONE, "", ""},
    {"arn:aws:sts::" A ":assumed-role/", PRINCIPAL_NONE, "", ""},
    {"arn:aws:sts::" A ":assumed-role/p/dev/ann", PRINCIPAL_NONE, "", ""},
    {"arn:aws:sts::" A ":federated-user/", PRINCIPAL_NONE, "", ""},
    {"arn:aws:sts::" A ":federated-user/a/b", PRINCIPAL_NONE, "", ""},
    {"arn:aws:iam::" A ":", PRINCIPAL_NONE, "", ""},
    /* wildcards name nobody */
    {"arn:aws:iam::" A ":user/*", PRINCIPAL_NONE, "", ""},
    {"arn:aws:iam::" A ":role/app-?", PRINCIPAL_NONE, "", ""},
    {"arn:*:iam::" A ":root", PRINCIPAL_NONE, "", ""},
    {"*", PRINCIPAL_NONE, "", ""},
    {"", PRINCIPAL_NONE, "", ""},
    {A, PRINCIPAL_NONE, "", ""},
    {"ecs.amazonaws.com", PRINCIPAL_NONE, "", ""},
};

START_TEST(test_principal)
{
    principal_arn p;
    bool known = iamp_principal_arn_parse(of(principals[_i].whole), &p);

    ck_assert_msg(p.type == principals[_i].type, "%s", principals[_i].whole);
    ck_assert_int_eq(known, p.type != PRINCIPAL_NONE);
    ck_assert(text_eq(p.name, of(principals[_i].name)));
    ck_assert(text_eq(p.session, of(principals[_i].session)));
    ck_assert(
        text_eq(p.arn.whole, known ? of(principals[_i].whole) : TEXT("")));
    ck_assert(text_eq(p.arn.account, known ? TEXT(A) : TEXT("")));
}
END_TEST

UNIT_SUITE(arn, nothing, nothing, {
    tcase_add_loop_test(tc, test_split, 0, COUNT_OF(splits));
    tcase_add_test(tc, test_no_text);
    tcase_add_test(tc, test_account);
    tcase_add_loop_test(tc, test_principal, 0, COUNT_OF(principals));
})

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sources.c - from which addresses something can be allowed: never one
 * too many, and exactly those where the answer says so.
 */
#include <stdio.h>

#include "unit.h"

#define ADDRESSES_MOST 4

#define ALLOW "\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\","
#define DENY  "\"Effect\":\"Deny\",\"Action\":\"*\","
#define ANY   "\"Resource\":\"*\""

static const struct {
    const char *about, *statements;
    const char *resource; /* of the scope, or NULL */
    bool exact;
    const char *inside[ADDRESSES_MOST], *outside[ADDRESSES_MOST];
} facts[] = {
    {"blocks, and one address out of them by its text",
        "{" ALLOW ANY ",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":"
        "[\"192.0.2.0/24\",\"2001:db8::/32\"]}}},"
        "{" DENY ANY ",\"Condition\":{\"StringEquals\":{\"aws:SourceIp\":"
        "\"192.0.2.5\"}}}",
        NULL, true, {"192.0.2.4", "192.0.2.6", "2001:db8::7"},
        {"192.0.2.5", "192.0.3.0", "2001:db9::"}},
    {"allowed by text",
        "{" ALLOW ANY ",\"Condition\":{\"StringLike\":{\"aws:SourceIp\":"
        "\"10.0.0.*\"}}}",
        NULL, false, {"10.0.0.1", "10.0.0.255"},
        {"10.0.1.0", "45.0.0.1", "::1"}},
    {"denied by text",
        "{" ALLOW ANY "},{" DENY ANY ",\"Condition\":{\"StringLike\":"
        "{\"aws:SourceIp\":\"10.*\"}}}",
        NULL, false, {"11.0.0.0", "45.0.0.1", "::1"}, {"10.0.0.0", "10.1.2.3"}},
    {"blocks beside what is allowed by text",
        "{" ALLOW ANY ",\"Condition\":{\"StringLike\":{\"aws:SourceIp\":"
        "\"*zz*\"},\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}}},"
        "{\"Effect\":\"Allow\",\"Action\":\"s3:PutObject\"," ANY
        ",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"192.0.2.0/24\"}}}",
        NULL, false, {"192.0.2.0", "192.0.2.255"}, {"10.0.0.1", "45.0.0.1"}},
    {"the address in the resource's name",
        "{" ALLOW "\"Resource\":\"arn:aws:s3:::b/${aws:SourceIp}\"}",
        "arn:aws:s3:::b/10.0.0.5", false, {"10.0.0.5"},
        {"10.0.0.4", "10.0.0.6", "45.0.0.1"}},
    {"the address in the name of what is not denied",
        "{" ALLOW "\"Resource\":\"arn:aws:s3:::b/*\"},"
        "{" DENY "\"NotResource\":\"arn:aws:s3:::b/${aws:SourceIp}\"}",
        "arn:aws:s3:::b/10.0.0.5", false, {"10.0.0.5"},
        {"10.0.0.4", "10.0.0.6", "45.0.0.1"}},
};

static iam_prover *prover_of(const char *statements)
{
    char text[2048];
    iam_policy *policy;
    iam_stack_entry entry = {0};
    iam_stack *stack;
    iam_prover *prover;
    iam_error error;

    snprintf(text, sizeof(text),
        "{\"Version\":\"2012-10-17\",\"Statement\":[%s]}", statements);
    ck_assert_msg(iam_policy_compile(IAM_IDENTITY_POLICY, text, IAM_NTS, NULL,
                      &policy, &error) == IAM_OK,
        "%s", error.message);
    entry.policy = policy;
    ck_assert_int_eq(iam_stack_new(&entry, 1, NULL, &stack, NULL), IAM_OK);
    ck_assert_int_eq(iam_prover_new(stack, NULL, &prover, NULL), IAM_OK);
    iam_stack_free(stack);
    iam_policy_free(policy);
    return prover;
}

static bool has(const iam_ipset *set, const char *address)
{
    return set && iam_ipset_contains(set, address, IAM_NTS);
}

START_TEST(test_facts)
{
    iam_prover *prover = prover_of(facts[_i].statements);
    iam_question question = IAM_QUESTION_INIT;
    const iam_ipset *found, *unsure;
    iam_sources *sources;
    iam_scope *scope;
    bool exact;

    ck_assert_int_eq(iam_scope_new(NULL, &scope), IAM_OK);
    if (facts[_i].resource)
        ck_assert_int_eq(
            iam_scope_add_resource(scope, facts[_i].resource, IAM_NTS, NULL),
            IAM_OK);
    question.scope = scope;
    ck_assert_int_eq(
        iam_prover_sources(prover, &question, &sources, NULL), IAM_OK);
    found = iam_sources_addresses(sources);
    unsure = iam_sources_unsure(sources);
    exact = iam_sources_verdict(sources) == IAM_PROVED;
    ck_assert_msg(exact == facts[_i].exact, "%s", facts[_i].about);
    ck_assert(exact || iam_sources_reason(sources)[0] != '\0');
    for (size_t i = 0; i < ADDRESSES_MOST && facts[_i].inside[i]; i++)
        ck_assert_msg(has(found, facts[_i].inside[i]) ||
                          (!exact && has(unsure, facts[_i].inside[i])),
            "%s: %s", facts[_i].about, facts[_i].inside[i]);
    for (size_t i = 0; i < ADDRESSES_MOST && facts[_i].outside[i]; i++)
        ck_assert_msg(!has(found, facts[_i].outside[i]), "%s: %s",
            facts[_i].about, facts[_i].outside[i]);
    iam_sources_free(sources);
    iam_scope_free(scope);
    iam_prover_free(prover);
}
END_TEST

UNIT_SUITE(sources, NULL, NULL,
           tcase_add_loop_test(tc, test_facts, 0, (int)COUNT_OF(facts));)

/* SPDX-License-Identifier: Apache-2.0 */
/* The header's promises about provers: what is refused, what nothing gives. */
#include <stdio.h>

#include "base/text.h"

#include "unit.h"

static const char policy_text[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"S\","
    " \"Effect\": \"Allow\", \"Action\": \"s3:GetObject\","
    " \"Resource\": \"*\"}]}";

static iam_stack *stack;
static iam_prover *prover;
static iam_ipset *addresses;
static iam_error err;

static void setup(void)
{
    static const iam_text block = {"192.0.2.0/24", 12};
    iam_stack_entry entry = {.name = "p"};

    ck_assert_int_eq(iam_policy_compile(IAM_IDENTITY_POLICY, policy_text,
                         IAM_NTS, NULL, &entry.policy, NULL),
        IAM_OK);
    ck_assert_int_eq(iam_stack_new(&entry, 1, NULL, &stack, NULL), IAM_OK);
    iam_policy_free(entry.policy);
    ck_assert_int_eq(iam_prover_new(stack, NULL, &prover, NULL), IAM_OK);
    ck_assert_int_eq(iam_ipset_new(&block, 1, NULL, &addresses, NULL), IAM_OK);
}

static void teardown(void)
{
    iam_ipset_free(addresses);
    iam_prover_free(prover);
    iam_stack_free(stack);
}

static bool swallow(void *user, const char *bytes, size_t len)
{
    (void)bytes;
    *(size_t *)user += len;
    return true;
}

/* An address of nothing of the kind, which a call that fails has to clear. */
static void *rubbish(void)
{
    return &err;
}

/* --- what is refused ------------------------------------------------------- */

static iam_status ask(const iam_question *question)
{
    iam_proof *proof = rubbish();
    iam_status status;

    err.status = IAM_OK;
    status = iam_prover_ask(prover, question, &proof, &err);
    ck_assert_int_eq(proof == NULL, status != IAM_OK);
    ck_assert_int_eq(err.status, status);
    iam_proof_free(proof);
    return status;
}

/* What each kind needs, and that it is enough. */
static const struct {
    int kind;
    bool needs_addresses, needs_old;
    iam_status status;
} kinds[] = {
    {IAM_ONLY_FROM, true, false, IAM_OK},
    {IAM_ALWAYS_FROM, true, false, IAM_OK},
    {IAM_EXACTLY_FROM, true, false, IAM_OK},
    {IAM_NEVER, false, false, IAM_OK},
    {IAM_ALWAYS, false, false, IAM_OK},
    {IAM_WITHIN, false, true, IAM_OK},
    {IAM_NOT_PUBLIC, false, false, IAM_OK},
    {0, false, false, IAM_EINVAL},
    {8, false, false, IAM_EINVAL},
    {-1, false, false, IAM_EINVAL},
};

START_TEST(test_kind)
{
    iam_question question = IAM_QUESTION_INIT;

    question.kind = (iam_question_kind)kinds[_i].kind;
    question.addresses = kinds[_i].needs_addresses ? addresses : NULL;
    question.old = kinds[_i].needs_old ? stack : NULL;
    ck_assert_int_eq(ask(&question), kinds[_i].status);
    question.addresses = kinds[_i].needs_addresses ? NULL : addresses;
    ck_assert_int_eq(ask(&question),
        kinds[_i].needs_addresses ? IAM_EINVAL : kinds[_i].status);
    question.addresses = addresses;
    question.old = kinds[_i].needs_old ? NULL : stack;
    ck_assert_int_eq(
        ask(&question), kinds[_i].needs_old ? IAM_EINVAL : kinds[_i].status);
}
END_TEST

START_TEST(test_question_of_another_version)
{
    iam_question question = IAM_QUESTION_INIT;

    question.kind = IAM_NEVER;
    question.struct_size--;
    ck_assert_int_eq(ask(&question), IAM_EINVAL);
    question.struct_size++;
    question.flags = 2;
    ck_assert_int_eq(ask(&question), IAM_EINVAL);
    question.flags = IAM_WITH_CERTIFICATE;
    ck_assert_int_eq(ask(&question), IAM_OK);
}
END_TEST

START_TEST(test_options_of_another_version)
{
    iam_question question = IAM_QUESTION_INIT;
    iam_options options = IAM_OPTIONS_INIT;
    iam_prover *other = prover;
    iam_scope *scope = rubbish();
    iam_proof *proof = rubbish();

    question.kind = IAM_NEVER;
    options.struct_size--;
    ck_assert_int_eq(iam_prover_new(stack, &options, &other, NULL), IAM_EINVAL);
    ck_assert_ptr_null(other);
    ck_assert_int_eq(iam_scope_new(&options, &scope), IAM_EINVAL);
    ck_assert_ptr_null(scope);
    ck_assert_int_eq(
        iam_prove(stack, &question, &options, &proof, NULL), IAM_EINVAL);
    ck_assert_ptr_null(proof);
}
END_TEST

START_TEST(test_null)
{
    iam_question question = IAM_QUESTION_INIT;
    iam_proof *proof = rubbish();
    iam_sources *sources = rubbish();
    iam_diff *diff = rubbish();
    iam_review *review = rubbish();
    iam_prover *other = prover;
    size_t total = 0;

    question.kind = IAM_NEVER;
    ck_assert_int_eq(iam_prover_new(NULL, NULL, &other, NULL), IAM_EINVAL);
    ck_assert_ptr_null(other);
    ck_assert_int_eq(iam_prover_new(stack, NULL, NULL, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_prove(NULL, &question, NULL, &proof, NULL), IAM_EINVAL);
    ck_assert_ptr_null(proof);
    ck_assert_int_eq(iam_prove(stack, &question, NULL, NULL, NULL), IAM_EINVAL);
    ck_assert_int_eq(iam_prove(stack, NULL, NULL, &proof, NULL), IAM_EINVAL);
    ck_assert_int_eq(iam_prover_ask(NULL, &question, &proof, NULL), IAM_EINVAL);
    ck_assert_int_eq(iam_prover_ask(prover, NULL, &proof, NULL), IAM_EINVAL);
    ck_assert_int_eq(iam_prover_ask(prover, &question, NULL, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_prover_sources(prover, NULL, &sources, NULL), IAM_EINVAL);
    ck_assert_ptr_null(sources);
    ck_assert_int_eq(
        iam_prover_sources(prover, &question, NULL, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_prover_diff(prover, &question, &diff, &err), IAM_EINVAL);
    ck_assert_str_eq(err.message, "a comparison needs an old stack");
    ck_assert_ptr_null(diff);
    ck_assert_int_eq(
        iam_prover_review(NULL, &question, &review, NULL), IAM_EINVAL);
    ck_assert_ptr_null(review);
    ck_assert_int_eq(
        iam_prover_print_smt2(prover, &question, NULL, NULL, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_prover_print_smt2(prover, NULL, swallow, &total, NULL), IAM_EINVAL);
    ck_assert_uint_eq(total, 0);
}
END_TEST

START_TEST(test_scope_null)
{
    static const char bad[] = "s3:\xff";
    iam_scope *scope;
    const iam_text spoiled = {bad, IAM_NTS};

    ck_assert_int_eq(iam_scope_new(NULL, NULL), IAM_EINVAL);
    ck_assert_int_eq(iam_scope_new(NULL, &scope), IAM_OK);
    ck_assert_int_eq(
        iam_scope_set_principal(NULL, "any", IAM_NTS, NULL), IAM_EINVAL);
    ck_assert_int_eq(iam_scope_set_principal(scope, NULL, 0, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_scope_set_service(scope, bad, IAM_NTS, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_scope_add_action(scope, bad, IAM_NTS, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_scope_add_resource(scope, bad, IAM_NTS, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_scope_set_value(scope, "k", 1, bad, IAM_NTS, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_scope_set_value(scope, bad, IAM_NTS, "v", 1, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_scope_set_value(scope, "k", 1, NULL, 0, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_scope_set_values(scope, "k", 1, &spoiled, 1, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_scope_set_values(scope, "k", 1, NULL, 1, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_scope_set_values(scope, "k", 1, NULL, 0, NULL), IAM_OK);
    ck_assert_int_eq(iam_scope_set_absent(scope, NULL, 0, NULL), IAM_EINVAL);
    ck_assert_int_eq(
        iam_scope_set_present(scope, bad, IAM_NTS, NULL), IAM_EINVAL);
    iam_scope_set_flags(NULL, 1);
    iam_scope_free(scope);
    iam_scope_free(NULL);
}
END_TEST

/* --- what nothing gives ---------------------------------------------------- */

START_TEST(test_nothing_proves_nothing)
{
    size_t total = 0;

    ck_assert_int_eq(iam_proof_verdict(NULL), IAM_UNKNOWN);
    ck_assert_int_eq(iam_proof_question(NULL), 0);
    ck_assert_str_eq(iam_proof_reason(NULL), "");
    ck_assert_uint_eq(iam_proof_witness_count(NULL), 0);
    ck_assert_ptr_null(iam_proof_witness(NULL, 0).request);
    ck_assert_str_eq(iam_proof_witness(NULL, 0).meaning, "");
    ck_assert_uint_eq(iam_proof_because(NULL, 0, 0).entry, SIZE_MAX);
    ck_assert_ptr_null(iam_proof_addresses(NULL));
    ck_assert(!iam_proof_without_address(NULL));
    ck_assert_str_eq(iam_proof_fact(NULL, 0), "");
    ck_assert_str_eq(iam_proof_finding(NULL, 0).message, "");
    ck_assert_ptr_null(iam_proof_part(NULL, 0));
    ck_assert_uint_eq(iam_proof_steps(NULL) + iam_proof_micros(NULL), 0);
    ck_assert_int_eq(iam_proof_print(NULL, swallow, &total), IAM_EINVAL);
    ck_assert_int_eq(
        iam_proof_print_scenario(NULL, swallow, &total), IAM_EINVAL);
    ck_assert_int_eq(iam_proof_certificate(NULL, swallow, &total), IAM_EINVAL);
    ck_assert_str_eq(iam_proof_no_certificate(NULL), "");
    ck_assert_int_eq(iam_sources_verdict(NULL), IAM_UNKNOWN);
    ck_assert(iam_sources_without_address_unsure(NULL));
    ck_assert_ptr_null(iam_sources_addresses(NULL));
    ck_assert_ptr_null(iam_sources_unsure(NULL));
    ck_assert_str_eq(iam_sources_reason(NULL), "");
    ck_assert_uint_eq(iam_sources_match(NULL, 0).statement, SIZE_MAX);
    ck_assert_str_eq(iam_sources_fact(NULL, 0), "");
    ck_assert_str_eq(iam_sources_finding(NULL, 0).code, "");
    ck_assert_int_eq(iam_sources_print(NULL, swallow, &total), IAM_EINVAL);
    ck_assert_int_eq(iam_diff_relation(NULL), IAM_RELATION_UNKNOWN);
    ck_assert_str_eq(iam_diff_reason(NULL), "");
    ck_assert_ptr_null(iam_diff_only_old(NULL));
    ck_assert_ptr_null(iam_diff_only_new(NULL));
    ck_assert_uint_eq(iam_diff_old_match(NULL, 0).entry, SIZE_MAX);
    ck_assert_uint_eq(iam_diff_new_match(NULL, 0).entry, SIZE_MAX);
    ck_assert_str_eq(iam_diff_change(NULL, 0).summary, "");
    ck_assert_str_eq(iam_diff_fact(NULL, 0), "");
    ck_assert_int_eq(iam_diff_print(NULL, swallow, &total), IAM_EINVAL);
    ck_assert_uint_eq(iam_review_count(NULL), 0);
    ck_assert_int_eq(iam_review_item(NULL, 0).dead, IAM_UNKNOWN);
    ck_assert_str_eq(iam_review_shadowed(NULL, 0, 0).key, "");
    ck_assert_str_eq(iam_review_fact(NULL, 0), "");
    ck_assert_int_eq(iam_review_print(NULL, swallow, &total), IAM_EINVAL);
    ck_assert_uint_eq(total, 0);
    iam_prover_free(NULL);
    iam_proof_free(NULL);
    iam_sources_free(NULL);
    iam_diff_free(NULL);
    iam_review_free(NULL);
}
END_TEST

/* --- what answers give ----------------------------------------------------- */

START_TEST(test_witness)
{
    iam_question question = IAM_QUESTION_INIT;
    iam_proof *proof;
    size_t total = 0;
    iam_witness w;

    question.kind = IAM_ONLY_FROM;
    question.addresses = addresses;
    ck_assert_int_eq(iam_prove(stack, &question, NULL, &proof, NULL), IAM_OK);
    ck_assert_int_eq(iam_proof_verdict(proof), IAM_REFUTED);
    ck_assert_uint_eq(iam_proof_witness_count(proof), 2);
    w = iam_proof_witness(proof, 0);
    ck_assert_int_eq(iam_stack_check(stack, w.request), IAM_ALLOW);
    ck_assert_uint_eq(w.because_count, 1);
    ck_assert_uint_eq(iam_proof_because(proof, 0, 0).statement, 0);
    ck_assert_uint_eq(iam_proof_because(proof, 0, 1).statement, SIZE_MAX);
    ck_assert_uint_eq(iam_proof_because(proof, 2, 0).statement, SIZE_MAX);
    ck_assert(!iam_ipset_contains(addresses,
        iam_request_value(w.request, "AWS:sourceip", IAM_NTS, 0), IAM_NTS));
    ck_assert_uint_eq(
        iam_request_value_count(
            iam_proof_witness(proof, 1).request, "aws:SourceIp", IAM_NTS),
        0);
    ck_assert_ptr_null(iam_proof_witness(proof, 2).request);
    ck_assert_ptr_null(iam_proof_part(proof, 0));
    ck_assert(iam_ipset_disjoint(addresses, iam_proof_addresses(proof)));
    ck_assert_int_eq(iam_proof_print(proof, unit_refuse, NULL), IAM_ESTOPPED);
    ck_assert_int_eq(
        iam_proof_print_scenario(proof, unit_refuse, NULL), IAM_ESTOPPED);
    ck_assert_int_eq(iam_proof_certificate(proof, swallow, &total), IAM_EINVAL);
    iam_proof_free(proof);
}
END_TEST

START_TEST(test_request_values)
{
    static const iam_text two[] = {{"a", 1}, {"b", 1}};
    iam_request *r;

    ck_assert_int_eq(iam_request_new(NULL, &r), IAM_OK);
    ck_assert_int_eq(
        iam_request_set_values(r, "x:l", IAM_NTS, two, 2, NULL), IAM_OK);
    ck_assert_int_eq(iam_request_set_value(r, "aws:SourceIp", IAM_NTS,
                         "2001:DB8:0::1", IAM_NTS, NULL),
        IAM_OK);
    ck_assert_uint_eq(iam_request_value_count(r, "X:L", IAM_NTS), 2);
    ck_assert_str_eq(iam_request_value(r, "x:l", IAM_NTS, 1), "b");
    ck_assert_str_eq(iam_request_value(r, "x:l", IAM_NTS, 2), "");
    ck_assert_str_eq(
        iam_request_value(r, "aws:SourceIp", IAM_NTS, 0), "2001:db8::1");
    iam_request_unset(r, "x:l", IAM_NTS);
    ck_assert_uint_eq(iam_request_value_count(r, "x:l", IAM_NTS), 0);
    ck_assert_uint_eq(iam_request_value_count(r, NULL, 0), 0);
    ck_assert_uint_eq(iam_request_value_count(NULL, "x:l", IAM_NTS), 0);
    ck_assert_str_eq(iam_request_value(NULL, "x:l", IAM_NTS, 0), "");
    iam_request_free(r);
}
END_TEST

static bool stop(void *user, uint64_t steps)
{
    (void)steps;
    ++*(size_t *)user;
    return false;
}

START_TEST(test_stopped)
{
    iam_question question = IAM_QUESTION_INIT;
    iam_proof *proof = NULL;
    size_t told = 0;
    iam_status status;

    question.kind = IAM_ONLY_FROM;
    question.addresses = addresses;
    question.progress = stop;
    question.user = &told;
    status = iam_prover_ask(prover, &question, &proof, &err);
    ck_assert_int_eq(status == IAM_ESTOPPED, told > 0);
    ck_assert_int_eq(proof == NULL, told > 0);
    iam_proof_free(proof);
    /* The prover is as good as new. */
    question.progress = NULL;
    ck_assert_int_eq(iam_prover_ask(prover, &question, &proof, &err), IAM_OK);
    ck_assert_int_eq(iam_proof_verdict(proof), IAM_REFUTED);
    iam_proof_free(proof);
}
END_TEST

UNIT_SUITE(prove_api, setup, teardown, {
    tcase_add_loop_test(tc, test_kind, 0, COUNT_OF(kinds));
    tcase_add_test(tc, test_question_of_another_version);
    tcase_add_test(tc, test_options_of_another_version);
    tcase_add_test(tc, test_null);
    tcase_add_test(tc, test_scope_null);
    tcase_add_test(tc, test_nothing_proves_nothing);
    tcase_add_test(tc, test_witness);
    tcase_add_test(tc, test_request_values);
    tcase_add_test(tc, test_stopped);
})

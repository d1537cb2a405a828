/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks_prove.c - what the out-of-memory test proves.
 */
#include "oom.h"

#define UNSET(type) ((type *)oom_unset())

static bool swallow(void *user, const char *bytes, size_t len)
{
    size_t *total = user;

    (void)bytes;
    *total += len;
    return true;
}

/* With plenty of memory: a stack of one identity policy. */
static iam_stack *stack_of(const char *text)
{
    iam_stack_entry entry = {NULL, "gate", 0, 0};
    iam_stack *stack = NULL;

    oom_expect(
        iam_policy_compile(IAM_IDENTITY_POLICY, text, IAM_NTS, oom_options(),
            &entry.policy, NULL) == IAM_OK &&
            iam_stack_new(&entry, 1, oom_options(), &stack, NULL) == IAM_OK,
        "no stack");
    iam_policy_free(entry.policy);
    return stack;
}

/* A question about the gate, with everything that a scope can say. */
static iam_status fill_scope(iam_scope *scope)
{
    static const iam_text colours[] = {{"red", 3}, {"blue", 4}};
    iam_status status = iam_scope_set_service(
        scope, "delivery.logs.amazonaws.com", IAM_NTS, NULL);

    if (status == IAM_OK)
        status = iam_scope_set_principal(
            scope, "arn:aws:iam::111122223333:user/team/ann", IAM_NTS, NULL);
    for (int i = 0; status == IAM_OK && i < 6; i++)
        status = iam_scope_add_action(scope, "s3:Get*", IAM_NTS, NULL);
    if (status == IAM_OK)
        status = iam_scope_add_resource(
            scope, "arn:aws:s3:::reports/*", IAM_NTS, NULL);
    if (status == IAM_OK)
        status =
            iam_scope_set_value(scope, "x:last", IAM_NTS, "set", IAM_NTS, NULL);
    if (status == IAM_OK)
        status =
            iam_scope_set_values(scope, "x:colours", IAM_NTS, colours, 2, NULL);
    if (status == IAM_OK)
        status = iam_scope_set_absent(scope, "x:absent", IAM_NTS, NULL);
    if (status == IAM_OK)
        status = iam_scope_set_present(scope, "x:present", IAM_NTS, NULL);
    return status;
}

static iam_status scope_build(void)
{
    iam_scope *scope = UNSET(iam_scope);
    iam_status status;

    oom_arm();
    status = iam_scope_new(oom_options(), &scope);
    oom_expect((scope == NULL) == (status != IAM_OK), "out is not NULL");
    if (status == IAM_OK)
        status = fill_scope(scope);
    oom_disarm();
    if (scope)
        iam_scope_free(scope);
    return status;
}

static iam_ipset *office_new(void)
{
    static const iam_text block = {"198.51.100.0/24", 15};
    iam_ipset *set;

    return iam_ipset_new(&block, 1, oom_options(), &set, NULL) == IAM_OK ? set
                                                                         : NULL;
}

/* Whatever fails, nothing is proved that is not so. */
static iam_status prove(iam_question_kind kind, iam_verdict expected)
{
    iam_question question = IAM_QUESTION_INIT;
    iam_stack *gate = stack_of(oom_gate), *old = stack_of(oom_gate);
    iam_ipset *office = office_new();
    iam_proof *proof = UNSET(iam_proof);
    iam_error error = {IAM_OK, 0, 0, 0, 0, {0}, {0}};
    size_t total = 0;
    iam_status status;

    question.kind = kind;
    question.addresses = office;
    question.old = old;
    question.flags = IAM_WITH_CERTIFICATE;
    oom_arm();
    status = iam_prove(gate, &question, oom_options(), &proof, &error);
    oom_expect((proof == NULL) == (status != IAM_OK), "out is not NULL");
    oom_expect(status == IAM_OK || status == IAM_ENOMEM, error.message);
    if (status == IAM_OK) {
        oom_expect(
            iam_proof_verdict(proof) == expected, iam_proof_reason(proof));
        status = iam_proof_print(proof, swallow, &total);
    }
    if (status == IAM_OK && expected == IAM_REFUTED)
        status = iam_proof_print_scenario(proof, swallow, &total);
    oom_disarm();
    iam_proof_free(proof);
    iam_ipset_free(office);
    iam_stack_free(old);
    iam_stack_free(gate);
    return status;
}

static iam_status prove_proved(void)
{
    return prove(IAM_WITHIN, IAM_PROVED);
}

static iam_status prove_refuted(void)
{
    return prove(IAM_ONLY_FROM, IAM_REFUTED);
}

static iam_status prove_both(void)
{
    return prove(IAM_EXACTLY_FROM, IAM_REFUTED);
}

/* The other answers of a prover, each printed. */
static iam_status ask_prover(iam_prover *prover, const iam_question *question)
{
    iam_sources *sources = NULL;
    iam_review *review = NULL;
    iam_diff *diff = NULL;
    size_t total = 0;
    iam_status status = iam_prover_sources(prover, question, &sources, NULL);

    if (status == IAM_OK)
        status = iam_sources_print(sources, swallow, &total);
    if (status == IAM_OK)
        status = iam_prover_diff(prover, question, &diff, NULL);
    if (status == IAM_OK)
        status = iam_diff_print(diff, swallow, &total);
    if (status == IAM_OK)
        status = iam_prover_review(prover, question, &review, NULL);
    if (status == IAM_OK)
        status = iam_review_print(review, swallow, &total);
    iam_review_free(review);
    iam_diff_free(diff);
    iam_sources_free(sources);
    return status;
}

static iam_status prover_answers(void)
{
    iam_question question = IAM_QUESTION_INIT;
    iam_stack *gate = stack_of(oom_gate), *old = stack_of(oom_identity);
    iam_prover *prover = UNSET(iam_prover);
    iam_scope *scope = NULL;
    iam_status status;

    oom_expect(iam_scope_new(oom_options(), &scope) == IAM_OK &&
                   fill_scope(scope) == IAM_OK,
        "a scope cannot be filled");
    question.old = old;
    question.scope = scope;
    oom_arm();
    status = iam_prover_new(gate, oom_options(), &prover, NULL);
    oom_expect((prover == NULL) == (status != IAM_OK), "out is not NULL");
    if (status == IAM_OK)
        status = ask_prover(prover, &question);
    oom_disarm();
    iam_prover_free(prover);
    iam_scope_free(scope);
    iam_stack_free(old);
    iam_stack_free(gate);
    return status;
}

const oom_task oom_prove_tasks[] = {
    {"build a scope", scope_build},
    {"prove: proved", prove_proved},
    {"prove: refuted", prove_refuted},
    {"prove: both", prove_both},
    {"prover: sources, difference, review", prover_answers},
};

const size_t oom_prove_task_count =
    sizeof(oom_prove_tasks) / sizeof(oom_prove_tasks[0]);

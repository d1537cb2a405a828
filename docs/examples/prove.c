/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prove.c - does a policy let its user in from two addresses and from nowhere
 * else, whatever the request?  And with a second policy beside it?
 */
#include <iampolicy.h>
#include <stdio.h>

static const char OURS[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\",\n"
    "  \"Action\": \"bedrock:InvokeModel\",\n"
    "  \"Resource\": \"arn:aws:bedrock:*::foundation-model/*\",\n"
    "  \"Condition\": {\"IpAddress\": {\"aws:SourceIp\":\n"
    "    [\"13.230.101.201/32\", \"13.230.101.202/32\"]}}}]}\n";

static const char FULL[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": [\n"
    "  {\"Sid\": \"All\", \"Effect\": \"Allow\", \"Action\": \"bedrock:*\",\n"
    "   \"Resource\": \"*\"}]}\n";

/* What shows it: the request, and the statements that let it through. */
static void print_witness(
    const iam_stack *stack, const iam_proof *proof, size_t index)
{
    iam_witness w = iam_proof_witness(proof, index);
    const char *address =
        iam_request_value(w.request, "aws:SourceIp", IAM_NTS, 0);

    printf("  %s: %s from %s\n", w.id, iam_request_action(w.request),
        address[0] ? address : "no address");
    for (size_t i = 0; i < w.because_count; i++) {
        iam_match match = iam_proof_because(proof, index, i);
        iam_stack_entry entry = iam_stack_entry_at(stack, match.entry);
        iam_statement statement =
            iam_policy_statement(entry.policy, match.statement);

        printf("    by \"%s\" of %s, line %u\n", statement.sid, entry.name,
            (unsigned)statement.line);
    }
}

static void print_proof(const iam_stack *stack, const iam_proof *proof)
{
    printf("%s %s\n", iam_question_name(iam_proof_question(proof)),
        iam_verdict_name(iam_proof_verdict(proof)));
    for (size_t i = 0; i < iam_proof_witness_count(proof); i++)
        print_witness(stack, proof, i);
}

/* Ask about the first `count` policies. */
static iam_status prove(const iam_stack_entry *entries, size_t count,
    const iam_question *question, iam_error *err)
{
    iam_stack *stack = NULL;
    iam_proof *proof = NULL;
    iam_status status = iam_stack_new(entries, count, NULL, &stack, err);

    if (status == IAM_OK)
        status = iam_prove(stack, question, NULL, &proof, err);
    if (status == IAM_OK)
        print_proof(stack, proof);
    iam_proof_free(proof);
    iam_stack_free(stack);
    return status;
}

int main(void)
{
    static const iam_text blocks[] = {
        {"13.230.101.201/32", IAM_NTS}, {"13.230.101.202/32", IAM_NTS}};
    iam_stack_entry entries[2] = {{.name = "ours"}, {.name = "full access"}};
    iam_question question = IAM_QUESTION_INIT;
    iam_ipset *addresses = NULL;
    iam_scope *scope = NULL;
    iam_error err = {.message = "out of memory"};
    bool ok;

    ok = iam_policy_compile(IAM_IDENTITY_POLICY, OURS, IAM_NTS, NULL,
             &entries[0].policy, &err) == IAM_OK &&
         iam_policy_compile(IAM_IDENTITY_POLICY, FULL, IAM_NTS, NULL,
             &entries[1].policy, &err) == IAM_OK &&
         iam_ipset_new(blocks, 2, NULL, &addresses, &err) == IAM_OK &&
         iam_scope_new(NULL, &scope) == IAM_OK &&
         iam_scope_add_action(scope, "bedrock:InvokeModel", IAM_NTS, &err) ==
             IAM_OK &&
         iam_scope_add_resource(scope, "arn:aws:bedrock:*::foundation-model/*",
             IAM_NTS, &err) == IAM_OK;
    question.addresses = addresses;
    question.scope = scope;
    question.kind = IAM_EXACTLY_FROM;
    ok = ok && prove(entries, 1, &question, &err) == IAM_OK;
    question.kind = IAM_ONLY_FROM;
    ok = ok && prove(entries, 2, &question, &err) == IAM_OK;
    if (!ok)
        fprintf(stderr, "%s\n", err.message);
    iam_scope_free(scope);
    iam_ipset_free(addresses);
    iam_policy_free(entries[1].policy);
    iam_policy_free(entries[0].policy);
    return !ok;
}

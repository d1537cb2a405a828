/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain.c - an identity policy and a service control policy: who denied, in
 * which statement, and what the caller would read.
 */
#include <iampolicy.h>
#include <stdio.h>

static const char IDENTITY[] =
    "{\n"
    "  \"Version\": \"2012-10-17\",\n"
    "  \"Statement\": [\n"
    "    {\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}\n"
    "  ]\n"
    "}\n";

static const char GUARD[] =
    "{\n"
    "  \"Version\": \"2012-10-17\",\n"
    "  \"Statement\": [\n"
    "    {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"},\n"
    "    {\"Sid\": \"KeepReports\", \"Effect\": \"Deny\",\n"
    "     \"Action\": \"s3:Delete*\", \"Resource\": \"*\"}\n"
    "  ]\n"
    "}\n";

/* A stack of the two; NULL if something failed, which was told. */
static iam_stack *make_stack(void)
{
    iam_stack_entry entries[2] = {{.name = "identity"}, {.name = "guard"}};
    iam_stack *stack = NULL;
    iam_error err;

    if (iam_policy_compile(IAM_IDENTITY_POLICY, IDENTITY, IAM_NTS, NULL,
            &entries[0].policy, &err) != IAM_OK ||
        iam_policy_compile(IAM_SERVICE_CONTROL_POLICY, GUARD, IAM_NTS, NULL,
            &entries[1].policy, &err) != IAM_OK ||
        iam_stack_new(entries, 2, NULL, &stack, &err) != IAM_OK)
        fprintf(stderr, "%u:%u: %s: %s\n", (unsigned)err.line,
            (unsigned)err.column, err.where, err.message);
    /* The stack has references of its own. */
    iam_policy_free(entries[0].policy);
    iam_policy_free(entries[1].policy);
    return stack;
}

static void print_matches(const iam_stack *stack, const iam_decision *decision)
{
    for (size_t i = 0; i < iam_decision_match_count(decision); i++) {
        iam_match match = iam_decision_match(decision, i);
        iam_stack_entry entry = iam_stack_entry_at(stack, match.entry);
        iam_statement statement =
            iam_policy_statement(entry.policy, match.statement);

        printf("matched: %s:%u:%u: %s%s%s\n", entry.name,
            (unsigned)statement.line, (unsigned)statement.column,
            statement.deny ? "Deny" : "Allow", statement.sid[0] ? " " : "",
            statement.sid);
    }
}

static iam_status explain(const iam_stack *stack, const char *action)
{
    iam_request *request = NULL;
    iam_decision *decision = NULL;
    iam_error err = {.message = "out of memory"};
    iam_status status = iam_request_new(NULL, &request);

    if (status == IAM_OK)
        status = iam_request_set_principal(
            request, "arn:aws:iam::111122223333:user/ann", IAM_NTS, &err);
    if (status == IAM_OK)
        status = iam_request_set_action(request, action, IAM_NTS, &err);
    if (status == IAM_OK)
        status = iam_request_set_resource(
            request, "arn:aws:s3:::reports/2026.csv", IAM_NTS, &err);
    if (status == IAM_OK)
        status = iam_stack_decide(stack, request, NULL, &decision, &err);
    if (status == IAM_OK) {
        printf("%s: %s\n", action,
            iam_outcome_name(iam_decision_outcome(decision)));
        if (iam_decision_outcome(decision) != IAM_ALLOW)
            printf("by: %s\nmessage: %s\n", iam_decision_by(decision),
                iam_decision_message(decision));
        print_matches(stack, decision);
    } else {
        fprintf(stderr, "%s\n", err.message);
    }
    iam_decision_free(decision);
    iam_request_free(request);
    return status;
}

int main(void)
{
    iam_stack *stack = make_stack();
    bool ok = stack && explain(stack, "s3:GetObject") == IAM_OK &&
              explain(stack, "s3:DeleteObject") == IAM_OK;

    iam_stack_free(stack);
    return ok ? 0 : 1;
}

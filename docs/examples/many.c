/* SPDX-License-Identifier: Apache-2.0 */
/*
 * many.c - many decisions in one call: one stack asked about many requests, and
 * many stacks about one request.
 */
#include <iampolicy.h>
#include <stdio.h>

enum {
    COUNT = 3
};

static const char *const actions[COUNT] = {
    "s3:GetObject", "s3:PutObject", "s3:DeleteObject"};

static const char *const policies[COUNT] = {
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
    " \"Action\": \"s3:*\", \"Resource\": \"*\"}}",
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
    " \"Action\": \"s3:Get*\", \"Resource\": \"*\"}}",
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Deny\","
    " \"Action\": \"*\", \"Resource\": \"*\"}}"};

static iam_stack *make_stack(const char *text)
{
    iam_stack_entry entry = {.name = "example"};
    iam_stack *stack = NULL;
    iam_error err;

    if (iam_policy_compile(IAM_IDENTITY_POLICY, text, IAM_NTS, NULL,
            &entry.policy, &err) != IAM_OK ||
        iam_stack_new(&entry, 1, NULL, &stack, &err) != IAM_OK)
        fprintf(stderr, "%s\n", err.message);
    iam_policy_free(entry.policy);
    return stack;
}

static iam_request *make_request(const char *action)
{
    iam_request *request = NULL;
    iam_error err = {.message = "out of memory"};

    if (iam_request_new(NULL, &request) == IAM_OK &&
        iam_request_set_principal(request, "arn:aws:iam::111122223333:user/ann",
            IAM_NTS, &err) == IAM_OK &&
        iam_request_set_action(request, action, IAM_NTS, &err) == IAM_OK &&
        iam_request_set_resource(
            request, "arn:aws:s3:::reports/2026.csv", IAM_NTS, &err) == IAM_OK)
        return request;
    fprintf(stderr, "%s\n", err.message);
    iam_request_free(request);
    return NULL; /* which denies */
}

int main(void)
{
    iam_stack *stacks[COUNT];
    iam_request *requests[COUNT];
    iam_outcome outcomes[COUNT];
    size_t allowed;

    for (size_t i = 0; i < COUNT; i++) {
        stacks[i] = make_stack(policies[i]);
        requests[i] = make_request(actions[i]);
    }
    allowed = iam_stack_check_many(
        stacks[1], (const iam_request *const *)requests, COUNT, outcomes);
    printf("one stack allows %zu of %d requests:\n", allowed, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        printf("  %s: %s\n", actions[i], iam_outcome_name(outcomes[i]));
    allowed = iam_request_check_many(
        requests[0], (const iam_stack *const *)stacks, COUNT, outcomes);
    printf("%zu of %d stacks allow %s:\n", allowed, COUNT, actions[0]);
    for (size_t i = 0; i < COUNT; i++)
        printf("  stack %zu: %s\n", i, iam_outcome_name(outcomes[i]));
    for (size_t i = 0; i < COUNT; i++) {
        iam_stack_free(stacks[i]);
        iam_request_free(requests[i]);
    }
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch.c - many requests that differ in one key: fill a request once, change
 * the key, ask again.  iam_stack_check() never allocates and never fails.
 */
#include <iampolicy.h>
#include <stdio.h>

static const char POLICY[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
    " \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\","
    " \"Condition\": {\"IpAddress\": {\"aws:SourceIp\": \"192.0.2.0/24\"}}}}";

static iam_stack *make_stack(void)
{
    iam_stack_entry entry = {.name = "reports"};
    iam_stack *stack = NULL;
    iam_error err;

    if (iam_policy_compile(IAM_IDENTITY_POLICY, POLICY, IAM_NTS, NULL,
            &entry.policy, &err) != IAM_OK ||
        iam_stack_new(&entry, 1, NULL, &stack, &err) != IAM_OK)
        fprintf(stderr, "%s\n", err.message);
    iam_policy_free(entry.policy);
    return stack;
}

/* Everything but the address. */
static iam_request *make_request(void)
{
    iam_request *request = NULL;
    iam_error err = {.message = "out of memory"};

    if (iam_request_new(NULL, &request) == IAM_OK &&
        iam_request_set_principal(request, "arn:aws:iam::111122223333:user/ann",
            IAM_NTS, &err) == IAM_OK &&
        iam_request_set_action(request, "s3:GetObject", IAM_NTS, &err) ==
            IAM_OK &&
        iam_request_set_resource(
            request, "arn:aws:s3:::reports/2026.csv", IAM_NTS, &err) == IAM_OK)
        return request;
    fprintf(stderr, "%s\n", err.message);
    iam_request_free(request);
    return NULL;
}

/* How many of all the addresses of 192.0.0.0/16 are allowed; -1: it failed. */
static long count_allowed(const iam_stack *stack, iam_request *request)
{
    long allowed = 0;

    for (unsigned i = 0; i < 65536; i++) {
        char address[16];
        int len =
            snprintf(address, sizeof(address), "192.0.%u.%u", i / 256, i % 256);

        if (iam_request_set_value(request, "aws:SourceIp", IAM_NTS, address,
                (size_t)len, NULL) != IAM_OK)
            return -1;
        allowed += iam_stack_check(stack, request) == IAM_ALLOW;
    }
    return allowed;
}

int main(void)
{
    iam_stack *stack = make_stack();
    iam_request *request = make_request();
    long allowed = stack && request ? count_allowed(stack, request) : -1;

    if (allowed >= 0)
        printf("%ld of 65536 addresses are allowed\n", allowed);
    iam_request_free(request);
    iam_stack_free(stack);
    return allowed < 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - a user of the installed library: header, linking and one answer.
 */
#include <iampolicy.h>
#include <stdio.h>

static const char POLICY[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
    " \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"}}";

static iam_outcome ask(const iam_policy *policy, const char *action)
{
    iam_outcome outcome = IAM_IMPLICIT_DENY;
    iam_request *request;

    if (iam_request_new(NULL, &request) != IAM_OK)
        return outcome;
    if (iam_request_set_principal(request, "arn:aws:iam::111122223333:user/ann",
            IAM_NTS, NULL) == IAM_OK &&
        iam_request_set_action(request, action, IAM_NTS, NULL) == IAM_OK &&
        iam_request_set_resource(
            request, "arn:aws:s3:::reports/2026.csv", IAM_NTS, NULL) == IAM_OK)
        outcome = iam_policy_check(policy, request);
    iam_request_free(request);
    return outcome;
}

int main(void)
{
    iam_error error;
    iam_policy *policy;
    int faults = 0;

    if (iam_policy_compile(IAM_IDENTITY_POLICY, POLICY, IAM_NTS, NULL, &policy,
            &error) != IAM_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    faults += ask(policy, "s3:GetObject") != IAM_ALLOW;
    faults += ask(policy, "s3:PutObject") != IAM_IMPLICIT_DENY;
    iam_policy_free(policy);
    printf("iampolicy %s: %d faults\n", iam_version(), faults);
    return faults;
}

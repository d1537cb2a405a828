/* SPDX-License-Identifier: Apache-2.0 */
#include <iampolicy.h>
#include <stdio.h>

int main(void)
{
    const char *text =
        "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
        " \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::data/*\"}}";
    iam_policy *policy = NULL;
    iam_request *r = NULL;
    bool ok =
        !iam_policy_compile(
            IAM_IDENTITY_POLICY, text, IAM_NTS, NULL, &policy, NULL) &&
        !iam_request_new(NULL, &r) &&
        !iam_request_set_principal(
            r, "arn:aws:iam::123456789012:user/ann", IAM_NTS, NULL) &&
        !iam_request_set_action(r, "s3:GetObject", IAM_NTS, NULL) &&
        !iam_request_set_resource(r, "arn:aws:s3:::data/a.csv", IAM_NTS, NULL);

    puts(ok ? iam_outcome_name(iam_policy_check(policy, r)) : "it failed");
    iam_request_free(r);
    iam_policy_free(policy);
    return !ok;
}

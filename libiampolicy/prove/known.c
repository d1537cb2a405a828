/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.c - a few actions of services that policies often speak of.
 */
#include "prove/known.h"

#include "base/base.h"

static const struct {
    const char *action, *format;
} rows[] = {
    {"bedrock:InvokeModel",
        "arn:${Partition}:bedrock:${Region}::foundation-model/${ModelId}"},
    {"bedrock:InvokeModelWithResponseStream",
        "arn:${Partition}:bedrock:${Region}::foundation-model/${ModelId}"},
    {"s3:GetObject", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"},
    {"s3:PutObject", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"},
    {"s3:ListBucket", "arn:${Partition}:s3:::${BucketName}"},
    {"ec2:RunInstances",
        "arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}"},
    {"ec2:DescribeInstances", "*"},
    {"iam:PassRole",
        "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"},
    {"sts:AssumeRole",
        "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"},
    {"sqs:SendMessage",
        "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"},
    {"kms:Decrypt", "arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}"},
};

bool iamp_known_action(size_t index, text *action, text *format)
{
    if (index >= COUNT_OF(rows))
        return false;
    *action = iamp_text_of(rows[index].action, IAM_NTS);
    *format = iamp_text_of(rows[index].format, IAM_NTS);
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * samples.c - what the out-of-memory test reads.
 */
#include "oom.h"

/* Every element and most operators; findings too. */
const char oom_identity[] =
    "{\"Version\": \"2012-10-17\", \"Id\": \"sample\", \"Statement\": ["
    "{\"Sid\": \"Office\", \"Effect\": \"Allow\","
    " \"Action\": [\"bedrock:InvokeModel\", \"bedrock:List*\", \"s3:Get?bject\"],"
    " \"Resource\": [\"arn:aws:bedrock:*::foundation-model/*\","
    " \"arn:aws:s3:::home-${aws:username}/*\"],"
    " \"Condition\": {"
    "  \"IpAddress\": {\"aws:SourceIp\": [\"192.0.2.0/24\", \"2001:db8::/32\"]},"
    "  \"StringEquals\": {\"aws:PrincipalTag/team\": [\"red\", \"blue\"]},"
    "  \"ForAnyValue:StringLike\": {\"aws:TagKeys\": [\"a*\", \"${aws:x, 'y'}\"]},"
    "  \"NumericLessThan\": {\"s3:max-keys\": \"10\"},"
    "  \"DateGreaterThanIfExists\": {\"aws:CurrentTime\":"
    "   \"2020-01-01T00:00:00Z\"},"
    "  \"Bool\": {\"aws:SecureTransport\": \"true\"},"
    "  \"Null\": {\"aws:TokenIssueTime\": \"true\"},"
    "  \"BinaryEquals\": {\"x:blob\": \"AAEC\"}}},"
    "{\"Sid\": \"Others\", \"Effect\": \"Deny\", \"NotAction\": \"bedrock:*\","
    " \"NotResource\": \"arn:aws:s3:::public/*\","
    " \"Condition\": {\"ArnNotLike\": {\"aws:PrincipalArn\":"
    "  \"arn:aws:iam::111122223333:user/*\"},"
    "  \"StringEquals\": {\"aws:nosuch\": []}}}]}";

const char oom_resource[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\","
    " \"Principal\": {\"AWS\": [\"111122223333\","
    "  \"arn:aws:iam::111122223333:user/ann\"],"
    "  \"Service\": \"logs.amazonaws.com\", \"Federated\": \"accounts.google.com\"},"
    " \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"},"
    "{\"Effect\": \"Deny\", \"NotPrincipal\": {\"AWS\": \"111122223333\"},"
    " \"Action\": \"s3:*\", \"Resource\": \"*\"}]}";

const char oom_guardrail[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Sid\": \"FullAccess\","
    " \"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}}";

const char oom_rcp[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Deny\","
    " \"Principal\": \"*\", \"Action\": \"s3:DeleteObject\", \"Resource\": \"*\","
    " \"Condition\": {\"StringNotEqualsIfExists\":"
    "  {\"aws:PrincipalOrgID\": \"o-example\"}}}}";

const char oom_endpoint[] =
    "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\","
    " \"Action\": \"s3:*\", \"Resource\": \"*\"}}";

const char oom_trust[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
    " \"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:root\"},"
    " \"Action\": \"sts:AssumeRole\"}}";

/* Allows the whole request of fill() and no part of it. */
const char oom_gate[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
    " \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\","
    " \"Condition\": {\"IpAddress\": {\"aws:SourceIp\": \"192.0.2.0/24\"},"
    " \"ForAnyValue:StringEquals\": {\"x:colours\": \"blue\"},"
    " \"StringEquals\": {\"aws:username\": \"ann\", \"x:last\": \"set\"}}}}";

const char oom_scenario[] =
    "{\"about\": \"all of it\", \"policies\": ["
    "{\"kind\": \"identity\", \"name\": \"gate\", \"policy\":"
    " {\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
    " \"Action\": \"bedrock:*\", \"Resource\": \"*\"}}},"
    "{\"kind\": \"scp\", \"level\": 0, \"policy\":"
    " \"{\\\"Statement\\\": {\\\"Effect\\\": \\\"Allow\\\", \\\"Action\\\": "
    "\\\"*\\\", \\\"Resource\\\": \\\"*\\\"}}\"}],"
    "\"requests\": [{\"id\": \"one\", \"principal\":"
    " \"arn:aws:iam::111122223333:user/ann\", \"action\": \"s3:GetObject\","
    " \"resource\": \"arn:aws:s3:::reports/1\", \"context\":"
    " {\"aws:SourceIp\": \"192.0.2.7\", \"aws:TagKeys\": [\"a\", \"b\"]},"
    " \"expect\": \"implicit deny\"},"
    "{\"id\": \"two\", \"principal\": {\"arn\":"
    " \"arn:aws:sts::111122223333:assumed-role/dev/ann\", \"role\":"
    " \"arn:aws:iam::111122223333:role/path/dev\"},"
    " \"operation\": \"bedrock-runtime:Converse\", \"resource\":"
    " \"arn:aws:bedrock:us-east-1::foundation-model/vendor.model-v1:0\","
    " \"context\": {\"aws:RequestedRegion\": \"us-east-1\"},"
    " \"expect\": \"allow\"}]}";

const char oom_list[] =
    "{\"prefixes\": [{\"ip_prefix\": \"192.0.2.0/24\", \"service\": \"EC2\"},"
    " {\"ip_prefix\": \"198.51.100.0/24\", \"service\": \"S3\"}],"
    " \"ipv6_prefixes\": [{\"ipv6_prefix\": \"2001:db8::/32\","
    " \"service\": \"EC2\"}]}";

# SPDX-License-Identifier: Apache-2.0
from iampolicy import Request, Stack

stack = Stack(identity={"Version": "2012-10-17", "Statement": {
    "Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*",
    "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.7"}}}})
decision = stack.decide(Request(
    principal="arn:aws:iam::123456789012:user/ann",
    action="bedrock:InvokeModel", source_ip="198.51.100.9",
    resource="arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-v2"))
print(f"{decision.outcome}: {decision.near_misses[0].message}")

# SPDX-License-Identifier: Apache-2.0
"""What the tests share: where things are, and the policy most of them use."""
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
"""Of the project, if the tests run in a checkout."""

PRINCIPAL = "arn:aws:iam::123456789012:user/bedrock-api"
MODEL = ("arn:aws:bedrock:us-west-2::foundation-model/"
         "anthropic.claude-3-5-sonnet-20241022-v2:0")
INSIDE = "13.230.101.201"
OUTSIDE = "198.51.100.7"

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{
        "Sid": "InvokeFromOurAddresses",
        "Effect": "Allow",
        "Action": "bedrock:InvokeModel",
        "Resource": "arn:aws:bedrock:*::foundation-model/*",
        "Condition": {"IpAddress": {
            "aws:SourceIp": ["13.230.101.201/32", "13.230.101.202/32"]}},
    }],
}

ALLOW_ALL = {"Version": "2012-10-17", "Statement": {
    "Effect": "Allow", "Action": "*", "Resource": "*"}}
DENY_ALL = {"Version": "2012-10-17", "Statement": {
    "Sid": "Nothing", "Effect": "Deny", "Action": "*", "Resource": "*"}}

SENTENCE = (
    f"User: {PRINCIPAL} is not authorized to perform: bedrock:InvokeModel on "
    f"resource: {MODEL} because no identity-based policy allows the "
    "bedrock:InvokeModel action")


def the_request(iampolicy, **changes):
    """A request to invoke the model, from inside unless it says otherwise."""
    given = dict(principal=PRINCIPAL, action="bedrock:InvokeModel",
                 resource=MODEL, source_ip=INSIDE)
    given.update(changes)
    return iampolicy.Request(**given)


def files(*patterns):
    """Files of the checkout, sorted; none outside of one."""
    return [path for pattern in patterns
            for path in sorted(ROOT.glob(pattern))]


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))

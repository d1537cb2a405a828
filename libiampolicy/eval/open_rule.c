/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open_rule.c - what a decision says about rules that AWS leaves open.
 *
 * One row a rule: its id in docs/semantics.md and the reading that was taken.
 */
#include "eval/eval.h"

static const struct {
    const char *code, *message;
    iam_severity severity;
} rows[RULE_COUNT] = {
    [RULE_PREFIX_WILDCARD] = {"A.6",
        "a wildcard in the service prefix of an action was matched as one",
        IAM_OPEN_RULE},
    [RULE_FIELD_STAR] = {"A.7.3",
        "a * at the end of an ARN's field matched further colons; field by "
        "field the pattern would not match",
        IAM_OPEN_RULE},
    [RULE_ARN_WILDCARD] = {"A.7.4",
        "a wildcard in the partition or service of an ARN was matched as one",
        IAM_OPEN_RULE},
    [RULE_LIST_BUCKETS] = {"A.7.5",
        "an ARN pattern was taken not to match the resource \"*\"",
        IAM_OPEN_RULE},
    [RULE_CANONICAL_USER] = {"A.5.1",
        "which account a canonical user id stands for is not known: a Deny of "
        "it was taken to apply to the caller",
        IAM_OPEN_RULE},
    [RULE_UNKNOWN_CALLER] = {"A.5.2",
        "the request does not tell whether the caller is a principal that is "
        "named by unique id, role path, session name, provider or as the user "
        "behind a federated user: a Deny of it was taken to apply",
        IAM_OPEN_RULE},
    [RULE_NOT_PRINCIPAL] = {"A.5.6",
        "NotPrincipal lists the caller or its account, not both: the Deny was "
        "taken to apply",
        IAM_OPEN_RULE},
    [RULE_EMPTY_LIST] = {"A.4",
        "a condition without values was taken to match no value",
        IAM_OPEN_RULE},
    [RULE_AMBIGUOUS_KEY] = {"B1.10",
        "the request has a condition key in two spellings: no condition on it "
        "allows, none keeps a Deny from applying",
        IAM_OPEN_RULE},
    [RULE_EMPTY_STRING] = {"B.2",
        "a set operator took a single empty value as the empty set",
        IAM_OPEN_RULE},
    [RULE_INVALID_VALUE] = {"B.3",
        "a value that is invalid for its operator was taken to match nothing; "
        "a negated operator then holds",
        IAM_OPEN_RULE},
    [RULE_BARE_INTEGER_DATE] = {"B.3.3",
        "a bare integer was read as seconds since 1970, not as a year",
        IAM_OPEN_RULE},
    [RULE_BOOL_VARIABLE] = {"B.3.4",
        "a policy variable under Bool was substituted", IAM_OPEN_RULE},
    [RULE_MAPPED_ADDRESS] = {"B.3.6",
        "an IPv4-mapped IPv6 address was taken as IPv6: it is in no IPv4 "
        "range",
        IAM_OPEN_RULE},
    [RULE_NO_SET_OPERATOR] = {"B.4",
        "a multivalued key under an operator without ForAllValues or "
        "ForAnyValue was taken not to match",
        IAM_OPEN_RULE},
    [RULE_ARN_VARIABLE] = {"C.2",
        "a policy variable before the fifth colon of a resource was "
        "substituted",
        IAM_OPEN_RULE},
    [RULE_VALUELESS_NEGATED] = {"C.4",
        "a negated operator was taken to hold for a policy variable without "
        "value",
        IAM_OPEN_RULE},
    [RULE_WILDCARD_VALUE] = {"C.5",
        "a wildcard character in the value of a policy variable was taken "
        "literally",
        IAM_OPEN_RULE},
    [RULE_RESOURCE_ACCOUNT] = {"D.3",
        "aws:ResourceAccount of a Bedrock foundation model is not documented "
        "and was taken to be absent",
        IAM_OPEN_RULE},
    [RULE_SESSION_GRANT] = {"E.5",
        "a grant to the session itself was taken not to be limited by the "
        "session policy",
        IAM_OPEN_RULE},
    [RULE_ACCOUNT_ARN] = {"E.5",
        "a grant to the account with a condition on aws:PrincipalArn was taken "
        "as a grant to the account",
        IAM_OPEN_RULE},
    [RULE_RCP_SERVICE] = {"E.2.3",
        "the service is on only one of two lists of services that have "
        "resource control policies",
        IAM_OPEN_RULE},
    [RULE_RCP_NOT_ASKED] = {"RCP_NOT_SUPPORTED",
        "the service is on no list of services that have resource control "
        "policies: those that were given have no effect",
        IAM_WARNING},
    [RULE_SEVERAL_DENY] = {"F.5",
        "policies of several types deny; AWS names one of them, and which is "
        "not documented",
        IAM_OPEN_RULE},
    [RULE_UNDECIDABLE] = {"UNDECIDABLE_STATEMENT",
        "a statement that cannot be evaluated was kept from allowing, or taken "
        "to deny",
        IAM_WARNING},
    [RULE_NO_ACCOUNT] = {"NOT_AN_ACCOUNT",
        "the account in the resource's ARN is not twelve digits: it was taken "
        "not to be the caller's",
        IAM_WARNING},
    [RULE_NO_BOUNDARY_DOCUMENT] = {"BOUNDARY_NOT_GIVEN",
        "the caller has a permissions boundary whose document was not given: "
        "it was taken to allow nothing",
        IAM_WARNING},
    [RULE_NO_ENDPOINT_POLICY] = {"ENDPOINT_POLICY_NOT_GIVEN",
        "the request came through a VPC endpoint whose policy was not given: "
        "the default policy, which allows everything, was assumed",
        IAM_WARNING},
    [RULE_LEVEL_MISSING] = {"LEVEL_NOT_GIVEN",
        "a level of the organization has no policy: it was taken to allow "
        "nothing",
        IAM_WARNING},
    [RULE_NO_ROLE] = {"ROLE_NOT_GIVEN",
        "a condition asks for aws:PrincipalArn of a session whose role was not "
        "given: it was taken to be a role of that name without path",
        IAM_WARNING},
    [RULE_INCOMPLETE_REQUEST] = {"INCOMPLETE_REQUEST",
        "the request lacks its principal, action or resource, and is denied",
        IAM_WARNING},
};

iam_finding iamp_open_rule_finding(open_rule rule)
{
    return (iam_finding){.severity = rows[rule].severity,
        .code = rows[rule].code,
        .where = "",
        .message = rows[rule].message};
}

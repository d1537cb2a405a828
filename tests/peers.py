#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests that the test suites of other tools decide, decided by the command.

    peers.py [--command PATH]        or $IAMPOLICY_COMMAND

The suites are read from $IAMPOLICY_CORPUS/dev/10-eval-oracles (SOURCE.md there
tells where they come from).  Each case becomes a scenario; `iampolicy eval
--lines --json` answers.  Where we answer differently the case stands in
DISAGREEMENTS with the rule that decides; a row that is not needed any more is a
failure as well.  Exit code 77: no corpus, or no command.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

NOT_PRINCIPAL = "A.5.6", "the list names the role and not its account"
NO_PRINCIPAL = "A.3", "a statement without Principal: never allows, denies"
SERVICE = "E.3", "a refusal of the service IAM, not of any policy"
SESSION = "E.5", "a grant to the session is not limited by its session policy"
NO_ARN = "B.3.7", "what is no ARN matches nothing, so ArnNotLike holds"
NO_ADDRESS = "B.3.6", "what is no address is in no block, so the negation holds"
NO_NUMBER = "B.3.2", "what is no number equals nothing, so the negation holds"
NO_BOOL = "B.3.4", "only true and false are booleans"
SECONDS = "B.3.3", "epoch times are seconds, not milliseconds"
VOID = "C.4", "a variable without value equals nothing, so the negation holds"
BARE = "A.5.1", "a Principal that is a text other than \"*\" names nobody"
SOME = "B.2", "asks whether some context allows; here the key is absent"

# Case -> (rule of docs/semantics.md, why we answer differently).
DISAGREEMENTS = {
    "iamsim-core/boundaryNotPrincipalDenyResource#0": NOT_PRINCIPAL,
    "iamsim-core/endpoints/allow#0": NO_PRINCIPAL,
    "iamsim-core/noPrincipalElement#1": NO_PRINCIPAL,
    "iamsim-core/sessionPolicies#7": SESSION,
    "iamsim/condition/arn/ArnNotLike/ArnNotLikeTests#0": NO_ARN,
    "iamsim/condition/arn/ArnNotLike/ArnNotLikeTests#1": NO_ARN,
    "iamsim/condition/arn/ArnNotLike/ArnNotLikeTests#11": VOID,
    "iamsim/condition/date/DateEquals/dateEqualsTests#1": SECONDS,
    "iamsim/condition/ipaddress/NotIpAddress/notIpAddressTests#0": NO_ADDRESS,
    "iamsim/condition/ipaddress/NotIpAddress/notIpAddressTests#5": NO_ADDRESS,
    "iamsim/condition/ipaddress/NotIpAddress/notIpAddressTests#9": NO_ADDRESS,
    "iamsim/condition/numeric/NumericNotEquals/numericNotEqualsTests#2":
        NO_NUMBER,
    "iamsim/condition/numeric/NumericNotEquals/numericNotEqualsTests#3":
        NO_NUMBER,
    "iamsim/condition/string/StringNotEquals/stringNotEqualsTests#5": VOID,
    "iamsim/condition/string/StringNotEqualsIgnoreCase/"
    "stringNotEqualsIgnoreCaseTests#4": VOID,
    "pmapper/test_local_querying/test_arn_condition#L166": NO_ARN,
    "pmapper/test_local_querying/test_bool_condition_handling#L621": NO_BOOL,
    "pmapper/test_local_querying/test_bool_condition_handling#L623": NO_BOOL,
    "iamspy/test_can_i#9": BARE,
    "iamspy/test_can_i#10": SOME,
    "iamspy/test_who_can#8 name helloworld": BARE,
    "iamspy/test_who_can#9 name helloworld": SOME,
    "iamspy/test_who_can_batch_resource#0 name3 bucket4/foo": BARE,
}
for number in range(7):
    DISAGREEMENTS[
        "iamsim-core/iam/managedPolicies/aws/denied#%d" % number] = SERVICE
for number in range(16):
    DISAGREEMENTS[
        "iamsim-core/iam/roles/reserved/denied#%d" % number] = SERVICE

OUTCOMES = {
    "Allowed": "allow",
    "ImplicitlyDenied": "implicit deny",
    "ExplicitlyDenied": "explicit deny",
}
BLOCKED_BY = {
    "identity": "identity-based policy",
    "resource": "resource-based policy",
    "pb": "permissions boundary",
    "session": "session policy",
    "scp": "service control policy",
    "rcp": "resource control policy",
    "vpce": "VPC endpoint policy",
}
ALICE = "arn:aws:iam::123456789012:user/alice"


def policy(kind, document, level=None):
    entry = {"kind": kind, "policy": document}
    if level is not None:
        entry["level"] = level
    return entry


def allow(**members):
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    statement.update(members)
    return {"Version": "2012-10-17", "Statement": [statement]}


class Case:
    """One request and what the other tool answers: some of `expected`."""

    def __init__(self, name, policies, request, expected, by=None,
                 derive=True):
        self.name = name
        self.scenario = {"derive": derive, "policies": policies,
                         "requests": [dict(request, id=name)]}
        self.expected = expected
        self.by = by


def denied_or_allowed(allowed):
    return ["allow"] if allowed else ["implicit deny", "explicit deny"]


# ---- iam-simulate ----------------------------------------------------------

def simulate_policies(case):
    for document in case["identityPolicies"]:
        yield policy("identity", document)
    if "resourcePolicy" in case:
        yield policy("resource", case["resourcePolicy"])
    for document in case.get("permissionBoundaries", []):
        yield policy("boundary", document)
    if "sessionPolicy" in case:
        yield policy("session", case["sessionPolicy"])
    for document in case.get("endpointPolicies", []):
        yield policy("endpoint", document)
    for level, unit in enumerate(case.get("serviceControlPolicies", [])):
        # A level without policies allows nothing (E.2.1).
        for document in unit["policies"] or [allow(Action="none:None")]:
            yield policy("scp", document if document["Statement"]
                         else allow(Action="none:None"), level)
    for level, unit in enumerate(case.get("resourceControlPolicies", [])):
        # The tool adds RCPFullAWSAccess, which nobody can detach, by itself.
        yield policy("rcp", allow(Principal="*"), level)
        for document in unit["policies"]:
            yield policy("rcp", document, level)


def simulate_core(row):
    case = row["case"]
    if case.get("simulation", {}).get("mode") == "Discovery":
        return None  # asks under which conditions, not whether
    asked = case["request"]
    principal = asked["principal"]
    request = {
        "principal": principal if principal.startswith("arn:")
        else {"service": principal},
        "action": asked["action"],
        "resource": asked["resource"]["resource"],
        "resourceAccount": asked["resource"]["accountId"],
        "context": asked.get("context", {}),
    }
    by = case["expected"].get("blockedBy")
    return Case(row["id"], list(simulate_policies(case)), request,
                [OUTCOMES[case["expected"]["response"]]],
                [BLOCKED_BY[kind] for kind in by] if by else None)


def simulate_operators(row):
    case = row["case"]
    context = dict(case.get("requestContext", {}))
    context["test:key"] = case["testValue"]
    condition = {row["operator"]: {"test:key": case["policyValues"]}}
    return Case(row["id"], [policy("identity", allow(Condition=condition))],
                {"principal": ALICE, "action": "test:Action", "resource": "*",
                 "context": context},
                denied_or_allowed(case["expected"]), derive=False)


# ---- PMapper ---------------------------------------------------------------

def mapper_statement(row, statement, action, resource, context=None):
    return Case(row["id"], [policy("identity", {
        "Version": "2012-10-17",
        "Statement": [dict({"Effect": "Allow", "Action": "*", "Resource": "*"}
                           if "NotAction" not in statement else
                           {"Effect": "Allow", "Resource": "*"},
                           **statement)]})],
        {"principal": ALICE, "action": action, "resource": resource,
         "context": context or {}},
        denied_or_allowed(row["expected"]))


def mapper(row):
    args = row["args"]
    function = row["function"]
    if function == "_statement_matches_action":
        return mapper_statement(row, args[0], args[1], "*", *args[2:3])
    if function == "_statement_matches_resource":
        return mapper_statement(row, args[0], "test:Action", args[1],
                                *args[2:3])
    if function == "_get_condition_match":
        return mapper_statement(row, {"Condition": args[0]}, "test:Action",
                                "*", args[1])
    if function == "_matches_after_expansion":
        context = dict(args[2] or {})
        context["test:key"] = args[0]
        return mapper_statement(
            row, {"Condition": {"StringLike": {"test:key": args[1]}}},
            "test:Action", "*", context)
    if "__user_policy" not in args[0]:
        return None  # a graph that the extraction left symbolic
    name = args[0]["args"][1] if len(args[0]["args"]) > 1 else "asdf1"
    policies = [policy("identity", args[0]["__user_policy"])]
    request = {"principal": "arn:aws:iam::000000000000:user/" + name,
               "action": args[1], "resource": args[2], "context": args[3]}
    if function == "local_check_authorization_full":
        if args[4]:
            policies.append(policy("resource", args[4]))
        if args[5]:
            request["resourceAccount"] = args[5]
    return Case(row["id"], policies, request,
                denied_or_allowed(row["expected"]))


# ---- IAMSpy ----------------------------------------------------------------

class Account:
    """What `iam get-account-authorization-details` wrote."""

    def __init__(self, path):
        dump = json.loads(path.read_text())
        self.managed = {}
        for managed in dump["Policies"]:
            for version in managed["PolicyVersionList"]:
                if version["IsDefaultVersion"]:
                    self.managed[managed["Arn"]] = version["Document"]
        self.entities = {entity["Arn"]: entity for kind in
                         ("UserDetailList", "RoleDetailList")
                         for entity in dump[kind]}

    def policies(self, arn):
        entity = self.entities.get(arn)
        if entity is None:
            return
        for kind in ("UserPolicyList", "RolePolicyList"):
            for inline in entity.get(kind, []):
                yield policy("identity", inline["PolicyDocument"])
        for attached in entity.get("AttachedManagedPolicies", []):
            yield policy("identity", self.managed[attached["PolicyArn"]])
        boundary = entity.get("PermissionsBoundary")
        if boundary:
            yield policy("boundary",
                         self.managed[boundary["PermissionsBoundaryArn"]])


def organization_path(unit, account):
    """The policies of each level from `unit` down to the account."""
    here = [entry["Content"] for entry in unit["Policies"]]
    if unit.get("Type") == "Account":
        return [here] if unit["Id"] == account else None
    for child in unit.get("Children", []):
        below = organization_path(child, account)
        if below is not None:
            return [here] + below
    return None


class Spy:
    def __init__(self, folder):
        self.folder = folder

    def read(self, name):
        return json.loads((self.folder / name).read_text())

    def resource_policies(self, files, resource):
        for name in files.get("resources", []):
            for entry in self.read(name):
                covered = entry["Resource"]
                if resource == covered or resource.startswith(covered + "/"):
                    yield policy("resource", entry["Policy"]), entry["Account"]

    def case(self, row, name, arn, action, resource, context, expected):
        files = row["row"]["files"]
        policies = []
        for dump in files["gaads"]:
            policies += Account(self.folder / dump).policies(arn)
        request = {"principal": arn, "action": action, "resource": resource,
                   "context": dict(pair.split("=", 1) for pair in context)}
        for document, owner in self.resource_policies(files, resource):
            if document["policy"]["Statement"]:  # an empty one says nothing
                policies.append(document)
            request["resourceAccount"] = owner
        for tree in files.get("scps", []):
            for level, documents in enumerate(organization_path(
                    self.read(tree), arn.split(":")[4]) or []):
                policies += [policy("scp", document, level)
                             for document in documents]
        return Case(name, policies, request, denied_or_allowed(expected))

    def cases(self, row):
        asked = row["row"]["inp"]
        wanted = row["row"]["out"]
        if row["test"] == "test_can_i":
            context = asked[3] if len(asked) > 3 else []
            yield self.case(row, row["id"], *asked[:3], context, wanted)
            return
        context = asked[2] if len(asked) > 2 else []
        resources = asked[1] if isinstance(asked[1], list) else [asked[1]]
        for dump in row["row"]["files"]["gaads"]:
            for arn in Account(self.folder / dump).entities:
                for resource in resources:
                    hit = [arn, resource] if isinstance(asked[1], list) else arn
                    yield self.case(
                        row, "%s %s %s" % (row["id"], arn.split("/")[-1],
                                           resource.split(":")[-1]),
                        arn, asked[0], resource, context, hit in wanted)


# ---- the run ---------------------------------------------------------------

def suites(corpus):
    oracles = corpus / "dev/10-eval-oracles"
    spy = Spy(corpus / "common/10-eval-oracles/iamspy-files")
    for name, convert in (("iam-simulate-core", simulate_core),
                          ("iam-simulate-operators", simulate_operators),
                          ("pmapper", mapper)):
        lines = (oracles / (name + ".jsonl")).read_text().splitlines()
        yield name, [convert(json.loads(line)) for line in lines]
    lines = (oracles / "iamspy.jsonl").read_text().splitlines()
    yield "iamspy", [case for line in lines
                     for case in spy.cases(json.loads(line))]


def answers(command, cases):
    """Case name -> what the command printed for it."""
    text = "".join(json.dumps(case.scenario) + "\n" for case in cases)
    done = subprocess.run([command, "eval", "--lines", "--json"], input=text,
                          capture_output=True, encoding="utf-8")
    if done.returncode not in (0, 1, 2):
        sys.exit("%s ended with %d" % (command, done.returncode))
    out = {}
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        out[answer["id"]] = answer
    return out, done.stderr


def disagrees(case, answer):
    """Why the answers differ, or None."""
    if answer is None:
        return "refused"
    if answer["outcome"] not in case.expected:
        return "%s by \"%s\", the other says %s" % (
            answer["outcome"], answer.get("by", ""),
            " or ".join(case.expected))
    if case.by and answer["by"] not in case.by:
        return "by %s, the other says %s" % (answer["by"], case.by)
    return None


def run(command, corpus):
    faults = 0
    unused = dict(DISAGREEMENTS)
    for name, converted in suites(corpus):
        cases = [case for case in converted if case]
        got, complaints = answers(command, cases)
        agreed = listed = 0
        for case in cases:
            why = disagrees(case, got.get(case.name))
            if why is None:
                agreed += 1
            elif unused.pop(case.name, None):
                listed += 1
            else:
                faults += 1
                print("%s: %s" % (case.name, why))
                print("   " + json.dumps(case.scenario))
        print("%-22s %d agreed, %d disagree as listed, %d not comparable" % (
            name, agreed, listed, len(converted) - len(cases)))
        if agreed == 0:
            faults += 1
            print("nothing was decided: " + complaints[:400])
    for name in unused:
        faults += 1
        print("%s: listed as disagreement, but agrees or is gone" % name)
    return 1 if faults else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--command",
                           default=os.environ.get("IAMPOLICY_COMMAND"))
    command = arguments.parse_args().command
    corpus = os.environ.get("IAMPOLICY_CORPUS")
    if not command or not corpus:
        print("skipped: needs $IAMPOLICY_CORPUS and --command")
        return 77
    return run(command, pathlib.Path(corpus))


if __name__ == "__main__":
    sys.exit(main())

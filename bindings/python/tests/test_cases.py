# SPDX-License-Identifier: Apache-2.0
"""The case files that the C library is tested with: one test for each file.

A file of decisions is decided twice: as a scenario, and from a stack and
requests that are made by the classes of this package.
"""
import unittest

from iampolicy import (Entry, Flag, Kind, Operation, Outcome, Policy,
                       PolicyError, Request, Scenario, Stack)

from support import ROOT, files, read

FLAGS = {
    "managementAccount": Flag.MANAGEMENT_ACCOUNT,
    "serviceLinkedRole": Flag.SERVICE_LINKED_ROLE,
    "hasBoundary": Flag.HAS_BOUNDARY,
    "viaEndpoint": Flag.VIA_ENDPOINT,
    "explicitTrust": Flag.EXPLICIT_TRUST,
    "resourceInManagementAccount": Flag.RESOURCE_IN_MANAGEMENT_ACCOUNT,
}
CALLERS = {"arn": "principal", "service": "service", "role": "role",
           "user": "user"}


def stack_of(scenario):
    """The stack of a scenario file, by the classes."""
    return Stack.from_entries([
        Entry(Policy(entry["policy"], entry["kind"]), entry.get("name", ""),
              entry.get("level", 0))
        for entry in scenario.get("policies", [])])


def asked_of(given, derive):
    """A request or operation of a scenario file, by the classes."""
    caller = given["principal"]
    caller = {"arn": caller} if isinstance(caller, str) else caller
    flags = Flag(0) if derive else Flag.NO_DERIVED_KEYS
    for name, on in given.get("flags", {}).items():
        flags |= FLAGS[name] if on else Flag(0)
    request = Request(
        action=given.get("action"), resource=given.get("resource"),
        resource_account=given.get("resourceAccount"),
        resource_policy_name=given.get("resourcePolicyName"),
        context=given.get("context"), flags=flags,
        **{CALLERS[name]: value for name, value in caller.items()})
    if "operation" not in given:
        return request
    return Operation(request, given["operation"], given.get("regions", ()))


class Decide(unittest.TestCase):
    def decide_scenario(self, path):
        scenario = Scenario.load(path)
        cases = scenario.cases
        self.assertTrue(cases)
        for number, case in enumerate(cases):
            with self.subTest(case.id or number):
                decision = scenario.stack.decide(case.operation)
                self.compare(decision, case.expectation)
                self.assertIs(scenario.stack.check(case.operation),
                              decision.outcome)
                self.assertEqual(decision.to_dict(case.id)["outcome"],
                                 str(decision.outcome))

    def decide_classes(self, path):
        text = read(path)
        stack = stack_of(text)
        expected = [case.expectation for case in Scenario.load(path)]
        for given, expectation in zip(text["requests"], expected):
            with self.subTest(given.get("id")):
                asked = asked_of(given, text.get("derive", True))
                decision = stack.decide(asked)
                self.compare(decision, expectation)
                self.assertIs(stack.check(asked), decision.outcome)

    def compare(self, decision, expectation):
        self.assertIsNotNone(expectation)
        self.assertEqual(
            (decision.outcome, decision.by if expectation.by else "",
             decision.message if expectation.message else ""),
            tuple(expectation))
        self.assertTrue(expectation.met_by(decision))
        self.assertIs(bool(decision), decision.outcome is Outcome.ALLOW)


def kind_of(path):
    """The kind of policy that a file's name starts with, else identity."""
    try:
        return Kind(path.stem.split("-")[0])
    except ValueError:
        return Kind.IDENTITY


def line_of(told, words):
    """An error or a finding, as the golden files have it."""
    return f"{told.line}:{told.column}: {told.where}: {words}\n"


class Golden(unittest.TestCase):
    """Errors and findings are, to the byte, those of the golden files."""

    def refuse(self, path):
        wanted = path.with_suffix(".err").read_text(encoding="utf-8")
        with self.assertRaises(PolicyError) as caught:
            Policy(path.read_bytes(), kind_of(path), strict=True)
        error = caught.exception
        self.assertEqual(line_of(error, error.message), wanted)
        self.assertIn(str(error) + "\n",
                      (wanted, wanted.replace(": : ", ": ", 1)))

    def find(self, path):
        wanted = path.with_suffix(".txt").read_text(encoding="utf-8")
        policy = Policy(path.read_bytes(), kind_of(path))
        told = [line_of(found, f"{found.severity} {found.code}: "
                               f"{found.message}")
                for found in policy.findings]
        told += [f"undecidable: statement {statement.number}\n"
                 for statement in policy.statements if statement.undecidable]
        self.assertEqual("".join(told), wanted)

    def list(self, path):
        wanted = path.with_suffix(".txt").read_text(encoding="utf-8")
        policy = Policy(path.read_bytes(), kind_of(path))
        self.assertEqual(policy.listing(), wanted)


def add(suite, path, method):
    """One test for one file."""
    def test(self):
        getattr(self, method)(path)

    name = path.stem if path.stem != "scenario" else path.parent.name
    setattr(suite, f"test_{method}_{name.replace('-', '_')}", test)


TRIED = {
    "decide_scenario": files("tests/cases/decide/*.json",
                             "docs/examples/*/scenario.json"),
    "refuse": files("tests/cases/invalid/*.json"),
    "find": files("tests/cases/findings/*.json"),
    "list": files("tests/cases/list/*.json"),
}
TRIED["decide_classes"] = TRIED["decide_scenario"]
for method, paths in TRIED.items():
    for path in paths:
        add(Decide if hasattr(Decide, method) else Golden, path, method)


class Files(unittest.TestCase):
    @unittest.skipUnless((ROOT / "tests" / "cases").is_dir(),
                         "the case files are in the whole project's checkout")
    def test_there_are_files_of_each_kind(self):
        for method, paths in TRIED.items():
            self.assertGreater(len(paths), 2, method)


if __name__ == "__main__":
    unittest.main()

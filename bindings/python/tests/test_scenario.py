# SPDX-License-Identifier: Apache-2.0
"""Scenarios: reading, iterating, comparing."""
import json
import pathlib
import tempfile
import unittest

from iampolicy import (Expectation, Limits, Outcome, PolicyError, Scenario,
                       Stack, Status)

from support import INSIDE, MODEL, OUTSIDE, POLICY, PRINCIPAL, SENTENCE


def request(**changes):
    return dict({"principal": PRINCIPAL, "action": "bedrock:InvokeModel",
                 "resource": MODEL, "context": {"aws:SourceIp": INSIDE}},
                **changes)


SCENARIO = {
    "about": "Two addresses.",
    "policies": [{"kind": "identity", "name": "eip", "policy": POLICY}],
    "requests": [
        request(id="inside", expect="allow"),
        request(id="outside", context={"aws:SourceIp": OUTSIDE},
                expect="implicit deny", by="identity-based policy",
                message=SENTENCE),
        request(),
    ],
}


class Reading(unittest.TestCase):
    def test_cases(self):
        scenario = Scenario(SCENARIO)
        self.assertEqual(scenario.about, "Two addresses.")
        self.assertEqual([case.id for case in scenario],
                         ["inside", "outside", ""])
        self.assertEqual([case.expectation for case in scenario], [
            Expectation(Outcome.ALLOW, "", ""),
            Expectation(Outcome.IMPLICIT_DENY, "identity-based policy",
                        SENTENCE), None])
        self.assertEqual([entry.name for entry in scenario.stack.entries],
                         ["eip"])
        self.assertEqual(repr(scenario), "<iampolicy.Scenario 3 requests>")

    def test_expectations(self):
        scenario = Scenario(SCENARIO)
        inside, outside = [scenario.stack.decide(case.operation)
                           for case in scenario.cases[:2]]
        allow, deny = [case.expectation for case in scenario.cases[:2]]
        self.assertTrue(allow.met_by(inside))
        self.assertTrue(deny.met_by(outside))
        self.assertFalse(allow.met_by(outside))
        self.assertFalse(deny.met_by(inside))
        self.assertFalse(deny._replace(by="permissions boundary")
                         .met_by(outside))
        self.assertFalse(deny._replace(message="No").met_by(outside))
        self.assertTrue(Expectation(Outcome.IMPLICIT_DENY, "", "")
                        .met_by(outside))

    def test_every_way_to_give_one(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "s.json"
            path.write_text(json.dumps(SCENARIO), encoding="utf-8")
            for scenario in (Scenario(json.dumps(SCENARIO)), Scenario(path),
                             Scenario.load(str(path))):
                self.assertEqual(len(scenario.cases), 3)

    def test_a_fallback(self):
        without = {"requests": [request()]}
        self.assertFalse(Scenario(without).stack.check(
            Scenario(without).cases[0].operation))
        fallback = Stack(identity=POLICY)
        scenario = Scenario(without, fallback)
        fallback.close()
        del fallback
        self.assertTrue(scenario.stack.check(scenario.cases[0].operation))

        with self.assertRaises(TypeError):
            Scenario(without, POLICY)

    def test_parts_outlive_the_scenario(self):
        scenario = Scenario(SCENARIO)
        stack, operation = scenario.stack, scenario.cases[0].operation
        scenario.close()
        del scenario
        self.assertTrue(stack.decide(operation))

    def test_errors(self):
        for source, status in (
                ("{", Status.EJSON), ("[]", Status.ESCENARIO),
                ({"request": []}, Status.ESCENARIO),
                ({"requests": [request(expect="Allow")]}, Status.ESCENARIO),
                ({"policies": [{"kind": "identity", "policy": {
                    "Version": "2012-10-17", "Statement": 1}}]},
                 Status.EPOLICY)):
            with self.assertRaises(PolicyError, msg=source) as caught:
                Scenario(source)
            self.assertIs(caught.exception.status, status)
            self.assertEqual(caught.exception.line, 1)
        with self.assertRaises(PolicyError) as caught:
            Scenario(SCENARIO, limits=Limits(values=5))
        self.assertIs(caught.exception.status, Status.ELIMIT)

    def test_the_place_of_an_error_in_a_policy(self):
        text = json.dumps({"policies": [{"kind": "identity", "policy": {
            "Version": "2012-10-17", "Statement": 1}}]})
        with self.assertRaises(PolicyError) as caught:
            Scenario(text)
        self.assertEqual(caught.exception.where,
                         "/policies/0/policy/Statement")
        self.assertEqual(text[caught.exception.offset], "1")

    def test_strict(self):
        bad = dict(POLICY, Statement=dict(
            POLICY["Statement"][0], Condition={"Nonsense": {"a:b": "c"}}))
        source = {"policies": [{"kind": "identity", "policy": bad}]}
        Scenario(source)
        with self.assertRaises(PolicyError):
            Scenario(source, strict=True)


if __name__ == "__main__":
    unittest.main()

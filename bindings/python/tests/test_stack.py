# SPDX-License-Identifier: Apache-2.0
"""Stacks and decisions."""
import json
import pathlib
import tempfile
import unittest

import iampolicy
from iampolicy import (Decision, Entry, Kind, Operation, Outcome, Policy,
                       PolicyError, Stack, check_stacks)
from iampolicy._handle import lib

from support import (ALLOW_ALL, DENY_ALL, MODEL, OUTSIDE, POLICY, SENTENCE,
                     the_request)

TRUST = {"Version": "2012-10-17", "Statement": {
    "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}
RESOURCE = {"Version": "2012-10-17", "Statement": {
    "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}


class Building(unittest.TestCase):
    def test_roles_and_levels(self):
        stack = Stack(
            identity=[POLICY, Entry(Policy(ALLOW_ALL), "arn:x")],
            resource=RESOURCE, boundary=ALLOW_ALL,
            session=[ALLOW_ALL, json.dumps(ALLOW_ALL)], endpoint=RESOURCE,
            scp=[[ALLOW_ALL, DENY_ALL], ALLOW_ALL],
            rcp=[[dict(RESOURCE)]])
        self.assertEqual(
            [(str(entry.policy.kind), entry.name, entry.level)
             for entry in stack.entries],
            [("identity", "", 0), ("identity", "arn:x", 0),
             ("resource", "", 0), ("boundary", "", 0), ("session", "", 0),
             ("session", "", 0), ("endpoint", "", 0), ("scp", "", 0),
             ("scp", "", 0), ("scp", "", 1), ("rcp", "", 0)])
        self.assertEqual(
            repr(stack), "<iampolicy.Stack identity, identity, resource, "
            "boundary, session, session, endpoint, scp, scp, scp, rcp>")
        self.assertEqual(repr(Stack()), "<iampolicy.Stack empty>")

    def test_from_entries(self):
        scp = Policy(ALLOW_ALL, Kind.SCP)
        stack = Stack.from_entries(
            [Policy(POLICY), Entry(scp, "root"), Entry(scp, "account", 2)])
        self.assertEqual([(e.name, e.level) for e in stack.entries],
                         [("", 0), ("root", 0), ("account", 2)])
        for level in (-1, 2 ** 32):
            with self.assertRaises(ValueError):
                Stack.from_entries([Entry(scp, "x", level)])
        with self.assertRaises(ValueError):
            Stack.from_entries([Entry(scp, "x\0y")])
        for given in ([Entry(POLICY)], [POLICY], [None]):
            with self.assertRaises(TypeError):
                Stack.from_entries(given)

    def test_the_name_of_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "p.json"
            path.write_text(json.dumps(POLICY), encoding="utf-8")
            self.assertEqual(Stack(identity=path).entries[0].name, str(path))
            self.assertEqual(Stack(identity=[path]).entries[0].name,
                             str(path))

    def test_another_kind_is_refused(self):
        with self.assertRaises(ValueError):
            Stack(identity=Policy(ALLOW_ALL, "scp"))
        with self.assertRaises(ValueError):
            Stack(scp=[Policy(ALLOW_ALL)])
        trust = Stack(resource=Policy(TRUST, "trust"))
        self.assertIs(trust.entries[0].policy.kind, Kind.TRUST)

    def test_a_level_without_a_policy_is_refused(self):
        for levels in ([[]], [[ALLOW_ALL], []], [[], [ALLOW_ALL]]):
            with self.assertRaises(ValueError):
                Stack(scp=levels)

    def test_what_is_no_policy(self):
        for given in (None, 1, [None], [[POLICY]]):
            with self.assertRaises(TypeError, msg=repr(given)):
                Stack(identity=given)
        with self.assertRaises(PolicyError):
            Stack(identity=dict(POLICY, Statement=1))
        undecidable = dict(POLICY, Statement=dict(
            POLICY["Statement"][0], Condition={"Nonsense": {"a:b": "c"}}))
        Stack(identity=undecidable)
        with self.assertRaises(PolicyError):
            Stack(identity=undecidable, strict=True)

    def test_policies_may_be_closed_once_the_stack_is_made(self):
        policy = Policy(POLICY)
        stack = Stack(identity=policy)
        policy.close()
        self.assertTrue(stack.check(the_request(iampolicy)))
        with self.assertRaises(ValueError):
            Stack(identity=policy)


class Outcomes(unittest.TestCase):
    def test_only_allow_is_true(self):
        self.assertEqual([bool(outcome) for outcome in
                          (Outcome.ALLOW, Outcome.IMPLICIT_DENY,
                           Outcome.EXPLICIT_DENY)], [True, False, False])
        # Not even by comparison: True is 1, and so is a deny of the library.
        for outcome in Outcome:
            self.assertFalse(outcome == True)  # noqa: E712
            self.assertFalse(outcome == outcome.number)

    def test_names(self):
        self.assertEqual([str(Outcome(value)) for value in range(3)],
                         ["implicit deny", "explicit deny", "allow"])
        self.assertIs(Outcome("explicit deny"), Outcome.EXPLICIT_DENY)
        # Words are equal to their texts, and found by them.
        self.assertEqual(Outcome.ALLOW, "allow")
        self.assertNotEqual(Outcome.ALLOW, "implicit deny")
        self.assertEqual({"explicit deny": 1}[Outcome.EXPLICIT_DENY], 1)
        self.assertEqual(f"{Outcome.ALLOW:>6} {Kind.SCP}", " allow scp")
        self.assertEqual(json.dumps(Outcome.ALLOW), '"allow"')
        for outcome in Outcome:
            self.assertEqual(lib.iam_outcome_name(outcome.number).decode(),
                             outcome)
        for kind in Kind:
            self.assertEqual(lib.iam_policy_kind_name(kind.number).decode(),
                             kind)
        for value in ("Allow", "", 3, None):
            with self.assertRaises(ValueError):
                Outcome(value)

    def test_many_at_once(self):
        stack = Stack(identity=POLICY)
        deny = Stack(identity=DENY_ALL)
        inside = the_request(iampolicy)
        outside = the_request(iampolicy, source_ip=OUTSIDE)
        asked = [inside, outside, inside]
        self.assertEqual(stack.check_many(asked),
                         [stack.check(request) for request in asked])
        self.assertEqual(len(set(stack.check_many(asked))), 2)
        self.assertEqual(stack.check_many([]), [])
        self.assertEqual(stack.check_many(iter(asked))[2], Outcome.ALLOW)
        stacks = [stack, deny, Stack()]
        self.assertEqual(check_stacks(stacks, inside),
                         [each.check(inside) for each in stacks])
        self.assertEqual(check_stacks([], inside), [])
        for wrong in ([None], [stack]):
            with self.assertRaises(TypeError):
                stack.check_many(wrong)
        with self.assertRaises(TypeError):
            check_stacks([inside], inside)
        deny.close()
        with self.assertRaises(ValueError):
            check_stacks(stacks, inside)

    def test_check_and_decide_agree(self):
        for stack, wanted in (
                (Stack(identity=POLICY), Outcome.ALLOW),
                (Stack(), Outcome.IMPLICIT_DENY),
                (Stack(identity=[POLICY, DENY_ALL]), Outcome.EXPLICIT_DENY),
                (Stack(identity=POLICY, scp=[ALLOW_ALL, DENY_ALL]),
                 Outcome.EXPLICIT_DENY),
                (Stack(identity=POLICY, boundary=RESOURCE_FREE),
                 Outcome.IMPLICIT_DENY)):
            request = the_request(iampolicy)
            decision = stack.decide(request)
            self.assertIs(stack.check(request), wanted)
            self.assertIs(decision.outcome, wanted)
            self.assertIs(bool(decision), wanted is Outcome.ALLOW)

    def test_what_a_stack_can_be_asked(self):
        stack = Stack(identity=POLICY)
        for asked in (None, "arn:aws:s3:::b", stack, Policy(POLICY)):
            for ask in (stack.check, stack.decide):
                with self.assertRaises(TypeError):
                    ask(asked)


RESOURCE_FREE = {"Version": "2012-10-17", "Statement": {
    "Effect": "Allow", "Action": "s3:*", "Resource": "*"}}


class Reasons(unittest.TestCase):
    def test_an_allow(self):
        stack = Stack(identity=Entry(Policy(POLICY), "bedrock-eip"))
        decision = stack.decide(the_request(iampolicy))
        self.assertEqual((decision.by, decision.message), ("", ""))
        match, = decision.matched
        self.assertEqual((match.number, match.entry.name,
                          match.statement.number, match.statement.sid),
                         (0, "bedrock-eip", 0, "InvokeFromOurAddresses"))
        self.assertEqual(decision.near_misses, ())
        self.assertEqual(repr(decision), "<iampolicy.Decision allow>")

    def test_a_denial_in_the_words_of_aws(self):
        decision = Stack(identity=POLICY).decide(
            the_request(iampolicy, source_ip=OUTSIDE))
        self.assertFalse(decision)
        self.assertEqual(decision.by, "identity-based policy")
        self.assertEqual(decision.message, SENTENCE)
        self.assertEqual(decision.matched, ())
        miss, = decision.near_misses
        self.assertEqual((miss.element, miss.key, miss.operator),
                         ("Condition", "aws:SourceIp", "IpAddress"))
        self.assertEqual(miss.statement.sid, "InvokeFromOurAddresses")
        self.assertIn(OUTSIDE, miss.message)
        self.assertEqual(repr(decision), "<iampolicy.Decision implicit deny "
                         "by identity-based policy>")

    def test_a_key_that_is_missing(self):
        decision = Stack(identity=POLICY).decide(
            the_request(iampolicy, source_ip=None))
        self.assertFalse(decision)
        self.assertEqual(decision.missing, ("aws:SourceIp",))

    def test_the_request_is_a_copy(self):
        request = the_request(iampolicy)
        decision = Stack(identity=POLICY).decide(request)
        told = request.to_dict()
        request.close()
        self.assertEqual(decision.request.to_dict(), told)

    def test_the_dict(self):
        decision = Stack(identity=POLICY).decide(the_request(iampolicy))
        told = decision.to_dict("first")
        self.assertEqual(told["id"], "first")
        self.assertEqual(told["outcome"], "allow")
        self.assertEqual(told["matched"][0]["sid"], "InvokeFromOurAddresses")
        self.assertIsNone(decision.to_dict().get("id"))
        self.assertNotIn("\n", decision.to_json().rstrip("\n"))
        with self.assertRaises(ValueError):
            decision.to_json("a\0b")

    def test_decisions_are_not_made_by_hand(self):
        with self.assertRaises(TypeError):
            Decision()


class Checks(unittest.TestCase):
    def setUp(self):
        self.operation = Operation(
            the_request(
                iampolicy,
                resource="us.anthropic.claude-3-5-sonnet-20241022-v2:0",
                context={"aws:RequestedRegion": "us-west-2"}),
            "bedrock-runtime:InvokeModel", ["us-east-1", "us-west-2"])

    def test_the_worst_check_decides(self):
        stack = Stack(identity=POLICY)  # has the models, not the profile
        decision = stack.decide(self.operation)
        self.assertIs(stack.check(self.operation), Outcome.IMPLICIT_DENY)
        self.assertIs(decision.outcome, Outcome.IMPLICIT_DENY)
        self.assertEqual(len(decision.checks), len(self.operation.checks))
        outcomes = {check.request.resource: bool(check)
                    for check in decision.checks}
        self.assertTrue(outcomes[MODEL])
        self.assertEqual({resource for resource, ok in outcomes.items()
                          if not ok},
                         {r for r in outcomes if "inference-profile" in r})

    def test_one_check_for_a_request(self):
        decision = Stack(identity=POLICY).decide(the_request(iampolicy))
        check, = decision.checks
        decision.close()
        self.assertTrue(check)
        self.assertEqual(check.matched[0].statement.sid,
                         "InvokeFromOurAddresses")

    def test_all_of_them_allowed(self):
        self.assertTrue(Stack(identity=ALLOW_ALL).decide(self.operation))


if __name__ == "__main__":
    unittest.main()

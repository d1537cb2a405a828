# SPDX-License-Identifier: Apache-2.0
"""Questions about every request, and what answers say."""
import gc
import json
import threading
import unittest
import weakref

import iampolicy
from iampolicy import (IpSet, Level, Outcome, Policy, PolicyError, Proof,
                       Prover, Question, Relation, Request, Scenario, Scope,
                       Stack, Status, Verdict, prove_always_from,
                       prove_exactly_from, prove_never, prove_not_public,
                       prove_only_from, prove_within)

from support import ALLOW_ALL, DENY_ALL, INSIDE, POLICY

ADDRESSES = ["13.230.101.201", "13.230.101.202/32"]
MODELS = "arn:aws:bedrock:*::foundation-model/*"
FULL = {"Version": "2012-10-17", "Statement": [{
    "Sid": "BedrockAll", "Effect": "Allow", "Action": "bedrock:*",
    "Resource": "*"}]}
WITH_FULL = [POLICY, FULL]


def pigeons(count):
    """Allowed if each of some pigeons has one of fewer holes for itself: never,
    which takes some work to see."""
    holes = range(count - 1)
    deny = [{f"x:{pigeon}-{hole}": "true" for hole in holes}
            for pigeon in range(count)]
    deny += [{f"x:{one}-{hole}": "false", f"x:{other}-{hole}": "false"}
             for hole in holes for one in range(count)
             for other in range(one)]
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        *({"Effect": "Deny", "Action": "*", "Resource": "*",
           "Condition": {"Null": keys}} for keys in deny)]}


class Mission(unittest.TestCase):
    """A model for two addresses: the two lines of a unit test."""

    def test_it_is_exact(self):
        assert prove_exactly_from(POLICY, ADDRESSES,
                                  action="bedrock:InvokeModel",
                                  resource=MODELS)

    def test_parts(self):
        proof = prove_exactly_from(POLICY, ADDRESSES, resource=MODELS,
                                   action="bedrock:InvokeModel")
        self.assertTrue(proof.proved)
        self.assertFalse(proof.refuted)
        self.assertIs(proof.verdict, Verdict.PROVED)
        self.assertEqual(proof.reason, "")
        self.assertEqual([part.question for part in proof.parts],
                         [Question.ONLY_FROM, Question.ALWAYS_FROM])
        self.assertTrue(all(part.parts == () and part for part in
                            proof.parts))
        self.assertEqual(proof.witnesses, ())
        self.assertIsNone(proof.witness)
        self.assertIsNone(proof.addresses)
        self.assertGreater(len(proof.facts), 0)
        self.assertEqual(str(proof), "proved exactly-from")
        self.assertEqual(repr(proof),
                         "<iampolicy.Proof proved exactly-from>")

    def test_a_second_policy_undoes_it(self):
        proof = prove_only_from(WITH_FULL, ADDRESSES)
        self.assertFalse(proof)
        self.assertIs(proof.verdict, Verdict.REFUTED)
        self.assertTrue(proof.reason)
        outside, without = proof.witnesses
        self.assertEqual((outside.id, without.id),
                         ("outside", "without-address"))
        self.assertNotIn(outside.request.source_ip, IpSet(ADDRESSES))
        self.assertEqual(without.request.context, {})
        self.assertEqual(proof.witness.id, outside.id)
        self.assertIs(outside.level, Level.KNOWN_ACTION)
        self.assertTrue(outside.meaning)
        for witness in proof.witnesses:
            self.assertIs(witness.outcome, Outcome.ALLOW)
            self.assertEqual([match.statement.sid for match in
                              witness.because], ["BedrockAll"])
            self.assertTrue(Stack(identity=WITH_FULL).check(witness.request))
        self.assertTrue(proof.without_address)
        self.assertEqual(proof.addresses, ~IpSet(ADDRESSES))

    def test_an_assertion_shows_the_counterexample(self):
        proof = prove_only_from(WITH_FULL, ADDRESSES)
        outside = proof.witness
        for told in (repr(proof), str(proof)):
            self.assertIn("refuted only-from: ", told)
            self.assertIn(f"{outside.request.source_ip} can call bedrock:",
                          told)
            self.assertIn('by Allow "BedrockAll" (statement 0, line 1) of '
                          "policy 1", told)
        self.assertIn(outside.request.to_json(), str(proof))

    def test_the_counterexample_becomes_a_test(self):
        scenario = Scenario(prove_only_from(WITH_FULL, ADDRESSES).scenario())
        cases = list(scenario)
        self.assertEqual([case.id for case in cases],
                         ["outside", "without-address"])
        for case in cases:
            self.assertTrue(case.expectation.met_by(
                scenario.stack.decide(case.operation)))

    def test_what_is_refused(self):
        proof = prove_always_from(POLICY, [*ADDRESSES, "192.0.2.0/24"],
                                  action="bedrock:InvokeModel",
                                  resource=MODELS)
        self.assertTrue(proof.refuted)
        self.assertEqual(proof.addresses, IpSet(["192.0.2.0/24"]))
        self.assertIs(proof.witness.outcome, Outcome.IMPLICIT_DENY)
        self.assertIn(" cannot call ", str(proof))

    def test_json(self):
        proof = prove_only_from(WITH_FULL, ADDRESSES)
        told = proof.to_dict()
        self.assertEqual(told, json.loads(proof.to_json()))
        self.assertEqual(told["question"], "only-from")
        self.assertEqual(told["verdict"], "refuted")
        self.assertEqual(told["witness"], proof.witness.request.to_dict())
        self.assertEqual(told["because"][0]["sid"], "BedrockAll")
        self.assertEqual(told["outside"], list(proof.addresses))
        self.assertEqual(told["steps"], proof.steps)


class Questions(unittest.TestCase):
    def test_never_and_always(self):
        self.assertTrue(prove_never(DENY_ALL))
        self.assertTrue(prove_never(POLICY, action="s3:*"))
        self.assertTrue(prove_never(POLICY, absent="aws:SourceIp"))
        self.assertTrue(prove_never(
            POLICY, given={"aws:SourceIp": "192.0.2.1"}))
        self.assertTrue(prove_never(POLICY, given={"aws:SourceIp": None}))
        self.assertFalse(prove_never(
            POLICY, given={"aws:SourceIp": INSIDE}))
        self.assertTrue(iampolicy.prove_always(
            ALLOW_ALL, action="s3:GetObject"))
        self.assertFalse(iampolicy.prove_always(
            POLICY, action="bedrock:InvokeModel"))

    def test_within(self):
        self.assertTrue(prove_within(POLICY, FULL))
        proof = prove_within(FULL, POLICY)
        self.assertTrue(proof.refuted)
        self.assertIs(proof.witness.outcome, Outcome.ALLOW)
        self.assertIs(proof.witness.old_outcome, Outcome.IMPLICIT_DENY)

    def test_not_public(self):
        self.assertTrue(prove_not_public(POLICY))
        bucket = Policy({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::open/*"}}, "resource")
        self.assertTrue(prove_not_public(bucket).refuted)

    def test_a_question_by_its_name(self):
        prover = Prover(POLICY)
        self.assertTrue(prover.ask("only-from", ADDRESSES))
        self.assertTrue(prover.ask(Question.NEVER, action="ec2:*"))
        with self.assertRaises(ValueError):
            prover.ask("sometimes")

    def test_all_by_name(self):
        prover = Prover(POLICY)
        for question in Question:
            asked = prover.ask(question, ADDRESSES, old=ALLOW_ALL,
                               action="bedrock:InvokeModel")
            self.assertIs(asked.question, question)
            self.assertIsNot(asked.verdict, Verdict.UNKNOWN, question)

    def test_what_is_missing_is_refused(self):
        prover = Prover(POLICY)
        for question in ("only-from", "always-from", "exactly-from",
                         "within"):
            with self.assertRaises(PolicyError) as caught:
                prover.ask(question)
            self.assertIs(caught.exception.status, Status.EINVAL)
            self.assertIn(question, str(caught.exception))

    def test_sources(self):
        found = iampolicy.sources(POLICY)
        self.assertTrue(found.exact)
        self.assertEqual(found.addresses, IpSet(ADDRESSES))
        self.assertIsNone(found.unsure)
        self.assertIs(found.without_address, False)
        self.assertEqual([match.statement.sid for match in found.statements],
                         ["InvokeFromOurAddresses"])
        self.assertIn("13.230.101.201/32", repr(found))
        self.assertEqual(found.to_dict()["ipv4"], list(found.addresses))
        self.assertIs(iampolicy.sources(FULL).without_address, True)

    def test_diff(self):
        more = iampolicy.diff(POLICY, FULL)
        self.assertIs(more.relation, Relation.WIDER)
        self.assertEqual(more.reason, "")
        self.assertIsNone(more.only_old)
        self.assertTrue(Stack(identity=FULL).check(more.only_new))
        self.assertFalse(Stack(identity=POLICY).check(more.only_new))
        self.assertEqual(more.because_old, ())
        self.assertEqual([match.statement.sid for match in more.because_new],
                         ["BedrockAll"])
        self.assertIn("wider; only new: ", repr(more))
        gained = [change.gained for change in more.changes if change.gained]
        self.assertIn(~IpSet(ADDRESSES), gained)
        self.assertTrue(any(change.actions == "bedrock:*"
                            for change in more.changes))
        self.assertEqual(len(more.to_dict()["changes"]), len(more.changes))
        less = Prover(POLICY).diff(FULL)
        self.assertIs(less.relation, Relation.NARROWER)
        self.assertTrue(Stack(identity=FULL).check(less.only_old))
        self.assertEqual([match.statement.sid for match in less.because_old],
                         ["BedrockAll"])
        self.assertEqual(less.because_new, ())
        self.assertIs(iampolicy.diff(POLICY, POLICY).relation,
                      Relation.EQUIVALENT)
        other = {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}
        self.assertIs(iampolicy.diff(POLICY, other).relation,
                      Relation.INCOMPARABLE)

    def test_review(self):
        first, second = iampolicy.review(WITH_FULL).statements
        self.assertEqual((first.dead, second.dead), (True, False))
        self.assertEqual((first.statement.statement.sid,
                          second.statement.statement.sid),
                         ("InvokeFromOurAddresses", "BedrockAll"))
        self.assertIsNone(first.request)
        self.assertTrue(Stack(identity=FULL).check(second.request))
        self.assertFalse(Stack(identity=POLICY).check(second.request))
        guarded = Prover([FULL, {"Version": "2012-10-17", "Statement": {
            "Effect": "Deny", "Action": "bedrock:*", "Resource": "*"}}])
        allow, deny = guarded.review().statements
        self.assertEqual((allow.effective, deny.dead), (False, False))
        self.assertTrue(guarded.review().facts)
        idle = {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
            "Condition": {"StringLike": {"aws:username": "*"},
                          "Null": {"aws:username": "false"}}}}
        (item,) = iampolicy.review(idle).statements
        self.assertEqual({shadowed.operator for shadowed in item.shadowed},
                         {"StringLike", "Null"})
        self.assertEqual({shadowed.key for shadowed in item.shadowed},
                         {"aws:username"})

    def test_a_budget(self):
        proof = Prover(WITH_FULL, max_steps=1).only_from(ADDRESSES)
        self.assertIs(proof.verdict, Verdict.UNKNOWN)
        self.assertFalse(proof)
        self.assertTrue(proof.reason)
        with self.assertRaises(PolicyError):
            proof.scenario()
        for number in (-1, 2 ** 64):
            with self.assertRaises(ValueError):
                Prover(POLICY, max_steps=number)

    def test_progress(self):
        told = []
        self.assertTrue(prove_only_from(POLICY, ADDRESSES,
                                        progress=told.append))
        self.assertEqual(told, sorted(told))
        prover = Prover(pigeons(10), max_steps=2 ** 22)
        self.assertGreater(len(told), 0)
        told.clear()
        self.assertEqual(prover.never(progress=told.append).verdict,
                         Verdict.UNKNOWN)
        self.assertGreater(len(told), 1)
        self.assertEqual(told, sorted(told))
        with self.assertRaises(PolicyError) as caught:
            prover.never(progress=lambda steps: False)
        self.assertIs(caught.exception.status, Status.ESTOPPED)

        class Odd(Exception):
            pass

        def odd(steps):
            raise Odd

        with self.assertRaises(Odd):
            prover.never(progress=odd)
        self.assertTrue(Prover(pigeons(8)).never(progress=lambda steps: None))
        self.assertEqual(prover.never(progress=lambda steps: None).verdict,
                         Verdict.UNKNOWN)

    def test_whatever_names_policies(self):
        policy = Policy(POLICY)
        stack = Stack(identity=POLICY)
        scenario = Scenario({"policies": [
            {"kind": "identity", "policy": POLICY}]})
        entry = iampolicy.Entry(policy, "ours")
        for policies in (POLICY, json.dumps(POLICY), policy, entry, stack,
                         scenario, [POLICY]):
            self.assertTrue(prove_only_from(policies, ADDRESSES))

    def test_no_certificate(self):
        with self.assertRaises(PolicyError):
            prove_only_from(WITH_FULL, ADDRESSES,
                            certificate=True).certificate()
        with self.assertRaises(PolicyError):
            prove_only_from(POLICY, ADDRESSES).certificate()
        proof = prove_only_from(POLICY, ADDRESSES, certificate=True)
        self.assertIn(b"iampolicy certificate 2", proof.certificate())
        self.assertEqual(proof.no_certificate, "")


class Scopes(unittest.TestCase):
    def test_one_scope_for_many(self):
        scope = Scope(principal="any", action=["bedrock:*", "s3:*"],
                      resource="*", present=["aws:SourceIp"],
                      given={"aws:TagKeys": ["b", "a"]}, open_world=True,
                      any_context=True)
        prover = Prover(POLICY)
        self.assertTrue(prover.only_from(ADDRESSES, scope=scope))
        self.assertFalse(prover.never(scope=scope))

    def test_what_is_refused(self):
        for wrong in (dict(principal="bob"), dict(service="*"),
                      dict(action="bedrock"), dict(resource="bucket"),
                      dict(given={"aws:SourceIp": "10.0.0.0/8"}),
                      dict(absent=""), dict(action="\udc80:x")):
            with self.assertRaises(PolicyError, msg=wrong):
                Scope(**wrong)
        with self.assertRaises(ValueError):
            Scope(principal="any", service="a.amazonaws.com")
        with self.assertRaises(TypeError):
            Scope(actions="bedrock:*")
        with self.assertRaises(TypeError):
            Prover(POLICY).never(scope=Scope(), action="s3:*")
        with self.assertRaises(TypeError):
            Prover(POLICY).never(scope=3)


class Lives(unittest.TestCase):
    def test_what_was_got_from_a_proof_stays(self):
        proof = prove_only_from(WITH_FULL, ADDRESSES)
        witness, addresses = proof.witness, proof.addresses
        proof.close()
        gc.collect()
        self.assertTrue(witness.request.action)
        self.assertIn(witness.request.source_ip, addresses)
        self.assertTrue(witness.because[0].entry.policy.statements)
        with self.assertRaises(ValueError):
            bool(proof)

    def test_a_proof_outlives_its_prover(self):
        prover = Prover(WITH_FULL)
        proof = prover.only_from(ADDRESSES)
        gone = weakref.ref(prover)
        prover.close()
        del prover
        self.assertIsNone(gone())
        self.assertIn("BedrockAll", str(proof))

    def test_closed_arguments(self):
        prover = Prover(POLICY)
        closed = Stack(identity=POLICY)
        closed.close()
        addresses = IpSet(ADDRESSES)
        addresses.close()
        scope = Scope()
        scope.close()
        for ask in (lambda: prover.within(closed),
                    lambda: prover.only_from(addresses),
                    lambda: prover.never(scope=scope),
                    lambda: Prover(closed)):
            with self.assertRaises(ValueError):
                ask()

    def test_answers_are_not_made_by_hand(self):
        for kind in (Proof, iampolicy.Sources, iampolicy.Diff,
                     iampolicy.Review):
            with self.assertRaises(TypeError):
                kind()

    def test_threads_share_a_prover(self):
        prover = Prover(WITH_FULL)
        found, problems = [], []

        def work():
            try:
                for _ in range(10):
                    found.append(prover.only_from(ADDRESSES).to_dict())
            except BaseException as problem:
                problems.append(problem)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(problems, [])
        for told in found:
            told.pop("micros")
            told.pop("steps")
        self.assertTrue(all(told == found[0] for told in found))


class Words(unittest.TestCase):
    def test_relations(self):
        self.assertEqual([str(relation) for relation in Relation],
                         ["unknown", "equivalent", "narrower", "wider",
                          "incomparable"])

    def test_requests_tell_their_context(self):
        request = Request(source_ip="2001:DB8::1",
                          context={"x:list": ["a", "b"]})
        self.assertEqual(request.source_ip, "2001:db8::1")
        self.assertEqual(request.context, {
            "aws:SourceIp": "2001:db8::1", "x:list": ["a", "b"]})
        self.assertEqual(Request().source_ip, "")


if __name__ == "__main__":
    unittest.main()

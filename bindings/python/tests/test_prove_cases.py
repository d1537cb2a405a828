# SPDX-License-Identifier: Apache-2.0
"""The policies of every case, proved and compared: what an answer says must be
what the evaluator says."""
import unittest

from iampolicy import (Outcome, Prover, Relation, Scenario, Stack,
                       Verdict, _errors)

from support import files

QUESTIONS = (
    ("never", {}), ("never", {"principal": "any"}),
    ("never", {"principal": "anonymous"}),
    ("only-from", {"addresses": ["192.0.2.0/24"]}),
    ("always", {"action": "s3:GetObject"}),
    ("not-public", {}), ("never", {"any_context": True}),
)


BEYOND = {"root-user", "no-permission-needed", "ip-pitfall-root",
          "derived-user", "derived-others"}
"""Cases with requests that proofs leave out, and say so: by a resource's own
root user, actions that need no permission, keys that do not follow."""


def stacks():
    """The stacks of the cases which have policies, by the case's name."""
    found = []
    for path in files("tests/cases/decide/*.json"):
        scenario = Scenario.load(path)
        if scenario.stack.entries:
            found.append((path.stem, scenario.stack))
    return found


@unittest.skipUnless(files("tests/cases/decide/*.json"), "not in a checkout")
class Cases(unittest.TestCase):
    def check_scenario(self, proof):
        """A counterexample, written down and read again, is a test that
        passes."""
        scenario = Scenario(proof.scenario())
        cases, witnesses = list(scenario), proof.witnesses
        self.assertEqual(len(cases), len(witnesses))
        for case, witness in zip(cases, witnesses):
            self.assertEqual(case.id, witness.id)
            self.assertTrue(case.expectation.met_by(
                scenario.stack.decide(case.operation)))

    def test_every_refutation_is_so(self):
        verdicts = {verdict: 0 for verdict in Verdict}
        for name, stack in stacks():
            prover = Prover(stack)
            for question, parts in QUESTIONS:
                with self.subTest(name, question=question, **parts):
                    proof = prover.ask(question, **parts)
                    verdicts[proof.verdict] += 1
                    # A stranger's own account lets it do anything: the
                    # scenario, which is checked below, says so.
                    asked = (Scenario(proof.scenario()).stack
                             if question == "not-public" and proof.refuted
                             else stack)
                    for witness in proof.witnesses:
                        self.assertIs(asked.check(witness.request),
                                      witness.outcome)
                        self.assertIs(bool(witness.outcome),
                                      question != "always")
                    self.assertEqual(bool(proof.witnesses), proof.refuted)
                    if proof.refuted:
                        self.check_scenario(proof)
        self.assertGreater(verdicts[Verdict.PROVED], 100)
        self.assertGreater(verdicts[Verdict.REFUTED], 100)

    def test_sources_are_those_of_only_from(self):
        for name, stack in stacks():
            prover = Prover(stack)
            found = prover.sources()
            if not found.exact:
                continue
            with self.subTest(name):
                proof = prover.only_from(found.addresses)
                self.assertIn(proof.verdict, (
                    Verdict.REFUTED if found.without_address
                    else Verdict.PROVED, Verdict.UNKNOWN))
                self.assertIsNone(proof.addresses)

    def test_differences_are_so(self):
        all_of_them = stacks()
        relations = {relation: 0 for relation in Relation}
        for number, (name, old) in enumerate(all_of_them):
            other, new = all_of_them[(number * 7 + 3) % len(all_of_them)]
            with self.subTest(name, other=other):
                diff = Prover(new).diff(old)
                relations[diff.relation] += 1
                for request, by, refused in (
                        (diff.only_old, old, new), (diff.only_new, new, old)):
                    if request is not None:
                        self.assertIs(by.check(request), Outcome.ALLOW)
                        self.assertFalse(refused.check(request))
                if diff.relation is not Relation.UNKNOWN:
                    self.assertEqual(
                        Prover(new).within(old).proved,
                        diff.relation in (Relation.EQUIVALENT,
                                          Relation.NARROWER))
        self.assertGreater(relations[Relation.INCOMPARABLE], 10)

    def test_a_dead_statement_changes_nothing(self):
        """Without it, the case's own requests get what they got."""
        dead = 0
        for path in files("tests/cases/decide/*.json"):
            scenario = Scenario.load(path)
            entries = scenario.stack.entries
            if path.stem in BEYOND:
                continue
            for item in (Prover(scenario.stack).review(
                    principal="any").statements
                         if entries else ()):
                if not item.dead:
                    continue
                dead += 1
                left = without(entries, item.statement)
                for case in scenario if left else ():
                    with self.subTest(path.stem, id=case.id):
                        self.assertEqual(
                            bool(left.check(case.operation)),
                            bool(scenario.stack.check(case.operation)))
        self.assertGreater(dead, 5)


def without(entries, match):
    """A stack without one statement; None if its policy cannot do without."""
    changed = entries[match.number]
    document = changed.policy.to_dict()
    del document["Statement"][match.statement.number]
    try:
        policy = type(changed.policy)(document, changed.policy.kind)
    except _errors.PolicyError:
        return None
    return Stack.from_entries([
        entry._replace(policy=policy) if number == match.number else entry
        for number, entry in enumerate(entries)])


if __name__ == "__main__":
    unittest.main()

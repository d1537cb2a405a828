#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Implications that other tools decided, asked of the prover in both directions.

    peers.py --library libiampolicy.so [--list] [--z3]

Two sets of $IAMPOLICY_CORPUS: pairs of policies on which a solver was asked what
one allows and the other does not (10-eval-oracles/quacky-implication), and bucket
policies with what AWS Access Analyzer found (11-access-analyzer-intents).  Every
disagreement must stand in docs/prover-peers.md with its reason, and nothing else
may; --list prints them.  A disagreement where the prover says that one policy does
allow more is settled by the evaluator, which decides the request that was found;
one where it says that neither does is settled by z3, with --z3.
Exit code 77: no corpus, or no library.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DIRECTIONS = (("1", "2", "p1_allows_something_p2_does_not"),
              ("2", "1", "p2_allows_something_p1_does_not"))
WORDS = {"proved": "UNSAT", "refuted": "SAT", "unknown": "?"}


def statements(policy):
    found = policy["Statement"]
    return found if isinstance(found, list) else [found]


def kind_of(policy):
    named = any("Principal" in s or "NotPrincipal" in s
                for s in statements(policy))
    return "resource" if named else "identity"


def stack_of(iampolicy, policy):
    kind = kind_of(policy)
    return iampolicy.Stack.from_entries([iampolicy.Entry(
        iampolicy.Policy(policy, kind=kind), name=kind)])


def scope_of(policy):
    """Of a resource policy anybody may be the caller."""
    return {"principal": "any"} if kind_of(policy) == "resource" else {}


def documented():
    """Rows of docs/prover-peers.md: {(id, direction): (theirs, ours)}."""
    rows = {}
    pattern = re.compile(r"^\| `([^`]+)` \| (\d) \| (\w+) \| (\w+) \|")
    for line in (ROOT / "docs/prover-peers.md").read_text().splitlines():
        match = pattern.match(line)
        if match:
            rows[match[1], match[2]] = (match[3], match[4])
    return rows


def replays(new, old, proof):
    """A refutation's requests, decided once more by both."""
    return bool(proof.witnesses) and all(
        str(new.check(w.request)) == "allow" and
        str(old.check(w.request)) != "allow" for w in proof.witnesses)


def implications(iampolicy, corpus, counts, differ):
    path = corpus / "dev/10-eval-oracles/quacky-implication.jsonl"
    bad = []
    for line in path.read_text().splitlines():
        pair = json.loads(line)
        stacks = {"1": stack_of(iampolicy, pair["doc1"]),
                  "2": stack_of(iampolicy, pair["doc2"])}
        scope = scope_of(pair["doc1"])
        for new, old, member in DIRECTIONS:
            proof = iampolicy.Prover(stacks[new]).within(stacks[old], **scope)
            ours, theirs = WORDS[proof.verdict.value], pair[member][0]
            counts[f"pairs, {kind_of(pair['doc1'])}", theirs, ours] += 1
            if ours == "SAT" and not replays(stacks[new], stacks[old], proof):
                bad.append(f"{pair['id']} {new}: the request does not replay")
            if ours == "?":
                bad.append(f"{pair['id']} {new}: unknown: {proof.reason}")
            elif ours != theirs:
                differ[pair["id"], new] = (theirs, ours, pair, proof)
    return bad


def free(policy):
    """The same about a caller whose ARN may be any text: the set's accounts
    have three digits, which no caller has."""
    return json.loads(json.dumps(policy).replace(
        '"aws:PrincipalArn"', '"aws:PrincipalTag/arn"'))


def findings_policy(findings):
    """What AWS found as a policy: one Allow each."""
    operators = {"aws:SourceIp": "IpAddress"}
    allows = []
    for finding in findings:
        condition = collections.defaultdict(dict)
        for key, value in finding["condition"].items():
            condition[operators.get(key, "StringLike")][key] = value
        allows.append({"Effect": "Allow", "Principal": finding["principal"],
                       "Action": finding["action"],
                       "Resource": finding["resource"],
                       "Condition": dict(condition)})
    return {"Version": "2012-10-17", "Statement": allows}


def less_one(iampolicy, new, findings):
    """A claim that should fail: what was found but for one finding."""
    if not findings:
        return iampolicy.Prover(new).never(principal="any").verdict
    old = stack_of(iampolicy, free(findings_policy(findings)))
    return iampolicy.Prover(new).within(old, principal="any").verdict


def analyzer(iampolicy, corpus, counts, differ):
    """Each policy allows nothing beyond what was found."""
    bad = []
    for path in sorted((corpus / "dev/11-access-analyzer-intents").glob(
            "*.json")):
        entry = json.loads(path.read_text())
        found = entry.get("aws_access_analyzer_findings")
        if found is None:
            continue
        findings = found["findings"]
        new = stack_of(iampolicy, free(entry["policy"]))
        if findings:
            old = stack_of(iampolicy, free(findings_policy(findings)))
            proof = iampolicy.Prover(new).within(old, principal="any")
        else:
            old = None
            proof = iampolicy.Prover(new).never(principal="any")
        ours = WORDS[proof.verdict.value]
        counts["findings", "UNSAT", ours] += 1
        name = "analyzer/" + path.stem
        if ours == "?":
            bad.append(f"{name}: unknown: {proof.reason}")
        elif ours == "SAT":
            differ[name, "1"] = ("UNSAT", "SAT", entry, proof)
        for number in range(len(findings) if len(findings) <= 9 else 0):
            fewer = findings[:number] + findings[number + 1:]
            counts["findings less one", "", WORDS[less_one(
                iampolicy, new, fewer).value]] += 1
    return bad


def settled_by_z3(iampolicy, differ):
    """Proofs that contradict the file, once more by another solver."""
    bad = []
    for (name, new), (_, ours, pair, _) in sorted(differ.items()):
        if ours != "UNSAT":
            continue
        stacks = {key: stack_of(iampolicy, pair["doc" + key]) for key in "12"}
        text = iampolicy.Prover(stacks[new]).smt2(
            "within", old=stacks["2" if new == "1" else "1"],
            **scope_of(pair["doc1"]))
        answer = subprocess.run(
            ["timeout", "60", "z3", "-in"], input=text, text=True,
            capture_output=True, check=False).stdout.strip()
        print(f"z3 on {name} {new}: {answer}")
        if answer != "unsat":
            bad.append(f"{name} {new}: z3 says {answer}")
    return bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--z3", action="store_true")
    arguments = parser.parse_args()
    corpus = os.environ.get("IAMPOLICY_CORPUS")
    if not corpus or not pathlib.Path(arguments.library).exists():
        print("no IAMPOLICY_CORPUS, or no library")
        return 77
    os.environ["IAMPOLICY_LIBRARY"] = arguments.library
    sys.path.insert(0, str(ROOT / "bindings/python"))
    import iampolicy
    counts, differ = collections.Counter(), {}
    start = time.perf_counter()
    bad = implications(iampolicy, pathlib.Path(corpus), counts, differ)
    bad += analyzer(iampolicy, pathlib.Path(corpus), counts, differ)
    if not counts["findings less one", "", "SAT"]:
        bad.append("no finding is needed by any proof")
    took = time.perf_counter() - start
    for (what, theirs, ours), count in sorted(counts.items()):
        print(f"{what}: {theirs} there, {ours} here: {count}")
    print(f"{took:.2f} s with compiling")
    if arguments.list:
        for (name, new), (theirs, ours, _, proof) in sorted(differ.items()):
            witness = proof.witnesses[0] if proof.witnesses else None
            print(f"| `{name}` | {new} | {theirs} | {ours} |",
                  witness.request if witness else "")
    if arguments.z3:
        bad += settled_by_z3(iampolicy, differ)
    known = documented()
    for key, (theirs, ours, _, _) in sorted(differ.items()):
        if known.pop(key, None) != (theirs, ours):
            bad.append(f"{key[0]} {key[1]}: {theirs} there, {ours} here, not "
                       f"in docs/prover-peers.md")
    bad += [f"{name} {new}: in docs/prover-peers.md, but agrees now"
            for name, new in known]
    print("\n".join(bad) if bad else f"{len(differ)} known disagreements")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

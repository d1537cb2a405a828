#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random questions, answered by the prover and, as SMT-LIB, by z3 or cvc5:
tests/smt_peers.py [--count N] [--seed S] [--solver z3|cvc5] [--seconds N].

The policies are larger than those that can be enumerated: up to eight
statements, patterns with wildcards, every operator and set operator.  Where the
peer decides in time the verdicts must be the same; each refutation is replayed
by the evaluator anyway.  77 without the peer."""
import argparse
import collections
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bindings/python"))

ACTIONS = ["s3:*", "s3:Get*", "s3:GetObject", "s3:Put*", "*", "bedrock:Invoke*",
           "bedrock:InvokeModel", "s3:*Object", "s3:?etObject", "kms:Decrypt"]
RESOURCES = ["*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/b*", "arn:aws:s3:::*/c",
             "arn:aws:s3:::a?", "arn:aws:s3:::*", "arn:aws:bedrock:*::m/*",
             "arn:aws:s3:::a/*/d", "arn:aws:s3:::*x*y*"]
BLOCKS = ["10.0.0.0/8", "192.0.2.0/24", "192.0.2.128/25", "0.0.0.0/0",
          "198.51.100.7", "2001:db8::/32", "::/0"]
TEXTS = ["a", "a*", "*b", "?", "ab", "A", "a*b*c", ""]
KEYS = {"String": ["aws:PrincipalTag/t", "s3:prefix", "aws:RequestedRegion"],
        "Numeric": ["s3:max-keys", "aws:MultiFactorAuthAge"],
        "Date": ["aws:TokenIssueTime"], "Bool": ["aws:SecureTransport"],
        "Ip": ["aws:SourceIp", "aws:VpcSourceIp"], "Set": ["aws:TagKeys"],
        "Arn": ["aws:SourceArn"]}


def some(rng, choices, most=3):
    return [rng.choice(choices) for _ in range(rng.randint(1, most))]


def condition(rng):
    kind = rng.choice(list(KEYS))
    key = rng.choice(KEYS[kind])
    negated = rng.random() < 0.4
    end = "IfExists" if rng.random() < 0.2 else ""
    if rng.random() < 0.1:
        return "Null", key, rng.choice(["true", "false"])
    if kind in ("String", "Set"):
        base = rng.choice(["StringNotEquals", "StringNotLike",
                           "StringNotEqualsIgnoreCase"] if negated else
                          ["StringEquals", "StringLike",
                           "StringEqualsIgnoreCase"])
        before = (rng.choice(["ForAllValues:", "ForAnyValue:"])
                  if kind == "Set" else "")
        return before + base + end, key, some(rng, TEXTS)
    if kind == "Numeric":
        base = rng.choice(["Equals", "NotEquals", "LessThan",
                           "LessThanEquals", "GreaterThan",
                           "GreaterThanEquals"])
        return f"Numeric{base}{end}", key, some(rng, ["1", "2.5", "-3", "10"])
    if kind == "Date":
        base = rng.choice(["Equals", "LessThan", "GreaterThanEquals"])
        return f"Date{base}{end}", key, some(
            rng, ["2020-01-01T00:00:00Z", "2021-06-01"])
    if kind == "Bool":
        return "Bool" + end, key, rng.choice(["true", "false"])
    if kind == "Ip":
        return ("Not" if negated else "") + "IpAddress" + end, key, some(
            rng, BLOCKS)
    return ("ArnNotLike" if negated else "ArnLike") + end, key, some(
        rng, ["arn:aws:s3:::a*", "arn:*:sns:*:*:t", "arn:aws:sqs:*:1:*"])


def statement(rng):
    made = {"Effect": "Deny" if rng.random() < 0.4 else "Allow"}
    made["NotAction" if rng.random() < 0.15 else "Action"] = some(rng, ACTIONS)
    made["NotResource" if rng.random() < 0.15 else "Resource"] = some(
        rng, RESOURCES)
    block = {}
    for _ in range(rng.randint(0, 3)):
        operator, key, values = condition(rng)
        block.setdefault(operator, {})[key] = values
    if block:
        made["Condition"] = block
    return made


def policy(rng):
    return {"Version": "2012-10-17",
            "Statement": [statement(rng) for _ in range(rng.randint(1, 8))]}


def question(rng, iampolicy):
    prover = iampolicy.Prover(policy(rng))
    kind = rng.choice(["only-from", "never", "within", "always"])
    parts = {}
    if kind == "only-from":
        parts["addresses"] = some(rng, BLOCKS)
    if kind == "within":
        parts["old"] = policy(rng)
    if kind == "always" or rng.random() < 0.5:
        parts["action"] = "s3:GetObject"
        parts["resource"] = rng.choice(["arn:aws:s3:::a/*", "arn:aws:s3:::a/b"])
    return prover, kind, parts


def ask_peer(options, text, folder):
    path = os.path.join(folder, "question.smt2")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    command = {"z3": ["z3", f"-T:{options.seconds}"],
               "cvc5": ["cvc5", "--strings-exp",
                        f"--tlimit={options.seconds}000"]}[options.solver]
    try:
        done = subprocess.run([*command, path], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True,
                              timeout=options.seconds + 5, check=False)
    except subprocess.TimeoutExpired:
        return "unknown"
    return {"unsat": "proved", "sat": "refuted"}.get(
        done.stdout.strip().split("\n")[0], "unknown")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--solver", choices=["z3", "cvc5"], default="z3")
    parser.add_argument("--seconds", type=int, default=10)
    options = parser.parse_args()
    if not shutil.which(options.solver):
        print(f"{options.solver} is not here")
        return 77
    import iampolicy

    tally, wrong = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.count):
            rng = random.Random(options.seed * 1_000_003 + number)
            prover, kind, parts = question(rng, iampolicy)
            own = prover.ask(kind, **parts).verdict.value
            peer = ask_peer(options, prover.smt2(kind, **parts), folder)
            tally[own, peer] += 1
            if peer not in ("unknown", own) and own != "unknown":
                wrong += 1
                print(f"seed {options.seed} number {number}: {kind} {parts}: "
                      f"{own}, {options.solver} says {peer}")
    for (own, peer), count in sorted(tally.items()):
        print(f"{count:6} {own}, {options.solver}: {peer}")
    print(f"{options.count} questions, {wrong} disagreements")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

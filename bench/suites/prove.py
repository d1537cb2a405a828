# SPDX-License-Identifier: Apache-2.0
"""Proofs beside z3 and cvc5, which get the same question as SMT-LIB.

The questions are those that policies of source addresses raise: the mission's
policy, and made ones of 50 and 1,000 statements with 500 and 5,000 blocks, once
as they are listed, once split differently, once behind a Deny.  This library is
called through its Python binding, and its own clock is read, so that a peer's
start is not held against it: what a process of theirs takes to start is told,
too.  Verdicts must agree wherever a peer decides."""
import ipaddress
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

from .common import BUILD, OWN, ROOT, Wrong, build, summary, table

ABOUT = "questions about every request"
MISSION = ROOT / "docs/examples/bedrock-eip/policy.json"
EIPS = ["13.230.101.201/32", "13.230.101.202/32"]
PEER_SECONDS = 20
FOREIGN = "203.0.113.0/24"


def networks(count):
    """Blocks of 256 that do not overlap; the same ones every time."""
    rng, firsts = random.Random(count), set()
    while len(firsts) < count:
        firsts.add(rng.randrange(1 << 16, 224 << 16) << 8)
    return [ipaddress.IPv4Network((first, 24)) for first in sorted(firsts)]


def made(statements, blocks, guard=False, foreign=False, halves=False):
    """A policy, and the list that it is asked about."""
    listed = networks(blocks)
    own, each = [], blocks // statements
    for i in range(statements):
        part = listed[i * each:(i + 1) * each]
        if halves:
            part = [half for block in part for half in block.subnets()]
        statement = {
            "Effect": "Allow", "Action": ["bedrock:InvokeModel",
                                          "bedrock:InvokeModelWithResponseStream"],
            "Resource": f"arn:aws:bedrock:*::foundation-model/m{i}*"}
        if not guard:
            statement["Condition"] = {"IpAddress": {
                "aws:SourceIp": [str(block) for block in part]}}
        own.append(statement)
    if guard:
        values = [str(block) for block in listed] + [FOREIGN] * foreign
        own.append({"Effect": "Deny", "Action": "*", "Resource": "*",
                    "Condition": {"NotIpAddress": {"aws:SourceIp": values}}})
    return ({"Version": "2012-10-17", "Statement": own},
            [str(block) for block in listed])


def questions():
    """Name, policy, list, and what is right."""
    mission = json.loads(MISSION.read_text(encoding="utf-8"))
    wide = json.loads(MISSION.read_text(encoding="utf-8"))
    wide["Statement"].append({"Effect": "Allow", "Action": "bedrock:*",
                              "Resource": "*"})
    yield "a: the mission's policy, its two addresses", mission, EIPS, "proved"
    yield "b: and an Allow without condition", wide, EIPS, "refuted"
    for name, statements, blocks in (("c", 50, 500), ("d", 1000, 5000)):
        size = f"{statements:,} statements, {blocks:,} blocks"
        yield (f"{name}1: {size}", *made(statements, blocks), "proved")
        yield (f"{name}1x: split differently",
               *made(statements, blocks, halves=True), "proved")
        yield (f"{name}3: behind one Deny",
               *made(statements, blocks, guard=True), "proved")
        yield (f"{name}4: with one foreign block in it",
               *made(statements, blocks, guard=True, foreign=True), "refuted")


def peers(options):
    if options.quick or options.peers == ["none"]:
        return []
    found = []
    for name, command in (("z3", ["z3"]), ("cvc5", ["cvc5", "--strings-exp"])):
        if options.peers and name not in options.peers:
            continue
        if shutil.which(name):
            found.append((name, command))
        else:
            print(f"missing: {name} (Debian's package {name})", file=sys.stderr)
    return found


def ask_peer(command, path):
    """Seconds and verdict; "unknown" for one that gives up."""
    since = time.perf_counter()
    try:
        done = subprocess.run([*command, path], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True,
                              timeout=PEER_SECONDS, check=False)
        said = done.stdout.strip()
    except subprocess.TimeoutExpired:
        said = ""
    verdict = {"unsat": "proved", "sat": "refuted"}.get(said, "unknown")
    return time.perf_counter() - since, verdict


def measure(options):
    build("iampolicy")
    os.environ["IAMPOLICY_LIBRARY"] = str(BUILD / "libiampolicy.so")
    sys.path.insert(0, str(ROOT / "bindings/python"))
    import iampolicy

    rounds = options.rounds or 9
    with tempfile.TemporaryDirectory() as folder:
        for name, policy, listed, right in questions():
            if options.quick and name.startswith("d"):
                continue
            samples = {OWN: []}
            provers = iampolicy.Prover(policy)
            path = os.path.join(folder, "question.smt2")
            others = peers(options)
            if others:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(provers.smt2("only-from", addresses=listed))
            for count in range(rounds):
                for _ in range(20 if name[0] in "ab" else 1):
                    proof = provers.only_from(listed)
                    if proof.verdict.value != right:
                        raise Wrong(f"{name}: {proof.verdict.value}")
                    samples[OWN].append(proof.micros * 1000)
                for peer, command in others:
                    if count >= 3 or samples.get(peer) == "unknown":
                        continue
                    seconds, verdict = ask_peer(command, path)
                    if verdict == "unknown":
                        samples[peer] = "unknown"
                        continue
                    if verdict != right:
                        raise Wrong(f"{name}: {peer} says {verdict}")
                    samples.setdefault(peer, []).append(seconds * 1e9)
            for engine, ns in samples.items():
                result = {"suite": "prove", "engine": engine, "mode": "proof",
                          "question": name, "answer": right}
                if ns == "unknown":
                    result["gave_up_after_s"] = PEER_SECONDS
                    yield result
                else:
                    yield summary({**result, "ns": ns})


def time_text(result):
    if result is None:
        return "-"
    if "median" not in result:
        return f"> {result['gave_up_after_s']} s"
    ns = result["median"]
    if ns < 1e6:
        return f"{ns / 1e3:.3g} µs"
    return f"{ns / 1e6:.3g} ms" if ns < 1e9 else f"{ns / 1e9:.3g} s"


def tables(results):
    found, engines = {}, []
    for result in results:
        if result["suite"] != "prove":
            continue
        found.setdefault((result["question"], result["answer"]), {})[
            result["engine"]] = result
        if result["engine"] not in engines:
            engines.append(result["engine"])
    if not found:
        return ""
    rows = [[question, answer, *[time_text(of.get(name)) for name in engines]]
            for (question, answer), of in found.items()]
    return ("only-from, one question at a time; a peer's time is its process's:"
            "\n\n" + table(["question", "answer", *engines], rows))

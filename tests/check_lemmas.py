#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lemmas of certificates, as SMT-LIB: solvers say that each holds.

Certificates are those of generated questions (check_certificates.py).  A solver that
is not installed is not asked, and one that takes too long is counted; "sat" is a
failure.  So that the test can fail, a lemma without its last literal must now and
then be "sat".

    check_lemmas.py COMMAND SOURCE [--rounds N] [--seed N]
"""
import collections
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from check_certificates import Tester, gather, load

SOLVERS = {"z3": ["z3", "-T:2"], "cvc5": ["cvc5", "--strings-exp", "--tlimit=2000"]}
MOST = 15  # files for each solver


def ask(solver, path):
    try:
        done = subprocess.run(SOLVERS[solver] + [str(path)], capture_output=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        return "unknown"
    told = done.stdout.decode().split()
    return told[0] if told and told[0] in ("sat", "unsat") else "unknown"


def main():
    arguments = sys.argv[1:]

    def number(name, default):
        return int(arguments[arguments.index(name) + 1]) if name in arguments else default
    r = random.Random(number("--seed", 1))
    source = pathlib.Path(arguments[1])
    solvers = [s for s in sorted(SOLVERS) if shutil.which(s)]
    writer = load(source / "scripts" / "certificate-lemmas")
    with tempfile.TemporaryDirectory() as scratch:
        t = Tester(arguments[0], source, pathlib.Path(scratch))
        proved, _, _ = gather(t, r, number("--rounds", 40), False)
        lemmas, weaker = set(), set()
        for _, _, _, certificate in proved:
            for part in certificate.get("parts", [certificate]):
                facts = part["claim"]["facts"]
                for frame in part["frames"]:
                    for step in frame["steps"]:
                        literals = {"r": [], "w": step[1] if step[0] == "w" else [], "l": step[1:]}[step[0]]
                        if literals:
                            lemmas.add(writer.lemma(frame, facts, literals))
                        if len(literals) > 1:
                            weaker.add(writer.lemma(frame, facts, literals[:-1]))
        assert len(lemmas) > 30, len(lemmas)
        told = collections.Counter()
        path = pathlib.Path(scratch) / "lemma.smt2"
        for kind, texts in (("lemma", lemmas), ("weaker", weaker)):
            chosen = r.sample(sorted(texts), min(MOST, len(texts)))
            for solver in solvers:
                for text in chosen:
                    path.write_text(text, encoding="utf-8")
                    answer = ask(solver, path)
                    told[solver, kind, answer] += 1
                    assert kind != "lemma" or answer != "sat", (solver, text)
        for solver in solvers:
            assert told[solver, "lemma", "unsat"] >= MOST // 2, told
            assert told[solver, "weaker", "sat"] > 0, told
    print("%d lemmas; %s" % (len(lemmas), {" ".join(k): v for k, v in sorted(told.items())}))
    return 0 if solvers else 77


if __name__ == "__main__":
    sys.exit(main())

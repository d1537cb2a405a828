#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Certificates of proved questions pass the checker, and corrupted ones do not.

Questions are those of tests/cases/prove and generated ones.  Each proved one must
have a certificate that passes.  Then certificates, claims and policies are corrupted:

    false       the claim or the policies are others, and the library refutes the
                question that this makes (it shows a request)
    lemma       a lemma is replaced by one that a value breaks, which is tried here
    damage      anything else: a dropped clause, another pattern, slot, sign, state

None of the first two may be accepted.  Of the third one may only be accepted where
claim and policies are untouched, so that what it claims is what was proved: the
checker followed another proof of it.

    check_certificates.py COMMAND SOURCE [--count N] [--rounds N] [--seed N]
"""
import collections
import copy
import importlib.machinery
import importlib.util
import ipaddress
import itertools
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time


def load(path):
    loader = importlib.machinery.SourceFileLoader("check_certificate", str(path))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


# --- questions -------------------------------------------------------------

TEXTS = ("StringEquals", "StringNotEquals", "StringLike", "StringEqualsIgnoreCase", "StringNotLikeIfExists")
SETS = ("ForAllValues:StringLike", "ForAnyValue:StringEquals", "ForAllValues:StringNotLike",
        "ForAnyValue:StringNotEquals", "Null")
KEYS = {"aws:SourceIp": ("IpAddress", "NotIpAddress", "IpAddressIfExists"),
        "aws:RequestedRegion": TEXTS + ("ForAllValues:StringLike",),
        "aws:MultiFactorAuthAge": ("NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals"),
        "aws:CurrentTime": ("DateLessThan", "DateGreaterThan"),
        "aws:SecureTransport": ("Bool", "Null"), "aws:SourceVpce": ("StringEquals", "Null"),
        "aws:TagKeys": SETS, "aws:CalledVia": SETS, "acme:Unheard": SETS + TEXTS,
        "aws:PrincipalArn": ("ArnLike", "ArnNotLike", "StringLike"), "aws:username": TEXTS,
        "aws:PrincipalAccount": ("StringEquals", "StringNotEquals"),
        "aws:PrincipalOrgID": ("StringEquals", "StringNotEqualsIfExists"),
        "aws:ResourceAccount": ("StringEquals",), "aws:PrincipalTag/team": TEXTS}
NAMES = ["a", "b*", "${aws:username}", "ab", "${aws:PrincipalTag/team, 'a'}"]
ARNS = ["arn:aws:iam::111122223333:user/u", "arn:aws:iam::111122223333:role/r",
        "arn:aws:sts::111122223333:assumed-role/r/s"]
VALUES = {"aws:SourceIp": ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.7", "2001:db8::/32"],
          "aws:RequestedRegion": ["eu-*", "eu-west-1", "us-east-?", "EU-west-1", ""],
          "aws:MultiFactorAuthAge": ["3600", "60", "1.5"],
          "aws:CurrentTime": ["2026-01-01T00:00:00Z", "2027-03-01T12:00:00+02:00"],
          "aws:SecureTransport": ["true", "false"], "aws:SourceVpce": ["vpce-1", "vpce-2"],
          "aws:PrincipalArn": ["arn:aws:iam::111122223333:*", ARNS[0], "arn:aws:iam::*:role/*"],
          "aws:PrincipalAccount": ["111122223333", "444455556666"],
          "aws:ResourceAccount": ["111122223333", "444455556666"], "aws:PrincipalOrgID": ["o-a", "o-b"]}
PRINCIPALS = ["*", {"AWS": "*"}, {"AWS": "111122223333"}, {"AWS": ARNS[0]}, {"AWS": ARNS[1:]},
              {"AWS": ["444455556666", ARNS[1]]}, {"Service": "logs.amazonaws.com"},
              {"AWS": "AIDAABCDEFGHIJKLMNOP"}]


def statement(r, effect, kind):
    s = {"Effect": effect,
         "Action" if r.random() < 0.8 else "NotAction": r.sample(
             ["s3:Get*", "s3:GetObject", "s3:*", "bedrock:Invoke*", "ec2:Run?nstances", "*"], r.choice((1, 2))),
         "Resource" if r.random() < 0.9 else "NotResource": r.sample(
             ["*", "*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x", "arn:aws:s3:*:*:b*",
              "arn:aws:s3:::b/${aws:username}*"], 1)}
    if kind == "rcp":
        s["Principal"] = "*"
    elif kind in ("resource", "endpoint", "trust"):
        word = "NotPrincipal" if kind == "resource" and effect == "Deny" and r.random() < 0.2 else "Principal"
        s[word] = r.choice(PRINCIPALS[2:] if word == "NotPrincipal" else PRINCIPALS)
    if kind == "rcp" and effect == "Allow":
        return {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    for key in r.sample(sorted(KEYS), r.choice((0, 1, 1, 2))):
        op = r.choice(KEYS[key])
        known = VALUES.get(key, NAMES)
        values = ["true"] if op == "Null" else r.sample(known, min(len(known), r.choice((1, 2))))
        s.setdefault("Condition", {}).setdefault(op, {})[key] = values
    return s


def document(r, kind):
    out = [statement(r, "Allow", kind) for _ in range(r.choice((1, 2)))]
    out += [statement(r, "Deny", kind) for _ in range(r.choice((0, 1, 2)))]
    return {"Version": "2012-10-17", "Statement": out}


def text_of(doc):
    return json.dumps(doc)


def layers(r):
    out = [("identity", 0, text_of(document(r, "identity")))] if r.random() < 0.9 else []
    for kind, chance in (("identity", 0.2), ("resource", 0.4), ("boundary", 0.2), ("session", 0.2),
                         ("scp", 0.2), ("rcp", 0.1), ("endpoint", 0.1)):
        if r.random() < chance:
            out.append((kind, 0, text_of(document(r, kind))))
    return out or layers(r)


def scope(r):
    out = []
    if r.random() < 0.3:
        out += ["--principal", r.choice(ARNS + ["any", "anonymous", "service:logs.amazonaws.com",
                                                "arn:aws:iam::111122223333:root"])]
    if r.random() < 0.1:
        out += ["--any-context"]
    for extra, chance in ((["--given", "aws:SecureTransport=false"], 0.2), (["--absent", "aws:SourceIp"], 0.1),
                          (["--given", "aws:TagKeys[]=a"], 0.1), (["--present", "aws:TagKeys"], 0.05),
                          (["--given", "aws:username=ab"], 0.05)):
        if r.random() < chance:
            out += extra
    return out


def questions(r):
    one = ["--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/x"]
    yield ["only-from", "--cidr", r.choice(("10.0.0.0/8", "192.0.2.0/24,10.0.0.0/8,2001:db8::/32"))] + scope(r)
    yield ["never", "--action", r.choice(("s3:Put*", "iam:*", "s3:GetObject", "bedrock:InvokeModel"))] + scope(r)
    yield ["always"] + one + scope(r)
    yield ["always-from", "--cidr", "10.1.0.0/16"] + one + scope(r)
    yield ["exactly-from", "--cidr", "10.1.0.0/16"] + one + scope(r)
    yield ["not-public"] + scope(r)[:0]


def cases(source):
    """The questions of tests/cases/prove."""
    for path in sorted((source / "tests/cases/prove").glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        policies = [(p["kind"], p.get("level", 0), text_of(p["document"])) for p in case["policies"]]
        for q in case["questions"]:
            if q["question"] == "sources":
                continue
            out = [q["question"]]
            for name, option in (("cidr", "--cidr"), ("principal", "--principal")):
                if name in q:
                    out += [option, ",".join(q[name]) if isinstance(q[name], list) else q[name]]
            for name, option in (("actions", "--action"), ("resources", "--resource"),
                                 ("present", "--present"), ("absent", "--absent")):
                for v in q.get(name, []) if isinstance(q.get(name, []), list) else [q[name]]:
                    out += [option, v]
            for key, value in q.get("given", {}).items():
                for v in value if isinstance(value, list) else [value]:
                    out += ["--given", "%s%s=%s" % (key, "[]" if isinstance(value, list) else "", v)]
            yield out, policies, None, q["expect"]


class Tester:
    def __init__(self, command, source, scratch):
        self.command, self.source, self.scratch = command, source, scratch
        self.checker = load(source / "scripts" / "check-certificate")

    def write(self, name, policies):
        path = self.scratch / name
        # The documents stand as they are: a corrupted one may be no JSON.
        path.write_text('{"policies": [%s]}' % ", ".join(
            '{"kind": "%s"%s, "policy": %s}' % (k, ', "level": %d' % n if k in ("scp", "rcp") else "", d)
            for k, n, d in policies), encoding="utf-8")
        return str(path)

    def prove(self, question, policies, old=None, certificate=True):
        """Verdict, certificate or None, and what was told."""
        target = self.scratch / "certificate.json"
        target.unlink(missing_ok=True)
        command = [self.command, "prove"] + question + ["--json", "--scenario", self.write("new.json", policies)]
        if certificate:
            command += ["--certificate", str(target)]
        if old:
            command += ["--old", self.write("old.json", old)]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        verdict = json.loads(done.stdout)["verdict"] if done.stdout.strip() else "error"
        return verdict, json.loads(target.read_text()) if target.exists() else None, done.stderr.decode()

    def accepts(self, certificate, policies, claim=None):
        try:
            self.checker.check(certificate, policies, claim)
            return True
        except self.checker.Rejected:
            return False


def claim_of(certificate):
    if "parts" in certificate:
        return {"question": "exactly-from", "parts": [p["claim"] for p in certificate["parts"]]}
    return certificate["claim"]


def flavour(question, policies):
    """What the figures are kept by."""
    text = "".join(d for _, _, d in policies)
    out = [question[0]]
    for name, there in (("principals", re.search('"(Not)?Principal"', text)), ("sets", re.search("For(All|Any)", text)),
                        ("variables", "${" in text), ("caller", "--principal" in question),
                        ("no facts", "--any-context" in question)):
        out += [name] if there else []
    return out


SMALL = 12000
ALL = ("identity", 0, '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')


def gather(t, r, rounds, with_cases=True):
    mission = (t.source / "docs/examples/bedrock-eip/policy.json").read_text(encoding="utf-8")
    mine = [("identity", 0, mission)]
    todo = [(["only-from", "--cidr", "13.230.101.201,13.230.101.202"], mine, None, "proved"),
            (["exactly-from", "--cidr", "13.230.101.201,13.230.101.202", "--action", "bedrock:InvokeModel",
              "--resource", "arn:aws:bedrock:*::foundation-model/*"], mine, None, "proved"),
            (["within"], mine, mine, "proved")]
    todo += cases(t.source) if with_cases else []
    for _ in range(rounds):
        policies = layers(r)
        todo += [(q, policies, None, None) for q in questions(r)]
        wider = json.loads(policies[0][2])
        wider["Statement"].append(statement(r, "Allow", policies[0][0]))
        todo.append((["within"] + scope(r), policies, [(policies[0][0], 0, text_of(wider))] + policies[1:], None))
    proved, figures, verdicts = [], collections.defaultdict(lambda: [0, 0]), collections.Counter()
    for question, policies, old, expect in todo:
        verdict, certificate, told = t.prove(question, policies, old)
        assert verdict in ("proved", "refuted", "unknown"), (verdict, told, question, policies)
        assert expect in (None, verdict), (expect, verdict, question)
        verdicts[verdict] += 1
        if verdict != "proved":
            continue
        for name in flavour(question, policies):
            figures[name][certificate is None] += 1
        if certificate is None:
            print("none:", question, told.strip())
            continue
        if "neither side has a policy that grants" in told:  # the command gives both sides one
            policies, old = policies + [ALL], old + [ALL]
        texts = [d for _, _, d in policies + (old or [])]
        try:
            t.checker.check(certificate, texts, claim_of(certificate))
        except t.checker.Rejected as bad:
            sys.exit("a certificate is rejected: %s\n%s\n%s\n%s" % (bad, question, policies, old))
        proved.append((question, policies, old, certificate))
    return proved, figures, verdicts


# --- corruption ------------------------------------------------------------

def corrupt_policy(r, texts):
    i = r.randrange(len(texts))
    doc = json.loads(texts[i])
    if not isinstance(doc["Statement"], list):
        doc["Statement"] = [doc["Statement"]]
    s = r.choice(doc["Statement"])
    how = r.choice(("effect", "open", "resource", "action", "more", "cidr", "principal", "remove"))
    if how == "effect":
        s["Effect"] = "Deny" if s["Effect"] == "Allow" else "Allow"
    elif how == "open":
        s.pop("Condition", None)
    elif how == "resource" and ("Resource" in s or "NotResource" in s):
        s.pop("NotResource", None)
        s["Resource"] = "*"
    elif how == "action":
        s.pop("NotAction", None)
        s["Action"] = r.choice(("*", "s3:*", "s3:Nothing"))
    elif how == "principal" and "Principal" in s:
        s["Principal"] = r.choice(PRINCIPALS)
    elif how == "more":
        more = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        if "Principal" in s or "NotPrincipal" in s:
            more["Principal"] = "*"
        doc["Statement"].append(more)
    elif how == "remove" and len(doc["Statement"]) > 1:
        doc["Statement"].remove(s)
    texts[i] = json.dumps(doc)
    if how == "cidr":
        for narrow, wide in (("/32", "/8"), ("10.1.0.0/16", "10.0.0.0/7"), ("192.0.2.7", "192.0.0.0/8")):
            texts[i] = texts[i].replace(narrow, wide)


def corrupt_claim(r, claim):
    name = r.choice(("question", "actions", "addresses", "resources", "given", "stack", "caller", "facts"))
    claim[name] = {"question": r.choice(("never", "always", "only-from", "not-public")), "actions": ["s3:x"],
                   "addresses": [["4:" + "0" * 32, "4:" + "0" * 31 + "1"]], "resources": ["*"],
                   "given": [["aws:sourceip", "absent", []]], "stack": [["scp", 0]],
                   "caller": r.choice(("any", "owner", ["principal", "anonymous"])),
                   "facts": not claim["facts"]}[name]


def value_breaks(checker, variables, literals, r):
    """Does some value make every literal false?  Tried with plain means."""
    atoms = [(variables[abs(n) - 1], n < 0) for n in literals]
    if not all(v and "slot" in v for v, _ in atoms) or len({json.dumps(v["slot"]) for v, _ in atoms}) != 1:
        return None
    if all("tokens" in v for v, _ in atoms):
        def expression(v):
            one = {"": ".", ":": "[^:]", "/": "[^/]", "9": "[0-9]"}
            return re.compile("".join(re.escape(chr(x)) if isinstance(x, int) else one[x[1:]] +
                                      ("*" if x[0] == "*" else "") for x in v["tokens"]),
                              re.DOTALL | (re.IGNORECASE | re.ASCII if v["fold"] else 0))
        tests = [(expression(v), v["wanted"] == holds) for v, holds in atoms]
        for v, _ in atoms:
            for fill in ("", "x", "1", "ab"):
                word = "".join(chr(x) if isinstance(x, int) else (fill or "1")[:1] if x[0] == "?" else fill
                               for x in v["tokens"])
                if all(bool(e.fullmatch(word)) == w for e, w in tests):
                    return word
    elif all("ranges" in v for v, _ in atoms):
        def has(v, a):
            return any(int(x[2:], 16) <= a[1] <= int(y[2:], 16) and x[0] == a[0] for x, y in v["ranges"])
        tries = [(x[0], int(x[2:], 16) + d) for v, _ in atoms for pair in v["ranges"] for x in pair
                 for d in (-1, 0, 1)] + [("4", 1), ("6", 1)]
        for a in tries:
            if 0 <= a[1] < (2**32 if a[0] == "4" else 2**128) and all(
                    (has(v, a) == v["wanted"]) == holds for v, holds in atoms):
                return str(ipaddress.IPv4Address(a[1]) if a[0] == "4" else ipaddress.IPv6Address(a[1]))
    return None


def evidence(checker, variables, literals):
    """A lemma's patterns in order, and all states that these can be in: what an
    honest writer would tell, true or not."""
    def matches(n):
        return variables[abs(n) - 1]["wanted"] == (n < 0)
    literals = sorted(literals, key=lambda n: not matches(n))
    every = [checker.pattern(variables[abs(n) - 1]["tokens"], variables[abs(n) - 1]["fold"]) for n in literals]
    n = sum(map(matches, literals))
    found, todo = {}, [tuple(checker.complete(p, [0]) for p in every)]
    while todo and len(found) < 2000:
        state = todo.pop()
        if state in found or not all(state[:n]) or any(
                p[0][-1:] == ("*",) and len(p[0]) - 1 in s for p, s in zip(every[n:], state[n:])):
            continue
        found[state] = ".".join("%x" % sum(1 << i for i in s) for s in state)
        todo += [tuple(checker.step(p, s, c) for p, s in zip(every, state))
                 for c in checker.tried(every[:n], every[n:], state)]
    return [literals, list(found.values())]


def corrupt_lemma(t, r, frame):
    """A lemma that a value breaks, in the place of another; or nothing."""
    steps, variables = frame["steps"], frame["variables"]
    lemmas = [i for i, s in enumerate(steps) if s[0] in "wl"]
    if not lemmas:
        return False
    at = r.choice(lemmas)
    s = steps[at]
    literals = list(s[1] if s[0] == "w" else s[1:])
    how = r.choice(("drop", "sign", "other"))
    i = r.randrange(len(literals))
    if how == "drop" and len(literals) > 1:
        del literals[i]
    elif how == "sign":
        literals[i] = -literals[i]
    else:
        slot = json.dumps(variables[abs(literals[0]) - 1]["slot"])
        others = [n + 1 for n, v in enumerate(variables) if v and json.dumps(v.get("slot")) == slot]
        literals[i] = -r.choice(others)
    if value_breaks(t.checker, variables, literals, r) is None:
        return False
    steps[at] = ["w"] + evidence(t.checker, variables, literals) if s[0] == "w" else ["l"] + literals
    return True


def damage(r, c):
    """What a broken writer or disk may do; the claim stays."""
    f = r.choice(c["frames"])
    steps, variables = f["steps"], f["variables"]
    at = r.randrange(len(steps))
    kind = r.choice(("drop", "literal", "flip", "lemma", "state", "pattern", "range", "wanted", "frame",
                     "cut", "type", "child", "slot", "caller", "swap"))
    where = steps[at][1] if steps[at][0] == "w" else steps[at]
    first = 0 if steps[at][0] == "w" else 1
    if kind == "drop":
        del steps[at]
    elif kind == "literal" and len(where) > first:
        del where[r.randrange(first, len(where))]
    elif kind == "flip" and len(where) > first:
        i = r.randrange(first, len(where))
        where[i] = -where[i]
    elif kind == "lemma" and variables:
        steps[at] = ["l"] + [r.choice((1, -1)) * r.randrange(1, len(variables) + 1) for _ in range(r.choice((1, 2)))]
    elif kind == "state" and steps[at][0] == "w" and steps[at][2]:
        if r.random() < 0.5:
            steps[at][2].pop(r.randrange(len(steps[at][2])))
        else:
            i = r.randrange(len(steps[at][2]))
            state = list(steps[at][2][i])
            k = r.randrange(len(state))
            state[k] = r.choice("0123456789abcdef.")
            steps[at][2][i] = "".join(state)
    elif kind == "cut":
        del steps[:at]
        steps.append(["r"])
    elif kind == "swap":
        i = r.randrange(len(steps))
        steps[at], steps[i] = steps[i], steps[at]
    elif kind == "frame":
        c["frames"].remove(f)
    elif kind == "type" and f["keys"]:
        f["keys"][r.choice(sorted(f["keys"]))] = r.choice(("ip", "text", "bool", "numeric", "date", "text set"))
    elif kind == "caller":
        f["frame"][r.choice((0, 1, 2, 3))] = r.choice(("role", "user", True, None))
    else:
        v = r.choice([v for v in variables if v] or [{}])
        if kind == "pattern" and "tokens" in v:
            v["tokens"].insert(r.randrange(len(v["tokens"]) + 1), r.choice(("*", "?", 120)))
        elif kind == "range" and v.get("ranges"):
            v["ranges"][0][0] = v["ranges"][0][0][:2] + "0" * 32
        elif kind == "wanted" and "wanted" in v:
            v["wanted"] = not v["wanted"]
        elif kind == "slot" and "slot" in v:
            v["slot"] = r.choice(("action", "resource", "principal", ["aws:SourceIp"]))
        elif kind == "child" and (v.get("and") or v.get("or")):
            v.get("and", v.get("or")).pop()
    return kind


def asked_by(claim):
    """A claim as the command's arguments; None if it is too long for these."""
    if len(claim["actions"]) > 50 or (claim["addresses"] is None and "from" in claim["question"]):
        return None
    out = [claim["question"]]
    if claim["question"] in ("only-from", "always-from"):
        nets = []
        for pair in claim["addresses"]:
            of = ipaddress.IPv4Address if pair[0][0] == "4" else ipaddress.IPv6Address
            nets += map(str, ipaddress.summarize_address_range(*[of(int(x[2:], 16)) for x in pair]))
        out += ["--cidr", ",".join(nets)]
    if claim["caller"] == "any":
        out += ["--principal", "any"]
    elif claim["caller"] != "owner":
        out += ["--principal", ("service:" if claim["caller"][0] == "service" else "") + claim["caller"][1]]
    for name, option in (("actions", "--action"), ("resources", "--resource")):
        for v in claim[name]:
            out += [option, v]
    for key, state, values in claim["given"]:
        if state in ("absent", "present"):
            out += ["--" + state, key]
        for v in values:
            out += ["--given", "%s%s=%s" % (key, "[]" if state == "set" else "", v)]
    return out + ([] if claim["facts"] else ["--any-context"])


def fuzz(t, r, proved, count):
    told, began = collections.Counter(), time.monotonic()
    small = [p for p in proved if len(json.dumps(p[3])) < SMALL]  # many corruptions rather than large ones
    proved = small + r.sample(proved, min(len(proved), len(small) // 50))
    while sum(told.values()) < count:
        if sum(told.values()) % 5000 == 4999:
            print("  so far", dict(told), flush=True)
        question, policies, old, good = r.choice(proved)
        bad = copy.deepcopy(good)
        texts = [d for _, _, d in policies + (old or [])]
        before, part = list(texts), r.choice(bad.get("parts", [bad]))
        kind = r.choice(("policy", "claim", "lemma", "damage", "damage"))
        if kind == "policy":
            corrupt_policy(r, texts)
            if texts == before:
                continue
            n = len(policies)
            verdict, _, _ = t.prove(question, [(k, l, x) for (k, l, _), x in zip(policies, texts)],
                                    [(k, l, x) for (k, l, _), x in zip(old, texts[n:])] if old else None, False)
            accepted = t.accepts(bad, texts)
            assert not accepted or verdict == "proved", ("accepted, but %s" % verdict, question, texts)
            kind = "policy, " + verdict
        elif kind == "claim":
            corrupt_claim(r, part["claim"])
            if bad == good:
                continue
            # Who compares the claim that is printed is not deceived; nor who does not.
            accepted = t.accepts(bad, texts, claim_of(good))
            assert not accepted, ("another claim", question)
            asked = asked_by(part["claim"])
            if asked and "parts" not in bad and part["claim"]["stack"] == good["claim"]["stack"] and \
                    ("--old" if old else None) == ("--old" if asked[0] == "within" else None):
                verdict, _, _ = t.prove(asked, policies, old, False)
                accepted = t.accepts(bad, texts)
                assert not accepted or verdict == "proved", ("accepted, but %s" % verdict, asked, texts)
                kind = "claim, " + verdict
        elif kind == "lemma":
            if not corrupt_lemma(t, r, r.choice(part["frames"])):
                continue
            accepted = t.accepts(bad, texts)
            assert not accepted, ("a lemma that a value breaks", question, texts)
        else:
            what = damage(r, part)
            if bad == good:
                continue
            accepted = t.accepts(bad, texts, claim_of(good))
            if accepted:
                kind = "damage (%s)" % what
        told["%s: %s" % (kind, "accepted" if accepted else "rejected")] += 1
    told["seconds"] = int(time.monotonic() - began)
    return told


# --- forgeries -------------------------------------------------------------

def why_not(t, certificate, policies):
    try:
        t.checker.check(certificate, policies)
    except t.checker.Rejected as why:
        return str(why)
    return "accepted"


def forgeries(t, proved):
    """What once was accepted, or would be with a check left out."""
    for path in sorted((t.source / "tests" / "cases" / "certificates").glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        why = why_not(t, told["certificate"], [d for _, _, d in told["policies"]])
        assert why == told["why"], (path.name, why)
        verdict, _, _ = t.prove(told["question"], told["policies"], None, False)
        assert verdict == "refuted", (path.name, verdict)
    met = 0
    for _, policies, old, good in proved:
        bad = copy.deepcopy(good)
        frame = bad.get("parts", [bad])[0]["frames"][0]
        words = [(json.dumps(v["slot"]), -i) for i, v in enumerate(frame["variables"], 1)
                 if v and "tokens" in v and v["wanted"]]
        pairs = [(a, b) for (x, a), (y, b) in itertools.combinations(words, 2) if x != y]
        for pair in pairs[:3]:
            first = evidence(t.checker, frame["variables"], list(pair))
            frame["steps"].insert(0, ["w"] + first)
            why = why_not(t, bad, [d for _, _, d in policies + (old or [])])
            assert why == "a lemma of several slots", why
            del frame["steps"][0]
            met += 1
    assert met > 20, met


def lemma_facts(checker):
    """Sets of addresses, and of numbers, that leave nothing, or something."""
    every = [("4", 0, 2**32 - 1), ("6", 0, 2**128 - 1)]
    low, high = [("4", 0, 99)], [("4", 100, 2**32 - 1), ("6", 0, 2**128 - 1)]
    for holds, typed, yes, no in (
            (True, True, [], [every]), (False, False, [], [every]),  # a text that is no address
            (True, True, [], [low, high]), (False, True, [], [low]),
            (True, False, [low], [low]), (True, False, [low, high], []),
            (False, False, [low], [[("4", 0, 98)]]), (False, False, [low], [[("4", 1, 99)]]),
            (False, False, [low], [[("6", 0, 99)]]), (False, True, [every], [])):
        assert checker.address_empty(typed, yes, no) is holds, (typed, yes, no)
    for holds, typed, yes, no in (
            (True, True, [("<", [5])], [("<", [6])]), (False, True, [("<", [6])], [("<", [5])]),
            (False, True, [("<", [6])], [("=", [5])]), (True, False, [("=", [5])], [("<=", [5])]),
            (True, True, [], [("<", [5]), (">=", [5])]), (False, False, [], [("<", [5]), (">=", [5])]),
            (False, True, [(">", [5]), ("<", [6])], [])):  # what is between
        assert checker.order_empty(typed, yes, no) is holds, (typed, yes, no)


def main():
    arguments = sys.argv[1:]

    def number(name, default):
        return int(arguments[arguments.index(name) + 1]) if name in arguments else default
    r = random.Random(number("--seed", 1))
    with tempfile.TemporaryDirectory() as scratch:
        t = Tester(arguments[0], pathlib.Path(arguments[1]), pathlib.Path(scratch))
        proved, figures, verdicts = gather(t, r, number("--rounds", 30))
        assert len(proved) >= 60, len(proved)
        print("%s; %d certificates pass" % (dict(verdicts), len(proved)))
        for name, (written, none) in sorted(figures.items()):
            print("  %-14s %5d written, %d without" % (name, written, none))
        assert not any(none for _, none in figures.values())
        forgeries(t, proved)
        lemma_facts(t.checker)
        for name, n in sorted(fuzz(t, r, proved, number("--count", 1000)).items()):
            print("  %-44s %d" % (name, n))
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Certificates of proved questions pass the checker, and corrupted ones do not.

A corruption may leave a proof: a clause that no later one needs, a lemma that
does as well.  It is harmless if claim, callers and policies are the original ones,
of which the library has found the proof, and the checker took every step of what
is left.  Of changed policies that are accepted the library must prove the question.

    check_certificates.py COMMAND SOURCE [--count N] [--seed N]
"""
import copy
import importlib.machinery
import importlib.util
import json
import pathlib
import random
import subprocess
import sys
import tempfile


def load(path):
    loader = importlib.machinery.SourceFileLoader("check_certificate", str(path))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


KEYS = {"aws:SourceIp": ("IpAddress", "NotIpAddress", "IpAddressIfExists"),
        "aws:RequestedRegion": ("StringEquals", "StringNotEquals", "StringLike", "StringEqualsIgnoreCase",
                                "StringNotLikeIfExists", "ForAllValues:StringLike"),
        "aws:MultiFactorAuthAge": ("NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals"),
        "aws:CurrentTime": ("DateLessThan", "DateGreaterThan"),
        "aws:SecureTransport": ("Bool", "Null"),
        "aws:SourceVpce": ("StringEquals", "Null")}
VALUES = {"aws:SourceIp": ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.7", "2001:db8::/32"],
          "aws:RequestedRegion": ["eu-*", "eu-west-1", "us-east-?", "EU-west-1", ""],
          "aws:MultiFactorAuthAge": ["3600", "60", "1.5"],
          "aws:CurrentTime": ["2026-01-01T00:00:00Z", "2027-03-01T12:00:00+02:00"],
          "aws:SecureTransport": ["true", "false"], "aws:SourceVpce": ["vpce-1", "vpce-2"]}


def statement(r, effect):
    s = {"Effect": effect,
         "Action" if r.random() < 0.8 else "NotAction": r.sample(
             ["s3:Get*", "s3:GetObject", "s3:*", "bedrock:Invoke*", "ec2:Run?nstances", "*"], r.choice((1, 2))),
         "Resource" if r.random() < 0.9 else "NotResource": r.sample(
             ["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x", "arn:aws:s3:*:*:b*"], 1)}
    for key in r.sample(sorted(KEYS), r.choice((0, 1, 1, 2))):
        op = r.choice(KEYS[key])
        values = ["true"] if op == "Null" else r.sample(VALUES[key], min(len(VALUES[key]), r.choice((1, 2))))
        s.setdefault("Condition", {}).setdefault(op, {})[key] = values
    return s


def policy(r):
    out = [statement(r, "Allow") for _ in range(r.choice((1, 2)))]
    out += [statement(r, "Deny") for _ in range(r.choice((0, 1, 2)))]
    return {"Version": "2012-10-17", "Statement": out}


class Tester:
    def __init__(self, command, source, scratch):
        self.command, self.source, self.scratch = command, source, scratch
        self.checker = load(source / "scripts" / "check-certificate")

    def prove(self, question, layers, old=None):
        """The verdict's exit status and the certificate, or None."""
        target = self.scratch / "certificate.json"
        target.unlink(missing_ok=True)
        command = [self.command, "prove"] + question + ["--certificate", str(target)]
        for prefix, entries in (("--", layers), ("--old-", old or [])):
            for i, (kind, text) in enumerate(entries):
                path = self.scratch / ("%s%d.json" % (prefix.strip("-") or "new", i))
                path.write_text(text, encoding="utf-8")
                command += [prefix + kind.split("@")[0],
                            ("%s=" % kind.split("@")[1] if "@" in kind else "") + str(path)]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        return done.returncode, json.loads(target.read_text()) if target.exists() else None

    def accepts(self, certificate, policies, claim):
        try:
            self.checker.check(certificate, policies, claim)
            return True
        except self.checker.Rejected:
            return False


def questions(r):
    yield ["only-from", "--cidr", r.choice(("10.0.0.0/8", "192.0.2.0/24,10.0.0.0/8,2001:db8::/32"))]
    yield ["never", "--action", r.choice(("s3:Put*", "iam:*", "s3:GetObject", "bedrock:InvokeModel"))]
    yield ["never", "--action", "s3:GetObject", "--given", "aws:SecureTransport=false"]
    yield ["always", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/x"]
    yield ["always-from", "--cidr", "10.1.0.0/16", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/x"]


def gather(t, r, rounds):
    mission = (t.source / "docs/examples/bedrock-eip/policy.json").read_text(encoding="utf-8")
    cases = [(["only-from", "--cidr", "13.230.101.201/32,13.230.101.202/32"], [("identity", mission)], None),
             (["within"], [("identity", mission)], [("identity", mission)])]
    for _ in range(rounds):
        layers = [("identity", json.dumps(policy(r)))]
        for kind in ("identity", "boundary", "session", "scp@0"):
            if r.random() < 0.3:
                layers.append((kind, json.dumps(policy(r))))
        cases += [(q, layers, None) for q in questions(r)]
        wider = json.loads(layers[0][1])
        wider["Statement"].append(statement(r, "Allow"))
        cases.append((["within"], layers[:1], [("identity", json.dumps(wider))]))
    proved = []
    missing = 0
    for question, layers, old in cases:
        status, certificate = t.prove(question, layers, old)
        assert status in (0, 1, 3, 4), (status, question, layers)
        if status == 0 and certificate is None:
            missing += 1
        elif status == 0:
            texts = [x for _, x in layers + (old or [])]
            try:
                t.checker.check(certificate, texts, certificate["claim"])
            except t.checker.Rejected as bad:
                sys.exit("a certificate is rejected: %s\n%s\n%s" % (bad, question, json.dumps(layers)))
            proved.append((question, layers, old, certificate))
    return proved, missing


# --- corruption ------------------------------------------------------------

def corrupt(r, certificate, texts):
    """What was done, and to which step."""
    c = certificate
    f = r.choice(c["frames"])
    steps, variables = f["steps"], f["variables"]
    at = r.randrange(len(steps))
    kind = r.choice(("drop", "literal", "flip", "lemma", "pattern", "range", "wanted", "frame", "claim",
                     "policy", "cut", "type", "child", "slot", "caller"))
    if kind == "drop":
        del steps[at]
    elif kind == "literal" and len(steps[at]) > 1:
        del steps[at][r.randrange(1, len(steps[at]))]
    elif kind == "flip" and len(steps[at]) > 1:
        i = r.randrange(1, len(steps[at]))
        steps[at][i] = -steps[at][i]
    elif kind == "lemma":
        steps[at] = ["l"] + [r.choice((1, -1)) * r.randrange(1, len(variables) + 1) for _ in range(r.choice((1, 2)))]
    elif kind == "cut":
        del steps[:at]
        steps.append(["r"])
    elif kind == "frame":
        c["frames"].remove(f)
    elif kind == "type" and f["keys"]:
        f["keys"][r.choice(sorted(f["keys"]))] = r.choice(("ip", "text", "bool", "numeric", "date"))
    elif kind == "caller":
        f["caller"] = "role" if f["caller"] == "user" else "user"
    elif kind == "claim":
        name = r.choice(("question", "actions", "addresses", "resources", "given", "stack"))
        c["claim"][name] = {"question": "never", "actions": ["s3:x"], "addresses": [], "resources": ["*"],
                            "given": [["aws:sourceip", "absent", []]], "stack": [["scp", 0]]}[name]
    elif kind == "policy":
        i = r.randrange(len(texts))
        doc = json.loads(texts[i])
        s = r.choice(doc["Statement"])
        how = r.choice(("effect", "open", "wide", "drop", "cidr"))
        if how == "effect":
            s["Effect"] = "Deny" if s["Effect"] == "Allow" else "Allow"
        elif how == "open":
            s.pop("Condition", None)
        elif how == "wide":
            s.pop("Resource", s.pop("NotResource", None))
            s["Resource"] = "*"
        else:
            doc["Statement"].append({"Effect": "Allow", "Action": "*", "Resource": "*"})
        texts[i] = json.dumps(doc)
        if how == "cidr":
            for narrow, wide in (("/32", "/8"), ("10.1.0.0/16", "10.0.0.0/7"), ("192.0.2.7", "192.0.0.0/8")):
                texts[i] = texts[i].replace(narrow, wide)
    else:
        v = r.choice([v for v in variables if v])
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


def fuzz(t, r, proved, count):
    told = {"rejected": 0, "unchanged": 0, "still a proof": 0, "still true": 0}
    for _ in range(count):
        question, layers, old, good = r.choice(proved)
        bad = copy.deepcopy(good)
        texts = [x for _, x in layers + (old or [])]
        before = list(texts)
        kind = corrupt(r, bad, texts)
        if bad == good and texts == before:
            told["unchanged"] += 1
        elif not t.accepts(bad, texts, good["claim"]):
            told["rejected"] += 1
        elif texts != before:
            n = len(layers)
            status, _ = t.prove(question, [(k, x) for (k, _), x in zip(layers, texts)],
                                [(k, x) for (k, _), x in zip(old, texts[n:])] if old else None)
            assert status == 0, ("accepted, but not proved", kind, question, texts)
            told["still true"] += 1
        else:
            assert bad["claim"] == good["claim"], kind
            assert [f["caller"] for f in bad["frames"]] == [f["caller"] for f in good["frames"]], kind
            told["still a proof"] += 1
    return told


def main():
    arguments = sys.argv[1:]
    count = int(arguments[arguments.index("--count") + 1]) if "--count" in arguments else 2000
    seed = int(arguments[arguments.index("--seed") + 1]) if "--seed" in arguments else 1
    r = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        t = Tester(arguments[0], pathlib.Path(arguments[1]), pathlib.Path(scratch))
        proved, missing = gather(t, r, 40)
        assert len(proved) >= 36, len(proved)
        print("%d certificates pass; %d proved questions have none" % (len(proved), missing))
        print(fuzz(t, r, proved, count))
    return 0


if __name__ == "__main__":
    sys.exit(main())

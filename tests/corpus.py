#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Policies of others, compiled: none crashes, none is slow, refusals are known.

    corpus.py --library libiampolicy.so        or $IAMPOLICY_LIBRARY

Every policy of $IAMPOLICY_CORPUS/dev sets 1 (AWS managed policies), 2 (SCPs,
RCPs, endpoint policies) and 3 (policies in the wild) is compiled as it is and
again with IAM_STRICT, both inside this process.  A refusal has a place and a
sentence.  The index of a set tells which policies a strict grammar finds
nothing in: those compile strictly.  What compiles prints, and its print
compiles to a policy that prints the same.  Refusals are counted by class and
compared with CLASSES below.  Exit code 77: no corpus, or no library.
"""
import argparse
import collections
import ctypes
import json
import os
import pathlib
import re
import sys
import time

SLOW = 0.050  # seconds of this thread for one policy, best of three

# Class of refusal -> (policies, why we are sure that refusing is right).
# Classes of "as it is" are refused always, those of "strict" by IAM_STRICT.
CLASSES = {
    'as it is: "..." must be "..." or "...", not "..."':
        (19, "Effect or Version with another word: what it means cannot be "
             "known"),
    'as it is: "..." must be "..." or "...", not an object':
        (1, "Effect is a template's function, not yet a text"),
    'as it is: a policy has no element "..."; it is spelled "..."':
        (3, "\"ID\", and \"version\""),
    'as it is: the member "..." stands twice in one object':
        (2, "two Statement members, an example of the guide's page on "
            "troubleshooting"),
    "strict: DATA_TYPE_MISMATCH":
        (18, "functions of templates and numbers where a text must stand "
             "(A1.10)"),
    "strict: INVALID_ACTION":
        (5, "words without a prefix (A6.6)"),
    "strict: INVALID_ARN_PREFIX":
        (49, "placeholders and bare names for ARNs (A.7.1)"),
    "strict: INVALID_ARN_RESOURCE":
        (1, "the type alone, without a name (A.10)"),
    "strict: INVALID_CONDITION_OPERATOR":
        (5, "operators that AWS does not have (B1.8)"),
    "strict: INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY":
        (9, "placeholders, and names of another product for providers"),
    "strict: INVALID_PARTITION":
        (43, "placeholders, and partitions made up for tests (A.7.4)"),
    "strict: INVALID_POLICY_ELEMENT":
        (31, "Id in identity policies (A2.5); elements misspelt"),
    "strict: INVALID_PRINCIPAL_FORMAT":
        (75, "placeholders for accounts; texts and lists for the map (A.5.1)"),
    "strict: INVALID_PRINCIPAL_KEY":
        (1, "a map key that AWS does not know (A.5.1)"),
    "strict: INVALID_SERVICE_PRINCIPAL_FORMAT":
        (5, "placeholders for regions, and bare names"),
    "strict: MISSING_ACTION":
        (11, "no Action (A.3)"),
    "strict: MISSING_RESOURCE":
        (48, "no Resource (A.3): above all policies of ECR repositories, "
             "which AWS stores without one, and fixtures of tests"),
    "strict: POLICY_SIZE_EXCEEDED":
        (1, "a sample RCP of more than 5,120 characters without any white "
            "space (A.8), and without Resource"),
    "strict: RCP_SYNTAX_ERROR_ACTION":
        (1, '"*" as action of an RCP (A.9)'),
    "strict: TYPE_MISMATCH_IP_RANGE":
        (5, "placeholders for blocks (B.3.6)"),
    "strict: UNIQUE_SIDS_REQUIRED":
        (2, "two statements of one Sid (A2.7)"),
    "strict: UNSUPPORTED_WILDCARD_IN_PRINCIPAL":
        (6, "patterns of principals (A.5.1)"),
    "strict: VARIABLE_UNSUPPORTED_IN_ELEMENT":
        (4, "variables in actions and principals (C.2)"),
}

KINDS = {"identity": 1, "resource": 2, "scp": 5, "rcp": 6, "vpce": 7,
         "trust": 8}
STRICT = 1
ERROR = 1


class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("line", ctypes.c_uint32),
                ("column", ctypes.c_uint32), ("reserved", ctypes.c_uint32),
                ("offset", ctypes.c_size_t), ("where", ctypes.c_char * 128),
                ("message", ctypes.c_char * 256)]


class Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t),
                ("allocator", ctypes.c_void_p),
                ("max_text", ctypes.c_size_t), ("max_depth", ctypes.c_size_t),
                ("max_values", ctypes.c_size_t), ("max_steps", ctypes.c_size_t),
                ("flags", ctypes.c_uint32), ("reserved", ctypes.c_uint32)]


class Finding(ctypes.Structure):
    _fields_ = [("severity", ctypes.c_int), ("line", ctypes.c_uint32),
                ("column", ctypes.c_uint32), ("reserved", ctypes.c_uint32),
                ("offset", ctypes.c_size_t), ("code", ctypes.c_char_p),
                ("where", ctypes.c_char_p), ("message", ctypes.c_char_p)]


SINK = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p,
                        ctypes.POINTER(ctypes.c_char), ctypes.c_size_t)


class Library:
    def __init__(self, path):
        self.raw = ctypes.CDLL(path)
        self.raw.iam_policy_compile.argtypes = [
            ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t,
            ctypes.POINTER(Options), ctypes.POINTER(ctypes.c_void_p),
            ctypes.POINTER(Error)]
        self.raw.iam_policy_free.argtypes = [ctypes.c_void_p]
        self.raw.iam_policy_free.restype = None
        self.raw.iam_policy_print.argtypes = [ctypes.c_void_p, SINK,
                                              ctypes.c_void_p]
        self.raw.iam_policy_finding_count.argtypes = [ctypes.c_void_p]
        self.raw.iam_policy_finding_count.restype = ctypes.c_size_t
        self.raw.iam_policy_finding.argtypes = [ctypes.c_void_p,
                                                ctypes.c_size_t]
        self.raw.iam_policy_finding.restype = Finding

    def compile(self, kind, text, flags):
        """(policy or None, error, seconds)"""
        options = Options(struct_size=ctypes.sizeof(Options), flags=flags)
        out = ctypes.c_void_p()
        error = Error()
        start = time.thread_time()
        status = self.raw.iam_policy_compile(
            kind, text, len(text), ctypes.byref(options), ctypes.byref(out),
            ctypes.byref(error))
        seconds = time.thread_time() - start
        assert (status == 0) == bool(out.value), "status and policy disagree"
        assert status in (0, error.status), "status and error disagree"
        return out.value, error, seconds

    def text(self, policy):
        parts = []

        def take(_, pointer, length):
            parts.append(ctypes.string_at(pointer, length))
            return True

        assert self.raw.iam_policy_print(policy, SINK(take), None) == 0
        return b"".join(parts)

    def errors(self, policy):
        """Place and sentence of each error of the policy -> its code."""
        count = self.raw.iam_policy_finding_count(policy)
        findings = [self.raw.iam_policy_finding(policy, i)
                    for i in range(count)]
        return {(f.line, f.column, f.message): f.code.decode()
                for f in findings if f.severity == ERROR}



def has_twins(path):
    """Some object has two members of one name, which other readers drop."""
    twins = []

    def members(pairs):
        twins.extend(name for name, count in collections.Counter(
            name for name, _ in pairs).items() if count > 1)
        return dict(pairs)

    json.loads(path.read_text(), object_pairs_hook=members)
    return bool(twins)


def policies(corpus):
    """(name, kind, path, whether a strict grammar finds nothing wrong)"""
    aws = corpus / "1-aws-managed-policies"
    for folder in ("policies", "versions"):
        for path in sorted((aws / folder).glob("*.json")):
            yield "1/%s/%s" % (folder, path.name), "identity", path, False
    for number, folder in (("2", "2-scps-rcps"),
                           ("3", "3-policies-in-the-wild")):
        for line in (corpus / folder / "index.jsonl").read_text().splitlines():
            row = json.loads(line)
            path = corpus / folder / row["file"]
            clean = not row["shape_problems"] and not has_twins(path)
            yield "%s/%s" % (number, row["file"]), row["kind"], path, clean


class Run:
    def __init__(self, library):
        self.library = library
        self.classes = collections.defaultdict(list)
        self.faults = []
        self.slowest = (0, "")

    def fault(self, name, what):
        self.faults.append("%s: %s" % (name, what))

    def placed(self, name, error):
        if error.line < 1 or error.column < 1 or not error.message:
            self.fault(name, "refused without place or reason")

    def refused(self, name, error):
        self.placed(name, error)
        shape = re.sub(r'"(?:[^"\\]|\\.)*"', '"..."', error.message.decode())
        self.classes["as it is: " + shape].append(name)

    def refused_strictly(self, name, error, errors):
        """The refusal is one of the errors that were found without it."""
        self.placed(name, error)
        code = errors.get((error.line, error.column, error.message))
        if not code:
            self.fault(name, "refused for what is no finding: "
                       + error.message.decode())
        self.classes["strict: %s" % code].append(name)

    def measure(self, kind, text, name):
        """Compile three times; the last policy, its error."""
        best = float("inf")
        for last in (False, False, True):
            policy, error, seconds = self.library.compile(kind, text, 0)
            best = min(best, seconds)
            if policy and not last:
                self.library.raw.iam_policy_free(policy)
        self.slowest = max(self.slowest, (best, name))
        if best > SLOW:
            self.fault(name, "takes %.1f ms" % (best * 1e3))
        return policy, error

    def one(self, name, kind, path, clean):
        text = path.read_bytes()
        kind = KINDS[kind]
        policy, error = self.measure(kind, text, name)
        if not policy:
            self.refused(name, error)
            if clean:
                self.fault(name, "refused, though nothing is wrong with it: "
                           + error.message.decode())
            return
        self.printed(kind, policy, name)
        strict, error, _ = self.library.compile(kind, text, STRICT)
        errors = self.library.errors(policy)
        if not strict:
            self.refused_strictly(name, error, errors)
        elif errors:
            self.fault(name, "compiles strictly in spite of an error")
        self.library.raw.iam_policy_free(strict)
        self.library.raw.iam_policy_free(policy)

    def printed(self, kind, policy, name):
        printed = self.library.text(policy)
        again, error, _ = self.library.compile(kind, printed, 0)
        if not again:
            self.fault(name, "its print does not compile: "
                       + error.message.decode())
        elif self.library.text(again) != printed:
            self.fault(name, "its print prints differently")
        self.library.raw.iam_policy_free(again)

    def report(self, count):
        for name, found in sorted(self.classes.items()):
            wanted = CLASSES.get(name, (0, ""))[0]
            if len(found) == wanted:
                continue
            self.faults.append("%d policies, not %d, of the class \"%s\": %s"
                               % (len(found), wanted, name,
                                  ", ".join(found[:4])))
        for name in set(CLASSES) - set(self.classes):
            self.faults.append("no policy of the class \"%s\"" % name)
        print("\n".join(self.faults))
        refused = sum(len(found) for name, found in self.classes.items()
                      if name.startswith("as it is"))
        strict = sum(len(found) for found in self.classes.values()) - refused
        print("%d policies: %d compile, %d of them not strictly, %d refused; "
              "%d classes; slowest %.2f ms (%s)" % (
                  count, count - refused, strict, refused, len(self.classes),
                  self.slowest[0] * 1e3, self.slowest[1]))
        return 1 if self.faults or count == 0 else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--library",
                           default=os.environ.get("IAMPOLICY_LIBRARY"))
    library = arguments.parse_args().library
    corpus = os.environ.get("IAMPOLICY_CORPUS")
    if not library or not corpus:
        print("skipped: needs $IAMPOLICY_CORPUS and --library")
        return 77
    run = Run(Library(library))
    count = 0
    for row in policies(pathlib.Path(corpus) / "dev"):
        run.one(*row)
        count += 1
    return run.report(count)


if __name__ == "__main__":
    sys.exit(main())

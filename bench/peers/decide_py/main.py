# SPDX-License-Identifier: Apache-2.0
"""moto and PMapper as programs that bench/suites/decide.py asks: main.py
moto|pmapper CASES, then lines of "INDEX WORK MILLISECONDS"."""
import collections
import collections.abc
import json
import sys
import time


def per_work(wanted, work):
    count = 1
    while True:
        start = time.process_time_ns()
        for _ in range(count):
            work()
        took = time.process_time_ns() - start
        if took >= wanted:
            return took / count
        count *= 2


def identity_texts(case):
    entries = case["scenario"]["policies"]
    for entry in entries:
        if entry["kind"] != "identity":
            raise ValueError(f"knows no {entry['kind']} policy")
    return [entry["policy"] for entry in entries]


def moto(case):
    from moto.iam.access_control import IAMPolicy, PermissionResult
    asked = case["scenario"]["requests"][0]
    policies = [IAMPolicy(text) for text in identity_texts(case)]
    context = dict(asked["context"])

    def check():
        results = [policy.is_action_permitted(
            asked["action"], asked["resource"],
            incoming_condition_values=context) for policy in policies]
        if PermissionResult.DENIED in results:
            return "deny"
        return "allow" if PermissionResult.PERMITTED in results else "deny"
    return check


def pmapper(case):
    # It asks for names that Python 3.10 took away.
    for name in ("Mapping", "MutableMapping"):
        setattr(collections, name, getattr(collections.abc, name))
    from principalmapper.common import Node, Policy
    from principalmapper.querying.local_policy_simulation import \
        has_matching_statement
    from principalmapper.util.case_insensitive_dict import CaseInsensitiveDict
    asked = case["scenario"]["requests"][0]
    arn = asked["principal"]
    policies = [Policy(arn, f"p{i}", json.loads(text))
                for i, text in enumerate(identity_texts(case))]
    node = Node(arn, "AIDA", policies, [], None, None, 0, False, False, None,
                False, {})
    context = CaseInsensitiveDict(asked["context"])

    def check():
        for effect, word in (("Deny", "deny"), ("Allow", "allow")):
            if has_matching_statement(node, effect, asked["action"],
                                      asked["resource"], context):
                return word
        return "deny"
    return check


def answer(make, entry, work, wanted):
    try:
        if "check" not in entry:
            entry["check"] = make(entry)
        word = entry["check"]()
        if work != "check":
            return {"cannot": f"no {work} here"}
        return {"ns": per_work(wanted, entry["check"]), "answer": word}
    except Exception as why:  # whatever a peer raises is its answer
        return {"cannot": f"{type(why).__name__}: {why}"[:200]}


def main():
    make = {"moto": moto, "pmapper": pmapper}[sys.argv[1]]
    with open(sys.argv[2], encoding="utf-8") as file:
        entries = [json.loads(line) for line in file]
    print(json.dumps({"ready": len(entries)}), flush=True)
    for line in sys.stdin:
        index, work, milliseconds = line.split()
        print(json.dumps(answer(make, entries[int(index)], work,
                                float(milliseconds) * 1e6)), flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/semantics.md, the case files and the code speak of the same rules."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/semantics.md"
CASES = ROOT / "tests/cases/decide"
SOURCES = ROOT / "libiampolicy"
OUTCOMES = ("allow", "implicit deny", "explicit deny")

sys.path.insert(0, str(ROOT / "tests"))
from peers import DISAGREEMENTS  # noqa: E402


def tables(text):
    """First heading of a table's first column -> its rows, all joined."""
    found = {}
    rows = None
    for line in text.splitlines():
        if not line.startswith("|"):
            rows = None
            continue
        cells = [cell.strip() for cell in
                 re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if rows is None:
            rows = found.setdefault(cells[0], [])
        elif not set(cells[0]) <= set("- "):
            rows.append(cells)
    return found


def code_faults(rule, code):
    """What is wrong with `file.c:function`."""
    if code == "structural":
        return
    named = re.fullmatch(r"`([\w/]+\.[ch]):(\w+)`", code)
    if not named:
        yield "%s: \"%s\" is not `file:function`" % (rule, code)
        return
    path = SOURCES / named[1]
    if not path.exists():
        yield "%s: there is no %s" % (rule, named[1])
    elif not re.search(r"^[\w \*]*\b%s\(" % named[2], path.read_text(), re.M):
        yield "%s: %s has no function %s" % (rule, named[1], named[2])


def request_faults(name, request):
    if request.get("expect") not in OUTCOMES:
        yield "%s: no outcome is expected" % name
    elif (request["expect"] == "allow") == ("by" in request):
        yield "%s: \"by\" stands with denials, and only there" % name
    if "message" in request and "by" not in request:
        yield "%s: a message without a denial" % name


def case_faults(name, case):
    if not case.get("about", "").strip().endswith("."):
        yield "%s: \"about\" is not a sentence" % name
    if not case.get("rule") or not isinstance(case["rule"], list):
        yield "%s: \"rule\" is not a list of rules" % name
    if not case.get("requests"):
        yield "%s: no requests" % name
    seen = set()
    for request in case.get("requests", []):
        label = "%s: %s" % (name, request.get("id", "?"))
        if not request.get("id") or request["id"] in seen:
            yield "%s: no \"id\" of its own" % label
        seen.add(request.get("id"))
        yield from request_faults(label, request)


def rule_faults(rows, by_rule):
    named = {row[0] for row in rows}
    for row in rows:
        if len(row) != 5 or not all(row):
            yield "%s: a row has five cells, none empty" % row[0]
            continue
        yield from code_faults(row[0], row[3])
        listed = set() if row[4] == "structural" else set(row[4].split(", "))
        for case in sorted(listed ^ by_rule.get(row[0], set())):
            yield "%s: only the %s names the case %s" % (
                row[0], "row" if case in listed else "case file", case)
    if len(named) != len(rows):
        yield "a rule has two rows"
    for rule in sorted(set(by_rule) - named):
        yield "%s: no row, but %s" % (rule, ", ".join(sorted(by_rule[rule])))


def open_faults(rows, rules):
    codes = "".join(path.read_text() for folder in ("eval", "document", "reference", "lint")
                    for path in (SOURCES / folder).glob("*.[ch]"))
    for row in rows:
        if row[2] not in rules:
            yield "open question \"%s\": no rule %s" % (row[0], row[2])
        if row[3] != "-" and "\"%s\"" % row[3] not in codes:
            yield "open question \"%s\": no finding %s" % (row[0], row[3])


def peer_faults(rows, rules):
    shown = {row[0].strip("`"): (row[1], row[2]) for row in rows}
    for case in sorted(set(shown) ^ set(DISAGREEMENTS)):
        yield "%s: only %s has it" % (
            case, DOCUMENT.name if case in shown else "peers.py")
    for case in sorted(set(shown) & set(DISAGREEMENTS)):
        if shown[case] != DISAGREEMENTS[case]:
            yield "%s: another rule or reason than in peers.py" % case
        if shown[case][0] not in rules:
            yield "%s: no rule %s" % (case, shown[case][0])


def faults():
    found = tables(DOCUMENT.read_text())
    rules = {row[0] for row in found.get("rule", [])}
    by_rule = {}
    requests = 0
    for path in sorted(CASES.glob("*.json")):
        case = json.loads(path.read_text())
        yield from case_faults(path.stem, case)
        requests += len(case.get("requests", []))
        for rule in case.get("rule", []):
            by_rule.setdefault(rule, set()).add(path.stem)
    if requests == 0:
        yield "no cases"
    yield from rule_faults(found.get("rule", []), by_rule)
    yield from open_faults(found.get("question", []), rules)
    yield from peer_faults(found.get("case", []), rules)


def main():
    found = list(faults())
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

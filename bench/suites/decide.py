# SPDX-License-Identifier: Apache-2.0
"""Is a request allowed?  Every engine is a program that is started once and
asked in turn: a round asks each of them about each case for some milliseconds.
"""
import json
import os
import selectors
import subprocess

from . import cases as all_cases
from .common import (BUILD, OWN, PEERS, Wrong, build, nanoseconds, program,
                     summary, table)

ABOUT = "decisions, and policies compiled"
#: What this library is asked besides what everybody is.
OWN_WORKS = ["readdress", "reresource", "fill", "decide", "cold"]
#: A peer that has not answered by then is stopped, and not asked that again.
PATIENCE = 10.0


class Engine:
    """A program that answers lines."""

    def __init__(self, name, command, path):
        self.name, self.command = name, [*map(str, command), str(path)]
        self.hopeless = set()
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if self.name != OWN else None,
            cwd=BUILD)
        if "ready" not in (self._line(120) or {}):
            self.stop()
            raise Wrong(f"{self.name} does not start")

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
        self.process = None

    def _line(self, patience):
        """The next object, or None."""
        out, text = self.process.stdout, b""
        with selectors.DefaultSelector() as selector:
            selector.register(out, selectors.EVENT_READ)
            while not text.endswith(b"\n"):
                if not selector.select(patience):
                    return None
                more = os.read(out.fileno(), 65536)
                if not more:
                    return None
                text += more
        return json.loads(text)

    def ask(self, index, work, milliseconds):
        if (index, work) in self.hopeless:
            return None
        if not self.process:
            self.start()
        try:
            self.process.stdin.write(
                f"{index} {work} {milliseconds}\n".encode())
            self.process.stdin.flush()
            told = self._line(PATIENCE)
        except BrokenPipeError:
            told = None
        if told is None:
            self.stop()
            told = {"cannot": f"no answer in {PATIENCE:.0f} s"}
        if "cannot" in told:
            self.hopeless.add((index, work))
        return told


def _python(*arguments):
    return [PEERS / "python" / "bin" / "python",
            all_cases.ROOT / "bench/peers/decide_py/main.py", *arguments]


def _node(form):
    return ["node", PEERS / "src/decide_js/main.js", form]


def engines(options, path):
    found = [Engine(OWN, [program("bench_decide")], path)]
    if options.peers == ["none"]:
        return found
    for name, command, needs in (
            ("Rust iam-rs", [PEERS / "decide_rust", "iam-rs"],
             PEERS / "decide_rust"),
            ("Rust cedar-policy", [PEERS / "decide_rust", "cedar"],
             PEERS / "decide_rust"),
            ("Go minio pkg/policy", [PEERS / "decide_minio"],
             PEERS / "decide_minio"),
            ("npm iam-simulate", _node("checked"),
             PEERS / "src/decide_js/node_modules/@cloud-copilot"),
            ("npm iam-simulate, unsafe", _node("unsafe"),
             PEERS / "src/decide_js/node_modules/@cloud-copilot"),
            ("npm iam-simulate, prepared", _node("prepared"),
             PEERS / "src/decide_js/node_modules/@cloud-copilot"),
            ("Python moto", _python("moto"), PEERS / "python"),
            ("Python PMapper", _python("pmapper"), PEERS / "python")):
        if needs.exists() and (not options.peers or any(
                part in name for part in options.peers)):
            found.append(Engine(name, command, path))
    return found


def _works(engine, case):
    """What this engine is asked about this case."""
    if case["group"] == "compile":
        return ["compile"]
    works = ["check"]
    if case["group"] in ("mission", "statements", "CIDRs", "managed"):
        works.append("compile")
    if engine.name == OWN:
        context = case["scenario"]["requests"][0]["context"]
        works += [work for work in OWN_WORKS
                  if work != "readdress" or "aws:SourceIp" in context]
    return works


def _right(case, told):
    """Whether the answer is the one that is expected."""
    expect = case["scenario"]["requests"][0].get("expect")
    if expect is None or "answer" not in told:
        return True
    if told["answer"] == "deny":  # as much as peers say
        return expect != "allow"
    return told["answer"] == expect


def _result(engine, case, work, told):
    result = {"suite": "decide", "group": case["group"], "n": case["n"],
              "case": case["name"], "engine": engine.name, "mode": work}
    if "cannot" in told:
        return {**result, "cannot": told["cannot"]}
    if not _right(case, told):
        if engine.name == OWN:
            result["wrong"] = told["answer"]
        else:
            result["disagrees"] = told["answer"]
    result["ns"] = []
    for key in ("bytes", "text"):
        if key in told:
            result[key] = told[key]
    return result


def measure(options):
    build("bench_decide")
    path = BUILD / "decide" / "cases.jsonl"
    found = all_cases.write(path, options.quick)
    asked = engines(options, path)
    results = {}
    milliseconds = 0.2 if options.quick else 4
    rounds = 1 if options.quick else options.rounds or 7
    for number in range(rounds):
        for index, case in enumerate(found):
            for engine in asked:
                for work in _works(engine, case):
                    if work == "cold" and (number > 2 or options.quick):
                        continue
                    told = engine.ask(index, work, milliseconds)
                    if told is None:
                        continue
                    key = (index, engine.name, work)
                    if key not in results:
                        results[key] = _result(engine, case, work, told)
                    if "ns" in told:
                        results[key]["ns"].append(told["ns"])
    for engine in asked:
        engine.stop()
    for result in results.values():
        yield summary(result) if result.get("ns") else result


# --- telling ---------------------------------------------------------------

def _cells(results, work):
    """{case: {engine: result}} in order."""
    found = {}
    for result in results:
        if result["suite"] == "decide" and result["mode"] == work:
            found.setdefault(result["case"], {})[result["engine"]] = result
    return found


def best_peer(engines_of_case):
    """(median, name) of the fastest peer that answered as expected."""
    return min(((result["median"], name)
                for name, result in engines_of_case.items()
                if name != OWN and "median" in result
                and "disagrees" not in result), default=(None, None))


def _cell(result):
    if result is None:
        return ""
    if "median" not in result:
        return "none" if "no answer" in result.get("cannot", "") else "-"
    return nanoseconds(result["median"]) + (
        " (wrong)" if "disagrees" in result else "")


def _peers_table(results, work):
    found = _cells(results, work)
    names = sorted({name for engines_of in found.values()
                    for name in engines_of if name != OWN})
    rows = []
    for case, of in found.items():
        own = of.get(OWN, {}).get("median")
        best, name = best_peer(of)
        rows.append([case, nanoseconds(own),
                     f"{best / own:.0f}x {name}" if best and own else "",
                     *[_cell(of.get(peer)) for peer in names]])
    return table(["case", OWN, "ratio to the fastest", *names], rows)


def _own_table(results):
    works = ["check", *OWN_WORKS]
    found = {work: _cells(results, work) for work in works}
    rows = [[case, *[_cell(found[work].get(case, {}).get(OWN))
                     for work in works]] for case in found["check"]]
    return table(["case", *works], rows)


def _compile_table(results):
    rows = []
    for case, of in _cells(results, "compile").items():
        own = of.get(OWN)
        if not own or "text" not in own or "denied" in case:
            continue
        best, name = best_peer(of)
        rows.append([
            case.replace(", allowed", ""), f"{own['text']:,}",
            nanoseconds(own["median"]),
            f"{own['text'] * 1e3 / own['median']:.0f}",
            f"{own['bytes'] / own['text']:.2f}x",
            f"{best / own['median']:.1f}x {name}" if best else ""])
    return table(["policy", "bytes", "compile", "MB/s",
                  "memory to text", "ratio to the fastest"], rows)


def tables(results):
    if not any(result["suite"] == "decide" for result in results):
        return ""
    return "\n".join([
        "Decisions, prepared request:\n", _peers_table(results, "check"),
        "Decisions of this library, other ways to ask:\n",
        _own_table(results), "Policies compiled:\n", _compile_table(results)])

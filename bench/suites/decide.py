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
OWN_WORKS = ["batch", "stacks", "readdress", "reresource", "fill", "decide", "cold"]
#: A peer that has not answered by then is stopped, and not asked that again.
PATIENCE = 3.0
#: What takes longer is asked once only: nanoseconds.
LONG = 5e6
#: Evaluators of IAM's own language with its conditions.  The others know
#: another language, other services, or no conditions.
COMPLETE = ("Rust iam-rs", "npm iam-simulate", "Python PMapper")


class Engine:
    """A program that answers lines."""

    def __init__(self, name, command, path):
        self.name, self.command = name, [*map(str, command), str(path)]
        self.hopeless = set()
        self.long = set()
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
        if told.get("ns", 0) > LONG:
            self.long.add((index, work))
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
    if engine.name == "npm iam-simulate" and case["group"] not in (
            "mission", "stack", "managed"):
        return []  # it validates for milliseconds, whatever the case is
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
    milliseconds = 0.2 if options.quick else 3
    rounds = 1 if options.quick else options.rounds or 7
    for number in range(rounds):
        for index, case in enumerate(found):
            for engine in asked:
                for work in _works(engine, case):
                    # The first answer of what takes long must do.
                    if number and (index, work) in engine.long:
                        continue
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

def cells(results, work):
    """{case: {engine: result}} in order."""
    found = {}
    for result in results:
        if result["suite"] == "decide" and result["mode"] == work:
            found.setdefault(result["case"], {})[result["engine"]] = result
    return found


def _pair(case):
    """What the allowed and the denied request have in common."""
    return case.replace(", allowed", "").replace(", denied", "")


def _doubtful(found):
    """(pair, engine) of every wrong answer: who denies, or allows, whatever is
    asked is right about one of two requests, and that is no answer either."""
    return {(_pair(case), name) for case, of in found.items()
            for name, result in of.items() if "disagrees" in result}


def best_peer(found, case, complete):
    """(median, name) of the fastest peer that answers as it should."""
    doubtful = _doubtful(found)
    return min(((result["median"], name)
                for name, result in found[case].items()
                if name != OWN and "median" in result
                and (_pair(case), name) not in doubtful
                and (not complete or name.startswith(COMPLETE))),
               default=(None, None))


def _cell(result):
    if result is None:
        return ""
    if "median" not in result:
        return "none" if "no answer" in result.get("cannot", "") else "-"
    return nanoseconds(result["median"]) + (
        " (wrong)" if "disagrees" in result else "")


def _ratio(own, best):
    """Against (median, name)."""
    return f"{best[0] / own:.3g}x {best[1]}" if own and best[0] else ""


def _peers_table(results, work):
    found = cells(results, work)
    names = sorted({name for of in found.values() for name in of
                    if name != OWN})
    rows = []
    for case, of in found.items():
        own = of.get(OWN, {}).get("median")
        rows.append([case, nanoseconds(own),
                     _ratio(own, best_peer(found, case, True)),
                     _ratio(own, best_peer(found, case, False)),
                     *[_cell(of.get(peer)) for peer in names]])
    return table(["case", OWN, "to the fastest complete evaluator",
                  "to the fastest of all", *names], rows)


def _own_table(results):
    works = ["check", *OWN_WORKS]
    found = {work: cells(results, work) for work in works}
    rows = [[case, *[_cell(found[work].get(case, {}).get(OWN))
                     for work in works]] for case in found["check"]]
    return table(["case", *works], rows)


def _compile_table(results):
    rows = []
    found = cells(results, "compile")
    for case, of in found.items():
        own = of.get(OWN)
        if not own or "text" not in own or "denied" in case:
            continue
        rows.append([
            _pair(case), f"{own['text']:,}",
            nanoseconds(own["median"]),
            f"{own['text'] * 1e3 / own['median']:.0f}",
            f"{own['bytes'] / own['text']:.2f}x",
            _ratio(own["median"], best_peer(found, case, False))])
    return table(["policy", "bytes", "compile", "MB/s",
                  "memory to text", "ratio to the fastest"], rows)


def tables(results):
    if not any(result["suite"] == "decide" for result in results):
        return ""
    return "\n".join([
        "Decisions, prepared request:\n", _peers_table(results, "check"),
        "Decisions of this library, other ways to ask:\n",
        _own_table(results), "Policies compiled:\n", _compile_table(results)])

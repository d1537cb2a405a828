#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden tests of the command: run.py --command PATH [NAME...].

A case is a folder of cases/: `cmd` is a line for bash, run in that folder,
expected.out, expected.err and expected.code are what it must give; a missing
file means: nothing, nothing, 0.  In `cmd`, iampolicy is the command under
test, and $EXAMPLES is docs/examples.  UPDATE_GOLDEN=1 writes what came out;
the difference is then yours to review.

What a line of bash cannot say (terminals, time, memory) is in behaviour.py.
"""
import argparse
import difflib
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TIMEOUT = 60


def environment(command, folder):
    """A small one: colours, locale and the caller's PATH decide nothing."""
    bin_folder = pathlib.Path(folder) / "bin"
    bin_folder.mkdir()
    (bin_folder / "iampolicy").symlink_to(pathlib.Path(command).resolve())
    scratch = pathlib.Path(folder) / "scratch"
    scratch.mkdir()
    kept = {name: os.environ[name] for name in
            ("LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "HOME")
            if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "TERM": "xterm",
            "PATH": f"{bin_folder}:{pathlib.Path(sys.executable).parent}"
                    ":/usr/local/bin:/usr/bin:/bin",
            "EXAMPLES": os.path.relpath(ROOT / "docs" / "examples",
                                        HERE / "cases" / "any"),
            "SCRATCH": str(scratch)}


def outcome(case, variables):
    """What the case's command gives: {"out": ..., "err": ..., "code": ...}"""
    done = subprocess.run(["bash", "-c", (case / "cmd").read_text()], cwd=case,
                          env=variables, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=TIMEOUT)
    text = {"out": done.stdout, "err": done.stderr}
    text = {kind: data.decode("utf-8", "backslashreplace")
            .replace(variables["SCRATCH"], "$SCRATCH")
            for kind, data in text.items()}
    return {**text, "code": f"{done.returncode}\n"}


def expected(case):
    nothing = {"out": "", "err": "", "code": "0\n"}
    return {kind: (case / f"expected.{kind}").read_text()
            if (case / f"expected.{kind}").exists() else empty
            for kind, empty in nothing.items()}


def update(case, got):
    for kind, text in got.items():
        path = case / f"expected.{kind}"
        if text not in ("", "0\n"):
            path.write_text(text)
        elif path.exists():
            path.unlink()


def difference(case, want, got):
    for kind in want:
        yield from difflib.unified_diff(
            want[kind].splitlines(True), got[kind].splitlines(True),
            f"{case.name}/expected.{kind}", "what came out")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--command", required=True)
    options.add_argument("names", nargs="*")
    options = options.parse_args()
    cases = sorted(path.parent for path in HERE.glob("cases/*/cmd")
                   if not options.names or path.parent.name in options.names)
    failed = []
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            got = outcome(case, environment(options.command, folder))
        if os.environ.get("UPDATE_GOLDEN"):
            update(case, got)
        want = expected(case)
        if got != want:
            failed.append(case.name)
            sys.stdout.writelines(
                line if line.endswith("\n") else line + "\n"
                for line in difference(case, want, got))
    print(f"{len(cases)} cases, {len(failed)} failed", *failed)
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the documentation shows is what happens.

docs_examples.py --command PATH [--library PATH] [--update] [FILE...]

Every ```console block of README.md, docs/*.md and docs/examples/**/README.md
is run in a shell, in the folder of its file: a line that begins with "$ " is a
command (and so are lines after one that ends in a backslash), the lines up to
the next one are its output, both streams.  Every ```c and ```python block
which follows a line <!-- file: PATH --> must be that file, but for its licence
line.  --update writes the output that came.  Links to files must lead to one.
"""
import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
QUOTED = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)")
MARK = "--8<-- end of output --8<--"
TIMEOUT = 120


def documents():
    return [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")),
            *sorted(ROOT.glob("docs/examples/**/README.md"))]


def commands(block):
    """The commands of a block, each with its continuation lines."""
    found = []
    for line in block.splitlines():
        if found and found[-1].endswith("\\"):
            found[-1] += "\n" + line
        elif line.startswith("$ "):
            found.append(line[2:])
    return found


def run(block, folder, variables):
    """The block as it should read: one shell, the commands one by one."""
    wanted = commands(block)
    script = "set +e\n" + "".join(
        f"{command}\nstatus=$?; printf '%s\\n' '{MARK}'; (exit $status)\n"
        for command in wanted)
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=variables,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=TIMEOUT)
    outputs = done.stdout.decode().split(MARK + "\n")
    return "".join(f"$ {command}\n{output}"
                   for command, output in zip(wanted, outputs))


def differences(path, want, got):
    return list(difflib.unified_diff(
        want.splitlines(True), got.splitlines(True),
        str(path.relative_to(ROOT)), "what came out"))


def check_blocks(path, variables, update):
    """How many blocks there are, and the differences."""
    text = path.read_text()
    faults = []
    blocks = list(BLOCK.finditer(text))
    for block in reversed(blocks):
        if not can_run(block[1], variables):
            print(f"{path.name}: left out, as the library is static: "
                  f"{commands(block[1])[0]}")
            continue
        got = run(block[1], path.parent, variables)
        if got != block[1]:
            faults += differences(path, block[1], got)
            text = text[:block.start(1)] + got + text[block.end(1):]
    if update and faults:
        path.write_text(text)
        faults = []
    return len(blocks), faults


def check_quotes(path):
    faults = []
    quotes = list(QUOTED.finditer(path.read_text()))
    for quote in quotes:
        lines = (ROOT / quote[1]).read_text().splitlines(True)
        have = "".join(line for line in lines
                       if "SPDX-License-Identifier" not in line
                       and not line.startswith("#!"))
        if have != quote[2]:
            faults += differences(path, quote[2], have)
    return len(quotes), faults


def check_links(path):
    found = LINK.findall(path.read_text())
    return 0, [f"{path.relative_to(ROOT)}: no file {link}\n" for link in found
               if not (path.parent / link).exists()]


def shared_library(command):
    """Of the build that the command is from; None if that is static."""
    return next(iter(command.parent.parent.glob("libiampolicy.so.0")), None)


def can_run(block, variables):
    """A binding needs a shared library, and one without sanitizers."""
    return "IAMPOLICY_LIBRARY" in variables or "python3" not in block


def environment(options, folder):
    command = pathlib.Path(options.command).resolve()
    (pathlib.Path(folder) / "iampolicy").symlink_to(command)
    variables = {**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
                 "PATH": f"{folder}:{os.environ['PATH']}",
                 "PYTHONDONTWRITEBYTECODE": "1",
                 "PYTHONPATH": str(ROOT / "bindings" / "python")}
    library = options.library or shared_library(command)
    if library:
        variables["IAMPOLICY_LIBRARY"] = str(pathlib.Path(library).resolve())
    return variables


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--command", required=True)
    options.add_argument("--library")
    options.add_argument("--update", action="store_true")
    options.add_argument("files", nargs="*", type=pathlib.Path)
    options = options.parse_args()
    total, faults = 0, []
    with tempfile.TemporaryDirectory() as folder:
        variables = environment(options, folder)
        for path in [p.resolve() for p in options.files] or documents():
            for count, found in (
                    check_blocks(path, variables, options.update),
                    check_quotes(path), check_links(path)):
                total += count
                faults += found
    sys.stdout.writelines(faults)
    print(f"{total} blocks, {'differences above' if faults else 'all true'}")
    return 1 if faults or not total else 0


if __name__ == "__main__":
    sys.exit(main())

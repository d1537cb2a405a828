#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A file may include its own layer and the layers before it, nothing else."""
import pathlib
import re
import sys

LAYERS = ["base", "value", "reference", "document", "program", "eval",
          "scenario", "prove", "lint", "account", "trail", "api"]
ROOT = pathlib.Path(__file__).resolve().parent.parent / "libiampolicy"


def faults(path):
    """What `path` includes that it should not, one sentence each."""
    layer = path.parent.name
    if layer not in LAYERS:
        yield f"{path}: {layer} is not a layer"
        return
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'#\s*include\s+"([^"/]+)(/?)', line)
        if not found or line.split('"')[1] == "iampolicy.h":
            continue
        if not found[2]:
            yield f"{path}:{number}: name the layer, as in \"{layer}/...\""
        elif found[1] not in LAYERS:
            yield f"{path}:{number}: {found[1]} is not a layer"
        elif LAYERS.index(found[1]) > LAYERS.index(layer):
            yield f"{path}:{number}: {layer} may not use {found[1]}"


def main():
    files = [path for path in sorted(ROOT.rglob("*"))
             if path.suffix in (".c", ".h", ".def", ".inc")]
    bad = [fault for path in files for fault in faults(path)]
    print("\n".join(bad))
    if not files:
        print(f"{ROOT}: no files")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())

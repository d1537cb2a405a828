#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cmake/Sources.cmake lists every source of the library once, in order, and the
map in docs/architecture.md names it; every file of ours says under which licence
it stands; no file is a giant.

--write makes the list anew."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "cmake" / "Sources.cmake"
MAP = ROOT / "docs" / "architecture.md"
LARGEST = 600  # lines of one file; beyond that it has more than one purpose
HEAD = """\
# SPDX-License-Identifier: Apache-2.0
# The one list of sources, sorted; a new file is a line in a diff.
# tests/check_sources.py compares it with the tree, and --write renews it.
set(sources
"""


def on_disk():
    return sorted(str(path.relative_to(ROOT))
                  for path in (ROOT / "libiampolicy").rglob("*.c"))


def list_faults():
    """The list against the tree."""
    if not LIST.exists():
        yield f"{LIST.name} is missing"
        return
    listed = re.findall(r"^    (\S+\.c)\)?$", LIST.read_text(), re.M)
    have = on_disk()
    for name in sorted(set(have) - set(listed)):
        yield f"{LIST.name} lacks {name}"
    for name in sorted(set(listed) - set(have)):
        yield f"{LIST.name} has {name}, which does not exist"
    if listed != sorted(set(listed)):
        yield f"{LIST.name} is not sorted, or has a file twice"


def map_faults():
    """The map names each source in the part of its layer."""
    parts = re.split(r"^  (\w+)/$", MAP.read_text(), flags=re.M)
    named = dict(zip(parts[1::2], parts[2::2]))
    for name in on_disk():
        _, layer, file = name.split("/")
        if not re.search(rf"\b{re.escape(file)}\b", named.get(layer, "")):
            yield f"{MAP.name} does not name {name}"


def own_files():
    """Every C and Python file and script of the tree, builds left out."""
    for top in ("include", "libiampolicy", "cli", "bindings", "tests", "bench",
                "docs/examples", "scripts"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".c", ".h", ".def", ".py") \
                    or (top == "scripts" and path.is_file()
                        and path.suffix == ""):
                if "build" not in path.relative_to(ROOT).parts:
                    yield path


def file_faults(path):
    lines = path.read_text().splitlines()
    name = path.relative_to(ROOT)
    if not any("SPDX-License-Identifier: Apache-2.0" in line
               for line in lines[:3]):
        yield f"{name}: no SPDX line on top"
    # Unit tests are tables of facts, which may grow.
    if path.suffix == ".c" and path.parent.name != "unit" \
            and len(lines) > LARGEST:
        yield f"{name}: {len(lines)} lines; split it by verb before {LARGEST}"


def main():
    if sys.argv[1:] == ["--write"]:
        LIST.write_text(HEAD + "\n".join(f"    {name}" for name in on_disk())
                        + ")\n")
        return 0
    bad = [*list_faults(), *map_faults()]
    for path in own_files():
        bad += file_faults(path)
    print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

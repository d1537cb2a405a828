#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The manual pages pass mandoc's lint, style messages aside."""
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "docs" / "man"


def main():
    pages = sorted(FOLDER.glob("*.[1-9]"))
    if not pages:
        print(f"{FOLDER}: no manual pages")
        return 1
    if not shutil.which("mandoc"):
        print("mandoc is not installed")
        return SKIPPED
    return subprocess.run(["mandoc", "-T", "lint", "-W", "warning",
                           *map(str, pages)]).returncode


if __name__ == "__main__":
    sys.exit(main())

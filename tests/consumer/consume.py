#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Install into a folder, move that folder, then run the installed command, and
build and run a user of the library: by find_package(), and by pkg-config."""
import argparse
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def run(command, **environment):
    """Run, and show what was run if it fails."""
    result = subprocess.run([str(part) for part in command],
                            env={**os.environ, **environment},
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            universal_newlines=True)
    if result.returncode != 0:
        print(shlex.join(str(part) for part in command))
        print(result.stdout)
        sys.exit(1)
    return result.stdout


def installed(options, folder):
    """An installed copy which is not where it was installed."""
    run([options.cmake, "--install", options.build, "--prefix",
         folder / "first"])
    moved = folder / "moved"
    (folder / "first").rename(moved)
    return moved


def only(prefix, pattern):
    found = sorted(prefix.rglob(pattern))
    if len(found) != 1:
        sys.exit(f"{pattern}: found {len(found)} in the installed files")
    return found[0]


def by_find_package(options, prefix, folder):
    build = folder / "cmake"
    run([options.cmake, "-S", HERE, "-B", build,
         f"-DCMAKE_PREFIX_PATH={prefix}",
         f"-DCMAKE_C_COMPILER={options.compiler}",
         f"-DCMAKE_C_FLAGS={options.flags}"])
    run([options.cmake, "--build", build])
    return run([build / "consumer"])


def by_pkg_config(options, prefix, folder):
    pc_file = only(prefix, "iampolicy.pc")
    where = {"PKG_CONFIG_PATH": os.pathsep.join(
        [str(pc_file.parent)]
        + ([os.environ["PKG_CONFIG_PATH"]]
           if os.environ.get("PKG_CONFIG_PATH") else []))}
    query = ["pkg-config", "--cflags", "--libs"]
    if options.static:
        query.append("--static")
    flags = shlex.split(run(query + ["iampolicy"], **where))
    program = folder / "consumer"
    run([options.compiler, *shlex.split(options.flags), "-std=c11", "-o",
         program, HERE / "main.c", *flags])
    library = only(prefix, "libiampolicy.a" if options.static
                   else "libiampolicy.so.0")
    return run([program], LD_LIBRARY_PATH=str(library.parent))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--cmake", default="cmake")
    parser.add_argument("--compiler", default="cc")
    parser.add_argument("--flags", default="")
    parser.add_argument("--static", action="store_true")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="iampolicy-consumer-") as name:
        folder = pathlib.Path(name)
        prefix = installed(options, folder)
        only(prefix, "iampolicy.h")
        command = prefix / "bin" / "iampolicy"
        if command.exists():
            print("command:", run([command, "--version"]), end="")
        print("find_package:", by_find_package(options, prefix, folder), end="")
        print("pkg-config:", by_pkg_config(options, prefix, folder), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""iampolicy ip match beside grepcidr, and beside wc, which only looks for the
ends of lines: lines of addresses through a program, from a file that is in the
page cache.  What is told is processor time, of user and kernel together: each of
them uses one processor and waits for nothing."""
import bisect
import ipaddress
import os
import pathlib
import random
import shutil
import subprocess
import tempfile

from .common import BUILD, OWN, Wrong, build, summary, table

ABOUT = "lines of addresses through the command"
SIZES = [1, 64, 4096, 65536]
LINES = 1_000_000
WIDTH = {4: 32, 6: 128}
FIRST = {4: 0, 6: 0x2 << 124}
"""Of the part of the space that everything is in,"""
RANDOM = {4: 31, 6: 124}
"""and its bits."""


def blocks_of(rng, family, count):
    """Blocks of one length that do not touch, and their first addresses."""
    prefix = {4: 24, 6: 48}[family]
    shift = WIDTH[family] - prefix
    numbers = {FIRST[family] >> shift | 2 * rng.getrandbits(
        RANDOM[family] - shift - 1) for _ in range(count)}
    firsts = sorted(number << shift for number in numbers)
    kind = {4: ipaddress.IPv4Network, 6: ipaddress.IPv6Network}[family]
    return [str(kind((first, prefix))) for first in firsts], firsts, shift


def write_lines(rng, family, firsts, shift, path, count):
    """Addresses, half of them inside of a block; how many really are."""
    text = {4: lambda n: "%d.%d.%d.%d" % (n >> 24, n >> 16 & 255, n >> 8 & 255,
                                          n & 255),
            6: lambda n: str(ipaddress.IPv6Address(n))}[family]
    inside, size = 0, 1 << shift
    with open(path, "w", encoding="ascii") as file:
        for i in range(count):
            number = (rng.choice(firsts) | rng.getrandbits(shift) if i % 2
                      else FIRST[family] | rng.getrandbits(RANDOM[family]))
            at = bisect.bisect_right(firsts, number)
            inside += at > 0 and number - firsts[at - 1] < size
            file.write(text(number) + "\n")
    return inside


def engines(options, listed, asked):
    """Name, mode, command.  The first one is this library's."""
    own = [BUILD / "cli" / "iampolicy", "ip", "match", "--list", listed]
    found = [(OWN, "lines", [*own, asked]),
             (OWN, "count", [*own, "--count", asked]),
             ("wc -l", "count", ["wc", "-l", asked])]
    if options.peers != ["none"] and shutil.which("grepcidr"):
        found.append(("grepcidr", "lines", ["grepcidr", "-f", listed, asked]))
        found.append(("grepcidr", "count",
                      ["grepcidr", "-c", "-f", listed, asked]))
    return found


def check(found, inside):
    """Everybody selects the same lines, as many as are inside."""
    outputs = {}
    for name, mode, command in found:
        if name == "wc -l":
            continue
        done = subprocess.run([str(part) for part in command],
                              stdout=subprocess.PIPE, check=False)
        if mode == "count" and int(done.stdout) != inside:
            raise Wrong(f"{name}: {int(done.stdout)} lines, not {inside}")
        if mode == "lines":
            outputs[name] = done.stdout
    if len(set(outputs.values())) != 1:
        raise Wrong(f"{' and '.join(outputs)} select different lines")
    if outputs[OWN].count(b"\n") != inside:
        raise Wrong(f"{outputs[OWN].count(10)} lines, not {inside}")


def timed(command):
    """Nanoseconds of processor time."""
    with subprocess.Popen([str(part) for part in command],
                          stdout=subprocess.DEVNULL) as process:
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0  # it was waited for
    return (used.ru_utime + used.ru_stime) * 1e9


def measure(options):
    build("iampolicy-cli")
    count = 20_000 if options.quick else LINES
    rng = random.Random(4)
    with tempfile.TemporaryDirectory() as folder:
        listed = pathlib.Path(folder) / "list"
        asked = pathlib.Path(folder) / "asked"
        for family in options.families:
            for size in options.sizes or SIZES:
                if options.quick and size > 4096:
                    continue
                blocks, firsts, shift = blocks_of(rng, family, size)
                listed.write_text("\n".join(blocks) + "\n", encoding="ascii")
                inside = write_lines(rng, family, firsts, shift, asked, count)
                found = engines(options, listed, asked)
                check(found, inside)
                samples = [[] for _ in found]
                for _ in range(options.rounds or 7):
                    for (_, _, command), row in zip(found, samples):
                        row.append(timed(command) / count)
                for (name, mode, _), row in zip(found, samples):
                    yield summary({
                        "suite": "match", "engine": name, "mode": mode,
                        "family": family, "blocks": len(blocks),
                        "bytes": round(asked.stat().st_size / count, 2),
                        "ns": row})


def tables(results):
    found, names = {}, []
    for result in results:
        if result["suite"] == "match" and "median" in result:
            name = f"{result['engine']}, {result['mode']}".replace(
                "wc -l, count", "wc -l")
            if name not in names:
                names.append(name)
            found.setdefault((result["family"], result["blocks"]), {})[
                name] = result
    if not found:
        return ""
    rows = []
    for (family, blocks), row in sorted(found.items()):
        rows.append([f"IPv{family}", f"{blocks:,}", *[
            f"{1e3 * row[name]['bytes'] / row[name]['median']:.0f}"
            if name in row else "" for name in names]])
    return ("Lines through a program, MB/s of processor time, its start and reading the list "
            "included:\n\n" + table(["", "blocks", *names], rows))

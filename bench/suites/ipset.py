# SPDX-License-Identifier: Apache-2.0
"""Is an address in a list of blocks?"""
import gzip
import json

from .common import (BUILD, OWN, PEERS, YARDSTICKS, build, corpus, lines,
                     nanoseconds, program, size, summary, table)

ABOUT = "membership of addresses in lists of CIDR blocks"
SIZES = [2, 4, 8, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576]
PATTERNS = ["uniform", "inside", "half", "zipf", "sequential"]
MODES = ["independent", "dependent", "batch"]
SHARED = "iampolicy, shared library"


# --- lists of blocks -------------------------------------------------------

def _unpacked(source, name, convert=lambda text: text):
    """A text of the collections as a file of blocks."""
    path = BUILD / "data" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(source, "rt", encoding="utf-8") as file:
            path.write_text(convert(file.read()))
    return path


def _of_aws(text):
    ranges = json.loads(text)
    # Once each: which of equal blocks matched is not the same everywhere.
    return "\n".join(sorted(
        {entry["ip_prefix"] for entry in ranges["prefixes"]}
        | {entry["ipv6_prefix"] for entry in ranges["ipv6_prefixes"]}))


def lists(options):
    """(label, family, blocks, arguments) of each list to measure."""
    full = corpus("common", "6-ip", "bgp-full-table-prefixes.txt.gz")
    most = {4: 901899, 6: 160147} if full else {4: 0, 6: 0}
    for family in options.families:
        for blocks in options.sizes or SIZES:
            if blocks <= most[family]:
                path = _unpacked(full, "table.txt")
                yield "table", family, blocks, ["--file", path]
            else:
                yield "made", family, blocks, ["--made", "table"]
        if options.quick or options.sizes:
            continue
        if full:
            yield "table", family, most[family], ["--file", full_table(full)]
        for blocks in (65536, 1048576):
            yield "hosts", family, blocks, ["--made", "hosts"]
        cloud = corpus("common", "6-ip", "cloud", "aws-ip-ranges.json.gz")
        if cloud:
            yield "aws", family, 0, [
                "--file", _unpacked(cloud, "aws.txt", _of_aws)]


def full_table(path):
    return _unpacked(path, "table.txt")


# --- measuring -------------------------------------------------------------

def _libraries(options):
    shared = program("libbench_shared.so")
    found = [shared] if shared.exists() else []
    if options.peers != ["none"]:
        found += sorted(PEERS.glob("*.so"))
    return found


def measure(options):
    build("bench_ipset", "bench_shared")
    base = [program("bench_ipset"), "--rounds", options.rounds or 7]
    if options.peers and options.peers != ["none"]:
        base += ["--engines", ",".join(
            [*options.peers, "harness", "search", "shared"])]
    for library in _libraries(options):
        base += ["--peer", library]
    for label, family, blocks, arguments in lists(options):
        patterns = options.patterns or PATTERNS
        if label in ("hosts", "aws"):
            patterns = [p for p in patterns if p == "half"]
        if options.quick:
            arguments = [*arguments, "--addresses", 65536, "--window", 32768]
        command = [*base, "--label", label, "--family", family, "--blocks",
                   blocks, "--patterns", ",".join(patterns), *arguments]
        for result in lines(command):
            yield summary(result) if "ns" in result else result


# --- telling ---------------------------------------------------------------

def _is_peer(engine):
    return engine not in YARDSTICKS and not engine.startswith(OWN)


def cells(results):
    """{(label, family, blocks, pattern, mode): {engine: result}}"""
    found = {}
    for result in results:
        if result["suite"] == "ipset" and "median" in result:
            key = tuple(result.get(part) for part in
                        ("data", "family", "blocks", "pattern", "mode"))
            found.setdefault(key, {})[result["engine"]] = result
    return found


def best_peer(engines):
    """(median, name) of the fastest peer."""
    return min(((result["median"], name) for name, result in engines.items()
                if _is_peer(name)), default=(None, None))


def best_throughput(found, key):
    """The fastest peer, one by one or in batches."""
    both = [best_peer(found.get((*key, mode), {}))
            for mode in ("independent", "batch")]
    return min((pair for pair in both if pair[0] is not None),
               default=(None, None))


def _ratio(own, other):
    return f"{other / own:.1f}x" if own and other else ""


def _own(engines):
    return engines.get(OWN, {}).get("median")


def _row(found, label, family, blocks, pattern):
    """One list: ours, and against the best."""
    key = (label, family, blocks, pattern)
    cell = {mode: found.get((*key, mode), {}) for mode in MODES}
    through = best_peer(cell["independent"])
    bulk = best_throughput(found, key)
    latency = best_peer(cell["dependent"])
    memory = found.get((label, family, blocks, None, "build"), {}).get(OWN, {})
    name = f"{blocks:,}" + ("" if label in ("table", "made")
                            else f" ({label})")
    return [name, nanoseconds(_own(cell["independent"])),
            nanoseconds(_own(cell["dependent"])),
            nanoseconds(_own(cell["batch"])),
            f"{nanoseconds(through[0])} {through[1] or ''}",
            _ratio(_own(cell["independent"]), through[0]),
            f"{nanoseconds(latency[0])} {latency[1] or ''}",
            _ratio(_own(cell["dependent"]), latency[0]),
            f"{nanoseconds(bulk[0])} {bulk[1] or ''}",
            _ratio(_own(cell["batch"]), bulk[0]),
            size(memory["bytes"]) if memory else "",
            nanoseconds(memory.get("median")) if memory else ""]


HEAD = ["blocks", "independent", "dependent", "batch", "fastest peer", "ratio",
        "fastest peer, dependent", "ratio", "fastest peer, best of both",
        "ratio of batch", "memory", "build"]


def _groups(found):
    return sorted({(key[1], key[0] in ("hosts", "aws"), key[2], key[0])
                   for key in found})


def _main_table(found, family):
    rows = [_row(found, label, fam, blocks, "half")
            for fam, _, blocks, label in _groups(found) if fam == family]
    return f"IPv{family}, half of the addresses inside, ns:\n\n" + table(
        HEAD, rows)


def _pattern_table(found, family):
    rows = []
    for fam, other, blocks, label in _groups(found):
        if fam != family or other:
            continue
        row = [f"{blocks:,}"]
        for pattern in PATTERNS:
            key = (label, family, blocks, pattern)
            single = found.get((*key, "independent"), {})
            wait = found.get((*key, "dependent"), {})
            row.append(" / ".join(
                part for part in (
                    nanoseconds(_own(single)), nanoseconds(_own(wait)),
                    _ratio(_own(single), best_peer(single)[0]),
                    _ratio(_own(wait), best_peer(wait)[0])) if part))
        rows.append(row)
    return (f"IPv{family}, every pattern: independent / dependent ns, and how "
            "many times as long the fastest peer takes:\n\n"
            + table(["blocks", *PATTERNS], rows))


def _engine_table(found, family):
    """Every engine at every size: the figure in numbers."""
    groups = [group for group in _groups(found)
              if group[0] == family and not group[1]]
    names = sorted({name for key, engines in found.items()
                    if key[1] == family for name in engines})
    rows = []
    for name in names:
        row = [name]
        for _, _, blocks, label in groups:
            key = (label, family, blocks, "half")
            row.append(" / ".join(
                nanoseconds(found.get((*key, mode), {}).get(name, {}).get(
                    "median")) or "-" for mode in MODES))
        rows.append(row)
    return (f"IPv{family}, every engine: independent / dependent / batch "
            "ns:\n\n" + table(["engine", *[f"{group[2]:,}"
                                           for group in groups]], rows))


def _entry_table(found):
    """Which block, not only whether."""
    rows = []
    for (label, family, blocks, pattern, mode), engines in sorted(
            found.items(), key=str):
        if mode != "entry" or pattern != "half" or label in ("hosts", "aws"):
            continue
        wait = found.get((label, family, blocks, pattern, "entry dependent"),
                         {})
        rows.append((family, blocks, [
            f"IPv{family}", f"{blocks:,}",
            *[f"{nanoseconds(engines.get(name, {}).get('median'))} / "
              f"{nanoseconds(wait.get(name, {}).get('median'))}"
              for name in _entry_engines(found)]]))
    rows = [row for _, _, row in sorted(rows)]
    if not rows:
        return ""
    return ("Which block matched (the longest): independent / dependent ns:"
            "\n\n" + table(["", "blocks", *_entry_engines(found)], rows))


def _entry_engines(found):
    return sorted({name for key, engines in found.items()
                   if key[4] == "entry" for name in engines})


def tables(results):
    found = cells(results)
    if not found:
        return ""
    families = sorted({key[1] for key in found})
    out = [_main_table(found, family) for family in families]
    out += [_pattern_table(found, family) for family in families]
    out += [_engine_table(found, family) for family in families]
    out.append(_entry_table(found))
    return "\n".join(part for part in out if part)

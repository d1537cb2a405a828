# SPDX-License-Identifier: Apache-2.0
"""What was to be reached with address sets and with decisions, beside what
was."""
from . import ipset
from .common import OWN, nanoseconds, table

#: ns of one lookup, half of the addresses inside, on a quiet Zen 5: set before
#: there was any code, from prototypes.  A column is a number of blocks.
SIZES = [8, 16, 256, 4096, 65536, "full table", "hosts"]
TARGETS = {
    (4, "independent"): [0.8, 0.9, 1.0, 1.4, 1.8, 1.7, 8],
    (4, "dependent"): [4.6, 5.0, 7.0, 7.5, 9.0, 7.8, 35],
    (4, "batch"): [0.15, 0.3, 0.5, 0.5, 0.65, 0.65, 5],
    (6, "independent"): [0.9, 1.3, 2.5, 4.0, 5.5, 5.5, 60],
    (6, "dependent"): [5.5, 6.0, 12, 15, 18, 18, 140],
    (6, "batch"): [0.3, 0.6, 2.2, 3.8, 4.5, 4.2, 50]}
FULL = {4: 901899, 6: 160147}


def _key(family, column):
    if column == "hosts":
        return "hosts", family, 1048576, "half"
    return "table", family, FULL[family] if column == "full table" else \
        column, "half"


def targets(found):
    rows = []
    for (family, mode), wanted in TARGETS.items():
        row = [f"IPv{family} {mode}"]
        for column, target in zip(SIZES, wanted):
            own = found.get((*_key(family, column), mode), {}).get(OWN)
            row.append(f"{own['median']:.3g} ({target:g})" if own else "")
        rows.append(row)
    return ("Measured here, and in brackets what was aimed at on a quiet "
            "Zen 5 with AVX-512, ns:\n\n"
            + table(["", *[f"{size:,}" if isinstance(size, int) else size
                           for size in SIZES]], rows))


# --- ratios ----------------------------------------------------------------

def _compared(found, family, mode, least):
    """(holds, all, [(ratio, where)] that do not)"""
    holds, every, short = 0, 0, []
    for (label, fam, blocks, pattern, of), engines in found.items():
        if fam != family or of != mode or OWN not in engines:
            continue
        key = (label, fam, blocks, pattern)
        best = (ipset.best_throughput(found, key) if mode == "batch"
                else ipset.best_peer(engines))[0]
        if best is None:
            continue
        ratio = best / engines[OWN]["median"]
        every += 1
        if ratio >= least:
            holds += 1
        else:
            short.append((ratio, f"{blocks:,} {pattern}" + (
                f" ({label})" if label in ("hosts", "aws") else "")))
    return holds, every, sorted(short)


def _told(short):
    """The worst ones, by name."""
    return ", ".join(f"{where} {ratio:.2g}x" for ratio, where in short[:6]) + (
        f" and {len(short) - 6} more" if len(short) > 6 else "")


def _slower_batches(found, family):
    short, every = [], 0
    for (label, fam, blocks, pattern, mode), engines in found.items():
        if fam != family or mode != "batch" or OWN not in engines:
            continue
        single = found[label, fam, blocks, pattern, "independent"][OWN]
        every += 1
        ratio = single["median"] / engines[OWN]["median"]
        if ratio < 1:
            short.append((ratio, f"{blocks:,} {pattern}"))
    return every - len(short), every, sorted(short)


def ratios(found):
    rows = []
    for family in (4, 6):
        for words, result in (
                ("3x the throughput of the fastest peer, one by one",
                 _compared(found, family, "independent", 3)),
                ("3x the throughput of the fastest peer, a batch against the "
                 "better of its two", _compared(found, family, "batch", 3)),
                ("2/3 of the latency of the fastest peer",
                 _compared(found, family, "dependent", 1.5)),
                ("a batch is not slower than single calls",
                 _slower_batches(found, family))):
            rows.append([f"IPv{family}: {words}", f"{result[0]} of {result[1]}",
                         _told(result[2])])
    memory = found.get(("table", 4, 65536, None, "build"), {}).get(OWN)
    if memory:
        holds = memory["bytes"] <= 2 << 20
        rows.append(["IPv4: at most 2 MB at 65,536 blocks",
                     f"{holds:d} of 1", f"{memory['bytes'] / 2**20:.2f} MB"])
    return ("How often a goal is met, over every list and pattern, and the "
            "worst places where it is not:\n\n"
            + table(["goal", "met", "not met"], rows))


# --- decisions -------------------------------------------------------------

def _median(results, case, mode="check"):
    return next((result["median"] for result in results
                 if result["suite"] == "decide" and result["engine"] == OWN
                 and result.get("case") == case and result["mode"] == mode
                 and "median" in result), None)


def _grows(results, small, large, words):
    rows = []
    for word in ("allowed", "denied"):
        least = _median(results, f"{small}, {word}")
        most = _median(results, f"{large}, {word}")
        if least and most:
            rows.append([f"{words}, {word}", "within 2x of the small policy",
                         f"{most / least:.2f}x ({nanoseconds(least)} to "
                         f"{nanoseconds(most)})"])
    return rows


def decisions(results):
    from . import decide  # it comes after this one
    found = decide.cells(results, "check")
    rows = []
    for word in ("allowed", "denied"):
        case = f"the mission's policy, {word}"
        if case not in found:
            return ""
        own = _median(results, case)
        rate = decide.best_peer(found, case, True)
        rows.append([f"the mission's policy, {word}", "below 60 ns",
                     nanoseconds(own)])
        if rate[0]:
            rows.append([f"the same, to {rate[1]}", "10x",
                         f"{rate[0] / own:.3g}x"])
        most = [result["median"] for name, result in found[case].items()
                if name.startswith("npm") and "median" in result]
        if most:
            rows.append(["the same, to iam-simulate at its fastest", "400x",
                         f"{min(most) / own:.3g}x"])
    rows += _grows(results, "statements 1", "statements 1,000",
                   "1,000 statements")
    rows += _grows(results, "CIDRs 2", "CIDRs 10,000", "10,000 blocks")
    hostile = [result["median"] for result in results
               if result["suite"] == "decide" and result["engine"] == OWN
               and result["group"] == "hostile globs"
               and result["mode"] == "check"]
    if hostile:
        rows.append(["hostile globs", "below 1 ms",
                     nanoseconds(max(hostile)) + " at most"])
    for result in results:
        if result["suite"] == "decide" and result["engine"] == OWN and \
                result["group"] == "compile" and "text" in result:
            rate = result["text"] * 1e3 / result["median"]
            rows.append([f"compiling {result['case']}", "50 MB/s, 3x memory",
                         f"{rate:.0f} MB/s ({nanoseconds(result['median'])}), "
                         f"{result['bytes'] / result['text']:.2f}x memory"])
    return table(["what", "goal", "measured"], rows)


def tables(results):
    found = ipset.cells(results)
    parts = [ratios(found), targets(found)] if found else []
    return "\n".join([*parts, decisions(results)])

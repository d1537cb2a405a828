# SPDX-License-Identifier: Apache-2.0
"""The Python binding beside Python's own ways to find an address in a list.
All in one process of the Python that has the peers; this binding is loaded into
it from the checkout."""
import subprocess

from .common import (BUILD, OWN, PEERS, ROOT, build, lines, nanoseconds,
                     summary, table)
from .ipset import lists

ABOUT = "address sets from Python"
SIZES = [2, 64, 1024, 16384, 65536]


def measure(options):
    python = PEERS / "python" / "bin" / "python"
    if options.quick or options.peers == ["none"] or not python.exists():
        return
    build("iampolicy")
    version = subprocess.run([python, "-c", "import sys;print(sys.version)"],
                             stdout=subprocess.PIPE, text=True,
                             check=True).stdout.split()[0]
    for label, family, blocks, arguments in lists(options):
        if label not in ("table", "made") or blocks not in SIZES:
            continue
        source = arguments[1] if arguments[0] == "--file" else "made"
        for result in lines([
                python, ROOT / "bench/peers/python_ipset.py",
                ROOT / "bindings/python", BUILD / "libiampolicy.so", source,
                family, blocks, options.rounds or 5]):
            result.update(suite="python", data=label, family=family,
                          blocks=blocks, python=version)
            yield summary(result) if "ns" in result else result


def tables(results):
    found, names = {}, []
    for result in results:
        if result["suite"] == "python" and result["mode"] != "build":
            key = (result["family"], result["blocks"])
            name = result["engine"] + (
                ", batch" if result["mode"] == "batch" else "")
            if name not in names:
                names.append(name)
            found.setdefault(key, {})[name] = result
    if not found:
        return ""
    rows = []
    for (family, blocks), engines in sorted(found.items()):
        rows.append([f"IPv{family}", f"{blocks:,}", *[
            nanoseconds(engines.get(name, {}).get("median"))
            for name in names]])
    assert names[0].startswith(OWN)
    return ("From Python, ns an address: texts one by one; a batch is packed bytes:\n\n"
            + table(["", "blocks", *names], rows))

# SPDX-License-Identifier: Apache-2.0
"""What the suites share: where things are, building them, running programs,
medians, the results of others."""
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build" / "bench"
PEERS = BUILD / "peers"
OWN = "iampolicy"
#: Engines that are no peers: nobody chooses between them and this library.
YARDSTICKS = ("harness alone", "binary search", "linear scan")


class Wrong(Exception):
    """An engine gave a wrong answer, or none."""


def build(*targets):
    """Configure and build, as shipped: optimised and hardened."""
    generator = []
    if not (BUILD / "CMakeCache.txt").exists():
        generator = ["-G", "Ninja"] if _has("ninja") else []
    for command in (
            ["cmake", "--preset", "release", "-B", BUILD, *generator,
             "-DIAMPOLICY_BENCH=ON", "-DIAMPOLICY_TESTS=OFF",
             "-DIAMPOLICY_CLI=ON"],
            ["cmake", "--build", BUILD, "--parallel",
             *(["--target", *targets] if targets else [])]):
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            sys.exit(done.stdout[-3000:] + "\nbench: this did not build")


def _has(program):
    return any(os.access(os.path.join(folder, program), os.X_OK)
               for folder in os.environ.get("PATH", "").split(":"))


def program(name):
    return BUILD / "bench" / name


def corpus(*parts):
    """A file of the collections, or None."""
    base = os.environ.get("IAMPOLICY_CORPUS")
    path = pathlib.Path(base, *parts) if base else None
    return path if path and path.exists() else None


def lines(command, timeout=900):
    """The JSON objects that a program prints, one a line, as they come."""
    with subprocess.Popen([str(part) for part in command],
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          text=True) as process:
        for line in process.stdout:
            yield json.loads(line)
        status = process.wait(timeout)
    if status not in (0, 1):
        raise Wrong(f"{pathlib.Path(command[0]).name} ended with {status}")


def summary(result):
    """The result with median and quartiles in place of its samples."""
    samples = sorted(result.pop("ns"))
    result["median"] = statistics.median(samples)
    if len(samples) > 2:
        low, _, high = statistics.quantiles(samples, n=4)
        result["low"], result["high"] = low, high
    result["samples"] = len(samples)
    for key in ("median", "low", "high"):
        if key in result:
            result[key] = float(f"{result[key]:.4g}")
    return result


def peer_status():
    path = PEERS / "status.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _first(command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
                              check=False).stdout.strip().split("\n")[0]
    except FileNotFoundError:
        return ""


def machine():
    """What the figures were taken on."""
    found = {"kernel": platform.release(), "cores": os.cpu_count(),
             "compiler": _first(["gcc", "--version"]),
             "commit": _first(["git", "rev-parse", "--short", "HEAD"])}
    wanted = {"Model name": "cpu", "CPU family": "family", "Model": "model",
              "L1d cache": "L1d", "L2 cache": "L2", "L3 cache": "L3"}
    done = subprocess.run(["lscpu"], stdout=subprocess.PIPE, text=True,
                          check=False).stdout
    for line in done.splitlines():
        key, _, value = line.strip().partition(":")
        if key in wanted:
            found[wanted[key]] = value.strip()
        if key == "Flags":
            found["simd"] = [flag for flag in ("avx2", "avx512bw", "avx512vl")
                             if flag in value.split()]
    return found


def nanoseconds(value):
    """A time for people."""
    if value is None:
        return ""
    for limit, unit, divisor in ((1e3, "", 1), (1e6, " µs", 1e3),
                                 (1e9, " ms", 1e6)):
        if value < limit:
            return f"{value / divisor:.3g}{unit}"
    return f"{value / 1e9:.3g} s"


def size(value):
    """Bytes for people."""
    for unit in ("B", "KB", "MB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1024
    return f"{value:.3g} GB"


def table(head, rows):
    """Markdown."""
    out = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    out += ["| " + " | ".join(str(cell) for cell in row) + " |"
            for row in rows]
    return "\n".join(out) + "\n"

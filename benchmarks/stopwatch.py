"""What a newcomer waits for: `python -m benchmarks.stopwatch [--install] [--runs 50]`.

Installing (with --install: a new environment, packages as the index gives them), the help, importing, the first result
with nothing compiled, the same again, a comparison, its report. By the clock and in processors' time: on a busy machine
the clock says more of the others.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from .table import machine

ROOT = Path(__file__).resolve().parents[1]


class Time(NamedTuple):
    """Seconds by the clock, and of all processors."""

    clock: float
    processors: float


def timed(command: Sequence[str], environment: Mapping[str, str]) -> Time:
    """Run a command to its end, its errors shown. Raises `CalledProcessError` where it fails."""
    before, start = _spent(), time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=dict(environment), check=True, stdout=subprocess.DEVNULL)
    return Time(time.perf_counter() - start, _spent() - before)


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def waits(folder: Path, runs: int, install: bool) -> dict[str, Time]:
    """Every wait in the order in which a newcomer meets it; all that is written goes into a folder."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "MPLBACKEND": "Agg"}
    python, found = sys.executable, {}
    if install:
        start = time.perf_counter()
        venv.create(folder / "environment", with_pip=True)
        created = time.perf_counter() - start
        python = str(folder / "environment" / "bin" / "python")
        took = timed([python, "-m", "pip", "install", "-q", "-c", "constraints.txt", "."], environment)
        found["install"] = Time(took.clock + created, took.processors)
    circuit = [python, "-m", "experiments.cli"]
    study = [
        "compare",
        "baseline",
        "late-chips",
        "--runs",
        str(runs),
        "--no-report",
        "--results",
        str(folder / "study"),
    ]
    one = ["run", "baseline", "--results", str(folder / "run")]
    steps = {
        "help": [*circuit, "--help"],
        "import simulation": [python, "-c", "import simulation"],
        "first result: circuit run, nothing compiled": [*circuit, *one],
        "the same again": [*circuit, *one],
        f"circuit compare, two economies, {runs} runs each": [*circuit, *study],
        "circuit report of it": [*circuit, "report", str(folder / "study")],
    }
    return found | {words: timed(command, environment) for words, command in steps.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stopwatch", description=__doc__)
    parser.add_argument("--install", action="store_true", help="also install into a new environment")
    parser.add_argument("--runs", type=int, default=50, help="runs of each economy of the comparison")
    options = parser.parse_args()
    busy = os.getloadavg()[0]
    table = Table(
        "what", "seconds", "processors' seconds", caption=f"{machine()}; load average {busy:.1f} at the start"
    )
    with tempfile.TemporaryDirectory() as folder:
        for words, took in waits(Path(folder), options.runs, options.install).items():
            table.add_row(words, f"{took.clock:.2f}", f"{took.processors:.2f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()

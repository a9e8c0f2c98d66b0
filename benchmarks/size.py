"""What a large batch costs: the headline study of many runs, and a part of it by Mesa's own batch_run.

`python -m benchmarks.size [--runs 10000] [--mesa 200]`. The study runs as `circuit compare` in a process of its own,
whose memory is read while it works. Mesa runs the same economies through `simulation.mesa_model`, and keeps the same
series, in memory: it stores nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import mesa
import numpy as np
import pandas as pd
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.processes import ROOT, circuit, environment, processor_seconds
from benchmarks.table import machine
from experiments.batch.compiling import prepare
from experiments.batch.worker import drawn
from experiments.store.results import ALL_TABLES, SEALS, Results
from experiments.study.schema import Plan, load_study, plan, with_runs
from simulation.mesa_model import CircuitModel

WORKERS = 2
SECONDS_BETWEEN_LOOKS = 0.5
STORED = (*ALL_TABLES, SEALS)
MOMENTS = (0.1, 0.25, 0.5, 0.75, 1.0)


class Look(NamedTuple):
    """The command at one moment: seconds since its start, shards that count, resident memory in MB."""

    seconds: float
    shards: int
    megabytes: float


class Circuit(NamedTuple):
    """What `circuit compare` took, as far as it was watched from outside."""

    runs: int
    seconds: float
    processor: float
    batch_seconds: float
    looks: list[Look]
    stored_bytes: int
    other_bytes: int

    def megabytes_at(self, share: float) -> float:
        """Memory when this share of the shards was committed."""
        return next(look.megabytes for look in self.looks if look.shards >= share * self.looks[-1].shards)

    @property
    def growth(self) -> float:
        """Change of the memory from a tenth of the batch to its end, MB."""
        return self.megabytes_at(1.0) - self.megabytes_at(0.1)


class Mesa(NamedTuple):
    """What batch_run took, and how many of its runs have the series that Circuit has stored."""

    runs: int
    seconds: float
    processor: float
    megabytes: float
    same: int


@cache
def headline(seeds: int) -> Plan:
    """The headline study with this many seeds."""
    return plan(with_runs(load_study("headline"), seeds))


class HeadlineModel(CircuitModel):
    """A run of the headline study as a Mesa model, by its place in the plan of one seed after the other."""

    def __init__(self, run: int) -> None:
        spec = headline(run + 1).specs[run]
        super().__init__(drawn(spec), rng=spec.seed, vintage=spec.vintage, quarters=spec.quarters, firms=spec.firms)


def compared(seeds: int, folder: Path) -> Circuit:
    """Run the headline study with the command line and watch it."""
    asked = ("compare", "--study", "headline", "--runs", str(seeds), "--workers", str(WORKERS))
    looks, before, started = [], processor_seconds(), time.monotonic()
    command = circuit(*asked, "--results", str(folder))
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL) as process:
        parent = psutil.Process(process.pid)
        while process.poll() is None:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            looks.append(Look(time.monotonic() - started, _shards(folder), _megabytes(parent)))
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    facts = json.loads((folder / "manifest.json").read_text())
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    stored = sum(size for path, size in sizes.items() if path.relative_to(folder).parts[0] in STORED)
    return Circuit(
        runs=facts["runs_computed"],
        seconds=time.monotonic() - started,
        processor=processor_seconds() - before,
        batch_seconds=facts["seconds"],
        looks=[look for look in looks if look.megabytes],
        stored_bytes=stored,
        other_bytes=sum(sizes.values()) - stored,
    )


def _shards(folder: Path) -> int:
    return len(list(folder.glob(f"{SEALS}/*.json")))


def _megabytes(process: psutil.Process) -> float:
    """Resident memory; zero of a process that has ended."""
    try:
        return float(process.memory_info().rss / 2**20)
    except psutil.Error:
        return 0.0


def by_mesa(runs: int, folder: Path) -> Mesa:
    """The first runs of the study through Mesa's batch_run, every series of every quarter kept."""
    held, before, started = _megabytes(psutil.Process()), processor_seconds(), time.perf_counter()
    rows = mesa.batch_run(
        HeadlineModel,
        {"run": range(runs)},
        number_processes=WORKERS,
        max_steps=1000,
        data_collection_period=1,
        display_progress=False,
    )
    seconds, processor = time.perf_counter() - started, processor_seconds() - before
    megabytes = _megabytes(psutil.Process()) - held
    return Mesa(runs, seconds, processor, megabytes, _same(pd.DataFrame(rows), headline(runs), folder))


def _same(rows: pd.DataFrame, planned: Plan, folder: Path) -> int:
    """How many runs of Mesa have all series as they are stored, which is in single precision."""
    stored = dict(iter(Results(folder, planned.identity).read("series").groupby("run_id")))
    same = 0
    for run, spec in enumerate(planned.specs[: rows["run"].nunique()]):
        kept, collected = stored[spec.run_id], rows[rows["run"] == run].sort_values("Step")
        names = [name for name in kept.columns if name in rows.columns]
        same += np.array_equal(collected[names].to_numpy("f4"), kept[names].to_numpy("f4"), equal_nan=True)
    return same


def rows_of(ours: Circuit, theirs: Mesa | None) -> list[tuple[str, str]]:
    """The table: what was measured, and the figure."""
    rate, memory = ours.runs / ours.batch_seconds, [f"{ours.megabytes_at(share):,.0f}" for share in MOMENTS]
    report = max(look.megabytes for look in ours.looks)
    rows = [
        ("runs of the headline study, two workers", f"{ours.runs:,}"),
        ("wall time of the batch, and with analysis and report", f"{ours.batch_seconds:,.0f} s, {ours.seconds:,.0f} s"),
        ("runs a second", f"{rate:,.1f}"),
        ("slowest and fastest tenth of the batch", _slowest_and_fastest(ours)),
        (
            f"parent's memory at {', '.join(f'{share:.0%}' for share in MOMENTS)} of the batch",
            f"{', '.join(memory)} MB",
        ),
        ("its change from 10% to the end, under 20 MB", f"{ours.growth:+,.1f} MB"),
        ("its peak, in analysis and report", f"{report:,.0f} MB"),
        ("tables and seals on the disk", f"{ours.stored_bytes / ours.runs:,.0f} bytes a run"),
        ("report, figures and ledger", f"{ours.other_bytes / 2**20:,.1f} MB"),
    ]
    if theirs is None:
        return rows
    pairs = ((ours.batch_seconds, theirs.seconds), (ours.processor, theirs.processor))
    wall, processor = ((mine / ours.runs, mesas / theirs.runs) for mine, mesas in pairs)
    return [
        *rows,
        (f"the first {theirs.runs:,} by Mesa's batch_run, two processes", f"{theirs.seconds:,.1f} s"),
        ("the same series in both", f"{theirs.same:,} of {theirs.runs:,} runs"),
        ("wall time a run, Circuit and batch_run", _ratio(*wall)),
        ("processor time a run, report included, and batch_run", _ratio(*processor)),
        ("batch_run's parent keeps", f"{theirs.megabytes / theirs.runs * 1024:,.0f} KB of memory a run"),
    ]


def _ratio(mine: float, theirs: float) -> str:
    return f"{mine * 1e3:,.1f} ms, {theirs * 1e3:,.1f} ms: {theirs / mine:.2f}x"


def _slowest_and_fastest(ours: Circuit) -> str:
    """Runs a second in the slowest and in the fastest tenth between the first and the last shard."""
    per_shard, looks = ours.runs / ours.looks[-1].shards, ours.looks
    marks = [next(look for look in looks if look.shards >= tenth / 10 * looks[-1].shards) for tenth in range(1, 11)]
    spans = [(late.shards - early.shards, late.seconds - early.seconds) for early, late in pairwise(marks)]
    rates = [shards * per_shard / seconds for shards, seconds in spans if seconds > 0]
    return f"{min(rates):,.1f}, {max(rates):,.1f} runs a second" if rates else "too short to tell"


def main() -> None:
    """Run, watch and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.size", description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000, help="about as many runs (default: 1000)")
    parser.add_argument("--mesa", type=int, default=100, help="of which by batch_run too (default: 100; 0 for none)")
    asked = parser.parse_args()
    console = Console() if sys.stdout.isatty() else Console(width=120)
    prepare()
    arms = len(headline(1).arms)
    with tempfile.TemporaryDirectory() as scratch:
        ours = compared(math.ceil(asked.runs / arms), Path(scratch, "results"))
        theirs = by_mesa(min(asked.mesa, ours.runs), Path(scratch, "results")) if asked.mesa else None
    table = Table("what", "figure", title="Size", caption=machine())
    for row in rows_of(ours, theirs):
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    main()

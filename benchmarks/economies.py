"""Circuit as it is measured: full quarters of the whole economy, books and audit included."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.memory import peak_megabytes
from benchmarks.timing import Clock, seconds_of
from simulation import Economy, Scenario
from simulation.scenario import draw_prior

if TYPE_CHECKING:
    from experiments.batch.worker import Rows
    from experiments.study.schema import RunSpec

HORIZON = 40
HISTORY = 11  # quarters from 2022Q4 to 2025Q3


def opening(firms: int, quarters: int = HORIZON, seed: int = 1) -> Economy:
    """The baseline economy before its first quarter, as batches run it: audited, matrices not kept."""
    scenario = Scenario.load("baseline")
    return Economy(scenario, seed=seed, firms=firms, quarters=quarters, keep_books=False)


def agents_in(economy: Economy) -> int:
    """All agents, firms and everybody else."""
    return sum(len(records) for records in economy.kinds.values())


def quarter_clock(firms: int, quarters: int) -> Clock:
    """Mean seconds of a quarter over the first quarters of a run; building the opening is not counted."""
    return lambda: seconds_of(opening(firms, quarters).run) / quarters


class Parts(NamedTuple):
    """Seconds of processor time of an opening, of forty quarters, and of the outcome with its twin."""

    opening: float
    quarters: float
    outcome: float


def parts(firms: int, rounds: int = 25) -> Parts:
    """The shortest of several tries of every part of a run, each with a seed whose opening nobody has built yet."""

    def one(seed: int) -> Parts:
        started = process_time()
        economy = opening(firms, seed=seed)
        opened = process_time()
        economy.run()
        ran = process_time()
        economy.outcome  # noqa: B018  what takes time is asking
        return Parts(opened - started, ran - opened, process_time() - ran)

    return Parts(*map(min, zip(*(one(seed) for seed in range(101, 101 + rounds)), strict=True)))


def history_seconds(seed: int) -> float:
    """Processor time of a run from 2022Q4 to 2025Q3 with parameters drawn from the prior."""
    started = process_time()
    scenario = Scenario.load("baseline").with_parameters(**draw_prior(seed))
    Economy(scenario, seed=seed, vintage="2022Q4", quarters=HISTORY, firms=200, keep_books=False).run()
    return process_time() - started


def run_and_judge(firms: int, seed: int = 1) -> object:
    """A whole run, from building the opening balance sheets to the outcome."""
    return opening(firms, seed=seed).run().outcome


def loop_seconds(runs: int) -> float:
    """The bare loop: runs one after another in this process, nothing stored."""

    def loop() -> None:
        for seed in range(1, runs + 1):
            run_and_judge(1_000, seed)

    return seconds_of(loop)


def batch_seconds(runs: int, workers: int) -> float:
    """The same runs as a study on worker processes, written to Parquet; starting the workers included."""
    from experiments.batch.runner import run_batch
    from experiments.store.results import Results
    from experiments.study.schema import parse_study, plan

    batch = plan(parse_study({"runs": runs, "prior": False}, "benchmark"))
    with tempfile.TemporaryDirectory() as folder:
        return run_batch(batch, Results(folder, batch.identity), workers, show_progress=False).seconds


class StoredBatch(NamedTuple):
    """Seconds of a batch, start of the workers included, the peak memory of all its processes together and the bytes
    that it has left on the disk."""

    seconds: float
    megabytes: float
    stored: int


def stored_batch(runs: int, workers: int, cluster: str | None = None) -> StoredBatch:
    """A study of the baseline written to Parquet, here or on a Dask scheduler of this machine."""
    from experiments.batch.runner import run_batch
    from experiments.store.results import Results
    from experiments.study.schema import parse_study, plan

    batch = plan(parse_study({"runs": runs, "prior": False}, "benchmark"))
    with tempfile.TemporaryDirectory() as folder:
        results, peaks = Path(folder) / "results", Path(folder) / "peaks"
        peaks.mkdir()
        took = run_batch(
            batch,
            Results(results, batch.identity),
            workers,
            show_progress=False,
            run_one=partial(noting_memory, str(peaks)),
            cluster=cluster,
        )
        memory = peak_megabytes() + sum(float(file.read_text()) for file in peaks.iterdir())
        stored = sum(file.stat().st_size for file in results.rglob("*") if file.is_file())
    return StoredBatch(took.seconds, memory, stored)


def noting_memory(folder: str, spec: RunSpec) -> Rows:
    """A run; its worker leaves in a folder what memory it has needed so far (MB)."""
    from experiments.batch.worker import run_one

    rows = run_one(spec)
    (Path(folder) / str(os.getpid())).write_text(str(peak_megabytes()))
    return rows


class Headline(NamedTuple):
    """Runs a second of the headline study on two workers, and seconds of its report."""

    pace: float
    report: float


def headline(runs: int) -> Headline:
    """The shipped headline study with so many runs of each arm, parameters drawn, written to Parquet; and its report
    with every figure, in a process of its own."""
    from benchmarks import processes
    from experiments.batch.provenance import facts_of
    from experiments.batch.runner import run_batch
    from experiments.store.results import Results
    from experiments.study.schema import load_study, plan

    batch = plan(load_study("headline").model_copy(update={"runs": runs}))
    with tempfile.TemporaryDirectory() as folder:
        done = run_batch(batch, Results(folder, batch.identity, facts_of(batch)), 2, show_progress=False)
        report = processes.process_clock(processes.circuit("report", folder))()
    return Headline(done.computed / done.seconds, report)


def copy_of_state(economy: Economy) -> Callable[[], object]:
    """Read every byte of the agents' state once and write it once: the machine's own limit."""
    state = [np.ascontiguousarray(records).view(np.uint8).ravel() for records in economy.kinds.values()]
    target = [np.empty_like(block) for block in state]

    def copy() -> None:
        for source, block in zip(state, target, strict=True):
            np.copyto(block, source)

    return copy

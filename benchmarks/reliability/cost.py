"""Item 11: what the runner costs beside the runs."""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.reliability.batch import Figure, results_of
from experiments.runner import compute, run_batch
from experiments.study import Plan, RunSpec
from experiments.worker import run_block, start_worker
from tests.experiments import stand_ins

STARTS = "CIRCUIT_BENCHMARK_STARTS"
RUNS_AT_ONCE = 20


def overhead(full: bool) -> Figure:
    """11. Processor time of a batch over that of bare loops, and the use of two workers.

    The loops run in two processes at once, as the batch does, for two busy cores are slower than one; both are
    measured in turns, since the pace of a machine changes by more than the runner costs. What it takes to start
    Python and load the rules is left out of both.
    """
    plan = stand_ins.small_plan(300 if full else 200, firms=1000, quarters=40, prior=True)
    _batch_seconds(plan.of_seeds(2))  # what is imported on the way is imported now
    pairs = [(_bare_seconds(plan.specs), _batch_seconds(plan)) for _ in range(7 if full else 3)]
    extras = sorted(batch / bare - 1.0 for bare, batch in pairs)
    bare, batch = (sum(each) / len(pairs) / len(plan.specs) for each in zip(*pairs, strict=True))
    use = _use_of_two_workers(list(plan.specs))
    figure = (
        f"{len(pairs)} x {len(plan.specs)} runs: {bare * 1e3:.1f} ms of processor a run in bare loops, "
        f"{batch * 1e3:.1f} ms in batches: {median(extras):+.1%} ({extras[0]:+.1%} to {extras[-1]:+.1%}); "
        f"workers busy {use:.0%}"
    )
    return Figure("cost of the runner", figure, median(extras) <= 0.05 and use >= 0.95)


def _bare_seconds(specs: Sequence[RunSpec]) -> float:
    """Seconds of processor of two processes at once that loop over half of the runs each and keep nothing."""
    halves = [specs[: len(specs) // 2], specs[len(specs) // 2 :]]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, spawn, initializer=start_worker) as processes:
        return sum(processes.map(_loop_seconds, halves))


def _loop_seconds(specs: list[RunSpec]) -> float:
    started = time.process_time()
    for first in range(0, len(specs), RUNS_AT_ONCE):
        run_block(specs[first : first + RUNS_AT_ONCE])
    return time.process_time() - started


def _batch_seconds(plan: Plan) -> float:
    """Seconds of processor of a batch on two workers, all its processes together, less what they took to start."""
    with tempfile.TemporaryDirectory() as scratch:
        starts = Path(scratch, "starts")
        starts.mkdir()
        os.environ[STARTS] = str(starts)
        before = _processor_seconds()
        run_batch(plan, results_of(plan, Path(scratch, "results")), 2, False, start=start_and_tell)
        spent = _processor_seconds() - before
        return spent - sum(float(file.read_text()) for file in starts.iterdir())


def start_and_tell() -> None:
    """Start as a worker does, and leave word of the processor time that it took."""
    start_worker()
    Path(os.environ[STARTS], str(os.getpid())).write_text(str(time.process_time()))


def _processor_seconds() -> float:
    """Seconds of processor of this process and of those that it has started and awaited."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _use_of_two_workers(specs: list[RunSpec]) -> float:
    """Share of the time from the first run to the last in which two workers compute runs."""
    started, computing = 0.0, 0.0
    for number, (_, rows) in enumerate(compute(specs, 2)):
        if number == 2:
            started = time.perf_counter()
        if number > 2:
            computing += rows["seconds"]
    return computing / (2.0 * (time.perf_counter() - started))

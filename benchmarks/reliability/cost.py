"""Item 11: what the runner costs beside the runs."""

from __future__ import annotations

import os
import tempfile
import time
from functools import lru_cache
from pathlib import Path

from benchmarks.processes import processor_seconds
from benchmarks.reliability.batch import Figure, results_of
from experiments.batch.runner import compute, run_batch
from experiments.batch.worker import Rows, run_one, start_worker
from experiments.study.schema import Plan, RunSpec
from tests.experiments import stand_ins

NOTES = "CIRCUIT_BENCHMARK_NOTES"
_looping = 0.0


def overhead(full: bool) -> Figure:
    """11. Processor time of a batch over that of its runs alone, and the use of two workers.

    Both are of the same processes at the same time. A bare loop measured before or after, or alone on a machine of
    two cores, says more of the pace of the machine than of the runner: between two tries it differs by a tenth.
    Starting Python and loading the rules is left out.
    """
    plan = stand_ins.small_plan(1000 if full else 200, firms=1000, quarters=40, prior=True)
    _seconds(plan.of_seeds(2))  # what is imported on the way is imported now
    in_all, in_runs = _seconds(plan)
    use, runs = _use_of_two_workers(list(plan.specs)), len(plan.specs)
    extra = in_all / in_runs - 1.0
    figure = (
        f"{runs:,} runs: {in_all / runs * 1e3:.1f} ms of processor a run, {in_runs / runs * 1e3:.1f} ms of them in "
        f"the run itself: {extra:+.1%}; workers busy {use:.0%}"
    )
    return Figure("cost of the runner", figure, extra <= 0.05 and use >= 0.95)


def _seconds(plan: Plan) -> tuple[float, float]:
    """Processor time of a batch on two workers, less what they took to start: of all processes, and in runs."""
    with tempfile.TemporaryDirectory() as scratch:
        notes = Path(scratch, "notes")
        notes.mkdir()
        os.environ[NOTES] = str(notes)
        before = processor_seconds()
        run_batch(plan, results_of(plan, Path(scratch, "results")), 2, False, loop_and_tell, start_and_tell)
        spent = processor_seconds() - before
        starting, looping = (
            sum(float(note.read_text()) for note in notes.glob(f"*-{kind}")) for kind in ("start", "loop")
        )
        return spent - starting, looping


def start_and_tell() -> None:
    """Start as a worker does, and leave word of the processor time that it took."""
    start_worker()
    _note("start", time.process_time())


def loop_and_tell(spec: RunSpec) -> Rows:
    """Compute a run as a worker does, and leave word of the processor time in all of them so far."""
    global _looping
    started = time.process_time()
    rows = run_one(spec)
    _looping += time.process_time() - started
    _note("loop", _looping)
    return rows


@lru_cache
def _open_note(kind: str) -> int:
    return os.open(Path(os.environ[NOTES], f"{os.getpid()}-{kind}"), os.O_WRONLY | os.O_CREAT)


def _note(kind: str, seconds: float) -> None:
    """Write over what was noted before, without opening the file anew: that would count as the runner's time."""
    os.pwrite(_open_note(kind), f"{seconds:.9f}".encode(), 0)


def _use_of_two_workers(specs: list[RunSpec]) -> float:
    """Share of the time from the first run to the last in which two workers compute runs."""
    started, computing = 0.0, 0.0
    for number, (_, rows) in enumerate(compute(specs, 2)):
        if number == 2:
            started = time.perf_counter()
        if number > 2:
            computing += rows["seconds"]
    return computing / (2.0 * (time.perf_counter() - started))

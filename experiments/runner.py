"""Runs a plan on worker processes and commits what is finished, shard by shard.

Tasks are blocks of runs long enough to hide the cost of sending them. What was finished before an
interruption is kept, and the same command goes on from there.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import worker
from .crew import Crew, RunBlock, Start
from .shards import Shards
from .worker import Rows

if TYPE_CHECKING:
    from .store import Results
    from .study import Plan, RunSpec

SHORTEST_TASK = 0.2
TASKS_PER_WORKER = 4
LARGEST_BLOCK = 500


class Interrupted(Exception):
    """Ctrl-C or a termination signal: what was finished is committed, the rest is not lost but not done."""

    def __init__(self, finished: int, total: int) -> None:
        self.finished, self.total = finished, total
        super().__init__(f"{finished} of {total} runs are finished and saved")


@dataclass(frozen=True)
class BatchReport:
    """What a batch did: runs computed now, found from before, failed in all, and the seconds it took."""

    computed: int
    found: int
    failed: int
    seconds: float
    workers: int


def default_workers() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def prepare() -> None:
    """Compile the rules before any worker needs them, and say so if that will take a while."""
    if not worker.rules_are_compiled():
        print("compiling the rules once, about a minute ...", file=sys.stderr, flush=True)
        worker.warm_up()


def run_batch(
    plan: Plan,
    results: Results,
    workers: int | None = None,
    show_progress: bool = True,
    run_block: RunBlock = worker.run_block,
    start: Start | None = worker.start_worker,
) -> BatchReport:
    """Compute the runs of a plan that the results folder does not hold yet.

    Returns what was done; raises `Interrupted` after a signal, with everything finished committed. The tables
    do not depend on the number of workers or on the order in which they finish.
    """
    started, count = time.perf_counter(), workers or default_workers()
    shards = Shards(plan, results)
    todo = shards.missing()
    with _progress(len(todo), show_progress) as bar, _signals_as_interrupt():
        try:
            for spec, rows in compute(todo, count, run_block, start):
                shards.add(spec, rows)
                bar.set_postfix_str(f"failed {shards.failed}" if shards.failed else "", refresh=False)
                bar.update()
        except KeyboardInterrupt:
            _commit_undisturbed(shards)
            raise Interrupted(len(shards.done), shards.total) from None
        _commit_undisturbed(shards)
    seconds = time.perf_counter() - started
    return BatchReport(len(todo), shards.total - len(todo), shards.failed, seconds, count)


def compute(
    specs: Sequence[RunSpec],
    workers: int,
    run_block: RunBlock = worker.run_block,
    start: Start | None = worker.start_worker,
) -> Iterator[tuple[RunSpec, Rows]]:
    """Runs with their rows, in the order they finish. First runs tell how long one takes."""
    if not specs:
        return
    first, rest = specs[:workers], list(specs[workers:])
    seconds: list[float] = []
    with Crew(min(workers, len(specs)), run_block, start) as crew:
        for spec, rows in crew.finish([spec] for spec in first):
            seconds.append(rows.get("seconds", SHORTEST_TASK))
            yield spec, rows
        yield from crew.finish(_blocks(rest, min(seconds), workers))


def _blocks(specs: list[RunSpec], seconds: float, workers: int) -> list[list[RunSpec]]:
    """Cut into tasks of at least `SHORTEST_TASK`, but enough of them to keep all workers busy to the end."""
    longest = max(1, len(specs) // (TASKS_PER_WORKER * workers))
    size = min(math.ceil(SHORTEST_TASK / max(seconds, 1e-6)), longest, LARGEST_BLOCK)
    return [specs[start : start + size] for start in range(0, len(specs), size)]


@contextmanager
def _signals_as_interrupt() -> Iterator[None]:
    """Treat a request to terminate like Ctrl-C, so that both end with finished runs on the disk."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not in the main thread: signals are somebody else's business
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _commit_undisturbed(shards: Shards) -> None:
    """Write what is finished; an impatient second Ctrl-C waits until the files are whole."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:
        shards.commit()
        return
    try:
        shards.commit()
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress(total: int, show: bool) -> Iterator[Any]:
    from tqdm import tqdm

    often = 0.1 if sys.stderr.isatty() else 10.0
    hidden = not (show and total)
    with tqdm(total=total, unit="run", file=sys.stderr, disable=hidden, mininterval=often, smoothing=0.05) as bar:
        yield bar

"""Runs a plan on worker processes and commits what is finished, shard by shard.

Tasks are blocks of runs long enough to hide the cost of sending them. What was finished before an interruption is kept,
and the same command goes on from there."""

from __future__ import annotations

import math
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Any

from simulation.errors import CircuitError

from ..common.interruption import Interrupted as Interrupted
from ..common.progress import counted, progress
from ..store.ledger import Ledger
from . import worker
from .collecting import Shards
from .compiling import prepare
from .pool import Block, Limits, Pool, RunOne, Start, default_workers
from .worker import Rows

if TYPE_CHECKING:
    from ..store.results import Results
    from ..study.schema import Plan, RunSpec
    from .cluster import ClusterPool

SHORTEST_TASK = 0.4
TASKS_PER_WORKER = 4
LARGEST_BLOCK = 500
RUNS_REMEMBERED = 51


@dataclass(frozen=True)
class BatchReport:
    """What a batch did: runs computed now, found from before, failed in all, and the seconds it took.

    `seeds` is how many seeds of the plan count: fewer than it has if a stopping rule was met.
    """

    computed: int
    found: int
    failed: int
    seconds: float
    workers: int
    seeds: int


def check_cluster(address: str) -> None:
    """Raise `CircuitError` unless a Dask scheduler with usable workers answers at this address."""
    with _hired(1, worker.run_one, None, None, address):
        pass


def run_batch(
    plan: Plan,
    results: Results,
    workers: int | None = None,
    show_progress: bool = True,
    run_one: RunOne = worker.run_one,
    start: Start | None = worker.start_worker,
    limits: Limits | None = None,
    cluster: str | None = None,
    shards: Sequence[int] | None = None,
) -> BatchReport:
    """Compute the runs of a plan that the results folder does not hold yet.

    On worker processes here, or on those of a Dask scheduler at the address `cluster`. Returns what was done; raises
    `Interrupted` after a signal, and `CircuitError` if another process computes in the folder or if workers or cluster
    are lost. However it ends, everything finished is committed. The tables do not depend on the number of workers, on
    where they are, or on the order in which they finish. With `shards` only the runs of those shards are computed."""
    # A signal in the middle of an import can leave the interpreter's lock on imports taken for good, and then the
    # threads that write a shard must not need it any more.
    import pyarrow.compute
    import pyarrow.parquet

    # Arrow's own allocator gives its memory back after each shard; to be given it again takes a third of the time
    # that the shard does.
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    started, count = time.perf_counter(), workers or default_workers()
    with results.locked():
        results.tidy()
        results.save_manifest()
        with Ledger(results.place.ledger, results.seals.values()) as ledger:
            collected = Shards(plan, results, ledger, shards)
            todo = collected.missing_count
            with progress(todo, "run", shown=show_progress) as bar, _signals_as_interrupt():
                try:
                    if todo:
                        with _hired(min(count, todo), run_one, start, limits, cluster) as pool:
                            count = pool.size if cluster else count
                            _collect(_finished(pool, collected.missing(), todo), collected, bar)
                except KeyboardInterrupt:
                    raise Interrupted(collected.saved, collected.total, results.place.name) from None
            computed = todo - sum(collected.left)
        results.save_manifest()
    seconds = time.perf_counter() - started
    return BatchReport(computed, collected.total - todo, collected.failed, seconds, count, collected.seeds)


def _collect(runs: Iterator[tuple[RunSpec, Rows]], collected: Shards, bar: Any) -> None:
    """Take finished runs as they come; whatever ends that, what has come is committed."""
    try:
        for spec, rows in runs:
            collected.add(spec, rows)
            bar.set_postfix_str(f"failed {collected.failed}" if collected.failed else "", refresh=False)
            bar.update()
            if collected.enough:
                break
    except KeyboardInterrupt:
        _commit_undisturbed(collected)
        raise
    except BaseException:
        with suppress(CircuitError):  # what ended the batch is told, not that a full disk does not take this either
            _commit_undisturbed(collected)
        raise
    _commit_undisturbed(collected)


def compute(
    specs: Iterable[RunSpec],
    workers: int | None = None,
    run_one: RunOne = worker.run_one,
    start: Start | None = worker.start_worker,
    total: int | None = None,
    limits: Limits | None = None,
    doing: str = "",
) -> Iterator[tuple[RunSpec, Rows]]:
    """Runs with their rows, in the order they finish, counted on the screen. Rules are compiled before the first; runs
    are drawn from `specs` as workers need them, on all processors unless `workers` says how many."""
    if total is None:
        specs = list(specs)
        total = len(specs)
    if total:
        prepare()
        with _hired(min(workers or default_workers(), total), run_one, start, limits, None) as pool:
            yield from counted(_finished(pool, specs, total), "run", doing, total)


def _finished(pool: Pool | ClusterPool, specs: Iterable[RunSpec], total: int) -> Iterator[tuple[RunSpec, Rows]]:
    """Runs with their rows as a pool finishes them, in tasks of the length that its pace asks for."""
    pace = Pace(total, pool.size)
    for spec, rows in pool.finish(pace.blocks(specs)):
        pace.note(rows.get("seconds"))
        yield spec, rows


def _hired(
    size: int, run_one: RunOne, start: Start | None, limits: Limits | None, cluster: str | None
) -> Pool | ClusterPool:
    if cluster is None:
        return Pool(size, run_one, start, limits)
    from .cluster import ClusterPool

    return ClusterPool(cluster, run_one, limits)


class Pace:
    """How long runs take, and so how many make a task worth sending."""

    def __init__(self, total: int, workers: int) -> None:
        self.left, self.workers = total, workers
        self.seconds: deque[float] = deque(maxlen=RUNS_REMEMBERED)

    def note(self, seconds: float | None) -> None:
        """Learn from a finished run."""
        if seconds is not None:
            self.seconds.append(seconds)

    def size(self) -> int:
        """Runs for a task of `SHORTEST_TASK`, but few enough to keep all workers busy to the end."""
        longest = max(1, self.left // (TASKS_PER_WORKER * self.workers))
        a_run = median(self.seconds) if self.seconds else SHORTEST_TASK
        return min(math.ceil(SHORTEST_TASK / max(a_run, 1e-6)), longest, LARGEST_BLOCK)

    def blocks(self, specs: Iterable[RunSpec]) -> Iterator[Block]:
        """Cut runs into tasks, each as long as is wise at the moment."""
        source = iter(specs)
        while block := list(islice(source, self.size())):
            self.left -= len(block)
            yield block


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
    """Write what is finished; an impatient second signal waits until the files are whole."""
    try:
        before = {sent: signal.signal(sent, signal.SIG_IGN) for sent in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:
        shards.commit()
        return
    try:
        shards.commit()
    finally:
        for sent, handler in before.items():
            signal.signal(sent, handler)

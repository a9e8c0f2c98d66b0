"""Runs that answer while a reader drags: worker processes that always work on what was asked last.

A run that has been computed once is kept, so the runs without the changes cost nothing from the second question on.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..batch.pool import Block, Pool, default_workers
from ..batch.worker import run_block, start_worker
from .asked import Asked

if TYPE_CHECKING:
    from ..batch.worker import Rows
    from ..study.schema import RunSpec

RUNS_A_TASK = 2
RUNS_KEPT = 6000  # each takes some 20 kB
SHOWN = ("outcome", "series", "failure")


class Pair(NamedTuple):
    """Two finished runs of one seed: without the reader's changes, and with them."""

    seed: int
    without: Rows
    changed: Rows


class Asker:
    """One reader's question and the runs of it that are still to be given out."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.specs = asked, asked.plan.specs
        self.next = 0


class PairRunner:
    """Answers the newest question of each reader; a context manager that leaves no process behind."""

    def __init__(self, workers: int | None = None) -> None:
        self.size = workers or default_workers()
        self.computed = 0
        self._runs: OrderedDict[str, Rows] = OrderedDict()
        self._given_out: set[str] = set()
        self._askers: OrderedDict[str, Asker] = OrderedDict()
        self._changed = threading.Condition()  # its lock may be taken again by who holds it
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="pairs", daemon=True)

    def __enter__(self) -> PairRunner:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def ask(self, reader: str, asked: Asked) -> None:
        """Put a reader's question in the place of the one before. Raises `CircuitError` for one that is not allowed."""
        asker = Asker(asked)
        with self._changed:
            self._askers[reader] = asker
            self._changed.notify_all()

    def forget(self, reader: str) -> None:
        """A reader has left."""
        with self._changed:
            self._askers.pop(reader, None)

    def pairs(self, asked: Asked) -> list[Pair]:
        """The pairs of a question that are finished so far, by seed."""
        with self._changed:
            return [
                Pair(seed, self._runs[without], self._runs[changed])
                for seed, without, changed in asked.run_ids
                if without in self._runs and changed in self._runs
            ]

    def wait(self, asked: Asked, seconds: float, number: int | None = None) -> bool:
        """Wait until a number of pairs of a question, every one by default, is finished; whether it came to that."""
        wanted = asked.runs if number is None else number
        with self._changed:
            return self._changed.wait_for(lambda: len(self.pairs(asked)) >= wanted, seconds)

    def _work(self) -> None:
        with Pool(self.size, run_block, start_worker) as pool:
            while self._wait_for_work():
                for spec, rows in pool.finish(self._tasks()):
                    self._keep(spec, rows)

    def _wait_for_work(self) -> bool:
        """Sleep until a run is missing; False when it is time to go home."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._something_is_missing())
            return not self._closing

    def _something_is_missing(self) -> bool:
        return any(asker.next < len(asker.specs) for asker in self._askers.values())

    def _tasks(self) -> Iterator[Block]:
        """Runs that are missing, the readers in turn. Asked anew before each task, so that an old question costs no
        more than the tasks that are out already.
        """
        while not self._closing:
            with self._changed:
                task = self._next_task()
            if not task:
                return
            yield task

    def _next_task(self) -> Block:
        for reader in list(self._askers):
            self._askers.move_to_end(reader)
            asker = self._askers[reader]
            task: Block = []
            while asker.next < len(asker.specs) and len(task) < RUNS_A_TASK:
                spec = asker.specs[asker.next]
                asker.next += 1
                if spec.run_id in self._runs:
                    self._runs.move_to_end(spec.run_id)
                elif spec.run_id not in self._given_out:
                    self._given_out.add(spec.run_id)
                    task.append(spec)
            if task:
                return task
        return []

    def _keep(self, spec: RunSpec, rows: Rows) -> None:
        with self._changed:
            self._given_out.discard(spec.run_id)
            kept = {name: rows[name] for name in SHOWN if name in rows}  # type: ignore[literal-required]
            self._runs[spec.run_id] = kept  # type: ignore[assignment]
            self.computed += 1
            while len(self._runs) > RUNS_KEPT:
                self._runs.popitem(last=False)
            self._changed.notify_all()

"""Runs that answer while a reader drags: worker processes that always work on what was asked last.

A run that has been computed once is kept, so the runs without the changes cost nothing from the second question on. All
pairs of a question come as sketches first, which take half the time, and are then made whole."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..batch.pool import Block, Pool, default_workers
from .asked import Asked
from .sketches import Sketch, answer, is_whole, start_quick_worker

if TYPE_CHECKING:
    from ..batch.worker import Rows
    from ..study.schema import RunSpec

SKETCHES_A_TASK = 2
RUNS_KEPT = 6000  # each takes some 20 kB


class Pair(NamedTuple):
    """Two runs of one seed, or sketches of them: without the reader's changes, and with them."""

    seed: int
    without: Rows
    changed: Rows

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing from either run."""
        return is_whole(self.without) and is_whole(self.changed)


class Asker:
    """One reader's question: how many of its runs have been given out as sketches, and how many whole."""

    def __init__(self, asked: Asked) -> None:
        self.specs = asked.plan.specs
        self.sketched = self.completed = 0


class PairRunner:
    """Answers the newest question of each reader; a context manager that leaves no process behind."""

    def __init__(self, workers: int | None = None) -> None:
        self.size = workers or default_workers()
        self.computed = 0
        self._runs: OrderedDict[str, Rows] = OrderedDict()
        self._given_out: set[tuple[str, bool]] = set()
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
        """The pairs of a question that have come so far, by seed."""
        with self._changed:
            return [
                Pair(seed, self._runs[without], self._runs[changed])
                for seed, without, changed in asked.run_ids
                if without in self._runs and changed in self._runs
            ]

    def wait(self, asked: Asked, seconds: float, sketches: int | None = None) -> bool:
        """Wait until all pairs of a question are whole, or so many have come; whether it came to that."""

        def have_come() -> bool:
            pairs = self.pairs(asked)
            if sketches is not None:
                return len(pairs) >= sketches
            return len(pairs) == asked.runs and all(pair.is_whole for pair in pairs)

        with self._changed:
            return self._changed.wait_for(have_come, seconds)

    def _work(self) -> None:
        with Pool(self.size, answer, start_quick_worker) as pool:
            while self._wait_for_work():
                for spec, rows in pool.finish(self._tasks()):
                    self._keep(spec, rows)

    def _wait_for_work(self) -> bool:
        """Sleep until a run is missing; False when it is time to go home."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._something_is_missing())
            return not self._closing

    def _something_is_missing(self) -> bool:
        return any(asker.completed < len(asker.specs) for asker in self._askers.values())

    def _tasks(self) -> Iterator[Block]:
        """Sketches that are missing, then runs; the readers in turn. Asked anew before each task, so that an old
        question costs no more than the tasks that are out already."""
        while not self._closing:
            with self._changed:
                task = self._next_task()
            if not task:
                return
            yield task

    def _next_task(self) -> Block:
        for next_of in (self._next_sketches, self._next_run):
            for reader in list(self._askers):
                self._askers.move_to_end(reader)
                if task := next_of(self._askers[reader]):
                    return task
        return []

    def _next_sketches(self, asker: Asker) -> Block:
        task: Block = []
        while asker.sketched < len(asker.specs) and len(task) < SKETCHES_A_TASK:
            spec = asker.specs[asker.sketched]
            asker.sketched += 1
            if spec.run_id in self._runs:
                self._runs.move_to_end(spec.run_id)
            elif self._give_out(wanted := Sketch(**vars(spec))):
                task.append(wanted)
        return task

    def _next_run(self, asker: Asker) -> Block:
        while asker.completed < len(asker.specs):
            spec = asker.specs[asker.completed]
            asker.completed += 1
            is_there = spec.run_id in self._runs and is_whole(self._runs[spec.run_id])
            if not is_there and self._give_out(spec):
                return [spec]
        return []

    def _give_out(self, spec: RunSpec) -> bool:
        """Note that a run is on its way; False if it has been for a while."""
        if (task := _task_of(spec)) in self._given_out:
            return False
        self._given_out.add(task)
        return True

    def _keep(self, spec: RunSpec, rows: Rows) -> None:
        with self._changed:
            self._given_out.discard(_task_of(spec))
            if is_whole(rows) or spec.run_id not in self._runs:
                self._runs[spec.run_id] = rows
            self.computed += 1
            while len(self._runs) > RUNS_KEPT:
                self._runs.popitem(last=False)
            self._changed.notify_all()


def _task_of(spec: RunSpec) -> tuple[str, bool]:
    """What tells a run that is wanted from another: its identity, and whether a sketch of it will do."""
    return spec.run_id, isinstance(spec, Sketch)

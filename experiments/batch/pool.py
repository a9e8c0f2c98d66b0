"""Worker processes that can be killed at any moment without harm to anything but the task in hand.

Each worker has a pipe of its own, so there is no lock or queue that a dying process could leave broken (pools that
share one queue hang or give up when a worker dies while it holds it). Workers are spawned, not forked, watched for time
and memory, and replaced after a number of tasks."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, NamedTuple

from simulation.errors import CircuitError

from .worker import Rows, attempted, failure

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from ..study.schema import RunSpec

Block = list["RunSpec"]
RunOne = Callable[[Any], Rows]
Start = Callable[[], None]

READY = "ready"
MOST_FALSE_STARTS = 20
TASKS_PER_LIFE = 2000
SECONDS_TO_STOP = 2.0
SECONDS_TO_START = 900.0
SECONDS_BETWEEN_LOOKS = 0.2
SHARE_OF_MEMORY = 0.8


class WorkerKilledError(RuntimeError):
    """A worker process died twice over the same run."""


class Limits(NamedTuple):
    """What a task may take: `seconds` of time and `megabytes` of memory of its worker, the model included.

    `megabytes` of 0 are four fifths of what the machine, or the cluster, has for each worker.
    """

    seconds: float = 600.0
    megabytes: float = 0.0

    def within(self, bytes_of_worker: float) -> Limits:
        """The same, with the memory that a worker may take."""
        return self._replace(megabytes=self.megabytes or SHARE_OF_MEMORY * bytes_of_worker / 2**20)


class Worker:
    """One process, the pipe to it, and the task it is busy with."""

    def __init__(self, run_one: RunOne, start: Start | None) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_serve, args=(theirs, run_one, start), daemon=True)
        with suppress(BrokenPipeError):  # killed before it had read what to do: it is found dead like any other
            self.process.start()
        theirs.close()
        self.is_ready = False
        self.tasks = 0
        self.busy_since = time.monotonic()
        self.over_limit: Exception | None = None
        self.block: Block = []
        self.is_second_attempt = False

    def give(self, block: Block, is_second_attempt: bool) -> None:
        """Hand over a task. A worker that is dead already is noticed when its answer is awaited."""
        self.block, self.is_second_attempt = block, is_second_attempt
        self.tasks, self.busy_since = self.tasks + 1, time.monotonic()
        with suppress(OSError):
            self.connection.send(block)

    def end_if_over(self, limits: Limits) -> None:
        """Kill the process if its task takes too much; it is then found dead like any other."""
        if not (self.block or not self.is_ready) or self.over_limit:
            return
        seconds = limits.seconds if self.is_ready else SECONDS_TO_START
        if time.monotonic() - self.busy_since > seconds:
            self.over_limit = TimeoutError(f"took more than {seconds:g} seconds")
        elif self._megabytes() > limits.megabytes:
            self.over_limit = MemoryError(f"took more than {limits.megabytes:,.0f} MB of memory")
        if self.over_limit:
            self.process.kill()

    def _megabytes(self) -> float:
        import psutil

        try:
            return float(psutil.Process(self.process.pid).memory_info().rss / 2**20)
        except psutil.Error:
            return 0.0

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self.connection.close()
        if self.process.pid is None:  # it never came to life
            return
        self.process.terminate()
        self.process.join(SECONDS_TO_STOP)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()


class Pool:
    """A number of workers; a context manager that leaves no process behind."""

    def __init__(self, size: int, run_one: RunOne, start: Start | None, limits: Limits | None = None) -> None:
        import psutil

        self.size, self.run_one, self.start = size, run_one, start
        self.limits = (limits or Limits()).within(psutil.virtual_memory().total / size)
        self.false_starts = 0
        self.looked_at = time.monotonic()
        self.workers = [self._hire() for _ in range(size)]

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.connection.close()  # all are told at once, then awaited one by one
        for worker in self.workers:
            worker.stop()

    def finish(self, blocks: Iterable[Block]) -> Iterator[tuple[RunSpec, Rows]]:
        """Compute all runs of some blocks, in whatever order they finish; blocks are drawn when needed.

        What a killed worker held is tried once more, each run by itself; a run that then kills its worker again, or
        that goes over a limit all by itself, is a failure. Raises `CircuitError` if workers cannot start."""
        fresh, again, is_more = iter(blocks), deque[Block](), True
        while True:
            for worker in [each for each in self.workers if each.is_ready and not each.block]:
                block = next(fresh, None) if is_more else None
                is_more = block is not None
                if block is not None:
                    worker.give(block, is_second_attempt=False)
                elif again:
                    worker.give(again.popleft(), is_second_attempt=True)
            if not (is_more or again or any(worker.block for worker in self.workers)):
                return
            for worker in self._heard_from():
                answer = self._answer_of(worker)
                block, worker.block = worker.block, []
                if answer is not None:
                    yield from zip(block, answer, strict=True)
                elif worker.is_second_attempt or (worker.over_limit and len(block) == 1):
                    yield block[0], failure(worker.over_limit or WorkerKilledError("the worker process died, twice"))
                else:
                    again.extend([spec] for spec in block)
                if worker.tasks >= TASKS_PER_LIFE and worker in self.workers:
                    self._replace(worker)

    def _heard_from(self) -> list[Worker]:
        """Workers that have sent something or died; waits for the first and watches the others meanwhile."""
        while True:
            speaking = set(wait([worker.connection for worker in self.workers], SECONDS_BETWEEN_LOOKS))
            if time.monotonic() - self.looked_at >= SECONDS_BETWEEN_LOOKS:
                self.looked_at = time.monotonic()
                for worker in self.workers:
                    worker.end_if_over(self.limits)
            if speaking:
                return [worker for worker in self.workers if worker.connection in speaking]

    def _answer_of(self, worker: Worker) -> list[Rows] | None:
        """The rows of a worker's task (none if it has only become ready); None if it died over the task."""
        try:
            message = worker.connection.recv()
        except (EOFError, OSError):
            return self._replace_dead(worker)
        if message == READY:
            worker.is_ready, self.false_starts = True, 0
            return []
        if isinstance(message, str):
            raise CircuitError(f"worker processes cannot start: {message}")
        rows: list[Rows] = message
        return rows

    def _replace_dead(self, worker: Worker) -> list[Rows] | None:
        """Hire a new worker for one that died. None if the dead one held a task."""
        held_a_task = bool(worker.block)
        if not worker.is_ready:
            self.false_starts += 1
        if self.false_starts > MOST_FALSE_STARTS:
            raise CircuitError(
                "worker processes die as they start: a script that starts them has to do so under "
                '`if __name__ == "__main__":`; if there is no such script, is there enough memory for them? try '
                "--workers 1"
            )
        self._replace(worker)
        return None if held_a_task else []

    def _replace(self, worker: Worker) -> None:
        worker.stop()
        self.workers[self.workers.index(worker)] = self._hire()

    def _hire(self) -> Worker:
        return Worker(self.run_one, self.start)


def _serve(connection: Connection, run_one: RunOne, start: Start | None) -> None:
    """What a worker process does until its parent closes the pipe, on purpose or by dying."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        if start is not None:
            start()
    except Exception as error:
        connection.send(f"{type(error).__name__}: {error}")
        return
    with suppress(EOFError, OSError):
        connection.send(READY)
        while True:
            block: Block = connection.recv()
            connection.send([attempted(run_one, spec) for spec in block])


def default_workers() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

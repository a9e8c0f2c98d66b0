"""Worker processes that can be killed at any moment without harm to anything but the task in hand.

Each worker has a pipe of its own, so there is no lock or queue that a dying process could leave broken (pools
that share one queue hang or give up when a worker dies while it holds it). Workers are spawned, not forked.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from simulation.errors import CircuitError

from .worker import Rows, failure

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess
    from types import TracebackType

    from .study import RunSpec

Block = list["RunSpec"]
RunBlock = Callable[[Block], list[Rows]]
Start = Callable[[], None]

READY = "ready"
MOST_FALSE_STARTS = 20
SECONDS_TO_STOP = 2.0


class WorkerKilledError(RuntimeError):
    """A worker process died twice over the same run."""


class Worker:
    """One process, the pipe to it, and the task it is busy with."""

    def __init__(self, run_block: RunBlock, start: Start | None) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_serve, args=(theirs, run_block, start), daemon=True)
        with suppress(BrokenPipeError):  # killed before it had read what to do: it is found dead like any other
            self.process.start()
        theirs.close()
        self.is_ready = False
        self.block: Block = []
        self.is_second_attempt = False

    def give(self, block: Block, is_second_attempt: bool) -> None:
        """Hand over a task. A worker that is dead already is noticed when its answer is awaited."""
        self.block, self.is_second_attempt = block, is_second_attempt
        with suppress(OSError):
            self.connection.send(block)

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self.connection.close()
        self.process.terminate()
        self.process.join(SECONDS_TO_STOP)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


class Crew:
    """A number of workers; a context manager that leaves no process behind."""

    def __init__(self, size: int, run_block: RunBlock, start: Start | None) -> None:
        self.run_block, self.start = run_block, start
        self.false_starts = 0
        self.workers = [self._hire() for _ in range(size)]

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self.workers:
            worker.stop()

    def finish(self, blocks: Iterable[Block]) -> Iterator[tuple[RunSpec, Rows]]:
        """Compute all runs of some blocks, in whatever order they finish.

        What a killed worker held is tried once more, each run by itself; a run that then kills its worker
        again is a failure. Raises `CircuitError` if workers cannot start.
        """
        waiting = deque((block, False) for block in blocks)
        while waiting or any(worker.block for worker in self.workers):
            for worker in self.workers:
                if waiting and worker.is_ready and not worker.block:
                    worker.give(*waiting.popleft())
            for worker in self._heard_from():
                answer = self._answer_of(worker)
                block, worker.block = worker.block, []
                if answer is not None:
                    yield from zip(block, answer, strict=True)
                elif worker.is_second_attempt:
                    yield block[0], failure(WorkerKilledError("the worker process died, twice"))
                else:
                    waiting.extend(([spec], True) for spec in block)

    def _heard_from(self) -> list[Worker]:
        """Workers that have sent something or died; waits for the first."""
        speaking = set(wait([worker.connection for worker in self.workers]))
        return [worker for worker in self.workers if worker.connection in speaking]

    def _answer_of(self, worker: Worker) -> list[Rows] | None:
        """The rows of a worker's task (none if it has only become ready); None if it died over the task."""
        try:
            message = worker.connection.recv()
        except (EOFError, OSError):
            return self._replace(worker)
        if message == READY:
            worker.is_ready, self.false_starts = True, 0
            return []
        if isinstance(message, str):
            raise CircuitError(f"worker processes cannot start: {message}")
        rows: list[Rows] = message
        return rows

    def _replace(self, worker: Worker) -> list[Rows] | None:
        """Hire a new worker for one that died. None if the dead one held a task."""
        held_a_task = bool(worker.block)
        if not worker.is_ready:
            self.false_starts += 1
        if self.false_starts > MOST_FALSE_STARTS:
            raise CircuitError("worker processes die as they start: is there enough memory? try --workers 1")
        worker.stop()
        self.workers[self.workers.index(worker)] = self._hire()
        return None if held_a_task else []

    def _hire(self) -> Worker:
        return Worker(self.run_block, self.start)


def _serve(connection: Connection, run_block: RunBlock, start: Start | None) -> None:
    """What a worker process does until its parent closes the pipe, on purpose or by dying."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        if start is not None:
            start()
    except Exception as fault:
        connection.send(f"{type(fault).__name__}: {fault}")
        return
    with suppress(EOFError, OSError):
        connection.send(READY)
        while True:
            block: Block = connection.recv()
            connection.send(_computed(run_block, block))


def _computed(run_block: RunBlock, block: Block) -> list[Rows]:
    try:
        return run_block(block)
    except Exception as fault:
        return [failure(fault) for _ in block]

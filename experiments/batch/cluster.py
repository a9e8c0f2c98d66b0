"""Runs on the workers of a Dask scheduler, on one machine or on many, with the same results to the byte.

A worker that dies, and one that a task takes over its limits, loses that task alone: the scheduler or the worker's
nanny starts another, and in the end the runs it held are tried once more, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from simulation.errors import CircuitError

from ..store.folders import first_line
from ..study.schema import model_digest
from . import worker
from .pool import Block, Limits, RunOne, WorkerKilledError
from .worker import Rows, failure

if TYPE_CHECKING:
    from ..study.schema import RunSpec

TASKS_AHEAD = 2
SECONDS_TO_CONNECT = 30
MEMORY_UNKNOWN = 5e9


class ClusterPool:
    """The workers of a running Dask scheduler; a context manager that takes back what is not finished."""

    def __init__(self, address: str, run_one: RunOne, limits: Limits | None = None) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise CircuitError("--cluster: needs Dask: python3 -m pip install 'circuit-economy[cluster]'") from None
        self.address, self.run_one = address, run_one
        try:
            self.client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CircuitError(f"--cluster {address}: no Dask scheduler answers there ({error})") from None
        try:
            with self._errors_named():
                workers = self._checked()
        except BaseException:
            self.client.close()
            raise
        self.size = len(workers)
        known = [each["memory_limit"] for each in workers if each["memory_limit"]]
        self.limits = (limits or Limits()).within(min(known, default=MEMORY_UNKNOWN))

    def _checked(self) -> list[dict[str, Any]]:
        """The workers, if there are any, each with one thread and with this very model."""
        try:
            self.client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
        except TimeoutError:
            raise CircuitError(
                f"--cluster {self.address}: has no workers; start some: dask worker {self.address} --nthreads 1"
            ) from None
        workers = list(self.client.scheduler_info(n_workers=-1)["workers"].values())
        if any(each["nthreads"] != 1 for each in workers):
            raise CircuitError(f"--cluster {self.address}: a worker has several threads; start it with --nthreads 1")
        mine = model_digest()
        others = [address for address, digest in self.client.run(model_digest).items() if digest != mine]
        if others:
            raise CircuitError(f"--cluster {self.address}: worker {others[0]} has another version of the model")
        return workers

    def __enter__(self) -> ClusterPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def finish(self, blocks: Iterable[Block]) -> Iterator[tuple[RunSpec, Rows]]:
        """Compute all runs of some blocks, in whatever order they finish; blocks are drawn when needed.

        Raises `CircuitError` if the scheduler is lost."""
        with self._errors_named():
            yield from self._finished(blocks)

    def _finished(self, blocks: Iterable[Block]) -> Iterator[tuple[RunSpec, Rows]]:
        from distributed import as_completed

        fresh = iter(blocks)
        again: list[RunSpec] = []
        held: dict[Any, Block] = {}
        answers = as_completed(loop=self.client.loop)
        while True:
            while len(held) < TASKS_AHEAD * self.size and (block := next(fresh, None)):
                future = self._sent(block)
                held[future] = block
                answers.add(future)
            if not held:
                break
            future = next(answers)
            block, answer = held.pop(future), self._answer_of(future)
            if answer is None:
                again.extend(block)
            else:
                yield from zip(block, answer, strict=True)
        # Dask blames whatever a worker held when it died: only a run with all workers to itself is surely the cause.
        for spec in again:
            answer = self._answer_of(self._sent([spec]))
            died = f"the worker died, or went over {self.limits.seconds:g} s"
            yield spec, answer[0] if answer else failure(WorkerKilledError(died))

    def _answer_of(self, future: Any) -> list[Rows] | None:
        """The rows of a task once it is done; None if its worker died over it, or with the rows."""
        try:
            rows: list[Rows] = future.result()
        except Exception:
            if future.status == "error":
                return None
            raise  # cancelled by nobody here: the client does so when it has lost the scheduler
        finally:
            future.release()
        return rows

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        """Whatever the client raises once the scheduler is gone, as one line."""
        try:
            yield
        except (OSError, RuntimeError, CancelledError) as error:
            raise CircuitError(
                f"--cluster {self.address}: the scheduler is lost ({first_line(error)}); start it again"
            ) from None

    def _sent(self, block: Block) -> Any:
        return self.client.submit(run_within, self.run_one, block, self.limits, pure=False, retries=0)


def run_within(run_one: RunOne, block: Block, limits: Limits) -> list[Rows]:
    """Run a block on a worker of the cluster under limits that the operating system enforces.

    A timer ends the process even inside compiled code; a request for too much memory fails inside the run."""
    import os
    import resource
    import signal

    import psutil

    os.environ.update(dict.fromkeys(worker.THREAD_LIMITS, "1"))
    before = resource.getrlimit(resource.RLIMIT_AS)
    ceiling = psutil.Process().memory_info().vms + int(limits.megabytes * 2**20)
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, before[1]))
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    try:
        return [worker.attempted(run_one, spec) for spec in block]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        resource.setrlimit(resource.RLIMIT_AS, before)

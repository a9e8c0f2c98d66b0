"""Items 9 and 10: the same bytes whoever computes, and flat memory."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.processes import environment
from benchmarks.reliability.batch import Figure, results_of, run, start_process
from experiments.batch.collecting import Shards
from experiments.batch.runner import run_batch
from experiments.batch.worker import run_one
from experiments.store.results import SEALS
from experiments.study.schema import Plan, RunSpec
from tests.experiments import stand_ins

PATIENCE = 60
REAL: dict[str, Any] = {"quarters": 12, "prior": True}


def same_bytes(full: bool) -> Figure:
    """9. The same SHA-256 with 1 to 8 workers, shuffled, resumed, killed on the way, and on a Dask scheduler."""
    plan = stand_ins.small_plan(200 if full else 100, **REAL)
    digests: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for workers in (1, 2, 4, 8):
            digests[f"{workers} workers"] = run(plan, Path(scratch, str(workers)), workers, run_one).digest()
        with patch.object(Shards, "missing", _shuffled(Shards.missing)):
            digests["shuffled"] = run(plan, Path(scratch, "shuffled"), 2, run_one).digest()
        resumed = Path(scratch, "resumed")
        run(plan.of_seeds(17), resumed, 2, run_one)
        digests["resumed"] = run(plan, resumed, 1, run_one).digest()
        killed = Path(scratch, "killed")
        kills = sum(_killed_at(killed, plan, shards) for shards in (1, 2, 3))
        digests[f"{kills} times killed"] = run(plan, killed, 2, run_one).digest()
        with dask_scheduler() as address:
            results = results_of(plan, Path(scratch, "dask"))
            run_batch(plan, results, None, False, run_one, None, cluster=address)
            digests["Dask, two workers"] = results.digest()
    different = [way for way, digest in digests.items() if digest != digests["1 workers"]]
    ways = f"{', '.join(digests)}; {len(plan.specs)} real runs"
    figure = f"{ways}: {digests['1 workers'][:12]}, different: {different or 'none'}"
    return Figure("the same bytes", figure, not different)


def _shuffled(missing: Callable[[Shards], Iterator[RunSpec]]) -> Callable[[Shards], Iterator[RunSpec]]:
    """Runs asked for in any order but that of the plan."""

    def shuffle(self: Shards) -> Iterator[RunSpec]:
        specs = list(missing(self))
        np.random.default_rng(9).shuffle(specs)
        return iter(specs)

    return shuffle


def _killed_at(folder: Path, plan: Plan, shards: int) -> bool:
    """Kill all processes of a batch of real runs when so many shards count. False if it was finished by then."""
    process = start_process(folder, len(plan.specs), run_one.__name__, **REAL)
    while process.poll() is None and len(list(folder.glob(f"{SEALS}/*.json"))) < shards:
        time.sleep(0.01)
    was_running = process.poll() is None
    if was_running:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return was_running


@contextmanager
def dask_scheduler(workers: int = 2) -> Iterator[str]:
    """A Dask scheduler and workers on this machine, each a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    quiet = {
        "env": environment(),
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "start_new_session": True,
    }
    scheduler = [sys.executable, "-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", str(port)]
    worker = [sys.executable, "-m", "dask", "worker", address, "--nthreads", "1", "--host", "127.0.0.1"]
    with tempfile.TemporaryDirectory() as scratch:
        processes = [subprocess.Popen([*scheduler, "--dashboard-address", "127.0.0.1:0"], **quiet)]  # type: ignore[call-overload]
        for _ in range(workers):
            asked = [*worker, "--dashboard-address", "127.0.0.1:0", "--local-directory", scratch]
            processes.append(subprocess.Popen(asked, **quiet))  # type: ignore[call-overload]
        try:
            _await_workers(address, workers)
            yield address
        finally:
            for process in reversed(processes):
                _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to stop, and if it does not, end it with all that it has started."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _await_workers(address: str, workers: int) -> None:
    from distributed import Client

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with Client(address, timeout=5) as client:
                client.wait_for_workers(workers, timeout=PATIENCE)
                return
        except OSError:
            if time.monotonic() > deadline:
                raise


def flat_memory(full: bool) -> Figure:
    """10. Memory of the parent, 100 runs against 10,000: at its peak, and when the last run is committed."""
    told = {}
    with tempfile.TemporaryDirectory() as scratch:
        for runs in (100, 10_000):
            told[runs] = json.loads(start_process(Path(scratch, str(runs)), runs, "run_well").communicate()[0])
    growth = {when: told[10_000][when] - told[100][when] for when in ("peak", "now")}
    figure = (
        f"{told[100]['now']:.0f} MB after 100 runs, {told[10_000]['now']:.0f} MB after 10,000: "
        f"{growth['now']:+.1f} MB, at the peak {growth['peak']:+.1f} MB"
    )
    return Figure("memory of the parent", figure, max(growth.values()) < 20.0)

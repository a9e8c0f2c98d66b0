"""What is measured from outside: the command line from a cold start, and the memory of a large economy."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.economies import StoredBatch
from benchmarks.timing import Clock, seconds_of

ROOT = Path(__file__).resolve().parent.parent

_LARGE_RUN = """
import json, sys
from benchmarks.economies import opening
from benchmarks.memory import peak_megabytes
from benchmarks.timing import seconds_of
opening(100, 2).run()
economy = opening(int(sys.argv[1]), int(sys.argv[2]))
seconds = seconds_of(economy.run)
print(json.dumps({"seconds": seconds, "gigabytes": peak_megabytes() / 1024}))
"""


_BATCH = """
import json, sys
from benchmarks.economies import stored_batch
print(json.dumps(stored_batch(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] or None)._asdict()))
"""


class LargeRun(NamedTuple):
    """Seconds of all quarters and the peak memory of the process, compiled code included."""

    seconds: float
    gigabytes: float


def python(*arguments: str) -> list[str]:
    """A command for this interpreter."""
    return [sys.executable, *arguments]


def circuit(*arguments: str) -> list[str]:
    """A command of `circuit`, as its script would run it."""
    return python("-c", "from experiments.cli.app import main; main()", *arguments)


def environment() -> dict[str, str]:
    """Variables of a process: this source tree is on its path, Python keeps what it has compiled of it as it does of
    what is installed, and it draws without a screen."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    compiled = {"PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "circuit-benchmarks")}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | compiled | {"PYTHONPATH": path, "MPLBACKEND": "Agg"}


def process_clock(command: Sequence[str]) -> Clock:
    """Seconds of a process from start to end, in an empty folder."""

    def run() -> float:
        with tempfile.TemporaryDirectory() as folder:
            return seconds_of(lambda: _run(command, folder))

    return run


def processor_seconds() -> float:
    """Processor time of this process and of those that it has started and awaited, and they in turn."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def large_run(firms: int, quarters: int) -> LargeRun:
    """A run in a process of its own."""
    command = python("-c", _LARGE_RUN, str(firms), str(quarters))
    return LargeRun(**json.loads(_run(command, str(ROOT)).splitlines()[-1]))


def batch(runs: int, workers: int, cluster: str | None = None) -> StoredBatch:
    """A batch in a process of its own, with its workers or on those of a Dask scheduler."""
    command = python("-c", _BATCH, str(runs), str(workers), cluster or "")
    return StoredBatch(**json.loads(_run(command, str(ROOT)).splitlines()[-1]))


def _run(command: Sequence[str], folder: str) -> str:
    """Run a command with this source tree on the path and return what it printed."""
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout

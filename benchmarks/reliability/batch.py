"""Batches to have accidents with, in this process or in one of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from benchmarks.memory import peak_megabytes
from benchmarks.processes import ROOT, environment
from experiments.batch import runner, worker
from experiments.batch.pool import Limits, RunOne
from experiments.batch.provenance import facts_of
from experiments.store.results import Results
from experiments.study.schema import Plan
from tests.experiments import stand_ins


class Figure(NamedTuple):
    """What an item of the list came to; `reached` says whether that is what must be shown."""

    what: str
    figure: str
    reached: bool


def results_of(plan: Plan, folder: Path | str) -> Results:
    """The results folder of a plan."""
    return Results(folder, plan.identity, facts_of(plan))


def run(
    plan: Plan,
    folder: Path | str,
    workers: int = 2,
    run_one: RunOne = stand_ins.run_well,
    limits: Limits | None = None,
) -> Results:
    """Compute what is missing of a plan with stand-ins."""
    results = results_of(plan, folder)
    start = worker.start_worker if run_one.__module__ != stand_ins.__name__ else None
    runner.run_batch(plan, results, workers, False, run_one, start, limits)
    return results


def start_process(
    folder: Path, runs: int, run_one: str, limits: Limits | None = None, **inputs: Any
) -> subprocess.Popen[str]:
    """A batch in a process group of its own, which can be killed as one; `run_one` names a stand-in or real runs."""
    asked = {"folder": str(folder), "runs": runs, "run_one": run_one, "limits": limits, "inputs": inputs}
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.reliability.batch", json.dumps(asked)],
        env=environment(),
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def main(asked: dict[str, Any]) -> None:
    """Run a batch and print the memory of this process, in MB: at its peak, and at the end."""
    plan = stand_ins.small_plan(asked["runs"] // 2, **asked["inputs"])
    run_one = getattr(worker if asked["run_one"] == worker.run_one.__name__ else stand_ins, asked["run_one"])
    limits = Limits(*asked["limits"]) if asked["limits"] else None
    try:
        run(plan, asked["folder"], 2, run_one, limits)
    except runner.Interrupted as stopped:
        print(json.dumps({"finished": stopped.finished}))
        sys.exit(130)
    print(json.dumps({"peak": peak_megabytes(), "now": psutil.Process().memory_info().rss / 2**20}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

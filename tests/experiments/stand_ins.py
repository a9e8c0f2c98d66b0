"""Stand-ins for the model in worker processes: results that hang on the seed alone, ways to go wrong."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from experiments.batch.worker import Columns, Rows, failure
from experiments.study.schema import Plan, RunSpec, Study, plan

FATAL_SEED = 3
MARKER = "CIRCUIT_TEST_MARKER"


def small_plan(runs: int = 8, **inputs: object) -> Plan:
    """A plan of two arms whose runs the stand-ins below make up."""
    given = {
        "scenarios": ["baseline", "late-chips"],
        "runs": runs,
        "quarters": 6,
        "firms": 10,
        "prior": False,
    }
    return plan(Study.model_validate(given | inputs))


def rows_of(spec: RunSpec) -> Rows:
    """A made-up run: reproducible, different for every seed."""
    random = np.random.default_rng(spec.seed)
    return Rows(
        outcome={
            "outcome": "settled unpaid",
            "pullback": random.random() < 0.4,
            "gdp_shortfall": random.random(),
        },
        parameters=Columns({}, ("gamma",), np.array([random.random()])),
        series=Columns(
            {
                "quarter": np.arange(1, spec.quarters + 1, dtype=np.int16),
                "date": [f"2025Q{number}" for number in range(1, spec.quarters + 1)],
            },
            ("real_gdp",),
            random.normal(size=(1, spec.quarters)).astype(np.float32),
        ),
        events={
            "quarter": ["2025Q1"],
            "agent": ["Oracle"],
            "event": ["default"],
            "cause": ["test"],
            "amount": [1.0],
        },
        seconds=0.001,
    )


def run_well(specs: list[RunSpec]) -> list[Rows]:
    """Every run succeeds."""
    return [rows_of(spec) for spec in specs]


def fail_one(specs: list[RunSpec]) -> list[Rows]:
    """The runs of one seed raise inside the model."""
    broken = failure(ArithmeticError("quarter 3, deposits: 5.0 too much"))
    return [broken if spec.seed == FATAL_SEED else rows_of(spec) for spec in specs]


def kill_worker(specs: list[RunSpec]) -> list[Rows]:
    """The runs of one seed kill their worker, each time."""
    if any(spec.seed == FATAL_SEED for spec in specs):
        os.kill(os.getpid(), signal.SIGKILL)
    return run_well(specs)


def kill_worker_once(specs: list[RunSpec]) -> list[Rows]:
    """One worker is killed, the first time that seed comes up; the next time it is left alone."""
    marker = Path(os.environ[MARKER])
    if any(spec.seed == FATAL_SEED for spec in specs) and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return run_well(specs)


def take_long(specs: list[RunSpec]) -> list[Rows]:
    """Runs that leave time to interrupt them."""
    time.sleep(0.15 * len(specs))
    rows = run_well(specs)
    for row in rows:
        row["seconds"] = 0.15
    return rows


def take_a_moment(specs: list[RunSpec]) -> list[Rows]:
    """Runs of a hundredth of a second."""
    time.sleep(0.01 * len(specs))
    return run_well(specs)


def refuse_to_start() -> None:
    """A worker whose model cannot be loaded."""
    raise RuntimeError("no model here")


def never_end(specs: list[RunSpec]) -> list[Rows]:
    """The runs of one seed never end."""
    while any(spec.seed == FATAL_SEED for spec in specs):
        time.sleep(1.0)
    return run_well(specs)


def take_memory(specs: list[RunSpec]) -> list[Rows]:
    """The runs of one seed ask for more and more memory."""
    held = []
    while any(spec.seed == FATAL_SEED for spec in specs):
        held.append(np.ones(2**22))
        time.sleep(0.005)
    return run_well(specs)


def tell_process(specs: list[RunSpec]) -> list[Rows]:
    """Each run's failure message is the number of the process that computed it."""
    return [failure(RuntimeError(str(os.getpid()))) for _ in specs]

"""Stand-ins for the model in worker processes: results that hang on the seed alone, ways to go wrong."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from experiments.batch.worker import Columns, Rows
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


def run_well(spec: RunSpec) -> Rows:
    """Every run succeeds."""
    return rows_of(spec)


def fail_one(spec: RunSpec) -> Rows:
    """The runs of one seed raise inside the model."""
    if spec.seed == FATAL_SEED:
        raise ArithmeticError("quarter 3, deposits: 5.0 too much")
    return rows_of(spec)


def kill_worker(spec: RunSpec) -> Rows:
    """The runs of one seed kill their worker, each time."""
    if spec.seed == FATAL_SEED:
        os.kill(os.getpid(), signal.SIGKILL)
    return rows_of(spec)


def kill_worker_once(spec: RunSpec) -> Rows:
    """One worker is killed, the first time that seed comes up; the next time it is left alone."""
    marker = Path(os.environ[MARKER])
    if spec.seed == FATAL_SEED and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return rows_of(spec)


def take_long(spec: RunSpec) -> Rows:
    """Runs that leave time to interrupt them."""
    time.sleep(0.15)
    return rows_of(spec) | Rows(seconds=0.15)


def take_a_moment(spec: RunSpec) -> Rows:
    """Runs of a hundredth of a second."""
    time.sleep(0.01)
    return rows_of(spec)


def refuse_to_start() -> None:
    """A worker whose model cannot be loaded."""
    raise RuntimeError("no model here")


def never_end(spec: RunSpec) -> Rows:
    """The runs of one seed never end."""
    while spec.seed == FATAL_SEED:
        time.sleep(1.0)
    return rows_of(spec)


def take_memory(spec: RunSpec) -> Rows:
    """The runs of one seed ask for more and more memory."""
    held = []
    while spec.seed == FATAL_SEED:
        held.append(np.ones(2**22))
        time.sleep(0.005)
    return rows_of(spec)


def tell_process(spec: RunSpec) -> Rows:
    """Each run's failure message is the number of the process that computed it."""
    raise RuntimeError(str(os.getpid()))

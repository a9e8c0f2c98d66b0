"""Whatever a scenario may set, all at once, the economy bears: books add up, numbers are numbers, runs end."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.batch.worker import Rows, attempted
from experiments.methods import ranges
from experiments.methods.ranges import bear, draw, prove
from simulation.scenario import LEVERS, PARAMETERS


def test_draws_reach_all_over_the_declared_ranges_and_are_named_by_their_number() -> None:
    specs = [draw(number) for number in range(1, 201)]
    assert draw(7) == draw(7)
    assert {spec.vintage for spec in specs} == {"2022Q4", "2024Q4"}
    assert min(spec.firms for spec in specs) < 20
    assert max(spec.firms for spec in specs) > 500
    assert {path.lever for spec in specs for path in spec.scenario.shocks} == set(LEVERS)
    for name, each in PARAMETERS.items():
        values = np.array([spec.scenario.parameter_values()[name] for spec in specs])
        assert values.min() <= each.lowest + 0.2 * (each.highest - each.lowest), name
        assert values.max() >= each.highest - 0.2 * (each.highest - each.lowest), name


def test_the_economy_bears_the_first_draws() -> None:
    failed = {number: told for number in range(1, 41) if (told := _failure(attempted(bear, draw(number))))}
    assert not failed


@pytest.mark.slow
def test_the_economy_bears_two_thousand_draws() -> None:
    found = prove(range(1, 2001))
    assert len(found.table) == 2000
    assert found.failed.empty, found.failed.to_string()


def test_a_run_far_slower_than_others_of_its_size_is_told() -> None:
    columns = ["draw", "vintage", "firms", "quarters", "seconds", "failure"]
    rows = [(number, "2024Q4", 30, 10 * number, 0.01 * number, "") for number in range(1, 10)]
    table = pd.DataFrame([*rows, (10, "2024Q4", 40, 10, 0.2, "")], columns=columns)
    found = ranges._with_slow(table)
    assert list(found["failure"]) == [""] * 9 + ["20 times the median time"]


def _failure(rows: Rows) -> str:
    return str(rows["failure"]) if "failure" in rows else ", ".join(rows["outcome"]["broken"])

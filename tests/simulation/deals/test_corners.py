"""Deals, lenders and distress at the ends of all their declared ranges at once, with the levers that move them."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.scenario.levers import LEVERS
from simulation.scenario.parameters import PARAMETERS
from simulation.scenario.paths import Path

MOVED = [
    each
    for group in ("deals", "distress", "finance", "vehicles")
    for each in PARAMETERS.values()
    if each.group == group
]
MOVERS = ("bond_window", "bank_capital_buffer", "loan_to_value_cap", "stake_cap", "bank_ai_limit", "gate", "patience",
          "private_credit_leverage", "contract_guarantee", "bail_out", "venture_appetite", "consolidation")  # fmt: skip


def corner(number: int) -> Scenario:
    """Each parameter at either end of its range, and three levers anywhere within theirs from some quarter on."""
    draw = np.random.default_rng(number)
    values = {each.name: each.low if draw.random() < 0.5 else each.high for each in MOVED}
    shocks = [
        Path(name, int(draw.integers(1, 12)), float(draw.uniform(LEVERS[name].low, LEVERS[name].high)))
        for name in draw.choice(MOVERS, 3, replace=False).tolist()
    ]
    return Scenario.load("baseline").with_parameters(**values).with_shocks(*shocks)


@pytest.mark.parametrize("number", range(24))
def test_the_books_hold_in_every_corner(number: int) -> None:
    vintage = ("2022Q4", "2024Q4")[number % 2]
    run = Economy(corner(number), seed=number, vintage=vintage, quarters=30, firms=10, keep_books=False).run()
    assert run.series["worst_residual"].max() < 1e-9
    assert all(np.isfinite(run.series[name]).all() for name in run.series.dtype.names)

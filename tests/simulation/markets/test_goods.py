"""The policy rate as the goods market meets it."""

from __future__ import annotations

import pytest

from simulation import Economy, Scenario
from simulation.markets.goods import set_policy_rate


def economy_after_a_fall(**levers: float) -> float:
    """Policy rate when AI shares stand two fifths below their peak."""
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=1, firms=10, keep_books=False)
    world = economy.state[0][0]
    world["exchange"]["index"], world["exchange"]["index_peak"] = 0.6, 1.0
    for name, value in levers.items():
        world["levers"][name] = value
    set_policy_rate(*economy.state)
    return float(world["macro"]["policy_rate"])


def test_the_put_cuts_the_rate_by_the_size_of_the_fall() -> None:
    assert economy_after_a_fall() - economy_after_a_fall(fed_put=0.05) == pytest.approx(0.02)


def test_a_rate_shock_comes_on_top_of_the_rule_and_does_not_pile_up() -> None:
    assert economy_after_a_fall(policy_rate=0.01) - economy_after_a_fall() == pytest.approx(0.01)


def test_the_put_cannot_push_the_rate_below_zero() -> None:
    assert economy_after_a_fall(fed_put=0.2) == 0.0

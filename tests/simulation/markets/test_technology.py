"""What compute costs its owner."""

from __future__ import annotations

import pytest

from simulation.markets.technology import user_cost
from tests.simulation.agents.records import given

PARTS = {"attrition": 0.015, "it_price_decline": 0.06, "shell_depreciation": 0.0125, "opex": 0.012}


def test_a_gigawatt_must_earn_nine_percent_of_its_price_in_a_quarter() -> None:
    assert user_cost(0.65, 0.35, 0.025, given(**PARTS)) == pytest.approx(0.0901, abs=5e-5)


def test_faster_progress_of_chips_makes_todays_chips_dearer_to_own() -> None:
    cost = [user_cost(0.65, 0.35, 0.025, given(**PARTS | {"it_price_decline": pace})) for pace in (0.06, 0.08)]
    assert cost[1] - cost[0] == pytest.approx(0.65 * 0.02)


def test_dear_capital_raises_the_user_cost_one_for_one() -> None:
    p = given(**PARTS)
    assert user_cost(0.65, 0.35, 0.035, p) - user_cost(0.65, 0.35, 0.025, p) == pytest.approx(0.01)

"""Wages follow scarcity, prices return to their markup over unit labour cost."""

from __future__ import annotations

import math

import pytest

from simulation import Economy, Scenario
from simulation.markets.wages import FASTEST_FALL, markup_gap, set_wages_and_prices, tightness
from simulation.state import MACRO
from tests.simulation.agents.records import given, one


def test_prices_return_to_their_markup_over_unit_labour_cost() -> None:
    # A wage of 66 for 2.2 units of output, .2 of them thanks to AI: 30 a unit, as at the opening; prices rose by 10%.
    macro = one(MACRO, wage=66.0, trend_productivity=2.0, ai_gain=0.1, opening_unit_cost=30.0, price_level=1.1)
    assert markup_gap(macro[0]) == pytest.approx(-math.log(1.1))
    macro["price_level"] = 1.0
    assert markup_gap(macro[0]) == pytest.approx(0.0)


def test_the_share_of_wages_has_no_trend_without_ai() -> None:
    plain = Scenario.load("baseline").with_switches(ai=False, withdrawal=False)
    economy = Economy(plain, seed=1, quarters=80, firms=200, keep_books=False).run()
    assert abs(markup_gap(economy.state[0][0]["macro"])) < 0.02


def test_wages_rise_the_faster_the_scarcer_workers_get() -> None:
    p = given(natural_unemployment=0.04)
    assert tightness(0.04, p) == 0.0
    assert tightness(0.039, p) == pytest.approx(0.001, rel=0.03)
    assert tightness(0.02, p) == pytest.approx(0.04 * math.log(2.0))
    assert tightness(0.08, p) == pytest.approx(-0.04 * math.log(2.0))


def test_prices_fall_by_a_tenth_at_most_when_work_becomes_four_times_as_productive_at_once() -> None:
    economy = Economy(seed=1, quarters=1, firms=10, keep_books=False)
    world = economy.state[0][0]
    before = float(world["macro"]["price_level"])
    world["totals"]["gain_weighted"] = 3.0
    set_wages_and_prices(*economy.state)
    assert float(world["macro"]["price_level"]) == pytest.approx((1.0 + FASTEST_FALL) * before)

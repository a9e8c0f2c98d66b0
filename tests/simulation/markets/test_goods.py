"""The policy rate as the goods market meets it, prices over unit labour cost, and potential output."""

from __future__ import annotations

import math

import pytest

from simulation import Economy, Scenario
from simulation.markets.goods import (
    FASTEST_FALL,
    learn_neutral_rate,
    markup_gap,
    set_policy_rate,
    set_wages_and_prices,
    spend,
    tightness,
)
from simulation.measurement.recording import at_full_employment
from simulation.state import MACRO
from tests.simulation.agents.records import given, one


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


def test_output_that_takes_few_people_is_potential_and_no_overheating() -> None:
    # Output 5 percent above what ordinary firms could make at normal employment, with a point too much unemployment:
    # at 2 percent of output a point, normal employment would make it 1.05 / .98 of theirs.
    macro = one(MACRO, real_gdp=105.0, potential_real=100.0, unemployment=0.052)
    p = given(okun=2.0, natural_unemployment=0.042)
    assert at_full_employment(macro[0], p) == pytest.approx(1.05 / 0.98)
    macro["unemployment"] = 0.6  # where Okun's line has ended
    assert at_full_employment(macro[0], p) == pytest.approx(1.05 / 0.2)


def test_wages_rise_the_faster_the_scarcer_workers_get() -> None:
    p = given(natural_unemployment=0.04)
    assert tightness(0.04, p) == 0.0
    assert tightness(0.039, p) == pytest.approx(0.001, rel=0.03)
    assert tightness(0.02, p) == pytest.approx(0.04 * math.log(2.0))
    assert tightness(0.08, p) == pytest.approx(-0.04 * math.log(2.0))


def test_the_central_bank_learns_that_a_rate_at_which_the_economy_runs_hot_is_not_neutral() -> None:
    p = given(neutral_rate_gain=0.04, inflation_anchor=0.7, inflation_target=0.005)
    macro = one(MACRO, policy_rate=0.05, neutral_real_rate=0.01, expected_inflation=0.006)
    learn_neutral_rate(macro[0], p)
    # Wage setters count on .53% a quarter, so that the real rate is 5 - 2.12 = 2.88% a year.
    assert macro["neutral_real_rate"][0] == pytest.approx(0.01 + 0.04 * (0.0288 - 0.01))


def opened(**parameters: float) -> Economy:
    scenario = Scenario.load("baseline").with_parameters(**parameters)
    return Economy(scenario, seed=1, quarters=1, firms=10, keep_books=False)


def test_nobody_holds_bonds_that_cost_more_than_money() -> None:
    economy = opened(term_premium=-0.01)
    macro, levers = (economy.state[0][0][name] for name in ("macro", "levers"))
    set_policy_rate(*economy.state)
    assert macro["bond_rate"] == pytest.approx(0.25 * (macro["policy_rate"] - 0.01))
    levers["policy_rate"] = -0.1
    set_policy_rate(*economy.state)
    assert macro["policy_rate"] == macro["bond_rate"] == 0.0


def test_government_can_cut_no_more_than_all_it_buys() -> None:
    economy = opened()
    world = economy.state[0][0]
    world["levers"]["stimulus"] = -0.05
    world["macro"]["gdp"] *= 10.0
    spend(*economy.state)
    assert world["governments"]["purchases"][0] == 0.0


def test_prices_fall_by_a_tenth_at_most_when_work_becomes_four_times_as_productive_at_once() -> None:
    economy = opened()
    world = economy.state[0][0]
    before = float(world["macro"]["price_level"])
    world["totals"]["gain_weighted"] = 3.0
    set_wages_and_prices(*economy.state)
    assert float(world["macro"]["price_level"]) == pytest.approx((1.0 + FASTEST_FALL) * before)

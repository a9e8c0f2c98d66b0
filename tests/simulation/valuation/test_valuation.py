"""What AI shares are worth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from simulation import Economy, Scenario
from simulation.state import MACRO, SECURITY
from simulation.valuation.appraisal import (
    ai_discount_rate,
    core_worth,
    discount_rate,
    expect_earnings,
    growth_seen,
    h_model,
    lose_business,
    market_potential,
    potential_earnings,
    seen_earnings,
)
from simulation.valuation.private_marks import lab_value
from tests.simulation.agents.records import given, one
from tests.simulation.deals.deals import NVIDIA, economy_without_deals


def test_ten_of_earnings_growing_by_thirty_percent_and_fading_are_worth_416() -> None:
    assert h_model(10.0, 0.30, 0.04, 4.0, 0.09) == pytest.approx(416.0)


def test_without_growth_above_normal_the_value_is_gordons() -> None:
    assert h_model(10.0, 0.04, 0.04, 4.0, 0.09) == pytest.approx(10.0 * 1.04 / 0.05)


def test_a_shrinking_business_is_worth_less_and_never_less_than_nothing() -> None:
    expected = 10.0 * 1.04 * math.exp(4.0 * (-0.30 - 0.04) / 1.04) / 0.05
    assert h_model(10.0, -0.30, 0.04, 4.0, 0.09) == pytest.approx(expected)
    assert expected == pytest.approx(56.26, abs=0.01)


@given_(growth=st.floats(-0.3, 0.4), step=st.floats(0.001, 0.1))
def test_faster_growth_is_worth_more_without_a_jump_at_the_terminal_rate(growth: float, step: float) -> None:
    slower, faster = (h_model(10.0, g, 0.04, 4.0, 0.09) for g in (growth, growth + step))
    assert 0.0 < slower < faster
    # No step is steeper than the straight line of the H-model.
    assert faster - slower <= 10.0 * 4.0 * step / 0.05 * (1.0 + 1e-9)


def test_most_of_what_a_quarter_shows_is_taken_to_last() -> None:
    security = one(SECURITY, earnings=40.0)[0]
    assert expect_earnings(security, 50.0, given(earnings_gain=0.6)) == pytest.approx(46.0)
    assert expect_earnings(security, 0.0, given(earnings_gain=0.6)) == pytest.approx(18.4), "a lost year is no surprise"


def test_business_known_to_be_lost_is_taken_off_earnings_at_once() -> None:
    security = one(SECURITY, earnings=40.0, lost=0.25)
    # A quarter of 40 and of the 40 that came in is gone: nothing is left to be learnt later.
    assert expect_earnings(security[0], 40.0, given(earnings_gain=0.6)) == pytest.approx(30.0)
    assert security["lost"][0] == 0.0


def test_two_losses_of_half_the_business_leave_a_quarter() -> None:
    economy = economy_without_deals()
    world = economy.state[0][0]
    for part in (0.5, 0.5):
        lose_business(world, NVIDIA, part)
    assert world["exchange"]["securities"]["lost"][NVIDIA] == pytest.approx(0.75)


def test_a_shorter_book_life_lowers_the_earnings_that_investors_see() -> None:
    economy = economy_without_deals(look_through=0.5)
    world, cloud = economy.state[0][0], economy.kinds["clouds"][0]
    cloud["cohort_cost"] = cloud["cohort_book"] = 0.0
    cloud["cohort_cost"][0] = cloud["cohort_book"][0] = 44.0
    earnings = []
    for life in (1.0, 0.5):
        world["levers"]["depreciation_life"] = life
        earnings.append(float(seen_earnings(world, economy.kinds["clouds"][0], 100.0)))
    # 44 bn over 22 quarters are 2 bn a quarter, over 11 they are 4: 8 bn a year less, of which half is seen.
    assert earnings[1] - earnings[0] == pytest.approx(-4.0)


def test_nobody_pays_for_growth_beyond_what_the_market_can_hold() -> None:
    economy = economy_without_deals(growth_horizon=4.0, terminal_growth=0.04)
    market = economy.state[0][0]["market"]
    market["end_growth"] = market["reported_growth"] = 2.0
    market["end_demand"] = 0.25 * float(market_potential(economy.state[0])) / math.e
    # Growth of g, fading over eight years, adds four times g to the logarithm of revenue, which has one to go.
    assert growth_seen(economy.state[0]) == pytest.approx(0.04 + 0.25)
    market["end_growth"] = market["reported_growth"] = 0.1
    assert growth_seen(economy.state[0]) == pytest.approx(0.1)


@pytest.mark.parametrize("vintage", ["2022Q4", "2024Q4"])
def test_two_labs_of_one_share_are_worth_the_same_once_what_is_hoped_of_each_has_faded(vintage: str) -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, vintage=vintage, quarters=2, firms=10, keep_books=False)
    economy.step()
    securities, labs = economy.state[0][0]["exchange"]["securities"], economy.kinds["labs"]
    columns = labs["account"]["column"]
    assert np.ptp(securities["growth_scale"][columns]) == 0.0
    assert np.ptp(securities["hope"][columns]) > 0.5, "at the opening prices differ by more than shares"
    labs["market_share"] = 0.1
    securities["hope"][columns] = 0.0
    values = [float(lab_value(economy.state[0], lab)) for lab in economy.kinds["labs"]]
    assert values == pytest.approx([values[0]] * len(values))


def test_what_is_hoped_of_one_firm_halves_within_three_years() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=12, firms=10, keep_books=False)
    opened = economy.state[0][0]["exchange"]["securities"]["hope"].copy()
    hoped = np.abs(opened) > 0.1
    economy.run()
    now = economy.state[0][0]["exchange"]["securities"]["hope"]
    assert now[hoped] == pytest.approx(0.94**12 * opened[hoped])


def test_loss_makers_are_valued_between_what_their_market_is_and_what_it_could_be() -> None:
    assert potential_earnings(100.0, 400.0, 0.5, 0.25) == pytest.approx(25.0)


def test_a_higher_policy_rate_discounts_earnings_more_and_the_rate_stays_above_growth() -> None:
    p = given(equity_premium=0.045, terminal_growth=0.04, inflation_target=0.005)
    rates = [discount_rate(one(MACRO, policy_rate=r, neutral_real_rate=0.01)[0], p) for r in (0.05, 0.03, 0.0)]
    assert rates == pytest.approx([0.085, 0.075, 0.06])


def test_investors_ask_more_of_ai_shares_where_output_falls_short_of_potential() -> None:
    p = given(equity_premium=0.045, terminal_growth=0.04, inflation_target=0.005, premium_cycle=0.3)
    slump = one(MACRO, policy_rate=0.03, neutral_real_rate=0.01, output_gap=-0.03)
    assert discount_rate(slump[0], p) == pytest.approx(0.075)
    assert ai_discount_rate(slump[0], p) == pytest.approx(0.075 + 0.009)


def test_a_core_business_that_loses_money_is_worth_nothing_to_owners_who_owe_nothing() -> None:
    world = economy_without_deals().state[0][0]
    maker = world["chip_makers"][0]
    security = world["exchange"]["securities"][int(maker["account"]["column"])]
    assert core_worth(world, security, maker) > 0.0
    maker["core_cash_flow"] = -1.0
    assert core_worth(world, security, maker) == 0.0

"""Value, types of investors and the odds of a withdrawal."""

from __future__ import annotations

import math

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from simulation.markets.equity import (
    bad_news,
    discount_rate,
    h_model,
    potential_earnings,
    remember_earnings,
    surprise,
    switch_types,
    trailing_year,
    withdrawal_hazard,
    withdrawal_sales,
)
from simulation.state import EXCHANGE, MACRO, MARKET, SECURITY
from tests.simulation.agents.records import given, one

TYPES = {"type_intercept": 0.0, "type_herding": 1.8, "type_mispricing": 1.2, "type_memory": 0.6}
HAZARD = {
    "withdrawal_hazard": 0.031,
    "withdrawal_slope": 3.4,
    "withdrawal_state": 0.7,
    "withdrawal_threshold": 0.1,
}


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


def test_shares_are_priced_on_the_earnings_of_four_quarters() -> None:
    security = one(SECURITY)[0]
    for earnings in (10.0, 20.0, 30.0, 60.0):
        remember_earnings(security, earnings)
    assert trailing_year(security, 90.0) == pytest.approx((90.0 + 60.0 + 30.0 + 20.0) / 4.0)


def test_in_a_withdrawal_extrapolators_sell_part_of_what_their_holdings_stand_above_sober_value() -> None:
    p = given(withdrawal_sale=0.4)
    # Half of 1,000 bn is theirs and stands 20 percent above sober value: they sell 40 bn.
    assert withdrawal_sales(1000.0, 0.5, 0.2, p) == pytest.approx(0.4 * 0.5 * 0.2 * 1000.0)
    assert withdrawal_sales(1000.0, 0.5, -0.2, p) == 0.0


def test_loss_makers_are_valued_between_what_their_market_is_and_what_it_could_be() -> None:
    assert potential_earnings(100.0, 400.0, 0.5, 0.25) == pytest.approx(25.0)


def test_a_higher_policy_rate_discounts_earnings_more_and_the_rate_stays_above_growth() -> None:
    p = given(equity_premium=0.045, terminal_growth=0.04, inflation_target=0.005)
    rates = [discount_rate(one(MACRO, policy_rate=r, neutral_real_rate=0.01)[0], p) for r in (0.05, 0.03, 0.0)]
    assert rates == pytest.approx([0.085, 0.075, 0.06])


def test_herding_alone_keeps_investors_divided_in_halves() -> None:
    assert switch_types(0.5, 0.0, given(**TYPES)) == pytest.approx(0.5)


def test_mispricing_of_either_sign_makes_fundamentalists() -> None:
    p = given(**TYPES)
    expected = 0.6 * 0.5 + 0.4 / (1.0 + math.exp(-1.2))
    assert switch_types(0.5, 1.0, p) == pytest.approx(expected)
    assert switch_types(0.5, -1.0, p) == pytest.approx(expected)
    assert switch_types(0.5, 9.0, p) == switch_types(0.5, 1.5, p)


def test_the_odds_of_a_withdrawal_grow_with_the_gap_and_with_bad_news() -> None:
    p = given(**HAZARD)
    assert withdrawal_hazard(0.3, 1.0, 1.0, p) == pytest.approx(0.031 * math.exp(3.4 * 0.3 + 0.7))
    assert withdrawal_hazard(0.3, 1.0, 2.0, p) == pytest.approx(2.0 * withdrawal_hazard(0.3, 1.0, 1.0, p))
    assert withdrawal_hazard(9.0, 3.0, 1.0, p) == 1.0


def test_nobody_withdraws_from_a_market_near_its_sober_value() -> None:
    assert withdrawal_hazard(0.1, 3.0, 10.0, given(**HAZARD)) == 0.0


def test_bad_news_adds_misses_failures_failed_rounds_and_poor_coverage() -> None:
    exchange = one(EXCHANGE, recent_failures=1.0)
    market = one(MARKET, failed_rounds=1.0, coverage=0.4)
    p = given(coverage_alarm=0.6)
    assert bad_news(exchange[0], market[0], 0.2, p) == pytest.approx(0.2 + 0.5 + 0.5 + 0.2)
    assert bad_news(exchange[0], market[0], 9.0, p) == 3.0
    assert bad_news(one(EXCHANGE)[0], one(MARKET, coverage=1.0)[0], -9.0, p) == -1.0


def test_capex_is_good_news_to_nobody_where_revenue_does_not_cover_it() -> None:
    security, p = one(SECURITY), given(news_weight=0.05)
    assert surprise(security[0], 0.2, 0.3, 1.0, p) == pytest.approx(0.05 * 0.2)
    assert surprise(security[0], 0.2, 0.3, 0.0, p) == pytest.approx(0.05 * (0.2 - 0.3))

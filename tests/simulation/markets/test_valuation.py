"""What AI shares are worth."""

from __future__ import annotations

import math

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from simulation.markets.valuation import (
    discount_rate,
    h_model,
    potential_earnings,
    remember_earnings,
    trailing_year,
)
from simulation.state import MACRO, SECURITY
from tests.simulation.agents.records import given, one


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


def test_loss_makers_are_valued_between_what_their_market_is_and_what_it_could_be() -> None:
    assert potential_earnings(100.0, 400.0, 0.5, 0.25) == pytest.approx(25.0)


def test_a_higher_policy_rate_discounts_earnings_more_and_the_rate_stays_above_growth() -> None:
    p = given(equity_premium=0.045, terminal_growth=0.04, inflation_target=0.005)
    rates = [discount_rate(one(MACRO, policy_rate=r, neutral_real_rate=0.01)[0], p) for r in (0.05, 0.03, 0.0)]
    assert rates == pytest.approx([0.085, 0.075, 0.06])

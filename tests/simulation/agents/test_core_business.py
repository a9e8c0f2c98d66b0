"""Core businesses: revenue follows what customers spend, cost follows less."""

from __future__ import annotations

import math

import pytest

from simulation.agents.clouds import CLOUD
from simulation.agents.core_business import core_cost, follow_customers
from simulation.state import MACRO
from tests.simulation.agents.records import given, one

CYCLE = {"potential_smoothing": 0.1, "core_cyclicality": 1.4, "core_cost_stickiness": 0.33}


def test_core_revenue_grows_with_customers_spending_that_grows_with_the_trend() -> None:
    macro = one(MACRO, lasting_demand=100.0, trend_nominal_growth=0.01)
    follow_customers(macro[0], 101.0, given(**CYCLE))
    assert macro["customers_growth"][0] == pytest.approx(0.01)
    assert macro["demand_swing"][0] == pytest.approx(0.0)


def test_a_fall_of_spending_lowers_core_revenue_by_more_than_itself() -> None:
    macro = one(MACRO, lasting_demand=100.0)
    follow_customers(macro[0], 97.0, given(**CYCLE))
    lasting = 99.7
    assert macro["lasting_demand"][0] == pytest.approx(lasting)
    assert 1.0 + macro["customers_growth"][0] == pytest.approx(lasting / 100.0 * (97.0 / lasting) ** 1.4)


def test_core_revenue_comes_back_with_spending() -> None:
    macro = one(MACRO, lasting_demand=100.0)
    level = 1.0
    for spending in (97.0, 98.0, *[100.0] * 200):
        follow_customers(macro[0], spending, given(**CYCLE))
        level *= 1.0 + macro["customers_growth"][0]
    assert level == pytest.approx(1.0, abs=1e-6)


def test_a_third_of_core_cost_stays_when_revenue_swings_down() -> None:
    cloud = one(CLOUD, core_revenue=100.0 * 0.97**1.4, core_cash_share=0.4)
    macro = one(MACRO, demand_swing=math.log(0.97))
    cost = core_cost(cloud[0], macro[0], given(**CYCLE))
    assert cost == pytest.approx(60.0 * 0.97 ** (1.4 * 0.67))

"""Who sells AI services to whom."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.markets.ai_services import attraction, yearly_growth
from tests.simulation.agents.records import given

CHOICE = {"quality_weight": 1.2, "price_elasticity_of_share": 1.5, "share_memory": 0.3}


def test_buyers_weigh_quality_price_and_habit() -> None:
    p = given(**CHOICE)
    assert attraction(1.0, 1.0, 1.0, p) == pytest.approx(math.exp(1.2))
    assert attraction(1.0, 4.0, 1.0, p) == pytest.approx(math.exp(1.2) / 8.0)
    assert attraction(0.0, 1.0, 0.5, p) == pytest.approx(0.5**0.3)


def test_a_seller_nobody_has_tried_can_still_win_customers() -> None:
    assert attraction(0.0, 1.0, 0.0, given(**CHOICE)) > 0.0


def test_two_equal_sellers_split_the_market_and_a_better_one_takes_the_odds() -> None:
    p = given(**CHOICE)
    better, worse = attraction(1.0, 1.0, 0.5, p), attraction(0.5, 1.0, 0.5, p)
    assert better / (better + worse) == pytest.approx(1.0 / (1.0 + math.exp(-0.6)))


def test_the_shares_of_labs_clouds_and_the_open_weight_fringe_sum_to_one() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=4, firms=10).run()
    labs, clouds = economy.kinds["labs"], economy.kinds["clouds"]
    fringe = float(economy.state[0][0]["market"]["fringe_share"])
    assert float(labs["market_share"].sum() + clouds["service_share"].sum()) + fringe == pytest.approx(1.0)


def test_what_buyers_pay_arrives_with_the_sellers() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=4, firms=10).run()
    market = economy.state[0][0]["market"]
    sold = float(economy.kinds["labs"]["revenue"].sum() + economy.kinds["clouds"]["service_revenue"].sum())
    assert sold == pytest.approx(float(market["end_demand"]))


def test_analysts_do_not_extrapolate_any_growth_whatever() -> None:
    past = np.array([0.0, 0.0, 0.0, 100.0])
    assert [yearly_growth(now, past) for now in (110.0, 900.0, 1.0)] == pytest.approx([0.1, 0.4, -0.3])

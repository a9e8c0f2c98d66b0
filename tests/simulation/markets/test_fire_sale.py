"""What is sold in distress fetches less, the more the less the market can take."""

from __future__ import annotations

import pytest

from simulation import Economy, Scenario
from simulation.markets.fire_sale import fire_sale_price, taken_at
from simulation.rule import live

MARK, DEPTH, FLOOR = 20.0, 0.4, 0.15


def price(offered: float, absorbable: float) -> float:
    return fire_sale_price(MARK, offered, absorbable, DEPTH, FLOOR)


def test_the_price_falls_by_forty_percent_when_all_that_can_be_absorbed_is_offered() -> None:
    assert price(0.0, 2.0) == MARK
    assert price(1.0, 2.0) == pytest.approx(16.0)
    assert price(2.0, 2.0) == pytest.approx(12.0)


def test_the_price_never_falls_below_the_floor() -> None:
    assert price(100.0, 2.0) == pytest.approx(3.0)
    assert price(1.0, 0.0) == pytest.approx(3.0)


def taken(money: float, price: float = 10.0) -> float:
    """What a cloud with need of five gigawatts more takes."""
    scenario = Scenario.load("baseline").with_parameters(distress_money_share=1.0, target_utilisation=0.8)
    economy = Economy(scenario, seed=1, quarters=1, firms=10, keep_books=False)
    cloud = live(economy.kinds["clouds"])[0]
    cloud["planned_need"], cloud["online"], cloud["waiting"] = 8.0, 4.0, 1.0
    cloud["account"]["cash"] = money
    return float(taken_at(economy.state[0][0], cloud, price))


def test_buyers_take_what_their_money_buys_and_no_more_than_they_need() -> None:
    assert taken(money=30.0) == pytest.approx(3.0)
    assert taken(money=300.0) == pytest.approx(5.0)
    assert taken(money=-1.0) == 0.0


def test_in_a_busy_market_the_sale_of_a_small_owner_moves_the_mark_less_than_that_of_a_large_one() -> None:
    marks = []
    for name in ("Neocloud 3", "Oracle"):
        economy = Economy(Scenario.load("baseline"), seed=1, quarters=4, firms=10, keep_books=False)
        economy.fail(name, 3)
        marks.append(float(economy.run().series["collateral_mark"].min()))
    assert 0.9 < marks[1] < marks[0] <= 1.0

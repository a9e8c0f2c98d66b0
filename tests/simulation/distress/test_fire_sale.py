"""What is sold in distress fetches less, and the lower price forces others to sell."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.distress.fire_sale import fire_sale_price, forced_offer, sell_down
from simulation.distress.fire_sale_market import taken_at
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


def test_a_borrower_in_breach_sells_until_it_is_back_at_the_ceiling() -> None:
    sold = forced_offer(10.0, 95.0, 0.8, 10.0)
    assert sold == pytest.approx(7.5)
    assert (95.0 - 10.0 * sold) / (10.0 * (10.0 - sold)) == pytest.approx(0.8)


def test_a_borrower_within_the_ceiling_sells_nothing_and_one_under_water_everything() -> None:
    assert forced_offer(10.0, 79.0, 0.8, 10.0) == 0.0
    assert forced_offer(10.0, 120.0, 0.8, 10.0) == 10.0
    assert forced_offer(10.0, 1.0, 0.8, 0.0) == 10.0


def spiral(offered: list[float], debts: list[float], rounds: int) -> tuple[float, list[float]]:
    offers = np.array(offered)
    reached = sell_down(np.full(3, 10.0), np.array(debts), 0.8, MARK, 20.0, DEPTH, FLOOR, rounds, offers)
    return reached, offers.tolist()


def test_without_forced_sellers_only_the_first_offer_moves_the_price() -> None:
    assert spiral([5.0, 0.0, 0.0], [0.0, 100.0, 100.0], 50) == (pytest.approx(18.0), [5.0, 0.0, 0.0])


def test_one_round_names_those_whom_the_first_price_forces() -> None:
    reached, offers = spiral([5.0, 0.0, 0.0], [0.0, 150.0, 100.0], 1)
    assert reached == pytest.approx(18.0)
    assert offers == pytest.approx([5.0, (150.0 - 0.8 * 180.0) / (18.0 * 0.2), 0.0])


def test_the_spiral_ends_where_price_and_offers_agree_and_the_sound_keep_out() -> None:
    reached, offers = spiral([5.0, 0.0, 0.0], [0.0, 150.0, 50.0], 1000)
    assert reached == pytest.approx(price(sum(offers), 20.0))
    assert offers[1] == pytest.approx(forced_offer(10.0, 150.0, 0.8, reached))
    assert offers[2] == 0.0
    assert reached < 18.0


def test_thinner_buffers_end_at_a_lower_price() -> None:
    assert spiral([5.0, 0.0, 0.0], [0.0, 150.0, 140.0], 1000)[0] < spiral([5.0, 0.0, 0.0], [0.0, 150.0, 50.0], 1000)[0]

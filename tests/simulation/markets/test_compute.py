"""The rent of compute and the need that makes it."""

from __future__ import annotations

import pytest

from simulation import Economy, Scenario
from simulation.books.purposes import COMPUTE_RENTAL, INPUTS, POWER, WAGES
from simulation.markets.compute import clearing_rent, need_at, operate, price_compute, serve_spot, spot_price
from tests.simulation.agents.records import given

RENT = {"target_utilisation": 0.85, "price_tightness": 1.5, "user_cost_floor": 0.3, "user_cost_ceiling": 2.5}


@pytest.mark.parametrize(
    ("need", "rent"), [(1.7, 2.0), (1.7 * 1.44, 2.0 * 1.728), (100.0, 2.0 * 2.5**1.5), (0.0, 2.0 * 0.3**1.5)]
)
def test_the_rent_is_the_user_cost_at_target_use_and_moves_with_tightness_within_bounds(
    need: float, rent: float
) -> None:
    assert spot_price(2.0, need, 2.0, given(**RENT)) == pytest.approx(rent)


def opened() -> Economy:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=2, firms=10, keep_books=False)
    economy.step()
    return economy


def test_the_clearing_rent_calls_forth_the_need_that_makes_it() -> None:
    world = opened().state[0][0]
    p, market = world["parameters"], world["market"]
    for online in (0.8, 1.0, 1.3):
        gigawatts = online * float(market["online"])
        rent = clearing_rent(world, gigawatts)
        lowest = float(market["user_cost"] * p["user_cost_floor"] ** p["price_tightness"])
        highest = float(market["user_cost"] * p["user_cost_ceiling"] ** p["price_tightness"])
        assert lowest < rent < highest
        assert spot_price(market["user_cost"], need_at(world, rent), gigawatts, p) == pytest.approx(rent, rel=1e-6)


def test_more_compute_lowers_the_rent_and_a_lower_rent_calls_forth_more_need() -> None:
    world = opened().state[0][0]
    online = float(world["market"]["online"])
    assert clearing_rent(world, 1.2 * online) < clearing_rent(world, online)
    assert need_at(world, 0.5) > need_at(world, 1.0)


def test_who_has_no_money_pays_work_inputs_and_power_in_full_and_its_account_goes_below_zero() -> None:
    economy = opened()
    world = economy.state[0][0]
    p, paid = world["parameters"], world["ledger"]["paid"]
    lab, buyer = economy.kinds["labs"][0], economy.kinds["other_buyers"][0]
    lab["revenue"], lab["fixed_cost"], buyer["online"] = 10.0, 1.0, 2.0
    p["lab_other_cost"], p["lab_wage_share"], p["opex"] = 0.4, 0.6, 0.01
    world["market"]["system_price"] = 50.0
    columns = [int(each["account"]["column"]) for each in (lab, buyer)]
    for each in (lab, buyer):
        each["account"]["cash"] = 0.0
    before = paid[[WAGES, INPUTS, POWER]][:, columns].copy()
    operate(*economy.state)
    more = paid[[WAGES, INPUTS, POWER]][:, columns] - before
    assert more[:, 0] == pytest.approx([3.0, 2.0, 0.0])
    assert more[:, 1] == pytest.approx([0.0, 0.0, 1.0])
    assert lab["account"]["cash"] == pytest.approx(-5.0)
    assert buyer["account"]["cash"] == pytest.approx(-1.0)


def test_labs_pay_for_what_they_have_reserved_whether_they_use_it_or_not() -> None:
    economy = opened()
    world, labs = economy.state[0][0], economy.kinds["labs"]
    world["market"]["efficiency"] *= 1000.0  # what they sell takes next to no compute, and they train none
    labs["training_budget"] = 0.0
    economy.step()
    idle = (labs["need"] < labs["contracted"]) & (labs["contract_dues"] > 0.0)
    assert idle.any()
    paid = world["ledger"]["paid"][COMPUTE_RENTAL, labs["account"]["column"]]
    assert paid[idle] == pytest.approx(labs["contract_dues"][idle])


def test_a_rent_that_keeps_pace_with_user_cost_is_expected_to_the_cent() -> None:
    economy = opened()
    market = economy.state[0][0]["market"]
    market["expected_spot"] = market["spot"]
    ratio = float(market["spot"] / market["user_cost"])
    market["user_cost_before"], market["user_cost"] = market["user_cost"], 0.94 * market["user_cost"]
    price_compute(*economy.state)
    gain = float(economy.state[0][0]["parameters"]["expectation_gain"])
    learned = ratio + gain * (float(market["spot"] / market["user_cost"]) - ratio)
    assert market["expected_spot"] / market["user_cost"] == pytest.approx(learned)


def test_what_a_failed_provider_rented_out_is_planned_by_the_others() -> None:
    economy = opened()
    clouds = economy.kinds["clouds"]
    before = clouds["rental_share"].copy()
    largest = int(before.argmax())
    for stock in ("online", "leased"):
        clouds[stock][largest] = 0.0
    serve_spot(*economy.state)
    after = clouds["rental_share"]
    gain = float(economy.state[0][0]["parameters"]["expectation_gain"])
    assert after[largest] == pytest.approx((1.0 - gain) * before[largest])
    assert after.sum() == pytest.approx(before.sum())

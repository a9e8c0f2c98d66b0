"""What compute costs its owner, and what models can do."""

from __future__ import annotations

import math

import pytest

from simulation import Economy, Scenario
from simulation.distress.entry import found_lab
from simulation.state import MACRO
from simulation.technology.compute_in_place import age_compute
from simulation.technology.progress import advance_capability, advance_prices
from simulation.technology.user_cost import cost_of_capital, equity_surcharge, user_cost
from tests.simulation.agents.records import given, one

PARTS = {
    "attrition": 0.015,
    "it_price_decline": 0.06,
    "shell_depreciation": 0.0125,
    "shell_price_decline": 0.04,
    "opex": 0.012,
}


def test_a_gigawatt_must_earn_ten_percent_of_its_price_in_a_quarter() -> None:
    assert user_cost(0.65, 0.35, 0.025, 0.0, given(**PARTS)) == pytest.approx(0.65 * 0.1 + 0.35 * 0.0775 + 0.012)


def test_money_that_costs_less_than_nothing_leaves_the_running_cost_to_earn() -> None:
    assert user_cost(0.65, 0.35, -0.5, 0.0, given(**PARTS)) == pytest.approx(0.012)


def test_a_tax_credit_lowers_what_capital_must_earn_and_not_what_power_costs() -> None:
    whole, credited = (user_cost(0.65, 0.35, 0.025, credit, given(**PARTS)) for credit in (0.0, 0.1))
    assert whole - credited == pytest.approx(0.1 * (0.65 * 0.1 + 0.35 * 0.0775))


def test_home_builders_alone_have_the_tax_credit() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=1, firms=10)
    economy.state[0][0]["levers"]["investment_credit"] = 0.1
    advance_prices(*economy.state)
    enterprise, _, foreign = economy.kinds["other_buyers"]["user_cost"]
    assert enterprise < 0.95 * foreign


def test_faster_progress_of_chips_makes_todays_chips_dearer_to_own() -> None:
    cost = [user_cost(0.65, 0.35, 0.025, 0.0, given(**PARTS | {"it_price_decline": pace})) for pace in (0.06, 0.08)]
    assert cost[1] - cost[0] == pytest.approx(0.65 * 0.02)


def test_dear_capital_raises_the_user_cost_one_for_one() -> None:
    p = given(**PARTS)
    assert user_cost(0.65, 0.35, 0.035, 0.0, p) - user_cost(0.65, 0.35, 0.025, 0.0, p) == pytest.approx(0.01)


@pytest.mark.parametrize("book_life", [1.0, 2.0])
def test_machines_fail_at_the_rate_of_attrition_whatever_the_books_say(book_life: float) -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=1, firms=10)
    economy.state[0][0]["levers"]["depreciation_life"] = book_life
    before = economy.kinds["clouds"]["online"].copy()
    age_compute(*economy.state)
    lost = float(economy.state[0][0]["parameters"]["attrition"])
    assert economy.kinds["clouds"]["online"] == pytest.approx((1.0 - lost) * before)


def test_what_failed_labs_knew_fades_and_is_not_lost_with_them() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=4, firms=20)
    economy.step()
    world = economy.state[0][0]
    market, labs = world["market"], economy.kinds["labs"]
    capability, frontier = float(market["capability"]), float(market["frontier"][0])
    labs["alive"][:-1] = 0.0
    labs["training_done"][-1] = 0.0
    labs["training_stock"][:-1] = 1e-3  # entrants have taken the places of some
    advance_capability(*economy.state)

    decay, elasticity = (float(world["parameters"][name]) for name in ("training_decay", "capability_elasticity"))
    assert market["frontier"][0] == pytest.approx(frontier + math.log(1.0 - decay))
    assert market["capability"] == pytest.approx(capability + elasticity * math.log(1.0 - decay))


def test_the_best_living_lab_is_the_frontier() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=4, firms=20)
    economy.step()
    market, labs = economy.state[0][0]["market"], economy.kinds["labs"]
    before, capability = float(market["training_total"]), float(market["capability"])
    labs["training_stock"] *= 1.5
    advance_capability(*economy.state)
    elasticity, decay = (
        float(economy.state[0][0]["parameters"][name]) for name in ("capability_elasticity", "training_decay")
    )
    assert market["frontier"][0] == pytest.approx(math.log(labs["training_stock"].max()))
    gain = elasticity * math.log(1.0 - decay + labs["training_done"].sum() / before)
    assert market["capability"] == pytest.approx(min(capability + gain, 3.0))


def test_a_new_lab_brings_no_knowledge_that_was_not_there() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=4, firms=20)
    economy.step()
    market, labs = economy.state[0][0]["market"], economy.kinds["labs"]
    labs["alive"][-1] = 0.0
    labs["training_done"][-1] = 0.0
    with_four = float(market["capability"]), float(market["training_total"])
    advance_capability(*economy.state)
    without = float(market["capability"]), float(market["training_total"])
    market["capability"], market["training_total"] = with_four
    found_lab(economy.state[0][0], labs[-1])
    assert labs["training_stock"][-1] < math.exp(float(market["frontier"][0]))
    advance_capability(*economy.state)
    assert (float(market["capability"]), float(market["training_total"])) == pytest.approx(without)


def test_dearer_money_makes_compute_dearer_to_build_and_leaves_rents_alone() -> None:
    # At a rate of 4 percent owners ask .25 x (.04 + .06) a quarter, the 2.5 percent of the worked user cost.
    assert cost_of_capital(0.04, given(owner_premium=0.06)) == pytest.approx(0.025)
    rents, costs = [], []
    for rate in (0.0, 0.02):
        economy = Economy(Scenario.load("baseline"), seed=1, quarters=2, firms=10)
        economy.state[0][0]["macro"]["policy_rate"] += rate
        advance_prices(*economy.state)
        rents.append(float(economy.state[0][0]["market"]["user_cost"]))
        costs.append(float(economy.kinds["clouds"]["user_cost"][0]))
    assert rents[1] == rents[0]
    # Half of two points reach the long rate, a quarter of it a quarter's cost, of ten percent.
    assert costs[1] / costs[0] - 1.0 == pytest.approx(0.0025 / 0.104, abs=0.001)


def test_shares_below_their_value_make_capital_dear() -> None:
    macro = one(MACRO, policy_rate=0.04, neutral_real_rate=0.02)
    p = given(hurdle_pass_through=0.4, premium_cycle=0.0, equity_premium=0.05, terminal_growth=0.04)
    # At 9 percent a share yields 5 above growth; at two thirds of its value 7.5, of which hurdles take two fifths.
    assert equity_surcharge(macro[0], math.log(2.0 / 3.0), p) == pytest.approx(0.4 * 0.025)
    assert equity_surcharge(macro[0], 0.0, p) == 0.0
    cycle = given(hurdle_pass_through=0.4, premium_cycle=0.3)
    assert equity_surcharge(one(MACRO, output_gap=-0.05)[0], 0.0, cycle) == pytest.approx(0.4 * 0.015)

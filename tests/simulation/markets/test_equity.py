"""Types of investors, what they sell and the odds of a withdrawal."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.books.purposes import SHARE_ISSUES
from simulation.books.verbs import issue_shares
from simulation.distress.blows import strike
from simulation.markets.equity import (
    bad_news,
    decide_withdrawal,
    log_noise,
    note_fund_returns,
    rebalance_funds,
    start_shares_anew,
    surprise,
    switch_types,
    tell_index,
    withdrawal_hazard,
    withdrawal_sales,
)
from simulation.registry import LISTED
from simulation.state import EXCHANGE, MARKET
from tests.simulation.agents.records import given, one

TYPES = {"type_intercept": 0.0, "type_herding": 1.8, "type_mispricing": 1.2, "type_memory": 0.6}
HAZARD = {
    "withdrawal_hazard": 0.031,
    "withdrawal_slope": 3.4,
    "withdrawal_state": 0.7,
    "withdrawal_threshold": 0.1,
}


def test_in_a_withdrawal_extrapolators_sell_part_of_what_their_holdings_stand_above_sober_value() -> None:
    p = given(withdrawal_sale=0.4)
    # Half of 1,000 bn is theirs and stands 20 percent above sober value: they sell 40 bn.
    assert withdrawal_sales(1000.0, 0.5, 0.2, p) == pytest.approx(0.4 * 0.5 * 0.2 * 1000.0)
    assert withdrawal_sales(1000.0, 0.5, -0.2, p) == 0.0


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
    market = one(MARKET, failed_weight=1.0, coverage=0.4, requirement_peak=20.0)
    p = given(coverage_alarm=0.6, news_of_failures=0.5)
    assert bad_news(exchange[0], market[0], 0.2, p) == pytest.approx(0.2 + 0.5 + 0.5 + 0.2)
    assert bad_news(exchange[0], market[0], 9.0, p) == 3.0
    covered = one(MARKET, coverage=1.0, requirement_peak=20.0)
    assert bad_news(one(EXCHANGE)[0], covered[0], -9.0, p) == -1.0


def test_an_economy_without_ai_has_no_news_of_it() -> None:
    plain = Scenario.load("baseline").with_switches(ai=False)
    economy = Economy(plain, seed=1, quarters=8, firms=10, keep_books=False).run()
    world = economy.state[0][0]
    exchange, market = world["exchange"], world["market"]
    assert exchange["bad_news"] == exchange["misses"] == 0.0
    assert surprise(market["backlog_growth"], market["capex_growth"], 0.0, given(news_weight=0.05)) == 0.0


def test_noise_alone_neither_makes_nor_takes_wealth() -> None:
    draws, weights = np.polynomial.hermite_e.hermegauss(40)  # expectation over a standard normal
    mean = sum(weight * math.exp(log_noise(0.07, draw)) for draw, weight in zip(draws, weights, strict=True))
    assert mean / weights.sum() == pytest.approx(1.0)
    assert log_noise(0.2, 1.0) == pytest.approx(0.2 - 0.02)


def test_capex_is_good_news_to_nobody_where_revenue_does_not_cover_it() -> None:
    p = given(news_weight=0.05)
    assert surprise(0.2, 0.3, 1.0, p) == pytest.approx(0.05 * 0.2)
    assert surprise(0.2, 0.3, 0.0, p) == pytest.approx(0.05 * (0.2 - 0.3))


def test_end_revenue_below_what_it_was_is_a_miss_and_above_it_good_news() -> None:
    misses = []
    for growth in (-0.05, 0.05):
        economy = Economy(Scenario.load("baseline"), seed=1, quarters=4, firms=10, keep_books=False)
        economy.step()
        world = economy.state[0][0]
        exchange, market = world["exchange"], world["market"]
        market["end_demand_past"][0] = market["end_demand"]  # as it stands once the quarter's revenue is known
        market["end_demand_past"][1] = market["end_demand"] / (1.0 + growth)
        exchange["expected_end_growth"], exchange["misses"] = 0.01, 0.4
        decide_withdrawal(*economy.state)
        misses.append(float(exchange["misses"]))
    assert misses == pytest.approx([0.2 + 5.0 * 0.06, 0.2 - 5.0 * 0.04])


def test_a_fund_return_is_remembered_once_a_quarter_and_fades_by_a_quarter() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=4, firms=10, keep_books=False)
    economy.step()
    funds, ledger = economy.kinds["equity_funds"], economy.state[0][0]["ledger"]
    before = funds["return_year"].copy()
    ledger["price"][funds["account"]["column"]] = 1.1 * funds["price_before"]
    note_fund_returns(*economy.state)
    assert funds["return_year"] == pytest.approx(0.75 * before + 0.1)
    again = funds["return_year"].copy()
    note_fund_returns(*economy.state)
    assert funds["return_year"] == pytest.approx(0.75 * again)


def told(economy: Economy) -> tuple[float, float, np.ndarray]:
    """The index as it stands, the value of all listed AI shares and that of each."""
    tell_index(economy.state[0][0])
    exchange, ledger = economy.state[0][0]["exchange"], economy.state[0][0]["ledger"]
    values = ledger["issued"][:LISTED] * ledger["price"][:LISTED]
    return float(exchange["index"]), float(exchange["market_value"]), values.copy()


def one_quarter_old() -> Economy:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=4, firms=10, keep_books=False)
    economy.step()
    return economy


def test_the_index_counts_what_a_scandal_takes() -> None:
    economy = one_quarter_old()
    index, total, values = told(economy)
    economy.state[0][0]["debtors"]["scandal"][0] = 0.5
    strike(*economy.state)
    assert told(economy)[0] / index - 1.0 == pytest.approx(-0.5 * values[0] / total)


def test_the_index_counts_shares_that_are_cancelled_and_the_new_ones_as_no_gain() -> None:
    economy = one_quarter_old()
    index, total, values = told(economy)
    world, column = economy.state[0][0], 4
    start_shares_anew(world, column)
    assert world["ledger"]["issued"][column] == 0.0
    issue_shares(world["ledger"], economy.state[1][column], economy.state[1][0], 1.0, SHARE_ISSUES)
    after, total_after, _ = told(economy)
    assert after / index == pytest.approx((total_after) / (total + 1.0))
    assert after / index - 1.0 == pytest.approx(-values[column] / total, abs=1e-3)


def test_funds_normal_weight_of_ai_is_that_of_the_market() -> None:
    economy = one_quarter_old()
    rebalance_funds(*economy.state)
    exchange, funds = economy.state[0][0]["exchange"], economy.kinds["equity_funds"]
    before, weight = funds["ai_normal"].copy(), float(exchange["ai_weight"])
    economy.state[0][0]["ledger"]["price"][:LISTED] *= 1.5
    tell_index(economy.state[0][0])
    rebalance_funds(*economy.state)
    ai, rest = 1.5 * weight, 1.0 - weight
    assert funds["ai_normal"] / before == pytest.approx(ai / (ai + rest) / weight)

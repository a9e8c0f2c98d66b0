"""Private-credit funds: what they draw and call when they lend, how they deleverage, and who waits at the gate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.credit.debt_service import must_shrink
from simulation.credit.lenders import call_capital, credit_room, lend_privately
from simulation.credit.private_credit import keep_leverage_limit, move_credit_money, repay_lines
from simulation.distress.rescue import write_off_fund_loans
from simulation.markets.equity import value_funds
from simulation.registry import FIRST_COLUMN, NAMES
from simulation.rule import live
from simulation.scenario.events import AgentEvent
from tests.simulation.deals.deals import COREWEAVE, economy_without_deals

FIRST = FIRST_COLUMN["credit_funds"]


def economy_of_funds(cash: float, loan: float, net_assets: float, **values: float) -> Economy:
    """An economy with four equal private-credit funds (USD bn each)."""
    economy = economy_without_deals()
    funds = economy.kinds["credit_funds"]
    funds["account"]["cash"], funds["account"]["loan"], funds["net_assets"] = cash, loan, net_assets
    for name in ("promised", "waiting", "gated", "return_quarter"):
        funds[name] = values.get(name, 0.0)
    world = economy.state[0][0]
    world["exchange"]["withdrawal"] = 0.0
    world["ledger"]["shares"][:, FIRST : FIRST + 4] = 0.0
    world["ledger"]["shares"][FIRST_COLUMN["insurers"], FIRST : FIRST + 4] = net_assets
    world["ledger"]["issued"][FIRST : FIRST + 4] = net_assets
    world["ledger"]["price"][FIRST : FIRST + 4] = 1.0
    return economy


def fund_of(economy: Economy) -> Any:
    """The first fund: all four are alike."""
    return live(economy.kinds["credit_funds"])[0]


def lend(economy: Economy, amount: float) -> float:
    """What the funds lend CoreWeave of an amount it asks for."""
    world, accounts, _ = economy.state
    return float(lend_privately(world[0], accounts[COREWEAVE], amount, 0.03))


def test_a_fund_lends_its_own_money_first_then_its_line_and_calls_capital_only_for_what_the_limit_leaves_open() -> None:
    """Net assets of 70 carry debt of .4 x 70 = 28. Of 26 to be lent 4 is money above the buffer of 2.1; of the other 22
    the line has 8, and of the 14 left 10 is called, which carry 4 more of debt."""
    economy = economy_of_funds(cash=6.1, loan=20.0, net_assets=70.0, promised=100.0)
    assert lend(economy, 4 * 4.0) == pytest.approx(16.0)
    fund = fund_of(economy)
    assert (float(fund["account"]["loan"]), float(fund["promised"])) == pytest.approx((20.0, 100.0))
    assert lend(economy, 4 * 22.0) == pytest.approx(88.0)
    assert (float(fund["account"]["loan"]), float(fund["promised"])) == pytest.approx((32.0, 90.0))
    assert (float(fund["net_assets"]), float(fund["account"]["cash"])) == pytest.approx((80.0, 2.1))


def test_a_fund_can_lend_what_its_money_and_its_investors_promises_carry() -> None:
    economy = economy_of_funds(cash=6.1, loan=20.0, net_assets=70.0, promised=10.0)
    world = economy.state[0][0]
    fund = fund_of(economy)
    assert credit_room(world, fund) == pytest.approx(4.0 + 10.0 + 0.4 * 80.0 - 20.0)
    assert lend(economy, 1e3) == pytest.approx(4 * 26.0)
    assert float(fund["promised"]) == pytest.approx(0.0)
    assert float(fund["account"]["loan"]) == pytest.approx(0.4 * 80.0)


def test_where_the_bank_does_not_lend_investors_pay_all_of_it() -> None:
    economy = economy_of_funds(cash=2.1, loan=20.0, net_assets=70.0, promised=100.0)
    economy.kinds["banks"]["lends"] = 0.0
    assert lend(economy, 4 * 22.0) == pytest.approx(88.0)
    fund = fund_of(economy)
    assert (float(fund["account"]["loan"]), float(fund["promised"])) == pytest.approx((20.0, 78.0))


def test_money_that_is_not_lent_repays_the_line() -> None:
    economy = economy_of_funds(cash=6.1, loan=20.0, net_assets=70.0)
    repay_lines(*economy.state)
    fund = fund_of(economy)
    assert (float(fund["account"]["loan"]), float(fund["account"]["cash"])) == pytest.approx((16.0, 2.1))


def test_a_lower_limit_makes_funds_call_capital_to_repay_their_bank() -> None:
    """A limit of 1.12 allows 8.4 of debt on 70: of 20, 11.6 is too much, and a call of 11.6/1.12 is enough."""
    economy = economy_of_funds(cash=2.1, loan=20.0, net_assets=70.0, promised=100.0)
    economy.state[0][0]["levers"]["private_credit_leverage"] = 0.8
    keep_leverage_limit(*economy.state)
    fund = fund_of(economy)
    called = 11.6 / 1.12
    assert (float(fund["account"]["loan"]), float(fund["promised"])) == pytest.approx((20.0 - called, 100.0 - called))
    assert float(fund["account"]["loan"]) == pytest.approx(0.12 * float(fund["net_assets"]))
    assert not must_shrink(economy.state[0][0], FIRST)


def test_a_fund_above_its_limit_behind_a_shut_gate_calls_nothing_lends_nothing_and_rolls_nothing_over() -> None:
    economy = economy_of_funds(cash=2.1, loan=30.0, net_assets=70.0, promised=100.0, gated=1.0)
    keep_leverage_limit(*economy.state)
    world = economy.state[0][0]
    fund = fund_of(economy)
    assert (float(fund["account"]["loan"]), float(fund["promised"])) == pytest.approx((30.0, 100.0))
    assert lend(economy, 10.0) == 0.0
    assert must_shrink(world, FIRST)
    assert not must_shrink(world, FIRST - 1)
    assert not must_shrink(world, FIRST + 4)


def test_redemptions_above_the_gate_wait_and_new_money_takes_their_place() -> None:
    """After a loss of 12 percent .02 - .1 x .12 - .6 x .12 = -6.4 percent of 100 is asked for and 5 is paid."""
    economy = economy_of_funds(cash=3.0, loan=0.0, net_assets=100.0, promised=20.0, return_quarter=-0.12)
    move_credit_money(*economy.state)
    fund = fund_of(economy)
    assert (float(fund["paid_out"]), float(fund["waiting"]), float(fund["gated"])) == pytest.approx((5.0, 1.4, 1.0))
    assert (float(fund["account"]["cash"]), float(fund["account"]["loan"])) == pytest.approx((0.0, 2.0)), (
        "the bank line pays 2"
    )
    assert float(economy.state[0][0]["exchange"]["gated"]) == pytest.approx(1.0)
    economy.kinds["credit_funds"]["return_quarter"] = 0.0
    economy.kinds["insurers"]["account"]["cash"] = 1e4
    move_credit_money(*economy.state)
    assert (float(fund["paid_out"]), float(fund["waiting"]), float(fund["gated"])) == pytest.approx((0.0, 0.0, 0.0))
    assert float(fund["promised"]) == pytest.approx(20.0 + 0.02 * 120.0 - 1.4)


def test_a_tighter_gate_pays_less_and_lets_more_wait() -> None:
    economy = economy_of_funds(cash=10.0, loan=0.0, net_assets=100.0, return_quarter=-0.12)
    economy.state[0][0]["levers"]["gate"] = -0.025
    move_credit_money(*economy.state)
    fund = fund_of(economy)
    assert (float(fund["paid_out"]), float(fund["waiting"])) == pytest.approx((2.5, 3.9))


def test_a_fund_at_its_limit_pays_no_more_than_its_money_and_its_gate_is_shut() -> None:
    economy = economy_of_funds(cash=3.0, loan=40.0, net_assets=100.0, return_quarter=-0.1)
    move_credit_money(*economy.state)
    fund = fund_of(economy)
    assert (float(fund["paid_out"]), float(fund["waiting"]), float(fund["gated"])) == pytest.approx((3.0, 2.0, 1.0))
    assert float(fund["account"]["loan"]) == pytest.approx(40.0)


@pytest.mark.parametrize(("net_assets", "lost"), [(1.0, 0.0), (-2.0, 2.0)])
def test_a_funds_bank_loses_only_what_its_investors_cannot(net_assets: float, lost: float) -> None:
    economy = economy_of_funds(cash=0.0, loan=30.0, net_assets=net_assets)
    for _ in range(int(economy.scenario.parameter_values()["insolvency_quarters"])):
        write_off_fund_loans(*economy.state)
    assert economy.kinds["banks"]["losses"] == pytest.approx(np.full(4, lost)), "each fund has a bank of its own"
    assert float(fund_of(economy)["account"]["loan"]) == pytest.approx(30.0 - lost)


def test_funds_open_at_their_usual_leverage_and_their_dry_powder_is_with_their_investors() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=1, firms=10, keep_books=False)
    funds = economy.kinds["credit_funds"]
    ready = economy.facts.value("United States", "private_credit_for_ai")
    assert (funds["net_assets"] + funds["promised"]).sum() == pytest.approx(ready)
    lent = funds["net_assets"] + funds["account"]["loan"] - funds["account"]["cash"]
    assert funds["account"]["loan"] == pytest.approx((1.0 - 1.0 / 1.4) * lent)
    assert funds["account"]["cash"] == pytest.approx(0.03 * ready / 4.0)
    promised = 0.02 * economy.facts.value("United States", "insurers_assets") + funds["promised"].sum()
    assert float(economy.kinds["insurers"]["account"]["cash"][0]) == pytest.approx(promised)


def test_when_neoclouds_fail_funds_lose_investors_wait_and_the_books_hold() -> None:
    failures = (AgentEvent(name, "failure", 10) for name in NAMES["clouds"][5:])
    scenario = Scenario.load("baseline").with_switches(luck=False).with_events(*failures)
    run = Economy(scenario, seed=1, quarters=20, firms=20, keep_books=False)
    history = run.run().history
    assert (history["private_credit_borrowed"].iloc[1:7] > 0.1).all()
    assert history["private_credit_gated"].max() > 0.0
    assert history["private_credit_redemptions"].max() > 0.0
    assert history["worst_residual"].max() < 1e-9


def test_a_fund_that_loses_all_again_and_again_still_takes_new_money() -> None:
    economy = economy_of_funds(cash=0.0, loan=0.0, net_assets=50.0, promised=10.0)
    world, fund = economy.state[0], fund_of(economy)
    for _ in range(3):
        fund["account"]["cash"] = 0.0  # all is lost
        for _ in range(2):
            value_funds(*economy.state)
            assert np.isfinite(float(fund["return_quarter"]))
        assert call_capital(world[0], fund, 2.0) == pytest.approx(2.0)
        assert float(world[0]["ledger"]["issued"][FIRST]) < 1e4, "shares that can be counted"

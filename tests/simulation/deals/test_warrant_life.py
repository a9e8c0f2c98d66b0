"""Warrants in the books: what they cost in revenue, when they vest, what their exercise does, and when shares are
sold."""

from __future__ import annotations

import pytest

from simulation.books.purposes import REBATES, WARRANT_TRADES
from simulation.deals.warrant_life import live_with_warrants, sell_earned_shares
from simulation.obligations.deal_register import OVER, WARRANT
from tests.simulation.deals.deals import AMD, OPENAI, economy_without_deals, enter, money, stake, world_of

PENNY = {"warrant_strike": 0.0, "warrant_chance": 0.5}


def economy_with_warrants(delivered: float, **terms: float):  # type: ignore[no-untyped-def]
    """A supplier of 1,000 shares at 100 has given 100 penny warrants, a sixth for every gigawatt."""
    economy = economy_without_deals(**PENNY)
    ledger = world_of(economy)["ledger"]
    ledger["shares"][:, AMD] *= 1000.0 / ledger["issued"][AMD]
    ledger["issued"][AMD], ledger["price"][AMD] = 1000.0, 100.0
    usual = {"amount": 0.1, "number": 100.0, "gigawatts": 6.0, "reference": 100.0, "target": 1.0}
    deal = enter(economy, WARRANT, AMD, OPENAI, delivered=delivered, **(usual | terms))
    return economy, deal


def carried(economy) -> float:  # type: ignore[no-untyped-def]
    """Warrants that the customer carries (USD bn)."""
    ledger = world_of(economy)["ledger"]
    claims = ledger["claims"][: int(ledger["n_claims"])]
    of_it = (claims["holder"] == OPENAI) & (claims["issuer"] == AMD)
    return float(claims["amount"][of_it].sum())


def test_every_gigawatt_costs_the_supplier_revenue_and_no_money() -> None:
    economy, _ = economy_with_warrants(delivered=1.0, target=10.0)
    rich, poor = money(economy, AMD), money(economy, OPENAI)
    live_with_warrants(*economy.state)
    ledger = world_of(economy)["ledger"]
    assert float(ledger["paid"][REBATES, AMD]) == pytest.approx(100.0 / 6.0 * 100.0 * 0.5)
    assert float(ledger["received"][WARRANT_TRADES, AMD]) >= float(ledger["paid"][REBATES, AMD])
    assert money(economy, AMD) == pytest.approx(rich)
    assert money(economy, OPENAI) == pytest.approx(poor)


def test_what_has_vested_is_exercised_and_dilutes_the_other_owners() -> None:
    economy, deal = economy_with_warrants(delivered=2.0)
    live_with_warrants(*economy.state)
    ledger = world_of(economy)["ledger"]
    assert float(ledger["shares"][OPENAI, AMD]) == pytest.approx(100.0 / 3.0)
    assert float(ledger["shares"][OPENAI, AMD] / ledger["issued"][AMD]) == pytest.approx(0.032, abs=3e-4)
    assert float(ledger["issued"][AMD] * ledger["price"][AMD]) == pytest.approx(1e5), "no money came in"
    assert carried(economy) == pytest.approx(200.0 / 3.0 * 100.0 * 0.5), "the unvested two thirds at half their worth"
    assert float(deal["done"]) == pytest.approx(0.1 / 3.0)


def test_warrants_are_exercised_without_money_for_what_they_are_worth_beyond_the_strike() -> None:
    economy, _ = economy_with_warrants(delivered=2.0)
    world_of(economy)["parameters"]["warrant_strike"] = 0.01
    economy.state[1]["cash"][OPENAI] = 0.0
    live_with_warrants(*economy.state)
    assert money(economy, OPENAI) == 0.0
    assert float(world_of(economy)["ledger"]["shares"][OPENAI, AMD]) == pytest.approx(0.99 * 100.0 / 3.0)


def test_tranches_wait_for_their_share_price() -> None:
    economy, _ = economy_with_warrants(delivered=6.0, target=2.0)
    world_of(economy)["ledger"]["price"][AMD] = 145.0
    live_with_warrants(*economy.state)
    shares = float(world_of(economy)["ledger"]["shares"][OPENAI, AMD])
    assert shares == pytest.approx(50.0), "marks rise from 100 to 200 in steps of 20: three are reached"


def test_the_last_exercise_ends_the_deal_and_warrants_of_a_party_that_is_gone_are_worth_nothing() -> None:
    economy, deal = economy_with_warrants(delivered=6.0)
    live_with_warrants(*economy.state)
    assert float(deal["open"]) == OVER
    economy, deal = economy_with_warrants(delivered=0.0)
    live_with_warrants(*economy.state)
    assert carried(economy) == pytest.approx(5000.0)
    deal["open"] = OVER
    live_with_warrants(*economy.state)
    assert carried(economy) == 0.0


def test_a_lab_sells_listed_shares_when_its_money_runs_short_and_only_then() -> None:
    economy, _ = economy_with_warrants(delivered=6.0)
    live_with_warrants(*economy.state)
    lab = economy.kinds["labs"][0:1]
    economy.kinds["households"]["account"]["cash"][0] = 1e6
    owned = stake(economy, OPENAI, AMD)
    lab["burn"], economy.state[1]["cash"][OPENAI] = 1.0, 100.0
    sell_earned_shares(*economy.state)
    assert stake(economy, OPENAI, AMD) == pytest.approx(owned)
    economy.state[1]["cash"][OPENAI] = 2.0
    sell_earned_shares(*economy.state)
    trigger = economy.scenario.parameter_values()["runway_trigger"]
    assert money(economy, OPENAI) == pytest.approx(trigger * 1.0)
    assert stake(economy, OPENAI, AMD) == pytest.approx(owned - (trigger - 2.0))

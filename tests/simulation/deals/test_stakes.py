"""Stakes: paid over time or as gigawatts come online, from free cash, below the cap."""

from __future__ import annotations

import pytest

from simulation.deals.known import count_progress
from simulation.deals.stakes import pay_stakes
from simulation.obligations.deal_register import EQUITY_STAKE, OVER
from tests.simulation.deals.deals import (
    COREWEAVE,
    MICROSOFT,
    NVIDIA,
    OPENAI,
    economy_without_deals,
    enter,
    money,
    stake,
    world_of,
)


def test_a_stake_paid_over_four_quarters_is_paid_by_quarters_at_the_price_of_the_quarters_round() -> None:
    economy = economy_without_deals()
    deal = enter(economy, EQUITY_STAKE, MICROSOFT, OPENAI, amount=8.0, quarters=4.0, quarters_left=4.0)
    economy.kinds["labs"]["mark_age"] = 0.0  # others have paid this price in the quarter
    price = float(world_of(economy)["ledger"]["price"][OPENAI])
    rich, owned = money(economy, MICROSOFT), stake(economy, MICROSOFT, OPENAI)
    pay_stakes(*economy.state)
    assert float(deal["done"]) == pytest.approx(2.0)
    assert money(economy, MICROSOFT) == pytest.approx(rich - 2.0)
    assert stake(economy, MICROSOFT, OPENAI) == pytest.approx(owned + 2.0)
    assert float(world_of(economy)["ledger"]["price"][OPENAI]) == pytest.approx(price, rel=1e-12)


def test_tranches_that_are_due_together_get_the_same_part_of_what_the_supplier_has() -> None:
    economy = economy_without_deals(stake_cap=1.0)
    world_of(economy)["chip_makers"]["money_target"] = 0.0
    economy.state[1]["cash"][NVIDIA] = 3.0
    deals = [
        enter(economy, EQUITY_STAKE, NVIDIA, customer, amount=amount, quarters=1.0, quarters_left=1.0)
        for customer, amount in ((OPENAI, 8.0), (COREWEAVE, 4.0))
    ]
    pay_stakes(*economy.state)
    assert [float(deal["done"]) for deal in deals] == pytest.approx([2.0, 1.0])


def test_a_tranche_falls_due_with_every_whole_gigawatt_and_the_last_one_ends_the_deal() -> None:
    economy = economy_without_deals(stake_cap=1.0)
    world_of(economy)["chip_makers"]["money_target"] = 0.0
    economy.state[1]["cash"][NVIDIA] = 200.0
    deal = enter(economy, EQUITY_STAKE, NVIDIA, OPENAI, amount=100.0, gigawatts=10.0, delivered=2.7)
    pay_stakes(*economy.state)
    assert float(deal["done"]) == pytest.approx(20.0)
    deal["delivered"] = 10.0
    pay_stakes(*economy.state)
    assert float(deal["done"]) == pytest.approx(100.0)
    assert float(deal["open"]) == OVER


def test_gigawatts_count_for_a_lab_by_its_part_of_the_clouds_that_serve_it() -> None:
    economy = economy_without_deals()
    world = world_of(economy)
    deal = enter(economy, EQUITY_STAKE, NVIDIA, OPENAI, amount=100.0, gigawatts=10.0)
    world["market"]["n_contracts"] = 1
    contract = world["market"]["contracts"][0]
    contract["customer"], contract["provider"], contract["quarters_left"] = OPENAI, 0, 8.0
    contract["gigawatts"] = 1.0
    microsoft = world["clouds"][0]
    microsoft["online"], microsoft["waiting"], microsoft["pipeline"] = 2.0, 1.0, 1.0
    microsoft["came_online"], world["market"]["physical"] = 0.8, 0.5
    count_progress(*economy.state)
    assert float(deal["delivered"]) == pytest.approx(0.25 * 0.8 * 0.5), "a quarter of its compute, in physical GW"


def test_a_supplier_pays_from_free_cash_alone_and_the_rest_stays_due() -> None:
    economy = economy_without_deals()
    world_of(economy)["chip_makers"]["money_target"][NVIDIA] = 5.0
    economy.state[1]["cash"][NVIDIA] = 6.5
    deal = enter(economy, EQUITY_STAKE, NVIDIA, OPENAI, amount=4.0)
    pay_stakes(*economy.state)
    assert float(deal["done"]) == pytest.approx(1.5)
    economy.state[1]["cash"][NVIDIA] = 50.0
    pay_stakes(*economy.state)
    assert float(deal["done"]) == pytest.approx(4.0)


def test_no_supplier_comes_to_own_more_of_a_customer_than_the_cap() -> None:
    economy = economy_without_deals(stake_cap=0.3)
    economy.state[1]["cash"][MICROSOFT] = 1e4
    enter(economy, EQUITY_STAKE, MICROSOFT, OPENAI, amount=500.0)
    pay_stakes(*economy.state)
    ledger = world_of(economy)["ledger"]
    assert float(ledger["shares"][MICROSOFT, OPENAI] / ledger["issued"][OPENAI]) == pytest.approx(0.3)


def test_shares_of_a_listed_customer_are_bought_from_itself_at_the_market_price() -> None:
    economy = economy_without_deals()
    issued = float(world_of(economy)["ledger"]["issued"][COREWEAVE])
    price = float(world_of(economy)["ledger"]["price"][COREWEAVE])
    poor = money(economy, COREWEAVE)
    enter(economy, EQUITY_STAKE, NVIDIA, COREWEAVE, amount=0.35)
    pay_stakes(*economy.state)
    assert money(economy, COREWEAVE) == pytest.approx(poor + 0.35)
    assert float(world_of(economy)["ledger"]["issued"][COREWEAVE]) == pytest.approx(issued + 0.35 / price)

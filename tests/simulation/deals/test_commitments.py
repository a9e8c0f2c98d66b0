"""Purchase commitments, backstops and vendor loans: whose orders turn to whom, and what stands in the books for it."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.books.instruments import PREPAYMENTS, VENDOR_LOANS
from simulation.credit.vendor_loans import chip_bill, lend_as_vendors
from simulation.deals.backstops import call_backstops
from simulation.deals.commitments import reserve_orders, settle_deposits
from simulation.obligations.deal_register import BACKSTOP, PURCHASE_COMMITMENT
from simulation.rule import live
from tests.simulation.deals.deals import (
    AMD,
    BROADCOM,
    COREWEAVE,
    MICROSOFT,
    NVIDIA,
    OPENAI,
    economy_without_deals,
    enter,
    money,
    world_of,
)


def claim(economy, instrument: int, holder: int, issuer: int) -> float:  # type: ignore[no-untyped-def]
    ledger = world_of(economy)["ledger"]
    claims = ledger["claims"][: int(ledger["n_claims"])]
    of_them = (claims["instrument"] == instrument) & (claims["holder"] == holder) & (claims["issuer"] == issuer)
    return float(claims["amount"][of_them].sum())


def test_a_labs_promise_to_a_maker_turns_the_orders_of_the_clouds_that_serve_it() -> None:
    economy = economy_without_deals()
    market = world_of(economy)["market"]
    market["n_contracts"], market["physical"] = 1, 1.0
    contract = market["contracts"][0]
    contract["customer"], contract["provider"], contract["quarters_left"] = OPENAI, 0, 8.0
    contract["gigawatts"] = 1.0
    clouds = economy.kinds["clouds"]
    clouds["online"][0], clouds["waiting"][0], clouds["pipeline"][0] = 2.0, 0.0, 0.0
    clouds["equipment_orders"][:] = 0.4
    enter(economy, PURCHASE_COMMITMENT, AMD, OPENAI, amount=9.0, gigawatts=0.8, quarters_left=8.0)
    reserve_orders(*economy.state)
    usual = float(market["usual_maker_share"][AMD, 0])
    assert float(market["reserved"][AMD, 0]) == pytest.approx(0.1), "an eighth of the promise"
    assert float(market["maker_share"][AMD, 0]) == pytest.approx(usual * 0.75 + 0.25)
    assert market["maker_share"][:, 0].sum() == pytest.approx(1.0)
    assert float(market["maker_share"][AMD, 1]) == pytest.approx(float(market["usual_maker_share"][AMD, 1]))


def test_a_tenth_of_what_is_on_order_is_paid_ahead_and_comes_back_with_the_chips() -> None:
    economy = economy_without_deals()
    market = world_of(economy)["market"]
    price = float(world_of(economy)["chip_makers"]["price"][NVIDIA])
    market["reserved"][NVIDIA, 0] = 0.5 * market["on_order"][NVIDIA, 0]
    ordered = float(market["reserved"][NVIDIA, 0]) * price
    rich = money(economy, NVIDIA)
    settle_deposits(*economy.state)
    assert claim(economy, PREPAYMENTS, MICROSOFT, NVIDIA) == pytest.approx(0.1 * ordered)
    assert money(economy, NVIDIA) == pytest.approx(rich + 0.1 * ordered)
    market["reserved"][NVIDIA, 0] = 0.0
    settle_deposits(*economy.state)
    assert claim(economy, PREPAYMENTS, MICROSOFT, NVIDIA) == pytest.approx(0.0)
    assert money(economy, NVIDIA) == pytest.approx(rich)


def test_a_guarantor_rents_what_its_customer_cannot_sell_until_the_promise_is_used_up() -> None:
    economy = economy_without_deals()
    spot = float(world_of(economy)["market"]["spot"])
    cloud = economy.kinds["clouds"][5:6]
    cloud["rentable"], cloud["rented"] = 1.0, 0.6
    deal = enter(economy, BACKSTOP, NVIDIA, COREWEAVE, amount=0.5 * spot, quarters_left=8.0)
    debtors = world_of(economy)["debtors"]
    call_backstops(*economy.state)
    assert float(debtors["receivable"][COREWEAVE]) == pytest.approx(0.4 * spot)
    assert float(cloud["rented"][0]) == pytest.approx(1.0)
    cloud["rented"] = 0.0
    call_backstops(*economy.state)
    assert float(debtors["receivable"][COREWEAVE]) == pytest.approx(0.5 * spot)
    assert float(debtors["payable"][NVIDIA]) == pytest.approx(0.5 * spot), "due even where the guarantor is short"
    assert float(deal["done"]) == pytest.approx(float(deal["amount"]))


def test_two_guarantors_of_one_provider_share_what_it_cannot_sell() -> None:
    economy = economy_without_deals()
    spot = float(world_of(economy)["market"]["spot"])
    cloud = economy.kinds["clouds"][5:6]
    cloud["rentable"], cloud["rented"] = 1.0, 0.6
    for guarantor, amount in ((NVIDIA, 0.3 * spot), (AMD, 0.3 * spot)):
        enter(economy, BACKSTOP, guarantor, COREWEAVE, amount=amount, quarters_left=8.0)
    call_backstops(*economy.state)
    payable = world_of(economy)["debtors"]["payable"]
    assert [float(payable[guarantor]) for guarantor in (NVIDIA, AMD)] == pytest.approx([0.2 * spot, 0.2 * spot])


def test_makers_lend_a_part_of_the_chip_bill_and_no_more_than_a_tenth_of_a_years_sales() -> None:
    economy = economy_without_deals()
    world = world_of(economy)
    world["parameters"]["endogenous_deals"] = 1.0
    world["chip_makers"]["money_target"] = 0.0
    cloud = live(economy.kinds["clouds"])[5]
    bill = chip_bill(world, NVIDIA, 5, cloud)
    assert bill > 0.0
    lacks = np.zeros(len(economy.kinds["clouds"]))
    lacks[5] = 1e3
    lent = lend_as_vendors(world, lacks, 0.02)
    assert claim(economy, VENDOR_LOANS, NVIDIA, COREWEAVE) == pytest.approx(0.3 * bill)
    assert lent[5] >= 0.3 * bill
    world["parameters"]["vendor_loan_limit"] = 0.0
    assert lend_as_vendors(world, lacks, 0.02).sum() == 0.0


def test_customers_of_a_maker_that_can_lend_less_than_they_ask_get_the_same_part() -> None:
    economy = economy_without_deals()
    world = world_of(economy)
    world["parameters"]["endogenous_deals"] = 1.0
    world["chip_makers"]["money_target"] = 0.0
    economy.state[1]["cash"][[NVIDIA, AMD, BROADCOM]] = [0.01, 0.0, 0.0]
    bills = [chip_bill(world, NVIDIA, k, live(economy.kinds["clouds"])[k]) for k in (5, 6)]
    lacks = np.zeros(len(economy.kinds["clouds"]))
    lacks[5], lacks[6] = 1e3, 1e3
    lent = lend_as_vendors(world, lacks, 0.02)
    assert lent.sum() == pytest.approx(0.01)
    assert lent[5] / lent[6] == pytest.approx(bills[0] / bills[1])

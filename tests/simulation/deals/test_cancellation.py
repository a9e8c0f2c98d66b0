"""Deals are options: who cancels, what it costs, and what the market sees of it in the same quarter."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.chronicle import CONTRACT_CANCELLED, STAKE_CANCELLED, WARRANTS_EXERCISED, WARRANTS_VESTED
from simulation.deals.cancellation import cancel_contracts, cancel_deals, cancel_hazard
from simulation.investment.orders import sector_outlook
from simulation.obligations.deal_register import EQUITY_STAKE, OVER, PURCHASE_COMMITMENT
from tests.simulation.agents.records import given
from tests.simulation.deals.deals import (
    COREWEAVE,
    NVIDIA,
    OPENAI,
    economy_without_deals,
    enter,
    world_of,
)


def sure_to_cancel() -> Economy:
    """An economy in which whoever may cancel does so this quarter."""
    economy = economy_without_deals()
    world_of(economy)["parameters"]["cancel_hazard"] = 1.0
    return economy


@pytest.mark.parametrize(
    ("stress", "short", "chance"), [(0.0, 0.0, 0.03), (0.4, 0.0, 0.03 * math.exp(0.6)), (0.4, 1.0, 0.03 * math.e**1.6)]
)
def test_the_hazard_of_cancelling_rises_with_stress_and_a_short_runway(
    stress: float, short: float, chance: float
) -> None:
    assert cancel_hazard(stress, short, given(cancel_hazard=0.03)) == pytest.approx(chance)


def test_cancelling_a_contract_above_the_market_cuts_the_backlog_in_the_same_quarter() -> None:
    economy = sure_to_cancel()
    market = world_of(economy)["market"]
    market["contracts"]["price"] = 2.0 * float(market["spot"])
    market["contracts"]["firm"] = 0.45 * market["contracts"]["gigawatts"]
    sector_outlook(*economy.state)
    before = float(market["contract_backlog"])
    cancel_contracts(*economy.state)
    growth = float(market["backlog_growth"])
    sector_outlook(*economy.state)
    assert float(market["contract_backlog"]) == pytest.approx(0.45 * before)
    assert float(market["backlog_growth"]) < growth
    happened = world_of(economy)["chronicle"]
    assert CONTRACT_CANCELLED in happened["events"]["kind"][: int(happened["n_events"])]


def test_nobody_cancels_what_it_needs_and_has_cheaper_than_the_market() -> None:
    economy = sure_to_cancel()
    market = world_of(economy)["market"]
    market["contracts"]["price"] = 0.5 * float(market["spot"])
    world_of(economy)["labs"]["need"] = 1e3
    before = market["contracts"]["gigawatts"].copy()
    cancel_contracts(*economy.state)
    assert (market["contracts"]["gigawatts"] == before).all()


def test_a_supplier_keeps_to_the_firm_part_of_a_stake_and_to_nothing_of_a_letter_of_intent() -> None:
    economy = sure_to_cancel()
    agreed = enter(economy, EQUITY_STAKE, NVIDIA, OPENAI, amount=100.0, gigawatts=10.0, firm=0.45)
    intended = enter(economy, EQUITY_STAKE, NVIDIA, COREWEAVE, amount=50.0, gigawatts=5.0, done=10.0)
    cancel_deals(*economy.state)
    assert float(agreed["amount"]) == pytest.approx(45.0)
    assert float(agreed["gigawatts"]) == pytest.approx(4.5), "a tranche stays what it was"
    assert float(intended["amount"]) == pytest.approx(10.0), "what is paid is paid"
    assert float(intended["open"]) == OVER
    cancel_deals(*economy.state)
    assert float(agreed["amount"]) == pytest.approx(45.0), "the firm part is bound"


def test_chips_on_order_under_a_cancelled_commitment_go_back_for_damages_of_fifteen_percent() -> None:
    economy = sure_to_cancel()
    market = world_of(economy)["market"]
    price = float(world_of(economy)["chip_makers"]["price"][NVIDIA])
    enter(economy, PURCHASE_COMMITMENT, NVIDIA, COREWEAVE, amount=4.0, gigawatts=1.0, quarters_left=8.0)
    market["on_order"][NVIDIA, 5] = market["reserved"][NVIDIA, 5] = 0.02
    economy.state[1]["cash"][COREWEAVE] = 0.0  # what is owed does not depend on the money at hand
    debtors = world_of(economy)["debtors"]
    cancel_deals(*economy.state)
    assert float(market["on_order"][NVIDIA, 5]) == pytest.approx(0.0)
    assert float(debtors["payable"][COREWEAVE]) == pytest.approx(0.15 * 0.02 * price)
    assert float(debtors["receivable"][NVIDIA]) == pytest.approx(0.15 * 0.02 * price)


def test_in_a_run_warrants_vest_contracts_and_tranches_are_cancelled_and_the_books_close() -> None:
    scenario = Scenario.load("baseline").with_parameters(cancel_hazard=0.1)
    seen: set[int] = set()
    for seed in (1, 2):
        economy = Economy(scenario, seed=seed, quarters=12, firms=20, keep_books=False)
        for _ in range(12):
            economy.step()
            happened = world_of(economy)["chronicle"]
            seen |= {int(kind) for kind in happened["events"]["kind"][: int(happened["n_events"])]}
        assert np.nanmax(economy.residuals["residual"]) <= 1e-9
    assert {CONTRACT_CANCELLED, STAKE_CANCELLED, WARRANTS_VESTED, WARRANTS_EXERCISED} <= seen

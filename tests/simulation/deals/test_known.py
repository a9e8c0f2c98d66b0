"""Deals of record: what stands at an opening, when later ones enter, and what a commitment buys."""

from __future__ import annotations

import pytest

from simulation import Economy, Scenario
from simulation.deals.known import advance_deals, close_deals
from simulation.obligations.contracts import contract_rent, rent_trend
from simulation.obligations.deal_register import (
    BACKSTOP,
    COMPUTE_COMMITMENT,
    EQUITY_STAKE,
    PURCHASE_COMMITMENT,
    WAITING,
    WARRANT,
)
from simulation.registry import FIRST_COLUMN
from tests.simulation.deals.deals import (
    AMD,
    COREWEAVE,
    MICROSOFT,
    NVIDIA,
    OPENAI,
    economy_without_deals,
    enter,
    world_of,
)

ORACLE = MICROSOFT + 4


def opened(vintage: str) -> list[tuple[int, int, int]]:
    """Kind, supplier and customer of every deal in the register of a vintage."""
    economy = Economy(Scenario.load("baseline"), seed=1, vintage=vintage, quarters=1, firms=10, keep_books=False)
    register = world_of(economy)["deals"]
    return [
        (int(deal["kind"]), int(deal["supplier"]), int(deal["customer"]))
        for deal in register["deals"][: int(register["n_deals"])]
    ]


def test_the_deals_of_2025_wait_at_the_opening_of_2024() -> None:
    deals = opened("2024Q4")
    for expected in (
        (COMPUTE_COMMITMENT, ORACLE, OPENAI),
        (COMPUTE_COMMITMENT, MICROSOFT, OPENAI),
        (EQUITY_STAKE, NVIDIA, OPENAI),
        (EQUITY_STAKE, FIRST_COLUMN["venture_funds"] + 3, OPENAI),
        (WARRANT, AMD, OPENAI),
        (WARRANT, COREWEAVE, OPENAI),
        (PURCHASE_COMMITMENT, AMD, OPENAI),
        (BACKSTOP, NVIDIA, COREWEAVE),
    ):
        assert deals.count(expected) == 1, expected


def test_what_was_paid_before_an_opening_is_not_entered_a_second_time() -> None:
    later, earlier = opened("2024Q4"), opened("2022Q4")
    paid = (EQUITY_STAKE, MICROSOFT, OPENAI)
    assert later.count(paid) == 0, "its shares stand at the opening of 2024"
    assert earlier.count(paid) == 1, "the 10 bn of 2023; the cumulative 13.8 of 2025 hold them"


def test_a_commitment_of_record_is_spread_over_contracts_that_add_up_to_it() -> None:
    economy = economy_without_deals(known_deals=1.0, contract_tranche=30.0)
    world = world_of(economy)
    standing = int(world["market"]["n_contracts"])
    terms = {"amount": 300.0, "quarters": 20.0, "lead": 6.0, "firm": 0.45, "known": 1.0}
    enter(economy, COMPUTE_COMMITMENT, ORACLE, OPENAI, open=WAITING, starts_in=1.0, **terms)
    advance_deals(*economy.state)
    signed = world["market"]["contracts"][standing : int(world["market"]["n_contracts"])]
    assert len(signed) == 8
    assert list(signed["starts_in"]) == [7.0 + k for k in range(8)]
    assert (signed["gigawatts"] * signed["price"] * signed["quarters_left"]).sum() == pytest.approx(300.0)
    assert (signed["firm"] / signed["gigawatts"]) == pytest.approx([0.45] * 8)
    assert set(signed["provider"]) == {4}
    assert set(signed["known"]) == {1.0}
    rent = contract_rent(world) * rent_trend(world["parameters"], 7.0)
    assert float(signed["price"][0]) == pytest.approx(rent), "the rent reckoned for the day service begins"
    close_deals(*economy.state)
    assert int(world["deals"]["n_deals"]) == 0


def test_deals_of_record_stay_out_where_the_experiment_leaves_them_out() -> None:
    economy = economy_without_deals()
    standing = int(world_of(economy)["market"]["n_contracts"])
    enter(economy, COMPUTE_COMMITMENT, ORACLE, OPENAI, open=WAITING, starts_in=1.0, amount=300.0, quarters=20.0)
    advance_deals(*economy.state)
    close_deals(*economy.state)
    assert int(world_of(economy)["market"]["n_contracts"]) == standing
    assert int(world_of(economy)["deals"]["n_deals"]) == 0


def test_ownership_scales_the_stakes_of_suppliers_at_the_opening_and_on_record() -> None:
    shares = {}
    for scale in (0.0, 1.0, 2.0):
        economy = economy_without_deals(stake_scale=scale, known_deals=1.0)
        ledger = world_of(economy)["ledger"]
        shares[scale] = float(ledger["shares"][MICROSOFT, OPENAI] / ledger["issued"][OPENAI])
        deal = enter(economy, EQUITY_STAKE, NVIDIA, OPENAI, open=WAITING, starts_in=1.0, amount=10.0, known=1.0)
        advance_deals(*economy.state)
        assert float(deal["amount"]) == pytest.approx(10.0 * scale)
    assert shares[0.0] == 0.0
    assert shares[2.0] == pytest.approx(2.0 * shares[1.0], rel=0.05)

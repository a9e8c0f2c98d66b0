"""Covenants: when lenders sweep cash, when they call a loan, what they mark down."""

from __future__ import annotations

import pytest

from simulation.books.instruments import PRIVATE_CREDIT
from simulation.books.purposes import PRIVATE_CREDIT_TRADES
from simulation.books.verbs import lend
from simulation.credit.covenants import enforce_covenants, marked_loss, part_called, secured_debt
from simulation.obligations.collateral import backing_of, collateral_of
from simulation.registry import FIRST_COLUMN
from simulation.rule import live
from tests.simulation.agents.records import given
from tests.simulation.deals.deals import COREWEAVE, OPENAI, economy_without_deals, world_of

FUND = FIRST_COLUMN["credit_funds"]


@pytest.mark.parametrize(
    ("debt", "cover", "spare", "part"),
    [
        (90.0, 0.5, 10.0, 0.0),  # within the limit of 90: cover alone breaks nothing
        (95.0, 2.0, 10.0, 5.0 / 95.0),  # 5 above it
        (95.0, 2.0, 3.0, 3.0 / 95.0),
        (95.0, 2.0, -3.0, 0.0),
        (95.0, 1.0, 10.0, 1.0),
        (0.0, 1.0, 10.0, 0.0),
    ],
)
def test_spare_cash_repays_what_is_above_the_limit_and_thin_cover_as_well_calls_the_loan(
    debt: float, cover: float, spare: float, part: float
) -> None:
    p = given(covenant_loan_to_value=0.9, covenant_cover=1.1)
    assert part_called(debt, 100.0, cover, spare, p) == pytest.approx(part)


def neocloud_on_a_contract(price: float):  # type: ignore[no-untyped-def]
    """CoreWeave owes one fund 100 bn against hardly any compute, and has let a gigawatt to OpenAI for 20 quarters."""
    economy = economy_without_deals(opex=0.012)
    world, accounts = world_of(economy), economy.state[1]
    for claim in world["ledger"]["claims"][: int(world["ledger"]["n_claims"])]:
        if claim["issuer"] == COREWEAVE and claim["instrument"] == PRIVATE_CREDIT:
            claim["amount"] = 0.0
    lend(world["ledger"], accounts[FUND], accounts[COREWEAVE], 100.0, 0.02, 20.0, PRIVATE_CREDIT, PRIVATE_CREDIT_TRADES)
    economy.kinds["clouds"]["online"][5] = economy.kinds["clouds"]["waiting"][5] = 0.0
    economy.kinds["clouds"]["money_target"][5] = 1e3  # nothing to spare
    world["debtors"]["cover"][COREWEAVE] = 0.9
    world["clearing"]["n_dues"] = 0
    market = world["market"]
    market["n_contracts"] = 1
    contract = live(market["contracts"])[0]
    contract["customer"], contract["provider"], contract["quarters_left"] = OPENAI, 5, 20.0
    contract["gigawatts"] = 1.0
    contract["price"] = price + 0.012 * float(market["system_price"])
    return economy


def test_a_contract_in_force_backs_a_loan_by_what_it_brings_beyond_running_costs() -> None:
    economy = neocloud_on_a_contract(6.0)
    world, accounts = world_of(economy), economy.state[1]
    assert secured_debt(world["ledger"], COREWEAVE) == pytest.approx(100.0)
    assert backing_of(world, accounts[COREWEAVE]) == pytest.approx(120.0)
    assert marked_loss(world, accounts, FUND) == pytest.approx(other_losses(economy), abs=1e-9)
    enforce_covenants(*economy.state)
    assert called_from(economy, COREWEAVE) == 0.0


def test_lenders_call_the_loan_and_mark_it_down_when_the_customer_is_gone() -> None:
    economy = neocloud_on_a_contract(6.0)
    world, accounts = world_of(economy), economy.state[1]
    before = marked_loss(world, accounts, FUND)
    world["market"]["n_contracts"] = 0
    left = float(collateral_of(world, accounts[COREWEAVE]))
    assert left < 90.0
    assert marked_loss(world, accounts, FUND) - before == pytest.approx(100.0 - left)
    enforce_covenants(*economy.state)
    assert called_from(economy, COREWEAVE) == pytest.approx(100.0)


def called_from(economy, column: int) -> float:  # type: ignore[no-untyped-def]
    """Principal that a debtor must pay back this quarter (USD bn)."""
    clearing = world_of(economy)["clearing"]
    dues = clearing["dues"][: int(clearing["n_dues"])]
    return float(dues["amount"][(dues["payer"] == column) & (dues["principal"] == 1)].sum())


def other_losses(economy) -> float:  # type: ignore[no-untyped-def]
    """What the fund's loans to others lack of backing (USD bn)."""
    world, accounts = world_of(economy), economy.state[1]
    total = 0.0
    for claim in world["ledger"]["claims"][: int(world["ledger"]["n_claims"])]:
        other = int(claim["issuer"])
        if claim["holder"] == FUND and claim["instrument"] == PRIVATE_CREDIT and other != COREWEAVE:
            debt = float(secured_debt(world["ledger"], other))
            lacking = max(1.0 - float(backing_of(world, accounts[other])) / max(debt, 1e-9), 0.0)
            total += lacking * float(claim["amount"])
    return total

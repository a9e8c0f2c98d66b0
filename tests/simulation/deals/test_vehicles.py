"""Vehicles at the end of their lease: who is paid back before they are closed."""

from __future__ import annotations

from typing import Any

import pytest

from simulation.books.instruments import PRIVATE_CREDIT
from simulation.books.purposes import PRIVATE_CREDIT_TRADES
from simulation.books.verbs import grant_loan, lend
from simulation.credit.lenders import bank_of
from simulation.deals.vehicles import close_vehicle, repay_lenders
from simulation.obligations.debts import debts_left
from simulation.registry import FIRST_COLUMN
from simulation.rule import live
from tests.simulation.deals.deals import economy_without_deals


def vehicle_that_owes(fund: float, bank: float) -> tuple[Any, Any, Any]:
    """A vehicle with money for all it owes to a private-credit fund and to its bank (USD bn): the state it is in, the
    vehicle and its account."""
    economy = economy_without_deals()
    world, accounts, _ = economy.state
    column = FIRST_COLUMN["vehicles"]
    vehicle, account = live(economy.kinds["vehicles"])[0], accounts[column]
    vehicle["alive"] = 1.0
    lender = accounts[FIRST_COLUMN["credit_funds"]]
    lend(world[0]["ledger"], lender, account, fund, 0.02, 20.0, PRIVATE_CREDIT, PRIVATE_CREDIT_TRADES)
    grant_loan(world[0]["ledger"], account, bank_of(world[0], account)["account"], bank)
    return economy.state, vehicle, account


def test_a_vehicle_is_not_closed_while_it_owes_its_bank() -> None:
    (world, accounts, _), vehicle, account = vehicle_that_owes(fund=0.0, bank=1.0)
    close_vehicle(world[0], accounts, vehicle)
    assert vehicle["alive"] == 1.0
    repay_lenders(world[0], accounts, account)
    close_vehicle(world[0], accounts, vehicle)
    assert (float(account["loan"]), float(vehicle["alive"])) == (0.0, 0.0)


def test_a_vehicle_that_is_short_pays_fund_and_bank_the_same_part() -> None:
    (world, accounts, _), _, account = vehicle_that_owes(fund=3.0, bank=1.0)
    account["cash"] = 2.0
    repay_lenders(world[0], accounts, account)
    assert float(account["loan"]) == pytest.approx(0.5)
    assert debts_left(world[0], account) == pytest.approx(2.0)

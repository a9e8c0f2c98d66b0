"""Economies of a few firms with one deal in the register, to hold each rule against numbers worked out by hand."""

from __future__ import annotations

from typing import Any

from simulation import Economy, Scenario
from simulation.obligations.deal_register import OPEN
from simulation.registry import FIRST_COLUMN

NVIDIA, AMD, BROADCOM = 0, 1, 2
MICROSOFT = FIRST_COLUMN["clouds"]
COREWEAVE = MICROSOFT + 5
OPENAI = FIRST_COLUMN["labs"]


def economy_without_deals(**parameters: float) -> Economy:
    """An economy one quarter old: no deal in its register, nobody proposes any or has luck."""
    scenario = Scenario.load("baseline").with_switches(known_deals=False, endogenous_deals=False, luck=False)
    economy = Economy(scenario.with_parameters(**parameters), seed=1, quarters=4, firms=10, keep_books=False)
    economy.step()
    world = economy.state[0][0]
    world["deals"]["n_deals"] = 0
    world["debtors"]["receivable"] = world["debtors"]["payable"] = 0.0
    return economy


def world_of(economy: Economy) -> Any:
    return economy.state[0][0]


def enter(economy: Economy, kind: int, supplier: int, customer: int, **terms: float) -> Any:
    """Put one open deal into the register; what is not said is zero, or one quarter. Returns its record."""
    register = world_of(economy)["deals"]
    deal = register["deals"][int(register["n_deals"])]
    register["n_deals"] += 1
    for field in deal.dtype.names:
        deal[field] = 0
    deal["kind"], deal["supplier"], deal["customer"], deal["open"] = kind, supplier, customer, OPEN
    deal["quarters"] = deal["quarters_left"] = 1.0
    for name, value in terms.items():
        deal[name] = value
    return deal


def money(economy: Economy, column: int) -> float:
    return float(economy.state[1]["cash"][column])


def stake(economy: Economy, holder: int, issuer: int) -> float:
    """Worth of a holder's shares of an issuer (USD bn)."""
    ledger = world_of(economy)["ledger"]
    return float(ledger["shares"][holder, issuer] * ledger["price"][issuer])

"""The Lucent test: a maker that has lent its customers what they buy with loses the loans and the sales together.

Lucent's vendor loans stood near a tenth of sales when orders of its customers halved in 2000-2001; most of the money
was not repaid.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from simulation import Economy, Scenario
from simulation.books.instruments import PRIVATE_CREDIT, VENDOR_LOANS
from simulation.books.purposes import CHIPS, PRIVATE_CREDIT_TRADES, VENDOR_LOAN_TRADES
from simulation.books.verbs import lend, redeem
from simulation.plan import Phase
from simulation.registry import FIRST_COLUMN, HYPERSCALERS
from simulation.rule import live
from simulation.scenario.paths import Path

NVIDIA = 0
NEOCLOUDS = range(FIRST_COLUMN["clouds"] + HYPERSCALERS, FIRST_COLUMN["labs"])
SHARE_OF_SALES = 0.1
FALL = 3
"""quarter in which demand falls"""


def vendor_loans(economy: Economy) -> float:
    """What neoclouds owe Nvidia (USD bn)."""
    ledger = economy.state[0][0]["ledger"]
    claims = ledger["claims"][: int(ledger["n_claims"])]
    return float(claims["amount"][(claims["instrument"] == VENDOR_LOANS) & (claims["holder"] == NVIDIA)].sum())


def refinance_by_vendor(world: Any, accounts: Any, _firms: Any) -> None:
    """Before demand falls, Nvidia lends neoclouds a tenth of a year's sales, with which they repay private credit."""
    if int(world[0]["quarter"]) != FALL - 1:
        return
    ledger = world[0]["ledger"]
    claims = live(ledger["claims"])
    private = [
        k
        for k in range(int(ledger["n_claims"]))
        if claims["instrument"][k] == PRIVATE_CREDIT and claims["issuer"][k] in NEOCLOUDS
    ]
    loans = SHARE_OF_SALES * 4.0 * float(world[0]["chip_makers"]["ai_revenue"][NVIDIA])
    part = min(loans / float(claims["amount"][private].sum()), 1.0)
    for k in private:
        amount = part * float(claims["amount"][k])
        debtor = accounts[int(claims["issuer"][k])]
        lend(ledger, accounts[NVIDIA], debtor, amount, 0.02, 12.0, VENDOR_LOANS, VENDOR_LOAN_TRADES)
        redeem(ledger, claims[k], accounts[int(claims["holder"][k])], debtor, amount, PRIVATE_CREDIT_TRADES)


@cache
def after_the_fall(demand: float) -> tuple[float, float, float]:
    """Vendor loans before, loans left four quarters after demand for AI and for the neoclouds' compute has fallen to a
    part of itself, and what neoclouds then buy over what they bought before. No creditor grants relief, as none did."""

    def demand_falls(world: Any, _accounts: Any, _firms: Any) -> None:
        contracts = world[0]["market"]["contracts"]
        if int(world[0]["quarter"]) == FALL:
            of_neoclouds = contracts["provider"] >= HYPERSCALERS
            contracts["gigawatts"][of_neoclouds] *= demand
            contracts["firm"][of_neoclouds] *= demand

    shocks = (Path("ai_demand_regulation", FALL, demand), Path("training_budget", FALL, demand))
    off = {"known_deals": False, "endogenous_deals": False, "withdrawal": False, "clearing": False, "luck": False}
    scenario = Scenario.load("baseline").with_switches(**off).with_shocks(*shocks)
    economy = Economy(scenario, seed=1, quarters=FALL + 3, firms=20, keep_books=False)
    steps = (refinance_by_vendor, demand_falls)
    economy.plan.insert(1, Phase("Lucent", "a maker takes over its customers' debt; their demand falls", steps))
    lent, paid = [], []
    for _ in range(FALL + 3):
        economy.step()
        lent.append(vendor_loans(economy))
        paid.append(float(economy.state[0][0]["ledger"]["paid"][CHIPS, list(NEOCLOUDS)].sum()))
    return lent[FALL - 2], lent[-1], paid[-1] / paid[FALL - 2]


def test_a_maker_whose_customers_lose_half_their_demand_loses_loans_and_sales_within_a_year() -> None:
    lent, left, sales = after_the_fall(0.5)
    assert lent > 0.0
    # Makers of telephone equipment lost 33 to 80 percent of what they had lent.
    assert 0.2 * lent < left < 0.67 * lent
    assert sales < 0.5 * after_the_fall(1.0)[2]  # of what it would have sold


def test_vendor_loans_are_good_while_demand_lasts() -> None:
    lent, left, sales = after_the_fall(1.0)
    assert left > 0.8 * lent
    assert sales > 0.5

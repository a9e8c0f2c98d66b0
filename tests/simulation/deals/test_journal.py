"""The journal of circular deals: money goes round, reported revenue rises, no wealth is made."""

from __future__ import annotations

import pytest

from simulation.books.deliveries import CHIPS_DELIVERED, COMPUTE_SERVED, deliver
from simulation.books.instruments import COMPUTE, CORPORATE_BONDS, INVENTORY
from simulation.books.purposes import (
    AI_SERVICES,
    AI_SUBSCRIPTIONS,
    CHIPS,
    COMPUTE_RENTAL,
    CORPORATE_BOND_TRADES,
    IMPORTED_PARTS,
    PRIVATE_ROUNDS,
)
from simulation.books.verbs import acquire, add_asset, issue_shares, lend, pay
from tests.simulation.books.test_verbs import CHECKED
from tests.simulation.books.village import ABROAD, CLOUD, FUND, LAB, MAKER, Village, found_village


def after_the_circle() -> tuple[Village, dict[int, float]]:
    """A chip maker buys 10 of a lab's equity; the lab pays a cloud 6 under take-or-pay; the cloud sells a bond of 2 and
    buys chips for 8; the maker pays 2.4 abroad. Returns the village and everybody's change of money."""
    village = found_village()
    ledger, accounts = village.ledger, village.accounts
    before = {k: float(accounts["cash"][k]) for k in (MAKER, CLOUD, LAB)}
    issue_shares(ledger, accounts[LAB], accounts[MAKER], 10.0, PRIVATE_ROUNDS)
    pay(ledger, accounts[LAB], accounts[CLOUD], 6.0, COMPUTE_RENTAL)
    lend(ledger, accounts[FUND], accounts[CLOUD], 2.0, 0.01, 28.0, CORPORATE_BONDS, CORPORATE_BOND_TRADES)
    acquire(ledger, accounts[CLOUD], accounts[MAKER], 8.0, CHIPS, COMPUTE)
    pay(ledger, accounts[MAKER], accounts[ABROAD], 2.4, IMPORTED_PARTS)
    add_asset(ledger, accounts[MAKER], INVENTORY, 2.4)
    deliver(ledger, accounts[LAB], COMPUTE_SERVED, 6.0)
    deliver(ledger, accounts[CLOUD], CHIPS_DELIVERED, 8.0)
    ledger["memo"][CHIPS] += 8.0
    return village, {k: float(accounts["cash"][k]) - before[k] for k in before}


def test_a_circle_of_deals_moves_money_and_makes_none() -> None:
    village, change = after_the_circle()
    assert change[MAKER] == pytest.approx(-4.4)
    assert change[LAB] == pytest.approx(4.0)
    assert change[CLOUD] == pytest.approx(0.0)
    assert sum(change.values()) == pytest.approx(2.0 - 2.4), "outside debt less outside cost"
    assert village.audit()[CHECKED].max() <= 1e-9


def test_a_circle_of_deals_reports_revenue_of_which_nobody_outside_has_paid_anything() -> None:
    village, _ = after_the_circle()
    received = village.ledger["received"]
    reported = received[COMPUTE_RENTAL, CLOUD] + received[CHIPS, MAKER]
    assert reported == pytest.approx(14.0)
    assert received[AI_SERVICES].sum() + received[AI_SUBSCRIPTIONS].sum() == 0.0

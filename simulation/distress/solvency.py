"""Who owes more than its assets would fetch."""

from __future__ import annotations

from simulation.books.instruments import (
    CONSTRUCTION,
    CORPORATE_BONDS,
    FIRST_TANGIBLE,
    N_TANGIBLE,
    SHELLS,
    VENDOR_LOANS,
)
from simulation.rule import rule

CORE_MULTIPLE = 10.0  # years of core cash flow that lenders take a going business for


@rule
def power_of(w, column):
    """Compute that an agent owns (adjusted GW), online and waiting; what it leases is its vehicle's."""
    first = w.clouds[0].account.column
    if first <= column < first + len(w.clouds):
        cloud = w.clouds[column - first]
        return max(cloud.online + cloud.waiting - cloud.lease_power, 0.0)
    first = w.other_buyers[0].account.column
    if first <= column < first + len(w.other_buyers):
        buyer = w.other_buyers[column - first]
        return buyer.online + buyer.waiting
    first = w.vehicles[0].account.column
    if first <= column < first + len(w.vehicles):
        return w.vehicles[column - first].power
    return 0.0


@rule
def collateral_of(w, account):
    """What lenders could lay hands on (USD bn): compute at the mark that distress leaves, shells and sites at book."""
    market = w.market
    systems = power_of(w, account.column) * market.it_price * market.collateral_mark
    return systems + account.tangible[SHELLS - FIRST_TANGIBLE] + account.tangible[CONSTRUCTION - FIRST_TANGIBLE]


@rule
def core_value(w, column):
    """Worth of a core business as a going concern (USD bn): some years of its cash flow."""
    first = w.chip_makers[0].account.column
    if first <= column < first + len(w.chip_makers):
        maker = w.chip_makers[column - first]
        # A slump of chip sales does not make the rest of the business worthless.
        return CORE_MULTIPLE * max(maker.cash_flow_year, 4.0 * maker.core_cash_share * maker.core_revenue)
    first = w.clouds[0].account.column
    if first <= column < first + len(w.clouds):
        cloud = w.clouds[column - first]
        return CORE_MULTIPLE * 4.0 * cloud.core_cash_share * cloud.core_revenue
    return 0.0


@rule
def rents_to_come(w, column):
    """What the lease in force will still bring a vehicle (USD bn), undiscounted like the debt it serves."""
    first = w.vehicles[0].account.column
    if first <= column < first + len(w.vehicles):
        vehicle = w.vehicles[column - first]
        if vehicle.lessee >= 0:
            return vehicle.rent * max(vehicle.quarters_left, 0.0)
    return 0.0


@rule
def holdings(ledger, column):
    """Shares of others that an agent holds (USD bn)."""
    total = 0.0
    for issuer in range(len(ledger.price)):
        number = ledger.shares[column, issuer]
        if number > 0.0:
            total += number * ledger.price[issuer]
    return total


@rule
def debts_left(w, account):
    """Claims on an agent that are still open, its bank loan included (USD bn)."""
    ledger = w.ledger
    total = account.loan
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.issuer == account.column and CORPORATE_BONDS <= claim.instrument <= VENDOR_LOANS:
            total += claim.amount
    return total


@rule
def book_equity(w, account):
    """Assets at book value less debt (USD bn)."""
    total = account.cash + holdings(w.ledger, account.column) - w.debtors[account.column].debt
    for k in range(N_TANGIBLE):
        total += account.tangible[k]
    return total


@rule
def watch_solvency(world, accounts, firms):
    """Count the quarters in which a debtor's books stand below zero, its assets would fetch less than nine tenths of
    its debts, and nobody gives it new money."""
    w = world[0]
    p = w.parameters
    for k in range(len(accounts)):
        debtor = w.debtors[k]
        if debtor.watched < 0.5 or debtor.debt <= 0.0:
            continue
        account = accounts[k]
        assets = max(account.cash, 0.0) + collateral_of(w, account) + holdings(w.ledger, k)
        assets += core_value(w, k) + rents_to_come(w, k)
        thin = book_equity(w, account) < 0.0 and assets < p.insolvency_marks * debtor.debt
        debtor.thin_quarters = debtor.thin_quarters + 1.0 if thin and debtor.new_money <= 1e-9 else 0.0
        debtor.new_money = 0.0

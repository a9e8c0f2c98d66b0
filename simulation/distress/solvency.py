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
from simulation.books.ledger import place_among
from simulation.rule import rule

CORE_MULTIPLE = 10.0  # years of core cash flow that lenders take a going business for


@rule
def power_of(w, column):
    """Compute that an agent owns (adjusted GW), online and waiting; what it leases is its vehicle's."""
    k = place_among(w.clouds, column)
    if k >= 0:
        return max(w.clouds[k].online + w.clouds[k].waiting - w.clouds[k].lease_power, 0.0)
    k = place_among(w.other_buyers, column)
    if k >= 0:
        return w.other_buyers[k].online + w.other_buyers[k].waiting
    k = place_among(w.vehicles, column)
    return w.vehicles[k].power if k >= 0 else 0.0


@rule
def collateral_of(w, account):
    """What lenders could lay hands on (USD bn): compute at the mark that distress leaves, shells and sites at book."""
    market = w.market
    systems = power_of(w, account.column) * market.it_price * market.collateral_mark
    return systems + account.tangible[SHELLS - FIRST_TANGIBLE] + account.tangible[CONSTRUCTION - FIRST_TANGIBLE]


@rule
def core_value(w, column):
    """Worth of a core business as a going concern (USD bn): some years of its cash flow."""
    k = place_among(w.chip_makers, column)
    if k >= 0:
        maker = w.chip_makers[k]
        # A slump of chip sales does not make the rest of the business worthless.
        return CORE_MULTIPLE * max(maker.cash_flow_year, 4.0 * maker.core_cash_flow)
    k = place_among(w.clouds, column)
    return CORE_MULTIPLE * 4.0 * w.clouds[k].core_cash_flow if k >= 0 else 0.0


@rule
def rents_to_come(w, column):
    """What the lease in force will still bring a vehicle (USD bn), undiscounted like the debt it serves."""
    k = place_among(w.vehicles, column)
    if k < 0 or w.vehicles[k].lessee < 0:
        return 0.0
    return w.vehicles[k].rent * max(w.vehicles[k].quarters_left, 0.0)


@rule
def contracts_to_come(w, column):
    """What the contracts in force will still bring a cloud beyond running costs (USD bn), undiscounted like the debt
    that was lent against them."""
    provider = place_among(w.clouds, column)
    running = w.parameters.opex * w.market.system_price
    total = 0.0
    for k in range(w.market.n_contracts if provider >= 0 else 0):
        contract = w.market.contracts[k]
        if contract.provider == provider:
            total += contract.gigawatts * max(contract.price - running, 0.0) * max(contract.quarters_left, 0.0)
    return total


@rule
def backing_of(w, account):
    """What stands behind the secured debt of an owner of compute (USD bn): its collateral, or what contracts or a lease
    in force will still bring, if that is more."""
    to_come = contracts_to_come(w, account.column) + rents_to_come(w, account.column)
    return max(collateral_of(w, account), to_come)


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
    """Count the quarters in which a debtor's books stand below zero, its assets would fetch less than
    `insolvency_marks` of its debts, and nobody gives it new money."""
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

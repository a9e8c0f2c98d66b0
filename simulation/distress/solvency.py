"""Who owes more than its assets would fetch."""

from simulation.books.instruments import N_TANGIBLE
from simulation.obligations.collateral import collateral_of, core_value, holdings, rents_to_come
from simulation.rule import rule


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

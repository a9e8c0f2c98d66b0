"""What losses do to lenders: funds that owe more than they own, and banks that are resolved."""

from simulation.books.purposes import SHARE_ISSUES
from simulation.books.verbs import cancel_shares, issue_shares, reprice, write_off_loan
from simulation.chronicle import BANK_RESOLVED, FUND_LOSS, LOSSES_ON_CLAIMS, NOBODY, tell
from simulation.credit.lenders import bank_of
from simulation.obligations.dues import note_blow
from simulation.rule import rule


@rule
def write_off_fund_loans(world, accounts, firms):
    """A bank that has lent to a fund whose assets no longer cover its debt writes off the difference."""
    w = world[0]
    for fund in w.equity_funds:
        write_off_excess(w, fund)
    for fund in w.venture_funds:
        write_off_excess(w, fund)
    for fund in w.credit_funds:
        write_off_excess(w, fund)


@rule
def write_off_excess(w, fund):
    """Write off what one fund has owed above its assets for as many quarters as make a firm insolvent."""
    column = fund.account.column
    standing = w.debtors[column]
    if fund.net_assets >= 0.0 or fund.account.loan <= 0.0:
        standing.thin_quarters = 0.0
        return
    standing.thin_quarters += 1.0
    if standing.thin_quarters < w.parameters.insolvency_quarters:
        return
    bank = bank_of(w, fund.account)
    lost = write_off_loan(w.ledger, fund.account, bank.account, -fund.net_assets)
    bank.losses += lost
    standing.thin_quarters = 0.0
    standing.failed_quarter = w.quarter
    note_blow(w, bank.account.column, column, LOSSES_ON_CLAIMS, lost)
    tell(w.chronicle, FUND_LOSS, column, bank.account.column, lost, 0.0)


@rule
def resolve_banks(world, accounts, firms):
    """A bank below the resolution ratio is resolved: its owners lose all, and government buys new shares for what
    brings capital back to target, with money that it borrows like any other (Bank Recovery and Resolution, Dodd-Frank
    Title II)."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    government = w.governments[0].account
    for bank in w.banks:
        bank.failed = 0.0
        if bank.equity >= p.resolution_ratio * bank.risk_weighted_assets:
            continue
        lack = p.capital_target * bank.risk_weighted_assets - bank.equity
        column = bank.account.column
        cancel_shares(ledger, column)
        reprice(ledger, column, 1.0)
        put_in = issue_shares(ledger, bank.account, government, lack, SHARE_ISSUES)
        bank.equity += put_in
        bank.failed = 1.0
        w.debtors[column].failed_quarter = w.quarter
        tell(w.chronicle, BANK_RESOLVED, column, NOBODY, put_in, 0.0)

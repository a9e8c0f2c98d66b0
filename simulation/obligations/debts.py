"""Debts: what they are paid for, how they rank, and what is left of them."""

from simulation.books import purposes
from simulation.books.instruments import CORPORATE_BONDS, PRIVATE_CREDIT, VENDOR_LOANS
from simulation.obligations.dues import SECURED, UNSECURED
from simulation.rule import rule


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
def interest_purpose(instrument):
    """What interest on a claim is paid for."""
    if instrument == CORPORATE_BONDS:
        return purposes.INTEREST_ON_CORPORATE_BONDS
    if instrument == PRIVATE_CREDIT:
        return purposes.INTEREST_ON_PRIVATE_CREDIT
    return purposes.INTEREST_ON_VENDOR_LOANS


@rule
def principal_purpose(instrument):
    """What the principal of a claim is paid back for."""
    if instrument == CORPORATE_BONDS:
        return purposes.CORPORATE_BOND_TRADES
    if instrument == PRIVATE_CREDIT:
        return purposes.PRIVATE_CREDIT_TRADES
    return purposes.VENDOR_LOAN_TRADES


@rule
def seniority(instrument):
    """Class of a claim: private credit is secured by what it paid for, bonds and vendor loans are not."""
    return SECURED if instrument == PRIVATE_CREDIT else UNSECURED


@rule
def principal_due(w, column, claim):
    """Principal of one claim, or of the bank loan, that already stands on the list of dues (USD bn)."""
    total = 0.0
    for k in range(w.clearing.n_dues):
        due = w.clearing.dues[k]
        if due.payer == column and due.principal == 1 and due.claim == claim:
            total += due.amount
    return total

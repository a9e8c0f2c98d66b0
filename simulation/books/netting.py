"""Payments of many accounts that share a column, in one pass: each account moves once, by what it receives less what it
pays, and the books are posted once for all of them, by purpose.

The audit holds both against each other: what the accounts moved must be what was posted."""

from simulation.books.instruments import BANK_LOANS
from simulation.books.purposes import LOANS
from simulation.books.verbs import CASH_MARK, LOAN_MARK
from simulation.rule import Record, rule


@rule
def settle_money(ledger: Record, account: Record, balance: float) -> None:
    """Bring an account to the balance that its payments of a pass leave; reserves follow between banks."""
    net = balance - account.cash
    account.cash = balance
    ledger.fingerprint[CASH_MARK] += account.weight * net
    ledger.reserves[account.bank] += net


@rule
def settle_loan(ledger: Record, account: Record, change: float) -> None:
    """Change an account's bank loan by what it borrows (positive) or repays; the money is part of its balance."""
    account.loan += change
    ledger.fingerprint[LOAN_MARK] += account.weight * change


@rule
def post_payments(ledger: Record, column: int, payee: Record, amount: float, purpose: int) -> None:
    """Give one payee what the accounts of a column have paid it for one purpose."""
    if payee.bank != payee.column:
        payee.cash += amount
        ledger.fingerprint[CASH_MARK] += payee.weight * amount
    ledger.reserves[payee.bank] += amount
    ledger.paid[purpose, column] += amount
    ledger.received[purpose, payee.column] += amount


@rule
def post_grants(ledger: Record, payer: Record, column: int, amount: float, purpose: int) -> None:
    """Take from one payer what the accounts of a column have received from it for one purpose."""
    if payer.bank != payer.column:
        payer.cash -= amount
        ledger.fingerprint[CASH_MARK] -= payer.weight * amount
    ledger.reserves[payer.bank] -= amount
    ledger.paid[purpose, payer.column] += amount
    ledger.received[purpose, column] += amount


@rule
def post_into_pool(ledger: Record, pool: Record, column: int, amount: float, purpose: int) -> None:
    """Give a market what the accounts of a column have paid into it for one purpose."""
    pool.cash += amount
    pool.posted[purpose] += amount
    ledger.paid[purpose, column] += amount


@rule
def pay_from_pool(pool: Record, amount: float) -> None:
    """Take out of a pool what its sellers, settled net, have received from it."""
    pool.cash -= amount


@rule
def post_loans(ledger: Record, column: int, bank: Record, lent: float, repaid: float) -> None:
    """Enter what a bank has lent to the accounts of a column, and what they have repaid."""
    ledger.transacted[BANK_LOANS, column] -= lent - repaid
    ledger.transacted[BANK_LOANS, bank.column] += lent - repaid
    ledger.reserves[bank.column] += repaid - lent
    ledger.paid[LOANS, bank.column] += lent
    ledger.received[LOANS, column] += lent
    ledger.paid[LOANS, column] += repaid
    ledger.received[LOANS, bank.column] += repaid

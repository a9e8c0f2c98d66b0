"""Every position of the balance sheet, derived from accounts, claims and shares themselves: there is no second
truth."""

import numpy as np

from simulation.books.instruments import BANK_LOANS, CAPITAL, DEPOSITS, FIRST_TANGIBLE, N_STOCKS, N_TANGIBLE, RESERVES
from simulation.books.purposes import SECTOR_LETTERS
from simulation.books.verbs import ASSET_MARK, CASH_MARK, LOAN_MARK
from simulation.registry import COLUMNS
from simulation.rule import Record, rule

_CENTRAL_BANK = list(SECTOR_LETTERS).index("Z")


@rule
def _lower(ledger: Record, stock: int, column: int, amount: float) -> None:
    """Remember who holds least of a stock: less than nothing is a breach."""
    if amount < ledger.lowest[stock]:
        ledger.lowest[stock] = amount
        ledger.lowest_column[stock] = column


@rule
def _enter_account(ledger: Record, account: Record) -> None:
    """Add one account to the positions: its money and loan are the other side of a bank's."""
    position = ledger.position
    column = account.column
    if account.bank != column:
        # A customer of the central bank (the government) holds reserves, everybody else deposits.
        row = RESERVES if ledger.sector[account.bank] == _CENTRAL_BANK else DEPOSITS
        position[row, column] += account.cash
        position[row, account.bank] -= account.cash
    position[BANK_LOANS, column] -= account.loan
    position[BANK_LOANS, account.lender] += account.loan
    _lower(ledger, DEPOSITS, column, account.cash)
    _lower(ledger, BANK_LOANS, column, account.loan)
    assets = 0.0
    for k in range(N_TANGIBLE):
        position[FIRST_TANGIBLE + k, column] += account.tangible[k]
        assets += account.tangible[k]
        _lower(ledger, FIRST_TANGIBLE + k, column, account.tangible[k])
    ledger.measured[CASH_MARK] += account.weight * account.cash
    ledger.measured[LOAN_MARK] += account.weight * account.loan
    ledger.measured[ASSET_MARK] += account.weight * assets


@rule
def _enter_firms(ledger: Record, firms: Record) -> None:
    """Add all ordinary firms in one pass: they share one column, and whatever they own is ordinary capital."""
    if len(firms) == 0:
        return
    position = ledger.position
    column = firms[0].account.column
    cash_by_bank = np.zeros(COLUMNS)
    loan_by_bank = np.zeros(COLUMNS)
    capital = cash_mark = loan_mark = asset_mark = 0.0
    lowest_cash = lowest_loan = lowest_capital = 0.0
    for i in range(len(firms)):
        account = firms[i].account
        cash_by_bank[account.bank] += account.cash
        loan_by_bank[account.lender] += account.loan
        cash_mark += account.weight * account.cash
        loan_mark += account.weight * account.loan
        lowest_cash = min(lowest_cash, account.cash)
        lowest_loan = min(lowest_loan, account.loan)
        assets = 0.0
        for k in range(N_TANGIBLE):
            assets += account.tangible[k]
        capital += assets
        asset_mark += account.weight * assets
        lowest_capital = min(lowest_capital, assets)
    for bank in range(COLUMNS):
        position[DEPOSITS, column] += cash_by_bank[bank]
        position[DEPOSITS, bank] -= cash_by_bank[bank]
        position[BANK_LOANS, column] -= loan_by_bank[bank]
        position[BANK_LOANS, bank] += loan_by_bank[bank]
    _lower(ledger, DEPOSITS, column, lowest_cash)
    _lower(ledger, BANK_LOANS, column, lowest_loan)
    position[CAPITAL, column] += capital
    _lower(ledger, CAPITAL, column, lowest_capital)
    ledger.measured[CASH_MARK] += cash_mark
    ledger.measured[LOAN_MARK] += loan_mark
    ledger.measured[ASSET_MARK] += asset_mark


@rule
def _enter_contracts(ledger: Record) -> None:
    """Add reserves, claims and shares, which the ledger itself holds."""
    position = ledger.position
    for column in range(COLUMNS):
        position[RESERVES, column] += ledger.reserves[column]
        if ledger.sector[column] != _CENTRAL_BANK:
            _lower(ledger, RESERVES, column, ledger.reserves[column])
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        position[claim.instrument, claim.holder] += claim.amount
        position[claim.instrument, claim.issuer] -= claim.amount
        _lower(ledger, claim.instrument, claim.holder, claim.amount)
    for issuer in range(COLUMNS):
        if ledger.issued[issuer] != 0.0:
            stock = ledger.equity_stock[issuer]
            price = ledger.price[issuer]
            position[stock, issuer] -= ledger.issued[issuer] * price
            for holder in range(COLUMNS):
                if ledger.shares[holder, issuer] != 0.0:
                    value = ledger.shares[holder, issuer] * price
                    position[stock, holder] += value
                    _lower(ledger, stock, holder, value)


@rule
def measure(ledger: Record, accounts: Record, firms: Record) -> None:
    """Derive every position, the weighted sums of the fingerprint and the lowest holding of each stock."""
    ledger.position[:, :] = 0.0
    ledger.measured[:] = 0.0
    for stock in range(N_STOCKS):
        ledger.lowest[stock] = 0.0
        ledger.lowest_column[stock] = -1
    _enter_firms(ledger, firms)
    for k in range(len(accounts)):
        _enter_account(ledger, accounts[k])
    _enter_contracts(ledger)


@rule
def claims_by_holder(ledger, n):
    """Claims held by each column (USD bn, an array of n)."""
    held = np.zeros(n)
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.holder < n:
            held[claim.holder] += claim.amount
    return held


@rule
def financial_assets(ledger, account, claims):
    """Money, claims and shares of one account less its bank loan (USD bn)."""
    total = account.cash - account.loan + claims[account.column]
    for issuer in range(len(ledger.price)):
        number = ledger.shares[account.column, issuer]
        if number != 0.0:
            total += number * ledger.price[issuer]
    return total

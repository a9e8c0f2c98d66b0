"""The audit of a quarter: every identity of the accounts, in every quarter of every run.

Compiled code finds the worst breach of each identity and where it is; Python words it. Residuals are relative to the
turnover of the row or quarter they belong to, and a breach is anything that is *not* below the tolerance, so that a
not-a-number is one too.
"""

from __future__ import annotations

import numpy as np

from simulation.books import purposes as purpose
from simulation.books.instruments import (
    BANK_LOANS,
    CAPITAL,
    DEPOSITS,
    FIRST_TANGIBLE,
    INVENTORY,
    N_FINANCIAL,
    N_STOCKS,
    RESERVES,
    STOCKS,
)
from simulation.books.ledger import COLUMNS, N_IDENTITIES
from simulation.books.purposes import N_PURPOSES, PURPOSES, SECTOR_LETTERS
from simulation.books.verbs import CASH_MARK, LOAN_MARK
from simulation.errors import CircuitError
from simulation.rule import rule

TOLERANCE = 1e-9

FLOW_ROWS = 0
PERMITTED = 1
MEMOS = 2
STOCK_FLOW = 3
BALANCE_ROWS = 4
SHARES = 5
FINGERPRINT = 6
GDP = 7
OVERDRAFTS = 8
WEALTH = 9

IDENTITIES: tuple[str, ...] = (
    "every row of the flow matrix: paid = received",
    "only declared sectors pay and are paid",
    "what markets counted = what was paid",
    "closing stock = opening + transactions + revaluations + other changes",
    "every financial row of the balance sheet sums to zero",
    "shares held = shares issued",
    "accounts moved only by payments (fingerprint)",
    "GDP by expenditure = by production = by income",
    "no account is overdrawn",
    "total net worth = tangible capital, and its change = saving + revaluation",
)

_SECTORS = {name: number for number, name in enumerate(SECTOR_LETTERS.values())}
SECTORS: tuple[str, ...] = tuple(_SECTORS)
_MAY_PAY = np.array([[letter in row.payers for letter in SECTOR_LETTERS] for row in PURPOSES])
_MAY_RECEIVE = np.array([[letter in row.payees for letter in SECTOR_LETTERS] for row in PURPOSES])
_STOCK_OF = np.array([row.stock for row in PURPOSES])
_FINANCIAL = np.array([row.nature in ("financial", "used") for row in PURPOSES])
_COUNTED = np.array([row.memo for row in PURPOSES])

# Sales of home producers and purchases they use up, for GDP by production.
_HOME_SALES = (
    purpose.CONSUMPTION, purpose.GOVERNMENT_PURCHASES, purpose.ORDINARY_INVESTMENT, purpose.AI_STRUCTURES,
    purpose.CHIPS, purpose.EXPORTS, purpose.AI_SERVICES, purpose.AI_SERVICES_EXPORTED, purpose.CORE_SALES,
    purpose.CORE_SALES_FINAL, purpose.CORE_SALES_EXPORTED, purpose.INPUTS, purpose.POWER,
)  # fmt: skip
_INTERMEDIATE = (
    purpose.IMPORTS, purpose.AI_SERVICES, purpose.AI_SERVICES_IMPORTED, purpose.CORE_SALES, purpose.INPUTS,
    purpose.POWER, )  # fmt: skip
_EQUITY_ROWS = (8, 9, 10)


class Breach(CircuitError):
    """An identity of the accounts does not hold. The message names quarter, identity, row, parties and size."""


@rule
def _enter(ledger, account):
    """Add one account to the positions: its money and loan are the other side of a bank's."""
    position = ledger.position
    column = account.column
    if account.bank != column:
        # A customer of the central bank (the government) holds reserves, everybody else deposits.
        row = RESERVES if ledger.sector[account.bank] == 12 else DEPOSITS
        position[row, column] += account.cash
        position[row, account.bank] -= account.cash
    position[BANK_LOANS, column] -= account.loan
    position[BANK_LOANS, account.lender] += account.loan
    for k in range(len(account.tangible)):
        position[FIRST_TANGIBLE + k, column] += account.tangible[k]


@rule
def _enter_firms(ledger, firms):
    """Add all ordinary firms, which share one column and own ordinary capital only."""
    if len(firms) == 0:
        return 0.0, 0.0, 0.0
    position = ledger.position
    column = firms[0].account.column
    cash_by_bank = np.zeros(COLUMNS)
    loan_by_bank = np.zeros(COLUMNS)
    capital = 0.0
    cash_mark = 0.0
    loan_mark = 0.0
    lowest = 0.0
    for i in range(len(firms)):
        account = firms[i].account
        cash_by_bank[account.bank] += account.cash
        loan_by_bank[account.lender] += account.loan
        capital += account.tangible[CAPITAL - FIRST_TANGIBLE]
        cash_mark += account.weight * account.cash
        loan_mark += account.weight * account.loan
        lowest = min(lowest, account.cash)
    for bank in range(COLUMNS):
        position[DEPOSITS, column] += cash_by_bank[bank]
        position[DEPOSITS, bank] -= cash_by_bank[bank]
        position[BANK_LOANS, column] -= loan_by_bank[bank]
        position[BANK_LOANS, bank] += loan_by_bank[bank]
    position[CAPITAL, column] += capital
    return cash_mark, loan_mark, lowest


@rule
def measure(ledger, accounts, firms):
    """Derive every position from the accounts, claims and shares themselves. Returns the marks of money and loans and
    the lowest balance."""
    ledger.position[:, :] = 0.0
    cash_mark, loan_mark, lowest = _enter_firms(ledger, firms)
    for k in range(len(accounts)):
        account = accounts[k]
        _enter(ledger, account)
        cash_mark += account.weight * account.cash
        loan_mark += account.weight * account.loan
        lowest = min(lowest, account.cash)
    position = ledger.position
    for column in range(COLUMNS):
        position[RESERVES, column] += ledger.reserves[column]
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        position[claim.instrument, claim.holder] += claim.amount
        position[claim.instrument, claim.issuer] -= claim.amount
    for issuer in range(COLUMNS):
        if ledger.issued[issuer] > 0.0:
            stock = ledger.equity_stock[issuer]
            price = ledger.price[issuer]
            position[stock, issuer] -= ledger.issued[issuer] * price
            for holder in range(COLUMNS):
                position[stock, holder] += ledger.shares[holder, issuer] * price
    return cash_mark, loan_mark, lowest


@rule
def open_quarter(ledger):
    """Clear the flows of the quarter before. What was audited last is the opening of the next."""
    ledger.paid[:, :] = 0.0
    ledger.received[:, :] = 0.0
    ledger.memo[:] = 0.0
    ledger.transacted[:, :] = 0.0
    ledger.revalued[:, :] = 0.0
    ledger.changed[:, :] = 0.0
    ledger.opening[:, :] = ledger.position
    ledger.operating_surplus = 0.0


@rule
def start_books(ledger, accounts, firms):
    """Take the positions of a newly built economy as the opening of its first quarter."""
    cash_mark, loan_mark, _ = measure(ledger, accounts, firms)
    ledger.fingerprint[CASH_MARK] = cash_mark
    ledger.fingerprint[LOAN_MARK] = loan_mark
    open_quarter(ledger)


@rule
def _note(ledger, identity, residual, size, row, column):
    """Keep the worst residual of an identity; a not-a-number is worse than any number."""
    if not residual <= ledger.residual[identity]:
        ledger.residual[identity] = residual
        ledger.residual_size[identity] = size
        ledger.residual_row[identity] = row
        ledger.residual_column[identity] = column


@rule
def _audit_rows(ledger):
    """Flow rows, permitted sectors and memos. Returns the turnover of the quarter."""
    turnover = 0.0
    for row in range(N_PURPOSES):
        paid = 0.0
        received = 0.0
        gross = 0.0
        for column in range(COLUMNS):
            out = ledger.paid[row, column]
            into = ledger.received[row, column]
            paid += out
            received += into
            gross += abs(out)
            if out != 0.0 and not _MAY_PAY[row, ledger.sector[column]]:
                _note(ledger, PERMITTED, 1.0, out, row, column)
            if into != 0.0 and not _MAY_RECEIVE[row, ledger.sector[column]]:
                _note(ledger, PERMITTED, 1.0, into, row, column)
        turnover += gross
        if gross > 0.0 or not (paid - received) == 0.0:
            _note(ledger, FLOW_ROWS, abs(paid - received) / max(gross, 1e-6), paid - received, row, -1)
        if _COUNTED[row]:
            gap = ledger.memo[row] - paid
            if not gap == 0.0:
                _note(ledger, MEMOS, abs(gap) / max(gross, 1e-6), gap, row, -1)
    return turnover


@rule
def _audit_stocks(ledger, turnover):
    """Closing = opening + flows for each stock and column; financial rows sum to zero."""
    for stock in range(N_STOCKS):
        total = 0.0
        gross = 0.0
        for column in range(COLUMNS):
            closing = ledger.position[stock, column]
            total += closing
            gross += abs(closing)
            if stock == DEPOSITS or stock == RESERVES:
                continue
            gap = closing - ledger.opening[stock, column] - ledger.transacted[stock, column]
            gap -= ledger.revalued[stock, column] + ledger.changed[stock, column]
            _note(ledger, STOCK_FLOW, abs(gap) / (turnover + gross), gap, stock, column)
        if stock < N_FINANCIAL:
            _note(ledger, BALANCE_ROWS, abs(total) / (turnover + gross), total, stock, -1)


@rule
def _audit_columns(ledger, turnover):
    """Money moved = received - paid, and what financial and capital payments bought = what the stocks moved."""
    bought = np.zeros((N_STOCKS, COLUMNS))
    for row in range(N_PURPOSES):
        stock = _STOCK_OF[row]
        if stock < 0:
            continue
        for column in range(COLUMNS):
            if _FINANCIAL[row]:
                # Private and listed shares, and fund shares, are traded under one purpose.
                bought[stock, column] += ledger.paid[row, column] - ledger.received[row, column]
            else:
                bought[stock, column] += ledger.paid[row, column]
    for column in range(COLUMNS):
        money = 0.0
        for row in range(N_PURPOSES):
            money += ledger.received[row, column] - ledger.paid[row, column]
        moved = ledger.position[DEPOSITS, column] - ledger.opening[DEPOSITS, column]
        moved += ledger.position[RESERVES, column] - ledger.opening[RESERVES, column]
        _note(ledger, STOCK_FLOW, abs(moved - money) / turnover, moved - money, DEPOSITS, column)
        equity_bought = 0.0
        equity_moved = 0.0
        for stock in _EQUITY_ROWS:
            equity_bought += bought[stock, column]
            equity_moved += ledger.transacted[stock, column]
        _note(
            ledger,
            STOCK_FLOW,
            abs(equity_bought - equity_moved) / turnover,
            equity_bought - equity_moved,
            8,
            column,
        )
        for stock in range(BANK_LOANS, N_STOCKS):
            if stock in _EQUITY_ROWS:
                continue
            gap = bought[stock, column] - ledger.transacted[stock, column]
            _note(ledger, STOCK_FLOW, abs(gap) / turnover, gap, stock, column)


@rule
def _audit_shares(ledger):
    """Every share that is held was issued."""
    for issuer in range(COLUMNS):
        if ledger.issued[issuer] > 0.0:
            held = 0.0
            for holder in range(COLUMNS):
                held += ledger.shares[holder, issuer]
            gap = held - ledger.issued[issuer]
            _note(ledger, SHARES, abs(gap) / ledger.issued[issuer], gap, ledger.equity_stock[issuer], issuer)


@rule
def _audit_wealth(ledger, turnover):
    """Net worth of all = tangible capital; its change = saving (current receipts less payments, plus capital formed)
    + revaluations + other changes of volume."""
    tangible = 0.0
    wealth = 0.0
    gross = 0.0
    for column in range(COLUMNS):
        for stock in range(N_STOCKS):
            value = ledger.position[stock, column]
            wealth += value
            gross += abs(value)
            if stock >= N_FINANCIAL:
                tangible += value
    _note(ledger, WEALTH, abs(wealth - tangible) / (gross + turnover), wealth - tangible, -1, -1)
    for column in range(COLUMNS):
        change = 0.0
        explained = 0.0
        scale = turnover
        for stock in range(N_STOCKS):
            change += ledger.position[stock, column] - ledger.opening[stock, column]
            explained += ledger.revalued[stock, column] + ledger.changed[stock, column]
            scale += abs(ledger.position[stock, column])
        for row in range(N_PURPOSES):
            if not _FINANCIAL[row]:
                explained += ledger.received[row, column]
                if _STOCK_OF[row] < 0:
                    explained -= ledger.paid[row, column]
        _note(ledger, WEALTH, abs(change - explained) / scale, change - explained, -1, column)


@rule
def _audit_gdp(ledger):
    """GDP three ways: from payments by kind of demand, from what markets counted, from what producers earned."""
    paid = ledger.paid
    spent = 0.0
    for column in range(COLUMNS):
        if ledger.sector[column] < 0:
            continue
        home = ledger.resident[column] == 1
        spent += paid[purpose.CONSUMPTION, column] + paid[purpose.AI_SUBSCRIPTIONS, column]
        spent += paid[purpose.CORE_SALES_FINAL, column] + paid[purpose.GOVERNMENT_PURCHASES, column]
        spent += paid[purpose.ORDINARY_INVESTMENT, column] + paid[purpose.AI_STRUCTURES, column]
        spent += paid[purpose.CHIPS, column]  # investment at home, an export to a buyer abroad
        spent += paid[purpose.EXPORTS, column] + paid[purpose.AI_SERVICES_EXPORTED, column]
        spent += paid[purpose.CORE_SALES_EXPORTED, column]
        spent -= paid[purpose.IMPORTS, column] + paid[purpose.AI_SERVICES_IMPORTED, column]
        # Parts bought abroad are imports; what is not used up is added to inventories.
        spent += ledger.changed[INVENTORY, column]
        if not home:
            spent -= ledger.received[purpose.AI_SUBSCRIPTIONS, column]
            # Rent that a foreign user pays a home cloud is an export, rent that a home user pays abroad an import.
            spent += paid[purpose.COMPUTE_RENTAL, column] - ledger.received[purpose.COMPUTE_RENTAL, column]
    produced = ledger.memo[purpose.AI_SUBSCRIPTIONS]
    for row in _HOME_SALES:
        produced += ledger.memo[row]
    for row in _INTERMEDIATE:
        produced -= ledger.memo[row]
    for column in range(COLUMNS):
        if ledger.sector[column] >= 0:
            produced += ledger.changed[INVENTORY, column]
            if ledger.resident[column] == 0:
                produced -= ledger.received[purpose.AI_SUBSCRIPTIONS, column]
                produced += paid[purpose.COMPUTE_RENTAL, column] - ledger.received[purpose.COMPUTE_RENTAL, column]
    earned = ledger.memo[purpose.WAGES] + ledger.operating_surplus
    ledger.gdp_expenditure = spent
    ledger.gdp_production = produced
    ledger.gdp_income = earned
    scale = max(abs(spent), 1e-6)
    _note(ledger, GDP, abs(produced - spent) / scale, produced - spent, 0, -1)
    _note(ledger, GDP, abs(earned - spent) / scale, earned - spent, 1, -1)


@rule
def audit(ledger, accounts, firms):
    """Check every identity of the quarter. Returns the worst relative residual; where it is stands in the ledger."""
    ledger.residual[:] = 0.0
    cash_mark, loan_mark, lowest = measure(ledger, accounts, firms)
    turnover = _audit_rows(ledger)
    _audit_stocks(ledger, turnover)
    _audit_columns(ledger, turnover)
    _audit_shares(ledger)
    _audit_wealth(ledger, turnover)
    _audit_gdp(ledger)
    gap = cash_mark - ledger.fingerprint[CASH_MARK]
    _note(ledger, FINGERPRINT, abs(gap) / (turnover + abs(cash_mark)), gap, DEPOSITS, -1)
    gap = loan_mark - ledger.fingerprint[LOAN_MARK]
    _note(ledger, FINGERPRINT, abs(gap) / (turnover + abs(loan_mark)), gap, BANK_LOANS, -1)
    _note(ledger, OVERDRAFTS, max(-lowest, 0.0) / turnover, lowest, DEPOSITS, -1)
    # Rounding must not pile up in the marks: the measured value is the next opening.
    ledger.fingerprint[CASH_MARK] = cash_mark
    ledger.fingerprint[LOAN_MARK] = loan_mark
    worst = 0.0
    for identity in range(N_IDENTITIES):
        if not ledger.residual[identity] <= worst:
            worst = ledger.residual[identity]
    return worst


def describe_breach(ledger: np.void, names: list[str], quarter: str) -> Breach:
    """Put every identity that does not hold into words: quarter, identity, row, parties, size in USD bn."""
    faults = []
    for identity, meaning in enumerate(IDENTITIES):
        residual = float(ledger["residual"][identity])
        if residual <= TOLERANCE:
            continue
        row = int(ledger["residual_row"][identity])
        column = int(ledger["residual_column"][identity])
        where = _row_name(identity, row)
        who = names[column] if 0 <= column < len(names) else _parties(ledger, identity, row, names)
        size = float(ledger["residual_size"][identity])
        faults.append(f"{quarter}: {meaning}: {where}, {who}: off by {size:.6g} bn (relative {residual:.2g})")
    return Breach(*faults)


def _row_name(identity: int, row: int) -> str:
    if identity == GDP:
        return ("production against expenditure", "income against expenditure")[row]
    if identity in (FLOW_ROWS, PERMITTED, MEMOS):
        return PURPOSES[row].name
    return STOCKS[row].name if row >= 0 else "net worth"


def _parties(ledger: np.void, identity: int, row: int, names: list[str]) -> str:
    """Who took part in a row: the payers and payees with the largest sums."""
    if identity not in (FLOW_ROWS, PERMITTED, MEMOS):
        return "all columns"

    def largest(side: str) -> str:
        amounts = ledger[side][row][: len(names)]
        order = np.argsort(-np.abs(amounts))[:3]
        return ", ".join(names[k] for k in order if amounts[k] != 0.0) or "nobody"

    return f"paid by {largest('paid')} to {largest('received')}"

"""The audit of a quarter: every identity of the accounts, in every quarter of every run.

Compiled code finds the worst breach of each identity and where it is; Python words it. Residuals are relative to the
turnover of the row or quarter they belong to, and a breach is anything that is *not* below the tolerance, so that a
not-a-number is one too."""

import math

import numpy as np

from simulation.books import identities
from simulation.books.consolidation import is_internal, members_of_ai_sector, net_receipts
from simulation.books.deliveries import DELIVERY_OF, N_DELIVERIES
from simulation.books.gdp import measure_gdp
from simulation.books.instruments import (
    BANK_LOANS,
    DEPOSITS,
    FUND_SHARES,
    LISTED_EQUITY,
    N_FINANCIAL,
    N_STOCKS,
    PRIVATE_EQUITY,
    RESERVES,
)
from simulation.books.ledger import N_MARKS
from simulation.books.positions import measure
from simulation.books.purposes import N_PURPOSES, PURPOSES, SECTOR_LETTERS
from simulation.registry import COLUMNS
from simulation.rule import Record, rule

# The last column stands for "no sector" (-1): a column that nobody has may neither pay nor be paid.
_MAY_PAY = np.array([[*(letter in row.payers for letter in SECTOR_LETTERS), False] for row in PURPOSES])
_MAY_RECEIVE = np.array([[*(letter in row.payees for letter in SECTOR_LETTERS), False] for row in PURPOSES])
_STOCK_OF = np.array([row.stock for row in PURPOSES])
_FINANCIAL = np.array([row.nature in ("financial", "used") for row in PURPOSES])
_COUNTED = np.array([row.counted for row in PURPOSES])
_EQUITY_ROWS = (LISTED_EQUITY, PRIVATE_EQUITY, FUND_SHARES)
_SMALLEST = 1e-3
"""USD bn: what residuals are measured against where hardly anything was paid. A billionth of it is a tenth of a cent:
what counting up some hundred bn and down again is rounded to."""


@rule
def open_quarter(ledger: Record) -> None:
    """Clear the flows of the quarter before. What was audited last is the opening of the next."""
    ledger.paid[:, :] = 0.0
    ledger.received[:, :] = 0.0
    ledger.memo[:] = 0.0
    ledger.deliveries.delivered[:, :] = 0.0
    ledger.deliveries.unpaid[:, :] = 0.0
    ledger.transacted[:, :] = 0.0
    ledger.revalued[:, :] = 0.0
    ledger.changed[:, :] = 0.0
    ledger.opening[:, :] = ledger.position
    ledger.operating_surplus = 0.0


@rule
def start_books(ledger: Record, accounts: Record, firms: Record) -> None:
    """Take the positions of a newly built economy as the opening of its first quarter."""
    measure(ledger, accounts, firms)
    ledger.fingerprint[:] = ledger.measured
    open_quarter(ledger)


@rule
def _worse(residual: float, worst: float) -> bool:
    """Whether a residual is worse than the worst so far. A not-a-number is worse than any number, and stays."""
    return not residual <= worst and not math.isnan(worst)


@rule
def _note(ledger: Record, identity: int, residual: float, size: float, row: int, column: int) -> None:
    """Keep the worst residual of an identity and where it stands."""
    if _worse(residual, ledger.residual[identity]):
        ledger.residual[identity] = residual
        ledger.residual_size[identity] = size
        ledger.residual_row[identity] = row
        ledger.residual_column[identity] = column


@rule
def _used_columns(ledger: Record, row: int, used: Record) -> int:
    """Put into `used` the columns that pay or are paid under a purpose. Returns how many there are."""
    number = 0
    for column in range(COLUMNS):
        # Overwritten by the next unless it is used: most are not, and a branch here is guessed wrong too often.
        used[number] = column
        number += (ledger.paid[row, column] != 0.0) | (ledger.received[row, column] != 0.0)
    return number


@rule
def _in_order(amount: float, permitted: bool) -> bool:
    """Whether who pays or is paid an amount may do so; a not-a-number is in order nowhere."""
    return amount == 0.0 or (amount > 0.0 and permitted)


@rule
def _audit_payments(ledger: Record, bought: Record, money: Record, saved: Record) -> tuple[float, bool]:
    """Flow rows and what markets counted. Adds up by column what was bought of each stock, the money that moved and
    what was saved. Returns the turnover of the quarter, and whether all parties are in order."""
    turnover = 0.0
    all_in_order = True
    used = np.empty(COLUMNS + 1, np.uint32)
    for row in range(N_PURPOSES):
        stock = _STOCK_OF[row]
        paid = received = gross = 0.0
        for k in range(_used_columns(ledger, row, used)):
            column = used[k]
            out = ledger.paid[row, column]
            into = ledger.received[row, column]
            sector = ledger.sector[column]
            all_in_order &= _in_order(out, _MAY_PAY[row, sector]) and _in_order(into, _MAY_RECEIVE[row, sector])
            paid += out
            received += into
            gross += abs(out)
            money[column] += into - out
            if _FINANCIAL[row]:
                # Private and listed shares, and fund shares, are traded under one purpose.
                bought[stock, column] += out - into
            else:
                saved[column] += into
                if stock < 0:
                    saved[column] -= out
                else:
                    bought[stock, column] += out
        if math.isfinite(gross):
            turnover += gross
        scale = max(gross, _SMALLEST)
        _note(ledger, identities.FLOW_ROWS, abs(paid - received) / scale, paid - received, row, -1)
        if _COUNTED[row] or ledger.memo[row] != 0.0:
            _note(ledger, identities.MEMOS, abs(ledger.memo[row] - paid) / scale, ledger.memo[row] - paid, row, -1)
    return max(turnover, _SMALLEST), all_in_order


@rule
def _audit_party(ledger: Record, amount: float, permitted: bool, turnover: float, row: int, column: int) -> None:
    """Whoever pays or is paid may do so, and the amount is not less than nothing."""
    _note(ledger, identities.PERMITTED, max(-amount, 0.0) / turnover, amount, row, column)
    if not permitted:
        _note(ledger, identities.PERMITTED, 1.0, amount, row, column)


@rule
def _audit_parties(ledger: Record, turnover: float) -> None:
    """Only declared sectors pay and are paid, and nobody pays less than nothing, which would be taking."""
    for row in range(N_PURPOSES):
        for column in range(COLUMNS):
            out = ledger.paid[row, column]
            into = ledger.received[row, column]
            sector = ledger.sector[column]
            # What is in order needs no note.
            if not _in_order(out, _MAY_PAY[row, sector]):
                _audit_party(ledger, out, _MAY_PAY[row, sector], turnover, row, column)
            if not _in_order(into, _MAY_RECEIVE[row, sector]):
                _audit_party(ledger, into, _MAY_RECEIVE[row, sector], turnover, row, column)


@rule
def _audit_stocks(ledger: Record, turnover: float) -> None:
    """Closing = opening + flows for each stock and column; financial rows sum to zero."""
    for stock in range(N_STOCKS):
        total = 0.0
        gross = 0.0
        for column in range(COLUMNS):
            closing = ledger.position[stock, column]
            total += closing
            if math.isfinite(closing):
                gross += abs(closing)
            if stock in (DEPOSITS, RESERVES):
                continue
            gap = closing - ledger.opening[stock, column] - ledger.transacted[stock, column]
            gap -= ledger.revalued[stock, column] + ledger.changed[stock, column]
            if gap != 0.0:
                _note(ledger, identities.STOCK_FLOW, abs(gap) / (turnover + gross), gap, stock, column)
        if stock < N_FINANCIAL:
            _note(ledger, identities.BALANCE_ROWS, abs(total) / (turnover + gross), total, stock, -1)


@rule
def _audit_columns(ledger: Record, bought: Record, money: Record, turnover: float) -> None:
    """Money moved = received - paid, and what financial and capital payments bought = what the stocks moved."""
    for column in range(COLUMNS):
        moved = ledger.position[DEPOSITS, column] - ledger.opening[DEPOSITS, column]
        moved += ledger.position[RESERVES, column] - ledger.opening[RESERVES, column]
        gap = moved - money[column]
        _note(ledger, identities.STOCK_FLOW, abs(gap) / turnover, gap, DEPOSITS, column)
        gap = 0.0
        for stock in _EQUITY_ROWS:
            gap += bought[stock, column] - ledger.transacted[stock, column]
        _note(ledger, identities.STOCK_FLOW, abs(gap) / turnover, gap, LISTED_EQUITY, column)
    for stock in range(BANK_LOANS, N_STOCKS):
        if stock in _EQUITY_ROWS:
            continue
        for column in range(COLUMNS):
            gap = bought[stock, column] - ledger.transacted[stock, column]
            if gap != 0.0:
                _note(ledger, identities.STOCK_FLOW, abs(gap) / turnover, gap, stock, column)


@rule
def _audit_shares(ledger: Record) -> None:
    """Every share that is held was issued, up to the rounding of as many as the issuer ever had: who has bought back
    nearly all of them keeps what the many rounded to."""
    held = np.zeros(COLUMNS)
    for holder in range(COLUMNS):
        for issuer in range(COLUMNS):
            held[issuer] += ledger.shares[holder, issuer]
    for issuer in range(COLUMNS):
        issued = ledger.issued[issuer]
        ledger.most_issued[issuer] = max(ledger.most_issued[issuer], abs(issued))
        if held[issuer] != 0.0 or issued != 0.0:
            gap = held[issuer] - issued
            scale = max(ledger.most_issued[issuer], _SMALLEST)
            _note(ledger, identities.SHARES, abs(gap) / scale, gap, ledger.equity_stock[issuer], issuer)


@rule
def _audit_wealth(ledger: Record, saved: Record, turnover: float) -> None:
    """Net worth of all = tangible capital; its change = saving (current receipts less payments, plus capital formed) +
    revaluations + other changes of volume."""
    tangible = wealth = gross = 0.0
    scale = np.full(COLUMNS, turnover)
    gap = -saved
    for stock in range(N_STOCKS):
        for column in range(COLUMNS):
            value = ledger.position[stock, column]
            wealth += value
            if stock >= N_FINANCIAL:
                tangible += value
            if math.isfinite(value):
                gross += abs(value)
                scale[column] += abs(value)
            gap[column] += value - ledger.opening[stock, column]
            gap[column] -= ledger.revalued[stock, column] + ledger.changed[stock, column]
    _note(ledger, identities.WEALTH, abs(wealth - tangible) / (gross + turnover), wealth - tangible, -1, -1)
    for column in range(COLUMNS):
        _note(ledger, identities.WEALTH, abs(gap[column]) / scale[column], gap[column], -1, column)


@rule
def _audit_ai_sector(ledger: Record, turnover: float) -> None:
    """Payments inside the AI sector cancel, row by row, and its money changes by what is paid: so outside flows alone
    change it, and no circular deal makes wealth."""
    members = members_of_ai_sector(ledger)
    gap = 0.0
    for column in members:
        gap += ledger.position[DEPOSITS, column] - ledger.opening[DEPOSITS, column]
    for row in range(N_PURPOSES):
        net = net_receipts(ledger, row, members)
        gap -= net
        if is_internal(row):
            _note(ledger, identities.AI_SECTOR, abs(net) / turnover, net, row, -1)
    _note(ledger, identities.AI_SECTOR, abs(gap) / turnover, gap, -1, -1)


@rule
def _audit_deliveries(ledger: Record, turnover: float) -> None:
    """Every member of the AI sector pays for what it was delivered, or stays it owing in a failure."""
    gap = ledger.deliveries.delivered - ledger.deliveries.unpaid
    for purpose in range(N_PURPOSES):
        if DELIVERY_OF[purpose] >= 0:
            gap[DELIVERY_OF[purpose]] -= ledger.paid[purpose]
    for column in members_of_ai_sector(ledger):
        for kind in range(N_DELIVERIES):
            _note(ledger, identities.DELIVERED, abs(gap[kind, column]) / turnover, gap[kind, column], kind, column)


@rule
def _audit_gdp(ledger: Record) -> None:
    """The three measures of GDP agree."""
    measure_gdp(ledger)
    spent = ledger.gdp_expenditure
    scale = max(abs(spent), _SMALLEST)
    _note(ledger, identities.GDP, abs(ledger.gdp_production - spent) / scale, ledger.gdp_production - spent, 0, -1)
    _note(ledger, identities.GDP, abs(ledger.gdp_income - spent) / scale, ledger.gdp_income - spent, 1, -1)


@rule
def _audit_accounts(ledger: Record, turnover: float) -> None:
    """Accounts moved by postings only, and nobody holds less than nothing."""
    for mark in range(N_MARKS):
        gap = ledger.measured[mark] - ledger.fingerprint[mark]
        _note(ledger, identities.FINGERPRINT, abs(gap) / (turnover + abs(ledger.fingerprint[mark])), gap, mark, -1)
        # Rounding must not pile up in the marks: the measured value is the next opening.
        ledger.fingerprint[mark] = ledger.measured[mark]
    for stock in range(N_STOCKS):
        lowest = ledger.lowest[stock]
        _note(ledger, identities.OVERDRAFTS, max(-lowest, 0.0) / turnover, lowest, stock, ledger.lowest_column[stock])


@rule
def audit(ledger: Record, accounts: Record, firms: Record) -> float:
    """Check every identity of the quarter.

    Returns the worst relative residual; where it is stands in the ledger."""
    ledger.residual[:] = 0.0
    measure(ledger, accounts, firms)
    bought = np.zeros((N_STOCKS, COLUMNS))
    money = np.zeros(COLUMNS)
    saved = np.zeros(COLUMNS)
    turnover, all_in_order = _audit_payments(ledger, bought, money, saved)
    if not all_in_order:
        _audit_parties(ledger, turnover)
    _audit_stocks(ledger, turnover)
    _audit_columns(ledger, bought, money, turnover)
    _audit_shares(ledger)
    _audit_wealth(ledger, saved, turnover)
    _audit_ai_sector(ledger, turnover)
    _audit_deliveries(ledger, turnover)
    _audit_gdp(ledger)
    _audit_accounts(ledger, turnover)
    worst: float = 0.0
    for identity in range(identities.N_IDENTITIES):
        if _worse(ledger.residual[identity], worst):
            worst = ledger.residual[identity]
    return worst

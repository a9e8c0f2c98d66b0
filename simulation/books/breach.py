"""A breach of the accounts in words: compiled code finds it, Python words it."""

import numpy as np

from simulation.books import identities
from simulation.books.deliveries import DELIVERIES
from simulation.books.instruments import DEPOSITS, RESERVES, STOCKS
from simulation.books.purposes import PURPOSES
from simulation.errors import CircuitError

_OF_FLOWS = (identities.FLOW_ROWS, identities.PERMITTED, identities.MEMOS)


class Breach(CircuitError):
    """An identity of the accounts does not hold: the message names quarter, identity, row, parties and size."""


def describe_breach(ledger: np.void, names: list[str], quarter: str) -> Breach:
    """Put every identity that does not hold into words: quarter, identity, row, parties, size in USD bn.

    `names` are the names of the columns; `ledger` is as the audit has left it.
    """
    told = []
    for identity, meaning in enumerate(identities.IDENTITIES):
        residual = float(ledger["residual"][identity])
        if residual <= identities.TOLERANCE:
            continue
        size = float(ledger["residual_size"][identity])
        where = _row_name(identity, int(ledger["residual_row"][identity]))
        who = _parties(ledger, identity, names)
        told.append(f"{quarter}: {meaning}: {where}, {who}: off by {size:.6g} bn (relative {residual:.2g})")
    return Breach(*told)


def _row_name(identity: int, row: int) -> str:
    if identity == identities.GDP:
        return ("production against expenditure", "income against expenditure")[row]
    if identity in _OF_FLOWS:
        return PURPOSES[row].name
    if identity == identities.AI_SECTOR:
        return f"{PURPOSES[row].name} inside the sector" if row >= 0 else "deposits of the sector"
    if identity == identities.DELIVERED:
        return DELIVERIES[row].name
    if identity == identities.FINGERPRINT:
        return ("deposits", "bank_loans", "tangible assets")[row]
    return STOCKS[row].name if row >= 0 else "net worth"


def _parties(ledger: np.void, identity: int, names: list[str]) -> str:
    """Who is concerned: the column where the breach stands, those it faces, or all."""
    row = int(ledger["residual_row"][identity])
    column = int(ledger["residual_column"][identity])
    if identity == identities.STOCK_FLOW:
        return _unexplained(ledger, row, column, names)
    if identity == identities.PERMITTED:
        return f"{_name(column, names)} ({_traders(ledger, row, names)})"
    if identity in _OF_FLOWS:
        return _traders(ledger, row, names)
    if identity == identities.FINGERPRINT:
        inside = (
            max(ledger["residual"][identities.FLOW_ROWS], ledger["residual"][identities.STOCK_FLOW])
            <= identities.TOLERANCE
        )
        return f"between members of the column {names[-1]}, weighted sum" if inside else "weighted sum of all"
    if identity == identities.AI_SECTOR and row >= 0:
        return _traders(ledger, row, names)
    return _name(column, names) if column >= 0 else "all columns"


def _name(column: int, names: list[str]) -> str:
    return names[column] if 0 <= column < len(names) else f"column {column}, which nobody has"


def _traders(ledger: np.void, row: int, names: list[str]) -> str:
    """Who took part in a flow row: the payers and payees with the largest sums."""

    def largest(side: str) -> str:
        amounts = ledger[side][row]
        size = np.where(np.isfinite(amounts), np.abs(amounts), np.inf)
        order = [int(k) for k in np.argsort(-size)[:3] if amounts[k] != 0.0]
        return ", ".join(_name(k, names) for k in order) or "nobody"

    return f"paid by {largest('paid')} to {largest('received')}"


def _unexplained(ledger: np.void, row: int, column: int, names: list[str]) -> str:
    """All columns in which a stock moved without cause, with what is unexplained in each."""
    gaps = ledger["position"][row] - ledger["opening"][row]
    if row == DEPOSITS:
        gaps = gaps + ledger["position"][RESERVES] - ledger["opening"][RESERVES]
        gaps = gaps - ledger["received"].sum(axis=0) + ledger["paid"].sum(axis=0)
    else:
        gaps = gaps - ledger["transacted"][row] - ledger["revalued"][row] - ledger["changed"][row]
    size = np.where(np.isfinite(gaps), np.abs(gaps), np.inf)
    if size.max() < 0.5 * abs(float(ledger["residual_size"][identities.STOCK_FLOW])):
        return f"{_name(column, names)}, paid and moved differ"
    order = [int(k) for k in np.argsort(-size, kind="stable")[:4] if size[k] > 0.5 * size.max() or size[k] == np.inf]
    return ", ".join(f"{_name(k, names)} {gaps[k]:+.6g}" for k in order)

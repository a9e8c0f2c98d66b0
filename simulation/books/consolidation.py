"""The AI sector as one: what chip makers, clouds, labs, other buyers and vehicles pay each other cancels, so their
money changes by what comes from outside less what goes outside, and a circular deal adds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.books.purposes import PURPOSES, SECTOR_LETTERS
from simulation.registry import COLUMNS, KINDS
from simulation.rule import Record, rule

if TYPE_CHECKING:
    import pandas as pd

AI_LETTERS = [each.letter for each in KINDS.values() if each.ai]
AI_SECTORS = tuple(SECTOR_LETTERS[letter] for letter in AI_LETTERS)

# Rows that only the sector's members may use on both sides: all of them cancel.
_INTERNAL = np.array([set(row.payers) <= set(AI_LETTERS) and set(row.payees) <= set(AI_LETTERS) for row in PURPOSES])
_IS_AI = np.array([*(letter in AI_LETTERS for letter in SECTOR_LETTERS), False])

OUTSIDE_COSTS = "outside costs"


@rule
def members_of_ai_sector(ledger: Record) -> np.ndarray:
    """Columns of the AI sector."""
    members = np.zeros(COLUMNS, np.int64)
    number = 0
    for column in range(COLUMNS):
        if _IS_AI[ledger.sector[column]]:
            members[number] = column
            number += 1
    return members[:number]


@rule
def is_internal(purpose: int) -> bool:
    """Whether only members of the AI sector pay and are paid under a purpose."""
    internal: bool = _INTERNAL[purpose]
    return internal


@rule
def net_receipts(ledger: Record, purpose: int, members: np.ndarray) -> float:
    """What members have received less what they have paid under a purpose: what came from outside, since payments
    between members cancel (USD bn)."""
    net = 0.0
    for column in members:
        net += ledger.received[purpose, column] - ledger.paid[purpose, column]
    return net


def consolidated_cash_flow(paid: np.ndarray, received: np.ndarray, sectors: list[str]) -> pd.DataFrame:
    """Cash flow of the consolidated AI sector, one row a purpose that its members used: `group`, `received` and `paid`
    by members, and `net`, what came from outside less what went there (USD bn). Internal rows have a net of zero.

    `paid` and `received` are the ledger's rows of a quarter, `sectors` the sector of every column.
    """
    import pandas as pd

    members = np.isin(sectors, AI_SECTORS)
    rows = []
    for number, purpose in enumerate(PURPOSES):
        taken = float(received[number, : len(sectors)][members].sum())
        given = float(paid[number, : len(sectors)][members].sum())
        if taken or given:
            group = "internal" if _INTERNAL[number] else purpose.group or OUTSIDE_COSTS
            rows.append((purpose.name, group, taken, given, taken - given))
    return pd.DataFrame(rows, columns=["purpose", "group", "received", "paid", "net"])

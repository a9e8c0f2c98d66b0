"""Who stands in which column of the books, of which sector, banking where: the same in every opening."""

from __future__ import annotations

import numpy as np

from simulation.books import instruments as stock
from simulation.books.purposes import SECTOR_LETTERS
from simulation.registry import FIRST_COLUMN, HYPERSCALERS, KINDS, NAMES, NUMBER

_NON_RESIDENT = ("Sovereign clouds", "Foreign clouds", "Rest of world")
_SECTOR_NUMBERS = {name: number for number, name in enumerate(SECTOR_LETTERS.values())}


def _bank_of(kind: str, k: int) -> int:
    """Column of the bank where the k-th member of a kind keeps its money; a bank is its own."""
    if kind in ("governments", "central_banks"):
        return FIRST_COLUMN["central_banks"]
    if kind == "clouds":
        return FIRST_COLUMN["banks"] + (2 if k < HYPERSCALERS else 3)
    bank = KINDS[kind].bank
    return FIRST_COLUMN["banks"] + (k if bank is None else bank) % NUMBER["banks"]


_STOCKS = {"listed": stock.LISTED_EQUITY, "private": stock.PRIVATE_EQUITY, "fund": stock.FUND_SHARES}
_INSTITUTIONS = [(kind, k) for kind, names in NAMES.items() for k in range(len(names))]
_KINDS = [*(kind for kind, _ in _INSTITUTIONS), "firms"]

# One entry a column, firms last.
SECTORS = np.array([_SECTOR_NUMBERS[kind] for kind in _KINDS])
EQUITY_STOCKS = np.array([_STOCKS[KINDS[kind].shares if kind in KINDS else "listed"] for kind in _KINDS])
RESIDENT = np.array([*(NAMES[kind][k] not in _NON_RESIDENT for kind, k in _INSTITUTIONS), True])
# Vehicles are watched once they are opened.
WATCHED = np.array([*(KINDS[kind].ai and kind != "vehicles" for kind, _ in _INSTITUTIONS), False])

# One entry an institution.
BANKS = np.array([_bank_of(kind, k) for kind, k in _INSTITUTIONS])
LENDERS = np.array(
    [FIRST_COLUMN["central_banks"] if kind == "banks" else _bank_of(kind, k) for kind, k in _INSTITUTIONS]
)

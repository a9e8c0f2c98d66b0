"""Who stands in which column of the books, of which sector, banking where: the same in every opening."""

from __future__ import annotations

import numpy as np

from simulation.books import instruments as stock
from simulation.books.purposes import SECTOR_LETTERS
from simulation.registry import FIRST_COLUMN, HYPERSCALERS, NAMES, NUMBER

_NON_RESIDENT = ("Sovereign clouds", "Foreign clouds", "Rest of world")
_PRIVATE = ("labs", "other_buyers", "vehicles")
_FUNDS = ("equity_funds", "venture_funds", "credit_funds", "insurers", "receivers")
_AI_SECTOR = ("chip_makers", "clouds", "labs", "other_buyers")
_SECTOR_NUMBERS = {name: number for number, name in enumerate(SECTOR_LETTERS.values())}
# Which of the banks serves whom: the specialist serves neoclouds, labs and venture funds; each private-credit fund has
# its line with another bank, for large banks lend most of them (Federal Reserve, FEDS Notes, 23 May 2025).
_BANK_NUMBERS = {"chip_makers": 2, "labs": 3, "other_buyers": 2, "equity_funds": 0, "venture_funds": 3,
                 "insurers": 2, "vehicles": 3, "receivers": 3}  # fmt: skip


def _bank_of(kind: str, k: int) -> int:
    """Column of the bank where the k-th member of a kind keeps its money; a bank is its own."""
    if kind in ("governments", "central_banks"):
        return FIRST_COLUMN["central_banks"]
    if kind == "clouds":
        return FIRST_COLUMN["banks"] + (2 if k < HYPERSCALERS else 3)
    own = k if kind in ("banks", "households", "credit_funds") else _BANK_NUMBERS.get(kind, 0)
    return FIRST_COLUMN["banks"] + own % NUMBER["banks"]


def _equity_of(kind: str) -> int:
    """Which stock the shares of a kind are entered under."""
    if kind in _PRIVATE:
        return stock.PRIVATE_EQUITY
    return stock.FUND_SHARES if kind in _FUNDS else stock.LISTED_EQUITY


_INSTITUTIONS = [(kind, k) for kind, names in NAMES.items() for k in range(len(names))]
_KINDS = [*(kind for kind, _ in _INSTITUTIONS), "firms"]

# One entry a column, firms last.
SECTORS = np.array([_SECTOR_NUMBERS[kind] for kind in _KINDS])
EQUITY_STOCKS = np.array([_equity_of(kind) for kind in _KINDS])
RESIDENT = np.array([*(NAMES[kind][k] not in _NON_RESIDENT for kind, k in _INSTITUTIONS), True])
WATCHED = np.array([kind in _AI_SECTOR for kind in _KINDS])

# One entry an institution.
BANKS = np.array([_bank_of(kind, k) for kind, k in _INSTITUTIONS])
LENDERS = np.array(
    [FIRST_COLUMN["central_banks"] if kind == "banks" else _bank_of(kind, k) for kind, k in _INSTITUTIONS]
)

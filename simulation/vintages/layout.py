"""Who stands in which column of the books, of which sector, banking where: the same in every opening."""

from functools import cache

import numpy as np

from simulation.books import instruments as stock
from simulation.books.purposes import SECTOR_LETTERS
from simulation.chronicle import NOBODY
from simulation.registry import FIRMS_COLUMN, FIRST_COLUMN, HYPERSCALERS, KINDS, N_INSTITUTIONS, NAMES, NUMBER
from simulation.state import WORLD, accounts_of
from simulation.vintages.unsaid import unsaid

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


@cache
def laid_out() -> np.ndarray:
    """A world in which everybody has a place and nothing else has been said: the bytes that every opening begins with.
    Nothing of a vintage, of parameters or of a seed is in it."""
    world = unsaid(WORLD, 1)
    w, accounts = world[0], accounts_of(world)
    ledger, everybody = w["ledger"], slice(0, FIRMS_COLUMN + 1)
    ledger["sector"] = -1
    ledger["sector"][everybody] = SECTORS
    ledger["resident"][everybody] = RESIDENT
    ledger["equity_stock"] = stock.LISTED_EQUITY
    ledger["equity_stock"][everybody] = EQUITY_STOCKS
    accounts["column"] = np.arange(N_INSTITUTIONS)
    accounts["bank"] = BANKS
    accounts["lender"] = LENDERS
    accounts["weight"] = 1.0 + 0.618 * np.arange(N_INSTITUTIONS)
    w["debtors"]["watched"][everybody] = WATCHED
    w["debtors"]["blow_by"] = NOBODY
    w["vehicles"]["lessee"] = NOBODY
    w["market"]["collateral_mark"] = 1.0
    world.flags.writeable = False
    return world

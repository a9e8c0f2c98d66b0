"""Reading the observed numbers of a running economy.

Nothing is added to the engine: whoever wants the numbers steps the economy and reads after each quarter; batches that
do not ask pay nothing. The state is one block of memory, so a reading is one gather of its elements by address."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simulation.registry import FIRST_COLUMN, NAMES
from simulation.state import WORLD

from ..common.arrays import Floats
from .observables import COLUMNS, Column

if TYPE_CHECKING:
    from simulation import Economy

Places = npt.NDArray[np.int64]
_BIG_FIVE = 5
_FIELD_OF_FIVE = {"big5_capex": "capex", "big5_cash_flow": "operating_cash_flow"}
_COLUMN_OF = {
    name: FIRST_COLUMN[kind] + k for kind in ("chip_makers", "clouds", "labs") for k, name in enumerate(NAMES[kind])
}


class Recorder:
    """Reads what is observed from a living economy: `read()` gives one number for each of `COLUMNS`, as it stands."""

    def __init__(self, economy: Economy) -> None:
        world = economy.state[0]
        self._market = world["market"][0]
        self._memory: Floats = np.ndarray((world.nbytes // 8,), np.float64, world)
        self._layout = _layout()

    def read(self) -> Floats:
        """The observed numbers of the quarter that has just ended, before windows and signs."""
        memory, layout = self._memory, self._layout
        values = memory[layout.first]
        values[layout.products] *= memory[layout.factors]
        values[layout.sums] = memory[layout.summands].sum(axis=1)
        values[layout.backlogs] = contracts_in_hand(self._market)[layout.clouds]
        return values


class _Layout(NamedTuple):
    """Where the observed numbers lie in the world's memory, which is laid out alike in every economy."""

    first: Places
    products: Places
    factors: Places
    sums: Places
    summands: Places
    backlogs: Places
    clouds: Places


@cache
def _layout() -> _Layout:
    world = np.zeros(1, WORLD)
    elements = [_elements(world, column) for column in COLUMNS]
    kinds = [len(places) for places in elements]
    backlogs = [k for k, kind in enumerate(kinds) if kind == 0]
    return _Layout(
        np.array([places[0] if places else 0 for places in elements]),
        np.array([k for k, kind in enumerate(kinds) if kind == 2]),
        np.array([places[1] for places in elements if len(places) == 2]),
        np.array([k for k, kind in enumerate(kinds) if kind == _BIG_FIVE]),
        np.array([places for places in elements if len(places) == _BIG_FIVE]),
        np.array(backlogs),
        np.array([NAMES["clouds"].index(COLUMNS[k].entity) for k in backlogs]),
    )


def _elements(world: Any, column: Column) -> list[int]:
    """Places of what a column is made of: one number, the two of a product, the five of a sum; none of a backlog."""
    where, what = column.observable.where, column.observable.what
    if where == "series":
        views = [world["series"][what]]
    elif where != "books":
        views = [world[where][what][0, NAMES[where].index(column.entity) :]]
    elif what in _FIELD_OF_FIVE:
        views = [world["clouds"][_FIELD_OF_FIVE[what]][0, k:] for k in range(_BIG_FIVE)]
    elif what == "debt":
        views = [world["debtors"]["debt"][0, _COLUMN_OF[column.entity] :]]
    elif what == "market_value":
        views = [world["ledger"][name][0, _COLUMN_OF[column.entity] :] for name in ("issued", "price")]
    else:
        views = []
    start = world.__array_interface__["data"][0]
    return [(view.__array_interface__["data"][0] - start) // 8 for view in views]


def contracts_in_hand(market: Any) -> Floats:
    """What signed compute contracts will still bring each cloud (USD bn): gigawatts times price times quarters left."""
    signed = market["contracts"][: int(market["n_contracts"])]
    worth = signed["gigawatts"] * signed["price"] * np.maximum(signed["quarters_left"], 0.0)
    in_hand: Floats = np.bincount(signed["provider"], weights=worth, minlength=len(NAMES["clouds"])).astype(float)
    return in_hand


def observe(economy: Economy) -> Floats:
    """Run an economy to its horizon and return what is observed: an array of quarters by `COLUMNS`, the
    quarter before the first one read included as row 0."""
    recorder = Recorder(economy)
    rows = [recorder.read()]
    while economy.quarter < economy.quarters:
        economy.step()
        rows.append(recorder.read())
    return np.array(rows)

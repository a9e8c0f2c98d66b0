"""Records of one agent, filled by hand, to hold a rule against numbers worked out on paper."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulation.books.ledger import LEDGER, SLOT
from simulation.rule import live, padded
from simulation.scenario.parameters import record
from simulation.state import RECORDS

Array = npt.NDArray[Any]

_INSTITUTIONS = set(RECORDS.values())


def one(form: np.dtype[Any], **values: Any) -> Array:
    """An array of one record. `account__cash=3` fills the field `cash` of the nested record `account`."""
    # Institutions lie in slots, as in an economy: one layout, one compiled rule.
    array = live(np.zeros(1, padded(form, SLOT) if form in _INSTITUTIONS else form))
    for name, value in values.items():
        *nests, field = name.split("__")
        nested = array
        for nest in nests:
            nested = nested[nest]
        nested[field][0] = value
    return array


def given(**values: float) -> Any:
    """The parameters of the rules: these values, defaults elsewhere."""
    return live(record(values))[0]


def empty_ledger() -> Array:
    """A ledger in which nothing has happened, with every share at a price of one."""
    ledger = live(np.zeros(1, LEDGER))
    ledger["price"] = 1.0
    return ledger

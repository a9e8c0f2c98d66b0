"""A field of which neither its declaration nor the opening says how it opens is an error."""

from collections.abc import Iterator
from functools import cache

import numpy as np

from simulation.errors import CircuitError
from simulation.rule import OPENS, room

UNSAID = np.uint64(0x7FF8_0C1C_0170_0000)  # as a float it is not a number, as an integer no column and no count


def unsaid(form: np.dtype, number: int) -> np.ndarray:
    """Records of which nothing has been said yet but what the declarations of their fields say."""
    array = room(number, form)
    array.view(np.uint64).reshape(number, -1)[:] = _blank(form).view(np.uint64)
    return array


def check_all_said(**records: np.ndarray) -> None:
    """Raise CircuitError that names every field of which nobody has said how it opens."""
    left = [
        f'{kind}: nothing says how {name!r} opens: set it in simulation/vintages/, or declare it as "f8=0"'
        for kind, array in records.items()
        if (array.view(np.uint64) == UNSAID).any()
        for name, part, _ in _fields(array)
        if (part.view(np.uint64) == UNSAID).any()
    ]
    if left:
        raise CircuitError(*left)


@cache
def _blank(form: np.dtype) -> np.ndarray:
    blank = np.zeros(1, form)
    for _, part, opens in _fields(blank):
        if opens is None:
            part.view(np.uint64)[...] = UNSAID
        else:
            part[...] = opens
    return blank


def _fields(array: np.ndarray, before: str = "") -> Iterator[tuple[str, np.ndarray, float | None]]:
    """Every field that holds numbers, by its full name: a view of it, and the value at which it opens if it has one."""
    for name in array.dtype.names or ():
        form = array.dtype[name].base
        opens = form.metadata.get(OPENS) if form.metadata else None
        if form.names and opens is None:
            yield from _fields(array[name], f"{before}{name}.")
        elif not form.names:
            yield f"{before}{name}", array[name], opens

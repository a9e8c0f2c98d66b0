"""Innovations given from outside: how an inferred past enters an economy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from simulation.disturbances.declared import DISTURBANCE_NAMES
from simulation.disturbances.process import KIND_OF_SLOT, SLOTS
from simulation.errors import CircuitError

SLOT_OF = {slot: number for number, slot in enumerate(SLOTS)}


class Disturbances:
    """Innovations of disturbances, in standard normal units, for some quarters and agents; others are drawn.

    `innovations` has a row for every quarter from the first simulated one and a column for every entry of `slots`
    (disturbance, agent); a number that is not given is NaN. Quarters past the last row are drawn. Raises CircuitError
    for another shape and for infinite numbers.
    """

    slots: tuple[tuple[str, str], ...] = SLOTS

    def __init__(self, innovations: npt.ArrayLike) -> None:
        array = np.array(innovations, dtype=np.float64)
        if array.ndim != 2 or array.shape[1] != len(SLOTS):
            raise CircuitError(
                f"innovations of shape {array.shape} are not allowed: give one row a quarter and {len(SLOTS)} columns, "
                "one for each of Disturbances.slots"
            )
        if np.isinf(array).any():
            raise CircuitError("innovations must be finite, or NaN where they are to be drawn")
        array.flags.writeable = False
        self.innovations: npt.NDArray[np.float64] = array

    @classmethod
    def of(cls, values: Mapping[tuple[str, str], npt.ArrayLike], quarters: int | None = None) -> Disturbances:
        """From one sequence of innovations for each (disturbance, agent), in quarters from the first; all others drawn.

        `quarters` is the number of rows (default: the longest sequence). Raises CircuitError for an unknown pair.
        """
        rows = {slot: np.atleast_1d(np.asarray(numbers, dtype=np.float64)) for slot, numbers in values.items()}
        errors = [_error(*slot) for slot in rows if slot not in SLOT_OF]
        if errors:
            raise CircuitError(*errors)
        length = max((len(numbers) for numbers in rows.values()), default=0) if quarters is None else quarters
        innovations = np.full((length, len(SLOTS)), np.nan)
        for slot, numbers in rows.items():
            innovations[: min(len(numbers), length), SLOT_OF[slot]] = numbers[:length]
        return cls(innovations)

    @classmethod
    def none(cls, quarters: int, names: Iterable[str] = DISTURBANCE_NAMES) -> Disturbances:
        """Neutral luck: zero innovations of the named disturbances for so many quarters, the others drawn."""
        innovations = np.full((quarters, len(SLOTS)), np.nan)
        innovations[:, columns_of(names)] = 0.0
        return cls(innovations)

    def row(self, quarter: int) -> npt.NDArray[np.float64] | None:
        """Innovations of a simulated quarter, the first being 1; None past the last that is given."""
        return self.innovations[quarter - 1] if quarter <= len(self.innovations) else None


def columns_of(names: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Which columns of the innovations belong to the named disturbances. Raises CircuitError for an unknown name."""
    chosen = list(names)
    unknown = [name for name in chosen if name not in DISTURBANCE_NAMES]
    if unknown:
        allowed = ", ".join(DISTURBANCE_NAMES)
        raise CircuitError(*(f"disturbance {name!r} is unknown: choose from {allowed}" for name in unknown))
    return np.isin(KIND_OF_SLOT, [DISTURBANCE_NAMES.index(name) for name in chosen])


def _error(name: object, agent: object) -> str:
    if name not in DISTURBANCE_NAMES:
        return f"disturbance {name!r} is unknown: choose from {', '.join(DISTURBANCE_NAMES)}"
    return f"{name} does not strike {agent!r}: choose from {', '.join(who for kind, who in SLOTS if kind == name)}"

"""The levers: everything a shock or a policy can move, each declared in `levers.csv` with the place where it acts.

A lever at its neutral value changes nothing. Paths of several shocks and policies on one lever add up or multiply, as
the lever says. An audit and a disclosure rule may both ask for consolidation: more than all counts as all."""

from typing import Literal, NamedTuple, cast

import numpy as np

from simulation.tables import number_of, rows_beside

Combine = Literal["add", "multiply"]


class Lever(NamedTuple):
    """One thing that shocks and policies can move; `low` to `high` bounds each path and all together."""

    name: str
    meaning: str
    unit: str
    combine: Combine
    low: float
    high: float
    acts_on: str

    @property
    def neutral(self) -> float:
        """The value that changes nothing: zero for what is added, one for what multiplies."""
        return 0.0 if self.combine == "add" else 1.0


def _declared(row: dict[str, str]) -> Lever:
    combine = cast("Combine", row["combine"])
    numbers = number_of(row["low"]), number_of(row["high"])
    return Lever(row["name"], row["meaning"], row["unit"], combine, *numbers, row["acts_on"])


_DECLARED = [_declared(row) for row in rows_beside(__file__)]

LEVERS: dict[str, Lever] = {lever.name: lever for lever in _DECLARED}
if len(LEVERS) < len(_DECLARED):
    raise RuntimeError("a lever is declared twice")

LEVER_DTYPE = np.dtype([(name, np.float64) for name in LEVERS])

"""The parameters of the economy: validation, command line, documentation and rules read `parameters.csv`.

A row declares a parameter once, with unit, range, status and source; those of luck follow from the disturbances.

    technology      what compute costs, how long it lasts, how capable it makes a model
    adoption        how firms, consumers, foreigners and the clouds themselves come to use AI
    sellers         labs, clouds, chip makers and the deals between them
    deals           how large deals between suppliers and customers are, how firm, what they ask in return
    finance         how assets are priced, who funds whom, when funding stops
    distress        what failure costs, what creditors concede, what assets fetch when many must sell
    macroeconomy    households, ordinary firms, government and central bank
    behaviour       how agents behave in detail: speeds, limits and weights, each with its reason
    vehicles        how much of a cloud's compute they buy, how they are funded, what the lease asks
    public policy   what public policy costs and whom it means
    switches        every mechanism can be taken out of the economy, so that its effect can be measured
"""

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from simulation.parameter import Parameter, Status
from simulation.scenario.luck import LUCK
from simulation.tables import number_of, rows_beside


def _declared() -> Iterator[Parameter]:
    """The parameters of the table in its order; floor and ceiling stand where they differ from the range."""
    for row in rows_beside(__file__):
        group, name, meaning, unit = (row[word] for word in ("group", "name", "meaning", "unit"))
        default, low, high = (number_of(row[place]) for place in ("default", "low", "high"))
        floor, ceiling = (number_of(row[end]) if row[end] else None for end in ("floor", "ceiling"))
        status, at_opening = cast("Status", row["status"]), bool(row["read"])
        source = row["source"]
        yield Parameter(group, name, meaning, unit, default, low, high, source, status, floor, ceiling, at_opening)


_DECLARED = (*_declared(), *LUCK)

PARAMETERS: dict[str, Parameter] = {parameter.name: parameter for parameter in _DECLARED}
if len(PARAMETERS) < len(_DECLARED):
    raise RuntimeError("a parameter is declared twice")

AT_OPENING = frozenset(name for name, parameter in PARAMETERS.items() if parameter.at_opening)
SWITCH_NAMES: tuple[str, ...] = tuple(name for name, parameter in PARAMETERS.items() if parameter.is_switch)

PARAMETER_DTYPE = np.dtype([(name, np.float64) for name in PARAMETERS])

_DEFAULTS = {name: parameter.default for name, parameter in PARAMETERS.items()}


def record(values: dict[str, float]) -> npt.NDArray[Any]:
    """A one-element structured array of PARAMETER_DTYPE: `values` where given, defaults elsewhere."""
    row = np.array(list((_DEFAULTS | values).values()))
    return np.ndarray((1,), PARAMETER_DTYPE, row)


def default_record() -> npt.NDArray[Any]:
    """A one-element structured array of PARAMETER_DTYPE with every parameter at its default."""
    return record({})

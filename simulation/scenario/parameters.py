"""The parameters of the economy: validation, command line, documentation and rules read one table."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulation.parameter import Parameter, Status
from simulation.scenario.declarations.adoption import ADOPTION
from simulation.scenario.declarations.behaviour import BEHAVIOUR
from simulation.scenario.declarations.deals import DEALS
from simulation.scenario.declarations.distress import DISTRESS
from simulation.scenario.declarations.finance import FINANCE
from simulation.scenario.declarations.luck import LUCK
from simulation.scenario.declarations.macroeconomy import MACROECONOMY
from simulation.scenario.declarations.public_policy import PUBLIC_POLICY
from simulation.scenario.declarations.sellers import SELLERS
from simulation.scenario.declarations.switches import SWITCHES
from simulation.scenario.declarations.technology import TECHNOLOGY
from simulation.scenario.declarations.vehicles import VEHICLES

__all__ = ["PARAMETERS", "PARAMETER_DTYPE", "SWITCH_NAMES", "Parameter", "Status", "default_record", "record"]

_DECLARED = (
    TECHNOLOGY
    + ADOPTION
    + SELLERS
    + DEALS
    + FINANCE
    + DISTRESS
    + MACROECONOMY
    + BEHAVIOUR
    + VEHICLES
    + PUBLIC_POLICY
    + SWITCHES
    + LUCK
)

PARAMETERS: dict[str, Parameter] = {parameter.name: parameter for parameter in _DECLARED}
if len(PARAMETERS) < len(_DECLARED):
    raise RuntimeError("a parameter is declared twice")

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

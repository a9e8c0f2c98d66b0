"""Finished openings. Arms of a study that differ in policy or shocks alone open alike, so the last one is kept."""

import numpy as np

from simulation.recent import Recent
from simulation.scenario.levers import LEVER_DTYPE
from simulation.scenario.parameters import PARAMETER_DTYPE
from simulation.vintages.builder import open_economy
from simulation.vintages.inversion import LARGEST_KEPT, invert
from simulation.vintages.opening import Array, Opening
from simulation.vintages.unsaid import check_all_said


def finished_opening(vintage: str, parameters: Array, levers: Array, seed: int, firms: int) -> Opening:
    """The opening economy of a vintage with its rules inverted and its books started, in arrays of the caller's own.

    `parameters` and `levers`, as they stand at the opening, are structured arrays of one element.
    """
    if firms > LARGEST_KEPT:
        return _finish(vintage, parameters, levers, seed, firms)
    return OPENINGS(vintage, parameters.tobytes(), levers.tobytes(), seed, firms).copy()


def _finish_from_bytes(vintage: str, parameters: bytes, levers: bytes, seed: int, firms: int) -> Opening:
    return _finish(vintage, np.frombuffer(parameters, PARAMETER_DTYPE), np.frombuffer(levers, LEVER_DTYPE), seed, firms)


OPENINGS = Recent(_finish_from_bytes)
"""Openings by all that they depend on; each takes a megabyte."""


def _finish(vintage: str, parameters: Array, levers: Array, seed: int, firms: int) -> Opening:
    opening = open_economy(vintage, parameters, seed, firms)
    for table in ("levers", "levers_before"):
        opening.w[table] = levers[0]
    check_all_said(world=opening.world, firm=opening.firms)
    targets = {"real_growth": opening.us("real_growth_next_quarter"), "lab_revenue": opening.lab_target}
    with np.errstate(over="ignore"):
        invert(opening, targets)
    return opening

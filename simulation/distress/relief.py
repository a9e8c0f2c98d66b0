"""Relief: whether creditors let a debtor pay less or later, because they get more that way than from its failure.

Those with most of the value decide for all, as in Chapter 11, which asks for two thirds; that one large creditor
can carry a workout and many small ones hold out is the theme of Gertner and Scharfstein (1991).
"""

from __future__ import annotations

import numpy as np

from simulation.rule import rule

NO_RELIEF = 0
CUT = 1
EXTENSION = 2


@rule
def share_in_favour(claims: np.ndarray, without: np.ndarray, with_relief: np.ndarray) -> float:
    """Part of claims by value whose holders recover more with relief than without (recoveries in USD bn)."""
    total = 0.0
    in_favour = 0.0
    for i in range(len(claims)):
        total += claims[i]
        if with_relief[i] > without[i]:
            in_favour += claims[i]
    return in_favour / total if total > 0.0 else 0.0


@rule
def grants_relief(claims: np.ndarray, without: np.ndarray, with_relief: np.ndarray) -> bool:
    """Do holders of more than half of all claims by value recover more with relief than without?"""
    return share_in_favour(claims, without, with_relief) > 0.5


@rule
def choose_relief(claims: np.ndarray, without: np.ndarray, with_cut: np.ndarray, with_extension: np.ndarray) -> int:
    """What the creditors grant: a cut, an extension or nothing. Of two that a majority wants, the one that gives them
    more altogether."""
    cut = grants_relief(claims, without, with_cut)
    extension = grants_relief(claims, without, with_extension)
    if cut and extension:
        return CUT if np.sum(with_cut) >= np.sum(with_extension) else EXTENSION
    if cut:
        return CUT
    return EXTENSION if extension else NO_RELIEF


@rule
def cut_needed(dues: float, means: float, largest: float) -> float:
    """Smallest cut of its dues with which a debtor can pay the rest from its means; 0 if it needs none, or if even the
    largest cut (`relief_cut`) would not do and none is worth asking."""
    if dues <= 0.0 or means >= dues:
        return 0.0
    # A debtor that can just pay with the largest cut must not fail by rounding.
    if means < (1.0 - largest) * dues * (1.0 - 1e-12):
        return 0.0
    return min(1.0 - max(means, 0.0) / dues, largest)


@rule
def value_with_cut(due: float, quarters_left: float, cut: float, quarters_of_relief: float, rate: float) -> float:
    """Present value of a due per quarter, cut for some quarters (4) and then paid in full to the end of its term."""
    relieved = min(quarters_of_relief, quarters_left)
    return due * (annuity(quarters_left, rate) - cut * annuity(relieved, rate))


@rule
def value_with_extension(due: float, quarters_left: float, quarters_of_relief: float, rate: float) -> float:
    """Present value of a due per quarter when nothing is due for some quarters and the term is as much longer."""
    return due * (annuity(quarters_left + quarters_of_relief, rate) - annuity(quarters_of_relief, rate))


@rule
def annuity(quarters: float, rate: float) -> float:
    """Present value of one a quarter, first paid a quarter from now, at a rate per quarter."""
    if quarters <= 0.0:
        return 0.0
    return (1.0 - (1.0 + rate) ** -quarters) / rate if rate > 0.0 else quarters

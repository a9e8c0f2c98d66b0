"""Relief: whether creditors let a debtor pay less or later, because they get more that way than from its failure.

Those with most of the value decide for all, as in Chapter 11, which asks for two thirds; that one large creditor can
carry a workout and many small ones hold out is the theme of Gertner and Scharfstein (1991)."""

import numpy as np

from simulation.rule import rule


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
def cut_needed(dues: float, means: float, largest: float) -> float:
    """Smallest cut of its dues with which a debtor can pay the rest from its means; 0 if it needs none, or if even the
    largest cut (`relief_cut`) would not do and none is worth asking."""
    if dues <= 0.0 or means >= dues:
        return 0.0
    # A debtor that can just pay with the largest cut must not fail by rounding.
    if means < (1.0 - largest) * dues * (1.0 - 1e-12):
        return 0.0
    return min(1.0 - max(means, 0.0) / dues, largest)

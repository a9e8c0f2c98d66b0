"""Values of firms that own each other, and how failures spread through what they own.

holdings[owner, owned] is the part of a firm's equity that another firm owns; no firm owns itself, and what firms own of
one firm adds up to less than one."""

from __future__ import annotations

import numpy as np

from simulation.distress.elimination import solve_network
from simulation.rule import rule

SOUND = -1
"""Wave of a firm that does not fail."""


@rule
def equity_values(holdings: np.ndarray, assets: np.ndarray) -> np.ndarray:
    """Equity of every firm when all stakes count: V = (I - C)^-1 D, the balance-sheet identity V = D + C V (Brioschi,
    Buzzacchi and Colombo 1989; equation 1 of Elliott, Golub and Jackson 2014).

    D are the assets outside the network, net of debt (USD bn). The sum of V counts a dollar once for every firm through
    which it is held; `outside_values` counts it once."""
    size = len(assets)
    matrix = np.zeros((size, size))
    values = assets.copy()
    for i in range(size):
        for j in range(size):
            matrix[i, j] = (1.0 if i == j else 0.0) - holdings[i, j]
    solve_network(matrix, values)
    return values


@rule
def outside_values(holdings: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Part of every firm's equity that final holders outside the network own: v_j = (1 - sum of C over owners) V_j.
    They add up to the assets (Elliott, Golub and Jackson 2014, equation 2)."""
    outside = values.copy()
    for j in range(len(values)):
        held = 0.0
        for i in range(len(values)):
            held += holdings[i, j]
        outside[j] = (1.0 - held) * values[j]
    return outside


@rule
def failure_waves(
    holdings: np.ndarray, assets: np.ndarray, thresholds: np.ndarray, costs: np.ndarray, wave: np.ndarray
) -> np.ndarray:
    """Who fails, in which wave, when a firm whose outside value is below its threshold loses a fixed cost at once:
    the best-case equilibrium and its hierarchy of failures (Elliott, Golub and Jackson 2014, section II).

    `wave` is filled with -1 for the sound, 0 for those who fail by themselves, k for those whom waves before k bring
    down. Returns the outside values in the end (USD bn); the costs of failures may drive them below zero.
    """
    left = assets.copy()
    wave[:] = SOUND
    number = 0
    while True:
        outside = outside_values(holdings, equity_values(holdings, left))
        failures = 0
        for i in range(len(assets)):
            if wave[i] == SOUND and outside[i] < thresholds[i]:
                wave[i] = number
                left[i] -= costs[i]
                failures += 1
        if failures == 0:
            return outside
        number += 1

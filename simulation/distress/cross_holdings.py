"""Values of firms that own each other.

holdings[owner, owned] is the part of a firm's equity that another firm owns; no firm owns itself, and what firms own of
one firm adds up to less than one."""

from __future__ import annotations

import numpy as np

from simulation.distress.elimination import solve_network
from simulation.rule import rule


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

"""Values in a network: firms that own each other, worked out with NumPy's solver."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.distress.elimination import solve_network

HOLDINGS = np.array([[0.0, 0.10, 0.0], [0.05, 0.0, 0.20], [0.0, 0.15, 0.0]])
ASSETS = np.array([100.0, 40.0, 10.0])


def test_equity_counts_what_a_firm_owns_of_others() -> None:
    """V = D + C V (Brioschi, Buzzacchi and Colombo 1989), and what outsiders own adds up to the assets."""
    values = ASSETS.copy()
    solve_network(np.eye(3) - HOLDINGS, values)
    assert values == pytest.approx(np.linalg.solve(np.eye(3) - HOLDINGS, ASSETS), rel=1e-14)
    assert values.round(4).tolist() == [104.8705, 48.7047, 17.3057]
    assert ((1.0 - HOLDINGS.sum(axis=0)) * values).sum() == pytest.approx(150.0)


def test_who_owns_nothing_of_others_keeps_what_he_has() -> None:
    values = ASSETS.copy()
    solve_network(np.eye(3), values)
    assert values.tolist() == ASSETS.tolist()

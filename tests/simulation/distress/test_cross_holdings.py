"""What firms that own each other are worth."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.distress.cross_holdings import equity_values, outside_values

HOLDINGS = np.array([[0.0, 0.10, 0.0], [0.05, 0.0, 0.20], [0.0, 0.15, 0.0]])
ASSETS = np.array([100.0, 40.0, 10.0])


def test_equity_counts_what_a_firm_owns_of_others() -> None:
    assert equity_values(HOLDINGS, ASSETS).round(4).tolist() == [104.8705, 48.7047, 17.3057]


def test_values_to_outside_holders_add_up_to_the_assets() -> None:
    outside = outside_values(HOLDINGS, equity_values(HOLDINGS, ASSETS))
    assert outside == pytest.approx([0.95 * 104.87046632, 0.75 * 48.70466321, 0.80 * 17.30569948])
    assert outside.sum() == pytest.approx(150.0)


def test_firms_that_own_nothing_of_each_other_are_worth_their_assets() -> None:
    assert equity_values(np.zeros((3, 3)), ASSETS).tolist() == ASSETS.tolist()

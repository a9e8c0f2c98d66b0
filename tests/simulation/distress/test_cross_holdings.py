"""What firms that own each other are worth, and how their failures follow from one another."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.distress.cross_holdings import SOUND, equity_values, failure_waves, outside_values

HOLDINGS = np.array([[0.0, 0.10, 0.0], [0.05, 0.0, 0.20], [0.0, 0.15, 0.0]])
ASSETS = np.array([100.0, 40.0, 10.0])


def waves(thresholds: list[float], costs: list[float]) -> tuple[list[int], np.ndarray]:
    wave = np.empty(3, np.int64)
    values = failure_waves(HOLDINGS, ASSETS, np.array(thresholds), np.array(costs), wave)
    return wave.tolist(), values


def test_equity_counts_what_a_firm_owns_of_others() -> None:
    assert equity_values(HOLDINGS, ASSETS).round(4).tolist() == [104.8705, 48.7047, 17.3057]


def test_values_to_outside_holders_add_up_to_the_assets() -> None:
    outside = outside_values(HOLDINGS, equity_values(HOLDINGS, ASSETS))
    assert outside == pytest.approx([0.95 * 104.87046632, 0.75 * 48.70466321, 0.80 * 17.30569948])
    assert outside.sum() == pytest.approx(150.0)


def test_firms_that_own_nothing_of_each_other_are_worth_their_assets() -> None:
    assert equity_values(np.zeros((3, 3)), ASSETS).tolist() == ASSETS.tolist()


def test_with_low_thresholds_nobody_fails() -> None:
    wave, values = waves([50.0, 20.0, 5.0], [30.0, 10.0, 5.0])
    assert wave == [SOUND] * 3
    assert values.sum() == pytest.approx(150.0)


def test_a_failure_pulls_down_its_owner_in_the_next_wave_and_only_it() -> None:
    # Worth to outsiders at first: 99.6, 36.5, 13.8. The third fails by itself, the second owns a fifth of it.
    wave, values = waves([90.0, 36.0, 14.0], [0.0, 5.0, 8.0])
    assert wave == [SOUND, 1, 0]
    assert values.sum() == pytest.approx(150.0 - 5.0 - 8.0)


def test_the_same_threshold_without_the_cost_of_failure_holds() -> None:
    assert waves([90.0, 36.0, 14.0], [0.0, 5.0, 0.0])[0] == [SOUND, SOUND, 0]

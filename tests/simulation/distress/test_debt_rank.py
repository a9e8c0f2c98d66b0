"""Whose distress puts most at risk."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.distress.debt_rank import debt_ranks, impact, pass_on_losses, pass_on_once, removal_losses

# The bank holds 5 of the cloud's debt, the fund 20 of the bank's; buffers are 10 each, the values 100, 60, 40.
EXPOSURE = np.array([[0.0, 0.0, 0.0], [5.0, 0.0, 0.0], [0.0, 20.0, 0.0]])
EQUITY = np.array([10.0, 10.0, 10.0])
VALUE = np.array([100.0, 60.0, 40.0])
CLOUD, BANK, FUND = range(3)


def ranks(exposure: np.ndarray) -> np.ndarray:
    rank = np.empty(3)
    debt_ranks(exposure, EQUITY, VALUE, rank)
    return rank


def test_one_exposure_destroys_at_most_the_whole_buffer() -> None:
    assert impact(5.0, 10.0) == 0.5
    assert impact(20.0, 10.0) == 1.0
    assert impact(1.0, 0.0) == 1.0
    assert impact(0.0, 0.0) == 0.0


def test_distress_travels_along_exposures() -> None:
    distress = np.array([1.0, 0.0, 0.0])
    pass_on_once(EXPOSURE, EQUITY, distress)
    assert distress.tolist() == [1.0, 0.5, 0.5]


def test_the_rank_is_the_distressed_value_of_others() -> None:
    assert ranks(EXPOSURE) == pytest.approx([(0.5 * 60 + 0.5 * 40) / 200, 40 / 200, 0.0])


def test_the_removal_ranking_adds_what_fails_itself() -> None:
    rank, loss = ranks(EXPOSURE), np.empty(3)
    removal_losses(VALUE, rank, loss)
    assert loss == pytest.approx([0.75, 0.5, 0.2])
    assert np.argsort(-loss).tolist() == [CLOUD, BANK, FUND]


def test_on_a_circle_debt_rank_counts_the_way_round_once() -> None:
    circle = EXPOSURE.copy()
    circle[CLOUD, FUND] = 10.0
    distress = np.array([0.2, 0.0, 0.0])
    pass_on_once(circle, EQUITY, distress)
    # .2 of the cloud costs the bank .1, the fund .1, and .1 comes back to the cloud, who has had its say.
    assert distress == pytest.approx([0.3, 0.1, 0.1])


def test_passed_on_without_end_losses_amplify() -> None:
    circle = EXPOSURE.copy()
    circle[CLOUD, FUND] = 5.0
    distress = np.array([0.2, 0.0, 0.0])
    pass_on_losses(circle, EQUITY, distress, 1000)
    # Two for one from bank to fund, a half elsewhere: every time round a half comes back, so .2 becomes .4.
    assert distress == pytest.approx([0.4, 0.2, 0.4])


def test_losses_are_passed_on_for_no_more_rounds_than_asked() -> None:
    distress = np.array([0.2, 0.0, 0.0])
    pass_on_losses(EXPOSURE, EQUITY, distress, 1)
    assert distress == pytest.approx([0.2, 0.1, 0.0])


def test_nobody_loses_more_than_its_buffer() -> None:
    everybody = np.full((3, 3), 30.0) - np.diag([30.0] * 3)
    distress = np.array([0.1, 0.0, 0.0])
    pass_on_losses(everybody, EQUITY, distress, 1000)
    assert distress.tolist() == [1.0, 1.0, 1.0]


def test_larger_buffers_lower_every_rank() -> None:
    rank = np.empty(3)
    debt_ranks(EXPOSURE, 4.0 * EQUITY, VALUE, rank)
    assert (rank <= ranks(EXPOSURE)).all()
    assert rank[CLOUD] < ranks(EXPOSURE)[CLOUD]

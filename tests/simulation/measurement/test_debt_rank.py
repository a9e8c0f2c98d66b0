"""Whose distress puts most at risk."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.measurement.debt_rank import (
    calm,
    debt_ranks,
    group_debt_rank,
    impact,
    largest_debt_rank,
    network_of,
    pass_on_once,
    removal_losses,
)

# The bank holds 5 of the cloud's debt, the fund 20 of the bank's; buffers are 10 each, the values 100, 60, 40.
EXPOSURE = np.array([[0.0, 0.0, 0.0], [5.0, 0.0, 0.0], [0.0, 20.0, 0.0]])
EQUITY = np.array([10.0, 10.0, 10.0])
VALUE = np.array([100.0, 60.0, 40.0])
CLOUD, BANK, FUND = range(3)


def ranks(exposure: np.ndarray, equity: np.ndarray = EQUITY, value: np.ndarray = VALUE) -> np.ndarray:
    rank = np.empty(len(value))
    debt_ranks(network_of(exposure, equity), value, np.arange(len(value)), rank)
    return rank


def spread(exposure: np.ndarray, column: int, distress: float) -> np.ndarray:
    """Everybody's distress once that of one actor has been passed on."""
    wave = calm(len(EQUITY))
    wave.distress[column], wave.reached[0] = distress, column
    pass_on_once(network_of(exposure, EQUITY), wave, 1)
    return wave.distress


def group_debt_rank_by_matrices(
    exposure: np.ndarray, equity: np.ndarray, value: np.ndarray, failed: np.ndarray
) -> float:
    """Equations 1 to 3 of Battiston et al. (2012) as they stand, over all pairs: h is distress, s says who has none
    yet, who passes on and who has passed on."""
    impacts = np.minimum(exposure / equity[:, None], 1.0)
    h = np.zeros(len(value))
    h[failed] = 1.0
    state = np.where(h > 0.0, "distressed", "undistressed")
    at_first = h @ value
    while (state == "distressed").any():
        passing = state == "distressed"
        h = np.minimum(1.0, h + impacts[:, passing] @ h[passing])
        state[passing] = "inactive"
        state[(h > 0.0) & (state == "undistressed")] = "distressed"
    return float((h @ value - at_first) / value.sum())


def test_one_exposure_destroys_at_most_the_whole_buffer() -> None:
    assert impact(5.0, 10.0) == 0.5
    assert impact(20.0, 10.0) == 1.0
    assert impact(1.0, 0.0) == 1.0
    assert impact(0.0, 0.0) == 0.0


def test_an_issuer_has_the_holders_it_owes_and_no_others() -> None:
    network = network_of(EXPOSURE, EQUITY)
    assert network.holders.tolist() == [1, 1, 0]
    assert network.holder[CLOUD, 0] == BANK
    assert network.part[BANK, 0] == 1.0


def test_distress_travels_along_exposures() -> None:
    assert spread(EXPOSURE, CLOUD, 1.0).tolist() == [1.0, 0.5, 0.5]


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
    # .2 of the cloud costs the bank .1, the fund .1, and .1 comes back to the cloud, who has had its say.
    assert spread(circle, CLOUD, 0.2) == pytest.approx([0.3, 0.1, 0.1])


def test_distress_is_passed_on_as_it_stood_before_the_step() -> None:
    # Both hold 4 of the cloud, and the bank 5 of the fund: in the second step each passes on the .4 of the first.
    exposure = np.array([[0.0, 0.0, 0.0], [4.0, 0.0, 5.0], [4.0, 2.0, 0.0]])
    assert spread(exposure, CLOUD, 1.0) == pytest.approx([1.0, 0.4 + 0.5 * 0.4, 0.4 + 0.2 * 0.4])


def test_a_group_fails_at_once_and_its_own_value_is_left_out() -> None:
    network = network_of(EXPOSURE, EQUITY)
    assert group_debt_rank(network, VALUE, np.array([CLOUD, FUND])) == pytest.approx(0.5 * 60 / 200)
    assert group_debt_rank(network, VALUE, np.array([CLOUD])) == pytest.approx(ranks(EXPOSURE)[CLOUD])
    assert group_debt_rank(network, VALUE, np.arange(3)) == 0.0


def test_the_largest_is_found_with_its_owner() -> None:
    network = network_of(EXPOSURE, EQUITY)
    assert largest_debt_rank(network, VALUE, np.arange(3)) == (CLOUD, pytest.approx(0.25))
    assert largest_debt_rank(network, VALUE, np.array([BANK, FUND])) == (BANK, pytest.approx(0.2))
    assert largest_debt_rank(network, VALUE, np.array([FUND])) == (-1, 0.0)


def test_larger_buffers_lower_every_rank() -> None:
    rank = ranks(EXPOSURE, 4.0 * EQUITY)
    assert (rank <= ranks(EXPOSURE)).all()
    assert rank[CLOUD] < ranks(EXPOSURE)[CLOUD]


def test_only_those_asked_for_are_ranked() -> None:
    rank = np.full(3, -1.0)
    debt_ranks(network_of(EXPOSURE, EQUITY), VALUE, np.array([BANK]), rank)
    assert rank.tolist() == [-1.0, ranks(EXPOSURE)[BANK], -1.0]


@given(st.integers(1, 10), st.floats(0.0, 1.0), st.integers(0, 2**32 - 1))
def test_lists_of_holders_give_what_the_matrices_give(size: int, density: float, seed: int) -> None:
    draw = np.random.default_rng(seed)
    exposure = draw.lognormal(0.0, 3.0, (size, size)) * (draw.random((size, size)) < density)
    np.fill_diagonal(exposure, 0.0)
    equity, value = draw.lognormal(1.0, 2.0, size), draw.lognormal(0.0, 2.0, size)
    alone = [group_debt_rank_by_matrices(exposure, equity, value, np.array([k])) for k in range(size)]
    assert ranks(exposure, equity, value) == pytest.approx(alone, rel=1e-9, abs=1e-12)
    largest, rank = largest_debt_rank(network_of(exposure, equity), value, np.arange(size))
    assert rank == pytest.approx(max(alone), rel=1e-9)
    assert rank == 0.0 or alone[largest] == pytest.approx(rank, rel=1e-9)
    failed = np.flatnonzero(draw.random(size) < 0.5)
    together = group_debt_rank(network_of(exposure, equity), value, failed)
    assert together == pytest.approx(group_debt_rank_by_matrices(exposure, equity, value, failed), rel=1e-9, abs=1e-12)

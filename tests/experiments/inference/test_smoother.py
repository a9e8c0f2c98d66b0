"""Inference on simulators whose answers are known: a straight line, and luck that comes later."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.inference.coverage import LEAST, MOST, Truth, synthetic_coverage
from experiments.inference.matching import implausibility, next_wave, not_ruled_out, worst
from experiments.inference.regression_abc import regression_abc
from experiments.inference.smoother import Data, assimilate, correlations
from experiments.record.observations import Record
from simulation.vintages.facts import Recorded

Floats = np.ndarray
LINES = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.5, -1.0, 1.0], [0.0, 0.3, 2.0]])


def straight(vectors: Floats, *_: object) -> Floats:
    return vectors @ LINES.T


def exact(targets: Floats, deviations: Floats) -> tuple[Floats, Floats]:
    """Mean and covariance of standard normal unknowns given observations of `LINES` with independent errors."""
    precision = np.eye(3) + LINES.T @ np.diag(deviations**-2.0) @ LINES
    covariance = np.linalg.inv(precision)
    return covariance @ LINES.T @ (targets / deviations**2), covariance


def from_the_first(count: int) -> np.ndarray:
    return np.ones(count, dtype=np.int64)


TARGETS, ERRORS = np.array([1.0, 0.2, -0.7, 1.5]), np.array([0.4, 0.5, 0.6, 0.8])


def test_of_a_straight_line_the_smoother_finds_the_exact_posterior() -> None:
    prior = np.random.default_rng(1).standard_normal((4000, 3))
    posterior = assimilate(prior, straight, Data(TARGETS, ERRORS, from_the_first(4)), from_the_first(3))
    mean, covariance = exact(TARGETS, ERRORS)
    assert posterior.vectors.mean(axis=0) == pytest.approx(mean, abs=0.05)
    assert np.cov(posterior.vectors.T) == pytest.approx(covariance, abs=0.04)
    assert posterior.after == pytest.approx(straight(posterior.vectors))


def test_regression_abc_finds_the_same_posterior_as_a_witness() -> None:
    table = np.random.default_rng(2).standard_normal((40_000, 3))
    sample = regression_abc(table, straight(table), TARGETS, ERRORS, accepted=0.1)
    mean, covariance = exact(TARGETS, ERRORS)
    assert sample.mean() == pytest.approx(mean, abs=0.06)
    assert sample.sd() == pytest.approx(np.sqrt(np.diag(covariance)), rel=0.08)


def test_luck_learns_nothing_from_what_was_recorded_before_it_struck() -> None:
    prior = np.random.default_rng(3).standard_normal((500, 2))
    data = Data(np.array([2.0]), np.array([0.1]), np.array([3]))
    posterior = assimilate(prior, lambda v, *_: v.sum(axis=1, keepdims=True), data, np.array([2, 4]))
    assert posterior.vectors[:, 1] == pytest.approx(prior[:, 1])
    assert abs(posterior.vectors[:, 0].mean() - prior[:, 0].mean()) > 0.5


def test_an_unknown_that_does_nothing_keeps_its_prior_even_beside_many_observations() -> None:
    rng = np.random.default_rng(4)
    prior = rng.standard_normal((300, 40))
    targets = np.full(30, 1.0)
    data = Data(targets, np.full(30, 0.3), from_the_first(30))

    def first_only(vectors: Floats, *_: object) -> Floats:
        return np.repeat(vectors[:, :1], 30, axis=1)

    posterior = assimilate(prior, first_only, data, from_the_first(40))
    idle = posterior.vectors[:, 1:].std(axis=0) / prior[:, 1:].std(axis=0)
    assert idle.mean() > 0.97
    assert posterior.vectors[:, 0].std() < 0.2


def test_a_run_that_failed_leaves_the_ensemble_and_takes_nobody_with_it() -> None:
    prior = np.random.default_rng(5).standard_normal((200, 3))

    def fails_once(vectors: Floats, members: Floats, step: str) -> Floats:
        assert len(members) == len(vectors)
        values = straight(vectors)
        if step == "step 1":
            values[7] = np.nan
        return values

    posterior = assimilate(prior, fails_once, Data(TARGETS, ERRORS, from_the_first(4)), from_the_first(3))
    assert len(posterior.vectors) == 199
    assert 7 not in posterior.members
    assert np.isfinite(posterior.vectors).all()


def test_correlations_are_those_of_numpy() -> None:
    rng = np.random.default_rng(6)
    left = rng.standard_normal((50, 3))
    right = left @ rng.standard_normal((3, 2)) + rng.standard_normal((50, 2))
    expected = np.corrcoef(left.T, right.T)[:3, 3:]
    assert correlations(left, right) == pytest.approx(expected)


def test_intervals_of_made_up_truths_hold_them_as_often_as_they_say() -> None:
    rng = np.random.default_rng(8)
    prior, truths = rng.standard_normal((400, 3)), rng.standard_normal((200, 3))
    ahead = np.array([[1.0, 1.0, 1.0]])

    def future(vectors: Floats, *_: object) -> Floats:
        return vectors @ ahead.T

    made_up = [Truth(v, straight(v[None])[0], future(v[None])[0]) for v in truths]
    held = synthetic_coverage(
        made_up, prior, straight(prior), straight, future, Data(TARGETS, ERRORS, from_the_first(4)),
        from_the_first(3), parameters=3, steps=3, future_errors=np.array([0.1]),
    )  # fmt: skip
    assert held.parameters.shape == (200, 3)
    assert held.futures.shape == (200, 1)
    assert LEAST <= held.parameters.mean() <= MOST
    assert LEAST <= held.futures.mean() <= MOST
    assert held.honest()


def test_a_method_that_is_too_sure_is_found_out() -> None:
    rng = np.random.default_rng(9)
    prior, truths = rng.standard_normal((300, 3)), rng.standard_normal((40, 3))

    def louder(vectors: Floats, *_: object) -> Floats:
        """Predictions of another simulator than the one that made the truths."""
        return straight(vectors) + 2.0

    made_up = [Truth(v, straight(v[None])[0], v[:1]) for v in truths]
    held = synthetic_coverage(
        made_up, prior, louder(prior), louder, lambda v, *_: v[:, :1],
        Data(TARGETS, np.full(4, 0.1), from_the_first(4)), from_the_first(3), 3, 3, np.array([0.0]),
    )  # fmt: skip
    assert held.parameters.mean() < 0.3
    assert not held.honest()


def rows(*series: str) -> Record:
    return Record(
        tuple(Recorded(name, "economy", "2023Q1", 1.0, "", 0.3, "made up", "high", "2023-04-30", "") for name in series)
    )


def test_implausibility_is_distance_in_standard_deviations_of_data_model_and_luck() -> None:
    points = rows("gdp").points("2022Q4", "2023Q1")
    # Error .3, discrepancy of GDP .01 and luck .4 give .5001; a run one above the record is two of them away.
    found = implausibility(points, np.array([[1.0], [0.0]]), np.array([0.4]))
    assert found == pytest.approx(np.array([[1.0 / np.sqrt(0.09 + 0.0001 + 0.16)], [0.0]]))


def test_the_worst_two_series_of_a_run_do_not_rule_it_out() -> None:
    assert worst(np.array([[9.0, 8.0, 2.0, 1.0]])) == pytest.approx([2.0])
    assert worst(np.array([[9.0, 8.0, 4.0, 1.0]])) == pytest.approx([4.0])
    assert worst(np.array([[5.0]])) == pytest.approx([5.0])


def test_a_wave_keeps_what_the_record_allows_and_the_next_looks_there() -> None:
    rng = np.random.default_rng(10)
    vectors = rng.standard_normal((1000, 1))
    kept = not_ruled_out(vectors, np.abs(vectors - 1.5) / 0.1)
    assert np.abs(kept - 1.5).max() < 0.3
    after = next_wave(kept, 5000, seed=1)
    assert after.mean() == pytest.approx(kept.mean(), abs=0.01)
    assert after.std() == pytest.approx(kept.std(), rel=0.05)


def test_where_everything_is_implausible_the_next_wave_looks_where_the_record_is_nearest() -> None:
    vectors = np.linspace(-3.0, 3.0, 101)[:, None]
    kept = not_ruled_out(vectors, 10.0 + np.abs(vectors - 2.0))
    assert kept.mean() == pytest.approx(2.0, abs=0.1)

"""Scores and benchmarks against cases worked by hand and against known results."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from experiments.evidence.benchmarks import autoregression, drift_of_eight, drift_of_four, random_walk
from experiments.evidence.scores import (
    crps_of_draws,
    crps_of_normal,
    diebold_mariano,
    held,
    rank_of,
    uniform_p,
)


def test_crps_of_one_draw_is_its_distance() -> None:
    assert crps_of_draws(3.0, np.array([1.0])) == pytest.approx(2.0)


def test_crps_of_two_draws_is_mean_distance_less_a_quarter_of_their_gap() -> None:
    # E|X - y| = (1 + 1)/2 = 1, E|X - X'| = 2/2 = 1, half of it is taken off.
    assert crps_of_draws(0.0, np.array([-1.0, 1.0])) == pytest.approx(0.5)


def test_crps_of_a_normal_at_its_mean_is_that_of_the_formula() -> None:
    # sigma (2 phi(0) - 1/sqrt(pi))
    expected = 2.0 * (2.0 / math.sqrt(2.0 * math.pi) - 1.0 / math.sqrt(math.pi))
    assert crps_of_normal(5.0, 5.0, 2.0) == pytest.approx(expected)


def test_crps_of_many_draws_comes_to_that_of_their_law() -> None:
    draws = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    assert crps_of_draws(0.7, draws) == pytest.approx(crps_of_normal(0.7, 0.0, 1.0), abs=1e-4)


def test_the_rank_of_a_value_is_the_share_of_draws_below_it() -> None:
    draws = np.arange(1.0, 10.0)
    assert rank_of(5.5, draws) == pytest.approx(5.5 / 10.0)
    assert rank_of(0.0, draws) == pytest.approx(0.05)
    assert held(rank_of(5.0, draws), 0.5)
    assert not held(rank_of(100.0, draws), 0.8)


def test_ranks_that_crowd_are_told_from_ranks_that_do_not() -> None:
    assert uniform_p(np.linspace(0.01, 0.99, 40)) > 0.9
    assert uniform_p(np.full(40, 0.95)) < 1e-6
    assert math.isnan(uniform_p(np.array([0.5, 0.6])))


def test_diebold_mariano_at_one_step_is_a_t_test_of_the_differences() -> None:
    losses, others = np.array([1.0, 2.0, 3.0, 4.0, 6.0]), np.array([2.0, 2.5, 3.0, 6.0, 6.5])
    found = diebold_mariano(losses, others, 1)
    expected = stats.ttest_1samp(losses - others, 0.0)
    assert found.difference == pytest.approx(-0.8)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)


def test_diebold_mariano_at_two_steps_counts_one_autocovariance_and_corrects_for_a_small_sample() -> None:
    difference = np.array([1.0, 3.0, 2.0, 4.0])
    # Mean 2.5; deviations -1.5 .5 -.5 1.5: variance (2.25 + .25 + .25 + 2.25)/4 = 1.25, autocovariance
    # (-.75 - .25 - .75)/4 = -.4375, long-run 1.25 - .875 = .375; factor (5 - 4 + 2/4)/4 = .375.
    found = diebold_mariano(difference, np.zeros(4), 2)
    assert found.statistic == pytest.approx(math.sqrt(0.375) * 2.5 / math.sqrt(0.375 / 4))
    assert found.p == pytest.approx(2 * stats.t.sf(found.statistic, 3))


def test_diebold_mariano_says_nothing_where_origins_are_too_few() -> None:
    assert math.isnan(diebold_mariano(np.ones(3), np.zeros(3), 3).p)


LOGS = np.array([0.0, 0.1, 0.3, 0.4, 0.8, 0.9])


def test_a_random_walk_stays_where_it_is_and_spreads_with_the_root_of_time() -> None:
    forecast = random_walk(LOGS, 4)
    sigma = math.sqrt((0.01 + 0.04 + 0.01 + 0.16 + 0.01) / 5)
    assert forecast.mean == pytest.approx([0.9] * 4)
    assert forecast.deviation == pytest.approx(sigma * np.sqrt([1, 2, 3, 4]))


def test_a_drift_goes_on_as_over_its_window() -> None:
    assert drift_of_four(LOGS, 2).mean == pytest.approx([0.9 + 0.2, 0.9 + 0.4])
    # Five changes are all there are of eight.
    assert drift_of_eight(LOGS, 1).mean == pytest.approx([0.9 + 0.18])
    changes = np.diff(LOGS)
    assert drift_of_eight(LOGS, 1).deviation == pytest.approx([changes.std(ddof=1)])


def test_an_autoregression_finds_the_one_that_made_its_numbers() -> None:
    rng = np.random.default_rng(1)
    growth = np.zeros(20_000)
    for k in range(1, len(growth)):
        growth[k] = 0.02 + 0.6 * growth[k - 1] + 0.1 * rng.standard_normal()
    logs = np.cumsum(growth)
    forecast = autoregression(logs, 2)
    first = 0.02 + 0.6 * growth[-1]
    assert forecast.mean - logs[-1] == pytest.approx([first, first + 0.02 + 0.6 * first], abs=0.02)
    assert forecast.deviation == pytest.approx([0.1, 0.1 * math.sqrt(1 + 1.6**2)], rel=0.03)


def test_benchmarks_use_nothing_but_the_numbers_they_are_given() -> None:
    later = np.append(LOGS, 9.0)
    for benchmark in (random_walk, drift_of_four, drift_of_eight, autoregression):
        assert benchmark(later[:-1], 3).mean == pytest.approx(benchmark(LOGS, 3).mean)

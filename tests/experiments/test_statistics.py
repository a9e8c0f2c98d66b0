"""Statistics against published numbers, at their edges, and for the coverage they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from experiments import statistics as st


def test_wilson_interval_matches_the_published_example() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 gives 0.2553 to 0.3662."""
    estimate = st.probability(81, 263)
    assert estimate.low == pytest.approx(0.2553, abs=5e-5)
    assert estimate.high == pytest.approx(0.3662, abs=5e-5)


def test_a_probability_never_seen_still_has_an_upper_bound() -> None:
    never, always = st.probability(0, 20), st.probability(20, 20)
    assert never.low == 0.0
    assert never.high == pytest.approx(0.1611, abs=5e-5)
    assert always.high == 1.0
    assert always.low == pytest.approx(1.0 - never.high)


def test_no_runs_give_no_number_and_no_error() -> None:
    assert math.isnan(st.probability(0, 0).value)
    assert math.isnan(st.mean_effect([]).value)
    assert math.isnan(st.share_effect([math.nan], [1.0]).value)
    assert st.flips([], []) == st.Flips(0, 0, 1.0, 0)
    assert st.holm([]) == []
    assert math.isnan(st.variance_reduction([], []).value)


def test_simultaneous_shares_are_wider_than_single_ones_and_sum_to_one() -> None:
    shares = st.outcome_shares({"payoff": 30, "muddle-through": 40, "pullback": 20, "systemic bust": 10})
    single = st.probability(30, 100)
    assert sum(share.value for share in shares.values()) == pytest.approx(1.0)
    assert shares["payoff"].low < single.low
    assert shares["payoff"].high > single.high


def test_exact_mcnemar_counts_saved_and_harmed_runs() -> None:
    before = np.array([1] * 10 + [0] * 10 + [1] * 5)
    after = np.array([0] * 9 + [1] + [0] * 9 + [1] + [1] * 5)
    table = st.flips(after, before)
    assert (table.saved, table.harmed, table.n) == (9, 1, 25)
    assert table.p_value == pytest.approx(2 * 11 / 1024)


def test_a_failed_run_drops_its_pair_alone() -> None:
    table = st.flips([0.0, math.nan, 1.0], [1.0, 1.0, 0.0])
    assert (table.saved, table.harmed, table.n) == (1, 1, 2)


def test_without_flips_the_effect_is_zero_and_its_interval_is_not() -> None:
    effect = st.share_effect(np.zeros(50), np.zeros(50))
    assert effect.value == 0.0
    assert effect.high == pytest.approx(-effect.low)
    assert 0.05 < effect.high < 0.10
    assert st.flips(np.zeros(50), np.zeros(50)).p_value == 1.0


def test_tango_interval_solves_its_own_score_equation() -> None:
    """At a bound the observed table lies z restricted standard errors away (checked by likelihood)."""
    gained, lost, n = 12, 4, 100
    after = np.array([1.0] * gained + [0.0] * (n - gained))
    before = np.array([0.0] * gained + [1.0] * lost + [0.0] * (n - gained - lost))
    effect = st.share_effect(after, before)
    for bound in (effect.low, effect.high):
        nuisance = _restricted_likelihood_estimate(gained, lost, n, bound)
        variance = n * (2 * nuisance + bound - bound**2)
        distance = (gained - lost - n * bound) / math.sqrt(variance)
        assert abs(distance) == pytest.approx(1.959964, abs=1e-4)


def _restricted_likelihood_estimate(gained: int, lost: int, n: int, difference: float) -> float:
    """Most likely share of losses, given how far gains exceed losses: search on a grid."""
    lost_share = np.linspace(max(0.0, -difference) + 1e-9, (1 - difference) / 2 - 1e-9, 2_000_001)
    likelihood = (
        gained * np.log(lost_share + difference)
        + lost * np.log(lost_share)
        + (n - gained - lost) * np.log(1 - 2 * lost_share - difference)
    )
    return float(lost_share[np.argmax(likelihood)])


def test_holm_matches_the_textbook_example() -> None:
    assert st.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_differences_that_are_all_equal_are_known_exactly() -> None:
    assert st.mean_effect(np.full(20, 0.5)) == st.Estimate(0.5, 0.5, 0.5, 20)


def test_common_random_numbers_pay_when_noise_is_shared() -> None:
    rng = np.random.default_rng(5)
    shared = rng.normal(size=400)
    before, after = shared + 0.1 * rng.normal(size=400), 0.2 + shared + 0.1 * rng.normal(size=400)
    factor = st.variance_reduction(after, before)
    assert factor.low < 101.0 < factor.high
    assert math.isinf(st.variance_reduction(before, before).value)


def coverage_of_shares(studies: int, n: int, truth: float, rng: np.random.Generator) -> float:
    counts = rng.binomial(n, truth, size=studies)
    low, high = st.wilson_bounds(counts, np.full(studies, n))
    return float(np.mean((low <= truth) & (truth <= high)))


def coverage_of_share_effects(studies: int, n: int, gain: float, loss: float, rng: np.random.Generator) -> float:
    hits = 0
    for gained, lost, _ in rng.multinomial(n, [gain, loss, 1 - gain - loss], size=studies):
        after = np.repeat([1.0, 0.0, 0.0], [gained, lost, n - gained - lost])
        before = np.repeat([0.0, 1.0, 0.0], [gained, lost, n - gained - lost])
        effect = st.share_effect(after, before)
        hits += effect.low <= gain - loss <= effect.high
    return hits / studies


def coverage_of_mean_effects(studies: int, n: int, rng: np.random.Generator) -> float:
    samples = rng.gamma(4.0, size=(studies, n))
    estimates = [st.mean_effect(sample, seed=study) for study, sample in enumerate(samples)]
    return float(np.mean([estimate.low <= 4.0 <= estimate.high for estimate in estimates]))


def test_intervals_cover_about_as_often_as_they_promise() -> None:
    rng = np.random.default_rng(11)
    assert 0.92 <= coverage_of_shares(2000, 200, 0.3, rng) <= 0.98
    assert 0.90 <= coverage_of_share_effects(150, 100, 0.08, 0.03, rng) <= 0.995
    assert 0.88 <= coverage_of_mean_effects(80, 60, rng) <= 1.0


@pytest.mark.slow
def test_nominal_95_percent_intervals_cover_93_to_97_percent() -> None:
    rng = np.random.default_rng(12)
    shares = [coverage_of_shares(2000, 200, truth, rng) for truth in (0.05, 0.1, 0.3, 0.5)]
    assert 0.93 <= np.mean(shares) <= 0.97
    for gain, loss in ((0.02, 0.01), (0.05, 0.03), (0.15, 0.1)):
        assert 0.93 <= coverage_of_share_effects(2000, 200, gain, loss, rng) <= 0.97
    assert 0.93 <= coverage_of_mean_effects(2000, 100, rng) <= 0.97


@pytest.mark.slow
def test_simultaneous_shares_hold_all_at_once() -> None:
    rng = np.random.default_rng(13)
    truth = np.array([0.25, 0.4, 0.25, 0.1])
    counts = rng.multinomial(300, truth, size=2000)
    low, high = st.wilson_bounds(counts, 300, 1.0 - 0.05 / truth.size)
    held = float(np.mean(np.all((low <= truth) & (truth <= high), axis=1)))
    assert held >= 0.945
    assert stats.binom(2000, 0.95).cdf(held * 2000) > 0.01

"""Weights make a study's runs say what a study under other beliefs would have said."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from experiments import statistics as st
from experiments.analysis.beliefs import (
    Belief,
    can_be_believed,
    effective_number,
    family_of,
    log_prior,
    on_scale,
    weighted_share,
    weights,
)
from simulation.scenario.prior import prior_quantile

RANKS = (np.arange(20_000) + 0.5) / 20_000


def quantiles_of(name: str, ranks: np.ndarray) -> np.ndarray:
    return np.array([prior_quantile(name, float(rank)) for rank in ranks])


@pytest.mark.parametrize("name", can_be_believed())
def test_the_density_is_that_of_what_is_drawn(name: str) -> None:
    ranks = np.linspace(0.05, 0.95, 19)
    step = 1e-5
    low, high = (on_scale(name, quantiles_of(name, ranks + side * step)) for side in (-1.0, 1.0))
    measured = -np.log(high - low)  # rank over x: the density
    stated = log_prior(name, quantiles_of(name, ranks))
    np.testing.assert_allclose(stated - stated[0], measured - measured[0], atol=2e-3)


def test_of_what_the_record_allows_weights_make_what_it_leaves_of_a_belief() -> None:
    """Normal prior N(m, s), belief N(b, u), and a record that says N(r, v), all over the logarithm of gamma."""
    family = family_of("gamma")
    (b, u), (r, v) = (np.log(0.04), 0.5), (np.log(0.08), 0.6)

    def posterior(middle: float, spread: float) -> tuple[float, float]:
        precision = spread**-2 + v**-2
        return (middle / spread**2 + r / v**2) / precision, precision**-0.5

    middle, spread = posterior(family.a, family.b)
    draws = np.exp(norm.ppf(RANKS, middle, spread))
    weight = weights({"gamma": draws}, {"gamma": Belief(b, u)})
    mean = np.average(np.log(draws), weights=weight)
    deviation = np.sqrt(np.average((np.log(draws) - mean) ** 2, weights=weight))
    assert (mean, deviation) == pytest.approx(posterior(b, u), abs=2e-3)


def test_weights_turn_the_priors_draws_into_those_of_a_belief() -> None:
    gamma = quantiles_of("gamma", RANKS)
    belief = Belief(np.log(0.07), 0.3)
    weight = weights({"gamma": gamma}, {"gamma": belief})
    assert weight.mean() == pytest.approx(1.0)
    mean = np.average(np.log(gamma), weights=weight)
    assert mean == pytest.approx(np.log(0.07), abs=2e-3)
    assert np.sqrt(np.average((np.log(gamma) - mean) ** 2, weights=weight)) == pytest.approx(0.3, rel=5e-3)


def test_beliefs_about_two_parameters_multiply_and_none_changes_nothing() -> None:
    names = ("gamma", next(name for name in can_be_believed() if family_of(name).kind == "triangular"))
    mixed = np.random.default_rng(7).permutation(RANKS)
    drawn = {names[0]: quantiles_of(names[0], RANKS), names[1]: quantiles_of(names[1], mixed)}
    middles = {name: Belief(float(on_scale(name, values).mean()), 0.4 * float(on_scale(name, values).std()))
               for name, values in drawn.items()}  # fmt: skip
    alone = [weights(drawn, {name: belief}) for name, belief in middles.items()]
    both = weights(drawn, middles)
    np.testing.assert_allclose(both, alone[0] * alone[1] / (alone[0] * alone[1]).mean())
    assert list(weights(drawn, {})) == [1.0] * RANKS.size


def test_sure_beliefs_rest_on_few_runs_and_widen_the_interval() -> None:
    gamma, happened = quantiles_of("gamma", RANKS[::100]), RANKS[::100] < 0.5
    none = weighted_share(happened, np.ones(200))
    assert none[:3] == pytest.approx(st.probability(100, 200)[:3])
    sure = weights({"gamma": gamma}, {"gamma": Belief(np.log(0.055), 0.05)})
    assert effective_number(np.ones(200)) == pytest.approx(200.0)
    assert effective_number(sure) < 40.0
    share = weighted_share(happened, sure)
    assert share.high - share.low > 2.0 * (none.high - none.low)


def test_one_run_among_equals_is_weighed_by_hand() -> None:
    """Weights 3 and 1: the share is 3/4, worth (3+1)^2/(9+1) = 1.6 runs; the missing run is left out."""
    share = weighted_share([1.0, 0.0, np.nan], np.array([3.0, 1.0, 5.0]))
    assert share.value == 0.75
    low, high = st.wilson_bounds(1.2, 1.6)
    assert (share.low, share.high) == (pytest.approx(float(low)), pytest.approx(float(high)))

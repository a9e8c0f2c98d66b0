"""Runs weighed by a belief agree with runs that were made under it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from experiments import statistics as st
from experiments.analysis.beliefs import Belief
from experiments.ensembles.ensemble import load_ensemble
from experiments.methods.believed import (
    HELD,
    IMPATIENT,
    OPENINGS,
    POOR,
    RICH,
    agreements,
    difference_of_shares,
    draws_of,
    in_words,
    under,
)
from experiments.report.simulator import SHOWN
from simulation.scenario.parameters import PARAMETERS

KEPT = Path(__file__).parents[3] / "results" / "reference" / "simulator" / "believed.csv"


def beside_zero(found: pd.DataFrame) -> int:
    return int(((found["low"] > 0.0) | (found["high"] < 0.0)).sum())


def test_a_difference_of_shares_by_newcombes_own_example() -> None:
    """56 of 70 against 48 of 80: .2, from .0524 to .3339 (Newcombe 1998, table II, method 10)."""
    found = difference_of_shares(st.probability(56, 70), st.probability(48, 80))
    assert found[:3] == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_draws_are_those_of_the_belief_between_the_bounds_of_the_prior() -> None:
    draws = pd.DataFrame(draws_of({"gamma": RICH, "withdrawal_state": Belief(0.3, 0.5)}, 4000))
    assert np.log(draws["gamma"]).mean() == pytest.approx(RICH.middle, abs=0.05)
    assert np.log(draws["gamma"]).std() == pytest.approx(RICH.spread, abs=0.05)
    bounds = PARAMETERS["withdrawal_state"]
    assert draws["withdrawal_state"].between(bounds.low, bounds.high).all()
    assert abs(draws.corr().iloc[0, 1]) < 0.05


def test_what_cannot_be_told_apart_from_chance_agrees() -> None:
    """The stored comparison: no more intervals of 95% lie beside zero than chance allows at one in a hundred."""
    found = pd.read_csv(KEPT)
    assert list(found.groupby(["opening", "belief"], sort=False).size()) == [len(SHOWN)] * len(OPENINGS) * len(HELD)
    assert beside_zero(found) <= binom.ppf(0.99, len(found), 1.0 - st.CONFIDENCE)
    assert found["effective_runs"].min() > 20
    moved = (found["real"] - found["drawn"]).abs()
    assert moved.max() > 0.1  # beliefs make a difference that the weights had to find


@pytest.mark.parametrize("vintage", OPENINGS)
def test_both_ways_are_taken_from_the_opening(vintage: str) -> None:
    found = agreements(vintage, {"rich": {"gamma": RICH}}, (12, 3), firms=10, workers=1, quarters=8, members=12)
    assert list(found["what"]) == [name for name, _ in SHOWN]
    assert set(found["runs"]) == {3}
    assert found["effective_runs"].between(1, 12).all()
    assert found["difference"].to_numpy() == pytest.approx((found["weighed"] - found["real"]).to_numpy())


def test_the_record_is_asked_again_under_a_belief() -> None:
    """What is left of a belief are economies of their own, that stand where the shipped ones do and hold it still."""
    shipped = load_ensemble()
    found = under(shipped, {"gamma": RICH, "withdrawal_state": IMPATIENT}, 16, workers=1)
    assert (found.opening, found.until) == (shipped.opening, shipped.until)
    assert not {*found.seeds.tolist()} & {*shipped.seeds.tolist()}
    values = found.parameters()
    assert RICH.middle - RICH.spread < np.log(values["gamma"]).mean() < RICH.middle + RICH.spread
    assert IMPATIENT.middle - IMPATIENT.spread < values["withdrawal_state"].mean() < IMPATIENT.middle + IMPATIENT.spread
    assert np.median(shipped.parameters()["gamma"]) < 0.075  # which nobody who draws from the prior would find


def test_the_comparison_says_how_much_of_it_chance_explains() -> None:
    found = pd.DataFrame(
        {"opening": ["2022Q4"] * 20 + ["now"] * 20, "low": [0.1] + [-0.1] * 39, "high": [0.3] + [0.1] * 38 + [-0.01]}
    )
    assert in_words(found) == (
        "Of 40 differences between a weighed share and the real one, 2 have a 95% interval beside zero (1 from 2022Q4, "
        "1 from now); by chance it would be about 2."
    )


@pytest.mark.slow
@pytest.mark.parametrize(("vintage", "belief"), [("2022Q4", RICH), ("now", POOR)])
def test_the_weighed_study_agrees_with_one_that_is_made_under_the_belief(vintage: str, belief: Belief) -> None:
    found = agreements(vintage, {"belief": {"gamma": belief}})
    assert 40.0 < found["effective_runs"].min() < 250.0
    assert beside_zero(found) == 0
    assert (found["real"] - found["drawn"]).abs().max() > 0.05

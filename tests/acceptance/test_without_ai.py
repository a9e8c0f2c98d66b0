"""The economy without AI: balanced growth, a business cycle of ordinary size, stable debt."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from experiments.methods.ordinary_cycle import Moments, moments, spread, stored
from simulation import Economy, Scenario
from simulation.scenario.parameters import PARAMETERS

pytestmark = pytest.mark.slow

QUARTERS = 80
SEEDS = range(1, 31)
VINTAGES = ("2022Q4", "2024Q4")


@cache
def histories(vintage: str) -> tuple[pd.DataFrame, ...]:
    """Twenty years of the economy without AI and without withdrawals, one history per seed."""
    plain = Scenario.load("baseline").with_switches(ai=False, withdrawal=False)
    return tuple(
        Economy(plain, seed=seed, vintage=vintage, quarters=QUARTERS, firms=1000, keep_books=False).run().history
        for seed in SEEDS
    )


def mean_of(vintage: str, series: str) -> float:
    return float(np.mean([history[series].mean() for history in histories(vintage)]))


@pytest.mark.parametrize("vintage", VINTAGES)
def test_output_grows_by_half_a_percent_a_quarter(vintage: str) -> None:
    assert mean_of(vintage, "real_growth") == pytest.approx(0.005, abs=0.0005)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_prices_grow_by_half_a_percent_a_quarter(vintage: str) -> None:
    assert mean_of(vintage, "inflation") == pytest.approx(0.005, abs=0.0005)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_unemployment_stays_near_its_natural_rate(vintage: str) -> None:
    for history in histories(vintage):
        assert 0.035 < history["unemployment"].mean() < 0.055
        assert history["unemployment"].between(0.015, 0.09).all()


@pytest.mark.parametrize("vintage", VINTAGES)
def test_government_debt_drifts_by_less_than_two_points_a_year(vintage: str) -> None:
    drifts = [
        (history["government_debt"].iloc[-1] - history["government_debt"].iloc[0]) / 20
        for history in histories(vintage)
    ]
    assert max(abs(drift) for drift in drifts) < 0.02


@pytest.mark.parametrize("vintage", VINTAGES)
def test_there_is_no_ai_to_be_seen(vintage: str) -> None:
    for history in histories(vintage):
        for series in ("ai_capex", "end_demand_revenue", "adoption", "compute_online", "ai_failures"):
            assert history[series].abs().max() == 0.0, series


@cache
def mean_moments(vintage: str) -> Moments:
    """Mean over the seeds."""
    return moments(np.mean([spread(history) for history in histories(vintage)], axis=0))


@pytest.mark.parametrize("vintage", VINTAGES)
def test_output_strays_from_its_trend_by_about_one_percent(vintage: str) -> None:
    # 0.86 percent from 1984 to 2007, 1.06 from 1984 to 2009: real GDP of the United States, Bureau of Economic Analysis
    assert 0.008 < mean_moments(vintage).output < 0.012, mean_moments(vintage)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_consumption_swings_less_than_output_and_investment_several_times_as_widely(vintage: str) -> None:
    found = mean_moments(vintage)
    assert 0.70 < found.consumption < 0.85, found
    assert 3.0 < found.investment < 4.5, found


@pytest.mark.parametrize("vintage", VINTAGES)
def test_investment_moves_with_output_and_unemployment_against_it(vintage: str) -> None:
    found = mean_moments(vintage)
    assert 0.80 < found.investment_and_output < 0.95, found
    assert found.unemployment_and_output == pytest.approx(-0.8, abs=0.05), found


@pytest.mark.parametrize("vintage", VINTAGES)
def test_a_good_quarter_is_followed_by_another(vintage: str) -> None:
    assert 0.80 < mean_moments(vintage).persistence < 0.90, mean_moments(vintage)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_a_point_of_growth_in_a_year_lowers_unemployment_by_almost_half_a_point(vintage: str) -> None:
    assert -0.50 < mean_moments(vintage).okun < -0.40, mean_moments(vintage)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_shares_of_core_businesses_stay_near_their_value_on_average(vintage: str) -> None:
    assert abs(mean_of(vintage, "value_gap")) < 0.2


def test_the_shocks_are_those_that_were_estimated() -> None:
    assert stored()["parameters"] == {name: PARAMETERS[name].default for name in stored()["parameters"]}

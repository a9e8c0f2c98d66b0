"""Crashes after run-ups, counted on paths made by hand and on the economy."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from experiments.methods.run_ups import NO_RUN_UP, Case, Shares, cases, crash_odds, simulated_paths


def alone(path: list[float]) -> Shares:
    """Shares in a market that stands still."""
    return Shares(np.array(path), np.ones(len(path)))


def counted(path: list[float], run_up: float) -> list[bool]:
    return [case.crashed for case in cases(alone(path)) if case.run_up == run_up]


def test_a_rise_with_the_whole_market_is_no_run_up() -> None:
    rising = np.array([1.0, 1.0, 1.0, 1.0, 1.2, 1.6, 1.8, 2.0] + [2.0] * 8)
    found = [case.run_up for case in cases(Shares(rising, 1.0 + 0.4 * (rising - 1.0)))]
    assert 0.5 in found
    assert 1.0 not in found
    assert {case.run_up for case in cases(Shares(rising, rising))} == {NO_RUN_UP}


def test_a_run_up_is_counted_once_in_two_years_and_crashes_if_shares_fall_by_forty_percent() -> None:
    # Up by 60% in the fifth quarter, by 100% in the seventh, then down by 45% from there.
    path = [1.0, 1.0, 1.0, 1.0, 1.2, 1.6, 1.8, 2.0, 2.0, 2.0, 1.1] + [1.1] * 6
    assert counted(path, 0.5) == [True]
    assert counted(path, 1.0) == [True]
    assert counted(path, 1.5) == []


def test_a_fall_by_less_is_no_crash() -> None:
    path = [1.0, 1.0, 1.0, 1.0, 1.2, 1.6, 1.8, 2.0, 2.0, 2.0, 1.25] + [1.25] * 6
    assert counted(path, 0.5) == [False]


def test_a_crash_more_than_two_years_later_is_not_blamed_on_the_run_up() -> None:
    path = [1.0, 1.0, 1.0, 1.0, 1.6] + [1.6] * 9 + [0.5] * 3
    assert counted(path, 0.5)[0] is False


def test_histories_are_counted_until_their_first_crash() -> None:
    path = [1.0, 1.0, 1.0, 1.0, 1.0, 0.5] + [float(1.2**k) for k in range(12)]
    assert cases(alone(path)) == [Case(NO_RUN_UP, True)]


def test_the_table_holds_odds_with_their_interval_beside_the_record() -> None:
    crash = [1.0, 1.0, 1.0, 1.0, 1.6, 1.6, 1.6, 0.8] + [0.8] * 6
    calm = [1.0, 1.0, 1.0, 1.0, 1.6] + [1.6] * 9
    table = crash_odds([alone(crash), alone(calm)]).set_index("run-up")
    assert table.loc[0.5, "cases"] == 2
    assert table.loc[0.5, "odds"] == 0.5
    assert 0.0 < table.loc[0.5, "low"] < 0.5 < table.loc[0.5, "high"] < 1.0
    assert table.loc[0.5, "record"] == 0.20


@cache
def simulated_odds() -> pd.DataFrame:
    """At the defaults."""
    return crash_odds(simulated_paths(200).paths).set_index("run-up")


@pytest.mark.slow
def test_the_higher_ai_shares_have_risen_the_likelier_they_crash() -> None:
    odds = simulated_odds()["odds"]
    assert odds[NO_RUN_UP] < odds[0.5] < odds[1.0] < odds[1.5]


@pytest.mark.slow
@pytest.mark.parametrize("run_up", [NO_RUN_UP, 0.5, 1.0])
def test_run_ups_crash_about_as_often_as_recorded(run_up: float) -> None:
    row = simulated_odds().loc[run_up]
    assert row["odds"] == pytest.approx(row["record"], abs=0.15)


@pytest.mark.slow
@pytest.mark.slow
def test_the_greatest_run_ups_crash_about_as_often_as_recorded() -> None:
    row = simulated_odds().loc[1.5]
    assert row["odds"] == pytest.approx(row["record"], abs=0.2)

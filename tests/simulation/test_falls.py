"""One fall, one peak: when a fall is over, worked out by hand and held to it on any path."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulation.endings import episodes as told
from simulation.endings.episodes import INVESTMENT, KINDS, MACRO, SYSTEMIC, Episode, under_way
from simulation.endings.falls import Fall, falls_of
from simulation.endings.thresholds import THRESHOLDS
from simulation.series import SERIES_DTYPE

LEAST = 0.3


def found(level: list[float], shown: list[bool] | None = None) -> list[Fall]:
    """Falls by three tenths; each quarter may show one unless it is said which do."""
    may_show = np.ones(len(level), bool) if shown is None else np.array(shown)
    return list(falls_of(np.array(level), may_show, LEAST, THRESHOLDS))


def test_a_fall_is_over_when_half_of_it_is_made_good() -> None:
    # From 100 to 60: half is made good at 80, as great a rise as counts would be to 60/.7 = 85.7.
    assert found([100.0, 60.0, 79.0]) == [Fall(1, 0, 1, None)]
    assert found([100.0, 60.0, 81.0]) == [Fall(1, 0, 1, 2)]


def test_a_deep_fall_is_over_when_the_level_has_risen_by_as_much_as_a_fall_that_counts() -> None:
    # From 100 to 20: a rise as great, in logs, as a fall by three tenths is to 20/.7 = 28.6; half would be at 60.
    assert found([100.0, 20.0, 28.0]) == [Fall(1, 0, 1, None)]
    assert found([100.0, 20.0, 29.0]) == [Fall(1, 0, 1, 2)]


def test_a_fall_goes_on_from_where_it_shows_until_it_is_over() -> None:
    (fall,) = found([100.0, 90.0, 60.0, 50.0, 80.0, 70.0])
    assert fall == Fall(2, 0, 3, 4)
    assert [fall.goes_on(quarter) for quarter in range(6)] == [False, False, True, True, False, False]


def test_a_fall_that_another_may_follow_is_over_and_one_that_goes_on_has_none_after_it() -> None:
    assert found([100.0, 60.0, 79.0, 40.0]) == [Fall(1, 0, 3, None)]
    assert found([100.0, 60.0, 81.0, 40.0]) == [Fall(1, 0, 1, 2), Fall(3, 2, 3, None)]


def test_what_parts_two_falls_is_asked_of_the_dip_before_a_fall_too() -> None:
    # Orders hold until the last quarter, so that the fall to 20 shows nowhere; it is over at 28.6.
    late = [False] * 9 + [True]
    assert found([100.0, 20.0, *[29.0] * 7, 19.0], late) == [Fall(9, 8, 9, None)]
    assert found([100.0, 20.0, *[28.0] * 7, 19.0], late) == [Fall(9, 0, 9, None)]


def test_a_level_that_has_come_to_nothing_is_not_over() -> None:
    assert found([100.0, 0.0, 0.0]) == [Fall(1, 0, 1, None)]


RATES = st.lists(st.tuples(st.floats(-1.0, 1.0), st.booleans()), min_size=1, max_size=40)


def drawn(rates: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    """A level that changes by these rates, and the quarters that may show a fall."""
    return np.exp(np.cumsum([rate for rate, _ in rates])).tolist(), [shown for _, shown in rates]


def is_over(level: list[float], fall: Fall, quarter: int) -> bool:
    """Whether a level has by a quarter made good a fall since it shows, as the rule's words have it."""
    for now in range(fall.shows, quarter + 1):
        low = min(level[fall.peak : now + 1])
        regained = (level[now] - low) / (level[fall.peak] - low)
        if level[now] > low and (regained >= THRESHOLDS.made_good or low / level[now] <= 1.0 - LEAST):
            return True
    return False


@given(RATES)
def test_a_fall_goes_on_in_just_the_quarters_since_it_shows_in_which_it_is_not_over(
    rates: list[tuple[float, bool]],
) -> None:
    level, shown = drawn(rates)
    for fall in found(level, shown):
        for quarter in range(len(level)):
            goes_on = quarter >= fall.shows and not is_over(level, fall, quarter)
            assert fall.goes_on(quarter) == goes_on


@given(RATES)
def test_no_two_falls_share_a_peak_or_a_quarter_and_only_the_last_may_go_on(rates: list[tuple[float, bool]]) -> None:
    level, shown = drawn(rates)
    falls = found(level, shown)
    for fall in falls:
        assert fall.peak < fall.trough
        assert level[fall.shows] <= (1.0 - LEAST) * level[fall.peak] * (1.0 + 1e-12)
        assert level[fall.peak] == max(level[fall.peak : fall.shows + 1])
    for first, second in pairwise(falls):
        assert first.over is not None
        assert first.peak < first.trough <= second.peak
        assert first.over < second.shows


@given(RATES)
def test_what_comes_after_never_changes_a_fall_or_whether_it_was_over(rates: list[tuple[float, bool]]) -> None:
    level, shown = drawn(rates)
    falls = found(level, shown)
    for end in range(1, len(level)):
        known = [fall for fall in falls if fall.shows < end]
        before = found(level[:end], shown[:end])
        assert [fall[:2] for fall in before] == [fall[:2] for fall in known]
        assert [fall.goes_on(end - 1) for fall in before] == [fall.goes_on(end - 1) for fall in known]
        assert [fall for fall in before if fall.over] == [fall for fall in known if fall.over and fall.over < end]


RUNS = st.lists(st.tuples(*[st.integers(-100, 100).map(lambda percent: percent / 100.0)] * 4), min_size=1, max_size=20)


def moved_by(rates: list[tuple[float, ...]]) -> told.Tests:
    """A run whose investment, orders, output and jobs go as drawn, beside a twin in which nothing moves."""
    capex, orders, output, jobless = np.cumsum(rates, axis=0).T
    still = {name: np.ones(len(rates)) for name in SERIES_DTYPE.names or ()}
    still |= {name: np.zeros(len(rates)) for name in ("withdrawal", "ai_credit_losses", "private_credit_gated")}
    still["bank_failures"] = (jobless > 0.5).astype(float)
    moved = {"ai_capex_real": np.exp(capex), "ai_orders": np.exp(capex + orders / 5.0)}
    moved |= {"real_gdp": np.exp(output / 20.0), "unemployment": 0.05 + jobless / 50.0}
    return told.Tests(still | moved, still, THRESHOLDS)


def episodes(rates: list[tuple[float, ...]], kind: str) -> list[Episode]:
    return [each for each in told.episodes_of(moved_by(rates), THRESHOLDS) if each.kind == kind]


@given(RUNS)
def test_a_pullback_that_is_not_over_is_under_way_when_a_boom_is_judged(rates: list[tuple[float, ...]]) -> None:
    whole = moved_by(rates)
    for end in range(1, len(rates) + 1):
        goes_on = any(np.isnan(each.over) for each in episodes(rates[:end], INVESTMENT))
        assert under_way(whole, THRESHOLDS, end - 1) == goes_on


@given(RUNS)
def test_no_two_episodes_of_a_kind_share_a_peak_and_none_begins_before_the_one_before_it_is_over(
    rates: list[tuple[float, ...]],
) -> None:
    for kind in KINDS:
        for first, second in pairwise(episodes(rates, kind)):
            assert first.peak < second.peak
            assert first.over <= second.start
    assert {each.peak for each in episodes(rates, SYSTEMIC)} <= {each.peak for each in episodes(rates, MACRO)}


@given(RUNS)
def test_losses_since_the_highest_investment_so_far_are_never_missed(rates: list[tuple[float, ...]]) -> None:
    tests = moved_by(rates)
    highest = np.array([end - int(tests.capex[end::-1].argmax()) for end in range(len(rates))])
    assert (tests.gdp_shortfall >= tests.gdp_gap[highest] - tests.gdp_gap).all()


@given(RUNS)
def test_a_macro_episode_is_known_in_the_quarter_in_which_it_begins(rates: list[tuple[float, ...]]) -> None:
    macro = [(each.start, each.peak) for each in episodes(rates, MACRO)]
    for end in range(1, len(rates)):
        known = [(each.start, each.peak) for each in episodes(rates[:end], MACRO)]
        assert known == [each for each in macro if each[0] <= end]

"""Whether runs that end differently cost different amounts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.costs import COSTS, GROUPS, PAIRS, cost_table
from experiments.narrative.costs import differences_in_words, means_of_groups
from experiments.statistics import difference_of_means
from simulation.endings import ENDINGS


def runs(*groups: tuple[str, int, float]) -> pd.DataFrame:
    """Runs of an ending, so many, whose worst loss of output is around a level (ratio); all else is equal."""
    rows = [
        {"outcome": ending, "pullback": ending == "collapsed", "gdp_shortfall": level + 0.001 * (-1) ** place}
        for ending, count, level in groups
        for place in range(count)
    ]
    same = ("gdp_gain", "job_years", "wealth_top", "wealth_rest", "public_debt")
    losses = [f"credit_losses_{lender}" for lender in ("banks", "funds", "others")]
    return pd.DataFrame(rows).assign(**dict.fromkeys((*same, *losses), 0.0))


def test_a_difference_is_counted_in_its_own_standard_errors() -> None:
    first, second = np.tile([1.0, 3.0], 10), np.tile([0.0, 1.0], 20)
    found = difference_of_means(first, second)
    # Variances 20/19 and .25 * 40/39 over 20 and 40 runs.
    error = math.sqrt(20.0 / 19.0 / 20.0 + 0.25 * 40.0 / 39.0 / 40.0)
    assert found.estimate.value == pytest.approx(1.5)
    assert found.in_standard_errors == pytest.approx(1.5 / error)
    assert found.estimate.low < 1.5 - 2.0 * error < 1.5 + 2.0 * error < found.estimate.high


def test_a_group_of_a_few_runs_has_no_standard_error() -> None:
    found = difference_of_means([1.0, 2.0], np.arange(30.0))
    assert math.isnan(found.in_standard_errors)
    assert (found.of_first, found.of_second) == (2, 30)


def test_runs_that_cost_more_are_told_apart_and_those_that_do_not_are_not() -> None:
    apart = cost_table(runs(("paid off, no episode", 20, 0.01), ("collapsed", 20, 0.05)))
    assert len(apart) == len(PAIRS) * len(COSTS)
    paid, settled, unpaid, pullback = differences_in_words(apart)
    assert "paid off (20 runs) and collapsed (20) differ by more than two standard errors in worst loss of GDP" in paid
    assert "1.0 against 5.0%" in paid
    assert "too few to tell" in settled
    assert "worst loss of GDP (1.0 against 5.0%)" in unpaid
    assert "worst loss of GDP (5.0 against 1.0%)" in pullback
    alike = cost_table(runs(("paid off, no episode", 20, 0.01), ("collapsed", 20, 0.01)))
    assert "do not differ by two standard errors in anything" in differences_in_words(alike)[0]


def test_groups_stand_in_the_order_in_which_other_tables_tell_endings() -> None:
    everyone = cost_table(runs(*((ending, 4, 0.01) for ending in reversed(ENDINGS))))
    groups, rows = means_of_groups(everyone)
    told = [next(ending for ending in ENDINGS if ending.startswith(group.split(" (")[0])) for group in groups[:4]]
    assert told == [ENDINGS[0], *ENDINGS[2:]]  # paid off with and without an episode are one group here
    assert [group.split(" (")[0] for group in groups] == list(GROUPS)
    assert {len(row) for row in rows} == {1 + len(GROUPS)}


def test_the_means_of_groups_are_a_table_and_its_sentences_need_no_numbers() -> None:
    table = cost_table(runs(("paid off, no episode", 20, 0.01), ("collapsed", 30, 0.05)))
    table = table[(table["first"] == "paid off") & (table["second"] == "collapsed")]
    groups, rows = means_of_groups(table)
    assert groups == ("paid off (20)", "collapsed (30)")
    assert len(rows) == len(COSTS)
    assert rows[0] == ("worst loss of GDP, %", "1.0", "5.0")
    (sentence,) = differences_in_words(table, means=False)
    assert "differ by more than two standard errors in worst loss of GDP" in sentence
    assert "against" not in sentence

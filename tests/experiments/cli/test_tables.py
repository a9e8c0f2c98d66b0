"""Tables of the terminal on 80 columns."""

from __future__ import annotations

import io
import math

import pandas as pd
import pytest
from rich.console import Console

from experiments.common.terminal import sparkline, table_of
from experiments.methods.compare import (
    _quarters,
    ending_effect_table,
    episode_table,
    output_effect_table,
    risk_table,
    share_table,
)
from experiments.methods.one_run import COURSE, KEY_SERIES
from simulation.series import SERIES
from tests.experiments.made_up import findings


def test_no_line_ends_within_a_word_or_a_number() -> None:
    course = sparkline([1.0, 2.0] * 40, COURSE)
    rows = {
        name: {"first": 4760.617, "course": course, "last": -881.541, "unit": SERIES[name].unit} for name in KEY_SERIES
    }
    screen = Console(file=io.StringIO(), width=80)
    screen.print(table_of(pd.DataFrame.from_dict(rows, orient="index"), digits=3))
    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, shown.splitlines())) <= 80
    words = {word for row in rows.values() for word in f"{row['unit']} {course} 4,760.617 -881.541".split()}
    assert words <= set(shown.split())


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ((18.0, 15.0, 22.0), "18 (15-22)"),
        ((18.0, 15.0, math.inf), "18 (from 15)"),
        ((math.inf, 15.0, math.inf), "never (from 15)"),
        ((math.inf, math.inf, math.inf), "never"),
        ((math.nan, math.nan, math.nan), "-"),
    ],
)
def test_a_time_that_is_not_reached_is_told_once(time: tuple[float, float, float], told: str) -> None:
    assert _quarters(*time) == told


def test_the_tables_of_a_comparison_leave_no_column_out() -> None:
    """Of six episodes with whole intervals beside the longest name that a shipped scenario has."""
    analysis = findings(
        scenarios=["baseline", "impatient-capital"], policies=["fed-put"], bad={"fed-put": 1.0}
    ).analysis
    for table in (episode_table, share_table, ending_effect_table, output_effect_table, risk_table):
        screen = Console(file=io.StringIO(), width=80)
        screen.print(made := table(analysis))
        shown = screen.file.getvalue()  # type: ignore[attr-defined]
        cells = [str(cell) for column in made.columns for cell in (column.header, *column.cells)]
        assert {word for cell in cells for word in cell.split()} <= set(shown.split()), made.title

"""Whether runs that end or go differently differ in what they cost, in a sentence for every pair of groups."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from ..analysis.costs import GROUPS
from ..analysis.wording import several

ENOUGH_ERRORS = 2.0
"""Standard errors from which on two groups are said to differ."""


def differences_in_words(table: pd.DataFrame, means: bool = True) -> list[str]:
    """For every pair of groups, a sentence on what they differ in by more than two standard errors, and what not; with
    the `means` of both, unless they stand in a table beside."""
    return [_sentence(rows, means) for _, rows in table.groupby(["first", "second"], sort=False)]


def means_of_groups(table: pd.DataFrame) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Every group with its number of runs, and for every cost a row of the groups' means after its name and unit."""
    sides = [
        table[["cost", "unit", side, f"mean_{side}", f"runs_{side}"]].set_axis(
            ["cost", "unit", "group", "mean", "runs"], axis=1
        )
        for side in ("first", "second")
    ]
    found = pd.concat(sides).drop_duplicates(["cost", "group"])
    groups = found.drop_duplicates("group").sort_values("group", key=lambda names: names.map(list(GROUPS).index))
    rows = (
        (f"{cost}, {unit}", *(_mean(float(mean)) for mean in rows.set_index("group")["mean"].loc[groups["group"]]))
        for (cost, unit), rows in found.groupby(["cost", "unit"], sort=False)
    )
    return tuple(f"{row.group} ({row.runs:,})" for row in groups.itertuples()), tuple(rows)


def _sentence(rows: pd.DataFrame, means: bool) -> str:
    head = rows.iloc[0]
    groups = f"{head['first']} ({head['runs_first']} runs) and {head['second']} ({head['runs_second']})"
    known = rows[rows["standard_errors"].notna()]
    if known.empty:
        return f"Runs {groups}: too few to tell whether they differ in what they cost."
    apart = known[known["standard_errors"].abs() > ENOUGH_ERRORS]
    if apart.empty:
        return f"Runs {groups} do not differ by two standard errors in anything they cost or bring."
    rest = known[known["standard_errors"].abs() <= ENOUGH_ERRORS]
    alike = f"; not in {several(rest['cost'])}" if len(rest) else ""
    told = several(map(_apart, apart.to_dict("records"))) if means else several(apart["cost"])
    return f"Runs {groups} differ by more than two standard errors in {told}{alike}."


def _apart(row: Mapping[Hashable, Any]) -> str:
    first, second = (_mean(float(row[name])) for name in ("mean_first", "mean_second"))
    unit = "%" if row["unit"] == "%" else f" {row['unit']}"
    return f"{row['cost']} ({first} against {second}{unit})"


def _mean(value: float) -> str:
    if not math.isfinite(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100.0 else f"{round(value, 1) + 0.0:.1f}"  # no -0.0

"""Whether runs that end or go differently differ in what they cost, in a sentence for every pair of groups."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from ..analysis.wording import several

ENOUGH_ERRORS = 2.0
"""Standard errors from which on two groups are said to differ."""


def differences_in_words(table: pd.DataFrame) -> list[str]:
    """For every pair of groups, a sentence on what they differ in by more than two standard errors, and what not."""
    return [_sentence(rows) for _, rows in table.groupby(["first", "second"], sort=False)]


def _sentence(rows: pd.DataFrame) -> str:
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
    told = several(map(_apart, apart.to_dict("records")))
    return f"Runs {groups} differ by more than two standard errors in {told}{alike}."


def _apart(row: Mapping[Hashable, Any]) -> str:
    means = (float(row[name]) for name in ("mean_first", "mean_second"))
    first, second = (f"{mean:,.0f}" if abs(mean) >= 100.0 else f"{mean:.1f}" for mean in means)
    unit = "%" if row["unit"] == "%" else f" {row['unit']}"
    return f"{row['cost']} ({first} against {second}{unit})"

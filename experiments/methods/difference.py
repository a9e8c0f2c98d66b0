"""`circuit diff`: two stored studies side by side, two versions, two openings or two settings of the same economies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simulation.errors import CircuitError

from .. import statistics as st
from ..analysis.measures import MEASURES, PULLBACK, Measure
from ..analysis.wording import signed
from ..common.terminal import table_of
from ..figures.dots import Panel, Row, dots_chart
from ..statistics import Estimate
from ..store.results import check_writable
from ..study.naming import slug
from ..study.schema import Study
from .finding import Finding, hand_over
from .opened import StoredStudy, open_results

if TYPE_CHECKING:
    from rich.console import Console

NOTE = (
    "Second less first. Where both have runs of the same seeds, pairs of them, though what luck and draws do in two "
    "openings or versions is not the same; 95% intervals: Tango's for shares, Student's or BCa bootstrap for means."
)


def show(first: Path, second: Path, folder: Path, console: Console) -> pd.DataFrame:
    """Compare two results folders, write the table with its figure, and print both. Raises `CircuitError`."""
    one, other = open_results(first), open_results(second)
    check_writable(folder)
    table = difference(one, other)
    settings = different_settings(one.analysis.plan.study, other.analysis.plan.study)
    stem = f"diff-{slug(first.resolve().name)}-{slug(second.resolve().name)}"
    sentence = claim(table, first.name, second.name)
    shown = table.assign(
        **{"difference (95%)": [signed(Estimate.of(row, "effect")) for row in table.to_dict("records")]},
        first=table["first"].round(1).map("{:,.1f}".format),
        second=table["second"].round(1).map("{:,.1f}".format),
    )
    columns = ["arm", "measure", "first", "second", "difference (95%)", "unit"]
    tables = [table_of(shown[columns], f"{first} and {second}", index=False)]
    if len(settings):
        tables.append(table_of(settings, "What was asked differently", index=False))
    endings = table[table["unit"] == "points"]
    rows = [Row(f"{row['measure']}, {row['arm']}", Estimate.of(row, "effect")) for row in endings.to_dict("records")]
    panel = Panel("Second less first", "points", rows)
    chart = dots_chart(stem, sentence, f"First: {first}. Second: {second}. {NOTE}", table, [panel])
    hand_over(Finding(sentence, tables, [NOTE], {"settings": settings}, [chart]), folder, stem, console)
    return table


def difference(one: StoredStudy, other: StoredStudy) -> pd.DataFrame:
    """A row for each arm that both have and each measure: first, second, the difference with its interval, and n.

    Raises `CircuitError` where they have no arm of the same name, or no seed in common."""
    names = [name for name in one.arms if name in other.arms]
    if not names:
        raise CircuitError(
            f"{one.folder} and {other.folder}: have no economy in common: {', '.join(one.arms[:3])} here, "
            f"{', '.join(other.arms[:3])} there"
        )
    rows = [row for name in names for row in _of_arm(one, other, name)]
    if all(row["n"] == 0 for row in rows):
        raise CircuitError(f"{one.folder} and {other.folder}: have no seed in common")
    return pd.DataFrame(rows)


def _of_arm(one: StoredStudy, other: StoredStudy, name: str) -> Iterator[dict[str, Any]]:
    for measure in MEASURES:
        pairs = pd.concat([_values(study, name, measure) for study in (one, other)], axis=1, join="inner").dropna()
        first, second = (pairs.iloc[:, place].to_numpy(float) for place in (0, 1))
        effect = st.share_effect(second, first) if measure.is_ending else st.mean_effect(second - first)
        means = {"first": first.mean() * measure.factor, "second": second.mean() * measure.factor} if len(pairs) else {}
        blank = {"first": np.nan, "second": np.nan}
        told = effect.scaled(measure.factor).columns("effect")
        yield {"arm": name, "measure": measure.name, "unit": measure.unit, **blank, **means, **told}


def _values(study: StoredStudy, name: str, measure: Measure) -> pd.Series:
    """A measure by seed."""
    arm = next(arm for arm in study.analysis.plan.arms if arm.name == name)
    seeds = range(study.analysis.plan.study.seed, study.analysis.plan.study.seed + study.analysis.plan.study.runs)
    return pd.Series(study.analysis.values(arm, measure), index=seeds)


def different_settings(one: Study, other: Study) -> pd.DataFrame:
    """The keys in which two studies differ."""
    first, second = one.model_dump(), other.model_dump()
    rows = [
        {"key": key, "first": str(first[key]), "second": str(second[key])} for key in first if first[key] != second[key]
    ]
    return pd.DataFrame(rows, columns=["key", "first", "second"])


def claim(table: pd.DataFrame, first: str, second: str) -> str:
    """How much more often investment pulls back, and how many differences the runs establish."""
    pullback = Estimate.of(table[table["measure"] == PULLBACK.name].iloc[0], "effect")
    told = sum(
        not Estimate.of(row, "effect").crosses_zero and np.isfinite(row["low"]) for row in table.to_dict("records")
    )
    return (
        f"{second} against {first}: investment pullback {signed(pullback, 0)} points in {table['arm'].iloc[0]}; "
        f"{told} of {len(table)} differences are established"
    )

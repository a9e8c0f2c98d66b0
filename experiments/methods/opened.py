"""Stored results in Python: what a study found, as frames, effects, fans and figures.

results = open_results("results/headline")
results.effects, results.fan("ai_capex"), results.chart("fan")
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from simulation.errors import CircuitError
from simulation.scenario.input_errors import suggestion
from simulation.series import SERIES

from ..analysis.tables import all_tables
from ..figures.effects import effect_chart
from ..figures.fans import LEVELS, fan_chart
from ..figures.outcomes import outcome_chart
from ..figures.survival import survival_chart
from ..narrative.headline import headline
from ..report.reading import findings_in
from ..statistics import quantiles
from ..store.results import ALL_TABLES
from ..study.reopening import reopened
from ..study.schema import Study, plan
from .compare import computed

if TYPE_CHECKING:
    from ..analysis.analysis import Analysis
    from ..figures.chart import Chart
    from ..study.schema import Arm

KEYS = ("run_id", "quarter", "date")
CHARTS = ("shares", "effects", "fan", "survival")


def open_results(folder: str | Path) -> StoredStudy:
    """The results of a study, as `circuit compare` or `circuit batch` wrote them into a folder.

    Raises `CircuitError` where there are none that can be read."""
    return StoredStudy(Path(folder))


def run_study(study: Study, folder: str | Path, workers: int | None = None) -> StoredStudy:
    """Run a study, or what is missing of it, into a folder, and open it. Raises `CircuitError`, and `Interrupted` after
    a signal, when what is finished is kept and the same call goes on from there."""
    computed(plan(study), folder, workers)
    return open_results(folder)


class StoredStudy:
    """The finished runs of a stored study, and what they say. Every file is verified when it is read; nothing is
    computed again, and a batch that was stopped is read as far as it got."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._findings = findings_in(folder)

    @property
    def analysis(self) -> Analysis:
        """Everything that is worked out of the runs."""
        return self._findings.analysis

    @property
    def answer(self) -> str:
        """What the study found, in a sentence or two."""
        return headline(self.analysis)

    @property
    def arms(self) -> list[str]:
        """Names of the economies that were compared; the first is the reference."""
        return [arm.name for arm in self.analysis.plan.arms]

    @property
    def runs(self) -> pd.DataFrame:
        """A row for each finished run: arm, seed, how it ended, its scores."""
        return self.analysis.runs

    @property
    def parameters(self) -> pd.DataFrame:
        """A row for each run and parameter that was drawn."""
        return self.analysis.parameters

    @property
    def failures(self) -> pd.DataFrame:
        """A row for each run that failed."""
        return self.analysis.failures

    @property
    def series(self) -> pd.DataFrame:
        """A row for each run and quarter: every recorded series."""
        return self.read("series")

    @property
    def events(self) -> pd.DataFrame:
        """A row for each thing that happened to a named agent."""
        return self.read("events")

    def read(self, table: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A stored table of the study's runs, or some of its columns. Raises `CircuitError` for one that is none."""
        if table not in ALL_TABLES:
            raise CircuitError(f"no table is called {table!r}; {suggestion(table, ALL_TABLES)}")
        rows = reopened(str(self.folder))[1].read(table, columns)
        return rows[rows["run_id"].isin(set(self.runs["run_id"]))].reset_index(drop=True) if len(rows) else rows

    @property
    def shares(self) -> pd.DataFrame:
        """Shares of runs by ending and with each kind of episode, with 95% intervals."""
        return self.analysis.shares

    @property
    def effects(self) -> pd.DataFrame:
        """What each arm changes against its reference, same seeds, with 95% intervals and corrected p-values."""
        return self.analysis.effect_table

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of the study, as they lie in its folder `tables`."""
        return all_tables(self.analysis)

    def fan(self, series: str, arm: str | None = None) -> pd.DataFrame:
        """Quantiles of a series over the runs of an arm (the reference) in every quarter: 5, 25, 50, 75, 95 percent."""
        if series not in SERIES:
            raise CircuitError(f"no series is called {series!r}; {suggestion(series, tuple(SERIES))}")
        chosen = self._arm(arm)
        rows = self.read("series", [*KEYS, series])
        rows = rows[rows["run_id"].isin(set(self.analysis.finished(chosen)["run_id"]))]
        wide = rows.pivot_table(index="date", columns="run_id", values=series, sort=False)
        bands = quantiles(wide.to_numpy(float).T, LEVELS)
        names = [f"p{100 * level:02.0f}" for level in LEVELS]
        return pd.DataFrame(dict(zip(names, bands, strict=True)), index=wide.index.rename("quarter"))

    def chart(self, name: str = "shares", arm: str | None = None) -> Chart:
        """A figure, which a notebook shows and `save(folder)` writes: shares, effects, fan (of an arm), survival."""
        if name not in CHARTS:
            raise CircuitError(f"no chart is called {name!r}; {suggestion(name, CHARTS)}")
        if name == "fan":
            return fan_chart(self.analysis, self._arm(arm))
        chart = {"shares": outcome_chart, "effects": effect_chart, "survival": survival_chart}[name](self.analysis)
        if chart is None:
            raise CircuitError(f"{name}: these runs have nothing to draw it from")
        return chart

    def _arm(self, name: str | None) -> Arm:
        arms = {arm.name: arm for arm in self.analysis.plan.arms}
        if name is not None and name not in arms:
            raise CircuitError(f"no arm is called {name!r}; {suggestion(name, tuple(arms))}")
        return arms[name] if name is not None else self.analysis.reference

    def __repr__(self) -> str:
        return f"<StoredStudy {self.folder}: {len(self.runs):,} runs of {len(self.arms)} economies>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the answer, and how runs end."""
        shares = self.shares.assign(share=[_percent(row) for row in self.shares.to_dict("records")])
        table = shares.pivot_table(index="arm", columns="outcome", values="share", aggfunc="first", sort=False)
        return f"<p><b>{escape(self.answer)}</b></p>{table.rename_axis(index=None, columns=None).to_html()}"


def _percent(row: Mapping[Hashable, Any]) -> str:
    return f"{100 * row['share']:.0f}% ({100 * row['low']:.0f}-{100 * row['high']:.0f})"

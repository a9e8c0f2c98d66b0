"""The finished and the failed runs of a study as they lie in its results, arm by arm and seed by seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd

from .. import statistics as st
from ..store.results import Results
from ..study.schema import Arm, Plan
from .measures import PULLBACK, Floats, Measure

KEYS = ["run_id", "quarter", "date"]
SERIES = [*KEYS, "ai_capex", "coverage", "ai_equity", "real_gdp", "consumption", "price_level", "circularity"]
"""What tables and figures show of the series: the others stay on disk."""


@dataclass(frozen=True)
class StudyRuns:
    """The runs of a study, read once, arm by arm and seed by seed."""

    plan: Plan
    runs: pd.DataFrame
    failures: pd.DataFrame
    parameters: pd.DataFrame = field(repr=False)
    series: pd.DataFrame = field(repr=False)

    @classmethod
    def of(cls, plan: Plan, results: Results) -> Self:
        """Read the runs of a plan from its results folder, and only those."""
        wanted = {spec.run_id for spec in plan.specs}

        def read(table: str, columns: list[str] | None = None) -> pd.DataFrame:
            rows = results.read(table, columns)
            return rows[rows["run_id"].isin(wanted)].reset_index(drop=True)

        return cls(plan, read("runs"), read("failures"), read("parameters"), read("series", SERIES))

    @property
    def reference(self) -> Arm:
        """The arm that opens the study: the first scenario, without policy."""
        return self.plan.arms[0]

    def label(self, arm: Arm) -> str:
        """The arm's name without what goes without saying: "+ fed-put" on the first scenario."""
        if arm.point and len(self.plan.study.scenarios) == 1:
            return arm.name.removeprefix(f"{arm.scenario}, ").removeprefix(f"{arm.scenario} ")
        return arm.name.removeprefix(f"{self.reference.scenario} ") if arm.policy else arm.name

    def of_arm(self, arm: Arm) -> pd.DataFrame:
        """Finished runs of an arm by seed; a seed whose run failed is a row of NaN."""
        seeds = range(self.plan.study.seed, self.plan.study.seed + self.plan.study.runs)
        return self.runs[self.runs["arm"] == arm.name].set_index("seed").reindex(seeds)

    def finished(self, arm: Arm) -> pd.DataFrame:
        """Finished runs of an arm by seed."""
        return self.of_arm(arm).dropna(subset=["run_id"])

    def failed(self, arm: Arm) -> int:
        """Runs of an arm that were tried and did not finish."""
        return int((self.failures["arm"] == arm.name).sum()) if "arm" in self.failures else 0

    def values(self, arm: Arm, measure: Measure) -> Floats:
        """A measure for each seed of an arm, NaN where the run failed."""
        runs = self.of_arm(arm)
        return np.asarray(measure.read(runs).where(runs["run_id"].notna()), dtype=float)

    def paths(self, arm: Arm, variable: str) -> Floats:
        """A series of every finished run of an arm by seed, shape (runs, quarters)."""
        by_seed, horizon = self.finished(arm)["run_id"], self.plan.study.horizon
        rows = self.series[self.series["run_id"].isin(by_seed)]
        found = pd.Index(rows["run_id"].to_numpy()[::horizon])
        paths: Floats = np.asarray(rows[variable], dtype=float).reshape(-1, horizon)[found.get_indexer(by_seed)]
        return paths

    @property
    def dates(self) -> list[str]:
        """The quarters of the runs, '2025Q1' and so on; empty when no run finished."""
        return [str(date) for date in self.series["date"].iloc[: self.plan.study.horizon]] if len(self.series) else []

    def share(self, arm: Arm, measure: Measure = PULLBACK) -> st.Estimate:
        """Share of an arm's finished runs with an ending, by itself."""
        values = st.finite(self.values(arm, measure))
        return st.probability(int(values.sum()), values.size)

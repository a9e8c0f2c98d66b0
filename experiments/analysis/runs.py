"""The finished and the failed runs of a study as they lie in its results, arm by arm and seed by seed."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from .. import statistics as st
from ..common.arrays import Floats
from ..store.results import Results
from ..study.schema import Arm, Plan
from .measures import PULLBACK, Measure

KEYS = ["run_id", "quarter", "date"]
SERIES = [*KEYS, "ai_capex", "coverage", "ai_equity", "gdp", "real_gdp", "consumption", "imports", "price_level"]
SERIES += ["circularity", "twin_real_gdp", "twin_consumption", "twin_price_level"]
"""What tables and figures show of the series: the others stay on disk."""
OWN_FILE = ".toml"


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
        name, scenario = self.name_of(arm), self.title_of(arm.scenario)
        if arm.point and len(self.plan.study.scenarios) == 1:
            return name.removeprefix(f"{scenario}, ").removeprefix(f"{scenario} ")
        first = self.title_of(self.reference.scenario)
        return name.removeprefix(f"{first} ") if arm.policy else name

    @property
    def reference_label(self) -> str:
        """The reference in a reader's words."""
        return self.label(self.reference)

    def name_of(self, arm: Arm) -> str:
        """The arm in a reader's words: scenarios and policies from files of one's own by their titles."""
        name = arm.name.replace(arm.scenario, self.title_of(arm.scenario), 1)
        return name.replace(arm.policy, self.title_of(arm.policy)) if arm.policy else name

    def title_of(self, name: str) -> str:
        """A scenario or policy as a reader knows it: from a file of one's own by its title, any other by its name."""
        return self._titles.get(name, name)

    @cached_property
    def _titles(self) -> dict[str, str]:
        """Titles of the files of one's own by their paths; the file's name where two would be called alike."""
        found: dict[str, str] = {}
        for arm in self.plan.arms:
            scenario = self.plan.specs.scenarios.get(arm.name)
            parts = [(arm.scenario, scenario.title if scenario else "")]
            parts += [(arm.policy, scenario.policies[-1].title if scenario else "")] if arm.policy else []
            found |= {file: title or Path(file).stem for file, title in parts if file.endswith(OWN_FILE)}
        titles = list(found.values())
        return {file: title if titles.count(title) == 1 else Path(file).stem for file, title in found.items()}

    def of_arm(self, arm: Arm) -> pd.DataFrame:
        """Finished runs of an arm by seed; a seed whose run failed is a row of NaN."""
        if arm.name not in self._by_arm:
            seeds = range(self.plan.study.seed, self.plan.study.seed + self.plan.study.runs)
            mine = self.runs[self.runs["arm"] == arm.name].set_index("seed").reindex(seeds)
            self._by_arm[arm.name] = mine, mine.dropna(subset=["run_id"])
        return self._by_arm[arm.name][0].copy()

    def finished(self, arm: Arm) -> pd.DataFrame:
        """Finished runs of an arm by seed."""
        self.of_arm(arm)
        return self._by_arm[arm.name][1].copy()

    @cached_property
    def _by_arm(self) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
        """All runs and the finished ones of every arm that has been asked for: every table and figure asks."""
        return {}

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

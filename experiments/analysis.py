"""From finished runs to tidy tables: outcome shares, paired effects, thresholds, and what hangs on gamma.

Every row of every table carries an estimate, its 95% interval and its n. Runs that failed are counted beside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.outcome import LABELS

from . import statistics as st
from .store import Results
from .study import Arm, Plan

BAD_ENDINGS = ("pullback", "systemic bust")
SENSITIVITY = "label if "
KEYS = ["run_id", "quarter", "date"]
SERIES = [*KEYS, "ai_capex", "coverage", "ai_equity", "real_gdp", "consumption", "price_level", "circularity"]
"""What tables and figures show of the series: the others stay on disk."""

Floats = NDArray[np.float64]


class Measure(NamedTuple):
    """Something a policy can change: how to read it off the runs, its unit, and whether it is an ending."""

    name: str
    unit: str
    read: Callable[[pd.DataFrame], pd.Series]
    is_ending: bool
    factor: float = 1.0


def ending_in(name: str, *labels: str) -> Measure:
    """Whether a run ends in one of these ways."""
    return Measure(name, "points", lambda runs: runs["outcome"].isin(labels).astype(float), True, 100.0)


def _score(name: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda runs: runs[name].astype(float)


PULLBACK_OR_BUST = ending_in("pullback or bust", *BAD_ENDINGS)
BUST, PAYOFF = ending_in("systemic bust", "systemic bust"), ending_in("payoff", "payoff")
WORST_GDP = Measure("GDP against trend at its worst", "points", _score("gdp_gap"), False, 100.0)
MEASURES = (
    PULLBACK_OR_BUST,
    BUST,
    PAYOFF,
    WORST_GDP,
    Measure("peak of real AI capex", "USD bn a quarter", _score("capex_peak"), False),
    Measure("coverage at the end", "ratio", _score("coverage_star_end"), False),
)


@dataclass(frozen=True)
class Effect:
    """What an arm changes against its reference, in `measure`; flips only where the measure is an ending."""

    arm: Arm
    measure: Measure
    estimate: st.Estimate
    precision: st.Estimate
    flips: st.Flips | None = None
    p_value: float = float("nan")

    @property
    def established(self) -> bool:
        """Whether the runs establish the sign: interval beside zero, for endings also Holm's p < .05."""
        return not self.estimate.crosses_zero and not self.p_value >= 1.0 - st.CONFIDENCE


@dataclass(frozen=True)
class Analysis:
    """A study's runs, read once, and the tables made from them."""

    plan: Plan
    runs: pd.DataFrame
    failures: pd.DataFrame
    parameters: pd.DataFrame = field(repr=False)
    series: pd.DataFrame = field(repr=False)

    @classmethod
    def of(cls, plan: Plan, results: Results) -> Analysis:
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

    def share(self, arm: Arm, measure: Measure = PULLBACK_OR_BUST) -> st.Estimate:
        """Share of an arm's finished runs with an ending, by itself."""
        values = st.finite(self.values(arm, measure))
        return st.probability(int(values.sum()), values.size)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Outcome shares by arm, intervals simultaneous over the four outcomes; late payoffs beside."""
        rows = []
        for arm in self.plan.arms:
            runs = self.finished(arm)
            counts: dict[str, int] = {label: int((runs["outcome"] == label).sum()) for label in LABELS}
            estimates = st.outcome_shares(counts)
            late = int(runs["late"].astype(bool).sum())
            estimates["late payoff"], counts["late payoff"] = st.probability(late, len(runs)), late
            rows += [
                identity_of(arm, outcome=label, count=counts[label]) | estimate.columns("share")
                for label, estimate in estimates.items()
            ]
        table = pd.DataFrame(rows)
        return table.assign(failed=table["arm"].map({arm.name: self.failed(arm) for arm in self.plan.arms}))

    @cached_property
    def effects(self) -> list[Effect]:
        """Every arm against its reference, for every measure; Holm's correction is per measure."""
        effects: list[Effect] = []
        for measure in MEASURES:
            family = [self._effect(arm, measure) for arm in self.plan.arms if arm.reference]
            tests = [effect.flips.p_value for effect in family if effect.flips]
            corrected = st.holm(tests) if len(tests) == len(family) else [float("nan")] * len(family)
            effects += [
                Effect(effect.arm, measure, effect.estimate, effect.precision, effect.flips, p_value)
                for effect, p_value in zip(family, corrected, strict=True)
            ]
        return effects

    def effects_on(self, measure: Measure) -> list[Effect]:
        """The effects of all arms on one measure."""
        return [effect for effect in self.effects if effect.measure.name == measure.name]

    @cached_property
    def effect_table(self) -> pd.DataFrame:
        """The effects as a tidy table."""
        return pd.DataFrame([_effect_row(effect) for effect in self.effects])

    def _effect(self, arm: Arm, measure: Measure) -> Effect:
        reference = next(other for other in self.plan.arms if other.name == arm.reference)
        mine, theirs = self.values(arm, measure), self.values(reference, measure)
        precision = st.variance_reduction(mine, theirs)
        if measure.is_ending:
            estimate, flips = st.share_effect(mine, theirs), st.flips(mine, theirs)
            return Effect(arm, measure, estimate.scaled(measure.factor), precision, flips)
        return Effect(arm, measure, st.mean_effect(mine - theirs).scaled(measure.factor), precision)

    @cached_property
    def thresholds(self) -> pd.DataFrame:
        """Share of pullback or bust with each threshold of the outcome 20% lower or higher."""
        rows = []
        for arm in self.plan.arms:
            runs = self.finished(arm)
            for column in (name for name in runs.columns if name.startswith(SENSITIVITY)):
                bad = int(runs[column].isin(BAD_ENDINGS).sum())
                changed = column.removeprefix(SENSITIVITY)
                rows.append(identity_of(arm, threshold=changed) | st.probability(bad, len(runs)).columns("share"))
        return pd.DataFrame(rows)

    @cached_property
    def by_gamma(self) -> pd.DataFrame:
        """Endings by thirds of gamma in the reference arm; empty if gamma is fixed or no run finished."""
        if "gamma" not in self.parameters:
            return pd.DataFrame()
        runs = self.finished(self.reference).merge(self.parameters[["run_id", "gamma"]], on="run_id")
        if runs["gamma"].nunique() < 3:
            return pd.DataFrame()
        thirds = pd.qcut(runs["gamma"], 3, labels=["lowest third", "middle third", "highest third"])
        rows = []
        for third, group in runs.groupby(thirds, observed=True):
            bounds = {"gamma_low": group["gamma"].min(), "gamma_high": group["gamma"].max()}
            counts: dict[str, int] = {label: int((group["outcome"] == label).sum()) for label in LABELS}
            for label, estimate in st.outcome_shares(counts).items():
                rows.append({"gamma": third, **bounds, "outcome": label} | estimate.columns("share"))
        return pd.DataFrame(rows)

    @cached_property
    def time_to_pullback(self) -> pd.DataFrame:
        """Median quarters to pullback of every arm, and the test against its reference: `survival`."""
        from .survival import time_to_pullback

        return time_to_pullback(self)

    @cached_property
    def survival(self) -> pd.DataFrame:
        """Share of every arm's runs without a pullback so far, by quarter: `survival`."""
        from .survival import survival_curves

        return survival_curves(self)

    @cached_property
    def tails(self) -> pd.DataFrame:
        """GDP-at-risk and expected shortfall of every arm: `risk`."""
        from .risk import tail_table

        return tail_table(self)

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """What failed runs could change: `risk`."""
        from .risk import failed_run_bounds

        return failed_run_bounds(self)

    @cached_property
    def convergence(self) -> pd.DataFrame:
        """How shares and effects settle as runs are added: `risk`."""
        from .risk import convergence_table

        return convergence_table(self)

    @cached_property
    def regret(self) -> dict[str, pd.DataFrame]:
        """Regret by state and the decision: `regret`."""
        from .regret import regret_tables

        return regret_tables(self)


def identity_of(arm: Arm, **columns: object) -> dict[str, object]:
    """The columns that say which arm a row is about, and others after them."""
    return {"arm": arm.name, "scenario": arm.scenario, "policy": arm.policy or ""} | columns


def _effect_row(effect: Effect) -> dict[str, object]:
    flips, measure = effect.flips, effect.measure
    return {
        **identity_of(effect.arm, reference=effect.arm.reference, measure=measure.name, unit=measure.unit),
        **effect.estimate.columns("effect"),
        "runs_saved": flips.saved if flips else None,
        "runs_harmed": flips.harmed if flips else None,
        "p_value": flips.p_value if flips else None,
        "p_holm": effect.p_value,
        "variance_reduction": effect.precision.value,
        "variance_reduction_low": effect.precision.low,
        "variance_reduction_high": effect.precision.high,
    }

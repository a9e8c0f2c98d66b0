"""From finished runs to tidy tables: outcome shares, paired effects, thresholds, and what hangs on gamma.

Every row of every table carries an estimate, its 95% interval and its n. Runs that failed are counted beside."""

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from simulation.endings import ENDINGS

from .. import statistics as st
from ..study.schema import Arm
from . import costs, incidence, regret, risk, smoothers, survival
from .measures import EPISODES, MEASURES, PAID_OFF, PULLBACK, Effect, Measure, identity_of
from .runs import StudyRuns

SENSITIVITY = "pullback if "


@dataclass(frozen=True)
class Analysis(StudyRuns):
    """A study's runs and the tables made from them, each worked out once."""

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Shares of endings by arm, intervals simultaneous over all of them, and of runs with each kind of episode."""
        rows = []
        for arm in self.plan.arms:
            runs = self.finished(arm)
            counts: dict[str, int] = {label: int((runs["outcome"] == label).sum()) for label in ENDINGS}
            estimates = self.of_endings(runs["outcome"])
            for measure in EPISODES:
                counts[measure.name] = int(measure.read(runs).sum())
                estimates[measure.name] = self.probability(measure.read(runs))
            rows += [
                identity_of(arm, outcome=label, count=counts[label]) | estimate.columns("share")
                for label, estimate in estimates.items()
            ]
        table = pd.DataFrame(rows)
        return table.assign(failed=table["arm"].map({arm.name: self.failed(arm) for arm in self.plan.arms}))

    def of_endings(self, outcome: pd.Series) -> dict[str, st.Estimate]:
        """Shares of endings over some runs by seed, with intervals that hold all at once (Goodman 1965)."""
        joint = st.joint_confidence(len(ENDINGS))
        return {label: self.probability(outcome == label, joint) for label in ENDINGS}

    @cached_property
    def effects(self) -> list[Effect]:
        """Every arm against its reference, for every measure; Holm's correction is per measure."""
        effects: list[Effect] = []
        for measure in MEASURES:
            family = [self._effect(arm, measure) for arm in self.plan.arms if arm.reference]
            corrected = st.holm([effect.p_raw for effect in family])
            effects += [replace(effect, p_value=p_value) for effect, p_value in zip(family, corrected, strict=True)]
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
            return Effect(arm, measure, estimate.scaled(measure.factor), precision, flips, p_raw=flips.p_value)
        estimate, p_raw = st.mean_effect(mine - theirs), st.mean_p_value(mine - theirs)
        return Effect(arm, measure, estimate.scaled(measure.factor), precision, p_raw=p_raw)

    @cached_property
    def thresholds(self) -> pd.DataFrame:
        """Share of runs with an investment pullback, each threshold 20% lower or higher."""
        rows = []
        for arm in self.plan.arms:
            runs = self.finished(arm)
            for column in (name for name in runs.columns if name.startswith(SENSITIVITY)):
                changed = column.removeprefix(SENSITIVITY)
                share = self.probability(runs[column].astype(bool))
                rows.append(identity_of(arm, threshold=changed) | share.columns("share"))
        return pd.DataFrame(rows)

    @cached_property
    def by_gamma(self) -> pd.DataFrame:
        """Endings by thirds of gamma in the reference arm; empty if gamma is fixed or no run finished."""
        if "gamma" not in self.parameters:
            return pd.DataFrame()
        runs = self.finished(self.reference).join(
            self.parameters.set_index("run_id")["gamma"], on="run_id", how="inner"
        )
        if runs["gamma"].nunique() < 3:
            return pd.DataFrame()
        thirds = pd.qcut(runs["gamma"], 3, labels=["lowest third", "middle third", "highest third"])
        rows = []
        for third, group in runs.groupby(thirds, observed=True):
            bounds = {"gamma_low": group["gamma"].min(), "gamma_high": group["gamma"].max()}
            for label, estimate in self.of_endings(group["outcome"]).items():
                rows.append({"gamma": third, **bounds, "outcome": label} | estimate.columns("share"))
            for measure in (PAID_OFF, PULLBACK):
                estimate = self.probability(measure.read(group))
                rows.append({"gamma": third, **bounds, "outcome": measure.name} | estimate.columns("share"))
        return pd.DataFrame(rows)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Whether runs of the reference that end or go differently differ in what they cost; empty without runs."""
        runs = self.finished(self.reference)
        return costs.cost_table(runs) if len(runs) else pd.DataFrame()

    time_to_pullback = cached_property(survival.time_to_pullback)
    incidence = cached_property(incidence.incidence_table)
    smoothers = cached_property(smoothers.smoother_table)
    survival = cached_property(survival.survival_curves)
    tails = cached_property(risk.tail_table)
    bounds = cached_property(risk.failed_run_bounds)
    convergence = cached_property(risk.convergence_table)
    regret = cached_property(regret.regret_tables)


def _effect_row(effect: Effect) -> dict[str, object]:
    flips, measure = effect.flips, effect.measure
    return {
        **identity_of(effect.arm, reference=effect.arm.reference, measure=measure.name, unit=measure.unit),
        **effect.estimate.columns("effect"),
        "runs_saved": flips.saved if flips else None,
        "runs_harmed": flips.harmed if flips else None,
        "p_value": effect.p_raw,
        "p_holm": effect.p_value,
        **effect.precision.bounded("variance_reduction"),
    }

"""What can be asked of a run's end: the measures that policies and scenarios are judged by, and their effects."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from .. import statistics as st
from ..study.designs import PULLBACK as PULLBACK_COLUMN
from ..study.schema import Arm


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


def _column(name: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda runs: runs[name].astype(float)


def earns_its_cost(runs: pd.DataFrame) -> pd.Series:
    """Whether the money of the boom earns its cost of capital in each run, own use counted by half; NaN where a run
    tells no return."""
    returns = runs["boom_return_half"].astype(float)
    return (returns >= 0.0).astype(float).where(returns.notna())


PULLBACK = Measure("investment pullback", "points", _column(PULLBACK_COLUMN), True, 100.0)
MACRO = Measure("macro episode", "points", _column("macro_episode"), True, 100.0)
SYSTEMIC = Measure("systemic episode", "points", _column("systemic_episode"), True, 100.0)
PAID_OFF = ending_in("paid off", "paid off, no episode", "paid off after one")
COLLAPSED = ending_in("collapsed", "collapsed")
EPISODES = (
    PULLBACK,
    Measure("market pullback", "points", _column("market_pullback"), True, 100.0),
    Measure("withdrawal", "points", lambda runs: (runs["withdrawals"].astype(float) > 0.0).astype(float), True, 100.0),
    Measure("credit event", "points", _column("credit_event"), True, 100.0),
    MACRO,
    SYSTEMIC,
)
WORST_GDP = Measure(
    "GDP against the macro twin at its worst", "points", lambda runs: -runs["gdp_shortfall"].astype(float), False, 100.0
)
MEASURES = (
    PULLBACK,
    MACRO,
    SYSTEMIC,
    PAID_OFF,
    WORST_GDP,
    Measure("GDP against the macro twin, all quarters", "points", _column("gdp_gain"), False, 100.0),
    Measure("return on AI investment", "points", _column("return_half"), False, 100.0),
    Measure("peak of real AI capex", "USD bn a quarter", _column("capex_peak"), False),
)


@dataclass(frozen=True)
class Effect:
    """What an arm changes against its reference, in `measure`; flips only where the measure is an ending.

    `p_raw` is the p-value of the pairs alone (McNemar's exact test for endings, Student's paired one for means),
    `p_value` the same after Holm's correction over all arms.
    """

    arm: Arm
    measure: Measure
    estimate: st.Estimate
    precision: st.Estimate
    flips: st.Flips | None = None
    p_value: float = float("nan")
    p_raw: float = float("nan")

    @property
    def established(self) -> bool:
        """Whether the runs establish the sign, one rule for every word, asterisk and filled point: the interval lies
        beside zero, and p is below .05 after Holm's correction."""
        return not self.estimate.crosses_zero and self.p_value < 1.0 - st.CONFIDENCE


def identity_of(arm: Arm, **columns: object) -> dict[str, object]:
    """The columns that say which arm a row is about, and others after them."""
    return {"arm": arm.name, "scenario": arm.scenario, "policy": arm.policy or ""} | columns

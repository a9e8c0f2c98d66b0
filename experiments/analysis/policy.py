"""What policies move, whether it is their target and goes the right way, what they cost, and to whom.

Every figure is a difference between two economies with the same seed, one with the policy. Because the books add up,
what government pays more is what somebody receives, in the quarter and to the cent."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .. import statistics as st
from ..study.targets import Expected
from .measures import PAID_OFF, PULLBACK

GOVERNMENT, BORROWING = "governments", "government_bond_trades"
MONEY, WORTH = "government's money", "net worth"
ALL_ROWS = "all but borrowing"
NEGLIGIBLE = 0.005  # USD bn
ENDINGS = (PULLBACK, PAID_OFF)
MET, OPEN, AGAINST, SHOWN = "yes", "not established", "no: the other way", ""


class Books(NamedTuple):
    """What one economy leaves behind for the comparison: series, government's flows, net worth, its ending."""

    series: np.ndarray
    government: pd.Series
    net_worth: pd.Series
    outcome: dict[str, Any]


class Answer(NamedTuple):
    """Three tidy tables of differences, with the policy less without it, each with its 95% interval, n and p-value
    before and after Holm's correction over the rows of its table.

    `moved`: a policy's series, its unit, the quarters judged, without, with, expected direction, met or not. `costs`:
    account (government's money or net worth), row of the flow matrix or sector, USD bn. `endings`: in points. And
    `failures`: arm, seed and message of each of the `tried` runs that failed, whose pairs are left out.
    """

    moved: pd.DataFrame
    costs: pd.DataFrame
    endings: pd.DataFrame
    failures: pd.DataFrame
    tried: int


Pairs = list[tuple[Books, Books]]


def moved_by(pairs: Pairs, expected: Sequence[Expected]) -> pd.DataFrame:
    """Every series a policy is judged by: without, with, the difference and whether that is what it is for."""
    from simulation.series import SERIES

    rows = []
    for each in expected:
        before, after = (
            np.array([each.target.read(pair[place].series)[each.window].mean() for pair in pairs]) for place in (0, 1)
        )
        rows.append(
            {
                "series": each.target.name,
                "unit": SERIES[each.target.series].unit,
                "first_quarter": each.start,
                "last_quarter": min(each.window.stop, len(pairs[0][0].series)),
                "without": before.mean(),
                "with": after.mean(),
                **_effect_of(after - before),
                "expected": {1: "rises", -1: "falls", 0: ""}[each.direction],
                "direction": each.direction,
                "acts_on": each.target.needs,
            }
        )
    return pd.DataFrame(rows)


def verdict(effect: st.Estimate, direction: int, established: bool = True) -> str:
    """Whether an effect has the expected direction (+1, -1; 0 for none), beyond what chance would give: its interval
    lies beside zero and it is `established` by what else is asked of it."""
    if direction == 0:
        return SHOWN
    if effect.crosses_zero or not established:
        return OPEN
    return MET if effect.value * direction > 0.0 else AGAINST


def costs_of(pairs: Pairs) -> pd.DataFrame:
    """Government's money row by row (receives more: positive), and how much richer each sector ends."""
    money = pd.concat([having.government - without.government for without, having in pairs], axis=1)
    money.loc[ALL_ROWS] = money.drop(BORROWING).sum()
    worth = pd.concat([having.net_worth - without.net_worth for without, having in pairs], axis=1)
    rows = [
        {"account": account, "row": name, **_effect_of(values)}
        for account, table in ((MONEY, money), (WORTH, worth))
        for name, values in zip(table.index, table.to_numpy(float), strict=True)
        if name == ALL_ROWS or abs(values.mean()) >= NEGLIGIBLE
    ]
    return pd.DataFrame(rows).sort_values(["account", "effect"], kind="stable", ignore_index=True)


def endings_of(pairs: Pairs) -> pd.DataFrame:
    """How many more runs end well and badly."""
    without, having = (pd.DataFrame([pair[place].outcome for pair in pairs]) for place in (0, 1))
    rows = []
    for measure in ENDINGS:
        before, after = (measure.read(runs).to_numpy(float) for runs in (without, having))
        effect = st.share_effect(after, before).scaled(measure.factor)
        share = {"without": before.mean() * measure.factor, "with": after.mean() * measure.factor}
        p_value = {"p_value": st.flips(after, before).p_value}
        rows.append({"ending": measure.name, "unit": measure.unit, **share, **effect.columns("effect"), **p_value})
    return pd.DataFrame(rows)


def together(policies: list[str], parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The tables of several policies as one, the policy in the first column, Holm's correction over all its rows."""
    named = [part.assign(policy=policy) for policy, part in zip(policies, parts, strict=True)]
    whole = pd.concat(named, ignore_index=True)
    whole["p_holm"] = st.holm(whole["p_value"].tolist())
    return whole[["policy", *(name for name in whole.columns if name != "policy")]]


def judged(moved: pd.DataFrame) -> pd.DataFrame:
    """The table of what moves with whether each target moves as expected. Holm's correction is over targets alone: what
    is shown beside them is not judged."""
    targets = moved["direction"] != 0
    moved.loc[targets, "p_holm"] = st.holm(moved.loc[targets, "p_value"].tolist())
    moved.loc[~targets, "p_holm"] = np.nan
    met = [
        verdict(st.Estimate.of(row, "effect"), row["direction"], is_established(row)) if row["direction"] else SHOWN
        for row in moved.to_dict("records")
    ]
    return moved.assign(met=met).drop(columns="direction")


def is_established(row: Mapping[Hashable, Any]) -> bool:
    """Whether the pairs establish the sign of an effect, by the rule of every report: interval beside zero, and p below
    .05 after Holm's correction."""
    return not st.Estimate.of(row, "effect").crosses_zero and row["p_holm"] < 1.0 - st.CONFIDENCE


def _effect_of(differences: np.ndarray) -> dict[str, float]:
    return st.mean_effect(differences).columns("effect") | {"p_value": st.mean_p_value(differences)}

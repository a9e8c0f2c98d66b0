"""What policies move, whether it is their target and goes the right way, what they cost, and to whom.

Every figure is a difference between two economies with the same seed, one with the policy. Because the books add up,
what government pays more is what somebody receives, in the quarter and to the cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from simulation.errors import CircuitError

from .. import statistics as st
from ..analysis.measures import PAYOFF, PULLBACK_OR_BUST
from ..batch.compiling import prepare
from ..batch.pool import default_workers
from ..batch.runner import compute, with_progress
from ..batch.worker import Rows, build, failure
from ..study.schema import Arm, RunSpec, Study, plan
from ..study.targets import THREE_YEARS, Expected, Target, expected_of

if TYPE_CHECKING:
    from simulation.scenario import Policy

GOVERNMENT, BORROWING = "governments", "government_bond_trades"
MONEY, WORTH = "government's money", "net worth"
ALL_ROWS = "all but borrowing"
NEGLIGIBLE = 0.005  # USD bn
ALSO_SHOWN = ("ai_capex", "real_gdp", "government_debt")
ENDINGS = (PULLBACK_OR_BUST, PAYOFF)
MET, OPEN, AGAINST, SHOWN = "yes", "not established", "no: the other way", ""


class Books(NamedTuple):
    """What one economy leaves behind for the comparison: series, government's flows, net worth, its ending."""

    series: np.ndarray
    government: pd.Series
    net_worth: pd.Series
    outcome: str


class Answer(NamedTuple):
    """Three tidy tables of differences, with the policy less without it, each with its 95% interval and n.

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


def answer(study: Study, workers: int | None = None) -> Answer:
    """Run a scenario without and with each of a study's policies, seed by seed, and compare them.

    Raises `CircuitError` for a policy that starts after the horizon or moves a lever without a target, before anything
    is computed, and where a run of every pair failed.
    """
    expected = {name: _expected(name, study) for name in study.policies}
    planned = plan(study)
    prepare()
    found: dict[tuple[str, int], Books] = {}
    failures: list[tuple[str, int, str]] = []
    runs = compute(list(planned.specs), workers or default_workers(), observe_block)
    for spec, rows in with_progress(runs, len(planned.specs)):
        if "books" in rows:
            found[spec.arm, spec.seed] = rows["books"]
        else:
            failures.append((spec.arm, spec.seed, rows["failure"]["message"]))
    reference, *arms = planned.arms
    tables: list[tuple[pd.DataFrame, ...]] = []
    for arm in arms:
        pairs = _pairs(found, reference, arm, study)
        policy = str(arm.policy)
        tables.append((_moved(pairs, expected[policy]), _costs(pairs), _endings(pairs)))
    names = [Path(str(arm.policy)).stem for arm in arms]
    moved, costs, endings = (_together(names, parts) for parts in zip(*tables, strict=True))
    lost = pd.DataFrame(sorted(failures), columns=["arm", "seed", "message"])
    return Answer(moved, costs, endings, lost, len(planned.specs))


def observe_block(specs: list[RunSpec]) -> list[Rows]:
    """Runs of which the books are looked at and not stored."""
    return [_observe(spec) for spec in specs]


def _observe(spec: RunSpec) -> Rows:
    try:
        economy = build(spec, keep_books=True).run()
        flows = [economy.transaction_flows(quarter)[GOVERNMENT] for quarter in range(1, economy.quarter + 1)]
        government = pd.concat(flows, axis=1).sum(axis=1).drop("change_of_money")
        worth = pd.Series(economy.balance_sheet().loc["net_worth"].drop("sum"))
        return Rows(books=Books(economy.series.copy(), government, worth, economy.outcome.label))
    except Exception as fault:
        return failure(fault)


def _expected(name: str, study: Study) -> list[Expected]:
    from simulation.scenario import load_policy

    policy: Policy = load_policy(name)
    start = min(path.start for path in policy.paths)
    if start > study.horizon:
        raise CircuitError(f"{name} starts in quarter {start}: choose --quarters {start} or more")
    judged = expected_of(policy)
    known = {each.target.series for each in judged}
    also = [Expected(Target(series, 0, THREE_YEARS), 0, start) for series in ALSO_SHOWN if series not in known]
    return [*judged, *also]


def _pairs(found: dict[tuple[str, int], Books], reference: Arm, arm: Arm, study: Study) -> Pairs:
    """The runs of the seeds that finished with and without the policy."""
    seeds = range(study.seed, study.seed + study.runs)
    both = [(found.get((reference.name, seed)), found.get((arm.name, seed))) for seed in seeds]
    pairs = [(without, having) for without, having in both if without and having]
    if not pairs:
        raise CircuitError(f"{arm.policy}: no seed finished with and without it")
    return pairs


def _moved(pairs: Pairs, expected: Sequence[Expected]) -> pd.DataFrame:
    from simulation.series import SERIES

    rows = []
    for each in expected:
        before, after = (
            np.array([each.target.read(pair[place].series)[each.window].mean() for pair in pairs]) for place in (0, 1)
        )
        effect = st.mean_effect(after - before)
        rows.append(
            {
                "series": each.target.name,
                "unit": SERIES[each.target.series].unit,
                "first_quarter": each.start,
                "last_quarter": min(each.window.stop, len(pairs[0][0].series)),
                "without": before.mean(),
                "with": after.mean(),
                **effect.columns("effect"),
                "expected": {1: "rises", -1: "falls", 0: ""}[each.direction],
                "met": _verdict(effect, each.direction),
                "acts_on": each.target.needs,
            }
        )
    return pd.DataFrame(rows)


def _verdict(effect: st.Estimate, direction: int) -> str:
    if direction == 0:
        return SHOWN
    if effect.crosses_zero or not np.isfinite(effect.low):
        return OPEN
    return MET if effect.value * direction > 0.0 else AGAINST


def _costs(pairs: Pairs) -> pd.DataFrame:
    """Government's money row by row (receives more: positive), and how much richer each sector ends."""
    money = pd.concat([having.government - without.government for without, having in pairs], axis=1)
    money.loc[ALL_ROWS] = money.drop(BORROWING).sum()
    worth = pd.concat([having.net_worth - without.net_worth for without, having in pairs], axis=1)
    rows = [
        {"account": account, "row": name, **st.mean_effect(values).columns("effect")}
        for account, table in ((MONEY, money), (WORTH, worth))
        for name, values in zip(table.index, table.to_numpy(float), strict=True)
        if name == ALL_ROWS or abs(values.mean()) >= NEGLIGIBLE
    ]
    return pd.DataFrame(rows).sort_values(["account", "effect"], kind="stable", ignore_index=True)


def _endings(pairs: Pairs) -> pd.DataFrame:
    without, having = (pd.DataFrame({"outcome": [pair[place].outcome for pair in pairs]}) for place in (0, 1))
    rows = []
    for measure in ENDINGS:
        before, after = (measure.read(runs).to_numpy(float) for runs in (without, having))
        effect = st.share_effect(after, before).scaled(measure.factor)
        share = {"without": before.mean() * measure.factor, "with": after.mean() * measure.factor}
        rows.append({"ending": measure.name, "unit": measure.unit, **share, **effect.columns("effect")})
    return pd.DataFrame(rows)


def _together(policies: list[str], parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    named = [part.assign(policy=policy) for policy, part in zip(policies, parts, strict=True)]
    whole = pd.concat(named, ignore_index=True)
    return whole[["policy", *(name for name in whole.columns if name != "policy")]]

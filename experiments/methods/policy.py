"""`circuit policy`: a scenario without and with each policy, seed by seed, told and stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from simulation.errors import CircuitError

from ..analysis.measures import PULLBACK
from ..analysis.policy import (
    ALL_ROWS,
    BORROWING,
    GOVERNMENT,
    MONEY,
    WORTH,
    Answer,
    Books,
    Pairs,
    costs_of,
    endings_of,
    is_established,
    judged,
    moved_by,
    together,
)
from ..analysis.wording import failed_of, span
from ..batch.runner import compute
from ..batch.worker import Rows, build, outcome_columns
from ..figures.dots import Panel, Row, dots_chart
from ..narrative.policy import headline, tables_of_all, tables_of_one
from ..statistics import Estimate
from ..store.results import check_writable
from ..study.naming import name_of, setting_of
from ..study.schema import Arm, RunSpec, Study, opening_of, plan
from ..study.targets import THREE_YEARS, Expected, Target, expected_of
from .finding import Finding, hand_over

if TYPE_CHECKING:
    from rich.console import Console

    from simulation.scenario import Policy

    from ..figures.chart import Chart

MOST_DRAWN = 14
ALSO_SHOWN = ("ai_capex", "real_gdp", "government_debt")
NOTE = (
    "With the policy less without it, same seeds, 95% intervals. Established: interval beside zero, and p below .05 "
    "after Holm's correction over the table. Money: government's receipts less payments over all "
    "quarters, borrowing apart. Net worth: at the end, at market, where shares are owed by their issuer."
)


def answer(study: Study, workers: int | None = None) -> Answer:
    """Run a scenario without and with each of a study's policies, seed by seed, and compare them.

    Raises `CircuitError` for a policy that starts after the horizon or moves a lever without a target, before anything
    is computed, and where a run of every pair failed."""
    expected = {name: _expected(name, study) for name in study.policies}
    planned = plan(study)
    found: dict[tuple[str, int], Books] = {}
    failures: list[tuple[str, int, str]] = []
    for spec, rows in compute(planned.specs, workers, observe):
        if "books" in rows:
            found[spec.arm, spec.seed] = rows["books"]
        else:
            failures.append((spec.arm, spec.seed, rows["failure"]["message"]))
    reference, *arms = planned.arms
    tables: list[tuple[pd.DataFrame, ...]] = []
    for arm in arms:
        pairs = _pairs(found, reference, arm, study)
        policy = str(arm.policy)
        tables.append((moved_by(pairs, expected[policy]), costs_of(pairs), endings_of(pairs)))
    names = [Path(str(arm.policy)).stem for arm in arms]
    moved, costs, endings = (together(names, parts) for parts in zip(*tables, strict=True))
    moved = judged(moved)
    lost = pd.DataFrame(sorted(failures), columns=["arm", "seed", "message"])
    return Answer(moved, costs, endings, lost, len(planned.specs))


def observe(spec: RunSpec) -> Rows:
    """A run of which the books are looked at and not stored."""
    economy = build(spec, keep_books=True).run()
    flows = [economy.transaction_flows(quarter)[GOVERNMENT] for quarter in range(1, economy.quarter + 1)]
    government = pd.concat(flows, axis=1).sum(axis=1).drop("change_of_money")
    worth = pd.Series(economy.balance_sheet().loc["net_worth"].drop("sum"))
    return Rows(books=Books(economy.series.copy(), government, worth, outcome_columns(economy.outcome)))


def _expected(name: str, study: Study) -> list[Expected]:
    from simulation.scenario import load_policy

    policy: Policy = load_policy(name, opening_of(study))
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


def report_policies(study: Study, name: str | None, workers: int | None, results: Path, console: Console) -> Answer:
    """Compute, print and write what a study's policies move, whether that is their target, and who pays.

    With `name` the one policy is shown in full; without, a line for each. Raises as `answer`."""
    check_writable(results)
    found = answer(study, workers)
    setting = study if name else study.model_copy(update={"policies": []})
    hand_over(finding_of(found, study, name), results, name_of("policy" if name else "policies", setting), console)
    return found


def finding_of(found: Answer, study: Study, name: str | None) -> Finding:
    """What is told of one policy, or of each of several where no name is given."""
    setting = study if name else study.model_copy(update={"policies": []})
    horizon = "" if study.quarters else f", {study.horizon} quarters"
    note = f"{setting_of(setting)}{horizon}, {span(found.costs['n'])} pairs, {study.drawn}. {NOTE}"
    stem = name_of("policy" if name else "policies", setting)
    return Finding(
        headline(found, name),
        tables_of_one(found) if name else tables_of_all(found),
        [note, f"{failed_of(len(found.failures), found.tried)}."],
        {"moved": found.moved, "costs": found.costs, "endings": found.endings, "failures": found.failures},
        [_chart(found, name, stem, note)],
    )


def _chart(found: Answer, name: str | None, stem: str, notes: str) -> Chart:
    """Who is richer and who poorer under one policy; what several cost government, and which endings they move."""
    costs, pullbacks = found.costs, found.endings[found.endings["ending"] == PULLBACK.name]
    if name:
        money = costs[(costs["account"] == MONEY) & (costs["row"] != BORROWING)]
        panels = [
            Panel("Net worth of each sector at the end", "USD bn", _rows(costs[costs["account"] == WORTH], "row")),
            Panel("Government's money, borrowing apart", "USD bn in all, + receives", _rows(money, "row")),
        ]
    else:
        money = costs[costs["row"] == ALL_ROWS]
        panels = [
            Panel("Government's money", "USD bn in all, + receives", _rows(money, "policy")),
            Panel("Runs with an investment pullback", "points", _rows(pullbacks, "policy")),
        ]
    return dots_chart(stem, headline(found, name), notes, costs, panels)


def _rows(table: pd.DataFrame, label: str) -> list[Row]:
    """Rows of a table of effects, those that move most, largest first."""
    largest = table.reindex(table["effect"].abs().sort_values(ascending=False, kind="stable").index).head(MOST_DRAWN)
    return [
        Row(str(row[label]).replace("_", " "), Estimate.of(row, "effect"), established=is_established(row))
        for row in largest.sort_values("effect", ascending=False, kind="stable").to_dict("records")
    ]

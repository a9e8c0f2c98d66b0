"""`circuit policy`: a scenario without and with each policy, seed by seed, told and stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from simulation.errors import CircuitError

from ..analysis.policy import GOVERNMENT, Answer, Books, Pairs, costs_of, endings_of, moved_by, together
from ..analysis.wording import failed_of
from ..batch.compiling import prepare
from ..batch.pool import default_workers
from ..batch.runner import compute
from ..batch.worker import Rows, build, failure, outcome_columns
from ..common.export import csv_bytes
from ..common.progress import counted
from ..common.terminal import table_of
from ..narrative.policy import cost_table, ending_table, headline, print_one, target_table
from ..store.results import check_writable, write_bytes, write_table
from ..study.naming import name_of, setting_of
from ..study.schema import Arm, RunSpec, Study, plan
from ..study.targets import THREE_YEARS, Expected, Target, expected_of

if TYPE_CHECKING:
    from rich.console import Console

    from simulation.scenario import Policy

ALSO_SHOWN = ("ai_capex", "real_gdp", "government_debt")


NOTE = (
    "With the policy less without it, same seeds, 95% intervals. Money: government's receipts less payments over all "
    "quarters, borrowing apart. Net worth: at the end, at market, where shares are owed by their issuer."
)


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
    for spec, rows in counted(runs, "run", total=len(planned.specs)):
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
        return Rows(books=Books(economy.series.copy(), government, worth, outcome_columns(economy.outcome)))
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


def report_policies(study: Study, name: str | None, workers: int | None, results: Path, console: Console) -> Answer:
    """Compute, print and write what a study's policies move, whether that is their target, and who pays.

    With `name` the one policy is shown in full; without, a line for each. Raises as `answer`.
    """
    check_writable(results)
    found = answer(study, workers)
    how = "uncertain parameters drawn from their priors" if study.prior else "parameters at their defaults"
    console.print(f"\n{headline(found, name)}\n", style="bold", highlight=False)
    if name:
        print_one(found, console)
    else:
        console.print(table_of(target_table(found.moved), "Does each policy move its target?", index=False))
        console.print(table_of(cost_table(found), "What it costs, USD bn, and whom", index=False))
        console.print(table_of(ending_table(found.endings), "How many more runs end so, points", index=False))
    setting = study if name else study.model_copy(update={"policies": []})
    note = f"{setting_of(setting)}, {study.horizon} quarters, {how}. {NOTE}"
    console.print(note, soft_wrap=True, highlight=False)
    console.print(f"{failed_of(len(found.failures), found.tried)}.", style="dim", highlight=False)
    for path in write(found, results, name_of("policy" if name else "policies", setting)):
        console.print(f"Data: {path}", soft_wrap=True)
    return found


def write(found: Answer, folder: Path, stem: str) -> list[Path]:
    """Every table as CSV and Parquet. Returns the CSV files."""
    import pyarrow as pa

    paths = []
    tables = {"moved": found.moved, "costs": found.costs, "endings": found.endings}
    if len(found.failures):
        tables["failures"] = found.failures
    for part, table in tables.items():
        path = folder / f"{stem}-{part}.csv"
        write_bytes(path, csv_bytes(table))
        write_table(path.with_suffix(".parquet"), pa.Table.from_pandas(table, preserve_index=False))
        paths.append(path)
    return paths

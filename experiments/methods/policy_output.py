"""What `circuit policy` prints and writes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analysis.wording import failed_of, several, signed
from ..common.export import csv_bytes
from ..common.terminal import table_of
from ..statistics import Estimate
from ..store.results import check_writable, write_bytes, write_table
from .policy import ALL_ROWS, BORROWING, MET, MONEY, WORTH, Answer, answer

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from ..study.schema import Study

PAYERS_NAMED = 2
SMALLEST_TOLD = 0.5  # USD bn
NOTE = (
    "With the policy less without it, same seeds, 95% intervals. Money: government's receipts less payments over all "
    "quarters, borrowing apart. Net worth: at the end, at market, where shares are owed by their issuer."
)


def report_policies(study: Study, name: str | None, workers: int | None, results: Path, console: Console) -> Answer:
    """Compute, print and write what a study's policies move, whether that is their target, and who pays.

    With `name` the one policy is shown in full; without, a line for each. Raises as `cost_of_policy.answer`.
    """
    check_writable(results)
    found = answer(study, workers)
    how = "uncertain parameters drawn from their priors" if study.prior else "parameters at their defaults"
    console.print(f"\n{headline(found, name)}\n", style="bold", highlight=False)
    if name:
        _print_one(found, console)
    else:
        console.print(table_of(target_table(found.moved), "Does each policy move its target?", index=False))
        console.print(table_of(cost_table(found), "What it costs, USD bn, and whom", index=False))
        console.print(table_of(ending_table(found.endings), "How many more runs end so, points", index=False))
    seeds = f"seeds {study.seed} to {study.seed + study.runs - 1}"
    note = f"{study.scenarios[0]}, {seeds}, {study.horizon} quarters, {how}. {NOTE}"
    console.print(note, soft_wrap=True, highlight=False)
    console.print(f"{failed_of(len(found.failures), found.tried)}.", style="dim", highlight=False)
    for path in write(found, results, f"policy-{Path(name).stem}" if name else "policies"):
        console.print(f"Data: {path}", soft_wrap=True)
    return found


def headline(found: Answer, name: str | None) -> str:
    """How many policies move all their targets the right way by amounts that the runs establish, and which do not."""
    judged = found.moved[found.moved["expected"] != ""]
    met = judged.assign(met=judged["met"] == MET).groupby("policy", sort=False)["met"].all()
    if name:
        verdict = (
            "moves every one of its targets the right way" if met.all() else "misses a target, or too few runs show it"
        )
        return f"{name} {verdict}"
    missed = [str(policy) for policy in met.index[~met]]
    rest = f"; not established: {several(missed)}" if missed else ""
    return f"{int(met.sum())} of {len(met)} policies move every one of their targets the right way{rest}"


def target_table(moved: pd.DataFrame) -> pd.DataFrame:
    """One line for each target of each policy."""
    import pandas as pd

    rows = [
        {
            "policy": row["policy"],
            "target": row["series"],
            "effect (95%)": _number(row),
            "pairs": row["n"],
            "unit": row["unit"],
            "moves as expected": _verdict(row),
        }
        for row in moved[moved["expected"] != ""].to_dict("records")
    ]
    return pd.DataFrame(rows)


def _verdict(row: Mapping[Hashable, Any]) -> str:
    """The verdict with the direction expected; of a target that is missed, what the policy needs to act at all."""
    needs = f"; acts only on {row['acts_on']}" if row["acts_on"] and row["met"] != MET else ""
    return f"{row['met']} ({row['expected']}){needs}"


def cost_table(found: Answer) -> pd.DataFrame:
    """One line a policy: government's money, what it loses most on, and who ends poorer, as far as established."""
    import pandas as pd

    rows = [
        {
            "policy": policy,
            "government's money": _number(costs[costs["row"] == ALL_ROWS].iloc[0]),
            "government loses most on": _losers(costs, MONEY, 1, leave_out=(ALL_ROWS, BORROWING)),
            "ends poorer": _losers(costs, WORTH, PAYERS_NAMED),
            "pairs": int(costs["n"].iloc[0]),
        }
        for policy, costs in found.costs.groupby("policy", sort=False)
    ]
    return pd.DataFrame(rows)


def ending_table(endings: pd.DataFrame) -> pd.DataFrame:
    """One line a policy: the change of the share of each ending, in points."""
    shown = endings.assign(shown=[_number(row, 0) for row in endings.to_dict("records")])
    table = shown.pivot_table(index="policy", columns="ending", values="shown", aggfunc="first", sort=False)
    return table.rename_axis(columns=None).reset_index()


def _losers(costs: pd.DataFrame, account: str, most: int, leave_out: tuple[str, ...] = ()) -> str:
    """The rows of an account that fall most, where the interval lies below zero."""
    rows = costs[(costs["account"] == account) & (costs["high"] < 0.0) & ~costs["row"].isin(leave_out)]
    rows = rows[rows["effect"] <= -SMALLEST_TOLD].sort_values("effect")
    return ", ".join(f"{row['row']} {_number(row, 0)}" for row in rows.head(most).to_dict("records")) or "-"


def _number(row: Any, digits: int | None = None) -> str:
    estimate = Estimate(row["effect"], row["low"], row["high"], int(row["n"]))
    if digits is None:
        size = abs(estimate.value)
        digits = 0 if size >= 100.0 else 1 if size >= 1.0 else 3 if size >= 0.01 else 5
    return signed(estimate, digits)


def _print_one(found: Answer, console: Console) -> None:
    moved = found.moved[["series", "unit", "without", "with", "effect", "low", "high", "n", "expected", "met"]]
    console.print(table_of(moved, "What moves (mean of the quarters it is judged over)", digits=4, index=False))
    columns = ["row", "effect", "low", "high", "n"]
    for account, unit in ((MONEY, "in all, + receives"), (WORTH, "at the end")):
        shown = found.costs.loc[found.costs["account"] == account, columns]
        console.print(table_of(shown, f"{account.capitalize()}, USD bn {unit}", digits=2, index=False))
    endings = found.endings[["ending", "unit", "without", "with", "effect", "low", "high", "n"]]
    console.print(table_of(endings, "How runs end", digits=0, index=False))


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

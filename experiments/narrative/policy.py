"""What was found of policies, in words and in the tables of the terminal."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from ..analysis.policy import ALL_ROWS, BORROWING, MET, MONEY, WORTH, Answer
from ..analysis.wording import several, signed
from ..common.terminal import table_of
from ..statistics import Estimate

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

PAYERS_NAMED = 2
SMALLEST_TOLD = 0.5  # USD bn


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


def print_one(found: Answer, console: Console) -> None:
    """Everything on one policy."""
    moved = found.moved[["series", "unit", "without", "with", "effect", "low", "high", "n", "expected", "met"]]
    console.print(table_of(moved, "What moves (mean of the quarters it is judged over)", digits=4, index=False))
    columns = ["row", "effect", "low", "high", "n"]
    for account, unit in ((MONEY, "in all, + receives"), (WORTH, "at the end")):
        shown = found.costs.loc[found.costs["account"] == account, columns]
        console.print(table_of(shown, f"{account.capitalize()}, USD bn {unit}", digits=2, index=False))
    endings = found.endings[["ending", "unit", "without", "with", "effect", "low", "high", "n"]]
    console.print(table_of(endings, "How runs end", digits=0, index=False))

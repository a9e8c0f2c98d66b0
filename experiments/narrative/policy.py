"""What was found of policies, in words and in the tables of the terminal."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from ..analysis.policy import ALL_ROWS, BORROWING, MET, MONEY, WORTH, Answer, is_established
from ..analysis.wording import several, signed
from ..common.terminal import table_of
from ..statistics import Estimate

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

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
            "target": str(row["series"]).replace("_", " "),
            "effect (95%)": f"{_number(row)} {row['unit']}",
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
    """The rows of an account that fall most, as far as that is established."""
    rows = costs[(costs["account"] == account) & ~costs["row"].isin(leave_out)]
    rows = rows[[is_established(row) for row in _records(rows)]]
    rows = rows[rows["effect"] <= -SMALLEST_TOLD].sort_values("effect")
    named = rows.head(most).replace({"row": "_"}, " ", regex=True)
    return ", ".join(f"{row['row']} {_number(row, 0)}" for row in named.to_dict("records")) or "-"


def _number(row: Any, digits: int | None = None) -> str:
    estimate = Estimate.of(row, "effect")
    digits = _digits(estimate.value) if digits is None else digits
    return signed(estimate, digits)


def tables_of_all(found: Answer) -> list[Table]:
    """A line for each policy: its targets, what it costs and whom, how many more runs end so."""
    return [
        table_of(target_table(found.moved), "Does each policy move its target?", index=False),
        table_of(cost_table(found), "What it costs, USD bn, and whom", index=False),
        table_of(ending_table(found.endings), "How many more runs end so, points", index=False),
    ]


def tables_of_one(found: Answer) -> list[Table]:
    """Everything on one policy."""
    moved = found.moved.assign(verdict=[_verdict(row) if row["expected"] else "" for row in _records(found.moved)])
    tables = [_effects(moved, "series", "What moves (mean of the quarters it is judged over)", "verdict")]
    for account, unit in ((MONEY, "in all, + receives"), (WORTH, "at the end")):
        mine = found.costs[found.costs["account"] == account]
        tables.append(_effects(mine, "row", f"{account.capitalize()}, USD bn {unit}"))
    return [*tables, _effects(found.endings, "ending", "How runs end, points")]


def _effects(table: pd.DataFrame, name: str, title: str, last: str | None = None) -> Table:
    """What each row of a table of effects is, without and with where known, and the effect with its interval."""
    shown = table[[name]].replace("_", " ", regex=True)
    for known in ("without", "with"):
        if known in table:
            shown[known] = [_plain(value) for value in table[known]]
    shown["effect (95%)"] = [_number(row) for row in _records(table)]
    if last:
        shown[last] = table[last]
    return table_of(shown, title, index=False)


def _plain(value: float) -> str:
    return f"{value:,.{_digits(value)}f}"


def _digits(value: float) -> int:
    size = abs(value)
    return 0 if size >= 100.0 or size == 0.0 else 1 if size >= 1.0 else 3 if size >= 0.01 else 5


def _records(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return table.to_dict("records")

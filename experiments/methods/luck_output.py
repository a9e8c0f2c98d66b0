"""What `circuit luck` prints and writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from simulation.disturbances.declared import Size, sizes

from ..analysis.wording import failed_of
from ..common.export import csv_bytes
from ..common.terminal import table_of
from ..store.results import check_writable, write_bytes
from .luck import AHEAD, ALL, HEADLINE, Luck, effect_of_luck, shown
from .luck_sizes import estimated, table

if TYPE_CHECKING:
    from rich.console import Console

    from ..study.schema import Study

COLUMNS_AT_ONCE = 4  # a table of so many series fits 80 columns


def report_luck(study: Study, workers: int | None, results: Path, console: Console) -> Luck:
    """Compute, print and write what luck does to the headline series. Raises as `luck.effect_of_luck`."""
    check_writable(results)
    study = study.model_copy(update={"quarters": max(AHEAD)})
    found = effect_of_luck(study, workers)
    console.print(f"\n{headline(found)}\n", style="bold", highlight=False)
    cells = shown(found.table)
    for start in range(0, len(HEADLINE), COLUMNS_AT_ONCE):
        part = cells.iloc[:, start : start + COLUMNS_AT_ONCE]
        console.print(table_of(part.rename_axis(columns=None), "Spread of luck, percent" if start == 0 else ""))
    ahead = ", ".join(str(quarters) for quarters in AHEAD[:-1])
    console.print(
        f"Standard deviation of the log, {ahead} and {AHEAD[-1]} quarters ahead, over {study.runs} seeds from "
        f"{study.seed}, against the same seeds without luck; · is less than 0.05.",
        soft_wrap=True,
        highlight=False,
    )
    console.print(f"{failed_of(found.failed, found.tried)}.", style="dim", highlight=False)
    path = results / "luck.csv"
    write_bytes(path, csv_bytes(found.table))
    console.print(f"Data: {path}", soft_wrap=True)
    return found


def headline(found: Luck) -> str:
    """How wide luck makes the coming year, and which kind does most to AI capex."""
    table = found.table[(found.table["series"] == "ai_capex") & (found.table["quarters"] == AHEAD[1])]
    spreads = table.set_index("disturbance")["log_sd"]
    alone = spreads.drop(ALL)
    if alone.isna().all():
        return "Too few runs finished to tell what luck does"
    return (
        f"A year ahead luck moves AI capex by {100 * spreads[ALL]:.0f}% either way (one standard deviation); "
        f"most of it by {alone.idxmax()}"
    )


def report_estimates(results: Path, console: Console) -> list[Size]:
    """Estimate sizes anew from the record, print them beside those in use and write them as they are stored."""
    check_writable(results)
    found = estimated()
    in_use = sizes()
    rows = [
        (
            each.parameter,
            f"{in_use[each.parameter].value:g}",
            f"{each.value:g}",
            f"{each.standard_error:g}",
            str(each.n),
        )
        for each in found
        if each.status == "estimated"
    ]
    frame = pd.DataFrame(rows, columns=["size", "in use", "record says", "s.e.", "n"])
    console.print(table_of(frame, "Sizes of luck that the record can tell", index=False))
    path = results / "sizes.csv"
    write_bytes(path, csv_bytes(table(found)))
    console.print(f"All sizes, as they are stored: {path}", soft_wrap=True)
    return found

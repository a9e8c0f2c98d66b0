"""`circuit discover`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.errors import CircuitError

if TYPE_CHECKING:
    from rich.console import Console

    from ..analysis.discovery import Discovery, Sample

EPILOG = (
    "Example: `circuit compare baseline --runs 1000 --results results/baseline`, then\n\n"
    "`circuit discover results/baseline`\n\n"
    '`circuit discover results/baseline --outcome "gdp_shortfall > 0.02" --parameters gamma,capture,fire_sale`'
)

Folder = Annotated[Path, typer.Argument(metavar="RESULTS", help="Folder of finished runs with sampled parameters.")]
Outcome = Annotated[
    str, typer.Option(help='An ending ("investment pullback", "paid off" ...) or a score beyond a threshold.')
]
ArmName = Annotated[str | None, typer.Option("--arm", help="The arm whose runs are searched (default: the first).")]
Parameters = Annotated[
    str | None, typer.Option(metavar="A,B,C", help="Where to look (default: the five that differ most).")
]
Boxes = Annotated[int, typer.Option(help="Most boxes to look for, 1 to 5.")]
Resamples = Annotated[int, typer.Option(help="Bootstrap resamples for the stability of each limit, 10 to 1,000.")]
To = Annotated[Path | None, typer.Option(help="Folder to write to (default: discovery in RESULTS).")]


def discover(
    results: Folder,
    outcome: Outcome = "investment pullback",
    arm: ArmName = None,
    parameters: Parameters = None,
    boxes: Boxes = 2,
    resamples: Resamples = 50,
    to: To = None,
) -> None:
    """Say which parameters together lead to an outcome: boxes in words.

    PRIM looks for boxes of parameters in which the outcome is frequent, on every second seed; how frequent it
    is there is measured on the other seeds. Each limit comes with a quasi-p value (would the box do as well
    without it?) and its stability (how often resamples find it). Needs 100 runs; 1,000 find more.
    """
    from ..common.extras import require
    from .options import terminal

    require("ema_workbench", "discover")
    faults = [
        f"--{name}: must be a whole number from {low} to {high:,}, not {value}"
        for name, value, low, high in (("boxes", boxes, 1, 5), ("resamples", resamples, 10, 1000))
        if not low <= value <= high
    ]
    if faults:
        raise CircuitError(*faults)
    from ..analysis.discovery import discover as search
    from ..analysis.discovery import sample_of
    from ..analysis.questions import condition_of
    from ..store.results import check_writable

    measure = condition_of(outcome)
    names = tuple(name.strip() for name in parameters.split(",")) if parameters else None
    sample, finding = sample_of(results, measure, arm, names)
    folder = to or results / "discovery"
    check_writable(folder)
    found = search(sample, finding, measure.name, boxes, resamples)
    _print(found, terminal())
    _write(found, sample, folder)
    print(f"\nTables and figure: {folder}")


def _print(found: Discovery, console: Console) -> None:
    from ..analysis.discovery import in_words
    from ..analysis.wording import failed_of, probability, with_interval
    from ..common.terminal import titled

    console.print()
    for sentence in in_words(found):
        console.print(sentence, style="bold", highlight=False)
    console.print()
    table = titled("Limits of the boxes (stability: share of resamples that find it, 95% interval)")
    for heading in ("box", "limit", "quasi-p", "n", "stability, %", "resamples"):
        table.add_column(heading, justify="left" if heading == "limit" else "right")
    for number, box in enumerate(found.boxes, 1):
        for bound in box.limits:
            limit = f"{bound.parameter} {bound.side} {bound.value:.2g}"
            cells = (probability(bound.quasi_p), str(box.density.n), with_interval(bound.stability))
            table.add_row(str(number), limit, *cells, str(bound.stability.n))
    if found.boxes:
        console.print(table)
    whole = found.finding + found.overall.n + found.failed
    console.print(
        f"{failed_of(found.failed, whole)} in {found.arm} and are in none of these numbers.",
        style="dim",
        highlight=False,
    )
    console.print(
        f"Searched: {', '.join(found.searched)}. Found on {found.finding} runs of {found.arm}, measured on the "
        f"{found.overall.n} others. A parameter that matters only together with others may be missed: name it.",
        style="dim",
        highlight=False,
    )


def _write(found: Discovery, sample: Sample, folder: Path) -> None:
    import pyarrow as pa

    from ..analysis.discovery import box_table, in_words, limit_table
    from ..common.export import csv_bytes
    from ..figures.boxes import draw_boxes
    from ..store.results import write_bytes, write_table

    write_bytes(folder / "answer.txt", ("\n".join(in_words(found)) + "\n").encode())
    for name, table in (("boxes", box_table(found)), ("limits", limit_table(found))):
        write_bytes(folder / f"{name}.csv", csv_bytes(table))
        if len(table):
            write_table(folder / f"{name}.parquet", pa.Table.from_pandas(table, preserve_index=False))
    if found.boxes:
        draw_boxes(found, sample, folder / "prim-boxes.png")

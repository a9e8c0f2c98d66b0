"""`circuit report`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

EPILOG = "Examples: `circuit report results/headline-1a2b3c4d`\n\n`circuit report RESULTS --format md --to .`"


class Format(StrEnum):
    """What a report can be written as."""

    html = "html"
    md = "md"


def report(
    results: Annotated[Path, typer.Argument(help="Folder of finished runs, as circuit compare wrote it.")],
    form: Annotated[
        Format, typer.Option("--format", help="A web page, or Markdown with figures beside.")
    ] = Format.html,
    to: Annotated[Path | None, typer.Option(help="Folder to write to (default: the results folder).")] = None,
) -> None:
    """Write the report of stored runs: one page to hand around, with every figure and its data.

    The page needs no network and nothing beside it; figures also lie beside it as PNG, their data as CSV. Nothing is
    recomputed, and a batch that was stopped is reported as far as it got."""
    from ..report.page import write_report
    from ..report.reading import findings_in
    from ..store.results import check_writable

    findings = findings_in(results)
    folder = to or results
    check_writable(folder)
    if findings.warning:
        print(f"circuit: {findings.warning}", file=sys.stderr)
    print(f"Report: {write_report(findings, folder, form.value)}")

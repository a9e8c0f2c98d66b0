"""What a report is made of. A section holds one idea; it knows nothing of HTML or Markdown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..analysis.analysis import Analysis
from ..figures.chart import Chart


@dataclass(frozen=True)
class Findings:
    """What a report is written from: the analysed runs, and the manifest that says how they were made.

    `cascade` are the events of the run with the largest chain reaction, empty where there was none; `warning` says
    what is missing of the results, if anything is.
    """

    analysis: Analysis
    manifest: Mapping[str, Any] = field(repr=False)
    cascade: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)
    warning: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of text under headings; the first column names the row."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: str = ""


@dataclass(frozen=True)
class Section:
    """One idea: words, figures and tables. `points` are its sentences for the executive summary."""

    identifier: str
    title: str
    text: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    points: tuple[str, ...] = ()


Writer = Callable[[Findings], Section | None]
"""Writes a section, or nothing where the results have no data for it."""


def drawn(*charts: Chart | None) -> tuple[Chart, ...]:
    """The charts for which there was data."""
    return tuple(chart for chart in charts if chart is not None)

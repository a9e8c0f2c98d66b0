"""Numbers with their 95% intervals, one row each: what several things do, side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from . import style
from .chart import Chart, Frame

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from ..statistics import Estimate

MOST = 24
SERIES_COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.VERMILION)
NOTHING = "nothing that these runs can tell"
APART = 0.18  # of a row, between dots of different groups


class Row(NamedTuple):
    """What a row is called, its number, the group whose colour it has, and whether its sign is established."""

    label: str
    estimate: Estimate
    group: str = ""
    established: bool = True


class Panel(NamedTuple):
    """Rows under a title, with the value that changes nothing as a line."""

    title: str
    unit: str
    rows: Sequence[Row]
    neutral: float = 0.0


def dots_chart(name: str, claim: str, notes: str, data: pd.DataFrame, panels: Sequence[Panel]) -> Chart:
    """A chart with one panel for each list of rows, in the order given; rows of one label share a line."""
    most = max((len(_labels(panel)) for panel in panels), default=1)

    def draw(frame: Frame) -> None:
        for axes, panel in zip(frame.panels, panels, strict=True):
            _draw(axes, panel)

    shows = f"Dots with 95% intervals: {'; '.join(panel.title for panel in panels)}."
    height = 0.9 + 0.26 * min(most, MOST)
    return Chart(name, claim, shows, notes, data, draw, len(panels), 1, height)


def _labels(panel: Panel) -> list[str]:
    return list(dict.fromkeys(row.label for row in panel.rows))[:MOST]


def _draw(axes: Axes, panel: Panel) -> None:
    labels = _labels(panel)
    groups = list(dict.fromkeys(row.group for row in panel.rows))
    for row in panel.rows:
        if row.label not in labels or not math.isfinite(row.estimate.value):
            continue
        number = groups.index(row.group)
        place = labels.index(row.label) + APART * (number - (len(groups) - 1) / 2)
        colour = SERIES_COLOURS[number % len(SERIES_COLOURS)]
        value, low, high, _n = row.estimate
        if math.isfinite(low) and math.isfinite(high):
            axes.plot([low, high], [place, place], color=colour, linewidth=1.6)
        filling = colour if row.established else "white"
        axes.plot(value, place, "o", color=colour, markerfacecolor=filling, markersize=4.5)
    for number, group in enumerate(groups):
        if group:
            axes.plot([], [], "o", color=SERIES_COLOURS[number % len(SERIES_COLOURS)], label=group)
    axes.axvline(panel.neutral, **style.REFERENCE_LINE)
    axes.set_title(panel.title)
    axes.set_xlabel(panel.unit)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(max(len(labels), 1) - 0.5, -0.5)
    if not labels:
        axes.text(0.5, 0.5, NOTHING, transform=axes.transAxes, ha="center", va="center", color=style.MUTED)
    axes.grid(axis="y", visible=False)
    if any(groups):
        axes.legend(fontsize=8, ncols=len(groups), loc="lower right", bbox_to_anchor=(1.0, 1.0))

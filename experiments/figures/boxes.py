"""Boxes of parameters that lead to an outcome, each limit on the range of its parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..analysis.discovery import Discovery, Sample, box_table, in_words
from ..analysis.wording import percent, with_interval
from . import style
from .chart import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def box_chart(found: Discovery, sample: Sample) -> Chart:
    """One panel a box, one row a parameter: its range among the runs, the part in the box in colour."""
    rows = max(len({bound.parameter for bound in box.limits}) for box in found.boxes)
    return Chart(
        "prim-boxes",
        _claim(found),
        f"Ranges of parameters among the runs, with the parts that {len(found.boxes)} boxes hold.",
        _notes(found),
        box_table(found),
        lambda frame: _draw(found, sample, frame.panels),
        panels=len(found.boxes),
        panel_height=0.9 + 0.42 * rows,
    )


def _draw(found: Discovery, sample: Sample, panels: list[Axes]) -> None:
    for number, (panel, box) in enumerate(zip(panels, found.boxes, strict=True), 1):
        names = list(dict.fromkeys(bound.parameter for bound in box.limits))
        for row, name in enumerate(names):
            values = sample.parameters[name].to_numpy()
            bounds = {bound.side: bound.value for bound in box.limits if bound.parameter == name}
            low, high = (
                float((values < bounds[">"]).mean()) if ">" in bounds else 0.0,
                float((values <= bounds["<"]).mean()) if "<" in bounds else 1.0,
            )
            panel.barh(row, 1.0, color=style.GRID, height=0.5)
            panel.barh(row, high - low, left=low, color=style.VERMILION, height=0.5)
            for place, side in ((low, ">"), (high, "<")):
                if side in bounds:
                    panel.annotate(f"{bounds[side]:.2g}", (place, row - 0.3), ha="center", va="bottom", size=8)
        panel.set_yticks(range(len(names)), names)
        panel.set_ylim(len(names) - 0.5, -0.75)
        panel.set_xlim(0, 1)
        panel.xaxis.set_major_formatter(lambda share, _: f"{share * 100:.0f}%")
        panel.set_title(f"Box {number}: {with_interval(box.density)} of {box.density.n} runs")
        panel.grid(axis="y", visible=False)
    panels[-1].set_xlabel("runs with a lower value")


def _claim(found: Discovery) -> str:
    box = found.boxes[0]
    share = percent(box.density.value)
    return f"{share} of runs where {box.words}: {found.measure}, against {percent(found.overall.value)} overall"


def _notes(found: Discovery) -> str:
    return (
        f"PRIM on {found.finding} runs of {found.arm}; shares with 95% intervals are of the {found.overall.n} runs "
        f"that did not find the boxes. {' '.join(in_words(found))}"
    )

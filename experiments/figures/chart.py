"""A figure as a value: what it claims, what it shows, how it is drawn, and its data.

One chart is written as PNG with its claim above and its notes beneath, to be passed on by itself, and as bare SVG for a
page that sets claim and notes as text: in a wide form, and in a narrow one with its panels under each other, which a
phone can show at full size."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import style
from .lighter import FONTS, lighter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE, NARROW = 8.6, 3.9
"""Inches: a page of a report, and the screen of a phone."""

_SVG_SETTINGS = {
    "svg.fonttype": "none",  # the reader's own fonts: smaller, and sharp at any size
    "font.family": "sans-serif",
    "font.sans-serif": FONTS.split(", "),
}


class Frame(NamedTuple):
    """What a chart draws on: one axes a panel, in rows of `columns`."""

    panels: list[Axes]
    columns: int
    narrow: bool

    def opens_row(self, panel: int) -> bool:
        """Whether a panel stands at the left edge."""
        return panel % self.columns == 0


@dataclass(frozen=True)
class Chart:
    """A figure before it is drawn. `name` is its file name; heights of panels are in inches, that of the narrow form
    the same unless it is given.

    `claim` is one sentence written from the numbers, `shows` says in words what is drawn (the alternative
    text), `notes` what a reader must know to read it.
    """

    name: str
    claim: str
    shows: str
    notes: str
    data: pd.DataFrame = field(repr=False)
    draw: Callable[[Frame], None] = field(repr=False)
    panels: int = 1
    columns: int = 1
    panel_height: float = 2.4
    narrow_columns: int = 1
    narrow_height: float | None = None
    source: str = style.SOURCE

    @property
    def alternative(self) -> str:
        """What somebody who cannot see the figure is told."""
        return f"{self.shows} {self.claim}."

    def save(self, folder: Path) -> None:
        """Write PNG and CSV under the chart's name."""
        rows = self._rows(self.columns)
        size, path = (WIDE, self.panel_height * rows), folder / f"{self.name}.png"
        notes = self.notes if self.source == style.SOURCE else f"{self.source} {self.notes}"
        with style.drawing(path, self.claim, notes, self.data, size, (rows, self.columns)) as (_, panels):
            self._fill(panels, self.columns, narrow=False)

    def svg(self, narrow: bool = False) -> str:
        """The figure alone, without claim and notes."""
        columns = min(self.narrow_columns if narrow else self.columns, self.panels)
        height = self.narrow_height if narrow and self.narrow_height else self.panel_height
        size = (NARROW if narrow else WIDE, height * self._rows(columns))
        with _bare(size) as figure:
            grid = figure.subplots(self._rows(columns), columns, squeeze=False)
            self._fill(list(grid.flat), columns, narrow)
            written = io.StringIO()
            figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": "Circuit"})
        return lighter(written.getvalue())

    def _repr_html_(self) -> str:
        """What a notebook shows: the claim, the figure, the notes."""
        notes = escape(f"{self.source} {self.notes}")
        return f"<p><b>{escape(self.claim)}</b></p>{self.svg()}<p><small>{notes}</small></p>"

    def _rows(self, columns: int) -> int:
        return math.ceil(self.panels / columns)

    def _fill(self, axes: list[Axes], columns: int, narrow: bool) -> None:
        for unused in axes[self.panels :]:
            unused.set_visible(False)
        self.draw(Frame(axes[: self.panels], columns, narrow))


@contextmanager
def _bare(size: tuple[float, float]) -> Iterator[Figure]:
    with style.house_style(_SVG_SETTINGS):
        from .laid_out import LaidOutFigure

        yield LaidOutFigure(figsize=size, layout="constrained")

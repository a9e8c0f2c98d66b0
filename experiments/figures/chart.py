"""A figure as a value: what it claims, what it shows, how it is drawn, and its data.

One chart is written as PNG with its claim above and its notes beneath, to be passed on by itself, and as bare
SVG for a page that sets claim and notes as text: in a wide form, and in a narrow one with its panels under
each other, which a phone can show at full size.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE, NARROW = 8.6, 3.9
"""Inches: a page of a report, and the screen of a phone."""

_PATH = re.compile(r' d="([^"]*)"')
_PLACE = re.compile(r'( (?:x|y|points|transform)=)("[^"]*")')
_NUMBER = re.compile(r"-?\d+\.\d+")
_FONTS = "DejaVu Sans, Verdana, Arial, sans-serif"
_SVG_SETTINGS = {
    "svg.fonttype": "none",  # the reader's own fonts: smaller, and sharp at any size
    "font.family": "sans-serif",
    "font.sans-serif": _FONTS.split(", "),
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
    """A figure before it is drawn. `name` is its file name; `panel_height` is in inches.

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
        rows = self._rows(columns)
        size = (NARROW if narrow else WIDE, self.panel_height * rows)
        with _bare(size) as figure:
            self._fill(list(figure.subplots(rows, columns, squeeze=False).flat), columns, narrow)
            written = io.StringIO()
            figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": "Circuit"})
        return _lighter(written.getvalue())

    def _rows(self, columns: int) -> int:
        return math.ceil(self.panels / columns)

    def _fill(self, axes: list[Axes], columns: int, narrow: bool) -> None:
        for unused in axes[self.panels :]:
            unused.set_visible(False)
        self.draw(Frame(axes[: self.panels], columns, narrow))


@contextmanager
def _bare(size: tuple[float, float]) -> Iterator[Figure]:
    import matplotlib as mpl

    mpl.use("Agg")
    with mpl.rc_context(style.SETTINGS | _SVG_SETTINGS):
        from matplotlib.figure import Figure

        yield Figure(figsize=size, layout="constrained")


def _lighter(svg: str) -> str:
    """The same drawing to a tenth of a point, without what a browser does not need: a third of the bytes."""
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r' transform="rotate\(-?0 [^"]*"', "", svg)
    svg = _PLACE.sub(lambda place: place[1] + _rounded(place[2]), svg)
    svg = _PATH.sub(lambda path: f' d="{_relative(path[1])}"', svg)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)
    if "<g " not in svg:
        svg = svg.replace("<g>", "").replace("</g>", "")
    svg = re.sub(r'; font-family: [^;"]*', "", svg).replace("*{stroke", f"text{{font-family:{_FONTS}}}*{{stroke", 1)
    svg = re.sub(r' style="[^"]*"', lambda style: style[0].replace(": ", ":").replace("; ", ";"), svg)
    return re.sub(r">\s+<", "><", svg).replace('"', "'")


def _rounded(numbers: str) -> str:
    return _NUMBER.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), numbers)


def _relative(path: str) -> str:
    """A path of straight lines as steps in tenths of a point, which are shorter to write than places."""
    parts = re.findall(r"([A-Za-z])([^A-Za-z]*)", path)
    if any(letter not in "MLz" for letter, _ in parts):
        return " ".join(_rounded(path).split())
    written, here = [], (0, 0)
    for letter, numbers in parts:
        if letter == "z":
            written.append("z")
            continue
        x, y = (round(float(number) * 10) for number in numbers.split())
        step = (x, y) if letter == "M" else (x - here[0], y - here[1])
        if letter == "M" or step != (0, 0):
            written.append(f"{letter if letter == 'M' else 'l'}{step[0] / 10:g},{step[1] / 10:g}")
        here = (x, y)
    return "".join(written)

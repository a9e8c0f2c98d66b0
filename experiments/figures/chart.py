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
    return re.sub(r">\s+<", "><", _with_classes(svg)).replace('"', "'")


def _with_classes(svg: str) -> str:
    """The same drawing with every style, and what it is clipped to, told once."""
    svg = re.sub(r' clip-path="(url[^"]*)" style="', r' style="clip-path:\1;', svg)
    classes: dict[str, str] = {}
    svg = re.sub(r' style="([^"]*)"', lambda style: f' class="{classes.setdefault(style[1], f"s{len(classes)}")}"', svg)
    rules = "".join(f".{name}{{{style}}}" for style, name in classes.items())
    return svg.replace("</style>", rules + "</style>", 1)


def _rounded(numbers: str) -> str:
    return _NUMBER.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), numbers)


def _relative(path: str) -> str:
    """A path as steps in tenths of a point, which are shorter to write than places."""
    written, here = [], (0, 0)
    for letter, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        values = [round(float(number) * 10) for number in numbers.split()]
        places = list(zip(values[::2], values[1::2], strict=True))
        steps = places if letter == "M" else [(x - here[0], y - here[1]) for x, y in places]
        if letter != "L" or steps != [(0, 0)]:
            pairs = " ".join(f"{x / 10:g},{y / 10:g}" for x, y in steps)
            written.append(f"{letter if letter == 'M' else letter.lower()}{pairs}")
        here = places[-1] if places else here
    return "".join(written)

"""The house style: a claim above, source and notes beneath, the reference dashed, and the data beside as CSV.

Colours are those of Okabe and Ito (2008), which readers with any common colour blindness can tell apart. Matplotlib is
imported only when a figure is drawn, and never needs a screen."""

from __future__ import annotations

import io
import math
import os
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..common.export import csv_bytes
from ..store.folders import write_bytes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, GRID = "#222222", "#5c5c5c", "#dddddd"
BLUE, ORANGE, GREEN, VERMILION, SKY, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#BBBBBB"
TEXT_COLOURS = (INK, MUTED)
LINE_COLOURS = (INK, MUTED, BLUE, GREEN, VERMILION)
OUTCOME_COLOURS = {
    "paid off, no episode": GREEN,
    "paid off after one": SKY,
    "settled unpaid": GREY,
    "boom on unpaid": ORANGE,
    "collapsed": VERMILION,
}
REFERENCE_LINE: dict[str, Any] = {"color": INK, "linestyle": (0, (4, 2)), "linewidth": 1.4}
SOURCE = "Source: Circuit, simulated runs."
DOTS_PER_INCH = 160
LONGEST_NAME = {False: 28, True: 18}
"""Letters to a line of a row's name, in the wide and in the narrow form."""

SETTINGS: dict[Any, Any] = {
    "font.size": 9,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "ytick.left": False,  # the grid leads to the numbers
    "legend.frameon": False,
    "svg.hashsalt": "circuit",
}


@contextmanager
def house_style(settings: dict[Any, Any] | None = None) -> Iterator[None]:
    """Draw by Circuit's own settings alone, whatever a user's matplotlibrc or notebook has set, and leave those be.

    No backend is chosen: a figure that is only saved needs none."""
    try:
        import matplotlib as mpl
    except ValueError:  # MPLBACKEND names what is not installed here, as that of a notebook does in another environment
        os.environ.pop("MPLBACKEND", None)
        import matplotlib as mpl
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS | (settings or {}))
        yield


@contextmanager
def drawing(
    path: Path, claim: str, notes: str, data: pd.DataFrame, size: tuple[float, float], panels: tuple[int, int] = (1, 1)
) -> Iterator[tuple[Figure, list[Axes]]]:
    """Draw on the axes this gives; on leaving, the figure is written as PNG and its data as CSV beside it.

    `size` is in inches, without the heading and the notes, which take what they need.
    """
    with house_style():
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        from .laid_out import LaidOutFigure

        heading = balanced(claim, int(size[0] * 9.8))
        footing = textwrap.wrap(f"{SOURCE} {notes}", int(size[0] * 15))
        above, below = 0.14 + 0.22 * len(heading), 0.12 + 0.145 * len(footing)
        height = size[1] + above + below
        figure = LaidOutFigure(figsize=(size[0], height), layout="constrained")
        engine = figure.get_layout_engine()
        if isinstance(engine, ConstrainedLayoutEngine):
            engine.set(rect=(0, below / height, 1, 1 - (above + below) / height))
        figure.text(0.012, 1 - 0.08 / height, "\n".join(heading), va="top", size=12, weight="bold", color=INK)
        figure.text(0.012, 0.06 / height, "\n".join(footing), va="bottom", size=7.5, color=MUTED)
        axes = figure.subplots(*panels, squeeze=False)
        yield figure, list(axes.flat)
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png", dpi=DOTS_PER_INCH, metadata={"Software": "Circuit"})
    write_bytes(path, drawn.getvalue())
    write_bytes(path.with_suffix(".csv"), csv_bytes(data, "%.6g"))


def balanced(text: str, width: int) -> list[str]:
    """Text in as few lines as fit the width, all of about the same length, so that no word stands alone."""
    lines = textwrap.wrap(text, width, break_long_words=False)
    for narrower in range(width - 1, 0, -1):
        tighter = textwrap.wrap(text, narrower, break_long_words=False)
        if len(tighter) > len(lines):
            break
        lines = tighter
    return lines


def wrapped(name: str, narrow: bool) -> str:
    """The name of a row in lines that leave room for what it names."""
    return "\n".join(balanced(name, LONGEST_NAME[narrow]))


def year_ticks(axes: Axes, dates: list[str], most: int = 8) -> None:
    """Label the first quarter of each year, or of every few years where there are more than `most`."""
    firsts = [(position, date[:4]) for position, date in enumerate(dates) if date.endswith("Q1")]
    step = max(math.ceil(len(firsts) / most), 1)
    axes.set_xticks([position for position, _ in firsts[::step]], [year for _, year in firsts[::step]])
    axes.set_xlim(0, max(len(dates) - 1, 1))
    axes.grid(axis="x", visible=False)

"""Tables and small charts for the terminal: sparklines, and lines drawn with braille dots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

GUTTER = 4
LONGEST_TITLE = 78
LONGEST_NAME = 24  # of a row that stands on one line
BLOCKS = "▁▂▃▄▅▆▇█"
EMPTY_BRAILLE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bit of each dot of a braille cell, by row from the top and column from the left."""


def sparkline(values: Sequence[float], width: int = 32) -> str:
    """A series as one line of blocks, lowest to highest; a gap where a value is missing."""
    step = max((len(values) - 1) / (width - 1), 1.0)
    count = min(len(values), width)
    shown = [values[min(round(position * step), len(values) - 1)] for position in range(count)]
    known = [value for value in shown if math.isfinite(value)]
    if not known:
        return ""
    low, span = min(known), (max(known) - min(known)) or 1.0
    top = len(BLOCKS) - 1
    return "".join(BLOCKS[round((value - low) / span * top)] if math.isfinite(value) else " " for value in shown)


def line_chart(values: Sequence[float], labels: Sequence[str], width: int = 72, height: int = 8) -> list[str]:
    """A series as lines of text: a braille curve, its scale on the left, first and last label beneath."""
    known = [value for value in values if math.isfinite(value)]
    if len(known) < 2 or len(known) < len(values):
        return []
    low, high = min(known), max(known)
    cells = _braille(values, low, (high - low) or 1.0, width, height)
    scale = [f"{high:,.4g}", *[""] * (height - 2), f"{low:,.4g}"]
    margin = max(map(len, scale))
    lines = [
        f"{mark:>{margin}} ┤" + "".join(chr(EMPTY_BRAILLE + cell) for cell in row)
        for mark, row in zip(scale, cells, strict=True)
    ]
    gap = max(width - len(labels[0]) - len(labels[-1]), 1)
    return [*lines, " " * (margin + 2) + labels[0] + " " * gap + labels[-1]]


def _braille(values: Sequence[float], low: float, span: float, width: int, height: int) -> list[list[int]]:
    """Cells of a grid of 2 x 4 dots each, with the dots of a connected curve set."""
    cells = [[0] * width for _ in range(height)]
    dots, levels = 2 * width, 4 * height
    before: int | None = None
    for dot in range(dots):
        place = dot / (dots - 1) * (len(values) - 1)
        left = min(int(place), len(values) - 2)
        value = values[left] + (values[left + 1] - values[left]) * (place - left)
        row = round((1.0 - (value - low) / span) * (levels - 1))
        start = row if before is None else before + (row > before) - (row < before)
        for filled in range(min(start, row), max(start, row) + 1):
            cells[filled // 4][dot // 2] |= DOTS[filled % 4][dot % 2]
        before = row
    return cells


def table_of(frame: pd.DataFrame, title: str = "", digits: int = 1, index: bool = True) -> Table:
    """A data frame as a table: numbers to the right, with thousands separated and zeros as dots.

    What it says is shown as it is, whatever brackets it has."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    width = min(max(map(len, title.split("\n"))), LONGEST_TITLE) or None  # a title breaks no earlier than it must
    table = Table(
        title=escape(title) or None, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False, min_width=width
    )
    if index:
        table.add_column(Text("" if frame.index.name is None else str(frame.index.name)), no_wrap=True)
    for column in frame.columns:
        if frame[column].dtype.kind in "if":
            table.add_column(Text(str(column)), justify="right", min_width=_width(frame[column], digits))
        else:  # what does not fit goes on in the next line, and nothing is left out
            name = column == frame.columns[0] and frame[column].astype(str).str.len().max() <= LONGEST_NAME
            whole = column == "course" or bool(name)
            table.add_column(Text(str(column)), no_wrap=whole, overflow="fold", min_width=_longest_word(frame[column]))
    for label, row in zip(frame.index, frame.itertuples(index=False), strict=True):
        cells = [_cell(value, digits) for value in row]
        table.add_row(*(Text(cell) for cell in ([str(label), *cells] if index else cells)))
    return table


def _longest_word(cells: pd.Series) -> int:
    """The width below which a line would end within a word, or between the sign of a policy and its name; a word longer
    than a name is broken nevertheless."""
    words = [word for cell in cells.astype(str) for word in cell.replace("+ ", "+_").split()]
    return min(max(map(len, words), default=1), LONGEST_NAME)


def print_wide(console: Console, frame: pd.DataFrame, title: str, digits: int = 1) -> None:
    """Print a frame wider than the screen in slices of columns; rows without an entry are left out."""
    from rich.text import Text

    frame = frame.loc[(frame.abs() >= 0.5 * 10**-digits).any(axis=1)]
    frame = frame.rename(index=_spaced, columns=_spaced)
    console.print(Text(title, style="bold"))
    room = max(console.width - max((len(str(label)) for label in frame.index), default=0) - 6, 20)
    start = 0
    while start < frame.shape[1]:
        end, used = start, 0
        while end < frame.shape[1] and (end == start or used + _width(frame.iloc[:, end], digits) + GUTTER <= room):
            used += _width(frame.iloc[:, end], digits) + GUTTER
            end += 1
        console.print(table_of(frame.iloc[:, start:end], digits=digits))
        start = end


def print_rows(console: Console, frame: pd.DataFrame, digits: int = 4) -> None:
    """Print a frame as it is; where its numbers and names have no room beside each other, a paragraph a row."""
    from rich.text import Text

    needed = sum(min(_width(frame.iloc[:, place], digits), LONGEST_NAME) + GUTTER for place in range(frame.shape[1]))
    if needed <= console.width:
        console.print(table_of(frame, digits=digits, index=False))
        return
    for row in frame.itertuples(index=False, name=None):
        for name, value in zip(frame.columns, row, strict=True):
            console.print(Text(f"{name}: {_cell(value, digits)}"))
        console.print()


def _width(column: pd.Series, digits: int) -> int:
    words = str(column.name).split()
    return max(len(text) for text in (*words, *(_cell(value, digits) for value in column)))


def _spaced(name: object) -> str:
    return str(name).replace("_", " ")


def _cell(value: object, digits: int) -> str:
    if not isinstance(value, float):
        return str(value)
    if not math.isfinite(value):
        return "-"
    return "·" if abs(value) < 0.5 * 10**-digits else f"{value:,.{digits}f}"


def titled(title: str) -> Table:
    """An empty table after an empty line and its title, to which columns and rows are added."""
    from rich import box
    from rich.table import Table

    return Table(
        title=f"\n{title}", title_justify="left", title_style="bold",
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True,
    )  # fmt: skip

"""How numbers show themselves in a notebook: a few lines of HTML, and a figure of chosen series."""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.errors import CircuitError
from simulation.scenario.input_errors import suggestion
from simulation.series import SERIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from matplotlib.figure import Figure

SHOWN = ("ai_capex", "coverage", "ai_equity", "spot_price", "real_gdp", "unemployment")
"""Series that are shown where none are chosen."""
WIDTH, HEIGHT = 120, 22  # pixels of a small curve
COLUMNS = 3  # panels of a figure beside each other
PANEL = (3.4, 2.1)  # inches


def economy_in_html(setting: str, stands: str, series: np.ndarray[Any, Any]) -> str:
    """What economy this is, how it stands, and its key series as small curves once there are any."""
    head = f"<p><b>Economy</b>: {escape(setting)}; {escape(stands)}</p>"
    if not len(series):
        return head
    rows = [
        (f"<code>{name}</code>", f"{values[0]:,.4g}", _curve(values), f"{values[-1]:,.4g}", escape(SERIES[name].unit))
        for name, values in ((name, np.asarray(series[name], float)) for name in SHOWN)
    ]
    return head + _table(("series", "first", "course", "last", "unit"), rows)


def outcome_in_html(
    ending: str, size: str, episodes: Iterable[tuple[str, float, float]], scores: Iterable[tuple[str, float, str, str]]
) -> str:
    """The ending, the episodes on the way (kind, first quarter, depth), and the scores (name, value, unit, meaning)."""
    told = f"<p><b>{escape(ending)}</b>; AI investment: {escape(size)}</p>"
    lines = [
        (escape(kind), _number(start), f"{depth:.1%}" if depth == depth else "") for kind, start, depth in episodes
    ]
    if lines:
        told += _table(("episode", "from quarter", "depth"), lines)
    rows = [
        (f"<code>{name}</code>", _number(value), escape(unit), escape(meaning)) for name, value, unit, meaning in scores
    ]
    return told + f"<details><summary>scores</summary>{_table(('score', 'value', 'unit', 'meaning'), rows)}</details>"


def plot(history: pd.DataFrame, names: Sequence[str]) -> Figure:
    """A panel for each named series, quarter by quarter. Raises CircuitError for a name that is no series', and where
    there is no quarter yet."""
    from matplotlib.figure import Figure

    class Shown(Figure):
        """A figure that a notebook shows, whatever backend it has chosen."""

        def _repr_png_(self) -> bytes:
            drawn = io.BytesIO()
            self.savefig(drawn, format="png", dpi=80)
            return drawn.getvalue()

    unknown = [name for name in names if name not in SERIES]
    errors = [f"no series is called {name!r}; {suggestion(name, tuple(SERIES))}" for name in unknown]
    if errors or history.empty:
        raise CircuitError(*(errors or ["there is nothing to plot: run the economy first"]))
    rows = -(-len(names) // COLUMNS)
    columns = min(len(names), COLUMNS)
    figure = Shown(figsize=(PANEL[0] * columns, PANEL[1] * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).flat
    years = [place for place, label in enumerate(history.index) if label.endswith("Q1")]
    step = max(len(years) // 5, 1)
    for axes, name in zip(panels, names, strict=False):
        axes.plot(history[name].to_numpy(), color="#0072B2")
        axes.set_title(f"{name}, {SERIES[name].unit}", fontsize=8)
        axes.set_xticks(years[::step], [history.index[place][:4] for place in years[::step]], fontsize=7)
        axes.tick_params(axis="y", labelsize=7)
    for axes in list(panels)[len(names) :]:
        axes.set_visible(False)
    return figure


def _number(value: float) -> str:
    return f"{value:,.4g}" if np.isfinite(value) else ""


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """An HTML table of cells that are HTML already."""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _curve(values: np.ndarray[Any, Any]) -> str:
    """A series as a small line of SVG."""
    low, span = float(values.min()), float(values.max() - values.min()) or 1.0
    steps = max(len(values) - 1, 1)
    places = (
        f"{number * WIDTH / steps:.1f},{HEIGHT - 2 - (value - low) / span * (HEIGHT - 4):.1f}"
        for number, value in enumerate(values)
    )
    line = f'<polyline points="{" ".join(places)}" fill="none" stroke="#0072B2" stroke-width="1.5"/>'
    return f'<svg width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="course">{line}</svg>'

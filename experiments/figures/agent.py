"""One agent by the quarter: what it owns and owes, what it is paid and pays, and its key figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from . import style
from .chart import Chart, Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 6  # curves of a panel
COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.VERMILION, style.SKY, style.MUTED)
NOTES = (
    "Each panel: the largest items, USD bn unless their names say otherwise; what is "
    "owed is negative, shares at market are owed by their issuer. Everything is in the data."
)


def agent_chart(agent: str, frames: Mapping[str, pd.DataFrame], name: str, setting: str) -> Chart:
    """A panel for each frame that has a column, by its title: rows are quarters, columns items."""
    shown = {title: frame for title, frame in frames.items() if frame.shape[1]}
    tidy = [
        frame.rename_axis("quarter").reset_index().melt("quarter", var_name="item").assign(what=title)
        for title, frame in shown.items()
    ]

    def draw(frame: Frame) -> None:
        for axes, (title, table) in zip(frame.panels, shown.items(), strict=True):
            _draw(axes, title, table)

    return Chart(
        name,
        _claim(agent, frames),
        f"{' and '.join(shown)} of {agent}, quarter by quarter.",
        f"{setting}. {NOTES}",
        pd.concat(tidy, ignore_index=True)[["quarter", "what", "item", "value"]],
        draw,
        panels=len(shown),
        columns=1,
        panel_height=2.8,
    )


def _draw(axes: Axes, title: str, table: pd.DataFrame) -> None:
    largest = table.abs().max().sort_values(ascending=False, kind="stable").index[:MOST]
    for colour, item in zip(COLOURS, largest, strict=False):
        axes.plot(table[item].to_numpy(), color=colour, linewidth=1.6, label=str(item).replace("_", " "))
    axes.axhline(0.0, color=style.MUTED, linewidth=0.8)
    axes.set_title(title)
    axes.legend(fontsize=7, ncols=1, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    style.year_ticks(axes, [str(quarter) for quarter in table.index])


def _claim(agent: str, frames: Mapping[str, pd.DataFrame]) -> str:
    """What money the agent has at the start and at the end."""
    money = next((frame["deposits"] for frame in frames.values() if "deposits" in frame), None)
    if money is None:
        return f"{agent} by the quarter"
    first, last = money.index[0], money.index[-1]
    return f"{agent}: deposits of USD {money.iloc[0]:,.0f} bn in {first}, {money.iloc[-1]:,.0f} bn in {last}"

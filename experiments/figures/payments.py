"""Who pays whom as a small map: a row for who is paid, a column for who pays, a square for each amount."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from simulation.measurement.web import PAYS

from . import style
from .chart import Chart, Frame
from .network import CIRCULAR, grouped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

ROWS, COLUMNS = 9, 9  # the largest by name, the rest as one
OTHERS = "Others"
LARGEST_SQUARE = 0.92  # of a cell
SMALLEST = 0.0005  # of all payments, below which a square would be a dot
NOTES = (
    "Area of a square: the amount, as a part of the panel's largest; vermilion: what carries or is a supplier's own "
    "money. The largest by name; households, funds, banks, small labs and neoclouds as one each."
)


def moments_chart(moments: Mapping[str, pd.DataFrame], name: str, claim: str, notes: str) -> Chart:
    """One map a moment: who pays whom then. `moments` holds edges of `Economy.web` under the title of each panel."""
    ties = {title: payments(edges) for title, edges in moments.items()}

    def draw(frame: Frame) -> None:
        for axes, (title, mine) in zip(frame.panels, ties.items(), strict=True):
            _draw_map(axes, mine)
            axes.set_title(title, size=8)

    return Chart(
        name,
        claim,
        f"{len(ties)} tables with a square for each payment: who pays whom in each of {len(ties)} quarters.",
        f"{notes} {NOTES}",
        pd.concat([mine.assign(moment=title) for title, mine in ties.items()], ignore_index=True),
        draw,
        panels=len(ties),
        columns=2,
        panel_height=3.3,
        narrow_height=3.6,
    )


def payments(edges: pd.DataFrame) -> pd.DataFrame:
    """Payments between the largest and the rest together, USD bn a quarter: source, target, amount, circular."""
    ties = grouped(edges[edges["relation"] == PAYS])
    for side, most in (("target", ROWS), ("source", COLUMNS)):
        largest = ties.groupby(side)["amount"].sum().nlargest(most).index
        ties[side] = ties[side].where(ties[side].isin(largest), OTHERS)
    found = ties.groupby(["source", "target"], as_index=False)[["amount", "circular"]].sum()
    return found.sort_values("amount", ascending=False, ignore_index=True)


def _draw_map(axes: Axes, ties: pd.DataFrame) -> None:
    from matplotlib.patches import Rectangle

    payees, payers = (_by_size(ties, side) for side in ("target", "source"))
    most, total = ties["amount"].max(), ties["amount"].sum()
    for tie in ties[ties["amount"] > SMALLEST * total].to_dict("records"):
        x, y = payers.index(tie["source"]), payees.index(tie["target"])
        for amount, colour in ((tie["amount"], style.SKY), (tie["circular"], CIRCULAR)):
            side = LARGEST_SQUARE * math.sqrt(amount / most)
            corner = (x - 0.5 + (1.0 - LARGEST_SQUARE) / 2.0, y + 0.5 - (1.0 - LARGEST_SQUARE) / 2.0 - side)
            axes.add_patch(Rectangle(corner, side, side, color=colour, linewidth=0))
    payer_names, payee_names = (["\n".join(style.balanced(name, 14)) for name in names] for names in (payers, payees))
    axes.set_xticks(range(len(payers)), payer_names, rotation=90, size=7)
    axes.set_yticks(range(len(payees)), payee_names, size=7)
    axes.set_xticks([place - 0.5 for place in range(len(payers) + 1)], minor=True)
    axes.set_yticks([place - 0.5 for place in range(len(payees) + 1)], minor=True)
    axes.set_xlim(-0.5, len(payers) - 0.5)
    axes.set_ylim(len(payees) - 0.5, -0.5)
    axes.set_aspect("equal")
    axes.grid(visible=False)
    axes.grid(which="minor")
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("pays", size=8)
    axes.set_ylabel("is paid", size=8)


def _by_size(ties: pd.DataFrame, side: str) -> list[str]:
    """Names from the largest to the smallest, the rest together at the end."""
    names = [str(name) for name in ties.groupby(side)["amount"].sum().sort_values(ascending=False).index]
    return sorted(names, key=lambda name: name == OTHERS)

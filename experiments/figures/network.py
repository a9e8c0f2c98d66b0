"""The circular web as a network: a ring of actors, an arrow for every tie, the circular part in a colour of its own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from simulation.measurement.web import COMMITTED, END_USERS, OWES, OWNS, PAYS
from simulation.registry import NAMES

from ..analysis.wording import several
from . import style
from .chart import Chart, Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANELS = {PAYS: "Pays, USD bn a quarter", OWNS: "Owns shares of", OWES: "Owes", COMMITTED: "Has committed to"}
Place = tuple[float, float]

LARGEST = 32  # ties drawn in a panel
WIDEST, LARGEST_NODE = 8.0, 220.0
LABEL_WIDTH = 14  # letters to a line
WORDS = {PAYS: "pays", OWNS: "owns", OWES: "owes", COMMITTED: "has committed to"}
NOTES = (
    f"Width by amount within a panel, the {LARGEST} largest ties; the vermilion part carries or is a supplier's own "
    "money. Households, funds, banks, small labs and neoclouds are drawn as one each."
)
CIRCULAR, ORDINARY = style.VERMILION, style.GREY
# Members shown by name, and groups that stand for all of their kind.
NAMED = ("chip_makers", "clouds", "labs", "other_buyers", "vehicles")
GROUPS = {
    "households": "Households",
    "equity_funds": "Equity funds",
    "venture_funds": "Venture funds",
    "credit_funds": "Private credit",
    "insurers": "Insurers",
    "banks": "Banks",
    "governments": "Government",
    "rest_of_world": "Abroad",
    "receivers": "Receiver",
}
COLOURS = {
    "chip_makers": style.GREEN,
    "clouds": style.BLUE,
    "labs": style.ORANGE,
    "other_buyers": style.SKY,
    "vehicles": style.SKY,
}
KIND_OF = {name: kind for kind, names in NAMES.items() for name in names}


def group_of(name: str) -> str:
    """The node of an agent: itself, or those of its kind that are drawn as one."""
    kind = KIND_OF.get(name, "")
    if name.startswith("Neocloud "):
        return "Other neoclouds"
    if name in ("Lab 4", "Lab 5"):
        return "Other labs"
    return GROUPS.get(kind, name)


def grouped(edges: pd.DataFrame) -> pd.DataFrame:
    """Edges between nodes: those of a group added up, what stays inside a group left out."""
    frame = edges.assign(source=edges["source"].map(group_of), target=edges["target"].map(group_of))
    frame = frame[frame["source"] != frame["target"]]
    ties = frame.groupby(["relation", "source", "target"], as_index=False)[["amount", "circular"]].sum()
    return ties.sort_values("amount", ascending=False, ignore_index=True)


def ring(ties: pd.DataFrame) -> dict[str, Place]:
    """Places of all nodes on a circle, kind by kind: end users and investors beside what they buy."""
    order = [END_USERS]
    for kind in (*NAMED, *GROUPS):
        order += [node for node in dict.fromkeys(map(group_of, NAMES[kind])) if node not in order]
    present = set(ties["source"]) | set(ties["target"])
    nodes = [node for node in order if node in present] + sorted(present - set(order))
    turn = 2.0 * math.pi / max(len(nodes), 1)
    return {node: (math.sin(k * turn), math.cos(k * turn)) for k, node in enumerate(nodes)}


def network_chart(
    edges: pd.DataFrame, name: str, claim: str, notes: str, relations: tuple[str, ...] = tuple(PANELS)
) -> Chart:
    """A panel a relation: who pays, owns, owes and has committed to whom. `edges` are those of `Economy.web`."""
    ties = grouped(edges[edges["relation"].isin(relations)])
    titles = {relation: PANELS[relation] for relation in relations}
    what = several(WORDS[relation] for relation in relations)
    shows = f"{len(titles)} rings of actors with arrows between them: who {what} whom."

    def draw(frame: Frame) -> None:
        for axes, (relation, title) in zip(frame.panels, titles.items(), strict=True):
            _draw_panel(axes, ties[ties["relation"] == relation].head(LARGEST))
            axes.set_title(title)

    return Chart(
        name, claim, shows, f"{notes} {NOTES}", ties, draw,
        panels=len(titles), columns=2, panel_height=4.0, narrow_height=3.7,
    )  # fmt: skip


def _draw_panel(axes: Axes, ties: pd.DataFrame) -> None:
    places = ring(ties)
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(-1.55, 1.55)
    axes.set_ylim(-1.25, 1.25)
    most = ties["amount"].max() if len(ties) else 1.0
    for tie in ties.iloc[::-1].to_dict("records"):
        width = WIDEST * math.sqrt(tie["amount"] / most)
        _draw_arrow(axes, places[tie["source"]], places[tie["target"]], max(width, 0.3), ORDINARY)
        if tie["circular"] > 0.0:
            _draw_arrow(
                axes, places[tie["source"]], places[tie["target"]], width * tie["circular"] / tie["amount"], CIRCULAR
            )
    turnover: dict[str, float] = {}
    for tie in ties.to_dict("records"):
        for node in (tie["source"], tie["target"]):
            turnover[node] = turnover.get(node, 0.0) + tie["amount"]
    largest = max(turnover.values(), default=1.0)
    for node, amount in turnover.items():
        x, y = places[node]
        size = LARGEST_NODE * max(amount / largest, 0.06)
        axes.scatter([x], [y], s=size, color=_colour_of(node), edgecolors="white", zorder=3)
        _label(axes, node, x, y)


def _draw_arrow(axes: Axes, start: Place, end: Place, width: float, colour: str) -> None:
    from matplotlib.patches import FancyArrowPatch

    head = 0.45 + 0.09 * width
    axes.add_artist(  # the limits are set: no need to look how far each arrow reaches
        FancyArrowPatch(
            start,
            end,
            connectionstyle=f"arc3,rad={bend(start, end):.2f}",
            arrowstyle=f"-|>,head_length={head:.2f},head_width={head / 2:.2f}",
            mutation_scale=10,
            shrinkA=6,
            shrinkB=9,
            linewidth=width,
            color=colour,
            alpha=0.85,
            zorder=2 if colour == CIRCULAR else 1,
        )
    )


def bend(start: Place, end: Place) -> float:
    """How far an arrow bows, always towards the centre; what comes back the other way bows less, so both are seen."""
    outward = start[0] * end[1] - start[1] * end[0]
    return 0.2 if outward < 0.0 else -0.36


def _label(axes: Axes, node: str, x: float, y: float) -> None:
    """A name outside the ring, turned away from it so that neighbours do not collide."""
    beside = "left" if x > 0.02 else "right" if x < -0.02 else "center"
    above = "bottom" if y > 0.6 else "top" if y < -0.6 else "center"
    words = "\n".join(style.balanced(node, LABEL_WIDTH))
    axes.text(1.1 * x, 1.1 * y, words, ha=beside, va=above, size=7, color=style.INK, linespacing=1.05)


def _colour_of(node: str) -> str:
    if node == END_USERS:
        return style.INK
    kind = {"Other neoclouds": "clouds", "Other labs": "labs"}.get(node, KIND_OF.get(node, ""))
    return COLOURS.get(kind, style.MUTED)

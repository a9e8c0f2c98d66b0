"""Where AI revenue comes from: money by source, through those who buy, to those who sell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulation.measurement.web import END_USERS, revenue_edges

from . import style
from .chart import Chart, Frame
from .network import group_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

SOURCES = {
    "end": "End demand",
    "core": "Core business",
    "finance": "Outside finance",
    "circular": "Suppliers' own money",
}
COLOURS = {"end": style.GREEN, "core": style.BLUE, "finance": style.SKY, "circular": style.VERMILION}
LAYERS = (0.0, 0.5, 1.0)
SHOWS = "Ribbons of money from four sources, through those who buy, to those who sell AI, USD bn in the quarter."
NOTES = (
    "Every payment carries the sources of what its payer has taken in over two years; what a supplier put into a "
    "customer by stakes and loans is its own money wherever it goes. Numbers are USD bn in the quarter."
)
HEADINGS = ("money of", "spent by", "revenue of")
GAP = 0.018  # between nodes of a layer, as a share of the height
BAR = 0.014  # half the width of a node
SMALLEST = {"wide": 0.004, "narrow": 0.015}  # share of the total below which a buyer or seller joins the others
MARGINS = {"wide": (0.28, 0.28), "narrow": (0.05, 0.62)}  # left and right of the layers, for labels
LABEL_WIDTH = 16  # letters to a line where labels stand on the ribbons
OTHERS = "Others"


class Node(NamedTuple):
    """A bar of a layer: its place from the bottom up and its height, as shares of the figure."""

    bottom: float
    height: float


def flows_of(edges: pd.DataFrame, smallest: float = SMALLEST["wide"]) -> pd.DataFrame:
    """AI revenue of a quarter by source, buyer and seller (USD bn): the ribbons of the figure, tidy.

    Who buys or sells less than the share `smallest` of the total joins the others."""
    import pandas as pd

    sales = revenue_edges(edges)
    sales = sales.assign(buyer=sales["source"].map(group_of), seller=sales["target"].map(group_of))
    floor = smallest * sales["amount"].sum()
    for side in ("buyer", "seller"):
        total = sales.groupby(side)["amount"].transform("sum")
        sales[side] = sales[side].where(total >= floor, OTHERS)
    parts = [
        sales.assign(source=name, amount=sales[column])[["source", "buyer", "seller", "amount"]]
        for column, name in SOURCES.items()
    ]
    flows = pd.concat(parts).groupby(["source", "buyer", "seller"], as_index=False)[["amount"]].sum()
    return flows.loc[flows["amount"] > 0.0].sort_values("amount", ascending=False, ignore_index=True)


def sankey_chart(edges: pd.DataFrame, name: str, claim: str, notes: str) -> Chart:
    """Ribbons from the sources of money to buyers and on to sellers. `edges` are those of `Economy.web`."""
    flows = flows_of(edges)

    def draw(frame: Frame) -> None:
        form = "narrow" if frame.narrow else "wide"
        axes, (left, right) = frame.panels[0], MARGINS[form]
        axes.set_axis_off()
        axes.set_xlim(-left, 1.0 + right)
        axes.set_ylim(-0.02, 1.06)
        for x, heading in zip(LAYERS, HEADINGS, strict=True):
            beside = "left" if frame.narrow and x == 0.0 else "center"
            axes.text(x, 1.03, heading, ha=beside, size=8, color=style.MUTED)
        if len(flows):
            _draw_ribbons(axes, flows_of(edges, SMALLEST[form]), frame.narrow)

    return Chart(name, claim, SHOWS, f"{notes} {NOTES}", flows, draw, panel_height=5.6)


def _draw_ribbons(axes: Axes, flows: pd.DataFrame, narrow: bool) -> None:
    most = max(flows[side].nunique() for side in ("source", "buyer", "seller"))
    scale = (1.0 - GAP * (most - 1)) / flows["amount"].sum()
    layers = [stack(flows, side, scale) for side in ("source", "buyer", "seller")]
    colour_of = {name: COLOURS[column] for column, name in SOURCES.items()}
    for left, (first, second) in enumerate((("source", "buyer"), ("buyer", "seller"))):
        starts, ends = _offsets(layers[left]), _offsets(layers[left + 1])
        # Ribbons leave and arrive in the order of the nodes they come from and go to, so that few cross.
        keys = {
            side: flows[side].map({name: -node.bottom for name, node in layers[place].items()})
            for place, side in ((left, first), (left + 1, second))
        }
        ordered = flows.assign(start=keys[first], end=keys[second], origin=flows["source"].map(_rank))
        for row in ordered.sort_values(["start", "end", "origin"]).to_dict("records"):
            height = row["amount"] * scale
            source, target = row[first], row[second]
            starts[source] -= height
            ends[target] -= height
            span = (LAYERS[left] + BAR, LAYERS[left + 1] - BAR)
            _ribbon(axes, span, starts[source], ends[target], height, colour_of[row["source"]])
    for x, nodes in zip(LAYERS, layers, strict=True):
        for name, node in nodes.items():
            _bar(axes, x, name, node, node.height / scale, to_the_right=narrow or x > 0.99)


def _rank(source: str) -> int:
    return list(SOURCES.values()).index(source)


def stack(flows: pd.DataFrame, side: str, scale: float) -> dict[str, Node]:
    """Nodes of a layer from the top down, largest first; sources keep their order and end users come first."""
    totals = flows.groupby(side)["amount"].sum().sort_values(ascending=False)
    names = [str(name) for name in totals.index]
    if side == "source":
        names.sort(key=_rank)
    else:
        names.sort(key=lambda name: (name != END_USERS, name == OTHERS))
    top = 0.5 + 0.5 * (float(totals.sum()) * scale + GAP * (len(names) - 1))
    nodes = {}
    for name in names:
        height = float(totals[name]) * scale
        nodes[name] = Node(top - height, height)
        top -= height + GAP
    return nodes


def _offsets(nodes: dict[str, Node]) -> dict[str, float]:
    """Where the next ribbon of each node begins: at its top."""
    return {name: node.bottom + node.height for name, node in nodes.items()}


def _ribbon(axes: Axes, span: tuple[float, float], start: float, end: float, height: float, colour: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    (x0, x1), middle = span, sum(span) / 2.0
    points = [
        (x0, start), (middle, start), (middle, end), (x1, end),
        (x1, end + height), (middle, end + height), (middle, start + height), (x0, start + height), (x0, start),
    ]  # fmt: skip
    curve = [Outline.CURVE4] * 3
    codes = [Outline.MOVETO, *curve, Outline.LINETO, *curve, Outline.CLOSEPOLY]
    strong = colour == COLOURS["circular"]
    axes.add_patch(
        PathPatch(
            Outline(points, codes), facecolor=colour, linewidth=0, alpha=0.85 if strong else 0.4, zorder=1 + strong
        )
    )


def _bar(axes: Axes, x: float, name: str, node: Node, amount: float, to_the_right: bool) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x - BAR, node.bottom), 2 * BAR, node.height, facecolor=style.INK, linewidth=0, zorder=3))
    on_ribbons = to_the_right and x < 0.99
    place, side = (x + 2 * BAR, "left") if to_the_right else (x - 2 * BAR, "right")
    words = f"{name} {amount:,.1f}" if amount >= 0.05 else name
    if on_ribbons:
        words = "\n".join(style.balanced(words, LABEL_WIDTH))
    boxed = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.8} if on_ribbons or x > 0.0 else None
    middle = node.bottom + node.height / 2.0
    axes.text(place, middle, words, ha=side, va="center", size=7.5, color=style.INK, bbox=boxed, zorder=4)

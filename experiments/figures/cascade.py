"""A chain reaction as a tree: who fell first and, beneath and to the right, what followed through which channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..analysis.wording import money
from ..narrative.reactions import FALLS, SMALLEST_TOLD, Event, chain_of, claim_of, fallen, path_of
from . import style
from .chart import Chart, Frame

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST = 32  # events drawn: the falls, then the largest losses, with all they follow from
CHANNEL_COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.SKY, "#CC79A7", "#F0E442", style.MUTED)
FALL, LOSS = style.VERMILION, style.GREY
ROW_HEIGHT, MARGIN = 0.25, 0.5  # inches for an event, and for the legend and the edges
WIDTH = {"wide": 16.0, "narrow": 6.4}  # of the drawing, in steps to the right
SHOWS = "A tree of what happened to whom: who fell first, and beneath, a step to the right, what followed from it."
NOTES = (
    "Dots: larger for larger amounts, vermilion for failures; lines: what it followed from, by channel. Who fell after "
    "a forced sale marked collateral down hangs on the largest seller."
)

Places = dict[int, tuple[int, int]]


def cascade_chart(events: pd.DataFrame, name: str, notes: str) -> Chart:
    """The tree of all chain reactions of a run. `events` as for `reactions.chain_of`, or what that made of them.

    The chain is the chart's data."""
    chain = events if "parent" in events else chain_of(events)
    shown = largest_of(chain)
    left_out = len(chain) - len(shown)
    more = f" {left_out} smaller events are left out." if left_out else ""

    def draw(frame: Frame) -> None:
        _draw(frame.panels[0], shown, WIDTH["narrow" if frame.narrow else "wide"])

    height = MARGIN + ROW_HEIGHT * max(len(shown), 1)
    return Chart(name, claim_of(chain), SHOWS, f"{notes} {NOTES}{more}", chain, draw, panel_height=height)


def largest_of(chain: pd.DataFrame, most: int = MOST) -> pd.DataFrame:
    """The falls and the largest losses of a chain, with everything they followed from, so that no line hangs loose."""
    order = chain.assign(fell=chain["event"].isin(FALLS))
    order = order.sort_values(["fell", "amount"], ascending=False, kind="stable")
    paths = path_of(chain)
    kept: set[int] = set()
    for number in order["number"]:
        if len(kept.union(paths[number])) > most:
            break
        kept.update(paths[number])
    return chain[chain["number"].isin(kept)].reset_index(drop=True)


def places_of(chain: pd.DataFrame) -> Places:
    """Step and row of every event: a row each, beneath what it followed from and a step to the right of it."""
    children: dict[int, list[int]] = {}
    known = set(chain["number"])
    for number, parent in zip(chain["number"], chain["parent"], strict=True):
        children.setdefault(parent if parent in known else -1, []).append(number)
    places: Places = {}

    def place(number: int, step: int) -> None:
        places[number] = (step, len(places))
        for child in children.get(number, []):
            place(child, step + 1)

    for first in children.get(-1, []):
        place(first, 0)
    return places


def _draw(axes: Axes, shown: pd.DataFrame, width: float) -> None:
    places = places_of(shown)
    axes.set_axis_off()
    axes.set_ylim(max(len(shown), 1) - 0.4, -0.6)
    axes.set_xlim(-0.25, width)
    _draw_links(axes, shown, places)
    _draw_events(axes, shown, places)


def _draw_links(axes: Axes, chain: pd.DataFrame, places: Places) -> None:
    from matplotlib.lines import Line2D

    agent_of = dict(zip(chain["number"], chain["agent"], strict=True))
    linked = chain[chain["parent"].isin(list(places))]
    spread = linked[linked["parent"].map(agent_of) != linked["agent"]]
    channels = [channel for channel in dict.fromkeys(spread["channel"]) if channel]
    colours = dict(zip(channels, CHANNEL_COLOURS * (len(channels) // len(CHANNEL_COLOURS) + 1), strict=False))
    for event in linked.to_dict("records"):
        (x0, y0), (x1, y1) = places[event["parent"]], places[event["number"]]
        own = agent_of[event["parent"]] == event["agent"]
        colour = style.GREY if own else colours.get(event["channel"], style.GREY)
        axes.plot([x0, x0, x1], [y0, y1, y1], color=colour, linewidth=1.5, zorder=1 if own else 2)
    if channels:
        lines = [Line2D([], [], color=colours[channel], linewidth=1.5) for channel in channels]
        axes.legend(lines, channels, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, fontsize=8, borderpad=0.0)


def _draw_events(axes: Axes, chain: pd.DataFrame, places: Places) -> None:
    largest = max(chain["amount"].max(), 1e-9) if len(chain) else 1.0
    agent_of = dict(zip(chain["number"], chain["agent"], strict=True))
    fell = set(fallen(chain)["number"])
    for event in chain.to_dict("records"):
        x, y = places[event["number"]]
        failed = event["number"] in fell
        size = 22.0 + 110.0 * max(event["amount"], 0.0) / largest
        axes.scatter([x], [y], s=size, color=FALL if failed else LOSS, edgecolors="white", zorder=3)
        words = _words(event, agent_of.get(event["parent"]), failed)
        axes.annotate(
            words, (x, y), (8, 0), textcoords="offset points", va="center", size=7.5,
            weight="bold" if failed else "normal", color=style.INK, zorder=4,
        )  # fmt: skip


def _words(event: Event, before: str | None, failed: bool) -> str:
    """What happened to whom, when and what it cost. Named are who is not the agent `before`, with whom a contract was,
    and who dealt the blow behind a failure that followed from none that is shown."""
    what = event["event"].replace("_", " ")
    whose = f"{event['agent']}: " if failed or event["agent"] != before else ""
    if failed and before is None and event["other"]:
        what = f"{what} after {event['channel']} ({event['other']})"
    elif not failed and event["other"]:
        what = f"{what} ({event['other']})"
    cost = f", {money(event['amount'])}" if event["amount"] >= SMALLEST_TOLD else ""
    return f"{whose}{what}, {event['quarter']}{cost}"

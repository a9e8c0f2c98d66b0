"""A chain reaction as a tree: who fell first and what followed, through which channel, generation by generation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..wording import money
from . import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

FALLS = ("default", "insolvency", "forced_failure", "bank_resolved")
LOSSES = (
    "relief", "fire_sale", "mothballed", "contract_cancelled", "contract_ended", "stake_cancelled",
    "purchase_cancelled", "backstop_called", "vehicle_closed", "guarantee_called", "fund_loss", "failed_round",
    "orders_cut",
)  # fmt: skip
MOST = 32  # events drawn: the falls, then the largest losses, with all they follow from
CHANNEL_COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.SKY, "#CC79A7", "#F0E442", style.MUTED)
FALL, LOSS = style.VERMILION, style.GREY
ROW_HEIGHT = 0.42  # inches for an event
FIRST = "first"


def chain_of(events: pd.DataFrame) -> pd.DataFrame:
    """The events that belong to chain reactions, each with the event it followed from.

    `events` are those of `Economy.events`: quarter, agent, event, cause, amount (USD bn), generation (0 for what
    starts a chain), other, channel. Adds `number` and `parent`, the number of the event before, -1 for the first.
    Losses that started nothing and followed from nothing are left out.
    """
    chosen = events[events["event"].isin((*FALLS, *LOSSES)) & (events["generation"] >= 0)]
    # What one agent lost to one other in a quarter is told once.
    told = ["quarter", "agent", "event", "generation", "other", "channel"]
    chosen = chosen.groupby(told, sort=False, as_index=False).agg({"cause": "first", "amount": "sum"})
    chosen = chosen.assign(loss=chosen["event"].isin(LOSSES))
    chosen = chosen.sort_values(["quarter", "generation", "loss"], kind="stable", ignore_index=True).drop(
        columns="loss"
    )
    rows = chosen.to_dict("records")
    parents = [_parent(rows, number) for number in range(len(rows))]
    chain = chosen.assign(number=range(len(rows)), parent=parents)
    fell = chain["event"].isin(FALLS)
    linked = (chain["parent"] >= 0) | chain["number"].isin(parents)
    return chain[fell | linked].reset_index(drop=True)


def _parent(rows: list[dict[Any, Any]], number: int) -> int:
    """What an event followed from. A loss of one that fell in the quarter hangs on its fall; else an event of
    generation k follows the one it names at generation k - 1, its fall if there is one; a failure that names nobody,
    the last that fell there. -1 for the first of a chain."""
    event, best = rows[number], -1
    fell = event["event"] in FALLS
    for candidate, before in enumerate(rows[:number]):
        failure = before["event"] in FALLS
        if not fell and failure and (before["agent"], before["quarter"]) == (event["agent"], event["quarter"]):
            return candidate
        named = before["agent"] == event["other"] or (fell and failure and not event["other"])
        if not named or before["generation"] != event["generation"] - 1:
            continue
        if failure or best < 0 or rows[best]["event"] not in FALLS:
            best = candidate
    return best


def claim_of(chain: pd.DataFrame) -> str:
    """Who fell first, how many that took along and what all failures cost, in one line."""
    fallen = chain[chain["event"].isin(FALLS)]
    if fallen.empty:
        return "Nobody fell, and no loss spread" if chain.empty else "Losses spread, but nobody fell"
    first = fallen.iloc[0]
    path = path_of(chain)
    began = path[int(first["number"])][-1]
    followed = fallen[[path[number][-1] == began for number in fallen["number"]]]
    others = followed["agent"].nunique() - 1
    along = f"{others or 'nobody'}{'' if others == 0 else ' others' if others > 1 else ' other'} along"
    depth = int(followed["generation"].max() - first["generation"])
    reach = f" over {depth} generation{'s' if depth > 1 else ''}" if others and depth else ""
    cost = money(fallen["amount"].sum())
    return f"{first['agent']} fell first ({first['quarter']}) and took {along}{reach}; all failures cost {cost}"


def path_of(chain: pd.DataFrame) -> dict[int, list[int]]:
    """For every event, its number and those of all events it followed from, back to the first."""
    parent_of = dict(zip(chain["number"], chain["parent"], strict=True))
    paths = {}
    for number in parent_of:
        path = [number]
        while parent_of.get(path[-1], -1) >= 0:
            path.append(parent_of[path[-1]])
        paths[number] = path
    return paths


def draw_cascade(events: pd.DataFrame, path: Path, notes: str, claim: str | None = None) -> None:
    """The tree of all chain reactions of a run, generation by generation from left to right.

    Writes the figure and, beside it, the chain as CSV. `events` as for `chain_of`.
    """
    chain = chain_of(events)
    shown = largest_of(chain)
    left_out = len(chain) - len(shown)
    footing = (
        f"{notes} Dots: what happened to whom, larger for larger amounts, vermilion for failures; lines: what it "
        f"followed from, by channel.{f' {left_out} smaller events are left out.' if left_out else ''}"
    )
    places = tree(shown)
    rows = max((row for _, row in places.values()), default=0.0) + 1.0
    size = (10.5, 1.2 + ROW_HEIGHT * rows)
    with style.drawing(path, claim or claim_of(chain), footing, chain, size) as (_, panels):
        axes = panels[0]
        axes.grid(visible=False)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_ylim(rows - 0.4, -0.6)
        depth = int(shown["generation"].max()) if len(shown) else 0
        axes.set_xlim(-0.15, depth + 0.95)
        axes.set_xticks(range(depth + 1), [_ordinal(k) for k in range(depth + 1)])
        _draw_links(axes, shown, places)
        _draw_events(axes, shown, places)


def _ordinal(generation: int) -> str:
    return FIRST if generation == 0 else f"generation {generation}"


def largest_of(chain: pd.DataFrame, most: int = MOST) -> pd.DataFrame:
    """The falls and the largest losses of a chain, with everything they followed from, so that no line hangs loose."""
    fell = chain["event"].isin(FALLS)
    order = chain.assign(fell=fell).sort_values(["fell", "amount"], ascending=False, kind="stable")
    paths = path_of(chain)
    kept: set[int] = set()
    for number in order["number"]:
        if len(kept.union(paths[number])) > most:
            break
        kept.update(paths[number])
    return chain[chain["number"].isin(kept)].reset_index(drop=True)


def tree(chain: pd.DataFrame) -> dict[int, tuple[float, float]]:
    """Place of every event: failures at their generation, losses half a step after what they followed from; a row of
    its own for each that nothing followed, others in the middle of what followed from them."""
    children: dict[int, list[int]] = {}
    generation = dict(zip(chain["number"], chain["generation"], strict=True))
    for number, parent in zip(chain["number"], chain["parent"], strict=True):
        children.setdefault(parent if parent in generation else -1, []).append(number)
    lost = dict(zip(chain["number"], chain["event"].isin(LOSSES), strict=True))
    places: dict[int, tuple[float, float]] = {}
    row = 0.0

    def place(number: int, before: float) -> float:
        nonlocal row
        across = before + 0.5 if lost[number] else float(generation[number])
        below = [place(child, across) for child in children.get(number, [])]
        if below:
            height = (below[0] + below[-1]) / 2.0
        else:
            height, row = row, row + 1.0
        places[number] = (across, height)
        return height

    for root in children.get(-1, []):
        place(root, -0.5)
    return places


def _draw_links(axes: Axes, chain: pd.DataFrame, places: dict[int, tuple[float, float]]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    agent_of = dict(zip(chain["number"], chain["agent"], strict=True))
    spread = chain[chain["parent"].map(agent_of).fillna("").ne("") & (chain["parent"].map(agent_of) != chain["agent"])]
    channels = [channel for channel in dict.fromkeys(spread["channel"]) if channel]
    colours = dict(zip(channels, CHANNEL_COLOURS * (len(channels) // len(CHANNEL_COLOURS) + 1), strict=False))
    for event in chain.to_dict("records"):
        if event["parent"] not in places:
            continue
        (x0, y0), (x1, y1) = places[event["parent"]], places[event["number"]]
        middle = x1 - 0.44 * (x1 - x0)
        points = [(x0, y0), (middle, y0), (middle, y1), (x1, y1)]
        codes = [Outline.MOVETO, *[Outline.CURVE4] * 3]
        own = agent_of[event["parent"]] == event["agent"]
        colour = style.GREY if own else colours.get(event["channel"], style.GREY)
        axes.add_patch(PathPatch(Outline(points, codes), fill=False, edgecolor=colour, linewidth=1.5))
    if channels:
        lines = [Line2D([], [], color=colours[channel], linewidth=1.5) for channel in channels]
        axes.legend(lines, channels, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=6, fontsize=8)


def _draw_events(axes: Axes, chain: pd.DataFrame, places: dict[int, tuple[float, float]]) -> None:
    largest = max(chain["amount"].max(), 1e-9) if len(chain) else 1.0
    for event in chain.to_dict("records"):
        x, y = places[event["number"]]
        colour = FALL if event["event"] in FALLS else LOSS
        size = 25.0 + 160.0 * max(event["amount"], 0.0) / largest
        axes.scatter([x], [y], s=size, color=colour, edgecolors="white", zorder=3)
        weight = "bold" if event["event"] in FALLS else "normal"
        for text, above, height in ((event["agent"], 4, "bottom"), (_words(event), -4, "top")):
            axes.annotate(
                text, (x, y), (6, above), textcoords="offset points", va=height, size=7.5, weight=weight,
                color=style.INK, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.3}, zorder=2,
            )  # fmt: skip


def _words(event: dict[Any, Any]) -> str:
    """What happened, when and what it cost; of losses, with whom."""
    other = f" ({event['other']})" if event["other"] and event["event"] in LOSSES else ""
    cost = f", {money(event['amount'])}" if event["amount"] >= 0.05 else ""
    return f"{event['event'].replace('_', ' ')}{other}, {event['quarter']}{cost}"

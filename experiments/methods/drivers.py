"""What drove the boom: growth of a series between two quarters, divided among kinds of luck so that the parts add up.

Central banks decompose history by the shocks they infer (Smets and Wouters 2007, figure 4). A structural model that is
not linear has no unique parts: what one kind of luck does depends on which others there are. The value of Shapley
(1953) is the mean over all orders in which the kinds are let in, and adds up exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import factorial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simulation.dates import number_of, quarter_of
from simulation.disturbances.declared import DISTURBANCE_NAMES, DISTURBANCES
from simulation.errors import CircuitError
from simulation.series import SERIES

from ..common.terminal import table_of
from ..figures import style
from ..store.results import check_writable

if TYPE_CHECKING:
    from rich.console import Console

    from simulation import Economy

    from ..ensembles.ensemble import Ensemble

GROUPS: dict[str, tuple[str, ...]] = {
    "releases": ("releases",),
    "uses": ("uses",),
    "builders' plans": ("plans", "building"),
    "supply and rents": ("chips", "rents"),
    "money": ("core", "shares", "funding", "policy"),
}
"""Kinds of luck that are told together; every disturbance is in one of them."""

TREND = "without luck"
BAND = (0.1, 0.9)
Coalition = frozenset[str]


def drivers(
    members: Sequence[Economy],
    first: str,
    last: str,
    series: str = "big4_capex",
    groups: Mapping[str, tuple[str, ...]] = GROUPS,
) -> pd.DataFrame:
    """Log growth of a series from one quarter to another, by what drove it: the path without luck, and each group.

    `members` are economies with innovations given, equally likely, in any state: each is run anew, once for each of the
    2^n sets of n groups. Columns: driver, contribution (mean over members, log points), low and high (80% of members),
    share (of all growth, ratio). The contributions add up to the growth in `total`. Raises CircuitError for an unknown
    series, a quarter outside the run, and groups that leave out a disturbance or hold one twice.
    """
    _check(members, series, groups)
    rows = np.array([list(_parts(member, first, last, series, groups).values()) for member in members])
    means = rows.mean(axis=0)
    low, high = np.quantile(rows, BAND, axis=0)
    total = rows.sum(axis=1)
    names = [TREND, *groups, "total"]
    frame = pd.DataFrame({"driver": names, "contribution": [*means, total.mean()]})
    frame["low"], frame["high"] = [*low, np.quantile(total, BAND[0])], [*high, np.quantile(total, BAND[1])]
    return frame.assign(share=frame["contribution"] / total.mean())


def shapley(worth: Mapping[Coalition, float], players: Iterable[str]) -> dict[str, float]:
    """Mean contribution of each player over all orders in which players may join; `worth` has every set of them."""
    everybody = tuple(players)
    n = len(everybody)
    values = {}
    for player in everybody:
        others = [each for each in everybody if each != player]
        values[player] = sum(
            factorial(len(joined))
            * factorial(n - len(joined) - 1)
            / factorial(n)
            * (worth[joined | {player}] - worth[joined])
            for joined in _subsets(others)
        )
    return values


def _subsets(names: Sequence[str]) -> Iterator[Coalition]:
    return (frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size))


def _parts(
    member: Economy, first: str, last: str, series: str, groups: Mapping[str, tuple[str, ...]]
) -> dict[str, float]:
    """Parts of one member's growth: the path without luck, then each group."""
    worth = {joined: _growth(member, joined, first, last, series, groups) for joined in _subsets(list(groups))}
    return {TREND: worth[frozenset()], **shapley(worth, groups)}


def _growth(
    member: Economy, joined: Coalition, first: str, last: str, series: str, groups: Mapping[str, tuple[str, ...]]
) -> float:
    """Log growth of the series when the member has luck in these groups alone."""
    from simulation import Economy

    on = {name for group in joined for name in groups[group]}
    scenario = member.scenario.with_switches(**{each.switch: each.name in on for each in DISTURBANCES})
    start, end = _quarter(member, first), _quarter(member, last)
    if start >= end:
        raise CircuitError(f"{last} is not after {first}: name the earlier quarter first")
    economy = Economy(
        scenario, member.seed, member.vintage, end, len(member.kinds["firms"]), False, member.disturbances
    ).run()
    return float(np.log(economy.series[series][end - 1] / economy.series[series][start - 1]))


def _quarter(member: Economy, label: str) -> int:
    """Number of a calendar quarter in the member's run, the first being 1."""
    labels = {member.label(number): number for number in range(1, member.quarters + 1)}
    if label not in labels:
        raise CircuitError(f"{label} is not in the run: choose {member.label(1)} to {member.label(member.quarters)}")
    return labels[label]


def _check(members: Sequence[Economy], series: str, groups: Mapping[str, tuple[str, ...]]) -> None:
    if not members:
        raise CircuitError("no members are given: name at least one economy")
    if series not in SERIES:
        raise CircuitError(f"series {series!r} is unknown: choose one that circuit run records")
    named = sorted(name for names in groups.values() for name in names)
    if named != sorted(DISTURBANCE_NAMES):
        raise CircuitError(f"groups must hold each disturbance once: {', '.join(DISTURBANCE_NAMES)}")


def draw_drivers(found: pd.DataFrame, first: str, last: str, title: str, path: Path) -> None:
    """Bars from the path without luck to the growth of the series, each where the one before ends, with 80% of members.

    Writes the figure and its data. Colours: luck that helped and luck that held back."""
    parts, total = found.iloc[:-1], found.iloc[-1]
    starts = np.concatenate([[0.0], parts["contribution"].cumsum().to_numpy()[:-1]])
    notes = (
        f"Log growth of {title} from {first} to {last}; grey lines hold 80% of members. The part of each kind is "
        "its Shapley value: the mean over all orders in which kinds of luck are let in."
    )
    with style.drawing(path, _claim(found, first, last, title), notes, found, (7.6, 3.0)) as (_, (axes,)):
        colours = [style.GREY] + [style.BLUE if part >= 0.0 else style.VERMILION for part in parts["contribution"][1:]]
        axes.barh(parts["driver"], parts["contribution"], left=starts, color=colours, height=0.6)
        axes.barh(["total"], [total["contribution"]], color=style.INK, height=0.6)
        for row, start in enumerate(starts):
            part = parts.iloc[row]
            axes.plot([start + part["low"], start + part["high"]], [row, row], color=style.MUTED, linewidth=1.2)
        axes.axvline(0.0, color=style.MUTED, linewidth=0.8)
        axes.invert_yaxis()
        axes.set_xlabel("log points")
        axes.grid(axis="y", visible=False)


def _claim(found: pd.DataFrame, first: str, last: str, title: str) -> str:
    total = float(found["contribution"].iloc[-1])
    luck = found.iloc[1:-1]
    largest = luck.iloc[int(luck["contribution"].abs().to_numpy().argmax())]
    trend = float(found["contribution"].iloc[0])
    return (
        f"Of {100 * total:.0f} log points of growth of {title} from {first} to {last}, {100 * trend:.0f} would have "
        f"come without luck; {largest['driver']} did most beside it ({100 * largest['contribution']:+.0f})"
    )


def report_drivers(
    ensemble: Ensemble, first: str, last: str, series: str, members: int, firms: int, results: Path, console: Console
) -> pd.DataFrame:
    """Divide growth between two recorded quarters over members of an ensemble; print, draw and write it.

    Raises CircuitError as `drivers`, and for quarters outside the ensemble's past."""
    check_writable(results)
    inside = [quarter_of(number_of(ensemble.opening) + quarter) for quarter in range(1, ensemble.past + 1)]
    for quarter in (first, last):
        if quarter not in inside:
            raise CircuitError(f"{quarter} is not in the ensemble's past: choose from {inside[0]} to {inside[-1]}")
    economies = [ensemble.opened(member, 0, firms) for member in range(min(members, len(ensemble)))]
    found = drivers(economies, first, last, series)
    path = results / f"drivers-{series}-{first}-{last}.png"
    draw_drivers(found, first, last, series, path)
    console.print(f"\n{_claim(found, first, last, series)}.\n", style="bold", highlight=False)
    console.print(table_of(found.set_index("driver"), "Log points of growth, mean and 80% of members", digits=2))
    console.print(f"Figure and data: {path}", highlight=False)
    return found

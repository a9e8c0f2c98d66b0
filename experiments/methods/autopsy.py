"""`circuit autopsy`: why one run had its investment pullback, from forks in which one link at a time is removed.

A link is something that happened from a year before the peak of investment to the quarter in which the pullback
shows. The run is forked in the quarter before, the link is kept from happening, and the fork has the same luck.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from simulation.errors import CircuitError

from ..analysis.wording import percent, several
from ..batch.compiling import prepare
from ..batch.reproduce import stored_run
from ..batch.worker import build
from ..common.progress import counted
from ..common.terminal import table_of
from ..figures import style
from ..store.results import check_writable, write_csv

if TYPE_CHECKING:
    from rich.console import Console

    from simulation import Economy, Scenario
    from simulation.endings import Episode
    from simulation.scenario.events import AgentEvent
    from simulation.scenario.paths import Path as LeverPath

BEFORE_PEAK = 4
"""Quarters before the peak from which on links are looked for."""
AFTER = 8
"""Quarters after the pullback showed that a fork is followed: a pullback within them is the same one, late."""
MOST_LINKS = 200
MOST_SHOWN = 15
YEAR = 4
HALVINGS = 6
SUPPORTED = {
    "failed_round": "{agent}'s round succeeds",
    "contract_cancelled": "{agent}'s contracts hold",
    "purchase_cancelled": "{agent} keeps its orders",
    "default": "{agent} does not fail",
    "insolvency": "{agent} does not fail",
    "orders_cut": "{agent}'s orders are funded",
}
"""Events that support of the agent in their quarter keeps from happening, in words."""
LEVERS = {
    "venture_appetite": ("money for rounds", 4.0),
    "patience": ("patience of investors", 0.0),
    "chip_supply": ("chips shipped", 2.0),
    "power_additions": ("power that comes online", 4.0),
    "bond_window": ("bonds that investors take", 2.0),
    "foreign_demand": ("foreign demand for AI", 3.0),
    "adoption_speed": ("pace of adoption", 5.0),
    "policy_rate": ("the policy rate (per year)", -0.1),
    "sentiment": ("AI share prices (log a quarter)", 1.0),
    "training_budget": ("training budgets", 3.0),
}
"""Single changes that are tried for a year from the quarter before the peak on: words, and the bound of each."""


class Link(NamedTuple):
    """Something that happened: the quarter, what removing it is called, whose it was, and how it is kept from
    happening."""

    quarter: int
    words: str
    kind: str
    agent: str
    event: AgentEvent | None
    path: LeverPath | None


@dataclass(frozen=True)
class Removed:
    """A link removed: whether the pullback stays away, and the course of real AI investment then."""

    link: Link
    prevented: bool
    fall: float
    capex: np.ndarray


@dataclass(frozen=True)
class Smallest:
    """The smallest change of one lever for a year that prevents the pullback; `share` of the way to its bound."""

    lever: str
    size: float
    share: float


@dataclass(frozen=True)
class Autopsy:
    """What was found about a run's first investment pullback."""

    economy: Economy
    pullback: Episode
    removed: list[Removed]
    smallest: list[Smallest]
    past: int = 0
    """Quarters that lay behind the run when its question was asked."""

    @property
    def single(self) -> list[Removed]:
        """Links whose removal alone prevents the pullback."""
        return [each for each in self.removed if each.prevented]


def dissect(economy: Economy) -> Autopsy:
    """Run an economy from where it stands, and dissect its first investment pullback.

    Raises `CircuitError` where there is none."""
    past = economy.quarter
    snapshots = {past: economy.fork()}
    while economy.quarter < economy.quarters:
        economy.step()
        snapshots[economy.quarter] = economy.fork()
    episodes = economy.outcome_since(past)[0].episodes
    pullback = next(
        (_counted_from_opening(each, past) for each in episodes if each.kind == "investment pullback"), None
    )
    if pullback is None:
        raise CircuitError(
            "this run has no investment pullback; circuit query RESULTS tells which do (pullback = true)"
        )
    links = counted(links_of(economy, pullback, past), "link", "removing links")
    removed = [_without(snapshots, link, pullback) for link in links]
    levers = counted(LEVERS.items(), "lever", "moving levers")
    found = [_smallest(snapshots, lever, bound, pullback) for lever, (_, bound) in levers]
    smallest = sorted((each for each in found if each), key=lambda each: each.share)
    return Autopsy(economy, pullback, removed, smallest, past)


def _counted_from_opening(episode: Episode, past: int) -> Episode:
    start, peak, trough, over = (past + each for each in (episode.start, episode.peak, episode.trough, episode.over))
    return episode._replace(start=start, peak=peak, trough=trough, over=over)


def _before_peak(pullback: Episode, past: int) -> int:
    """The quarter from which on a lever is moved."""
    return max(int(pullback.peak) - 1, past + 1)


def links_of(economy: Economy, pullback: Episode, past: int = 0) -> list[Link]:
    """What happened around the peak, but not in the past, that can be kept from happening; in the order of quarters."""
    first, last = max(int(pullback.peak) - BEFORE_PEAK, past + 1), int(pullback.start)
    found = [*_of_events(economy, first, last), *_of_state(economy, first, last)]
    return sorted(dict.fromkeys(found), key=lambda link: link.quarter)[:MOST_LINKS]


def _of_events(economy: Economy, first: int, last: int) -> Iterator[Link]:
    from simulation.scenario.events import KEY_PLAYERS, AgentEvent

    events = economy.events
    number = {label: place + 1 for place, label in enumerate(economy.history.index)}
    for row in events[events["event"].isin(SUPPORTED)].itertuples():
        quarter, agent, event = number[str(row.quarter)], str(row.agent), str(row.event)
        if first <= quarter <= last and agent in KEY_PLAYERS:
            words = SUPPORTED[event].format(agent=agent)
            yield Link(quarter, words, event, agent, AgentEvent(agent, "support", quarter), None)


def _of_state(economy: Economy, first: int, last: int) -> Iterator[Link]:
    from simulation.scenario.events import LENDERS, AgentEvent
    from simulation.scenario.paths import Path as LeverPath

    series = economy.series
    before = np.concatenate(([0.0], series["withdrawal"][:-1]))
    for quarter in range(first, last + 1):
        now = series[quarter - 1]
        if now["withdrawal"] > before[quarter - 1]:
            path = LeverPath("patience", quarter, 0.0, YEAR)
            yield Link(quarter, "investors do not withdraw for a year", "withdrawal", "Investors", None, path)
        if now["chip_supply"] < 0.5 * now["chip_backlog"]:
            path = LeverPath("chip_supply", quarter, 2.0, 1)
            yield Link(quarter, "twice the chips come in time", "late chips", "Chip makers", None, path)
        if now["compute_waiting"] > 0.1 * now["compute_online"]:
            path = LeverPath("power_additions", quarter, 4.0, 1)
            yield Link(quarter, "power comes in time", "power", "Grid", None, path)
        if now["private_credit_gated"] > 0.0:
            for lender in LENDERS:
                event = AgentEvent(lender, "support", quarter)
                yield Link(quarter, f"{lender} is not gated", "gate", lender, event, None)


def _changed(scenario: Scenario, link: Link) -> Scenario:
    if link.event is not None:
        return scenario.with_events(link.event)
    return scenario.with_shocks(link.path) if link.path is not None else scenario


def _followed(snapshots: dict[int, Economy], quarter: int, scenario: Scenario, pullback: Episode) -> Economy:
    """The run from the end of a quarter on under another scenario, as far as the same pullback could come."""
    horizon = min(int(pullback.start) + AFTER, max(snapshots))
    return snapshots[quarter].fork(scenario, max(horizon, quarter + 1)).run()


def _without(snapshots: dict[int, Economy], link: Link, pullback: Episode) -> Removed:
    from simulation.endings.episodes import pullback_since

    scenario = snapshots[link.quarter - 1].scenario
    fork = _followed(snapshots, link.quarter - 1, _changed(scenario, link), pullback)
    past = min(snapshots)
    came, fall = pullback_since(fork.series[past:], int(pullback.peak) - 1 - past)
    return Removed(link, not came, fall, fork.series["ai_capex_real"])


def _smallest(snapshots: dict[int, Economy], lever: str, bound: float, pullback: Episode) -> Smallest | None:
    """The smallest size of a lever, held for a year from the quarter before the peak on, that prevents the pullback:
    by halving between what changes nothing and the lever's bound. None where even the bound does not."""
    from simulation.endings.episodes import pullback_since
    from simulation.scenario import LEVERS as DECLARED
    from simulation.scenario.paths import Path as LeverPath

    past = min(snapshots)
    quarter = _before_peak(pullback, past)
    neutral, scenario = DECLARED[lever].neutral, snapshots[quarter - 1].scenario

    def prevents(share: float) -> bool:
        path = LeverPath(lever, quarter, neutral + share * (bound - neutral), YEAR)
        try:
            changed = scenario.with_shocks(path)
        except CircuitError:  # with the scenario's own shocks it would leave the lever's range
            return False
        fork = _followed(snapshots, quarter - 1, changed, pullback)
        return not pullback_since(fork.series[past:], int(pullback.peak) - 1 - past)[0]

    if not prevents(1.0):
        return None
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if prevents(middle) else (middle, high)
    return Smallest(lever, neutral + high * (bound - neutral), high)


def paragraph(found: Autopsy) -> str:
    """The finding in a paragraph."""
    economy, pullback = found.economy, found.pullback
    when, peak = economy.label(int(pullback.start)), economy.label(int(pullback.peak))
    said = (
        f"Real AI investment peaked in {peak}, fell by {percent(pullback.depth)} and was an investment pullback from "
        f"{when} on; the first sign was {pullback.cause}. {len(found.removed)} links from a year before the peak on "
        "were removed one at a time, with the same luck. "
    )
    if found.single:
        names = [f"{each.link.words} in {economy.label(each.link.quarter)}" for each in found.single[:3]]
        said += f"{len(found.single)} of them prevent it alone: {several(names)}. "
    elif found.removed:
        best = min(found.removed, key=lambda each: each.fall)
        said += (
            f"None prevents it alone; most helps that {best.link.words} in {economy.label(best.link.quarter)}, with a "
            f"fall of {percent(best.fall)}. "
        )
    quarter = economy.label(_before_peak(pullback, found.past))
    if not found.smallest:
        return f"{said}No single lever held for a year from {quarter} on prevents it, even at its bound."
    least = found.smallest[0]
    words, bound = LEVERS[least.lever]
    return (
        f"{said}The smallest single change that prevents it, for a year from {quarter} on: {words} at {least.size:.3g} "
        f"({percent(least.share)} of the way to {bound:g})."
    )


def table(found: Autopsy) -> pd.DataFrame:
    """Every link removed: quarter, what, whose, whether that prevents the pullback, the largest fall then."""
    columns = ["quarter", "removed", "kind", "agent", "prevented", "largest_fall"]
    label = found.economy.label
    rows = [
        (label(each.link.quarter), each.link.words, each.link.kind, each.link.agent, each.prevented, each.fall)
        for each in found.removed
    ]
    return pd.DataFrame(rows, columns=columns)


def show(folder: str, run: str, out: Path, console: Console) -> Autopsy:
    """Dissect a stored run, print what was found and write the figure with its data. Raises `CircuitError`."""
    spec = stored_run(folder, run)
    check_writable(out)
    prepare()
    found = dissect(build(replace(spec, keep=())))
    console.print(f"\n{paragraph(found)}", soft_wrap=False)
    rows = table(found)
    if len(rows):
        shown = rows.sort_values("largest_fall", kind="stable").head(MOST_SHOWN)
        shown = shown[["quarter", "removed", "prevented", "largest_fall"]]
        shown = shown.assign(largest_fall=shown["largest_fall"].map(percent))
        console.print(table_of(shown.rename(columns={"largest_fall": "largest fall then"}), index=False))
    path = out / f"autopsy-{run}.png"
    draw(found, path, f"Run {run} of {folder}: {spec.arm}, seed {spec.seed}.")
    write_csv(out / f"autopsy-{run}-links.csv", rows)
    console.print(f"\nFigure and its data: {path}", soft_wrap=True)
    return found


def draw(found: Autopsy, path: Path, notes: str) -> None:
    """Real AI investment as it went, and with each link removed; what prevents the pullback in colour."""
    dates, capex = list(found.economy.history.index), found.economy.series["ai_capex_real"]
    kept = {"quarter": dates, "as it went": capex}
    for number, each in enumerate(found.removed, start=1):
        kept[f"{number} {each.link.words}"] = np.pad(
            each.capex, (0, len(capex) - len(each.capex)), constant_values=np.nan
        )
    claim = (
        f"{len(found.single)} of {len(found.removed)} links, removed alone, prevent the pullback of "
        f"{found.economy.label(int(found.pullback.start))}"
    )
    shown = f"{notes} Real AI capital expenditure, USD bn a quarter; green: links whose removal prevents the pullback."
    with style.drawing(path, claim, shown, pd.DataFrame(kept), (8.6, 3.6)) as (_, [axes]):
        for each in sorted(found.removed, key=lambda each: each.prevented):
            colour, width = (style.GREEN, 1.3) if each.prevented else (style.GREY, 0.8)
            axes.plot(each.capex, color=colour, linewidth=width)
        axes.plot(capex, color=style.INK, linewidth=1.8, label="as it went")
        axes.axvline(found.pullback.start - 1.0, color=style.VERMILION, linewidth=0.9, label="the pullback shows")
        axes.legend(fontsize=8)
        style.year_ticks(axes, dates)

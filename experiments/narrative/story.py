"""One run in plain words, written from its numbers."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation.endings import THRESHOLDS
from simulation.endings.episodes import fall_within, mean_of
from simulation.endings.falls import falls_of

from ..analysis.wording import an, change, how_many, money, percent, several
from .against_twin import tell_costs
from .chains import tell_chain
from .failed import tell_failures
from .since import RunSince

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from simulation import Economy
    from simulation.endings import Episode

AROUND_PEAK = 2
"""Quarters before and after the peak of capital expenditure in which its cause is looked for."""
SIGNS_TOLD = 4
SMALLEST_FALL_TOLD = 0.10
SMALLEST_FALL_OF_SHARES_TOLD = 0.30
LEAST_PART_TOLD = 0.0005  # of AI debt
TOO_SLOW = f"It did not fall by {THRESHOLDS.capex_fall:.0%} within two years, so that this is called no pullback."


class Sign(NamedTuple):
    """Something that can end a rise of investment: the words for it, and where in a history it shows."""

    words: str
    shows: pd.Series


def tell(economy: Economy | RunSince) -> list[str]:
    """The story of a finished run, a sentence or two per paragraph."""
    history, events = economy.history, economy.events
    highest = int(np.argmax(mean_capex(history)))
    paragraphs = [
        _ending(economy),
        _episodes(economy),
        _other_falls(economy),
        _investment(economy),
        _coverage(history, highest),
        tell_failures(history, events),
        tell_chain(events, list(history.index)),
        _left_out(events),
        _importance(history, economy.column_names, highest),
        tell_costs(economy),
    ]
    return [paragraph for paragraph in paragraphs if paragraph]


def claim(economy: Economy | RunSince) -> str:
    """The run in one line, for the title of its figure."""
    history, outcome = economy.history, economy.outcome
    capex = mean_capex(history)
    position = int(np.argmax(capex))
    peak = f"real AI capex peaks at {money(capex[position])} a quarter in {history.index[position]}"
    covered = percent(economy.history["coverage"].iloc[-1])
    return f"{outcome.ending.capitalize()}: {peak}, coverage ends at {covered}"


def _ending(economy: Economy | RunSince) -> str:
    """How the run ends, and what the money invested has earned."""
    dates, outcome, scores = economy.history.index, economy.outcome, economy.outcome.scores
    run = f"{economy.scenario.name}, seed {economy.seed}, {dates[0]} to {dates[-1]}"
    fragile = sorted({ending for ending in outcome.sensitivity.values() if ending != outcome.ending})
    margin = f" With one threshold moved by 20% it would be called {several(fragile)}." if fragile else ""
    if scores["return_half"] != scores["return_half"]:
        return f"{run}: nothing was invested in AI."
    worth = {name: change(scores[f"return_{name}"]) for name in ("full", "half", "none")}
    return (
        f"{run}: {outcome.ending}. At their owners' cost of capital, all AI investments are worth {worth['half']} "
        f"against their cost with own use counted by half ({worth['full']} in full, {worth['none']} not at all); "
        f"investment, mean of four quarters, ends at {scores['capex_to_origin']:.1f} times the first quarter's and "
        f"{scores['capex_to_capacity']:.1f} times what keeps capacity.{margin}"
    )


def _episodes(economy: Economy | RunSince) -> str:
    """What happened on the way, in the order in which it began."""
    told = [_told(economy, episode) for episode in economy.outcome.episodes]
    return f"On the way: {'; '.join(told)}." if told else "No episode on the way."


def _told(economy: Economy | RunSince, episode: Episode) -> str:
    start = economy.label(int(episode.start))
    so_far = " so far" if isnan(episode.over) else ""
    if episode.kind == "withdrawal":
        if episode.start == 1.0 and _withdrawing_before(economy):
            return f"investors go on withdrawing for {how_many(episode.quarters_down, 'more quarter')}{so_far}"
        return f"investors withdraw in {start} for {how_many(episode.quarters_down, 'quarter')}{so_far}"
    if episode.kind == "credit event":
        lasted = f"{how_many(episode.quarters_down, 'quarter')}{so_far}"
        return f"a credit event in {start} for {lasted} ({several(_blows(economy, episode))})"
    if episode.kind == "systemic episode":
        return f"macro losses and a credit event within eight quarters make a systemic episode from {start} on"
    # A macro episode is measured from a peak of AI investment, seldom the quarter in which GDP is highest.
    macro = episode.kind == "macro episode"
    depth = f"{episode.depth:.1%} of GDP" if macro else percent(episode.depth)
    there = "where it was" if macro else "at its peak"
    recovery = "going on at the end"
    if not isnan(episode.recovery):
        recovery = f"back {there} {how_many(episode.recovery, 'quarter')} after the trough"
    elif not isnan(episode.over):
        recovery = f"over in {economy.label(int(episode.over))}, not back {there} by the end"
    return (
        f"{an(episode.kind)} of {depth} from {economy.label(int(episode.peak))} to "
        f"{economy.label(int(episode.trough))} that shows in {start} (first sign: {episode.cause}; {recovery})"
    )


def _withdrawing_before(economy: Economy | RunSince) -> bool:
    """Whether investors were withdrawing in the quarter before the first that is told."""
    return isinstance(economy, RunSince) and bool(economy.economy.series["withdrawal"][economy.past - 1] > 0.5)


def _other_falls(economy: Economy | RunSince) -> str:
    """Great falls of AI shares and of AI investment that are told nowhere else, with what orders did meanwhile."""
    date, shares, capex = economy.history.index, economy.series["ai_equity"], mean_capex(economy.history)
    orders = _orders(economy)
    told = []
    for peak, trough in _falls_beside(shares, SMALLEST_FALL_OF_SHARES_TOLD, _spans(economy, "market pullback")):
        fall = 1.0 - shares[trough] / shares[peak]
        missed = "little" if fall < THRESHOLDS.equity_fall else "slowly"
        by = _short_of(fall, THRESHOLDS.equity_fall)
        told.append(
            f"AI shares fell {by} from their peak of {date[peak]} until {date[trough]}, too {missed} for a "
            f"market pullback; orders, mean of four quarters, {_meanwhile(orders[peak : trough + 1])} meanwhile."
        )
    known = [*_spans(economy, "investment pullback"), turn_of(economy)]
    for peak, trough in _falls_beside(capex, THRESHOLDS.capex_fall, known):
        told.append(
            f"Real AI investment fell {percent(1.0 - capex[trough] / capex[peak])} from {date[peak]} until "
            f"{date[trough]}; orders {_meanwhile(orders[peak : trough + 1])} meanwhile. "
            f"{_no_pullback(economy, peak, trough)}"
        )
    return " ".join(told)


def _spans(economy: Economy | RunSince, kind: str) -> list[tuple[int, int]]:
    """Positions of peak and trough of every episode of a kind."""
    return [(int(each.peak) - 1, int(each.trough) - 1) for each in economy.outcome.episodes if each.kind == kind]


def _falls_beside(level: NDArray[np.float64], least: float, told: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Peak and trough of falls by so much that share no quarter with those told."""
    for fall in falls_of(level, np.ones(len(level), bool), least, THRESHOLDS):
        if not any(first < fall.trough and fall.peak < last for first, last in told):
            yield fall.peak, fall.trough


def _meanwhile(orders: NDArray[np.float64]) -> str:
    """What became of orders between two quarters: the largest fall, if it is worth telling."""
    lost = float((1.0 - orders / np.maximum(np.maximum.accumulate(orders), 1e-12)).max())
    return f"fell by {percent(lost)}" if lost >= SMALLEST_FALL_TOLD else "held"


def _short_of(fall: float, least: float) -> str:
    """A fall in percent; what falls short of a bound is not rounded to it."""
    return f"just under {percent(least)}" if fall < least and percent(fall) == percent(least) else percent(fall)


def _orders(economy: Economy | RunSince) -> NDArray[np.float64]:
    """Orders as pullbacks are told from them: real, mean of four quarters."""
    return mean_of(economy.series["ai_orders"] / economy.series["price_level"], THRESHOLDS.averaging)


def _orders_fall(economy: Economy | RunSince) -> NDArray[np.float64]:
    """Fall of orders from their high of three years, as pullbacks are told from it."""
    return fall_within(_orders(economy), THRESHOLDS.window + THRESHOLDS.averaging)


def _no_pullback(economy: Economy | RunSince, peak: int, trough: int) -> str:
    """Why a fall of investment that is deep enough is no pullback: too slow, or without orders in the same quarters."""
    dates, capex = economy.history.index, mean_capex(economy.history)
    if fall_within(capex, THRESHOLDS.window)[peak : trough + 1].max() < THRESHOLDS.capex_fall:
        return TOO_SLOW
    first = max(peak - THRESHOLDS.averaging, 0)
    lost = _orders_fall(economy)[first : trough + 1]
    most = int(lost.argmax())
    if lost[most] < THRESHOLDS.orders_fall:
        return f"Orders did not fall by {percent(THRESHOLDS.orders_fall)}, so that this is called no pullback."
    return (
        f"Orders were down by {percent(lost[most])} in {dates[first + most]}, but not by "
        f"{percent(THRESHOLDS.orders_fall)} when investment was down by {percent(THRESHOLDS.capex_fall)}, so that this "
        "is called no pullback."
    )


def _blows(economy: Economy | RunSince, episode: Episode) -> list[str]:
    """What a credit event consists of: losses on debt, closed gates, resolved banks."""
    first = int(episode.start) - 1
    now = economy.series[first : first + int(episode.quarters_down)]
    gated, banks = float(now["private_credit_gated"].max()), int(now["bank_failures"].sum())
    found = [f"losses of {episode.depth:.1%} of AI debt in a year"] if episode.depth >= LEAST_PART_TOLD else []
    if gated > 0.0:
        found.append(f"{percent(gated)} of private credit behind a gate")
    if banks:
        found.append(f"{how_many(banks, 'bank')} resolved")
    return found


def _investment(economy: Economy | RunSince) -> str:
    """Real AI investment as its pullbacks are told from it, the mean of four quarters, with the deepest of them."""
    history = economy.history
    capex, dates = mean_capex(history), history.index
    start = f"Real AI investment, {money(capex[0])} in {dates[0]}, went as the mean of four quarters"
    peak, trough = turn_of(economy)
    fall = 1.0 - capex[trough] / capex[peak] if capex[peak] > 0.0 else 0.0
    if fall < SMALLEST_FALL_TOLD:
        stood = f"{start} to {money(capex[-1])} a quarter in {dates[-1]} and never fell by a tenth."
        return " ".join(filter(None, (stood, _orders_at_end(economy))))
    highest, most = int(capex.argmax()), ""
    if money(capex[highest]) not in (money(capex[peak]), money(capex[-1])):
        most = f"; it was highest in {dates[highest]}, at {money(capex[highest])}"
    deep = fall >= THRESHOLDS.capex_fall and (peak, trough) not in _spans(economy, "investment pullback")
    sentences = (
        f"{start} to {money(capex[peak])} a quarter in {dates[peak]}, from there down by "
        f"{_short_of(fall, THRESHOLDS.capex_fall)} until {dates[trough]}, and stood at {money(capex[-1])} in "
        f"{dates[-1]}{most}.",
        _no_pullback(economy, peak, trough) if deep else "",
        _why(history, peak),
        _orders_at_end(economy),
    )
    return " ".join(filter(None, sentences))


def _orders_at_end(economy: Economy | RunSince) -> str:
    """How far orders are down when the run ends: investment follows them."""
    lost = float(_orders_fall(economy)[-1])
    if lost < THRESHOLDS.orders_fall:
        return ""
    return f"Orders, mean of four quarters, end {percent(lost)} below their highest of the last three years."


def mean_capex(history: pd.DataFrame) -> NDArray[np.float64]:
    """Real AI capital expenditure as pullbacks are told from it (USD bn a quarter, prices of the opening)."""
    return mean_of(history["ai_capex_real"].to_numpy(), THRESHOLDS.averaging)


def turn_of(economy: Economy | RunSince) -> tuple[int, int]:
    """Positions of peak and trough of the deepest investment pullback; where there is none, of the largest fall."""
    falls = [each for each in economy.outcome.episodes if each.kind == "investment pullback"]
    if not falls:
        return turning_point(mean_capex(economy.history))
    deepest = max(falls, key=lambda each: each.depth)
    return int(deepest.peak) - 1, int(deepest.trough) - 1


def turning_point(capex: NDArray[np.float64]) -> tuple[int, int]:
    """Positions of peak and trough of the largest fall; equal if there is none."""
    falls = 1.0 - capex / np.maximum(np.maximum.accumulate(capex), 1e-12)
    trough = len(capex) - 1 - int(falls[::-1].argmax())
    return trough - int(capex[trough::-1].argmax()), trough


def _why(history: pd.DataFrame, peak: int) -> str:
    """What was true around the peak, in the order in which it showed."""
    window = slice(max(peak - AROUND_PEAK, 0), peak + AROUND_PEAK + 1)
    found = []
    for sign in _signs(history):
        shown = sign.shows.iloc[window]
        if shown.any():
            found.append((int(np.argmax(shown)), f"{sign.words} ({shown.index[int(np.argmax(shown))]})"))
    if not found:
        return "No shock stands behind the fall: capacity had caught up with what was needed."
    return f"Where the fall began: {several(words for _, words in sorted(found)[:SIGNS_TOLD])}."


def _signs(history: pd.DataFrame) -> list[Sign]:
    stress = history["stress"]
    return [
        Sign("investors were withdrawing", history["withdrawal"] > 0.5),
        Sign("labs failed to raise their rounds", history["failed_rounds"] > 0),
        Sign("firms of the AI sector failed", history["ai_failures"] > 0),
        Sign("renting compute paid less than it cost", history["spot_price"] < history["user_cost"]),
        Sign("less compute was needed than was online", history["tightness"] < 1.0),
        Sign("equipment waited for power", history["compute_waiting"].diff() > 0.1 * history["compute_online"]),
        Sign("credit stress rose", stress.diff() > 2.0 * stress.diff().std()),
        Sign("revenue covered less of what capital must earn", history["coverage"].diff() < 0.0),
    ]


def _coverage(history: pd.DataFrame, peak: int) -> str:
    coverage = history["coverage"]
    reached = coverage[coverage >= 1.0]
    when = f"It covered all of it in {len(reached)} of {len(coverage)} quarters"
    if len(reached) in (0, len(coverage)):
        when = f"It covered all of it in {'every' if len(reached) else 'no'} quarter"
    elif coverage.iloc[0] < 1.0:
        when += f", first in {reached.index[0]}"
    at_peak, highest = "", ", when investment was highest"
    if peak < len(coverage) - 1:
        at_peak, highest = f", {percent(coverage.iloc[peak])} in {coverage.index[peak]}{highest},", ""
    circular = percent(history["circularity"].max())
    return (
        f"Revenue from end users covered {percent(coverage.iloc[0])} of what AI capital must earn in "
        f"{coverage.index[0]}{at_peak} and {percent(coverage.iloc[-1])} at the end{highest}. {when}; at most "
        f"{circular} of reported revenue was circular."
    )


def _left_out(events: pd.DataFrame) -> str:
    """A warning where more happened in a quarter than is told of one."""
    quarters = list(events.loc[events["event"] == "events_left_out", "quarter"])
    return f"More happened in {several(quarters)} than is told: some events are left out." if quarters else ""


def _importance(history: pd.DataFrame, names: list[str], peak: int) -> str:
    """Whose failure would have put most at risk in others, when investment was highest and at the end."""
    actor = [names[int(column)] for column in history["debt_rank_actor"].iloc[[peak, -1]]]
    part = [f"{rank * 100:.1f}%" for rank in history["debt_rank_largest"].iloc[[peak, -1]]]
    still = "still " if actor[0] == actor[1] else ""
    at_end = f"; at the end {actor[1]} {still}mattered most, with {part[1]}" if peak < len(history) - 1 else ""
    return (
        f"When investment was highest ({history.index[peak]}), the failure of {actor[0]} would have put most at risk "
        f"in others, {part[0]} "
        f"of all assets (DebtRank){at_end}."
    )

"""One run in plain words, written from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation.endings import THRESHOLDS
from simulation.endings.episodes import fall_within, mean_of
from simulation.endings.falls import falls_of

from ..analysis.wording import an, how_many, money, percent, several
from .chains import FAILURES, tell_chain
from .since import RunSince

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from simulation import Economy
    from simulation.endings import Episode

AROUND_PEAK = 2
"""Quarters before and after the peak of capital expenditure in which its cause is looked for."""
FAILURES_TOLD = 3
SIGNS_TOLD = 4
SMALLEST_FALL_TOLD = 0.10
SMALLEST_FALL_OF_SHARES_TOLD = 0.30
SMALLEST_LOSS_TOLD = 1.0  # USD bn
LEAST_PART_TOLD = 0.0005  # of AI debt, of GDP
ORDERS_HELD = "Orders did not fall as far in the same quarters, so that this is called no pullback. "
TOO_SLOW = f"It did not fall by {THRESHOLDS.capex_fall:.0%} within two years, so that this is called no pullback. "


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
        _failures(history, events),
        tell_chain(events, list(history.index)),
        _left_out(events),
        _importance(history, economy.column_names, highest),
        _macro(history, economy),
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
    worth = {name: f"{scores[f'return_{name}'] * 100:+.0f}%" for name in ("full", "half", "none")}
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
    if episode.kind == "withdrawal":
        so_far = " so far" if episode.start + episode.quarters_down > economy.quarter else ""
        if episode.start == 1.0 and _withdrawing_before(economy):
            return f"investors go on withdrawing for {how_many(episode.quarters_down, 'more quarter')}{so_far}"
        return f"investors withdraw in {start} for {how_many(episode.quarters_down, 'quarter')}{so_far}"
    if episode.kind == "credit event":
        return f"a credit event in {start} ({several(_blows(economy, episode))})"
    if episode.kind == "systemic episode":
        return f"macro episode and credit event within eight quarters make a systemic episode from {start} on"
    recovery = "not back at its peak by the end"
    if episode.recovery == episode.recovery:
        recovery = f"back at its peak after {how_many(episode.recovery, 'quarter')}"
    return (
        f"{an(episode.kind)} of {percent(episode.depth)} from {economy.label(int(episode.peak))} to "
        f"{economy.label(int(episode.trough))} that shows in {start} (first sign: {episode.cause}; {recovery})"
    )


def _withdrawing_before(economy: Economy | RunSince) -> bool:
    """Whether investors were withdrawing in the quarter before the first that is told."""
    return isinstance(economy, RunSince) and bool(economy.economy.series["withdrawal"][economy.past - 1] > 0.5)


def _other_falls(economy: Economy | RunSince) -> str:
    """Great falls of AI shares and of AI investment that are told nowhere else, with what orders did meanwhile."""
    date, shares, capex = economy.history.index, economy.series["ai_equity"], mean_capex(economy.history)
    orders = mean_of(economy.series["ai_orders"] / economy.series["price_level"], THRESHOLDS.averaging)
    told = []
    for peak, trough in _falls_beside(shares, SMALLEST_FALL_OF_SHARES_TOLD, _spans(economy, "market pullback")):
        fall = 1.0 - shares[trough] / shares[peak]
        missed = "little" if fall < THRESHOLDS.equity_fall else "slowly"
        told.append(
            f"AI shares fell {percent(fall)} from their peak of {date[peak]} until {date[trough]}, too {missed} for a "
            f"market pullback; orders, mean of four quarters, {_meanwhile(orders[peak : trough + 1])} meanwhile."
        )
    known = [*_spans(economy, "investment pullback"), turn_of(economy)]
    for peak, trough in _falls_beside(capex, THRESHOLDS.capex_fall, known):
        told.append(
            f"Real AI investment fell {percent(1.0 - capex[trough] / capex[peak])} from {date[peak]} until "
            f"{date[trough]}; orders {_meanwhile(orders[peak : trough + 1])} meanwhile. "
            f"{TOO_SLOW if _too_slow(capex, peak, trough) else ORDERS_HELD}".strip()
        )
    return " ".join(told)


def _spans(economy: Economy | RunSince, kind: str) -> list[tuple[int, int]]:
    """Positions of peak and trough of every episode of a kind."""
    return [(int(each.peak) - 1, int(each.trough) - 1) for each in economy.outcome.episodes if each.kind == kind]


def _falls_beside(level: NDArray[np.float64], least: float, told: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Peak and trough of falls by so much that share no quarter with those told."""
    for _, peak, trough in falls_of(level, np.ones(len(level), bool), least, THRESHOLDS):
        if not any(first < trough and peak < last for first, last in told):
            yield peak, trough


def _meanwhile(orders: NDArray[np.float64]) -> str:
    """What became of orders between two quarters: the largest fall, if it is worth telling."""
    lost = float((1.0 - orders / np.maximum(np.maximum.accumulate(orders), 1e-12)).max())
    return f"fell by {percent(lost)}" if lost >= SMALLEST_FALL_TOLD else "held"


def _too_slow(capex: NDArray[np.float64], peak: int, trough: int) -> bool:
    """Whether a fall of investment was nowhere that of a pullback within two years."""
    return bool(fall_within(capex, THRESHOLDS.window)[peak : trough + 1].max() < THRESHOLDS.capex_fall)


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
        return f"{start} to {money(capex[-1])} a quarter in {dates[-1]} and never fell by a tenth."
    no_pullback = ""
    if fall >= THRESHOLDS.capex_fall and (peak, trough) not in _spans(economy, "investment pullback"):
        no_pullback = TOO_SLOW if _too_slow(capex, peak, trough) else ORDERS_HELD
    return (
        f"{start} to {money(capex[peak])} a quarter in {dates[peak]}, from there down by {percent(fall)} until "
        f"{dates[trough]}, and stood at {money(capex[-1])} in {dates[-1]}. "
        f"{no_pullback}{_why(history, peak)}"
    )


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
    at_peak = f", {percent(coverage.iloc[peak])} when investment was highest" if peak < len(coverage) - 1 else ""
    highest = "" if at_peak else ", when investment was highest"
    circular = percent(history["circularity"].max())
    return (
        f"Revenue from end users covered {percent(coverage.iloc[0])} of what AI capital must earn in "
        f"{coverage.index[0]}{at_peak} and {percent(coverage.iloc[-1])} at the end{highest}. {when}; at most "
        f"{circular} of reported revenue was circular."
    )


def _failures(history: pd.DataFrame, events: pd.DataFrame) -> str:
    failures = events[events["event"].isin((*FAILURES, "bank_resolved"))]
    firms = float(history["firm_failures"].sum())
    ordinary = f"{how_many(firms, 'ordinary firm')} failed and {'was' if firms == 1.0 else 'were'} replaced"
    if failures.empty:
        return f"No firm of the AI sector and no lender failed; {ordinary}."
    first, *others = dict.fromkeys(failures["agent"])
    sentence = f"From {history.index[0]} on, {first} was the first to fail, in {failures['quarter'].iloc[0]}"
    if others:
        more = [f"{len(others) - FAILURES_TOLD} more"] if len(others) > FAILURES_TOLD else []
        sentence += f", and with it or after it {several([*others[:FAILURES_TOLD], *more])}"
    sentence += "."
    # What government put into a bank that it resolved is nobody's loss on the failed.
    lost = float(failures.loc[failures["event"] != "bank_resolved", "amount"].sum())
    on_debt = float(history["ai_credit_losses"].sum())
    if lost - on_debt > SMALLEST_LOSS_TOLD:
        told = money(on_debt) if on_debt >= SMALLEST_LOSS_TOLD else "next to nothing"
        sentence += (
            f" Creditors of the failed lost {money(lost)}, {told} of it on "
            "debt; the rest were dues and damages of contracts, which are no credit event."
        )
    return f"{sentence} {ordinary[0].upper()}{ordinary[1:]}."


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
        f"When investment was highest, the failure of {actor[0]} would have put most at risk in others, {part[0]} "
        f"of all assets (DebtRank){at_end}."
    )


def _macro(history: pd.DataFrame, economy: Economy | RunSince) -> str:
    """Growth and jobs, and what the run has and lacks against its macro twin."""
    gdp, jobless, scores = history["real_gdp"], history["unemployment"], economy.outcome.scores
    years = max(len(gdp) - 1, 1) / 4.0
    growth = (gdp.iloc[-1] / gdp.iloc[0]) ** (1.0 / years) - 1.0
    high = f"a high of {jobless.max() * 100:.1f}% in {jobless.idxmax()}"
    first, last = (f"{jobless.iloc[position] * 100:.1f}%" for position in (0, -1))
    course = f"went from {first} to {high} and ended at {last}"
    if jobless.idxmax() in (jobless.index[0], jobless.index[-1]):
        course = (
            f"went from {high} to {last}" if jobless.idxmax() == jobless.index[0] else f"went from {first} to {high}"
        )
    said = f"Real GDP grew {growth * 100:.1f}% a year; unemployment {course}."
    if economy.macro_twin is economy:
        return said
    lost = -np.expm1(-max(scores["gdp_shortfall"], 0.0))
    fell = f"fell back by at most {lost * 100:.1f}%" if lost >= LEAST_PART_TOLD else "never fell back"
    return (
        f"{said} Against the same economy without the boom, GDP of all quarters together is "
        f"{scores['gdp_gain'] * 100:+.1f}%, with {scores['job_years']:+.1f} million job-years; from a peak of AI "
        f"investment to the next it {fell} against it{_without_jobs(economy)}."
    )


def _without_jobs(economy: Economy | RunSince) -> str:
    """Why output lost against the twin is no macro episode, where it is lost without the jobs."""
    outcome = economy.outcome
    if outcome.scores["gdp_shortfall"] < THRESHOLDS.gdp_shortfall:
        return ""
    if any(episode.kind == "macro episode" for episode in outcome.episodes):
        return ""
    return (
        f"; unemployment did not rise by {THRESHOLDS.unemployment_rise * 100:g} point more than there at the same "
        "time, so that this is called no macro episode"
    )

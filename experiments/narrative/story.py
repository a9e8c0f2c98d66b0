"""One run in plain words, written from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation.endings import THRESHOLDS
from simulation.endings.episodes import mean_of
from simulation.endings.falls import falls_of

from ..analysis.wording import an, how_many, money, percent, several
from .chains import FAILURES, tell_chain
from .since import RunSince

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from simulation import Economy, Outcome
    from simulation.endings import Episode

AROUND_PEAK = 2
"""Quarters before and after the peak of capital expenditure in which its cause is looked for."""
FAILURES_TOLD = 3
SIGNS_TOLD = 4
SMALLEST_FALL_TOLD = 0.10
SMALLEST_FALL_OF_SHARES_TOLD = 0.30
SMALLEST_LOSS_TOLD = 1.0  # USD bn
TWO_YEARS = 8
LEAST_PART_TOLD = 0.0005  # of AI debt
NO_PULLBACK = "Orders did not fall as far in the same quarters, so that this is called no pullback. "


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
        _shares(economy),
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
        lasts = f"for {how_many(episode.quarters_down, 'quarter')}{so_far}"
        if episode.start == 1.0 and _withdrawing_before(economy):
            return f"investors, who were withdrawing before, go on with it in {start} {lasts}"
        return f"investors withdraw in {start} {lasts}"
    if episode.kind == "credit event":
        return f"a credit event in {start} ({several(_blows(economy, episode))})"
    if episode.kind == "systemic episode":
        return f"with a credit event within eight quarters that is a systemic episode from {start} on"
    recovery = "not made good"
    if episode.recovery == episode.recovery:
        recovery = f"back after {how_many(episode.recovery, 'quarter')}"
    return (
        f"{an(episode.kind)} of {percent(episode.depth)} from {economy.label(int(episode.peak))} to "
        f"{economy.label(int(episode.trough))} that shows in {start} (first sign: {episode.cause}; {recovery})"
    )


def _withdrawing_before(economy: Economy | RunSince) -> bool:
    """Whether investors were withdrawing in the quarter before the first that is told."""
    return isinstance(economy, RunSince) and bool(economy.economy.series["withdrawal"][economy.past - 1] > 0.5)


def _shares(economy: Economy | RunSince) -> str:
    """Great falls of AI shares that are in no market pullback, with what orders did meanwhile."""
    shares, date = economy.series["ai_equity"], economy.history.index
    orders = mean_of(economy.series["ai_orders"] / economy.series["price_level"], THRESHOLDS.averaging)
    pullbacks = [each for each in economy.outcome.episodes if each.kind == "market pullback"]
    told = []
    for fall in falls_of(shares, np.ones(len(shares), bool), SMALLEST_FALL_OF_SHARES_TOLD, THRESHOLDS):
        if any(each.peak - 1 < fall.trough and each.trough - 1 > fall.peak for each in pullbacks):
            continue
        size = 1.0 - shares[fall.trough] / shares[fall.peak]
        missed = "little" if size < THRESHOLDS.equity_fall else "slowly"
        meanwhile = orders[fall.peak : fall.trough + 1]
        lost = float((1.0 - meanwhile / np.maximum.accumulate(meanwhile)).max())
        held = f"fell by {percent(lost)}" if lost >= SMALLEST_FALL_TOLD else "held"
        told.append(
            f"AI shares fell {percent(size)} from their peak of {date[fall.peak]} until {date[fall.trough]}, too "
            f"{missed} for a market pullback; orders, mean of four quarters, {held} meanwhile."
        )
    return " ".join(told)


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
    history, outcome = economy.history, economy.outcome
    capex, dates = mean_capex(history), history.index
    start = f"Real AI investment, {money(capex[0])} in {dates[0]}, went as the mean of four quarters"
    peak, trough = turn_of(economy)
    fall = 1.0 - capex[trough] / capex[peak] if capex[peak] > 0.0 else 0.0
    if fall < SMALLEST_FALL_TOLD:
        return f"{start} to {money(capex[-1])} a quarter in {dates[-1]} and never fell by a tenth within two years."
    served_late = fall >= THRESHOLDS.capex_fall and not _told_as_pullback(outcome, peak, trough)
    return (
        f"{start} to {money(capex[peak])} a quarter in {dates[peak]}, from there down by {percent(fall)} until "
        f"{dates[trough]}, and stood at {money(capex[-1])} in {dates[-1]}. "
        f"{NO_PULLBACK if served_late else ''}{_why(history, peak)}"
    )


def _told_as_pullback(outcome: Outcome, peak: int, trough: int) -> bool:
    """Whether a fall between two positions is, or is part of, an investment pullback."""
    return any(
        episode.kind == "investment pullback" and episode.peak - 1 <= trough and episode.trough - 1 >= peak
        for episode in outcome.episodes
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
    """Positions of peak and trough of the largest fall within two years; equal if there is none."""
    best, fall = (int(np.argmax(capex)),) * 2, 0.0
    for trough in range(len(capex)):
        first = max(trough - TWO_YEARS, 0)
        peak = first + int(np.argmax(capex[first : trough + 1]))
        if capex[peak] > 0.0 and 1.0 - capex[trough] / capex[peak] > fall:
            best, fall = (peak, trough), 1.0 - capex[trough] / capex[peak]
    return best


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
    when = f"It first covered all of it in {reached.index[0]}" if len(reached) else "It never covered all of it"
    if coverage.iloc[0] >= 1.0:
        when = "It covered all of it from the start"
    circular = percent(history["circularity"].max())
    return (
        f"Revenue from end users covered {percent(coverage.iloc[0])} of what AI capital must earn in "
        f"{coverage.index[0]}, {percent(coverage.iloc[peak])} when investment was highest and "
        f"{percent(coverage.iloc[-1])} at the end. {when}; at most {circular} of "
        "reported revenue was circular."
    )


def _failures(history: pd.DataFrame, events: pd.DataFrame) -> str:
    failures = events[events["event"].isin((*FAILURES, "bank_resolved"))]
    ordinary = f"{history['firm_failures'].sum():,.0f} ordinary firms failed and were replaced"
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
    return (
        f"When investment was highest, the failure of {actor[0]} would have put most at risk in others, {part[0]} "
        f"of all assets (DebtRank); at the end {actor[1]} {still}mattered most, with {part[1]}."
    )


def _macro(history: pd.DataFrame, economy: Economy | RunSince) -> str:
    """Growth and jobs, and what the run has and lacks against its macro twin."""
    gdp, jobless, scores = history["real_gdp"], history["unemployment"], economy.outcome.scores
    years = max(len(gdp) - 1, 1) / 4.0
    growth = (gdp.iloc[-1] / gdp.iloc[0]) ** (1.0 / years) - 1.0
    said = (
        f"Real GDP grew {growth * 100:.1f}% a year; unemployment went from {jobless.iloc[0] * 100:.1f}% to a high of "
        f"{jobless.max() * 100:.1f}% in {jobless.idxmax()} and ended at {jobless.iloc[-1] * 100:.1f}%."
    )
    if economy.macro_twin is economy:
        return said
    return (
        f"{said} Against the same economy without the boom, GDP of all quarters together is "
        f"{scores['gdp_gain'] * 100:+.1f}%, with {scores['job_years']:+.1f} million job-years; from a peak of AI "
        f"investment on it fell back by at most {-np.expm1(-max(scores['gdp_shortfall'], 0.0)) * 100:.1f}% against "
        f"it{_without_jobs(economy)}."
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

"""What happened on the way: pullbacks, withdrawals, credit events, macro episodes, each with its dates and depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import expm1, nan
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simulation.endings.falls import Fall, falls_of
from simulation.endings.thresholds import THRESHOLDS, Thresholds

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Table = Mapping[str, Floats]

KINDS = ("investment pullback", "market pullback", "withdrawal", "credit event", "macro episode", "systemic episode")
INVESTMENT, MARKET, WITHDRAWAL, CREDIT, MACRO, SYSTEMIC = KINDS
APART = 4  # quarters without one that part two credit events, as losses are summed over four
LOOK_BACK = 2  # quarters before a peak in which its cause is looked for
ROUNDING = 1e-12  # of a level: means of what stays the same differ by so much


class Episode(NamedTuple):
    """One episode. Quarters are simulated ones, the first is 1; nan for what has not come by the end of the run.

    `depth` is the fall from the peak for pullbacks and macro episodes (ratio), the greatest loss over debt for credit
    events, the highest gap to sober value for withdrawals. `quarters_down` counts from peak to trough; for withdrawals
    and credit events, from their first quarter to their last. `over` is the quarter in which a fall is over by the rule
    that parts two falls (`simulation.endings.falls`), or the first without a withdrawal or credit event; `recovery`
    counts the quarters from trough until the peak is reached again. A systemic episode has all but its start from its
    macro episode.
    """

    kind: str
    start: float
    peak: float
    trough: float
    depth: float
    quarters_down: float
    over: float
    recovery: float
    cause: str


def mean_of(values: Floats, quarters: int) -> Floats:
    """Mean of the last quarters; of fewer at the beginning."""
    total = np.cumsum(values)
    total[quarters:] = total[quarters:] - total[:-quarters]
    mean: Floats = total / np.minimum(np.arange(len(values)) + 1, quarters)
    return mean


def fall_within(values: Floats, window: int) -> Floats:
    """Fall from the highest of the last `window` quarters (ratio)."""
    if not len(values):
        return values
    padded = np.concatenate((np.full(window, -np.inf), values))
    highest = np.lib.stride_tricks.sliding_window_view(padded, window + 1).max(axis=1)
    return _ratio(highest - values, highest)


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0.0)


class Tests:
    """Every test of a run as an array of one value a quarter, computed once for all thresholds.

    `run` and `twin` hold the series of the run and of its macro twin, by name.
    """

    def __init__(self, run: Table, twin: Table, thresholds: Thresholds) -> None:
        averaging, window = thresholds.averaging, thresholds.window
        self.run = run
        self.capex = mean_of(run["ai_capex_real"], averaging)
        self.capex_fall = fall_within(self.capex, window)
        orders = mean_of(run["ai_orders"] / run["price_level"], averaging)
        self.orders_fall = fall_within(orders, window + averaging)
        self.equity = run["ai_equity"]
        self.equity_fall = fall_within(self.equity, window)
        losses = averaging * mean_of(run["ai_credit_losses"], averaging)
        losses[:averaging] = np.cumsum(run["ai_credit_losses"][:averaging])
        before = run["ai_debt"][np.maximum(np.arange(len(losses)) - averaging, 0)]
        self.losses_to_debt = _ratio(losses, before)
        self.losses_to_gdp = losses / (4.0 * run["gdp"])
        self.gdp_gap = np.log(mean_of(run["real_gdp"], averaging)) - np.log(mean_of(twin["real_gdp"], averaging))
        jobless = mean_of(run["unemployment"], averaging) - mean_of(twin["unemployment"], averaging)
        self.peaks = peaks_of(self.capex)
        counts = _counting(self.capex, self.peaks, thresholds.damage_window)
        self._gdp_lost = np.where(counts, self.gdp_gap[self.peaks] - self.gdp_gap[:, None], np.nan)
        self._unemployment_gained = np.where(counts, jobless[:, None] - jobless[self.peaks], np.nan)
        self.gdp_shortfall = np.nanmax(self._gdp_lost, axis=1, initial=0.0)
        self.unemployment_rise = np.nanmax(self._unemployment_gained, axis=1, initial=0.0)

    def holds(self, kind: str, bounds: Thresholds) -> Flags:
        """The quarters in which the test of a kind holds."""
        if kind == INVESTMENT:
            return (self.capex_fall >= bounds.capex_fall) & (self.orders_fall >= bounds.orders_fall)
        if kind == MARKET:
            return np.asarray(self.equity_fall >= bounds.equity_fall)
        if kind == WITHDRAWAL:
            return np.asarray(self.run["withdrawal"] > 0.5)
        if kind == CREDIT:
            losses = (self.losses_to_debt >= bounds.losses_to_debt) | (self.losses_to_gdp >= bounds.losses_to_gdp)
            gated = self.run["private_credit_gated"] >= bounds.gated_share
            return np.asarray(losses | gated | (self.run["bank_failures"] > 0.0))
        macro = np.asarray(self._macro(bounds).any(axis=1))
        if kind == MACRO:
            return macro
        credit = self.holds(CREDIT, bounds)
        return np.asarray((macro & _lately(credit, bounds.window)) | (credit & _lately(macro, bounds.window)))

    def _macro(self, bounds: Thresholds) -> Flags:
        """Whether output and jobs are lost together, by quarter (rows) since each peak of AI investment (columns)."""
        lost, gained = self._gdp_lost, self._unemployment_gained
        return np.asarray((lost >= bounds.gdp_shortfall) & (gained >= bounds.unemployment_rise))

    def macro_peak(self, bounds: Thresholds) -> Callable[[int, int], int]:
        """For a quarter and the first that may be its peak: the peak of AI investment since which most output is lost,
        and jobs with it; -1 where there is none."""
        lost = np.where(self._macro(bounds), self._gdp_lost, -np.inf)

        def peak_of(quarter: int, first: int) -> int:
            since = np.where(self.peaks >= first, lost[quarter], -np.inf)
            return int(self.peaks[since.argmax()]) if since.max(initial=-np.inf) > -np.inf else -1

        return peak_of

    def level(self, kind: str) -> Floats | None:
        """What falls in an episode of a kind; none where nothing does."""
        if kind in (INVESTMENT, MARKET):
            return self.capex if kind == INVESTMENT else self.equity
        return np.exp(self.gdp_gap) if kind in (MACRO, SYSTEMIC) else None


def pullback_since(series: npt.NDArray[np.void], quarter: int) -> tuple[bool, float]:
    """Whether a run's series show an investment pullback after so many quarters, and the largest fall since: this
    needs no twin."""
    table = {name: series[name] for name in series.dtype.names or ()}
    tests = Tests(table, table, THRESHOLDS)
    return bool(tests.holds(INVESTMENT, THRESHOLDS)[quarter:].any()), float(tests.capex_fall[quarter:].max())


def peaks_of(values: Floats) -> npt.NDArray[np.int64]:
    """The quarters from which a level turns down: as high as the quarter before, higher than the next."""
    down = values[1:] < (1.0 - ROUNDING) * values[:-1]
    return np.flatnonzero(down & ~np.concatenate(([False], down[:-1])))


def _counting(values: Floats, peaks: npt.NDArray[np.int64], least: int) -> Flags:
    """By quarter (rows), the peaks before it (columns) that count: until a level is higher again, and for so many
    quarters at least."""
    since = np.arange(len(values))[:, None] - peaks
    highest_since = np.maximum.accumulate(np.where(since > 0, values[:, None], -np.inf), axis=0)
    return np.asarray((since > 0) & ((since <= least) | (highest_since <= values[peaks])))


def _lately(holds: Flags, window: int) -> Flags:
    """Whether a test has held in one of the last `window` quarters."""
    count = np.cumsum(holds)
    count[window:] = count[window:] - count[:-window]
    return np.asarray(count > 0)


def episodes_of(tests: Tests, thresholds: Thresholds) -> list[Episode]:
    """All episodes of a run in the order in which they began."""
    found = [episode for kind in KINDS for episode in _episodes(tests, kind, thresholds)]
    return sorted(found, key=lambda episode: (episode.start, KINDS.index(episode.kind)))


def _episodes(tests: Tests, kind: str, bounds: Thresholds) -> Iterator[Episode]:
    """Episodes of one kind. A withdrawal ends when investors come back: if they leave again, it is another."""
    level = tests.level(kind)
    if level is None:
        for start, end in _spells(tests.holds(kind, bounds), APART if kind == CREDIT else 1):
            depth, cause = _depth(tests, kind, slice(start, end)), _cause(tests, start, start)
            over = end + 1.0 if end < len(tests.capex) else nan
            yield Episode(kind, start + 1.0, start + 1.0, nan, depth, float(end - start), over, nan, cause)
        return
    for start, peak, trough, made_good in _falls(tests, kind, bounds):
        depth = 1.0 - float(level[trough] / level[peak])
        back = np.flatnonzero(level[trough:] >= level[peak])
        recovery = float(back[0]) if len(back) else nan
        cause, over = _cause(tests, peak, start), nan if made_good is None else made_good + 1.0
        yield Episode(kind, start + 1.0, peak + 1.0, trough + 1.0, depth, float(trough - peak), over, recovery, cause)


def _falls(tests: Tests, kind: str, bounds: Thresholds) -> Iterator[Fall]:
    """Falls that are episodes of one kind."""
    if kind == SYSTEMIC:
        yield from _with_credit_events(tests, bounds)
    elif kind == MACRO:
        holds, least = tests.holds(kind, bounds), -expm1(-bounds.gdp_shortfall)
        if holds.any():
            yield from falls_of(np.exp(tests.gdp_gap), holds, least, bounds, tests.macro_peak(bounds))
    elif kind == MARKET:
        yield from falls_of(tests.equity, tests.holds(kind, bounds), bounds.equity_fall, bounds)
    else:
        yield from falls_of(tests.capex, tests.holds(kind, bounds), bounds.capex_fall, bounds)


def _with_credit_events(tests: Tests, bounds: Thresholds) -> Iterator[Fall]:
    """Macro episodes that are systemic, each from the quarter on in which both had come."""
    holds, falls = tests.holds(SYSTEMIC, bounds), list(_falls(tests, MACRO, bounds))
    for number, fall in enumerate(falls):
        end = falls[number + 1].shows if fall is not falls[-1] else len(holds)
        if holds[fall.shows : end].any():
            yield fall._replace(shows=fall.shows + int(holds[fall.shows : end].argmax()))


def under_way(tests: Tests, bounds: Thresholds, last: int) -> bool:
    """Whether an investment pullback goes on in a quarter (counted from 0)."""
    return any(fall.goes_on(last) for fall in _falls(tests, INVESTMENT, bounds))


def _spells(holds: Flags, apart: int) -> Iterator[tuple[int, int]]:
    """First quarter, and the one after the last, of spells of a test; so many quarters without it part two."""
    when = np.flatnonzero(holds)
    if len(when):
        new = np.flatnonzero(np.diff(when) > apart)
        yield from zip(when[[0, *(new + 1)]].tolist(), (when[[*new, -1]] + 1).tolist(), strict=True)


def _depth(tests: Tests, kind: str, when: slice) -> float:
    values = tests.losses_to_debt if kind == CREDIT else tests.run["sober_gap"]
    return float(values[when].max())


def _cause(tests: Tests, peak: int, start: int) -> str:
    """The first sign around a peak of what can end a rise."""
    run = tests.run
    window = slice(max(peak - LOOK_BACK, 0), start + 1)
    before = np.roll(run["compute_waiting"], 1)
    before[0] = run["compute_waiting"][0]
    signs: tuple[tuple[str, Any], ...] = (
        ("withdrawal of investors", run["withdrawal"] > 0.5),
        ("a failed round", run["failed_rounds"] > 0.0),
        ("a failure in the AI sector", run["ai_failures"] > 0.0),
        ("losses on AI debt", run["ai_credit_losses"] > 0.0),
        ("a closed gate of private credit", run["private_credit_gated"] > 0.0),
        ("rents below the cost of compute", run["spot_price"] < run["user_cost"]),
        ("equipment without power or shell", run["compute_waiting"] - before > 0.1 * run["compute_online"]),
        ("fewer chips shipped than wanted", run["chip_supply"] < 0.5 * run["chip_backlog"]),
    )
    shown = [(int(np.argmax(holds[window])), number) for number, (_, holds) in enumerate(signs) if holds[window].any()]
    return signs[min(shown)[1]][0] if shown else "capacity caught up with need"

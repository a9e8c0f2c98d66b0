"""What pairs of runs say: how often something happens without and with the changes, and where a series goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simulation.dates import later, number_of
from simulation.endings import ENDINGS

from .. import statistics as st
from ..analysis.wording import signed, with_interval
from ..record.observables import OBSERVABLES
from .asked import Asked
from .pairs import Pair
from .sketches import EPISODES

if TYPE_CHECKING:
    from ..batch.worker import Rows

Floats = npt.NDArray[np.float64]
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


class Share(NamedTuple):
    """How often something happens without and with the changes, and the change, each with its 95% interval.

    `p_value` is McNemar's exact one after Holm's correction over the rows of a table.
    """

    name: str
    without: st.Estimate
    changed: st.Estimate
    effect: st.Estimate
    p_value: float

    @property
    def established(self) -> bool:
        """Whether the pairs establish the sign, by the rule of every report."""
        return not self.effect.crosses_zero and self.p_value < 1.0 - st.CONFIDENCE


class Fan(NamedTuple):
    """Quarters, and bands of a series by quarter without and with the changes: shape (levels, quarters)."""

    quarters: list[str]
    without: Floats
    changed: Floats
    record: dict[str, float]


def endings_of(pairs: Sequence[Pair]) -> list[Share]:
    """Shares of endings, whose intervals hold for all at once (Goodman 1965)."""
    flags: dict[str, tuple[Floats, Floats]] = {ending: _flags(pairs, "outcome", ending) for ending in ENDINGS}
    both = [st.outcome_shares({name: int(np.nansum(sides[k])) for name, sides in flags.items()}) for k in (0, 1)]
    return _shares(flags, *both)


def episodes_of(pairs: Sequence[Pair]) -> list[Share]:
    """Shares of runs with each kind of episode on the way, each with an interval of its own."""
    flags = {name: _flags(pairs, column, True) for name, column in EPISODES.items()}
    both = [{name: _probability(sides[k]) for name, sides in flags.items()} for k in (0, 1)]
    return _shares(flags, *both)


def sentence(pairs: Sequence[Pair], asked: Asked) -> str:
    """The answer in words: what the changes do to the share of runs with an investment pullback."""
    if not pairs:
        return "The first runs are on their way."
    without, changed = _flags(pairs, "pullback", True)
    share = episodes_of(pairs)[0]
    flips = st.flips(changed, without)
    if asked.reference.digest == asked.changed.digest:
        return (
            f"Of {share.without.n} {asked.reference.name} runs, {with_interval(share.without)} have an investment "
            "pullback on the way. Change something, and the same seeds answer."
        )
    verdict = "" if share.established else " These runs do not establish that anything has changed."
    return (
        f"An investment pullback comes in {with_interval(share.changed)} of runs with your changes and in "
        f"{with_interval(share.without)} without: {signed(share.effect.scaled(100.0), 0)} points. Of {flips.n} pairs "
        f"{flips.saved} are saved from it and {flips.harmed} get one.{verdict}"
    )


def whole(pairs: Sequence[Pair]) -> int:
    """Pairs from which nothing is missing."""
    return sum(pair.is_whole for pair in pairs)


def failed(pairs: Sequence[Pair]) -> int:
    """Runs that broke off."""
    return sum("failure" in rows for pair in pairs for rows in (pair.without, pair.changed))


def fan_of(pairs: Sequence[Pair], asked: Asked, series: str) -> Fan:
    """Median, 50% and 90% bands of a series by quarter, and what the record has of it."""
    from ..ensembles.start import start_of

    quarters = [later(start_of(asked.vintage), count) for count in range(1, asked.plan.study.horizon + 1)]
    sound = [pair for pair in pairs if "failure" not in pair.without and "failure" not in pair.changed]
    bands = [
        st.quantiles(np.array([rows["series"][series] for rows in side], dtype=float), LEVELS)
        for side in ([pair.without for pair in sound], [pair.changed for pair in sound])
        if side
    ]
    nothing = np.full((len(LEVELS), len(quarters)), np.nan)
    without, changed = bands or (nothing, nothing)
    return Fan(quarters, without, changed, recorded(series, quarters[-1]))


def recorded(series: str, last: str) -> dict[str, float]:
    """What the record has of a series of the economy, by quarter; empty where it has nothing comparable."""
    from ..record.observations import load_record

    for observable in OBSERVABLES:
        if observable.where == "series" and observable.what == series and not observable.relative:
            values = load_record().values(observable.series)
            return {quarter: value for quarter, value in values.items() if number_of(quarter) <= number_of(last)}
    return {}


def _flags(pairs: Sequence[Pair], column: str, wanted: Any) -> tuple[Floats, Floats]:
    """Whether a column has the value, run by run without and with the changes; NaN for a run that broke off, and for
    what a sketch does not tell."""
    without, changed = (
        np.array([_flag(rows, column, wanted) for rows in side])
        for side in ([pair.without for pair in pairs], [pair.changed for pair in pairs])
    )
    return without, changed


def _flag(rows: Rows, column: str, wanted: Any) -> float:
    outcome = rows.get("outcome", {})
    return float(outcome[column] == wanted) if column in outcome else np.nan


def _probability(flags: Floats) -> st.Estimate:
    known = st.finite(flags)
    return st.probability(int(known.sum()), known.size)


def _shares(
    flags: Mapping[str, tuple[Floats, Floats]], without: Mapping[str, st.Estimate], changed: Mapping[str, st.Estimate]
) -> list[Share]:
    """The rows of a table, from the flags without and with the changes and the shares on both sides."""
    found = [st.flips(after, before) for before, after in flags.values()]
    p_values = st.holm([each.p_value if each.n else 1.0 for each in found])  # what is to come counts as looked at
    return [
        Share(name, without[name], changed[name], st.share_effect(after, before), p_value)
        for (name, (before, after)), p_value in zip(flags.items(), p_values, strict=True)
    ]

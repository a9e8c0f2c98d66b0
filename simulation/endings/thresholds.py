"""Where episodes and endings are cut: every threshold once, in words and numbers, with its source.

All stand in `Thresholds`; each is also tried 20% lower and higher, and reports say what that does to every share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares are ratios, durations quarters. Those in `CHOSEN` are varied."""

    capex_fall: float = 0.30
    orders_fall: float = 0.20
    equity_fall: float = 0.40
    losses_to_debt: float = 0.05
    losses_to_gdp: float = 0.003
    gated_share: float = 0.25
    gdp_shortfall: float = 0.015
    unemployment_rise: float = 0.01
    uplift_counted: float = 0.50
    made_good: float = 0.50
    keeps_capacity: float = 0.50
    averaging: int = 4
    window: int = 8
    damage_window: int = 12


THRESHOLDS = Thresholds()
VARIATION = 0.20


class Choice(NamedTuple):
    """A threshold in words, with where it comes from."""

    name: str
    meaning: str
    source: str


CHOSEN = (
    Choice(
        "capex_fall",
        "investment pullback: fall of real AI investment (mean of four quarters) from its peak of eight quarters",
        "judgement; US telecommunications after 2000 are the case in mind (Couper, Hejkal and Wolman 2003)",
    ),
    Choice(
        "orders_fall",
        "... with orders fallen by this much too, so that late deliveries are not taken for a pullback",
        "judgement: orders that are merely served late do not fall",
    ),
    Choice(
        "equity_fall",
        "market pullback: fall of the index of AI shares from its peak of eight quarters",
        "a crash of an industry's shares: 40% within two years (Greenwood, Shleifer and You 2019)",
    ),
    Choice(
        "losses_to_debt",
        "credit event: losses of four quarters over AI debt before them",
        "judgement: the order of a bad year's losses on speculative-grade debt",
    ),
    Choice(
        "losses_to_gdp",
        "... or over annual GDP (or a bank resolved)",
        "judgement: losses that the economy's lenders as a whole would notice",
    ),
    Choice("gated_share", "... or share of private credit behind a closed gate", "judgement: a quarter of a market"),
    Choice(
        "gdp_shortfall",
        "macro episode: fall of real GDP against the macro twin since a peak of AI investment, which counts until "
        "investment is higher again, and for three years at least",
        "judgement; real GDP fell by less in the recession of 2001 (Bureau of Economic Analysis)",
    ),
    Choice(
        "unemployment_rise",
        "... with this rise of unemployment against the twin since the same peak",
        "twice the half point of Sahm's rule (Sahm 2019)",
    ),
    Choice(
        "uplift_counted",
        "realised return: part of the uplift of owners' own business that is counted as earned",
        "judgement: no source tells; results are given for all, half and none of it",
    ),
    Choice(
        "made_good",
        "pullbacks and macro episodes: part of a fall that must be regained for it to be over (or the rise from its "
        "trough as great, in logs, as a fall that counts); what falls before that is the same episode",
        "judgement; the rise from the trough parts bear markets (a fifth in Lunde and Timmermann 2004): half of a fall "
        "of 40% is a rise by a third",
    ),
    Choice(
        "keeps_capacity",
        "collapsed: AI investment below this part of what keeps capacity constant",
        "judgement: half of what wears out is not replaced",
    ),
)


@lru_cache(maxsize=4)
def variations(thresholds: Thresholds = THRESHOLDS) -> dict[str, Thresholds]:
    """Every threshold moved down and up by 20%, by what was moved: "capex_fall -20%" and its like."""
    return dict(_variations(thresholds))


def _variations(thresholds: Thresholds) -> Iterator[tuple[str, Thresholds]]:
    names = {field.name for field in fields(Thresholds)}
    for name in (choice.name for choice in CHOSEN if choice.name in names):
        for sign, factor in (("-", 1.0 - VARIATION), ("+", 1.0 + VARIATION)):
            yield f"{name} {sign}{VARIATION:.0%}", replace(thresholds, **{name: factor * getattr(thresholds, name)})

"""When episodes come: hazards by year, cumulative incidence, and which kind comes first.

A share that ever had one by the horizon depends on the horizon; a hazard and an incidence by a date do not."""

import numpy as np
import pandas as pd

from .. import statistics as st
from ..study.schema import Arm
from .measures import identity_of
from .runs import StudyRuns

FIRST_QUARTERS = {
    "investment pullback": "pullback_quarter",
    "market pullback": "market_quarter",
    "withdrawal": "first_withdrawal_quarter",
    "credit event": "credit_quarter",
    "macro episode": "macro_quarter",
    "systemic episode": "systemic_quarter",
}
"""The column of the runs with the quarter in which the first episode of a kind begins."""
ASKED = ("2027Q4", "2030Q4")


def first_quarters(analysis: StudyRuns, arm: Arm, kind: str) -> pd.Series:
    """The quarter in which each finished run of an arm has its first episode of a kind, by seed; infinite where it has
    none."""
    return analysis.finished(arm)[FIRST_QUARTERS[kind]].astype(float).fillna(np.inf)


def incidence_by(analysis: StudyRuns, arm: Arm, kind: str, date: str) -> st.Estimate:
    """Share of an arm's runs with an episode of a kind by the end of a quarter such as "2027Q4"."""
    quarters = first_quarters(analysis, arm, kind)
    return analysis.probability(quarters <= analysis.dates.index(date) + 1)


def asked_dates(analysis: StudyRuns) -> list[str]:
    """The ends of 2027 and 2030 as far as the runs reach them; else the end of the runs."""
    dates = analysis.dates
    return [date for date in ASKED if date in dates] or dates[-1:]


def incidence_table(analysis: StudyRuns) -> pd.DataFrame:
    """By arm, kind and year: hazard among runs without one so far, share of runs with one, share in which it was the
    first of all kinds (competing risks: Kalbfleisch and Prentice 1980), each with its interval and n."""
    rows = []
    dates = analysis.dates
    ends = [place + 1 for place, date in enumerate(dates) if date.endswith("Q4") or place == len(dates) - 1]
    for arm in analysis.plan.arms:
        begun = {kind: first_quarters(analysis, arm, kind) for kind in FIRST_QUARTERS}
        soonest = pd.concat(begun, axis=1).min(axis=1)
        for kind, quarters in begun.items():
            before = 0
            for end in ends:
                found = {
                    "hazard": analysis.probability(quarters[quarters > before] <= end),
                    "incidence": analysis.probability(quarters <= end),
                    "first_of_all": analysis.probability((quarters <= end) & (quarters == soonest)),
                }
                place = identity_of(arm, kind=kind, until=dates[end - 1])
                rows += [place | {"what": what} | estimate.columns("share") for what, estimate in found.items()]
                before = end
    return pd.DataFrame(rows)

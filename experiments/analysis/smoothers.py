"""How far shares lie apart between the smoothers whose members a study from now starts from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .. import statistics as st
from .incidence import asked_dates, first_quarters
from .measures import PAID_OFF, PULLBACK, earns_its_cost
from .runs import StudyRuns

EARNED = "money of the boom earns its cost"


def smoother_table(analysis: StudyRuns) -> pd.DataFrame:
    """A row for each share of the answer, in the reference; empty where all runs come from one smoother.

    Columns: answer, share with low and high over smoothers and runs, chance_low and chance_high over runs alone, n,
    beyond_chance (standard deviation between smoothers), and the share in runs from each smoother."""
    runs = analysis.finished(analysis.reference)
    if np.unique(analysis.smoother_of(runs.index)).size < 2:
        return pd.DataFrame()
    rows = []
    for answer, happened in answers(analysis, runs).items():
        known = happened.astype(float).dropna()
        mine = analysis.smoother_of(known.index)
        if known.empty:
            continue
        chance = st.probability(int(known.sum()), len(known))
        by_smoother = {f"smoother {number + 1}": float(known[mine == number].mean()) for number in np.unique(mine)}
        rows.append(
            {"answer": answer, **analysis.probability(known).columns("share"),
             "chance_low": chance.low, "chance_high": chance.high,
             "beyond_chance": st.spread_beyond_chance(known, mine), **by_smoother}
        )  # fmt: skip
    return pd.DataFrame(rows)


def answers(analysis: StudyRuns, runs: pd.DataFrame) -> dict[str, pd.Series]:
    """What the headline tells shares of, and paid off, run by run; NaN where a run does not tell."""
    quarters = first_quarters(analysis, analysis.reference, PULLBACK.name)
    by_date = {
        f"investment pullback by {date}": quarters <= analysis.dates.index(date) + 1 for date in asked_dates(analysis)
    }
    return by_date | {EARNED: earns_its_cost(runs), PAID_OFF.name: PAID_OFF.read(runs)}

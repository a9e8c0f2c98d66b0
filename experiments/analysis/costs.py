"""Whether runs that end or go differently differ in what they cost: groups of runs held against each other."""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from .. import statistics as st

Runs = Callable[[pd.DataFrame], pd.Series]


class Cost(NamedTuple):
    """Something a run costs or brings against its macro twin: its name, its unit, and how it is read off the runs."""

    name: str
    unit: str
    read: Runs


def _ending(*labels: str) -> Runs:
    return lambda runs: runs["outcome"].isin(labels)


_PAID = ("paid off, no episode", "paid off after one")
GROUPS: dict[str, Runs] = {
    "paid off": _ending(*_PAID),
    "settled": _ending("settled unpaid"),
    "boom on": _ending("boom on unpaid"),
    "collapsed": _ending("collapsed"),
    "unpaid": lambda runs: ~runs["outcome"].isin(_PAID),
    "with an investment pullback": lambda runs: runs["pullback"].astype(bool),
    "without one": lambda runs: ~runs["pullback"].astype(bool),
}
"""Runs by how they go, in the order in which every table tells endings."""
PAIRS = (
    ("paid off", "collapsed"),
    ("settled", "boom on"),
    ("paid off", "unpaid"),
    ("with an investment pullback", "without one"),
)
"""Groups of runs that are held against each other."""
COSTS = (
    Cost("worst loss of GDP", "%", lambda runs: 100.0 * runs["gdp_shortfall"]),
    Cost("GDP of all quarters", "%", lambda runs: 100.0 * runs["gdp_gain"]),
    Cost("job-years", "million", lambda runs: runs["job_years"]),
    Cost(
        "credit losses",
        "USD bn",
        lambda runs: runs[["credit_losses_banks", "credit_losses_funds", "credit_losses_others"]].sum(axis=1),
    ),
    Cost("wealth of the top tenth", "USD tn", lambda runs: runs["wealth_top"] / 1000.0),
    Cost("wealth of the others", "USD tn", lambda runs: runs["wealth_rest"] / 1000.0),
    Cost("public debt", "points of GDP", lambda runs: 100.0 * runs["public_debt"]),
)
"""What a run costs or brings against its macro twin."""


def cost_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Every pair of groups and every cost: both means, numbers of runs, the difference with its interval, and how many
    standard errors it is away from zero. `runs` are finished runs of one arm."""
    rows = []
    for first, second in PAIRS:
        groups = runs[GROUPS[first](runs)], runs[GROUPS[second](runs)]
        for cost in COSTS:
            found = st.difference_of_means(cost.read(groups[0]), cost.read(groups[1]))
            rows.append(
                {
                    "first": first,
                    "second": second,
                    "cost": cost.name,
                    "unit": cost.unit,
                    "mean_first": found.first,
                    "mean_second": found.second,
                    "runs_first": found.of_first,
                    "runs_second": found.of_second,
                    **found.estimate.columns("difference"),
                    "standard_errors": found.in_standard_errors,
                }
            )
    return pd.DataFrame(rows)

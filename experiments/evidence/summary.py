"""What the scores say: pooled, by series and by horizon, beside the benchmarks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..record.observables import HEADLINE
from .benchmarks import BENCHMARKS
from .scores import LEVELS, diebold_mariano, uniform_p

NAMES = tuple(BENCHMARKS)
REACH, SERIES_BELOW = 0.9, 4  # of the best benchmark; of the five headline series
COVERED = (0.7, 0.9)
REJECTED = 0.01


def comparable(scores: pd.DataFrame) -> pd.DataFrame:
    """Rows that every benchmark forecasts too."""
    there = [name for name in NAMES if name in scores]
    return scores.dropna(subset=there) if len(there) == len(NAMES) else scores.iloc[:0]


def headline_rows(scores: pd.DataFrame) -> pd.DataFrame:
    """Rows of the headline series."""
    return scores[(scores["entity"] == "economy") & scores["series"].isin(HEADLINE)]


def by_series(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean CRPS of model and benchmarks, coverage, and the test of ranks, for each series; headline first."""
    rows = []
    for (series, entity), group in scores.groupby(["series", "entity"], sort=True):
        both = comparable(group)
        means = both[["crps", *NAMES]].mean() if len(both) else pd.Series(dtype=float)
        best = _best(means) if len(both) else ""
        one = group[group["horizon"] == 1]
        rows.append(
            {
                "series": series, "entity": entity, "n": len(group), "crps": group["crps"].mean(),
                "best": best, "ratio": means["crps"] / means[best] if best else np.nan,
                **{f"{level:.0%}": group[f"held {level:.0%}"].mean() for level in LEVELS},
                "pit p": uniform_p(one["rank"].to_numpy(float)),
                "headline": entity == "economy" and series in HEADLINE,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows)
    return table.sort_values(["headline", "series"], ascending=[False, True], kind="stable", ignore_index=True)


def by_horizon(scores: pd.DataFrame) -> pd.DataFrame:
    """Headline series pooled: mean CRPS at each horizon, and the test against the best benchmark over origins."""
    rows = []
    for horizon, group in comparable(headline_rows(scores)).groupby("horizon"):
        means = group[["crps", *NAMES]].mean()
        best = _best(means)
        of_origin = group.groupby("origin")[["crps", best]].mean()
        test = diebold_mariano(of_origin["crps"].to_numpy(), of_origin[best].to_numpy(), int(str(horizon)))
        rows.append(
            {"horizon": horizon, "n": len(group), **means.to_dict(), "best": best, "ratio": means["crps"] / means[best],
             "80%": group["held 80%"].mean(), "DM": test.statistic, "DM p": test.p}
        )  # fmt: skip
    return pd.DataFrame(rows)


def verdicts(scores: pd.DataFrame, shares: pd.DataFrame) -> list[str]:
    """What was to be reached and what was, one line each."""
    both = comparable(headline_rows(scores))
    if both.empty:
        return ["No headline series is recorded after an origin beside enough numbers for the benchmarks."]
    means = both[["crps", *NAMES]].mean()
    best = _best(means)
    table = by_series(both)
    below = int((table["ratio"] < 1.0).sum())
    rows = headline_rows(scores)
    covered = float(rows["held 80%"].mean())
    rejected = table[table["pit p"] < REJECTED]["series"].tolist()
    ratio = means["crps"] / means[best]
    lines = [
        f"{_mark(ratio <= REACH)} CRPS of logs, headline series pooled: {means['crps']:.3f}, {ratio:.2f} of the best "
        f"benchmark ({best} {means[best]:.3f}); wanted {REACH:.2f} or less",
        f"{_mark(below >= SERIES_BELOW)} below the best benchmark in {below} of {len(table)} headline series; wanted "
        f"{SERIES_BELOW}",
        f"{_mark(COVERED[0] <= covered <= COVERED[1])} 80% bands hold {covered:.0%}; wanted {COVERED[0]:.0%} to "
        f"{COVERED[1]:.0%}",
        f"{_mark(not rejected)} ranks one quarter ahead rejected at 1%: {', '.join(rejected) or 'none'}",
    ]
    for series, group in shares.groupby("series") if len(shares) else ():
        inside = float(group["held"].mean())
        lines.append(f"{_mark(inside >= COVERED[0])} shares of {series} by firm inside their 90% bands: {inside:.0%}")
    return lines


def _best(means: pd.Series[float]) -> str:
    """The benchmark that loses least."""
    return min(NAMES, key=lambda name: float(means[name]))


def _mark(reached: bool) -> str:
    return "reached" if reached else "MISSED "

"""The golden baseline: what the shipped economies computed when the results last changed on purpose.

`python -m tests.golden` says what differs today, series by series, and ends with 1 if anything does;
`python -m tests.golden --write` accepts today's numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from simulation import Economy, Scenario

BASELINE = Path(__file__).with_name("golden_baseline.csv")
VINTAGES = ("2022Q4", "2024Q4")
FIRMS = 200
EVERY = 4
"""quarters between the rows that are kept"""
TOLERANCE = 1e-9
"""relative; other machines round exp and log differently in the last digit"""
NOT_COMPARED = ["worst_residual"]


def simulate() -> pd.DataFrame:
    """The baseline economy of both vintages: one row per kept quarter, one column per series."""
    histories = []
    for vintage in VINTAGES:
        history = Economy(Scenario.load("baseline"), seed=1, vintage=vintage, firms=FIRMS).run().history
        kept = history.iloc[EVERY - 1 :: EVERY].drop(columns=NOT_COMPARED)
        histories.append(kept.set_axis([f"{vintage} {quarter}" for quarter in kept.index]))
    return pd.concat(histories).rename_axis("run and quarter")


def differences(today: pd.DataFrame, baseline: pd.DataFrame) -> pd.DataFrame:
    """One row per series that differs: where first, from what to what, and the largest relative change."""
    if list(today.columns) != list(baseline.columns) or list(today.index) != list(baseline.index):
        changed = sorted(set(today.columns) ^ set(baseline.columns)) or ["the quarters"]
        return pd.DataFrame({"series": changed, "difference": "only in one of the two"})
    scale = np.maximum(np.abs(baseline), np.abs(today)).clip(lower=1e-12)
    change = ((today - baseline).abs() / scale).fillna(0.0) + (today.isna() != baseline.isna())
    rows = []
    for series in change.columns[(change > TOLERANCE).any()]:
        first = (change[series] > TOLERANCE).idxmax()
        rows.append(
            {
                "series": series,
                "first": first,
                "was": baseline.at[first, series],
                "now": today.at[first, series],
                "largest change": change[series].max(),
            }
        )
    return pd.DataFrame(rows)


def read_baseline() -> pd.DataFrame:
    """The accepted numbers."""
    return pd.read_csv(BASELINE, index_col=0)


def main(arguments: list[str]) -> int:
    """Write the baseline or print what differs from it."""
    today = simulate()
    if arguments == ["--write"]:
        today.to_csv(BASELINE, lineterminator="\n")
        print(f"{BASELINE.name}: {today.size} numbers accepted; say in CHANGELOG.md what changed and why")
        return 0
    changed = differences(today, read_baseline())
    print("nothing has changed" if changed.empty else changed.to_string(index=False))
    return 0 if changed.empty else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

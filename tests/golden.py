"""The golden baseline: what the shipped economies computed when the results last changed on purpose.

The file has a line per vintage and series and a column per year's last quarter, so that a diff of it can be read.
`python -m tests.golden` says which series have moved, when first and by how much, and ends with 1 if any has;
`python -m tests.golden --write` accepts today's numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from simulation import Economy, Scenario
from simulation.series import SERIES

BASELINE = Path(__file__).with_name("golden_baseline.csv")
VINTAGES = ("2022Q4", "2024Q4")
QUARTERS = ("2025Q4", "2027Q4", "2030Q4", "2034Q4")
WATCHED = (
    "real_gdp",
    "price_level",
    "unemployment",
    "policy_rate",
    "ai_capex",
    "lab_revenue",
    "coverage",
    "ai_equity",
    "ai_debt",
    "circularity",
)
"""One series for each part of the economy; a change anywhere reaches some of them within a few years."""
FIRMS = 200
DIGITS = 6
TOLERANCE = 1e-5
"""Relative. Ten times what the digits of the file can hold: machines that round exp and log differently agree."""
KEYS = ["vintage", "series", "unit"]


def simulate() -> pd.DataFrame:
    """The baseline economy of both vintages, seed 1: a row per vintage and series, a column per kept quarter."""
    rows = []
    for vintage in VINTAGES:
        history = Economy(Scenario.load("baseline"), seed=1, vintage=vintage, firms=FIRMS).run().history
        rows += [
            {"vintage": vintage, "series": name, "unit": SERIES[name].unit}
            | {quarter: float(history.at[quarter, name]) for quarter in QUARTERS}
            for name in WATCHED
        ]
    return pd.DataFrame(rows).set_index(KEYS)


def differences(today: pd.DataFrame, baseline: pd.DataFrame) -> pd.DataFrame:
    """One row per series that has moved: when first, from what to what, and by how much at most, in percent."""
    if list(today.columns) != list(baseline.columns) or list(today.index) != list(baseline.index):
        changed = sorted(set(today.index) ^ set(baseline.index)) or sorted(set(today.columns) ^ set(baseline.columns))
        return pd.DataFrame({"series": changed or ["the order"], "difference": "only in one of the two"})
    scale = pd.concat([baseline.abs(), today.abs()]).groupby(level=KEYS, sort=False).max().clip(lower=1e-12)
    change = ((today - baseline).abs() / scale).fillna(0.0).where(today.isna() == baseline.isna(), 1.0)
    rows = []
    for key in change.index[(change > TOLERANCE).any(axis=1)]:
        first = (change.loc[key] > TOLERANCE).idxmax()
        vintage, series, unit = key
        rows.append(
            {
                "vintage": vintage,
                "series": series,
                "unit": unit,
                "first": first,
                "was": baseline.at[key, first],
                "now": today.at[key, first],
                "largest change, %": round(100.0 * change.loc[key].max(), 3),
            }
        )
    return pd.DataFrame(rows)


def read_baseline() -> pd.DataFrame:
    """The accepted numbers."""
    return pd.read_csv(BASELINE).set_index(KEYS)


def main(arguments: list[str]) -> int:
    """Write the baseline or print what differs from it."""
    today = simulate()
    if arguments == ["--write"]:
        today.to_csv(BASELINE, lineterminator="\n", float_format=f"%.{DIGITS}g")
        print(f"{BASELINE.name}: {today.size} numbers accepted; say in CHANGELOG.md what changed and why")
        return 0
    changed = differences(today, read_baseline())
    print("nothing has changed" if changed.empty else changed.to_string(index=False))
    return 0 if changed.empty else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

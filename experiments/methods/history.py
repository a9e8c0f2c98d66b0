"""The economy that opens in 2022Q4 against what happened since: medians, bands, errors, and one figure.

Nothing is tuned to a quarter: parameters are those of the baseline, fixed once, or drawn from their priors."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from simulation.dates import FIRST, between, later

from ..analysis.wording import percent
from ..batch.runner import compute
from ..ensembles.learned import BAND
from ..figures import style
from ..statistics import quantiles
from ..store.results import write_csv
from ..study.schema import Study, plan

LAST_QUARTER = "2025Q3"


class Target(NamedTuple):
    """A recorded series to hold the simulated one of the same name against."""

    title: str
    unit: str


TARGETS = {
    "big4_capex": Target("Capital expenditure of the big four", "USD bn a quarter"),
    "nvidia_revenue": Target("Nvidia's data-centre revenue", "USD bn a quarter"),
    "capex_to_cash_flow": Target("Capex over cash flow, big four", "ratio"),
    "lab_revenue": Target("Revenue of the labs", "USD bn a quarter"),
    "adoption_count": Target("Share of firms that use AI", "ratio"),
}


class History(NamedTuple):
    """Simulated bands and recorded values: `table` by series and quarter, `errors` by series."""

    table: pd.DataFrame
    errors: pd.DataFrame
    runs: int
    failed: int


def against_history(runs: int = 200, firms: int = 1000, prior: bool = False, workers: int | None = None) -> History:
    """Simulate from 2022Q4 to the last recorded quarter; medians, 80% bands and errors."""
    from simulation.vintages.facts import history

    dates = quarters_between(FIRST, LAST_QUARTER)
    study = Study(title="history", vintage=FIRST, quarters=len(dates), runs=runs, firms=firms, prior=prior)
    finished = [rows["series"] for _, rows in compute(plan(study).specs, workers) if "series" in rows]
    bands = {
        name: quantiles(np.array([series[name] for series in finished]).reshape(-1, len(dates)), BAND)
        for name in TARGETS
    }
    table = pd.concat([_compared(name, band, dates, history(name)) for name, band in bands.items()], ignore_index=True)
    return History(table, errors_of(table), len(finished), runs - len(finished))


def write_history(folder: Path, found: History) -> Path:
    """Write the figure with its data, and the table of errors; returns the figure's path."""
    draw_history(found, folder / "history.png")
    write_csv(folder / "history-errors.csv", found.errors)
    return folder / "history.png"


def quarters_between(opening: str, last: str) -> list[str]:
    """The quarters after an opening, up to and including the last: ('2022Q4', '2023Q2') gives two."""
    return [later(opening, k + 1) for k in range(between(opening, last))]


def errors_of(table: pd.DataFrame) -> pd.DataFrame:
    """Per series: mean absolute error of the median, error at the end, quarters inside the band."""
    rows = []
    for name, group in table.dropna(subset=["data"]).groupby("series", sort=False):
        error = group["median"] / group["data"] - 1.0
        inside = (group["low"] <= group["data"]) & (group["data"] <= group["high"])
        rows.append(
            {
                "series": TARGETS[str(name)].title,
                "mean absolute error, %": error.abs().mean() * 100.0,
                "error at the end, %": error.iloc[-1] * 100.0,
                "quarters inside 80% band": f"{inside.sum()} of {len(group)}",
                "last quarter": group["quarter"].iloc[-1],
            }
        )
    return pd.DataFrame(rows)


def draw_history(found: History, path: Path) -> None:
    """Simulated median and 80% band against data, one panel per series."""
    notes = (
        f"{found.runs} runs from {FIRST} with parameters fixed once for all quarters: median (blue), 80% "
        "band; data (dashed). Data: company filings and the census survey, listed with their sources in the "
        f"history file of the vintages. Runs that failed: {found.failed}."
    )
    with style.drawing(path, _claim(found), notes, found.table, (9.0, 5.2), (2, 3)) as (_, panels):
        for axes, (name, target) in zip(panels, TARGETS.items(), strict=False):
            group = found.table[found.table["series"] == name].reset_index(drop=True)
            axes.fill_between(group.index, group["low"], group["high"], color=style.SKY, alpha=0.4, linewidth=0)
            axes.plot(group["median"], color=style.BLUE, linewidth=2.0)
            axes.plot(group["data"].dropna(), marker="o", markersize=3, **style.REFERENCE_LINE)
            axes.set_title(target.title, fontsize=8)
            axes.set_ylabel(target.unit, fontsize=8)
            axes.set_ylim(bottom=0)
            style.year_ticks(axes, list(group["quarter"]))
        panels[-1].set_visible(False)


def _compared(name: str, band: np.ndarray, dates: list[str], data: Mapping[str, float]) -> pd.DataFrame:
    recorded = [data.get(date, np.nan) for date in dates]
    low, median, high = band
    return pd.DataFrame(
        {"series": name, "quarter": dates, "low": low, "median": median, "high": high, "data": recorded}
    )


def _claim(found: History) -> str:
    both = found.table.dropna(subset=["data"])
    inside = ((both["low"] <= both["data"]) & (both["data"] <= both["high"])).mean()
    worst = found.errors.sort_values("mean absolute error, %").iloc[-1]
    share = percent(float(inside))
    return f"{share} of recorded quarters lie inside the simulated 80% band. Furthest off: {worst['series']}"


if __name__ == "__main__":
    # `python -m experiments.methods.history FOLDER` writes figure, data and errors.
    print(write_history(Path(sys.argv[1]), against_history()))

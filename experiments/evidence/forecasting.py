"""`circuit forecast`: what the ensemble says of the coming quarters, frozen on request and scored later."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from simulation.dates import later
from simulation.errors import CircuitError

from ..ensembles.ensemble import Ensemble, load_ensemble
from ..ensembles.learned import BAND
from ..inference.members import Task
from ..inference.running import record_with
from ..inference.stages import Desk
from ..record.observables import HEADLINE
from ..record.observations import Record
from ..store.results import check_writable, write_csv
from .frozen import freeze, frozen, made_of, scored_later, thaw
from .paths import Draws, forecasts
from .scores import LEVELS

WIDTH = 80


def forecast(
    file: str | None, data: str | None, quarters: int, firms: int, workers: int | None, folder: Path, keep: bool
) -> list[Draws]:
    """Forecast the coming quarters from the ensemble, print, and freeze if `keep`."""
    ensemble, record = load_ensemble(file), record_with(data)
    check_writable(folder)
    draws = ahead(ensemble, record, quarters, firms, Desk(folder / "computing", workers))
    print(told(draws, ensemble))
    if keep:
        written = freeze(frozen(draws, ensemble.until, made_of(ensemble, record, firms)), folder)
        print(f"\nfrozen: {written}")
    return draws


def ahead(ensemble: Ensemble, record: Record, quarters: int, firms: int, desk: Desk) -> list[Draws]:
    """Forecasts of every observed series for the quarters after the ensemble's own."""
    task = Task(ensemble.unknowns, ensemble.opening, ensemble.past + quarters, firms)
    results = desk.results(f"{ensemble.until}, forecast", task, ensemble.vectors, list(ensemble.seeds))
    observed = task.observed(results[np.isfinite(results).all(axis=1)])
    return forecasts(record.known_by(ensemble.until), ensemble.until, ensemble.opening, observed, quarters)


def told(draws: Sequence[Draws], ensemble: Ensemble) -> str:
    """Medians and 80% bands of the headline series."""
    rows = []
    for each in draws:
        if each.entity != "economy" or each.series not in HEADLINE:
            continue
        for k in range(each.draws.shape[1]):
            low, middle, high = np.exp(np.quantile(each.draws[:, k], BAND))
            rows.append({"series": each.series, "quarter": later(ensemble.until, k + 1), "median": middle,
                         "80% from": low, "to": high})  # fmt: skip
    table = pd.DataFrame(rows).to_string(index=False, float_format=lambda value: f"{value:.4g}", line_width=WIDTH)
    head = f"\nForecast from {ensemble.until} by {len(ensemble)} economies that the record allows (USD bn a quarter):"
    return f"{textwrap.fill(head.strip(), WIDTH)}\n{table}"


def score(folder: Path, data: str | None) -> pd.DataFrame:
    """Score every frozen forecast of a folder by what has been recorded since, print and write.

    Raises `CircuitError` where there is none, or where nothing has been recorded since."""
    files = sorted(folder.glob("forecast-*.json"))
    if not files:
        raise CircuitError(f"{folder}: holds no frozen forecast: circuit forecast --freeze makes one")
    record = record_with(data)
    tables = [scored_later(thaw(file), record).assign(forecast=file.stem) for file in files]
    scores = pd.concat(tables, ignore_index=True)
    if scores.empty:
        raise CircuitError("nothing has been recorded since: give --data with what came later")
    write_csv(folder / "scores.csv", scores)
    print(summary(scores))
    print(f"\n{folder}: scores.csv")
    return scores


def summary(scores: pd.DataFrame) -> str:
    """Mean score and coverage of each frozen forecast, all series and headline series."""
    rows = []
    for name, group in scores.groupby("forecast"):
        headline = group[(group["entity"] == "economy") & group["series"].isin(HEADLINE)]
        for what, part in (("all", group), ("headline", headline)):
            if len(part):
                rows.append(
                    {"forecast": name, "series": what, "n": len(part), "crps": part["crps"].mean(),
                     **{f"{level:.0%}": part[f"held {level:.0%}"].mean() for level in LEVELS}}
                )  # fmt: skip
    table = pd.DataFrame(rows)
    return "\n" + table.to_string(index=False, float_format=lambda value: f"{value:.3f}", line_width=WIDTH)

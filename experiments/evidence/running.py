"""`circuit evidence`: rolling origins, scored and written."""

import textwrap
from pathlib import Path

import pandas as pd

from simulation.dates import later
from simulation.errors import CircuitError

from ..inference.calibration import Wanted
from ..inference.running import of_files, quarter_or_last, record_with
from ..inference.stages import Desk
from ..store.results import check_writable, write_csv
from .rolling import FIRST_ORIGIN, Rolling, roll
from .summary import by_horizon, by_series, verdicts

WIDTH = 80
SHORT = {"random walk": "RW", "drift 4": "d4", "drift 8": "d8", "AR(1)": "AR1"}


def evidence(
    wanted: Wanted, data: str | None, first: str, last: str, horizon: int, folder: Path, workers: int | None
) -> Rolling:
    """Score, print and write. Raises `CircuitError` for origins that cannot be."""
    record = record_with(data)
    end = quarter_or_last(last, record) if last else later(record.last, -1)
    start = quarter_or_last(first or FIRST_ORIGIN, record)
    if start <= wanted.opening:
        raise CircuitError(f"--first {start}: must be after the opening of {wanted.opening}")
    check_writable(folder)
    found = roll(record, wanted, Desk(folder, workers), start, end, horizon)
    if found.scores.empty:
        raise CircuitError(f"nothing is recorded after {start} that could be scored")
    tables = {
        "scores": found.scores,
        "by-series": by_series(found.scores),
        "by-horizon": by_horizon(found.scores),
        "shares": found.shares,
        "returns": found.returns,
    }
    for name, table in tables.items():
        write_csv(folder / f"{name}.csv", table)
    print(told(found, start, end))
    print(f"\n{folder}:\n{of_files(f'{name}.csv' for name in tables)}")
    return found


def told(found: Rolling, first: str, last: str) -> str:
    """The evidence in eighty columns."""
    parts = [f"\nForecasts from {first} to {last}, each by what was known then:\n"]
    parts += [textwrap.fill(line, WIDTH, subsequent_indent="        ") for line in verdicts(found.scores, found.shares)]
    horizons = by_horizon(found.scores)
    if len(horizons):
        shown = horizons.rename(columns=SHORT).replace({"best": SHORT})
        parts.append(
            "\nHeadline series pooled, mean CRPS of logs by quarters ahead (RW: random walk,\n"
            "d4 and d8: with drift; DM: model against the best, negative is better):\n" + _text(shown)
        )
    series = by_series(found.scores)
    shown = series.drop(columns=["headline"]).replace({"best": SHORT})
    parts += ["\nBy series (ratio: mean CRPS over that of the best benchmark):", _text(shown)]
    if len(found.returns):
        held = float(found.returns["held"].mean())
        parts.append(f"\nDispersion of firms' returns inside its 90% band: {held:.0%} of {len(found.returns)}.")
    return "\n".join(parts)


def _text(table: pd.DataFrame) -> str:
    return table.to_string(index=False, float_format=lambda value: f"{value:.2f}", na_rep="-", line_width=WIDTH)

"""What an answer rests on, in words and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from .. import statistics as st
from ..analysis.measures import Measure
from ..analysis.wording import signed
from ..common.terminal import table_of

if TYPE_CHECKING:
    from rich.table import Table

SHOWN = 10
TOLD = 5
SMALL = 10.0


class Grounds(NamedTuple):
    """What was found: indices by group, the value of knowing by parameter, the answer by reading; runs and failures."""

    measure: Measure
    indices: pd.DataFrame
    knowing: pd.DataFrame
    readings: pd.DataFrame
    runs: int
    failed: int


def headline(found: Grounds) -> str:
    """The answer in two sentences, written from the numbers."""
    shares = [f"{row.group} {_within(row.alone, row.alone_half_width)}%" for row in _rows(found.indices)]
    told = found.knowing[found.knowing["p"] < 1.0 - st.CONFIDENCE]["parameter"].tolist()
    most = "No number alone moves it beyond chance."
    if told:
        most = f"What is most worth knowing: {', '.join(told[:TOLD])}."
    return (
        f"The spread of {found.measure.name} comes from {', '.join(shares)}, each alone; the rest from what they do "
        f"together. {most}"
    )


def variance_table(found: Grounds) -> Table:
    """Shares of the variance by group."""
    table = found.indices
    shown = pd.DataFrame(
        {
            "group": table["group"],
            "alone": [_within(row.alone, row.alone_half_width) for row in _rows(table)],
            "with what it does together": [_within(row.in_all, row.in_all_half_width) for row in _rows(table)],
        }
    )
    return table_of(shown, f"Share of the variance of {found.measure.name}, %", index=False)


def knowing_table(found: Grounds) -> Table:
    """The numbers that move the answer most."""
    table = found.knowing.head(SHOWN)
    shown = pd.DataFrame(
        {
            "parameter": table["parameter"],
            "10%": [f"{value:.3g}" for value in table["low"]],
            "90%": [f"{value:.3g}" for value in table["high"]],
            "at 10%": [_plain(value) for value in table["at_low"]],
            "at 90%": [_plain(value) for value in table["at_high"]],
            "difference": [
                _signed(row.difference, row.lower, row.upper) + ("*" if row.p < 1.0 - st.CONFIDENCE else "")
                for row in _rows(table)
            ],
        }
    )
    return table_of(shown, f"Worth knowing: {found.measure.name}, {found.measure.unit}", index=False)


def readings_table(found: Grounds) -> Table:
    """The answer under other readings of the rules."""
    rows = _rows(found.readings)
    shown = pd.DataFrame(
        {
            "reading of the rules": [row.reading for row in rows],
            "mean": [f"{_plain(row.mean)} ({_plain(row.low)} to {_plain(row.high)})" for row in rows],
            "change": [
                _signed(row.change, row.change_low, row.change_high) if np.isfinite(row.change) else "" for row in rows
            ],
        }
    )
    return table_of(shown, f"{found.measure.name}, {found.measure.unit}", index=False)


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples())


def _signed(value: float, low: float, high: float) -> str:
    return signed(st.Estimate(value, low, high, 1), _digits(value))


def _plain(value: float) -> str:
    return f"{value:,.{_digits(value)}f}"


def _digits(value: float) -> int:
    """Two decimals of small numbers, none of large ones."""
    return 2 if abs(value) < SMALL else 0


def _within(value: float, half: float) -> str:
    return f"{100.0 * value:.0f} ({100.0 * (value - half):.0f} to {100.0 * (value + half):.0f})"

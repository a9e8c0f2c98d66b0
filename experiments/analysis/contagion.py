"""What a blow costs owners and lenders of the AI sector, and whether the web amplifies it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from .. import statistics as st
from ..statistics import Estimate
from .wording import ranged

AMPLIFICATION = "amplification"
WHOLE = 100.0  # from here on numbers are shown without decimals
NUMBERS = ("direct loss", "total loss", AMPLIFICATION, "output lost", "failures that follow")
"""The columns of the table that carry an interval."""

SHOWN = ("total loss", AMPLIFICATION, "failures that follow")


@dataclass(frozen=True)
class Loss:
    """What one run has lost against its twin (USD bn), the failures that followed, by channel, and all its events."""

    seed: int
    direct: float
    total: float
    output: float
    failures: int
    channels: Mapping[str, int]
    events: Mapping[str, list[Any]] = field(repr=False)


def table(found: Mapping[str, list[Loss]], seeds: int, **labels: str) -> pd.DataFrame:
    """One row a blow: mean losses, amplification and failures with their intervals, and the channel of most failures.

    `seeds` is how many were run; on those that are not in n a run failed.
    """
    rows = []
    for name, runs in found.items():
        channels: dict[str, int] = {}
        for run in runs:
            for channel, count in run.channels.items():
                channels[channel] = channels.get(channel, 0) + count
        main = max(channels, key=lambda channel: channels[channel]) if channels else "none"
        row: dict[str, object] = {"blow": name, **labels, "n": len(runs), "seeds failed": seeds - len(runs)}
        for number, estimate in _numbers(runs).items():
            row |= {number: estimate.value, f"{number} low": estimate.low, f"{number} high": estimate.high}
        rows.append(row | {"main channel": main})
    return pd.DataFrame(rows)


def told(row: Mapping[Any, Any]) -> bool:
    """Whether the runs can tell an amplification: not where the first blow may be nothing, nor the ratio anything."""
    direct = (row["direct loss low"], row["direct loss high"])
    known = all(math.isfinite(bound) for bound in (*direct, row[f"{AMPLIFICATION} low"], row[f"{AMPLIFICATION} high"]))
    return known and (direct[0] > 0.0 or direct[1] < 0.0)


def estimate_of(row: Mapping[Any, Any], number: str) -> Estimate:
    """A number of the table with its interval."""
    return Estimate(row[number], row[f"{number} low"], row[f"{number} high"], int(row["n"]))


def shown(frame: pd.DataFrame, *labels: str) -> pd.DataFrame:
    """What matters of the table, largest total loss first: each number with its interval in one cell, an amplification
    only where the runs tell it. `labels` are columns that stand beside the blow."""
    rows = []
    for row in frame.sort_values("total loss", ascending=False, kind="stable").to_dict("records"):
        cells = {name: _cell(row, name) for name in SHOWN}
        rows.append({"blow": row["blow"], **{label: row[label] for label in labels}, **cells})
    return pd.DataFrame(rows)


def _cell(row: Mapping[Any, Any], name: str) -> str:
    estimate = estimate_of(row, name)
    if name == AMPLIFICATION:
        return ranged(estimate, 2) if told(row) else "-"
    return ranged(estimate, 0 if abs(estimate.value) >= WHOLE else 1)


def amplified(frame: pd.DataFrame) -> dict[str, int]:
    """Of the blows of a table: how many are established to be amplified, to be dampened, and how many neither."""
    rows = [row for row in frame.to_dict("records") if told(row)]
    more = sum(row[f"{AMPLIFICATION} low"] > 1.0 for row in rows)
    less = sum(row[f"{AMPLIFICATION} high"] < 1.0 for row in rows)
    return {"amplified": more, "dampened": less, "neither": len(frame) - more - less}


def _numbers(runs: Sequence[Loss]) -> dict[str, Estimate]:
    """What a blow does on average over its runs, by the name of its column."""
    read = {
        "direct loss": [run.direct for run in runs],
        "total loss": [run.total for run in runs],
        "output lost": [run.output for run in runs],
        "failures that follow": [float(run.failures) for run in runs],
    }
    means = {name: st.mean_effect(values) for name, values in read.items()}
    means[AMPLIFICATION] = st.ratio_of_means(read["total loss"], read["direct loss"])
    return {name: means[name] for name in NUMBERS}

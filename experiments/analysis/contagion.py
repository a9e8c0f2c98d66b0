"""What a blow costs owners and lenders of the AI sector, and whether the web amplifies it."""

from __future__ import annotations

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


def shown(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with each number and its interval in one cell."""
    texts = {
        name: [
            ranged(Estimate(*row), 2 if name == AMPLIFICATION else 0 if abs(row[0]) >= WHOLE else 1)
            for row in zip(frame[name], frame[f"{name} low"], frame[f"{name} high"], frame["n"], strict=True)
        ]
        for name in NUMBERS
    }
    others = [name for name in frame.columns if name not in NUMBERS and not name.endswith((" low", " high"))]
    *first, last = others
    return pd.concat([frame[first], pd.DataFrame(texts, index=frame.index), frame[[last]]], axis=1)


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

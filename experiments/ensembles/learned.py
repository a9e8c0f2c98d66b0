"""What `circuit calibrate` has found of each parameter, as shipped: what the record leaves of it, and what it moves."""

import csv
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from simulation.errors import CircuitError

from ..common.arrays import Floats
from .ensemble import load_ensemble
from .unknowns import Unknowns

SCREENING = "screening.csv"
BAND = (0.1, 0.5, 0.9)
"""Bounds of 80% and the median, as shares of what lies below."""


class Band(NamedTuple):
    """Median and bounds of 80% of a parameter."""

    low: float
    median: float
    high: float

    def __str__(self) -> str:
        """As a list shows it."""
        return f"median {self.median:.3g}, 80% in {self.low:.3g} to {self.high:.3g}"


class Effect(NamedTuple):
    """The observed series that a parameter moves most when it crosses the middle 90% of its prior, and how far: in
    standard deviations of what separates the record from a right model (Morris 1991)."""

    series: str
    deviations: float

    def __str__(self) -> str:
        """As a list shows it."""
        return f"{self.series}, {self.deviations:.2g} sd"


def posteriors() -> dict[str, Band]:
    """The inferred parameters over the members of the shipped ensemble; empty where none fits this version."""
    try:
        ensemble = load_ensemble()
    except CircuitError:
        return {}
    unknowns = ensemble.unknowns
    return at_scores(unknowns, np.quantile(ensemble.vectors[:, : len(unknowns.parameters)], BAND, axis=0))


def at_scores(unknowns: Unknowns, scores: Floats) -> dict[str, Band]:
    """Every inferred parameter at its normal scores, rows low, median and high. A value rises with its score, so that
    the quantiles of scores are those of values."""
    bounds = [unknowns.values(row) for row in scores]
    return {name: Band(*(values[name] for values in bounds)) for name in unknowns.parameters}


def effects() -> dict[str, Effect]:
    """What each parameter that was screened moves most."""
    file = files("experiments.ensembles") / "data" / SCREENING
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["parameter"]: Effect(row["on"], float(row["effect"])) for row in rows}

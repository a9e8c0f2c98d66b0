"""Checks against the prior, and history matching: what the prior can do, and which part of it the record rules out.

Implausibility of a run for a series: the root mean square, over its quarters, of its distance from the record in
standard deviations of what may separate them: error of the data, discrepancy of the model, and luck (Craig et al. 1997;
Vernon, Goldstein and Bower 2010). A run is implausible above 3 in any but the worst few series (Pukelsheim 1994)."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ..common.arrays import Floats
from ..record.observations import Points
from .discrepancy import deviations

CUTOFF = 3.0
FORGIVEN = 2  # worst series of a run that do not rule it out
OUTSIDE = 0.01  # of the prior's runs on one side
FEWEST_KEPT = 20
JITTER = 0.5  # of the spread of kept runs, between waves


class Wave(NamedTuple):
    """One wave of history matching: runs, how many are not ruled out, and their vectors."""

    runs: int
    kept: Floats

    @property
    def share(self) -> float:
        """Share of the wave's runs that the record does not rule out."""
        return len(self.kept) / max(self.runs, 1)


def prior_check(points: Points, simulated: Floats) -> pd.DataFrame:
    """Where each recorded number lies in what the prior can do: one row for each, `outside` where it cannot.

    The prior's runs carry the error of the data, not the discrepancy: what the model leaves out is to be seen."""
    noise = np.random.default_rng(0).standard_normal(simulated.shape) * points.deviations
    below = (simulated + noise < points.targets).mean(axis=0)
    middle, spread = simulated.mean(axis=0), simulated.std(axis=0)
    return pd.DataFrame(
        {
            "series": [row.series for row in points.rows],
            "entity": [row.entity for row in points.rows],
            "quarter": [row.quarter for row in points.rows],
            "record": points.targets,
            "prior median": np.median(simulated, axis=0),
            "prior sd": spread,
            "distance": (points.targets - middle) / np.hypot(spread, deviations(points)),
            "share below": below,
            "outside": (below < OUTSIDE) | (below > 1.0 - OUTSIDE),
        }
    )


def implausibility(points: Points, simulated: Floats, luck: Floats) -> Floats:
    """Implausibility by run and series: runs by the sorted (series, entity) of `series_of`. `luck` is the standard
    deviation that luck alone gives each prediction."""
    names = series_of(points)
    scaled = ((simulated - points.targets) / np.hypot(deviations(points), luck)) ** 2
    keys = [(row.series, row.entity) for row in points.rows]
    of_series = [np.sqrt(scaled[:, [key == name for key in keys]].mean(axis=1)) for name in names]
    return np.stack(of_series, axis=1)


def series_of(points: Points) -> list[tuple[str, str]]:
    """The observed series, each once."""
    return sorted({(row.series, row.entity) for row in points.rows})


def worst(by_series: Floats, forgiven: int = FORGIVEN) -> Floats:
    """A run's implausibility: that of its worst series but `forgiven` ones."""
    place = max(by_series.shape[1] - 1 - forgiven, 0)
    ordered: Floats = np.sort(by_series, axis=1)[:, place]
    return ordered


def not_ruled_out(vectors: Floats, by_series: Floats) -> Floats:
    """Vectors of the runs below the cutoff; where these are too few, the most plausible ones, so that the next wave
    looks where the record is nearest."""
    measure = worst(by_series)
    good = measure < CUTOFF
    if good.sum() >= FEWEST_KEPT:
        return vectors[good]
    return vectors[np.argsort(measure)[:FEWEST_KEPT]]


def next_wave(kept: Floats, count: int, seed: int) -> Floats:
    """Vectors near those that are kept: each drawn about one of them, shrunk so that the spread stays theirs
    (West 1993)."""
    rng = np.random.default_rng(seed)
    mean, spread = kept.mean(axis=0), kept.std(axis=0)
    shrink = np.sqrt(1.0 - JITTER**2)
    centres = mean + shrink * (kept[rng.integers(len(kept), size=count)] - mean)
    drawn: Floats = centres + JITTER * spread * rng.standard_normal(centres.shape)
    return drawn

"""What a run records each quarter: every series is declared once, in `series.csv`.

The history of an economy, the data dictionary, the stored tables and the figures all take names, units and meanings
from there."""

from typing import NamedTuple

import numpy as np

from simulation.rule import typed
from simulation.tables import rows_beside


class Series(NamedTuple):
    """One recorded series. `unit` is USD bn (a quarter's flow or an end-of-quarter stock), ratio, GW, index ..."""

    name: str
    unit: str
    meaning: str


SERIES: dict[str, Series] = {
    row["name"]: Series(row["name"], row["unit"], row["meaning"]) for row in rows_beside(__file__)
}

SERIES_DTYPE = np.dtype([(series.name, typed("f8=0")) for series in SERIES.values()])

"""From simulated economies to forecasts of recorded numbers.

A model that is off by some per cent at the origin is taken to stay off by them: each member's path is laid on the last
recorded number (intercept correction, Clements and Hendry 1998), of a series with a season on the last year's mean. The
error of the data is added. Both are fixed choices, made before any score was seen."""

from typing import NamedTuple

import numpy as np

from simulation.dates import number_of, quarter_of

from ..common.arrays import Floats
from ..record.observables import COLUMNS, SEASONAL
from ..record.observations import SMALLEST, Record

OLDEST_BASE = 2  # quarters before the origin at which a series may have been recorded last
USUAL_ERROR = 0.05


class Draws(NamedTuple):
    """Forecasts of one recorded series from one origin: draws by member and horizon, in logs or, where `is_log` is
    false, as they are."""

    series: str
    entity: str
    draws: Floats
    is_log: bool


def forecasts(record: Record, origin: str, opening: str, observed: Floats, horizon: int, seed: int = 0) -> list[Draws]:
    """Forecasts from the origin for every observed series that was recorded lately.

    `record` is what is known at the origin; `observed` are the members' numbers by run, quarter from the opening and
    column, to `horizon` quarters after the origin.
    """
    rng = np.random.default_rng(seed)
    now = number_of(origin) - number_of(opening)
    found = []
    for place, column in enumerate(COLUMNS):
        about = column.observable
        if about.window > 1 and about.series != "operating_cash_flow":
            continue  # means of half-years and years say little of single quarters
        known = record.values(*column.key)
        base = _base(known, origin)
        if base is None:
            continue
        path = about.sign * observed[:, :, place]
        is_log = about.scale == "log"
        path = np.log(np.maximum(path, SMALLEST)) if is_log else path
        at = number_of(base) - number_of(opening)
        if at < 0:
            continue
        shift = _gap(known, path, base, at, opening, is_log, about.series in SEASONAL)
        spread = _error(record, column.key)
        draws = path[:, now + 1 : now + 1 + horizon] + shift[:, None]
        found.append(Draws(*column.key, draws + spread * rng.standard_normal(draws.shape), is_log))
    return found


def _base(known: dict[str, float], origin: str) -> str | None:
    """The last quarter with a number, if it is recent."""
    recent = [quarter for quarter in known if 0 <= number_of(origin) - number_of(quarter) <= OLDEST_BASE]
    return max(recent) if recent else None


def _gap(
    known: dict[str, float], path: Floats, base: str, at: int, opening: str, is_log: bool, seasonal: bool
) -> Floats:
    """How far the record lies above each member at its last number; of a seasonal series, over the last year."""
    quarters = [base]
    if seasonal:
        year = [quarter_of(number_of(base) - back) for back in range(4)]
        quarters = [quarter for quarter in year if quarter in known and number_of(quarter) > number_of(opening)]
    values = [known[quarter] for quarter in quarters]
    recorded = np.log(np.maximum(values, SMALLEST)) if is_log else np.array(values)
    steps = [number_of(quarter) - number_of(opening) for quarter in quarters]
    if recorded.size == 0:
        recorded, steps = np.array([known[base]]), [at]
    gap: Floats = (recorded - path[:, steps]).mean(axis=1)
    return gap


def _error(record: Record, key: tuple[str, str]) -> float:
    errors = [row.sd_log for row in record.rows if (row.series, row.entity) == key]
    return errors[-1] if errors else USUAL_ERROR

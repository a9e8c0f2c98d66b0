"""Falls of a level and their turning points: one fall, one peak.

Two falls are told apart as bear markets are, by the rise from the trough between them (Lunde and Timmermann 2004; in
quarters as here, Pagan and Sossounov 2003); how great a rise is declared as `made_good`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulation.endings.thresholds import Thresholds

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]


class Fall(NamedTuple):
    """A fall in quarters counted from 0: where it shows, its peak and trough, and where it is over; none while it goes
    on."""

    shows: int
    peak: int
    trough: int
    over: int | None


def falls_of(
    level: Floats, may_show: Flags, least: float, bounds: Thresholds, peaks: Indices | None = None
) -> Iterator[Fall]:
    """Falls of a level by at least a part of it (ratio), in the order of time.

    A fall shows in the first quarter that may show one and is so far below the fall's own peak: the one that `peaks`
    has for the quarter, or else the highest within a `window` before it, and before that whatever was higher and had
    not been made good since. No peak lies before the trough of the fall before. A fall is over when its declared part
    (`made_good`) is regained; until then, what falls again is the same fall.
    """
    since = quarter = 0
    while quarter < len(level):
        if may_show[quarter]:
            own = peaks is None or peaks[quarter] < since
            peak = _peak_before(level, quarter, since, bounds) if own else int(peaks[quarter])
            if level[peak] > 0.0 and (level[peak] - level[quarter]) / level[peak] >= least:
                trough, over = _course(level, peak, quarter, bounds.made_good)
                yield Fall(quarter, peak, trough, over)
                if over is None:
                    return
                since, quarter = trough, over
        quarter += 1


def _peak_before(level: Floats, quarter: int, since: int, bounds: Thresholds) -> int:
    """Where a fall that shows in a quarter began."""
    peak = _highest(level, max(quarter - bounds.window, since), quarter)
    while True:
        earlier = _highest(level, max(peak - bounds.window, since), peak)
        low = level[earlier : peak + 1].min()
        if earlier == peak or level[peak] - low >= bounds.made_good * (level[earlier] - low):
            return peak
        peak = earlier


def _highest(level: Floats, first: int, last: int) -> int:
    """The quarter of the highest value from one quarter to another; of equal ones, the last."""
    return last - int(level[first : last + 1][::-1].argmax())


def _course(level: Floats, peak: int, shows: int, made_good: float) -> tuple[int, int | None]:
    """The trough of a fall, and the quarter in which so much of it is made good."""
    trough = shows
    for quarter in range(shows, len(level)):
        if level[quarter] < level[trough]:
            trough = quarter
        if level[quarter] - level[trough] >= made_good * (level[peak] - level[trough]):
            return trough, quarter
    return trough, None

"""Falls of a level and their turning points: one fall, one peak.

Falls are parted by the rise from the trough between them, as Lunde and Timmermann (2004) part bear markets: a fall is
over when half of it (`made_good`) is regained, or the level has risen by as much, in logs, as such a fall takes."""

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
    """A fall in quarters counted from 0: where it shows, its peak and its trough."""

    shows: int
    peak: int
    trough: int


def falls_of(
    level: Floats, may_show: Flags, least: float, bounds: Thresholds, peaks: Indices | None = None
) -> Iterator[Fall]:
    """Falls of a level by at least a part of it (ratio), in the order of time.

    A fall shows in the first quarter that may show one and is so far below its peak: the one that `peaks` has for the
    quarter, or else the highest within a `window` before, and what was higher before that unless the dip between was
    made good. No peak lies before the trough of the fall before. Until a fall is over, or `peaks` has a new one, what
    falls again is the same fall."""
    since = quarter = 0
    while quarter < len(level):
        if may_show[quarter]:
            peak = -1 if peaks is None else int(peaks[quarter])
            if peak < since:
                peak = _peak_before(level, quarter, since, bounds)
            if level[peak] > 0.0 and (level[peak] - level[quarter]) / level[peak] >= least:
                last = len(level) - 1 if peaks is None else int(np.searchsorted(peaks, peaks[quarter], "right")) - 1
                trough, over = _course(level, peak, quarter, last, least, bounds.made_good)
                yield Fall(quarter, peak, trough)
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


def _course(level: Floats, peak: int, shows: int, last: int, least: float, made_good: float) -> tuple[int, int]:
    """The trough of a fall, and the quarter in which it is over, at the latest the last."""
    trough = peak + int(level[peak : shows + 1].argmin())
    for quarter in range(shows, last + 1):
        if level[quarter] < level[trough]:
            trough = quarter
        low = level[trough]
        if level[quarter] >= min(low + made_good * (level[peak] - low), low / (1.0 - least)):
            return trough, quarter
    return trough, last

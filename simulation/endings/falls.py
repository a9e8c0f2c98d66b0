"""Falls of a level, their turning points, and when a fall is over: one fall, one peak.

Falls are parted by the rise from the trough between them, as Lunde and Timmermann (2004) part bear markets: a fall is
over when half of it (`made_good`) is regained, or the level has risen by as much, in logs, as such a fall takes. From
then on what falls is another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulation.endings.thresholds import Thresholds

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Fall(NamedTuple):
    """A fall in quarters counted from 0: where it shows, its peak and trough, and where it is over, if it is."""

    shows: int
    peak: int
    trough: int
    over: int | None

    def goes_on(self, quarter: int) -> bool:
        """Whether it has shown by a quarter and is not over then."""
        return self.shows <= quarter and (self.over is None or quarter < self.over)


def falls_of(
    level: Floats,
    may_show: Flags,
    least: float,
    bounds: Thresholds,
    peak_of: Callable[[int, int], int] | None = None,
) -> Iterator[Fall]:
    """Falls of a level by at least a part of it (ratio), in the order of time.

    A fall shows in the first quarter that may show one and is so far below its peak: the highest within a `window`
    before, and what was higher before that unless the dip between is over; or the one that `peak_of` has for a quarter
    and the first that may be its peak, -1 for none. No peak lies before the trough of the fall before. Until a fall is
    over, what falls again is the same fall."""
    since = quarter = 0
    while quarter < len(level):
        if may_show[quarter]:
            peak = peak_of(quarter, since) if peak_of else _peak_before(level, quarter, since, least, bounds)
            if peak >= 0 and level[peak] > 0.0 and (level[peak] - level[quarter]) / level[peak] >= least:
                fall = _fall_from(level, peak, quarter, least, bounds)
                yield fall
                if fall.over is None:
                    return
                since, quarter = fall.trough, fall.over
        quarter += 1


def _is_over(value: float, peak: float, low: float, least: float, bounds: Thresholds) -> bool:
    """Whether a fall from a peak to a low is over once the level is back at a value."""
    return value > low and value >= min(low + bounds.made_good * (peak - low), low / (1.0 - least))


def _peak_before(level: Floats, quarter: int, since: int, least: float, bounds: Thresholds) -> int:
    """Where a fall that shows in a quarter began."""
    peak = _highest(level, max(quarter - bounds.window, since), quarter)
    while (earlier := _highest(level, max(peak - bounds.window, since), peak)) != peak:
        low = earlier + int(level[earlier : peak + 1].argmin())
        if _is_over(level[peak], level[earlier], level[low], least, bounds):
            since = low
        else:
            peak = earlier
    return peak


def _highest(level: Floats, first: int, last: int) -> int:
    """The quarter of the highest value from one quarter to another; of equal ones, the last."""
    return last - int(level[first : last + 1][::-1].argmax())


def _fall_from(level: Floats, peak: int, shows: int, least: float, bounds: Thresholds) -> Fall:
    """The fall from a peak that shows in a quarter, followed until it is over."""
    trough = peak + int(level[peak : shows + 1].argmin())
    for quarter in range(shows, len(level)):
        if level[quarter] < level[trough]:
            trough = quarter
        if _is_over(level[quarter], level[peak], level[trough], least, bounds):
            return Fall(shows, peak, trough, quarter)
    return Fall(shows, peak, trough, None)

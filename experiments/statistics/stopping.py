"""How narrow an interval may be called while a study still decides on how many seeds to run.

Stopping when the interval happens to be narrow would favour samples whose shares happen to look extreme, and intervals
reported afterwards would cover less than they promise. So a width is judged at the value within the interval that would
make it widest, and only at looks that lie a quarter of the seeds apart. Then the number of seeds hangs on the width
asked for far more than on the sample, and the ordinary interval at the stop keeps its coverage: `python -m
benchmarks.coverage` measures it. Chow and Robbins (1965), Annals of Mathematical Statistics 36, show that intervals of
fixed width cover asymptotically."""

from numpy.typing import ArrayLike

from .effects import flips, share_effect, tango_bounds
from .estimates import CONFIDENCE
from .shares import probability, wilson_bounds


def settled_width(count: int, n: int, confidence: float = CONFIDENCE) -> float:
    """Width of a share's interval if the share were the least favourable one that the interval now contains.

    What a stopping rule compares with the width that is asked for; one where nothing is known."""
    if n == 0:
        return 1.0
    share = probability(count, n, confidence)
    low, high = wilson_bounds(min(max(0.5, share.low), share.high) * n, n, confidence)
    return float(high - low)


def settled_effect_width(with_policy: ArrayLike, without: ArrayLike, confidence: float = CONFIDENCE) -> float:
    """Width of the interval of a paired change of a share, at the least favourable truth that is still open.

    That is as many flips as their own interval allows, and a change as near to none as the effect's allows. The whole
    range of a change, two, where there is no pair."""
    table = flips(with_policy, without)
    if table.n == 0:
        return 2.0
    most = probability(table.saved + table.harmed, table.n, confidence).high
    effect = share_effect(with_policy, without, confidence)
    change = min(max(0.0, effect.low), effect.high)
    gained, lost = (max(most + sign * change, 0.0) / 2.0 * table.n for sign in (1.0, -1.0))
    low, high = tango_bounds(gained, lost, table.n, confidence)
    return high - low

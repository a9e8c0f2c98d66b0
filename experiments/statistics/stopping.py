"""When a study has run enough seeds: as soon as the intervals of its outcome shares are narrow enough.

Stopping when the interval happens to be narrow would favour samples whose shares happen to look extreme, and
intervals reported afterwards would cover less than they promise. So a width is judged at the share within the
interval that would make it widest, and only at looks that lie a quarter of the runs apart. Then the number of
runs hangs on the width asked for far more than on the sample, and the ordinary interval at the stop keeps its
coverage: `python -m benchmarks.coverage` measures it. Chow and Robbins (1965), Annals of Mathematical
Statistics 36, show that intervals of fixed width cover asymptotically.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .estimates import CONFIDENCE
from .shares import probability, wilson_bounds

FIRST_LOOK = 50
GROWTH = 1.25


def looks(most: int) -> Iterator[int]:
    """Numbers of runs at which a study may stop: 50, then a quarter more each time, up to `most`."""
    look = float(FIRST_LOOK)
    while int(look) <= most:
        yield int(look)
        look *= GROWTH


def seeds_needed(outcomes: Mapping[str, Sequence[str | None]], labels: Sequence[str], width: float) -> int | None:
    """After how many seeds a study may stop, or None if it must go on.

    `outcomes` holds for each arm the labels of its runs, seeds in order, None where a run failed; `labels` are
    all the outcomes there are; `width` is that of the widest 95% interval of a share, simultaneous over the
    labels, of any arm. The answer depends on the seeds in their order alone, never on which run finished first.
    """
    shortest = min(map(len, outcomes.values()), default=0)
    for seeds in looks(shortest):
        if all(_widest(arm[:seeds], labels) <= width for arm in outcomes.values()):
            return seeds
    return None


def settled_width(count: int, n: int, confidence: float = CONFIDENCE) -> float:
    """Width of a share's interval if the share were the least favourable one that the interval now contains.

    What a stopping rule compares with the width that is asked for; one where nothing is known.
    """
    if n == 0:
        return 1.0
    share = probability(count, n, confidence)
    low, high = wilson_bounds(min(max(0.5, share.low), share.high) * n, n, confidence)
    return float(high - low)


def _widest(outcomes: Sequence[str | None], labels: Sequence[str]) -> float:
    finished = sum(outcome is not None for outcome in outcomes)
    joint = 1.0 - (1.0 - CONFIDENCE) / len(labels)
    return max(settled_width(sum(outcome == label for outcome in outcomes), finished, joint) for label in labels)

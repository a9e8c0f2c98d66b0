"""Sequential stopping: a study ends at the first look, after a whole shard, at which all it asks for is known.

Looks lie a quarter of the seeds apart, and a width is judged where it would be widest; `statistics.stopping` says why.
`python -m benchmarks.coverage` measures how often the ordinary intervals at such a stop hold the truth."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..study.designs import PULLBACK

if TYPE_CHECKING:
    import pyarrow as pa

    from ..study.schema import Plan

BETWEEN_LOOKS = 1.25
"""Seeds at a look over those at the look before, at least."""


class Stopping:
    """What a stopping rule has seen so far: for every arm and seed in order, whether it had an investment pullback."""

    def __init__(self, plan: Plan) -> None:
        if plan.study.stop is None:
            raise ValueError("the study has no stopping rule")
        self.rule, self.arms, self.first_seed = plan.study.stop, plan.arms, plan.study.seed
        self.endings: dict[str, list[float]] = {arm.name: [] for arm in plan.arms}
        self.next_look = self.rule.least

    def met(self, runs: pa.Table, ranks: range) -> bool:
        """Take the runs of the next shard (columns arm, seed, pullback) and say whether that is enough."""
        columns = (runs[name].to_pylist() for name in ("arm", "seed", PULLBACK))
        bad = {(arm, seed): float(pullback) for arm, seed, pullback in zip(*columns, strict=True)}
        for arm, endings in self.endings.items():
            endings += [bad.get((arm, self.first_seed + rank), math.nan) for rank in ranks]
        if ranks.stop < self.next_look:
            return False
        self.next_look = math.ceil(ranks.stop * BETWEEN_LOOKS)
        return all(width <= self.rule.width for width in self._widths())

    def _widths(self) -> Iterable[float]:
        """The width of each interval the rule asks about, at the least favourable truth that the runs leave open."""
        from .. import statistics as st

        for arm in self.arms:
            mine = self.endings[arm.name]
            if self.rule.of == "share":
                known = st.finite(mine)
                yield st.settled_width(int(known.sum()), known.size)
            elif arm.reference:
                yield st.settled_effect_width(mine, self.endings[arm.reference])

"""Sequential stopping: a study ends at the first whole shard after which all its intervals are narrow enough."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from .statistics import Estimate
    from .study import Plan


class Stopping:
    """What a stopping rule has seen so far: for every arm and seed in order, whether it ended badly."""

    def __init__(self, plan: Plan) -> None:
        if plan.study.stop is None:
            raise ValueError("the study has no stopping rule")
        self.rule, self.arms, self.first_seed = plan.study.stop, plan.arms, plan.study.seed
        self.endings: dict[str, list[float]] = {arm.name: [] for arm in plan.arms}

    def met(self, runs: pa.Table, ranks: range) -> bool:
        """Take the runs of the next shard (columns arm, seed, outcome) and say whether that is enough."""
        from .analysis import BAD_ENDINGS

        columns = (runs[name].to_pylist() for name in ("arm", "seed", "outcome"))
        bad = {(arm, seed): float(outcome in BAD_ENDINGS) for arm, seed, outcome in zip(*columns, strict=True)}
        for arm, endings in self.endings.items():
            endings += [bad.get((arm, self.first_seed + rank), math.nan) for rank in ranks]
        if ranks.stop < self.rule.least:
            return False
        return all(estimate.high - estimate.low <= self.rule.width for estimate in self._estimates())

    def _estimates(self) -> Iterable[Estimate]:
        from . import statistics as st

        for arm in self.arms:
            mine = self.endings[arm.name]
            if self.rule.of == "share":
                known = st.finite(mine)
                yield st.probability(int(known.sum()), known.size)
            elif arm.reference:
                yield st.share_effect(mine, self.endings[arm.reference])

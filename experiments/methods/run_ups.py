"""How often AI shares crash after they have run up, against the record of industries in the United States since 1928.

`python -m experiments.methods.run_ups` runs both vintages over the prior and prints the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulation.dates import VINTAGES

from ..analysis.wording import failed_of
from ..batch.compiling import prepare
from ..batch.pool import default_workers
from ..batch.runner import compute
from ..common.progress import counted
from ..statistics import probability
from ..study.schema import Study, plan

Floats = npt.NDArray[np.float64]

YEARS_TWO = 8
CRASH = 0.40
NO_RUN_UP = 0.0
RECORD = {NO_RUN_UP: 0.10, 0.5: 0.20, 1.0: 0.53, 1.5: 0.80}
"""odds of a fall by 40% within two years, by the rise of the two years before (Greenwood, Shleifer and You 2019). Their
odds of any quarter stand for those without a run-up: in their industries nearly all quarters are, here hardly half"""


class Case(NamedTuple):
    """A run-up of at least `run_up` within two years, and whether shares crashed within the two years after it."""

    run_up: float
    crashed: bool


def cases(index: Floats) -> list[Case]:
    """The run-ups of one path of prices, which starts with the opening's.

    A run-up is counted when it is first seen, and again two years later at the earliest; the rise is measured over two
    years, or since an opening that lies less far back. As in 2025, none is counted after a first crash. Quarters after
    a rise below the least run-up are cases of `NO_RUN_UP`, every one of them."""
    found = []
    last = dict.fromkeys(RECORD, -YEARS_TWO)
    for now in range(YEARS_TWO // 2, len(index) - YEARS_TWO):
        if _falls(index[: now + 1]):
            break
        rise = index[now] / index[max(now - YEARS_TWO, 0)] - 1.0
        crashed = _falls(index[now : now + YEARS_TWO + 1])
        for run_up in RECORD:
            if rise >= run_up > NO_RUN_UP and now - last[run_up] >= YEARS_TWO:
                last[run_up] = now
                found.append(Case(run_up, crashed))
        if rise < min(size for size in RECORD if size > NO_RUN_UP):
            found.append(Case(NO_RUN_UP, crashed))
    return found


def _falls(prices: Floats) -> bool:
    """Whether prices fall by the size of a crash from the highest before."""
    return bool((1.0 - prices / np.maximum.accumulate(prices)).max() >= CRASH)


def crash_odds(paths: Iterable[Floats]) -> pd.DataFrame:
    """Odds of a crash by run-up, one row each: run-up, cases, odds with Wilson's 95% interval, the record.

    Cases of one run hang together, so that intervals are somewhat too narrow."""
    every = [case for path in paths for case in cases(path)]
    rows = []
    for run_up, recorded in RECORD.items():
        crashed = [case.crashed for case in every if case.run_up == run_up]
        odds = probability(sum(crashed), len(crashed))
        rows.append((run_up, len(crashed), odds.value, odds.low, odds.high, recorded))
    return pd.DataFrame(rows, columns=["run-up", "cases", "odds", "low", "high", "record"])


class Simulated(NamedTuple):
    """AI share indices of the runs that finished, each with the opening's 1 in front; of `tried` runs some failed."""

    paths: list[Floats]
    failed: int
    tried: int


def simulated_paths(runs: int) -> Simulated:
    """AI share indices of `runs` runs of each vintage over the prior."""
    prepare()
    paths: list[Floats] = []
    for vintage, quarters, _ in VINTAGES.values():
        specs = plan(Study(title="run-ups", vintage=vintage, quarters=quarters, runs=runs, prior=True)).specs
        for _, rows in counted(compute(specs, default_workers()), "run", total=len(specs)):
            if "series" in rows:
                paths.append(np.concatenate(([1.0], np.asarray(rows["series"]["ai_equity"], dtype=np.float64))))
    tried = runs * len(VINTAGES)
    return Simulated(paths, tried - len(paths), tried)


def main(runs: int = 300) -> None:
    """Print the table, and how many runs failed."""
    found = simulated_paths(runs)
    print(crash_odds(found.paths).to_string(index=False, float_format=lambda value: f"{value:.2f}"))
    print(f"{failed_of(found.failed, found.tried)}.")


if __name__ == "__main__":
    main()

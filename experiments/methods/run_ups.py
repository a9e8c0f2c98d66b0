"""How often AI shares crash after they have run up, against the record of industries in the United States since 1928.

As in the record, a run-up is a rise both by itself and beyond the whole market's. The command
`python -m experiments.methods.run_ups` runs both vintages at the defaults and over the prior, and prints the tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from simulation.dates import VINTAGES
from simulation.registry import LISTED

from ..analysis.wording import failed_of
from ..batch.runner import compute
from ..batch.worker import Rows, build
from ..common.arrays import Floats
from ..statistics import probability
from ..study.schema import RunSpec, Study, plan

if TYPE_CHECKING:
    from simulation import Economy


YEARS_TWO = 8
CRASH = 0.40
NO_RUN_UP = 0.0
RECORD = {NO_RUN_UP: 0.10, 0.5: 0.20, 1.0: 0.53, 1.5: 0.80}
"""Odds of a fall by 40% within two years, by the rise of the two years before, raw and net of the market (Greenwood,
Shleifer and You 2019). Their odds of any quarter stand for those without a run-up: nearly all of theirs are."""


class Case(NamedTuple):
    """A run-up of at least `run_up` within two years, and whether shares crashed within the two years after it."""

    run_up: float
    crashed: bool


class Shares(NamedTuple):
    """Prices of AI shares and of the whole market, which both start with the opening's 1."""

    ai: Floats
    market: Floats


def cases(shares: Shares) -> list[Case]:
    """The run-ups of one path of prices.

    A run-up is counted when it is first seen, and again two years later at the earliest; the rise is measured over two
    years, or since an opening that lies less far back, by itself and less the market's, and the lesser counts. As in
    2025, none is counted after a first crash. Quarters after a rise below the least run-up are cases of `NO_RUN_UP`,
    every one of them."""
    index, market = shares
    found = []
    last = dict.fromkeys(RECORD, -YEARS_TWO)
    for now in range(YEARS_TWO // 2, len(index) - YEARS_TWO):
        if _falls(index[: now + 1]):
            break
        then = max(now - YEARS_TWO, 0)
        alone = index[now] / index[then]
        rise = min(alone - 1.0, alone - market[now] / market[then])
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


def crash_odds(paths: Iterable[Shares]) -> pd.DataFrame:
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
    """Shares in the runs that finished; of `tried` runs some failed."""

    paths: list[Shares]
    failed: int
    tried: int


class _Listed(NamedTuple):
    """Value of AI and of ordinary shares (USD bn), and their prices."""

    ai: float
    ordinary: float
    ai_price: float
    ordinary_price: float


def _listed(economy: Economy) -> _Listed:
    world = economy.state[0][0]
    ledger, column = world["ledger"], economy.kinds["firms"]["account"]["column"][0]
    values = ledger["shares"].sum(axis=0) * ledger["price"]
    index, price = float(world["exchange"]["index"]), float(ledger["price"][column])
    return _Listed(float(values[:LISTED].sum()), float(values[column]), index, price)


def prices(spec: RunSpec) -> Rows:
    """A run of which share prices alone are looked at. The market weighs returns by value, as indices do."""
    economy = build(spec)
    ai, market, before = [1.0], [1.0], _listed(economy)
    while economy.quarter < economy.quarters:
        economy.step()
        now = _listed(economy)
        worth = before.ai * now.ai_price / before.ai_price
        worth += before.ordinary * now.ordinary_price / before.ordinary_price
        ai.append(now.ai_price)
        market.append(market[-1] * worth / (before.ai + before.ordinary))
        before = now
    return Rows(books=Shares(np.array(ai), np.array(market)))


def simulated_paths(runs: int, prior: bool = False, workers: int | None = None) -> Simulated:
    """Shares in `runs` runs of each vintage, at the defaults or over the prior."""
    paths: list[Shares] = []
    for vintage, quarters, _ in VINTAGES.values():
        specs = plan(Study(title="run-ups", vintage=vintage, quarters=quarters, runs=runs, prior=prior)).specs
        for _, rows in compute(specs, workers, prices):
            if "books" in rows:
                paths.append(rows["books"])
    tried = runs * len(VINTAGES)
    return Simulated(paths, tried - len(paths), tried)


def main(runs: int = 300) -> None:
    """Print the tables, and how many runs failed."""
    for title, prior in (("At the defaults", False), ("Over the prior", True)):
        found = simulated_paths(runs, prior)
        print(title)
        print(crash_odds(found.paths).to_string(index=False, float_format=lambda value: f"{value:.2f}"))
        print(f"{failed_of(found.failed, found.tried)}.")


if __name__ == "__main__":
    main()

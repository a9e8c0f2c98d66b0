"""Draw every declared range at once and prove that the economy bears it: books, numbers, time.

`python -m experiments.methods.ranges --draws 20000` draws each parameter anywhere a scenario may set it, a share of all
levers as shocks within their bounds, opening, firms and length, and looks for broken books, what is not a number, runs
that do not end and runs far slower than others of their size. A draw is named by its number alone, so that
`--draw 1234` runs it again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from simulation.dates import VINTAGES

from ..batch.pool import Limits
from ..batch.runner import compute
from ..batch.worker import Rows
from ..study.schema import RunSpec

if TYPE_CHECKING:
    from simulation.scenario import Path, Scenario

FEWEST_FIRMS, MOST_FIRMS = 10, 1000
SHORTEST, LONGEST = 12, 100  # quarters
AT_AN_END = 0.1  # chance that a parameter takes an end of its range; a switch is off as often
SIZES = (10, 20, 50, 100, 200, 500, 1001)  # firms: times are compared among runs of like size
TOO_SLOW = 10.0  # times the median
SECONDS = 120.0  # a task that takes longer hangs


class Verdict(NamedTuple):
    """What a number of draws did: a row for each (draw, vintage, firms, quarters, seconds, failure), "" where sound."""

    table: pd.DataFrame

    @property
    def failed(self) -> pd.DataFrame:
        """The draws that the economy did not bear."""
        return self.table[self.table["failure"] != ""]


def draw(number: int) -> RunSpec:
    """The economy of a draw. Small and short ones are as likely as their logarithms are evenly spread."""
    rng = np.random.default_rng([number, len(VINTAGES)])
    quarters = int(rng.integers(SHORTEST, LONGEST, endpoint=True))
    firms = round(float(np.exp(rng.uniform(np.log(FEWEST_FIRMS), np.log(MOST_FIRMS)))))
    vintage = tuple(VINTAGES)[int(rng.integers(len(VINTAGES)))]
    return RunSpec(f"draw-{number}", "ranges", number, _scenario(rng, quarters), vintage, quarters, firms, False)


def _scenario(rng: np.random.Generator, quarters: int) -> Scenario:
    from simulation.scenario import LEVERS, PARAMETERS, Scenario

    parameters = {}
    for name, each in PARAMETERS.items():
        share, end = rng.random(2)
        if end < AT_AN_END:
            share = float(share >= 0.5)
        elif each.is_switch:
            share = 1.0
        value = float((1.0 - share) * each.lowest + share * each.highest)  # a share of one gives the end itself
        parameters[name] = float(round(value)) if each.is_whole else value
    moved = rng.random()
    shocks = [_path(rng, name, quarters) for name in LEVERS if rng.random() < moved]
    return Scenario.load("baseline").with_parameters(**parameters).with_shocks(*shocks)


def _path(rng: np.random.Generator, lever: str, quarters: int) -> Path:
    """A shock of any size, form and time."""
    from simulation.scenario import LEVERS, Path
    from simulation.scenario.paths import SHAPES

    start, length = (int(each) for each in rng.integers(1, quarters, endpoint=True, size=2))
    size = float(rng.uniform(LEVERS[lever].low, LEVERS[lever].high))
    shape = SHAPES[int(rng.integers(len(SHAPES)))]
    return Path(lever, start, size, None if shape == "once" else length, shape)  # type: ignore[arg-type]


def bear(spec: RunSpec) -> Rows:
    """Run a draw: the processor's seconds it took, and what in its record is not a number."""
    from ..batch.worker import build

    begun = time.process_time()
    economy = build(spec).run()
    broken = [str(name) for name in economy.series.dtype.names or () if not np.isfinite(economy.series[name]).all()]
    broken += [name for name, score in economy.outcome.scores.items() if np.isinf(score)]  # NaN: did not happen
    return Rows(outcome={"broken": broken}, seconds=time.process_time() - begun)


def prove(numbers: Sequence[int], workers: int | None = None) -> Verdict:
    """Run draws, each made when a worker needs it, and say what each did."""
    specs = map(draw, numbers)
    rows = sorted(_rows(compute(specs, workers, bear, total=len(numbers), limits=Limits(SECONDS))))
    table = pd.DataFrame(rows, columns=["draw", "vintage", "firms", "quarters", "seconds", "failure"])
    return Verdict(_with_slow(table))


def _rows(runs: Iterable[tuple[RunSpec, Rows]]) -> Iterator[tuple[int, str, int, int, float, str]]:
    for spec, rows in runs:
        if "failure" in rows:
            told = f"{rows['failure']['kind']}: {rows['failure']['message']}"
        else:
            told = ", ".join(f"{name} is no number" for name in rows["outcome"]["broken"])
        yield spec.seed, spec.vintage, spec.firms, spec.quarters, rows.get("seconds", np.nan), told


def _with_slow(table: pd.DataFrame) -> pd.DataFrame:
    """The table with runs marked that took many times the median of their size, by quarter."""
    pace = table["seconds"] / table["quarters"]
    usual = pace.groupby(pd.cut(table["firms"], SIZES, right=False), observed=True).transform("median")
    slow = (table["failure"] == "") & (pace > TOO_SLOW * usual)
    told = [f"{ratio:.0f} times the median time" for ratio in (pace / usual)[slow]]
    table.loc[slow, "failure"] = told
    return table


def main() -> int:
    """Draw, print what was not borne, and end with 1 if anything was not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=200, help="how many draws (default: 200)")
    parser.add_argument("--first", type=int, default=1, help="number of the first draw")
    parser.add_argument("--draw", type=int, help="run this one draw here, with its error in full")
    parser.add_argument("--workers", type=int, help="worker processes (default: all processors)")
    options = parser.parse_args()
    if options.draw is not None:
        from ..batch.worker import build

        print(build(draw(options.draw)).run().outcome)
        return 0
    found = prove(range(options.first, options.first + options.draws), options.workers)
    for row in found.failed.itertuples():
        print(f"draw {row.draw}: {row.vintage}, {row.firms} firms, {row.quarters} quarters: {row.failure}")
    print(f"{len(found.table):,} draws, {len(found.failed):,} not borne")
    return int(len(found.failed) > 0)


if __name__ == "__main__":
    sys.exit(main())

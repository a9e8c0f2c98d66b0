"""How fast the live page answers: `python -m benchmarks.explore [--drags 40] [--pairs 100] [--workers 2]`.

Each drag is a new value of gamma: timed are the first answer that is shown, and all its pairs. The runs without the
changes are the same for every drag, and are computed once before.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from experiments.batch.compiling import prepare
from experiments.explore.asked import Asked
from experiments.explore.pairs import PairRunner

FIRST = 10


def main() -> None:
    """Print runs and pairs a second, and the median and 95% of the time until an answer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.explore", description=__doc__)
    parser.add_argument("--drags", type=int, default=40)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    prepare()
    first: list[float] = []
    whole: list[float] = []
    with PairRunner(options.workers) as runner:
        runner.ask("bench", Asked(runs=options.pairs))
        runner.wait(Asked(runs=options.pairs), 900.0)
        start, computed = time.perf_counter(), runner.computed
        for gamma in np.linspace(0.01, 0.15, options.drags):
            asked = Asked(parameters=(("gamma", float(gamma)),), runs=options.pairs)
            begun = time.perf_counter()
            runner.ask("bench", asked)
            for times, number in ((first, min(FIRST, options.pairs)), (whole, options.pairs)):
                runner.wait(asked, 900.0, number)
                times.append(time.perf_counter() - begun)
        seconds = time.perf_counter() - start
        print(f"{runner.size} workers: {(runner.computed - computed) / seconds:.0f} runs, so pairs, a second")
    for times, number in ((first, FIRST), (whole, options.pairs)):
        usual, slow = np.quantile(times, (0.5, 0.95))
        print(f"{number} pairs: median {usual:.2f} s, 95% of answers within {slow:.2f} s")


if __name__ == "__main__":
    main()

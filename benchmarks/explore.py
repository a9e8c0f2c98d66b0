"""How fast the live page answers: `python -m benchmarks.explore [--drags 40] [--pairs 100] [--workers 2]`.

Each drag is a new value of gamma, or of the policy rate from its fifth quarter on: timed are the first answer that is
shown, sketches of all pairs, and all pairs whole. The runs without the changes are the same for every drag, and are
computed once before. Other work on the machine slows it, so the processors' own time is told beside the clock's. What
the page itself takes to tell an answer and draw it, which it does ten times a second, is told too.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

import numpy as np
import psutil

from experiments.batch.compiling import prepare
from experiments.explore import parts
from experiments.explore.asked import Asked, Looking
from experiments.explore.pairs import PairRunner

FIRST = 10
TELLINGS = 10
PATIENCE = 900.0  # seconds
Drags = Callable[[float, int], Asked]
DRAGS: dict[str, tuple[Drags, float, float]] = {
    "gamma": (lambda value, runs: Asked(parameters=(("gamma", value),), runs=runs), 0.01, 0.15),
    "policy_rate": (lambda value, runs: Asked(levers=(("policy_rate", value),), runs=runs), 0.005, 0.03),
}


def main() -> None:
    """Print pairs a second, and the median and 95% of the time until an answer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.explore", description=__doc__)
    parser.add_argument("--drags", type=int, default=40)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    prepare()
    with PairRunner(options.workers) as runner:
        at_rest = Asked(runs=options.pairs)
        runner.ask("bench", at_rest)
        runner.wait(at_rest, PATIENCE)
        print(f"{runner.size} workers, load average {os.getloadavg()[0]:.1f}")
        print(f"the page takes {1000.0 * _told(runner, at_rest):.0f} ms of a processor to tell and draw what has come")
        for name, (drag, low, high) in DRAGS.items():
            asked = [drag(float(value), options.pairs) for value in np.linspace(low, high, options.drags)]
            answers = [_answered(runner, each) for each in asked]
            times = np.array([found for found, _ in answers])
            of_sketch = float(np.median([spent for _, spent in answers])) / options.pairs
            print(f"{name}: {options.pairs / np.median(times[:, 1]):.0f} sketches of pairs a second")
            print(
                f"  a processor takes {1000.0 * of_sketch:.1f} ms for a sketch: {options.pairs} pairs come in "
                f"{of_sketch * options.pairs / runner.size:.2f} s at best"
            )
            for words, found in zip((f"{FIRST} pairs", f"{options.pairs} pairs", "all whole"), times.T, strict=True):
                usual, slow = np.quantile(found, (0.5, 0.95))
                print(f"  {words}: median {usual:.2f} s, 95% of answers within {slow:.2f} s")


def _told(runner: PairRunner, asked: Asked) -> float:
    """Processor seconds, at best, in which the page tells an answer and draws its fans."""
    pairs, times = runner.pairs(asked), []
    for _ in range(TELLINGS):
        begun = time.process_time()
        parts.answer(asked, pairs)
        parts.fans(asked, pairs, Looking())
        times.append(time.process_time() - begun)
    return min(times)


def _processor_seconds() -> float:
    """Time that processors have spent on the workers of this process."""
    return sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children())


def _answered(runner: PairRunner, asked: Asked) -> tuple[list[float], float]:
    """Seconds until the first answer, until all sketches, and until all is whole; processors' seconds for sketches."""
    begun, busy = time.perf_counter(), _processor_seconds()
    runner.ask("bench", asked)
    times, spent = [], 0.0
    for sketches in (min(FIRST, asked.runs), asked.runs, None):
        runner.wait(asked, PATIENCE, sketches)
        times.append(time.perf_counter() - begun)
        if sketches == asked.runs:
            spent = _processor_seconds() - busy
    return times, spent


if __name__ == "__main__":
    main()

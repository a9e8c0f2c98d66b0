"""What twins cost: a run of the headline study with its macro twin and outcome, beside the run alone.

`python -m benchmarks.twins` prints both times, in turns on one core, and their ratio, which may be at most 2.2.
"""

from __future__ import annotations

from benchmarks.timing import Pair, in_turns, seconds_of
from experiments.batch.compiling import prepare
from experiments.batch.worker import build, run_one
from experiments.study.schema import Study, plan

MOST = 2.2
RUNS = 20


def measure(runs: int = RUNS, quarters: int = 40, rounds: int = 5) -> Pair:
    """Seconds of runs with all that a study keeps of them, and of the same runs without twin and outcome."""
    specs = plan(Study(scenarios=["baseline"], runs=runs, quarters=quarters)).specs

    def with_twins() -> None:
        for spec in specs:
            run_one(spec)

    def alone() -> None:
        for spec in specs:
            build(spec).run()

    return in_turns(lambda: seconds_of(with_twins), lambda: seconds_of(alone), rounds)


def main() -> None:
    """Measure and print."""
    prepare()
    found = measure()
    print(
        f"{RUNS} runs with twin, outcome and tables: {found.subject:.2f} s; without: {found.peer:.2f} s; "
        f"{found.times_slower:.2f} times, at most {MOST} wanted"
    )


if __name__ == "__main__":
    main()

"""How time and memory grow: firms from ten to a million, runs on one worker and two.

`python -m benchmarks.growth [FOLDER]` prints the figures and draws them. Every economy runs in a process of its own,
whose peak memory counts compiled code too.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.economies import HORIZON, batch_seconds
from benchmarks.processes import large_run
from experiments.batch.compiling import prepare
from experiments.batch.runner import run_batch
from experiments.figures.chart import Chart, Frame
from experiments.figures.style import BLUE, ORANGE
from experiments.store.results import Results
from experiments.study.schema import parse_study, plan

FIRMS = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
RUNS = (10, 100, 1_000)


def of_firms(sizes: tuple[int, ...] = FIRMS) -> pd.DataFrame:
    """Seconds of forty quarters and peak memory (MB) by number of firms."""
    rows = [(firms, *large_run(firms, HORIZON)) for firms in sizes]
    frame = pd.DataFrame(rows, columns=["firms", "seconds", "gigabytes"])
    frame["megabytes"] = frame.pop("gigabytes") * 1024.0
    return frame


def of_runs(sizes: tuple[int, ...] = RUNS) -> pd.DataFrame:
    """Seconds of batches stored as Parquet, start of the workers included, by number of runs and workers."""
    rows = [(runs, workers, batch_seconds(runs, workers)) for runs in sizes for workers in (1, 2)]
    frame = pd.DataFrame(rows, columns=["runs", "workers", "seconds"])
    frame["runs_a_second"] = frame["runs"] / frame["seconds"]
    return frame


def bytes_of_a_run(runs: int = 400) -> float:
    """Bytes that a stored run takes on the disk."""
    batch = plan(parse_study({"runs": runs, "prior": False}, "benchmark"))
    with tempfile.TemporaryDirectory() as folder:
        run_batch(batch, Results(folder, batch.identity), 2, show_progress=False)
        return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / runs


def chart(firms: pd.DataFrame, runs: pd.DataFrame, each: float) -> Chart:
    """Three panels: time and memory by firms, and runs a second by runs."""

    def draw(frame: Frame) -> None:
        time, memory, batches = frame.panels
        time.loglog(firms["firms"], firms["seconds"] * 1e3, color=BLUE, marker="o")
        time.set_title("Forty quarters, ms")
        memory.loglog(firms["firms"], firms["megabytes"], color=BLUE, marker="o")
        memory.set_title("Peak memory, MB")
        for axes in (time, memory):
            axes.set_xlabel("firms")
        for workers, colour in ((1, ORANGE), (2, BLUE)):
            mine = runs[runs["workers"] == workers]
            batches.loglog(mine["runs"], mine["runs_a_second"], color=colour, marker="o", label=f"{workers} workers")
        batches.set_title("Runs a second, stored")
        batches.set_xlabel("runs")
        batches.legend()

    slope = float(np.diff(np.log(firms["seconds"].to_numpy()))[-1] / np.diff(np.log(firms["firms"].to_numpy()))[-1])
    data = pd.concat([firms.assign(part="firms"), runs.assign(part="runs")], ignore_index=True)
    return Chart(
        "growth",
        f"From ten to a million firms time grows from {firms['seconds'].iloc[0] * 1e3:.0f} ms to "
        f"{firms['seconds'].iloc[-1]:.1f} s, in the last step with the {slope:.2f}th power of their number",
        "Time and memory by number of firms, and runs a second by number of runs, on logarithmic scales.",
        f"A stored run takes {each / 1024:.0f} kB. Few runs wait for the workers to start; below a thousand firms, the "
        "institutions and their books take most of the time.",
        data,
        draw,
        panels=3,
        columns=3,
        source="Source: python -m benchmarks.growth.",
    )


def main() -> None:
    """Measure, print and draw."""
    prepare()
    firms, runs, each = of_firms(), of_runs(), bytes_of_a_run()
    print(firms.to_string(index=False), runs.to_string(index=False), f"{each:,.0f} bytes a run", sep="\n\n")
    chart(firms, runs, each).save(Path(sys.argv[1] if sys.argv[1:] else "."))


if __name__ == "__main__":
    main()

"""How time and memory grow: firms from ten to a million, runs from one to a hundred thousand, workers and Dask.

`python -m benchmarks.growth [FOLDER] [--minutes 5]` prints the figures and draws them. Every economy and every batch
runs in a process of its own; peak memory counts compiled code, and of a batch all its processes. Nothing is
extrapolated: where the next batch would take longer than the minutes given, the line ends.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks import processes
from benchmarks.economies import HORIZON
from benchmarks.reliability.sameness import dask_scheduler
from experiments.batch.compiling import prepare
from experiments.figures.chart import Chart, Frame
from experiments.figures.style import BLUE, GREEN, GREY, ORANGE

FIRMS = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
RUNS = (1, 10, 100, 1_000, 10_000, 100_000)


class Setting(NamedTuple):
    """Who runs a batch."""

    workers: int
    dask: bool = False

    def __str__(self) -> str:
        name = f"{self.workers} worker{'s' if self.workers > 1 else ''}{' of Dask' if self.dask else ''}"
        processors = os.cpu_count() or 1
        return name if self.workers <= processors else f"{name} on {processors} processors"


SETTINGS = {Setting(1): ORANGE, Setting(2): BLUE, Setting(4): GREY, Setting(2, dask=True): GREEN}


def of_firms(sizes: tuple[int, ...] = FIRMS) -> pd.DataFrame:
    """Seconds of forty quarters and peak memory (MB) by number of firms."""
    rows = [(firms, *processes.large_run(firms, HORIZON)) for firms in sizes]
    frame = pd.DataFrame(rows, columns=["firms", "seconds", "gigabytes"])
    frame["megabytes"] = frame.pop("gigabytes") * 1024.0
    return frame


def of_runs(minutes: float, sizes: tuple[int, ...] = RUNS) -> pd.DataFrame:
    """Seconds and peak memory (MB) of batches stored as Parquet, start of the workers included, by runs and setting."""
    rows = [(str(setting), *row) for setting in SETTINGS for row in _of_setting(setting, minutes, sizes)]
    frame = pd.DataFrame(rows, columns=["setting", "runs", "seconds", "megabytes", "stored"])
    frame["runs_a_second"] = frame["runs"] / frame["seconds"]
    frame["bytes_a_run"] = frame.pop("stored") / frame["runs"]
    return frame


def _of_setting(setting: Setting, minutes: float, sizes: tuple[int, ...]) -> Iterator[tuple[float, ...]]:
    """Batches of growing size, until the next would take too long at the pace of the last."""
    pace = np.inf
    with dask_scheduler(setting.workers) if setting.dask else nullcontext() as cluster:
        for runs in sizes:
            if runs / pace > 60.0 * minutes:
                return
            done = processes.batch(runs, setting.workers, cluster)
            pace = runs / done.seconds
            yield runs, *done


def ends_of(runs: pd.DataFrame) -> str:
    """Where the lines of the settings end, in words."""
    last = runs.groupby("setting", sort=False)["runs"].max()
    return "Runs measured: " + ", ".join(f"up to {most:,} with {setting}" for setting, most in last.items())


def chart(firms: pd.DataFrame, runs: pd.DataFrame, minutes: float) -> Chart:
    """Four panels: time and memory by firms, runs a second and memory by runs."""

    def draw(frame: Frame) -> None:
        time, memory, pace, of_batches = frame.panels
        time.loglog(firms["firms"], firms["seconds"] * 1e3, color=BLUE, marker="o")
        time.set_title("Forty quarters, ms")
        memory.loglog(firms["firms"], firms["megabytes"], color=BLUE, marker="o")
        memory.set_title("Peak memory of a run, MB")
        for axes in (time, memory):
            axes.set_xlabel("firms")
        for setting, colour in SETTINGS.items():
            mine = runs[runs["setting"] == str(setting)]
            pace.loglog(mine["runs"], mine["runs_a_second"], color=colour, marker="o", label=str(setting))
            of_batches.semilogx(mine["runs"], mine["megabytes"], color=colour, marker="o")
        pace.set_title("Runs a second, stored")
        of_batches.set_title("Peak memory of all processes, MB")
        for axes in (pace, of_batches):
            axes.set_xlabel("runs")
        pace.legend()

    slope = float(np.diff(np.log(firms["seconds"].to_numpy()))[-1] / np.diff(np.log(firms["firms"].to_numpy()))[-1])
    each = float(runs["bytes_a_run"].iloc[runs["runs"].argmax()])
    return Chart(
        "growth",
        f"From {firms['firms'].iloc[0]} to {firms['firms'].iloc[-1]:,} firms time grows from "
        f"{firms['seconds'].iloc[0] * 1e3:.0f} ms to {firms['seconds'].iloc[-1]:.1f} s, in the last step with the "
        f"{slope:.2f}th power of their number",
        "Time and memory by number of firms, runs a second and memory by number of runs, on logarithmic scales.",
        f"{ends_of(runs)}; where a line ends before {RUNS[-1]:,}, ten times as many would take longer "
        f"than {minutes:g} min at its last pace. A stored run takes "
        f"{each / 1024:.0f} kB. Few runs wait for the workers to start; below a thousand firms, the institutions and "
        "their books take most of the time.",
        pd.concat([firms.assign(part="firms"), runs.assign(part="runs")], ignore_index=True),
        draw,
        panels=4,
        columns=2,
        source="Source: python -m benchmarks.growth.",
    )


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("."), help="where to draw (default: here)")
    parser.add_argument("--minutes", type=float, default=5.0, help="the longest that one batch may take (default: 5)")
    parser.add_argument("--firms", type=int, default=FIRMS[-1], help="the largest economy (default: a million)")
    options = parser.parse_args()
    prepare()
    firms = of_firms(tuple(firms for firms in FIRMS if firms <= options.firms))
    print(firms.to_string(index=False), flush=True)
    runs = of_runs(options.minutes)
    print("", runs.to_string(index=False), "", f"{ends_of(runs)}.", sep="\n")
    chart(firms, runs, options.minutes).save(options.folder)


if __name__ == "__main__":
    main()

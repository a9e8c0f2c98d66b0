"""Print what a batch survives: `python -m benchmarks.reliability [ITEM ...] [--full]`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from benchmarks.reliability import cost, damage, kills, refusals, runs, sameness
from benchmarks.reliability.batch import Figure
from benchmarks.table import machine

ITEMS: dict[int, Callable[[bool], Figure]] = {
    1: kills.whole_group,
    2: kills.one_worker,
    3: kills.asked_to_stop,
    4: damage.disk_full,
    5: damage.flips_and_truncations,
    6: runs.sick_runs,
    7: runs.greedy_runs,
    8: runs.fuzzed_files,
    9: sameness.same_bytes,
    10: sameness.flat_memory,
    11: cost.overhead,
    12: refusals.two_processes,
    13: refusals.names_and_links,
    14: refusals.hostile_contents,
    15: refusals.files_nobody_writes,
}


def main() -> None:
    """Let the accidents happen and print the table; exit code 1 if something did not survive."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    parser.add_argument(
        "items", nargs="*", type=int, choices=[[], *ITEMS], metavar="ITEM", help="1 to 15 (default: all)"
    )
    parser.add_argument("--full", action="store_true", help="as many accidents as the list asks for; takes an hour")
    asked = parser.parse_args()
    console = Console() if sys.stdout.isatty() else Console(width=160)
    table = Table("", "what", "figures", "survived", "seconds", title="Reliability", caption=machine())
    survived = True
    with console.status("") as status:
        for number in asked.items or ITEMS:
            status.update(ITEMS[number].__doc__ or "")
            started = time.perf_counter()
            what, figure, reached = ITEMS[number](asked.full)
            table.add_row(str(number), what, figure, "yes" if reached else "NO", f"{time.perf_counter() - started:.0f}")
            survived &= reached
    console.print(table)
    sys.exit(not survived)


if __name__ == "__main__":
    main()

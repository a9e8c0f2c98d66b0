"""Print the speed table: `python -m benchmarks`.

What each line was when its reach was set ("today"), what it is to reach, and what it is now. `--quick` leaves out a
million firms and a first result with nothing compiled.
"""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

from benchmarks.table import Row, machine, rows


def main() -> None:
    """Measure line by line and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out what takes minutes")
    console = Console() if sys.stdout.isatty() else Console(width=150)
    table = Table("what", "today", "reach", "now", "reached", "Circuit", "peer", title="Speed", caption=machine())
    with console.status("compiling") as status:
        for row in rows(full=not parser.parse_args().quick):
            table.add_row(*_cells(row))
            status.update(row.what)
    console.print(table)
    console.print("Peers follow other rules: a ratio compares what an agent and a quarter cost, not the models.")


def _cells(row: Row) -> tuple[str, ...]:
    reached = "" if row.reached is None else "yes" if row.reached else "no"
    return (row.what, row.today, row.reach, row.figure or row.circuit, reached, row.circuit, row.peer)


if __name__ == "__main__":
    main()

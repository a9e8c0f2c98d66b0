"""Print the speed table: `python -m benchmarks`; `--quick` leaves out a million firms."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

from benchmarks.table import Row, machine, rows


def main() -> None:
    """Measure line by line and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the economies of a million firms")
    console = Console() if sys.stdout.isatty() else Console(width=140)
    table = Table("what", "Circuit", "peer", "figure", "reach", "reached", title="Speed", caption=machine())
    with console.status("compiling") as status:
        for row in rows(full=not parser.parse_args().quick):
            table.add_row(*_cells(row))
            status.update(row.what)
    console.print(table)
    console.print("Peers follow other rules: a ratio compares what an agent and a quarter cost, not the models.")


def _cells(row: Row) -> tuple[str, ...]:
    reached = "" if row.reached is None else "yes" if row.reached else "no"
    return (row.what, row.circuit, row.peer, row.figure, row.reach, reached)


if __name__ == "__main__":
    main()

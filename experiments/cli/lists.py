"""Commands that say what there is: scenarios, studies, parameters, levers, series."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .asked import terminal
from .showing import Csv, Json, printed_for_programs

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

HEAD = (
    "# Scenarios and policies\n\n"
    "Each is a short TOML file that says which levers it moves, when, by how much, and what the size rests on. This\n"
    "page is printed by `circuit scenarios --markdown`; `circuit policy NAME` shows what a policy moves and who pays,\n"
    "`circuit policy --all` which of them move their targets the right way; `circuit signs` does so for "
    "every lever, scenario\n"
    "and policy, beside AI capex, AI shares and GDP.\n"
)
INDENT = "    "
WIDEST = 100
IN_THE_FIRST_LINES = {"name", "group", "meaning", "unit", "default", "low", "high"}
Text = Annotated[
    list[str] | None, typer.Argument(metavar="[TEXT]...", help="Words to look for in names, meanings and sources.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the `circuit` command."""
    app.command(epilog="Examples: `circuit scenarios chips`, then `circuit run late-chips`")(scenarios)
    app.command(epilog="Example: `circuit studies`, then `circuit batch gamma-withdrawal`")(studies)
    app.command(epilog="Examples: `circuit parameters gamma`\n\n`circuit parameters --json lab price`")(parameters)
    app.command(epilog="Examples: `circuit levers`\n\n`circuit levers bank`")(levers)
    app.command(epilog="Examples: `circuit series capex`\n\n`circuit series --csv > series.csv`")(series)


def scenarios(
    text: Text = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the tables of docs/scenarios.md.")] = False,
) -> None:
    """List the scenarios, policies and studies there are, one line each: all, or those that a text is about."""
    from simulation.errors import CircuitError
    from simulation.scenario import available_policies, available_scenarios
    from simulation.scenario.input_errors import shown

    from ..study.catalogue import is_about
    from ..study.schema import available_studies

    lists = {"Scenarios": available_scenarios(), "Policies": available_policies()}
    if markdown:
        print(in_markdown(lists), end="")
        return
    words = " ".join(text or [])
    found = {
        title: [(name, meaning) for name, full, meaning in listing if is_about((name, full, meaning), words)]
        for title, listing in (lists | {"Studies": available_studies()}).items()
    }
    if not any(found.values()):
        raise CircuitError(f"{shown(words)} is in no scenario, policy or study: circuit scenarios lists them all")
    console = terminal()
    for title, rows in found.items():
        if rows:
            console.print(f"\n{title}", style="bold")
            console.print(_grid(rows))


def in_markdown(lists: Mapping[str, Sequence[tuple[str, str, str]]]) -> str:
    """One table for each list of (name, title, meaning)."""
    parts = [HEAD]
    for heading, listing in lists.items():
        rows = [f"| `{name}` | {meaning} |" for name, _, meaning in listing]
        parts.append("\n".join([f"\n## {heading}\n", "| name | what it means |", "|---|---|", *rows, ""]))
    return "".join(parts)


def studies() -> None:
    """List the studies there are, with the economies and runs each has."""
    from ..study.schema import available_studies, load_study

    loaded = [(name, load_study(name), meaning) for name, _, meaning in available_studies()]
    terminal().print(_grid((name, f"{study.size} x {study.runs}", meaning) for name, study, meaning in loaded))


def _grid(rows: Iterable[tuple[str, ...]]) -> Table:
    """Names and what they mean beside them, which goes on beneath itself where it is long."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    for *cells, meaning in rows:
        if not grid.columns:
            for _ in cells:
                grid.add_column(no_wrap=True)
            grid.add_column()
        grid.add_row(*cells, meaning)
    return grid


def parameters(text: Text = None, csv: Csv = False, json: Json = False) -> None:
    """List the parameters with default, range, prior, what the record leaves of each, what it moves most, and source.

    All of them, or those that a text is about.
    `--set NAME=VALUE` sets one, as does the table `[parameters]` of a scenario file.
    """
    from ..study.catalogue import parameters as listing

    _print(listing, text, csv, json)


def levers(text: Text = None, csv: Csv = False, json: Json = False) -> None:
    """List the levers: all that shocks and policies can move, within which bounds, and what each is to move."""
    from ..study.catalogue import levers as listing

    _print(listing, text, csv, json)


def series(text: Text = None, csv: Csv = False, json: Json = False) -> None:
    """List the series that a run records each quarter, with unit and meaning."""
    from ..study.catalogue import series as listing

    _print(listing, text, csv, json)


def _print(listing: Callable[[], pd.DataFrame], text: list[str] | None, csv: bool, json: bool) -> None:
    from ..study.catalogue import with_words

    found = with_words(listing(), " ".join(text or []), listing.__name__)
    if printed_for_programs(found, csv, json):
        return
    for entry in found.to_dict("records"):
        print("\n".join(_paragraph({str(name): cell for name, cell in entry.items()})))


def _paragraph(entry: dict[str, Any]) -> Iterator[str]:
    """An entry as a line that says name, default, range and unit, and beneath it what it means and where it is from."""
    import shutil
    from textwrap import wrap

    width = min(shutil.get_terminal_size().columns, WIDEST)
    numbers = "{default:g} ({low:g} to {high:g}) ".format_map(entry) if "default" in entry else ""
    yield f"{entry['name']}  {numbers}{entry['unit']}"
    details = (f"{heading}: {cell}" for heading, cell in entry.items() if heading not in IN_THE_FIRST_LINES and cell)
    for line in (entry["meaning"], "; ".join(details)):
        yield from wrap(line, width, initial_indent=INDENT, subsequent_indent=INDENT)

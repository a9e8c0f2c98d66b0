"""Options and arguments that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.scenario.files import Kind


def names_of(kind: Kind) -> Callable[[str], list[str]]:
    """What a shell completes the name of a shipped scenario or policy to."""

    def complete(incomplete: str) -> list[str]:
        from simulation.scenario.files import shipped_names

        return [name for name in shipped_names(kind) if name.startswith(incomplete)]

    return complete


def settings_of(incomplete: str) -> list[str]:
    """What a shell completes the name of a parameter to."""
    from simulation.scenario import PARAMETERS

    return [f"{name}=" for name in PARAMETERS if name.startswith(incomplete)]


Scenario = Annotated[
    str,
    typer.Argument(
        help="A scenario, by name (see circuit scenarios) or TOML file.", autocompletion=names_of("scenario")
    ),
]
Scenarios = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SCENARIO]...",
        help="Scenarios, by name or TOML file; the first is the reference.",
        autocompletion=names_of("scenario"),
    ),
]
Policies = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="POLICY",
        help="A policy, by name or TOML file; may be repeated: each is tried by itself.",
        autocompletion=names_of("policy"),
    ),
]
PoliciesAtOnce = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="POLICY",
        help="A policy, by name or TOML file; may be repeated: all apply at once.",
        autocompletion=names_of("policy"),
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Set a parameter (see circuit parameters); may be repeated.",
        autocompletion=settings_of,
    ),
]
Grid = Annotated[
    list[str] | None,
    typer.Option(
        "--grid",
        metavar="NAME=A,B,...",
        help="Compare values of a parameter, as gamma=0.01,0.03; may be repeated: all combinations.",
        autocompletion=settings_of,
    ),
]
Prior = Annotated[
    bool | None,
    typer.Option(
        "--prior/--no-prior",
        help="Draw uncertain parameters per seed, or keep their defaults (as the study says; usually they are drawn).",
    ),
]
Pairs = Annotated[int, typer.Option("--runs", help="Seeds, each run with what is asked about and without.")]
Seed = Annotated[int | None, typer.Option(help="Seed of the first run (default: 1). Same seed, same economy.")]
Vintage = Annotated[
    str | None,
    typer.Option(help="Opening: 2024Q4 (default), 2022Q4, now (economies that the record allows), or their file."),
]
Firms = Annotated[int | None, typer.Option(help="Ordinary firms, 10 to 1,000,000 (default: 1000).")]
Quarters = Annotated[int | None, typer.Option(help="Length (default: 40 from 2024Q4, 60 from 2022Q4).")]
Workers = Annotated[int | None, typer.Option(min=1, max=1024, help="Worker processes (default: all processors).")]
Results = Annotated[Path, typer.Option(help="Folder to write to (default: results/).", show_default=False)]
RESULTS = Path("results")
OwnResults = Annotated[Path | None, typer.Option(help="Folder to write to (default: one of its own under results/).")]

ResultsOrStore = Annotated[
    str | None,
    typer.Option("--results", help="Folder, or s3://bucket/name, to write to (default: its own under results/)."),
]
Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A running Dask scheduler, as tcp://127.0.0.1:8786.")
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Start anew instead of going on where it stopped.")]
Page = Annotated[
    bool, typer.Option("--report/--no-report", help="Draw the report and its figures (default), or write tables alone.")
]
Yes = Annotated[bool, typer.Option("--yes", help="More than a million runs are meant.")]
TimeLimit = Annotated[float | None, typer.Option(help="Seconds a task may take (default: 600).")]
MemoryLimit = Annotated[float | None, typer.Option(help="MB a worker may take (default: its part of four fifths).")]

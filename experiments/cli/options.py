"""Options that commands share, and how a study is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from simulation.errors import CircuitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from simulation.scenario.files import Kind

    from ..batch.pool import Limits
    from ..study.schema import Study


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
Results = Annotated[Path | None, typer.Option(help="Folder to write to (default: results/).")]
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


class Means(NamedTuple):
    """With what a batch is computed: processes here or a cluster, and what a task may take."""

    workers: int | None = None
    cluster: str | None = None
    seconds: float | None = None
    megabytes: float | None = None

    @property
    def limits(self) -> Limits:
        """The limits asked for; what is not is left to who computes. Raises `CircuitError`."""
        from ..batch.pool import Limits

        errors = [
            f"--{name}-limit must be from 1 to 1,000,000, not {value:g}"
            for name, value in (("time", self.seconds), ("memory", self.megabytes))
            if value is not None and not 1.0 <= value <= 1e6
        ]
        if errors:
            raise CircuitError(*errors)
        return Limits(self.seconds or Limits().seconds, self.megabytes or Limits().megabytes)


def economy_options(vintage: str | None, firms: int | None, quarters: int | None) -> dict[str, Any]:
    """The options that say which economy, by the names a study has for them."""
    return {"vintage": vintage, "firms": firms, "quarters": quarters}


def grid_of(entries: list[str]) -> dict[str, list[float | bool]]:
    """The values of each parameter of a grid from entries such as 'gamma=0.01,0.03'. Raises `CircuitError`."""
    from simulation.scenario import parse_assignments

    grid: dict[str, list[float | bool]] = {}
    errors = []
    for entry in entries:
        name, _, values = entry.partition("=")
        for value in values.split(","):
            try:
                ((parameter, number),) = parse_assignments([f"{name}={value.strip()}"]).items()
            except CircuitError as error:
                errors += [f"--grid {line}" for line in error.errors]
            else:
                grid.setdefault(parameter, []).append(number)
    if errors:
        raise CircuitError(*dict.fromkeys(errors))
    return grid


def with_options(study: dict[str, Any], options: dict[str, Any], settings: list[str] | None = None) -> Study:
    """A study with what was given on the command line; all errors of both at once."""
    from simulation.scenario import parse_assignments

    from ..study.schema import parse_study

    errors: list[str] = []
    try:
        parameters = {**study.get("parameters", {}), **parse_assignments(settings or [])}
    except CircuitError as error:
        parameters, errors = {}, [f"--set {line}" for line in error.errors]
    given = {name: value for name, value in options.items() if value is not None}
    try:
        parsed = parse_study({**study, **given, "parameters": parameters}, "--")
    except CircuitError as error:
        raise CircuitError(*errors, *error.errors) from None
    if errors:
        raise CircuitError(*errors)
    return parsed


def terminal(json: bool = False) -> Console:
    """Where a command prints; with `json`, where it hands its answer to another program."""
    from ..common.screen import Screen

    return Screen(json)

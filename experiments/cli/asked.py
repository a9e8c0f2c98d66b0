"""What is asked for on a command line: the study, with what it is computed, and where the answer is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from simulation.errors import CircuitError

if TYPE_CHECKING:
    from rich.console import Console

    from ..batch.pool import Limits
    from ..study.schema import Study


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


def with_options(study: dict[str, Any], settings: list[str] | None = None, **options: Any) -> Study:
    """A study with what was given on the command line, by the names a study has for it; all errors of both at once."""
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

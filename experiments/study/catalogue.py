"""What can be set, moved and read: parameters, levers and series as tables, whole or by a word that is looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from simulation.errors import CircuitError
from simulation.scenario import LEVERS, PARAMETERS, prior_names, prior_of
from simulation.scenario.input_errors import shown, suggestion
from simulation.series import SERIES

from .targets import TARGETS, Target

if TYPE_CHECKING:
    import pandas as pd


def parameters() -> pd.DataFrame:
    """Every parameter: its default and range, what a prior draws it from (nothing where none does), what the record
    leaves of it (nothing where it was not inferred), the observed series that it moves most, and its source."""
    import pandas as pd

    from ..ensembles.learned import effects, posteriors

    drawn, left, moved = set(prior_names()), posteriors(), effects()
    rows = [
        {
            "name": parameter.name,
            "group": parameter.group,
            "meaning": parameter.meaning,
            "unit": parameter.unit,
            "default": float(parameter.default),
            "low": float(parameter.low),
            "high": float(parameter.high),
            "status": parameter.status,
            "drawn from": prior_of(parameter.name) if parameter.name in drawn else "",
            "the record leaves": str(left.get(parameter.name, "")),
            "moves most": str(moved.get(parameter.name, "")),
            "source": parameter.source,
        }
        for parameter in sorted(PARAMETERS.values(), key=lambda each: each.group)
    ]
    return pd.DataFrame(rows)


def levers() -> pd.DataFrame:
    """Everything that a shock or a policy can move: how, within which bounds, where it acts, and what it is to move."""
    import pandas as pd

    rows = [
        {
            "name": lever.name,
            "meaning": lever.meaning,
            "unit": lever.unit,
            "default": lever.neutral,
            "low": float(lever.low),
            "high": float(lever.high),
            "how": "adds" if lever.combine == "add" else "multiplies",
            "acts on": lever.acts_on,
            "moves": "; ".join(map(_moved, TARGETS.get(lever.name, ()))),
        }
        for lever in LEVERS.values()
    ]
    return pd.DataFrame(rows)


def _moved(target: Target) -> str:
    needs = f" (needs {target.needs})" if target.needs else ""
    return f"{target.name} {'up' if target.sign > 0 else 'down'}{needs}"


def series() -> pd.DataFrame:
    """Everything that a run records each quarter, with unit and meaning."""
    import pandas as pd

    return pd.DataFrame([each._asdict() for each in SERIES.values()])


def with_words(listing: pd.DataFrame, text: str, what: str) -> pd.DataFrame:
    """The rows of a list in which every word of a text occurs, in whatever column.

    Raises `CircuitError` where there is none, with the list that it is a name of, or the names that are near."""
    found = listing[[is_about(row, text) for row in listing.itertuples(index=False)]].reset_index(drop=True)
    if len(found) == 0:
        raise CircuitError(f"{shown(text)} is in none of the {len(listing)} {what}{_instead(text, listing)}")
    return found


def is_about(row: Iterable[object], text: str) -> bool:
    """Whether every word of a text occurs in some cell of a row."""
    cells = " ".join(map(str, row)).lower().replace("_", " ")
    return all(word in cells for word in text.lower().replace("_", " ").split())


def _instead(text: str, listing: pd.DataFrame) -> str:
    """What to look at where a text is in no row of a list."""
    name = "_".join(text.lower().split())
    lists: tuple[tuple[str, str, Mapping[str, object]], ...] = (
        ("parameter", "parameters", PARAMETERS),
        ("lever", "levers", LEVERS),
        ("series", "series", SERIES),
    )
    for kind, command, names in lists:
        if name in names:
            return f"; it is a {kind}: circuit {command} {name}"
    near = suggestion(text, tuple(listing.name))
    return f"; {near}" if near.startswith("nearest") else ""


def in_markdown(listing: pd.DataFrame) -> str:
    """A list as a Markdown table, its names as code; one table for each group, where there are groups."""
    if "group" in listing:
        parts = listing.groupby("group", sort=False)
        tables = (f"## {str(name).capitalize()}\n\n{in_markdown(part.drop(columns='group'))}" for name, part in parts)
        return "\n\n".join(tables)
    head = [str(column) for column in listing.columns]
    rows = ([f"`{name}`", *cells] for name, *cells in listing.to_numpy().tolist())
    return "\n".join(_row(line) for line in (head, ["---"] * len(head), *rows))


def _row(cells: Iterable[object]) -> str:
    texts = (f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in cells)
    return f"| {' | '.join(text.replace('|', chr(92) + '|') for text in texts)} |"

"""From the tables of a TOML file to a scenario's or a policy's parts, with all errors of the file at once."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from simulation.scenario.dates import read_quarter
from simulation.scenario.events import AgentEvent, note_event_errors
from simulation.scenario.files import NAME, NAME_RULE
from simulation.scenario.input_errors import InputErrors, parameter_error, shown
from simulation.scenario.parameters import PARAMETERS
from simulation.scenario.paths import Path, note_path_errors

_LONGEST_TEXT = 300
_REQUIRED = ("lever", "start", "size")
_OPTIONAL: dict[str, Any] = {"quarters": None, "shape": "step"}
_PATH_KEYS = (*_REQUIRED, *_OPTIONAL)
_EVENT_REQUIRED = ("agent", "kind", "quarter")
_EVENT_KEYS = (*_EVENT_REQUIRED, "size")

Part = TypeVar("Part")


def check_keys(errors: InputErrors, table: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    """Note every top-level key that a file of its kind does not have."""
    for key in table:
        if key not in allowed:
            errors.unknown("", "key", key, allowed)


def check_name(errors: InputErrors, name: str) -> None:
    """Note a name that a scenario or a policy may not have."""
    if not NAME.fullmatch(name):
        errors.add("", f"{shown(name)} cannot name it: {NAME_RULE}")


def read_text(errors: InputErrors, table: Mapping[str, Any], key: str, default: str) -> str:
    """A line of text: `default` where it is missing or invalid."""
    text = table.get(key, default)
    if isinstance(text, str) and len(text) <= _LONGEST_TEXT and text.isprintable():
        return text
    errors.add(key, f"must be one line of at most {_LONGEST_TEXT} printable characters, not {shown(text)}")
    return default


def read_parameters(errors: InputErrors, table: Any) -> dict[str, float]:
    """The parameters that a scenario sets, the valid ones."""
    if not isinstance(table, dict):
        errors.add("parameters", f"must be a table: [parameters], not {shown(table)}")
        return {}
    values: dict[str, float] = {}
    for name, value in table.items():
        if name not in PARAMETERS:
            errors.unknown("[parameters]", "parameter", name, PARAMETERS)
        elif error := parameter_error(PARAMETERS[name], value):
            errors.add(f"[parameters] {name}", error)
        else:
            values[name] = float(value)
    return values


def read_paths(errors: InputErrors, key: str, tables: Any, opening: str) -> tuple[Path, ...]:
    """The lever paths under [[key]] that are valid; quarters that are dates are counted from the opening."""
    return _read_tables(errors, key, tables, partial(_read_path, opening))


def read_events(errors: InputErrors, tables: Any, opening: str) -> tuple[AgentEvent, ...]:
    """The events of named agents under [[event]] that are valid."""
    return _read_tables(errors, "event", tables, partial(_read_event, opening))


def has_dates(*lists: Any) -> bool:
    """Whether a quarter of these tables is given as a date."""
    tables = (table for each in lists if isinstance(each, list) for table in each if isinstance(table, dict))
    return any(isinstance(table.get(key), str) for table in tables for key in ("start", "quarter"))


def _read_tables(
    errors: InputErrors, key: str, tables: Any, read: Callable[[InputErrors, str, dict[str, Any]], Part | None]
) -> tuple[Part, ...]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        errors.add(key, f"must be an array of tables: [[{key}]], not {shown(tables)}")
        return ()
    found = (read(errors, f"[[{key}]] {number}", table) for number, table in enumerate(tables, start=1))
    return tuple(each for each in found if each is not None)


def _note_key_errors(
    errors: InputErrors, where: str, table: dict[str, Any], required: tuple[str, ...], allowed: tuple[str, ...]
) -> None:
    for key in table:
        if key not in allowed:
            errors.unknown(where, "key", key, allowed)
    for key in required:
        if key not in table:
            errors.add(where, f"{key} is missing")


def _read_path(opening: str, errors: InputErrors, where: str, table: dict[str, Any]) -> Path | None:
    found = InputErrors(errors.where)
    _note_key_errors(found, where, table, _REQUIRED, _PATH_KEYS)
    fields = _OPTIONAL | {key: value for key, value in table.items() if key in _PATH_KEYS}
    if "start" in fields:
        fields["start"] = read_quarter(found, f"{where} start", fields["start"], opening)
    note_path_errors(found, where, fields)
    errors.take(found)
    return None if found.lines else Path(**fields)


def _read_event(opening: str, errors: InputErrors, where: str, table: dict[str, Any]) -> AgentEvent | None:
    found = InputErrors(errors.where)
    _note_key_errors(found, where, table, _EVENT_REQUIRED, _EVENT_KEYS)
    fields = {key: value for key, value in table.items() if key in _EVENT_KEYS}
    if "quarter" in fields:
        fields["quarter"] = read_quarter(found, f"{where} quarter", fields["quarter"], opening)
    note_event_errors(found, where, fields)
    errors.take(found)
    return None if found.lines else AgentEvent(**fields)

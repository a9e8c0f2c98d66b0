"""The faults of a study file in the words of its user: where, what, what is allowed, the nearest name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simulation.scenario.faults import shown, suggestion

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic.fields import FieldInfo

_KINDS = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "list_type": "a list",
    "dict_type": "a table",
    "finite_number": "a number",
    "too_short": "a list with something in it",
}


def in_words(faults: ValidationError, source: str, model: type[BaseModel]) -> list[str]:
    """One line for each faulty key, without pydantic's words; what a key may be in several ways is joined."""
    places: dict[str, list[Any]] = {}
    for fault in faults.errors():
        places.setdefault(_place(fault["loc"]), []).append(fault)
    return [f"{source}{place}: {_words(found, model)}" for place, found in places.items()]


def _place(location: Sequence[str | int]) -> str:
    """The key, and where it stands in a list; the branches of a union that pydantic tried are left out."""
    tried = ("bool", "float", "literal")
    return ".".join(str(part) for part in location if not str(part).startswith(tried))


def _words(faults: list[Any], model: type[BaseModel]) -> str:
    key = str(faults[0]["loc"][0])
    if faults[0]["type"] == "extra_forbidden":
        return f"unknown key; {suggestion(key, tuple(model.model_fields))}"
    allowed = " or ".join(dict.fromkeys(_allowed(fault, model.model_fields[key]) for fault in faults))
    return f"must be {allowed}, not {shown(faults[0].get('input'))}"


def _allowed(fault: Any, field: FieldInfo) -> str:
    if fault["type"] in ("greater_than_equal", "less_than_equal"):
        bounds = {type(bound).__name__: bound for bound in field.metadata}
        return f"a whole number from {bounds['Ge'].ge:,} to {bounds['Le'].le:,}"
    if fault["type"] == "literal_error":
        return str(fault["ctx"]["expected"])
    return _KINDS.get(fault["type"], str(fault["msg"]))

"""The errors of a study file in the words of its user: where, what, what is allowed, the nearest name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

from simulation.scenario.files import plain
from simulation.scenario.input_errors import shown, suggestion

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

LONGEST_PLACE = 100
MOST_ERRORS = 30
_KINDS = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "list_type": "a list",
    "dict_type": "a table",
    "finite_number": "a number",
    "too_short": "a list with something in it",
    "too_long": "shorter",
    "model_type": "a table",
    "int_from_float": "a whole number",
    "string_pattern_mismatch": "the file of an ensemble, *.ensemble",
}


def in_words(invalid: ValidationError, source: str, model: type[BaseModel]) -> list[str]:
    """One line for each invalid key, without pydantic's words; what a key may be in several ways is joined."""
    places: dict[str, list[Any]] = {}
    for error in invalid.errors():
        places.setdefault(_place(error["loc"]), []).append(error)
    lines = [f"{source}{place}: {_words(found, model)}" for place, found in list(places.items())[:MOST_ERRORS]]
    more = len(places) - len(lines)
    return [*lines, f"{source}and {more} more errors"] if more else lines


def _place(location: Sequence[str | int]) -> str:
    """The key, and where it stands in a list; the branches of a union that pydantic tried are left out."""
    tried = ("bool", "float", "literal", "constrained-str")
    return plain(".".join(str(part) for part in location if str(part).split("[")[0] not in tried))[:LONGEST_PLACE]


def _words(errors: list[Any], model: type[BaseModel]) -> str:
    location = errors[0]["loc"]
    owner = _owner(location, model)
    if errors[0]["type"] == "extra_forbidden":
        return f"unknown key; {suggestion(str(location[-1]), tuple(owner.model_fields))}"
    if errors[0]["type"] == "missing":
        return "is missing"
    allowed = " or ".join(dict.fromkeys(_allowed(error, owner) for error in errors))
    return f"must be {allowed}, not {shown(errors[0].get('input'))}"


def _owner(location: Sequence[str | int], model: type[BaseModel]) -> type[BaseModel]:
    """The model that a key belongs to: that of the whole file, or that of a table in it."""
    from pydantic import BaseModel

    for part in location[:-1]:
        field = model.model_fields.get(str(part))
        inner = [kind for kind in get_args(field.annotation) if isinstance(kind, type)] if field else []
        model = next((kind for kind in inner if issubclass(kind, BaseModel)), model)
    return model


def _allowed(error: Any, model: type[BaseModel]) -> str:
    if error["type"] in ("greater_than_equal", "less_than_equal"):
        field = model.model_fields[str(error["loc"][-1])]
        bounds = {type(bound).__name__: bound for bound in field.metadata}
        kind = "a whole number" if isinstance(bounds["Ge"].ge, int) else "a number"
        return f"{kind} from {bounds['Ge'].ge:,} to {bounds['Le'].le:,}"
    if error["type"] == "literal_error":
        return str(error["ctx"]["expected"])
    return _KINDS.get(error["type"], str(error["msg"]))

"""Events that befall one named agent in one quarter: a failure, a fine, a scandal, support."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from simulation.registry import NAMES
from simulation.scenario.input_errors import InputErrors, range_error, shown
from simulation.scenario.paths import LONGEST_HORIZON

EventKind = Literal["failure", "fine", "scandal", "support"]
EVENT_KINDS: tuple[str, ...] = get_args(EventKind)
KEY_PLAYERS: tuple[str, ...] = tuple(
    name for kind in ("chip_makers", "clouds", "labs", "other_buyers") for name in NAMES[kind]
)
LENDERS: tuple[str, ...] = tuple(NAMES["credit_funds"])


class _Size(NamedTuple):
    """What the size of a kind of event means, and its range."""

    low: float
    high: float
    unit: str


_SIZES = {"fine": _Size(0.0, 1000.0, "USD bn"), "scandal": _Size(0.0, 0.95, "share of value and of market share lost")}


@dataclass(frozen=True)
class AgentEvent:
    """Something that happens to one chip maker, cloud, lab or other buyer in a simulated quarter (the first is 1).

    A `failure` has no size, nor has `support`: for the quarter investors put all they have into the agent's round, it
    cancels nothing, government grants what it lacks, and the gate of a private-credit fund stays open. A
    `fine` is paid to the government (USD bn), as far as money goes. A `scandal` takes `size`, a share, off the price of
    its shares at once and off its market share lastingly. Raises CircuitError, with every error, where a field is not
    allowed.
    """

    agent: str
    kind: EventKind
    quarter: int
    size: float | None = None

    def __post_init__(self) -> None:
        errors = InputErrors()
        note_event_errors(errors, "", vars(self))
        errors.raise_if_any()
        object.__setattr__(self, "quarter", int(self.quarter))
        object.__setattr__(self, "size", None if self.size is None else float(self.size) + 0.0)

    @property
    def key(self) -> tuple[int, str, str, float]:
        """What orders events, so that the order in which they are written makes no difference."""
        return (self.quarter, self.agent, self.kind, self.size or 0.0)


def note_event_errors(errors: InputErrors, where: str, fields: Mapping[str, Any]) -> None:
    """Add to `errors` what is wrong with those fields of an event that are there; `where` says where."""
    players = KEY_PLAYERS + LENDERS if fields.get("kind") == "support" else KEY_PLAYERS
    for key, allowed in (("agent", players), ("kind", EVENT_KINDS)):
        if key in fields and fields[key] not in allowed:
            errors.unknown(f"{where} {key}".strip(), key, fields[key], allowed)
    for key, error in _number_errors(fields):
        errors.add(f"{where} {key}".strip(), error)


def _number_errors(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind, size = fields.get("kind"), fields.get("size")
    if "quarter" in fields and (error := range_error(fields["quarter"], 1, LONGEST_HORIZON, "quarter", whole=True)):
        yield "quarter", error
    if kind in ("failure", "support") and size is not None:
        yield "size", f"must be left out, not {shown(size)}: there is no more or less of a {kind}"
    elif kind in tuple(_SIZES):
        allowed = _SIZES[kind]
        if size is None:
            yield "size", f"is missing: a {kind} has one from {allowed.low:g} to {allowed.high:g} ({allowed.unit})"
        elif error := range_error(size, allowed.low, allowed.high, allowed.unit):
            yield "size", f"of a {kind} {error}"

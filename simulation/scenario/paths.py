"""Shocks and policies as time paths of levers.

A path is a level, not an impulse: a permanent shock moves its lever once and holds it there, so nothing compounds from
quarter to quarter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from simulation.scenario.input_errors import InputErrors, range_error, shown
from simulation.scenario.levers import LEVER_DTYPE, LEVERS

Shape = Literal["step", "ramp", "fade", "once"]
SHAPES: tuple[str, ...] = get_args(Shape)
LONGEST_HORIZON = 400
_SHAPES_THAT_TAKE_TIME = ("ramp", "fade")


@dataclass(frozen=True)
class Path:
    """The time path of one lever, in simulated quarters counted from 1.

    `step` holds `size` for `quarters` (to the end if None). `ramp` goes in equal steps to `size`, reached in
    the last of `quarters`, and stays there. `fade` starts at `size` and is gone after `quarters`. `once` acts
    in quarter `start` alone. Raises CircuitError, with every error, where a field is not allowed.
    """

    lever: str
    start: int
    size: float
    quarters: int | None = None
    shape: Shape = "step"

    def __post_init__(self) -> None:
        errors = InputErrors()
        note_path_errors(errors, "", vars(self))
        errors.raise_if_any()
        # one spelling of every number, so that equal paths have equal digests
        object.__setattr__(self, "size", float(self.size) + 0.0)
        object.__setattr__(self, "start", int(self.start))
        object.__setattr__(self, "quarters", None if self.quarters is None else int(self.quarters))

    def weights(self, quarters: int) -> npt.NDArray[np.float64]:
        """Share of the path's size in force, by quarter 0 to `quarters` (shape quarters + 1)."""
        age = np.arange(quarters + 1, dtype=np.float64) - self.start
        length = 1 if self.shape == "once" else np.inf if self.quarters is None else self.quarters
        if self.shape == "ramp":
            return np.clip((age + 1) / length, 0.0, 1.0)
        on = (age >= 0) & (age < length)
        return np.where(on, 1.0 - age / length, 0.0) if self.shape == "fade" else on.astype(np.float64)

    def levels(self, quarters: int) -> npt.NDArray[np.float64]:
        """The lever's value by quarter 0 to `quarters`, in the lever's unit, as if no other path moved it."""
        neutral = LEVERS[self.lever].neutral
        weights = self.weights(quarters)
        # Written so that a full weight gives the size itself: a rounding would put a bound out of bounds.
        return (1.0 - weights) * neutral + weights * self.size

    @property
    def settled(self) -> int:
        """The first quarter from which the path moves no more."""
        return self.start + (self.quarters or 1)

    @property
    def key(self) -> tuple[str, int, int, float, str]:
        """What orders paths, so that the order in which they are written makes no difference."""
        return (self.lever, self.start, self.quarters or 0, self.size, self.shape)


@dataclass(frozen=True)
class Policy:
    """A named set of lever paths that a government, a central bank or a regulator chooses.

    `dated`: its file gave quarters as dates, counted from the opening for which it was loaded.
    """

    name: str
    title: str
    meaning: str
    paths: tuple[Path, ...]
    dated: bool = field(default=False, compare=False)

    def starting(self, quarter: int) -> Policy:
        """The same policy moved in time, so that its first path starts in `quarter`."""
        shift = quarter - min(path.start for path in self.paths)
        return replace(self, paths=tuple(replace(path, start=path.start + shift) for path in self.paths), dated=False)


def note_path_errors(errors: InputErrors, where: str, fields: Mapping[str, Any]) -> None:
    """Add to `errors` what is wrong with those fields of a path that are there; `where` says where."""
    lever = fields.get("lever")
    if "lever" in fields and lever not in tuple(LEVERS):
        errors.unknown(f"{where} lever".strip(), "lever", lever, LEVERS)
    for key, error in (*_size_errors(fields), *_timing_errors(fields)):
        errors.add(f"{where} {key}".strip(), error)


def _size_errors(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "size" not in fields or fields.get("lever") not in tuple(LEVERS):
        return
    lever = LEVERS[fields["lever"]]
    if error := range_error(fields["size"], lever.low, lever.high, lever.unit):
        yield "size", f"of {lever.name} {error}"


def _timing_errors(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    shape, quarters = fields["shape"], fields["quarters"]
    if "start" in fields and (error := range_error(fields["start"], 1, LONGEST_HORIZON, "quarter", whole=True)):
        yield "start", error
    if quarters is not None and (error := range_error(quarters, 1, LONGEST_HORIZON, "quarters", whole=True)):
        yield "quarters", error
    if shape not in SHAPES:
        yield "shape", f"must be one of {', '.join(SHAPES)}, not {shown(shape)}"
    if shape in _SHAPES_THAT_TAKE_TIME and quarters is None:
        yield "quarters", f"is missing: a {shape} takes 1 to {LONGEST_HORIZON} quarters"
    if shape == "once" and quarters not in (None, 1):
        yield "quarters", f"must be left out, not {shown(quarters)}: once acts in its start quarter only"


def lever_table(paths: Iterable[Path], quarters: int) -> npt.NDArray[Any]:
    """Every lever in quarters 0 to `quarters`: LEVER_DTYPE, shape quarters + 1; row 0 is neutral."""
    table = np.empty(quarters + 1, dtype=LEVER_DTYPE)
    for lever in LEVERS.values():
        table[lever.name] = lever.neutral
    for path in sorted(paths, key=lambda path: path.key):
        if LEVERS[path.lever].combine == "add":
            table[path.lever] += path.levels(quarters)
        else:
            table[path.lever] *= path.levels(quarters)
    return table


def note_combination_errors(errors: InputErrors, paths: tuple[Path, ...]) -> None:
    """Add to `errors` every lever that shocks and policies together push out of its range."""
    if not paths:
        return
    table = lever_table(paths, max(path.settled for path in paths))
    for name in sorted({path.lever for path in paths}):
        lever, levels = LEVERS[name], table[name]
        outside = np.flatnonzero((levels < lever.low) | (levels > lever.high))
        if outside.size:
            first = int(outside[0])
            errors.add(
                name,
                f"shocks and policies together bring it to {levels[first]:g} in quarter {first}; "
                f"allowed: {lever.low:g} to {lever.high:g} ({lever.unit})",
            )

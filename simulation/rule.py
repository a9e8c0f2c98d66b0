"""How rules of behaviour are run: compiled by Numba, or, with `CIRCUIT_JIT=0`, as the very same Python.

A rule is written for one agent, in scalars."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])

Record: TypeAlias = Any
"""A live record that a rule reads and writes by field (an agent, its account, a claim, the ledger), or an array of such
records.

NumPy has no static type for the fields of a record; Numba types them when it compiles the rule."""

COMPILED: bool = os.environ.get("CIRCUIT_JIT", "1") != "0"


if COMPILED:
    import numba

    from simulation.rule_cache import PACKAGE, RuleCache


def rule(function: Function) -> Function:
    """Compile a rule without Python objects; division follows NumPy, so that a zero gives inf and the audit sees it."""
    if not COMPILED:
        return function
    file = Path(function.__code__.co_filename)
    # A rule of one's own that reads past the end of an array says so; the package's own rules are tested for it.
    own = PACKAGE not in file.resolve().parents
    compiled: Any = numba.njit(error_model="numpy", boundscheck=True if own else None)(function)
    # What is typed at a prompt has no file and cannot be kept on disk.
    if file.is_file():
        compiled._cache = RuleCache(function)
    return cast("Function", compiled)


def sequence(name: str, rules: Sequence[Callable[..., Any]]) -> Callable[..., None]:
    """One rule that takes others in order, all with the same three arguments.

    Calling compiled code costs more than most rules of a quarter do, and loading one piece of it less than many."""
    if not COMPILED:

        def in_order(*arguments: Any) -> None:
            for step in rules:
                step(*arguments)

        return in_order
    calls = "".join(f"    step_{number}(first, second, third)\n" for number in range(len(rules)))
    steps: dict[str, Any] = {"__name__": __name__} | {f"step_{number}": step for number, step in enumerate(rules)}
    # Compiled code is kept on disk only if it comes from a file, so it is said to come from this one.
    exec(compile(f"def {name}(first, second, third):\n{calls}", __file__, "exec"), steps)
    return cast("Callable[..., None]", rule(steps[name]))


def live(array: np.ndarray) -> np.ndarray:
    """The view that rules work on: records with attributes in both modes."""
    return array if COMPILED else array.view(np.recarray)


def room(number: int, form: np.dtype) -> np.ndarray:
    """Room for records, to be written to. NumPy itself looks at every field of what it makes room for, which takes
    longer than copying it."""
    return np.ndarray((number,), form, np.empty(number * form.itemsize, np.uint8))


OPENS = "opens"
"""Under which the declaration of a field keeps the value at which it opens."""
_TAKEN = frozenset(dir(np.ndarray)) | frozenset(dir(np.recarray))


def record(**fields: Any) -> np.dtype:
    """Declare the record of an agent, a market or a book, one keyword a field: a type, or (type, shape).

    A type such as "f8=0" says that the field opens at this value where an opening says nothing else; of any other, an
    opening must say how it opens (`simulation.vintages.unsaid`). Raises TypeError for a field named like an attribute
    of NumPy, since uncompiled code would read the attribute instead of the state."""
    taken = sorted(set(fields) & _TAKEN)
    if taken:
        raise TypeError(f"field names taken by NumPy: {', '.join(taken)}")
    forms = [(name, *form) if isinstance(form, tuple) else (name, form) for name, form in fields.items()]
    return np.dtype([(name, typed(form), *shape) for name, form, *shape in forms], align=True)


def typed(form: Any) -> np.dtype:
    """A type with the value at which it opens, if it has one."""
    kind, _, opens = form.partition("=") if isinstance(form, str) else (form, "", "")
    declared: np.dtype = np.dtype(kind, metadata={OPENS: float(opens)}) if opens else np.dtype(kind)
    return declared


def slots(form: np.dtype, number: int) -> tuple[np.dtype, tuple[int]]:
    """A list that opens empty: as many records as it can hold, of which a counter beside it says how many are in."""
    return np.dtype(form, metadata={OPENS: 0.0}), (number,)


def padded(form: np.dtype, size: int) -> np.dtype:
    """The same record in a slot of `size` bytes, so that records of different kinds lie at equal distances.

    Raises TypeError for a record that is larger than the slot."""
    if form.itemsize > size:
        raise TypeError(f"a record of {form.itemsize} bytes does not fit a slot of {size}")
    names = list(form.names or ())
    fields: Mapping[str, Any] = form.fields or {}
    return np.dtype(
        {
            "names": names,
            "formats": [fields[name][0] for name in names],
            "offsets": [fields[name][1] for name in names],
            "itemsize": size,
            "aligned": True,
        }
    )

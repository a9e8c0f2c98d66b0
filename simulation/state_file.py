"""The state of an economy as a file: a line that says what it is, a checksum, a header in JSON, and its arrays.

Nothing in a file is run when it is read. Whoever changes a file on purpose can still change what the rules compute
with, so states from strangers deserve the trust that their results do."""

import hashlib
import json
import os
import re
import struct
import tempfile
import zlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from simulation.agents.firms import FIRM
from simulation.books.identities import IDENTITIES
from simulation.books.ledger import CLAIM
from simulation.chronicle import EVENT
from simulation.disturbances.given import Disturbances
from simulation.disturbances.process import SLOTS
from simulation.errors import CircuitError
from simulation.event_log import Note
from simulation.obligations.contracts import CONTRACT
from simulation.obligations.deal_register import DEAL
from simulation.registry import BUYERS
from simulation.scenario import Scenario
from simulation.scenario.events import AgentEvent
from simulation.scenario.paths import Path as LeverPath
from simulation.scenario.paths import Policy
from simulation.series import SERIES
from simulation.state import OWNER_FLOWS, WORLD

MAGIC = b"state of a Circuit economy\n"
FORMAT = 2
LARGEST = 4 << 30  # bytes of a state: a million firms with the books of 400 quarters take less
FORMS = {"contracts": CONTRACT, "claims": CLAIM, "deals": DEAL, "vehicles": WORLD["vehicles"].base, "events": EVENT}
PLAIN = re.compile(r"<[fi][1248]|\|[ub]1")
_HEAD = struct.Struct("<32sQ")
_PLAIN_FIELDS = ("seed", "vintage", "quarters", "quarter", "keep_books", "residuals_of_opening", "layout", "_begun")
_ARRAYS = ("_world", "_firms", "_series", "_residuals", "_innovations", "_owners")

State = dict[str, Any]


@lru_cache(maxsize=1)
def layout() -> str:
    """Digest of all records: a state fits only the records that it was written with."""
    return hashlib.sha256("\n".join(map(str, (WORLD, FIRM, EVENT))).encode()).hexdigest()


def check_layout(state: State) -> None:
    """Raise CircuitError for a state whose records are not those of this version."""
    if state.get("layout") != layout():
        raise CircuitError("the state comes from a version of Circuit whose records differ: run the economy again")


def write(state: State, file: str | os.PathLike[str]) -> None:
    """Write a state so that a file is there in whole or not at all. Raises CircuitError where that is impossible."""
    place = Path(file)
    try:
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=f".{place.name}-", delete=False) as unfinished:
            try:
                unfinished.write(_encoded(state))
                unfinished.close()
                os.replace(unfinished.name, place)
            except BaseException:
                os.unlink(unfinished.name)
                raise
    except OSError as error:
        raise CircuitError(f"{place}: cannot be written: {error.strerror or error}") from None


def read(file: str | os.PathLike[str]) -> State:
    """The state in a file. Raises CircuitError for a file that is damaged, foreign or of another version."""
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise CircuitError(f"{os.fspath(file)}: cannot be read: {error.strerror or error}") from None
    try:
        return _decoded(content)
    except CircuitError as error:
        raise CircuitError(*(f"{os.fspath(file)}: {line}" for line in error.errors)) from None


def _encoded(state: State) -> bytes:
    header, arrays = _taken_apart(state)
    header["arrays"] = [[name, _form_of(name, array), list(array.shape)] for name, array in arrays.items()]
    head = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    body = zlib.compress(b"".join(array.tobytes() for array in arrays.values()), 1)
    rest = head + body
    return MAGIC + _HEAD.pack(hashlib.sha256(rest).digest(), len(head)) + rest


def _decoded(content: bytes) -> State:
    start = len(MAGIC) + _HEAD.size
    if not content.startswith(MAGIC):
        raise CircuitError("is no state of an economy: allowed is a file that Economy.save has written")
    if len(content) < start:
        raise CircuitError("is damaged: it ends too early; save the economy again")
    checksum, length = _HEAD.unpack(content[len(MAGIC) : start])
    rest = content[start:]
    if hashlib.sha256(rest).digest() != checksum:
        raise CircuitError("is damaged: its checksum does not match; save the economy again")
    try:
        header = json.loads(rest[:length])
        if header["format"] != FORMAT:
            raise CircuitError(f"is of format {header['format']}, which this version of Circuit does not read")
        check_layout(header)
        state = _put_together(header, _arrays(header["arrays"], rest[length:]))
        _check_shapes(state)
        return state
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, zlib.error) as error:
        if isinstance(error, CircuitError):
            raise
        raise CircuitError("is damaged: what it says of its own parts does not fit them") from None


def _check_shapes(state: State) -> None:
    """Raise ValueError for arrays that no economy of these quarters has."""
    quarters, firms = state["quarters"], len(state["_firms"]) // FIRM.itemsize
    shapes = {
        "_world": (WORLD.itemsize,),
        "_firms": (firms * FIRM.itemsize,),
        "_series": (quarters, len(SERIES)),
        "_residuals": (quarters, len(IDENTITIES)),
        "_owners": (quarters, BUYERS, OWNER_FLOWS),
        "_innovations": (quarters, len(SLOTS)),
    }
    if any(state[name].shape != shape for name, shape in shapes.items()) or not 0 <= state["quarter"] <= quarters:
        raise ValueError("shapes differ")


def _form_of(name: str, array: np.ndarray) -> str:
    """How an array's type is written: the name of a record, or NumPy's short name of a number."""
    return name.rpartition("/")[2] if array.dtype.names else array.dtype.str


def _arrays(parts: list[Any], body: bytes) -> dict[str, np.ndarray]:
    sizes = []
    for _, form, shape in parts:
        if form not in FORMS and not PLAIN.fullmatch(form):
            raise CircuitError(f"is damaged: it holds numbers of a kind {form!r}")
        dtype = FORMS[form] if form in FORMS else np.dtype(form)
        sizes.append((dtype, tuple(map(int, shape)), dtype.itemsize * int(np.prod(shape, dtype=object))))
    total = sum(size for _, _, size in sizes)
    if not 0 <= total <= LARGEST:
        raise CircuitError(f"is larger than the {LARGEST >> 30} GB that a state may take")
    content = zlib.decompressobj().decompress(body, total + 1)
    if len(content) != total:
        raise CircuitError("is damaged: its arrays do not have the size that it says")
    arrays, place = {}, 0
    for (name, _, _), (dtype, shape, size) in zip(parts, sizes, strict=True):
        arrays[name] = np.frombuffer(content, dtype, int(np.prod(shape)), place).reshape(shape).copy()
        place += size
    return arrays


def _taken_apart(state: State) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What of a state goes into the header, and its arrays by name."""
    notes, rows = state["_notes"], state["_firm_rows"]
    agents, variables = (sorted({row[k] for row in rows}) for k in (1, 2))
    header = {
        "format": FORMAT,
        "version": _version(),
        **{name: state[name] for name in _PLAIN_FIELDS},
        "scenarios": [[quarter, scenario_in_plain(scenario)] for quarter, scenario in state["_scenarios"]],
        "pending": [vars(event) for events in state["_events_due"].values() for event in events],
        "agents": agents,
        "variables": variables,
        "books": len(state["_books"]),
    }
    arrays = {name: state[name] for name in _ARRAYS}
    given = state["disturbances"]
    arrays |= {
        "given": np.zeros((0, len(SLOTS))) if given is None else given.innovations,
        "told": np.array([len(note.chronicle) for note in notes], "<i8"),
        "events": np.concatenate([note.chronicle for note in notes]) if notes else np.zeros(0, EVENT),
        "untold": np.array([note.untold for note in notes], "<i8"),
        "failed_rounds": np.array([note.failed_rounds for note in notes], "|b1"),
        "runway": np.array([note.runway for note in notes], "<f8"),
        "raised": np.array([note.raised for note in notes], "<f8"),
        "orders_cut": np.array([note.orders_cut for note in notes], "<f8"),
        "row_quarter": np.array([row[0] for row in rows], "<i8"),
        "row_agent": np.array([agents.index(row[1]) for row in rows], "<i8"),
        "row_variable": np.array([variables.index(row[2]) for row in rows], "<i8"),
        "row_value": np.array([row[3] for row in rows], "<f8"),
    }
    if state["_start"] is not None:
        arrays |= dict(zip(("start_world", "start_firms"), state["_start"], strict=True))
    for quarter, book in enumerate(state["_books"]):
        arrays |= {f"{quarter}/{name}": np.ascontiguousarray(array) for name, array in book.items()}
    return header, arrays


def _put_together(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> State:
    """The state that was taken apart into a header and arrays."""
    events: dict[int, list[AgentEvent]] = {}
    for fields in header["pending"]:
        event = AgentEvent(**fields)
        events.setdefault(event.quarter, []).append(event)
    scenarios = [(quarter, scenario_from_plain(plain)) for quarter, plain in header["scenarios"]]
    books: list[dict[str, np.ndarray]] = [{} for _ in range(header["books"])]
    for name, array in arrays.items():
        quarter, inside, field = name.partition("/")
        if inside:
            books[int(quarter)][field] = array
    return {
        **{name: header[name] for name in _PLAIN_FIELDS},
        **{name: arrays[name] for name in _ARRAYS},
        "scenario": scenarios[-1][1],
        "_scenarios": scenarios,
        "_start": (arrays["start_world"], arrays["start_firms"]) if "start_world" in arrays else None,
        "disturbances": Disturbances(arrays["given"]) if len(arrays["given"]) else None,
        "_events_due": events,
        "_notes": _notes(arrays),
        "_firm_rows": _rows(header, arrays),
        "_books": books,
    }


def _notes(arrays: dict[str, np.ndarray]) -> list[Note]:
    ends = np.cumsum(arrays["told"])
    fields = [arrays[name].tolist() for name in ("untold", "failed_rounds", "runway", "raised", "orders_cut")]
    chronicles = [arrays["events"][end - told : end].copy() for end, told in zip(ends, arrays["told"], strict=True)]
    return [Note(*parts) for parts in zip(chronicles, *fields, strict=True)]


def _rows(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> list[tuple[int, str, str, float]]:
    quarter, agent, variable, value = (
        arrays[f"row_{name}"].tolist() for name in ("quarter", "agent", "variable", "value")
    )
    agents, variables = (
        [header[key][k] for k in column] for key, column in (("agents", agent), ("variables", variable))
    )
    return list(zip(quarter, agents, variables, value, strict=True))


def scenario_in_plain(scenario: Scenario) -> dict[str, Any]:
    """A scenario as nested tables of texts and numbers."""
    return {
        **{name: getattr(scenario, name) for name in ("name", "title", "meaning", "overrides")},
        "shocks": [vars(path) for path in scenario.shocks],
        "policies": [vars(policy) | {"paths": [vars(path) for path in policy.paths]} for policy in scenario.policies],
        "events": [vars(event) for event in scenario.events],
    }


def scenario_from_plain(plain: dict[str, Any]) -> Scenario:
    """The scenario of nested tables; raises CircuitError where they are none."""
    chosen = Scenario().with_parameters(**dict(plain["overrides"]))
    policies = (
        Policy(**policy | {"paths": tuple(LeverPath(**path) for path in policy["paths"])})
        for policy in plain["policies"]
    )
    return Scenario(
        plain["name"],
        plain["title"],
        plain["meaning"],
        chosen.overrides,
        tuple(LeverPath(**path) for path in plain["shocks"]),
        tuple(policies),
        tuple(AgentEvent(**event) for event in plain["events"]),
    )


def _version() -> str:
    try:
        return version("circuit-economy")
    except PackageNotFoundError:
        return "unknown"

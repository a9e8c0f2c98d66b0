"""What happened in a run, in words: withdrawals, rounds, orders that were not funded, and what rules have told.

A quarter leaves a note; its words are written once somebody reads them, since that takes longer than the quarter does.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from simulation.chronicle import CHANNELS, EVENT, EVENT_KINDS, EVENTS, FORCED_FAILURE
from simulation.registry import COLUMN_NAMES, NAMES

SMALLEST_CUT = 0.5  # USD bn; smaller ones are not worth telling
SMALLEST_TOLD = 1.0  # USD bn, of deals and what becomes of them; failures are always told

_AGENTS = (*COLUMN_NAMES, "Investors", "Chronicle", "")
_INVESTORS, _CHRONICLE, _NOBODY = range(len(COLUMN_NAMES), len(_AGENTS))
_CHANNELS = (*CHANNELS, "")
_EVENTS = (
    *(kind.name for kind in EVENT_KINDS),
    "withdrawal_begins", "withdrawal_ends", "failed_round", "round", "orders_cut", "events_left_out",
)  # fmt: skip

# How each kind is told of agent, other, amount and gigawatts, with their units: by place, which is faster than by name.
_PLACES = {"{agent}": "{0}", "{other}": "{1}", "{amount}": "{2:,.1f} bn", "{gigawatts}": "{3:.2f} GW"}
_TELL = [re.sub(r"{\w+}", lambda found: _PLACES[found[0]], kind.words).format for kind in EVENT_KINDS]


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of words of which there are few: the words, and of each row the number of its word."""

    words: tuple[str, ...]
    numbers: np.ndarray

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tolist())

    def tolist(self) -> list[str]:
        """The word of each row."""
        words: list[str] = np.array(self.words, object)[self.numbers].tolist()
        return words


class Note(NamedTuple):
    """What the events of a quarter are told from."""

    chronicle: np.ndarray
    untold: int  # events beyond what a chronicle holds
    failed_rounds: list[bool]  # by lab
    runway: list[float]
    raised: list[float]
    orders_cut: list[float]  # by cloud, USD bn


class Event(NamedTuple):
    """Something that nobody told, seen from the state of a quarter. `place` is its place beside what was told."""

    place: int
    agent: int
    event: str
    cause: str
    amount: float


_TOLD = 2  # place of what rules have told


class Notable(NamedTuple):
    """What notes are taken of, as views of an economy's state: looking a field up takes longer than noting it."""

    events: np.ndarray
    n_events: np.ndarray
    untold: np.ndarray
    failed_rounds: np.ndarray
    runway: np.ndarray
    raised: np.ndarray
    orders_cut: np.ndarray
    it_price: np.ndarray


def notable(world: np.ndarray) -> Notable:
    """What notes are taken of in a world."""
    chronicle, labs = world["chronicle"], world["labs"][0]
    return Notable(
        chronicle["events"][0],
        chronicle["n_events"],
        chronicle["untold"],
        labs["failed_rounds"],
        labs["runway"],
        labs["new_equity"],
        world["clouds"][0]["orders_cut"],
        world["market"]["it_price"],
    )


def note_of_quarter(now: Notable) -> Note:
    """Note what has happened in a quarter."""
    return Note(
        now.events[: now.n_events[0]].copy(),
        int(now.untold[0]),
        (now.failed_rounds > 0.0).tolist(),
        now.runway.tolist(),
        now.raised.tolist(),
        (now.orders_cut * now.it_price).tolist(),
    )


def events_of_run(notes: Sequence[Note], series: np.ndarray, labels: Sequence[str]) -> dict[str, Any]:
    """Columns of what happened, quarter by quarter: words as `Coded` or a list, numbers as arrays.

    `labels` are the names of the quarters. In a chain reaction `other` is who it came from, through `channel`;
    `generation` 0 starts a chain.
    """
    told, quarter = _told(notes)
    seen = [(k, event) for k, note in enumerate(notes) for event in _seen(note, series, k)]
    order = np.argsort(
        np.array([*(10 * quarter + _TOLD), *(10 * k + event.place for k, event in seen)], int), kind="stable"
    )

    def column(of_told: Any, of_seen: Sequence[Any], form: str) -> np.ndarray:
        return np.concatenate([np.asarray(of_told, form), np.array(of_seen, form)])[order]

    causes = [*_words(told), *(event.cause for _, event in seen)]
    without = [0] * len(seen)
    other = np.where(told["other"] < 0, _NOBODY, told["other"])
    return {
        "quarter": Coded(tuple(labels), column(quarter, [k for k, _ in seen], "u2")),
        "agent": Coded(_AGENTS, column(told["agent"], [event.agent for _, event in seen], "u1")),
        "event": Coded(_EVENTS, column(told["kind"], [_EVENTS.index(event.event) for _, event in seen], "u1")),
        "cause": [causes[k] for k in order],
        "amount": column(told["amount"], [event.amount for _, event in seen], "f8"),
        "other": Coded(_AGENTS, column(other, [_NOBODY] * len(seen), "u1")),
        "channel": Coded(_CHANNELS, column(told["channel"], [len(CHANNELS)] * len(seen), "u1")),
        "generation": column(told["generation"], without, "i8"),
    }


def _told(notes: Sequence[Note]) -> tuple[np.ndarray, np.ndarray]:
    """What rules have told that is worth repeating, and the quarter of each, from 0."""
    told = np.frombuffer(
        b"".join(note.chronicle.tobytes() for note in notes), EVENT
    )  # a tenth of the time of concatenate
    quarter = np.repeat(np.arange(len(notes)), [len(note.chronicle) for note in notes])
    worth = (told["kind"] <= FORCED_FAILURE) | (told["amount"] >= SMALLEST_TOLD)
    return told[worth], quarter[worth]


def _words(told: np.ndarray) -> Iterator[str]:
    fields = (told[field].tolist() for field in ("kind", "agent", "other", "amount", "gigawatts"))
    for kind, agent, other, amount, gigawatts in zip(*fields, strict=True):
        counterparty = COLUMN_NAMES[other] if other >= 0 else "others"
        yield _TELL[kind](COLUMN_NAMES[agent], counterparty, amount, gigawatts)


def _seen(note: Note, series: np.ndarray, k: int) -> Iterator[Event]:
    """Turning points of quarter k from 0: withdrawals, rounds, orders that were not funded, what was not told."""
    now, before = float(series["withdrawal"][k]), float(series["withdrawal"][k - 1]) if k else 0.0
    if now > before:
        gap = float(series["sober_gap"][k])
        yield Event(0, _INVESTORS, "withdrawal_begins", f"prices {np.expm1(gap):.0%} above sober value", gap)
    if now < before:
        yield Event(0, _INVESTORS, "withdrawal_ends", "the withdrawal has run its course", 0.0)
    rounds = zip(NAMES["labs"], note.failed_rounds, note.runway, note.raised, strict=True)
    for name, failed, runway, raised in rounds:
        if failed:
            cause = f"investors offered too little; {runway:.1f} quarters of cash left"
            yield Event(1, COLUMN_NAMES.index(name), "failed_round", cause, 0.0)
        if raised > 0.0:
            yield Event(1, COLUMN_NAMES.index(name), "round", "short runway", raised)
    for name, cut in zip(NAMES["clouds"], note.orders_cut, strict=True):
        if cut > SMALLEST_CUT:
            yield Event(3, COLUMN_NAMES.index(name), "orders_cut", "funding did not come", cut)
    if note.untold:
        cause = f"more happened than the {EVENTS} events that are told of a quarter: {note.untold} are left out"
        yield Event(4, _CHRONICLE, "events_left_out", cause, 0.0)

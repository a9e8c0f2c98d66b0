"""How long something takes: the best of several tries, taken in turns with what it is compared to."""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple

Clock = Callable[[], float]
"""Does something once and returns the seconds it took."""


class Pair(NamedTuple):
    """Best seconds of the subject and of its peer."""

    subject: float
    peer: float

    @property
    def times_slower(self) -> float:
        """How many times longer the subject takes."""
        return self.subject / self.peer


def seconds_of(action: Callable[[], object]) -> float:
    """Seconds of one call, with the garbage collector off as in `timeit`."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        start = perf_counter()
        action()
        return perf_counter() - start
    finally:
        if enabled:
            gc.enable()


def clock(action: Callable[[], object], calls: int = 1) -> Clock:
    """A clock of one call, measured over several calls in a row."""

    def repeat() -> None:
        for _ in range(calls):
            action()

    return lambda: seconds_of(repeat) / calls


def best(subject: Clock, rounds: int = 5) -> float:
    """Shortest of several tries."""
    return min(subject() for _ in range(rounds))


def in_turns(subject: Clock, peer: Clock, rounds: int = 5) -> Pair:
    """Shortest of several tries of each, alternately, so that a busy machine hurts both."""
    tries = [(subject(), peer()) for _ in range(rounds)]
    return Pair(min(first for first, _ in tries), min(second for _, second in tries))

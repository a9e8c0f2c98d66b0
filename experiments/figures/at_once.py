"""Draws several figures at once, one on each processor."""

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from ..batch.pool import default_workers

Result = TypeVar("Result")

_waiting: Sequence[Callable[[], Any]] = ()


def at_once(actions: Sequence[Callable[[], Result]]) -> Iterator[Result]:
    """What each action returns, in their order, as soon as it is there.

    A forked process knows all that this one knows, so a figure need not be sent to it. Where processes are not forked
    (Windows, macOS) or there is one processor, actions are done one after another."""
    global _waiting
    processes = min(len(actions), default_workers())
    if processes < 2 or sys.platform in ("win32", "darwin"):
        yield from (action() for action in actions)
        return
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401  before the fork, so that it is loaded once

    _waiting = actions
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        yield from pool.map(_act, range(len(actions)))


def _act(number: int) -> Any:
    return _waiting[number]()

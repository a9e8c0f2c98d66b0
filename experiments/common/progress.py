"""Progress of whatever takes seconds: a line in a terminal, a bar in a notebook, now and then a line in a file."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from tqdm import tqdm as Bar  # noqa: N812

Item = TypeVar("Item")

SILENT = 1.0  # seconds before anything is shown
OFTEN, IN_A_FILE = 0.1, 10.0  # seconds between two signs of life
QUIET = "CIRCUIT_QUIET"
"""What is set in the environment of a process in which no progress is wanted, nor in those that it starts."""


@contextmanager
def quietly(wanted: bool = True) -> Iterator[None]:
    """Show no progress meanwhile, if that is `wanted`."""
    before = os.environ.get(QUIET)
    if wanted:
        os.environ[QUIET] = "1"
    try:
        yield
    finally:
        if wanted:
            os.environ.pop(QUIET)
            os.environ.update({QUIET: before} if before else {})


@contextmanager
def progress(total: int, unit: str, doing: str = "", shown: bool = True) -> Iterator[Bar[Any]]:
    """A bar that counts to `total`, advanced by `update()`; not for what takes no second, nor where it is unwanted."""
    bar: Bar[Any] = _bar()(
        total=total,
        unit=unit,
        desc=doing or None,
        file=sys.stderr,
        disable=not (shown and total and not os.environ.get(QUIET)),
        mininterval=OFTEN if sys.stderr.isatty() else IN_A_FILE,
        smoothing=0.05,
        delay=SILENT,
        leave=False,
    )
    with bar:
        yield bar


def counted(items: Iterable[Item], unit: str, doing: str = "", total: int | None = None) -> Iterator[Item]:
    """The same items, counted on the screen as they come. `total` is needed where they do not know their number."""
    count = len(items) if isinstance(items, Sized) else total or 0
    with progress(count, unit, doing) as bar:
        for item in items:
            yield item
            bar.update()


def _bar() -> Any:
    """The bar that fits where it is shown; in a notebook without widgets, that of a terminal."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="IProgress not found")
        from tqdm.auto import tqdm
    return tqdm

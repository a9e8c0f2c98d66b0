"""Tables for other programs: CSV in which no cell can be taken for a formula."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def folder_named(text: str) -> Path:
    """The folder of a name that a module's command line was given. Raises `ArgumentTypeError` for none: an empty name
    would be the folder one stands in."""
    if not text.strip():
        raise ArgumentTypeError("is empty: name a folder to write to")
    return Path(text)


def csv_bytes(frame: pd.DataFrame, float_format: str | None = None) -> bytes:
    """A frame as CSV in UTF-8, without its index.

    A text that starts with = + - or @ gets an apostrophe before it, or a spreadsheet would compute it (OWASP, CSV
    injection). Numbers stay as they are."""
    safe = frame.rename(columns=lambda name: quoted(str(name)))
    for position in range(frame.shape[1]):
        if frame.dtypes.iloc[position].kind not in "biufcM":
            safe.isetitem(position, [quoted(cell) for cell in frame.iloc[:, position]])
    return safe.to_csv(index=False, float_format=float_format).encode()


def quoted(cell: object) -> object:
    """A text that no spreadsheet takes for a formula; anything else unchanged."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell

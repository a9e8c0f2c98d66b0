"""An estimate that is kept as TOML beside the code that finds it: printed, and with `--write` stored."""

import argparse
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Found = Mapping[str, Mapping[str, float]]
"""Numbers by the table that they are kept in."""


def read_estimate(path: Path) -> dict[str, Any]:
    """The estimate as it was written."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def offer_estimate(path: Path, meaning: str | None, find: Callable[[], Found]) -> None:
    """Answer the command of the module beside `path`: find the estimate, print it and, if that is asked for, store it.
    Numbers are written to six digits."""
    parser = argparse.ArgumentParser(description=meaning)
    parser.add_argument("--write", action="store_true", help=f"store the estimate in {path.name}")
    options = parser.parse_args()
    rows = [f"# Written by python -m experiments.methods.{path.stem} --write"]
    for table, numbers in find().items():
        rows += ["", f"[{table}]", *(f"{name} = {value:g}" for name, value in numbers.items())]
    text = "\n".join(rows) + "\n"
    print(text)
    if options.write:
        path.write_text(text, encoding="utf-8")

"""Finding and reading scenario and policy files: small, plain, regular TOML files and nothing else."""

import functools
import importlib.util
import os
import pathlib
import re
import stat
import tomllib
from typing import Any, Literal

from simulation.errors import CircuitError
from simulation.scenario.input_errors import shown, suggestion

Kind = Literal["scenario", "policy"]

LARGEST_FILE = 1 << 17  # bytes: about a second of hostile TOML, and a hundred times any real scenario
LONGEST_LINE = 1000  # characters: the time to read a dotted key grows with the square of its length
DEEPEST_NESTING = 4
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
NAME_RULE = "a name is 1 to 64 of a-z, 0-9, - and _, and starts with a letter or digit"

_FOLDERS: dict[Kind, str] = {"scenario": "scenarios", "policy": "policies"}


@functools.cache
def shipped_folder(kind: Kind) -> pathlib.Path:
    """The folder of shipped scenarios or policies, found without importing the package that holds it."""
    package = importlib.util.find_spec("experiments")
    places = [pathlib.Path(place) for place in (package and package.submodule_search_locations) or ()]
    for place in places:
        if (place / _FOLDERS[kind]).is_dir():
            return place / _FOLDERS[kind]
    hiding = places[0] if places else package and package.origin
    why = f"{hiding} hides Circuit's package experiments: rename it" if hiding else "install circuit-economy again"
    raise CircuitError(f"the shipped {_FOLDERS[kind]} are not found: {why}")


def shipped_names(kind: Kind) -> tuple[str, ...]:
    """Names of the shipped scenarios or policies, in alphabetical order."""
    return tuple(sorted(file.stem for file in shipped_folder(kind).glob("*.toml")))


def find(kind: Kind, name_or_path: str | os.PathLike[str]) -> pathlib.Path:
    """The file of a shipped name, of a name in the current folder, or at a path that ends in .toml.

    Raises CircuitError for a name that is none of these, with the nearest shipped one."""
    return find_in(shipped_folder(kind), kind, os.fspath(name_or_path))


def find_in(shipped: pathlib.Path, kind: str, text: str) -> pathlib.Path:
    """As `find`, for files of any kind that are shipped in a folder."""
    if text.lower().endswith(".toml"):
        return pathlib.Path(text)
    if not NAME.fullmatch(text):
        raise CircuitError(f"{shown(text)} is no {kind}: {NAME_RULE}; a path ends in .toml")
    for folder in (shipped, pathlib.Path()):
        file = folder / f"{text}.toml"
        if file.exists():
            return file
    known = tuple(sorted(file.stem for file in shipped.glob("*.toml")))
    raise CircuitError(f"unknown {kind} {shown(text)}; {suggestion(text, known)}")


def read_toml(file: pathlib.Path) -> dict[str, Any]:
    """The contents of a TOML file. Raises CircuitError, naming the file, where it is unsafe or broken."""
    try:
        return parse_toml(_read_bytes(file))
    except CircuitError as error:
        raise CircuitError(*(f"{plain(file)}: {line}" for line in error.errors)) from None


def parse_toml(content: bytes) -> dict[str, Any]:
    """The contents of a TOML text in UTF-8. Raises CircuitError where it is broken, too long or too deep."""
    try:
        text = content.decode("utf-8-sig")  # editors on Windows begin a file with a byte-order mark
        if any(len(line) > LONGEST_LINE for line in text.splitlines()):
            raise CircuitError(f"has a line of more than {LONGEST_LINE:,} characters: break it up")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise CircuitError(f"is not UTF-8 text (byte {error.start}): save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise CircuitError(f"is not TOML: {plain(error)}") from None
    except RecursionError:
        raise CircuitError(_TOO_DEEP) from None
    _refuse_deep_nesting(table)
    return table


def plain(value: object) -> str:
    """Text on one line, with nothing in it that could steer a terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in str(value))


_TOO_DEEP = f"is nested deeper than {DEEPEST_NESTING} levels: scenario files are flat"


def _refuse_deep_nesting(table: dict[str, Any]) -> None:
    level: list[Any] = [table]
    for _ in range(DEEPEST_NESTING):
        children = [child for parent in level for child in (parent.values() if isinstance(parent, dict) else parent)]
        level = [child for child in children if isinstance(child, (dict, list))]
    if level:
        raise CircuitError(_TOO_DEEP)


def _read_bytes(file: pathlib.Path) -> bytes:
    """All bytes of a small regular file. A symlink or a pipe is refused before anything is read from it."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if file.is_symlink():
            raise CircuitError("is a symbolic link: give the file itself")
        with open(os.open(file, flags), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise CircuitError("is not a regular file")
            content = stream.read(LARGEST_FILE + 1)
    except CircuitError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CircuitError(f"cannot be read: {reason}") from None
    if len(content) > LARGEST_FILE:
        raise CircuitError(f"is larger than {LARGEST_FILE:,} bytes: a scenario is a short file")
    return content

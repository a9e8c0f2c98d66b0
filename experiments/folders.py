"""Where the files of a results folder are kept: on this machine, with nothing written outside of the folder.

Every file is written all or nothing. A folder knows its files by relative names such as `runs/00000.parquet`;
a name that leads elsewhere and a symbolic link anywhere inside are refused.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from simulation.errors import CircuitError

FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9][A-Za-z0-9._-]{0,127}){0,3}")

TEMPORARY = ".tmp-"


class Folder(Protocol):
    """What a results folder can do, on whatever it lies. All raise `CircuitError`."""

    name: str
    ledger: str

    def read(self, file: str) -> bytes:
        """The content of a file."""

    def write(self, file: str, content: bytes) -> None:
        """Create or replace a file, all or nothing."""

    def remove(self, file: str) -> None:
        """Delete a file if it is there."""

    def files(self, under: str) -> list[str]:
        """Names of the files in a folder inside, sorted; none if there is no such folder."""

    def locked(self) -> AbstractContextManager[None]:
        """Nobody else computes in this folder meanwhile."""

    def on_disk(self) -> AbstractContextManager[Path]:
        """A local folder for figures and tables; what is in it at the end is in the results folder."""


class LocalFolder:
    """A folder on this machine. Opening creates it if it is missing, and refuses one that cannot be written."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.ledger = str(self.path / "ledger.sqlite")
        refuse_links(self.path)
        self.created = make_writable(self.path)

    def read(self, file: str) -> bytes:
        """The content of a file."""
        path = self._inside(file)
        try:
            return path.read_bytes()
        except OSError as fault:
            raise CircuitError(f"{path}: cannot be read ({fault.strerror})") from None

    def write(self, file: str, content: bytes) -> None:
        """Create or replace a file, all or nothing."""
        path = self._inside(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, content)

    def remove(self, file: str) -> None:
        """Delete a file if it is there."""
        self._inside(file).unlink(missing_ok=True)

    def files(self, under: str) -> list[str]:
        """Names of the files in a folder inside, sorted; of those that lie beside it for an empty name."""
        folder = self._inside(under) if under else self.path
        if not folder.is_dir():
            return []
        names = (f"{under}/{entry.name}" if under else entry.name for entry in os.scandir(folder) if entry.is_file())
        return sorted(name for name in names if FILE_NAME.fullmatch(name))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder's lock, which the system gives back when this process ends, however it ends."""
        from filelock import FileLock, Timeout

        path, owner = self._inside("lock"), self._inside("owner.txt")
        try:
            with FileLock(path, timeout=0):
                write_bytes(owner, f"process {os.getpid()}".encode())
                yield
                owner.unlink(missing_ok=True)
        except Timeout:
            by = owner.read_text() if owner.exists() else "another process"
            raise CircuitError(f"{self.name}: in use by {by}; wait for it, or give --results another folder") from None

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """The folder itself, looked through for links first."""
        refuse_links(self.path)
        yield self.path

    def _inside(self, file: str) -> Path:
        check_file_name(file)
        path = self.path / file
        for place in (path, *list(path.parents)[: file.count("/")]):
            if place.is_symlink():
                raise CircuitError(f"{place}: is a symbolic link: results are plain files and folders")
        return path


def check_file_name(file: str) -> None:
    """Raise `CircuitError` for a name that is none of a file inside a results folder."""
    if not FILE_NAME.fullmatch(file) or "/." in file or ".." in file:
        raise CircuitError(f"{file!a}: is no name of a file of results")


def refuse_links(folder: Path) -> None:
    """Raise `CircuitError` if a folder is a symbolic link, or holds one."""
    links = [folder] if folder.is_symlink() else []
    for place, folders, files in os.walk(folder):
        links += [path for name in (*folders, *files) if (path := Path(place, name)).is_symlink()]
    if links:
        raise CircuitError(f"{links[0]}: is a symbolic link: results are plain files and folders")


def write_bytes(path: Path, content: bytes) -> None:
    """All or nothing: a temporary name beside the target, flushed to the disk, then renamed."""
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}{TEMPORARY}")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException as fault:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(fault, OSError):
            reason = fault.strerror or type(fault).__name__
            raise CircuitError(f"{path}: cannot be written ({reason}); finished shards are kept") from fault
        raise


def check_writable(folder: Path | str) -> None:
    """Raise `CircuitError` unless results could be written here. Leaves nothing behind."""
    remove_empty(make_writable(Path(folder)))


def make_writable(folder: Path) -> list[Path]:
    """Create the folder and try a write. Returns the folders created; on failure none is left."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as fault:
        remove_empty(missing)
        reason = fault.strerror or type(fault).__name__
        raise CircuitError(
            f"--results {folder}: cannot be written ({reason}); give a folder you may write to"
        ) from None
    return missing


def remove_empty(folders: list[Path]) -> None:
    """Delete those folders that have nothing in them."""
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

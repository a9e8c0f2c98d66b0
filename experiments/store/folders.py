"""Where the files of a results folder are kept: on this machine, with nothing written outside of the folder.

Every file is written all or nothing. A folder knows its files by relative names such as `runs/00000.parquet`; a name
that leads elsewhere and a symbolic link anywhere inside are refused."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
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

    def entries(self) -> set[str]:
        """Names of whatever lies at the top of the folder, of files and of folders."""

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
        except OSError as error:
            raise CircuitError(f"{path}: cannot be read ({_reason(error)})") from None

    def write(self, file: str, content: bytes) -> None:
        """Create or replace a file, all or nothing."""
        write_bytes(self._inside(file), content)

    def remove(self, file: str) -> None:
        """Delete a file if it is there."""
        path = self._inside(file)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise CircuitError(f"{path}: cannot be removed ({_reason(error)})") from None

    def files(self, under: str) -> list[str]:
        """Names of the files in a folder inside, sorted; of those that lie beside it for an empty name."""
        folder = self._inside(under) if under else self.path
        if not os.path.isdir(folder):
            return []
        try:
            found = [entry.name for entry in os.scandir(folder) if entry.is_file()]
        except OSError as error:
            raise CircuitError(f"{folder}: cannot be read ({_reason(error)})") from None
        names = (f"{under}/{name}" if under else name for name in found)
        return sorted(name for name in names if FILE_NAME.fullmatch(name))

    def entries(self) -> set[str]:
        """Names of whatever lies at the top of the folder, of files and of folders."""
        try:
            return set(os.listdir(self.path))
        except OSError as error:
            raise CircuitError(f"{self.path}: cannot be read ({_reason(error)})") from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder's lock, which the system gives back when this process ends, however it ends."""
        from filelock import FileLock, Timeout

        path, owner = self._inside("lock"), self._inside("owner.txt")
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            by = "another process"
            with suppress(OSError):
                by = owner.read_text()
            raise CircuitError(f"{self.name}: in use by {by}; wait for it, or give --results another folder") from None
        except OSError as error:
            raise CircuitError(f"{path}: cannot be locked ({_reason(error)})") from None
        try:
            write_bytes(owner, f"process {os.getpid()}".encode())
            yield
            self.remove("owner.txt")
        finally:
            lock.release()

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """The folder itself, looked through for links first."""
        refuse_links(self.path)
        yield self.path

    def _inside(self, file: str) -> Path:
        check_file_name(file)
        path = self.path / file
        for place in (path, *list(path.parents)[: file.count("/")]):
            if os.path.islink(place):
                raise CircuitError(f"{place}: is a symbolic link: results are plain files and folders")
        return path


def check_file_name(file: str) -> None:
    """Raise `CircuitError` for a name that is none of a file inside a results folder."""
    if not FILE_NAME.fullmatch(file) or "/." in file or ".." in file:
        raise CircuitError(f"{file!a}: is no name of a file of results")


def refuse_links(folder: Path) -> None:
    """Raise `CircuitError` if a folder is a symbolic link, or holds one."""
    links = [folder] if os.path.islink(folder) else []
    for place, folders, files in os.walk(folder):
        links += [path for name in (*folders, *files) if os.path.islink(path := Path(place, name))]
    if links:
        raise CircuitError(f"{links[0]}: is a symbolic link: results are plain files and folders")


def write_bytes(path: Path, content: bytes) -> None:
    """All or nothing: a temporary name beside the target, flushed to the disk, then renamed, which is flushed too.

    Folders that are missing on the way are created. Raises `CircuitError` where the file cannot be written."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}{TEMPORARY}")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CircuitError(f"{path}: cannot be written ({_reason(error)}); finished shards are kept") from error
        raise
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk: a power cut after a rename could bring the old one back.

    Left out where the system cannot: Windows does not open folders, some network disks do not flush them."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def check_writable(folder: Path | str) -> None:
    """Raise `CircuitError` unless results could be written here. Leaves nothing behind."""
    remove_empty(make_writable(Path(folder)))


def make_writable(folder: Path) -> list[Path]:
    """Create the folder and try a write. Returns the folders created; on failure none is left."""
    missing = [path for path in (folder, *folder.parents) if not os.path.exists(path)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        remove_empty(missing)
        raise CircuitError(
            f"--results {folder}: cannot be written ({_reason(error)}); give a folder you may write to"
        ) from None
    return missing


def remove_empty(folders: list[Path]) -> None:
    """Delete those folders that have nothing in them."""
    for folder in folders:
        if os.path.isdir(folder) and not any(folder.iterdir()):
            folder.rmdir()


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def first_line(error: BaseException) -> str:
    """What an error says first, or its kind where it says nothing."""
    return (str(error).splitlines() or [type(error).__name__])[0]

"""Results on an object store: `s3://bucket/study`, or whatever fsspec has a file system for.

An object appears whole or not at all, so a shard counts from its seal on as it does on a disk. Stores have no locks
that end with their owner: a lock here is an object that its owner renews, and one that was not renewed for `STALE`
seconds belongs to nobody."""

import json
import os
import socket
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from simulation.errors import CircuitError

from .folders import check_file_name, first_line

LOCK = "lock.json"
RENEWED_EVERY, STALE = 20.0, 90.0
SETTLING = 0.5


class RemoteFolder:
    """A folder of an object store. Raises `CircuitError` where it cannot be reached."""

    def __init__(self, address: str) -> None:
        try:
            import fsspec
        except ImportError:
            raise CircuitError(
                f"--results {address}: needs fsspec: python3 -m pip install 'circuit-economy[remote]'"
            ) from None
        self.name = address.rstrip("/")
        self.ledger = ":memory:"
        self.lost = ""
        try:
            self.store, self.root = fsspec.core.url_to_fs(self.name, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise CircuitError(f"--results {address}: {first_line(error)}") from None

    def read(self, file: str) -> bytes:
        """The content of an object."""
        with self._errors_named(file, "read"):
            content: bytes = self.store.cat_file(self._inside(file))
        return content

    def write(self, file: str, content: bytes) -> None:
        """Create or replace an object, all or nothing."""
        self._refuse_if_lost()
        with self._errors_named(file, "written"):
            self.store.pipe_file(self._inside(file), content)

    def remove(self, file: str) -> None:
        """Delete an object if it is there."""
        self._refuse_if_lost()
        with self._errors_named(file, "removed"), suppress(FileNotFoundError):
            self.store.rm_file(self._inside(file))

    def files(self, under: str) -> list[str]:
        """Names of the objects in a folder inside, sorted; of those that lie beside it for an empty name."""
        names = (name for name, kind in self._listed(under) if kind == "file")
        return sorted(f"{under}/{name}" if under else name for name in names)

    def entries(self) -> set[str]:
        """Names of whatever lies at the top of the folder, of objects and of folders."""
        return {name for name, _ in self._listed("")}

    def _listed(self, under: str) -> list[tuple[str, str]]:
        """Name and kind of what lies in a folder inside."""
        folder = self._inside(under) if under else self.root
        with self._errors_named(under, "listed"):
            try:
                found = self.store.ls(folder, detail=True)
            except FileNotFoundError:
                return []
        return [
            (entry["name"].removesuffix("/").rsplit("/", 1)[1], entry["type"])
            for entry in found
            if entry["name"].strip("/") != folder.strip("/")
        ]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock object and renew it until the end.

        Raises `CircuitError` if another process holds it or, being unable to see this one, took it over meanwhile: from
        then on nothing is written any more."""
        mine, self.lost = uuid.uuid4().hex, ""
        self._refuse_if_held(mine)
        self._claim(mine)
        time.sleep(SETTLING)  # of two that claim at once, the later write holds
        self._refuse_if_held(mine)
        done = threading.Event()
        renewal = threading.Thread(target=self._renew, args=(mine, done), daemon=True)
        renewal.start()
        try:
            yield
        finally:
            done.set()
            renewal.join()
            with suppress(CircuitError):  # of a store that is out of reach the lock grows stale by itself
                if self._still(mine):
                    self.remove(LOCK)
        self._refuse_if_lost()

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """A temporary folder, whose files are sent to the store at the end."""
        with tempfile.TemporaryDirectory() as scratch:
            yield Path(scratch)
            for path in sorted(path for path in Path(scratch).rglob("*") if path.is_file()):
                self.write(path.relative_to(scratch).as_posix(), path.read_bytes())

    def _refuse_if_held(self, mine: str) -> None:
        lock = self._lock()
        if lock and lock["owner"] != mine and time.time() - lock["renewed"] < STALE:
            raise CircuitError(
                f"{self.name}: in use by {lock.get('by')}; wait for it, or give --results another folder"
            )

    def _lock(self) -> dict[str, Any]:
        """What the lock says; empty if there is none. Raises `CircuitError` if that cannot be told."""
        with self._errors_named(LOCK, "read"):
            try:
                content = self.store.cat_file(self._inside(LOCK))
            except FileNotFoundError:
                return {}
            lock: dict[str, Any] = json.loads(content)
            return {"by": lock.get("by"), "owner": str(lock["owner"]), "renewed": float(lock["renewed"])}

    def _still(self, mine: str) -> bool:
        """Whether the lock is still ours; that it is not is kept in mind."""
        lock = self._lock()
        if not self.lost and lock.get("owner") != mine:
            self.lost = f"was taken over by {lock.get('by', 'another process')}, as this one was silent for too long"
        return not self.lost

    def _refuse_if_lost(self) -> None:
        if self.lost:
            raise CircuitError(f"{self.name}: {self.lost}; what was finished before is kept")

    def _claim(self, mine: str) -> None:
        by = f"process {os.getpid()} on {socket.gethostname()}"
        self.write(LOCK, json.dumps({"owner": mine, "by": by, "renewed": time.time()}).encode())

    def _renew(self, mine: str, done: threading.Event) -> None:
        while not done.wait(RENEWED_EVERY):
            with suppress(CircuitError):  # the store may be back before the lock grows stale
                if self._still(mine):
                    self._claim(mine)

    def _inside(self, file: str) -> str:
        check_file_name(file)
        return f"{self.root}/{file}"

    @contextmanager
    def _errors_named(self, file: str, verb: str) -> Iterator[None]:
        """Whatever a store's client raises, as one line."""
        try:
            yield
        except CircuitError:
            raise
        except Exception as error:
            raise CircuitError(f"{self.name}/{file}: cannot be {verb} ({first_line(error)})") from None

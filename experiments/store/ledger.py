"""The ledger: an index of which run is done, where, and how it ended, in SQLite.

It is filled from the sealed shards whenever a batch begins and kept in step while it goes on, so that it may be lost,
damaged or out of date at any time. It is what keeps the memory of a large batch flat."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from simulation.errors import CircuitError

from .results import FAILED, Seal

_SCHEMA = """
create table runs (run_id text primary key, shard integer not null, state text not null) without rowid;
create index runs_of_shard on runs (shard);
"""


class Ledger:
    """Which runs are committed, by shard and by ending; a context manager."""

    def __init__(self, path: str, seals: Iterable[Seal]) -> None:
        self.path = path
        try:
            if path != ":memory:":
                for rest in ("", "-journal", "-wal", "-shm"):
                    Path(f"{path}{rest}").unlink(missing_ok=True)
            self.connection = sqlite3.connect(path, isolation_level=None)
            self.connection.executescript("pragma synchronous=off; pragma journal_mode=memory;" + _SCHEMA)
            self.note(seals)
        except (OSError, sqlite3.Error) as error:
            raise CircuitError(f"{path}: the ledger cannot be written ({error})") from None

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def note(self, seals: Iterable[Seal]) -> None:
        """Enter the runs of shards that were sealed."""
        try:
            with self.connection:  # commits, or takes back what a signal in the middle left half-entered
                self.connection.execute("begin")
                for seal in seals:
                    self.connection.execute("delete from runs where shard = ?", (seal.shard,))
                    rows = ((run_id, seal.shard, state) for run_id, state in seal.runs.items())
                    self.connection.executemany("insert or replace into runs values (?, ?, ?)", rows)
        except sqlite3.Error as error:
            raise CircuitError(f"{self.path}: the ledger cannot be written ({error})") from None

    def of_shard(self, shard: int) -> dict[str, str]:
        """Runs of a shard with how they ended."""
        return dict(self.connection.execute("select run_id, state from runs where shard = ?", (shard,)))

    def failed_in(self, shards: int) -> int:
        """How many committed runs of the first shards failed."""
        count = "select count(*) from runs where state = ? and shard < ?"
        return int(self.connection.execute(count, (FAILED, shards)).fetchone()[0])

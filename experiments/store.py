"""Where finished runs live: tidy Parquet shards, each checked on the way in and on the way out.

A results folder holds one folder per table (`runs`, `series`, `events`, `parameters`, `failures`), each with
one file per shard, and `manifest.json`, which lists every committed file with its SHA-256. A file that the
manifest does not list does not count: an interrupted write leaves nothing that could be mistaken for a
result.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.errors import CircuitError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SCHEMA_VERSION = 1
TABLES = ("runs", "series", "events", "parameters", "failures")
MANIFEST = "manifest.json"


class Results:
    """A folder of finished runs: committed shard by shard, read back whole.

    Opening creates the folder if it is missing and raises `CircuitError` if it cannot be written, if it holds
    another study, or if its manifest was damaged.
    """

    def __init__(self, folder: Path | str, study: Mapping[str, Any]) -> None:
        self.folder = Path(folder)
        created = _make_writable(self.folder)
        try:
            self.manifest = self._opened(study)
        except CircuitError:
            _remove_empty(created)
            raise

    def _opened(self, study: Mapping[str, Any]) -> dict[str, Any]:
        path = self.folder / MANIFEST
        if not path.exists():
            return {"schema_version": SCHEMA_VERSION, "study": dict(study), "files": {}}
        manifest = read_manifest(self.folder)
        if manifest["schema_version"] != SCHEMA_VERSION or manifest["study"] != dict(study):
            raise CircuitError(
                f"{self.folder}: holds the results of another study or of another version of the model; "
                "give --results a new folder, or remove this one"
            )
        return manifest

    @property
    def files(self) -> dict[str, str]:
        """Committed files, relative to the folder, with their SHA-256."""
        files: dict[str, str] = self.manifest["files"]
        return files

    def commit(self, shard: int, tables: Mapping[str, pa.Table]) -> None:
        """Write one shard of every table, then the manifest that makes it count."""
        for name, table in tables.items():
            path = self.folder / name / f"{shard:05d}.parquet"
            path.parent.mkdir(exist_ok=True)
            self.files[path.relative_to(self.folder).as_posix()] = write_table(path, table)
        self.save_manifest()

    def save_manifest(self, **facts: Any) -> None:
        """Add facts (command, versions, timings) and write the manifest with its own digest."""
        self.manifest.update(facts)
        write_bytes(self.folder / MANIFEST, _signed(self.manifest))

    def run_ids(self) -> set[str]:
        """Runs that are finished and readable, failures included."""
        frames = [self.read(name, columns=["run_id"]) for name in ("runs", "failures")]
        return {run_id for frame in frames for run_id in frame["run_id"]}

    def read(self, table: str, columns: list[str] | None = None) -> pd.DataFrame:
        """All rows of a table by run, quarter, agent; raises `CircuitError` on a damaged file."""
        return sorted_frame(read_shards(self.folder, table, self.files, columns))

    def digest(self, tables: Iterable[str] = TABLES) -> str:
        """SHA-256 of the sorted tables: the same for any number of workers and any order of finishing."""
        whole = hashlib.sha256()
        for name in tables:
            whole.update(self.read(name).to_csv(index=False, float_format="%.17g").encode())
        return whole.hexdigest()


def read_manifest(folder: Path | str) -> dict[str, Any]:
    """The manifest of a results folder; raises `CircuitError` if it is missing or damaged."""
    path = Path(folder) / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_bytes())
        stored = manifest.pop("digest")
    except (OSError, ValueError, KeyError, AttributeError) as fault:
        raise CircuitError(f"{path}: no readable results here ({type(fault).__name__})") from None
    if stored != _digest_of(manifest):
        raise CircuitError(f"{path}: the manifest was changed or damaged; remove the folder and run again")
    return manifest


def read_shards(folder: Path, table: str, files: Mapping[str, str], columns: list[str] | None = None) -> list[pa.Table]:
    """Every committed shard of a table, each compared with its SHA-256 and its page checksums."""
    return [
        read_table(folder / name, digest, columns)
        for name, digest in sorted(files.items())
        if name.split("/")[0] == table
    ]


def write_table(path: Path, table: pa.Table) -> str:
    """Write Parquet (zstd, page checksums), all or nothing. Returns the file's SHA-256."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    content = sink.getvalue().to_pybytes()
    write_bytes(path, content)
    return hashlib.sha256(content).hexdigest()


def read_table(path: Path, digest: str | None = None, columns: list[str] | None = None) -> pa.Table:
    """Read Parquet with its page checksums verified, and its SHA-256 where one is known.

    Page checksums alone miss the footer, and a flipped bit there can silently change a column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        content = path.read_bytes()
        if digest is not None and hashlib.sha256(content).hexdigest() != digest:
            raise CircuitError(f"{path}: damaged (its checksum does not match); remove the folder and run again")
        return pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True).read(columns=columns)
    except (OSError, pa.ArrowException) as fault:
        raise CircuitError(f"{path}: cannot be read ({_first_line(fault)}); run again to replace it") from None


def write_bytes(path: Path, content: bytes) -> None:
    """All or nothing: a temporary name beside the target, flushed to the disk, then renamed."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as fault:
        Path(temporary).unlink(missing_ok=True)
        raise CircuitError(f"{path}: cannot be written ({fault.strerror}); finished shards are kept") from fault
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def sorted_frame(shards: list[pa.Table]) -> pd.DataFrame:
    """Shards as one frame, sorted by run and, where there are any, by quarter and agent."""
    import pandas as pd
    import pyarrow as pa

    if not shards:
        return pd.DataFrame({"run_id": pd.Series(dtype=str)})
    frame: pd.DataFrame = pa.concat_tables(shards, promote_options="default").to_pandas()
    keys = [name for name in ("run_id", "quarter", "agent") if name in frame.columns]
    return frame.sort_values(keys, kind="stable", ignore_index=True)


def check_writable(folder: Path | str) -> None:
    """Raise `CircuitError` unless results could be written here. Leaves nothing behind."""
    _remove_empty(_make_writable(Path(folder)))


def _make_writable(folder: Path) -> list[Path]:
    """Create the folder and try a write. Returns the folders created; on failure none is left."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as fault:
        _remove_empty(missing)
        reason = fault.strerror or type(fault).__name__
        raise CircuitError(
            f"--results {folder}: cannot be written ({reason}); give a folder you may write to"
        ) from None
    return missing


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _signed(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps({**manifest, "digest": _digest_of(manifest)}, indent=1, sort_keys=True).encode()


def _digest_of(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]

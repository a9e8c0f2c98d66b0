"""Where finished runs live: tidy Parquet shards, each checked on the way in and on the way out.

A results folder holds one folder per table (`runs`, `series`, `events`, `parameters`, `failures`), each with one file
per shard whose name carries the beginning of its SHA-256, and one *seal* per shard under `shards/`: the files of the
shard with their digests, the runs in it, and the study they belong to. A shard counts from the moment its seal is
written; a file that no seal lists does not count, so an interrupted write leaves nothing that could be mistaken for a
result. Sealed shards are the truth: manifest and ledger are rebuilt from them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Container, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from simulation.errors import CircuitError

from ..common.export import csv_bytes
from .folders import Folder, LocalFolder, check_writable, first_line, remove_empty, write_bytes
from .layout import ALL_TABLES, MANIFEST, SEAL_FILE, SEALS, TABLES, is_shard, is_unfinished, refuse_if_foreign

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["ALL_TABLES", "MANIFEST", "SEALS", "TABLES", "Results", "Seal", "check_writable"]
__all__ += ["read_manifest", "write_bytes", "write_csv", "write_table"]

SCHEMA_VERSION = 4
RUNS_PER_SHARD = 200  # setting up the 500 columns of a shard's files costs as much as writing fifty runs
FINISHED, FAILED = "finished", "failed"
SEALED_FACTS = ("schema_version", "study", "inputs", "varied", "versions", "machine", "commit")


class Seal(NamedTuple):
    """What makes a shard count: its files with their SHA-256, its runs with how they ended, its own digest.

    `seeds` is the largest number of seeds that the study had when runs were put into this shard.
    """

    shard: int
    files: dict[str, str]
    runs: dict[str, str]
    study: dict[str, Any]
    seeds: int
    digest: str


class Results:
    """Finished runs in a folder or an object store (`s3://...`): committed shard by shard, read back whole.

    Opening creates the folder if it is missing and raises `CircuitError` if it cannot be written, if it holds another
    study, or things that are no results. `facts` (the study's inputs, versions, machine) go into manifest and seals."""

    def __init__(self, folder: Path | str, study: Mapping[str, Any], facts: Mapping[str, Any] | None = None) -> None:
        self.place = open_folder(folder)
        try:
            self.manifest = self._opened(dict(study)) | dict(facts or {})
        except CircuitError:
            remove_empty(getattr(self.place, "created", []))
            raise

    def _opened(self, study: dict[str, Any]) -> dict[str, Any]:
        """What the folder says it holds; a damaged manifest is rebuilt from the seals."""
        refuse_if_foreign(self.place)
        self.seals = {seal.shard: seal for seal in read_seals(self.place)}
        new = {"schema_version": SCHEMA_VERSION, "study": study}
        try:
            manifest = _of_results(_verified(MANIFEST, self.place.read(MANIFEST)))
            self.missing = missing_shards(manifest, {_seal_name(shard) for shard in self.seals})
            manifest.pop("shards", None)
        except CircuitError:
            manifest, self.missing = new, []
        of_seals = [seal.study for seal in self.seals.values()]
        if manifest["schema_version"] != SCHEMA_VERSION or any(
            each != study for each in (manifest["study"], *of_seals)
        ):
            raise CircuitError(
                f"{self.place.name}: holds the results of another study or of another version of the model; "
                "give --results a new folder, or start anew with --fresh"
            )
        return manifest

    @property
    def folder(self) -> Path:
        """The folder on this machine; raises `CircuitError` for results on an object store."""
        if isinstance(self.place, LocalFolder):
            return self.place.path
        raise CircuitError(f"{self.place.name}: is no folder on this machine")

    def warning(self) -> str:
        """What a reader of these results must know of shards that were there and are gone; empty when all are here."""
        if not self.missing:
            return ""
        gone, whole = len(self.missing), len(self.missing) + len(self.seals)
        return (
            f"{self.place.name}: {gone} of {whole} shards are missing, {len(self.run_ids())} runs are here; "
            "circuit repair computes the others again"
        )

    @property
    def files(self) -> dict[str, str]:
        """Committed files, relative to the folder, with their SHA-256."""
        return {file: digest for seal in self.seals.values() for file, digest in seal.files.items()}

    def locked(self) -> AbstractContextManager[None]:
        """Hold the folder for one batch; raises `CircuitError` if another process computes in it."""
        return self.place.locked()

    def tidy(self) -> None:
        """Read the seals again, for another process may have written, and drop shards that no seal lists.

        Files whose names are none that a batch gives are somebody else's and stay."""
        self.seals = {seal.shard: seal for seal in read_seals(self.place)}
        listed = {*self.files, *map(_seal_name, self.seals)}
        for folder in (*ALL_TABLES, SEALS, ""):
            for file in self.place.files(folder):
                if is_unfinished(file) or (is_shard(file) and file not in listed):
                    self.place.remove(file)

    def commit(self, shard: int, tables: Mapping[str, pa.Table], runs: Mapping[str, str]) -> None:
        """Write a shard of every table, then the seal that makes it count; `runs` are all it holds."""
        contents = {name: encoded(table) for name, table in tables.items()}
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        files = {name: f"{name}/{shard:05d}-{digest[:16]}.parquet" for name, digest in digests.items()}
        with ThreadPoolExecutor(len(tables)) as writers:  # they wait for the disk at the same time
            list(writers.map(self.place.write, files.values(), contents.values()))
        self._seal(shard, {files[name]: digest for name, digest in digests.items()}, dict(runs))

    def _seal(self, shard: int, files: dict[str, str], runs: dict[str, str]) -> None:
        before = self.seals.get(shard)
        facts = {name: self.manifest[name] for name in SEALED_FACTS if name in self.manifest}
        first, last = self.manifest.get("seeds", (1, 0))
        seeds = max(before.seeds if before else 0, last - first + 1)
        seal = {**facts, "shard": shard, "files": files, "runs": runs, "seeds": seeds}
        self.place.write(_seal_name(shard), _signed(seal))
        self.seals[shard] = Seal(shard, files, runs, seal["study"], seeds, _digest_of(seal))
        for file in set(before.files if before else ()) - set(files):
            self.place.remove(file)

    def save_manifest(self, **facts: Any) -> None:
        """Add facts (command, timings) and write the manifest with the digests of all shards and its own."""
        self.manifest.update(facts)
        shards = {f"{number:05d}": seal.digest for number, seal in sorted(self.seals.items())}
        self.place.write(MANIFEST, _signed({**self.manifest, "shards": shards}))

    def run_ids(self) -> set[str]:
        """Runs that are committed, failures included."""
        return {run_id for seal in self.seals.values() for run_id in seal.runs}

    def shard_table(self, table: str, shard: int, columns: list[str] | None = None) -> pa.Table:
        """One committed shard of a table, verified; raises `CircuitError` if it is damaged or not there."""
        file, digest = next((f, d) for f, d in self.seals[shard].files.items() if f.startswith(f"{table}/"))
        return decoded(f"{self.place.name}/{file}", self.place.read(file), digest, columns)

    def arrow(self, table: str, columns: list[str] | None = None) -> pa.Table | None:
        """All committed rows of a table in the order of the shards, verified; None if there are none."""
        import pyarrow as pa

        kept = {file.split("/")[0] for file in self.files}
        numbers = sorted(self.seals) if table in kept else []
        shards = [self.shard_table(table, number, columns) for number in numbers]
        return pa.concat_tables(shards, promote_options="default") if shards else None

    def read(self, table: str, columns: list[str] | None = None) -> pd.DataFrame:
        """All rows of a table by run, quarter, agent; raises `CircuitError` on a damaged file."""
        return sorted_frame(self.arrow(table, columns))

    def digest(self, tables: Iterable[str] = TABLES) -> str:
        """SHA-256 of the sorted tables: the same for any number of workers and any order of finishing."""
        whole = hashlib.sha256()
        for name in tables:
            whole.update(self.read(name).to_csv(index=False, float_format="%.17g").encode())
        return whole.hexdigest()


def open_folder(folder: Path | str) -> Folder:
    """The results folder at a path of this machine or at an address such as s3://bucket/study."""
    if "://" in str(folder):
        from .remote import RemoteFolder

        return RemoteFolder(str(folder))
    return LocalFolder(folder)


def start_anew(folder: Path | str) -> None:
    """Remove the runs of a results folder; seals go first, so that nothing half-removed counts.

    Raises `CircuitError` for a folder that holds something else than results. What else lies in it stays."""
    place = open_folder(folder)
    refuse_if_foreign(place)
    with place.locked():
        for inside in (SEALS, *ALL_TABLES):
            for file in place.files(inside):
                if is_shard(file) or is_unfinished(file):
                    place.remove(file)
        place.write(MANIFEST, _signed({"schema_version": SCHEMA_VERSION}))  # the folder is ours still


def read_manifest(folder: Path | str) -> dict[str, Any]:
    """What a results folder holds; if the manifest is missing or damaged, what its shards say of it.

    Raises `CircuitError` where there are no readable results."""
    if "://" not in str(folder) and not os.path.isdir(folder):
        raise CircuitError(f"{folder}: no results here; allowed: a folder that circuit compare or batch has written")
    place = open_folder(folder)
    try:
        return _of_results(_verified(MANIFEST, place.read(MANIFEST)))
    except CircuitError as error:
        for file in _seal_files(place):
            try:
                seal = _verified(file, place.read(file))
            except CircuitError:
                continue
            return {name: value for name, value in seal.items() if name in SEALED_FACTS}
        raise CircuitError(f"{folder}: no readable results here ({error})") from None


def _of_results(manifest: dict[str, Any]) -> dict[str, Any]:
    if "study" not in manifest:
        raise CircuitError("they were removed to start anew")
    return manifest


def read_seals(place: Folder) -> list[Seal]:
    """All seals of a folder; raises `CircuitError` if one is damaged."""
    return [_seal_of(file, place.read(file)) for file in _seal_files(place)]


def missing_shards(manifest: Mapping[str, Any], here: Container[str]) -> list[str]:
    """Seals that the manifest lists and that are not among those `here`."""
    return [name for name in map(_seal_name, map(int, manifest.get("shards", {}))) if name not in here]


def readable_seals(place: Folder) -> list[Seal]:
    """The seals of a folder that are as they were written."""
    seals, _ = _seals_and_damage(place)
    return list(seals.values())


def _seal_files(place: Folder) -> list[str]:
    return [file for file in place.files(SEALS) if SEAL_FILE.fullmatch(file)]


def damaged_files(place: Folder) -> dict[str, str]:
    """Files that are not what was written, with what is wrong with each; empty when all is well."""
    seals, found = _seals_and_damage(place)
    try:
        missing = missing_shards(_verified(MANIFEST, place.read(MANIFEST)), _seal_files(place))
        found |= dict.fromkeys(missing, "is missing, with the runs it sealed")
    except CircuitError as error:
        found[MANIFEST] = str(error)
    for seal in seals.values():
        for file, digest in seal.files.items():
            try:
                decoded(file, place.read(file), digest)
            except CircuitError as error:
                found[file] = str(error)
    return found


def _seals_and_damage(place: Folder) -> tuple[dict[str, Seal], dict[str, str]]:
    """Seals by file as far as they can be read, and what is wrong with the others."""
    seals, damage = {}, {}
    for file in _seal_files(place):
        try:
            seals[file] = _seal_of(file, place.read(file))
        except CircuitError as error:
            damage[file] = str(error)
    return seals, damage


def _seal_of(file: str, content: bytes) -> Seal:
    seal = _verified(file, content)
    if file != _seal_name(seal["shard"]):
        raise CircuitError(f"{file}: is the seal of another shard; circuit repair puts that right")
    seeds = seal.get("seeds", seal.get("inputs", {}).get("runs", 0))
    return Seal(seal["shard"], seal["files"], seal["runs"], seal["study"], seeds, _digest_of(seal))


def runs_of_seal(file: str, content: bytes, study: Mapping[str, Any]) -> set[str]:
    """Runs of a seal that was set aside; none if it is damaged or of another study."""
    try:
        seal = _verified(file, content)
    except CircuitError:
        return set()
    return set(seal["runs"]) if seal["study"] == study else set()


def _seal_name(shard: int) -> str:
    return f"{SEALS}/{shard:05d}.json"


def encoded(table: pa.Table) -> bytes:
    """A table as Parquet: page checksums, one chunk, so that equal rows give equal bytes.

    Any reader of Parquet takes it: no encoding newer than the format's first. The least and largest value of each
    column and a second copy of the schema are left out: nobody reads them, and they are half of a table of parameters.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    pq.write_table(
        table.combine_chunks(),
        sink,
        compression="zstd",
        write_page_checksum=True,
        write_statistics=False,
        store_schema=False,
        use_dictionary=texts or False,
    )
    content: bytes = sink.getvalue().to_pybytes()
    return content


def decoded(name: str, content: bytes, digest: str | None = None, columns: Sequence[str] | None = None) -> pa.Table:
    """A table from Parquet with its page checksums verified, and its SHA-256 where one is known.

    Page checksums alone miss the footer, and a flipped bit there can silently change a column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if digest is not None and hashlib.sha256(content).hexdigest() != digest:
        raise CircuitError(f"{name}: damaged (its checksum does not match); circuit repair computes it again")
    try:
        file = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
        return file.read(columns=list(columns) if columns else None)
    except (OSError, pa.ArrowException) as error:
        raise CircuitError(f"{name}: cannot be read ({first_line(error)}); run again to replace it") from None


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a table for eyes and spreadsheets, all or nothing."""
    write_bytes(path, csv_bytes(table))


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table as CSV, and beside it, if it has rows, as Parquet."""
    import pyarrow as pa

    write_csv(path, table)
    if len(table):
        write_bytes(path.with_suffix(".parquet"), encoded(pa.Table.from_pandas(table, preserve_index=False)))


def sorted_frame(table: pa.Table | None) -> pd.DataFrame:
    """A table as a frame, sorted by run and, where there are any, by quarter and agent."""
    import pandas as pd

    if table is None:
        return pd.DataFrame({"run_id": pd.Series(dtype=str)})
    frame: pd.DataFrame = table.to_pandas()
    keys = [name for name in ("run_id", "quarter", "agent") if name in frame.columns]
    return frame.sort_values(keys, kind="stable", ignore_index=True)


def _verified(name: str, content: bytes) -> dict[str, Any]:
    """A signed JSON file. Raises `CircuitError` if a single character of it was changed."""
    try:
        facts: dict[str, Any] = json.loads(content)
        stored = facts.pop("digest")
    except (ValueError, KeyError, AttributeError, RecursionError) as error:
        raise CircuitError(f"{name}: cannot be read ({type(error).__name__}); circuit repair puts that right") from None
    if stored != _digest_of(facts) or content != _signed(facts):
        raise CircuitError(f"{name}: was changed or damaged; circuit repair puts that right")
    return facts


def _signed(facts: Mapping[str, Any]) -> bytes:
    return json.dumps({**facts, "digest": _digest_of(facts)}, indent=1, sort_keys=True).encode()


def _digest_of(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

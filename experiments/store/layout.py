"""The names that files have in a folder of results, so that nothing else in it is taken for one, or removed."""

import re

from simulation.errors import CircuitError

from .folders import TEMPORARY, Folder

TABLES = ("runs", "series", "events", "parameters", "failures")
ON_REQUEST = ("agents", "claims")
ALL_TABLES = (*TABLES, *ON_REQUEST)
MANIFEST, SEALS, QUARANTINE = "manifest.json", "shards", "quarantine"
SEAL_FILE = re.compile(rf"{SEALS}/[0-9]{{5,}}\.json")
TABLE_FILE = re.compile(rf"({'|'.join(ALL_TABLES)})/[0-9]{{5,}}(-[0-9a-f]{{16}})?\.parquet")
BESIDE_SHARDS = {
    *(*ALL_TABLES, SEALS, QUARANTINE, MANIFEST, "lock", "lock.json", "owner.txt", "ledger.sqlite"),
    *("tables", "figures", "discovery", "answer.txt", "report.html", "report.md", "data-dictionary.csv"),
}
"""What a folder of results has at its top."""


def is_shard(file: str) -> bool:
    """Whether a file has the name of a seal or of a shard of a table."""
    return bool(SEAL_FILE.fullmatch(file) or TABLE_FILE.fullmatch(file))


def is_unfinished(file: str) -> bool:
    """Whether a file is what a write that was killed has left."""
    return TEMPORARY in file


def refuse_if_foreign(place: Folder) -> None:
    """Raise `CircuitError` if a folder holds things, none of which says that they are results.

    A name that begins with a dot, such as .gitignore, may lie in any folder."""
    others = sorted(name for name in place.entries() - BESIDE_SHARDS if name[0] != "." and not is_unfinished(name))
    if others and not any(map(is_shard, place.files(SEALS))) and not _has_manifest(place):
        raise CircuitError(
            f"{place.name}: holds {others[0]!a} and no results; give --results a new or an empty folder, "
            f"such as {place.name.rstrip('/')}/study"
        )


def _has_manifest(place: Folder) -> bool:
    """Whether there is a manifest of ours, damaged or not, and no other program's file of that name."""
    return MANIFEST in place.files("") and b'"schema_version"' in place.read(MANIFEST)

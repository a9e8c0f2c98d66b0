"""`circuit repair`: damaged shards go into quarantine, and exactly their runs are computed again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import worker
from .compiling import prepare
from .crew import Start
from .opening import planned_results
from .runner import run_batch
from .store import ALL_TABLES, MANIFEST, SEALS, Results, damaged_files, open_folder, read_manifest

if TYPE_CHECKING:
    from .crew import RunBlock
    from .folders import Folder

QUARANTINE = "quarantine"


def mend(
    folder: str,
    workers: int | None = None,
    run_block: RunBlock = worker.run_block,
    start: Start | None = worker.start_worker,
    show_progress: bool = True,
) -> Iterator[str]:
    """Verify, set aside, compute again; says in words what it did.

    Raises `CircuitError` where there are no results, or if they are of another version of the model.
    """
    read_manifest(folder)
    place = open_folder(folder)
    with place.locked():
        damaged = damaged_files(place)
        yield from (f"damaged: {file}: {fault}" for file, fault in damaged.items())
        shards = sorted({_shard_of(file) for file in damaged if file != MANIFEST})
        for shard in shards:
            _set_aside(place, shard)
    if not damaged:
        yield f"{folder}: every file is as it was written"
        return
    planned, results = planned_results(folder)
    results.save_manifest()
    if run_block is worker.run_block:
        prepare()
    report = run_batch(planned, results, workers, show_progress, run_block, start, shards=shards)
    yield f"{len(shards)} shards set aside in {QUARANTINE}, {report.computed} runs computed again"
    yield from _still_damaged(results)


def _still_damaged(results: Results) -> Iterator[str]:
    left = damaged_files(results.place)
    yield from (f"still damaged: {file}: {fault}" for file, fault in left.items())


def _shard_of(file: str) -> int:
    return int(file.split("/")[1].split("-")[0].removesuffix(".json"))


def _set_aside(place: Folder, shard: int) -> None:
    """Move a shard's files into quarantine, its seal first, so that it no longer counts."""
    number = f"{shard:05d}"
    for folder in (SEALS, *ALL_TABLES):
        for file in place.files(folder):
            if file.startswith((f"{folder}/{number}-", f"{folder}/{number}.")):
                place.write(f"{QUARANTINE}/{file}", place.read(file))
                place.remove(file)

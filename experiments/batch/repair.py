"""`circuit repair`: damaged shards go into quarantine, and exactly their runs are computed again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..store.layout import ALL_TABLES, MANIFEST, QUARANTINE, SEALS, is_shard
from ..store.results import Results, damaged_files, open_folder, read_manifest, readable_seals, runs_of_seal
from ..study.reopening import plan_of_all_runs
from . import worker
from .compiling import prepare
from .pool import Start
from .provenance import facts_of
from .runner import run_batch

if TYPE_CHECKING:
    from ..store.folders import Folder
    from .pool import RunOne


def mend(
    folder: str,
    workers: int | None = None,
    run_one: RunOne = worker.run_one,
    start: Start | None = worker.start_worker,
    show_progress: bool = True,
) -> Iterator[str]:
    """Verify, set aside, compute again; says in words what it did. Goes on where it was stopped.

    Raises `CircuitError` where there are no results, and if what is damaged cannot be computed again: then everything
    stays where it is."""
    manifest = read_manifest(folder)
    place = open_folder(folder)
    with place.locked():
        damaged = damaged_files(place)
        yield from (f"damaged: {file}: {why}" for file, why in damaged.items())
        broken = sorted({_shard_of(file) for file in damaged if file != MANIFEST})
        begun = _begun(place, manifest["study"])
        if not damaged and not begun:
            yield f"{folder}: every file is as it was written"
            return
        planned = plan_of_all_runs(folder, broken)
        for shard in broken:
            _set_aside(place, shard)
    results = Results(folder, planned.identity, facts_of(planned))
    results.save_manifest()
    if run_one is worker.run_one:
        prepare()
    shards = sorted({*broken, *begun})
    report = run_batch(planned, results, workers, show_progress, run_one, start, shards=shards)
    results.save_manifest(
        **{name: manifest[name] for name in ("inputs", "varied", "seeds", "seeds_used") if name in manifest}
    )
    yield f"{len(broken)} shards set aside in {QUARANTINE}, {report.computed} runs computed again"
    yield from _still_damaged(results)


def _begun(place: Folder, study: dict[str, Any]) -> set[int]:
    """Shards that were set aside by a repair that was stopped before it had computed them again."""
    here = {seal.shard: seal.runs for seal in readable_seals(place)}
    begun = set()
    for file in place.files(f"{QUARANTINE}/{SEALS}"):
        seal = file.removeprefix(f"{QUARANTINE}/")
        if not is_shard(seal):
            continue
        shard = _shard_of(seal)
        if shard not in here or runs_of_seal(file, place.read(file), study) - here[shard].keys():
            begun.add(shard)
    return begun


def _still_damaged(results: Results) -> Iterator[str]:
    left = damaged_files(results.place)
    yield from (f"still damaged: {file}: {why}" for file, why in left.items())


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

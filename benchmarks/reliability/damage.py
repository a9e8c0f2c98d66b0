"""Items 4 and 5: the disk is full, bits flip, files end too soon."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.reliability.batch import Figure, run
from experiments.batch import repair
from experiments.store.results import RUNS_PER_SHARD, SEALS, Results, damaged_files, decoded, read_seals
from simulation.errors import CircuitError
from tests.experiments import stand_ins


class FillingDisk:
    """Files that take so many bytes in all, and then no more."""

    def __init__(self, room: int) -> None:
        self.room, self.really = room, os.fdopen

    def __call__(self, handle: int, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        """Open a file whose writes are counted."""
        file = self.really(handle, mode, *arguments, **options)
        return _Counted(file, self) if "w" in mode else file


class _Counted:
    def __init__(self, file: Any, disk: FillingDisk) -> None:
        self.file, self.disk = file, disk

    def __enter__(self) -> _Counted:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def write(self, content: bytes) -> int:
        """Write as much as there is room for."""
        fits = content[: max(self.disk.room, 0)]
        self.disk.room -= len(content)
        self.file.write(fits)
        if len(fits) < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return len(fits)


def disk_full(full: bool) -> Figure:
    """4. The disk fills up at a random byte of what a batch writes; afterwards there is room again."""
    plan, random, points = stand_ins.small_plan(100), np.random.default_rng(4), 20
    clear = unreadable = different = 0
    with tempfile.TemporaryDirectory() as scratch:
        undisturbed = run(plan, Path(scratch, "undisturbed"))
        written = sum(path.stat().st_size for path in undisturbed.folder.rglob("*") if path.is_file())
        for number, room in enumerate(random.integers(1000, written // 2, points)):
            folder = Path(scratch, str(number))
            with patch("experiments.store.folders.os.fdopen", FillingDisk(int(room))):
                try:
                    run(plan, folder)
                except CircuitError as error:
                    clear += "No space left on device" in str(error)
            unreadable += len(damaged_files(Results(folder, plan.identity).place) if folder.exists() else ())
            different += run(plan, folder).digest() != undisturbed.digest()
    figure = (
        f"{points} points: {clear} clear messages, {unreadable} unreadable files, {different} different once resumed"
    )
    return Figure("disk full", figure, clear == points and unreadable == different == 0)


def flips_and_truncations(full: bool) -> Figure:
    """5. A bit flips, or a file ends too soon, in any file of the results: never silent, always repaired."""
    plan, random = stand_ins.small_plan(200), np.random.default_rng(5)
    flips, cuts, repairs = (10_000, 1_000, 20) if full else (2_000, 200, 5)
    silent = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "results")
        results = run(plan, folder)
        digest = results.digest()
        files = sorted(path for path in folder.rglob("*") if path.suffix in (".parquet", ".json"))
        for number in range(flips + cuts):
            path = files[int(random.integers(len(files)))]
            content = bytearray(path.read_bytes())
            position = int(random.integers(len(content)))
            if number < flips:
                content[position] ^= 1 << int(random.integers(8))
            else:
                del content[position:]
            silent += not _is_found(results, path.relative_to(folder).as_posix(), bytes(content))
        exact = all(_is_repaired(folder, random, digest) for _ in range(repairs))
    figure = f"{flips:,} flips, {cuts:,} truncations: {silent} silent; {repairs} repaired to the same bytes: {exact}"
    return Figure("damaged files", figure, silent == 0 and exact)


def _is_found(results: Results, file: str, content: bytes) -> bool:
    """Whether a file with this content is refused: the store reads it as it reads any other."""
    read, place = results.place.read, results.place
    with patch.object(place, "read", lambda asked: content if asked == file else read(asked)):
        try:
            if file.startswith(f"{SEALS}/"):
                read_seals(place)
            elif file in results.files:
                decoded(file, place.read(file), results.files[file])
            else:
                return file in damaged_files(place)
        except CircuitError:
            return True
    return False


def _is_repaired(folder: Path, random: np.random.Generator, digest: str) -> bool:
    """Damage a file, repair, and compare: one shard computed again, all bytes as before."""
    files = sorted(path for path in folder.rglob("*.parquet") if "quarantine" not in path.parts)
    path = files[int(random.integers(len(files)))]
    content = bytearray(path.read_bytes())
    content[int(random.integers(len(content)))] ^= 1
    path.write_bytes(content)
    told = list(repair.mend(str(folder), 1, stand_ins.run_well, None, False))
    plan = stand_ins.small_plan(200)
    return f"{RUNS_PER_SHARD} runs computed again" in told[-1] and Results(folder, plan.identity).digest() == digest

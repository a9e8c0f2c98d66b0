"""Stages of an inference: many runs whose results are kept as they come, so that a stopped calibration goes on.

A stage is known by what it computes: its vectors, seeds, task and the model itself. Whatever of it is finished is found
again by the same command; a changed model or record makes another stage."""

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from simulation.errors import CircuitError

from ..batch.runner import compute
from ..common.arrays import Floats
from ..common.interruption import Interrupted
from ..store.results import write_bytes
from ..study.schema import model_digest
from .members import Member, Task, run_member

Chunk = npt.NDArray[np.float32]
CHECKSUM = 8  # bytes
CHUNK = 250
MOST_FAILED = 0.5  # of a stage's runs


@dataclass
class Desk:
    """Where stages are kept and who computes them; counts the runs it has had to compute."""

    folder: Path
    workers: int | None = None
    computed: int = 0
    failed: int = 0
    say: Callable[[str], None] = field(default=partial(print, file=sys.stderr))

    def results(self, name: str, task: Task, vectors: Floats, seeds: Iterable[Any]) -> Floats:
        """Results of every run, one a row; not-a-number where a run failed.

        Raises `Interrupted` after Ctrl-C with all finished chunks kept, and `CircuitError` where most runs fail."""
        keys = [int(seed) for seed in seeds]
        place = self.folder / "stages" / f"{name}-{_identity(task, vectors, keys)}"
        chunks = [range(first, min(first + CHUNK, len(vectors))) for first in range(0, len(vectors), CHUNK)]
        found = {
            number: _read(place / f"{number:05d}.f4", (len(chunk), task.length)) for number, chunk in enumerate(chunks)
        }
        missing = [number for number, chunk in found.items() if chunk is None]
        members = (Member(run, task, keys[run], vectors[run]) for number in missing for run in chunks[number])
        total = sum(len(chunks[number]) for number in missing)
        if total:
            self.say(f"{name}: {total:,} runs of {task.quarters} quarters")
            self._collect(members, total, chunks, place, found, task)
        results = np.concatenate([chunk for _, chunk in sorted(found.items()) if chunk is not None]).astype(float)
        lost = int((~np.isfinite(results[:, 0])).sum())
        self.failed += lost
        if lost > MOST_FAILED * len(results):
            raise CircuitError(f"{name}: {lost} of {len(results)} runs failed: circuit check says whether books hold")
        return results

    def _collect(
        self, members: Iterator[Member], total: int, chunks: list[range], place: Path,
        found: dict[int, Chunk | None], task: Task,
    ) -> None:  # fmt: skip
        place.mkdir(parents=True, exist_ok=True)
        parts: dict[int, Chunk] = {}
        left: dict[int, int] = {}
        done = 0
        specs: Any = members
        try:
            for spec, rows in compute(specs, self.workers, run_member, total=total):
                member: Any = spec
                number = member.number // CHUNK
                part = parts.setdefault(number, np.full((len(chunks[number]), task.length), np.nan, np.float32))
                result: Any = rows.get("result")
                if result is not None:
                    part[member.number % CHUNK] = result
                left[number] = left.get(number, len(chunks[number])) - 1
                if not left[number]:
                    found[number] = finished = parts.pop(number)
                    _write(place / f"{number:05d}.f4", finished)
                    done += len(chunks[number])
                self.computed += 1
        except KeyboardInterrupt:
            raise Interrupted(done, total, str(self.folder)) from None


def _identity(task: Task, vectors: Floats, seeds: list[int]) -> str:
    digest = hashlib.sha256(f"{task}|{model_digest()}".encode())
    digest.update(np.ascontiguousarray(vectors).tobytes())
    digest.update(np.asarray(seeds, dtype=np.int64).tobytes())
    return digest.hexdigest()[:12]


def _read(file: Path, shape: tuple[int, int]) -> Chunk | None:
    """A finished chunk; none where there is no whole one. Its last bytes are the checksum of those before."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    numbers, checksum = content[:-CHECKSUM], content[-CHECKSUM:]
    if len(numbers) != 4 * shape[0] * shape[1] or hashlib.sha256(numbers).digest()[:CHECKSUM] != checksum:
        return None
    return np.frombuffer(numbers, "<f4").reshape(shape).astype(np.float32)


def _write(file: Path, chunk: Chunk) -> None:
    numbers = chunk.astype("<f4").tobytes()
    write_bytes(file, numbers + hashlib.sha256(numbers).digest()[:CHECKSUM])

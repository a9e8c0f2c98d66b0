"""Items 12 to 15: a folder in use, names and links that lead elsewhere, hostile contents, files nobody would write."""

from __future__ import annotations

import os
import pickle
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd

from benchmarks.reliability.batch import Figure, run, start_process
from experiments.batch.reproduce import differences
from experiments.common.export import FORMULA_SIGNS, csv_bytes
from experiments.methods.query import ask
from experiments.store.folders import LocalFolder
from experiments.store.results import TABLES, Results, damaged_files, read_manifest, read_seals
from experiments.study.schema import load_study, parse_study, plan
from simulation import Scenario
from simulation.errors import CircuitError
from simulation.scenario import load_policy
from tests.experiments import made_up, stand_ins

SECONDS_TO_LOCK = 30.0
STEPS = ("..", ".", "", "~", "...", "..\\", "%2e%2e", "a/..", "\x00", "C:")
TARGETS = ("etc/passwd", "x", ".ssh", "runs", "", "a b", "-rf", "a\nb", "nul\x00", "ünï", "x" * 200)
TRAVERSAL_NAMES = [f"{under}{step}/{target}" for under in ("", "runs/") for step, target in product(STEPS, TARGETS)]
HOSTILE_TITLE = "<script>alert('a')</script> & \"co\""
NO_STUDIES = {
    "YAML": ("study.yaml", b"runs: 1e-3\nprior: no\n"),
    "YAML named TOML": ("study.toml", b"runs: 1e-3\nprior: no\n"),
    "JSON": ("study.toml", b'{"runs": 3}'),
    "a MiB": ("study.toml", b"title = 'x'\n" + b"# ".join([b"x" * 500 + b"\n"] * 2200)),
    "six tables deep": ("study.toml", b"a.b.c.d.e.f.g = 1"),
    "400 brackets": ("study.toml", b"a = " + b"[" * 400 + b"]" * 400),
    "a long key": ("study.toml", b".".join([b"a"] * 40_000) + b" = 1"),
    "no text": ("study.toml", b"title = '\xff'"),
}


def two_processes(full: bool) -> Figure:
    """12. A second process in the same folder is refused; when the first is killed its lock is taken over."""
    plan, times = stand_ins.small_plan(200), 20 if full else 3
    refused = same = 0
    with tempfile.TemporaryDirectory() as scratch:
        undisturbed = run(plan, Path(scratch, "undisturbed")).digest()
        for number in range(times):
            folder = Path(scratch, str(number))
            first = start_process(folder, len(plan.specs), "take_long")
            _await_owner(folder, first.pid)
            refused += _is_refused(lambda: run(plan, folder), f"in use by process {first.pid}")  # noqa: B023
            os.killpg(first.pid, signal.SIGKILL)
            first.communicate()
            same += run(plan, folder).digest() == undisturbed
    figure = f"{refused} of {times} second processes refused; {same} dead locks taken over, to the same bytes"
    return Figure("two processes, one folder", figure, refused == same == times)


def _await_owner(folder: Path, process: int) -> None:
    deadline, owner = time.monotonic() + SECONDS_TO_LOCK, folder / "owner.txt"
    while not (owner.exists() and owner.read_text() == f"process {process}"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {process} does not lock {folder}")
        time.sleep(0.05)


def _is_refused(attempt: Callable[[], object], told: str = "") -> bool:
    """Whether an attempt ends in a `CircuitError` that says so; any other error is a finding and is raised."""
    try:
        attempt()
    except CircuitError as error:
        return told in str(error)
    return False


def names_and_links(full: bool) -> Figure:
    """13. Names that lead out of a folder and symbolic links in it are refused, and nothing is written outside."""
    with tempfile.TemporaryDirectory() as scratch:
        outside, folder = Path(scratch, "outside"), Path(scratch, "results")
        outside.mkdir()
        place = LocalFolder(folder)
        uses: tuple[Callable[[str], object], ...] = (
            Scenario.load,
            load_policy,
            load_study,
            place.read,
            place.remove,
            partial(_write, place),
        )
        names = [_is_refused(partial(use, name)) for name, use in product(TRAVERSAL_NAMES, uses)]
        links = [_is_refused(attempt, "symbolic link") for attempt in _through_links(Path(scratch), outside)]
        stray = [path for path in Path(scratch).rglob("*") if path.is_file() and not path.name.startswith("mine")]
    figure = (
        f"{sum(names):,} of {len(names):,} uses of {len(TRAVERSAL_NAMES)} names refused, {sum(links)} of {len(links)} "
        f"links; {len(stray)} files written outside"
    )
    return Figure("names and links", figure, all(names) and all(links) and not stray)


def _write(place: LocalFolder, name: str) -> None:
    place.write(name, b"x")


def _through_links(scratch: Path, outside: Path) -> Iterator[Callable[[], object]]:
    """Attempts to read or write through a link: the folder, one inside it, one that appears later, input files."""
    identity = stand_ins.small_plan().identity
    (scratch / "linked").symlink_to(outside)
    yield lambda: Results(scratch / "linked", identity)
    for inside in ("runs", "manifest.json"):
        folder = scratch / f"with-{inside}"
        place = LocalFolder(folder)
        (folder / inside).symlink_to(outside)
        yield lambda folder=folder: Results(folder, identity)  # type: ignore[misc]
        file = "runs/00000.parquet" if inside == "runs" else inside
        yield partial(place.read, file)
        yield partial(_write, place, file)
    (outside / "mine.toml").write_text('title = "Mine"\n')
    (scratch / "mine.toml").symlink_to(outside / "mine.toml")
    for load in (Scenario.load, load_policy, load_study):
        yield partial(load, str(scratch / "mine.toml"))


def hostile_contents(full: bool) -> Figure:
    """14. No read opens a pickle; a report shows markup and does not run it; no cell of a CSV is a formula."""
    planned = stand_ins.small_plan(60)
    with tempfile.TemporaryDirectory() as scratch:
        folder, trap = Path(scratch, "results"), Path(scratch, "trap")
        results = run(planned, folder)
        opened = _pickles_opened_by(_readers(results, planned.specs[0].run_id))
        payload = pickle.dumps(_Trap(str(trap)))
        files = [*results.files, *sorted(path.relative_to(folder).as_posix() for path in folder.glob("shards/*"))]
        found = sum(_is_found_out(results, file, payload) for file in files)
        sprung = trap.exists()
        page = _report(Path(scratch, "report"))
    shown = HOSTILE_TITLE not in page and "<script>alert(" not in page and "&lt;script&gt;alert(" in page
    cells = [f"{sign}cmd|' /C calc'!A0" for sign in FORMULA_SIGNS]
    lines = csv_bytes(pd.DataFrame({"=name": cells})).decode().splitlines()
    formulas = sum(line.lstrip('"').startswith(FORMULA_SIGNS) for line in lines)
    figure = (
        f"{opened} pickles opened by {len(READS)} kinds of read, {found} of {len(files)} planted ones found, run: "
        f"{sprung}; markup shown as text: {shown}; {formulas} of {len(cells)} cells are formulas"
    )
    return Figure(
        "pickles, markup, formulas", figure, not (opened or sprung or formulas) and shown and found == len(files)
    )


class _Trap:
    """What creates a file if a pickle of it is opened."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (self.file, "w")


READS = ("tables", "manifest", "seals", "damage", "SQL", "a run again")


def _readers(results: Results, run_id: str) -> Iterable[Callable[[], object]]:
    folder = str(results.folder)
    return (
        lambda: [results.read(table) for table in TABLES],
        lambda: read_manifest(folder),
        lambda: read_seals(results.place),
        lambda: damaged_files(results.place),
        lambda: ask(folder, "select count(*) from runs"),
        lambda: differences(folder, run_id, stand_ins.run_well),
    )


def _pickles_opened_by(readers: Iterable[Callable[[], object]]) -> int:
    opened = 0

    def note(*_: object, **__: object) -> None:
        nonlocal opened
        opened += 1

    with patch("pickle.load", note), patch("pickle.loads", note), patch("pickle.Unpickler", note):
        for read in readers:
            read()
    return opened


def _is_found_out(results: Results, file: str, payload: bytes) -> bool:
    """Whether a pickle in the place of a file is reported as damage."""
    content = results.place.read(file)
    results.place.write(file, payload)
    try:
        return file in damaged_files(results.place)
    finally:
        results.place.write(file, content)


def _report(folder: Path) -> str:
    from experiments.report.page import write_report

    made = made_up.findings(title=HOSTILE_TITLE, scenarios=["baseline", "late-chips"])
    return write_report(made, folder, figures=False).read_text(encoding="utf-8")


def files_nobody_writes(full: bool) -> Figure:
    """15. TOML alone, short and flat, is read; more than a million runs must be meant."""
    slowest, refused = 0.0, 0
    with tempfile.TemporaryDirectory() as scratch:
        for name, content in NO_STUDIES.values():
            file = Path(scratch, name)
            file.write_bytes(content)
            started = time.perf_counter()
            refused += _is_refused(partial(load_study, str(file)))
            slowest = max(slowest, time.perf_counter() - started)
    grid = parse_study({"runs": 1000, "grid": {"gamma": [0.01 + step / 10_000 for step in range(1001)]}}, "")
    unmeant = _is_refused(partial(plan, grid), "add --yes")
    meant = len(plan(grid, large=True).specs)
    figure = (
        f"{refused} of {len(NO_STUDIES)} refused ({', '.join(NO_STUDIES)}), slowest {slowest:.2f} s; "
        f"{meant:,} runs refused without --yes: {unmeant}"
    )
    return Figure("files nobody writes", figure, refused == len(NO_STUDIES) and slowest < 1.0 and unmeant)

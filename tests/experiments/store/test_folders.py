"""Results stay inside their folder: no name and no link leads out of it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.reliability.refusals import TRAVERSAL_NAMES
from experiments.figures import style
from experiments.store import results as store
from experiments.store.folders import LocalFolder
from experiments.study.schema import load_study
from simulation import Scenario
from simulation.errors import CircuitError
from simulation.scenario import load_policy
from tests.experiments.stand_ins import small_plan


def test_names_that_lead_elsewhere_are_no_files_of_results(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path / "results")
    assert len(TRAVERSAL_NAMES) >= 200
    for name in TRAVERSAL_NAMES:
        for attempt in (folder.read, folder.remove, lambda name: folder.write(name, b"x")):
            with pytest.raises(CircuitError):
                attempt(name)
    assert [path.name for path in tmp_path.rglob("*")] == ["results"]


def test_names_that_lead_elsewhere_name_no_scenario_policy_or_study() -> None:
    for name in TRAVERSAL_NAMES:
        for load in (Scenario.load, load_policy, load_study):
            with pytest.raises(CircuitError):
                load(name)


@pytest.mark.parametrize("name", ["Headline", "-x", "_x", "a.b", "a b", "x" * 65, ""])
def test_a_study_has_a_plain_name(name: str) -> None:
    with pytest.raises(CircuitError, match="a name is 1 to 64 of a-z"):
        load_study(name)


def test_links_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "link").symlink_to(outside)
    identity = small_plan().identity
    with pytest.raises(CircuitError, match="symbolic link"):
        store.Results(tmp_path / "link", identity)
    results = tmp_path / "results"
    results.mkdir()
    (results / "runs").symlink_to(outside)
    with pytest.raises(CircuitError, match="symbolic link"):
        store.Results(results, identity)
    (results / "runs").unlink()
    folder = LocalFolder(results)
    (results / "series").symlink_to(outside)
    with pytest.raises(CircuitError, match="symbolic link"):
        folder.write("series/00000.parquet", b"x")
    assert list(outside.iterdir()) == []


def test_a_rename_is_flushed_to_the_disk_with_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed, fsync = [], os.fsync

    def note(handle: int) -> None:
        flushed.append((stat.S_ISDIR(os.fstat(handle).st_mode), (tmp_path / "file").exists()))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    store.write_bytes(tmp_path / "file", b"new")
    assert flushed == [(False, False), (True, True)]


def test_a_folder_that_the_system_does_not_flush_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def refuse(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(22, "Invalid argument")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", refuse)
    store.write_bytes(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


def test_what_the_system_refuses_is_told_in_one_line(tmp_path: Path) -> None:
    endless = tmp_path / ("x" * 300) / "results"
    for attempt in (store.Results, lambda path, _: store.check_writable(path), lambda path, _: path_read(path)):
        with pytest.raises(CircuitError):
            attempt(endless, {})
    folder = LocalFolder(tmp_path / "results")
    (tmp_path / "results" / "runs").touch()
    (tmp_path / "results" / "series").mkdir()
    with pytest.raises(CircuitError, match="cannot be written"):
        folder.write("runs/00000.parquet", b"x")
    with pytest.raises(CircuitError, match="cannot be removed"):
        folder.remove("series")
    (tmp_path / "results" / "lock").mkdir()
    with pytest.raises(CircuitError, match="cannot be locked"), folder.locked():
        pass


def path_read(path: Path) -> None:
    store.read_manifest(path)


def test_a_figure_on_a_full_disk_is_an_error_and_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "figure.png"
    path.write_bytes(b"old")

    def disk_full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    frame = pd.DataFrame({"a": [1.0]})
    with pytest.raises(CircuitError, match="No space left"), style.drawing(path, "Claim", "Notes.", frame, (4.0, 2.0)):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["figure.png"]
    assert path.read_bytes() == b"old"

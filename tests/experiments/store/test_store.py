"""Results come back as they were written, or not at all."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.store import results as store
from experiments.store.results import Results
from simulation.errors import CircuitError

STUDY = {"title": "test", "arms": ["baseline"]}


def filled(folder: Path) -> Results:
    results = Results(folder, STUDY)
    random = np.random.default_rng(0)
    for shard in range(2):
        ids = [f"{shard}{run:03d}" for run in range(20)]
        runs = pa.table({"run_id": ids, "gdp_shortfall": random.normal(size=20)})
        series = pa.table({"run_id": np.repeat(ids, 4), "quarter": [1, 2, 3, 4] * 20, "gdp": random.normal(size=80)})
        results.commit(shard, {"runs": runs, "series": series}, dict.fromkeys(ids, store.FINISHED))
    results.save_manifest()
    return results


def file_of(folder: Path, table: str, shard: int) -> Path:
    return next((folder / table).glob(f"{shard:05d}-*.parquet"))


def test_what_was_written_is_read_back_in_the_order_of_runs_and_quarters(tmp_path: Path) -> None:
    filled(tmp_path)
    results = Results(tmp_path, STUDY)
    runs, series = results.read("runs"), results.read("series")
    assert list(runs["run_id"]) == sorted(runs["run_id"])
    assert len(runs) == 40
    assert list(series["quarter"].iloc[:4]) == [1, 2, 3, 4]
    assert results.digest(["runs", "series"]) == filled(tmp_path / "again").digest(["runs", "series"])


def test_no_flipped_bit_passes_silently(tmp_path: Path) -> None:
    results = filled(tmp_path)
    file = file_of(tmp_path, "series", 1)
    good = file.read_bytes()
    whole = results.read("series")
    random = np.random.default_rng(1)
    for position in random.integers(len(good), size=200):
        damaged = bytearray(good)
        damaged[position] ^= 1 << int(random.integers(8))
        file.write_bytes(damaged)
        with pytest.raises(CircuitError, match="damaged"):
            results.read("series")
    file.write_bytes(good)
    pd.testing.assert_frame_equal(results.read("series"), whole)


def test_a_flipped_bit_in_a_page_is_found_even_without_the_manifest(tmp_path: Path) -> None:
    filled(tmp_path)
    file = file_of(tmp_path, "series", 1)
    damaged = bytearray(file.read_bytes())
    damaged[200] ^= 0b100
    file.write_bytes(damaged)
    with pytest.raises(CircuitError, match="cannot be read"):
        store.decoded(str(file), file.read_bytes(), None)


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    results = filled(tmp_path)
    file = file_of(tmp_path, "runs", 0)
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(CircuitError, match=r"runs/00000-.*: damaged"):
        results.read("runs")


def test_a_damaged_or_missing_manifest_is_rebuilt_from_the_shards(tmp_path: Path) -> None:
    results = filled(tmp_path)
    path = tmp_path / store.MANIFEST
    good = path.read_bytes()
    for damaged in (good.replace(b"test", b"text"), good[:-20], b""):
        path.write_bytes(damaged)
        assert store.read_manifest(tmp_path)["study"] == STUDY
        rebuilt = Results(tmp_path, STUDY)
        assert rebuilt.read("runs").equals(results.read("runs"))
        rebuilt.save_manifest()
        assert path.read_bytes() == good
    path.unlink()
    assert store.read_manifest(tmp_path)["study"] == STUDY


def test_a_changed_seal_is_refused(tmp_path: Path) -> None:
    filled(tmp_path)
    path = tmp_path / "shards" / "00001.json"
    seal = json.loads(path.read_text())
    seal["runs"].popitem()
    path.write_text(json.dumps(seal))
    with pytest.raises(CircuitError, match="changed or damaged"):
        Results(tmp_path, STUDY)


def test_a_file_that_was_never_committed_does_not_count(tmp_path: Path) -> None:
    results = filled(tmp_path)
    (tmp_path / "runs" / "00002.parquet").write_bytes(b"half a file")
    (tmp_path / "runs" / "00003-0.parquet.tmp-x").write_bytes(b"half a file")
    assert len(results.read("runs")) == 40
    results.tidy()
    assert len(list((tmp_path / "runs").iterdir())) == 2
    assert len(Results(tmp_path, STUDY).read("runs")) == 40


def test_files_of_somebody_else_are_left_alone(tmp_path: Path) -> None:
    results = filled(tmp_path)
    theirs = ["runs/mine.py", "agents/banks.py", "agents/00001.txt", "shards/notes.json", "series/1-0.parquet", "a.md"]
    for name in theirs:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("theirs")
    results.tidy()
    assert store.damaged_files(results.place) == {}
    assert all((tmp_path / name).exists() for name in (*theirs, *results.files))
    store.start_anew(tmp_path)
    assert all((tmp_path / name).exists() for name in theirs)
    assert not list(tmp_path.rglob("*.parquet.*")) + list(tmp_path.glob("shards/0*")) + list(tmp_path.glob("runs/0*"))


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "agents").mkdir(parents=True)
    for name in ("__init__.py", "manifest.json", "agents/banks.py"):
        (source / name).write_text("{}")
    for attempt in (Results, store.start_anew):
        with pytest.raises(CircuitError, match=r"holds '__init__\.py' and no results; give --results a new"):
            attempt(source, *([STUDY] if attempt is Results else []))
    assert sorted(path.name for path in source.rglob("*")) == ["__init__.py", "agents", "banks.py", "manifest.json"]
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / ".gitignore").touch()
    assert len(filled(empty).read("runs")) == 40
    (empty / "notes.md").touch()
    store.start_anew(empty)
    with pytest.raises(CircuitError, match=r"no readable results here \(they were removed to start anew"):
        store.read_manifest(empty)
    assert len(filled(empty).read("runs")) == 40


def test_every_seal_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, read = filled(tmp_path).place, []
    monkeypatch.setattr(place, "read", lambda file, original=place.read: read.append(file) or original(file))
    assert [seal.shard for seal in store.read_seals(place)] == [0, 1]
    assert read == ["shards/00000.json", "shards/00001.json"]


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "file"
    store.write_bytes(target, b"old")

    def disk_full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(CircuitError, match="No space left"):
        store.write_bytes(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert target.read_bytes() == b"old"


def test_results_of_another_study_are_not_mixed_in(tmp_path: Path) -> None:
    filled(tmp_path)
    with pytest.raises(CircuitError, match="another study"):
        Results(tmp_path, {"title": "other"})


def test_an_unwritable_folder_is_refused_and_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CircuitError, match="cannot be written"):
        Results(tmp_path / "file" / "results", STUDY)
    with pytest.raises(CircuitError, match="cannot be written"):
        store.check_writable("/proc/results")
    store.check_writable(tmp_path / "new" / "results")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_no_pickle_is_opened_on_the_way_from_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a pickle was opened")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    results = Results(tmp_path, store.read_manifest(tmp_path)["study"])
    assert len(results.read("runs")) == 40
    assert store.damaged_files(results.place) == {}
    file_of(tmp_path, "runs", 0).write_bytes(pickle.dumps({"run_id": ["0000"]}))
    with pytest.raises(CircuitError, match="damaged"):
        results.read("runs")

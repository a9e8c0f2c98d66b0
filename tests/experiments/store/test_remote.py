"""Results on an object store are those on a disk, to the byte."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.batch import runner
from experiments.batch.provenance import facts_of
from experiments.methods.query import ask
from experiments.store import remote
from experiments.store.results import Results, damaged_files, read_manifest, start_anew
from simulation.errors import CircuitError
from tests.experiments import stand_ins
from tests.experiments.stand_ins import small_plan


@pytest.fixture(params=["memory", "s3"])
def address(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A store in memory, and an S3 server on this machine where moto is there to play one."""
    if request.param == "memory":
        fsspec = pytest.importorskip("fsspec")
        yield "memory://results/study"
        fsspec.filesystem("memory").store.clear()
        return
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    bucket = f"circuit-{uuid.uuid4()}"
    s3fs.S3FileSystem(use_listings_cache=False).mkdir(bucket)
    yield f"s3://{bucket}/study"
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def finished(folder: str | Path, runs: int = 30, run_one: runner.RunOne = stand_ins.run_well) -> Results:
    plan = small_plan(runs)
    results = Results(folder, plan.identity, facts_of(plan))
    runner.run_batch(plan, results, 1, False, run_one, None)
    return results


def test_a_store_holds_the_same_bytes_as_a_disk_and_goes_on_where_it_stopped(address: str, tmp_path: Path) -> None:
    finished(address, runs=20)
    there, here = finished(address), finished(tmp_path)
    assert there.files == here.files
    assert there.digest() == here.digest()
    assert all(there.place.read(file) == here.place.read(file) for file in here.files)
    assert finished(address, run_one=stand_ins.kill_worker).digest() == here.digest()
    assert read_manifest(address)["inputs"]["runs"] == 30
    assert ask(address, "select count(*) as n from runs")["n"].item() == 60
    with there.place.on_disk() as scratch:
        (scratch / "tables").mkdir()
        (scratch / "tables" / "effects.csv").write_text("a\n")
    assert there.place.read("tables/effects.csv") == b"a\n"


def test_damage_on_a_store_is_found(address: str) -> None:
    results = finished(address, runs=4)
    file = next(iter(results.files))
    results.place.write(file, results.place.read(file)[:-1])
    assert list(damaged_files(results.place)) == [file]
    start_anew(address)
    assert results.place.files("runs") == results.place.files("shards") == []


def test_a_store_in_use_is_refused_until_its_owner_has_been_silent(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = finished(address, runs=2)
    lock = {"owner": "other", "by": "process 7 on elsewhere", "renewed": time.time()}
    results.place.write(remote.LOCK, json.dumps(lock).encode())
    with pytest.raises(CircuitError, match="in use by process 7 on elsewhere"):
        finished(address, runs=3)
    results.place.write(remote.LOCK, json.dumps(lock | {"renewed": time.time() - remote.STALE}).encode())
    assert len(finished(address, runs=3).read("runs")) == 6


def test_a_lock_that_cannot_be_read_is_not_free(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = finished(address, runs=2).place
    assert isinstance(place, remote.RemoteFolder)
    place.write(remote.LOCK, b"no lock")
    with pytest.raises(CircuitError, match=r"lock\.json: cannot be read"), place.locked():
        pass
    place.remove(remote.LOCK)

    def out_of_reach(_: str) -> bytes:
        raise ConnectionError("no route")

    monkeypatch.setattr(place.store, "cat_file", out_of_reach)
    with pytest.raises(CircuitError, match="cannot be read"), place.locked():
        pass


def test_a_batch_whose_lock_was_taken_over_stops_and_leaves_the_lock(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "RENEWED_EVERY", 0.05)
    place = finished(address, runs=2).place
    assert isinstance(place, remote.RemoteFolder)
    other = json.dumps({"owner": "other", "by": "process 7 on elsewhere", "renewed": time.time()}).encode()

    def be_taken_over_while_computing(place: remote.RemoteFolder) -> None:
        with place.locked():
            place.store.pipe_file(f"{place.root}/{remote.LOCK}", other)
            time.sleep(0.5)
            with pytest.raises(CircuitError, match="was taken over"):
                place.write("runs/00000.parquet", b"x")

    with pytest.raises(CircuitError, match="was taken over by process 7 on elsewhere"):
        be_taken_over_while_computing(place)
    assert place.read(remote.LOCK) == other


def test_an_unknown_kind_of_store_is_an_error_in_one_line() -> None:
    with pytest.raises(CircuitError, match="--results nowhere://x: "):
        Results("nowhere://x", {})

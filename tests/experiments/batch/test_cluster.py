"""A Dask scheduler computes what the processes of this machine do, to the byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.reliability.sameness import dask_scheduler
from experiments.batch import cluster, runner
from experiments.batch import collecting as shards
from experiments.batch.pool import Limits
from experiments.batch.worker import Rows
from experiments.cli.asked import Means
from experiments.store.results import Results
from experiments.study import schema as study
from experiments.study.schema import RunSpec
from simulation.errors import CircuitError
from tests.experiments import stand_ins
from tests.experiments.batch.test_runner import batch, bytes_of
from tests.experiments.stand_ins import FATAL_SEED, MARKER, small_plan

pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with dask_scheduler() as address:
        yield address


def on_cluster(address: str, folder: Path, run_one: runner.RunOne, limits: Limits | None = None) -> Results:
    plan = small_plan(30)
    results = Results(folder, plan.identity)
    runner.run_batch(plan, results, None, False, run_one, None, limits, address)
    return results


def test_two_workers_of_a_scheduler_give_the_same_bytes(scheduler: str, tmp_path: Path) -> None:
    there = on_cluster(scheduler, tmp_path / "there", stand_ins.run_well)
    here = batch(tmp_path / "here", stand_ins.run_well, runs=30)
    assert bytes_of(there.folder) == bytes_of(here.folder)
    assert there.digest() == here.digest()


@pytest.mark.slow
@pytest.mark.parametrize("run_one", [stand_ins.kill_worker, stand_ins.never_end])
def test_a_run_that_ends_its_worker_is_lost_alone(tmp_path: Path, run_one: runner.RunOne) -> None:
    with dask_scheduler() as address:
        results = on_cluster(address, tmp_path, run_one, Limits(seconds=3.0))
    failures = results.read("failures")
    assert set(failures["seed"]) == {FATAL_SEED}
    assert set(failures["kind"]) == {"WorkerKilledError"}
    assert len(results.read("runs")) == 58


def test_a_batch_is_told_of_the_workers_of_the_cluster_and_takes_their_memory(scheduler: str, tmp_path: Path) -> None:
    plan = small_plan(4)
    results = Results(tmp_path, plan.identity)
    assert runner.run_batch(plan, results, 7, False, stand_ins.run_well, None, Limits(), scheduler).workers == 2
    with cluster.ClusterPool(scheduler, stand_ins.run_well, Means(workers=7, seconds=5.0).limits) as pool:
        smallest = min(
            worker["memory_limit"] for worker in pool.client.scheduler_info(n_workers=-1)["workers"].values()
        )
        assert pool.limits == Limits(5.0, 0.8 * smallest / 2**20)


def test_a_scheduler_that_is_lost_is_an_error_and_what_was_finished_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import Client

    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 5)
    add, taken = shards.Shards.add, []
    with dask_scheduler() as address:

        def add_and_end(collected: shards.Shards, spec: RunSpec, rows: Rows) -> None:
            add(collected, spec, rows)
            taken.append(spec)
            if len(taken) == 6:
                Client(address, set_as_default=False).shutdown()

        monkeypatch.setattr(shards.Shards, "add", add_and_end)
        with pytest.raises(CircuitError, match=f"--cluster {address}: the scheduler is lost"):
            on_cluster(address, tmp_path, stand_ins.take_long)
    assert len(Results(tmp_path, small_plan(30).identity).read("runs")) == len(taken) < 60


def test_a_scheduler_that_is_not_there_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)
    with pytest.raises(CircuitError, match="no Dask scheduler answers there"):
        on_cluster("tcp://127.0.0.1:9", tmp_path / MARKER, stand_ins.run_well)


def test_a_worker_with_another_model_is_refused(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study.model_digest.cache_clear()
    monkeypatch.setattr(study, "_files_of_the_model", lambda: iter(()))
    with pytest.raises(CircuitError, match="another version of the model"):
        cluster.ClusterPool(scheduler, stand_ins.run_well)
    study.model_digest.cache_clear()

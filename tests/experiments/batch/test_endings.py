"""However a batch ends, what was finished is on the disk and what is said of it is true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.batch import collecting as shards
from experiments.batch import runner
from experiments.batch.pool import Pool
from experiments.batch.worker import Rows
from experiments.store.ledger import Ledger
from experiments.store.results import FINISHED, Results, Seal
from experiments.study.schema import RunSpec
from simulation.errors import CircuitError
from tests.experiments import stand_ins
from tests.experiments.stand_ins import small_plan


def end_after(runs: int, end: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pools end in this way once they have finished so many runs."""
    finish = Pool.finish

    def finish_some(pool: Pool, blocks: object) -> Iterator[tuple[RunSpec, Rows]]:
        for number, finished in enumerate(finish(pool, blocks), 1):  # type: ignore[arg-type]
            yield finished
            if number == runs:
                raise end

    monkeypatch.setattr(Pool, "finish", finish_some)


@pytest.mark.parametrize("end", [CircuitError("worker processes cannot start"), MemoryError()])
def test_a_batch_that_loses_its_workers_keeps_what_they_finished(
    end: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_after(7, end, monkeypatch)
    plan = small_plan(60)
    with pytest.raises(type(end)):
        runner.run_batch(plan, Results(tmp_path, plan.identity), 1, False, stand_ins.run_well, None)
    assert len(Results(tmp_path, plan.identity).read("runs")) == 7


def test_the_error_that_ended_a_batch_is_told_and_not_that_its_last_commit_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_after(7, CircuitError("no workers"), monkeypatch)

    def disk_full(_: shards.Shards) -> None:
        raise CircuitError("disk full")

    monkeypatch.setattr(shards.Shards, "commit", disk_full)
    plan = small_plan(60)
    with pytest.raises(CircuitError, match="no workers"):
        runner.run_batch(plan, Results(tmp_path, plan.identity), 1, False, stand_ins.run_well, None)


def test_runs_ahead_of_a_stopping_rule_are_not_told_as_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = small_plan(400, stop={"width": 0.05, "least": 400})
    missing = shards.Shards.missing

    def the_third_shard_first(collected: shards.Shards) -> Iterator[RunSpec]:
        specs = list(missing(collected))
        yield from specs[200:300] + specs[:200]

    monkeypatch.setattr(shards.Shards, "missing", the_third_shard_first)
    end_after(110, KeyboardInterrupt(), monkeypatch)
    with pytest.raises(runner.Interrupted) as stopped:
        runner.run_batch(plan, Results(tmp_path, plan.identity), 1, False, stand_ins.run_well, None)
    assert stopped.value.finished == len(Results(tmp_path, plan.identity).read("runs")) == 10
    assert str(stopped.value) == f"10 of 800 runs are finished and saved in {tmp_path}"


def test_runs_beyond_the_plan_are_not_told_as_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = small_plan(60)
    runner.run_batch(plan, Results(tmp_path, plan.identity), 1, False, stand_ins.run_well, None)
    with Ledger(":memory:", ()) as ledger:
        for seeds in (20, 55, 60):
            fewer = plan.of_seeds(seeds)
            assert shards.Shards(fewer, Results(tmp_path, plan.identity), ledger).saved == 2 * seeds


def test_a_signal_in_the_middle_of_an_entry_leaves_the_ledger_usable() -> None:
    def seals() -> Iterator[Seal]:
        yield Seal(0, {}, {"a": FINISHED}, {}, 1, "")
        raise KeyboardInterrupt

    with Ledger(":memory:", ()) as ledger:
        with pytest.raises(KeyboardInterrupt):
            ledger.note(seals())
        assert ledger.of_shard(0) == {}
        ledger.note([Seal(0, {}, {"b": FINISHED}, {}, 1, "")])
        assert ledger.of_shard(0) == {"b": FINISHED}

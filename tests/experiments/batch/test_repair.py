"""Damage is never silent: it is found, set aside, and exactly the runs it took are computed again."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from experiments.batch import repair, runner
from experiments.batch.provenance import facts_of
from experiments.batch.reproduce import differences
from experiments.methods.query import ask
from experiments.methods.sensitivity import question
from experiments.store.results import RUNS_PER_SHARD, Results, read_manifest
from experiments.study.points import morris_design, plan_of_points
from experiments.study.schema import Study
from simulation.errors import CircuitError
from tests.experiments import stand_ins
from tests.experiments.batch.test_runner import bytes_of
from tests.experiments.stand_ins import small_plan


def finished(folder: Path, run_one: runner.RunOne = stand_ins.run_well, runs: int = RUNS_PER_SHARD) -> Results:
    plan = small_plan(runs)
    results = Results(folder, plan.identity, facts_of(plan))
    runner.run_batch(plan, results, 1, False, run_one, None)
    return results


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished study that tests copy before they damage it."""
    return finished(tmp_path_factory.mktemp("whole")).folder


def copied(whole: Path, folder: Path) -> Results:
    """A finished study of one's own, with the same bytes."""
    shutil.copytree(whole, folder, dirs_exist_ok=True)
    return Results(folder, small_plan(RUNS_PER_SHARD).identity)


def mend(folder: Path) -> list[str]:
    return list(repair.mend(str(folder), 1, stand_ins.run_well, None, False))


@pytest.mark.parametrize("victim", ["runs/00001-*", "series/00001-*", "failures/00001-*", "shards/00001.json"])
def test_repair_computes_exactly_the_runs_of_damaged_shards_again(tmp_path: Path, whole: Path, victim: str) -> None:
    results = copied(whole, tmp_path)
    before, digest = bytes_of(tmp_path), results.digest()
    path = next(tmp_path.glob(victim))
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 0b100
    path.write_bytes(damaged)
    told = mend(tmp_path)
    assert told[0].startswith(f"damaged: {path.relative_to(tmp_path)}")
    assert told[-1] == f"1 shards set aside in quarantine, {RUNS_PER_SHARD} runs computed again"
    kept = {name: digest for name, digest in bytes_of(tmp_path).items() if not name.startswith("quarantine")}
    assert kept == before
    assert (tmp_path / "quarantine" / path.relative_to(tmp_path)).read_bytes() == bytes(damaged)
    assert Results(tmp_path, small_plan(RUNS_PER_SHARD).identity).digest() == digest
    assert mend(tmp_path) == [f"{tmp_path}: every file is as it was written"]


def test_repair_leaves_a_study_that_was_stopped_half_way_where_it_was(tmp_path: Path) -> None:
    finished(tmp_path, runs=RUNS_PER_SHARD // 2 + 10)
    plan = small_plan(RUNS_PER_SHARD)
    Results(tmp_path, plan.identity, facts_of(plan)).save_manifest()
    next(tmp_path.glob("runs/00000-*")).write_bytes(b"nothing")
    assert mend(tmp_path)[-1].endswith(f"{RUNS_PER_SHARD} runs computed again")
    assert len(Results(tmp_path, plan.identity).read("runs")) == RUNS_PER_SHARD + 20


def test_one_shard_is_mended_though_the_manifest_is_damaged_too(tmp_path: Path) -> None:
    before = bytes_of(finished(tmp_path, runs=4).folder)
    (tmp_path / "manifest.json").write_bytes(b"{}")
    next(tmp_path.glob("series/00000-*")).write_bytes(b"nothing")
    assert mend(tmp_path)[-1] == "1 shards set aside in quarantine, 8 runs computed again"
    assert {name: digest for name, digest in bytes_of(tmp_path).items() if "quarantine" not in name} == before


def test_what_cannot_be_computed_again_stays_where_it_is(
    tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(whole, tmp_path / "other")
    next((tmp_path / "other").glob("runs/00001-*")).write_bytes(b"nothing")
    monkeypatch.setattr("experiments.study.schema.model_digest", lambda: "another")
    before = bytes_of(tmp_path / "other")
    with pytest.raises(CircuitError, match="another version of the model"):
        mend(tmp_path / "other")
    assert bytes_of(tmp_path / "other") == before
    assert (tmp_path / "other" / "shards" / "00001.json").exists()
    monkeypatch.undo()
    plan = small_plan(4)
    unsaid = Results(tmp_path / "unsaid", plan.identity)
    runner.run_batch(plan, unsaid, 1, False, stand_ins.run_well, None)
    next(unsaid.folder.glob("runs/00000-*")).write_bytes(b"nothing")
    with pytest.raises(CircuitError, match="does not say which study it holds"):
        mend(unsaid.folder)
    assert (unsaid.folder / "shards" / "00000.json").exists()


@pytest.mark.parametrize("victim", ["runs/00003-*", "shards/00003.json"])
def test_seeds_that_were_not_asked_for_last_are_mended_and_reproduced_too(tmp_path: Path, victim: str) -> None:
    finished(tmp_path, runs=RUNS_PER_SHARD * 2 - 10)
    results = finished(tmp_path, runs=RUNS_PER_SHARD // 2)
    before, last = bytes_of(tmp_path), small_plan(RUNS_PER_SHARD * 2 - 10).specs[-1].run_id
    assert differences(str(tmp_path), last, stand_ins.run_well) == []
    next(tmp_path.glob(victim)).write_bytes(b"nothing")
    assert mend(tmp_path)[-1] == f"1 shards set aside in quarantine, {RUNS_PER_SHARD - 20} runs computed again"
    assert {name: digest for name, digest in bytes_of(tmp_path).items() if "quarantine" not in name} == before
    assert differences(str(tmp_path), last, stand_ins.run_well) == []
    assert read_manifest(tmp_path)["inputs"]["runs"] == RUNS_PER_SHARD // 2
    assert results.run_ids() == Results(tmp_path, small_plan(1).identity).run_ids()


def test_a_repair_that_was_stopped_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bytes_of(finished(tmp_path).folder)
    for theirs in ("shards", "quarantine/shards"):
        (tmp_path / theirs).mkdir(parents=True, exist_ok=True)
        (tmp_path / theirs / "notes.json").touch()
    for victim in ("runs/00001-*", "shards/00000.json"):
        next(tmp_path.glob(victim)).write_bytes(b"nothing")
    monkeypatch.setattr("experiments.batch.repair.run_batch", stop_at_once)
    with pytest.raises(runner.Interrupted):
        mend(tmp_path)
    monkeypatch.undo()
    assert mend(tmp_path) == [f"0 shards set aside in quarantine, {2 * RUNS_PER_SHARD} runs computed again"]
    assert {name: digest for name, digest in bytes_of(tmp_path).items() if "quarantine" not in name} == before
    assert mend(tmp_path) == [f"{tmp_path}: every file is as it was written"]


def stop_at_once(*_: object, **__: object) -> None:
    raise runner.Interrupted(0, 1, "here")


def test_points_of_a_sensitivity_study_are_mended_and_reproduced(tmp_path: Path) -> None:
    pytest.importorskip("SALib")
    study = Study(title="sensitivity", runs=2, firms=10, quarters=6, prior=False)
    asked = question(study, "gdp_shortfall", "gamma,capture", 4, 0, 16)
    plan = plan_of_points(study, morris_design(asked.parameters, 4))
    results = Results(tmp_path, plan.identity, facts_of(plan))
    runner.run_batch(plan, results, 1, False, stand_ins.run_well, None)
    before = bytes_of(tmp_path)
    assert differences(str(tmp_path), plan.specs[5].run_id, stand_ins.run_well) == []
    next(tmp_path.glob("runs/00000-*")).write_bytes(b"nothing")
    (tmp_path / "manifest.json").unlink()
    again = study.runs * len(plan.specs.distinct)
    assert mend(tmp_path)[-1] == f"1 shards set aside in quarantine, {again} runs computed again"
    assert {name: digest for name, digest in bytes_of(tmp_path).items() if "quarantine" not in name} == before


def test_shards_of_another_size_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finished(tmp_path, runs=4)
    monkeypatch.setattr("experiments.study.schema.RUNS_PER_SHARD", 50)
    with pytest.raises(CircuitError, match="holds the results of another study or of another version"):
        Results(tmp_path, small_plan(4).identity)
    with pytest.raises(CircuitError, match="shards of another size"):
        differences(str(tmp_path), small_plan(4).specs[0].run_id, stand_ins.run_well)
    assert ask(str(tmp_path), "select count(*) as n from runs")["n"].item() == 8


def test_rules_are_compiled_before_a_run_is_reproduced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = str(finished(tmp_path, runs=1).read("runs")["run_id"].iloc[0])
    monkeypatch.setattr("experiments.batch.reproduce.prepare", lambda: stop_at_once())
    with pytest.raises(runner.Interrupted):
        differences(str(tmp_path), run)


def test_a_missing_file_is_damage(tmp_path: Path, whole: Path) -> None:
    results = copied(whole, tmp_path)
    next(tmp_path.glob("events/00000-*")).unlink()
    with pytest.raises(CircuitError, match="cannot be read"):
        results.read("events")
    assert mend(tmp_path)[-1].endswith(f"{RUNS_PER_SHARD} runs computed again")


def test_the_ledger_is_filled_from_the_shards_whatever_became_of_it(tmp_path: Path, whole: Path) -> None:
    copied(whole, tmp_path)
    ledger = tmp_path / "ledger.sqlite"
    with sqlite3.connect(ledger) as connection:
        assert connection.execute("select count(*) from runs where state = 'finished'").fetchone() == (
            2 * RUNS_PER_SHARD,
        )
    connection.close()
    for content in (b"", b"no database" * 100, bytes(np.random.default_rng(0).integers(0, 256, 4096, dtype=np.uint8))):
        ledger.write_bytes(content)
        plan = small_plan(RUNS_PER_SHARD)
        report = runner.run_batch(plan, Results(tmp_path, plan.identity), 1, False, stand_ins.kill_worker, None)
        assert (report.computed, report.found) == (0, 2 * RUNS_PER_SHARD)


def test_a_stored_run_is_reproduced_to_the_byte_and_a_changed_one_is_told(tmp_path: Path) -> None:
    results = finished(tmp_path, stand_ins.fail_one)
    run = str(results.read("runs")["run_id"].iloc[7])
    failed = str(results.read("failures")["run_id"].iloc[0])
    assert differences(str(tmp_path), run, stand_ins.fail_one) == []
    assert differences(str(tmp_path), failed, stand_ins.fail_one) == []
    assert "runs differs" in differences(str(tmp_path), failed, stand_ins.run_well)[0]
    with pytest.raises(CircuitError, match="no such run"):
        differences(str(tmp_path), "0" * 16, stand_ins.run_well)


def test_a_real_run_is_reproduced_to_the_byte(tmp_path: Path) -> None:
    plan = small_plan(2, quarters=8, prior=True)
    results = Results(tmp_path, plan.identity, facts_of(plan))
    runner.run_batch(plan, results, 1, False)
    assert differences(str(tmp_path), plan.specs[3].run_id) == []


def test_results_of_another_model_are_not_reproduced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = str(finished(tmp_path).read("runs")["run_id"].iloc[0])
    monkeypatch.setattr("experiments.study.schema.model_digest", lambda: "another")
    with pytest.raises(CircuitError, match="another version of the model"):
        differences(str(tmp_path), run, stand_ins.run_well)


def test_stored_runs_answer_questions_in_sql(whole: Path) -> None:
    answer = ask(str(whole), "select arm, count(*) as n from runs group by arm order by arm")
    assert answer.to_dict("list") == {"arm": ["baseline", "late-chips"], "n": [RUNS_PER_SHARD, RUNS_PER_SHARD]}
    joined = ask(str(whole), "select max(quarter) as last from series join runs using (run_id)")
    assert joined["last"].item() == 6


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "copy runs to 'out.csv'",
        "attach 'other.db'",
        "install httpfs",
        "set enable_external_access = true",
        "select * from frame",
        "selct 1",
    ],
)
def test_a_query_reaches_nothing_but_the_tables(
    tmp_path: Path, whole: Path, sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(whole, tmp_path / "results")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CircuitError, match="query: "):
        ask("results", sql)
    assert [path.name for path in tmp_path.iterdir()] == ["results"]

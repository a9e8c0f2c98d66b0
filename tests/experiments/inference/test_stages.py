"""Stages keep what is finished; a calibration goes from the record to an ensemble."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.batch.worker import attempted
from experiments.common.interruption import Interrupted
from experiments.ensembles.ensemble import load_ensemble
from experiments.ensembles.unknowns import Unknowns
from experiments.inference import stages
from experiments.inference.calibration import FIRST_SEED, Calibration, Wanted
from experiments.inference.discrepancy import DISCREPANCY
from experiments.inference.matching import prior_check
from experiments.inference.members import Member, Task, run_member
from experiments.inference.parameter_table import explained
from experiments.inference.pooling import pooled
from experiments.inference.printing import command_of
from experiments.inference.running import calibrate, quarter_or_last, record_with
from experiments.inference.screening import design_of, kept_of, mean_absolute_effects, screening
from experiments.inference.smoother import Posterior
from experiments.inference.stages import Desk
from experiments.record.observables import COLUMNS, OBSERVABLES
from experiments.record.observations import Record, load_record
from experiments.study.points import REACH
from simulation.errors import CircuitError
from simulation.vintages.facts import Recorded

TASK = Task(Unknowns(("gamma",)), "2024Q4", 1, 10)


def here(specs: Any, workers: int, run_one: Any, total: int) -> Iterator[tuple[Any, Any]]:
    """Runs in this process, in order, without workers."""
    for spec in specs:
        yield spec, attempted(run_one, spec)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(stages, "compute", here)
    monkeypatch.setattr(stages, "CHUNK", 2)
    return Desk(tmp_path, workers=1, say=lambda _: None)


def test_a_stage_is_found_again_and_computed_once(desk: Desk) -> None:
    vectors = TASK.unknowns.draw(5, seed=1)
    first = desk.results("table", TASK, vectors, range(5))
    again = desk.results("table", TASK, vectors, range(5))
    assert first.shape == (5, 2 * len(COLUMNS))
    assert (first == again).all()
    assert desk.computed == 5


def test_other_vectors_seeds_or_tasks_are_other_stages(desk: Desk) -> None:
    vectors = TASK.unknowns.draw(1, seed=1)
    desk.results("table", TASK, vectors, [1])
    desk.results("table", TASK, vectors + 0.1, [1])
    desk.results("table", TASK, vectors, [2])
    desk.results("table", replace(TASK, firms=11), vectors, [1])
    assert desk.computed == 4


def test_a_stopped_stage_goes_on_from_its_finished_chunks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = TASK.unknowns.draw(6, seed=1)

    def stops(specs: Any, workers: int, run_one: Any, total: int) -> Iterator[tuple[Any, Any]]:
        for count, run in enumerate(here(specs, workers, run_one, total)):
            if count == 5:
                raise KeyboardInterrupt
            yield run

    monkeypatch.setattr(stages, "compute", stops)
    with pytest.raises(Interrupted):
        desk.results("table", TASK, vectors, range(6))
    monkeypatch.setattr(stages, "compute", here)
    fresh = Desk(desk.folder, 1, say=lambda _: None)
    results = fresh.results("table", TASK, vectors, range(6))
    assert fresh.computed == 2
    alone = run_member(Member(5, TASK, 5, vectors[5]))
    assert results[5] == pytest.approx(np.asarray(alone["result"]))  # type: ignore[typeddict-item]


def test_a_damaged_chunk_is_computed_anew(desk: Desk) -> None:
    vectors = TASK.unknowns.draw(2, seed=1)
    whole = desk.results("table", TASK, vectors, range(2))
    (chunk,) = desk.folder.rglob("*.f4")
    chunk.write_bytes(chunk.read_bytes()[:100])
    assert (desk.results("table", TASK, vectors, range(2)) == whole).all()
    assert desk.computed == 4


def test_where_most_runs_fail_the_stage_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "run_member", lambda _: {"failure": {"kind": "x", "message": ""}})
    with pytest.raises(CircuitError, match=r"table: 2 of 2 runs failed"):
        desk.results("table", TASK, TASK.unknowns.draw(2, seed=1), range(2))


def test_every_series_that_conditions_has_a_discrepancy() -> None:
    assert {each.series for each in OBSERVABLES if each.conditions} <= set(DISCREPANCY)


def points_of(*values: float) -> Any:
    rows = [Recorded("gdp", "economy", f"2023Q{k + 1}", value, "", 0.1, "x", "high", "2023-12-31", "")
            for k, value in enumerate(values)]  # fmt: skip
    return Record(tuple(rows)).points("2022Q4", "2023Q4")


def test_the_prior_check_tells_what_the_prior_can_do_from_what_it_cannot() -> None:
    rng = np.random.default_rng(1)
    simulated = rng.standard_normal((4000, 2))
    check = prior_check(points_of(1.0, np.exp(9.0)), simulated)
    assert check["outside"].tolist() == [False, True]
    assert check["share below"].iloc[0] == pytest.approx(0.5, abs=0.03)
    assert check["distance"].iloc[1] == pytest.approx(9.0 / np.sqrt(1.0 + 0.01 + 0.0001), rel=0.05)


def test_screening_finds_what_moves_a_series_and_by_how_much() -> None:
    design, _ = design_of(("gamma", "capture", "fire_sale"), 20)
    simulated = np.column_stack([2.0 * design.unit[:, 1], np.zeros(len(design.unit))])
    table = screening(design, points_of(1.0, 1.0), simulated)
    # Over the middle 90% of its prior the mean of both quarters moves by .9, in units of sqrt(.1^2 + .01^2).
    assert table["parameter"].iloc[0] == "capture"
    assert table["effect"].iloc[0] == pytest.approx(0.9 / np.hypot(0.1, 0.01))
    assert table["effect"].iloc[1] == pytest.approx(0.0, abs=1e-9)
    assert kept_of(table, 10) == ("capture",)


def test_effects_are_those_of_salib_and_a_failed_run_costs_its_two_steps_alone() -> None:
    from SALib.analyze import morris

    names = ("gamma", "capture", "fire_sale")
    design, _ = design_of(names, 30)
    outcome = np.sin(3.0 * design.unit[:, 0]) + design.unit[:, 1] * design.unit[:, 2]
    problem = {"num_vars": 3, "names": list(names), "bounds": [[0.0, 1.0]] * 3}
    unit = (design.unit - (1.0 - REACH) / 2.0) / REACH
    expected = morris.analyze(problem, unit, outcome, num_resamples=2, num_levels=4, seed=1)["mu_star"]
    assert mean_absolute_effects(design, outcome[:, None])[:, 0] == pytest.approx(np.asarray(expected))
    outcome[5] = np.nan
    assert mean_absolute_effects(design, outcome[:, None])[:, 0] == pytest.approx(np.asarray(expected), rel=0.15)


def test_the_share_of_variance_is_that_of_a_cubic_and_none_where_there_is_none() -> None:
    rng = np.random.default_rng(2)
    x, noise = rng.standard_normal(4000), rng.standard_normal(4000)
    assert explained(x, x + noise) == pytest.approx(0.5, abs=0.03)
    assert explained(x, x**3) == pytest.approx(1.0)
    assert explained(x, noise) < 0.005
    assert np.isnan(explained(x, np.ones(4000)))


def test_the_command_that_makes_an_ensemble_again_names_what_is_not_usual() -> None:
    assert command_of(Wanted(), None) == "circuit calibrate"
    wanted = Wanted(members=100, until="2024Q4")
    assert command_of(wanted, "mine.csv") == "circuit calibrate --until 2024Q4 --members 100 --data mine.csv"


def test_a_record_of_ones_own_lies_over_the_shipped_one(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    head = "series,entity,quarter,value,unit,sd_log,source,confidence"
    file.write_text(f"{head}\ncapex,Meta,2025Q3,99,USD bn,.03,x,high\ncapex,Meta,2025Q4,22,USD bn,.03,x,high\n")
    record = record_with(str(file))
    assert record.values("capex", "Meta")["2025Q3"] == 99.0
    assert record.last == "2025Q4"
    assert len(record.rows) == len(load_record().rows) + 1
    assert quarter_or_last("", record) == "2025Q4"
    assert quarter_or_last("2024Q1", record) == "2024Q1"
    with pytest.raises(CircuitError, match="must be a quarter like 2025Q3"):
        quarter_or_last("soon", record)


def test_smoothers_that_ask_for_more_than_the_table_has_are_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CircuitError, match=r"--table 1000: 8 smoothers of 500 members .* give at least 4000, or fewer"):
        calibrate(Wanted(table=1000), None, tmp_path, workers=1)
    with pytest.raises(CircuitError, match="--pool 3: must hold a member of each of the 8 smoothers"):
        calibrate(Wanted(pool=3), None, tmp_path, workers=1)


def test_smoothers_start_from_draws_of_their_own_and_are_pooled_in_turn() -> None:
    parts = [
        Posterior(np.full((size, 2), k), np.arange(size) + 10 * k, np.full((size, 1), k), np.full((size, 1), k))
        for k, size in enumerate((4, 3))
    ]
    pool = pooled(parts, most=10)
    assert pool.members.tolist() == [0, 10, 1, 11, 2, 12]
    assert pool.vectors[:, 0].tolist() == pool.after[:, 0].tolist() == [0, 1, 0, 1, 0, 1]
    assert len(pooled(parts, most=5).vectors) == 4


def test_an_origin_of_many_learns_by_smoothers_with_prior_and_luck_of_their_own(tmp_path: Path, desk: Desk) -> None:
    wanted = Wanted(until="2023Q1", members=8, steps=1, firms=10)
    two = Calibration(load_record(), replace(wanted, smoothers=2), desk).conditioned(("gamma",))
    one = Calibration(load_record(), replace(wanted, smoothers=1), desk).conditioned(("gamma",))
    assert two[2].tolist() == [FIRST_SEED + row for row in range(16)]
    assert np.array_equal(two[1][:8], one[1])
    assert not np.isclose(two[1][8:], one[1]).any(axis=1).any()


def test_nothing_to_condition_on_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CircuitError, match="nothing that conditions is recorded from 2022Q4 to 2023Q1"):
        Calibration(Record(()), Wanted(until="2023Q1"), Desk(tmp_path))
    with pytest.raises(CircuitError, match="must be after the opening"):
        Calibration(load_record(), Wanted(until="2022Q4"), Desk(tmp_path))


SMALL = Wanted(
    until="2023Q4", trajectories=2, most=6, table=200, waves=1, wave_runs=100, members=60, smoothers=2, pool=100,
    steps=2, truths=2, truth_members=50, firms=10,
)  # fmt: skip


@pytest.mark.slow
def test_a_calibration_leads_from_the_record_to_economies_nearer_to_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = calibrate(SMALL, None, tmp_path, workers=2)
    before, after = (
        np.sqrt((((values - found.points.targets) / found.points.deviations) ** 2).mean(axis=0)).mean()
        for values in (found.posterior.before, found.posterior.after)
    )
    assert after < 0.9 * before
    told = capsys.readouterr().out
    for expected in ("Screening:", "Prior check:", "History matching", "Made-up truths:", "Parameters:", "members"):
        assert expected in told
    assert max(len(line) for line in told.splitlines() if str(tmp_path) not in line) <= 80
    read = load_ensemble(tmp_path / "record.ensemble")
    assert (len(read), read.smoothers) == (100, 2)
    assert all(60 <= seed - FIRST_SEED < 120 for seed in read.seeds[1::2])  # the second half of what both start from
    assert (read.until, read.opening) == ("2023Q4", "2022Q4")
    assert read.made["command"].startswith("circuit calibrate --until 2023Q4")
    table = pd.read_csv(tmp_path / "parameters.csv")
    assert set(table["parameter"]) == set(read.unknowns.parameters)
    again = calibrate(SMALL, None, tmp_path, workers=2)
    assert again.ensemble.digest() == found.ensemble.digest()
    assert "0 runs computed" in capsys.readouterr().out

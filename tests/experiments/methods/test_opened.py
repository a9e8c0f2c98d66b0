"""Stored results in Python: frames, effects, fans and figures, as a notebook shows them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import experiments
from experiments.methods.opened import CHARTS, StoredStudy
from experiments.store.layout import TABLES
from experiments.study.schema import Study
from simulation.errors import CircuitError
from tests.experiments.made_up import QUARTERS, findings, stored

RUNS = 60


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> StoredStudy:
    made = findings(runs=RUNS, failing=2, policies=["stimulus"])
    folder = stored(made, tmp_path_factory.mktemp("results") / "made-up")
    opened: StoredStudy = experiments.open_results(folder)
    return opened


def test_frames_hold_the_runs_of_the_study_and_no_other(results: StoredStudy) -> None:
    assert results.arms == ["baseline", "baseline + stimulus"]
    assert len(results.runs) == 2 * RUNS - len(results.failures)
    assert len(results.failures) == 4
    assert len(results.series) == len(results.runs) * QUARTERS
    for table in TABLES:
        assert set(results.read(table).get("run_id", [])) <= {*results.runs["run_id"], *results.failures["run_id"]}


def test_effects_and_shares_are_those_of_the_tables_on_the_disk(results: StoredStudy) -> None:
    assert results.effects.equals(results.tables["effects"])
    assert set(results.shares["arm"]) == set(results.arms)


def test_a_fan_is_the_quantiles_of_an_arm_quarter_by_quarter(results: StoredStudy) -> None:
    fan = results.fan("ai_capex", "baseline + stimulus")
    arm = results.runs[results.runs["arm"] == "baseline + stimulus"]["run_id"]
    rows = results.series[results.series["run_id"].isin(arm)]
    last = rows[rows["date"] == fan.index[-1]]["ai_capex"]
    assert len(fan) == QUARTERS
    assert fan["p50"].iloc[-1] == pytest.approx(np.median(last))
    assert (fan["p05"] <= fan["p95"]).all()


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_shown_by_a_notebook(results: StoredStudy, name: str) -> None:
    shown = results.chart(name)._repr_html_()
    assert "<svg" in shown
    assert shown.startswith("<p><b>")


def test_results_and_a_study_show_themselves(results: StoredStudy) -> None:
    shown = results._repr_html_()
    assert results.answer[:40] in shown
    assert "paid off after one" in shown
    study = Study(title="A <b>", meaning="why", runs=7)._repr_html_()
    assert "A &lt;b&gt;" in study
    assert "1 economies x 7 runs" in study


def test_what_is_not_there_is_answered_with_what_is_near(results: StoredStudy, tmp_path: Path) -> None:
    for ask, said in (
        (lambda: results.fan("ai_capx"), 'nearest: "ai_capex"'),
        (lambda: results.fan("ai_capex", "stimulus"), "no arm is called"),
        (lambda: results.chart("fans"), 'nearest: "fan"'),
        (lambda: results.read("run"), 'nearest: "runs"'),
        (lambda: experiments.open_results(tmp_path), "no readable results here"),
    ):
        with pytest.raises(CircuitError, match=said):
            ask()

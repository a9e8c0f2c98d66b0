"""Discovery: boxes are found where there are some, not in noise, and told in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.discovery import (
    Discovery,
    Sample,
    box_table,
    discover,
    in_words,
    inside,
    limit_table,
    quasi_p,
)
from experiments.analysis.questions import condition_of, measure_of
from experiments.cli.app import main
from experiments.figures.boxes import box_chart
from simulation.errors import CircuitError
from simulation.scenario import draw_prior
from tests.experiments.made_up import findings, stored


def drawn(runs: int, seed: int, in_box: float, elsewhere: float) -> Sample:
    """Runs whose parameters come from the priors; cases are frequent where gamma and capture are both low."""
    parameters = pd.DataFrame([draw_prior(number) for number in range(runs)])
    box = (parameters["gamma"] < 0.05) & (parameters["capture"] < 0.40)
    cases = np.random.default_rng(seed).random(runs) < np.where(box, in_box, elsewhere)
    return Sample(parameters, cases, "baseline")


def every_second(sample: Sample) -> np.ndarray:
    return np.arange(sample.cases.size) % 2 == 0


@pytest.fixture(scope="module")
def found() -> Discovery:
    sample = drawn(500, 1, 0.95, 0.15)
    return discover(sample, every_second(sample), "pullback", boxes=2, resamples=5)


def test_the_box_that_was_planted_is_found_with_its_density(found: Discovery) -> None:
    box = found.boxes[0]
    bounds = {bound.parameter: bound for bound in box.limits}
    assert {"gamma", "capture"} <= bounds.keys()
    assert bounds["gamma"].side == bounds["capture"].side == "<"
    assert bounds["gamma"].value == pytest.approx(0.05, abs=0.015)
    assert bounds["capture"].value == pytest.approx(0.40, abs=0.08)
    assert box.density.low < 0.9
    assert box.density.value > 0.7
    assert box.coverage.value > 0.5
    assert bounds["gamma"].quasi_p < 0.01
    assert bounds["gamma"].stability.value >= 0.8


def test_the_box_is_told_in_words_with_intervals_and_counts(found: Discovery) -> None:
    sentence = in_words(found)[0]
    assert sentence.startswith("Pullback in ")
    assert "gamma < 0.0" in sentence
    assert "against" in sentence
    assert "overall (n 250)" in sentence
    assert "coverage" in sentence
    boxes, limits = box_table(found), limit_table(found)
    assert (boxes["density_low"] <= boxes["density"]).all()
    assert (limits["low"] <= limits["stability"]).all()
    assert set(limits["resamples"]) == {5}


def test_a_box_is_measured_on_runs_that_did_not_find_it(found: Discovery) -> None:
    sample = drawn(500, 1, 0.95, 0.15)
    others = sample.part(~every_second(sample))
    limits = {(bound.parameter, int(bound.side == "<")): bound.value for bound in found.boxes[0].limits}
    chosen = inside(others.parameters, limits)
    assert found.boxes[0].density.n == chosen.sum()
    assert found.boxes[0].density.value == pytest.approx(others.cases[chosen].mean())


@pytest.mark.parametrize("seed", range(4))
def test_no_box_is_found_in_noise(seed: int) -> None:
    sample = drawn(300, seed, 0.5, 0.5)
    found = discover(sample, every_second(sample), "pullback", boxes=1, resamples=10)
    assert found.boxes == ()
    assert "no box holds up" in in_words(found)[0]


def test_a_limit_that_tells_nothing_has_a_high_quasi_p() -> None:
    sample = drawn(600, 3, 0.9, 0.1)
    limits = {("gamma", 1): 0.05, ("capture", 1): 0.40, ("fire_sale", 0): 0.25}
    assert quasi_p(sample, limits, ("gamma", 1)) < 1e-6
    assert quasi_p(sample, limits, ("fire_sale", 0)) > 0.2


def test_the_figure_of_boxes_comes_with_its_data(found: Discovery, tmp_path: Path) -> None:
    box_chart(found, drawn(500, 1, 0.95, 0.15)).save(tmp_path)
    assert (tmp_path / "prim-boxes.png").read_bytes()[:4] == b"\x89PNG"
    assert len(pd.read_csv(tmp_path / "prim-boxes.csv")) == len(found.boxes)


def test_questions_are_endings_scores_and_scores_beyond_a_threshold() -> None:
    endings = ["collapsed", "paid off after one", "paid off, no episode"]
    runs = pd.DataFrame({"outcome": endings, "pullback": [True, True, False], "gdp_shortfall": [0.02, 0.08, np.nan]})
    assert (
        list(measure_of("investment pullback").read(runs)) == list(measure_of("pullback").read(runs)) == [1.0, 1.0, 0.0]
    )
    assert list(measure_of("paid-off").read(runs)) == [0.0, 1.0, 1.0]
    assert list(measure_of("paid off after one").read(runs)) == [0.0, 1.0, 0.0]
    assert list(measure_of("gdp_shortfall").read(runs)[:2]) == [0.02, 0.08]
    assert list(condition_of("gdp_shortfall > 0.05").read(runs)) == [0.0, 1.0, 0.0]
    for wrong in ("gdp", "paid off > 1", "gdp_shortfall", "gdp_shortfall < many", "gdp_shortfall < 1e999"):
        with pytest.raises(CircuitError, match="--outcome"):
            condition_of(wrong)


def test_runs_that_failed_are_counted_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = stored(findings(runs=120, failing=3), tmp_path / "results")
    with pytest.raises(SystemExit) as stopped:
        main(["discover", str(folder), "--parameters", "gamma", "--resamples", "10"])
    assert stopped.value.code == 0
    assert "3 of 120 runs failed in baseline" in capsys.readouterr().out


def test_a_folder_without_results_is_answered_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["--boxes", "9"], ["--outcome", "gdp"]):
        with pytest.raises(SystemExit) as stopped:
            main(["discover", str(tmp_path), *arguments])
        assert stopped.value.code == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []

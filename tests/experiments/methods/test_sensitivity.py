"""Sensitivity: designs find the parameters that matter, with the indices that theory gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.analysis.sensitivity import Question, morris_table, noise_share, sobol_table
from experiments.cli.app import main
from experiments.methods.sensitivity import question
from experiments.study.points import morris_design, plan_of_points, sobol_design
from experiments.study.schema import Study
from simulation.errors import CircuitError
from simulation.scenario import prior_quantile

NAMES = ("gamma", "capture", "fire_sale")
STUDY = Study(runs=2, quarters=12, firms=10, prior=False)


def asked(**changes: object) -> Question:
    inputs = {"outcome": "gdp_shortfall", "parameters": ",".join(NAMES), "trajectories": 4, "keep": 2, "points": 16}
    return question(STUDY, **(inputs | changes))  # type: ignore[arg-type]


def test_morris_finds_the_slope_of_a_straight_line_and_no_effect_where_there_is_none() -> None:
    design = morris_design(NAMES, 10)
    slopes = np.array([3.0, -1.0, 0.0])
    table = morris_table(design, (design.unit @ slopes)[:, None] * np.ones(4)).set_index("parameter")
    assert list(table.index) == list(NAMES)
    assert list(table["mu"]) == pytest.approx([2.7, -0.9, 0.0])  # over 90% of the prior
    assert list(table["mu_star"]) == pytest.approx([2.7, 0.9, 0.0])
    assert set(table["n"]) == {10}
    assert (table["low"] <= table["mu_star"]).all()


def test_an_effect_whose_sign_depends_on_another_shows_in_the_mean_of_absolutes_alone() -> None:
    design = morris_design(NAMES, 50)
    centred = design.unit - 0.5
    table = morris_table(design, (centred[:, 0] * centred[:, 1])[:, None]).set_index("parameter")
    assert table.loc["gamma", "mu_low"] < 0.0 < table.loc["gamma", "mu_high"]
    assert table.loc["gamma", "low"] > 0.1


def test_sobol_indices_of_a_known_function_are_those_of_theory() -> None:
    """y = a + 2b on the unit square: 20% and 80% of the variance, no interaction."""
    design = sobol_design(NAMES, 512)
    table = sobol_table(design, (design.unit @ np.array([1.0, 2.0, 0.0]))[:, None]).set_index("parameter")
    for name, share in zip(NAMES, (0.2, 0.8, 0.0), strict=True):
        assert table.loc[name, "first_order"] == pytest.approx(share, abs=0.02)
        assert table.loc[name, "total"] == pytest.approx(share, abs=0.02)
        assert table.loc[name, "total_low"] <= table.loc[name, "total"] <= table.loc[name, "total_high"]
    assert table.index[0] == "capture"


def test_a_point_whose_runs_all_failed_takes_its_trajectory_with_it() -> None:
    design = morris_design(NAMES, 10)
    values = design.unit[:, :1] * np.ones(3)
    values[5] = np.nan
    values[20, 0] = np.nan
    assert set(morris_table(design, values)["n"]) == {9}
    with pytest.raises(CircuitError, match="too few runs"):
        morris_table(design, np.full((len(design.unit), 2), np.nan))


def test_an_outcome_that_never_changes_has_no_indices() -> None:
    design = sobol_design(NAMES, 16)
    assert sobol_table(design, np.ones((len(design.unit), 2)))["total"].isna().all()


def test_noise_of_seeds_is_what_points_do_not_share() -> None:
    rng = np.random.default_rng(1)
    points, seeds = rng.normal(size=(400, 1)), rng.normal(size=(1, 4))
    assert noise_share(points + 5.0 * seeds).value == pytest.approx(0.0, abs=1e-12)
    noisy = noise_share(points + 2.0 * rng.normal(size=(400, 4)))
    assert noisy.low < 0.5 < noisy.high  # variance 4 over four seeds, against that of the points
    assert noisy.n == 400


def test_a_point_is_an_economy_inside_the_priors_and_all_have_the_same_seeds() -> None:
    design = morris_design(NAMES, 4)
    planned = plan_of_points(STUDY, design)
    assert len(planned.arms) == len(design.unit)
    for spec in planned.specs:
        gamma = spec.scenario.parameters["gamma"]
        assert prior_quantile("gamma", 0.04) < gamma < prior_quantile("gamma", 0.96)
    assert {spec.seed for spec in planned.specs} == {1, 2}


def test_all_errors_of_a_question_come_at_once() -> None:
    with pytest.raises(CircuitError) as error:
        asked(outcome="gdp_shortfal", parameters="gama,withdrawal", trajectories=1, points=100, keep=-1)
    text = "\n".join(error.value.errors)
    assert len(error.value.errors) == 6
    for part in (
        'nearest: "gdp_shortfall"',
        'nearest: "gamma"',
        "is a switch",
        "power of two",
        "--keep",
        "--trajectories",
    ):
        assert part in text


def test_the_command_prints_intervals_and_writes_tables_and_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["sensitivity", "--outcome", "gdp_shortfall", "--parameters", "gamma,capture", "--trajectories", "4"]
    small = ["--keep", "1", "--points", "16", "--seeds", "2", "--firms", "10", "--quarters", "8", "--workers", "1"]
    with pytest.raises(SystemExit) as stopped:
        main([*command, *small, "--results", str(tmp_path / "results")])
    assert not stopped.value.code
    text = capsys.readouterr().out
    assert "Morris: what moving a parameter changes, gdp_shortfall" in text
    assert "Sobol: share of the variance between economies" in text
    assert "0 runs failed" in text
    written = {path.relative_to(tmp_path / "results").as_posix() for path in (tmp_path / "results").rglob("*.*")}
    assert {"answer.txt", "morris.csv", "sobol.parquet", "tornado.png", "sobol-indices.csv"} <= written

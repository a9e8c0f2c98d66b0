"""The main job ends in an answer: comparisons of any size, every shipped file, every command, with few firms."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.cli import main
from experiments.ensembles.start import economy_from
from experiments.methods.compare import default_folder
from experiments.study.schema import Study, available_studies, load_study, parse_study, plan
from simulation import Economy, Scenario
from simulation.scenario import available_policies, available_scenarios

SMALL = ["--firms", "10", "--quarters", "12", "--workers", "1"]
FEW_POINTS = ["--points", "16", "--seeds", "2"]
SCENARIOS = [name for name, *_ in available_scenarios()]
POLICIES = [name for name, *_ in available_policies()]


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    printed = capsys.readouterr()
    assert not stopped.value.code, printed.err
    return printed.out


@pytest.mark.parametrize("runs", [2, 9, 10, 50, 51, 101, 150])
def test_a_comparison_of_any_number_of_runs_ends_in_an_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], runs: int
) -> None:
    told = answer(
        *(capsys, "compare", "baseline", "late-chips", "--policy", "fed-put", "--runs", str(runs)),
        *(*SMALL, "--no-report", "--results", str(tmp_path)),
    )
    assert f"0 of {4 * runs:,} runs failed" in told
    assert len(pd.read_parquet(tmp_path / "runs")) == 4 * runs
    assert (tmp_path / "answer.txt").read_text().strip()


@pytest.mark.parametrize("runs", [2, 51])
def test_a_small_comparison_has_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str], runs: int) -> None:
    answer(capsys, "compare", "late-chips", "--runs", str(runs), *SMALL, "--results", str(tmp_path))
    assert "</html>" in (tmp_path / "report.html").read_text()


def test_every_shipped_scenario_and_policy_runs_with_ten_firms() -> None:
    for scenario in SCENARIOS:
        economy = Economy(Scenario.load(scenario), quarters=12, firms=10, keep_books=False).run()
        assert economy.history.notna().all().all(), scenario
    for policy in POLICIES:
        economy = Economy(Scenario().with_policy(policy), quarters=12, firms=10, keep_books=False).run()
        assert economy.history.notna().all().all(), policy


@pytest.mark.parametrize("name", [name for name, *_ in available_studies()])
def test_every_shipped_study_runs_at_a_small_size(tmp_path: Path, name: str) -> None:
    """Two runs an arm, from the first three arms of a large grid."""
    study = load_study(name).model_dump() | {"runs": 2, "firms": 10, "quarters": 12, "stop": None}
    study["grid"] = {parameter: values[:2] for parameter, values in study["grid"].items()}
    small = parse_study({**study, "policies": study["policies"][:2]}, "")
    planned = plan(small)
    for spec in planned.specs[: 2 * len(planned.arms)]:
        economy_from(spec.vintage, spec.scenario, spec.seed, spec.quarters, spec.firms).run()
    assert default_folder(planned).name


@pytest.mark.parametrize(
    "command",
    [
        ["fail", "OpenAI", "--runs", "2", *SMALL[:2], *SMALL[4:]],
        ["amplify", "--runs", "2", *SMALL[:2], *SMALL[4:]],
        ["policy", "stimulus", "--runs", "2", *SMALL],
        [*("sensitivity", "--parameters", "gamma,capture", "--trajectories", "4", "--keep", "1"), *FEW_POINTS, *SMALL],
        ["web", *SMALL[:2]],
    ],
    ids=lambda command: command[0],
)
def test_every_question_ends_in_an_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    told = answer(capsys, *command, "--results", str(tmp_path))
    assert told.strip()
    assert any(tmp_path.rglob("*.csv"))


def test_a_study_of_two_runs_knows_that_it_cannot_tell_intervals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Study(runs=2).runs == 2
    told = answer(capsys, "compare", "late-chips", "--runs", "2", *SMALL, "--no-report", "--results", str(tmp_path))
    assert "too few pairs" in told

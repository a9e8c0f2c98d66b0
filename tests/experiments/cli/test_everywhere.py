"""What holds for every command: it says which version it is, is quiet when asked, and outlasts who reads it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from experiments.common import progress
from experiments.common.progress import counted, quietly
from tests.experiments.cli.test_cli import circuit

ROOT = Path(__file__).parents[3]


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert circuit("--version") == 0
    assert capsys.readouterr().out == f"circuit {version('circuit-economy')}\n"


def test_who_reads_only_the_first_line_loses_no_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "experiments.cli", "run", "--firms", "10", "--quarters", "4"]
    with subprocess.Popen(
        [*command, "--results", str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        said = run.stderr.read().decode()
        assert run.wait() == 0, said
    assert "Traceback" not in said
    assert "BrokenPipe" not in said
    assert {path.suffix for path in tmp_path.iterdir()} == {".png", ".csv"}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SILENT", 0.0)
    monkeypatch.setattr(progress, "IN_A_FILE", 0.0)


@pytest.mark.usefixtures("impatient")
def test_what_takes_long_is_counted_on_the_error_stream(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(counted(range(3), "run", "thinking")) == [0, 1, 2]
    shown = capsys.readouterr().err
    assert "thinking" in shown
    assert "3/3" in shown


@pytest.mark.usefixtures("impatient")
def test_nothing_is_counted_quietly_and_the_wish_ends_with_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    with quietly():
        assert list(counted(range(3), "run")) == [0, 1, 2]
        assert os.environ[progress.QUIET] == "1"
    assert capsys.readouterr().err == ""
    assert progress.QUIET not in os.environ


@pytest.mark.parametrize("line", [["--quiet", "studies"], ["studies", "--quiet"]])
def test_quiet_may_stand_anywhere_on_the_line(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert circuit(*line) == 0
    assert "headline" in capsys.readouterr().out


SMALL = ["--firms", "10", "--workers", "1"]
PRINTING = {
    "compare": ["late-chips", "--policy", "stimulus", "--runs", "3", "--no-report", "--quarters", "8", *SMALL],
    "run": ["--firms", "10", "--quarters", "8", "--agent", "OpenAI", "--matrices", "--profile"],
    "check": ["--seeds", "1", "--vintage", "2024Q4", "--quarters", "3", *SMALL],
    "web": ["--firms", "10", "--quarter", "2025Q2"],
    "fail": ["all", "--runs", "1", *SMALL],
    "amplify": ["--runs", "1", "--no-shocks", *SMALL],
    "policy": ["stimulus", "--runs", "2", "--quarters", "12", *SMALL],
    "twin": ["--runs", "2", "--firms", "10", "--quarters", "8"],
    "luck": ["--runs", "2", *SMALL],
    "sensitivity": [
        *("--parameters", "gamma,capture", "--trajectories", "4", "--keep", "0", "--seeds", "1", "--quarters", "4"),
        *SMALL,
    ],
    "dictionary": [],
    "scenarios": [],
    "studies": [],
    "facts": [],
}
OF_FREE_LENGTH = re.compile(
    r"Figure|Data|Tables and every run|Report|Every run|Who fell|[\w ]+ by the quarter: |circuit:"
)


@pytest.mark.parametrize("command", PRINTING)
def test_everything_printed_fits_eighty_columns_and_nothing_is_cut(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    folder = [] if command in ("check", "dictionary", "scenarios", "studies", "facts") else ["--results", str(tmp_path)]
    assert circuit(command, *PRINTING[command], *folder) == 0
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert [line for line in lines if len(line) > 80 and not OF_FREE_LENGTH.match(line)] == []
    assert [line for line in lines if "…" in line] == []


@pytest.mark.parametrize("command", ["compare", "run", "fail", "policy", "twin", "luck", "sensitivity"])
def test_an_answer_can_be_had_as_json_and_nothing_else_is_printed(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [option for option in PRINTING[command] if option not in ("--matrices", "--profile")]
    assert circuit(command, *options, "--json", "--results", str(tmp_path)) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["answer"]
    assert all(rows and isinstance(rows[0], dict) for rows in answer["tables"].values() if rows)
    assert any(answer["tables"].values())
    assert all(Path(file).exists() for file in answer["files"])

"""What holds for every command: it says which version it is, is quiet when asked, and outlasts who reads it."""

from __future__ import annotations

import io
import os
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
def shown(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "SILENT", 0.0)
    monkeypatch.setattr(progress, "IN_A_FILE", 0.0)
    return stream


def test_what_takes_long_is_counted_on_the_error_stream(shown: io.StringIO) -> None:
    assert list(counted(range(3), "run", "thinking")) == [0, 1, 2]
    assert "thinking" in shown.getvalue()
    assert "3/3" in shown.getvalue()


def test_nothing_is_counted_quietly_and_the_wish_ends_with_its_command(shown: io.StringIO) -> None:
    with quietly():
        assert list(counted(range(3), "run")) == [0, 1, 2]
        assert os.environ[progress.QUIET] == "1"
    assert shown.getvalue() == ""
    assert progress.QUIET not in os.environ


@pytest.mark.parametrize("line", [["--quiet", "studies"], ["studies", "--quiet"]])
def test_quiet_may_stand_anywhere_on_the_line(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert circuit(*line) == 0
    assert "headline" in capsys.readouterr().out

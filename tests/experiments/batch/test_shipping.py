"""Compiled rules are put into a folder without harm to what else it holds."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from experiments.batch import shipping
from simulation.errors import CircuitError


def never(*_: object, **__: object) -> None:
    raise AssertionError("something is compiled")


@pytest.mark.parametrize("place", ["mine.txt", "deeper/mine.csv", "mine"])
def test_a_folder_that_holds_anything_but_rules_is_refused_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(subprocess, "run", never)
    mine = tmp_path / place
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("months of work")
    with pytest.raises(CircuitError, match="holds something else than compiled rules"):
        shipping.compile_into(tmp_path)
    assert mine.read_text() == "months of work"


def test_a_file_in_the_place_of_the_folder_is_refused_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", never)
    mine = tmp_path / "mine"
    mine.write_text("months of work")
    with pytest.raises(CircuitError, match="name a folder that is new or empty"):
        shipping.compile_into(mine)
    assert mine.read_text() == "months of work"


def test_rules_of_before_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both passes put rules there; those of the second are what runs load."""
    passes: list[Path] = []

    def put(command: list[str], **_: object) -> None:
        folder = Path(command[-1])
        assert not folder.exists(), "what the pass before has put there is gone"
        (folder / "books").mkdir(parents=True)
        passes.append(folder / "books" / f"{len(passes)}.nbi")
        passes[-1].write_bytes(b"12345")

    (tmp_path / "old.nbi").touch()
    monkeypatch.setattr(subprocess, "run", put)
    assert shipping.compile_into(tmp_path) == 5
    assert [file.name for file in tmp_path.rglob("*.nbi")] == ["1.nbi"]

"""Estimates that are kept beside the code that finds them."""

import sys
from pathlib import Path

import pytest

from experiments.methods import investors, ordinary_cycle
from experiments.methods.kept_estimate import offer_estimate, read_estimate

FOUND = {"parameters": {"pull": 1.1, "shock_memory": 0.85}, 'moments."2022Q4"': {"okun": -0.4507}}


def test_an_estimate_is_printed_and_stored_only_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "waves.toml"
    monkeypatch.setattr(sys, "argv", ["waves"])
    offer_estimate(path, "Waves.", lambda: FOUND)
    assert not path.exists()
    printed = capsys.readouterr().out
    assert printed.startswith("# Written by python -m experiments.methods.waves --write\n\n[parameters]\npull = 1.1\n")
    monkeypatch.setattr(sys, "argv", ["waves", "--write"])
    offer_estimate(path, "Waves.", lambda: FOUND)
    assert read_estimate(path) == {"parameters": FOUND["parameters"], "moments": {"2022Q4": {"okun": -0.4507}}}


@pytest.mark.parametrize("module", [investors, ordinary_cycle])
def test_stored_estimates_are_as_the_command_writes_them(
    module: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: Path = module.STORED  # type: ignore[attr-defined]
    tables = read_estimate(kept)
    found = {"parameters": tables["parameters"]}
    found |= {f'moments."{vintage}"': row for vintage, row in tables.get("moments", {}).items()}
    monkeypatch.setattr(sys, "argv", ["command", "--write"])
    offer_estimate(tmp_path / kept.name, None, lambda: found)
    assert (tmp_path / kept.name).read_bytes() == kept.read_bytes()

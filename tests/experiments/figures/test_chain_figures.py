"""What `circuit run` and `circuit fail` draw of a chain reaction, and where they say it lies."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.analysis.contagion import Loss
from experiments.cli.app import main
from experiments.methods.contagion import most_followed

COLUMNS = ("quarter", "agent", "event", "amount", "other", "channel", "generation", "cause")


def loss(seed: int, *followers: str) -> Loss:
    """A run in which OpenAI was made to fail and Lab 4 fell by itself; `followers` fell because of OpenAI."""
    rows: list[tuple[object, ...]] = [
        ("2026Q1", "OpenAI", "forced_failure", 0.0, "", "an experiment", 0, ""),
        ("2026Q1", "Lab 4", "default", 3.0, "", "its own means", 0, ""),
        *(("2026Q2", name, "default", 5.0, "OpenAI", "a lost contract", 1, "") for name in followers),
    ]
    events = {name: list(column) for name, column in zip(COLUMNS, zip(*rows, strict=True), strict=True)}
    return Loss(seed, 1.0, 2.0, 0.0, len(followers), {}, events)


def test_the_seed_is_shown_in_which_the_failure_brought_most_others_down() -> None:
    found = {"OpenAI fails": [loss(1), loss(2, "Oracle", "CoreWeave"), loss(3, "Oracle")]}
    followed = most_followed(found)
    assert followed is not None
    assert (followed.blow, followed.seed) == ("OpenAI fails", 2)
    assert list(followed.chain["agent"]) == ["OpenAI", "Oracle", "CoreWeave"], "Lab 4 fell by itself"
    assert most_followed({"OpenAI fails": [loss(1)]}) is None


@pytest.mark.parametrize(
    ("command", "figure"),
    [
        (
            ["fail", "OpenAI", "--runs", "1", "--workers", "1", "--set", "gamma=0.02"],
            "fail-OpenAI-quarter5-baseline-2024Q4-gamma-0.02-firms10-seed1-cascade.png",
        ),
        (
            ["run", "key-player-failure", "--quarters", "8"],
            "run-key-player-failure-2024Q4-firms10-quarters8-seed1-cascade.png",
        ),
    ],
)
def test_a_command_draws_the_chain_and_says_where_it_lies(
    command: list[str], figure: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--firms", "10", "--results", str(tmp_path)])
    assert stopped.value.code == 0
    assert str(tmp_path / figure) in capsys.readouterr().out
    chain = pd.read_csv((tmp_path / figure).with_suffix(".csv"))
    assert "forced_failure" in set(chain["event"])
    assert set(chain["parent"]) - {-1} <= set(chain["number"])

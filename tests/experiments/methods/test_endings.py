"""The tables on how runs end, what that costs and what it hangs on."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.methods.endings import OPENINGS, RUNS, WITHOUT_AI, WITHOUT_BOOM, economies, without_boom_table, write
from simulation.endings import ENDINGS, KINDS
from simulation.endings.thresholds import CHOSEN


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    folder: Path = tmp_path_factory.mktemp("endings")
    write(folder, runs=3, pullbacks=1)
    return {path.stem: pd.read_csv(path) for path in folder.glob("*.csv")}


def test_the_three_questions_are_answered_from_both_openings(tables: dict[str, pd.DataFrame]) -> None:
    outcomes = tables["outcomes"]
    for vintage in OPENINGS:
        mine = outcomes[outcomes["vintage"] == vintage].set_index("what")
        assert {*ENDINGS, *KINDS} <= set(mine.index)
        assert mine.loc[list(ENDINGS), "value"].sum() == pytest.approx(100.0)
        assert set(mine["question"]) == {"what happens on the way", "how it ends", "what it costs"}


def test_every_threshold_is_moved_both_ways_and_a_lower_one_never_finds_fewer_episodes(
    tables: dict[str, pd.DataFrame],
) -> None:
    moved = tables["thresholds"]
    assert set(moved["threshold"]) == {choice.name for choice in CHOSEN}
    episodes = moved[moved["what"].isin(KINDS)]
    assert (
        episodes.loc[episodes["moved"] == "lower", "share"] >= episodes.loc[episodes["moved"] == "lower", "as_declared"]
    ).all()
    assert (
        episodes.loc[episodes["moved"] == "higher", "share"]
        <= episodes.loc[episodes["moved"] == "higher", "as_declared"]
    ).all()


def test_an_autopsy_says_how_many_links_prevent_the_pullback_alone(tables: dict[str, pd.DataFrame]) -> None:
    (row,) = tables["autopsies"].to_dict("records")
    assert 0 <= row["single"] <= row["links"]


def test_economies_of_a_seed_have_the_same_luck_with_ai_and_without() -> None:
    (plain,), (without,) = (list(economies("2024Q4", 1, *off)) for off in ((), ("ai",)))
    assert plain.seed == without.seed
    assert plain.scenario.parameter_values()["ai"] == 1.0
    assert without.scenario.parameter_values()["ai"] == 0.0
    assert {k: v for k, v in plain.scenario.parameter_values().items() if k != "ai"} == {
        k: v for k, v in without.scenario.parameter_values().items() if k != "ai"
    }


@pytest.mark.slow
def test_without_a_boom_fewer_than_one_run_in_a_hundred_has_a_systemic_episode() -> None:
    found = without_boom_table(RUNS).set_index(["vintage", "economy", "kind"])["share"]
    for vintage in OPENINGS:
        for economy in (WITHOUT_AI, WITHOUT_BOOM):
            assert found[vintage, economy, "systemic episode"] < 0.01
            assert found[vintage, economy, "macro episode"] < 0.02

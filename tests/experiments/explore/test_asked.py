from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from experiments.cli.asked import with_options
from experiments.cli.validation import kind_of_valid_file
from experiments.explore.asked import Asked, Looking
from experiments.explore.catalogue import sliders
from experiments.study.schema import plan
from simulation import Scenario
from simulation.errors import CircuitError
from simulation.scenario.scenario import scenario_from_table

ALL_AT_ONCE = Asked(
    scenario="late-chips",
    policies=("fed-put", "stimulus"),
    parameters=(("gamma", 0.03),),
    levers=(("chip_price", 1.5), ("patience", 2.0)),
    start=7,
    vintage="2022Q4",
    prior=False,
    runs=40,
    against="scenario",
)


def test_an_address_holds_the_whole_question() -> None:
    assert Asked.of_query(ALL_AT_ONCE.query) == ALL_AT_ONCE
    assert Asked.of_query("?") == Asked()
    assert Asked().query == ""


def test_a_question_is_its_scenario_with_everything_that_was_changed() -> None:
    expected = Scenario.load("late-chips").with_parameters(gamma=0.03).with_policy("fed-put").with_policy("stimulus")
    changed = ALL_AT_ONCE.changed
    assert changed.parameters == expected.parameters
    moved = changed.lever_table(10)
    assert list(moved["patience"]) == [1.0] * 7 + [2.0] * 4
    assert list(moved["chip_supply"][4:8]) == [1.0, 0.6, 0.6, 0.6]
    assert ALL_AT_ONCE.reference == Scenario.load("late-chips")
    assert Asked(scenario="late-chips").reference == Scenario.load("baseline")


@pytest.mark.parametrize("scenario", ["baseline", "late-chips", "key-player-failure", "key-player-scandal"])
def test_a_saved_scenario_is_valid_and_runs_alike(tmp_path: Path, scenario: str) -> None:
    asked = Asked(scenario, ("fed-put",), (("gamma", 0.0312345678),), (("tariff", 0.1),))
    assert scenario_from_table(tomllib.loads(asked.toml), "mine").digest == asked.changed.digest
    file = tmp_path / asked.file_name
    file.write_text(asked.toml, encoding="utf-8")
    assert kind_of_valid_file(file) == "scenario"


def test_the_command_computes_the_very_runs_that_were_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = Asked("late-chips", parameters=(("gamma", 0.03),), runs=3, prior=False, vintage="2022Q4")
    Path(asked.file_name).write_text(asked.toml, encoding="utf-8")
    assert asked.command == "circuit compare baseline my-late-chips.toml --runs 3 --vintage 2022Q4 --no-prior"
    study = with_options({"scenarios": ["baseline", asked.file_name]}, runs=3, vintage="2022Q4", prior=False)
    told = {spec.run_id for spec in plan(study).specs}
    assert told == {name for _, *names in asked.run_ids for name in names}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("set.gamma=much", "set.gamma must be a number"),
        ("runs=100000", "choose 1 to 1,000"),
        ("runs=-1", "choose 1 to 1,000"),
        ("from=nan", "choose 1 to 40"),
        ("vintage=1929Q3", "must be 2024Q4 or 2022Q4 or now"),
        ("scenario=../../secret.toml", "a name is 1 to 64"),
        ("policy=/etc/passwd", "a name is 1 to 64"),
        ("shape=round", "no part of an address"),
    ],
)
def test_an_address_that_means_nothing_is_a_sentence(query: str, words: str) -> None:
    with pytest.raises(CircuitError, match=words):
        Asked.of_query(query)


@pytest.mark.parametrize("query", ["set.gamma=nan", "set.gama=0.1", "lever.patience=1e9", "scenario=no-such"])
def test_a_change_that_is_not_allowed_is_a_sentence(query: str) -> None:
    with pytest.raises(CircuitError):
        _ = Asked.of_query(query).plan


def test_what_to_look_at_is_read_from_the_address_and_changes_no_run() -> None:
    query = "set.gamma=0.03&seed=7&quarter=2027Q2&agent=Oracle&series=gdp&view=web"
    assert Looking.of_query(query) == Looking(7, "2027Q2", "Oracle", "gdp", "web")
    assert Asked.of_query(query) == Asked.of_query("set.gamma=0.03")
    with pytest.raises(CircuitError, match="no such series"):
        Looking.of_query("series=no_such")
    with pytest.raises(CircuitError, match="no such agent"):
        Looking.of_query("agent=Enron")


def test_every_slider_keeps_within_what_a_scenario_may_set() -> None:
    for key, slider in sliders().items():
        assert slider.low <= slider.rest <= slider.high, key
        assert 0.0 < slider.step <= slider.high - slider.low, key
        for value in (slider.low, slider.high):
            _ = Asked.of_query(f"{key}={value!r}").changed

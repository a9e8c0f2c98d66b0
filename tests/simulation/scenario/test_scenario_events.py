"""Events of named agents: what a file may say of them, and that everything wrong with it is said at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.errors import CircuitError
from simulation.scenario import AgentEvent, Scenario


def loaded(tmp_path: Path, text: str) -> Scenario:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    return Scenario.load(file)


def errors_of(tmp_path: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(CircuitError) as error:
        loaded(tmp_path, text)
    return error.value.errors


def test_a_file_may_make_named_agents_fail_be_fined_and_fall_into_scandal(tmp_path: Path) -> None:
    scenario = loaded(
        tmp_path,
        '[[event]]\nagent = "OpenAI"\nkind = "failure"\nquarter = 5\n'
        '[[event]]\nagent = "Meta"\nkind = "fine"\nquarter = 6\nsize = 5\n'
        '[[event]]\nagent = "Nvidia"\nkind = "scandal"\nquarter = 7\nsize = 0.3\n',
    )
    assert scenario.events == (
        AgentEvent("OpenAI", "failure", 5),
        AgentEvent("Meta", "fine", 6, 5.0),
        AgentEvent("Nvidia", "scandal", 7, 0.3),
    )


def test_all_errors_of_events_come_at_once_with_the_nearest_name(tmp_path: Path) -> None:
    errors = errors_of(
        tmp_path,
        '[[event]]\nagent = "OpenAl"\nkind = "failur"\nquarter = 0\n'
        '[[event]]\nagent = "Meta"\nkind = "fine"\nquarter = 6\n'
        '[[event]]\nagent = "Meta"\nkind = "failure"\nquarter = 6\nsize = 1\nsice = 2\n'
        '[[event]]\nkind = "scandal"\nquarter = 2.5\nsize = 1\n'
        '[[event]]\nagent = "Bank 1"\nkind = "failure"\nquarter = 6\n',
    )
    text = "\n".join(errors)
    for expected in (
        "[[event]] 1 agent: unknown agent 'OpenAl'; nearest: \"OpenAI\"",
        "[[event]] 1 kind: unknown kind 'failur'; nearest: \"failure\"",
        "[[event]] 1 quarter: must be a whole number from 1 to 400",
        "[[event]] 2 size: is missing: a fine has one from 0 to 1000 (USD bn)",
        "[[event]] 3: unknown key 'sice'; nearest: \"size\"",
        "[[event]] 3 size: must be left out, not 1",
        "[[event]] 4: agent is missing",
        "[[event]] 4 quarter: must be a whole number",
        "[[event]] 4 size: of a scandal must be a number from 0 to 0.95",
        "[[event]] 5 agent: unknown agent 'Bank 1'",
    ):
        assert expected in text, expected
    assert len(errors) == 10
    assert errors_of(tmp_path, 'event = "OpenAI fails"')[0].endswith(
        "must be an array of tables: [[event]], not 'OpenAI fails'"
    )


def test_events_make_another_scenario_whatever_their_order() -> None:
    fine, scandal = AgentEvent("Meta", "fine", 6, 5), AgentEvent("Meta", "scandal", 6, 0.2)
    plain = Scenario()
    assert plain.with_events(fine).digest != plain.digest
    assert plain.with_events(fine, scandal).digest == plain.with_events(scandal, fine).digest
    assert {plain.with_events(fine): "found"}[plain.with_events(AgentEvent("Meta", "fine", 6, 5.0))] == "found"

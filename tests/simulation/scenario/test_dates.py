"""A file may give quarters as dates; they are counted from the opening of the economy that follows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.study.schema import Study, plan
from simulation import Economy, Scenario
from simulation.errors import CircuitError
from simulation.mesa_model import CircuitModel
from simulation.scenario import load_policy

OWN = """
[[shock]]
lever = "chip_supply"
start = "2026Q3"
size = 0.5
quarters = 4
[[event]]
agent = "OpenAI"
kind = "failure"
quarter = "2026Q4"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    return path


def test_a_date_is_the_quarter_counted_from_the_opening(file: Path) -> None:
    for opening, first in (("2024Q4", 7), ("2022Q4", 15)):
        scenario = Scenario.load(file, opening)
        assert scenario.shocks[0].start == first
        assert scenario.events[0].quarter == first + 1
        economy = Economy(scenario, vintage=opening, quarters=20, firms=10)
        assert economy.label(first) == "2026Q3"


def test_a_scenario_with_dates_is_the_one_with_numbers(file: Path, tmp_path: Path) -> None:
    numbered = tmp_path / "numbered.toml"
    numbered.write_text(OWN.replace('"2026Q3"', "7").replace('"2026Q4"', "8"))
    assert Scenario.load(file).digest == Scenario.load(numbered).digest


def test_an_economy_of_another_opening_refuses_the_dates_it_would_misread(file: Path) -> None:
    with pytest.raises(CircuitError, match='counted from 2024Q4: load it with opening="2022Q4"'):
        Economy(Scenario.load(file), vintage="2022Q4", firms=10)


def test_studies_and_the_mesa_face_count_dates_from_their_vintage(file: Path) -> None:
    for vintage, first in (("2024Q4", 7), ("2022Q4", 15)):
        planned = plan(Study(scenarios=[str(file)], vintage=vintage, runs=1))
        assert planned.specs[0].scenario.shocks[0].start == first
    model = CircuitModel(file, vintage="2022Q4", firms=10, quarters=20, seed=1)
    assert model.economy.scenario.shocks[0].start == 15


def test_a_policy_may_give_dates_too(tmp_path: Path) -> None:
    policy = tmp_path / "late-tariff.toml"
    policy.write_text('[[policy]]\nlever = "tariff"\nstart = "2027Q1"\nsize = 0.2\n')
    assert load_policy(policy).paths[0].start == 9
    assert Scenario.load("baseline", "2022Q4").with_policy(policy).policies[0].paths[0].start == 17
    moved = Scenario.load("baseline").with_policy(policy, start=3)
    assert not moved.dated, "who says the quarter needs no date"


@pytest.mark.parametrize(
    ("date", "said"),
    [("2026", 'its date, as "2026Q3"'), ("2024Q4", "2024Q4 is not after the opening"), ("2026Q5", "its date")],
)
def test_a_date_that_is_none_or_too_early_is_said(date: str, said: str, file: Path) -> None:
    file.write_text(OWN.replace("2026Q3", date))
    with pytest.raises(CircuitError, match=said):
        Scenario.load(file)

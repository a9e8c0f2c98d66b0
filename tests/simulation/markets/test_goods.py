"""What government buys, and potential output."""

from __future__ import annotations

import pytest

from simulation import Economy
from simulation.markets.goods import spend
from simulation.measurement.recording import at_full_employment
from simulation.state import MACRO
from tests.simulation.agents.records import given, one


def test_government_can_cut_no_more_than_all_it_buys() -> None:
    economy = Economy(seed=1, quarters=1, firms=10, keep_books=False)
    world = economy.state[0][0]
    world["levers"]["stimulus"] = -0.05
    world["macro"]["gdp"] *= 10.0
    spend(*economy.state)
    assert world["governments"]["purchases"][0] == 0.0


def test_output_that_takes_few_people_is_potential_and_no_overheating() -> None:
    # Output 5 percent above what ordinary firms could make at normal employment, with a point too much unemployment:
    # at 2 percent of output a point, normal employment would make it 1.05 / .98 of theirs.
    macro = one(MACRO, real_gdp=105.0, potential_real=100.0, unemployment=0.052)
    p = given(okun=2.0, natural_unemployment=0.042)
    assert at_full_employment(macro[0], p) == pytest.approx(1.05 / 0.98)
    macro["unemployment"] = 0.6  # where Okun's line has ended
    assert at_full_employment(macro[0], p) == pytest.approx(1.05 / 0.2)

"""The hazard of cancelling deals is what the record of cut promises says."""

from __future__ import annotations

import math

import pytest

from simulation.scenario.parameters import PARAMETERS
from simulation.vintages.cuts import hazard_of_cuts, hazard_of_record, promises


def test_a_third_of_the_authorised_railways_in_five_years_is_two_percent_a_quarter() -> None:
    assert hazard_of_cuts("UK railways") == pytest.approx(-math.log(0.67) / 20.0)


def test_cuts_of_the_ai_boom_are_counted_over_all_quarters_in_which_there_could_have_been_one() -> None:
    watched = [promise for promise in promises() if promise.episode == "AI"]
    cut = sum(promise.part_cut for promise in watched)
    assert cut == 2.0
    assert hazard_of_cuts("AI") == pytest.approx(cut / sum(promise.quarters for promise in watched))


def test_the_default_hazard_is_the_records_and_its_range_holds_both_episodes() -> None:
    hazard = PARAMETERS["cancel_hazard"]
    assert hazard.default == pytest.approx(hazard_of_record(), abs=0.0005)
    assert all(hazard.low <= hazard_of_cuts(episode) <= hazard.high for episode in ("AI", "UK railways"))

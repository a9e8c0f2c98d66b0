"""The table of parameters is complete, consistent and readable as one record."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import simulation
from simulation.parameter import Parameter, Status
from simulation.scenario import LEVERS, PARAMETER_DTYPE, PARAMETERS, SWITCH_NAMES, default_record
from simulation.scenario.input_errors import parameter_error
from simulation.scenario.luck import LUCK


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda parameter: parameter.name)
def test_every_default_lies_in_its_plausible_range_and_that_in_what_scenarios_may_set(
    parameter: Parameter,
) -> None:
    assert parameter.lowest <= parameter.low <= parameter.default <= parameter.high <= parameter.highest
    assert parameter.low < parameter.high
    assert parameter_error(parameter, parameter.default) is None


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda parameter: parameter.name)
def test_every_parameter_says_what_it_means_in_which_unit_and_where_it_comes_from(
    parameter: Parameter,
) -> None:
    assert parameter.name.isidentifier()
    assert parameter.meaning
    assert parameter.unit
    assert parameter.source
    assert parameter.status in get_args(Status)
    assert parameter.source != parameter.status, "a source says more than the status"
    assert "to be fitted" not in parameter.source


def test_every_judgement_gives_its_reason() -> None:
    short = [each.name for each in PARAMETERS.values() if each.status == "judged" and len(each.source.split()) < 6]
    assert not short


def test_every_parameter_is_read_by_a_rule_or_at_the_opening() -> None:
    """Shapes and switches of luck are read by the name of their disturbance."""
    folder = Path(simulation.__path__[0])
    files = folder.rglob("*.py")
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    read = set(re.findall(r"\b(?:p|parameters)\.(\w+)", code)) | set(re.findall(r"\b(?:p\[|own\()\"(\w+)\"", code))
    by_name = {each.name for each in LUCK}
    assert set(PARAMETERS) - by_name <= read | set(re.findall(r"""parameters"\]\["(\w+)"\]""", code))


def test_the_default_record_holds_every_default_in_the_order_of_declaration() -> None:
    record = default_record()
    assert record.shape == (1,)
    assert record.dtype == PARAMETER_DTYPE
    assert list(record[0]) == [parameter.default for parameter in PARAMETERS.values()]


def test_the_gain_from_ai_can_be_set_to_every_value_that_studies_use() -> None:
    assert all(parameter_error(PARAMETERS["gamma"], gain) is None for gain in (0.007, 0.03, 0.06, 0.10, 0.15))


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda parameter: parameter.name)
def test_no_parameter_takes_what_is_not_a_number_in_its_range(parameter: Parameter) -> None:
    refused = (
        math.nan,
        math.inf,
        -math.inf,
        "0.03",
        None,
        [0.03],
        parameter.highest + 1,
        parameter.lowest - 1,
    )
    assert all(parameter_error(parameter, value) for value in refused)


def test_a_truth_value_turns_a_switch_and_is_refused_elsewhere() -> None:
    assert parameter_error(PARAMETERS["withdrawal"], False) is None
    assert parameter_error(PARAMETERS["withdrawal"], 0.5) is not None
    assert parameter_error(PARAMETERS["fire_sale"], True) is not None


def test_every_mechanism_is_on_unless_a_scenario_turns_it_off() -> None:
    assert len(SWITCH_NAMES) >= 10
    assert all(PARAMETERS[name].default == 1 for name in SWITCH_NAMES)


def test_a_lag_that_indexes_past_quarters_must_be_whole() -> None:
    assert parameter_error(PARAMETERS["foreign_lag"], 3) is None
    error = parameter_error(PARAMETERS["foreign_lag"], 2.5)
    assert error == "must be a whole number from 0 to 4 (quarters), not 2.5"


def test_every_lever_is_neutral_inside_its_range_and_says_where_it_acts() -> None:
    for lever in LEVERS.values():
        assert lever.low <= lever.neutral <= lever.high
        assert lever.low < lever.high
        assert lever.neutral == {"add": 0.0, "multiply": 1.0}[lever.combine]
        assert lever.meaning
        assert lever.unit
        assert lever.acts_on


def test_compiled_rules_can_read_a_parameter_by_name() -> None:
    assert np.rec.array(default_record())[0].gamma == PARAMETERS["gamma"].default

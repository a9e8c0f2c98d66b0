"""A scenario is a value: copies are checked, equals are equal everywhere, what is shipped loads."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest

from simulation.errors import CircuitError
from simulation.scenario import (
    LEVER_DTYPE,
    PARAMETERS,
    Path,
    Scenario,
    available_policies,
    available_scenarios,
    load_policy,
    parse_assignment,
    parse_assignments,
)

SCENARIOS = [listing.name for listing in available_scenarios()]
POLICIES = [listing.name for listing in available_policies()]


def test_the_scenarios_and_policies_an_analyst_expects_are_shipped() -> None:
    assert {
        "baseline",
        "slow-diffusion",
        "agentic-take-off",
        "patient-capital",
        "impatient-capital",
        "late-chips",
        "rate-rise",
        "technical-wall",
    } <= set(SCENARIOS)
    assert {"disclosure", "bank-buffer", "fed-put", "investment-credit"} <= set(POLICIES)


@pytest.mark.parametrize("listing", [*available_scenarios(), *available_policies()], ids=lambda listing: listing.name)
def test_every_shipped_file_says_in_one_line_what_it_means(listing: tuple[str, str, str]) -> None:
    _, title, meaning = listing
    assert title
    assert 20 < len(meaning) <= 110


def test_the_baseline_changes_nothing() -> None:
    baseline = Scenario.load("baseline")
    assert baseline.parameters == {}
    assert baseline.paths == ()
    assert baseline.digest == Scenario().digest


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "baseline"])
def test_every_other_scenario_changes_something(name: str) -> None:
    assert Scenario.load(name).digest != Scenario.load("baseline").digest


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("start", [1, 12])
def test_a_policy_leaves_every_quarter_before_its_start_as_it_was(name: str, start: int) -> None:
    for scenario in map(Scenario.load, SCENARIOS):
        without, with_policy = (
            scenario.lever_table(40),
            scenario.with_policy(name, start=start).lever_table(40),
        )
        assert np.array_equal(without[:start], with_policy[:start])
        assert not np.array_equal(without, with_policy)


def test_a_policy_is_applied_once() -> None:
    once = Scenario.load("baseline").with_policy("fed-put")
    assert once.policies == (load_policy("fed-put"),)
    with pytest.raises(CircuitError, match="applied once"):
        once.with_policy("fed-put", start=9)


def test_a_copy_with_other_parameters_leaves_the_original_alone() -> None:
    baseline = Scenario.load("baseline")
    changed = baseline.with_parameters(gamma=0.03).with_parameters(capture=0.2)
    assert changed.parameters == {"capture": 0.2, "gamma": 0.03}
    assert baseline.parameters == {}
    assert changed.parameter_values()["gamma"] == changed.parameter_record()["gamma"][0] == 0.03
    assert changed.parameter_values().keys() == PARAMETERS.keys()


def test_a_mechanism_can_be_turned_off() -> None:
    without = Scenario.load("baseline").with_switches(withdrawal=False)
    assert without.parameter_record()["withdrawal"][0] == 0
    with pytest.raises(CircuitError, match="unknown switch 'withdrawl'; nearest: \"withdrawal\""):
        without.with_switches(withdrawl=False)
    with pytest.raises(CircuitError, match="unknown switch 'gamma'"):
        without.with_switches(gamma=True)


def test_all_errors_of_a_copy_come_at_once() -> None:
    with pytest.raises(CircuitError) as error:
        Scenario.load("baseline").with_parameters(gamma=float("nan"), gama=0.03, capture=2)
    assert len(error.value.errors) == 3
    assert 'nearest: "gamma"' in error.value.errors[1]


def test_the_digest_sees_what_changes_a_run_and_nothing_else() -> None:
    late, tariff = Path("chip_supply", 5, 0.6, 4), Path("tariff", 3, 0.1)
    one = Scenario("one", "One", "first").with_shocks(late, tariff).with_parameters(gamma=0.03, capture=0.2)
    two = Scenario("two", "Two", "second").with_parameters(capture=0.2, gamma=0.03).with_shocks(tariff, late)
    assert one.digest == two.digest
    assert one.lever_table(40).tobytes() == two.lever_table(40).tobytes()
    assert one.digest != one.with_parameters(gamma=0.031).digest
    assert one.digest != one.with_shocks(Path("sentiment", 1, -0.1, shape="once")).digest
    assert one.digest == one.with_parameters(advance_rate=PARAMETERS["advance_rate"].default).digest


def test_the_digest_is_the_same_in_another_process() -> None:
    code = 'from simulation.scenario import Scenario as S; print(S.load("late-chips").digest)'
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == Scenario.load("late-chips").digest


def test_a_scenario_can_be_sent_to_a_worker_and_used_as_a_key() -> None:
    scenario = Scenario.load("late-chips").with_policy("disclosure").with_parameters(gamma=0.1)
    sent = pickle.loads(pickle.dumps(scenario))
    assert sent == scenario
    assert {sent: "found"}[scenario] == "found"


def test_the_lever_table_has_one_row_per_quarter_after_a_neutral_one() -> None:
    table = Scenario.load("late-chips").lever_table(40)
    assert table.shape == (41,)
    assert table.dtype == LEVER_DTYPE
    for quarters in (0, -4, 401, 2.5, float("nan")):
        with pytest.raises(CircuitError, match="quarters must be a whole number from 1 to 400"):
            Scenario.load("baseline").lever_table(quarters)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("gamma=0.03", ("gamma", 0.03)),
        (" gamma = 3e-2 ", ("gamma", 0.03)),
        ("withdrawal=off", ("withdrawal", 0.0)),
        ("race=True", ("race", 1.0)),
        ("investment_loan_rate=-.2", ("investment_loan_rate", -0.2)),
    ],
)
def test_an_assignment_sets_a_parameter(text: str, meant: tuple[str, float]) -> None:
    assert parse_assignment(text) == meant


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gama=0.03", "unknown parameter 'gama'; nearest: \"gamma\""),
        ("gamma=nan", "gamma: must be a number from 0.004 to 0.4 (ratio), not 'nan'"),
        ("gamma=inf", "gamma: must be a number from 0.004 to 0.4 (ratio), not 'inf'"),
        ("gamma=1e999", "gamma: must be a number from 0.004 to 0.4 (ratio), not inf"),
        ("gamma=1_0", "gamma: must be a number from 0.004 to 0.4 (ratio), not '1_0'"),
        ("gamma=", "gamma: must be a number from 0.004 to 0.4 (ratio), not ''"),
        ("gamma=7", "gamma: must be a number from 0.004 to 0.4 (ratio), not 7.0"),
        ("gamma", "'gamma' sets nothing: write NAME=VALUE, for example gamma=0.03"),
        ("withdrawal=maybe", "withdrawal: is a switch: must be true or false, not 'maybe'"),
    ],
)
def test_an_assignment_that_cannot_be_says_what_is_allowed(text: str, told: str) -> None:
    with pytest.raises(CircuitError) as error:
        parse_assignment(text)
    assert error.value.errors == (told,)


def test_all_errors_of_several_assignments_come_at_once() -> None:
    assert parse_assignments(["gamma=0.03", "race=off"]) == {"gamma": 0.03, "race": 0.0}
    with pytest.raises(CircuitError) as error:
        parse_assignments(["gama=0.03", "gamma=0.03", "gamma=0.04", "capture=9"])
    assert len(error.value.errors) == 3

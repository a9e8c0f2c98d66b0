"""Where what a lever acts on happens, for levers that do little or nothing in calm times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .targets import CANNOT_PAY, FAILED_CUSTOMER, FALL_OF_SHARES, REDEMPTIONS, SHORT_OF_POWER

if TYPE_CHECKING:
    from simulation.scenario import Scenario

START = 5  # the quarter in which shipped policies begin


def in_situation(need: str, scenario: Scenario) -> Scenario:
    """The scenario with what is needed for a lever to act; as it is where nothing is."""
    return SITUATIONS[need](scenario) if need in SITUATIONS else scenario


def _labs_out_of_money(scenario: Scenario) -> Scenario:
    """Demand comes late and venture funds stop: labs run out of money."""
    from simulation.scenario import Path

    late, dry = Path("adoption_speed", 1, 0.5), Path("venture_appetite", START, 0.0)
    return scenario.with_parameters(organisation_lag=16).with_shocks(late, dry)


def _largest_lab_fails(scenario: Scenario) -> Scenario:
    """The largest customer of the clouds fails, and nobody founds another."""
    from simulation.scenario import AgentEvent, Path

    failure = AgentEvent("OpenAI", "failure", START + 3)
    return scenario.with_shocks(Path("venture_appetite", START, 0.0)).with_events(failure)


def _shares_fall(scenario: Scenario) -> Scenario:
    from simulation.scenario import Path

    return scenario.with_shocks(Path("sentiment", START, -0.5, shape="once"))


def _neoclouds_fail(scenario: Scenario) -> Scenario:
    """All at once, so that private credit loses and its investors ask for their money."""
    from simulation.registry import NAMES
    from simulation.scenario import AgentEvent

    return scenario.with_events(*(AgentEvent(name, "failure", START + 2) for name in NAMES["clouds"][5:]))


def _power_is_short(scenario: Scenario) -> Scenario:
    from simulation.scenario import Path

    return scenario.with_shocks(Path("power_additions", 1, 0.3))


SITUATIONS: dict[str, Callable[[Scenario], Scenario]] = {
    CANNOT_PAY: _labs_out_of_money,
    FAILED_CUSTOMER: _largest_lab_fails,
    FALL_OF_SHARES: _shares_fall,
    REDEMPTIONS: _neoclouds_fail,
    SHORT_OF_POWER: _power_is_short,
}

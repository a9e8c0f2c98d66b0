"""What a twin leaves out: the same seed, parameters and luck, different in one thing from one quarter on."""

from dataclasses import replace

from simulation.errors import CircuitError
from simulation.scenario import Scenario
from simulation.scenario.input_errors import shown, suggestion
from simulation.scenario.parameters import PARAMETERS, SWITCH_NAMES

AI, BOOM = "ai", "boom"
SEVERAL = {"deals": ("known_deals", "endogenous_deals", "warrants")}
"""Things that more than one switch makes."""


def what_can_be_left_out(scenario: Scenario) -> dict[str, str]:
    """Everything that a twin of an economy under a scenario can be without, with what it is."""
    found = {name: PARAMETERS[name].meaning for name in SWITCH_NAMES}
    found |= {"deals": "deals of record, deals that the economy makes, warrants"}
    found |= {path.lever: "the scenario's shock to this lever" for path in scenario.shocks}
    found |= {policy.name: f"the policy {policy.title or policy.name}" for policy in scenario.policies}
    found |= {event.agent: "what the scenario makes befall this agent" for event in scenario.events}
    return found


def check_can_be_left_out(scenario: Scenario, left_out: str) -> None:
    """Raise CircuitError, with what there is, for what a twin cannot be without."""
    if left_out not in (allowed := what_can_be_left_out(scenario)):
        raise CircuitError(f"without {shown(left_out)}: {suggestion(left_out, tuple(allowed))}")


def scenario_without(scenario: Scenario, left_out: str) -> Scenario:
    """A scenario without one thing: a switch turned off, all deals, a shock (by its lever), a policy, or what befalls
    an agent."""
    switches = SEVERAL.get(left_out, (left_out,) if left_out in SWITCH_NAMES else ())
    if switches:
        return scenario.with_switches(**dict.fromkeys(switches, False))
    return replace(
        scenario,
        shocks=tuple(path for path in scenario.shocks if path.lever != left_out),
        policies=tuple(policy for policy in scenario.policies if policy.name != left_out),
        events=tuple(event for event in scenario.events if event.agent != left_out),
    )

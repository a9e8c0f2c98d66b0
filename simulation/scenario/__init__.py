"""What an analyst chooses: parameters, shocks and policies, and the scenarios made of them."""

from simulation.parameter import Parameter
from simulation.scenario.assignment import parse_assignment, parse_assignments
from simulation.scenario.events import AgentEvent
from simulation.scenario.levers import LEVER_DTYPE, LEVERS, Lever
from simulation.scenario.parameters import PARAMETER_DTYPE, PARAMETERS, SWITCH_NAMES, default_record
from simulation.scenario.paths import Path, Policy
from simulation.scenario.prior import draw_prior, prior_names, prior_of, prior_quantile
from simulation.scenario.scenario import Listing, Scenario, available_policies, available_scenarios, load_policy

__all__ = [
    "LEVERS",
    "LEVER_DTYPE",
    "PARAMETERS",
    "PARAMETER_DTYPE",
    "SWITCH_NAMES",
    "AgentEvent",
    "Lever",
    "Listing",
    "Parameter",
    "Path",
    "Policy",
    "Scenario",
    "available_policies",
    "available_scenarios",
    "default_record",
    "draw_prior",
    "load_policy",
    "parse_assignment",
    "parse_assignments",
    "prior_names",
    "prior_of",
    "prior_quantile",
]

"""Designs of a sensitivity study: points in the space of parameters, each an arm run with the same seeds.

Parameters move within their priors: Morris from the 5% to the 95% quantile, Sobol through the whole distribution."""

from dataclasses import replace
from typing import Any, NamedTuple

from simulation.scenario import prior_quantile

from ..common.arrays import Floats
from ..common.extras import require
from .schema import Arm, Plan, Study, line_up, parse_study, plan

LEVELS = 4
REACH = 0.9
"""Share of a parameter's prior that Morris moves it across."""
SEED_OF_DESIGN = 1


class Points(NamedTuple):
    """Points in the unit cube, one column per parameter; `block` rows belong together."""

    parameters: tuple[str, ...]
    unit: Floats
    block: int
    method: str = "morris"
    size: int = 1

    @property
    def declared(self) -> dict[str, Any]:
        """What it takes to make the same points again."""
        return {"design": self.method, "parameters": list(self.parameters), "size": self.size}


def morris_design(parameters: tuple[str, ...], trajectories: int) -> Points:
    """Trajectories that move one parameter at a time. Morris (1991), Technometrics 33."""
    from SALib.sample import morris

    unit = morris.sample(problem_of(parameters), trajectories, num_levels=LEVELS, seed=SEED_OF_DESIGN)
    return Points(parameters, (1.0 - REACH) / 2.0 + REACH * unit, len(parameters) + 1, "morris", trajectories)


def sobol_design(parameters: tuple[str, ...], points: int) -> Points:
    """Saltelli's scheme on a scrambled Sobol sequence. Saltelli et al. (2010), Comp. Physics Comm. 181."""
    from SALib.sample import sobol

    unit = sobol.sample(problem_of(parameters), points, calc_second_order=False, seed=SEED_OF_DESIGN)
    return Points(parameters, unit, len(parameters) + 2, "sobol", points)


def planned_again(varied: dict[str, Any], source: str) -> Plan:
    """The plan of a design that results say they are of. Raises `CircuitError`."""
    require("SALib", "sensitivity")
    designed = {"morris": morris_design, "sobol": sobol_design}[varied["design"]]
    return plan_of_points(parse_study(varied["study"], source), designed(tuple(varied["parameters"]), varied["size"]))


def plan_of_points(study: Study, design: Points) -> Plan:
    """Every point of a design as an arm of one study, all with the same seeds."""
    opening = plan(study, large=True)
    arm, scenario = opening.arms[-1], opening.specs[len(opening.arms) - 1].scenario
    arms, scenarios = [], {}
    for number, row in enumerate(design.unit):
        place = {name: prior_quantile(name, float(share)) for name, share in zip(design.parameters, row, strict=True)}
        point = Arm(f"point {number:05d}", arm.scenario, arm.policy, tuple(place.items()))
        arms.append(point)
        scenarios[point.name] = scenario.with_parameters(**place)
    return replace(line_up(study, arms, scenarios), varied=design.declared)


def problem_of(parameters: tuple[str, ...]) -> dict[str, Any]:
    """What SALib calls a problem: the parameters and their bounds in the unit cube."""
    return {"num_vars": len(parameters), "names": list(parameters), "bounds": [[0.0, 1.0]] * len(parameters)}

"""What each lever is for: the recorded series it is to move, and in which direction.

Said once, for `circuit policy`, `circuit signs` and the tests, by lever: a policy from a file of one's own is judged
like a shipped one. Which way a series is to go follows from the sign here and from whether its lever is raised or
lowered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from simulation.errors import CircuitError
from simulation.scenario.levers import LEVERS

if TYPE_CHECKING:
    from simulation.scenario import Path, Policy, Scenario

YEAR, TWO_YEARS, THREE_YEARS, TO_THE_END = 4, 8, 12, 400


class Target(NamedTuple):
    """A series that a lever is to move. `sign`: +1 if more of the lever means more of the series, -1 if less.

    Judged over `quarters` from the policy's start. With `less`, the distance between two series is meant. `needs` says
    what must happen before the lever does anything at all, where it does not act by itself."""

    series: str
    sign: int
    quarters: int = THREE_YEARS
    less: str = ""
    needs: str = ""

    @property
    def name(self) -> str:
        """What is judged, in words."""
        return f"{self.series} from {self.less}" if self.less else self.series

    def read(self, recorded: np.ndarray) -> npt.NDArray[np.float64]:
        """The target by quarter, from an economy's recorded series."""
        values = np.asarray(recorded[self.series], dtype=float)
        return np.abs(values - recorded[self.less]) if self.less else values


class Expected(NamedTuple):
    """A target of a policy with the direction in which the policy is to move it, +1 or -1, and its start."""

    target: Target
    direction: int
    start: int

    @property
    def window(self) -> slice:
        """The recorded quarters over which it is judged."""
        return slice(self.start - 1, self.start - 1 + self.target.quarters)


CANNOT_PAY = "an AI firm that cannot pay"
FAILED_CUSTOMER = "a customer that fails"
FALL_OF_SHARES = "a fall of AI shares"
REDEMPTIONS = "redemptions above the gate"
SHORT_OF_POWER = "a shortage of power"
TARGETS: dict[str, tuple[Target, ...]] = {
    "adoption_support": (Target("end_demand_revenue", +1, TWO_YEARS),),
    "ai_demand_regulation": (Target("end_demand_revenue", +1),),
    "bail_out": (Target("ai_failures", -1, TO_THE_END, needs=CANNOT_PAY),),
    "bank_ai_limit": (Target("bank_lending", +1, needs="banks near the limit"),),
    "bank_capital_buffer": (Target("bank_capital", +1), Target("bank_lending", -1)),
    "consolidation": (Target("ai_debt", -1),),
    # Not ai_failures: who lets compute to a failed lab gets rent from others and outlasts it; nobody is there to save.
    "contract_guarantee": (Target("ai_free_cash_flow", +1, needs=FAILED_CUSTOMER),),
    "depreciation_life": (Target("government_debt", -1, TO_THE_END),),  # written off sooner: less tax
    "export_licence": (Target("chip_revenue", +1),),
    "fed_put": (Target("policy_rate", -1, needs=FALL_OF_SHARES),),
    "foundry_subsidy": (Target("chip_supply", +1),),
    "gate": (
        Target("private_credit_gated", -1, TO_THE_END, needs=REDEMPTIONS),
        Target("private_credit_redemptions", +1, TO_THE_END, needs=REDEMPTIONS),
    ),
    "grid_investment": (Target("compute_online", +1, needs=SHORT_OF_POWER),),
    "investment_credit": (Target("ai_capex", +1),),
    "liability": (Target("lab_revenue", -1), Target("ai_capex", -1)),
    "loan_to_value_cap": (Target("ai_debt", +1),),
    "look_through": (Target("value_gap", -1, less="sober_gap"),),
    # Not dependence: contracts of the largest lab that go to all clouds make it the largest customer of more of them.
    "open_partnerships": (Target("concentration", -1),),
    "open_weights": (Target("lab_revenue", -1),),
    "permitting_lead": (Target("compute_online", -1), Target("ai_capex", -1)),
    "policy_rate": (Target("policy_rate", +1, YEAR), Target("investment", -1)),
    "power_additions": (Target("compute_online", +1),),
    # Not ai_debt: as long as investors have promised more, they pay what banks may not.
    "private_credit_leverage": (Target("private_credit_borrowed", +1), Target("bank_lending", +1)),
    "public_compute": (Target("compute_need", +1, YEAR), Target("spot_price", +1)),
    "stake_cap": (Target("circularity", +1),),
    "stimulus": (Target("real_gdp", +1, YEAR), Target("unemployment", -1, YEAR)),
    "tariff": (Target("system_price", +1), Target("compute_online", -1)),
}

"""Targets of the levers that policies move."""

SHOCK_TARGETS: dict[str, tuple[Target, ...]] = {
    "adoption_speed": (Target("adoption_count", +1, TO_THE_END), Target("end_demand_revenue", +1, TO_THE_END)),
    "bond_window": (Target("funding_debt", +1),),
    "capability_progress": (Target("capability", +1),),
    "chip_price": (Target("system_price", +1, YEAR),),
    "chip_supply": (Target("chip_supply", +1, YEAR),),
    "efficiency": (Target("ai_price", -1), Target("end_demand_revenue", +1)),
    "firm_gain": (Target("productivity", +1, TO_THE_END),),
    "foreign_demand": (Target("exports", +1, YEAR), Target("end_demand_revenue", +1, YEAR)),
    "fringe_quality": (Target("lab_revenue", -1, YEAR),),
    "household_demand": (Target("consumption", +1, YEAR), Target("unemployment", -1, YEAR)),
    "insider_selling": (Target("ai_equity", -1, YEAR),),
    "lab_price": (Target("ai_price", +1, YEAR),),
    "memory_price": (Target("system_price", +1, YEAR),),
    "patience": (Target("withdrawal", +1, TO_THE_END),),
    "sentiment": (Target("ai_equity", +1, YEAR),),
    "sovereign_money": (Target("lab_equity", +1),),
    "training_budget": (Target("training_share", +1, YEAR), Target("capability", +1, TO_THE_END)),
    "venture_appetite": (Target("lab_equity", +1),),
    "wage_tax": (Target("consumption", -1), Target("government_debt", -1, TO_THE_END)),
}
"""Targets of the others, which shocks alone move."""

EVENT_TARGETS: dict[str, tuple[Target, ...]] = {
    "failure": (Target("lab_revenue", -1),),
    "scandal": (Target("lab_revenue", -1),),
}
"""What befalls a lab."""


def expected_of(policy: Policy) -> list[Expected]:
    """All targets of a policy, each once. Raises `CircuitError` where a lever has none declared."""
    for path in policy.paths:
        if path.lever not in TARGETS:
            raise CircuitError(f"{path.lever}: no target is declared for this lever; it is a shock's, not a policy's")
    return expected_of_paths(policy.paths)


def expected_of_paths(paths: Iterable[Path]) -> list[Expected]:
    """All targets of the levers that some paths move, each once."""
    found: dict[Target, Expected] = {}
    for path in paths:
        raised = 1 if path.size > LEVERS[path.lever].neutral else -1
        for target in (TARGETS | SHOCK_TARGETS)[path.lever]:
            found.setdefault(target._replace(sign=0), Expected(target, target.sign * raised, path.start))
    return list(found.values())


def expected_of_scenario(scenario: Scenario) -> list[Expected]:
    """All targets of a scenario's shocks and events, each once."""
    events = [
        Expected(target, target.sign, event.quarter)
        for event in scenario.events
        for target in EVENT_TARGETS.get(event.kind, ())
    ]
    return expected_of_paths(scenario.shocks) + events

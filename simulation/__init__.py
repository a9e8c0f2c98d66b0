"""Circuit: an agent-based, stock-flow-consistent economy of the AI investment boom.

from simulation import Economy, Scenario
Economy(Scenario.load("baseline"), seed=1).run().outcome
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.economy import Economy
    from simulation.endings import Outcome
    from simulation.errors import CircuitError
    from simulation.plan import Phase
    from simulation.scenario import Scenario

__all__ = ["CircuitError", "Economy", "Outcome", "Phase", "Scenario"]

_HOMES = {
    "CircuitError": "simulation.errors",
    "Economy": "simulation.economy",
    "Outcome": "simulation.endings",
    "Phase": "simulation.plan",
    "Scenario": "simulation.scenario",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that the command line answers before Numba is imported."""
    if name not in _HOMES:
        raise AttributeError(f"module 'simulation' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)

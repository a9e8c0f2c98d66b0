"""Luck: switches and sizes of the disturbances, from their declarations and the stored estimates."""

from __future__ import annotations

from simulation.disturbances.declared import DISTURBANCES, Disturbance, sizes
from simulation.parameter import Parameter
from simulation.scenario.declarations.switches import switch

_WHAT = {
    "luck": "size of luck",
    "memory": "persistence of luck",
    "chance": "chance of luck",
    "reach": "part that takes effect in a quarter of luck",
}


def _shape(disturbance: Disturbance, name: str) -> Parameter:
    """A parameter that shapes a disturbance, as stored with its source; none of it is always allowed."""
    size = sizes()[name]
    meaning = f"{_WHAT[name.rsplit('_', 1)[1]]} in {disturbance.name}: {disturbance.meaning}"
    return Parameter(name, meaning, size.unit, size.value, size.low, size.high, size.source, size.status, floor=0.0)


LUCK: tuple[Parameter, ...] = (
    switch("luck", "luck of firms and markets, all of it"),
    *(switch(each.switch, f"luck in {each.name}: {each.meaning}") for each in DISTURBANCES),
    *(_shape(each, name) for each in DISTURBANCES for name in each.sizes),
)

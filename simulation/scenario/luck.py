"""Luck: switches and sizes of the disturbances, from their declarations and the stored estimates."""

from simulation.disturbances.declared import DISTURBANCES, Disturbance, sizes
from simulation.parameter import Parameter

_WHAT = {
    "luck": "size of luck",
    "memory": "persistence of luck",
    "chance": "chance of luck",
    "reach": "part that takes effect in a quarter of luck",
}


def _switch(name: str, meaning: str) -> Parameter:
    """Luck that is on (1) unless a scenario turns it off (0)."""
    return Parameter("luck", name, meaning, "switch", 1, 0, 1, "experiment", "lever")


def _shape(disturbance: Disturbance, name: str) -> Parameter:
    """A parameter that shapes a disturbance, as stored with its source; none of it is always allowed."""
    size = sizes()[name]
    meaning = f"{_WHAT[name.rsplit('_', 1)[1]]} in {disturbance.name}: {disturbance.meaning}"
    numbers = (size.value, size.low, size.high)
    return Parameter("luck", name, meaning, size.unit, *numbers, size.source, size.status, floor=0.0)


LUCK: tuple[Parameter, ...] = (
    _switch("luck", "luck of firms and markets, all of it"),
    *(_switch(each.switch, f"luck in {each.name}: {each.meaning}") for each in DISTURBANCES),
    *(_shape(each, name) for each in DISTURBANCES for name in each.sizes),
)

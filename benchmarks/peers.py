"""The peers, each run through its own public face with its defaults, logging off."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib.util import find_spec

Step = Callable[[], object]


def mesa_step(agents: int) -> Step:
    """One step of Mesa's own BoltzmannWealth example at its default density, one agent per cell."""
    from mesa.examples.basic.boltzmann_wealth_model import model as example

    side = max(round(math.sqrt(agents)), 2)
    if hasattr(example, "BoltzmannScenario"):  # Mesa 3.5 and later
        scenario = example.BoltzmannScenario(n=agents, width=side, height=side, rng=1)
        model = example.BoltzmannWealth(scenario)
    else:
        model = example.BoltzmannWealth(n=agents, width=side, height=side, seed=1)
    step: Step = model.step
    return step


def has_bamengine() -> bool:
    """Whether the extra `bench` is installed."""
    return find_spec("bamengine") is not None


def bamengine_step(agents: int) -> Step:
    """One period of bamengine's baseline: five households to a firm, as in its defaults."""
    import bamengine

    firms, banks = agents // 6, max(agents // 600, 1)
    economy = bamengine.Simulation.init(
        n_firms=firms,
        n_households=agents - firms - banks,
        n_banks=banks,
        seed=1,
        logging={"default_level": "CRITICAL"},
    )
    step: Step = economy.step
    return step

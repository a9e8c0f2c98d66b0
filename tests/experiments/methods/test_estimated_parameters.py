"""No parameter is called estimated unless code of this project has estimated it."""

from __future__ import annotations

from experiments.methods import luck_sizes, ordinary_cycle
from simulation.disturbances.declared import sizes
from simulation.scenario import PARAMETERS

BY_CYCLE = "python -m experiments.methods.ordinary_cycle"


def test_every_estimated_parameter_names_code_that_has_found_its_default() -> None:
    found = ordinary_cycle.stored()["parameters"]
    for name, each in PARAMETERS.items():
        if each.status != "estimated":
            continue
        if each.source == BY_CYCLE:
            assert each.default == found[name]
        else:
            assert each.source.startswith(luck_sizes.SOURCE), f"{name}: estimated by what?"
            assert each.default == sizes()[name].value
            assert sizes()[name].n > 0


def test_what_code_has_estimated_is_called_so() -> None:
    told = {name for name, each in PARAMETERS.items() if each.status == "estimated"}
    assert told == set(ordinary_cycle.stored()["parameters"]) | {each.parameter for each in sizes().values() if each.n}

"""No parameter is called estimated unless code of this project has estimated it."""

from __future__ import annotations

from experiments.methods import investors, luck_sizes, ordinary_cycle
from simulation.disturbances.declared import sizes
from simulation.scenario import PARAMETERS

STORED = {
    f"python -m experiments.methods.{module}": found.stored()["parameters"]
    for module, found in (("ordinary_cycle", ordinary_cycle), ("investors", investors))
}
"""What code has stored, by the command that finds it."""


def test_every_estimated_parameter_names_code_that_has_found_its_default() -> None:
    for name, each in PARAMETERS.items():
        if each.status != "estimated":
            continue
        if each.source in STORED:
            assert each.default == STORED[each.source][name]
        else:
            assert each.source.startswith(luck_sizes.SOURCE), f"{name}: estimated by what?"
            assert each.default == sizes()[name].value
            assert sizes()[name].n > 0


def test_what_code_has_estimated_is_called_so() -> None:
    told = {name for name, each in PARAMETERS.items() if each.status == "estimated"}
    assert told == set().union(*STORED.values()) | {each.parameter for each in sizes().values() if each.n}

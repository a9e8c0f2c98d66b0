"""What is compiled ahead is what a run then takes from the disk."""

from __future__ import annotations

import numba

from experiments.batch import compiling
from simulation import Economy


def test_rules_are_compiled_for_the_types_that_an_economy_calls_them_with() -> None:
    economy = Economy(firms=10, quarters=12)
    assert compiling._types() == tuple(numba.typeof(part) for part in economy.state)


def test_every_rule_of_the_quarter_is_compiled_once() -> None:
    economy = Economy(firms=10, quarters=12)
    steps = {step for phase in economy.plan for step in phase.steps}
    rules = compiling._rules()
    assert steps < set(rules)
    assert len(rules) == len(set(rules))

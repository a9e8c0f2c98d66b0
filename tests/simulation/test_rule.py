"""Rules run compiled or as plain Python, on the same records, and compiled code is never stale."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np

from simulation.rule import COMPILED, live, record, rule, sequence

PURSE = record(cash="f8", spent=("f8", (2,)))


@rule
def spend(purse, amount):
    """Spend what is there."""
    paid = min(amount, purse.cash)
    purse.cash -= paid
    purse.spent[1] += paid
    return paid


@rule
def spend_one(purses, _second, _third):
    spend(purses[0], 1.0)


@rule
def double(purses, _second, _third):
    purses[0].cash *= 2.0


def test_a_sequence_takes_its_rules_in_order() -> None:
    purses = live(np.zeros(1, PURSE))
    purses["cash"] = 5.0
    sequence("spend_then_double", [spend_one, double])(purses, 0, 0)
    assert purses["cash"][0] == 8.0
    sequence("double_then_spend", [double, spend_one])(purses, 0, 0)
    assert purses["cash"][0] == 15.0


@rule
def ratio(purse, divisor):
    return purse.cash / divisor


def test_a_rule_writes_the_record_it_is_given() -> None:
    purses = live(np.zeros(2, PURSE))
    purses["cash"] = [3.0, 8.0]
    assert spend(purses[1], 5.0) == 5.0
    assert spend(purses[0], 5.0) == 3.0
    assert purses["cash"].tolist() == [0.0, 3.0]
    assert purses["spent"].tolist() == [[0.0, 3.0], [0.0, 5.0]]


def test_a_live_view_is_the_state_itself() -> None:
    purses = np.zeros(2, PURSE)
    spend(live(purses)[0], -4.0)
    assert purses["cash"].tolist() == [4.0, 0.0]


def test_division_by_nothing_gives_what_the_audit_can_see() -> None:
    purses = live(np.zeros(1, PURSE))
    purses["cash"] = 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isinf(ratio(purses[0], np.float64(0.0)))
        purses["cash"] = 0.0
        assert np.isnan(ratio(purses[0], np.float64(0.0)))


def test_rules_are_plain_functions_without_the_compiler() -> None:
    code = (
        "import sys; from simulation.rule import rule, COMPILED\n"
        "def f(): return 1\n"
        "assert rule(f) is f and not COMPILED and 'numba' not in sys.modules"
    )
    environment = {**os.environ, "CIRCUIT_JIT": "0"}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


def test_rules_are_compiled_without_python_objects_exactly_when_the_compiler_is_on() -> None:
    spend(live(np.zeros(1, PURSE))[0], 1.0)
    signatures = getattr(spend, "nopython_signatures", [])
    assert bool(signatures) == COMPILED

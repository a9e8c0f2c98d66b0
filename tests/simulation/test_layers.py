"""The house of `simulation`: rooms that use those below them, and modules that never use each other in a circle."""

from __future__ import annotations

from tests.experiments.test_layers import ROOT, circle, imports_in, modules, upward

ROOMS = (
    "errors",
    "tables",  # facts that lie beside a module
    "dates",  # quarters, and the openings of record
    "rule_cache",
    "rule",  # scalar rules, compiled
    "recent",  # what was made last, kept
    "registry",  # who there is, and in which column of the books
    "randomness",
    "chronicle",  # what rules tell of a quarter
    "series",
    "parameter",
    "books",  # the only verbs that move money, and the audit
    "disturbances",  # luck
    "scenario",  # what an experiment sets
    "showing",  # numbers in a notebook
    "agents",  # what each kind decides
    "obligations",  # what agents owe one another
    "state",  # one record for everybody
    "public_policy",
    "monetary_policy",
    "valuation",
    "technology",
    "credit",
    "investment",
    "markets",
    "distress",  # who cannot pay, and what follows
    "deals",  # stakes, warrants, commitments, vehicles
    "incomes",
    "measurement",  # what is read of a quarter when it is over
    "event_log",  # and told
    "plan",  # the quarter, line by line
    "vintages",  # openings
    "twins",
    "endings",
    "views",  # what can be read of an economy
    "state_file",
    "continuing",  # copies, saved states, twins
    "economy",  # a run
    "mesa_model",
)
"""From the lowest to the highest. A new folder or file of `simulation` takes its place here."""


def test_every_module_of_the_simulation_lives_in_a_declared_room() -> None:
    assert {name.split(".")[1] for name in modules(ROOT, "simulation") if "." in name} == set(ROOMS)


def test_no_room_uses_a_higher_one() -> None:
    assert upward(imports_in(ROOT, "simulation"), ROOMS) == []


def test_no_modules_of_the_simulation_use_each_other_in_a_circle() -> None:
    assert circle(imports_in(ROOT, "simulation")) == []

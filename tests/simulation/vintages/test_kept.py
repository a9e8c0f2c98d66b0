"""What openings of a vintage share is kept; an opening that uses it is the one made from scratch, to the byte."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

import simulation.vintages
from simulation import Scenario
from simulation.dates import VINTAGES
from simulation.scenario import PARAMETERS, draw_prior
from simulation.scenario.parameters import record
from simulation.vintages.builder import open_economy
from simulation.vintages.facts import Facts
from simulation.vintages.finished import finished_opening
from simulation.vintages.opening import Opening

LEVERS = Scenario.load("baseline").lever_table(1)[:1]
MODULES = [
    importlib.import_module(f"simulation.vintages.{module.name}")
    for module in pkgutil.iter_modules(simulation.vintages.__path__)
]


def kept() -> dict[str, Callable[..., Any]]:
    """Every function of the openings that keeps what it has found, by name."""
    return {
        f"{module.__name__}.{name}": function
        for module in MODULES
        for name, function in vars(module).items()
        if hasattr(function, "cache_clear") and function.__module__ == module.__name__
    }


def forget() -> None:
    for function in kept().values():
        function.cache_clear()  # type: ignore[attr-defined]


def contents(opening: Opening) -> tuple[bytes, bytes, list[tuple[str, float]]]:
    return opening.world.tobytes(), opening.firms.tobytes(), list(opening.residuals.items())


def moved(name: str, share: float) -> float:
    """A value of a parameter within what a scenario may set, whole where the default is on or off."""
    parameter = PARAMETERS[name]
    if parameter.is_switch:
        return 1.0 - parameter.default
    value = parameter.lowest + share * (parameter.highest - parameter.lowest)
    return float(round(value)) if parameter.unit == "quarters" else value


@given(
    vintage=some.sampled_from(sorted(VINTAGES)),
    draw=some.integers(0, 2**31),
    changes=some.dictionaries(some.sampled_from(sorted(PARAMETERS)), some.floats(0.0, 1.0), max_size=4),
    seed=some.integers(1, 10**6),
    firms=some.integers(10, 60),
)
def test_an_opening_after_others_is_the_one_made_from_scratch(
    vintage: str, draw: int, changes: dict[str, float], seed: int, firms: int
) -> None:
    """Whatever parameters, seed and number of firms: nothing of another opening is in it."""
    values = draw_prior(draw) | {name: moved(name, share) for name, share in changes.items()}
    after_others = contents(open_economy(vintage, record(values), seed, firms))
    forget()
    assert contents(open_economy(vintage, record(values), seed, firms)) == after_others


def test_a_parameter_changed_between_two_openings_is_in_the_second() -> None:
    """Each parameter alone: the opening of the economy it is changed in is made anew, and holds its value."""
    for name in PARAMETERS:
        values = {name: moved(name, 0.9)}
        after_others = finished_opening("2024Q4", record(values), LEVERS, seed=1, firms=10)
        assert after_others.w["parameters"][name] == after_others.p[name] == values[name], name


@pytest.mark.parametrize("name", ["firm_share", "take_or_pay_quarters"])
def test_parameters_of_deals_of_record_are_in_their_register(name: str) -> None:
    """The register is kept with what is known of each deal; what parameters say of it is not."""
    registers = [
        open_economy("2024Q4", record({name: moved(name, share)}), seed=1, firms=10).w["deals"]["deals"]
        for share in (0.2, 0.8, 0.2)
    ]
    assert registers[0].tobytes() == registers[2].tobytes() != registers[1].tobytes()


def test_what_is_kept_of_a_vintage_depends_on_nothing_else() -> None:
    """None of the kept functions is given an opening, its parameters or its seed, so that none can depend on them."""
    names = kept()
    assert "simulation.vintages.deals_opening._of_record" in names
    for name, function in names.items():
        given_to = function.__wrapped__.__code__.co_varnames[: function.__wrapped__.__code__.co_argcount]  # type: ignore[attr-defined]
        assert not {"opening", "parameters", "p", "seed", "firms", "w", "world"} & set(given_to), name


@pytest.mark.parametrize("vintage", sorted(VINTAGES))
def test_nobody_can_write_to_what_is_kept(vintage: str) -> None:
    open_economy(vintage, record({}), seed=1, firms=10)
    facts = Facts.load(vintage)
    given_to = {(): [()], ("vintage",): [(vintage,)], ("facts",): [(facts,)]}
    arrays = [
        part
        for function in kept().values()
        for arguments in given_to.get(
            function.__wrapped__.__code__.co_varnames[: function.__wrapped__.__code__.co_argcount], []
        )  # type: ignore[attr-defined]
        for found in [function(*arguments)]
        for part in (found if isinstance(found, tuple) else (found,))
        if isinstance(part, np.ndarray)
    ]
    assert len(arrays) >= 8
    assert not any(array.flags.writeable for array in arrays)

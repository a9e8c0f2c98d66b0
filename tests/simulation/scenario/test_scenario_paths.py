"""Shocks and policies are levels that start when they say and never compound."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.errors import CircuitError
from simulation.scenario import LEVERS, Path, Policy, Scenario
from simulation.scenario.levers import Lever
from simulation.scenario.paths import lever_table


def neutral_table(quarters: int) -> Any:
    return lever_table((), quarters)


@st.composite
def any_path(draw: st.DrawFn) -> Path:
    lever = LEVERS[draw(st.sampled_from(sorted(LEVERS)))]
    shape = draw(st.sampled_from(["step", "ramp", "fade", "once"]))
    lengths = {"step": st.none() | st.integers(1, 40), "once": st.none()}
    return Path(
        lever=lever.name,
        start=draw(st.integers(1, 40)),
        size=draw(st.floats(lever.low, lever.high)),
        quarters=draw(lengths.get(shape, st.integers(1, 40))),
        shape=shape,  # type: ignore[arg-type]
    )


@given(any_path())
def test_a_path_leaves_every_quarter_before_its_start_and_every_other_lever_neutral(path: Path) -> None:
    table, untouched = lever_table((path,), 60), neutral_table(60)
    assert np.array_equal(table[: path.start], untouched[: path.start])
    others = [name for name in LEVERS if name != path.lever]
    assert np.array_equal(table[others], untouched[others])


@given(any_path())
def test_a_path_stays_between_neutral_and_its_size(path: Path) -> None:
    neutral = LEVERS[path.lever].neutral
    levels = lever_table((path,), 60)[path.lever]
    tolerance = 1e-12 * max(1.0, abs(path.size))
    assert levels.min() >= min(neutral, path.size) - tolerance
    assert levels.max() <= max(neutral, path.size) + tolerance


@given(st.lists(any_path(), max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_shocks_are_written_makes_no_difference(paths: list[Path], random: Any) -> None:
    shuffled = random.sample(paths, len(paths))
    assert lever_table(shuffled, 60).tobytes() == lever_table(paths, 60).tobytes()


def test_a_permanent_shock_is_a_level_that_does_not_compound() -> None:
    levels = lever_table((Path("efficiency", 3, 1.0),), 40)["efficiency"]
    assert list(levels[:3]) == [0, 0, 0]
    assert set(levels[3:]) == {1.0}


def test_a_step_ends_after_its_quarters() -> None:
    levels = lever_table((Path("chip_supply", 2, 0.6, quarters=3),), 7)["chip_supply"]
    assert list(levels) == pytest.approx([1, 1, 0.6, 0.6, 0.6, 1, 1, 1])


def test_once_acts_once() -> None:
    levels = lever_table((Path("sentiment", 4, -0.3, shape="once"),), 40)["sentiment"]
    assert levels[4] == -0.3
    assert np.count_nonzero(levels) == 1


def test_a_ramp_reaches_its_size_in_its_last_quarter_and_stays() -> None:
    levels = lever_table((Path("tariff", 2, 0.2, quarters=4, shape="ramp"),), 8)["tariff"]
    assert list(levels) == pytest.approx([0, 0, 0.05, 0.1, 0.15, 0.2, 0.2, 0.2, 0.2])


def test_a_fade_starts_in_full_and_is_gone_after_its_quarters() -> None:
    levels = lever_table((Path("stimulus", 2, 0.04, quarters=4, shape="fade"),), 7)["stimulus"]
    assert list(levels) == pytest.approx([0, 0, 0.04, 0.03, 0.02, 0.01, 0, 0])


def test_paths_of_one_lever_add_up_or_multiply_as_the_lever_says() -> None:
    rates = lever_table((Path("policy_rate", 1, 0.01), Path("policy_rate", 3, -0.03)), 4)["policy_rate"]
    chips = lever_table((Path("chip_supply", 1, 0.5), Path("chip_supply", 3, 0.4)), 4)["chip_supply"]
    assert list(rates) == pytest.approx([0, 0.01, 0.01, -0.02, -0.02])
    assert list(chips) == pytest.approx([1, 0.5, 0.5, 0.2, 0.2])


def test_a_policy_moved_in_time_keeps_its_shape() -> None:
    policy = Policy("put", "Put", "", (Path("fed_put", 3, 0.05), Path("tariff", 5, 0.1, 4, "ramp")))
    moved = policy.starting(9)
    assert [path.start for path in moved.paths] == [9, 11]
    assert [path.size for path in moved.paths] == [0.05, 0.1]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"lever": "chip_suply"}, "lever: unknown lever 'chip_suply'; nearest: \"chip_supply\""),
        ({"lever": ["chip_supply"]}, "lever: unknown lever an array;"),
        ({"start": 0}, "start: must be a whole number from 1 to 400 (quarter), not 0"),
        ({"start": 2.5}, "start: must be a whole number"),
        ({"start": True}, "start: must be a whole number"),
        ({"quarters": -3}, "quarters: must be a whole number from 1 to 400 (quarters), not -3"),
        ({"size": math.nan}, "size: of chip_supply must be a number from 0 to 2 (ratio), not nan"),
        ({"size": 2.01}, "size: of chip_supply must be a number from 0 to 2 (ratio), not 2.01"),
        ({"size": "0.5"}, "size: of chip_supply must be a number"),
        ({"shape": "bump"}, "shape: must be one of step, ramp, fade, once, not 'bump'"),
        ({"shape": "ramp"}, "quarters: is missing: a ramp takes 1 to 400 quarters"),
        ({"shape": "fade"}, "quarters: is missing: a fade takes"),
        ({"shape": "once", "quarters": 4}, "quarters: must be left out, not 4"),
    ],
)
def test_a_path_that_cannot_be_says_why(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(CircuitError) as error:
        Path(**{"lever": "chip_supply", "start": 5, "size": 0.5, **fields})
    assert len(error.value.errors) == 1
    assert error.value.errors[0].startswith(told)


def test_all_errors_of_a_path_come_at_once() -> None:
    with pytest.raises(CircuitError) as error:
        Path("tariff", start=-1, size=9, quarters=0, shape="jump")  # type: ignore[arg-type]
    assert [line.split(":")[0] for line in error.value.errors] == ["size", "start", "quarters", "shape"]


def test_shocks_that_together_leave_a_levers_range_are_refused() -> None:
    early = Path("investment_credit", 1, 0.3)
    late = Path("investment_credit", 7, 0.3, quarters=2)
    with pytest.raises(CircuitError, match=r"investment_credit: .* 0.6 in quarter 7; allowed: 0 to 0.5"):
        Scenario().with_shocks(early, late)


@given(any_path())
def test_a_numpy_or_integer_size_means_the_same_path(path: Path) -> None:
    again = Path(path.lever, path.start, np.float64(path.size), path.quarters, path.shape)
    assert again == path
    assert hash(again) == hash(path)


@pytest.mark.parametrize("lever", LEVERS.values(), ids=list(LEVERS))
def test_a_lever_may_be_put_at_either_of_its_declared_bounds(lever: Lever) -> None:
    for size in (lever.low, lever.high):
        scenario = Scenario.load("baseline").with_shocks(Path(lever.name, 2, size))
        assert scenario.lever_table(4)[lever.name][2:] == pytest.approx(size, abs=0.0)

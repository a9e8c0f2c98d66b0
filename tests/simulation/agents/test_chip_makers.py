"""Chip makers: scarcity sets the margin, orders due the growth of supply."""

from __future__ import annotations

import pytest

from simulation.agents.chip_makers import CHIP_MAKER, build_supply, gross_margin, supply_growth
from tests.simulation.agents.records import given, one

MARGIN = {
    "chip_margin": 0.70,
    "chip_margin_exponent": 0.3,
    "chip_tightness_floor": 0.6,
    "chip_tightness_ceiling": 1.4,
}
SUPPLY = {"chip_supply_response": 0.5, "chip_supply_growth_cap": 0.25, "chip_supply_shrink": 0.03}


@pytest.mark.parametrize(("scarcity", "margin"), [(1.0, 0.7), (1.4, 0.774344), (9.0, 0.774344), (0.1, 0.600543)])
def test_scarcity_widens_the_margin_within_bounds(scarcity: float, margin: float) -> None:
    assert gross_margin(scarcity, given(**MARGIN)) == pytest.approx(margin, rel=1e-5)


@pytest.mark.parametrize(
    ("due_over_supply", "growth"), [(1.2, 0.1), (1.5, 0.25), (4.0, 0.25), (1.0, 0.0), (0.98, -0.01), (0.2, -0.03)]
)
def test_supply_follows_half_of_what_waits_up_to_a_cap_and_shrinks_slowly(
    due_over_supply: float, growth: float
) -> None:
    assert supply_growth(due_over_supply, given(**SUPPLY)) == pytest.approx(growth)


def test_new_supply_ships_as_many_quarters_later_as_it_takes_to_build() -> None:
    maker = one(CHIP_MAKER, supply=100.0)
    p = given(chip_supply_lag=3.0, **SUPPLY)
    supplies = []
    for due in (120.0, 110.0, 110.0, 110.0, 110.0):
        build_supply(maker[0], due, 1.0, 0.0, p)
        supplies.append(float(maker["supply"][0]))
    assert supplies == pytest.approx([100.0, 100.0, 100.0, 110.0, 110.0])


def test_supply_under_way_counts_before_more_is_set_in_train() -> None:
    maker = one(CHIP_MAKER, supply=100.0)
    p = given(chip_supply_lag=3.0, **SUPPLY)
    build_supply(maker[0], 120.0, 1.0, 0.0, p)
    build_supply(maker[0], 110.0, 1.0, 0.0, p)
    assert maker["supply_coming"][0] == pytest.approx([0.0, 0.1, 0.0, 0.0])


def test_plant_is_not_built_for_chips_that_may_not_be_made() -> None:
    maker = one(CHIP_MAKER, supply=100.0)
    build_supply(maker[0], 120.0, 0.0, 0.0, given(chip_supply_lag=3.0, **SUPPLY))
    assert maker["supply_coming"][0].max() == 0.0


def test_the_margin_has_a_ceiling_below_the_price() -> None:
    assert gross_margin(9.0, given(**MARGIN | {"chip_margin": 0.78, "chip_margin_ceiling": 0.8})) == 0.8

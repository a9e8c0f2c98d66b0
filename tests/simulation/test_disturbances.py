"""The luck of firms and markets: declared once, keyed, switchable, open to what is inferred, and without drift."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation import CircuitError, Economy, Scenario
from simulation.disturbances.declared import DISTURBANCE_NAMES, DISTURBANCES, sizes
from simulation.disturbances.given import SLOT_OF, Disturbances, columns_of
from simulation.disturbances.process import SLOTS, mean_of_shock, shock_of
from simulation.randomness import normal_quantile
from simulation.scenario import PARAMETERS

BASELINE = Scenario.load("baseline")
CALM = BASELINE.with_switches(withdrawal=False, price_noise=False, macro_noise=False)
QUARTERS = 4
NORMALS = np.array([normal_quantile((k + 0.5) / 20_000) for k in range(20_000)])


def economy(
    scenario: Scenario = BASELINE, disturbances: Disturbances | None = None, seed: int = 3, quarters: int = QUARTERS
) -> Economy:
    return Economy(scenario, seed=seed, quarters=quarters, firms=30, keep_books=False, disturbances=disturbances).run()


@cache
def struck(name: str, agent: str, innovation: float, quarters: int = QUARTERS) -> Economy:
    """A calm economy in which nobody has luck but one agent, in the first quarter."""
    given_luck = Disturbances.none(quarters).innovations.copy()
    given_luck[0, SLOT_OF[name, agent]] = innovation
    return economy(CALM, Disturbances(given_luck), quarters=quarters)


def better_off(name: str, agent: str, series: str, quarter: int = 1, by: float = 2.0) -> float:
    """Log change of a series from good luck in the first quarter against no luck."""
    with_luck, without = struck(name, agent, by).series[series], struck(name, agent, 0.0).series[series]
    return float(np.log(with_luck[quarter - 1] / without[quarter - 1]))


def test_every_disturbance_has_a_switch_stored_sizes_and_agents_of_its_own() -> None:
    for each in DISTURBANCES:
        assert PARAMETERS[each.switch].is_switch
        assert all(PARAMETERS[name].default == sizes()[name].value for name in each.sizes)
        assert len(set(each.agents)) == len(each.agents)
    assert {name for each in DISTURBANCES for name in each.sizes} == set(sizes())


def test_without_luck_sizes_and_single_switches_make_no_difference() -> None:
    off = BASELINE.with_switches(luck=False)
    each_off = BASELINE.with_switches(**{each.switch: False for each in DISTURBANCES})
    larger = off.with_parameters(plans_luck=0.1, chips_luck_memory=0.6)
    assert economy(off).series.tobytes() == economy(each_off).series.tobytes() == economy(larger).series.tobytes()


def test_without_luck_given_innovations_make_no_difference() -> None:
    off = BASELINE.with_switches(luck=False)
    anything = Disturbances(np.full((QUARTERS, len(SLOTS)), 1.5))
    assert economy(off, anything).series.tobytes() == economy(off).series.tobytes()


@pytest.mark.parametrize("name", DISTURBANCE_NAMES)
def test_switching_one_off_changes_nobody_elses_luck(name: str) -> None:
    without = economy(BASELINE.with_switches(**{f"luck_in_{name}": False}), quarters=2).innovations
    others = ~columns_of([name])
    assert np.array_equal(without[:, others], economy(quarters=2).innovations[:, others])
    assert not without[:, columns_of([name])].any()


def test_innovations_of_a_run_given_to_another_seed_of_it_are_had_again() -> None:
    drawn = economy(seed=3)
    again = economy(seed=3, disturbances=Disturbances(drawn.innovations))
    assert again.series.tobytes() == drawn.series.tobytes()
    elsewhere = economy(seed=4, disturbances=Disturbances(drawn.innovations))
    assert np.array_equal(elsewhere.innovations, drawn.innovations)


def test_what_is_not_given_is_drawn_as_if_nothing_were() -> None:
    given_luck = Disturbances.of({("plans", "Microsoft"): [1.0, np.nan, 0.5]})
    drawn, mixed = economy().innovations, economy(disturbances=given_luck).innovations
    place = SLOT_OF["plans", "Microsoft"]
    assert mixed[0, place] == 1.0
    assert mixed[2, place] == 0.5
    drawn[[0, 2], place] = mixed[[0, 2], place]
    assert np.array_equal(mixed, drawn)


def test_no_two_agents_share_their_luck() -> None:
    innovations = economy(quarters=1).innovations[0]
    for name in DISTURBANCE_NAMES:
        own = innovations[columns_of([name])]
        assert len(set(own)) == len(own)


@given(st.floats(0.0, 0.6), st.floats(0.0, 1.0))
def test_noise_of_any_size_leaves_the_mean_factor_at_one(size: float, weight: float) -> None:
    factor = np.exp(weight * np.array([shock_of(z, size, 0.0, False) for z in NORMALS[::20]]))
    assert factor.mean() == pytest.approx(np.exp(mean_of_shock(weight, size, 0.0, False, True)), rel=0.01)


@given(st.floats(0.01, 0.3), st.floats(0.05, 0.9), st.floats(0.0, 1.0))
def test_jumps_of_any_size_leave_the_mean_at_one_or_zero(size: float, chance: float, weight: float) -> None:
    jumps = np.array([shock_of(z, size, chance, True) for z in NORMALS[::20]])
    assert (jumps >= 0.0).all()
    assert (jumps > 0.0).mean() == pytest.approx(chance, abs=0.002)
    factor = np.exp(weight * jumps).mean()
    assert factor == pytest.approx(np.exp(mean_of_shock(weight, size, chance, True, True)), rel=0.01)
    assert weight * jumps.mean() == pytest.approx(mean_of_shock(weight, size, chance, True, False), abs=0.003)


def test_a_larger_innovation_is_never_a_smaller_jump() -> None:
    jumps = [shock_of(z, 0.3, 0.25, True) for z in NORMALS[::50]]
    assert jumps == sorted(jumps)


def test_a_better_model_wins_its_lab_customers() -> None:
    before, after = (struck("releases", "Anthropic", z, 3).kinds["labs"]["market_share"] for z in (0.0, 2.0))
    assert after[1] > 1.05 * before[1]
    assert (after[[0, 2, 3, 4]] < before[[0, 2, 3, 4]]).all()


def test_a_new_use_sells_more_ai() -> None:
    assert better_off("uses", "economy", "end_demand_revenue") > 0.05


def test_conviction_moves_the_whole_capital_plan_of_who_has_it_by_its_size() -> None:
    more = np.exp(2.0 * PARAMETERS["plans_luck"].default)
    before, after = (struck("plans", "Meta", z, 1).kinds["clouds"]["orders"] for z in (0.0, 2.0))
    assert after[3] == pytest.approx(more * before[3], rel=1e-6)
    assert after[:3] == pytest.approx(before[:3], rel=0.01)
    before, after = (struck("plans", "Meta", z, 2).kinds["clouds"]["other_capex"] for z in (0.0, 2.0))
    assert after[3] == pytest.approx(more * before[3], rel=0.01), "what is built in a quarter was planned before it"
    assert after[:3] == pytest.approx(before[:3], rel=0.01)


def test_early_bills_raise_capital_expenditure_of_who_gets_them() -> None:
    before, after = (struck("building", "Amazon", z, 1).kinds["clouds"]["capex"] for z in (0.0, 2.0))
    assert after[2] > 1.05 * before[2]
    assert np.array_equal(after[:2], before[:2])


def test_a_good_yield_ships_more_chips_and_a_bad_one_fewer() -> None:
    size = PARAMETERS["chips_luck"].default
    assert better_off("chips", "Nvidia", "nvidia_revenue") == pytest.approx(2.0 * size - 0.5 * size**2, abs=0.03)
    assert better_off("chips", "Nvidia", "nvidia_revenue", by=-2.0) < -size


def test_a_squeeze_raises_the_spot_rent() -> None:
    assert better_off("rents", "economy", "spot_price") > 0.1


def test_core_luck_is_cash_in_hand_and_no_revenue() -> None:
    without, fortunate = (struck("core", "Alphabet", z, 1).kinds["clouds"][1] for z in (0.0, 1.0))
    assert fortunate["operating_cash_flow"] > 1.05 * without["operating_cash_flow"]
    assert fortunate["core_revenue"] == without["core_revenue"]


def test_a_single_share_rises_alone() -> None:
    before, after = (struck("shares", "AMD", z, 1).state[0][0]["ledger"]["price"][:14] for z in (0.0, 1.0))
    size = PARAMETERS["shares_luck"].default
    assert np.log(after[1] / before[1]) == pytest.approx(size, abs=0.01)
    assert after[[0, 2, 3]] == pytest.approx(before[[0, 2, 3]])


def test_the_central_bank_may_depart_from_its_rule() -> None:
    before, after = (struck("policy", "economy", z, 1).series["policy_rate"][0] for z in (0.0, 1.0))
    assert after - before == pytest.approx(PARAMETERS["policy_luck"].default)


def test_closed_windows_leave_labs_with_less_money_and_debt_dearer() -> None:
    from simulation.credit.lenders import borrowing_rate
    from simulation.markets.rounds import venture_appetite

    before, after = (struck("funding", "economy", z, 1).state[0] for z in (0.0, -2.0))
    assert venture_appetite(after) < 0.9 * venture_appetite(before)
    assert borrowing_rate(after[0], 0.02) > borrowing_rate(before[0], 0.02)


@pytest.mark.parametrize(
    "malformed",
    [np.zeros((2, 3)), np.zeros(len(SLOTS)), np.full((1, len(SLOTS)), np.inf)],
    ids=["too few columns", "no rows", "infinite"],
)
def test_innovations_of_a_wrong_form_are_refused(malformed: np.ndarray) -> None:
    with pytest.raises(CircuitError, match="innovations"):
        Disturbances(malformed)


def test_unknown_luck_and_agents_it_cannot_strike_are_named_with_what_is_allowed() -> None:
    with pytest.raises(CircuitError, match="choose from releases, uses"):
        Disturbances.of({("weather", "Meta"): [1.0]})
    with pytest.raises(CircuitError, match="choose from OpenAI"):
        Disturbances.of({("releases", "Meta"): [1.0]})
    with pytest.raises(CircuitError, match="choose from releases"):
        Disturbances.none(4, ["weather"])

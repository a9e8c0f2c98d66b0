"""Counterfactual twins: the same luck, told apart in one thing from one quarter on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.errors import CircuitError
from simulation.investment.standstill import part_of_level
from simulation.scenario.events import AgentEvent

BASELINE = Scenario.load("baseline")
QUARTERS, FIRMS = 16, 30


def run_of(scenario: Scenario = BASELINE, **choices: Any) -> Economy:
    return Economy(scenario, **{"seed": 3, "quarters": QUARTERS, "firms": FIRMS, "keep_books": False} | choices).run()


@pytest.mark.parametrize("vintage", ["2022Q4", "2024Q4"])
@pytest.mark.parametrize("start", [0, 6])
def test_in_the_macro_twin_real_investment_stays_where_it_was(vintage: str, start: int) -> None:
    run = run_of(vintage=vintage)
    twin = run.twin("boom", start)
    assert twin.series[:start].tobytes() == run.series[:start].tobytes()
    level = float(twin.state[0][0]["market"]["held_capex"])
    # Luck of makers and builders, which both have, moves single quarters; on average nothing is missing.
    held = twin.series["ai_capex_real"][start + 1 :]
    assert held.max() < 1.15 * level
    assert np.median(held) == pytest.approx(level, rel=0.1)


@pytest.mark.parametrize("spends", [True, False])
def test_owners_share_the_held_level_among_them_after_a_quarter_in_which_nobody_spent(spends: bool) -> None:
    world = run_of(quarters=2).state[0][0]
    owners = [*world["clouds"], *world["other_buyers"]]
    world["market"]["held_capex"], world["market"]["capex"] = 50.0, 0.0
    if not spends:
        world["clouds"]["ai_capex"] = world["other_buyers"]["ai_capex"] = 0.0
    level = 50.0 * float(world["macro"]["price_level"])
    assert sum(float(part_of_level(world, owner)) for owner in owners) == pytest.approx(level)


def test_in_the_macro_twin_ai_shares_carry_no_news() -> None:
    twin = run_of().twin("boom")
    growth = np.diff(np.log(twin.series["ai_equity"]))
    assert growth == pytest.approx(np.full(len(growth), growth.mean()), abs=0.004)
    assert 0.005 < growth.mean() < 0.02
    assert twin.series["withdrawal"].max() == 0.0


def test_the_books_of_the_macro_twin_add_up() -> None:
    assert run_of(quarters=40).macro_twin.residuals["residual"].max() <= 1e-9


def test_a_boom_that_stops_at_the_opening_opens_as_if_it_went_on() -> None:
    stopped = run_of(BASELINE.with_switches(boom=False))
    assert stopped.series.tobytes() == run_of().macro_twin.series.tobytes()


def test_an_economy_without_boom_is_its_own_macro_twin() -> None:
    for switch in ("boom", "ai"):
        run = run_of(BASELINE.with_switches(**{switch: False}), quarters=4)
        assert run.macro_twin is run


def test_a_twin_without_a_switch_is_the_economy_with_the_switch_turned_off_at_the_opening() -> None:
    twin = run_of().twin("withdrawal")
    opened = Economy(BASELINE, seed=3, quarters=QUARTERS, firms=FIRMS, keep_books=False)
    assert twin.series.tobytes() == opened.fork(BASELINE.with_switches(withdrawal=False)).run().series.tobytes()


def test_a_twin_without_ai_never_had_it() -> None:
    twin = run_of().twin("ai")
    assert twin.series["ai_capex"].max() == 0.0
    with pytest.raises(CircuitError, match="without AI never had it"):
        run_of().twin("ai", start=3)


def test_a_shock_a_policy_and_an_event_can_be_left_out() -> None:
    scenario = Scenario.load("late-chips").with_policy("stimulus").with_events(AgentEvent("OpenAI", "fine", 5, 30.0))
    run = run_of(scenario)
    for left_out in ("chip_supply", "stimulus", "OpenAI", "deals"):
        twin = run.twin(left_out)
        assert twin.series["real_gdp"][-1] != run.series["real_gdp"][-1]
    assert "fine" not in set(run.twin("OpenAI").events["event"])
    assert run.twin("chip_supply").series[:4].tobytes() == run.series[:4].tobytes()
    with pytest.raises(CircuitError, match="without 'chip_suply': nearest: \"chip_supply\""):
        run.twin("chip_suply")


def test_a_twin_from_a_quarter_is_the_same_before_it() -> None:
    run = run_of()
    twin = run.twin("withdrawal", start=8)
    assert twin.series[:8].tobytes() == run.series[:8].tobytes()
    assert twin.quarter == run.quarter
    with pytest.raises(CircuitError, match="has been simulated to 16"):
        run.twin("withdrawal", start=17)


def test_a_fork_has_twins_too() -> None:
    run = Economy(BASELINE, seed=3, quarters=QUARTERS, firms=FIRMS, keep_books=False)
    for _ in range(6):
        run.step()
    fork = run.fork(BASELINE.with_policy("stimulus")).run()
    assert fork.twin("stimulus").series.tobytes() == run.fork().run().series.tobytes()
    twin = fork.macro_twin
    assert twin.series[:6].tobytes() == run.macro_twin.series.tobytes()
    assert twin.scenario.policies == fork.scenario.policies


def test_what_is_made_to_fail_fails_in_the_twin() -> None:
    run = Economy(BASELINE, seed=3, quarters=8, firms=FIRMS, keep_books=False).fail("CoreWeave", 4).run()
    assert "forced_failure" in set(run.twin("withdrawal").events["event"])


def test_a_twin_of_an_economy_changed_by_hand_is_refused() -> None:
    run = Economy(BASELINE, seed=3, quarters=8, firms=FIRMS, keep_books=False)
    run.step()
    run.kinds["firms"]["belief"] = 0.5
    run.step()
    run.step()
    with pytest.raises(CircuitError, match="changed by hand"):
        run.twin("withdrawal", start=2)


def test_support_keeps_an_agent_going_for_a_quarter() -> None:
    unsaved = run_of(quarters=40)
    failures = unsaved.events[unsaved.events["event"].isin(("default", "insolvency"))]
    first = failures.iloc[0]
    quarter = list(unsaved.history.index).index(first["quarter"]) + 1
    saved = run_of(BASELINE.with_events(AgentEvent(first["agent"], "support", quarter)), quarters=40)
    assert saved.series[: quarter - 1].tobytes() == unsaved.series[: quarter - 1].tobytes()
    events = saved.events
    failed_then = events[(events["quarter"] == first["quarter"]) & events["event"].isin(("default", "insolvency"))]
    assert first["agent"] not in set(failed_then["agent"])
    assert saved.residuals["residual"].max() <= 1e-9

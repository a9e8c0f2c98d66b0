"""What befalls one named agent: nothing before, exactly that then, and the books hold."""

from __future__ import annotations

import math
from functools import cache

import pytest

from simulation import Economy, Scenario
from simulation.chronicle import DEAL_AGREED, EVENTS, tell
from simulation.event_log import notable, note_of_quarter
from simulation.scenario import AgentEvent

QUARTER = 3
CALM = Scenario.load("baseline").with_switches(withdrawal=False, price_noise=False)


@cache
def run(*events: AgentEvent, quarters: int = QUARTER) -> Economy:
    return Economy(CALM.with_events(*events), seed=3, quarters=quarters, firms=20).run()


def lab(economy: Economy, name: str) -> int:
    return economy.names["labs"].index(name)


@pytest.mark.parametrize(
    "event",
    [
        AgentEvent("OpenAI", "failure", QUARTER),
        AgentEvent("OpenAI", "fine", QUARTER, 4.0),
        AgentEvent("OpenAI", "scandal", QUARTER, 0.4),
    ],
)
def test_an_event_leaves_every_quarter_before_it_bit_for_bit_as_it_was(event: AgentEvent) -> None:
    assert run(event).series[: QUARTER - 1].tobytes() == run().series[: QUARTER - 1].tobytes()
    assert run(event).series[QUARTER - 1] != run().series[QUARTER - 1]


def test_a_failure_in_a_scenario_is_the_failure_that_an_analyst_asks_for() -> None:
    asked = Economy(CALM, seed=3, quarters=QUARTER, firms=20).fail("OpenAI", QUARTER).run()
    written = run(AgentEvent("OpenAI", "failure", QUARTER))
    assert written.series.tobytes() == asked.series.tobytes()
    assert written.kinds["labs"]["alive"][lab(written, "OpenAI")] == 0.0


def test_a_fine_is_paid_to_the_government_as_far_as_money_goes() -> None:
    small = run(AgentEvent("OpenAI", "fine", QUARTER, 2.0))
    assert small.transaction_flows(QUARTER).loc["fines", "governments"] == pytest.approx(2.0)
    assert small.transaction_flows(QUARTER, by="agent").loc["fines", "OpenAI"] == pytest.approx(-2.0)
    huge = run(AgentEvent("OpenAI", "fine", QUARTER, 1000.0))
    before = run().balance_sheet(QUARTER - 1, by="agent").loc["deposits", "OpenAI"]
    assert huge.transaction_flows(QUARTER).loc["fines", "governments"] == pytest.approx(before)
    told = huge.events[huge.events["event"] == "fine"]
    assert list(told["agent"]) == ["OpenAI"]
    assert float(told["amount"].iloc[0]) == pytest.approx(before)


def test_two_fines_in_a_quarter_add_up() -> None:
    fined = run(AgentEvent("Meta", "fine", QUARTER, 2.0), AgentEvent("Meta", "fine", QUARTER, 3.0))
    assert fined.transaction_flows(QUARTER, by="agent").loc["fines", "Meta"] == pytest.approx(-5.0)


def odds_against_a_rival(economy: Economy) -> float:
    """Log odds of a buyer's choice of OpenAI over the next lab."""
    shares = economy.kinds["labs"]["market_share"]
    k = lab(economy, "OpenAI")
    return math.log(shares[k] / shares[k + 1])


def test_a_scandal_takes_its_size_off_the_market_share_of_a_lab_and_it_does_not_win_it_back() -> None:
    scandal = AgentEvent("OpenAI", "scandal", QUARTER, 0.4)
    lost = odds_against_a_rival(run(scandal)) - odds_against_a_rival(run())
    assert lost == pytest.approx(math.log(0.6), abs=0.02), "the others share in proportion"
    later = odds_against_a_rival(run(scandal, quarters=QUARTER + 3)) - odds_against_a_rival(run(quarters=QUARTER + 3))
    assert later < lost, "less revenue trains less"


def test_a_scandal_takes_its_size_off_the_price_of_the_shares() -> None:
    hit, was = (
        economy.firm_history.set_index(["quarter", "agent", "variable"])["value"]
        for economy in (run(AgentEvent("Meta", "scandal", QUARTER, 0.5)), run())
    )
    key = (run().label(QUARTER), "Meta", "market_value")
    assert hit[key] / was[key] == pytest.approx(0.5, abs=0.05)


def test_clouds_turn_from_a_maker_in_scandal_to_its_rivals() -> None:
    economy = run(AgentEvent("Nvidia", "scandal", QUARTER, 0.5))
    now, was = (each.state[0][0]["market"]["usual_maker_share"] for each in (economy, run()))
    assert now.sum(axis=0) == pytest.approx(was.sum(axis=0))
    assert now[0] == pytest.approx(0.5 * was[0])
    assert (now[1:] >= was[1:]).all()


def test_events_that_a_chronicle_cannot_hold_are_not_left_out_in_silence() -> None:
    economy = Economy(CALM, seed=3, quarters=2, firms=20).run()
    world = economy.state[0][0]
    world["chronicle"]["n_events"] = 0
    for number in range(EVENTS + 3):
        tell(world["chronicle"], DEAL_AGREED, number % 40, number // 40, 2.0, 0.0)
    economy._notes[-1] = note_of_quarter(notable(economy._world))
    told = economy.events[economy.events["quarter"] == economy.label(2)]
    assert (told["event"] == "deal").sum() == EVENTS
    assert "3 are left out" in told.loc[told["event"] == "events_left_out", "cause"].item()

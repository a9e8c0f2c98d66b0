"""Government behind the AI sector: who is saved, what it pays, what it gets back; the books hold throughout."""

from __future__ import annotations

from functools import cache

import pytest

from simulation import Economy, Scenario
from simulation.scenario import AgentEvent, Path

# Without rounds and with its money taken by a fine, the lab with most commitments cannot pay its dues.
QUARTER = 2
BROKE = (
    Scenario.load("baseline")
    .with_switches(withdrawal=False, endogenous_deals=False, known_deals=False)
    .with_shocks(Path("venture_appetite", 1, 0.0))
    .with_events(AgentEvent("OpenAI", "fine", QUARTER, 1000.0))
)


@cache
def run(*shocks: Path) -> Economy:
    return Economy(BROKE.with_shocks(*shocks), seed=1, quarters=QUARTER, firms=20).run()


def failed(economy: Economy) -> set[str]:
    events = economy.events
    return set(events[events["event"].isin(["default", "insolvency"])]["agent"])


def paid_by_government(economy: Economy, row: str) -> float:
    return -float(economy.transaction_flows(QUARTER).loc[row, "governments"])


def test_without_a_backstop_the_lab_fails_and_government_pays_nothing() -> None:
    assert "OpenAI" in failed(run())
    assert paid_by_government(run(), "rescues") == 0.0
    assert paid_by_government(run(), "guarantees") == 0.0


def test_a_bail_out_saves_the_key_player_with_exactly_what_it_lacks() -> None:
    saved = run(Path("bail_out", 1, 0.02))
    assert "OpenAI" not in failed(saved)
    received = saved.transaction_flows(QUARTER, by="agent").loc["rescues"]
    assert received["OpenAI"] > 0.0
    assert paid_by_government(saved, "rescues") == pytest.approx(received.drop(["Government", "sum"]).sum())
    assert saved.balance_sheet(by="agent").loc["deposits", "OpenAI"] == pytest.approx(0.0, abs=1e-6), "and no more"


def test_a_bail_out_that_would_cost_more_than_government_will_spend_does_not_come() -> None:
    assert "OpenAI" in failed(run(Path("bail_out", 1, 1e-6)))


def test_guarantees_pay_providers_and_government_takes_over_the_claim_on_the_estate() -> None:
    guaranteed = run(Path("contract_guarantee", 1, 0.8))
    assert "OpenAI" in failed(guaranteed)
    flows = guaranteed.transaction_flows(QUARTER, by="agent").loc["guarantees"]
    providers = flows[guaranteed.names["clouds"]].sum() + flows[guaranteed.names["vehicles"]].sum()
    assert providers > 0.0
    assert flows["OpenAI"] <= 0.0, "the estate pays what it can to the new creditor"
    assert flows["Government"] == pytest.approx(-providers - flows["OpenAI"])


def test_guarantees_keep_those_alive_whom_the_failure_would_have_brought_down() -> None:
    assert failed(run(Path("contract_guarantee", 1, 0.8))) <= failed(run())


@pytest.mark.parametrize("lever", ["bail_out", "contract_guarantee"])
def test_backstops_that_nobody_needs_cost_nothing(lever: str) -> None:
    calm = Scenario.load("baseline").with_switches(withdrawal=False)
    size = 0.02 if lever == "bail_out" else 0.8
    plain, backed = (
        Economy(scenario, seed=1, quarters=2, firms=20, keep_books=False).run().series.tobytes()
        for scenario in (calm, calm.with_shocks(Path(lever, 1, size)))
    )
    assert plain == backed

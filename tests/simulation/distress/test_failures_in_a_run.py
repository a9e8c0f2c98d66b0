"""Failures in whole economies: who loses, who takes what is left, who follows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.books.verbs import write_off_loan
from simulation.plan import Phase
from simulation.rule import rule

FAILED = ("default", "insolvency", "forced_failure")


def economy(quarters: int = 3, **parameters: float) -> Economy:
    scenario = Scenario.load("baseline").with_parameters(price_noise=0.0, macro_noise=0.0, **parameters)
    return Economy(scenario, seed=1, quarters=quarters, firms=50)


def of(run: Economy, kind: str, name: str) -> np.void:
    return run.kinds[kind][run.names[kind].index(name)]


def test_a_failed_cloud_loses_its_compute_its_contracts_and_its_shares() -> None:
    run = economy().fail("CoreWeave", 2)
    run.step()
    before = float(run.kinds["clouds"]["online"].sum() + run.kinds["clouds"]["waiting"].sum())
    run.step()
    cloud = of(run, "clouds", "CoreWeave")
    column = int(cloud["account"]["column"])
    market, ledger = run.state[0][0]["market"], run.state[0][0]["ledger"]
    live = market["contracts"][: int(market["n_contracts"])]
    assert cloud["alive"] == 0.0
    assert cloud["online"] == cloud["waiting"] == cloud["shells"] == 0.0
    assert not (live["provider"] == run.names["clouds"].index("CoreWeave")).any()
    assert ledger["price"][column] < 1e-6
    assert sum(float(c["amount"]) for c in ledger["claims"][: int(ledger["n_claims"])] if c["issuer"] == column) == 0.0
    kept = float(run.kinds["clouds"]["online"].sum() + run.kinds["clouds"]["waiting"].sum())
    idle = float(run.kinds["receivers"]["mothballed"][0])
    assert kept + idle > 0.98 * before  # what it owned is not lost: others run it, or it is mothballed


def test_a_closed_cloud_buys_nothing_more_and_has_no_bank_line() -> None:
    run = economy(quarters=6).fail("CoreWeave", 2)
    run.step()
    assert of(run, "clouds", "CoreWeave")["decided"] + of(run, "clouds", "CoreWeave")["pipeline"] > 0.0
    run.step()
    cloud = of(run, "clouds", "CoreWeave")
    assert cloud["pipeline"] == cloud["decided"] == cloud["planned_orders"] == cloud["permits"].sum() == 0.0
    cloud["cash_flow_year"] = 100.0  # as much as would carry a line of 200
    while run.quarter < run.quarters:
        run.step()
        assert of(run, "clouds", "CoreWeave")["capex"] == 0.0
        assert of(run, "clouds", "CoreWeave")["account"]["cash"] >= 0.0


def test_a_core_business_that_only_loses_money_is_closed_with_its_firm() -> None:
    run = economy(quarters=5).fail("AMD", 2)
    run.step()
    maker = of(run, "chip_makers", "AMD")
    maker["core_cash_share"], maker["cash_flow_year"] = -0.2, 0.0  # costs a fifth above its revenue
    run.step()
    assert of(run, "chip_makers", "AMD")["core_revenue"] == 0.0
    while run.quarter < run.quarters:
        run.step()
        assert of(run, "chip_makers", "AMD")["capex"] == 0.0
        assert of(run, "chip_makers", "AMD")["account"]["cash"] >= 0.0


def test_contracts_of_a_failed_customer_end_and_its_providers_claim_damages() -> None:
    run = economy().fail("OpenAI", 2).run()
    market = run.state[0][0]["market"]
    column = int(of(run, "labs", "OpenAI")["account"]["column"])
    live = market["contracts"][: int(market["n_contracts"])]
    assert not ((live["customer"] == column) & (live["quarters_left"] > 0.0)).any()
    assert run.series["damages"][1] >= 0.0
    assert run.series["forced_loss"][1] > 100.0  # investors held it at more than 150 bn
    assert of(run, "labs", "OpenAI")["market_share"] == 0.0


def test_a_user_that_fails_takes_its_vehicle_along() -> None:
    run = economy(quarters=5).fail("Oracle", 3).run()
    failures = run.events[run.events["event"].isin(FAILED)]
    assert failures["agent"].tolist()[0] == "Oracle"
    chain = failures[failures["agent"] == "Abilene vehicle"]
    assert chain["other"].tolist() == ["Oracle"]
    assert chain["generation"].tolist() == [1]


def test_a_core_business_outlives_the_failure_and_belongs_to_its_creditors() -> None:
    run = economy().fail("Oracle", 2)
    run.step()
    ledger = run.state[0][0]["ledger"]
    oracle = int(of(run, "clouds", "Oracle")["account"]["column"])
    insurer = int(run.kinds["insurers"]["account"]["column"][0])
    assert ledger["shares"][insurer, oracle] == 0.0
    run.step()
    assert ledger["shares"][insurer, oracle] > 0.5 * ledger["issued"][oracle]
    assert of(run, "clouds", "Oracle")["core_revenue"] > 0.0


def test_a_failed_chip_maker_ships_no_more_and_its_customers_order_elsewhere() -> None:
    run = economy(quarters=4).fail("AMD", 2).run()
    maker = of(run, "chip_makers", "AMD")
    market = run.state[0][0]["market"]
    assert maker["ai_revenue"] == 0.0
    assert market["on_order"][1].sum() == 0.0
    assert market["maker_share"].sum(axis=0) == pytest.approx(1.0)


def test_unsold_compute_is_mothballed_for_the_creditors_and_comes_back_cheaply() -> None:
    run = economy(quarters=10, distress_money_share=0.1, known_deals=0, endogenous_deals=0)
    run.fail("Sovereign clouds", 2).fail("Foreign clouds", 2).run()
    idle = run.history["mothballed"]
    assert idle.iloc[1] > 0.0
    assert idle.iloc[-1] < idle.iloc[1]
    assert run.history["collateral_mark"].iloc[1] < 1.0
    assert "reactivated" in set(run.events["event"])


def test_without_fire_sales_compute_in_distress_fetches_its_mark() -> None:
    run = economy(quarters=3, distress_money_share=0.1, fire_sales=0)
    run.fail("Sovereign clouds", 2).fail("Enterprise data centres", 2).run()
    assert (run.history["collateral_mark"] == 1.0).all()


@rule
def lose_the_capital_of_a_bank(world: Any, accounts: Any, firms: Any) -> None:
    """Households' loans at the first bank turn out to be lost, once."""
    w = world[0]
    if w.quarter == 2:
        household = w.households[0].account
        bank = w.banks[household.lender - w.banks[0].account.column]
        write_off_loan(w.ledger, household, bank.account, 0.99 * bank.equity)


def test_a_bank_without_capital_is_resolved_at_its_owners_and_the_governments_cost() -> None:
    run = economy(quarters=5)
    run.plan.insert(8, Phase("bank loss", "a bank loses its capital", (lose_the_capital_of_a_bank,)))
    run.run()
    resolved = run.events[run.events["event"] == "bank_resolved"]
    assert len(resolved) == 1
    assert run.history["bank_failures"].sum() == 1.0, "it counts as a bank failure, which is a credit event"
    assert run.history["bank_failures"][resolved["quarter"].iloc[0]] == 1.0
    bank = of(run, "banks", resolved["agent"].iloc[0])
    government = int(run.kinds["governments"]["account"]["column"][0])
    ledger = run.state[0][0]["ledger"]
    column = int(bank["account"]["column"])
    assert ledger["shares"][government, column] == pytest.approx(ledger["issued"][column])
    assert bank["capital_ratio"] > 0.08


def test_new_firms_are_founded_with_their_investors_money_once_failures_have_stopped() -> None:
    run = economy(quarters=8, calm_quarters=2).fail("Lab 5", 2).run()
    entries = run.events[run.events["event"] == "entry"]
    assert entries["agent"].tolist()[0] == "Lab 5"
    assert entries["amount"].iloc[0] > 0.0
    assert of(run, "labs", "Lab 5")["alive"] == 1.0
    assert of(run, "labs", "Lab 5")["training_stock"] > 0.0


def test_where_no_lab_is_left_investors_found_one_as_well() -> None:
    run = economy(quarters=12, calm_quarters=2)
    for name in run.names["labs"]:
        run = run.fail(name, 2)
    labs = run.run().kinds["labs"]
    assert labs["alive"].sum() >= 1.0
    founded = labs[labs["alive"] > 0.5]
    assert (founded["revenue"] > 0.0).all()
    assert np.isfinite(founded["quality"]).all()


def test_with_clearing_off_no_failure_brings_down_another_in_its_quarter() -> None:
    for clearing in (0, 1):
        run = economy(quarters=2, clearing=clearing).fail("OpenAI", 2).fail("Oracle", 2).run()
        later = run.events[run.events["event"].isin(FAILED) & (run.events["generation"] > 0)]
        if not clearing:
            assert later.empty


def test_an_experiment_names_agents_and_quarters_that_exist() -> None:
    from simulation.errors import CircuitError

    with pytest.raises(CircuitError, match="OpenAI"):
        economy().fail("OpenAl", 2)
    with pytest.raises(CircuitError, match="choose 1 to 3"):
        economy().fail("OpenAI", 9)


def test_owners_of_one_that_fails_and_pays_its_debts_keep_its_core_business_and_lose_the_rest() -> None:
    run, twin = economy().fail("Microsoft", 2), economy()
    column = int(of(run, "clouds", "Microsoft")["account"]["column"])
    for each in (run, twin):
        each.step()
        each.step()
    worth = [
        float(e.state[0][0]["ledger"]["issued"][column] * e.state[0][0]["ledger"]["price"][column]) for e in (run, twin)
    ]
    core = float(of(run, "clouds", "Microsoft")["core_cash_share"] * of(run, "clouds", "Microsoft")["core_revenue"])
    assert 10.0 * 4.0 * core < worth[0] < 0.85 * worth[1]
    # Loss of the owners: what the shares fell by, less the money handed out.
    assert 0.1 * worth[1] < run.series["forced_loss"][1] < 0.5 * worth[1]
    assert run.series["ai_equity"][1] < twin.series["ai_equity"][1]


def test_the_failure_of_a_giant_is_heavier_news_than_that_of_a_dwarf() -> None:
    weights = {}
    for name in ("OpenAI", "Mid-tier lab"):
        labs = economy().names["labs"]
        run = economy().fail(name if name in labs else labs[-1], 2)
        run.step()
        run.step()
        weights[name] = float(run.state[0][0]["exchange"]["failed_weight"])
    assert weights["OpenAI"] > 2.0 > 0.5 > weights["Mid-tier lab"]


def test_who_built_for_a_failed_lab_and_who_supplied_them_are_worth_less_at_once() -> None:
    run, twin = economy().fail("OpenAI", 2), economy()
    for each in (run, twin):
        each.step()
        each.step()
    for name, kind in (("Microsoft", "clouds"), ("Nvidia", "chip_makers")):
        column = int(of(run, kind, name)["account"]["column"])
        values = [float(e.state[0][0]["exchange"]["securities"]["earnings"][column]) for e in (run, twin)]
        assert values[0] < 0.98 * values[1], name

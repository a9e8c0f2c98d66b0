"""Every lever moves its own target in the direction its name promises, under common random numbers."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.books.purposes import INVESTMENT_CREDIT
from simulation.registry import FIRST_COLUMN, NAMES
from simulation.scenario import AgentEvent
from simulation.scenario.levers import LEVERS
from simulation.scenario.paths import Path
from tests.acceptance.runs import BASELINE, CALM, QUARTERS, START, change, falls, rises, runs, shocked

YEAR = START + 3
# Lenders' levers act where lenders lose: neoclouds fail together, and a fine takes a lab's money.
TROUBLED = BASELINE.with_events(
    *(AgentEvent(name, "failure", START) for name in NAMES["clouds"][5:]), AgentEvent("OpenAI", "fine", START, 1000.0)
)
TROUBLED = TROUBLED.with_switches(endogenous_deals=False).with_shocks(Path("venture_appetite", 1, 0.0))
IN_TROUBLE = ("gate", "contract_guarantee", "bail_out")

# Lever, size, series, whether it rises, last quarter looked at.
TARGETS = [
    ("chip_supply", 0.6, "chip_supply", False, YEAR),
    ("chip_supply", 0.6, "chip_revenue", False, YEAR),
    ("chip_supply", 0.6, "compute_online", False, QUARTERS),
    ("chip_price", 1.3, "system_price", True, YEAR),
    ("memory_price", 1.3, "system_price", True, YEAR),
    ("capability_progress", 0.0, "capability", False, QUARTERS),
    ("capability_progress", 1.5, "capability", True, QUARTERS),
    ("efficiency", 1.0, "ai_price", False, QUARTERS),
    ("efficiency", 1.0, "end_demand_revenue", True, QUARTERS),
    ("fringe_quality", 0.5, "lab_revenue", False, YEAR),
    ("fringe_quality", 0.5, "end_demand_revenue", False, QUARTERS),
    ("power_additions", 0.2, "compute_online", False, QUARTERS),
    ("power_additions", 0.2, "compute_waiting", True, YEAR),
    # What is late comes online in the end, and more of it, since rents were high meanwhile.
    ("permitting_lead", 2.0, "compute_online", False, 10),
    ("permitting_lead", -1.0, "compute_online", True, QUARTERS),
    ("permitting_lead", 2.0, "ai_capex", False, QUARTERS),
    ("permitting_lead", 5.0, "ai_capex", False, QUARTERS),
    ("permitting_lead", -1.0, "ai_capex", True, QUARTERS),
    ("chip_supply", 1.5, "chip_revenue", True, QUARTERS),
    ("adoption_speed", 0.5, "intensity", False, QUARTERS),
    ("adoption_speed", 1.8, "adoption_count", True, QUARTERS),
    ("firm_gain", 0.5, "belief", False, QUARTERS),
    ("firm_gain", 2.0, "productivity", True, QUARTERS),
    ("ai_demand_regulation", 0.7, "end_demand_revenue", False, YEAR),
    ("foreign_demand", 0.5, "end_demand_revenue", False, YEAR),
    ("foreign_demand", 0.5, "exports", False, YEAR),
    ("lab_price", 0.6, "ai_price", False, YEAR),
    ("lab_price", 0.6, "lab_revenue", False, YEAR),
    ("training_budget", 0.8, "training_share", False, YEAR),
    ("training_budget", 0.8, "capability", False, QUARTERS),
    ("tariff", 0.25, "system_price", True, YEAR),
    ("tariff", 0.25, "compute_online", False, QUARTERS),
    ("household_demand", 0.98, "consumption", False, YEAR),
    ("household_demand", 0.98, "unemployment", True, YEAR),
    ("stimulus", 0.01, "government_purchases", True, YEAR),
    ("stimulus", 0.01, "real_gdp", True, YEAR),
    ("wage_tax", 0.03, "consumption", False, QUARTERS),
    ("wage_tax", 0.03, "government_debt", False, QUARTERS),
    ("investment_credit", 0.1, "ai_capex", True, QUARTERS),
    ("policy_rate", 0.02, "policy_rate", True, YEAR),
    ("policy_rate", 0.02, "investment", False, QUARTERS),
    ("sentiment", -0.1, "ai_equity", False, YEAR),
    ("insider_selling", 0.02, "ai_equity", False, YEAR),
    ("venture_appetite", 0.4, "capability", False, QUARTERS),
    ("venture_appetite", 0.4, "lab_equity", False, QUARTERS),
    ("bond_window", 0.0, "ai_debt", False, QUARTERS),
    ("bond_window", 0.0, "funding_debt", False, QUARTERS),
    ("bank_capital_buffer", 0.025, "bank_capital", True, QUARTERS),
    ("loan_to_value_cap", -0.3, "ai_debt", False, QUARTERS),
    ("foundry_subsidy", 0.05, "chip_supply", True, QUARTERS),
    ("liability", 0.1, "ai_free_cash_flow", False, QUARTERS),
    ("adoption_support", 0.3, "end_demand_revenue", True, QUARTERS),
    ("open_weights", 0.5, "lab_revenue", False, QUARTERS),
    ("public_compute", 0.5, "compute_need", True, YEAR),
    ("public_compute", 0.5, "spot_price", True, YEAR),
    ("bank_ai_limit", -0.95, "bank_lending", False, QUARTERS),
    ("private_credit_leverage", 0.8, "private_credit_borrowed", False, QUARTERS),
    ("private_credit_leverage", 0.8, "bank_lending", False, QUARTERS),
]


@pytest.mark.parametrize(("lever", "size", "series", "up", "last"), TARGETS)
def test_a_lever_moves_its_target(lever: str, size: float, series: str, up: bool, last: int) -> None:
    (rises if up else falls)(shocked(lever, size), series, last=last)


def test_every_lever_moves_some_recorded_series() -> None:
    sizes = {"fed_put": 0.1, "gate": -0.05, "sentiment": -0.1, "permitting_lead": 2.0}
    sizes |= {"export_licence": 0.0, "patience": 0.0, "power_additions": 0.1}
    sizes |= {"bank_ai_limit": -0.95, "private_credit_leverage": 0.5, "stake_cap": -1.0, "sovereign_money": 4.0}
    still = []
    for lever in LEVERS.values():
        size = sizes.get(lever.name, min(lever.neutral + 0.1, lever.high))
        scenario = TROUBLED if lever.name in IN_TROUBLE else BASELINE
        moved, still_there = (runs(economy, seeds=3) for economy in (shocked(lever.name, size, scenario), scenario))
        if moved[:, START - 1 :].tobytes() == still_there[:, START - 1 :].tobytes():
            still.append(lever.name)
    assert not still, f"levers that move nothing: {', '.join(still)}"


def test_a_shorter_book_life_raises_depreciation_and_lowers_reported_profit() -> None:
    written, earned = {}, {}
    for life in (1.0, 0.5):
        run = Economy(shocked("depreciation_life", life), seed=1, quarters=START, firms=20, keep_books=False).run()
        clouds = run.kinds["clouds"]
        written[life], earned[life] = float(clouds["depreciation"].sum()), float(clouds["profit"].sum())
    assert written[0.5] > 1.2 * written[1.0]
    assert earned[0.5] < earned[1.0]


def foreign_chips(licence: float) -> float:
    """Chips delivered to foreign buyers in the first year (USD bn)."""
    banned = CALM.with_shocks(Path("export_licence", 1, licence))
    run = Economy(banned, seed=1, quarters=4, firms=20, keep_books=False)
    total = 0.0
    for _ in range(4):
        run.step()
        total += float(run.kinds["other_buyers"]["chips_bought"][2])
    return total


def test_export_controls_keep_chips_from_foreign_buyers() -> None:
    assert foreign_chips(0.0) == 0.0
    assert foreign_chips(0.3) < foreign_chips(1.0)


def test_a_put_cuts_the_rate_and_lifts_investment_after_a_crash() -> None:
    crash = shocked("sentiment", -0.5, shape="once")
    put = crash.with_policy("fed-put")
    falls(put, "policy_rate", base=crash, first=START + 1)
    rises(put, "investment", base=crash, first=START + 1)


def test_impatient_investors_withdraw_more_often_and_patient_ones_less() -> None:
    withdrawals = {
        factor: float(runs(BASELINE.with_shocks(Path("patience", 1, factor)))["withdrawal"].mean())
        for factor in (0.0, 0.3, 1.0, 4.0)
    }
    assert withdrawals[0.0] == 0.0
    assert withdrawals[0.3] < withdrawals[1.0] < withdrawals[4.0]


def disagreement(look_through: float) -> float:
    """How far the value investors see lies from the sober one, in logs."""
    series = runs(shocked("look_through", look_through))[:, START - 1 :]
    return float(np.abs(series["sober_gap"] - series["value_gap"]).mean())


def test_looking_through_circular_revenue_brings_value_to_its_sober_level() -> None:
    assert disagreement(0.4) < 0.6 * disagreement(0.0) < 0.6 * disagreement(-0.5)


def test_stricter_gates_shut_private_credit_more_often() -> None:
    mean, _ = change(TROUBLED.with_shocks(Path("gate", 1, -0.1)), "private_credit_gated", base=TROUBLED, first=1)
    assert mean > 0.0
    paid, _ = change(TROUBLED.with_shocks(Path("gate", 1, -0.1)), "private_credit_redemptions", base=TROUBLED, first=1)
    assert paid < 0.0


def test_government_pays_exactly_the_credit_that_builders_receive() -> None:
    credited = BASELINE.with_policy("investment-credit", start=1)
    run = Economy(credited, seed=1, quarters=4, firms=20, keep_books=False)
    government = FIRST_COLUMN["governments"]
    for _ in range(4):
        run.step()
        ledger = run.state[0][0]["ledger"]
        paid = ledger["paid"][INVESTMENT_CREDIT]
        home = float(run.kinds["clouds"]["ai_capex"].sum() + run.kinds["other_buyers"]["ai_capex"][:2].sum())
        assert float(paid[government]) == pytest.approx(float(ledger["received"][INVESTMENT_CREDIT].sum()))
        assert float(paid.sum()) == pytest.approx(float(paid[government]))
        assert 0.0 < float(paid[government]) <= 0.1 * home * (1.0 + 1e-9)


def test_a_permanent_price_shock_is_applied_once() -> None:
    ratio = runs(shocked("chip_price", 0.9))["system_price"] / runs(CALM)["system_price"]
    assert ratio[:, : START - 1] == pytest.approx(np.ones((len(ratio), START - 1)))
    assert float(ratio[:, START - 1 :].min()) > 0.88
    # Later on cheaper chips are scarcer, and margins take a part of it back.
    assert float(ratio[:, START - 1 : START + 3].max()) < 0.98


def test_a_lasting_efficiency_leap_happens_once() -> None:
    run = Economy(shocked("efficiency", 1.0), seed=1, quarters=QUARTERS, firms=20, keep_books=False).run()
    assert float(run.state[0][0]["market"]["efficiency"]) == pytest.approx(2.0)


def test_a_lasting_stimulus_does_not_pile_up() -> None:
    share = runs(shocked("stimulus", 0.01))
    base = runs(CALM)
    extra = (share["government_purchases"] - base["government_purchases"]) / base["gdp"]
    assert extra[:, START - 1 :].mean() == pytest.approx(0.01, rel=0.1)
    assert float(np.abs(extra[:, : START - 1]).max()) == 0.0


def test_a_shock_that_ends_leaves_the_lever_where_it_was() -> None:
    run = Economy(Scenario.load("late-chips"), seed=1, quarters=12, firms=20, keep_books=False)
    seen = []
    for _ in range(12):
        run.step()
        seen.append(float(run.state[0][0]["levers"]["chip_supply"]))
    assert seen == pytest.approx([1.0] * 4 + [0.6] * 4 + [1.0] * 4)

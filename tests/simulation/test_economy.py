"""An economy as a user meets it: it runs, its accounts close, its plan can be changed, and bad input is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.errors import CircuitError
from simulation.plan import Phase
from simulation.series import SERIES

BASELINE = Scenario.load("baseline")
VINTAGES = ("2022Q4", "2024Q4")


def economy(quarters: int = 4, **choices: Any) -> Economy:
    return Economy(BASELINE, **{"seed": 1, "quarters": quarters, "firms": 20, "keep_books": False} | choices)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_every_identity_holds_in_every_quarter(vintage: str) -> None:
    run = economy(quarters=24, vintage=vintage, firms=200).run()
    assert run.residuals["residual"].max() <= 1e-9
    assert set(run.residuals["quarter"]) == set(run.history.index)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_output_is_the_same_counted_by_spending_by_income_and_by_production(vintage: str) -> None:
    run = economy(vintage=vintage)
    for _ in range(4):
        run.step()
        ledger = run.state[0][0]["ledger"]
        spending = float(ledger["gdp_expenditure"])
        assert spending > 1000.0
        assert float(ledger["gdp_income"]) == pytest.approx(spending, rel=1e-9)
        assert float(ledger["gdp_production"]) == pytest.approx(spending, rel=1e-9)


def test_what_one_owns_another_owes() -> None:
    sheet = economy(keep_books=True).run().balance_sheet(by="sector")
    scale = sheet.abs().to_numpy().max()
    financial = ("deposits", "reserves", "bonds", "loans", "credit", "shares", "equity", "prepay", "warrant")
    rows = [row for row in sheet.index if any(word in str(row).lower() for word in financial)]
    assert len(rows) >= 6
    assert sheet.loc[rows, "sum"].abs().max() <= 1e-9 * scale


def test_every_payment_is_somebodys_receipt() -> None:
    flows = economy(keep_books=True).run().transaction_flows(by="agent")
    assert flows["sum"].abs().max() <= 1e-9 * flows.abs().to_numpy().max()


def test_no_share_appears_or_vanishes_outside_its_issuers_books() -> None:
    ledger = economy(quarters=12).run().state[0][0]["ledger"]
    assert ledger["shares"].sum(axis=0) == pytest.approx(ledger["issued"], rel=1e-9, abs=1e-9)


def test_every_declared_series_is_recorded_as_a_number_in_every_quarter() -> None:
    history = economy(quarters=12).run().history
    assert list(history.columns) == list(SERIES)
    assert np.isfinite(history.to_numpy()).all()
    assert list(history.index[:5]) == ["2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1"]


def test_shares_of_a_whole_lie_between_none_and_all() -> None:
    history = economy(quarters=24, firms=100).run().history
    for name in (
        "adoption", "adoption_count", "intensity", "utilisation", "training_share", "unemployment", "circularity",
        "fundamentalists", "hedge_share", "speculative_share", "ponzi_share", "private_credit_gated",
    ):  # fmt: skip
        assert history[name].between(-1e-12, 1.0 + 1e-12).all(), name


def test_steps_and_a_run_are_the_same_thing() -> None:
    stepped = economy()
    for _ in range(4):
        stepped.step()
    assert stepped.series.tobytes() == economy().run().series.tobytes()


def test_an_economy_at_its_horizon_says_so() -> None:
    run = economy(quarters=1).run()
    with pytest.raises(CircuitError, match="horizon"):
        run.step()


def test_the_default_horizon_reaches_the_same_year_from_both_openings() -> None:
    ends = {Economy(BASELINE, vintage=v, firms=10, keep_books=False).quarters for v in VINTAGES}
    assert ends == {60, 40}


@pytest.mark.parametrize(
    ("choice", "named"),
    [
        ({"firms": 9}, "firms"),
        ({"quarters": -1}, "quarters"),
        ({"vintage": "1929Q3"}, "1929Q3"),
        ({"seed": -1}, "seed"),
    ],
)
def test_an_economy_that_cannot_be_is_refused_with_the_reason(choice: dict[str, Any], named: str) -> None:
    with pytest.raises(CircuitError, match=named):
        economy(**choice)


def test_a_phase_is_added_in_three_lines() -> None:
    run = economy()
    lent = []
    run.plan.append(
        Phase("watch", "how many banks lend", (lambda world, _a, _f: lent.append(world[0]["banks"]["lends"].sum()),))
    )
    run.run()
    assert lent == [4.0] * 4


def test_a_rule_is_replaced_in_three_lines() -> None:
    def spend_nothing_on_orders(world: Any, _accounts: Any, _firms: Any) -> None:
        world[0]["clouds"]["planned_orders"] = 0.0
        world[0]["other_buyers"]["planned_orders"] = 0.0

    run = economy(quarters=8)
    at = [phase.name for phase in run.plan].index("plans")
    run.plan[at] = run.plan[at]._replace(steps=(spend_nothing_on_orders,))
    stopped = run.run().history
    usual = economy(quarters=8).run().history
    assert stopped["ai_capex"].iloc[-1] < 0.2 * usual["ai_capex"].iloc[-1]
    assert run.residuals["residual"].max() <= 1e-9


def test_the_plan_has_the_sixteen_lines_of_a_quarter() -> None:
    plan = economy().plan
    assert len(plan) == 16
    assert len({phase.name for phase in plan}) == 16
    assert all(phase.meaning for phase in plan)


def test_a_quarter_in_one_call_is_the_plan_line_by_line() -> None:
    whole, by_line = economy(), economy()
    by_line.profile = {}
    assert (whole.run().series == by_line.run().series).all()
    assert set(by_line.profile) == {phase.name for phase in by_line.plan}


def test_one_economys_plan_is_not_anothers() -> None:
    first = economy()
    first.plan.clear()
    assert len(economy().plan) == 16


UNCOMPILED = """
import sys
import numpy as np
from simulation import Economy, Scenario
from simulation.rule import COMPILED
assert not COMPILED
for vintage in ("2022Q4", "2024Q4"):
    run = Economy(Scenario.load("agentic-take-off"), seed=3, vintage=vintage, quarters=4, firms=12, keep_books=False)
    np.save(sys.argv[1] + vintage, run.run().series)
"""


def test_compiled_and_uncompiled_rules_compute_the_same_economy(tmp_path: Path) -> None:
    environment = os.environ | {"CIRCUIT_JIT": "0"}
    stem = str(tmp_path / "uncompiled")
    subprocess.run([sys.executable, "-c", UNCOMPILED, stem], env=environment, check=True, capture_output=True)
    scenario = Scenario.load("agentic-take-off")
    for vintage in VINTAGES:
        run = Economy(scenario, seed=3, vintage=vintage, quarters=4, firms=12, keep_books=False).run()
        plain = np.load(f"{stem}{vintage}.npy")
        for name in SERIES:
            if name != "worst_residual":
                scale = np.abs(run.series[name]).max()
                assert plain[name] == pytest.approx(run.series[name], rel=1e-12, abs=1e-12 * scale), name

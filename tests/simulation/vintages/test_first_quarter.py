"""The first simulated quarter meets the data: the economy starts without a jump."""

from __future__ import annotations

import pytest

from simulation import Economy, Scenario
from simulation.vintages.facts import Facts

VINTAGES = ("2022Q4", "2024Q4")
NEAR = 0.10
_RUNS: dict[str, Economy] = {}


def first_quarter(vintage: str) -> Economy:
    """The baseline economy after one quarter without macroeconomic noise."""
    if vintage not in _RUNS:
        calm = Scenario.load("baseline").with_switches(macro_noise=False, luck=False)
        _RUNS[vintage] = Economy(calm, seed=1, vintage=vintage, quarters=1, firms=200, keep_books=False).run()
    return _RUNS[vintage]


@pytest.mark.parametrize("vintage", VINTAGES)
@pytest.mark.parametrize("cloud", ["Microsoft", "Alphabet", "Amazon", "Meta", "Oracle", "CoreWeave"])
def test_capital_expenditure_of_each_named_cloud_meets_its_cash_flow_statement(vintage: str, cloud: str) -> None:
    run = first_quarter(vintage)
    simulated = float(run.kinds["clouds"]["capex"][run.names["clouds"].index(cloud)])
    assert simulated == pytest.approx(Facts.load(vintage).value(cloud, "next_quarter_capex"), rel=NEAR)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_capital_expenditure_of_the_big_four_together_meets_the_data(vintage: str) -> None:
    reported = Facts.load(vintage).value("AI sector", "next_quarter_big4_capex")
    assert first_quarter(vintage).history["big4_capex"].iloc[0] == pytest.approx(reported, rel=NEAR)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_nvidias_data_centre_revenue_meets_its_report(vintage: str) -> None:
    reported = Facts.load(vintage).value("Nvidia", "next_quarter_ai_revenue")
    assert first_quarter(vintage).history["nvidia_revenue"].iloc[0] == pytest.approx(reported, rel=NEAR)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_the_labs_revenue_meets_what_is_known_of_it(vintage: str) -> None:
    known = Facts.load(vintage).value("AI sector", "next_quarter_lab_revenue")
    assert first_quarter(vintage).history["lab_revenue"].iloc[0] == pytest.approx(known, rel=NEAR)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_output_grows_as_it_did(vintage: str) -> None:
    reported = Facts.load(vintage).value("United States", "real_growth_next_quarter")
    assert first_quarter(vintage).history["real_growth"].iloc[0] == pytest.approx(reported, rel=NEAR)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_share_prices_do_not_jump_in_the_first_quarter(vintage: str) -> None:
    quiet = Scenario.load("baseline").with_switches(macro_noise=False, luck=False, price_noise=False)
    history = Economy(quiet, seed=1, vintage=vintage, quarters=1, firms=200, keep_books=False).run().history
    assert history["ai_equity"].iloc[0] == pytest.approx(1.0, abs=NEAR)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_levered_funds_owe_all_margin_debt_at_the_opening(vintage: str) -> None:
    opened = Economy(Scenario.load("baseline"), seed=1, vintage=vintage, quarters=1, firms=10, keep_books=False)
    owed = float(opened.kinds["equity_funds"]["account"]["loan"].sum())
    assert owed == pytest.approx(Facts.load(vintage).value("United States", "margin_debt"))

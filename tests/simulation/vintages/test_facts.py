"""The facts an economy opens with and is held against: complete, sourced, and consistent with each other."""

from __future__ import annotations

import math
import re
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

from simulation.dates import VINTAGES as DATED
from simulation.errors import CircuitError
from simulation.vintages.facts import (
    CONFIDENCES,
    Fact,
    Facts,
    history,
)

VINTAGES = ("2022Q4", "2024Q4")
NEXT_QUARTER = {"2022Q4": "2023Q1", "2024Q4": "2025Q1"}
BIG_FOUR = ("Microsoft", "Alphabet", "Amazon", "Meta")
CHIP_MAKERS = ("Nvidia", "AMD", "Broadcom")
CLOUDS = (*BIG_FOUR, "Oracle", "CoreWeave")
LABS = ("OpenAI", "Anthropic", "xAI")
NAMED_FIRMS = (*CHIP_MAKERS, *CLOUDS, *LABS, "SoftBank")
STOCKS = ("deposits", "property_net", "debt", "equity_book", "market_value")
FLOWS = ("revenue", "operating_cash_flow", "operating_cash_flow_reported", "capex", "depreciation", "payouts")
FIRM_ITEMS = {*STOCKS, *FLOWS, "ai_revenue", "next_quarter_capex", "next_quarter_ai_revenue"}


@pytest.fixture(params=VINTAGES)
def facts(request: pytest.FixtureRequest) -> Facts:
    return Facts.load(request.param)


def deposits_of_nvidia() -> Fact:
    return Fact("Nvidia", "deposits", 43.2, "USD bn", "2025-01-26", "annual report", "high", "")


def test_an_economy_can_open_at_two_dates() -> None:
    assert tuple(DATED) == VINTAGES


def test_an_unknown_date_is_answered_with_the_dates_there_are() -> None:
    with pytest.raises(CircuitError, match=r"'2019Q1'.*available: 2022Q4, 2024Q4"):
        Facts.load("2019Q1")


def test_every_opening_number_has_a_unit_a_date_a_source_and_a_confidence(facts: Facts) -> None:
    for agent in facts.agents():
        for item in facts.items(agent):
            fact = facts.fact(agent, item)
            assert math.isfinite(fact.value), fact
            assert fact.unit, fact
            assert fact.source, fact
            assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", fact.as_of), fact
            assert fact.confidence in CONFIDENCES, fact


def test_estimates_and_recalled_numbers_never_pass_for_filings(facts: Facts) -> None:
    table = facts.table()
    weak = table[table.source.str.contains("recalled|estimate:")]
    assert len(weak) > 0
    assert not (weak.confidence == "high").any()


def test_every_named_firm_has_a_balance_sheet_flows_and_targets(facts: Facts) -> None:
    for firm in NAMED_FIRMS:
        assert set(facts.items(firm)) >= FIRM_ITEMS, firm


def test_stocks_that_cannot_be_negative_are_not(facts: Facts) -> None:
    for firm in NAMED_FIRMS:
        for item in ("deposits", "property_net", "debt", "market_value", "revenue", "capex", "payouts"):
            assert facts.value(firm, item) >= 0, (firm, item)


def test_a_lab_sells_nothing_but_ai(facts: Facts) -> None:
    for lab in LABS:
        assert facts.value(lab, "ai_revenue") == facts.value(lab, "revenue")


def test_ai_revenue_is_a_part_of_revenue(facts: Facts) -> None:
    for firm in (*CHIP_MAKERS, *CLOUDS):
        assert facts.value(firm, "ai_revenue") <= facts.value(firm, "revenue"), firm
        assert facts.get(firm, "segment_revenue") <= facts.value(firm, "revenue"), firm


def test_sector_sums_are_the_sums_of_their_firms(facts: Facts) -> None:
    for item in ("capex", "next_quarter_capex"):
        total = sum(facts.value(firm, item) for firm in BIG_FOUR)
        assert facts.value("AI sector", item.replace("capex", "big4_capex")) == pytest.approx(total, abs=1e-3)
    for prefix in ("", "next_quarter_"):
        chips = sum(facts.value(firm, f"{prefix}ai_revenue") for firm in CHIP_MAKERS)
        labs = sum(facts.value(lab, f"{prefix}ai_revenue") for lab in LABS)
        assert facts.value("AI sector", f"{prefix}chip_sales") == pytest.approx(chips, abs=1e-3)
        assert facts.value("AI sector", f"{prefix}lab_revenue") == pytest.approx(labs, abs=1e-3)


def test_all_chips_are_bought_by_somebody(facts: Facts) -> None:
    shares = {agent: facts.get(agent, "chip_purchase_share") for agent in facts.agents()}
    assert sum(shares.values()) == pytest.approx(1.0)
    other = shares["Enterprise data centres"] + shares["Sovereign clouds"] + shares["Foreign clouds"]
    assert facts.value("AI sector", "other_buyers_chip_share") == pytest.approx(other)


def test_no_cloud_buys_more_compute_than_its_capital_expenditure_pays(facts: Facts) -> None:
    for cloud in CLOUDS:
        chips = facts.value(cloud, "chip_purchase_share") * facts.value("AI sector", "next_quarter_chip_sales")
        assert chips / facts.value("AI sector", "it_share_of_cost") <= facts.value(cloud, "next_quarter_capex"), cloud


def test_a_quarter_of_output_is_a_fourth_of_the_annual_rate_and_is_fully_spent(facts: Facts) -> None:
    assert facts.value("United States", "nominal_gdp") * 4 == facts.value("United States", "nominal_gdp_annual")
    home = ("consumption_share", "government_share", "investment_share", "exports_share")
    spent = sum(facts.value("United States", share) for share in home)
    assert spent - facts.value("United States", "imports_share") == pytest.approx(1.0)


def test_all_government_debt_has_a_holder(facts: Facts) -> None:
    holders = ("foreign_held", "central_bank", "bank", "household", "insurers")
    held = sum(facts.value("United States", f"{holder}_treasuries") for holder in holders)
    assert held == pytest.approx(facts.value("United States", "government_debt"))


def test_bank_loans_are_owed_by_households_firms_and_nonbanks(facts: Facts) -> None:
    owed = sum(facts.value("United States", f"bank_loans_to_{who}") for who in ("households", "firms", "nonbanks"))
    assert owed == pytest.approx(facts.value("United States", "bank_loans"))


def test_the_season_is_averaged_out_of_operating_cash_flow(facts: Facts) -> None:
    year = {"2022Q4": "2022", "2024Q4": "2024"}[facts.vintage]
    for firm in (*BIG_FOUR, "Oracle", "Nvidia"):
        quarters = [x for quarter, x in history("operating_cash_flow", firm).items() if quarter.startswith(year)]
        assert facts.value(firm, "operating_cash_flow") == pytest.approx(sum(quarters) / 4, abs=1e-3), firm


def test_opening_and_first_quarter_targets_agree_with_the_recorded_history(facts: Facts) -> None:
    following = NEXT_QUARTER[facts.vintage]
    for cloud in (*BIG_FOUR, "Oracle"):
        assert facts.value(cloud, "capex") == history("capex", cloud)[facts.vintage]
        assert facts.value(cloud, "next_quarter_capex") == history("capex", cloud)[following]
    assert facts.value("Nvidia", "next_quarter_ai_revenue") == history("nvidia_revenue")[following]
    labs = facts.value("AI sector", "next_quarter_lab_revenue")
    assert labs == pytest.approx(history("lab_revenue")[following], rel=0.03)


def test_capacity_at_the_end_of_2024_is_what_chip_sales_accumulate_to() -> None:
    early, late = Facts.load("2022Q4"), Facts.load("2024Q4")
    price = late.value("AI sector", "it_share_of_cost") * late.value("AI sector", "cost_per_gw")
    survival = 0.94 * 0.985
    inherited = early.value("AI sector", "capacity_online") * survival**8
    nvidia = [sales for quarter, sales in history("nvidia_revenue").items() if "2023Q1" <= quarter <= "2024Q4"]
    from_nvidia = sum(sales * survival**age for age, sales in enumerate(reversed(nvidia))) / price
    added = late.value("AI sector", "capacity_online") - inherited
    assert from_nvidia < added < 1.3 * from_nvidia


def test_recorded_sums_and_ratios_are_those_of_the_firms() -> None:
    for quarter, total in history("big4_capex").items():
        firms = [history("capex", firm)[quarter] for firm in BIG_FOUR]
        cash = sum(history("operating_cash_flow", firm)[quarter] for firm in BIG_FOUR)
        assert total == pytest.approx(sum(firms), abs=1e-3)
        assert history("big5_capex")[quarter] == pytest.approx(
            sum(firms) + history("capex", "Oracle")[quarter], abs=1e-3
        )
        assert history("capex_to_cash_flow")[quarter] == pytest.approx(sum(firms) / cash, abs=1e-4)


def test_lab_revenue_adds_up_to_the_annual_figures() -> None:
    openai = history("lab_revenue", "OpenAI")
    of_year = {year: sum(x for quarter, x in openai.items() if quarter.startswith(year)) for year in ("2023", "2024")}
    assert 1.0 - 1e-3 <= of_year["2023"] <= 1.6
    assert of_year["2024"] == pytest.approx(3.7, abs=0.01)


def test_history_covers_every_quarter_from_2022_to_the_third_of_2025() -> None:
    quarters = [f"{year}Q{q}" for year in range(2022, 2026) for q in range(1, 5)][:15]
    for series in ("big4_capex", "big5_capex", "big4_cash_flow", "capex_to_cash_flow", "nvidia_revenue"):
        assert list(history(series)) == quarters
    assert list(history("lab_revenue")) == quarters[3:]


def recorded_table(name: str) -> pd.DataFrame:
    """A data file of the vintages as it is."""
    with (files("simulation.vintages") / "data" / f"{name}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file)


def test_every_recorded_value_and_deal_has_a_source_and_a_confidence() -> None:
    recorded = recorded_table("record")
    for table in (recorded, recorded_table("deals")):
        assert table.source.str.len().gt(0).all()
        assert table.confidence.isin(CONFIDENCES).all()
    assert recorded.value.map(math.isfinite).all()
    assert recorded.sd_log.gt(0).all()
    assert not recorded.duplicated(["series", "entity", "quarter"]).any()


def test_nothing_recorded_could_be_known_before_its_quarter_began_or_after_the_information_date() -> None:
    recorded = recorded_table("record")
    begin = recorded.quarter.str[:4] + "-" + (3 * recorded.quarter.str[5].astype(int) - 2).map("{:02d}-01".format)
    plans = recorded.series == "capex_announced"
    assert (recorded.known[~plans] >= begin[~plans]).all()
    # Results of 2025Q3 were out by 2025-11-30; news and deals end on 2025-10-31.
    assert recorded.known.max() <= "2025-11-30"


def test_known_deals_have_amounts_that_are_numbers_and_dates_that_are_quarters() -> None:
    deals = recorded_table("deals")
    assert deals.amount.dropna().ge(0).all()
    for column in ("announced", "start"):
        assert deals[column].str.fullmatch(r"20\d\dQ[1-4]").all()
        assert deals[column].ge("2019Q1").all()


def test_no_file_tells_where_it_was_made() -> None:
    folder = Path(__file__).parents[3] / "simulation" / "vintages" / "data"
    for path in sorted(folder.iterdir()):
        assert not re.search(r"(^|[\s,\"])/(work|home|tmp|root)\b", path.read_text(encoding="utf-8")), path.name


def test_an_item_that_does_not_apply_has_a_default_and_a_missing_one_names_the_nearest(facts: Facts) -> None:
    assert facts.get("Meta", "segment_revenue") == 0.0
    assert facts.get("Meta", "segment_revenue", 1.5) == 1.5
    with pytest.raises(CircuitError, match="Nvidia has no item 'deposit'; nearest: deposits"):
        facts.value("Nvidia", "deposit")
    with pytest.raises(CircuitError, match="no agent 'Nvida'; there are Nvidia, AMD"):
        facts.value("Nvida", "deposits")


def test_an_unrecorded_series_or_entity_is_answered_with_what_is_recorded() -> None:
    with pytest.raises(CircuitError, match="no series 'profit'; recorded: adoption_count"):
        history("profit")
    with pytest.raises(CircuitError, match="nothing recorded for 'Nokia'; recorded for Alphabet"):
        history("capex", "Nokia")


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ((deposits_of_nvidia()._replace(value=math.nan),), "finite number"),
        ((deposits_of_nvidia()._replace(unit=""),), "unit and source"),
        ((deposits_of_nvidia()._replace(source=""),), "unit and source"),
        ((deposits_of_nvidia()._replace(confidence="sure"),), "'sure' must be one of high, medium, low"),
        ((deposits_of_nvidia(), deposits_of_nvidia()), "given twice"),
    ],
)
def test_a_number_without_its_evidence_is_refused(rows: tuple[Fact, ...], error: str) -> None:
    with pytest.raises(CircuitError, match=f"facts 2030Q1: Nvidia, deposits: .*{error}"):
        Facts("2030Q1", rows)


def test_all_errors_of_a_table_are_told_at_once() -> None:
    with pytest.raises(CircuitError) as told:
        Facts(
            "2030Q1",
            (
                deposits_of_nvidia()._replace(value=math.inf),
                deposits_of_nvidia()._replace(item="debt", unit="", confidence="none"),
            ),
        )
    assert len(told.value.errors) == 3

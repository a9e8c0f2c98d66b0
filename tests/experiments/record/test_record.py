"""The record of history, and what of a simulated economy it is held against."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.record.confidence import counted, listed
from experiments.record.observables import COLUMNS, OBSERVABLES, PLACE
from experiments.record.observations import Record, load_record
from experiments.record.quarters import day_after_results
from experiments.record.recorder import Recorder, observe
from simulation import Economy, Scenario
from simulation.dates import later, number_of
from simulation.errors import CircuitError
from simulation.registry import FIRST_COLUMN, NAMES
from simulation.vintages.facts import Facts, Recorded

HEADER = "series,entity,quarter,value,unit,sd_log,source,confidence,known,note"


def economy(vintage: str = "2022Q4", quarters: int = 3, keep_books: bool = False) -> Economy:
    return Economy(Scenario.load("baseline"), seed=1, vintage=vintage, quarters=quarters, firms=20,
                   keep_books=keep_books)  # fmt: skip


def row(series: str, quarter: str, value: float, entity: str = "economy", known: str = "2022-01-01") -> Recorded:
    return Recorded(series, entity, quarter, value, "USD bn", 0.05, "made up", "high", known, "")


def path(series: str, entity: str, values: list[float]) -> np.ndarray:
    """What a run shows that has these values of one series, the opening first, and one everywhere else."""
    observed = np.ones((len(values), len(COLUMNS)))
    observed[:, PLACE[series, entity]] = values
    return observed


def test_every_observable_has_a_number_in_a_running_economy() -> None:
    observed = observe(economy())
    assert observed.shape == (4, len(COLUMNS))
    assert np.isfinite(observed).all()


def test_a_reading_is_what_the_economy_records_of_itself() -> None:
    run = economy(keep_books=True)
    observed = observe(run)
    for series, entity, recorded in (
        ("big4_capex", "economy", "big4_capex"),
        ("rent", "economy", "spot_price"),
        ("gdp", "economy", "gdp"),
        ("nvidia_revenue", "economy", "nvidia_revenue"),
    ):
        assert observed[1:, PLACE[series, entity]] == pytest.approx(run.history[recorded].to_numpy())
    figures = run.firm_history.set_index(["quarter", "agent", "variable"])["value"]
    last = run.label(run.quarter)
    for series, agent, variable in (
        ("capex", "Oracle", "capex"),
        ("market_value", "OpenAI", "market_value"),
        ("market_value", "Nvidia", "market_value"),
        ("debt", "CoreWeave", "debt"),
        ("operating_cash_flow", "Nvidia", "operating_cash_flow"),
        ("lab_revenue", "Anthropic", "revenue"),
    ):
        assert observed[-1, PLACE[series, agent]] == pytest.approx(figures[last, agent, variable])


def test_capex_of_five_is_that_of_the_first_five_clouds() -> None:
    run = economy()
    observed = observe(run)
    five = [observed[-1, PLACE["capex", name]] for name in ("Microsoft", "Alphabet", "Amazon", "Meta", "Oracle")]
    assert observed[-1, PLACE["big5_capex", "economy"]] == pytest.approx(sum(five))


def test_contracts_in_hand_are_gigawatts_times_price_times_quarters_left() -> None:
    run = economy()
    market = run.state[0]["market"][0]
    oracle = NAMES["clouds"].index("Oracle")
    market["n_contracts"] = 2
    for contract, (gigawatts, price, left) in zip(market["contracts"][:2], ((2.0, 3.0, 8.0), (1.0, 5.0, 4.0)),
                                                  strict=True):  # fmt: skip
        contract["provider"], contract["gigawatts"], contract["price"] = oracle, gigawatts, price
        contract["quarters_left"] = left
    assert Recorder(run).read()[PLACE["backlog", "Oracle"]] == pytest.approx(2 * 3 * 8 + 1 * 5 * 4)


def test_the_recorder_reads_the_living_economy_and_not_a_copy() -> None:
    run = economy()
    recorder = Recorder(run)
    ledger = run.state[0]["ledger"][0]
    column = FIRST_COLUMN["labs"]
    ledger["issued"][column], ledger["price"][column] = 4.0, 2.5
    assert recorder.read()[PLACE["market_value", "OpenAI"]] == 10.0
    ledger["price"][column] = 5.0
    assert recorder.read()[PLACE["market_value", "OpenAI"]] == 20.0


def test_cash_flow_over_a_year_reaches_back_into_the_record() -> None:
    cash = {"2022Q1": 1.0, "2022Q2": 2.0, "2022Q3": 3.0, "2022Q4": 6.0, "2023Q1": 9.0}
    record = Record(tuple(row("operating_cash_flow", quarter, value, "Oracle") for quarter, value in cash.items()))
    points = record.points("2022Q4", "2023Q1")
    assert np.exp(points.targets) == pytest.approx([(9 + 6 + 3 + 2) / 4])
    simulated = points.simulated(path("operating_cash_flow", "Oracle", [99.0, 5.0]))
    assert np.exp(simulated) == pytest.approx([(5 + 6 + 3 + 2) / 4])


def test_cash_flow_that_would_need_an_unrecorded_quarter_is_not_compared() -> None:
    cash = {"2022Q3": 3.0, "2022Q4": 6.0, "2023Q1": 9.0}
    record = Record(tuple(row("operating_cash_flow", quarter, value, "Oracle") for quarter, value in cash.items()))
    assert len(record.points("2022Q4", "2023Q1")) == 0


def test_rents_are_compared_by_how_they_move_from_their_first_recorded_quarter() -> None:
    record = Record((row("rent", "2023Q1", 8.0), row("rent", "2023Q3", 2.0)))
    points = record.points("2022Q4", "2023Q4")
    assert [each.quarter for each in points.rows] == ["2023Q3"]
    assert np.exp(points.targets) == pytest.approx([0.25])
    assert np.exp(points.simulated(path("rent", "economy", [9.0, 0.5, 0.4, 0.2]))) == pytest.approx([0.4])


def test_a_backlog_counts_the_contracts_signed_since_the_opening_beside_what_stood_there() -> None:
    record = Record((row("backlog", "2022Q4", 60.0, "Oracle"), row("backlog", "2023Q2", 100.0, "Oracle")))
    points = record.points("2022Q4", "2023Q2")
    assert np.exp(points.simulated(path("backlog", "Oracle", [5.0, 9.0, 25.0]))) == pytest.approx([60 + 25 - 5])


def test_growth_is_compared_as_it_is_and_burn_with_its_sign_turned() -> None:
    record = Record((row("burn_half", "2023Q2", 2.0, "OpenAI"), row("real_growth", "2023Q1", -0.01)))
    points = record.points("2022Q4", "2023Q2")
    observed = path("burn_half", "OpenAI", [0.0, -1.0, -3.0])
    observed[1, PLACE["real_growth", "economy"]] = -0.02
    assert points.targets == pytest.approx([2.0, -0.01])
    assert points.simulated(observed) == pytest.approx([2.0, -0.02])


def test_a_firm_that_has_vanished_in_a_run_counts_as_a_twentieth_of_the_record() -> None:
    points = Record((row("gdp", "2023Q1", 8.0),)).points("2022Q4", "2023Q1")
    assert np.exp(points.simulated(path("gdp", "economy", [1.0, 0.0]))) == pytest.approx([8.0 / 20.0])
    assert np.exp(points.simulated(path("gdp", "economy", [1.0, 1e9]))) == pytest.approx([8.0 * 20.0])


def test_a_stack_of_runs_is_read_as_each_run_is() -> None:
    record = Record((row("gdp", "2023Q1", 8.0), row("gdp", "2023Q2", 9.0)))
    points = record.points("2022Q4", "2023Q2")
    one, other = path("gdp", "economy", [1.0, 2.0, 3.0]), path("gdp", "economy", [1.0, 4.0, 5.0])
    both = points.simulated(np.array([one, other]))
    assert both == pytest.approx(np.array([points.simulated(one), points.simulated(other)]))


def test_who_forecasts_at_a_quarter_knows_its_results_and_nothing_that_was_told_later() -> None:
    record = Record(
        (
            row("gdp", "2024Q3", 1.0, known="2024-10-31"),
            row("adoption_count", "2024Q3", 0.05, known="2025-07-11"),
            row("gdp", "2024Q4", 1.0, known="2024-11-15"),
        )
    )
    assert [each.series for each in record.known_by("2024Q3").rows] == ["gdp"]
    assert len(record.known_by("2025Q3").rows) == 3


def test_recalled_numbers_are_never_targets_and_sums_do_not_condition() -> None:
    points = load_record().points("2022Q4", "2025Q3")
    assert {each.confidence for each in points.rows} == {"high", "medium"}
    assert not {each.series for each in points.rows} & {"big4_capex", "nvidia_revenue", "capex_announced"}
    assert len(load_record().points("2022Q4", "2025Q3", all_series=True)) > len(points)


def test_who_enters_an_opening_as_a_token_is_held_against_nothing_there() -> None:
    early, late = (load_record().points(opening, "2025Q3") for opening in ("2022Q4", "2024Q4"))
    assert "xAI" not in {each.entity for each in early.rows}
    assert "xAI" in {each.entity for each in late.rows}


def test_every_recorded_series_that_is_observed_names_an_entity_of_the_table() -> None:
    observed = {each.series for each in OBSERVABLES}
    for each in load_record().rows:
        if each.series in observed:
            assert (each.series, each.entity) in PLACE, each


def test_the_record_reaches_the_third_quarter_of_2025_for_every_giant() -> None:
    record = load_record()
    assert record.last == "2025Q3"
    for firm in ("Microsoft", "Alphabet", "Amazon", "Meta", "Oracle"):
        assert list(record.values("capex", firm))[-1] == "2025Q3"
        assert len(record.values("operating_cash_flow", firm)) == 15


def test_a_file_of_ones_own_is_read_like_the_shipped_record(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(f"{HEADER}\ncapex,Meta,2025Q4,22,USD bn,.03,a filing,high,,\n")
    (mine,) = load_record(file).rows
    assert mine.known == day_after_results("2025Q4") == "2026-02-28"
    assert load_record(file).last == "2025Q4"


def test_all_errors_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        f"{HEADER}\nprofit,Meta,2025Q4,22,USD bn,.03,x,high,,\ncapex,Meta,2025-4,x,USD bn,0,x,sure,soon,\n"
        "gdp,,2025Q4,1,USD bn,.1,x,high,,\ngdp,,2025Q4,1,USD bn,.1,x,high,,\n"
    )
    with pytest.raises(CircuitError) as told:
        load_record(file)
    text = "\n".join(told.value.errors)
    for expected in ("line 2: no series 'profit'", "line 3: quarter '2025-4'", "value 'x'", "sd_log '0'", "'sure'",
                     "'soon'", "line 5: gdp economy 2025Q4 is given twice"):  # fmt: skip
        assert expected in text
    assert len(told.value.errors) == 7


def test_a_file_without_the_columns_of_a_record_is_told_which_it_lacks(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("series,quarter\n")
    with pytest.raises(CircuitError, match="lacks the column entity, value, unit, sd_log, source, confidence"):
        load_record(file)
    with pytest.raises(CircuitError, match=r"nowhere\.csv: cannot be read"):
        load_record(tmp_path / "nowhere.csv")


def test_quarters_are_counted_across_years() -> None:
    assert later("2024Q4", 1) == "2025Q1"
    assert number_of("2025Q3") - number_of("2022Q4") == 11
    assert day_after_results("2025Q2") == "2025-08-31"


def test_the_count_by_confidence_is_that_of_the_facts() -> None:
    table = counted()
    facts = Facts.load("2024Q4").table()
    assert table.loc["opening 2024Q4", "low"] == (facts["confidence"] == "low").sum()
    assert table.loc["opening 2024Q4", "all"] == len(facts)
    assert len(listed("2024Q4", "low")) == table.loc[["opening 2024Q4", "rules of the openings"], "low"].sum()


def test_most_numbers_of_the_named_firms_at_the_end_of_2024_are_read_in_a_source() -> None:
    facts = Facts.load("2024Q4").table()
    firms = facts[facts["agent"].isin(["Nvidia", "AMD", "Broadcom", "Microsoft", "Alphabet", "Amazon", "Meta"])]
    stocks = firms[firms["item"].isin(["deposits", "debt", "equity_book", "property_net", "market_value"])]
    assert (stocks["confidence"] != "low").mean() > 0.85

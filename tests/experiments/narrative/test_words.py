"""Numbers in words and lines: the story's turning points, sparklines, charts, percentages."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest

from experiments.analysis import wording
from experiments.common import terminal
from experiments.methods.history import errors_of, quarters_between
from experiments.narrative.since import RunSince
from experiments.narrative.story import mean_capex, tell, turn_of, turning_point
from experiments.statistics import Estimate
from simulation import Economy, Scenario
from simulation.series import SERIES_DTYPE

SERIES_NAMES = list(SERIES_DTYPE.names or ())


def test_the_peak_told_is_the_one_before_the_largest_fall_not_the_highest_value() -> None:
    capex = np.array([10.0, 20.0, 30.0, 12.0, 14.0, 25.0, 40.0, 39.0])
    assert turning_point(capex) == (2, 3)


def test_a_slow_decline_is_told_from_where_it_began() -> None:
    capex = np.concatenate((np.linspace(60.0, 100.0, 5), np.linspace(99.0, 60.0, 40)))
    assert turning_point(capex) == (4, 44)


def test_investment_that_never_falls_has_no_turning_point() -> None:
    peak, trough = turning_point(np.array([1.0, 2.0, 3.0]))
    assert peak == trough == 2


def test_the_story_names_who_mattered_most() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=4, firms=20, keep_books=False).run()
    told = " ".join(tell(economy))
    highest = economy.history.iloc[int(np.argmax(mean_capex(economy.history)))]
    who = economy.column_names[int(highest["debt_rank_actor"])]
    assert f"the failure of {who} would have put most at risk" in told
    assert f"{highest['debt_rank_largest'] * 100:.1f}% of all assets" in told


def altered(**series: np.ndarray) -> Economy:
    """A finished run with some of its series replaced, and a twin that is what it was."""
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=24, firms=20, keep_books=False).run()
    _ = economy.macro_twin
    for name, values in series.items():
        economy._series[: economy.quarter, SERIES_NAMES.index(name)] = values
    return economy


QUIET = np.full(24, 100.0)


def test_investment_that_dips_for_one_quarter_is_told_as_no_fall_and_no_pullback() -> None:
    dip = QUIET.copy()
    dip[10] = 70.0  # a fall by 30% in a quarter, by 7.5% in the mean of four
    economy = altered(ai_capex_real=dip, ai_orders=dip)
    assert not economy.outcome.pullback
    assert "never fell by a tenth" in " ".join(tell(economy))


def test_the_peak_that_is_told_is_where_the_deepest_pullback_began() -> None:
    slow = np.concatenate((np.full(8, 100.0), np.linspace(95.0, 20.0, 16)))
    economy = altered(ai_capex_real=slow, ai_orders=slow)
    (pullback,) = [each for each in economy.outcome.episodes if each.kind == "investment pullback"]
    peak, trough = turn_of(economy)
    assert (peak, trough) == (pullback.peak - 1, pullback.trough - 1) == (7, 23)
    assert f"$100bn a quarter in {economy.label(8)}, from there down by {pullback.depth:.0%}" in " ".join(tell(economy))


def test_a_withdrawal_lasts_until_it_ends_also_shortly_before_the_end_of_the_run() -> None:
    withdrawn = np.zeros(24)
    withdrawn[18:22] = 1.0
    (episode,) = [each for each in altered(withdrawal=withdrawn).outcome.episodes if each.kind == "withdrawal"]
    assert (episode.start, episode.quarters_down) == (19.0, 4.0)


def test_a_fall_of_shares_that_is_no_market_pullback_is_told_with_what_orders_did() -> None:
    shares = np.concatenate((np.full(10, 2.0), np.linspace(1.9, 1.32, 4), np.full(10, 1.4)))  # 34% within a year
    run = altered(ai_equity=shares, ai_orders=QUIET, price_level=np.ones(24))
    told = (
        f"AI shares fell 34% from their peak of {run.label(10)} until {run.label(14)}, too little for a market pullback"
    )
    assert f"{told}; orders, mean of four quarters, held meanwhile." in " ".join(tell(run))
    orders = np.concatenate((np.full(10, 100.0), np.full(14, 80.0)))
    fewer = altered(ai_equity=shares, ai_orders=orders, price_level=np.ones(24))
    assert f"{told}; orders, mean of four quarters, fell by 20% meanwhile." in " ".join(tell(fewer))
    slide = np.concatenate((np.full(4, 2.0), np.linspace(1.95, 1.0, 20)))  # 50%, but 20 to 36% in any two years
    slow = " ".join(tell(altered(ai_equity=slide)))
    assert f"AI shares fell 50% from their peak of {run.label(4)} until {run.label(24)}, too slowly" in slow
    crash = np.concatenate((np.full(10, 2.0), np.full(14, 1.0)))
    assert "AI shares fell" not in " ".join(tell(altered(ai_equity=crash)))


def test_a_fall_of_investment_beside_a_pullback_is_told_too() -> None:
    served_late = np.concatenate((np.full(4, 100.0), np.full(4, 60.0)))  # while orders stay
    capex = np.concatenate((served_late, np.full(6, 200.0), np.full(6, 80.0)))
    orders = np.concatenate((np.full(14, 100.0), np.full(10, 50.0)))
    run = altered(ai_capex_real=np.pad(capex, (0, 4), "edge"), ai_orders=orders, price_level=np.ones(24))
    told = " ".join(tell(run))
    assert f"$200bn a quarter in {run.label(14)}, from there down by 60%" in told
    aside = f"Real AI investment fell 40% from {run.label(4)} until {run.label(8)}; orders held meanwhile."
    assert f"{aside} Orders did not fall by 20%, so that this is called no pullback." in told


def test_coverage_that_is_lost_is_not_told_as_kept() -> None:
    kept = " ".join(tell(altered(coverage=np.full(24, 1.2))))
    assert "It covered all of it in every quarter" in kept
    lost = " ".join(tell(altered(coverage=np.concatenate((np.full(10, 1.2), np.full(14, 0.8))))))
    assert "It covered all of it in 10 of 24 quarters;" in lost
    won = altered(coverage=np.concatenate((np.full(10, 0.8), np.full(14, 1.2))))
    assert f"It covered all of it in 14 of 24 quarters, first in {won.label(11)}" in " ".join(tell(won))
    assert "It covered all of it in no quarter" in " ".join(tell(altered(coverage=np.full(24, 0.8))))


def test_firms_that_failed_are_counted_in_words_that_agree() -> None:
    one, many = np.eye(24)[3], np.full(24, 100.0)
    assert "1 ordinary firm failed and was replaced" in " ".join(tell(altered(firm_failures=one)))
    assert "2,400 ordinary firms failed and were replaced" in " ".join(tell(altered(firm_failures=many)))


def test_a_withdrawal_that_began_in_the_past_is_told_as_going_on() -> None:
    withdrawn = np.zeros(24)
    withdrawn[4:10] = 1.0
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=24, firms=20, keep_books=False).run()
    _ = economy.macro_twin_from(6)
    economy._series[:, SERIES_NAMES.index("withdrawal")] = withdrawn
    assert "investors go on withdrawing for 4 more quarters" in " ".join(tell(RunSince(economy, 6, 1)))
    whole = " ".join(tell(altered(withdrawal=withdrawn)))
    assert f"investors withdraw in {economy.label(5)} for 6 quarters" in whole


def test_unemployment_that_is_highest_at_an_end_of_the_run_is_told_once() -> None:
    falling = np.linspace(0.06, 0.04, 24)
    first, last = (economy.label(quarter) for economy in [altered()] for quarter in (1, 24))
    assert f"unemployment went from a high of 6.0% in {first} to 4.0%." in " ".join(tell(altered(unemployment=falling)))
    rising = " ".join(tell(altered(unemployment=falling[::-1])))
    assert f"unemployment went from 4.0% to a high of 6.0% in {last}." in rising


def test_a_fall_that_takes_longer_than_two_years_is_told_from_its_peak_as_no_pullback() -> None:
    slow = np.concatenate((np.full(6, 100.0), np.linspace(98.0, 64.0, 18)))
    run = altered(ai_capex_real=slow, ai_orders=slow)
    told = " ".join(tell(run))
    assert not run.outcome.pullback
    assert f"$100bn a quarter in {run.label(6)}, from there down by 33% until {run.label(24)}" in told
    assert "It did not fall by 30% within two years, so that this is called no pullback." in told


def test_a_fall_without_a_fall_of_orders_is_told_as_no_pullback() -> None:
    fall = np.concatenate((np.full(10, 100.0), np.full(14, 50.0)))
    late = altered(ai_capex_real=fall, ai_orders=QUIET)
    assert not late.outcome.pullback
    assert "down by 50% " in " ".join(tell(late))
    assert "Orders did not fall by 20%, so that this is called no pullback." in " ".join(tell(late))
    meant = altered(ai_capex_real=fall, ai_orders=fall)
    assert meant.outcome.pullback
    assert "so that this is called no pullback" not in " ".join(tell(meant))


def test_orders_that_fell_before_investment_and_came_back_are_told_as_they_were() -> None:
    capex = np.concatenate((np.full(12, 100.0), np.full(4, 40.0), np.full(8, 160.0)))
    orders = np.concatenate((np.full(8, 100.0), np.full(4, 40.0), np.full(12, 160.0)))
    run = altered(ai_capex_real=capex, ai_orders=orders, price_level=np.ones(24))
    assert not run.outcome.pullback
    told = " ".join(tell(run))
    assert f"down by 60% until {run.label(16)}" in told
    assert (
        f"Orders were down by 60% in {run.label(12)}, but not by 20% when investment was down by 30%, so that this is "
        "called no pullback." in told
    )


def test_orders_that_are_low_at_the_end_are_told_also_where_investment_stands() -> None:
    dropped = np.concatenate((np.full(20, 100.0), np.full(4, 30.0)))
    told = " ".join(tell(altered(ai_capex_real=QUIET, ai_orders=dropped, price_level=np.ones(24))))
    assert "never fell by a tenth. Orders, mean of four quarters, end 70% below their highest of the last three" in told
    held = " ".join(tell(altered(ai_capex_real=QUIET, ai_orders=QUIET, price_level=np.ones(24))))
    assert "Orders, mean" not in held


def test_the_highest_investment_is_told_with_its_quarter_where_the_fall_told_began_elsewhere() -> None:
    capex = np.concatenate((np.full(6, 100.0), np.full(6, 40.0), np.full(6, 200.0), np.full(6, 170.0)))
    run = altered(ai_capex_real=capex, ai_orders=capex, price_level=np.ones(24))
    told = " ".join(tell(run))
    assert f"to $100bn a quarter in {run.label(6)}, from there down by 60% until {run.label(10)}" in told
    assert f"; it was highest in {run.label(16)}, at $200bn." in told
    assert f"in {run.label(16)}, when investment was highest, and" in told
    assert f"When investment was highest ({run.label(16)}), the failure of" in told


def test_a_fall_just_short_of_a_bound_is_not_rounded_to_it() -> None:
    shares = np.concatenate((np.full(10, 2.0), np.full(14, 1.208)))  # 39.6%
    told = " ".join(tell(altered(ai_equity=shares)))
    assert "AI shares fell just under 40% from their peak of" in told
    assert "too little for a market pullback" in told


def test_a_credit_event_is_told_with_how_long_it_lasts() -> None:
    gate = np.zeros(24)
    gate[10:14] = 0.4
    run = altered(private_credit_gated=gate)
    assert f"a credit event in {run.label(11)} for 4 quarters (" in " ".join(tell(run))
    gate[14:] = 0.4
    assert "for 14 quarters so far (" in " ".join(tell(altered(private_credit_gated=gate)))


def test_a_credit_event_is_told_by_what_it_consists_of() -> None:
    gate, bank = np.zeros(24), np.zeros(24)
    gate[10], bank[10] = 0.4, 1.0
    told = " ".join(tell(altered(private_credit_gated=gate, bank_failures=bank)))
    assert "40% of private credit behind a gate and 1 bank resolved" in told


def test_output_lost_without_jobs_is_told_as_no_macro_episode() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=24, firms=20, keep_books=False).run()
    twin = economy.macro_twin
    level = twin.history["real_gdp"].to_numpy() * np.concatenate((np.full(10, 1.0), np.full(14, 0.95)))
    jobless = twin.history["unemployment"].to_numpy()
    past_peak = np.concatenate((np.full(10, 100.0), np.full(14, 90.0)))
    without = altered(real_gdp=level, unemployment=jobless, ai_capex_real=past_peak)
    assert "this is called no macro episode" in " ".join(tell(without))
    jobless = jobless + np.concatenate((np.zeros(10), np.full(14, 0.02)))
    told = " ".join(tell(altered(real_gdp=level, unemployment=jobless, ai_capex_real=past_peak)))
    assert "a macro episode of 5.0% of GDP from" in told  # as far as GDP fell back, in as many digits
    assert "; going on at the end)" in told
    assert re.search(r"GDP fell back by at most 5\.0% \(\w+\) and unemployment rose by at most 2\.0 points", told)
    assert "no macro episode" not in told


def test_a_pullback_is_told_as_going_on_over_or_back_at_its_peak_by_the_rule_that_says_whether_a_boom_is_on() -> None:
    # From 900 to 500: half is made good at 700, a rise as great as a fall that counts is to 500/.7 = 714.
    for last, told in (
        (690.0, "; going on at the end)"),
        (710.0, "; over in {}, not back at its peak by the end)"),
        (910.0, "; back at its peak 6 quarters after the trough)"),
    ):
        capex = np.concatenate((np.full(4, 100.0), np.full(6, 900.0), np.full(6, 500.0), np.full(8, last)))
        run = altered(ai_capex_real=capex, ai_orders=capex, price_level=np.ones(24), compute_revenue=np.zeros(24))
        assert told.format(run.label(20)) in " ".join(tell(run))
        assert run.outcome.size == ("settled" if last == 690.0 else "boom on")


def test_a_later_loss_without_jobs_is_no_part_of_the_macro_episode_before() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=24, firms=20, keep_books=False).run()
    twin = economy.macro_twin
    lost = np.concatenate((np.full(4, 1.0), np.full(6, 0.97), np.full(6, 1.0), np.full(8, 0.90)))
    without = np.concatenate((np.zeros(4), np.full(6, 0.02), np.zeros(14)))
    capex = np.concatenate((np.full(4, 100.0), np.full(6, 90.0), np.full(6, 110.0), np.full(8, 100.0)))
    told = " ".join(
        tell(
            altered(
                real_gdp=twin.history["real_gdp"].to_numpy() * lost,
                unemployment=twin.history["unemployment"].to_numpy() + without,
                ai_capex_real=capex,
            )
        )
    )
    assert "a macro episode of 3.0% of GDP from" in told
    assert "GDP fell back by at most 10.0%" in told
    assert "unemployment was not up by 1 point since the same peak when GDP was lowest" in told
    assert "this is called no macro episode" in told


def test_gains_against_the_twin_are_more_or_less_and_never_a_signed_nothing() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=24, firms=20, keep_books=False).run()
    twin = economy.macro_twin.history
    same = {name: twin[name].to_numpy() for name in ("real_gdp", "unemployment", "employment")}
    told = " ".join(tell(altered(**same)))
    assert "GDP of all quarters together is the same, with as many job-years." in told
    assert "GDP never fell back and unemployment never rose against it." in told
    poorer = " ".join(tell(altered(**(same | {"real_gdp": 0.98 * same["real_gdp"]}))))
    assert "GDP of all quarters together is 2.0% lower" in poorer
    assert wording.change(-0.003) == wording.change(0.0) == "0%"
    assert (wording.change(0.08), wording.change(-0.126)) == ("+8%", "-13%")


def test_the_story_says_where_more_happened_than_is_told() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=2, firms=20, keep_books=False).run()
    assert "than is told" not in " ".join(tell(economy))
    economy._notes[1] = economy._notes[1]._replace(untold=3)
    assert f"More happened in {economy.label(2)} than is told" in " ".join(tell(economy))


def test_shares_are_never_rounded_to_never_or_always() -> None:
    assert wording.percent(0.002) == "<1%"
    assert wording.percent(0.998) == ">99%"
    assert wording.percent(0.0) == "0%"
    assert wording.percent(1.0) == "100%"
    assert wording.percent(math.nan) == "unknown"


def test_an_estimate_is_never_shown_without_its_interval() -> None:
    assert wording.with_interval(Estimate(0.38, 0.31, 0.46, 200)) == "38% (31-46)"
    assert wording.signed(Estimate(2.13, 0.4, 3.9, 200)) == "+2.1 (0.4 to 3.9)"
    assert wording.signed(Estimate(2.1, math.nan, math.nan, 2)) == "+2.1 (too few pairs)"
    assert wording.with_interval(Estimate(math.nan, math.nan, math.nan, 0)) == "no runs"


def test_money_is_written_in_the_unit_that_fits() -> None:
    assert [wording.money(amount) for amount in (0.85, 3.14, 118.4, 1234.0)] == [
        "$850m",
        "$3.1bn",
        "$118bn",
        "$1.2tn",
    ]


def test_names_are_listed_as_a_reader_would() -> None:
    assert wording.several(["a", "b", "c"]) == "a, b and c"
    assert wording.several(["a"]) == "a"


def test_a_sparkline_keeps_the_order_of_heights_and_shows_gaps() -> None:
    assert terminal.sparkline([0.0, math.nan, 1.0]) == "▁ █"
    assert len(terminal.sparkline(list(range(100)), width=20)) == 20
    assert terminal.sparkline([]) == ""


@pytest.mark.parametrize("values", [[1.0, 2.0, 8.0], [5.0, 5.0], list(range(60))])
def test_a_chart_draws_a_connected_curve_from_edge_to_edge(values: list[float]) -> None:
    lines = terminal.line_chart(values, [str(value) for value in range(len(values))], width=30, height=5)
    cells = [line.split("┤")[1] for line in lines[:5]]
    for column in zip(*cells, strict=True):
        assert any(ord(cell) > terminal.EMPTY_BRAILLE for cell in column)
    assert len(lines) == 6


def test_quarters_are_counted_from_the_one_after_the_opening() -> None:
    quarters = quarters_between("2022Q4", "2025Q2")
    assert (quarters[0], quarters[-1], len(quarters)) == ("2023Q1", "2025Q2", 10)


def test_errors_against_history_skip_quarters_without_data() -> None:
    table = pd.DataFrame(
        {
            "series": ["big4_capex"] * 3,
            "quarter": ["2023Q1", "2023Q2", "2023Q3"],
            "low": [8.0, 8.0, 8.0],
            "median": [11.0, 10.0, 12.0],
            "high": [12.0, 12.0, 12.0],
            "data": [10.0, math.nan, 16.0],
        }
    )
    errors = errors_of(table).iloc[0]
    assert errors["mean absolute error, %"] == pytest.approx(17.5)
    assert errors["error at the end, %"] == pytest.approx(-25.0)
    assert errors["quarters inside 80% band"] == "1 of 2"

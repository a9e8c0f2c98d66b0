"""What happened on the way, how it ended, what it cost: told from series worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation import Economy, Outcome, Scenario
from simulation.endings import ENDINGS, SCORES, THRESHOLDS, outcome_of, outcome_without_twin
from simulation.endings.episodes import fall_within, mean_of
from simulation.endings.returns import Yields, internal_rate
from simulation.endings.thresholds import CHOSEN, variations
from simulation.errors import CircuitError
from simulation.series import SERIES_DTYPE

QUARTERS = 40
BASELINE = Scenario.load("baseline")
ATTRITION = BASELINE.parameter_values()["attrition"]

# A quiet economy in which nothing happens: levels by series, the same in every quarter.
QUIET = {
    "gdp": 7500.0, "real_gdp": 7500.0, "price_level": 1.0, "unemployment": 0.04, "employment": 160.0,
    "household_wealth": 160_000.0, "household_wealth_top": 100_000.0, "government_debt": 1.2,
    "ai_capex": 100.0, "ai_capex_real": 100.0, "ai_orders": 100.0, "capacity_capex": 60.0, "ai_equity": 1.0,
    "ai_debt": 400.0, "spot_price": 2.0, "user_cost": 1.5, "compute_online": 10.0, "compute_delivered": 0.5,
    "compute_revenue": 20.0, "compute_running": 5.0, "compute_mark": 500.0, "owners_rate": 0.02, "chip_supply": 90.0,
    "chip_backlog": 90.0, "coverage": 0.8,
}  # fmt: skip


def history(**changed: Any) -> np.ndarray:
    """The quiet economy with some series changed: a number, or one for each quarter."""
    table = np.zeros(QUARTERS, SERIES_DTYPE)
    for name, values in (QUIET | changed).items():
        table[name] = values
    return table


def judged(run: np.ndarray | None = None, twin: np.ndarray | None = None, **changed: Any) -> Outcome:
    run = history(**changed) if run is None else run
    return outcome_of(run, history() if twin is None else twin, attrition=0.05)


def test_without_its_twin_a_run_is_told_but_for_what_happens_to_the_whole_economy() -> None:
    fall = path((1, 100.0), (10, 200.0), (16, 60.0), (40, 60.0))
    output, jobless = path((1, 7500.0), (10, 7500.0), (16, 6000.0)), path((1, 0.04), (10, 0.04), (16, 0.1))
    run = history(ai_capex_real=fall, ai_orders=fall, real_gdp=output, unemployment=jobless)
    whole = judged(run)
    assert set(kinds(whole)) == {"investment pullback", "macro episode"}
    assert outcome_without_twin(run, attrition=0.05) == (whole.ending, {"investment pullback"})


def path(*points: tuple[int, float]) -> np.ndarray:
    """Straight lines between values at some quarters (the first is 1)."""
    quarters, values = zip(*points, strict=True)
    return np.interp(np.arange(1, QUARTERS + 1), quarters, values)


def kinds(outcome: Outcome) -> list[str]:
    return [episode.kind for episode in outcome.episodes]


def test_nothing_happens_in_a_quiet_economy() -> None:
    outcome = judged()
    assert outcome.episodes == ()
    assert outcome.ending == "boom on unpaid"
    assert "no episode on the way" in str(outcome)


FALL = path((1, 100.0), (12, 200.0), (16, 100.0), (30, 220.0), (40, 220.0))


def test_investment_that_falls_by_a_third_while_orders_fall_is_a_pullback() -> None:
    outcome = judged(ai_capex_real=FALL, ai_orders=FALL)
    (episode,) = outcome.episodes
    mean = mean_of(FALL, 4)
    assert episode.kind == "investment pullback"
    assert outcome.pullback
    assert episode.peak == mean[:20].argmax() + 1.0
    assert mean[int(episode.start) - 1] <= 0.7 * mean.max(initial=0.0, where=np.arange(40) < 20)
    assert episode.depth == pytest.approx(1.0 - mean[12:24].min() / mean[:20].max())
    assert episode.quarters_down == episode.trough - episode.peak
    back = int(episode.trough + episode.recovery) - 1
    assert mean[back] >= mean[int(episode.peak) - 1] > mean[back - 1]


def test_late_deliveries_are_no_pullback() -> None:
    assert "investment pullback" not in kinds(judged(ai_capex_real=FALL))


def test_a_fall_that_takes_three_years_is_no_pullback() -> None:
    slow = path((1, 100.0), (10, 200.0), (36, 100.0), (40, 100.0))
    assert "investment pullback" not in kinds(judged(ai_capex_real=slow, ai_orders=slow))


def test_two_falls_with_a_recovery_between_are_two_pullbacks_and_one_long_fall_is_one() -> None:
    twice = path((1, 100.0), (8, 200.0), (12, 100.0), (20, 210.0), (24, 90.0), (40, 90.0))
    assert kinds(judged(ai_capex_real=twice, ai_orders=twice)).count("investment pullback") == 2
    once = path((1, 100.0), (8, 200.0), (14, 110.0), (20, 60.0), (40, 60.0))
    (episode,) = judged(ai_capex_real=once, ai_orders=once).episodes
    assert np.isnan(episode.recovery)


def market(*points: tuple[int, float]) -> list[tuple[float, float, float]]:
    """Peak, trough and depth of the market pullbacks of a path of AI shares."""
    episodes = judged(ai_equity=path(*points)).episodes
    return [(each.peak, each.trough, pytest.approx(each.depth)) for each in episodes if each.kind == "market pullback"]


def test_what_falls_again_before_half_of_a_fall_is_made_good_is_the_same_fall() -> None:
    # From 2.0 to 1.1; half is made good at 1.55, and as great a rise as counts would be to 1.1/.6 = 1.83.
    assert market((1, 1.0), (10, 2.0), (12, 1.1), (14, 1.5), (16, 0.9), (40, 0.9)) == [(10, 16, 0.55)]


def test_a_second_fall_counts_from_a_peak_of_its_own_and_only_if_it_is_great_enough_from_there() -> None:
    again = market((1, 1.0), (10, 2.0), (12, 1.1), (14, 1.6), (16, 0.9), (40, 0.9))
    assert again == [(10, 12, 0.45), (14, 16, 1.0 - 0.9 / 1.6)]
    # 1.0 is half of the 2.0 of a year and a half before, but 37.5% below 1.6.
    assert market((1, 1.0), (10, 2.0), (12, 1.1), (14, 1.6), (16, 1.0), (40, 1.0)) == [(10, 12, 0.45)]


def test_a_deep_fall_is_over_when_shares_rise_by_as_much_as_a_fall_that_counts() -> None:
    # From 2.0 to .4: 40% down is 67% up, to .667, long before half is made good at 1.2.
    deep = market((1, 1.0), (10, 2.0), (12, 0.4), (16, 0.8), (18, 0.44), (40, 0.44))
    assert deep == [(10, 12, 0.8), (16, 18, 0.45)]
    assert market((1, 1.0), (10, 2.0), (12, 0.4), (16, 0.6), (18, 0.3), (40, 0.3)) == [(10, 18, 0.85)]


def test_a_slow_fall_is_dated_from_its_peak_however_long_ago_that_was() -> None:
    assert market((1, 1.0), (5, 2.0), (20, 1.8), (22, 1.0), (40, 1.0)) == [(5, 22, 0.5)]
    # A dip before it belongs to it unless half of the dip was made good: to 1.7 or more of 2.0, 1.4.
    assert market((1, 1.0), (7, 2.0), (9, 1.4), (14, 1.6), (17, 0.9), (40, 0.9)) == [(7, 17, 0.55)]
    assert market((1, 1.0), (7, 2.0), (9, 1.4), (14, 1.9), (17, 1.045), (40, 1.045)) == [(14, 17, 0.45)]


def test_shares_that_lose_two_fifths_within_two_years_are_a_market_pullback() -> None:
    assert kinds(judged(ai_equity=path((1, 1.0), (10, 2.0), (16, 1.2), (40, 1.2)))) == ["market pullback"]
    assert kinds(judged(ai_equity=path((1, 1.0), (10, 2.0), (16, 1.25), (40, 1.3)))) == []


def test_losses_a_resolved_bank_and_shut_gates_are_credit_events() -> None:
    losses = np.zeros(QUARTERS)
    losses[[10, 11]] = 11.0  # 22 of 400 within a year: 5.5%
    (episode,) = judged(ai_credit_losses=losses).episodes
    assert (episode.kind, episode.depth) == ("credit event", pytest.approx(0.055))
    losses[:] = 0.0
    losses[10] = 19.0  # 4.75% of debt and .06% of GDP
    assert judged(ai_credit_losses=losses).episodes == ()
    assert kinds(judged(bank_failures=np.eye(QUARTERS)[20])) == ["credit event"]
    assert kinds(judged(private_credit_gated=0.3 * np.eye(QUARTERS)[20])) == ["credit event"]
    apart = np.eye(QUARTERS)[10] + np.eye(QUARTERS)[30]
    assert kinds(judged(bank_failures=apart)) == ["credit event", "credit event"]


def test_investors_that_come_back_for_a_quarter_and_leave_again_withdraw_twice() -> None:
    withdrawal = np.zeros(QUARTERS)
    withdrawal[[3, 4, 6, 7, 8]] = 1.0
    outcome = judged(withdrawal=withdrawal)
    assert [(episode.start, episode.quarters_down) for episode in outcome.episodes] == [(4.0, 2.0), (7.0, 3.0)]
    assert (outcome.scores["withdrawals"], outcome.scores["withdrawal_quarters"]) == (2.0, 5.0)


def test_withdrawals_are_told_one_by_one() -> None:
    withdrawal = np.zeros(QUARTERS)
    withdrawal[[3, 4, 5, 20, 21]] = 1.0
    outcome = judged(withdrawal=withdrawal)
    assert [(episode.start, episode.quarters_down) for episode in outcome.episodes] == [(4.0, 3.0), (21.0, 2.0)]
    assert outcome.scores["first_withdrawal_quarter"] == 4.0


RECESSION = {
    "real_gdp": path((1, 7500.0), (12, 7700.0), (18, 7400.0), (40, 7500.0)),
    "unemployment": path((1, 0.04), (12, 0.035), (18, 0.055), (40, 0.04)),
}


def test_output_and_jobs_lost_against_the_twin_since_the_peak_of_investment_are_a_macro_episode() -> None:
    assert kinds(judged(ai_capex_real=path((1, 100.0), (12, 120.0), (40, 110.0)), **RECESSION)) == ["macro episode"]
    only_output = RECESSION | {"unemployment": 0.04}
    assert kinds(judged(ai_capex_real=path((1, 100.0), (12, 120.0), (40, 110.0)), **only_output)) == []


def test_a_recession_that_the_twin_has_too_is_not_counted() -> None:
    outcome = judged(history(**RECESSION), history(**RECESSION))
    assert outcome.episodes == ()
    assert outcome.scores["gdp_shortfall"] == outcome.scores["job_years"] == 0.0


def test_a_macro_episode_with_a_credit_event_near_it_is_systemic() -> None:
    capex = path((1, 100.0), (12, 120.0), (40, 110.0))
    near = judged(ai_capex_real=capex, bank_failures=np.eye(QUARTERS)[18], **RECESSION)
    assert "systemic episode" in kinds(near)
    far = judged(ai_capex_real=capex, bank_failures=np.eye(QUARTERS)[2], **RECESSION)
    assert "systemic episode" not in kinds(far)


def test_a_macro_episode_has_its_trough_where_output_is_lowest_also_before_jobs_are_lost() -> None:
    capex = path((1, 100.0), (12, 120.0), (40, 110.0))
    late = {"unemployment": path((1, 0.04), (20, 0.04), (24, 0.06), (40, 0.06))}
    output = path((1, 7500.0), (12, 7500.0), (16, 7200.0), (19, 7200.0), (30, 7300.0), (40, 7300.0))
    (episode,) = judged(ai_capex_real=capex, real_gdp=output, **late).episodes
    # The mean of investment peaks in quarter 15, when output is 7500, 7425, 7350, 7275: 7387.5 on average.
    assert (episode.peak, episode.trough, episode.start) == (15, 19, 24)
    assert episode.depth == pytest.approx(1.0 - 7200.0 / 7387.5)


def steps(*parts: tuple[int, float]) -> np.ndarray:
    """Values, each for so many quarters."""
    return np.repeat([value for _, value in parts], [quarters for quarters, _ in parts])


@pytest.mark.parametrize(
    ("after", "jobs_lost_from", "begins"),
    [(120.0, 13, [15]), (120.0, 18, [20]), (120.0, 19, []), (100.0, 19, [21]), (90.0, 30, [32])],
)
def test_a_peak_counts_until_investment_is_higher_again_and_for_three_years_at_least(
    after: float, jobs_lost_from: int, begins: list[float]
) -> None:
    # The mean of investment peaks at 100 in quarter 8, and is higher from quarter 15 on where it goes to 120.
    capex = steps((8, 100.0), (4, 80.0), (28, after))
    # Output is 2% lower from quarter 11 on; a point and a half of unemployment is more than one in the third mean.
    output = steps((10, 7500.0), (30, 7350.0))
    jobless = steps((jobs_lost_from - 1, 0.04), (41 - jobs_lost_from, 0.055))
    episodes = judged(ai_capex_real=capex, real_gdp=output, unemployment=jobless).episodes
    assert [episode.start for episode in episodes] == begins
    assert all((episode.peak, episode.trough) == (8, 14) for episode in episodes)
    assert [episode.depth for episode in episodes] == pytest.approx([0.02] * len(begins))


def test_jobs_are_lost_since_the_peak_that_output_is_lost_since() -> None:
    # Means of investment peak in quarters 8 and 14; unemployment falls by a point and a half between, and rises after.
    capex = steps((8, 100.0), (2, 80.0), (4, 120.0), (26, 110.0))
    jobless = steps((10, 0.055), (4, 0.04), (26, 0.055))
    before, after = steps((8, 7500.0), (32, 7350.0)), steps((14, 7500.0), (26, 7350.0))
    assert judged(ai_capex_real=capex, real_gdp=before, unemployment=jobless).episodes == ()
    (episode,) = judged(ai_capex_real=capex, real_gdp=after, unemployment=jobless).episodes
    assert (episode.kind, episode.peak, episode.start) == ("macro episode", 14, 17)


def test_what_output_loses_after_a_new_peak_is_another_macro_episode_only_if_the_first_is_over() -> None:
    capex = steps((8, 100.0), (4, 80.0), (8, 120.0), (20, 100.0))
    jobless = steps((10, 0.04), (30, 0.06))
    more = judged(
        ai_capex_real=capex, unemployment=jobless, real_gdp=steps((10, 7500.0), (12, 7350.0), (18, 7100.0))
    ).episodes
    assert [(each.peak, each.trough, each.depth) for each in more] == [(8, 26, pytest.approx(1.0 - 7100.0 / 7500.0))]
    assert np.isnan(more[0].over)
    # Two quarters of 7520 bring the mean to 7435, which makes good 85 of 150.
    jobless = steps((10, 0.04), (4, 0.06), (6, 0.04), (20, 0.06))
    output = steps((10, 7500.0), (4, 7350.0), (8, 7520.0), (18, 7100.0))
    again = judged(ai_capex_real=capex, unemployment=jobless, real_gdp=output).episodes
    assert [(each.peak, each.trough) for each in again] == [(8, 14), (20, 26)]
    assert again[0].over == 16


@pytest.mark.parametrize(
    ("after", "jobs", "peaks"),
    [
        ((28, 80.0), ((28, 0.055),), [8]),  # no peak of investment since the first fall
        ((4, 80.0, 4, 90.0, 20, 70.0), ((28, 0.055),), [8]),  # one in quarter 20, and no jobs lost since
        ((4, 80.0, 4, 90.0, 20, 70.0), ((12, 0.055), (16, 0.075)), [8, 20]),
    ],
)
def test_another_macro_episode_has_a_peak_of_investment_of_its_own_and_jobs_lost_since(
    after: tuple[float, ...], jobs: tuple[tuple[int, float], ...], peaks: list[float]
) -> None:
    """Investment is never again as high as in quarter 8, and jobs stay lost since: that was the first episode."""
    later = [(int(number), level) for number, level in zip(after[::2], after[1::2], strict=True)]
    capex = steps((8, 100.0), (4, 80.0), *later)
    # Output is 2% lower in quarters 11 to 14, back until 22, 4% lower after.
    output = steps((10, 7500.0), (4, 7350.0), (8, 7500.0), (18, 7200.0))
    jobless = steps((12, 0.04), *jobs)
    episodes = judged(ai_capex_real=capex, real_gdp=output, unemployment=jobless).episodes
    assert [episode.peak for episode in episodes if episode.kind == "macro episode"] == peaks


def test_investment_that_never_falls_leaves_nothing_to_count_from() -> None:
    for capex in (np.full(QUARTERS, 0.1), np.cumsum(np.full(QUARTERS, 0.1)), steps((20, 0.7), (20, 0.9))):
        assert judged(ai_capex_real=capex, **RECESSION).episodes == ()


def test_a_systemic_episode_is_the_macro_episode_from_when_credit_fails_too() -> None:
    capex = path((1, 100.0), (12, 120.0), (40, 110.0))
    back = RECESSION | {"real_gdp": path((1, 7500.0), (12, 7700.0), (18, 7400.0), (22, 7700.0), (40, 7700.0))}
    macro, credit, systemic = judged(ai_capex_real=capex, bank_failures=np.eye(QUARTERS)[24], **back).episodes
    assert (macro.kind, credit.kind, systemic.kind) == ("macro episode", "credit event", "systemic episode")
    assert systemic.start == credit.start == 25.0
    assert (systemic.peak, systemic.trough, systemic.depth) == (macro.peak, macro.trough, macro.depth)


def test_a_macro_episode_is_systemic_once_however_long_the_credit_event_stays_within_eight_quarters() -> None:
    capex = path((1, 100.0), (12, 120.0), (40, 110.0))
    back = RECESSION | {"real_gdp": path((1, 7500.0), (12, 7700.0), (18, 7400.0), (22, 7700.0), (40, 7700.0))}
    outcome = judged(ai_capex_real=capex, bank_failures=np.eye(QUARTERS)[16] + np.eye(QUARTERS)[20], **back)
    assert kinds(outcome).count("macro episode") == kinds(outcome).count("systemic episode") == 1


def test_the_first_sign_around_a_peak_is_its_cause() -> None:
    withdrawal = np.zeros(QUARTERS)
    withdrawal[11:14] = 1.0
    (_, episode) = judged(ai_capex_real=FALL, ai_orders=FALL, withdrawal=withdrawal).episodes
    assert episode.cause == "withdrawal of investors"
    (episode,) = judged(ai_capex_real=FALL, ai_orders=FALL).episodes
    assert episode.cause == "capacity caught up with need"


def one_purchase() -> dict[str, np.ndarray]:
    """100 spent in the first quarter on 1 GW that does not wear out; nothing was there before."""
    nothing = np.zeros(4)
    table = {name: nothing.copy() for name in SERIES_DTYPE.names or ()}
    table["ai_capex"][0] = 100.0
    table["compute_delivered"][0] = 1.0
    table["compute_online"] += 1.0
    table["compute_revenue"] += 40.0
    table["compute_running"] += 10.0
    table["compute_mark"][:] = 20.0
    return table


def test_a_return_is_the_present_value_of_gains_over_that_of_cost() -> None:
    # 30 a quarter for four quarters and 20 left, without interest: 140 for 100.
    table = one_purchase()
    assert Yields(table, 0.0).of(slice(None), 0.5).value == pytest.approx(0.4)
    table["owners_rate"] += 0.1
    worth = sum(30.0 / 1.1**k for k in range(1, 5)) + 20.0 / 1.1**4
    assert Yields(table, 0.0).of(slice(None), 0.5).value == pytest.approx(worth / (100.0 / 1.1) - 1.0)


def test_uplift_of_own_business_counts_in_full_by_half_or_not_at_all() -> None:
    table = one_purchase()
    table["compute_uplift"] += 10.0
    found = [Yields(table, 0.0).of(slice(None), counted).value for counted in (1.0, 0.5, 0.0)]
    assert found == pytest.approx([0.8, 0.6, 0.4])


def test_compute_that_was_there_before_takes_its_part() -> None:
    table = one_purchase()
    table["compute_online"] += 1.0  # one old gigawatt beside the new one
    # 15 a quarter and half of the mark.
    assert Yields(table, 0.0).of(slice(None), 0.5).value == pytest.approx((60.0 + 10.0) / 100.0 - 1.0)


def test_the_newest_equipment_is_what_waits() -> None:
    table = one_purchase()
    table["compute_delivered"][2] = 1.0
    table["ai_capex"][2] = 50.0
    table["compute_waiting"][2:] = 1.0
    yields = Yields(table, 0.0)
    assert yields.of(slice(0, 1), 0.5).value == pytest.approx((120.0 + 10.0) / 100.0 - 1.0)
    assert yields.of(slice(2, 3), 0.5).value == pytest.approx(10.0 / 50.0 - 1.0)


def test_new_compute_earns_what_the_old_leaves() -> None:
    run = Economy(BASELINE, seed=2, firms=30, keep_books=False).run()
    yields = Yields({name: run.series[name] for name in run.series.dtype.names or ()}, ATTRITION)
    earned = run.series["compute_revenue"] - run.series["compute_running"]
    part = yields.earned.sum(axis=0) / earned
    assert ((part > -1e-9) & (part < 1.0 + 1e-9)).all()
    assert part[-1] > 0.9 > 0.3 > part[0]


def test_an_internal_rate_brings_the_value_to_nothing() -> None:
    assert internal_rate(np.array([-100.0, 0.0, 0.0, 0.0, 110.0])) == pytest.approx(0.1)
    assert np.isnan(internal_rate(np.array([100.0, 10.0])))


ENDS = {
    "paid off, no episode": {"compute_revenue": 400.0},
    "paid off after one": {"compute_revenue": 400.0, "ai_capex_real": FALL, "ai_orders": FALL},
    "boom on unpaid": {},
    "settled unpaid": {"ai_capex_real": path((1, 100.0), (40, 70.0))},
    "collapsed": {"ai_capex_real": path((1, 100.0), (40, 10.0))},
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_is_the_crossing_of_return_episodes_and_size(ending: str) -> None:
    assert judged(**ENDS[ending]).ending == ending


def test_a_boom_is_not_on_while_investment_is_in_a_pullback_however_high_it_still_is() -> None:
    # From 900 to 400: a rise as great as a fall that counts is to 400/.7 = 571, long before half is made good at 650.
    falling = path((1, 100.0), (30, 900.0), (34, 900.0), (38, 400.0), (40, 400.0))
    assert judged(ai_capex_real=falling, ai_orders=falling).ending == "settled unpaid"
    for back, ending in ((570.0, "settled unpaid"), (572.0, "boom on unpaid")):
        regained = path((1, 100.0), (20, 900.0), (24, 900.0), (28, 400.0), (32, 400.0), (36, back), (40, back))
        assert judged(ai_capex_real=regained, ai_orders=regained).ending == ending


def test_a_boom_that_is_on_again_stays_on_when_investment_dips_by_less_than_a_pullback() -> None:
    # Back from 400 at 600, the pullback is over; 450 is a quarter below that.
    dips = path((1, 100.0), (16, 900.0), (20, 900.0), (23, 400.0), (26, 400.0), (29, 600.0), (33, 600.0), (36, 450.0))
    assert judged(ai_capex_real=dips, ai_orders=dips).ending == "boom on unpaid"


def test_how_much_of_a_pullback_must_be_made_good_is_moved_like_any_threshold() -> None:
    # From 900 to 600 and back to 735: 45% of the fall, of which 50% are asked for, and 40% if a fifth less is.
    back = path((1, 100.0), (20, 900.0), (24, 900.0), (28, 600.0), (32, 600.0), (36, 735.0), (40, 735.0))
    outcome = judged(ai_capex_real=back, ai_orders=back)
    assert (outcome.ending, outcome.size) == ("settled unpaid", "settled")
    assert outcome.sensitivity["made_good -20%"] == "boom on unpaid"
    assert outcome.sensitivity["made_good +20%"] == "settled unpaid"


def test_money_is_paid_back_without_an_episode_only_where_there_is_none_of_any_kind() -> None:
    earning = {"compute_revenue": 400.0}
    assert judged(**earning).ending == "paid off, no episode"
    assert judged(withdrawal=np.eye(QUARTERS)[5], **earning).ending == "paid off after one"
    assert judged(bank_failures=np.eye(QUARTERS)[5], **earning).ending == "paid off after one"


def test_the_state_is_told_at_dates_too() -> None:
    falls_late = path((1, 100.0), (30, 100.0), (40, 10.0))
    outcome = judged(ai_capex_real=falls_late)
    assert outcome.at == {"2027Q4": "boom on unpaid", "2030Q4": "boom on unpaid"}
    assert outcome.ending == "collapsed"


def test_what_has_come_by_a_date_does_not_hang_on_how_long_a_run_goes_on() -> None:
    run, twin = history(ai_capex_real=FALL, ai_orders=FALL, withdrawal=np.eye(QUARTERS)[30]), history()
    long, short = (outcome_of(run[:end], twin[:end], attrition=0.05) for end in (QUARTERS, 24))
    assert long.scores["pullback_quarter"] == short.scores["pullback_quarter"] <= 24
    assert long.at["2030Q4"] == short.at["2030Q4"] == short.ending
    assert {"withdrawal"} == set(kinds(long)) - set(kinds(short))


def test_damage_of_a_pullback_is_what_output_and_jobs_lose_from_the_peak_on() -> None:
    gdp = path((1, 7500.0), (13, 7500.0), (14, 7350.0), (40, 7350.0))
    jobs = path((1, 160.0), (13, 160.0), (14, 159.0), (40, 159.0))
    outcome = judged(ai_capex_real=FALL, ai_orders=FALL, real_gdp=gdp, employment=jobs)
    assert outcome.scores["pullback_gdp_loss"] == pytest.approx(0.02, abs=1e-6)
    # The mean of investment peaks in quarter 13: a million jobs are missing in the twelve quarters after it.
    assert outcome.scores["pullback_job_years"] == pytest.approx(12 / 4)
    assert outcome.scores["job_years"] == pytest.approx(-27 / 4)


def test_every_declared_score_is_given_and_no_other() -> None:
    assert list(judged().scores) == list(SCORES)


def test_every_threshold_is_declared_with_its_source_and_moved_both_ways() -> None:
    assert {choice.name for choice in CHOSEN} == {name for name in variations() for name in [name.rsplit(" ", 1)[0]]}
    assert all(choice.source and choice.meaning for choice in CHOSEN)
    outcome = judged(ai_capex_real=FALL, ai_orders=FALL)
    assert set(outcome.sensitivity) == set(outcome.pullback_if) == set(variations())
    shallow = path((1, 100.0), (12, 200.0), (18, 140.0), (40, 140.0))
    fallen = judged(ai_capex_real=shallow, ai_orders=shallow)
    fall = fall_within(mean_of(shallow, 4), 8).max()
    assert fallen.pullback_if["capex_fall -20%"] == (fall >= 0.8 * THRESHOLDS.capex_fall)
    assert not fallen.pullback_if["capex_fall +20%"]


def test_an_outcome_needs_a_history_without_holes_and_a_twin_of_its_length() -> None:
    with pytest.raises(CircuitError, match="no quarter has been simulated"):
        outcome_of(history()[:0], history()[:0], 0.05)
    with pytest.raises(CircuitError, match="same number of quarters"):
        outcome_of(history(), history()[:-1], 0.05)
    with pytest.raises(CircuitError, match="real_gdp must be finite"):
        judged(real_gdp=np.nan)


def test_an_economy_tells_its_outcome_at_every_quarter() -> None:
    economy = Economy(BASELINE, seed=1, quarters=6, firms=30, keep_books=False)
    economy.step()
    assert economy.outcome.ending in ENDINGS
    economy.run()
    assert np.isfinite(economy.outcome.scores["gdp_gain"])
    assert set(economy.returns["own_use"]) == {"full", "half", "none"}
    assert len(economy.returns) == 3 * 14


def test_an_economy_without_ai_has_no_systemic_episode() -> None:
    none = BASELINE.with_switches(ai=False)
    for seed in range(1, 11):
        outcome = Economy(none, seed=seed, firms=30, keep_books=False).run().outcome
        assert not {"macro episode", "systemic episode", "investment pullback"} & set(kinds(outcome))
        assert np.isnan(outcome.scores["return_half"])
        assert outcome.scores["gdp_gain"] == 0.0


@pytest.mark.slow
def test_the_realised_return_falls_with_the_gain_from_ai() -> None:
    means = []
    for gamma in (0.15, 0.04, 0.007):
        ends = [
            Economy(BASELINE.with_parameters(gamma=gamma), seed=seed, firms=100, keep_books=False).run()
            for seed in range(30)
        ]
        means.append(np.mean([economy.outcome.scores["return_half"] for economy in ends]))
    assert means[0] > means[1] > means[2]

"""Statistics against published numbers, at their edges, and for the coverage they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from experiments import statistics as st


def test_wilson_interval_matches_the_published_example() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 gives 0.2553 to 0.3662."""
    estimate = st.probability(81, 263)
    assert estimate.low == pytest.approx(0.2553, abs=5e-5)
    assert estimate.high == pytest.approx(0.3662, abs=5e-5)


def test_a_probability_never_seen_still_has_an_upper_bound() -> None:
    never, always = st.probability(0, 20), st.probability(20, 20)
    assert never.low == 0.0
    assert never.high == pytest.approx(0.1611, abs=5e-5)
    assert always.high == 1.0
    assert always.low == pytest.approx(1.0 - never.high)


def test_no_runs_give_no_number_and_no_error() -> None:
    assert math.isnan(st.probability(0, 0).value)
    assert math.isnan(st.mean_effect([]).value)
    assert math.isnan(st.share_effect([math.nan], [1.0]).value)
    assert st.flips([], []) == st.Flips(0, 0, 1.0, 0)
    assert st.holm([]) == []
    assert math.isnan(st.variance_reduction([], []).value)


def test_simultaneous_shares_are_wider_than_single_ones_and_sum_to_one() -> None:
    shares = st.outcome_shares({"paid off": 30, "settled": 40, "boom on": 20, "collapsed": 10})
    single = st.probability(30, 100)
    assert sum(share.value for share in shares.values()) == pytest.approx(1.0)
    assert shares["paid off"].low < single.low
    assert shares["paid off"].high > single.high


def test_exact_mcnemar_counts_saved_and_harmed_runs() -> None:
    before = np.array([1] * 10 + [0] * 10 + [1] * 5)
    after = np.array([0] * 9 + [1] + [0] * 9 + [1] + [1] * 5)
    table = st.flips(after, before)
    assert (table.saved, table.harmed, table.n) == (9, 1, 25)
    assert table.p_value == pytest.approx(2 * 11 / 1024)


def test_a_failed_run_drops_its_pair_alone() -> None:
    table = st.flips([0.0, math.nan, 1.0], [1.0, 1.0, 0.0])
    assert (table.saved, table.harmed, table.n) == (1, 1, 2)


def test_without_flips_the_effect_is_zero_and_its_interval_is_not() -> None:
    effect = st.share_effect(np.zeros(50), np.zeros(50))
    assert effect.value == 0.0
    assert effect.high == pytest.approx(-effect.low)
    assert 0.05 < effect.high < 0.10
    assert st.flips(np.zeros(50), np.zeros(50)).p_value == 1.0


def test_tango_interval_solves_its_own_score_equation() -> None:
    """At a bound the observed table lies z restricted standard errors away (checked by likelihood)."""
    gained, lost, n = 12, 4, 100
    after = np.array([1.0] * gained + [0.0] * (n - gained))
    before = np.array([0.0] * gained + [1.0] * lost + [0.0] * (n - gained - lost))
    effect = st.share_effect(after, before)
    for bound in (effect.low, effect.high):
        nuisance = _restricted_likelihood_estimate(gained, lost, n, bound)
        variance = n * (2 * nuisance + bound - bound**2)
        distance = (gained - lost - n * bound) / math.sqrt(variance)
        assert abs(distance) == pytest.approx(1.959964, abs=1e-4)


def _restricted_likelihood_estimate(gained: int, lost: int, n: int, difference: float) -> float:
    """Most likely share of losses, given how far gains exceed losses: search on a grid."""
    lost_share = np.linspace(max(0.0, -difference) + 1e-9, (1 - difference) / 2 - 1e-9, 2_000_001)
    likelihood = (
        gained * np.log(lost_share + difference)
        + lost * np.log(lost_share)
        + (n - gained - lost) * np.log(1 - 2 * lost_share - difference)
    )
    return float(lost_share[np.argmax(likelihood)])


def test_holm_matches_the_textbook_example() -> None:
    assert st.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_differences_that_are_all_equal_are_known_exactly() -> None:
    assert st.mean_effect(np.full(20, 0.5)) == st.Estimate(0.5, 0.5, 0.5, 20)


def test_few_pairs_have_students_interval_and_fewer_than_ten_none() -> None:
    """Student (1908): ten patients sleep longer by 1.58 hours, .70 to 2.46."""
    hours = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    assert st.mean_effect(hours) == pytest.approx((1.58, 0.7001, 2.4599, 10), abs=1e-4)
    assert math.isnan(st.mean_effect(hours[:9]).low)
    assert st.mean_effect(hours[:9]).value == pytest.approx(1.6)
    many = np.random.default_rng(2).gamma(1.0, size=st.FEWEST_FOR_BOOTSTRAP)
    bootstrap = st.mean_effect(many)
    assert bootstrap.high - bootstrap.value > bootstrap.value - bootstrap.low, "the bootstrap sees that it is skewed"


def test_the_interval_of_a_ratio_solves_fiellers_equation() -> None:
    rng = np.random.default_rng(9)
    below = rng.lognormal(size=40)
    above = below * rng.gamma(2.0, size=40)
    ratio = st.ratio_of_means(above, below)
    for bound in (ratio.low, ratio.high):
        rest = above - bound * below
        assert abs(rest.mean()) / (rest.std(ddof=1) / math.sqrt(40)) == pytest.approx(2.0226909, abs=1e-6)
    assert ratio.value == pytest.approx(above.mean() / below.mean())
    assert math.isnan(st.ratio_of_means(above[:9], below[:9]).low)
    assert math.isnan(st.ratio_of_means(above, np.zeros(40)).value)
    assert math.isnan(st.ratio_of_means(above, rng.normal(0.01, 1.0, 40)).low), "what it is divided by may be zero"


def test_the_interval_of_a_median_lies_between_order_statistics() -> None:
    """Conover (1999), table: of 20 values the 6th and the 15th hold the median in 95.9%."""
    assert st.median(np.arange(1.0, 21.0)) == (10.0, 6.0, 15.0, 20)
    assert math.isnan(st.median([1.0, 2.0, 3.0, 4.0, 5.0]).low)
    assert st.median([]).n == 0


def test_a_state_of_some_seeds_alone_is_judged_by_them() -> None:
    seeds = np.arange(200)
    scores = np.array([[np.where(seeds < 100, 1.0, np.nan), np.where(seeds < 100, np.nan, 4.0)]] * 2)
    scores[1] += [[0.0], [2.0]]
    found = st.regrets(scores)
    assert [cell.value for cell in found.by_state[0]] == [0.0, 2.0]
    assert [cell.n for cell in found.by_state[0]] == [100, 100]
    assert found.means[1][1] == (6.0, 6.0, 6.0, 100)
    assert (found.expected[0].value, found.worst[0].value, found.worst[0].n) == (1.0, 2.0, 200)


def test_common_random_numbers_pay_when_noise_is_shared() -> None:
    rng = np.random.default_rng(5)
    shared = rng.normal(size=400)
    before, after = shared + 0.1 * rng.normal(size=400), 0.2 + shared + 0.1 * rng.normal(size=400)
    factor = st.variance_reduction(after, before)
    assert factor.low < 101.0 < factor.high
    assert math.isinf(st.variance_reduction(before, before).low)
    few = st.variance_reduction(after[:20], before[:20])
    assert few.value > 1.0
    assert math.isnan(few.low)


@pytest.mark.parametrize("n", [50, 51, 100, 150, 400])
@pytest.mark.parametrize("changed", [0, 1, 2, 5])
def test_an_ending_that_nearly_no_pair_changes_has_effects_without_a_traceback(n: int, changed: int) -> None:
    before, after = np.zeros(n), np.zeros(n)
    after[:changed] = 1.0
    for one, other in ((after, before), (before, after), (1.0 - after, before), (after * 1e-12, before)):
        factor = st.variance_reduction(one, other)
        assert factor.n == n
        assert not factor.low > factor.value
        assert math.isfinite(st.mean_effect(one - other).low)
        assert math.isfinite(st.share_effect(one, other).low)


def test_the_curve_of_a_worked_example_falls_as_published() -> None:
    """Kaplan and Meier (1958), JASA 53: deaths at .8, 3.1, 5.4, 9.2; losses at 1.0, 2.7, 7.0, 12.1."""
    times = [0.8, 1.0, 2.7, 3.1, 5.4, 7.0, 9.2, 12.1]
    died = [True, False, False, True, True, False, True, False]
    curve = st.kaplan_meier(times, died, at=[0.5, 1.0, 4.0, 6.0, 10.0])
    assert curve.share == pytest.approx([1.0, 7 / 8, 7 / 8 * 4 / 5, 7 / 8 * 4 / 5 * 3 / 4, 7 / 8 * 3 / 5 * 1 / 2])
    assert (curve.n, curve.events) == (8, 4)
    assert list(curve.at_risk) == [8, 7, 5 - 1, 3, 1]


def test_without_censoring_the_curve_is_the_share_of_survivors() -> None:
    times = np.arange(1.0, 101.0)
    curve = st.kaplan_meier(times, np.ones(100, dtype=bool), at=times)
    assert curve.share == pytest.approx(1.0 - times / 100.0)
    assert np.all(curve.low <= curve.share)
    assert np.all(curve.share <= curve.high)
    assert curve.median.value == 50.0
    assert 39.0 < curve.median.low < 50.0 < curve.median.high < 62.0


def test_booms_that_never_break_have_no_median_time_but_an_interval() -> None:
    curve = st.kaplan_meier(np.full(50, 40.0), np.zeros(50, dtype=bool), at=[10, 40])
    assert list(curve.share) == [1.0, 1.0]
    assert np.all((curve.low > 0.9) & (curve.low < 1.0))
    assert math.isinf(curve.median.value)
    assert math.isnan(st.kaplan_meier([], [], at=[1.0]).share[0])
    assert math.isnan(st.kaplan_meier([], [], at=[1.0]).median.value)


def test_the_log_rank_test_sees_a_longer_life_and_no_difference_where_there_is_none() -> None:
    rng = np.random.default_rng(3)
    short, long = rng.exponential(10.0, 200), rng.exponential(20.0, 200)
    always, never = np.ones(200, dtype=bool), np.zeros(200, dtype=bool)
    assert st.log_rank(short, always, long, always) < 0.001
    assert st.log_rank(short, always, short, always) == pytest.approx(1.0)
    assert math.isnan(st.log_rank(short, never, long, never))
    assert math.isnan(st.log_rank([], [], long, always))


def test_a_tail_of_fewer_than_twenty_runs_is_refused() -> None:
    rng = np.random.default_rng(4)
    too_few, enough = rng.normal(size=st.runs_for_tail() - 1), rng.normal(size=st.runs_for_tail())
    for measure in (st.at_risk, st.expected_shortfall):
        assert math.isnan(measure(too_few).value)
        assert measure(too_few).n == too_few.size
        assert math.isfinite(measure(enough).value)
    assert math.isnan(st.shortfall_effect(too_few, too_few).value)


def test_the_tail_of_a_normal_law_is_where_it_should_be() -> None:
    sample = np.random.default_rng(5).normal(size=4000)
    level, shortfall = st.at_risk(sample), st.expected_shortfall(sample)
    assert level.low < -1.6449 < level.high
    assert shortfall.low < -2.0627 < shortfall.high
    assert shortfall.value < level.value


def test_a_policy_that_lifts_every_run_lifts_the_tail_by_as_much() -> None:
    without = np.random.default_rng(6).normal(size=500)
    effect = st.shortfall_effect(without + 0.3, without)
    assert effect == pytest.approx((0.3, 0.3, 0.3, 500))


def test_failed_runs_bound_a_share_from_both_sides() -> None:
    bounds = st.bounded_share(bad=30, n=90, failed=10)
    assert bounds.as_good.value == pytest.approx(0.30)
    assert bounds.as_bad.value == pytest.approx(0.40)
    assert bounds.as_good.low < bounds.as_bad.low
    assert bounds.as_good.n == bounds.as_bad.n == 100
    none = st.bounded_share(bad=30, n=90, failed=0)
    assert none.as_good == none.as_bad == st.probability(30, 90)


def test_failed_runs_bound_an_effect_from_both_sides() -> None:
    without = np.array([1.0] * 10 + [0.0] * 8 + [math.nan, 0.0])
    after = np.array([0.0] * 5 + [1.0] * 5 + [0.0] * 9 + [math.nan])
    bounds = st.bounded_share_effect(after, without, np.isnan(after), np.isnan(without))
    assert bounds.as_good.value == pytest.approx((-5 - 1) / 20)
    assert bounds.as_bad.value == pytest.approx((-5 + 1) / 20)
    assert bounds.as_bad.n == 20


def test_a_running_share_ends_at_the_share_of_all_runs() -> None:
    happened = np.array([1.0, 0.0] * 60 + [math.nan])
    running = st.running_shares(happened)
    assert [estimate.n for estimate in running] == [10, 15, 20, 30, 40, 50, 60, 80, 100, 120]
    assert running[-1] == st.probability(60, 120)
    assert st.running_shares([math.nan]) == []


def test_the_best_policy_is_not_regretted_and_the_worst_state_is_named() -> None:
    noise = np.random.default_rng(8).normal(size=300)
    scores = np.array([[noise, noise + 2.0], [noise + 1.0, noise], [noise + 1.0, noise + 2.0]])
    found = st.regrets(scores)
    assert [[round(cell.value, 6) for cell in row] for row in found.by_state] == [[1, 0], [0, 2], [0, 0]]
    assert [round(policy.value, 6) for policy in found.expected] == [0.5, 1.0, 0.0]
    assert [round(policy.value, 6) for policy in found.worst] == [1.0, 2.0, 0.0]
    assert found.worst_state[:2] == [0, 1]
    assert found.worst[1].low == pytest.approx(2.0)


def test_regret_leaves_out_seeds_on_which_a_run_failed() -> None:
    scores = np.array([[[1.0, 2.0, math.nan]], [[2.0, 3.0, 9.0]]])
    found = st.regrets(np.tile(scores, 25))
    assert found.expected[0] == pytest.approx((1.0, 1.0, 1.0, 50))
    assert math.isnan(st.regrets(scores).expected[0].low), "two seeds tell nothing of how sure that is"
    assert math.isnan(st.regrets(np.full((2, 1, 3), math.nan)).worst[0].value)


def test_quantiles_taken_at_once_are_those_taken_column_by_column() -> None:
    paths = np.random.default_rng(5).lognormal(size=(101, 40)).astype("f4")
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    expected = np.array([[np.nanquantile(column, level) for column in paths.T.astype(float)] for level in levels])
    assert np.array_equal(st.quantiles(paths, levels), expected)
    paths[3] = np.nan  # a run that failed
    kept = np.delete(paths, 3, axis=0)
    assert np.array_equal(st.quantiles(paths, levels), st.quantiles(kept, levels))


def test_a_share_of_runs_in_clusters_counts_the_runs_that_would_tell_as_much() -> None:
    """Four clusters of 25 with 5, 5, 15 and 15: by hand the variance is 4/3 * 4 * 5^2 / 100^2 = 1/75, of chance .4 * .6
    / 100, so the design effect is 5.56, and with (3.182 / 1.960)^2 a hundred runs are worth 6.8."""
    happened = np.concatenate([np.repeat([1.0, 0.0], [count, 25 - count]) for count in (5, 5, 15, 15)])
    clusters = np.repeat([0, 1, 2, 3], 25)
    found = st.clustered_probability(happened, clusters)
    worth = 100.0 / ((1.0 / 75.0) / 0.0024) / (3.18245 / 1.95996) ** 2
    assert found[:1] + found[3:] == (0.4, 100)
    assert found[1:3] == pytest.approx(st.wilson_bounds(0.4 * worth, worth), rel=1e-5)
    # Two shares of .2 and two of .6 have a variance of .0533; chance in the runs makes .16 / 24 or .24 / 24 of it.
    assert st.spread_beyond_chance(happened, clusters) == pytest.approx(math.sqrt(4.0 / 75.0 - 0.2 / 24.0))


def test_clusters_that_lie_nearer_than_chance_are_no_evidence_of_more_runs() -> None:
    happened, clusters = np.tile([1.0, 0.0], 50), np.repeat([0, 1, 2, 3], 25)
    alike, alone = st.clustered_probability(happened, clusters), st.probability(50, 100)
    assert (alike.low, alike.high) < (alone.low, alone.high)
    assert alike.high > alone.high
    assert st.spread_beyond_chance(happened, clusters) == 0.0


def test_one_cluster_or_a_run_in_each_is_an_ordinary_probability() -> None:
    happened = np.array([1.0, 0.0, 0.0, 1.0])
    assert st.clustered_probability(happened, np.zeros(4)) == st.probability(2, 4)
    assert st.clustered_probability(happened, np.arange(4)) == st.probability(2, 4)
    assert st.clustered_probability([], []).n == 0
    assert math.isnan(st.spread_beyond_chance(happened, np.zeros(4)))


@pytest.mark.parametrize(("clusters", "apart"), [(4, 0.05), (8, 0.08), (4, 0.0)])
def test_an_interval_over_clusters_holds_the_share_that_other_clusters_would_give(clusters: int, apart: float) -> None:
    """Of chance in the runs alone 95% intervals hold it in six or seven of ten cases where clusters differ."""
    rng = np.random.default_rng(3)
    held = {"clustered": 0, "alone": 0}
    for _ in range(400):
        shares = np.clip(0.3 + apart * rng.standard_normal(clusters), 0.01, 0.99)
        cluster = np.repeat(np.arange(clusters), 480 // clusters)
        happened = (rng.random(480) < shares[cluster]).astype(float)
        for name, found in (
            ("clustered", st.clustered_probability(happened, cluster)),
            ("alone", st.probability(int(happened.sum()), 480)),
        ):
            held[name] += found.low <= 0.3 <= found.high
    assert held["clustered"] / 400 > 0.92
    assert (held["alone"] / 400 < 0.85) == (apart > 0.0)

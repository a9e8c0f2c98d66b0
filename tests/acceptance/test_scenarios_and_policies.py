"""What the shipped scenarios and policies do, and what a parameter that matters does."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.study.situations import in_situation
from experiments.study.targets import REDEMPTIONS, Expected, Target, expected_of
from simulation import Economy, Scenario
from simulation.scenario import load_policy
from simulation.scenario.files import shipped_names
from simulation.scenario.paths import Path
from tests.acceptance.runs import BASELINE, CALM, FIRMS, QUARTERS, SEEDS, START, falls, rises, runs

YEAR = START + 3


def calm(name: str) -> Scenario:
    """A shipped scenario without sudden withdrawals and without luck, as its twin."""
    return Scenario.load(name).with_switches(withdrawal=False, luck=False)


# Scenario, series, whether it rises, first and last quarter looked at.
SCENARIOS = [
    ("agentic-take-off", "end_demand_revenue", True, START, QUARTERS),
    ("agentic-take-off", "capability", True, START, QUARTERS),
    ("cheap-foreign-rival", "end_demand_revenue", False, START, QUARTERS),
    ("efficiency-leap", "ai_price", False, START, QUARTERS),
    ("late-chips", "chip_revenue", False, START, YEAR),
    ("late-chips", "compute_online", False, START, YEAR + 1),
    ("late-chips", "chip_backlog", True, START, YEAR),
    ("power-shortage", "compute_online", False, START, QUARTERS),
    ("power-shortage", "ai_capex", False, START, QUARTERS),
    ("price-war", "ai_price", False, START, YEAR),
    ("price-war", "lab_revenue", False, START, YEAR),
    ("rate-rise", "investment", False, START, YEAR + 4),
    ("rate-rise", "real_gdp", False, START, YEAR + 4),
    ("slow-diffusion", "intensity", False, 1, QUARTERS),
    ("slow-diffusion", "end_demand_revenue", False, START, QUARTERS),
    ("technical-wall", "capability", False, START, QUARTERS),
    ("technical-wall", "end_demand_revenue", False, START, QUARTERS),
    ("demand-recession", "consumption", False, START, YEAR),
    ("demand-recession", "unemployment", True, START, YEAR),
    ("export-control", "chip_revenue", False, START, YEAR + 4),
    ("foundry-loss", "chip_revenue", False, START, YEAR),
    ("insider-selling", "ai_equity", False, START, YEAR),
    ("key-player-failure", "lab_revenue", False, START, YEAR),
    ("key-player-scandal", "lab_revenue", False, START, YEAR),
    ("memory-price", "system_price", True, START, YEAR),
    ("regulation", "end_demand_revenue", False, START, QUARTERS),
    ("sentiment", "ai_equity", False, START, YEAR),
    ("tariff-shock", "system_price", True, START, YEAR),
    ("tariff-shock", "compute_online", False, START, QUARTERS),
]


@pytest.mark.parametrize(("name", "series", "up", "first", "last"), SCENARIOS)
def test_a_shipped_scenario_does_what_its_title_says(name: str, series: str, up: bool, first: int, last: int) -> None:
    (rises if up else falls)(calm(name), series, first=first, last=last)


@pytest.mark.parametrize(("name", "more"), [("impatient-capital", True), ("patient-capital", False)])
def test_the_mood_of_capital_changes_how_often_it_withdraws(name: str, more: bool) -> None:
    changed = float(runs(Scenario.load(name).with_switches(luck=False))["withdrawal"].mean())
    usual = float(runs(BASELINE)["withdrawal"].mean())
    assert (changed > usual) is more


POLICIES = [(name, expected) for name in shipped_names("policy") for expected in expected_of(load_policy(name))]
SEEDS_OF_GATES = 320  # a gate that shuts or not by the policy is rare: one quarter of a run in a hundred


@pytest.mark.parametrize(
    ("policy", "expected"), POLICIES, ids=lambda each: getattr(each, "target", Target(str(each), 0)).name
)
def test_a_shipped_policy_moves_its_own_target_the_expected_way(policy: str, expected: Expected) -> None:
    mean, t = effect_of(policy, expected)
    assert t * expected.direction > 2.0, f"{expected.target.name} moves by {mean:+.4g} (t = {t:+.1f})"


def effect_of(policy: str, expected: Expected) -> tuple[float, float]:
    """Mean change of a policy's target over the seeds, and its t-value."""
    base = in_situation(expected.target.needs, CALM)
    seeds = SEEDS_OF_GATES if expected.target.needs == REDEMPTIONS else SEEDS
    changes = [
        (expected.target.read(having)[expected.window] - expected.target.read(without)[expected.window]).mean()
        for without, having in zip(runs(base, seeds=seeds), runs(base.with_policy(policy), seeds=seeds), strict=True)
    ]
    error = float(np.std(changes, ddof=1)) / len(changes) ** 0.5
    return float(np.mean(changes)), float(np.mean(changes)) / error if error else 0.0


def test_disclosure_brings_the_value_investors_see_to_its_sober_level() -> None:
    gaps = {}
    for name, scenario in (("as it is", CALM), ("disclosed", CALM.with_policy("disclosure"))):
        series = runs(scenario)[:, START - 1 :]
        gaps[name] = float(np.abs(series["sober_gap"] - series["value_gap"]).mean())
    assert gaps["disclosed"] < 0.6 * gaps["as it is"]


def test_stimulus_costs_the_government_what_it_buys() -> None:
    rises(CALM.with_policy("stimulus"), "government_debt", first=START + 1)


def test_the_investment_credit_costs_the_government_debt() -> None:
    rises(CALM.with_policy("investment-credit"), "government_debt")


GAINS = (0.02, 0.055, 0.15)


@pytest.mark.slow
def test_a_larger_gain_from_ai_brings_more_revenue_and_productivity_in_ten_years() -> None:
    ends = [runs(CALM.with_parameters(gamma=gain), 40)[:, -8:] for gain in GAINS]
    for series in ("end_demand_revenue", "productivity", "belief"):
        means = [float(end[series].mean()) for end in ends]
        assert means[0] < means[1] < means[2], (series, means)


@pytest.mark.slow
def test_the_realised_return_falls_with_the_gain_from_ai() -> None:
    returns = []
    for gain in GAINS:
        scenario = BASELINE.with_parameters(gamma=gain)
        ends = [Economy(scenario, seed=seed, firms=FIRMS, keep_books=False).run().outcome for seed in range(1, 41)]
        returns.append(sum(outcome.scores["return_half"] for outcome in ends) / len(ends))
    assert returns[0] < returns[1] < returns[2], returns


def test_faster_progress_of_chips_raises_what_compute_must_earn_on_its_price() -> None:
    required = []
    for pace in (0.03, 0.06, 0.09):
        first = runs(CALM.with_parameters(it_price_decline=pace), 1)[:, 0]
        required.append(float((first["user_cost"] / first["system_price"]).mean()))
    assert required[0] < required[1] < required[2]
    coverage = [
        float(runs(CALM.with_parameters(it_price_decline=pace), 1)["coverage"][:, 0].mean())
        for pace in (0.03, 0.06, 0.09)
    ]
    assert coverage[0] > coverage[1] > coverage[2]


def test_investors_who_look_through_more_see_less_value_in_a_boom_on_reported_revenue() -> None:
    gaps = []
    for look_through in (0.0, 0.5, 1.0):
        series = runs(CALM.with_parameters(look_through=look_through))
        gaps.append(float(np.abs(series["sober_gap"] - series["value_gap"])[:, START - 1 :].mean()))
    assert gaps[0] > gaps[1] > gaps[2]


def test_without_the_race_clouds_build_less() -> None:
    falls(CALM.with_switches(race=False), "ai_capex", first=1)


@pytest.mark.parametrize(("vintage", "within"), [("2024Q4", 8), ("2022Q4", 16)])
@pytest.mark.parametrize("without", [("endogenous_deals",), ("known_deals", "endogenous_deals", "warrants")])
def test_without_circular_deals_the_boom_peaks_lower(without: tuple[str, ...], vintage: str, within: int) -> None:
    alone = BASELINE.with_switches(**dict.fromkeys(without, False))
    peaks = [runs(scenario, 16, vintage)["ai_capex_real"][:, :within].max(axis=1) for scenario in (alone, BASELINE)]
    change = np.log(peaks[0] / peaks[1])
    assert change.mean() < -2.0 * change.std(ddof=1) / len(change) ** 0.5, change


def test_without_the_wealth_channel_a_fall_of_shares_leaves_consumption_alone() -> None:
    fall = Path("sentiment", START, -0.5, shape="once")
    still = CALM.with_switches(wealth_channel=False)
    moved = runs(CALM.with_shocks(fall))["consumption"] - runs(CALM)["consumption"]
    unmoved = runs(still.with_shocks(fall))["consumption"] - runs(still)["consumption"]
    assert abs(float(unmoved.mean())) < 0.2 * abs(float(moved.mean()))


def test_without_withdrawal_nobody_withdraws() -> None:
    assert float(runs(CALM)["withdrawal"].max()) == 0.0
    assert float(runs(BASELINE)["withdrawal"].max()) == 1.0

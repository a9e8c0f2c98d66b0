"""`circuit luck`: what each kind of luck does, and how large the record says it is."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from experiments.cli import main
from experiments.cli.asked import with_options
from experiments.methods.luck import (
    AHEAD,
    ALL,
    COLUMNS_AT_ONCE,
    HEADLINE,
    STILL,
    Luck,
    _spreads,
    headline,
    plan_of,
    shown,
)
from experiments.methods.luck_sizes import (
    CLOSE,
    PARAMETERS,
    RULERS,
    SEEDS,
    YEAR,
    Made,
    Solution,
    chance_in,
    estimated,
    made_by,
    record,
    simulated_record,
    solved,
    spreads,
    spreads_by_firm,
)
from simulation import Economy, Scenario
from simulation.dates import VINTAGES
from simulation.disturbances.declared import DISTURBANCE_NAMES, sizes
from simulation.disturbances.estimates import deviations, jackknife, memory_of_passing_luck, unforeseen_growth
from simulation.randomness import normal
from simulation.vintages.facts import history

BASELINE = Scenario.load("baseline")
OTHER_SEEDS = range(1001, 1201)


def in_use() -> np.ndarray:
    return np.log([sizes()[name].value for name in PARAMETERS])


def noise(quarters: int, firms: int = 1) -> np.ndarray:
    return np.array([[normal(firm, 999, quarter, 0) for firm in range(firms)] for quarter in range(quarters)])


def made_up(spreads: dict[str, float]) -> Luck:
    rows = [
        (name, series, quarters, spread, 0.0, 0.0, 9)
        for name, spread in spreads.items()
        for series in HEADLINE
        for quarters in AHEAD
    ]
    names = ["disturbance", "series", "quarters", "log_sd", "standard_error", "mean", "n"]
    return Luck(pd.DataFrame(rows, columns=names), 0, 9)


def test_each_kind_of_luck_has_an_arm_of_its_own_beside_none_and_all() -> None:
    arms = {arm.name for arm in plan_of(with_options({"title": "luck", "scenarios": ["baseline"]}, runs=2)).arms}
    assert arms == {STILL, ALL, *DISTURBANCE_NAMES}


def test_the_spread_is_that_of_log_changes_against_the_twin_without_luck() -> None:
    levels = np.ones((2, 3, len(HEADLINE), len(AHEAD)))
    levels[1, :, 0, 0] = np.exp([0.1, 0.2, 0.3])
    levels[1, 2, 1, 0] = np.nan
    table = _spreads(levels, [STILL, "plans"]).set_index(["series", "quarters"])
    first, second = list(HEADLINE)[:2]
    assert table.loc[(first, 1), "log_sd"] == pytest.approx(0.1)
    assert table.loc[(first, 1), "mean"] == pytest.approx(0.2)
    assert table.loc[(second, 1), "n"] == 2


def test_the_table_fits_eighty_columns_and_the_headline_names_what_does_most() -> None:
    from experiments.common.terminal import table_of

    found = made_up({**dict.fromkeys(DISTURBANCE_NAMES, 0.123), "plans": 0.2, ALL: 0.256})
    cells = shown(found.table)
    console = Console(width=200, record=True, file=StringIO())
    for start in range(0, len(HEADLINE), COLUMNS_AT_ONCE):
        console.print(table_of(cells.iloc[:, start : start + COLUMNS_AT_ONCE]))
    assert max(len(line.rstrip()) for line in console.export_text().splitlines()) <= 80
    assert headline(found).endswith("26% either way (one standard deviation); most of it by plans")


def test_the_command_prints_and_writes_the_spread_of_every_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["luck", "--runs", "2", "--firms", "10", "--workers", "1", "--results", str(tmp_path)])
    assert ended.value.code == 0
    table = pd.read_csv(tmp_path / "luck-baseline-2024Q4-firms10-defaults-runs2.csv")
    assert set(table["disturbance"]) == {*DISTURBANCE_NAMES, ALL}
    assert (table["n"] == 2).all()
    assert "A year ahead luck moves AI capex" in capsys.readouterr().out


def test_growth_foreseen_by_trend_and_season_is_no_luck() -> None:
    season = np.tile([1.0, 0.7, 1.2, 0.9], 5)[:, None] * np.exp(0.05 * np.arange(20))[:, None]
    assert np.nanmax(np.abs(unforeseen_growth(season, season=True))) < 1e-12
    assert deviations(unforeseen_growth(season)).item() > 0.2


def test_memory_of_passing_luck_is_found_again() -> None:
    memory, size, state = 0.4, 0.15, np.zeros(20)
    levels = []
    for draws in noise(400, 20):
        state = memory * state + size * draws
        levels.append(np.exp(state))
    growth = unforeseen_growth(np.array(levels), season=True)
    assert memory_of_passing_luck(growth) == pytest.approx(memory, abs=0.05)


def test_luck_that_stays_is_the_growth_itself_over_a_quarter_and_over_a_year() -> None:
    levels = np.exp(np.cumsum(0.1 * noise(400, 5), axis=0))
    assert deviations(unforeseen_growth(levels)).mean() == pytest.approx(0.1, rel=0.1)
    assert deviations(unforeseen_growth(levels, over=YEAR)).mean() == pytest.approx(0.2, rel=0.15)


def test_a_boom_that_all_firms_have_in_common_is_no_luck_of_theirs() -> None:
    own = np.exp(np.cumsum(0.1 * noise(200, 5), axis=0))
    boom = np.exp(0.3 * np.sin(np.arange(200)))[:, None]
    alone = deviations(unforeseen_growth(own, over=YEAR, common=True))
    assert deviations(unforeseen_growth(own * boom, over=YEAR, common=True)) == pytest.approx(alone)
    assert (deviations(unforeseen_growth(own * boom)) > 0.2).all()


def test_a_single_firm_has_nothing_to_be_held_against() -> None:
    with pytest.raises(ValueError, match="takes two"):
        unforeseen_growth(np.exp(noise(20)), common=True)


def test_a_jackknifed_standard_error_is_the_spread_over_samples() -> None:
    samples = noise(400, 20).reshape(20, 20, 20)
    found = [jackknife(lambda growth: float(np.sqrt(np.nanmean(growth**2))), sample) for sample in samples]
    spread = np.std([each.value for each in found], ddof=1)
    assert np.mean([each.standard_error for each in found]) == pytest.approx(spread, rel=0.35)
    assert found[0].n == 20 * 20


def test_a_simulated_record_has_the_firms_quarters_and_gaps_of_the_real_one() -> None:
    told = record()
    made = simulated_record({}, "2024Q4", 1, told)
    assert {name: levels.shape for name, levels in made.items()} == {name: each.shape for name, each in told.items()}
    assert made["capex"].shape == (15, 5)
    assert np.isnan(told["cash_flow"][0, 2]) == np.isnan(made["cash_flow"][0, 2])
    for name, levels in told.items():
        assert np.isnan(made[name][np.isnan(levels)]).all()


def test_without_luck_the_economy_is_far_less_restless_than_the_record() -> None:
    told = record()
    none = made_by(np.log([1e-6] * len(RULERS)), told, range(1, 21)).mean - spreads(told)
    assert (np.exp(none) < 0.6).all()


def test_with_the_sizes_in_use_the_economy_is_as_restless_as_the_record() -> None:
    """With other seeds than those of the estimate, within three standard errors of both simulations."""
    told = record()
    made = made_by(in_use(), told, OTHER_SEEDS)
    error = np.sqrt(np.diag(made.of_mean) * (1.0 + len(OTHER_SEEDS) / len(SEEDS)))
    assert (np.abs(made.mean - spreads(told)) < 3.0 * error + CLOSE).all()


def test_chance_in_the_record_is_that_between_firms_or_of_a_lead_that_between_simulated_records() -> None:
    told = record()
    of_one = np.diag([0.25, 9.0, 9.0, 9.0])
    lead, year, quarter, cash = spreads_by_firm(told)
    chance = chance_in(told, of_one)
    assert lead.shape == (1,)
    assert chance[0].tolist() == [0.25, 0.0, 0.0, 0.0]
    assert chance[1, 1] == pytest.approx(np.var(year, ddof=1) / 5)
    assert chance[1, 2] == chance[2, 1] == pytest.approx(np.cov(year, quarter)[0, 1] / 5)
    assert chance[3, 3] == pytest.approx(np.var(cash, ddof=1) / 4)


def test_errors_of_sizes_hold_the_chance_in_the_record_and_that_in_the_simulation() -> None:
    """By hand: a spread that responds by a half errs by .3 on record and by .4 over the root of seeds in simulation."""
    rows = np.array([[[-0.4], [0.4], [-0.4], [0.4]]]) * np.sqrt(3.0 / 4.0)  # of variance .16
    solution = Solution(np.zeros(1), np.array([[0.5]]), Made(rows))
    assert solution.made.of_one == pytest.approx(np.array([[0.16]]))
    assert solution.errors(np.array([[0.09]])) == pytest.approx([np.sqrt(0.09 + 0.16 / 4) / 0.5])


@pytest.mark.slow
def test_planted_sizes_are_found_within_their_errors() -> None:
    told = record()
    planted = in_use() + np.log([0.8, 1.2, 1.3, 0.8])
    wanted = made_by(planted, told, OTHER_SEEDS)
    found = solved(wanted.mean, told, range(1, 201))
    assert (np.abs(found.logs - planted) < 3.0 * found.errors(wanted.of_mean)).all()


@pytest.mark.slow
def test_sizes_said_to_be_estimated_are_what_the_command_finds() -> None:
    stored = sizes()
    for size in estimated():
        assert size.status == stored[size.parameter].status
        assert size.value == pytest.approx(stored[size.parameter].value, rel=5.0 * CLOSE)
        assert size.low <= stored[size.parameter].value <= size.high


def test_the_quarters_of_record_could_be_some_of_the_economys_own() -> None:
    """The spread of growth of big-4 capex and of Nvidia's sales over a quarter lies between the second least and the
    second most of 40 simulated records, measured alike, in either opening."""
    real = {series: np.array([*history(series).values()])[:, None] for series in ("big4_capex", "nvidia_revenue")}
    for vintage in VINTAGES:
        runs = [
            Economy(BASELINE, seed=seed, vintage=vintage, quarters=YEAR + 14, firms=20, keep_books=False).run().series
            for seed in range(1, 41)
        ]
        for series, levels in real.items():
            made = [deviations(unforeseen_growth(np.array(run[series])[YEAR - 1 :, None])).item() for run in runs]
            assert sorted(made)[1] < deviations(unforeseen_growth(levels)).item() < sorted(made)[-2]

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
from experiments.methods.luck_sizes import QUARTERS, YEAR, aims, errors_of, estimated, figures_with, made_by, record
from simulation import Economy, Scenario
from simulation.disturbances.declared import DISTURBANCE_NAMES, sizes
from simulation.disturbances.estimates import (
    jackknife,
    memory_of_passing_luck,
    typical_deviation,
    unforeseen_growth,
)
from simulation.randomness import normal

SEEDS = range(1, 41)
BASELINE = Scenario.load("baseline")


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
    assert typical_deviation(unforeseen_growth(season, season=False)) > 0.2


def test_memory_of_passing_luck_is_found_again() -> None:
    memory, size, state = 0.4, 0.15, np.zeros(20)
    levels = []
    for draws in noise(400, 20):
        state = memory * state + size * draws
        levels.append(np.exp(state))
    growth = unforeseen_growth(np.array(levels), season=True)
    assert memory_of_passing_luck(growth) == pytest.approx(memory, abs=0.05)


def test_luck_that_stays_is_the_growth_itself_with_an_honest_standard_error() -> None:
    found = jackknife(
        typical_deviation, unforeseen_growth(np.exp(np.cumsum(0.1 * noise(200, 5), axis=0)), season=False)
    )
    assert found.value == pytest.approx(0.1, rel=0.1)
    assert 0.0 < found.standard_error < 0.03
    assert found.n == 995


def test_with_the_sizes_in_use_the_economy_is_as_restless_as_the_record() -> None:
    wanted = aims(record())
    in_use = {f"{name}_luck": sizes()[f"{name}_luck"].value for name in wanted}
    made = made_by(in_use, wanted, still=figures_with({}))
    assert made == pytest.approx(dict.fromkeys(wanted, 1.0), rel=0.05)


def test_spreads_of_the_same_figures_err_together() -> None:
    told = record()
    errors = errors_of(aims(told))
    assert errors.shape == (5, 4), "growth over a quarter and over a year are those of the same capital spending"
    assert errors[2].tolist() == pytest.approx(errors[3].tolist())
    assert errors.max(axis=1) == pytest.approx(
        [spread.standard_error / spread.value for spread in (told.lab_lead, told.chip_sales, told.capex_quarter,
                                                             told.capex_year, told.cash_flow)]
    )  # fmt: skip


@pytest.mark.slow
def test_sizes_said_to_be_estimated_are_what_the_command_finds() -> None:
    stored = sizes()
    for size in estimated():
        in_use = stored[size.parameter]
        assert size.status == in_use.status
        assert abs(size.value - in_use.value) <= in_use.standard_error
        assert in_use.low <= in_use.value <= in_use.high


def test_the_coming_quarter_is_as_open_as_it_was_on_record() -> None:
    """The spread of growth of big-4 capex and of Nvidia's sales over a quarter, once luck has had a year to unfold and
    measured as on record, within a factor of one and a half."""
    told = record()
    growth = []
    for seed in SEEDS:
        series = Economy(BASELINE, seed=seed, quarters=QUARTERS, firms=20, keep_books=False).run().series
        levels = np.log([series["big4_capex"], series["nvidia_revenue"]])
        growth.append(np.diff(levels[:, YEAR - 1 :]).T)
    unforeseen = growth - np.median(growth, axis=0)
    capex, nvidia = (typical_deviation(unforeseen[..., k].reshape(-1, 1)) for k in (0, 1))
    recorded = 0.09  # of the four together, 2022 to 2025: between .08 and .10 whether season is removed or not
    assert recorded / 1.5 < capex < recorded * 1.5
    assert told.chip_sales.value / 1.5 < nvidia < told.chip_sales.value * 1.5

"""`circuit twin`: what one thing does, in a table of eighty columns, a figure and its data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.batch.worker import build
from experiments.cli.app import main
from experiments.methods.twin import claim, compare_twins, growth_table
from experiments.study.schema import Study, plan

SMALL = Study(runs=6, firms=20, quarters=12, prior=False)


def test_growth_differs_by_what_the_twin_is_without() -> None:
    pairs = compare_twins(SMALL, "boom")
    table = growth_table(pairs).set_index("year")
    assert list(table.index) == [2025, 2026, 2027]
    for year in table.index:
        own, other, more = (table.loc[year, name].value for name in ("with", "without", "difference"))
        assert more == pytest.approx(own - other)
    assert (pairs.paths["ai_capex_real"][:, -1] > pairs.twins["ai_capex_real"][:, -1]).mean() > 0.5
    assert "without boom" in claim(pairs)


def test_pairs_are_the_same_until_the_quarter_from_which_they_differ() -> None:
    pairs = compare_twins(SMALL, "withdrawal", start=6)
    for name, paths in pairs.paths.items():
        assert (paths[:, :6] == pairs.twins[name][:, :6]).all()


def test_from_now_pairs_part_where_the_record_ends_and_years_are_whole() -> None:
    study = Study(vintage="now", runs=2, firms=20, quarters=6)
    pairs = compare_twins(study, "boom")
    assert (pairs.dates[0], pairs.dates[-1]) == ("2025Q4", "2027Q1")
    stands = [build(spec).state[0][0]["macro"]["real_gdp"] for spec in plan(study).specs]
    assert list(pairs.opening_gdp) == stands
    assert list(growth_table(pairs)["year"]) == [2026]  # of 2025 a quarter is left
    assert (pairs.paths["ai_capex_real"] != pairs.twins["ai_capex_real"]).any()


def test_the_command_prints_tables_of_eighty_columns_and_writes_a_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["twin", "--without", "boom", "--runs", "12", "--firms", "20", "--quarters", "12", "--no-prior"]
    with pytest.raises(SystemExit) as ended:
        main([*command, "--results", str(tmp_path)])
    assert ended.value.code == 0
    printed = capsys.readouterr().out.splitlines()
    tables = [line.rstrip() for line in printed if line.startswith(" ")]
    assert max(map(len, tables)) <= 80
    name = "twin-without-boom-baseline-2024Q4-firms20-quarters12-defaults-runs12"
    assert (tmp_path / f"{name}.png").read_bytes()[:4] == b"\x89PNG"
    assert {"with", "without"} == set(pd.read_csv(tmp_path / f"{name}.csv")["economy"])
    assert len(pd.read_csv(tmp_path / f"{name}-growth.csv")) == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--without", "bom"], 'nearest: "boom"'),
        (["--without", "boom", "--from", "2099Q1"], "not in this run"),
        (["--without", "ai", "--from", "2026Q1"], "never had it"),
    ],
)
def test_what_cannot_be_left_out_is_refused(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["twin", *options, "--runs", "1", "--firms", "20", "--quarters", "8", "--results", str(tmp_path)])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_run_without_a_whole_year_is_told_without_growth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--firms", "10", "--runs", "2", "--quarters", "3", "--results", str(tmp_path)]
    with pytest.raises(SystemExit) as end:
        main(["twin", *where])
    assert end.value.code == 0
    told = capsys.readouterr().out
    assert "Growth of real GDP" not in told
    assert "Against the twin without boom: GDP" in told
    assert not list(tmp_path.rglob("*growth*"))

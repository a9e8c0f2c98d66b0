"""Two stored studies side by side, and stored studies for other programs."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from experiments.methods.difference import difference
from experiments.methods.exported import _workbook, stata_names
from experiments.methods.opened import open_results
from simulation.errors import CircuitError
from tests.experiments.cli.test_cli import circuit
from tests.experiments.made_up import findings, stored

RUNS = 60


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same study, with few and with many bad endings."""
    place = tmp_path_factory.mktemp("studies")
    calm = stored(findings(runs=RUNS, bad={"": 0.1}), place / "calm")
    wild = stored(findings(runs=RUNS, bad={"": 0.9}, firms=20), place / "wild")
    return calm, wild


def test_a_difference_is_second_less_first_seed_by_seed(folders: tuple[Path, Path]) -> None:
    table = difference(*(open_results(folder) for folder in folders)).set_index("measure")
    pullback = table.loc["investment pullback"]
    assert pullback["effect"] == pytest.approx(pullback["second"] - pullback["first"])
    assert pullback["low"] > 30.0
    assert pullback["n"] == RUNS


def test_the_command_says_what_differs_and_what_was_asked_differently(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert circuit("diff", *map(str, folders), "--results", str(tmp_path)) == 0
    printed = capsys.readouterr().out
    assert "wild against calm: investment pullback +" in printed
    assert "firms" in printed.split("What was asked differently")[1]
    assert (tmp_path / "diff-calm-wild.png").read_bytes()[:4] == b"\x89PNG"
    assert circuit("diff", *map(str, folders), "--json", "--results", str(tmp_path)) == 0
    assert json.loads(capsys.readouterr().out)["tables"]["diff-calm-wild"]


def test_studies_without_an_economy_in_common_are_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    other = stored(findings(runs=30, scenarios=["late-chips"]), tmp_path / "other")
    with pytest.raises(CircuitError, match="have no economy in common"):
        difference(open_results(folders[0]), open_results(other))


@pytest.mark.parametrize("form", ["csv", "stata", "excel"])
def test_an_export_holds_every_row_of_every_table(form: str, folders: tuple[Path, Path], tmp_path: Path) -> None:
    assert circuit("export", str(folders[0]), "--to", form, "--folder", str(tmp_path)) == 0
    results = open_results(folders[0])
    if form == "excel":
        book = openpyxl.load_workbook(tmp_path / "results.xlsx", read_only=True)
        rows = {sheet.title: sum(1 for _ in sheet.iter_rows()) - 1 for sheet in book}
        read = pd.read_excel(tmp_path / "results.xlsx", sheet_name="runs")
    else:
        ending, reader = (".csv", pd.read_csv) if form == "csv" else (".dta", pd.read_stata)
        tables = {file.stem: reader(file) for file in tmp_path.glob(f"*{ending}")}
        rows = {name: len(table) for name, table in tables.items()}
        read = tables["runs"]
    assert rows["runs"] == len(results.runs)
    assert rows["series"] == len(results.series)
    assert rows["outcome_shares"] == len(results.shares)
    assert list(read["seed"]) == list(results.runs["seed"])
    assert list(read["gdp_shortfall"]) == pytest.approx(list(results.runs["gdp_shortfall"]), nan_ok=True)


def test_where_a_sheet_ends_another_goes_on(tmp_path: Path) -> None:
    table = pd.DataFrame({"number": range(25), "text": ["=1+1"] * 25})
    _workbook({"long": table}, tmp_path / "long.xlsx", most=11)
    sheets = pd.read_excel(tmp_path / "long.xlsx", sheet_name=None)
    assert list(sheets) == ["long", "long 2", "long 3"]
    assert list(pd.concat(sheets.values())["number"]) == list(range(25))
    assert sheets["long"]["text"].iloc[0] == "'=1+1", "no text is taken for a formula"


def test_names_for_stata_are_short_plain_and_differ() -> None:
    names = stata_names(["outcome if capex_fall -20% and more so", "outcome if capex_fall -20% and more to", "2030Q4"])
    assert len(set(names)) == 3
    assert names[2] == "_2030Q4"
    assert max(map(len, names)) <= 32

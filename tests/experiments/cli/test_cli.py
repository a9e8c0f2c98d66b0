"""The command line: bad input gets a line per error and exit code 2, help comes at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from experiments.cli.app import app, main
from experiments.cli.asked import terminal
from experiments.common.interruption import Interrupted
from experiments.figures.chart import Chart
from experiments.store.results import read_manifest
from tests.experiments.made_up import findings, stored

COMMANDS = (
    *("compare", "batch", "run", "check", "scenarios", "studies", "validate"),
    *("parameters", "levers", "series", "diff", "export"),
    *("query", "reproduce", "repair", "dictionary", "sensitivity", "discover", "web", "fail", "amplify", "policy"),
    *("report", "compile"),
)
WITH_WORKERS = {
    "compare": [],
    "batch": ["headline"],
    "check": [],
    "sensitivity": [],
    "policy": ["stimulus"],
    "fail": ["OpenAI"],
    "amplify": [],
    "repair": ["nowhere"],
}
SMALL = ["--firms", "10", "--quarters", "12"]


def circuit(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return int(stopped.value.code or 0)


BAD_INPUT = {
    "an unknown scenario": (["run", "late-chip"], 'nearest: "late-chips"'),
    "an unknown policy": (["compare", "--policy", "fedput"], 'nearest: "fed-put"'),
    "an unknown parameter": (["run", "--set", "gama=0.1"], 'nearest: "gamma"'),
    "gamma that is no number": (["run", "--set", "gamma=nan"], "must be a number from"),
    "gamma out of range": (["run", "--set", "gamma=7"], "must be a number from"),
    "nine firms": (["run", "--firms", "9"], "--firms: must be a whole number from 10 to 1,000,000, not 9"),
    "too many firms": (["check", "--firms", "1000001"], "from 10 to 1,000,000"),
    "negative quarters": (["run", "--quarters", "-4"], "--quarters: must be a whole number from 1"),
    "an unknown vintage": (
        ["run", "--vintage", "2023Q1"],
        "'2022Q4', '2024Q4' or 'now' or the file of an ensemble, *.ensemble",
    ),
    "no runs": (["compare", "--runs", "0"], "--runs: must be a whole number from 1"),
    "a folder that holds something else": (["compare", "--results", "."], "holds 'mine.txt' and no results"),
    "anew in a folder that holds something else": (
        ["batch", "headline", "--fresh", "--results", "."],
        "holds 'mine.txt' and no results",
    ),
    "no such quarter to fail in": (["fail", "OpenAI", "--quarter", "99"], "--quarter must be from 1 to 40, or"),
    "no such label to fail in": (["fail", "OpenAI", "--quarter", "2050Q1"], "allowed: "),
    "nothing to amplify": (["amplify", "--no-failures", "--no-shocks"], "leave nothing to amplify"),
    "more than a million runs of points": (
        ["sensitivity", "--points", "16384", "--keep", "3", "--seeds", "20"],
        "economies x 20 seeds are more than 1,000,000 runs: add --yes",
    ),
    "a folder to validate": (["validate", "."], "is a folder; give a TOML file"),
    "a folder whose name is too long": (["run", "--results", "x" * 300], "cannot be written"),
    "results whose name is too long": (["report", "x" * 300], "no results here"),
    "an unwritable folder": (["run", "--results", "/proc/results"], "cannot be written"),
    "an unwritable folder for a study": (["compare", "--results", "/proc/results"], "cannot be written"),
    "an unknown agent": (["run", "--agent", "Orakle"], 'nearest: "Oracle"'),
    "an unknown quarter": (["run", "--quarter", "2050Q1"], "allowed: "),
    "an unknown study": (["compare", "--study", "headlines"], 'nearest: "headline"'),
    "an unknown option": (["run", "--gamma", "1"], "No such option"),
    "an unknown command": (["frobnicate"], "No such command"),
    "a word for a number": (["run", "--firms", "many"], "--firms"),
    "a word in no parameter": (["parameters", "zeppelin"], "in none of the"),
    "a lever among parameters": (["parameters", "patience"], "it is a lever: circuit levers patience"),
    "a series among levers": (["levers", "coverage"], "it is a series: circuit series coverage"),
    "a word near a lever": (["levers", "patiense"], 'nearest: "patience"'),
    "a word in no scenario": (["scenarios", "zeppelin"], "in no scenario, policy or study"),
    "an endless word": (["parameters", "x" * 5000], "xxx... is in none of the"),
    "a grid of a word": (["compare", "--grid", "gamma=0.1,much"], "--grid gamma: must be a number from"),
    "a grid of nothing": (["compare", "--grid", "gama=0.1"], 'nearest: "gamma"'),
    "two forms at once": (["series", "--csv", "--json"], "--csv and --json: choose one of them"),
    "an unknown outcome": (["sensitivity", "--outcome", "gdp_gian"], 'nearest: "gdp_gain"'),
    "a parameter that is no parameter": (["sensitivity", "--parameters", "gama"], 'nearest: "gamma"'),
    "no seeds": (["sensitivity", "--seeds", "0"], "--seeds: must be a whole number from 1"),
    "no results to search": (["discover", "nowhere"], "nowhere: no results here"),
    "more than a million runs": (["compare", "--runs", "2000000"], "are more than 1,000,000: add --yes if you mean it"),
    "no time": (["batch", "headline", "--time-limit", "0"], "--time-limit must be from 1"),
    "no scheduler": (["batch", "headline", "--cluster", "nowhere"], "--cluster nowhere"),
    "results that are not there": (["query", "nowhere", "select 1"], "nowhere: no results here"),
    "nothing to repair": (["repair", "nowhere"], "nowhere: no results here"),
    "nothing to reproduce": (["reproduce", "nowhere", "00"], "nowhere: no results here"),
    "an unknown store": (["compare", "--results", "nowhere://x"], "--results nowhere://x: "),
    "a policy after the horizon": (["policy", "stimulus", "--quarters", "4"], "starts in quarter 5"),
    "no pairs": (["policy", "stimulus", "--runs", "0"], "--runs: must be a whole number from 1"),
    "a policy and all": (["policy", "stimulus", "--all"], "name one policy, or ask for --all of them"),
    "an empty policy": (["policy", ""], "POLICY is empty; it takes: A policy"),
    "no policy": (["policy"], "name one policy, or ask for --all of them"),
    "a missing file": (["validate", "nowhere.toml"], "cannot be read"),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_answered_in_one_line_and_leaves_nothing_behind(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.txt").touch()
    arguments, expected = BAD_INPUT[case]
    assert circuit(*arguments) == 2
    output = capsys.readouterr()
    assert expected in output.err
    assert output.err.count("\n") == 1
    assert output.out == ""
    assert list(tmp_path.iterdir()) == [tmp_path / "mine.txt"]


TAKEN_BY: dict[str, Any] = getattr(typer.main.get_command(app), "commands", {})


def arguments_of(command: str) -> list[Any]:
    """What a command takes by its place, in order."""
    return [each for each in TAKEN_BY[command].params if each.param_type_name == "argument"]


@pytest.mark.parametrize("command", TAKEN_BY)
def test_an_empty_text_is_refused_by_every_option_and_argument_of_every_command(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for parameter in TAKEN_BY[command].params:
        name = parameter.opts[0]
        if parameter.param_type_name == "option":
            attempts = [] if parameter.is_flag else [[name, ""], [f"{name}="]]
        else:
            place = arguments_of(command).index(parameter)
            name = (parameter.metavar or parameter.name.upper()).strip("[].")
            attempts = [["x"] * place + [""]]
        for attempt in attempts:
            assert circuit(command, *attempt) == 2
            told = capsys.readouterr().err
            assert told == f"circuit: {name} is empty; it takes: {parameter.help}\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", TAKEN_BY)
def test_an_empty_text_too_many_is_refused_in_a_sentence_by_every_command(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    places = arguments_of(command)
    if not any(place.nargs == -1 for place in places):
        assert circuit(command, *["x"] * len(places), "") == 2
        told = capsys.readouterr().err
        assert (
            told
            == f"circuit: an argument too many is empty: leave it out; circuit {command} --help says what is taken\n"
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", TAKEN_BY)
def test_an_argument_that_is_missing_is_told_with_what_it_takes(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    needed = [each for each in arguments_of(command) if each.required]
    for place, parameter in enumerate(needed):
        name = (parameter.metavar or parameter.name.upper()).strip("[].")
        assert circuit(command, *["x"] * place) == 2
        assert capsys.readouterr().err.startswith(f"circuit: {name} is missing; it takes: {parameter.help}")
    assert not list(tmp_path.iterdir())


def test_an_empty_name_of_a_command_is_refused_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert circuit("") == 2
    assert capsys.readouterr().err == "circuit: the name of the command is empty: circuit --help lists what there is\n"


def test_an_option_that_there_is_not_is_told_before_the_empty_text_behind_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert circuit("amplify", "--bogus", "") == 2
    assert "--bogus" in capsys.readouterr().err


@pytest.mark.parametrize("command", WITH_WORKERS)
@pytest.mark.parametrize("workers", ["-1", "0", "1025"])
def test_a_number_of_workers_that_cannot_be_is_refused_by_every_command(
    command: str, workers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert circuit(command, *WITH_WORKERS[command], "--workers", workers) == 2
    told = capsys.readouterr().err
    assert "'--workers'" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("place", "arguments"),
    [
        ("experiments.batch.repair.mend", ["repair", "nowhere"]),
        ("experiments.methods.sensitivity.answer", ["sensitivity", "--results", "RESULTS"]),
        ("experiments.methods.compare.run_batch", ["compare", "--results", "RESULTS", "--fresh"]),
    ],
)
def test_whatever_is_stopped_says_how_to_go_on(
    place: str,
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise Interrupted(3, 8, "here")

    monkeypatch.setattr(place, stop)
    given = [argument.replace("RESULTS", str(tmp_path / "results")) for argument in arguments]
    assert circuit(*given) == 130
    again = " ".join(argument for argument in given if argument != "--fresh")
    told = capsys.readouterr().err
    assert told == f"\n3 of 8 runs are finished and saved in here. To go on: circuit {again}\n"


@pytest.mark.parametrize(("quarter", "number"), [("2026Q4", 8), ("9", 9)])
def test_the_quarter_of_a_failure_has_a_label_and_a_number(
    quarter: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("experiments.methods.contagion.report_failures", lambda *given: asked.append(given[2]))
    assert circuit("fail", "OpenAI", "--quarter", quarter) == 0
    assert asked == [number]


def help_of(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert circuit(command, "--help") == 0
    return " ".join(capsys.readouterr().out.replace("│", " ").split())


def test_help_says_where_results_go_what_several_policies_do_and_what_a_study_has(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    for command in ("run", "web", "policy", "fail", "amplify"):
        assert "Folder to write to (default: results/)." in help_of(command, capsys)
    for command in ("run", "web"):
        assert "may be repeated: all apply at once" in help_of(command, capsys)
    assert "may be repeated: each is tried by itself" in help_of("compare", capsys)
    told = help_of("batch", capsys)
    assert all(f" {word} " in told for word in ("grid", "design", "stop", "keep"))


def test_what_looks_like_markup_is_printed_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(findings(runs=2), tmp_path)
    assert circuit("query", str(tmp_path), "select '[/x]' as \"[/y]\", ':x:' as z") == 0
    told = capsys.readouterr().out
    assert "[/x]" in told
    assert "[/y]" in told
    assert ":x:" in told
    terminal().print("[/z] :x:")
    assert capsys.readouterr().out == "[/z] :x:\n"


def test_all_errors_of_a_command_line_come_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert circuit("run", "--firms", "9", "--quarters", "0", "--set", "gama=1", "--set", "gamma=x") == 2
    assert capsys.readouterr().err.count("\n") == 4


def test_validate_tells_what_is_wrong_with_a_file_and_what_kind_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('title = "Mine"\n[parameters]\ngama = 0.03\ngamma = "nan"\n')
    assert circuit("validate", str(file)) == 2
    assert capsys.readouterr().err.count("\n") == 2
    file.write_text('title = "Mine"\n[parameters]\ngamma = 0.03\n')
    assert circuit("validate", str(file)) == 0
    assert "valid scenario" in capsys.readouterr().out
    file.write_text('scenarios = ["baseline"]\nruns = 5\n')
    assert circuit("validate", str(file)) == 0
    assert "valid study" in capsys.readouterr().out
    file.write_text('title = "Mine"\n[[policy]]\nlever = "tariff"\nstart = 2\nsize = 0.1\n')
    assert circuit("validate", str(file)) == 0
    assert "valid policy" in capsys.readouterr().out


def test_broken_toml_is_answered_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("title = ")
    for command in (["validate"], ["run"]):
        assert circuit(*command, str(file)) == 2
        assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_every_help_teaches_with_an_example(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert circuit(*command, "--help") == 0
    assert f"circuit {' '.join(command)}".strip() in capsys.readouterr().out.split("Options")[-1] or not command


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys, contextlib, io\n"
        "from experiments.cli.app import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main(['run', '--help'])\n"
        "heavy = {'numpy', 'pandas', 'numba', 'scipy', 'matplotlib', 'pyarrow', 'mesa', 'SALib', 'ema_workbench'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    printed = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert printed.stdout.strip() == "[]"


def test_scenarios_and_policies_are_listed_with_what_they_mean(capsys: pytest.CaptureFixture[str]) -> None:
    assert circuit("scenarios") == 0
    lines = capsys.readouterr().out.splitlines()
    for name in ("baseline", "late-chips", "fed-put", "headline"):
        line = next(line for line in lines if line.strip().startswith(f"{name} "))
        assert len(line.split()) > 5


def test_the_page_of_scenarios_and_policies_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert circuit("scenarios", "--markdown") == 0
    page = Path(__file__).parents[3] / "docs" / "scenarios.md"
    assert capsys.readouterr().out == page.read_text(), (
        "write it with: circuit scenarios --markdown > docs/scenarios.md"
    )


def test_a_run_is_told_drawn_and_opened_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--agent", "Oracle", "--matrices", "--profile", "--results", str(tmp_path)]
    assert circuit("run", "late-chips", "--seed", "2", *SMALL, *options) == 0
    text = capsys.readouterr().out
    for part in (
        "went as the mean of four quarters",
        "Real GDP grew",
        "Oracle: balance sheet",
        "Oracle: cash flow",
    ):
        assert part in text
    assert "Transaction flows, 2027Q4" in text
    assert "us a quarter" in text
    assert {path.suffix for path in tmp_path.iterdir()} == {".png", ".csv"}


def leave_figures_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take longer to draw than a small study to run; the page is written all the same."""
    monkeypatch.setattr(Chart, "save", lambda *_: None)
    monkeypatch.setattr(Chart, "svg", lambda *_, **__: "<svg/>")


def test_a_comparison_prints_intervals_and_writes_every_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["compare", "late-chips", "--policy", "fed-put", "--runs", "4", "--workers", "2", *SMALL]
    assert circuit(*command, "--results", str(tmp_path / "results")) == 0
    output = capsys.readouterr()
    assert "an investment pullback comes in" in " ".join(output.out.split())
    assert "late-chips + fed-put" in " ".join(output.out.split())
    assert "0 of 8 runs failed; 8 computed now, 0 found" in " ".join(output.out.split())
    written = {path.relative_to(tmp_path / "results").as_posix() for path in (tmp_path / "results").rglob("*")}
    assert {
        "manifest.json",
        "shards/00000.json",
        "data-dictionary.csv",
        "tables/effects.csv",
        "figures/outcome-shares.png",
    } <= written
    leave_figures_out(monkeypatch)
    before = read_manifest(tmp_path / "results")
    assert circuit(*command, "--results", str(tmp_path / "results"), "--workers", "1") == 0
    assert read_manifest(tmp_path / "results") == before
    assert "0 computed now, 8 found" in " ".join(capsys.readouterr().out.split())


def test_a_study_file_runs_through_batch_and_its_results_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_figures_out(monkeypatch)
    file, folder = tmp_path / "mine.toml", str(tmp_path / "results")
    file.write_text('title = "=Mine"\nruns = 9\nfirms = 10\nquarters = 12\n[grid]\ngamma = [0.03, 0.1]\n')
    assert circuit("batch", str(file), "--runs", "3", "--workers", "1", "--results", folder) == 0
    assert "6 computed now, 0 found" in " ".join(capsys.readouterr().out.split())
    assert circuit("batch", str(file), "--runs", "3", "--workers", "1", "--results", folder, "--fresh") == 0
    assert "6 computed now, 0 found" in " ".join(capsys.readouterr().out.split())
    assert circuit("query", folder, "select count(*) as runs from runs", "--csv") == 0
    assert capsys.readouterr().out == "runs\n6\n"
    assert circuit("query", folder, "select min(run_id) as run from runs", "--csv") == 0
    run = capsys.readouterr().out.split()[1]
    assert circuit("reproduce", folder, run) == 0
    assert capsys.readouterr().out == f"{run}: the same to the byte\n"
    assert circuit("repair", folder) == 0
    assert "every file is as it was written" in capsys.readouterr().out
    assert circuit("dictionary", "--csv") == 0
    assert capsys.readouterr().out.encode() == (tmp_path / "results" / "data-dictionary.csv").read_bytes()


def test_studies_are_listed_with_their_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert circuit("studies") == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("policy-market "))
    assert "30 x 200" in line


def test_check_proves_the_books_and_prints_the_worst_residual(capsys: pytest.CaptureFixture[str]) -> None:
    assert circuit("check", "--seeds", "2", "--workers", "1", *SMALL) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "2022Q4: worst residual of each identity over 2 runs" in text
    assert "2024Q4: worst residual of each identity over 2 runs" in text
    assert text.count("The books hold.") == 2
    assert text.count("Balance sheets, ") == 2


def test_a_grid_compares_values_and_a_failure_may_come_under_a_policy(tmp_path: Path) -> None:
    small = ["--runs", "2", "--firms", "10", "--workers", "1"]
    grid = ["--grid", "gamma=0.02,0.1", "--grid", "luck=on,off"]
    assert circuit("compare", *grid, *small, "--quarters", "4", "--no-report", "--results", str(tmp_path / "grid")) == 0
    study = read_manifest(tmp_path / "grid")["inputs"]
    assert study["grid"] == {"gamma": [0.02, 0.1], "luck": [1.0, 0.0]}
    assert circuit("fail", "OpenAI", "--policy", "bail-out", *small, "--results", str(tmp_path)) == 0
    (figure,) = tmp_path.glob("fail-OpenAI-*-bail-out-*runs2.png")
    assert figure.exists()

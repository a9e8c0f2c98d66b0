"""What can be set, moved and read is found by a word, on the terminal and by other programs."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest

from experiments.ensembles.ensemble import load_ensemble
from experiments.record.observables import OBSERVABLES
from simulation.scenario import LEVERS, PARAMETERS
from simulation.series import SERIES
from tests.experiments.cli.test_cli import circuit

LISTS = {"parameters": PARAMETERS, "levers": LEVERS, "series": SERIES}


@pytest.mark.parametrize("command", LISTS)
def test_a_list_holds_everything_that_is_declared(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert circuit(command, "--json") == 0
    assert {row["name"] for row in json.loads(capsys.readouterr().out)} == set(LISTS[command])
    assert circuit(command, "--csv") == 0
    assert len(pd.read_csv(io.StringIO(capsys.readouterr().out))) == len(LISTS[command])


def test_a_parameter_is_found_by_a_word_with_default_range_prior_and_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert circuit("parameters", "long-run", "gain") == 0
    printed = " ".join(capsys.readouterr().out.split())
    gamma = PARAMETERS["gamma"]
    size = f"gamma {gamma.default:g} ({gamma.low:g} to {gamma.high:g}) {gamma.unit}"
    for part in (size, "drawn from: lognormal", f"source: {gamma.source}"):
        assert part in printed
    assert "deal_cash_share" not in printed


def test_a_parameter_says_what_the_record_leaves_of_it_and_what_it_moves(capsys: pytest.CaptureFixture[str]) -> None:
    ensemble = load_ensemble()
    assert circuit("parameters", "--json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    inferred = {name for name, row in rows.items() if row["the record leaves"]}
    assert inferred == set(ensemble.unknowns.parameters)
    median = np.median(ensemble.parameters()["gamma"])
    assert rows["gamma"]["the record leaves"].startswith(f"median {median:.3g}, 80% in ")
    observed = {each.series for each in OBSERVABLES}
    moves = {name: row["moves most"] for name, row in rows.items() if row["moves most"]}
    assert inferred < set(moves)
    assert {text.split()[0].rstrip(",") for text in moves.values()} <= observed


def test_a_lever_says_what_a_rise_of_it_is_to_move_and_what_that_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert circuit("levers", "fed_put") == 0
    assert "moves: policy_rate down (needs a fall of" in capsys.readouterr().out


@pytest.mark.parametrize("command", LISTS)
def test_a_list_fits_eighty_columns(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert circuit(command) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_a_name_that_nothing_resembles_is_answered_with_the_command_that_lists_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert circuit("run", "--set", "zzqq=1") == 2
    assert "circuit parameters lists them" in capsys.readouterr().err
    assert circuit("run", "--set", "interest_rate=1") == 2
    assert 'nearest: "investment_loan_rate"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("circuit run late", "late-chips"),
        ("circuit compare --policy fed", "fed-put"),
        ("circuit run --set gam", "gamma="),
        ("circuit par", "parameters"),
    ],
)
def test_a_shell_completes_commands_scenarios_policies_and_parameters(
    typed: str, completed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_CIRCUIT_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split()) - 1))
    assert circuit() == 0
    assert completed in capsys.readouterr().out.split()

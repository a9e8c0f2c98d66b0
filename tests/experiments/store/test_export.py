"""What leaves Circuit for other programs: no formula in CSV, every column explained."""

from __future__ import annotations

import pickle
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.batch import runner
from experiments.batch.provenance import facts_of
from experiments.batch.reproduce import differences
from experiments.batch.worker import Rows, drawn, run_one
from experiments.common.export import csv_bytes
from experiments.methods.query import ask
from experiments.store.dictionary import columns, dictionary
from experiments.store.results import Results
from experiments.study.schema import Study, plan
from simulation import Economy


def test_no_cell_of_a_csv_is_a_formula_and_numbers_stay_numbers() -> None:
    cells = ["=1+1", "+fed-put", "-2", "@sum", "\tx", "plain", ""]
    frame = pd.DataFrame({"=arm": cells, "effect": [-1.5, 2.0, 0.0, 1.0, 1.0, 1.0, 1.0]})
    lines = csv_bytes(frame).decode().splitlines()
    assert lines[0] == "'=arm,effect"
    assert lines[1:5] == ["'=1+1,-1.5", "'+fed-put,2.0", "'-2,0.0", "'@sum,1.0"]
    assert lines[6] == "plain,1.0"


@pytest.fixture(scope="module")
def finished() -> Rows:
    return run_one(plan(Study(runs=1, firms=10, quarters=12, keep=["agents", "claims"])).specs[0])


@pytest.mark.parametrize("table", ["runs", "series", "events", "parameters", "agents", "claims"])
def test_the_dictionary_explains_every_column_there_is_and_no_other(finished: Rows, table: str) -> None:
    stored = list(finished["outcome" if table == "runs" else table])  # type: ignore[literal-required]
    described = [column.name for column in columns() if column.table == table]
    assert set(stored) <= set(described)
    of_every_run = {"run_id", "arm", "scenario", "policy", "seed", "vintage", "quarters", "firms", "prior"}
    assert set(described) - set(stored) <= of_every_run


def test_series_are_after_the_way_from_a_worker_what_they_were(finished: Rows) -> None:
    sent, received = finished["series"], pickle.loads(pickle.dumps(finished["series"]))
    assert list(received) == list(sent)
    assert (received["quarter"], received["date"]) == (sent["quarter"], sent["date"])
    assert all(received[name].tobytes() == sent[name].tobytes() for name in list(sent)[2:])
    assert {received[name].dtype for name in list(sent)[2:]} == {np.dtype("f4")}


def test_every_column_has_a_unit_and_a_meaning() -> None:
    assert not (dictionary() == "").any(axis=None)
    assert not dictionary().duplicated(["table", "name"]).any()


def test_the_kept_balance_sheets_are_those_of_the_economy(finished: Rows) -> None:
    spec = plan(Study(runs=1, firms=10, quarters=12)).specs[0]
    economy = Economy(drawn(spec), seed=spec.seed, quarters=12, firms=10).run()
    kept = pd.DataFrame(finished["claims"])
    oracle = kept[(kept["agent"] == "Oracle") & (kept["quarter"] == economy.label(12))].set_index("instrument")[
        "amount"
    ]
    sheet = economy.balance_sheet(by="agent")["Oracle"]
    assert oracle.to_dict() == sheet[sheet != 0.0].to_dict()
    assert {"agents", "claims"}.isdisjoint(run_one(spec))


def test_tables_on_request_are_stored_and_answer_queries(tmp_path: Path) -> None:
    planned = plan(Study(runs=2, firms=10, quarters=12, keep=["agents", "claims"]))
    results = Results(tmp_path, planned.identity, facts_of(planned))
    runner.run_batch(planned, results, 1, False)
    assert len(ask(str(tmp_path), "select distinct agent from claims where instrument = 'deposits'")) > 20
    assert set(results.read("agents")["run_id"]) == {spec.run_id for spec in planned.specs}
    assert differences(str(tmp_path), planned.specs[1].run_id) == []


@pytest.mark.parametrize("module", ["endings", "before_the_record"])
def test_modules_that_write_into_a_folder_refuse_one_without_a_name(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [module, " "])
    with pytest.raises(SystemExit) as stopped:
        import_module(f"experiments.methods.{module}").main()
    assert stopped.value.code == 2
    assert "is empty: name a folder to write to" in capsys.readouterr().err

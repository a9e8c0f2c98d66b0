"""What leaves Circuit for other programs: no formula in CSV, every column explained."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.dictionary import columns, dictionary
from experiments.export import csv_bytes
from experiments.study import Study, plan
from experiments.worker import Rows, run_one


def test_no_cell_of_a_csv_is_a_formula_and_numbers_stay_numbers() -> None:
    cells = ["=1+1", "+fed-put", "-2", "@sum", "\tx", "plain", ""]
    frame = pd.DataFrame({"=arm": cells, "effect": [-1.5, 2.0, 0.0, 1.0, 1.0, 1.0, 1.0]})
    lines = csv_bytes(frame).decode().splitlines()
    assert lines[0] == "'=arm,effect"
    assert lines[1:5] == ["'=1+1,-1.5", "'+fed-put,2.0", "'-2,0.0", "'@sum,1.0"]
    assert lines[6] == "plain,1.0"


@pytest.fixture(scope="module")
def finished() -> Rows:
    return run_one(plan(Study(runs=1, firms=10, quarters=12)).specs[0])


@pytest.mark.parametrize("table", ["runs", "series", "events", "parameters"])
def test_the_dictionary_explains_every_column_there_is_and_no_other(finished: Rows, table: str) -> None:
    stored = list(finished["outcome" if table == "runs" else table])  # type: ignore[literal-required]
    described = [column.name for column in columns() if column.table == table]
    assert set(stored) <= set(described)
    of_every_run = {"run_id", "arm", "scenario", "policy", "seed", "vintage", "quarters", "firms", "prior"}
    assert set(described) - set(stored) <= of_every_run


def test_every_column_has_a_unit_and_a_meaning() -> None:
    assert not (dictionary() == "").any(axis=None)
    assert not dictionary().duplicated(["table", "name"]).any()

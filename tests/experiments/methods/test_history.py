"""The economy of 2022Q4 is held against what happened since."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from experiments.methods.history import TARGETS, against_history, write_history


def test_history_gives_medians_bands_and_errors_for_every_recorded_series(tmp_path: Path) -> None:
    found = against_history(runs=3, firms=10, prior=True, workers=1)
    assert (found.runs, found.failed) == (3, 0)
    assert set(found.table["series"]) == set(TARGETS)
    assert list(found.table["quarter"].unique()[[0, -1]]) == ["2023Q1", "2025Q3"]
    assert (found.table["low"] <= found.table["median"]).all()
    assert (found.table["median"] <= found.table["high"]).all()
    assert len(found.errors) == len(TARGETS)
    figure = write_history(tmp_path, found)
    assert figure.read_bytes()[:4] == b"\x89PNG"
    assert len(pd.read_csv(figure.with_suffix(".csv"))) == 11 * len(TARGETS)

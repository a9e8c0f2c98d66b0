"""Results change on purpose or not at all."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.golden import DIGITS, TOLERANCE, differences, read_baseline, simulate


def test_the_shipped_economies_compute_what_they_computed_before() -> None:
    changed = differences(simulate(), read_baseline())
    assert changed.empty, f"run `make golden-diff`; if the change is meant, `make golden`\n{changed}"


@pytest.fixture
def baseline() -> pd.DataFrame:
    return read_baseline()


def test_the_file_is_one_a_person_reads_in_a_diff(baseline: pd.DataFrame) -> None:
    assert baseline.size <= 100
    assert 10.0 ** (1 - DIGITS) <= TOLERANCE


def test_a_change_of_one_number_is_named_with_its_series_its_quarter_and_its_size(baseline: pd.DataFrame) -> None:
    today = baseline.copy()
    place = ("2024Q4", "coverage", "ratio")
    today.loc[[place], "2030Q4"] *= 1.001
    today.loc[[place], "2034Q4"] *= 1.02
    (moved,) = differences(today, baseline).to_dict("records")
    assert (moved["vintage"], moved["series"], moved["first"]) == ("2024Q4", "coverage", "2030Q4")
    assert moved["now"] == pytest.approx(1.001 * moved["was"])
    assert moved["largest change, %"] == pytest.approx(1.961)  # of the larger of the two


def test_rounding_in_the_file_is_no_change(baseline: pd.DataFrame) -> None:
    assert differences(baseline * (1.0 + 0.9e-5), baseline).empty


def test_a_number_that_vanished_is_a_change(baseline: pd.DataFrame) -> None:
    today = baseline.copy()
    today.iloc[5, 2] = float("nan")
    assert list(differences(today, baseline)["first"]) == [baseline.columns[2]]


def test_a_series_that_is_newly_watched_is_a_change(baseline: pd.DataFrame) -> None:
    assert len(differences(baseline.iloc[1:], baseline)) == 1

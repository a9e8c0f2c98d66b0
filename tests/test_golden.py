"""Results change on purpose or not at all."""

from __future__ import annotations

from tests.golden import differences, read_baseline, simulate


def test_the_shipped_economies_compute_what_they_computed_before() -> None:
    changed = differences(simulate(), read_baseline())
    assert changed.empty, f"run `make golden-diff`; if the change is meant, `make golden`\n{changed}"


def test_a_change_of_one_number_is_named_with_its_series_and_quarter() -> None:
    baseline = read_baseline()
    today = baseline.copy()
    place = today.index[3]
    today.loc[place, "coverage"] += 1e-6
    changed = differences(today, baseline)
    assert list(changed["series"]) == ["coverage"]
    assert list(changed["first"]) == [place]


def test_a_number_that_vanished_is_a_change() -> None:
    baseline = read_baseline()
    today = baseline.copy()
    today.loc[today.index[5], "gdp"] = float("nan")
    assert list(differences(today, baseline)["series"]) == ["gdp"]


def test_a_new_series_is_a_change() -> None:
    baseline = read_baseline()
    assert list(differences(baseline.assign(windfall=1.0), baseline)["series"]) == ["windfall"]

"""Intervals cover about as often as they promise: a few studies of each kind here, 2,000 as slow test."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import coverage

LINES = {f"{line.what}, {line.law}, n {line.n}": line for line in coverage.lines()}
QUICK = {name: line for name, line in LINES.items() if "5%" not in name}


@pytest.mark.parametrize("name", QUICK)
def test_intervals_cover_about_as_often_as_they_promise(name: str) -> None:
    held = LINES[name].held(100, np.random.default_rng(11))
    assert 0.88 <= held.mean() <= 0.999


@pytest.mark.slow
@pytest.mark.parametrize("name", LINES)
def test_nominal_95_percent_intervals_cover_93_to_97_percent(name: str) -> None:
    held = LINES[name].held(2000, np.random.default_rng(12))
    assert coverage.LOWEST <= held.mean() <= coverage.HIGHEST


def test_an_interval_that_is_too_narrow_is_caught() -> None:
    rng = np.random.default_rng(13)
    samples = rng.normal(size=(2000, 50))
    half = 1.2 * samples.std(axis=1) / np.sqrt(50)
    held = np.abs(samples.mean(axis=1)) <= half
    assert held.mean() < coverage.LOWEST

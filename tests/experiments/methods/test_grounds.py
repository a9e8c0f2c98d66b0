"""What an answer rests on, on outcomes that are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from experiments.methods.grounds import (
    GAIN,
    GROUPS,
    LUCK,
    OTHERS,
    READINGS,
    design_of,
    indices_of,
    report_grounds,
    value_of_knowing,
)
from experiments.study.schema import Study
from simulation.errors import CircuitError

NAMES = ("capture", "gamma", "fire_sale")
POINTS = 512


def test_variance_is_shared_out_by_what_moves_an_outcome() -> None:
    design = design_of(NAMES, POINTS)
    outcome = 3.0 * design[:, 0] + 2.0 * design[:, 2] + design[:, 1] * 0.0
    alone = indices_of(NAMES, outcome).set_index("group")["alone"]
    assert alone[LUCK] == pytest.approx(9.0 / 13.0, abs=0.03)
    assert alone[GAIN] == pytest.approx(4.0 / 13.0, abs=0.03)
    assert alone[OTHERS] == pytest.approx(0.0, abs=0.03)


def test_what_groups_do_together_is_told_from_what_they_do_alone() -> None:
    design = design_of(NAMES, POINTS)
    found = indices_of(NAMES, (design[:, 0] - 0.5) * (design[:, 2] - 0.5)).set_index("group")
    assert found.loc[[LUCK, GAIN], "alone"].abs().max() < 0.05
    assert found.loc[[LUCK, GAIN], "in_all"].min() > 0.9


def test_the_number_that_moves_the_answer_is_the_one_worth_knowing() -> None:
    design = design_of(NAMES, POINTS)
    knowing = value_of_knowing(NAMES, design, (design[:, 1] > 0.5).astype(float))
    first = knowing.iloc[0]
    assert first["parameter"] == "capture"
    assert first["difference"] == pytest.approx(1.0)
    assert first["p"] < 0.05 < knowing.iloc[1]["p"]
    assert first["source"]


def test_an_outcome_that_no_run_has_is_refused() -> None:
    with pytest.raises(CircuitError, match="ask for another --outcome"):
        indices_of(NAMES, np.zeros(POINTS * (len(GROUPS) + 2)))


def test_every_reading_of_the_rules_is_answered_on_the_same_points(tmp_path: Path) -> None:
    study = Study(title="grounds", scenarios=["baseline"], runs=1, quarters=12, firms=20, prior=False)
    found = report_grounds(study, "capex_peak", 16, 1, tmp_path, Console(quiet=True))
    assert found.readings["reading"].tolist() == list(READINGS)
    assert found.runs == 16 * (len(GROUPS) + 2 + len(READINGS))
    assert found.failed == 0
    assert found.readings["change"].iloc[1:].abs().max() > 0.0
    assert {file.name for file in tmp_path.iterdir()} == {
        f"grounds-capex_peak-{part}.csv" for part in ("variance", "knowing", "readings")
    }


def test_points_that_are_no_power_of_two_are_refused(tmp_path: Path) -> None:
    study = Study(title="grounds", scenarios=["baseline"], runs=1)
    with pytest.raises(CircuitError, match="power of two"):
        report_grounds(study, "capex_peak", 100, 1, tmp_path, Console(quiet=True))

"""Signs: what everything does to its own target, with intervals, and what of it goes the wrong way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.policy import AGAINST, MET, OPEN
from experiments.cli.app import main
from experiments.methods.signs import ALSO, everything, headline, sizes_of
from experiments.study.situations import SITUATIONS
from experiments.study.targets import EVENT_TARGETS, SHOCK_TARGETS, TARGETS
from simulation.scenario import LEVERS, Scenario, available_policies, available_scenarios
from simulation.series import SERIES

BASELINE = Scenario.load("baseline")


def test_every_lever_has_a_target_and_none_has_two_declarations() -> None:
    assert set(TARGETS) | set(SHOCK_TARGETS) == set(LEVERS)
    assert not set(TARGETS) & set(SHOCK_TARGETS)
    targets = [
        target for each in (TARGETS, SHOCK_TARGETS, EVENT_TARGETS) for known in each.values() for target in known
    ]
    assert {target.series for target in targets} <= set(SERIES)
    assert set(SITUATIONS) <= {target.needs for target in targets}


def test_a_lever_is_tried_at_its_bounds_and_halfway_to_them() -> None:
    assert sizes_of(LEVERS["chip_supply"]) == [0.0, 0.5, 1.5, 2.0]
    assert sizes_of(LEVERS["tariff"]) == [-0.1, -0.05, 0.75, 1.5]
    assert sizes_of(LEVERS["stimulus"]) == [-0.05, -0.025, 0.05, 0.1]
    assert sizes_of(LEVERS["bail_out"]) == [0.05, 0.1]


def test_all_levers_scenarios_and_policies_are_tried_each_under_a_name_of_its_own() -> None:
    tried = everything(BASELINE)
    assert len({each.arm for each in tried}) == len(tried)
    names = {part: {each.name for each in tried if each.part == part} for part in ("lever", "scenario", "policy")}
    assert names["lever"] == set(LEVERS)
    assert names["scenario"] == {listed.name for listed in available_scenarios()} - {"baseline"}
    assert names["policy"] == {listed.name for listed in available_policies()}
    assert all(each.expected for each in tried)


def test_a_tariff_makes_systems_dearer_at_every_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--only", "tariff", "--runs", "10", "--quarters", "16", "--firms", "20", "--workers", "1"]
    with pytest.raises(SystemExit) as ended:
        main(["signs", *options, "--results", str(tmp_path)])
    assert ended.value.code == 0
    (file,) = tmp_path.glob("signs-*.csv")
    table = pd.read_csv(file)
    prices = table[table["series"] == "system_price"]
    assert list(prices["part"]) == ["lever"] * 4 + ["scenario", "policy"]
    assert (prices["met"] == MET).all()
    assert (prices["n"] == 10).all()
    assert list(np.sign(prices["effect"])) == [-1, -1, 1, 1, 1, 1]
    assert set(ALSO) <= set(table["series"])
    assert "targets move as expected" in capsys.readouterr().out


def test_what_has_no_such_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["signs", "--only", "tarif-f"])
    assert ended.value.code == 2
    assert "no lever, scenario or policy has 'tarif-f' in its name" in capsys.readouterr().err


def test_the_headline_names_what_goes_the_other_way_and_why_if_that_is_known() -> None:
    rows = [
        ("lever", "tariff", 0.5, "system_price", MET, ""),
        ("lever", "tariff", 0.5, "compute_online", AGAINST, ""),
        ("scenario", "sentiment", np.nan, "withdrawal", AGAINST, "shares are cheap"),
        ("policy", "grid", np.nan, "compute_online", OPEN, ""),
    ]
    table = pd.DataFrame(rows, columns=["part", "name", "size", "series", "met", "why"]).assign(role="target")
    assert headline(table) == (
        "1 of 4 targets move as expected, 1 by too little to tell, 2 the other way: tariff 0.5 on compute_online; "
        "sentiment on withdrawal (shares are cheap)"
    )

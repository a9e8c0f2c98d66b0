"""What a policy moves, whether that is its target, and who pays: paired differences that add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.analysis.policy import AGAINST, ALL_ROWS, BORROWING, MET, OPEN, SHOWN, Answer, judged, together
from experiments.batch.worker import Rows, failure
from experiments.cli.app import main
from experiments.methods import policy as cost_of_policy
from experiments.methods.policy import ALSO_SHOWN, answer
from experiments.narrative.policy import cost_table, ending_table, headline, target_table
from experiments.study.schema import RunSpec, Study
from experiments.study.targets import TARGETS, Target, expected_of
from simulation.errors import CircuitError
from simulation.scenario import Policy, available_policies, load_policy
from simulation.scenario.levers import LEVERS
from simulation.scenario.paths import Path as LeverPath
from simulation.series import SERIES

RUNS = 10


def test_every_shipped_policy_says_which_series_it_is_to_move_and_which_way() -> None:
    for listing in available_policies():
        expected = expected_of(load_policy(listing.name))
        assert expected, listing.name
        assert all(each.direction in (1, -1) for each in expected)
    assert set(TARGETS) <= set(LEVERS)
    named = {series for targets in TARGETS.values() for target in targets for series in (target.series, target.less)}
    assert named - {""} | set(ALSO_SHOWN) <= set(SERIES)


def test_the_direction_turns_with_the_sign_of_the_policy() -> None:
    cut, rise = (
        expected_of(Policy("a", "b", "c", paths=(LeverPath("policy_rate", 3, size),))) for size in (-0.01, 0.01)
    )
    assert [(each.target.series, each.direction) for each in cut] == [("policy_rate", -1), ("investment", 1)]
    assert [each.direction for each in rise] == [1, -1]
    assert cut[0].window == slice(2, 6), "judged over the first year"
    shorter = expected_of(Policy("a", "b", "c", paths=(LeverPath("power_additions", 1, 0.5),)))
    assert shorter[0].direction == -1, "a lever that multiplies is neutral at one"


def test_a_lever_that_is_a_shock_and_no_policy_has_no_target() -> None:
    with pytest.raises(CircuitError, match="sentiment: no target"):
        expected_of(Policy("a", "b", "c", paths=(LeverPath("sentiment", 1, 0.5),)))


def test_a_distance_between_two_series_is_a_target_too() -> None:
    recorded = pd.DataFrame({"value_gap": [0.1, 0.2], "sober_gap": [0.3, 0.1]}).to_records(index=False)
    target = Target("value_gap", -1, less="sober_gap")
    assert list(target.read(recorded)) == pytest.approx([0.2, 0.1])
    assert target.name == "value_gap from sober_gap"


@pytest.fixture(scope="module")
def found() -> Answer:
    """Two policies of the second quarter in small economies: one that costs money, one that costs none."""
    folder = Path(__file__).parents[1] / "policies"
    policies = [str(folder / "early-credit.toml"), str(folder / "early-tariff.toml")]
    study = Study(policies=policies, runs=RUNS, quarters=6, firms=20, prior=False)
    return answer(study, workers=1)


def test_what_government_pays_more_it_borrows_and_ends_poorer_by(found: Answer) -> None:
    costs = found.costs[found.costs["policy"].str.contains("credit")].set_index(["account", "row"])["effect"]
    money = costs["government's money"]
    assert money["investment_credit"] < -1.0
    assert money[BORROWING] == pytest.approx(-money[ALL_ROWS], abs=0.05)
    assert costs["net worth"]["governments"] == pytest.approx(money[ALL_ROWS], abs=0.05)


def test_each_policy_is_judged_by_its_own_target(found: Answer) -> None:
    moved = found.moved.set_index(["policy", "series"])
    targets = found.moved[found.moved["expected"] != ""]
    assert (moved["with"] - moved["without"]).to_numpy() == pytest.approx(moved["effect"].to_numpy())
    by_policy = targets.groupby("policy", sort=False)["series"].agg(list).tolist()
    assert by_policy == [["ai_capex"], ["system_price", "compute_online"]]
    right = (targets["effect"] > 0.0) == (targets["expected"] == "rises")
    beside = ((targets["low"] > 0.0) | (targets["high"] < 0.0)) & (targets["p_holm"] < 0.05)
    assert list(targets["met"]) == [
        MET if good and known else OPEN if not known else AGAINST for good, known in zip(right, beside, strict=True)
    ]
    assert targets["met"].iloc[0] == MET
    assert (found.moved["n"] == RUNS).all()


def test_of_many_policies_some_cross_by_chance_and_holm_keeps_them_out() -> None:
    row = {"effect": 1.0, "low": 0.1, "high": 1.9, "n": 20, "series": "gdp", "expected": "rises", "direction": 1}
    tables = [pd.DataFrame([{**row, "p_value": p_value}]) for p_value in (0.03, 0.001, *[0.5] * 18)]
    beside = {**row, "series": "ai_capex", "expected": "", "direction": 0, "p_value": 0.04}
    tables[0] = pd.concat([tables[0], pd.DataFrame([beside])])
    alone, many = (judged(together([f"p{k}" for k in range(len(part))], part)) for part in (tables[:1], tables))
    assert list(alone["met"]) == [MET, SHOWN]
    assert list(many["met"][many["expected"] != ""])[:3] == [OPEN, MET, OPEN]
    assert many["p_holm"].iloc[2] == pytest.approx(0.001 * 20)
    assert many["p_holm"].isna().sum() == 1  # what is shown beside the targets is not judged


def test_the_tables_have_a_line_for_each_target_and_each_policy(found: Answer) -> None:
    assert len(target_table(found.moved)) == 3
    costs = cost_table(found)
    assert len(costs) == 2
    number = r"-\d+ \(-\d+ to -\d+\)"
    assert re.search(f"[a-z ]+ {number}", costs["ends poorer"].iloc[0])
    assert re.match(f"investment credit {number}", costs["government loses most on"].iloc[0])
    assert list(ending_table(found.endings).columns) == ["policy", "investment pullback", "paid off"]
    assert headline(found, None).split(" ")[2] == "2"


def test_runs_that_fail_are_counted_told_and_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    computed = cost_of_policy.compute

    def one_fails(*arguments: Any) -> Iterator[tuple[RunSpec, Rows]]:
        for spec, rows in computed(*arguments):
            yield spec, failure(ArithmeticError("broken")) if (spec.seed, spec.arm) == (2, "baseline") else rows

    monkeypatch.setattr(cost_of_policy, "compute", one_fails)
    policy = str(Path(__file__).parents[1] / "policies" / "early-tariff.toml")
    found = answer(Study(policies=[policy], runs=3, quarters=3, firms=10, prior=False), workers=1)
    assert found.failures.to_dict("records") == [{"arm": "baseline", "seed": 2, "message": "broken"}]
    assert found.tried == 6
    assert (found.moved["n"] == 2).all()
    options = ["--runs", "3", "--quarters", "3", "--firms", "10", "--workers", "1", "--results", str(tmp_path)]
    with pytest.raises(SystemExit):
        main(["policy", policy, *options])
    assert "1 of 6 runs failed." in capsys.readouterr().out
    (failures,) = tmp_path.glob("policy-baseline-early-tariff-*-failures.csv")
    assert len(pd.read_csv(failures)) == 1


def test_the_command_prints_and_writes_a_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = Path(__file__).parents[1] / "policies" / "early-tariff.toml"
    options = ["--runs", "2", "--quarters", "3", "--firms", "10", "--workers", "1", "--results", str(tmp_path)]
    with pytest.raises(SystemExit) as stopped:
        main(["policy", str(policy), *options])
    assert stopped.value.code == 0
    assert "Government's money, USD bn in all, + receives" in capsys.readouterr().out
    parts = {"moved", "costs", "endings"}
    files = sorted(tmp_path.glob("policy-baseline-early-tariff-2024Q4-firms10-quarters3-defaults-runs2-*.csv"))
    data = {file.stem.split("-")[-1]: file for file in files}
    assert data.keys() >= parts
    for file in (data[part] for part in parts):
        assert len(pd.read_parquet(file.with_suffix(".parquet"))) == len(pd.read_csv(file))


def test_a_policy_after_the_horizon_is_refused_before_anything_is_computed() -> None:
    with pytest.raises(CircuitError, match="stimulus starts in quarter 5: choose --quarters 5 or more"):
        answer(Study(policies=["stimulus"], runs=1, quarters=4))

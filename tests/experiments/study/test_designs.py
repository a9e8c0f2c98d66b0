"""A design covers the declared ranges evenly, with the same point in every arm; a rule says when it is enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from experiments.batch import runner
from experiments.batch.collecting import Shards
from experiments.batch.worker import drawn
from experiments.store.results import RUNS_PER_SHARD, Results
from experiments.study.designs import Design
from experiments.study.schema import RunSpec, Study, available_studies, load_study, parse_study, plan
from simulation.errors import CircuitError
from tests.experiments import stand_ins
from tests.experiments.stand_ins import small_plan

RANGES = {"gamma": [0.01, 0.15], "leverage_cap": [1.0, 3.0]}


def errors_of(content: dict[str, object]) -> str:
    with pytest.raises(CircuitError) as error:
        plan(parse_study(content, ""))
    return "\n".join(error.value.errors)


def test_a_latin_hypercube_puts_one_run_in_every_slice_of_every_range() -> None:
    points = Design(method="latin-hypercube", ranges=RANGES).points(40, seed=1)
    for name, (low, high) in RANGES.items():
        slices = [int((dict(point)[name] - low) / (high - low) * 40) for point in points]
        assert sorted(slices) == list(range(40))


def test_a_sobol_sequence_only_grows_and_fills_evenly() -> None:
    design = Design(method="sobol", ranges=RANGES)
    few, many = design.points(50, seed=3), design.points(256, seed=3)
    assert many[:50] == few
    gains = np.array([dict(point)["gamma"] for point in many])
    assert gains.mean() == pytest.approx(0.08, abs=0.001)
    assert design.points(50, seed=4) != few


@pytest.mark.parametrize("method", ["latin-hypercube", "sobol"])
def test_every_arm_of_a_seed_meets_the_same_point_and_the_prior_draws_the_rest(method: str) -> None:
    study = {"policies": ["fed-put"], "runs": 6, "design": {"method": method, "ranges": RANGES}}
    specs = plan(parse_study(study, "")).specs
    for without, with_policy in zip(specs[::2], specs[1::2], strict=True):
        assert without.seed == with_policy.seed
        assert drawn(without).parameters == drawn(with_policy).parameters
        assert drawn(without).parameters["gamma"] == dict(without.point)["gamma"]
    gains = {drawn(spec).parameters["gamma"] for spec in specs}
    others = {drawn(spec).parameters["training_withdrawal_factor"] for spec in specs}
    assert len(gains) == len(others) == 6
    assert len({spec.run_id for spec in specs}) == 12


def test_whole_parameters_get_whole_values() -> None:
    design = Design(method="sobol", ranges={"withdrawal_quarters": [3, 8]})
    assert {dict(point)["withdrawal_quarters"] for point in design.points(64, seed=1)} == {3.0, 4.0, 5.0, 6.0, 7.0, 8.0}


def test_what_is_wrong_with_a_design_is_said_all_at_once() -> None:
    ranges = {"gama": [0.0, 1.0], "gamma": [0.1, 9.0], "withdrawal": [0, 1], "leverage_cap": [3.0, 1.0]}
    text = errors_of({"design": {"method": "sobol", "ranges": ranges}})
    for part in (
        'nearest: "gamma"',
        "design.ranges.gamma: must be a number from",
        "is a switch",
        "the lower one first",
    ):
        assert part in text
    both = {"design": {"method": "sobol", "ranges": RANGES}, "parameters": {"gamma": 0.1}}
    assert "is set in parameters too" in errors_of(both)
    assert "design.method: must be 'latin-hypercube' or 'sobol', not 'soboll'" in errors_of(
        {"design": {"method": "soboll", "ranges": RANGES}}
    )
    assert "stop.width: must be a number from" in errors_of({"stop": {"width": 7.0}})
    assert 'stop.widht: unknown key; nearest: "width"' in errors_of({"stop": {"width": 0.1, "widht": 1}})


def test_a_small_shock_moves_its_lever_a_part_of_the_way() -> None:
    planned = plan(Study(scenarios=["baseline", "late-chips"], shock_size=0.25, runs=1))
    shock = planned.specs.scenarios["late-chips"].shocks[0]
    assert shock.size == pytest.approx(1.0 - 0.25 * 0.4)
    assert planned.specs[1].run_id != plan(Study(scenarios=["baseline", "late-chips"], runs=1)).specs[1].run_id
    assert planned.specs[0].run_id == plan(Study(runs=1)).specs[0].run_id


def test_every_shipped_study_can_be_planned_and_small_shocks_shocks_every_scenario_that_has_any() -> None:
    names = [name for name, _, _ in available_studies()]
    assert {
        "headline",
        "gamma",
        "policy-market",
        "gamma-withdrawal",
        "gamma-leverage",
        "gamma-circularity",
        "small-shocks",
    } <= set(names)
    for name in names:
        assert len(plan(load_study(name)).arms) == load_study(name).size
    shocked = plan(load_study("small-shocks")).specs.scenarios
    assert all(scenario.shocks for name, scenario in shocked.items() if name != "baseline")


def stopped(folder: Path, workers: int, run_one: runner.RunOne = stand_ins.run_well) -> tuple[int, Results]:
    plan = small_plan(2000, stop={"width": 0.12, "least": 50})
    results = Results(folder, plan.identity)
    report = runner.run_batch(plan, results, workers, False, run_one, None)
    return report.seeds, results


def test_a_study_stops_at_the_same_seed_whoever_computes_it(tmp_path: Path) -> None:
    seeds, alone = stopped(tmp_path / "one", 1)
    again, both = stopped(tmp_path / "two", 2)
    assert seeds == again
    assert seeds == 300  # (2 x 1.96)^2 x .4 x .6 / .12^2 = 256, and a hundred seeds of two arms are a shard
    assert alone.digest() == both.digest()
    assert len(alone.read("runs")) == 2 * seeds
    more, _ = stopped(tmp_path / "one", 2, stand_ins.kill_worker)
    assert more == seeds


@pytest.mark.parametrize("first", [0, RUNS_PER_SHARD])
def test_runs_that_finish_after_the_rule_is_met_do_not_count(
    first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds, in_order = stopped(tmp_path / "in-order", 1)
    missing = Shards.missing

    def every_second_shard_ahead(shards: Shards) -> Iterator[RunSpec]:
        specs = list(missing(shards))
        yield from specs[:first]
        for start in range(first, len(specs), 2 * RUNS_PER_SHARD):
            middle = start + RUNS_PER_SHARD
            yield from specs[middle : middle + RUNS_PER_SHARD] + specs[start:middle]

    monkeypatch.setattr(Shards, "missing", every_second_shard_ahead)
    again, ahead = stopped(tmp_path / "ahead", 1)
    assert again == seeds
    assert len(ahead.read("runs")) == 2 * seeds
    assert ahead.digest() == in_order.digest()


def test_a_stopping_rule_on_effects_looks_at_pairs(tmp_path: Path) -> None:
    plan = small_plan(200, stop={"width": 0.12, "of": "effect", "least": 100})
    results = Results(tmp_path, plan.identity)
    # The stand-in's arms end alike, so that the effect is known at once to be nothing.
    assert runner.run_batch(plan, results, 1, False, stand_ins.run_well, None).seeds == 100

"""Studies say what is wrong with them, all at once, and name every run for good."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from experiments.study.schema import Study, load_study, parse_study, plan, with_runs
from simulation.errors import CircuitError


def errors_of(content: dict[str, object]) -> list[str]:
    with pytest.raises(CircuitError) as error:
        parse_study(content, "study.toml: ")
    return list(error.value.errors)


def test_the_headline_study_compares_scenarios_and_policies_with_the_baseline() -> None:
    arms = load_study("headline").arms()
    assert arms[0].name == "baseline"
    assert arms[0].reference is None
    assert {arm.reference for arm in arms[1:]} == {"baseline"}
    assert [arm.policy for arm in arms if arm.policy] == [
        "disclosure",
        "fed-put",
        "bank-buffer",
        "investment-credit",
    ]


def test_a_grid_makes_an_arm_of_every_point_and_compares_within_it() -> None:
    study = parse_study({"policies": ["fed-put"], "grid": {"gamma": [0.03, "prior"], "withdrawal": [True]}}, "")
    names = {arm.name: arm.reference for arm in study.arms()}
    assert names == {
        "baseline, gamma=0.03, withdrawal=on": None,
        "baseline + fed-put, gamma=0.03, withdrawal=on": "baseline, gamma=0.03, withdrawal=on",
        "baseline, gamma=prior, withdrawal=on": None,
        "baseline + fed-put, gamma=prior, withdrawal=on": "baseline, gamma=prior, withdrawal=on",
    }


def test_all_errors_of_a_study_come_at_once_with_what_is_allowed() -> None:
    errors = errors_of(
        {
            "runs": 0,
            "firms": 9,
            "quarters": -4,
            "vintage": "2023Q1",
            "scenarioz": ["baseline"],
            "parameters": {"gamma": float("nan")},
            "grid": {"gamma": ["many"]},
        }
    )
    assert len(errors) == 7
    text = "\n".join(errors)
    assert "study.toml: firms: must be a whole number from 10 to 1,000,000, not 9" in errors
    assert 'scenarioz: unknown key; nearest: "scenarios"' in text
    assert "grid.gamma.0" in text
    assert "'2022Q4', '2024Q4' or 'now' or the file of an ensemble, *.ensemble" in text


def test_unknown_names_are_found_before_anything_runs() -> None:
    study = Study(scenarios=["basline"], policies=["fedput"], parameters={"gama": 0.1})
    with pytest.raises(CircuitError) as error:
        plan(study)
    assert len(error.value.errors) == 3
    assert all("nearest" in line for line in error.value.errors)


def test_a_study_of_more_than_a_million_runs_must_be_meant() -> None:
    study = parse_study({"runs": 600_000, "scenarios": ["baseline", "late-chips"]}, "")
    with pytest.raises(CircuitError, match="more than 1,000,000: add --yes"):
        plan(study)
    assert len(plan(study, large=True).specs) == 1_200_000


@pytest.mark.parametrize("content", ["runs = ", "runs = 1\nruns = 2", "\x00"])
def test_broken_toml_is_named_in_one_line(tmp_path: Path, content: str) -> None:
    file = tmp_path / "study.toml"
    file.write_text(content)
    with pytest.raises(CircuitError) as error:
        load_study(str(file))
    assert len(error.value.errors) == 1
    assert "study.toml" in str(error.value)


def test_a_runs_name_depends_on_its_inputs_and_seed_alone() -> None:
    few, many = plan(Study(runs=2, title="a")), plan(Study(runs=3, title="b"))
    assert [spec.run_id for spec in few.specs] == [spec.run_id for spec in many.specs[:2]]
    assert len({spec.run_id for spec in many.specs}) == 3
    others = [
        plan(Study(runs=1, **changed)).specs[0].run_id
        for changed in ({"firms": 999}, {"quarters": 39}, {"prior": False}, {"parameters": {"gamma": 0.03}})
    ]
    assert len({few.specs[0].run_id, *others}) == 5
    assert all(len(run_id) == 16 for run_id in others)


def test_every_arm_meets_the_same_seeds_and_a_stopped_batch_is_balanced() -> None:
    specs = plan(with_runs(load_study("headline"), 3)).specs
    arms = len({spec.arm for spec in specs})
    assert [spec.seed for spec in specs] == sorted(spec.seed for spec in specs)
    assert len({spec.arm for spec in specs[:arms]}) == arms


FILES_NOBODY_WRITES = {
    "YAML": ("study.yaml", b"runs: 1e-3\nprior: no\n", "is no study"),
    "a file of a MiB": ("study.toml", b"title = 'x'\n" + b"# " + b"\n# ".join([b"x" * 500] * 2200), "is larger than"),
    "a table too deep": ("study.toml", b"a.b.c.d.e.f.g = 1", "nested deeper"),
    "a thousand brackets": ("study.toml", b"a = " + b"[" * 400 + b"]" * 400, "nested deeper"),
    "a text that is none": ("study.toml", b"title = '\xff'", "not UTF-8"),
    "a key with a line break": ("study.toml", b'"a\\nb" = 1', "unknown key"),
    "a grid without end": (
        "study.toml",
        b"[grid]\n" + b"\n".join(b"p%d = [%s]" % (n, b",".join(b"%d.0" % v for v in range(30))) for n in range(40)),
        "economies to compare; at most 100,000",
    ),
}


@pytest.mark.parametrize("case", FILES_NOBODY_WRITES)
def test_files_nobody_writes_are_refused_at_once(case: str, tmp_path: Path) -> None:
    name, content, expected = FILES_NOBODY_WRITES[case]
    file = tmp_path / name
    file.write_bytes(content)
    started = time.monotonic()
    with pytest.raises(CircuitError, match=expected) as error:
        load_study(str(file))
    assert all("\n" not in line for line in error.value.errors)
    assert time.monotonic() - started < 1.0

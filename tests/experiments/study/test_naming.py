"""A file's name says what was set, and other settings have another name."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from experiments.methods.compare import default_folder
from experiments.study.naming import LONGEST, name_of, note_on, setting_of
from experiments.study.schema import Study, plan
from simulation.scenario import PARAMETERS

BASE = Study(runs=20)
CHANGES = {
    "scenarios": ["late-chips"],
    "policies": ["stimulus"],
    "runs": 30,
    "seed": 5,
    "vintage": "2022Q4",
    "quarters": 12,
    "firms": 200,
    "prior": False,
    "parameters": {"gamma": 0.03},
    "shock_size": 0.5,
}
STUDIES = [BASE, *(BASE.model_copy(update={key: value}) for key, value in CHANGES.items())]


def test_no_two_studies_that_differ_in_one_setting_write_under_the_same_name() -> None:
    assert len({name_of("twin", study) for study in STUDIES}) == len(STUDIES)
    assert name_of("twin", BASE) != name_of("twin", BASE, "without", "boom")


def test_a_name_says_what_was_set() -> None:
    study = BASE.model_copy(update={"runs": 1, "seed": 7, "parameters": {"gamma": 0.03, "luck": False}})
    assert name_of("run", study) == "run-baseline-2024Q4-gamma-0.03-luck-off-seed7"


def test_a_file_of_ones_own_that_changed_has_another_name(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    names = set()
    for gamma in ("0.03", "0.04"):
        own.write_text(f"[parameters]\ngamma = {gamma}\n")
        names.add(name_of("run", BASE.model_copy(update={"scenarios": [str(own)], "runs": 1})))
    assert len(names) == 2
    assert all(name.startswith("run-mine-2024Q4-seed1-") for name in names)


def test_names_too_long_for_a_file_are_cut_and_still_differ() -> None:
    names_set = ("deal_cash_share", "deal_need_share", "business_stealing", "demand_elasticity", "prior_belief")
    many = {name: PARAMETERS[name].default for name in names_set}
    studies = [BASE.model_copy(update={"parameters": many | {"capture": share}}) for share in (0.2, 0.3)]
    names = [name_of("twin", study) for study in studies]
    assert len(set(names)) == 2
    assert max(map(len, names)) <= LONGEST + 9


@pytest.mark.parametrize(("one", "other"), list(combinations([study for study in STUDIES if study.runs == 20], 2)))
def test_a_comparison_of_other_economies_has_another_folder(one: Study, other: Study) -> None:
    assert default_folder(plan(one)) != default_folder(plan(other))


def test_the_folder_of_a_comparison_and_the_notes_of_its_figures_say_what_was_set() -> None:
    study = BASE.model_copy(update={"parameters": {"gamma": 0.03}, "firms": 200})
    assert default_folder(plan(study)).name.startswith("comparison-gamma-0.03-200-firms-")
    assert note_on(study) == " Set: gamma = 0.03, 200 firms."
    assert note_on(BASE) == ""
    with_policy = study.model_copy(update={"policies": ["fed-put"]})
    assert setting_of(with_policy) == "baseline with fed-put, vintage 2024Q4, seeds 1 to 20, gamma = 0.03, 200 firms"

"""`circuit validate`: what kind of file this is, and what is wrong with it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.errors import CircuitError
from simulation.scenario import Scenario, load_policy
from simulation.scenario.files import plain, read_toml

from ..study.schema import Study, load_study, plan

SCENARIO_KEYS = {"title", "meaning", "parameters", "shock", "event"}


def kind_of_valid_file(file: Path) -> str:
    """'scenario', 'policy' or 'study' for a file without error; raises `CircuitError` with all its errors.

    A file is taken for what its keys say: `[[policy]]` makes a policy, a key that only studies have makes a study."""
    if os.path.isdir(file):
        raise CircuitError(f"{plain(file)}: is a folder; give a TOML file of a scenario, a policy or a study")
    path = file if file.suffix.lower() == ".toml" else file.with_name(f"{file.name}.toml")
    kind = _kind(read_toml(path))
    if kind == "policy":
        load_policy(path)
    elif kind == "study":
        plan(load_study(str(path)), large=True)
    else:
        Scenario.load(path)
    return kind


def _kind(content: Mapping[str, Any]) -> str:
    if "policy" in content:
        return "policy"
    only_in_studies = set(Study.model_fields) - SCENARIO_KEYS
    return "study" if only_in_studies & set(content) else "scenario"

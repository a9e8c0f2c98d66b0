"""Results stay inside their folder: no name and no link leads out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.reliability.refusals import TRAVERSAL_NAMES
from experiments import store
from experiments.folders import LocalFolder
from experiments.study import load_study
from simulation import Scenario
from simulation.errors import CircuitError
from simulation.scenario import load_policy

from .stand_ins import small_plan


def test_names_that_lead_elsewhere_are_no_files_of_results(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path / "results")
    assert len(TRAVERSAL_NAMES) >= 200
    for name in TRAVERSAL_NAMES:
        for attempt in (folder.read, folder.remove, lambda name: folder.write(name, b"x")):
            with pytest.raises(CircuitError):
                attempt(name)
    assert [path.name for path in tmp_path.rglob("*")] == ["results"]


def test_names_that_lead_elsewhere_name_no_scenario_policy_or_study() -> None:
    for name in TRAVERSAL_NAMES:
        for load in (Scenario.load, load_policy, load_study):
            with pytest.raises(CircuitError):
                load(name)


@pytest.mark.parametrize("name", ["Headline", "-x", "_x", "a.b", "a b", "x" * 65, ""])
def test_a_study_has_a_plain_name(name: str) -> None:
    with pytest.raises(CircuitError, match="a name is 1 to 64 of a-z"):
        load_study(name)


def test_links_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "link").symlink_to(outside)
    identity = small_plan().identity
    with pytest.raises(CircuitError, match="symbolic link"):
        store.Results(tmp_path / "link", identity)
    results = tmp_path / "results"
    results.mkdir()
    (results / "runs").symlink_to(outside)
    with pytest.raises(CircuitError, match="symbolic link"):
        store.Results(results, identity)
    (results / "runs").unlink()
    folder = LocalFolder(results)
    (results / "series").symlink_to(outside)
    with pytest.raises(CircuitError, match="symbolic link"):
        folder.write("series/00000.parquet", b"x")
    assert list(outside.iterdir()) == []

"""The house of `experiments`: layers that use those below them, and modules that never use each other in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = (
    "common",  # what every layer may use
    "statistics",  # estimates and intervals; knows nothing of economies
    "record",  # what was observed in the world, and the same things in a run
    "ensembles",  # economies that the record allows
    "store",  # results on a disk or an object store
    "study",  # what is asked, and the plan of runs
    "batch",  # runs a plan
    "inference",  # what the record says of parameters and luck
    "evidence",  # forecasts held against what came after
    "analysis",  # what the runs say, in numbers
    "narrative",  # and in words
    "figures",
    "report",
    "methods",  # one file per question
    "explore",  # the live page
    "cli",  # one file per command
)
"""From the lowest to the highest. A new folder of `experiments` takes its place here."""


def modules(root: Path, package: str) -> dict[str, Path]:
    """Every module of a package by its full name."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((root / package).rglob("*.py"))
    }


def imports(name: str, path: Path, known: dict[str, Path]) -> Iterator[str]:
    """Modules of `known` that a module imports: at its top, inside functions, and for types alone."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            target = ".".join([*start, *([node.module] if node.module else [])])
            for alias in node.names:
                inside = f"{target}.{alias.name}"
                if inside in known or target in known:
                    yield inside if inside in known else target


def imports_in(root: Path, package: str) -> dict[str, set[str]]:
    known = modules(root, package)
    return {name: set(imports(name, path, known)) - {name} for name, path in known.items()}


def upward(found: dict[str, set[str]], layers: tuple[str, ...]) -> list[str]:
    """Imports that lead from a layer to a higher one."""

    def height(name: str) -> int:
        return layers.index(name.split(".")[1]) if "." in name else -1

    return [f"{name} uses {used}" for name, uses in found.items() for used in uses if height(used) > height(name) >= 0]


def circle(found: dict[str, set[str]]) -> list[str]:
    """A circle of modules that use each other; empty if there is none."""
    try:
        TopologicalSorter(found).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_module_of_the_experiments_lives_in_a_declared_layer() -> None:
    folders = {name.split(".")[1] for name in modules(ROOT, "experiments") if "." in name}
    assert folders == set(LAYERS)


def test_no_layer_uses_a_higher_one() -> None:
    assert upward(imports_in(ROOT, "experiments"), LAYERS) == []


def test_no_modules_use_each_other_in_a_circle() -> None:
    assert circle(imports_in(ROOT, "experiments")) == []


@pytest.mark.parametrize(
    "line",
    [
        "from ..high.roof import x",
        "from house.high import roof",
        "import house.high.roof",
        "def f():\n    from ..high import roof",
        "if TYPE_CHECKING:\n    from ..high.roof import x",
    ],
)
def test_an_upward_import_and_a_circle_are_found_however_they_are_written(tmp_path: Path, line: str) -> None:
    for folder in ("low", "high"):
        (tmp_path / "house" / folder).mkdir(parents=True)
    (tmp_path / "house" / "low" / "cellar.py").write_text(f"{line}\n")
    (tmp_path / "house" / "high" / "roof.py").write_text("from ..low import cellar\n")
    found = imports_in(tmp_path, "house")
    assert upward(found, ("low", "high")) == ["house.low.cellar uses house.high.roof"]
    assert set(circle(found)) == {"house.low.cellar", "house.high.roof"}

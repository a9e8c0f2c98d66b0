"""Compiled rules are kept on the disk: once for a machine, never out of date, whoever compiles at the same time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.rule import COMPILED

if not COMPILED:
    pytest.skip("nothing is compiled", allow_module_level=True)

from simulation.rule_cache import PACKAGE, PlaceInPackage, cache_folder, folder_of

DRAW = """
from simulation.randomness import uniform
uniform(1, 2, 3, 4)
print(sum(uniform.stats.cache_hits.values()))
"""
KEEP = """
import sys
from numba import types
from simulation.rule import rule

@rule
def length(row):
    return len(row)

first, last = map(int, sys.argv[1:])
if last > first:
    assert length((1,) * first) == first
    code, = length.overloads.values()
    for size in range(first, last):
        length._cache.save_overload((types.UniTuple(types.int64, size),), code)
names = list(length._cache._cache_file._load_index().values())
print(len(names), len(set(names)))
"""


def started(program: str | Path, *arguments: int, **variables: str) -> subprocess.Popen[str]:
    told = [str(program)] if isinstance(program, Path) else ["-c", program]
    return subprocess.Popen(
        [sys.executable, *told, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), **variables},
    )


def printed(process: subprocess.Popen[str]) -> list[int]:
    output, _ = process.communicate()
    assert process.returncode == 0
    return [int(number) for number in output.split()]


def test_a_change_in_any_source_gives_compiled_code_another_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("before", "after"):
        (tmp_path / folder / "books").mkdir(parents=True)
        (tmp_path / folder / "rule.py").write_text("one = 1\n")
        (tmp_path / folder / "books" / "purposes.py").write_text(f"WAGES = {len(folder)}\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    homes = [folder_of(tmp_path / folder) for folder in ("before", "after", "before")]
    assert homes[0] == homes[2] != homes[1]
    assert all(home.is_relative_to(tmp_path / "cache") and home.is_dir() for home in homes)


def test_where_nothing_can_be_kept_compiled_code_goes_to_a_passing_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    home = folder_of(PACKAGE)
    assert home.is_dir()
    assert not home.is_relative_to(tmp_path / "file")
    home.rmdir()


def test_a_second_environment_finds_what_the_first_has_compiled(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "elsewhere" / "simulation", ignore=shutil.ignore_patterns("__pycache__"))
    cache = str(tmp_path / "cache")
    assert printed(started(DRAW, XDG_CACHE_HOME=cache)) == [0]
    assert printed(started(DRAW, XDG_CACHE_HOME=cache, PYTHONPATH=str(tmp_path / "elsewhere"))) == [1]


def test_processes_that_keep_a_rule_for_different_types_at_once_lose_none_of_them(tmp_path: Path) -> None:
    program, cache = tmp_path / "keep.py", str(tmp_path / "cache")
    program.write_text(KEEP)
    crowd = [started(program, first, first + 200, XDG_CACHE_HOME=cache) for first in (1, 201, 401)]
    for each in crowd:
        printed(each)
    assert printed(started(program, 0, 0, XDG_CACHE_HOME=cache)) == [600, 600]


def test_rules_of_the_package_have_their_place_in_it_and_others_one_that_follows_their_path(tmp_path: Path) -> None:
    def somebody() -> None: ...

    assert PlaceInPackage.from_function(somebody, str(tmp_path / "somebody.py")) is None
    place = PlaceInPackage.from_function(somebody, str(PACKAGE / "markets" / "chips.py"))
    assert place is not None
    assert Path(place.get_cache_path()) == cache_folder() / "markets"

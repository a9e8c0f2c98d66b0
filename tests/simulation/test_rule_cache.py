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

from simulation import rule_cache
from simulation.rule_cache import COMMON_LEVEL, PACKAGE, RulePlace, cache_folder, fingerprint

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


OWN = """
from limits import LIMIT
import limits
from simulation.rule import rule

FACTOR = {factor}

@rule
def inner(value, extra={default}):
    return FACTOR * value + extra

@rule
def outer(value):
    {comment}
    return inner(value) + LIMIT + limits.LIMIT

print(int(outer(10)), sum(outer.stats.cache_hits.values()))
"""


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"comment": "# said in other words"}, [32, 1]),
        ({"factor": 2}, [42, 0]),
        ({"default": 7}, [37, 0]),
        ({"limit": 6}, [24, 0]),
    ],
    ids=["a comment", "a constant", "an argument's default", "an imported constant"],
)
def test_a_rule_of_ones_own_is_compiled_anew_when_what_it_computes_from_changes(
    tmp_path: Path, changed: dict[str, object], says: list[int]
) -> None:
    program, cache = tmp_path / "own.py", str(tmp_path / "cache")
    first: dict[str, object] = {"factor": 1, "default": 2, "limit": 10, "comment": "# in one word"}
    for given in (first, first | changed):
        (tmp_path / "limits.py").write_text(f"LIMIT = {given['limit']}\n")
        program.write_text(OWN.format(**given))
        output = printed(started(program, XDG_CACHE_HOME=cache))
    assert output == says


def test_where_nothing_can_be_kept_compiled_code_goes_to_one_passing_place_that_is_removed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    program = (
        "import subprocess, sys\n"
        "from simulation.rule_cache import cache_folder\n"
        "if len(sys.argv) > 1:\n    print(cache_folder())\n"
        "else:\n"
        "    own = str(cache_folder())\n"
        "    told = subprocess.run([sys.executable, __file__, 'child'], capture_output=True, text=True)\n"
        "    print(own)\n    print(told.stdout.strip())\n"
    )
    file = tmp_path / "where.py"
    file.write_text(program)
    output, _ = started(file, XDG_CACHE_HOME=str(tmp_path / "file")).communicate()
    parent, child = output.split()
    assert parent == child
    assert not Path(parent).exists()


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


def test_rules_of_the_package_have_their_place_in_it_and_others_one_of_their_own(tmp_path: Path) -> None:
    def somebody() -> None: ...

    assert Path(RulePlace.from_function(somebody, str(tmp_path / "somebody.py")).get_cache_path()).name == "own"
    place = RulePlace.from_function(somebody, str(PACKAGE / "markets" / "chips.py"))
    assert Path(place.get_cache_path()) == cache_folder() / "markets"


def test_a_rule_that_reads_what_has_no_value_is_refused_by_name() -> None:
    thing = object()

    def odd() -> object:
        return thing

    with pytest.raises(TypeError, match="odd reads"):
        fingerprint(odd)


def test_a_rule_of_ones_own_that_writes_past_the_end_says_so(tmp_path: Path) -> None:
    program = tmp_path / "past.py"
    program.write_text(
        "import numpy as np\nfrom simulation.rule import rule\n\n@rule\ndef past(row):\n    row[len(row)] = 1.0\n\n"
        "try:\n    past(np.zeros(3))\nexcept IndexError:\n    print(7)\n"
    )
    assert printed(started(program, XDG_CACHE_HOME=str(tmp_path / "cache"))) == [7]


SHIPPED = """
from pathlib import Path
import simulation.rule_cache
simulation.rule_cache.IN_THE_PACKAGE = Path({folder!r})
"""


def test_rules_that_came_with_the_package_are_read_and_left_as_they_are(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    assert printed(started(DRAW, NUMBA_CACHE_DIR=str(shipped))) == [0]
    before = sorted(path.stat().st_mtime_ns for path in shipped.rglob("*"))
    program = tmp_path / "draw.py"
    program.write_text(SHIPPED.format(folder=str(shipped)) + DRAW)
    assert printed(started(program, NUMBA_CACHE_DIR=str(own))) == [1]
    assert sorted(path.stat().st_mtime_ns for path in shipped.rglob("*")) == before
    assert not list(own.rglob("*.nbc"))


SAME = DRAW + "print(int(uniform(1, 2, 3, 4) * 2**53))"
OF_LEVEL = {"NUMBA_CPU_NAME": COMMON_LEVEL, "NUMBA_CPU_FEATURES": ""}
PUT = """
import sys
from experiments.batch import shipping
from simulation.randomness import uniform
shipping.exercise = lambda: uniform(1, 2, 3, 4)
shipping.main()
"""


def test_rules_for_a_common_level_are_read_by_a_processor_of_it_and_compute_the_same(tmp_path: Path) -> None:
    """A wheel holds them: what a run loads is put into the package by a process of that level."""
    put, scratch, shipped = tmp_path / "put.py", tmp_path / "scratch", tmp_path / "shipped"
    put.write_text(PUT)
    for _ in range(2):  # the first compiles, the second loads
        process = subprocess.Popen(
            [sys.executable, str(put), str(shipped)],
            env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), "NUMBA_CACHE_DIR": str(scratch), **OF_LEVEL},
        )
        assert process.wait() == 0
    assert len(list(shipped.rglob("*.nbc"))) == 1
    assert [COMMON_LEVEL in mark.name for mark in shipped.glob("*.compiled")] == [True]
    _, drawn = printed(started(SAME, NUMBA_CACHE_DIR=str(tmp_path / "host")))
    reads = tmp_path / "reads.py"
    reads.write_text(SHIPPED.format(folder=str(shipped)) + SAME)
    assert printed(started(reads, NUMBA_CACHE_DIR=str(tmp_path / "own"))) == [1, drawn]
    below = tmp_path / "below.py"
    below.write_text(
        "import simulation.rule_cache\nsimulation.rule_cache.is_of_common_level = bool\n" + reads.read_text()
    )
    assert printed(started(below, NUMBA_CACHE_DIR=str(tmp_path / "older"))) == [0, drawn]


def test_a_processor_without_a_feature_of_the_common_level_is_not_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    features = dict.fromkeys(rule_cache._FEATURES_OF_COMMON_LEVEL, True)
    monkeypatch.setattr(rule_cache.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(rule_cache.binding, "get_host_cpu_features", lambda: features)
    of_level = rule_cache.is_of_common_level.__wrapped__
    assert of_level()
    features["avx2"] = False
    assert not of_level()


def test_rules_for_any_processor_are_kept_beside_those_for_this_one(tmp_path: Path) -> None:
    keeps = {"NUMBA_CACHE_DIR": str(tmp_path)}
    anywhere = keeps | {"NUMBA_CPU_NAME": "generic"}
    assert [printed(started(DRAW, **given)) for given in (keeps, anywhere, anywhere, keeps)] == [[0], [0], [1], [1]]

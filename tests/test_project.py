"""The house: walls between the packages, what is declared once, what a newcomer is promised."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.common.extras import EXTRA_OF
from tests.run_docs_examples import commands_of, examples_in, run_file

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OWN = {"simulation", "experiments", "benchmarks", "tests"}
SHIPPED = [*(ROOT / "simulation").rglob("*.py"), *(ROOT / "experiments").rglob("*.py")]
SOURCES = [*SHIPPED, *(ROOT / "benchmarks").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
MODULE_OF = {"PyYAML": "yaml"}
REPLACED = {
    "fault": r"(?<!de)fault(?!handler)",
    "crew": r"\bcrew\b",
    "doomed": r"\bdoomed\b",
}  # by words of the glossary
PICKLES = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}


def imports_of(path: Path) -> Iterator[str]:
    """Full names of the modules that a source file imports, at its top or inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def distribution(requirement: str) -> str:
    """Name of the distribution that a requirement names, in the form used for comparison."""
    return re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_simulation_never_uses_the_experiments() -> None:
    users = [
        name_of(path)
        for path in (ROOT / "simulation").rglob("*.py")
        if any(module.split(".")[0] == "experiments" for module in imports_of(path))
    ]
    assert users == []


def test_only_the_mesa_face_imports_mesa() -> None:
    users = {name_of(path) for path in SHIPPED if any(module.split(".")[0] == "mesa" for module in imports_of(path))}
    assert users == {"simulation/mesa_model.py"}


def test_every_import_of_the_packages_is_a_declared_dependency() -> None:
    declared = {MODULE_OF.get(name, name.replace("-", "_")) for name in map(distribution, PROJECT["dependencies"])}
    used = {module.split(".")[0] for path in SHIPPED for module in imports_of(path)}
    assert used - set(sys.stdlib_module_names) - OWN - declared == set(EXTRA_OF)
    for library, extra in EXTRA_OF.items():
        assert distribution(library) in map(distribution, PROJECT["optional-dependencies"][extra])
    # networkx is there for Mesa, which does not declare it.
    assert declared - used == {"networkx"}


def test_every_dependency_is_pinned_in_the_constraints_without_a_host() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*(; [^/:@]+)?", pin) for pin in pins)
    extras = PROJECT["optional-dependencies"]
    wanted = {distribution(need) for needs in (PROJECT["dependencies"], *extras.values()) for need in needs}
    assert wanted - {distribution(pin) for pin in pins} == {"circuit-economy"}


def test_importing_the_simulation_loads_neither_mesa_nor_matplotlib() -> None:
    code = "import sys, simulation; print(*({'mesa', 'matplotlib', 'experiments'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def examples_of(path: Path) -> list[str]:
    """Paragraphs of a module's docstring that are code: they begin with an import, or with a name that gets a value."""
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return [part for part in told.split("\n\n") if re.match(r"(from \S+ import|\w+ =) ", part)]


def test_an_example_in_a_docstring_is_python() -> None:
    examples = [(name_of(path), example) for path in SHIPPED for example in examples_of(path)]
    assert len(examples) >= 4
    for place, example in examples:
        compile(example, place, "exec")


def test_no_source_draws_from_a_global_random_generator() -> None:
    users = [name_of(path) for path in SHIPPED if {"random", "secrets"} & set(imports_of(path))]
    assert users == []


def test_no_source_reads_a_pickle() -> None:
    users = [name_of(path) for path in SHIPPED if PICKLES & {module.split(".")[0] for module in imports_of(path)}]
    calls = ("read_pickle", "allow_pickle", "np.load(", "torch.load")
    users += [name_of(path) for path in SHIPPED if any(call in path.read_text(encoding="utf-8") for call in calls)]
    assert users == []


def test_csv_is_written_where_formulas_are_quoted_and_nowhere_else() -> None:
    writers = {name_of(path) for path in SHIPPED if ".to_csv(" in path.read_text(encoding="utf-8")}
    assert writers == {"experiments/common/export.py", "experiments/store/results.py"}  # the store only hashes it


def test_nothing_unfinished_is_shipped() -> None:
    words = (
        "TO" + "DO",
        "FIX" + "ME",
        "NotImplemented" + "Error",
        "pragma: no " + "cover",
        "mark.sk" + "ip",
        "xfa" + "il(",
    )
    found = [
        f"{name_of(path)}: {word}" for path in SOURCES for word in words if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


@pytest.mark.parametrize("word", REPLACED)
def test_a_word_that_the_glossary_replaces_is_used_nowhere(word: str) -> None:
    glossary = ROOT / "docs" / "glossary.md"
    assert re.search(rf"\| {word} \|$", glossary.read_text(encoding="utf-8"), re.MULTILINE)
    texts = [*SOURCES, *(ROOT / "experiments").rglob("*.toml"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    texts = [path for path in texts if path not in (glossary, Path(__file__).resolve())]
    found = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in texts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(REPLACED[word], line, re.IGNORECASE)
    ]
    assert not found


def test_the_version_is_the_same_everywhere() -> None:
    version = PROJECT["version"]
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("marker", ["install-and-run", "install-and-test"])
def test_the_readme_has_the_line_that_ci_runs(marker: str) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(rf"<!-- {marker} -->\s*^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert block is not None
    assert block[1].count("\n") == 1
    assert "-c constraints.txt" in block[1]


def test_the_examples_of_a_document_are_found_in_order_and_install_lines_left_out() -> None:
    text = (
        "<!-- install-and-run -->\n```console\n$ pip install .\n```\n"
        "Then\n```python\nx = 1\n```\n```console\n$ echo one \\\n    two\noutput\n```\n```toml\na = 1\n```\n"
    )
    examples = list(examples_in("page.md", text))
    assert [example.language for example in examples] == ["python", "console"]
    assert commands_of(examples[1]) == ["echo one      two"]
    assert text.splitlines()[examples[0].line - 1] == "x = 1"


def test_an_example_that_fails_is_reported_with_its_place(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n```console\n$ false\n```\n")
    failures = run_file(page)
    assert len(failures) == 2
    assert "line 6" in failures[0]
    assert "line 9: false" in failures[1]


def test_examples_of_one_page_share_their_names(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 1\n```\n\n```python\nassert x == 1\n```\n```console\n$ true\n```\n")
    assert run_file(page) == []


def test_no_file_that_is_kept_is_larger_than_a_megabyte() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]
    assert len(files) > len(SHIPPED)
    assert [name_of(file) for file in files if file.stat().st_size > 1_000_000] == []

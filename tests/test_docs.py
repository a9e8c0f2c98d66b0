"""The documentation: tables are the code's own, every page is reachable, and examples print what they say."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from experiments.cli import app
from simulation.plan import default_plan
from simulation.scenario import LEVERS, PARAMETERS
from simulation.series import SERIES
from tests.run_docs_examples import corrected, examples_in, expectations_of, is_printed, run_file

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))


def module_of(name: str) -> ModuleType:
    specification = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    return module_of("tables")


@pytest.fixture
def numbers() -> ModuleType:
    return module_of("stored_numbers")


def test_the_numbers_of_the_pages_are_those_of_the_stored_results(numbers: ModuleType) -> None:
    assert [page.name for page in numbers.stale()] == [], "run `make pages`"


def test_a_page_is_stale_as_soon_as_a_stored_result_changes(
    numbers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(numbers.REFERENCE, tmp_path / "reference")
    monkeypatch.setattr(numbers, "REFERENCE", tmp_path / "reference")
    assert numbers.stale() == []
    table = tmp_path / "reference" / "headline" / "tables" / "outcome_shares.csv"
    shares = pd.read_csv(table)
    shares.loc[0, "share"] += 0.1
    shares.to_csv(table, index=False)
    assert [page.name for page in numbers.stale()] == ["findings.md"]
    (tmp_path / "reference" / "headline" / "answer.txt").write_text("Nothing ends.\n")
    assert [page.name for page in numbers.stale()] == ["README.md", "findings.md", "index.md"]
    assert "Nothing ends.\n" in numbers.filled((ROOT / "README.md").read_text(encoding="utf-8"))


def test_a_block_of_numbers_that_nothing_writes_is_an_error(numbers: ModuleType) -> None:
    with pytest.raises(KeyError):
        numbers.filled("<!-- numbers: wishes -->\n<!-- end of numbers -->")


def test_the_readme_is_read_in_one_sitting() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 130


def rows(table: str) -> list[str]:
    return [line for line in table.splitlines() if line.startswith("| `")]


def test_every_parameter_lever_series_phase_and_command_has_its_row(tables: ModuleType) -> None:
    for page, declared in (("parameters", PARAMETERS), ("levers", LEVERS), ("series", SERIES)):
        assert len(rows((DOCS / f"{page}.md").read_text(encoding="utf-8"))) == len(declared)
    assert tables.phases().count("\n") == len(default_plan()) + 1
    assert len(rows(tables.commands())) == len(app.registered_commands)


def test_every_table_has_as_many_cells_in_each_row_as_headings(tables: ModuleType) -> None:
    for name, write in tables.TABLES.items():
        for table in re.findall(r"(?:^\|.*\n?)+", write(), re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(widths) == 1, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_table_that_a_page_asks_for_is_there(page: Path, tables: ModuleType) -> None:
    built = tables.on_page_markdown(page.read_text(encoding="utf-8"))
    assert "<!-- table:" not in built


def test_a_table_that_is_not_there_is_an_error(tables: ModuleType) -> None:
    with pytest.raises(KeyError):
        tables.on_page_markdown("<!-- table: wishes -->")


def test_every_page_is_in_the_contents_and_every_link_leads_somewhere() -> None:
    contents = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if f": {page.name}" not in contents] == []
    links = {(page.name, link) for page in PAGES for link in re.findall(r"\]\(([\w-]+\.md)", page.read_text())}
    assert [(page, link) for page, link in links if not (DOCS / link).exists()] == []


def test_every_row_of_the_audit_has_a_state_and_what_is_mended_a_test_that_exists() -> None:
    page = (DOCS / "audit.md").read_text(encoding="utf-8")
    rows_of_points = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("| ") and not line.startswith(("| point", "| ---"))
    ]
    states = [row[2] for row in rows_of_points]
    counts = {state: states.count(state) for state in ("mended", "mistaken", "left")}
    assert sum(counts.values()) == len(rows_of_points)
    assert "Mended: {mended}. Mistaken: {mistaken}. Left: {left}.".format(**counts) in page
    without = [row[0] for row in rows_of_points if row[2] != "left" and "::" not in row[4]]
    assert without == []
    named = set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", page))
    texts = {file: (ROOT / "tests" / file).read_text(encoding="utf-8") for file, _ in named}
    assert [(file, test) for file, test in sorted(named) if f"def {test}(" not in texts[file]] == []
    assert len(named) > 90


def test_no_page_names_a_machine_or_loads_from_the_network() -> None:
    for page in (*PAGES, ROOT / "mkdocs.yml"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"/(?:tmp|home|root)/", text), page.name
        assert not re.search(r"!\[[^]]*\]\(https?:|<script|<iframe", text), page.name


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for page in PAGES:
        built = (tmp_path / ("" if page.stem == "index" else page.stem) / "index.html").read_text(encoding="utf-8")
        loaded = re.findall(r'<(?:script|img|link|iframe)[^>]+(?:src|href)="(https?:[^"]+)"', built)
        assert loaded == [], page.name


def test_what_stands_beneath_a_command_is_what_it_must_print(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo one; echo two\none\ntwo\n$ echo three \\\n    four\nthree five\n```\n")
    (example,) = examples_in("page.md", page.read_text())
    assert [expected for _, expected in expectations_of(example)] == ["one\ntwo", "three five"]
    (failure,) = run_file(page)
    assert "prints something else" in failure
    assert run_file(page, write=True) == []
    assert "three four\n" in page.read_text()
    assert run_file(page) == []


def test_dots_stand_for_text_and_alone_for_lines() -> None:
    assert is_printed("in ... s\n...\nend", "in 2.5 s\na\nb\nend\n")
    assert not is_printed("in ... s\nend", "in 2.5 s\na\nend\n")
    assert not is_printed("in 2 s", "in 2x5 s")
    assert corrected("took ... s\nold", "took 3 s\nnew") == "took ... s\nnew"


def test_a_file_that_a_page_shows_lies_beside_its_commands(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- file: a.toml -->\n```toml\nx = 1\n```\n\n```console\n$ cat a.toml\nx = 1\n```\n")
    assert run_file(page) == []

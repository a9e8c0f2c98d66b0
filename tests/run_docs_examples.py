"""Run every example of the documentation: `python -m tests.run_docs_examples [--write] [FILE ...]`.

Python blocks of one file run one after another in one interpreter, as a reader would type them; lines of a
console block that begin with `$ ` run in a shell, and what stands beneath a command is what it must print: `...`
stands for any text within a line, and alone for any lines. `--write` puts what was printed in place of what no
longer holds. All of it happens in a folder that holds nothing but the blocks that come right after
`<!-- file: NAME -->`. A block that comes right after an HTML comment `<!-- not run: REASON -->` or
`<!-- install-... -->` is left out; the comment says why.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

_FILE = re.compile(r"<!--\s*file: (?P<name>[\w.-]+)\s*-->\s*^```\w+\n(?P<code>.*?)^```\s*$", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(
    r"(?P<comment><!--\s*(?:not run:|install-|file:)[^>]*-->\s*)?"
    r"^```(?P<language>python|console)[^\n]*\n(?P<code>.*?)^```\s*$",
    re.DOTALL | re.MULTILINE,
)


class Example(NamedTuple):
    """A block of code and where it stands."""

    file: str
    line: int
    language: str
    code: str


def examples_in(file: str, text: str) -> Iterator[Example]:
    """The blocks of a Markdown text that are to be run, in order."""
    for match in _BLOCK.finditer(text):
        if not match["comment"]:
            line = text.count("\n", 0, match.start("code")) + 1
            yield Example(file, line, match["language"], match["code"])


def script_of(examples: list[Example]) -> str:
    """One Python script that runs the Python blocks of a file, each under its own line numbers."""
    parts = ["namespace = {'__name__': '__main__'}"]
    for example in examples:
        code = "\n" * (example.line - 1) + example.code
        parts.append(f"exec(compile({code!r}, {example.file!r}, 'exec'), namespace)")
    return "\n".join(parts)


def commands_of(example: Example) -> list[str]:
    """The commands of a console block, with their continuation lines; Python has none."""
    if example.language != "console":
        return []
    joined = example.code.replace("\\\n", " ")
    return [line.removeprefix("$ ") for line in joined.splitlines() if line.startswith("$ ")]


def expectations_of(example: Example) -> list[tuple[str, str]]:
    """The commands of a console block, each with what stands beneath it."""
    outputs: list[list[str]] = []
    continued = False
    for line in example.code.splitlines():
        if line.startswith("$ "):
            outputs.append([])
        elif outputs and not continued:
            outputs[-1].append(line)
        continued = line.endswith("\\") and (line.startswith("$ ") or continued)
    return list(zip(commands_of(example), ("\n".join(lines) for lines in outputs), strict=True))


def is_printed(expected: str, printed: str) -> bool:
    """Whether a text says what was printed, but for what `...` leaves open."""
    pattern = r"\n".join(
        r"(?:.*\n)*?.*" if line.strip() == "..." else re.escape(line.rstrip()).replace(r"\.\.\.", ".*")
        for line in expected.strip("\n").splitlines()
    )
    return re.fullmatch(pattern, _tidy(printed)) is not None


def corrected(expected: str, printed: str) -> str:
    """What was printed, with the open places of the lines that were expected."""
    open_lines = [line for line in expected.splitlines() if "..." in line and line.strip() != "..."]
    return "\n".join(
        next((open_line for open_line in open_lines if is_printed(open_line, line)), line)
        for line in _tidy(printed).splitlines()
    )


def _tidy(printed: str) -> str:
    return "\n".join(line.rstrip() for line in printed.strip("\n").splitlines())


def run_file(path: Path, write: bool = False) -> list[str]:
    """Run the examples of one file; returns one line per failure."""
    text = path.read_text(encoding="utf-8")
    examples = list(examples_in(path.name, text))
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for file in _FILE.finditer(text):
            Path(folder, file["name"]).write_text(file["code"], encoding="utf-8")
        python = [example for example in examples if example.language == "python"]
        if python:
            code, said = _run([sys.executable, "-W", "error::DeprecationWarning", "-c", script_of(python)], folder)
            failures += [f"{path.name}: exit code {code}\n{said[-4000:]}"] if code else []
        for example in examples:
            for command, expected in expectations_of(example) if example.language == "console" else ():
                place = f"{path.name}, line {example.line}: {command}"
                code, said = _run(["bash", "-euo", "pipefail", "-c", command], folder, quiet=True)
                if code:
                    failures.append(f"{place}: exit code {code}\n{said[-4000:]}")
                elif expected.strip() and not is_printed(expected, said):
                    text = text.replace(expected.strip("\n"), corrected(expected, said), 1)
                    failures += [] if write else [f"{place}: prints something else:\n{said}"]
    if write:
        path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(examples)} examples, {len(failures)} failures", flush=True)
    return failures


def _run(command: list[str], folder: str, quiet: bool = False) -> tuple[int, str]:
    """Run a command. Returns its exit code and what it printed; with `quiet` complaints only where it failed."""
    search_path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONPATH": search_path, "MPLBACKEND": "Agg", "COLUMNS": "120"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + ("" if quiet and not done.returncode else done.stderr)


def main(arguments: list[str]) -> int:
    """Run the given files, or README.md and everything under docs/."""
    files = [Path(name) for name in arguments if name != "--write"]
    files = files or [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    failures = [failure for path in files for failure in run_file(path, write="--write" in arguments)]
    print(*failures, sep="\n", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

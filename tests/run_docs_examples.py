"""Run every example of the documentation: `python -m tests.run_docs_examples [FILE ...]`.

Python blocks of one file run one after another in one interpreter, as a reader would type them; lines of a
console block that begin with `$ ` run in a shell. All of it happens in an empty folder. A block that comes
right after an HTML comment `<!-- not run: REASON -->` or `<!-- install-... -->` is left out; the comment says
why.
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

_BLOCK = re.compile(
    r"(?P<comment><!--\s*(?:not run:|install-)[^>]*-->\s*)?"
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


def run_file(path: Path) -> list[str]:
    """Run the examples of one file; returns one line per fault."""
    examples = list(examples_in(path.name, path.read_text(encoding="utf-8")))
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        python = [example for example in examples if example.language == "python"]
        if python and (
            error := _run([sys.executable, "-W", "error::DeprecationWarning", "-c", script_of(python)], folder)
        ):
            faults.append(f"{path.name}: {error}")
        for example in examples:
            faults += [
                f"{path.name}, line {example.line}: {command}: {error}"
                for command in commands_of(example)
                if (error := _run(["bash", "-euo", "pipefail", "-c", command], folder))
            ]
    print(f"{path.name}: {len(examples)} examples, {len(faults)} faults", flush=True)
    return faults


def _run(command: list[str], folder: str) -> str:
    """Run a command; returns what it said if it failed, else nothing."""
    search_path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONPATH": search_path, "MPLBACKEND": "Agg"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}"


def main(arguments: list[str]) -> int:
    """Run the given files, or README.md and everything under docs/."""
    files = [Path(name) for name in arguments] or [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    faults = [fault for path in files for fault in run_file(path)]
    print(*faults, sep="\n", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

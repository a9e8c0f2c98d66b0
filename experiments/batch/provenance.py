"""What somebody needs to make results again: inputs, versions, machine, seeds, command."""

from __future__ import annotations

import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..study.schema import Plan
    from .runner import BatchReport

LIBRARIES = ("circuit-economy", "numpy", "numba", "pandas", "scipy", "pyarrow")


def facts_of(plan: Plan) -> dict[str, Any]:
    """What is known before the first run: the study and its scenarios or its design of points, versions, machine."""
    first, inputs = plan.study.seed, plan.study.model_dump()
    scenarios = {  # as far as they differ from the defaults
        name: {"parameters": scenario.parameters, "paths": scenario.canonical()["paths"]}
        for name, scenario in plan.specs.scenarios.items()
    }
    asked = {"varied": {**plan.varied, "study": inputs}} if plan.varied else {"inputs": inputs, "scenarios": scenarios}
    return asked | {
        "seeds": [first, first + plan.study.runs - 1],
        "seeds_used": plan.study.runs,
        "versions": versions(),
        "machine": f"{platform.system()} {platform.machine()}",
        "commit": commit(),
    }


def facts_of_batch(report: BatchReport, before: Mapping[str, Any]) -> dict[str, Any]:
    """What is known after the last run: the command that was given, and what it took.

    Where nothing was left to compute, what is told of the batch before stays."""
    took = {
        "command": shlex.join(["circuit", *sys.argv[1:]]),
        "workers": report.workers,
        "seconds": round(report.seconds, 3),
        "runs_computed": report.computed,
    }
    if not report.computed:
        took |= {name: before[name] for name in took if name in before}
    return took | {"seeds_used": report.seeds}


def versions() -> dict[str, str]:
    """Versions of Python, of Circuit and of the libraries that results depend on."""
    return {"python": platform.python_version()} | {name: _version(name) for name in LIBRARIES}


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "from source"


def commit() -> str:
    """The commit of a source checkout; empty for an installed package."""
    root = Path(__file__).resolve().parent.parent.parent
    if not (root / ".git").exists():
        return ""
    try:
        asked = ["git", "-C", str(root), "rev-parse", "HEAD"]
        return subprocess.run(asked, capture_output=True, text=True, timeout=5, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""

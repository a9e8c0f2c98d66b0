"""What was run: enough to make the results again."""

from collections.abc import Mapping
from typing import Any

from ...analysis.wording import several
from ..section import Findings, Section, Table


def write(findings: Findings) -> Section:
    """Command, versions, machine, seeds and inputs, from the manifest."""
    manifest, study = findings.manifest, findings.analysis.plan.study
    facts = {
        "study": study.title,
        "question": study.meaning,
        "command": manifest.get("command", ""),
        "opening economy": study.vintage,
        "horizon": f"{study.horizon} quarters",
        "ordinary firms": f"{study.firms:,}",
        "seeds": _seeds(findings),
        "uncertain parameters": study.drawn,
        "parameters set": _assignments(study.parameters),
        "grid": _assignments(study.grid),
        "versions": _assignments(manifest.get("versions", {}), " "),
        "commit": manifest.get("commit", ""),
        "code and data of the model": str(manifest.get("study", {}).get("model", ""))[:16],
        "machine": manifest.get("machine", ""),
        "worker processes": manifest.get("workers", ""),
    }
    rows = tuple((name, str(value)) for name, value in facts.items() if value not in ("", None))
    return Section(
        "provenance",
        "What was run",
        text=(
            "The same command with the same versions gives the same numbers. Every run is stored in the results "
            "folder; manifest.json lists every file with its SHA-256.",
        ),
        tables=(Table("Provenance", ("what", "value"), rows),),
    )


def _seeds(findings: Findings) -> str:
    """First and last seed that was tried, and of which, where a batch was stopped or a rule was met."""
    study, analysis = findings.analysis.plan.study, findings.analysis
    tried = [int(seed) for table in (analysis.runs, analysis.failures) if "seed" in table for seed in table["seed"]]
    asked = int(findings.manifest.get("inputs", {}).get("runs", study.runs))
    text = f"{min(tried):,} to {max(tried):,}" if tried else "none"
    return text if max(tried, default=0) == study.seed + asked - 1 else f"{text}, of {asked:,} asked for"


def _assignments(values: Mapping[str, Any], sign: str = " = ") -> str:
    shown = (f"{name}{sign}{value}" for name, value in values.items())
    return several(shown) if values else ""

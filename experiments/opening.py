"""Opening a results folder by what it says of itself, without its study's file."""

from __future__ import annotations

from typing import Any

from simulation.errors import CircuitError

from .provenance import facts_of
from .store import Results, read_manifest
from .study import Plan, parse_study, plan


def reopened(folder: str) -> tuple[dict[str, Any], Results]:
    """The manifest and the runs of a results folder. Raises `CircuitError` where there are none."""
    manifest = read_manifest(folder)
    return manifest, Results(folder, manifest["study"])


def replanned(folder: str) -> Plan:
    """The plan whose runs a results folder holds.

    Raises `CircuitError` if the scenarios, the policies or the model are no longer what they were.
    """
    manifest = read_manifest(folder)
    planned = plan(parse_study(manifest["inputs"], f"{folder}: "), large=True)
    if planned.identity["model"] != manifest["study"]["model"]:
        raise CircuitError(f"{folder}: was computed by another version of the model{_version(manifest)}")
    if planned.identity != manifest["study"]:
        raise CircuitError(f"{folder}: its scenario or policy files have changed since")
    return planned


def planned_results(folder: str) -> tuple[Plan, Results]:
    """A results folder with its plan, ready to compute more of it."""
    planned = replanned(folder)
    facts = facts_of(planned)
    facts["seeds_used"] = read_manifest(folder).get("seeds_used", facts["seeds_used"])
    return planned, Results(folder, planned.identity, facts)


def _version(manifest: dict[str, Any]) -> str:
    versions = manifest.get("versions", {})
    commit = manifest.get("commit", "")
    return f": circuit-economy {versions.get('circuit-economy', '?')}{f', commit {commit[:12]}' if commit else ''}"

"""Opening a results folder by what it says of itself, without its study's file."""

from collections.abc import Iterable
from typing import Any

from simulation.errors import CircuitError

from ..store.results import Results, open_folder, read_manifest, readable_seals
from .schema import Plan, parse_study, plan


def reopened(folder: str) -> tuple[dict[str, Any], Results]:
    """The manifest and the runs of a results folder. Raises `CircuitError` where there are none, or none any more."""
    manifest = read_manifest(folder)
    results = Results(folder, manifest["study"])
    if results.missing and not results.seals:
        raise CircuitError(results.warning())
    return manifest, results


def replanned(folder: str) -> Plan:
    """The plan that a results folder was last asked for.

    Raises `CircuitError` if the scenarios, the policies or the model are no longer what they were, and if the folder
    does not say what it holds."""
    manifest = read_manifest(folder)
    if "varied" in manifest:
        from .points import planned_again

        planned = planned_again(manifest["varied"], f"{folder}: ")
    elif "inputs" in manifest:
        planned = plan(parse_study(manifest["inputs"], f"{folder}: "), large=True)
    else:
        raise CircuitError(f"{folder}: does not say which study it holds; run the command that made it again")
    for key, why in (("model", f"another version of the model{_version(manifest)}"), ("seeds_per_shard", "")):
        if planned.identity[key] != manifest["study"].get(key):
            raise CircuitError(f"{folder}: was computed by {why or 'a Circuit with shards of another size'}")
    if planned.identity != manifest["study"]:
        raise CircuitError(f"{folder}: its scenario or policy files have changed since")
    return planned


def plan_of_all_runs(folder: str, damaged: Iterable[int] = ()) -> Plan:
    """The plan of whatever a results folder holds, which may be more seeds than it was last asked for.

    How many these are the seals say; of a shard whose seal is damaged they may not, and then it counts as whole. Raises
    as `replanned`."""
    planned = replanned(folder)
    seals = readable_seals(open_folder(folder))
    if any(seal.study != planned.identity for seal in seals):
        raise CircuitError(f"{folder}: holds shards of more than one study: start anew with --fresh")
    seeds = max([planned.study.runs, *(seal.seeds for seal in seals)])
    for shard in sorted(damaged):
        if shard * planned.seeds_per_shard >= seeds:
            seeds = (shard + 1) * planned.seeds_per_shard
    return planned if seeds == planned.study.runs else planned.of_seeds(seeds)


def _version(manifest: dict[str, Any]) -> str:
    versions = manifest.get("versions", {})
    commit = manifest.get("commit", "")
    return f": circuit-economy {versions.get('circuit-economy', '?')}{f', commit {commit[:12]}' if commit else ''}"

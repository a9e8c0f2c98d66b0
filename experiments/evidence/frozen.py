"""Forecasts frozen with version, data and hash, and scored when the numbers are in.

A frozen forecast is a JSON file that nobody needs to trust: its name and content carry the SHA-256 of what it says, and
a changed one is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simulation.dates import later
from simulation.errors import CircuitError

from ..record.observations import Record
from ..store.results import write_bytes
from .paths import Draws
from .scores import LEVELS, crps_of_draws, held, rank_of

if TYPE_CHECKING:
    from ..ensembles.ensemble import Ensemble

COUNT = 50
SHARES = (np.arange(COUNT) + 0.5) / COUNT
"""Evenly spaced quantiles: as many equally likely values, from which any score of the forecast is computed."""


def frozen(draws: Sequence[Draws], origin: str, made: dict[str, Any]) -> dict[str, Any]:
    """A forecast as plain data: for each series, entity and quarter its quantiles, in the series' own unit."""
    rows = []
    for each in draws:
        for ahead in range(each.draws.shape[1]):
            quantiles = np.quantile(each.draws[:, ahead], SHARES)
            values = np.exp(quantiles) if each.is_log else quantiles
            rows.append(
                {"series": each.series, "entity": each.entity, "quarter": later(origin, ahead + 1),
                 "log": each.is_log, "quantiles": [float(f"{value:.5g}") for value in values]}
            )  # fmt: skip
    content = {"origin": origin, "made": made, "shares": [round(float(share), 4) for share in SHARES], "rows": rows}
    return {"sha256": _digest(content), **content}


def freeze(content: dict[str, Any], folder: Path) -> Path:
    """Write a forecast; one that says the same is left as it is. Raises `CircuitError` where another would be lost."""
    file = folder / f"forecast-{content['origin']}-{content['sha256'][:8]}.json"
    if not file.exists():
        write_bytes(file, (json.dumps(content, indent=1, sort_keys=True) + "\n").encode())
    return file


def thaw(file: Path) -> dict[str, Any]:
    """A frozen forecast. Raises `CircuitError` for a file that is none, or that does not say what it said."""
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        said = content.pop("sha256")
        rows = content["rows"]
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        raise CircuitError(f"{file}: is no frozen forecast") from None
    if said != _digest(content) or not rows:
        raise CircuitError(f"{file}: has been changed since it was frozen: its content does not give its hash")
    return {"sha256": said, **content}


def scored_later(content: dict[str, Any], record: Record) -> pd.DataFrame:
    """Scores of a frozen forecast for every number that has been recorded since: CRPS (of logs), rank, bands."""
    rows = []
    for each in content["rows"]:
        value = record.values(each["series"], each["entity"]).get(each["quarter"])
        if value is None or (each["log"] and value <= 0.0):
            continue
        draws = np.array(each["quantiles"], dtype=float)
        draws, value = (np.log(draws), float(np.log(value))) if each["log"] else (draws, value)
        rank = rank_of(value, draws)
        rows.append(
            {"series": each["series"], "entity": each["entity"], "quarter": each["quarter"], "value": value,
             "median": float(np.median(draws)), "crps": crps_of_draws(value, draws), "rank": rank,
             **{f"held {level:.0%}": held(rank, level) for level in LEVELS}}
        )  # fmt: skip
    return pd.DataFrame(rows)


def made_of(ensemble: Ensemble, record: Record, firms: int) -> dict[str, Any]:
    """What a forecast was made with: versions, the model's code and data, the ensemble, the record it could know."""
    from ..batch.provenance import commit, versions
    from ..study.schema import model_digest

    known = record.known_by(ensemble.until)
    return {
        "versions": versions(),
        "commit": commit(),
        "model": model_digest(),
        "ensemble": ensemble.digest(),
        "ensemble made": ensemble.made,
        "record": hashlib.sha256("\n".join(map(str, sorted(known.rows))).encode()).hexdigest(),
        "members": len(ensemble),
        "firms": firms,
    }


def _digest(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()

"""How well the data are known: numbers by confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.dates import VINTAGES
from simulation.vintages.facts import CONFIDENCES, Facts, assumptions, deal_confidences, record

if TYPE_CHECKING:
    import pandas as pd


def counted() -> pd.DataFrame:
    """How many numbers of each opening, of the rules that build it, of the record and of the deals have high, medium
    and low confidence."""
    import pandas as pd

    groups = {f"opening {vintage}": list(Facts.load(vintage).table()["confidence"]) for vintage in VINTAGES}
    groups["rules of the openings"] = [row.confidence for row in assumptions().values()]
    groups |= {"record": [row.confidence for row in record()], "known deals": list(deal_confidences())}
    rows = {
        name: {**{level: found.count(level) for level in CONFIDENCES}, "all": len(found)}
        for name, found in groups.items()
    }
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index.name = "numbers of"
    return frame


def listed(vintage: str, confidence: str) -> list[str]:
    """The numbers of an opening that have a confidence, one line each: agent, item, value, unit and source; then those
    of the rules that build it: name, value, unit, meaning and reason."""
    table = Facts.load(vintage).table()
    chosen = table[table["confidence"] == confidence]
    lines = [f"{row.agent}, {row.item}: {row.value:g} {row.unit} - {row.source}" for row in chosen.itertuples()]
    return lines + [
        f"{row.name}: {row.value:g} {row.unit}, {row.meaning} - {row.source}"
        for row in assumptions().values()
        if row.confidence == confidence
    ]

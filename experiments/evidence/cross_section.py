"""Who gets how much: shares of capital expenditure and of lab revenue by firm, and how far returns lie apart."""

from collections.abc import Sequence

import numpy as np

from simulation.dates import later, number_of

from ..common.arrays import Floats
from ..record.observables import CLOUDS, LABS, MAKERS, PLACE
from ..record.observations import SMALLEST, Record
from .paths import Draws
from .scores import held, rank_of

LEVEL = 0.9
GROUPS = {"capex": CLOUDS[:5], "lab_revenue": LABS}
FEWEST_FIRMS = 4


def bands_of_shares(draws: Sequence[Draws], record: Record, origin: str, horizon: int) -> list[dict[str, object]]:
    """For each group, horizon and firm: the recorded share, its 90% band and whether it holds. Only firms that are
    recorded and forecast count as the whole."""
    rows: list[dict[str, object]] = []
    for series, firms in GROUPS.items():
        paths = {each.entity: each.draws for each in draws if each.series == series and each.entity in firms}
        for ahead in range(1, horizon + 1):
            quarter = later(origin, ahead)
            there = {firm: record.values(series, firm).get(quarter) for firm in paths}
            values = {firm: value for firm, value in there.items() if value is not None}
            if len(values) < 2:
                continue
            simulated = np.exp(np.stack([paths[firm][:, ahead - 1] for firm in values], axis=1))
            simulated /= simulated.sum(axis=1, keepdims=True)
            total = sum(values.values())
            for k, (firm, value) in enumerate(values.items()):
                rows.append(_row(simulated[:, k], value / total) | {
                    "series": series, "entity": firm, "origin": origin, "horizon": ahead, "quarter": quarter,
                })  # fmt: skip
    return rows


def dispersion(observed: Floats, record: Record, origin: str, opening: str, horizon: int) -> list[dict[str, object]]:
    """How far changes of firms' market values lie apart between two recorded quarters, the later one after the origin:
    standard deviation over firms of the log change, recorded and simulated."""
    rows: list[dict[str, object]] = []
    values = {name: record.values("market_value", name) for name in (*MAKERS, *CLOUDS)}
    quarters = sorted({quarter for known in values.values() for quarter in known})
    start = number_of(opening)
    for early, late in ((one, other) for one in quarters for other in quarters if one < other):
        ahead = number_of(late) - number_of(origin)
        firms = [name for name, known in values.items() if early in known and late in known]
        if not 1 <= ahead <= horizon or early > origin or number_of(early) < start or len(firms) < FEWEST_FIRMS:
            continue
        recorded = np.std([np.log(values[name][late] / values[name][early]) for name in firms])
        places = [PLACE["market_value", name] for name in firms]
        logs = np.log(
            np.maximum(observed[:, [number_of(early) - start, number_of(late) - start]][:, :, places], SMALLEST)
        )
        rows.append(_row((logs[:, 1] - logs[:, 0]).std(axis=1), float(recorded)) | {
            "origin": origin, "from": early, "to": late, "firms": len(firms),
        })  # fmt: skip
    return rows


def _row(draws: Floats, value: float) -> dict[str, object]:
    low, high = np.quantile(draws, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0])
    return {"value": value, "low": float(low), "high": float(high), "held": held(rank_of(value, draws), LEVEL)}

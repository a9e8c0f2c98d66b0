"""Where the ensemble stands and goes: capital expenditure, labs' revenue and burn by firm, this year and the next; and
how often promises that bind nobody are cut, beside the record.

`python -m experiments.evidence.now FOLDER` writes `now.csv` and `cuts.csv`.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from simulation.chronicle import PURCHASE_CANCELLED, STAKE_CANCELLED
from simulation.dates import number_of, quarter_of
from simulation.deals.cancellation import SMALLEST
from simulation.obligations.deal_register import EQUITY_STAKE, OPEN, PURCHASE_COMMITMENT
from simulation.vintages.cuts import hazard_of_cuts, promises

from ..ensembles.ensemble import Ensemble, load_ensemble
from ..ensembles.learned import BAND
from ..store.results import write_csv

GIANTS = 6
LABS = 3
AHEAD = 9  # quarters: to the end of the year after the next from a third quarter
FIELDS = (("capex", "clouds", "capex", GIANTS, 1.0), ("revenue", "labs", "revenue", LABS, 1.0),
          ("burn", "labs", "operating_cash_flow", LABS, -1.0))  # fmt: skip


def standing(ensemble: Ensemble, members: int = 200, firms: int = 100) -> pd.DataFrame:
    """Sums over calendar years (USD bn), one row a quantity, firm and year: columns what, firm, year, low, median, high
    (80% of members), n. The sum over the six giants goes under `six giants`."""
    found: dict[tuple[str, str, int], list[float]] = {}
    years = [int(quarter_of(number_of(ensemble.opening) + 1 + quarter)[:4]) for quarter in range(ensemble.past + AHEAD)]
    whole = [year for year in sorted(set(years)) if years.count(year) == 4 and year >= int(ensemble.until[:4])]
    for member in range(min(members, len(ensemble))):
        economy = ensemble.opened(member, AHEAD, firms)
        paths: dict[str, list[np.ndarray]] = {what: [] for what, *_ in FIELDS}
        for _ in years:
            economy.step()
            for what, kind, field, number, sign in FIELDS:
                paths[what].append(sign * economy.kinds[kind][field][:number].astype(float))
        for what, kind, _, number, _ in FIELDS:
            path = np.array(paths[what])
            for year in whole:
                sums = path[np.array(years) == year].sum(axis=0)
                for firm, value in zip(economy.names[kind][:number], sums, strict=True):
                    found.setdefault((what, firm, year), []).append(float(value))
                if kind == "clouds":
                    found.setdefault((what, "six giants", year), []).append(float(sums.sum()))
    rows = [(what, firm, year, *np.quantile(values, BAND), len(values)) for (what, firm, year), values in found.items()]
    return pd.DataFrame(rows, columns=["what", "firm", "year", "low", "median", "high", "n"])


def cuts(ensemble: Ensemble, members: int = 200, firms: int = 100) -> pd.DataFrame:
    """Hazard a quarter at which a stake or a purchase is cut as far as it binds nobody.

    A row for each episode of the record and one for the ensemble from its last quarter on; columns episode, hazard,
    watched (promises, or deals times runs)."""
    at_risk = cut = watched = 0
    for member in range(min(members, len(ensemble))):
        economy = ensemble.opened(member, AHEAD, firms)
        deals = economy.state[0][0]["deals"]["deals"]
        chronicle = economy.state[0][0]["chronicle"]
        for quarter in range(ensemble.past + AHEAD):
            free = deals["amount"] - np.maximum(deals["done"], deals["firm"] * deals["amount"])
            loose = (deals["open"] == OPEN) & (free > SMALLEST)
            loose &= np.isin(deals["kind"], (EQUITY_STAKE, PURCHASE_COMMITMENT))
            economy.step()
            if quarter >= ensemble.past:
                watched += int(loose.sum()) if quarter == ensemble.past else 0
                at_risk += int(loose.sum())
                told = chronicle["events"]["kind"][: int(chronicle["n_events"])]
                cut += int(np.isin(told, (STAKE_CANCELLED, PURCHASE_CANCELLED)).sum())
    episodes = sorted({promise.episode for promise in promises()})
    rows: list[tuple[str, float, int]] = [
        (episode, hazard_of_cuts(episode), sum(promise.episode == episode for promise in promises()))
        for episode in episodes
    ]
    rows.append((f"the ensemble, {AHEAD} quarters from {ensemble.until}", cut / at_risk, watched))
    return pd.DataFrame(rows, columns=["episode", "hazard", "watched"])


if __name__ == "__main__":
    write_csv(Path(sys.argv[1]) / "now.csv", standing(load_ensemble()))
    write_csv(Path(sys.argv[1]) / "cuts.csv", cuts(load_ensemble()))

"""The circular web: who pays whom with whose money, in one run that stands for many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.deals.web import dependence, revenue_edges

from ...representative import Representative, computed_again, median_peak, peaks_of
from ...web import charts_of
from ...wording import percent
from ..section import Findings, Section, Table

if TYPE_CHECKING:
    import pandas as pd

    from simulation import Economy

SELLERS = 12
SOURCES = {"end": "end demand", "core": "core business", "finance": "outside finance", "circular": "suppliers"}
BAND = (0.05, 0.95)
RULE = (
    "Every unit of AI revenue is traced to end demand, core business, outside finance or a supplier's own money; the "
    "last part is the circularity. Shown is the run whose highest circularity is the median of all"
)


def write(findings: Findings) -> Section | None:
    """Circularity by scenario, and network, Sankey and dependence of one run; nothing when no run finished."""
    analysis = findings.analysis
    run = median_peak(analysis)
    if run is None:
        return None
    economy = computed_again(analysis, run)
    name = f"{analysis.reference.name}, seed {run.seed}"
    if economy is None:
        shown = f"{RULE} {analysis.reference.name} runs: {name}. The model has changed since: its web is not drawn."
        return Section("web", "The circular web", (shown,), tables=(_peaks(findings),), points=_points(findings))
    quarter = economy.label(run.quarter)
    edges = economy.web(run.quarter)
    notes = f"{name}, {quarter}, when its circularity was highest. One run of many."
    return Section(
        "web",
        "The circular web",
        text=(f"{RULE} {analysis.reference.name} runs, computed again from its seed: {name} (run {run.run_id}).",),
        charts=charts_of(edges, quarter, notes, ("web-network", "web-flows")),
        tables=(_peaks(findings), _course(economy, run, name), _sellers(edges, name, quarter)),
        points=_points(findings),
    )


def _peaks(findings: Findings) -> Table:
    """The highest circularity of the runs of every scenario without policy."""
    analysis = findings.analysis
    rows = []
    for arm in (arm for arm in analysis.plan.arms if not arm.policy):
        found = peaks_of(analysis, arm)
        if found:
            low, high = np.quantile([run.peak for run in found], BAND)
            middle = found[(len(found) - 1) // 2]
            when = analysis.dates[round(float(np.median([run.quarter for run in found]))) - 1]
            rows.append((analysis.label(arm), percent(middle.peak), f"{_range(low, high)}", when, str(len(found))))
    return Table(
        "Highest circularity of a run: share of AI revenue bought with a supplier's own money",
        ("", "median run", "5% to 95% of runs", "median quarter", "runs"),
        tuple(rows),
    )


def _course(economy: Economy, run: Representative, name: str) -> Table:
    """Where AI revenue came from at the start, at the peak of circularity and at the end of the run."""
    moments = {"start": 1, "highest circularity": run.quarter, "end": economy.quarter}
    rows = []
    for moment, quarter in moments.items():
        sales = revenue_edges(economy.web(quarter))
        total = float(sales["amount"].sum())
        parts = [percent(float(sales[column].sum()) / total) if total else "-" for column in SOURCES]
        rows.append((f"{moment}, {economy.label(quarter)}", f"{total:,.1f}", *parts))
    headings = ("", "AI revenue, USD bn a quarter", *(f"from {source}" for source in SOURCES.values()))
    return Table(f"Whose money AI revenue is, {name}", headings, tuple(rows))


def _sellers(edges: pd.DataFrame, name: str, quarter: str) -> Table:
    """The largest sellers: whose money they took, and on whom they depend."""
    first = {row["seller"]: row for row in dependence(edges, largest=1).to_dict("records")}
    sales = revenue_edges(edges).groupby("target")[["amount", *SOURCES, "own"]].sum()
    rows = []
    for seller, sums in sales.sort_values("amount", ascending=False).head(SELLERS).iterrows():
        parts = tuple(percent(sums[column] / sums["amount"]) for column in ("end", "circular", "own"))
        customer = first.get(str(seller), {"customer": "none but end users", "share": float("nan")})
        share = percent(customer["share"]) if seller in first else "-"
        rows.append((str(seller), f"{sums['amount']:,.1f}", *parts, customer["customer"], share))
    return Table(
        f"Who depends on whom, {name}, {quarter}",
        ("", "AI revenue, USD bn", "from end demand", "circular", "own money back", "largest customer", "its share"),
        tuple(rows),
        "Circular: paid with money of a supplier; own money back: of the seller itself. Largest customer: end users "
        "apart.",
    )


def _points(findings: Findings) -> tuple[str, ...]:
    peaks = [run.peak for run in peaks_of(findings.analysis, findings.analysis.reference)]
    low, high = np.quantile(peaks, BAND)
    middle = peaks[(len(peaks) - 1) // 2]
    return (
        f"At its height {percent(middle)} of AI revenue is bought with a supplier's own money in the median "
        f"{findings.analysis.reference.name} run ({_range(low, high)} in 90% of {len(peaks)} runs).",
    )


def _range(low: float, high: float) -> str:
    return f"{low * 100:.0f}–{high * 100:.0f}%"

"""The circular web: who pays whom with whose money, in one run that stands for many."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simulation.measurement.web import COMMITTED, OWES, OWNS, dependence, revenue_edges

from ...analysis.representative import Representative, computed_again, median_peak, peaks_of
from ...analysis.wording import percent, several
from ...ensembles.start import past_of
from ...figures.chart import Chart
from ...figures.network import network_chart
from ...figures.payments import moments_chart
from ...figures.sankey import sankey_chart
from ...narrative.web import claim, flows_claim
from ...statistics import Estimate, median
from ..section import Findings, Section, Table

if TYPE_CHECKING:
    from simulation import Economy

Web = tuple[str, pd.DataFrame]
"""A quarter's name and its edges."""

SELLERS = 12
SOURCES = {"end": "end demand", "core": "core business", "finance": "outside finance", "circular": "suppliers"}
BAND = (0.05, 0.95)
PEAK, STRESS = "highest circularity", "worst stress"
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
    name = f"{analysis.reference_label}, seed {run.seed}"
    if economy is None:
        shown = f"{RULE} {analysis.reference_label} runs: {name}. The model has changed since: its web is not drawn."
        return Section("web", "The circular web", (shown,), tables=(_peaks(findings),), points=_points(findings))
    moments = moments_of(economy, run, past_of(analysis.plan.study.vintage))
    webs = {moment: (economy.label(quarter), economy.web(quarter)) for moment, quarter in moments.items()}
    when, edges = webs[PEAK]
    return Section(
        "web",
        "The circular web",
        text=(f"{RULE} {analysis.reference_label} runs, computed again from its seed: {name} (run {run.run_id}).",),
        charts=_charts(webs, name),
        tables=(_peaks(findings), _course(webs, name), _sellers(edges, name, when)),
        points=_points(findings),
    )


def moments_of(economy: Economy, run: Representative, past: int = 0) -> dict[str, int]:
    """The quarters that are drawn: first and last, those of the highest circularity and of the worst credit stress.

    Where the economy had `past` quarters behind it when the study took over, none of these is drawn: the study's own
    quarters, `run.quarter` among them, count from there."""
    worst = past + int(np.argmax(economy.history["stress"].to_numpy(float)[past:])) + 1
    return {"start": past + 1, PEAK: past + run.quarter, STRESS: worst, "end": economy.quarter}


def _charts(webs: dict[str, Web], name: str) -> tuple[Chart, ...]:
    """Who pays whom at each moment, with the circular share; the other ties and the flows under stress."""
    shares = {moment: _circular(edges) for moment, (_, edges) in webs.items()}
    titles = {
        f"{moment.capitalize()}, {quarter}: {shares[moment]} circular": edges
        for moment, (quarter, edges) in webs.items()
    }
    course = several(f"{shares[moment]} in {quarter} ({moment})" for moment, (quarter, _) in webs.items())
    quarter, edges = webs[STRESS]
    notes = f"{name}, {quarter}, when credit stress was worst. One run of many."
    return (
        moments_chart(
            titles,
            "web-moments",
            f"Of AI revenue, a supplier's own money bought {course}",
            f"{name}, payments in each quarter. One run of many.",
        ),
        network_chart(edges, "web-network", claim(edges, quarter), notes, (OWNS, OWES, COMMITTED)),
        sankey_chart(edges, "web-flows", flows_claim(edges, quarter), notes),
    )


def _circular(edges: pd.DataFrame) -> str:
    sales = revenue_edges(edges)
    total = float(sales["amount"].sum())
    return percent(float(sales["circular"].sum()) / total) if total else "nothing"


def _peaks(findings: Findings) -> Table:
    """The highest circularity of the runs of every scenario without policy."""
    analysis = findings.analysis
    rows = []
    for arm in (arm for arm in analysis.plan.arms if not arm.policy):
        found = peaks_of(analysis, arm)
        if found:
            low, high = np.quantile([run.peak for run in found], BAND)
            middle, quarters = median([run.peak for run in found]), median([run.quarter for run in found])
            dates = [_date(analysis.dates, quarter) for quarter in quarters[:3]]
            when = f"{dates[0]} ({dates[1]} to {dates[2]})" if dates[1] else f"{dates[0]} (too few runs)"
            rows.append((analysis.label(arm), _middle(middle), _range(low, high), when, str(len(found))))
    return Table(
        "Highest circularity of a run: share of AI revenue bought with a supplier's own money",
        ("", "median run (95% interval)", "5% to 95% of runs", "median quarter (95% interval)", "runs"),
        tuple(rows),
    )


def _date(dates: list[str], quarter: float) -> str:
    return dates[int(quarter) - 1] if math.isfinite(quarter) else ""


def _middle(share: Estimate) -> str:
    interval = _range(share.low, share.high) if math.isfinite(share.low) else "too few runs"
    return f"{percent(share.value)} ({interval})"


def _course(webs: dict[str, Web], name: str) -> Table:
    """Where AI revenue came from at each moment."""
    rows = []
    for moment, (quarter, edges) in webs.items():
        sales = revenue_edges(edges)
        total = float(sales["amount"].sum())
        parts = [percent(float(sales[column].sum()) / total) if total else "-" for column in SOURCES]
        rows.append((f"{moment}, {quarter}", f"{total:,.1f}", *parts))
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
    return (
        f"At its height {_middle(median(peaks))} of AI revenue is bought with a supplier's own money in the median "
        f"{findings.analysis.reference_label} run; {_range(low, high)} in 90% of {len(peaks)} runs.",
    )


def _range(low: float, high: float) -> str:
    return f"{low * 100:.0f}–{high * 100:.0f}%"

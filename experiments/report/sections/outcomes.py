"""What happens on the way, and how runs end."""

from typing import Any

from simulation.endings import ENDINGS, THRESHOLDS

from ...analysis.measures import EPISODES, PULLBACK
from ...analysis.wording import percent
from ...figures.outcomes import outcome_chart
from ...narrative.costs import differences_in_words, means_of_groups
from ..section import Findings, Section, Table


def write(findings: Findings) -> Section | None:
    """Endings and episodes of every arm with intervals; nothing when no run finished."""
    analysis = findings.analysis
    if analysis.runs.empty:
        return None
    return Section(
        "outcomes",
        "What happens on the way, and how runs end",
        charts=(outcome_chart(analysis),),
        tables=(
            _table(findings, "What happens on the way: share of runs with an episode, 95% intervals", _EPISODES, ""),
            _table(
                findings,
                "How runs end: share of finished runs, with 95% intervals",
                ENDINGS,
                "The intervals of the endings hold together (Goodman 1965).",
            ),
            _when(findings),
            *_what_they_cost(findings),
            _definitions(),
        ),
    )


_EPISODES = tuple(measure.name for measure in EPISODES)


def _table(findings: Findings, title: str, shown: tuple[str, ...], note: str) -> Table:
    analysis = findings.analysis
    rows = []
    for arm in analysis.plan.arms:
        shares = analysis.shares[analysis.shares["arm"] == arm.name].set_index("outcome")
        cells = [share_cell(shares.loc[outcome]) for outcome in shown]
        rows.append((analysis.label(arm), *cells, str(shares["n"].iloc[0]), str(analysis.failed(arm))))
    return Table(title, ("", *shown, "runs", "failed"), tuple(rows), note)


def _when(findings: Findings) -> Table:
    """Hazard and incidence of investment pullbacks by year in the reference."""
    analysis = findings.analysis
    table = analysis.incidence
    mine = table[(table["arm"] == analysis.reference.name) & (table["kind"] == PULLBACK.name)]
    rows = []
    for until, group in mine.groupby("until", sort=False):
        cells = group.set_index("what")
        found = (share_cell(cells.loc[what]) for what in ("hazard", "incidence", "first_of_all"))
        rows.append((str(until), *found, f"{float(cells['n'].loc['hazard']):.0f}"))
    return Table(
        f"When investment pullbacks come in {analysis.reference_label}, with 95% intervals",
        ("until", "hazard of the year", "so far", "as the first episode", "runs without one before"),
        tuple(rows),
        "Hazard: first pullbacks of the year over the runs without one before it. As the first episode: before any "
        "other kind (competing risks).",
    )


def _definitions() -> Table:
    """Every episode and ending in numbers."""
    t = THRESHOLDS
    twin = (
        "the macro twin: the same seed and luck, with real AI investment at its level of the opening and AI shares "
        "without news"
    )
    worth = (
        "all AI investment since the opening is worth its cost at the owners' cost of capital, from what end users pay "
        "for compute less running costs, what compute adds to the owners' own business "
        f"({t.uplift_counted:.0%} of it counted), and what is left at the day's mark"
    )
    one_fall = (
        f"A pullback or macro episode is over when {t.made_good:.0%} of the fall is regained, or what fell has risen "
        "by as much, in logs, as a fall that counts; until then, what falls again is the same one."
    )
    rows = (
        (
            "investment pullback",
            f"real AI investment (mean of four quarters) falls {t.capex_fall:.0%} or more from its peak of eight "
            f"quarters, and orders by {t.orders_fall:.0%}",
        ),
        ("market pullback", f"AI shares fall {t.equity_fall:.0%} within eight quarters"),
        (
            "withdrawal",
            "investors withdraw from AI for a time: rounds and bonds find fewer takers; if they come back and leave "
            "again, those are two",
        ),
        (
            "credit event",
            f"losses of four quarters of {t.losses_to_debt:.0%} of AI debt or {t.losses_to_gdp:.1%} of GDP, a bank "
            f"resolved, or {t.gated_share:.0%} of private credit behind a closed gate",
        ),
        (
            "macro episode",
            f"since a peak of AI investment GDP has lost {t.gdp_shortfall:.1%} and unemployment gained "
            f"{t.unemployment_rise * 100:g} point against {twin}; a peak counts until investment is higher again, and "
            f"for {t.damage_window} quarters at least",
        ),
        ("systemic episode", "a macro episode and a credit event within eight quarters"),
        ("paid off, no episode", f"{worth}; no episode of any kind on the way"),
        ("paid off after one", "the same, with an episode of any kind on the way"),
        ("settled unpaid", "not paid off, and neither of the two below"),
        (
            "boom on unpaid",
            "not paid off; real AI investment ends above the opening's and above what keeps capacity, with no "
            "investment pullback that is not over",
        ),
        ("collapsed", f"not paid off; real AI investment ends below {t.keeps_capacity:.0%} of what keeps capacity"),
    )
    return Table("What the words mean: a run is called so if", ("", "definition"), rows, one_fall)


def _what_they_cost(findings: Findings) -> tuple[Table, ...]:
    """What runs of the reference that end or go differently cost, and whether they differ in it."""
    analysis = findings.analysis
    if analysis.costs.empty:
        return ()
    costs = analysis.costs[(analysis.costs[["runs_first", "runs_second"]] > 0).all(axis=1)]
    if costs.empty:
        return ()
    groups, rows = means_of_groups(costs)
    return (
        Table(
            f"What runs of {analysis.reference_label} cost and bring against their macro twins, means by how they go",
            ("", *groups),
            rows,
            " ".join(differences_in_words(costs, means=False)),
        ),
    )


def share_cell(row: Any) -> str:
    """A share with its interval, both in percent."""
    if row["share"] != row["share"]:
        return "-"
    return f"{percent(row['share'])} ({row['low'] * 100:.0f}–{row['high'] * 100:.0f})"

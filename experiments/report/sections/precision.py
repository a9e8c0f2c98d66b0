"""How far the answer would move: with more runs, other thresholds, and another draw of the smoothers."""

from ...analysis.measures import PULLBACK, WORST_GDP
from ...analysis.wording import on_thresholds, percent, times_fewer
from ...figures.convergence import convergence_chart
from ..section import Findings, Section, Table, drawn
from .outcomes import share_cell


def write(findings: Findings) -> Section | None:
    """Convergence against the number of runs, thresholds of the outcome, gain from common seeds."""
    analysis = findings.analysis
    if analysis.runs.empty:
        return None
    tables = [table for table in (_smoothers(findings), _thresholds(findings), _common_seeds(findings)) if table]
    return Section(
        "precision",
        "How sure these runs can be",
        charts=drawn(convergence_chart(analysis)),
        tables=tuple(tables),
        points=tuple(filter(None, (on_thresholds(analysis),))),
    )


def _smoothers(findings: Findings) -> Table | None:
    """Shares in the runs from each smoother, for a study from an ensemble of several."""
    table = findings.analysis.smoothers
    if table.empty:
        return None
    parts = [name for name in table.columns if name.startswith("smoother ")]
    rows = tuple(
        (str(row["answer"]), share_cell(row), share_cell(row | {"low": row["chance_low"], "high": row["chance_high"]}),
         f"{100 * row['beyond_chance']:.1f}", *(percent(row[name]) for name in parts))
        for row in table.to_dict("records")
    )  # fmt: skip
    return Table(
        f"How far the inferences behind these runs lie apart, {findings.analysis.reference_label}",
        ("", "share of runs", "chance in runs alone", "apart, points", *parts),
        rows,
        "Runs start evenly from the members of several smoothers, each with its own draw of the prior. Apart: standard "
        "deviation of the share between smoothers beyond chance in the runs. Intervals of shares in this report hold "
        "both, by the number of independent runs that would tell as much (Korn and Graubard 1998), but for those of "
        "failed runs and of convergence. Effects compare runs of the same members: their intervals and tests hold the "
        "chance in pairs alone and are conditional on these members.",
    )


def _thresholds(findings: Findings) -> Table | None:
    analysis = findings.analysis
    table = analysis.thresholds
    mine = table[table["arm"] == analysis.reference.name] if len(table) else table
    if mine.empty:
        return None
    share = analysis.share(analysis.reference, PULLBACK)
    moves = mine[(mine["share"] - share.value).abs() > 0.0]
    rows = [(str(row["threshold"]).replace("_", " "), share_cell(row), str(row["n"])) for _, row in moves.iterrows()]
    if len(moves) < len(mine):
        same = {"share": share.value, "low": share.low, "high": share.high}
        rows.append((f"each of {len(mine) - len(moves)} others", share_cell(same), str(share.n)))
    return Table(
        f"Investment pullbacks in {analysis.reference_label} with one threshold moved by 20%",
        ("threshold", "share of runs", "runs"),
        tuple(rows),
        "95% Wilson intervals; the others leave the share as it is. A threshold cuts a continuum; the scores behind it "
        "are in the stored runs.",
    )


def _common_seeds(findings: Findings) -> Table | None:
    effects = [effect for effect in findings.analysis.effects if effect.measure.name == WORST_GDP.name]
    rows = tuple(
        (findings.analysis.label(effect.arm), times_fewer(effect.precision), str(effect.precision.n))
        for effect in effects
        if effect.precision.n
    )
    if not rows:
        return None
    return Table(
        "How many times fewer runs common seeds need than independent ones, for the effect on GDP at its worst",
        ("", "factor (95% interval)", "pairs"),
        rows,
        "Ratio of the variance of an unpaired difference to that of the paired one (Glasserman and Yao 1992).",
    )

"""How far the answer would move: with more runs, and with other thresholds."""

from ...analysis.measures import PULLBACK, WORST_GDP
from ...analysis.wording import on_thresholds, times_fewer
from ...figures.convergence import convergence_chart
from ..section import Findings, Section, Table, drawn
from .outcomes import share_cell


def write(findings: Findings) -> Section | None:
    """Convergence against the number of runs, thresholds of the outcome, gain from common seeds."""
    analysis = findings.analysis
    if analysis.runs.empty:
        return None
    tables = [table for table in (_thresholds(findings), _common_seeds(findings)) if table]
    return Section(
        "precision",
        "How sure these runs can be",
        charts=drawn(convergence_chart(analysis)),
        tables=tuple(tables),
        points=tuple(filter(None, (on_thresholds(analysis),))),
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

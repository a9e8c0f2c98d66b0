"""What hangs on gamma, the gain nobody knows."""

from simulation.endings import ENDINGS

from ...analysis.measures import PAID_OFF
from ...ensembles.start import ensemble_of
from ..section import Findings, Section, Table
from .outcomes import share_cell


def write(findings: Findings) -> Section | None:
    """Endings by thirds of gamma in the reference; nothing where gamma is fixed."""
    analysis = findings.analysis
    table = analysis.by_gamma
    if table.empty:
        return None
    rows = []
    for third, group in table.groupby("gamma", observed=True, sort=False):
        shares, first = group.set_index("outcome"), group.iloc[0]
        bounds = f"{first['gamma_low']:.3f} to {first['gamma_high']:.3f}"
        rows.append((str(third), bounds, *(share_cell(shares.loc[label]) for label in ENDINGS), str(first["n"])))
    paid = table[table["outcome"] == PAID_OFF.name].set_index("gamma")
    low, high = paid.loc["lowest third"], paid.loc["highest third"]
    apart = low["high"] < high["low"] or high["high"] < low["low"]
    verdict = "the two intervals do not meet" if apart else "the two intervals overlap"
    allowed = " and kept as the record allows" if ensemble_of(analysis.plan.study.vintage) else ""
    return Section(
        "gamma",
        "What hangs on the gain from AI",
        text=(
            "Gamma is the long-run gain in output from AI. Nobody knows it, so it is drawn for each seed from a prior"
            f"{allowed}, the same draw in every scenario and policy. Read every share in this report as conditional on "
            "that prior.",
        ),
        tables=(
            Table(
                f"Endings of {analysis.reference_label} runs by thirds of gamma, with 95% intervals",
                ("gamma", "from, to", *ENDINGS, "runs"),
                tuple(rows),
            ),
        ),
        points=(
            f"All of this is conditional on gamma, the long-run gain from AI, which nobody knows: AI investment pays "
            f"off in {share_cell(low)} of {analysis.reference_label} runs in the lowest third of gamma and in "
            f"{share_cell(high)} in the highest; {verdict}.",
        ),
    )

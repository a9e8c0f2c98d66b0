"""`circuit check`: proves the books. Every identity, every quarter, every seed, both vintages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..batch.runner import compute
from ..common.terminal import print_wide, table_of
from ..study.schema import Plan, Study, plan

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from ..batch.worker import Rows
    from ..study.schema import RunSpec

TOLERANCE = 1e-9


@dataclass
class Verdict:
    """What the audits of many runs found."""

    worst: pd.DataFrame
    breaches: list[str]
    runs: int
    firm_failures: int
    ai_failures: int
    bank_failures: int

    @property
    def sound(self) -> bool:
        """Whether every identity held in every quarter of every run."""
        return not self.breaches and self.runs > 0


def check(studies: list[Study], workers: int | None, console: Console) -> bool:
    """Audit every run of some studies, print what was found, and say whether all books held."""
    plans = [plan(study) for study in studies]
    verdicts = {each.study.vintage: audit(each, workers) for each in plans}
    for each in plans:
        print_proof(each, console)
    for vintage, verdict in verdicts.items():
        print_verdict(vintage, verdict, console)
    return all(verdict.sound for verdict in verdicts.values())


def audit_one(spec: RunSpec) -> Rows:
    """Run one economy and keep its worst residual by identity, and who failed in it."""
    from ..batch.worker import Rows, build

    economy = build(spec).run()
    residuals, history = economy.residuals, economy.history
    worst = residuals.loc[residuals.groupby("identity", sort=False)["residual"].idxmax()]
    counts = {name: float(history[name].sum()) for name in ("firm_failures", "ai_failures", "bank_failures")}
    return Rows(
        outcome={"counts": counts},
        series={column: worst[column].tolist() for column in ("identity", "quarter", "residual")},
    )


def audit(plan: Plan, workers: int | None) -> Verdict:
    """Audit every run of a plan on worker processes."""
    import pandas as pd

    found, breaches, counts = [], [], pd.Series(dtype=float)
    for spec, rows in compute(plan.specs, workers, audit_one, doing=plan.study.vintage):
        if "failure" in rows:
            breaches.append(f"seed {spec.seed}: {rows['failure']['kind']}: {rows['failure']['message']}")
            continue
        found.append(pd.DataFrame(dict(rows["series"])).assign(seed=spec.seed))
        counts = counts.add(pd.Series(rows["outcome"]["counts"]), fill_value=0.0)
    if not found:
        return Verdict(pd.DataFrame(), breaches, 0, 0, 0, 0)
    residuals = pd.concat(found, ignore_index=True)
    worst = residuals.loc[residuals.groupby("identity", sort=False)["residual"].idxmax()]
    over = worst[~(worst["residual"] <= TOLERANCE)]
    breaches += [f"seed {row.seed}: {row.identity}: {row.residual:.2g} in {row.quarter}" for row in over.itertuples()]
    failures = (int(counts[name]) for name in ("firm_failures", "ai_failures", "bank_failures"))
    return Verdict(worst, breaches, len(found), *failures)


def print_proof(plan: Plan, console: Console) -> None:
    """Both matrices of the last quarter of the first seed, with the residual of each row."""
    from ..ensembles.start import economy_from

    spec = plan.specs[0]
    economy = economy_from(spec.vintage, spec.scenario, spec.seed, spec.quarters, spec.firms, keep_books=True).run()
    label = economy.label(economy.quarter)
    for matrix, name in (
        (economy.balance_sheet(), "Balance sheets"),
        (economy.transaction_flows(), "Transaction flows"),
    ):
        title = f"\n{name}, {spec.vintage} economy in {label}, seed {spec.seed}, USD bn ('sum' is the residual)"
        print_wide(console, matrix, title)


def print_verdict(vintage: str, verdict: Verdict, console: Console) -> None:
    """The worst residual of each identity, what failed in these runs, and every breach."""
    from rich.text import Text

    if len(verdict.worst):
        worst = verdict.worst.assign(residual=[f"{residual:.1e}" for residual in verdict.worst["residual"]])
        title = f"\n{vintage}: worst residual of each identity over {verdict.runs} runs (allowed {TOLERANCE:.0e})"
        console.print(table_of(worst[["identity", "residual", "quarter", "seed"]], title, index=False))
    judgement = "The books hold." if verdict.sound else "THE BOOKS DO NOT HOLD:"
    console.print(
        f"{vintage}: {verdict.firm_failures:,} firms failed and were replaced, {verdict.ai_failures} "
        f"failures in the AI sector, {verdict.bank_failures} banks. {judgement}"
    )
    for breach in verdict.breaches:
        console.print(Text(f"  {breach}"))

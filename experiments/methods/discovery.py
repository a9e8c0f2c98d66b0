"""`circuit discover`: which parameters together lead to an outcome, found in stored runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..analysis.discovery import Discovery, Sample, box_table, discover, in_words, limit_table, sample_of
from ..analysis.questions import condition_of
from ..analysis.wording import failed_of, probability, with_interval
from ..common.terminal import titled
from ..figures.boxes import box_chart
from ..store.results import check_writable
from ..study.naming import slug
from .finding import Finding, hand_over

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

BOXES, RESAMPLES = 2, 50


class Asked(NamedTuple):
    """What is looked for, and where: the folder of runs, an outcome, an arm, parameters, and how thoroughly."""

    results: Path
    outcome: str
    arm: str | None = None
    parameters: tuple[str, ...] | None = None
    boxes: int = BOXES
    resamples: int = RESAMPLES

    @property
    def name(self) -> str:
        """A folder's name that says all that was asked."""
        parts = [self.outcome, self.arm or "", *(self.parameters or ())]
        parts += [f"boxes{self.boxes}"] if self.boxes != BOXES else []
        parts += [f"resamples{self.resamples}"] if self.resamples != RESAMPLES else []
        return slug("-".join(filter(None, parts)).replace(">", " above ").replace("<", " below "))


def show(asked: Asked, to: Path | None, console: Console) -> Discovery:
    """Look for boxes, write them with their figure, and print them. Raises `CircuitError`."""
    measure = condition_of(asked.outcome)
    sample, finding = sample_of(asked.results, measure, asked.arm, asked.parameters)
    folder = to or asked.results / "discovery" / asked.name
    check_writable(folder)
    found = discover(sample, finding, measure.name, asked.boxes, asked.resamples)
    hand_over(_finding(found, sample), folder, "", console)
    return found


def _finding(found: Discovery, sample: Sample) -> Finding:
    whole = found.finding + found.overall.n + found.failed
    notes = (
        f"{failed_of(found.failed, whole)} in {found.arm} and are in none of these numbers.",
        f"Searched: {', '.join(found.searched)}. Found on {found.finding} runs of {found.arm}, measured on the "
        f"{found.overall.n} others. A parameter that matters only together with others may be missed: name it.",
    )
    tables = {"boxes": box_table(found), "limits": limit_table(found)}
    if not found.boxes:
        return Finding("\n".join(in_words(found)), (), notes, tables)
    return Finding("\n".join(in_words(found)), [_limits(found)], notes, tables, [box_chart(found, sample)])


def _limits(found: Discovery) -> Table:
    table = titled("Limits of the boxes (stability: share of resamples that find it, 95% interval)")
    for heading in ("box", "limit", "quasi-p", "n", "stability, %", "resamples"):
        table.add_column(heading, justify="left" if heading == "limit" else "right")
    for number, box in enumerate(found.boxes, 1):
        for bound in box.limits:
            limit = f"{bound.parameter} {bound.side} {bound.value:.2g}"
            cells = (probability(bound.quasi_p), str(box.density.n), with_interval(bound.stability))
            table.add_row(str(number), limit, *cells, str(bound.stability.n))
    return table

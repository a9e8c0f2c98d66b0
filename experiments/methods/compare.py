"""The main job: run a study, say what it found in words and tables, and write both with their figures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from simulation.endings import ENDINGS

from .. import statistics as st
from ..analysis.analysis import Analysis
from ..analysis.measures import EPISODES, PAID_OFF, PULLBACK, WORST_GDP, Effect
from ..analysis.tables import all_tables
from ..analysis.wording import failed_of, on_thresholds, probability, share_of, signed, times_fewer, with_interval
from ..batch.compiling import prepare
from ..batch.pool import Limits
from ..batch.provenance import facts_of, facts_of_batch
from ..batch.runner import BatchReport, check_cluster, run_batch
from ..common.screen import Screen
from ..common.terminal import titled
from ..narrative.cascades import events_of_largest
from ..narrative.headline import headline
from ..report.page import write_report
from ..report.section import Findings
from ..store.dictionary import dictionary_csv
from ..store.results import Results, start_anew, write_bytes, write_table
from ..study.naming import LONGEST, slug, told
from ..study.schema import Arm, Plan
from .finding import print_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

RESULTS = Path("results")
ROOM_FOR_NAMES = 17
WIDEST_HEADING = 10


def compare(
    plan: Plan,
    folder: Path | str | None,
    workers: int | None,
    console: Console,
    cluster: str | None = None,
    limits: Limits | None = None,
    fresh: bool = False,
    page: bool = True,
) -> Analysis:
    """Run what is missing of a plan, write tables under the results folder, print the answer, and write the report with
    its figures there too, unless no `page` is wanted.

    Raises `CircuitError` where results cannot be written and `runner.Interrupted` after a signal."""
    results, report = computed(plan, folder or default_folder(plan), workers, cluster, limits, fresh)
    analysis = Analysis.of(plan.of_seeds(report.seeds), results)
    cascade = events_of_largest(results, set(analysis.runs["run_id"]))
    with results.place.on_disk() as place:
        write_tables(analysis, place)
        # all of it before anything is printed: who reads only the first lines loses nothing
        written = write_report(Findings(analysis, results.manifest, cascade), place).name if page else ""
        if isinstance(console, Screen) and console.json:
            print_json(headline(analysis), all_tables(analysis), caveats(analysis, report), [Path(results.place.name)])
        print_answer(analysis, report, console)
        console.print(f"\nTables and every run: {results.place.name}", soft_wrap=True)
        if written:
            console.print(f"Report: {results.place.name}/{written}", soft_wrap=True)
    return analysis


def computed(
    plan: Plan,
    folder: Path | str,
    workers: int | None = None,
    cluster: str | None = None,
    limits: Limits | None = None,
    fresh: bool = False,
) -> tuple[Results, BatchReport]:
    """Run what is missing of a plan into its folder. Raises as `compare` does."""
    if cluster:
        check_cluster(cluster)
    if fresh:
        start_anew(folder)
    results = Results(folder, plan.identity, facts_of(plan))
    prepare()
    report = run_batch(plan, results, workers, limits=limits, cluster=cluster)
    results.save_manifest(**facts_of_batch(report, results.manifest))
    return results, report


def default_folder(plan: Plan) -> Path:
    """Where results go unless told otherwise: title, what was set, and digest: no two studies share a folder."""
    words = slug(f"{plan.study.title.lower()} {told(plan.study)}".replace(" = ", " "))
    return RESULTS / f"{words[:LONGEST]}-{plan.digest}"


def print_answer(analysis: Analysis, report: BatchReport, console: Console) -> None:
    """The study's answer: a sentence, the shares, the effects, and what to keep in mind."""
    console.print()
    console.print(headline(analysis), style="bold", highlight=False)
    console.print()
    console.print(episode_table(analysis))
    console.print(share_table(analysis))
    if analysis.effects:
        console.print(ending_effect_table(analysis))
        console.print(output_effect_table(analysis))
    console.print(risk_table(analysis), "")
    for line in caveats(analysis, report):
        console.print(line, style="dim", highlight=False)


def share_table(analysis: Analysis) -> Table:
    """Shares of endings, with 95% intervals that hold for all of them at once."""
    return _shares_of("How runs end: share of runs, % (95% interval)", analysis, ENDINGS, counts=True)


def episode_table(analysis: Analysis) -> Table:
    """Shares of runs with each kind of episode on the way, each with its own 95% interval."""
    shown = tuple(measure.name for measure in EPISODES)
    return _shares_of("What happens on the way: share of runs, % (95% interval)", analysis, shown, counts=False)


def _shares_of(title: str, analysis: Analysis, shown: tuple[str, ...], counts: bool) -> Table:
    table = _by_arm(title, analysis, *("\n".join(wrap(label, WIDEST_HEADING)) for label in shown))
    if counts:
        table.add_column("runs", justify="right")
    for arm in analysis.plan.arms:
        rows = analysis.shares[analysis.shares["arm"] == arm.name].set_index("outcome")
        cells = [_share_cell(*rows.loc[label, ["share", "low", "high"]]) for label in shown]
        cells += [str(rows["n"].iloc[0])] if counts else []
        table.add_row(analysis.label(arm), *cells)
    return table


def _by_arm(title: str, analysis: Analysis, *headings: str) -> Table:
    """An empty table with a row for each arm, whose name goes on in the next line where there is no room."""
    table = titled(title)
    longest = max(len(analysis.label(arm)) for arm in analysis.plan.arms)
    table.add_column("", min_width=min(longest, ROOM_FOR_NAMES), overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def _share_cell(share: float, low: float, high: float) -> str:
    """A share over its interval, in two lines, so that six of them stand beside each other."""
    return f"{share * 100:.0f}\n({low * 100:.0f}-{high * 100:.0f})" if share == share else "-"


def ending_effect_table(analysis: Analysis) -> Table:
    """Paired effects on endings with flips and corrected p-values."""
    table = _by_arm(
        "What changes against the reference, same seeds: endings (95% interval)", analysis,
        "investment\npullback, points", "spared/\ngiven one", "Holm p", "paid off,\npoints", "pairs",
    )  # fmt: skip
    for arm, effects in _effects_by_arm(analysis):
        ending = effects[PULLBACK.name]
        table.add_row(
            analysis.label(arm),
            signed(ending.estimate, 0),
            f"{ending.flips.saved}/{ending.flips.harmed}" if ending.flips else "-",
            probability(ending.p_value),
            signed(effects[PAID_OFF.name].estimate, 0),
            str(ending.estimate.n),
        )
    return table


def output_effect_table(analysis: Analysis) -> Table:
    """Paired effects on output, and the gain from common seeds."""
    table = _by_arm(
        "What changes against the reference, same seeds: output (95% interval)", analysis,
        "worst GDP,\npoints", "times fewer\nseeds (95%)",
    )  # fmt: skip
    for arm, effects in _effects_by_arm(analysis):
        gdp = effects[WORST_GDP.name]
        table.add_row(analysis.label(arm), signed(gdp.estimate), times_fewer(gdp.precision))
    return table


def _effects_by_arm(analysis: Analysis) -> Iterator[tuple[Arm, dict[str, Effect]]]:
    """Every arm that is compared with another, and its effects by measure."""
    for arm in analysis.plan.arms:
        if arm.reference:
            yield arm, {effect.measure.name: effect for effect in analysis.effects if effect.arm.name == arm.name}


def risk_table(analysis: Analysis) -> Table:
    """How long booms last and how deep the worst runs go."""
    table = _by_arm(
        "How soon and how bad (95% interval)", analysis,
        "median quarter\nof pullback", "log-rank\nHolm p", "GDP-at-risk\n5%, points", "shortfall\n5%, points", "runs",
    )  # fmt: skip
    times = analysis.time_to_pullback.set_index("arm")
    tails = analysis.tails.set_index(["arm", "measure"])
    for arm in analysis.plan.arms:
        *time, p_holm = map(float, times.loc[arm.name, ["median_quarters", "low", "high", "p_holm"]])
        table.add_row(
            analysis.label(arm),
            _quarters(*time),
            probability(p_holm),
            *(_tail_cell(tails.loc[(arm.name, name)]) for name in ("GDP-at-risk", "expected shortfall")),
            str(times.loc[arm.name, "n"]),
        )
    return table


def _quarters(value: float, low: float, high: float) -> str:
    """'18 (15-22)'; 'never (from 15)' where the middle, or the end of the interval, is not reached within the run."""
    if value != value:
        return "-"
    middle = "never" if value == math.inf else f"{value:.0f}"
    if high < math.inf:
        return f"{middle} ({low:.0f}-{high:.0f})"
    return f"{middle} (from {low:.0f})" if low < math.inf else middle


def _tail_cell(row: Any) -> str:
    estimate = st.Estimate(*row[["value", "low", "high", "n"]])
    return signed(estimate) if estimate.value == estimate.value else f"n below {st.runs_for_tail()}"


def caveats(analysis: Analysis, report: BatchReport) -> list[str]:
    """What a reader must keep in mind, from the study itself."""
    pairs = sum(effect.estimate.n for effect in analysis.effects_on(PULLBACK))
    lines = [_on_gamma(analysis), on_thresholds(analysis)]
    if pairs:
        lines.append(
            "Times fewer seeds: how many times fewer runs common seeds need than independent ones for the same "
            f"precision of the GDP effect, from {st.FEWEST_FOR_BOOTSTRAP} pairs on."
        )
    rate = (
        f", {report.computed / report.seconds:.1f} runs a second on {report.workers} workers" if report.computed else ""
    )
    failed = len(analysis.failures)
    total = len(analysis.runs) + failed
    lines.append(f"{failed_of(failed, total)}; {report.computed} computed now, {report.found} found{rate}.")
    lines.append(_on_failures(analysis))
    return [line for line in lines if line]


def _on_gamma(analysis: Analysis) -> str:
    text = "All of this is conditional on gamma, the long-run gain from AI, which nobody knows"
    table = analysis.by_gamma
    if table.empty:
        return f"{text}."
    paid = table[table["outcome"] == PAID_OFF.name].set_index("gamma")
    low, high = paid.loc["lowest third"], paid.loc["highest third"]
    return (
        f"{text}: AI investment pays off in {share_of(low)} of {analysis.reference_label} runs with gamma up to "
        f"{low['gamma_high']:.3f}, in {share_of(high)} from {high['gamma_low']:.3f}."
    )


def _on_failures(analysis: Analysis) -> str:
    """What failed runs could change, in the arm that has most of them."""
    table = analysis.bounds
    shares = table[table["measure"].str.startswith("share") & (table["failed"] > 0)]
    if shares.empty:
        return ""
    good, bad = shares[shares["arm"] == shares.sort_values("failed")["arm"].iloc[-1]].itertuples()
    ends = (st.Estimate(row.value, row.low, row.high, row.n).scaled(0.01) for row in (good, bad))
    low, high = (with_interval(end) for end in ends)
    return (
        f"Failed runs as good or as bad endings ({good.failed} of {good.n} in {good.arm}): investment pullback in "
        f"{low} or {high} of its runs."
    )


def write_tables(analysis: Analysis, folder: Path) -> None:
    """Tables as CSV and Parquet, what their columns mean, and the answer's first lines as text."""
    for name, table in all_tables(analysis).items():
        write_table(folder / "tables" / f"{name}.csv", table)
    write_bytes(folder / "answer.txt", (headline(analysis) + "\n").encode())
    write_bytes(folder / "data-dictionary.csv", dictionary_csv())

"""Which parameters an outcome hangs on: Morris screens all of them, Sobol indices share out the variance.

A point of a design is an arm: an economy with its parameters at these values, run with a few seeds that all points have
in common and averaged over them. Parameters move within their priors: Morris from the 5% to the 95% quantile, Sobol
through the whole distribution. Those that are not varied stay at their values."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from simulation.errors import CircuitError
from simulation.scenario import prior_names, prior_quantile

from ..analysis.questions import measure_of
from ..analysis.sensitivity import Answer, Question, morris_table, noise_row, sobol_table
from ..batch.compiling import prepare
from ..batch.provenance import facts_of
from ..batch.runner import BatchReport, run_batch
from ..figures.sensitivity import index_chart, tornado_chart
from ..narrative.sensitivity import caveats, headline, index_table, screening_table
from ..statistics import Floats
from ..store.results import Results
from ..study.naming import LONGEST, slug, told
from ..study.points import Points, morris_design, plan_of_points, sobol_design
from ..study.schema import MOST_RUNS, Study, plan
from .compare import RESULTS
from .finding import Finding, hand_over

if TYPE_CHECKING:
    from rich.console import Console

MOST_POINTS = 100_000


def question(
    study: Study, outcome: str, parameters: str | None, trajectories: int, keep: int, points: int, large: bool = False
) -> Question:
    """A checked question. Raises `CircuitError` with all that is wrong with it.

    Also if it takes more than a million runs and `large` does not say that this is meant."""
    errors: list[str] = []
    named = tuple(name.strip() for name in parameters.split(",")) if parameters is not None else prior_names()
    varied = tuple(name for name in named if parameters is not None or name not in study.parameters)
    measure = None
    try:
        plan(study, large)
        measure = measure_of(outcome)
    except CircuitError as error:
        errors += error.errors
    for name in dict.fromkeys(varied):
        try:
            prior_quantile(name, 0.5)
        except CircuitError as error:
            errors += [f"--parameters: {line}" for line in error.errors]
    errors += [f"--parameters: {name} is fixed by --set" for name in sorted(set(varied) & set(study.parameters))]
    errors += [f"--parameters: {name} is named twice" for name in sorted({n for n in varied if varied.count(n) > 1})]
    if not 4 <= trajectories <= 1000:
        errors.append(f"--trajectories: must be a whole number from 4 to 1,000, not {trajectories}")
    if keep < 0:
        errors.append(f"--keep: must not be negative, not {keep}")
    if not 16 <= points <= 2**16 or points & (points - 1):
        errors.append(f"--points: must be a power of two from 16 to 65,536, not {points}")
    if errors or measure is None:
        raise CircuitError(*errors)
    asked = Question(study, measure, varied, trajectories, keep, points)
    if max(asked.screening_points, asked.sobol_points) > MOST_POINTS:
        raise CircuitError(f"the design has more than {MOST_POINTS:,} points: lower --trajectories or --points")
    economies = asked.screening_points + asked.sobol_points
    if economies * study.runs > MOST_RUNS and not large:
        raise CircuitError(
            f"{economies:,} economies x {study.runs:,} seeds are more than {MOST_RUNS:,} runs: add --yes if you mean it"
        )
    return asked


def answer(asked: Question, folder: Path, workers: int | None) -> Answer:
    """Run both designs, or what is missing of them, and analyse. Raises as `runner.run_batch` does."""
    prepare()
    design = morris_design(asked.parameters, asked.trajectories)
    values, report, failed = _computed(asked, design, folder / "screening", workers)
    screening, noise = morris_table(design, values), [noise_row("Morris", values)]
    indices = pd.DataFrame()
    seconds = report.seconds
    moving = screening[screening["mu_star"] > 0.0]["parameter"]
    kept = tuple(str(name) for name in moving.head(asked.keep))
    if kept:
        design = sobol_design(kept, asked.points)
        values, report, lost = _computed(asked, design, folder / "sobol", workers)
        indices = sobol_table(design, values)
        noise.append(noise_row("Sobol", values))
        failed, seconds = failed + lost, seconds + report.seconds
    return Answer(screening, indices, pd.DataFrame(noise), failed, seconds)


def _computed(asked: Question, design: Points, folder: Path, workers: int | None) -> tuple[Floats, BatchReport, int]:
    """The outcome of every point and seed, NaN where the run failed, in the shape (points, seeds)."""
    planned = plan_of_points(asked.study, design)
    results = Results(folder, planned.identity, facts_of(planned))
    report = run_batch(planned, results, workers)
    runs = results.read("runs")
    columns = range(asked.study.seed, asked.study.seed + asked.study.runs)
    if len(runs) == 0:
        raise CircuitError(f"{folder}: every run failed; its failures table says why")
    table = runs.assign(value=asked.measure.read(runs) * asked.measure.factor).pivot_table(
        index="arm", columns="seed", values="value", dropna=False
    )
    values = table.reindex(index=[arm.name for arm in planned.arms], columns=columns).to_numpy(dtype=float)
    return values, report, report.failed


def default_folder(asked: Question) -> Path:
    """Where results go unless told otherwise: the outcome and a digest of the question."""
    question = asdict(asked) | {"study": asked.study.model_dump(), "measure": asked.measure.name}
    digest = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()[:8]
    words = slug(f"sensitivity {asked.measure.name} {told(asked.study)}".replace(" = ", " "))
    return RESULTS / f"{words[:LONGEST]}-{digest}"


def show(asked: Question, found: Answer, folder: Path, console: Console) -> None:
    """Write tables and figures, and print the answer."""
    charts = [tornado_chart(asked, found), *([index_chart(asked, found)] if len(found.indices) else [])]
    shown = [screening_table(asked, found.screening), *([index_table(found.indices)] if len(found.indices) else [])]
    tables = {"morris": found.screening, "sobol": found.indices, "seed-noise": found.noise}
    hand_over(Finding(headline(asked, found), shown, caveats(asked, found), tables, charts), folder, "", console)
    console.print(f"Every run: {folder}", highlight=False, soft_wrap=True)

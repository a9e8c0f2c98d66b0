"""`circuit fail` and `circuit amplify`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.errors import CircuitError

from . import options as option
from .asked import terminal, with_options
from .showing import Json

if TYPE_CHECKING:
    from ..study.schema import Study

EPILOG_FAIL = (
    "Examples: `circuit fail OpenAI`\n\n`circuit fail Nvidia --quarter 2026Q4 --runs 100`\n\n`circuit fail all`"
)
EPILOG_AMPLIFY = (
    "Examples: `circuit amplify --runs 20`\n\n`circuit amplify --failures --runs 200 --results results/web`"
)


def fail(
    name: Annotated[str, typer.Argument(help='A key player, such as OpenAI; "all" for each of them alone.')],
    scenario: option.Scenario = "baseline",
    quarter: Annotated[
        str, typer.Option(help="Quarter in which it fails, as 2026Q4, or as a number: the first simulated is 1.")
    ] = "5",
    policy: option.PoliciesAtOnce = None,
    runs: option.Pairs = 20,
    vintage: option.Vintage = None,
    firms: option.Firms = None,
    settings: option.Settings = None,
    workers: option.Workers = None,
    results: option.Results = option.RESULTS,
    json: Json = False,
) -> None:
    """Remove one actor and report direct and total loss, and who fell next through which channel.

    Every seed is run with the failure and without it; two years later the losses of owners and lenders of the AI sector
    are compared with what the failed agent's own owners and creditors lost at once."""
    from ..methods.contagion import report_failures

    asked = {"scenarios": [scenario], "policies": policy or []}
    study = with_options(asked, settings, runs=runs, vintage=vintage, firms=firms)
    report_failures(name, study, _number(study, quarter), workers, results, terminal(json))


def _number(study: Study, quarter: str) -> int:
    """The number of a quarter that is told by its number or by its label. Raises `CircuitError`."""
    from ..methods.one_run import quarter_number

    number = int(quarter) if re.fullmatch(r"-?[0-9]{1,9}", quarter) else quarter_number(study, quarter)
    if not 1 <= number <= study.horizon:
        raise CircuitError(f"--quarter must be from 1 to {study.horizon}, or one of these as 2026Q4, not {quarter}")
    return number


def amplify(
    runs: option.Pairs = 50,
    failures: Annotated[bool, typer.Option(help="Also each key player failing alone.")] = True,
    shocks: Annotated[bool, typer.Option(help="Also every shipped shock at a quarter of its size.")] = True,
    vintage: option.Vintage = None,
    firms: option.Firms = None,
    settings: option.Settings = None,
    workers: option.Workers = None,
    results: option.Results = option.RESULTS,
    json: Json = False,
) -> None:
    """Does the circular web amplify small shocks? Total over direct loss, with deals on and off, buffers 1 and 2.

    Every shock at a quarter of its size and every key player failing alone, against the same seeds without it."""
    from ..methods.contagion import report_amplification

    if not (failures or shocks):
        raise CircuitError("--no-failures --no-shocks: leave nothing to amplify: give one of them at most")
    study = with_options({"title": "amplification"}, settings, runs=runs, vintage=vintage, firms=firms)
    report_amplification(study, failures, shocks, workers, results, terminal(json))

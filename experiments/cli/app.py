"""The `circuit` command. Nothing heavy is imported before a command needs it, so that help comes at once."""

from __future__ import annotations

import gc
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.errors import CircuitError

from ..common.interruption import Interrupted
from ..common.pipes import outlast_the_reader
from ..common.plain_signs import use_plain_signs
from ..common.progress import quietly
from . import (
    autopsy,
    between,
    calibrate,
    compiling,
    contagion,
    discover,
    drivers,
    evidence,
    explore,
    facts,
    forecast,
    grounds,
    lists,
    luck,
    policy,
    report,
    sensitivity,
    signs,
    twin,
    web,
)
from . import options as option
from . import stored as results_commands
from .asked import Means, grid_of, terminal, with_options
from .given import refuse_empty, what_it_takes
from .showing import Json

if TYPE_CHECKING:
    from ..study.schema import Plan

BROKEN, BAD_INPUT, STOPPED = 1, 2, 130
QUIETLY = "--quiet"
MOST_UNCOLLECTED = 200_000
"""Objects made before Python looks for garbage in circles: loading libraries makes many, and hardly any garbage."""
USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[2]
"""What typer raises for a malformed command line; newer versions no longer export it."""


app = typer.Typer(
    name="circuit",
    help="Does AI capital spending turn into revenue, or does it end in an investor pullback?\n\n"
    "Circuit simulates the economy around that question, agent by agent, on balance sheets that add up, and "
    "compares scenarios and policies over many runs.\n\n"
    "Begin with `circuit compare`, the headline study, or `circuit run`, one economy in words.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"circuit {version('circuit-economy')}")
        raise typer.Exit


@app.callback()
def _every_command(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    quiet: Annotated[bool, typer.Option(QUIETLY, help="Show no progress; may stand anywhere on the line.")] = False,
) -> None:
    """Take what every command takes. `--quiet` is seen by `main` before."""


@app.command(
    epilog="Examples: `circuit compare`\n\n"
    "`circuit compare late-chips --policy fed-put --runs 500`\n\n"
    "`circuit compare --grid gamma=0.01,0.03 --grid capture=0.2,0.5 --runs 100`\n\n"
    "`circuit compare --study gamma --workers 4`"
)
def compare(
    scenarios: option.Scenarios = None,
    policy: option.Policies = None,
    study: Annotated[str | None, typer.Option(help="A study, by name or TOML file.")] = None,
    runs: Annotated[int | None, typer.Option(help="Runs of each scenario and policy (default: 200).")] = None,
    seed: option.Seed = None,
    vintage: option.Vintage = None,
    firms: option.Firms = None,
    quarters: option.Quarters = None,
    settings: option.Settings = None,
    grid: option.Grid = None,
    prior: option.Prior = None,
    workers: option.Workers = None,
    cluster: option.Cluster = None,
    fresh: option.Fresh = False,
    page: option.Page = True,
    yes: option.Yes = False,
    results: option.ResultsOrStore = None,
    json: Json = False,
) -> None:
    """Compare scenarios and policies over many runs with the same seeds.

    Without arguments: the headline study. Prints how often and when investment pulls back, how often it earns its cost,
    and what a pullback costs, with 95% intervals, and what each policy changes; writes every run, tables and figures.
    Ctrl-C keeps what is finished, and the same command goes on from there."""
    from ..study.schema import plan

    chosen = _study(scenarios or [], policy or [], study, bool(grid))
    if grid:
        chosen["grid"] = {**chosen.get("grid", {}), **grid_of(grid)}
    options = {"runs": runs, "seed": seed, "prior": prior, "vintage": vintage, "firms": firms, "quarters": quarters}
    planned = plan(with_options(chosen, settings, **options), large=yes)
    _run_comparison(planned, results, Means(workers, cluster), fresh, page, json)


@app.command(
    epilog="Examples: `circuit batch my-study.toml --workers 8`\n\n"
    "`circuit batch policy-market --cluster tcp://127.0.0.1:8786 --results s3://bucket/policy-market`"
)
def batch(
    study: Annotated[str, typer.Argument(help="A study, by name (see circuit studies) or TOML file.")],
    runs: Annotated[int | None, typer.Option(help="Runs of each arm (default: as the study says).")] = None,
    workers: option.Workers = None,
    cluster: option.Cluster = None,
    time_limit: option.TimeLimit = None,
    memory_limit: option.MemoryLimit = None,
    fresh: option.Fresh = False,
    page: option.Page = True,
    yes: option.Yes = False,
    results: option.ResultsOrStore = None,
    json: Json = False,
) -> None:
    """Run a study of any size, on this machine or on a cluster.

    Goes on where it stopped: whatever happened, finished runs are kept, and a run that took too much time or memory, or
    that killed its worker twice, is recorded as failed while the others go on.

    A study is a TOML file: scenarios, policies and runs; a table `grid` of parameter values, `design` for a Latin
    hypercube or Sobol sequence over priors, `stop` to end when intervals are narrow enough; `keep` stores tables of
    agents or claims too. `circuit validate` says what is wrong with one."""
    from ..study.schema import load_study, plan

    planned = plan(with_options(load_study(study).model_dump(), runs=runs), large=yes)
    _run_comparison(planned, results, Means(workers, cluster, time_limit, memory_limit), fresh, page, json)


@app.command(
    epilog="Examples: `circuit run`\n\n"
    "`circuit run late-chips --set gamma=0.03 --seed 7 --agent Oracle`\n\n"
    "`circuit run --vintage 2022Q4 --matrices --quarter 2025Q2`"
)
def run(
    scenario: option.Scenario = "baseline",
    policy: option.PoliciesAtOnce = None,
    seed: option.Seed = None,
    vintage: option.Vintage = None,
    firms: option.Firms = None,
    quarters: option.Quarters = None,
    settings: option.Settings = None,
    agent: Annotated[
        list[str] | None,
        typer.Option(help="Print this agent's balance sheet and cash flow; may be repeated."),
    ] = None,
    matrices: Annotated[bool, typer.Option("--matrices", help="Print both matrices of the accounts.")] = False,
    quarter: Annotated[str | None, typer.Option(help="Quarter of the matrices, as 2027Q2 (default: last).")] = None,
    profile: Annotated[bool, typer.Option("--profile", help="Print the time each phase takes.")] = False,
    sources: Annotated[bool, typer.Option("--sources", help="Print the opening data with their sources.")] = False,
    results: option.Results = option.RESULTS,
    json: Json = False,
) -> None:
    """Run one economy and tell its story.

    When AI capex peaked and why, how much of what it must earn was covered, who failed first, what GDP did; key series
    as charts in the terminal, and a figure with its data."""
    from ..methods.one_run import Wanted
    from ..methods.one_run import run as run_one

    asked = {"scenarios": [scenario], "policies": policy or [], "runs": 1, "prior": False}
    study = with_options(asked, settings, seed=seed, vintage=vintage, firms=firms, quarters=quarters)
    wanted = Wanted(tuple(agent or ()), matrices, quarter, profile, sources, results)
    run_one(study, wanted, terminal(json))


@app.command(epilog="Examples: `circuit check`\n\n`circuit check --seeds 50 --vintage 2022Q4`")
def check(
    seeds: Annotated[int, typer.Option(help="Runs of each vintage, with seeds from 1.")] = 10,
    vintage: Annotated[str | None, typer.Option(help="2024Q4 or 2022Q4 (default: both).")] = None,
    firms: option.Firms = None,
    quarters: option.Quarters = None,
    workers: option.Workers = None,
) -> None:
    """Prove the books: every identity, every quarter, every seed, failures and replacements included.

    Prints both matrices with the residual of each row and the worst residual of each identity; exit code 1 if one is
    above 1e-9 of what moved."""
    from simulation.dates import VINTAGES

    from ..methods.check import check as prove

    studies = [
        with_options({"title": "check", "prior": False}, runs=seeds, vintage=each, firms=firms, quarters=quarters)
        for each in ([vintage] if vintage else VINTAGES)
    ]
    if not prove(studies, workers, terminal()):
        raise typer.Exit(BROKEN)


@app.command(epilog="Example: `circuit validate my-scenario.toml`")
def validate(
    file: Annotated[Path, typer.Argument(help="TOML file of a scenario, a policy or a study.")],
) -> None:
    """Say what is wrong with a scenario, policy or study file: all errors at once, one per line."""
    from .validation import kind_of_valid_file

    print(f"{file}: valid {kind_of_valid_file(file)}")


app.command(epilog=explore.EPILOG)(explore.explore)
app.command("compile", epilog=compiling.EPILOG)(compiling.compile_)
lists.register(app)
app.command(epilog=web.EPILOG)(web.web)
app.command(epilog=twin.EPILOG)(twin.twin)
app.command(epilog=drivers.EPILOG)(drivers.drivers)
app.command(epilog=grounds.EPILOG)(grounds.grounds)
app.command(epilog=autopsy.EPILOG)(autopsy.autopsy)
app.command(epilog=sensitivity.EPILOG)(sensitivity.sensitivity)
app.command(epilog=discover.EPILOG)(discover.discover)
results_commands.register(app)
app.command(epilog=contagion.EPILOG_FAIL)(contagion.fail)
app.command(epilog=contagion.EPILOG_AMPLIFY)(contagion.amplify)
app.command(epilog=report.EPILOG)(report.report)
app.command(epilog=between.EPILOG_DIFF)(between.diff)
app.command(epilog=between.EPILOG_EXPORT)(between.export)
app.command(epilog=policy.EPILOG)(policy.policy)
app.command(epilog=luck.EPILOG)(luck.luck)
app.command(epilog=signs.EPILOG)(signs.signs)
app.command(epilog=facts.EPILOG)(facts.facts)
app.command(epilog=calibrate.EPILOG)(calibrate.calibrate)
app.command(epilog=evidence.EPILOG)(evidence.evidence)
app.command(epilog=forecast.EPILOG)(forecast.forecast)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 broken books, 2 bad input, 130 stopped by a signal."""
    gc.set_threshold(MOST_UNCOLLECTED)
    outlast_the_reader()
    use_plain_signs()
    given = sys.argv[1:] if arguments is None else list(arguments)
    spoken = [argument for argument in given if argument != QUIETLY]
    try:
        with quietly(len(spoken) < len(given)):
            refuse_empty(app, spoken)
            code = app(args=spoken, prog_name="circuit", standalone_mode=False) or 0
    except CircuitError as error:
        code = _report(error)
    except USAGE_ERROR as error:
        print(f"circuit: {_one_line(error)} See circuit {_command(given)}--help.", file=sys.stderr)
        code = BAD_INPUT
    except Interrupted as stopped:
        again = shlex.join(["circuit", *(argument for argument in given if argument != "--fresh")])
        print(f"\n{stopped}. To go on: {again}", file=sys.stderr)
        code = STOPPED
    except (typer.Abort, KeyboardInterrupt):
        print("stopped", file=sys.stderr)
        code = STOPPED
    sys.exit(code)


def _report(error: CircuitError) -> int:
    """One line per error. Books that do not hold are no error of the input."""
    for line in error.errors:
        print(f"circuit: {line}", file=sys.stderr)
    return BROKEN if type(error).__name__ == "Breach" else BAD_INPUT


def _one_line(error: Any) -> str:
    missing = type(error).__name__ == "MissingParameter" and error.param is not None
    text = " ".join((what_it_takes(error.param, "missing") if missing else str(error.format_message())).split())
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _command(arguments: Sequence[str]) -> str:
    names = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    return f"{arguments[0]} " if arguments and arguments[0] in names else ""


def _study(scenarios: list[str], policies: list[str], study: str | None, grid: bool) -> dict[str, Any]:
    """The study that is asked for: a named one, the headline, or one made of scenarios and policies."""
    from ..study.schema import load_study

    if study and (scenarios or policies):
        raise CircuitError("--study says itself which scenarios and policies to compare: leave the others out")
    if study or not (scenarios or policies or grid):
        return load_study(study or "headline").model_dump()
    names = list(dict.fromkeys(scenarios or ["baseline"]))
    if len(names) == 1 and not (policies or grid) and names != ["baseline"]:
        names.insert(0, "baseline")
    return {
        "title": " ".join(["compare", *map(_stem, names + policies)]),
        "scenarios": names,
        "policies": policies,
    }


def _stem(name: str) -> str:
    return Path(name).stem


def _run_comparison(planned: Plan, folder: str | None, means: Means, fresh: bool, page: bool, json: bool) -> None:
    from ..methods.compare import compare as run_study
    from ..methods.compare import default_folder

    place = folder or str(default_folder(planned))
    run_study(planned, place, means.workers, terminal(json), means.cluster, means.limits, fresh, page)

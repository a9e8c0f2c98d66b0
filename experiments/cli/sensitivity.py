"""`circuit sensitivity`."""

from typing import Annotated

import typer

from simulation.dates import USUAL
from simulation.errors import CircuitError

from . import options as option
from .showing import Json

EPILOG = (
    "Examples: `circuit sensitivity`\n\n"
    "`circuit sensitivity late-chips --outcome gdp_shortfall --parameters gamma,capture,fire_sale`\n\n"
    '`circuit sensitivity --outcome "paid off" --trajectories 40 --keep 8 --points 256 --seeds 16`'
)

Policy = Annotated[str | None, typer.Option(help="A policy that is switched on, by name or TOML file.")]
Outcome = Annotated[
    str,
    typer.Option(
        help='An ending or episode ("paid off", "investment pullback" ...) or a score (gdp_shortfall, capex_fall ...).'
    ),
]
Parameters = Annotated[
    str | None, typer.Option(metavar="A,B,C", help="What to vary (default: all that the prior draws).")
]
Trajectories = Annotated[int, typer.Option(help="Morris: each takes one economy per parameter and one more.")]
Keep = Annotated[int, typer.Option(help="Strongest parameters that go on to Sobol; 0 leaves Sobol out.")]
Points = Annotated[
    int, typer.Option(help="Sobol: a power of two; each takes one economy per parameter kept and two more.")
]
Seeds = Annotated[int, typer.Option(help="Common seeds that every economy is averaged over.")]
Seed = Annotated[int, typer.Option(help="The first of these seeds.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Fix a parameter; may be repeated.")
]
Vintage = Annotated[str, typer.Option(help="Opening economy, 2024Q4 or 2022Q4.")]
Firms = Annotated[int, typer.Option(help="Ordinary firms, 10 to 1,000,000.")]


def sensitivity(
    scenario: option.Scenario = "baseline",
    policy: Policy = None,
    outcome: Outcome = "investment pullback",
    parameters: Parameters = None,
    trajectories: Trajectories = 10,
    keep: Keep = 5,
    points: Points = 64,
    seeds: Seeds = 8,
    seed: Seed = 1,
    settings: Settings = None,
    vintage: Vintage = USUAL,
    quarters: option.Quarters = None,
    firms: Firms = 1000,
    workers: option.Workers = None,
    yes: option.Yes = False,
    results: option.OwnResults = None,
    json: Json = False,
) -> None:
    """Say which parameters an outcome hangs on, and by how much.

    First Morris moves each parameter through its prior, one at a time, from many starting points: those that matter are
    told from those that do not. Then Sobol indices share out the variance of the outcome among the strongest: what each
    explains alone, and what it explains together with others. The default takes two to three minutes on two processors.
    Ctrl-C keeps what is finished, and the same command goes on from there."""
    from ..common.extras import require
    from .asked import terminal, with_options

    require("SALib", "sensitivity")
    from ..methods.sensitivity import answer, default_folder, question, show
    from ..store.results import check_writable

    options = {"runs": seeds, "seed": seed, "vintage": vintage, "quarters": quarters, "firms": firms, "prior": False}
    chosen = {"title": f"sensitivity of {outcome}", "scenarios": [scenario], "policies": [policy] if policy else []}
    try:
        study = with_options(chosen, settings, **options)
    except CircuitError as error:
        raise CircuitError(*(line.replace("--runs", "--seeds") for line in error.errors)) from None
    asked = question(study, outcome, parameters, trajectories, keep, points, yes)
    folder = results or default_folder(asked)
    check_writable(folder)
    show(asked, answer(asked, folder, workers), folder, terminal(json))

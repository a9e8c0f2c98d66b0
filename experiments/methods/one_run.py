"""`circuit run`: one economy, told, drawn, and opened up on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.dates import later
from simulation.errors import CircuitError

from ..batch.compiling import prepare
from ..common.progress import counted
from ..common.screen import Screen
from ..common.terminal import line_chart, print_wide, sparkline, table_of
from ..ensembles.start import economy_from, past_of, start_of
from ..figures.at_once import at_once
from ..narrative.since import RunSince, since
from ..narrative.story import tell
from ..store.results import check_writable, write_csv
from ..study.naming import name_of, setting_of
from .finding import print_json

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from simulation import Economy, Scenario

    from ..study.schema import Study

COURSE = 28  # blocks of a course, so that its table has room on 80 columns
KEY_SERIES = (
    "ai_capex",
    "coverage",
    "lab_revenue",
    "ai_equity",
    "spot_price",
    "circularity",
    "ai_debt",
    "real_growth",
    "unemployment",
)


@dataclass(frozen=True)
class Wanted:
    """What to show of a run beside its story."""

    agents: tuple[str, ...] = ()
    matrices: bool = False
    quarter: str | None = None
    profile: bool = False
    sources: bool = False
    results: Path = Path("results")


def run(study: Study, wanted: Wanted, console: Console) -> Economy:
    """Compute the one run of a study, with all its policies at once, and print what is wanted of it.

    Raises `CircuitError` for an agent or a quarter that does not exist, or a results folder that cannot be written,
    before anything is computed."""
    scenario = scenario_of(study)
    check_agents(wanted.agents)
    quarter = quarter_number(study, wanted.quarter)
    check_writable(wanted.results)
    prepare()
    economy = build(study, scenario, keep_books=bool(wanted.agents or wanted.matrices))
    if wanted.sources:
        print_sources(economy, console)
    if wanted.profile:
        economy.profile = {}
    for _ in counted(range(economy.quarters - economy.quarter), "quarter"):
        economy.step()
    told = since(economy, past_of(study.vintage), study.seed)
    draw: list[Callable[[], Path | None]] = [
        partial(write_figure, told, study, wanted.results),
        partial(write_cascade, told, study, wanted.results),
        *(partial(write_agent, economy, agent, study, wanted.results) for agent in wanted.agents),
    ]
    if isinstance(console, Screen) and console.json:
        history = told.history.rename_axis("quarter").reset_index()
        files = [file for file in at_once(draw) if file]
        print_json("\n".join(tell(told)), {"history": history, "events": told.events}, files=files)
        return economy
    print_story(told, console)
    for agent in wanted.agents:
        print_agent(economy, agent, past_of(study.vintage), console)
    if wanted.matrices:
        print_matrices(economy, past_of(study.vintage) + quarter, console)
    if economy.profile is not None:
        print_profile(economy, economy.profile, console)
    figure, tree, *drawn = at_once(draw)
    console.print(f"\nFigure and its data: {figure}", soft_wrap=True)
    if tree:
        console.print(f"Who fell and what followed: {tree}", soft_wrap=True)
    for agent, file in zip(wanted.agents, drawn, strict=True):
        console.print(f"{agent} by the quarter: {file}", soft_wrap=True)
    return economy


def scenario_of(study: Study) -> Scenario:
    """The first scenario of a study with its parameters and all its policies. Raises `CircuitError`."""
    from simulation import Scenario

    scenario = Scenario.load(study.scenarios[0], start_of(study.vintage)).with_parameters(**study.parameters)
    for policy in study.policies:
        scenario = scenario.with_policy(policy)
    return scenario


def build(study: Study, scenario: Scenario, keep_books: bool) -> Economy:
    """The economy of a study's first seed, before its first quarter."""
    return economy_from(study.vintage, scenario, study.seed, study.horizon, study.firms, keep_books)


def check_agents(names: tuple[str, ...]) -> None:
    """Raise `CircuitError` for names that are no agent's, with the nearest that is."""
    from simulation.registry import NAMES
    from simulation.scenario.input_errors import suggestion

    known = (*(name for members in NAMES.values() for name in members), "Firms")
    errors = [f"--agent {name}: no such agent; {suggestion(name, known)}" for name in names if name not in known]
    if errors:
        raise CircuitError(*errors)


def quarter_number(study: Study, label: str | None) -> int:
    """The number of a quarter written like 2027Q2, from the opening on; the last one if none is given."""
    if label is None:
        return study.horizon
    start = start_of(study.vintage)
    labels = {later(start, count): count for count in range(study.horizon + 1)}
    if label not in labels:
        first, *_, last = labels
        raise CircuitError(f"--quarter {label}: not in this run; allowed: {first} to {last}")
    return labels[label]


def print_story(economy: Economy | RunSince, console: Console) -> None:
    """The story, the course of investment as a chart, and the key series as sparklines."""
    from rich.text import Text

    history = economy.history
    console.print()
    for paragraph in tell(economy):
        console.print(Text(paragraph))
    console.print(Text("\nAI capital expenditure, USD bn a quarter", style="bold"))
    for line in line_chart(list(history["ai_capex"]), list(history.index), min(console.width - 12, 76)):
        console.print(Text(line, no_wrap=True))
    console.print(table_of(_key_series(history), digits=3))


def _key_series(history: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    from simulation.series import SERIES

    rows = {
        name.replace("_", " "): {
            "first": float(history[name].iloc[0]),
            "course": sparkline(list(history[name]), COURSE),
            "last": float(history[name].iloc[-1]),
            "unit": SERIES[name].unit,
        }
        for name in KEY_SERIES
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def print_agent(economy: Economy, agent: str, past: int, console: Console) -> None:
    """An agent's balance sheet and cash flow: a row per quarter, a column per instrument or flow."""
    print_wide(console, by_quarter(economy, agent, economy.balance_sheet, past), f"\n{agent}: balance sheet, USD bn")
    flows = by_quarter(economy, agent, economy.transaction_flows, past + 1)
    print_wide(console, flows, f"\n{agent}: cash flow, USD bn a quarter (received +, paid -)")


def write_agent(economy: Economy, agent: str, study: Study, folder: Path) -> Path:
    """An agent's balance sheet, cash flow and key figures as a figure with its data. Returns the figure's path."""
    from ..figures.agent import agent_chart

    past = past_of(study.vintage)
    figures = since(economy, past, study.seed).firm_history
    mine = figures[figures["agent"] == agent]
    mine = mine.pivot_table(index="quarter", columns="variable", values="value", sort=False)
    frames = {
        "Balance sheet": by_quarter(economy, agent, economy.balance_sheet, past),
        "Cash flow, received +, paid -": by_quarter(economy, agent, economy.transaction_flows, past + 1),
        "Key figures": mine.rename_axis(index=None, columns=None),
    }
    chart = agent_chart(agent, frames, name_of("run", study, "agent", agent), setting_of(study))
    chart.save(folder)
    return folder / f"{chart.name}.png"


def by_quarter(economy: Economy, agent: str, matrix: Callable[..., pd.DataFrame], first: int = 0) -> pd.DataFrame:
    """One agent's column of a matrix in every quarter: rows are quarters, columns what is not always zero."""
    import pandas as pd

    rows = {economy.label(number): matrix(number, by="agent")[agent] for number in range(first, economy.quarter + 1)}
    frame = pd.DataFrame(rows).T
    return frame.loc[:, (frame.abs() > 0.0).any()]


def print_matrices(economy: Economy, quarter: int, console: Console) -> None:
    """Both matrices of a quarter by sector, with the column of sums that must be zero."""
    label = economy.label(quarter)
    print_wide(console, economy.balance_sheet(quarter), f"\nBalance sheets, {label}, USD bn")
    if quarter:
        print_wide(console, economy.transaction_flows(quarter), f"\nTransaction flows, {label}, USD bn")


def print_sources(economy: Economy, console: Console) -> None:
    """Every number of the opening economy with its unit, confidence and source, one line each."""
    from rich.text import Text

    facts = economy.facts.table()
    agents, items = (facts[column].str.len().max() + 2 for column in ("agent", "item"))
    for fact in facts.itertuples():
        number = f"{fact.value:>12,.5g} {fact.unit:<12}{fact.confidence:<8}"
        console.print(Text(f"{fact.agent:<{agents}}{fact.item:<{items}}{number}{fact.source}"), soft_wrap=True)


def print_profile(economy: Economy, spent: dict[str, float], console: Console) -> None:
    """Where the time went: microseconds per quarter and share, phase by phase, in the order of the plan."""
    import pandas as pd

    total = sum(spent.values()) or 1.0
    meanings = {phase.name: phase.meaning for phase in economy.plan}
    rows = [
        {
            "phase": name,
            "us a quarter": seconds / economy.quarter * 1e6,
            "share, %": seconds / total * 100.0,
            "meaning": meanings.get(name, ""),
        }
        for name, seconds in spent.items()
    ]
    firms = len(economy.kinds["firms"])
    title = f"\nTime: {total * 1e3:,.1f} ms for {economy.quarter} quarters, {firms:,} firms"
    console.print(table_of(pd.DataFrame(rows), title, index=False))


def write_figure(economy: Economy | RunSince, study: Study, folder: Path) -> Path:
    """The run's figure with its history as CSV, and its events beside."""
    from ..figures.run import draw_run

    name = name_of("run", study)
    draw_run(economy, folder / f"{name}.png", setting_of(study))
    write_csv(folder / f"{name}-events.csv", economy.events)
    return folder / f"{name}.png"


def write_cascade(economy: Economy | RunSince, study: Study, folder: Path) -> Path | None:
    """The run's chain reactions as a tree, with its data; nothing where nobody in the AI sector fell."""
    from ..figures.cascade import cascade_chart
    from ..narrative.reactions import chain_of, fallen

    chain = chain_of(economy.events)
    if fallen(chain).empty:
        return None
    chart = cascade_chart(chain, f"{name_of('run', study)}-cascade", f"{setting_of(study)}. One run of many.")
    chart.save(folder)
    return folder / f"{chart.name}.png"

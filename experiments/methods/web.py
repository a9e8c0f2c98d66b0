"""`circuit web`: the circular web of one quarter, printed and drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulation.measurement.web import COMMITTED, OWES, OWNS, PAYS

from ..analysis.wording import percent
from ..batch.compiling import prepare
from ..ensembles.start import past_of
from ..narrative.web import claim, flows_claim, summary
from ..store.results import check_writable
from ..study.naming import name_of, setting_of
from .one_run import build, quarter_number, scenario_of

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from simulation import Economy

    from ..figures.chart import Chart
    from ..study.schema import Study

TWO_YEARS = 8
SHOWN = 12  # edges of each kind that are printed
CIRCULAR_STYLE = "red"
SMALLEST_MARKED = 0.005
TITLES = {
    PAYS: ("Who pays whom", "USD bn a quarter"),
    OWNS: ("Who owns whom", "USD bn"),
    OWES: ("Who owes whom", "USD bn"),
    COMMITTED: ("Who has committed to whom, on no balance sheet", "USD bn"),
}


def show(study: Study, label: str | None, results: Path, console: Console) -> Economy:
    """Run a study's one economy up to a quarter, print its web, and draw it as network and Sankey.

    Raises `CircuitError` for a quarter that is not in the run or a folder that cannot be written, before anything is
    computed."""
    scenario = scenario_of(study)
    quarter = past_of(study.vintage) + (quarter_number(study, label) if label else min(TWO_YEARS, study.horizon))
    check_writable(results)
    prepare()
    economy = build(study, scenario, keep_books=True)
    while economy.quarter < quarter:
        economy.step()
    edges = economy.web()
    name = economy.label(quarter)
    console.print(f"\n{claim(edges, name)}\n", style="bold", highlight=False)
    console.print(summary(edges), highlight=False)
    for relation in TITLES:
        console.print(edge_table(edges, relation, name))
    console.print(dependence_table(economy.dependence(), name))
    console.print(importance_table(economy.importance(), name))
    for path in write_figures(edges, study, name, results):
        console.print(f"Figure and its data: {path}", soft_wrap=True)
    return economy


def with_outsiders_grouped(edges: pd.DataFrame) -> pd.DataFrame:
    """Edges with households, funds and banks named by their kind alone, largest first."""
    from ..figures.network import GROUPS, KIND_OF

    def named(agent: str) -> str:
        return GROUPS.get(KIND_OF.get(agent, ""), agent)

    frame = edges.assign(source=edges["source"].map(named), target=edges["target"].map(named))
    sums = frame.groupby(["relation", "source", "target", "what"], sort=False, as_index=False).sum()
    return sums.sort_values("amount", ascending=False, ignore_index=True)


def edge_table(edges: pd.DataFrame, relation: str, quarter: str) -> Table:
    """The largest edges of a relation as a table; what is circular stands in another colour with its share."""
    title, unit = TITLES[relation]
    chosen = with_outsiders_grouped(edges[edges["relation"] == relation])
    table = _table(f"{title}, {quarter}", ("from", "to", "for"), (unit, "circular", "own money back"))
    for edge in chosen.head(SHOWN).to_dict("records"):
        circular, own = edge["circular"] / edge["amount"], edge["own"] / edge["amount"]
        marked = circular >= SMALLEST_MARKED
        table.add_row(
            edge["source"],
            edge["target"],
            edge["what"],
            f"{edge['amount']:,.2f}",
            percent(circular) if marked else "·",
            percent(own) if own >= SMALLEST_MARKED else "·",
            style=CIRCULAR_STYLE if marked else None,
        )
    rest = chosen.iloc[SHOWN:]
    if len(rest):
        share = rest["circular"].sum() / rest["amount"].sum()
        table.add_row(f"{len(rest)} others", "", "", f"{rest['amount'].sum():,.2f}", percent(share), "", style="dim")
    return table


def importance_table(ranking: pd.DataFrame, quarter: str) -> Table:
    """Whose failure would put most at risk in others, by DebtRank, among the key players."""
    from ..common.terminal import table_of
    from .contagion import KEY_PLAYERS

    chosen = ranking[ranking["agent"].isin(KEY_PLAYERS)].sort_values("debt_rank", ascending=False)
    shown = chosen.assign(debt_rank=100.0 * chosen["debt_rank"], removal=100.0 * chosen["removal"])
    shown = shown.rename(columns={"debt_rank": "DebtRank, % of all assets", "removal": "removal, %"})
    return table_of(shown, f"Who matters most if it fails, {quarter} (USD bn)", digits=2, index=False)


def dependence_table(dependence: pd.DataFrame, quarter: str) -> Table:
    """The sellers with the largest AI revenue, and what part of it comes from each one's largest customer."""
    title = f"Who depends on whom, {quarter}: largest customer of each seller"
    numbers = ("AI revenue", "from that customer", "of which circular")
    table = _table(title, ("seller", "largest customer"), numbers)
    for row in dependence[dependence["rank"] == 1].head(SHOWN).to_dict("records"):
        marked = row["circular"] >= SMALLEST_MARKED
        table.add_row(
            row["seller"],
            row["customer"],
            f"{row['revenue']:,.2f}",
            percent(row["share"]),
            percent(row["circular"]) if marked else "·",
            style=CIRCULAR_STYLE if marked else None,
        )
    return table


def _table(title: str, names: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    """A table without rows: names to the left, numbers to the right."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for heading in names:
        table.add_column(heading)
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def charts_of(edges: pd.DataFrame, quarter: str, notes: str, names: tuple[str, str]) -> tuple[Chart, Chart]:
    """Network and Sankey of a quarter's edges under these names."""
    from ..figures.network import network_chart
    from ..figures.sankey import sankey_chart

    network, flows = names
    return (
        network_chart(edges, network, claim(edges, quarter), notes),
        sankey_chart(edges, flows, flows_claim(edges, quarter), notes),
    )


def write_figures(edges: pd.DataFrame, study: Study, quarter: str, folder: Path) -> list[Path]:
    """Draw network and Sankey of a quarter's edges, each with its data as CSV beside. Returns the paths."""
    names = (name_of("web", study, quarter), name_of("web-flows", study, quarter))
    charts = charts_of(edges, quarter, f"{setting_of(study)}, {quarter}. One run of many.", names)
    for chart in charts:
        chart.save(folder)
    return [folder / f"{chart.name}.png" for chart in charts]

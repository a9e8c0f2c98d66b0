"""`circuit web`: the circular web of one quarter, printed and drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulation.deals.web import COMMITTED, OWES, OWNS, PAYS, SUPPLIER_MONEY, revenue_edges

from .compiling import prepare
from .single import build, quarter_number, scenario_of
from .store import check_writable
from .wording import money, percent, several

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from simulation import Economy

    from .figures.chart import Chart
    from .study import Study

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
    computed.
    """
    scenario = scenario_of(study)
    quarter = quarter_number(study, label) if label else min(TWO_YEARS, study.horizon)
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
    for path in write_figures(edges, economy, results):
        console.print(f"Figure and its data: {path}", soft_wrap=True)
    return economy


def claim(edges: pd.DataFrame, quarter: str) -> str:
    """What the web of a quarter says, in one line."""
    sales = revenue_edges(edges)
    total, circular = sales["amount"].sum(), sales["circular"].sum()
    if total <= 0.0:
        return f"Nobody sells AI to anybody in {quarter}"
    share = percent(circular / total)
    return f"{share} of {money(total)} of AI revenue in {quarter} was bought with a supplier's own money"


def flows_claim(edges: pd.DataFrame, quarter: str) -> str:
    """Where the largest part of a quarter's AI revenue came from, in one line."""
    sales = revenue_edges(edges)
    total = sales["amount"].sum()
    if total <= 0.0:
        return claim(edges, quarter)
    words = {"end": "end demand", "core": "core business", "finance": "outside finance", "circular": "suppliers"}
    sums = sales[list(words)].sum().sort_values(ascending=False)
    parts = [f"{percent(amount / total)} from {words[str(source)]}" for source, amount in sums.items()]
    return f"Of {money(total)} of AI revenue in {quarter}, {several(parts)}"


def summary(edges: pd.DataFrame) -> str:
    """Where the quarter's AI revenue came from, and what suppliers put into customers, in a sentence or two."""
    sales = revenue_edges(edges)
    parts = {
        "end demand": sales["end"].sum(),
        "core business": sales["core"].sum(),
        "outside finance": sales["finance"].sum(),
        "suppliers": sales["circular"].sum(),
    }
    total = max(sum(parts.values()), 1e-9)
    words = ", ".join(f"{percent(amount / total)} {name}" for name, amount in parts.items())
    put_in = edges.loc[edges["what"] == SUPPLIER_MONEY, "amount"].sum()
    own = percent(sales["own"].sum() / total)
    return f"Its money came from: {words} ({own} from the seller itself). Suppliers put {money(put_in)} into customers."


def with_outsiders_grouped(edges: pd.DataFrame) -> pd.DataFrame:
    """Edges with households, funds and banks named by their kind alone, largest first."""
    from .figures.network import GROUPS, KIND_OF

    def named(agent: str) -> str:
        return GROUPS.get(KIND_OF.get(agent, ""), agent)

    frame = edges.assign(source=edges["source"].map(named), target=edges["target"].map(named))
    sums = frame.groupby(["relation", "source", "target", "what"], sort=False, as_index=False).sum()
    return sums.sort_values("amount", ascending=False, ignore_index=True)


def edge_table(edges: pd.DataFrame, relation: str, quarter: str) -> Table:
    """The largest edges of a relation as a table; what is circular stands in another colour with its share."""
    from rich import box
    from rich.table import Table

    title, unit = TITLES[relation]
    chosen = with_outsiders_grouped(edges[edges["relation"] == relation])
    table = Table(title=f"{title}, {quarter}", box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for heading in ("from", "to", "for"):
        table.add_column(heading)
    for heading in (unit, "circular", "own money back"):
        table.add_column(heading, justify="right")
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
    from .contagion import KEY_PLAYERS
    from .terminal import table_of

    chosen = ranking[ranking["agent"].isin(KEY_PLAYERS)].sort_values("debt_rank", ascending=False)
    shown = chosen.assign(debt_rank=100.0 * chosen["debt_rank"], removal=100.0 * chosen["removal"])
    shown = shown.rename(columns={"debt_rank": "DebtRank, % of all assets", "removal": "removal, %"})
    return table_of(shown, f"Who matters most if it fails, {quarter} (USD bn)", digits=2, index=False)


def dependence_table(dependence: pd.DataFrame, quarter: str) -> Table:
    """The sellers with the largest AI revenue, and what part of it comes from each one's largest customer."""
    from rich import box
    from rich.table import Table

    title = f"Who depends on whom, {quarter}: largest customer of each seller"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for heading in ("seller", "largest customer"):
        table.add_column(heading)
    for heading in ("AI revenue", "from that customer", "of which circular"):
        table.add_column(heading, justify="right")
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


def charts_of(edges: pd.DataFrame, quarter: str, notes: str, names: tuple[str, str]) -> tuple[Chart, Chart]:
    """Network and Sankey of a quarter's edges under these names."""
    from .figures.network import network_chart
    from .figures.sankey import sankey_chart

    network, flows = names
    return (
        network_chart(edges, network, claim(edges, quarter), notes),
        sankey_chart(edges, flows, flows_claim(edges, quarter), notes),
    )


def write_figures(edges: pd.DataFrame, economy: Economy, folder: Path) -> list[Path]:
    """Draw network and Sankey of a quarter's edges, each with its data as CSV beside. Returns the paths."""
    quarter = economy.label(economy.quarter)
    name = f"{economy.scenario.name}-{economy.vintage}-seed{economy.seed}-{quarter}"
    notes = f"{economy.scenario.name}, vintage {economy.vintage}, seed {economy.seed}, {quarter}. One run of many."
    charts = charts_of(edges, quarter, notes, (f"web-{name}", f"web-flows-{name}"))
    for chart in charts:
        chart.save(folder)
    return [folder / f"{chart.name}.png" for chart in charts]

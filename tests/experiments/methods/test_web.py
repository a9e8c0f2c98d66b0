"""The circular web, printed and drawn, and the tree of a chain reaction."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from experiments.cli.app import main
from experiments.figures.network import LARGEST, grouped, network_chart, ring
from experiments.figures.sankey import COLOURS, SOURCES, flows_of, sankey_chart, stack
from experiments.methods import web
from simulation.measurement.web import Edge

SMALL = ["--firms", "10"]


def edges_by_hand() -> pd.DataFrame:
    """Nvidia has put 6 into OpenAI, which rents for 6 of Oracle, which buys chips for 8 of Nvidia; users pay 4."""
    rows = [
        Edge("pays", "Oracle", "Nvidia", "chips", 8.0, circular=6.0, own=6.0, finance=2.0),
        Edge("pays", "OpenAI", "Oracle", "compute", 6.0, circular=6.0),
        Edge("pays", "Nvidia", "OpenAI", "supplier's money", 6.0, circular=6.0),
        Edge("pays", "End users", "OpenAI", "AI services", 4.0, end=4.0),
        Edge("owns", "Top decile", "Nvidia", "shares", 900.0),
        Edge("owns", "Other households", "Nvidia", "shares", 100.0),
        Edge("owns", "Nvidia", "OpenAI", "shares", 6.0, circular=6.0),
        Edge("owes", "Oracle", "Bank 1", "bank loan", 5.0),
        Edge("committed", "OpenAI", "Oracle", "compute contract", 60.0),
    ]
    return pd.DataFrame(rows, columns=list(Edge._fields))


def test_the_claim_counts_revenue_alone_and_not_the_money_put_in() -> None:
    assert (
        web.claim(edges_by_hand(), "2027Q1")
        == "67% of $18bn of AI revenue in 2027Q1 was bought with a supplier's own money"
    )
    assert web.claim(edges_by_hand().iloc[4:], "2024Q4") == "Nobody sells AI to anybody in 2024Q4"


def test_the_summary_says_where_the_money_came_from() -> None:
    words = web.summary(edges_by_hand())
    assert "22% end demand" in words
    assert "11% outside finance" in words
    assert "67% suppliers (33% from the seller itself)" in words
    assert "Suppliers put $6.0bn into customers." in words


def printed(table: object) -> str:
    console = Console(width=140, record=True, file=io.StringIO(), force_terminal=True, color_system="standard")
    console.print(table)
    return console.export_text(styles=True)


def test_circular_edges_stand_out_with_their_share_and_outsiders_are_pooled() -> None:
    text = printed(web.edge_table(edges_by_hand(), "pays", "2027Q1"))
    assert "75%" in text
    circular = next(line for line in text.splitlines() if "chips" in line)
    plain = next(line for line in text.splitlines() if "AI services" in line)
    assert "\x1b[31m" in circular
    assert "\x1b[31m" not in plain
    owners = printed(web.edge_table(edges_by_hand(), "owns", "2027Q1"))
    assert "1,000.00" in owners
    assert "Top decile" not in owners


def test_a_network_pools_groups_and_drops_what_stays_inside_them() -> None:
    inside = Edge("owes", "Bank 1", "Bank 2", "bank loan", 1.0)
    frame = pd.concat([edges_by_hand(), pd.DataFrame([inside], columns=list(Edge._fields))])
    ties = grouped(frame).set_index(["relation", "source", "target"])
    assert ties.loc[("owns", "Households", "Nvidia"), "amount"] == 1000.0
    assert ("owes", "Banks", "Banks") not in ties.index
    assert ties.loc[("pays", "Oracle", "Nvidia"), "circular"] == 6.0


def test_every_node_of_the_ring_has_a_place_of_its_own() -> None:
    places = ring(grouped(edges_by_hand()))
    assert set(places) == {"End users", "Nvidia", "Oracle", "OpenAI", "Households", "Banks"}
    assert len(set(places.values())) == len(places)
    assert np.hypot(*zip(*places.values(), strict=True)) == pytest.approx(np.ones(len(places)))


def test_ribbons_of_the_sankey_keep_every_dollar() -> None:
    flows = flows_of(edges_by_hand())
    assert flows["amount"].sum() == pytest.approx(18.0)
    by_source = flows.groupby("source")["amount"].sum()
    assert by_source["Suppliers' own money"] == pytest.approx(12.0)
    assert by_source["End demand"] == pytest.approx(4.0)
    assert flows[flows["seller"] == "Nvidia"]["amount"].sum() == pytest.approx(8.0)
    assert set(COLOURS) == set(SOURCES)


def test_nodes_of_a_layer_do_not_overlap() -> None:
    flows = flows_of(edges_by_hand())
    for side in ("source", "buyer", "seller"):
        nodes = sorted(stack(flows, side, 0.05).values())
        for below, above in pairwise(nodes):
            assert below.bottom + below.height < above.bottom


def test_small_buyers_and_sellers_join_the_others() -> None:
    small = Edge("pays", "xAI", "CoreWeave", "compute", 0.001, finance=0.001)
    frame = pd.concat([edges_by_hand(), pd.DataFrame([small], columns=list(Edge._fields))])
    assert {"xAI", "CoreWeave"}.isdisjoint({*flows_of(frame)["buyer"], *flows_of(frame)["seller"]})
    assert flows_of(frame)["amount"].sum() == pytest.approx(18.001)


@pytest.mark.parametrize("count", [0, 4, 9])
def test_both_figures_are_drawn_from_any_edges_with_their_data_beside(count: int, tmp_path: Path) -> None:
    edges = edges_by_hand().head(count)
    for chart in (network_chart(edges, "network", "A claim", "Notes."), sankey_chart(edges, "flows", "A", "Notes.")):
        chart.save(tmp_path)
        assert chart.svg(narrow=True).count("<svg") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"network.png", "network.csv", "flows.png", "flows.csv"}
    assert list(pd.read_csv(tmp_path / "flows.csv").columns) == ["source", "buyer", "seller", "amount"]
    assert len(pd.read_csv(tmp_path / "network.csv")) <= LARGEST * 4


def circuit(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return int(stopped.value.code or 0)


def test_circuit_web_prints_the_web_of_a_quarter_and_draws_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["web", "late-chips", "--quarter", "2025Q3", "--seed", "2", "--set", "gamma=0.05", *SMALL]
    assert circuit(*command, "--results", str(tmp_path)) == 0
    text = capsys.readouterr().out
    for part in ("Who pays whom, 2025Q3", "Who owns whom", "Who owes whom", "Who has committed to whom", "depends on"):
        assert part in text
    name = "2025Q3-late-chips-2024Q4-gamma-0.05-firms10-seed2"
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {f"web-{name}.png", f"web-{name}.csv", f"web-flows-{name}.png", f"web-flows-{name}.csv"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--quarter", "2060Q1"], "allowed: 2024Q4 to 2034Q4"),
        (["--set", "gama=1"], 'nearest: "gamma"'),
        (["--results", "/proc/results"], "cannot be written"),
        (["late-chip"], 'nearest: "late-chips"'),
    ],
)
def test_bad_input_to_circuit_web_is_answered_in_one_line(
    arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert circuit("web", *arguments) == 2
    output = capsys.readouterr()
    assert expected in output.err
    assert output.err.count("\n") == 1
    assert output.out == ""

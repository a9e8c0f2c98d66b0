"""A chain reaction, drawn as the tree it was: who fell first, what followed, through which channel."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.figures.cascade import cascade_chart, largest_of, places_of
from experiments.narrative.reactions import chain_of, claim_of, fallen, followers, largest_reaction, path_of, started_by

COLUMNS = ["quarter", "agent", "event", "cause", "amount", "generation", "other", "channel"]
ROWS = [
    ("2027Q2", "Investors", "withdrawal_begins", "", 0.3, 0, "", ""),
    ("2027Q3", "OpenAI", "default", "", 12.0, 0, "", ""),
    ("2027Q3", "OpenAI", "contract_ended", "", 110.0, 1, "Oracle", "contracts"),
    ("2027Q3", "CoreWeave", "default", "", 8.0, 1, "OpenAI", "contracts"),
    ("2027Q3", "Private-credit fund 2", "fund_loss", "", 4.0, 2, "CoreWeave", "debts"),
    ("2027Q4", "Specialist bank", "bank_resolved", "", 2.0, 3, "Private-credit fund 2", "debts"),
    ("2028Q1", "Meta", "orders_cut", "", 2.0, 0, "", ""),
    ("2028Q4", "Lab 5", "default", "", 0.4, 0, "", ""),
]


def events(rows: list[tuple[object, ...]] = ROWS) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def followed_from(chain: pd.DataFrame) -> dict[str, str]:
    """Who each agent's last event followed from."""
    agent_of = dict(zip(chain["number"], chain["agent"], strict=True)) | {-1: ""}
    return {row["agent"]: agent_of[row["parent"]] for row in chain.to_dict("records")}


def test_every_event_hangs_on_what_it_followed_from() -> None:
    assert followed_from(chain_of(events())) == {
        "OpenAI": "OpenAI",
        "CoreWeave": "OpenAI",
        "Private-credit fund 2": "CoreWeave",
        "Specialist bank": "Private-credit fund 2",
        "Lab 5": "",
    }


def test_losses_that_start_nothing_and_follow_from_nothing_are_no_chain() -> None:
    told = set(chain_of(events())["agent"])
    assert "Meta" not in told
    assert "Investors" not in told


def test_who_is_named_counts_more_than_who_fell_last() -> None:
    rows = [
        ("2027Q1", "xAI", "default", "", 1.0, 0, "", ""),
        ("2027Q2", "OpenAI", "default", "", 1.0, 0, "", ""),
        ("2027Q2", "Oracle", "default", "", 1.0, 1, "xAI", "contracts"),
        ("2027Q2", "Neocloud 2", "insolvency", "", 1.0, 1, "", "collateral"),
    ]
    parents = followed_from(chain_of(events(rows)))
    assert parents["Oracle"] == "xAI"
    assert parents["Neocloud 2"] == "OpenAI", "with nobody named, the last who fell"


def test_the_claim_names_who_began_the_largest_reaction_and_counts_only_those_it_took_along() -> None:
    expected = "OpenAI fell (2027Q3) and took 2 others along in 2 steps; all failures cost $22bn"
    assert claim_of(chain_of(events())) == expected
    alone = chain_of(events([ROWS[-1]]))
    assert claim_of(alone) == "Lab 5 fell (2028Q4) and took nobody along; all failures cost $400m"
    assert claim_of(chain_of(events([]))) == "Nobody fell, and no loss spread"


def test_every_event_has_a_row_beneath_what_it_followed_from_and_a_step_to_its_right() -> None:
    chain = chain_of(events())
    places = places_of(chain)
    assert sorted(row for _, row in places.values()) == list(range(len(chain)))
    for number, parent in zip(chain["number"], chain["parent"], strict=True):
        step, row = places[number]
        above, over = places.get(parent, (-1, -1))
        assert step == above + 1
        assert row > over


def test_who_fell_after_a_forced_sale_hangs_on_the_fall_of_the_seller_it_names() -> None:
    sale = "collateral in a fire sale"
    rows = [
        ("2031Q1", "Neocloud 4", "default", "", 1.0, 0, "", ""),
        ("2031Q1", "Neocloud 4", "mothballed", "", 9.0, 0, "", ""),
        ("2031Q3", "Neocloud 5", "default", "", 6.0, 0, "", ""),
        ("2031Q3", "Neocloud 5", "mothballed", "", 7.0, 0, "", ""),
        ("2031Q3", "Neocloud 6", "default", "", 1.0, 0, "", ""),
        ("2031Q3", "Neocloud 6", "fire_sale", "", 2.0, 0, "Amazon", ""),
        ("2031Q4", "CoreWeave", "default", "", 9.0, 0, "Neocloud 5", sale),
    ]
    chain = chain_of(events(rows))
    assert followed_from(chain)["CoreWeave"] == "Neocloud 5"
    assert followed_from(chain_of(events(rows[-1:])))["CoreWeave"] == "", "nobody had sold"


def test_a_blow_of_an_earlier_quarter_is_followed_back_to_the_last_fall_of_who_dealt_it() -> None:
    rows = [
        ("2031Q1", "Neocloud 4", "default", "", 1.0, 0, "", ""),
        ("2031Q3", "Lab 4", "default", "", 1.0, 0, "Neocloud 4", "unpaid dues"),
        ("2031Q3", "Oracle", "default", "", 1.0, 0, "Nvidia", "refused roll-over"),
    ]
    assert followed_from(chain_of(events(rows))) == {"Neocloud 4": "", "Lab 4": "Neocloud 4", "Oracle": ""}


def test_the_largest_reaction_brings_most_agents_down_and_leaves_others_out() -> None:
    reaction = largest_reaction(chain_of(events()))
    assert list(fallen(reaction)["agent"]) == ["OpenAI", "CoreWeave", "Specialist bank"]
    assert followers(reaction) == 2
    assert len(started_by(reaction, int(fallen(reaction)["number"].iloc[1]))) == 3


def test_losses_of_one_that_fell_hang_on_its_fall_and_bring_nobody_down_themselves() -> None:
    rows = [
        ("2029Q1", "Lab 5", "contract_ended", "", 0.1, 0, "Amazon", "its own means"),
        ("2029Q1", "Lab 5", "contract_ended", "", 0.3, 0, "Amazon", "its own means"),
        ("2029Q1", "Lab 5", "default", "", 2.9, 0, "", "its own means"),
        ("2029Q3", "Neocloud 3", "default", "", 3.3, 1, "Lab 5", "unpaid dues"),
    ]
    chain = chain_of(events(rows)).set_index("event")
    assert list(chain["number"]) == [0, 1, 2], "the fall comes first"
    assert chain.loc["contract_ended", "parent"] == 0
    assert chain.loc["contract_ended", "amount"] == pytest.approx(0.4), "two contracts with one provider, told once"
    assert chain["parent"].iloc[2] == 0


def test_of_too_many_events_the_falls_are_kept_with_all_they_followed_from() -> None:
    chain = chain_of(events())
    kept = largest_of(chain, most=5)
    assert "contract_ended" not in set(kept["event"]), "the largest loss gives way to the falls"
    assert set(kept["parent"]) - {-1} <= set(kept["number"])
    assert {"OpenAI", "CoreWeave", "Specialist bank", "Lab 5"} <= set(kept["agent"])
    paths = path_of(kept)
    assert max(len(path) for path in paths.values()) == 4


@pytest.mark.parametrize("count", [0, 2, 8])
def test_a_tree_is_drawn_with_its_chain_beside(count: int, tmp_path: Path) -> None:
    chart = cascade_chart(events(ROWS[:count]), "cascade", "Synthetic.")
    chart.save(tmp_path)
    assert chart.svg(narrow=True).count("default") == len(
        fallen(chain_of(events(ROWS[:count]))).query("event == 'default'")
    )
    assert (tmp_path / "cascade.png").stat().st_size > 1000
    chain = pd.read_csv(tmp_path / "cascade.csv")
    assert len(chain) == {0: 0, 2: 1, 8: 6}[count]

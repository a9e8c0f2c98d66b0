"""A chain reaction, drawn as the tree it was: who fell first, what followed, through which channel."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.figures.cascade import LOSSES, chain_of, claim_of, draw_cascade, largest_of, path_of, tree

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


def test_the_claim_names_the_first_and_counts_only_those_it_took_along() -> None:
    expected = "OpenAI fell first (2027Q3) and took 2 others along over 3 generations; all failures cost $22bn"
    assert claim_of(chain_of(events())) == expected
    alone = chain_of(events([ROWS[-1]]))
    assert claim_of(alone) == "Lab 5 fell first (2028Q4) and took nobody along; all failures cost $400m"
    assert claim_of(chain_of(events([]))) == "Nobody fell, and no loss spread"


def test_every_event_has_a_place_and_generations_go_from_left_to_right() -> None:
    chain = chain_of(events())
    places = tree(chain)
    assert set(places) == set(chain["number"])
    assert len(set(places.values())) == len(places)
    expected = [
        g - 0.5 if loss else g for g, loss in zip(chain["generation"], chain["event"].isin(LOSSES), strict=True)
    ]
    assert [places[number][0] for number in chain["number"]] == expected


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
    draw_cascade(events(ROWS[:count]), tmp_path / "cascade.png", "Synthetic.")
    assert (tmp_path / "cascade.png").stat().st_size > 1000
    chain = pd.read_csv(tmp_path / "cascade.csv")
    assert len(chain) == {0: 0, 2: 1, 8: 6}[count]

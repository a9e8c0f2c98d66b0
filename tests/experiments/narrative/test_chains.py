"""A chain of failures is told from its events."""

from __future__ import annotations

import pandas as pd

from experiments.narrative.chains import tell_chain

DATES = [f"{year}Q{quarter}" for year in (2026, 2027) for quarter in (1, 2, 3, 4)]
COLUMNS = ["quarter", "agent", "event", "amount", "other", "channel", "generation", "cause"]


def events(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame([(*row, "") for row in rows], columns=COLUMNS)


def test_without_failures_there_is_no_chain() -> None:
    assert tell_chain(events(("2026Q1", "OpenAI", "round", 10.0, "", "", 0)), DATES) == ""


def test_a_chain_names_signs_failure_lost_contracts_and_who_followed() -> None:
    told = tell_chain(
        events(
            ("2026Q2", "OpenAI", "failed_round", 0.0, "", "", 0),
            ("2026Q3", "OpenAI", "contract_cancelled", 40.0, "Oracle", "", 0),
            ("2027Q1", "OpenAI", "contract_ended", 120.0, "Oracle", "", 0),
            ("2027Q1", "OpenAI", "default", 5.0, "", "its own means", 0),
            ("2027Q2", "Oracle", "default", 30.0, "OpenAI", "a lost contract", 1),
            ("2027Q3", "Abilene vehicle", "default", 4.0, "Oracle", "unpaid dues", 2),
        ),
        DATES,
    )
    assert told == (
        "OpenAI's round failed in 2026Q2. It cancelled contracts worth $40bn with Oracle. In 2027Q1 OpenAI failed; its "
        "creditors lost $5.0bn. With its contracts Oracle lost $120bn of backlog. It brought down Oracle in 2027Q2, "
        "through a lost contract; Abilene vehicle in 2027Q3, through unpaid dues."
    )


def test_a_failure_in_the_last_quarter_is_not_said_to_have_brought_down_nobody() -> None:
    told = tell_chain(events(("2027Q4", "CoreWeave", "default", 9.0, "", "its own means", 0)), DATES)
    assert told == "In 2027Q4 CoreWeave failed; its creditors lost $9.0bn. The run ends there."


def test_a_failure_that_others_caused_says_so() -> None:
    told = tell_chain(events(("2027Q2", "CoreWeave", "default", 9.0, "OpenAI", "unpaid dues", 1)), DATES)
    assert told == (
        "In 2027Q2 CoreWeave failed after unpaid dues (OpenAI); its creditors lost $9.0bn. "
        "Nobody else failed because of it."
    )


def test_what_led_to_a_failure_is_told_in_the_order_in_which_it_came() -> None:
    told = tell_chain(
        events(
            ("2026Q1", "Lab 5", "relief", 0.0, "Bank 1", "", 0),
            ("2026Q2", "Lab 5", "contract_cancelled", 40.0, "Amazon", "", 0),
            ("2026Q4", "Lab 5", "failed_round", 0.0, "", "", 0),
            ("2027Q1", "Lab 5", "default", 5.0, "", "its own means", 0),
        ),
        DATES,
    )
    assert told.startswith(
        "Lab 5's creditors granted relief in 2026Q1. It cancelled contracts worth $40bn with Amazon. Its round failed "
        "in 2026Q4. In 2027Q1 Lab 5 failed"
    )


def test_followers_that_are_not_named_are_counted_apart_from_the_last_that_is() -> None:
    fell = [(f"2026Q{n}", f"Vehicle {n}", "default", 4.0, "Oracle", "unpaid dues", 1) for n in (2, 3, 4)]
    told = tell_chain(
        events(
            ("2026Q1", "Oracle", "default", 90.0, "", "its own means", 0),
            *fell,
            ("2027Q1", "Vehicle 5", "default", 4.0, "Oracle", "unpaid dues", 1),
        ),
        DATES,
    )
    assert told.endswith("Vehicle 4 in 2026Q4, through unpaid dues; and 1 more.")

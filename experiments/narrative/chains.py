"""The largest failure of a run as a chain: what led to it, what it broke, who followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..analysis.wording import money, several
from .reactions import chain_of, fallen, started_by

if TYPE_CHECKING:
    import pandas as pd

FAILURES = ("default", "insolvency", "forced_failure")
BEFORE = 8
"""Quarters before a failure in which its signs are looked for."""
NAMED = 3
SMALLEST_CONTRACT = 1.0  # USD bn


def tell_chain(events: pd.DataFrame, dates: list[str]) -> str:
    """The failure that cost creditors or contracts most, in sentences; empty where nobody failed.

    `events` are those of `Economy.events`, `dates` the quarters of the run in order.
    """
    failures = events[events["event"].isin(FAILURES)]
    if failures.empty:
        return ""
    ended = events[events["event"] == "contract_ended"].groupby(["agent", "quarter"])["amount"].sum()
    broken = [float(ended.get(key, 0.0)) for key in zip(failures["agent"], failures["quarter"], strict=True)]
    worst = failures.iloc[int((failures["amount"].to_numpy() + broken).argmax())]
    return tell_failure(events, dates, worst)


def tell_failure(events: pd.DataFrame, dates: list[str], failure: pd.Series) -> str:
    """One failure in sentences: its signs, what it broke, whom it brought down. `failure` is a row of events."""
    place = dates.index(failure["quarter"])
    before = events[events["quarter"].isin(dates[max(place - BEFORE, 0) : place + 1])]
    after = events[events["quarter"].isin(dates[place:])]
    return " ".join(
        [
            *_signs(before, failure),
            _failure(failure),
            *_broken(after, failure),
            *_followers(after, failure, last=failure["quarter"] == dates[-1]),
        ]
    )


def _signs(events: pd.DataFrame, failure: pd.Series) -> list[str]:
    """What showed before a failure, in the order in which it began."""
    agent = failure["agent"]
    mine = events[events["agent"] == agent]
    rounds, relief = mine[mine["event"] == "failed_round"], mine[mine["event"] == "relief"]
    cancelled = mine[mine["event"] == "contract_cancelled"]
    amounts = cancelled.groupby("other")["amount"].sum().sort_values(ascending=False)
    parts = [
        f"{money(amount)} with {other}" for other, amount in amounts.head(NAMED).items() if amount > SMALLEST_CONTRACT
    ]
    found = []
    if len(rounds):
        found.append((rounds["quarter"].iloc[0], "whose", f"round failed in {rounds['quarter'].iloc[0]}."))
    if parts:
        found.append((cancelled["quarter"].iloc[0], "who", f"cancelled contracts worth {several(parts)}."))
    if len(relief):
        found.append((relief["quarter"].iloc[0], "whose", f"creditors granted relief {_first_and_last(relief)}."))
    found.sort(key=lambda sign: sign[0])
    named = {"whose": f"{agent}'s", "who": agent}
    again = {"whose": "Its", "who": "It"}
    return [f"{(again if number else named)[who]} {words}" for number, (_, who, words) in enumerate(found)]


def _first_and_last(events: pd.DataFrame) -> str:
    """'in 2030Q1', or 'in 2030Q1, last in 2031Q2' where it came more than once."""
    first, last = events["quarter"].iloc[0], events["quarter"].iloc[-1]
    return f"in {first}" if first == last else f"in {first}, last in {last}"


def _failure(failure: pd.Series) -> str:
    through = ""
    if failure["other"] and failure["channel"] not in ("its own means", "an experiment"):
        through = f" after {failure['channel']} ({failure['other']})"
    return f"In {failure['quarter']} {failure['agent']} failed{through}; its creditors lost {money(failure['amount'])}."


def _broken(events: pd.DataFrame, failure: pd.Series) -> list[str]:
    mine = (events["agent"] == failure["agent"]) & (events["quarter"] == failure["quarter"])
    ended = events[mine & (events["event"] == "contract_ended")]
    lost = ended.groupby("other")["amount"].sum().sort_values(ascending=False)
    lost = lost[lost > SMALLEST_CONTRACT]
    if lost.empty:
        return []
    parts = [f"{other} lost {money(amount)} of backlog" for other, amount in lost.head(NAMED).items()]
    return [f"With its contracts {several(parts)}."]


def _followers(events: pd.DataFrame, failure: pd.Series, last: bool) -> list[str]:
    """Whom a failure brought down; in the last quarter of a run that is not known yet."""
    chain = chain_of(events)
    here = fallen(chain)
    here = here[(here["agent"] == failure["agent"]) & (here["quarter"] == failure["quarter"])]
    after = fallen(started_by(chain, int(here["number"].iloc[0])))
    others = after[after["agent"] != failure["agent"]].drop_duplicates("agent")
    if others.empty and last:
        return ["The run ends there."]
    if others.empty:
        return ["Nobody else failed because of it."]
    shown = others.head(NAMED)[["agent", "quarter", "channel"]].itertuples(index=False)
    more = f"; and {len(others) - NAMED} more" if len(others) > NAMED else ""
    parts = "; ".join(f"{agent} in {quarter}, through {channel}" for agent, quarter, channel in shown)
    return [f"It brought down {parts}{more}."]

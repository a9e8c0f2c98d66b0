"""The largest failure of a run as a chain: what led to it, what it broke, who followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .wording import money, several

if TYPE_CHECKING:
    import pandas as pd

FAILURES = ("default", "insolvency", "forced_failure")
BEFORE = 8
"""Quarters before a failure in which its signs are looked for."""
AFTER = 8
"""Quarters after it in which those are named whom it brought down."""
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
    place = dates.index(worst["quarter"])
    before = events[events["quarter"].isin(dates[max(place - BEFORE, 0) : place + 1])]
    after = events[events["quarter"].isin(dates[place : place + AFTER + 1])]
    sentences = [*_signs(before, worst), _failure(worst), *_broken(after, worst), *_followers(after, worst)]
    return " ".join(sentences)


def _signs(events: pd.DataFrame, failure: pd.Series) -> list[str]:
    agent, sentences = failure["agent"], []
    mine = events[events["agent"] == agent]
    rounds = mine[mine["event"] == "failed_round"]
    if len(rounds):
        sentences.append(f"{agent}'s round failed in {rounds['quarter'].iloc[0]}.")
    cancelled = mine[mine["event"] == "contract_cancelled"].groupby("other")["amount"].sum()
    largest = cancelled[cancelled > SMALLEST_CONTRACT].sort_values(ascending=False)
    if len(largest):
        parts = [f"{money(amount)} with {other}" for other, amount in largest.head(NAMED).items()]
        sentences.append(f"It cancelled contracts worth {several(parts)}.")
    relief = mine[mine["event"] == "relief"]
    if len(relief):
        sentences.append(f"Its creditors granted relief in {relief['quarter'].iloc[-1]}.")
    return sentences


def _failure(failure: pd.Series) -> str:
    through = ""
    if failure["other"] and failure["channel"] not in ("its own means", "an experiment"):
        through = f" after {failure['channel']} ({failure['other']})"
    return f"In {failure['quarter']} {failure['agent']} failed{through}; its creditors lost {money(failure['amount'])}."


def _broken(events: pd.DataFrame, failure: pd.Series) -> list[str]:
    ended = events[(events["event"] == "contract_ended") & (events["agent"] == failure["agent"])]
    lost = ended.groupby("other")["amount"].sum().sort_values(ascending=False)
    lost = lost[lost > SMALLEST_CONTRACT]
    if lost.empty:
        return []
    parts = [f"{other} lost {money(amount)} of backlog" for other, amount in lost.head(NAMED).items()]
    return [f"With its contracts {several(parts)}."]


def _followers(events: pd.DataFrame, failure: pd.Series) -> list[str]:
    brought_down = {failure["agent"]}
    chain = []
    failures = events[events["event"].isin(FAILURES)]
    for agent, quarter, other, channel in failures[["agent", "quarter", "other", "channel"]].itertuples(index=False):
        if other in brought_down and agent not in brought_down:
            brought_down.add(agent)
            chain.append(f"{agent} in {quarter}, through {channel}")
    if not chain:
        return ["Nobody else failed because of it."]
    more = f" and {len(chain) - NAMED} more" if len(chain) > NAMED else ""
    return [f"It brought down {'; '.join(chain[:NAMED])}{more}."]

"""Who failed in a run, and on whom creditors lost most, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..analysis.wording import how_many, money, several
from .chains import FAILURES

if TYPE_CHECKING:
    import pandas as pd

LARGEST_TOLD = 4
SMALLEST_LOSS_TOLD = 1.0  # USD bn
BANK = "bank_resolved"


def tell_failures(history: pd.DataFrame, events: pd.DataFrame) -> str:
    """How many failed and who first, the costliest failures, the banks among them, and the ordinary firms."""
    failures = events[events["event"].isin((*FAILURES, BANK))]
    firms = float(history["firm_failures"].sum())
    ordinary = f"{how_many(firms, 'ordinary firm')} failed and {'was' if firms == 1.0 else 'were'} replaced"
    if failures.empty:
        return f"No firm of the AI sector and no lender failed; {ordinary}."
    # What government put into a bank that it resolved is nobody's loss on the failed.
    others = failures[failures["event"] != BANK]
    sentences = [
        _first(failures, history.index[0]),
        _costliest(others),
        _banks(failures[failures["event"] == BANK]),
        _on_debt(float(others["amount"].sum()), float(history["ai_credit_losses"].sum())),
        f"{ordinary[0].upper()}{ordinary[1:]}.",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _first(failures: pd.DataFrame, since: str) -> str:
    """How many failed since a quarter, with all that failed in the first quarter in which somebody did."""
    agents, quarter = failures["agent"].nunique(), failures["quarter"].iloc[0]
    first = list(dict.fromkeys(failures.loc[failures["quarter"] == quarter, "agent"]))
    if agents == 1:
        return f"From {since} on, of the AI sector and its lenders only {first[0]} failed, in {quarter}."
    if agents == len(first):
        return f"From {since} on, of the AI sector and its lenders only {several(first)} failed, all in {quarter}."
    when = f"the first in {quarter} ({several(first)})"
    return f"From {since} on, {agents} firms and lenders of the AI sector failed, {when}."


def _costliest(failures: pd.DataFrame) -> str:
    """The failures on which creditors lost most, of those who failed more than once the costliest."""
    large = failures[failures["amount"] >= SMALLEST_LOSS_TOLD].sort_values("amount", ascending=False, kind="stable")
    large = large.drop_duplicates("agent").head(LARGEST_TOLD)
    rows = zip(large["agent"], large["amount"], large["quarter"], strict=True)
    named = [f"{agent} ({money(amount)}, {quarter})" for agent, amount, quarter in rows]
    return f"Creditors lost most on {several(named)}." if named else ""


def _banks(resolved: pd.DataFrame) -> str:
    named = [f"{row.agent} was resolved in {row.quarter}" for row in resolved.itertuples()]
    return f"{several(named)}." if named else ""


def _on_debt(lost: float, on_debt: float) -> str:
    """What creditors lost on all that failed, where much of it was no debt."""
    if lost - on_debt <= SMALLEST_LOSS_TOLD:
        return ""
    told = money(on_debt) if on_debt >= SMALLEST_LOSS_TOLD else "next to nothing"
    return (
        f"On all that failed creditors lost {money(lost)}, {told} of it on debt; the rest were dues and damages of "
        "contracts, which are no credit event."
    )

"""Chain reactions as trees: which failure or loss followed from which, read from the events of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.dates import between

from ..analysis.wording import how_many, money

if TYPE_CHECKING:
    import pandas as pd

FALLS = ("default", "insolvency", "forced_failure", "bank_resolved")
LOSSES = (
    "relief", "fire_sale", "mothballed", "contract_cancelled", "contract_ended", "stake_cancelled",
    "purchase_cancelled", "backstop_called", "vehicle_closed", "guarantee_called", "fund_loss", "failed_round",
    "orders_cut",
)  # fmt: skip
SMALLEST_TOLD = 0.05  # USD bn
COLUMNS = ["quarter", "agent", "event", "cause", "amount", "generation", "other", "channel"]
"""What of a run's events a chain is read from."""

Event = dict[Any, Any]


def chain_of(events: pd.DataFrame) -> pd.DataFrame:
    """The events that belong to chain reactions, each with the event it followed from.

    `events` are those of `Economy.events`: quarter, agent, event, cause, amount (USD bn), generation (0 for what
    starts a chain), other, channel. Adds `number` and `parent`, the number of the event before, -1 for the first.
    Losses that started nothing and followed from nothing are left out.
    """
    chosen = events[events["event"].isin((*FALLS, *LOSSES)) & (events["generation"] >= 0)]
    # What one agent lost to one other in a quarter is told once.
    told = ["quarter", "agent", "event", "generation", "other", "channel"]
    chosen = chosen.groupby(told, sort=False, as_index=False).agg({"cause": "first", "amount": "sum"})
    chosen = chosen.assign(loss=chosen["event"].isin(LOSSES))
    chosen = chosen.sort_values(["quarter", "generation", "loss"], kind="stable", ignore_index=True).drop(
        columns="loss"
    )
    rows = chosen.to_dict("records")
    parents = [_parent(rows, number) for number in range(len(rows))]
    chain = chosen.assign(number=range(len(rows)), parent=parents)
    fell = chain["event"].isin(FALLS)
    linked = (chain["parent"] >= 0) | chain["number"].isin(parents)
    return chain[fell | linked].reset_index(drop=True)


def _parent(rows: list[Event], number: int) -> int:
    """What an event followed from, -1 for the first of a chain: by generation, else a blow of a quarter before."""
    found = _by_generation(rows, number)
    event = rows[number]
    if found >= 0 or event["event"] not in FALLS or not event["other"]:
        return found
    return _fall_before(rows, number)


def _by_generation(rows: list[Event], number: int) -> int:
    """A loss of one that fell in the quarter hangs on its fall; else an event of generation k follows the one it names
    at generation k - 1, its fall if there is one; a failure that names nobody, the last that fell there."""
    event, best = rows[number], -1
    fell = event["event"] in FALLS
    for candidate, before in enumerate(rows[:number]):
        failure = before["event"] in FALLS
        if not fell and failure and (before["agent"], before["quarter"]) == (event["agent"], event["quarter"]):
            return candidate
        named = before["agent"] == event["other"] or (fell and failure and not event["other"])
        if not named or before["generation"] != event["generation"] - 1:
            continue
        if not failure and not 0 <= between(before["quarter"], event["quarter"]) <= 1:
            continue
        if failure or best < 0 or rows[best]["event"] not in FALLS:
            best = candidate
    return best


def _fall_before(rows: list[Event], number: int) -> int:
    """The last fall of the one that is named, in an earlier quarter."""
    event = rows[number]
    falls = [
        candidate
        for candidate, before in enumerate(rows[:number])
        if before["event"] in FALLS and before["agent"] == event["other"] and before["quarter"] < event["quarter"]
    ]
    return falls[-1] if falls else -1


def path_of(chain: pd.DataFrame) -> dict[int, list[int]]:
    """For every event, its number and those of all events it followed from, back to the first."""
    parent_of = dict(zip(chain["number"], chain["parent"], strict=True))
    paths = {}
    for number in parent_of:
        path = [number]
        while parent_of.get(path[-1], -1) >= 0:
            path.append(parent_of[path[-1]])
        paths[number] = path
    return paths


def started_by(chain: pd.DataFrame, number: int) -> pd.DataFrame:
    """The part of a chain that followed from one event, the event first."""
    paths = path_of(chain)
    return chain[[number in paths[each] for each in chain["number"]]].reset_index(drop=True)


def fallen(chain: pd.DataFrame) -> pd.DataFrame:
    """Of a chain, the events in which somebody failed."""
    return chain[chain["event"].isin(FALLS)]


def largest_reaction(chain: pd.DataFrame) -> pd.DataFrame:
    """The one reaction of a chain that brought most agents down; of equals, that whose failures cost most."""
    paths = path_of(chain)
    fell = fallen(chain)
    if fell.empty:
        return chain
    roots = fell["number"].map(lambda number: paths[number][-1])
    size = fell.groupby(roots).agg(agents=("agent", "nunique"), cost=("amount", "sum"))
    root = size.sort_values(["agents", "cost"], kind="stable").index[-1]
    return started_by(chain, int(root))


def followers(reaction: pd.DataFrame) -> int:
    """How many agents a reaction brought down after the one that fell first."""
    return max(fallen(reaction)["agent"].nunique() - 1, 0)


def depth_of(chain: pd.DataFrame) -> dict[int, int]:
    """How many failures each event of a chain followed from."""
    fell = set(fallen(chain)["number"])
    return {number: sum(before in fell for before in path[1:]) for number, path in path_of(chain).items()}


def claim_of(chain: pd.DataFrame) -> str:
    """Who started the largest reaction of a chain, how many it took along and what all failures cost, in one line."""
    fell = fallen(chain)
    if fell.empty:
        return "Nobody fell, and no loss spread" if chain.empty else "Losses spread, but nobody fell"
    reaction = largest_reaction(chain)
    first, others = fallen(reaction).iloc[0], followers(reaction)
    along = f"{others or 'nobody'}{'' if others == 0 else ' others' if others > 1 else ' other'} along"
    depth = depth_of(reaction)
    steps = max(depth[number] for number in fallen(reaction)["number"])
    reach = f" in {how_many(steps, 'step')}" if others and steps else ""
    return f"{first['agent']} fell ({first['quarter']}) and took {along}{reach}; {_cost(chain)}"


def _cost(chain: pd.DataFrame) -> str:
    """What failures cost creditors; if they cost them nothing, the contracts that ended."""
    cost = float(fallen(chain)["amount"].sum())
    if cost >= SMALLEST_TOLD:
        return f"all failures cost {money(cost)}"
    ended = float(chain.loc[chain["event"] == "contract_ended", "amount"].sum())
    return f"contracts of {money(ended)} ended" if ended >= SMALLEST_TOLD else "creditors lost nothing"

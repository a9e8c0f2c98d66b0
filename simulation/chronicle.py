"""What happened in a quarter: every kind of event declared once. Rules tell events by number, readers get words.

An event has an agent, often a counterparty, an amount (USD bn), gigawatts, and, in a chain reaction, its generation:
0 for what starts a chain, k for what follows from events of generation k - 1.
"""

from __future__ import annotations

from typing import NamedTuple

from simulation.rule import Record, record, rule, slots


class Happening(NamedTuple):
    """A kind of event. `words` may use {agent}, {other}, {amount}, {gigawatts}."""

    name: str
    words: str


HAPPENINGS = (
    Happening("default", "{agent} could not pay what was due and failed; its creditors lost {amount}"),
    Happening("insolvency", "{agent} owed more than it owned for two quarters and failed; creditors lost {amount}"),
    Happening("forced_failure", "{agent} was made to fail; its creditors lost {amount}"),
    Happening("relief", "{agent}'s creditors granted relief worth {amount}"),
    Happening("fire_sale", "{agent}'s compute ({gigawatts}) was sold in distress to {other} for {amount}"),
    Happening("mothballed", "{gigawatts} of {agent}'s compute found no buyer and was mothballed"),
    Happening("reactivated", "{agent} bought {gigawatts} of mothballed compute for {amount}"),
    Happening("contract_cancelled", "{agent} cancelled {gigawatts} under contract with {other}: {amount} of backlog"),
    Happening("contract_ended", "{agent}'s contract with {other} ended in failure: {amount} of backlog"),
    Happening("deal", "{agent} and {other} agreed on a deal worth {amount}"),
    Happening("stake_paid", "{agent} paid {amount} for shares of {other}"),
    Happening("stake_cancelled", "{agent} did not pay {amount} it had promised {other} for shares"),
    Happening("purchase_cancelled", "{agent} cancelled purchases of {amount} from {other}"),
    Happening("warrants_vested", "{agent} earned warrants on shares of {other} worth {amount}"),
    Happening("warrants_exercised", "{agent} exercised warrants on {other} worth {amount}"),
    Happening("vendor_loan", "{agent} lent its customer {other} {amount}"),
    Happening("backstop_called", "{agent} rented what {other} could not sell, for {amount}"),
    Happening("vehicle_made", "a vehicle bought {amount} of compute from {agent} and leased it back"),
    Happening("vehicle_closed", "the vehicle that leased to {agent} was closed"),
    Happening("guarantee_called", "{agent} made good {amount} of a vehicle's residual value"),
    Happening("fund_loss", "{agent}'s lender wrote off {amount} it could not be paid"),
    Happening("bank_resolved", "{agent} was resolved: owners lost all, the government put in {amount}"),
    Happening("entry", "{agent} entered, founded with {amount}"),
    Happening("fine", "{agent} was fined and paid {amount}"),
    Happening("bail_out", "government granted {agent} {amount}, which it could not have paid"),
    Happening("guarantee_paid", "government paid {amount} of rents and damages that {agent} owed"),
    Happening("scandal", "a scandal took {amount} off the market value of {agent}"),
)  # fmt: skip

DEFAULT = 0
INSOLVENCY = 1
FORCED_FAILURE = 2
RELIEF = 3
FIRE_SALE = 4
MOTHBALLED = 5
REACTIVATED = 6
CONTRACT_CANCELLED = 7
CONTRACT_ENDED = 8
DEAL_AGREED = 9
STAKE_PAID = 10
STAKE_CANCELLED = 11
PURCHASE_CANCELLED = 12
WARRANTS_VESTED = 13
WARRANTS_EXERCISED = 14
VENDOR_LOAN = 15
BACKSTOP_CALLED = 16
VEHICLE_MADE = 17
VEHICLE_CLOSED = 18
GUARANTEE_CALLED = 19
FUND_LOSS = 20
BANK_RESOLVED = 21
ENTRY = 22
FINE = 23
BAIL_OUT = 24
GUARANTEE_PAID = 25
SCANDAL = 26

# Channels through which trouble reaches an agent.
CHANNELS = (
    "its own means", "unpaid dues", "a lost contract", "refused roll-over", "collateral in a fire sale",
    "losses on claims", "an experiment",
)  # fmt: skip
OWN_MEANS = 0
UNPAID_DUES = 1
LOST_CONTRACT = 2
REFUSED_ROLLOVER = 3
FIRE_SALE_COLLATERAL = 4
LOSSES_ON_CLAIMS = 5
EXPERIMENT = 6

EVENTS = 96  # kept of one quarter; how many more there were is an event itself
NOBODY = -1

EVENT = record(
    kind="i8",
    agent="i8",
    other="i8",
    amount="f8",
    gigawatts="f8",
    channel="i8",
    generation="i8",
)

CHRONICLE = record(events=slots(EVENT, EVENTS), n_events="i8=0", untold="i8=0")


@rule
def tell(chronicle: Record, kind: int, agent: int, other: int, amount: float, gigawatts: float) -> None:
    """Note an event of the quarter by the columns of its agent and counterparty (`NOBODY` without one)."""
    tell_chain(chronicle, kind, agent, other, amount, gigawatts, OWN_MEANS, 0)


@rule
def tell_chain(
    chronicle: Record, kind: int, agent: int, other: int, amount: float, gigawatts: float, channel: int, generation: int
) -> None:
    """Note an event that is a link of a chain reaction: it came through a channel, in a generation. What happens twice
    between the same two in a quarter is told once."""
    for k in range(chronicle.n_events):
        event = chronicle.events[k]
        if event.kind == kind and event.agent == agent and event.other == other:
            event.amount += amount
            event.gigawatts += gigawatts
            return
    if chronicle.n_events >= EVENTS:
        chronicle.untold += 1
        return
    event = chronicle.events[chronicle.n_events]
    event.kind = kind
    event.agent = agent
    event.other = other
    event.amount = amount
    event.gigawatts = gigawatts
    event.channel = channel
    event.generation = generation
    chronicle.n_events += 1

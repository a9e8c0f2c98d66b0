"""What happened in a quarter: every kind of event declared once. Rules tell events by number, readers get words.

An event has an agent, often a counterparty, an amount (USD bn), gigawatts, and, in a chain reaction, its generation: 0
for what starts a chain, k for what follows from events of generation k - 1."""

from typing import NamedTuple

from simulation.rule import Record, record, rule, slots


class EventKind(NamedTuple):
    """A kind of event. `words` may use {agent}, {other}, {amount}, {gigawatts}."""

    name: str
    words: str


EVENT_KINDS = (
    EventKind("default", "{agent} could not pay what was due and failed; its creditors lost {amount}"),
    EventKind("insolvency", "{agent} owed more than it owned for two quarters and failed; creditors lost {amount}"),
    EventKind("forced_failure", "{agent} was made to fail; its creditors lost {amount}"),
    EventKind("relief", "{agent}'s creditors granted relief worth {amount}"),
    EventKind("fire_sale", "{agent}'s compute ({gigawatts}) was sold in distress to {other} for {amount}"),
    EventKind("mothballed", "{gigawatts} of {agent}'s compute found no buyer and was mothballed"),
    EventKind("reactivated", "{agent} bought {gigawatts} of mothballed compute for {amount}"),
    EventKind("contract_cancelled", "{agent} cancelled {gigawatts} under contract with {other}: {amount} of backlog"),
    EventKind("contract_ended", "{agent}'s contract with {other} ended in failure: {amount} of backlog"),
    EventKind("deal", "{agent} and {other} agreed on a deal worth {amount}"),
    EventKind("stake_paid", "{agent} paid {amount} for shares of {other}"),
    EventKind("stake_cancelled", "{agent} did not pay {amount} it had promised {other} for shares"),
    EventKind("purchase_cancelled", "{agent} cancelled purchases of {amount} from {other}"),
    EventKind("warrants_vested", "{agent} earned warrants on shares of {other} worth {amount}"),
    EventKind("warrants_exercised", "{agent} exercised warrants on {other} worth {amount}"),
    EventKind("vendor_loan", "{agent} lent its customer {other} {amount}"),
    EventKind("backstop_called", "{agent} rented what {other} could not sell, for {amount}"),
    EventKind("vehicle_made", "a vehicle bought {amount} of compute from {agent} and leased it back"),
    EventKind("vehicle_closed", "the vehicle that leased to {agent} was closed"),
    EventKind("guarantee_called", "{agent} made good {amount} of a vehicle's residual value"),
    EventKind("fund_loss", "{agent}'s lender wrote off {amount} it could not be paid"),
    EventKind("bank_resolved", "{agent} was resolved: owners lost all, the government put in {amount}"),
    EventKind("entry", "{agent} entered, founded with {amount}"),
    EventKind("fine", "{agent} was fined and paid {amount}"),
    EventKind("bail_out", "government granted {agent} {amount}, which it could not have paid"),
    EventKind("guarantee_paid", "government paid {amount} of rents and damages that {agent} owed"),
    EventKind("scandal", "a scandal took {amount} off the market value of {agent}"),
)  # fmt: skip

(
    DEFAULT, INSOLVENCY, FORCED_FAILURE, RELIEF, FIRE_SALE, MOTHBALLED, REACTIVATED, CONTRACT_CANCELLED,
    CONTRACT_ENDED, DEAL_AGREED, STAKE_PAID, STAKE_CANCELLED, PURCHASE_CANCELLED, WARRANTS_VESTED,
    WARRANTS_EXERCISED, VENDOR_LOAN, BACKSTOP_CALLED, VEHICLE_MADE, VEHICLE_CLOSED, GUARANTEE_CALLED, FUND_LOSS,
    BANK_RESOLVED, ENTRY, FINE, BAIL_OUT, GUARANTEE_PAID, SCANDAL,
) = range(len(EVENT_KINDS))  # fmt: skip

# Channels through which trouble reaches an agent.
CHANNELS = (
    "its own means", "unpaid dues", "a lost contract", "refused roll-over", "collateral in a fire sale",
    "losses on claims", "an experiment",
)  # fmt: skip
(
    OWN_MEANS, UNPAID_DUES, LOST_CONTRACT, REFUSED_ROLLOVER, FIRE_SALE_COLLATERAL, LOSSES_ON_CLAIMS, EXPERIMENT,
) = range(len(CHANNELS))  # fmt: skip

EVENTS = 96  # kept of one quarter; how many more there were is an event itself
NOBODY = -1

EVENT = record(kind="i8", agent="i8", other="i8", amount="f8", gigawatts="f8", channel="i8", generation="i8")

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
